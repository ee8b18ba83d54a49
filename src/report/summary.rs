//! `summary.md`: one scenario in words, for a reader who opens one file only.
use crate::analytics::outcome::{ClassOutcome, Figure, Outcome};
use crate::deal::Deal;
use crate::engine::{Event, Flows, Runs};
use crate::num::{Fen, yuan_of};
use crate::report::names;
use crate::report::prose::{self, Prose};
use crate::report::summary_sentences::{Measured, earliest, fetched, missing, sentences};
use crate::report::words::{counted, percent, share};
use crate::report::{Lang, layers, said, summary_notes};
use crate::scenario::{Recovery, Scenario};

/// The page.
pub fn summary(scenario: &Scenario, of: &Measured, lang: Lang) -> String {
    let &Measured { deal, runs, outcomes, .. } = of;
    let (with, without) = (of.with(), of.without());
    let text = Prose::titled(&deal.terms().name, &scenario.name, lang);
    let mut page = Page { deal, scenario, runs, outcomes, with, without, lang, text };
    page.text.heading("In three sentences", "三句话");
    for (at, sentence) in sentences(of, lang).iter().enumerate() {
        page.text.line(&format!("{}. {sentence}", at + 1));
    }
    page.facts();
    page.first_break();
    page.supporter();
    page.covers();
    layers::section(&layers::of_run(deal, scenario, &runs.with), &mut page.text);
    page.pledge();
    page.classes();
    page.events();
    page.text.add(summary_notes::notes(lang));
    page.text.done()
}

struct Page<'a> {
    deal: &'a Deal,
    scenario: &'a Scenario,
    runs: &'a Runs,
    /// With support, without, and bare where there are covers.
    outcomes: &'a [Outcome],
    with: &'a Outcome,
    without: &'a Outcome,
    lang: Lang,
    text: Prose,
}

impl Page<'_> {
    fn facts(&mut self) {
        let (deal, lang) = (self.deal, self.lang);
        let terms = deal.terms();
        self.text.heading("The deal", "交易概况");
        let (loans, firms) = (deal.loans().len(), deal.obligors().len());
        let pool = prose::pool(loans, firms, deal.pool_principal(), lang);
        let rights = deal.rights();
        let appraised: Fen = rights.iter().map(|right| right.appraised_value).sum();
        let (count, appraised) = (rights.len(), lang.amount(yuan_of(appraised)));
        let notes: Vec<String> = deal
            .tranches()
            .iter()
            .map(|class| format!("{} {}", class.name, lang.figure(yuan_of(class.notional))))
            .collect();
        let (notes, unit) = (lang.listed(&notes), lang.unit());
        let (cutoff, closing, end) = (terms.cutoff, terms.closing, terms.legal_maturity);
        let text = match lang {
            Lang::En => format!(
                "- {pool}, at the cut-off date {cutoff}.\n\
                 - Pledge: {}, appraised at {appraised}.\n\
                 - Notes ({unit}): {notes}; from {closing}, legal maturity {end}.",
                counted(count, "right")
            ),
            Lang::Zh => format!(
                "- {pool}，封包日 {cutoff}。\n\
                 - 质押：{count} 项知识产权，评估值 {appraised}。\n\
                 - 证券（{unit}）：{notes}；设立日 {closing}，法定到期日 {end}。"
            ),
        };
        self.text.line(&text);
        let supporters: Vec<String> =
            (0..deal.commitments().len()).map(|at| names::supporter(deal, at)).collect();
        let label = lang.say("- Shortfall commitment: ", "- 差额支付承诺：");
        let none = lang.say("none", "无");
        let named = lang.listed(&supporters);
        let named = if supporters.is_empty() { none } else { &named };
        self.text.line(&format!("{label}{named}"));
    }

    fn first_break(&mut self) {
        self.text.heading("What breaks first", "最先出现的缺口");
        let lang = self.lang;
        for (outcome, flows) in self.outcomes.iter().zip(self.runs.each()) {
            let label = self.support_label(flows);
            let text = match earliest(outcome) {
                None => lang
                    .say(
                        "every class is paid what is due to it, on its date.",
                        "各级证券均按时足额兑付。",
                    )
                    .to_owned(),
                Some(at) => self.break_of(outcome, flows, at),
            };
            self.text.line(&format!("- {label}{text}"));
        }
        let force = |event: &Event| matches!(event, Event::InForce(_));
        let first = self.runs.with.events.iter().find(|(_, event)| force(event));
        if let Some(&(date, event)) = first {
            let (_, name) = names::event(self.deal, event);
            let text = match lang {
                Lang::En => format!("- The first event in force (with support): {name}, {date}."),
                Lang::Zh => format!("- 首个生效的触发事件（有增信）：{name}，{date}。"),
            };
            self.text.line(&text);
        }
    }

    fn support_label(&self, flows: &Flows) -> &'static str {
        match (flows.support, self.lang) {
            (crate::engine::Support::With, Lang::En) => "With support: ",
            (crate::engine::Support::Without, Lang::En) => "Without support: ",
            (crate::engine::Support::Bare, Lang::En) => "Bare: ",
            (crate::engine::Support::Bare, Lang::Zh) => "亦无贷款增信：",
            (crate::engine::Support::With, Lang::Zh) => "有增信：",
            (crate::engine::Support::Without, Lang::Zh) => "无增信：",
        }
    }

    /// The first shortfall of a class, in amounts.
    fn break_of(&self, outcome: &Outcome, flows: &Flows, at: usize) -> String {
        let lang = self.lang;
        let name = &self.deal.tranches()[at].name;
        let Some(date) = outcome.classes[at].first_shortfall else {
            return String::new();
        };
        let [interest, principal] = missing(self.deal, flows, &outcome.classes[at], at);
        let missing: Vec<String> = [
            (interest, "of interest", "应付利息缺口"),
            (principal, "of principal", "应付本金缺口"),
        ]
        .into_iter()
        .filter(|(amount, _, _)| !amount.is_zero())
        .map(|(amount, en, zh)| match lang {
            Lang::En => format!("{} {en}", lang.amount(amount)),
            Lang::Zh => format!("{zh} {}", lang.amount(amount)),
        })
        .collect();
        match lang {
            Lang::En => {
                format!("class {name}, on {date}: due and not paid {}.", missing.join(", "))
            }
            Lang::Zh => format!("{name} 级，{date}：{}。", missing.join("，")),
        }
    }

    fn supporter(&mut self) {
        self.text.heading("What the supporter is worth", "增信的价值");
        let lang = self.lang;
        if self.deal.commitments().is_empty() {
            let none = lang.say(
                "The deal has no shortfall commitment; both runs are the same.",
                "本交易没有差额支付承诺，两种口径结果相同。",
            );
            return self.text.line(none);
        }
        let deal = &self.with.deal;
        if deal.calls == 0 {
            return self.text.line(lang.say("- It is never called.", "- 从未启动。"));
        }
        let amounts = [deal.support_paid, deal.support_repaid, deal.support_unreimbursed];
        let [paid, repaid, owed] = amounts.map(|amount| lang.amount(amount));
        let calls = deal.calls;
        let dates = if calls == 1 { "date" } else { "dates" };
        let nothing = deal.support_paid.is_zero();
        let text = match lang {
            Lang::En if nothing => format!("- Called on {calls} payment {dates}; it pays nothing."),
            Lang::Zh if nothing => format!("- 共 {calls} 个兑付日启动；分文未付。"),
            Lang::En => format!(
                "- Called on {calls} payment {dates}; it pays {paid}, gets {repaid} back, and is \
                 still owed {owed} at the end."
            ),
            Lang::Zh => format!(
                "- 共 {calls} 个兑付日启动；实际支付 {paid}，收回 {repaid}，期末尚未受偿 {owed}。"
            ),
        };
        self.text.line(&text);
        if !nothing && deal.support_paid < deal.support_called {
            self.text.line(lang.say(
                "- Not every call is paid in full; what stays unpaid is called again on the next \
                 date.",
                "- 部分启动金额未足额支付，未付部分于下一兑付日再次启动。",
            ));
        }
        self.support_difference();
    }

    /// What is lost and late in both runs.
    fn support_difference(&mut self) {
        let lang = self.lang;
        let lost = |outcome: &Outcome| -> String {
            lang.amount(outcome.classes.iter().map(|class| class.loss_amount).sum())
        };
        let (bare, lost) = (lost(self.without), lost(self.with));
        let (bare_late, late) = (self.late(self.without), self.late(self.with));
        let text = match lang {
            Lang::En => format!(
                "- Principal lost: {bare} without it, {lost} with it.\n\
                 - Classes not paid on time: {bare_late} without it; {late} with it."
            ),
            Lang::Zh => format!(
                "- 本金损失合计：无增信 {bare}，有增信 {lost}。\n\
                 - 未按时足额兑付的档次：无增信 {bare_late}；有增信 {late}。"
            ),
        };
        self.text.line(&text);
        self.hurt_by_support();
    }

    /// Classes that lose more with support than without, and why that can be.
    fn hurt_by_support(&mut self) {
        let lang = self.lang;
        let accelerates = prose::supporter_accelerates(self.deal);
        let classes = self.deal.tranches().iter();
        let both = self.with.classes.iter().zip(&self.without.classes);
        for (class, (with, without)) in classes.zip(both) {
            if with.loss_amount <= without.loss_amount {
                continue;
            }
            let lost = [with, without].map(|of| lang.amount(of.loss_amount));
            let hurt = prose::hurt_by_support(&class.name, lost, accelerates, lang);
            self.text.line(&format!("- {hurt}"));
        }
    }

    /// What the givers of loan-level covers are worth.
    fn covers(&mut self) {
        let (Some(covers), Some(bare)) = (self.with.deal.covers, self.outcomes.get(2)) else {
            return;
        };
        self.text.heading("What the loan-level covers are worth", "贷款增信的价值");
        let lang = self.lang;
        let [called, paid, taken] =
            [covers.called, covers.paid, covers.taken].map(|amount| lang.amount(amount));
        let lost = |outcome: &Outcome| -> String {
            lang.amount(outcome.classes.iter().map(|class| class.loss_amount).sum())
        };
        let (bare, without) = (lost(bare), lost(self.without));
        let text = match lang {
            Lang::En => format!(
                "- Called for {called}; their givers pay {paid} and take {taken} of what the \
                 pledges fetch.\n- Principal lost without support: {bare} bare, {without} with \
                 the covers."
            ),
            Lang::Zh => format!(
                "- 应赔付 {called}，实际赔付 {paid}，并分得质押处置款 {taken}。\n\
                 - 无差额支付时本金损失合计：无贷款增信 {bare}，有贷款增信 {without}。"
            ),
        };
        self.text.line(&text);
    }

    /// The classes that are late.
    fn late(&self, outcome: &Outcome) -> String {
        let classes = self.deal.tranches().iter().zip(&outcome.classes);
        let late: Vec<String> = classes
            .filter(|(_, class)| class.late())
            .map(|(tranche, _)| tranche.name.clone())
            .collect();
        match late.is_empty() {
            true => self.lang.say("none", "无").to_owned(),
            false => self.lang.listed(&late),
        }
    }

    fn pledge(&mut self) {
        self.text.heading("What the pledge is worth", "质押的价值");
        let (lang, deal) = (self.lang, &self.with.deal);
        if deal.defaulted.is_zero() {
            let none =
                lang.say("Nothing defaults, so nothing is recovered.", "没有违约，无处置回收。");
            return self.text.line(none);
        }
        let rate = deal.cumulative_default_rate.value.map_or("-".to_owned(), percent);
        let defaulted = lang.amount(deal.defaulted);
        let recovered = lang.amount(deal.recovered);
        let share = share(deal.recovered, deal.defaulted);
        let pledge = match (deal.covers, lang) {
            (None, _) => String::new(),
            (Some(_), Lang::En) => {
                format!("; of it the pledges fetch {}", lang.amount(fetched(self.with)))
            }
            (Some(_), Lang::Zh) => {
                format!("；其中质押处置款 {}", lang.amount(fetched(self.with)))
            }
        };
        let late = match (deal.unrealised.is_zero(), lang) {
            (true, _) => String::new(),
            (false, Lang::En) => {
                format!("; too late for the notes: {}", lang.amount(deal.unrealised))
            }
            (false, Lang::Zh) => {
                format!("；另有 {} 晚于最后分配日", lang.amount(deal.unrealised))
            }
        };
        let from = self.recovery_from();
        let text = match lang {
            Lang::En => format!(
                "- Defaults: {defaulted}, {rate} of the pool. Recovered in time: {recovered}, \
                 {share} of what defaulted{pledge}{late}.\n- Recovery: {from}."
            ),
            Lang::Zh => format!(
                "- 违约 {defaulted}，占入池本金 {rate}；按期回收 {recovered}，占违约本金 \
                 {share}{pledge}{late}。\n- 回收假设：{from}。"
            ),
        };
        self.text.line(&text);
    }

    fn recovery_from(&self) -> String {
        match (&self.scenario.recovery, self.lang) {
            (Recovery::Rights(_), Lang::En) => "from the pledged rights, one by one".to_owned(),
            (Recovery::Rights(_), Lang::Zh) => "逐项处置质押的知识产权".to_owned(),
            (Recovery::Flat { rate, .. }, Lang::En) => {
                format!("{} of defaulted principal", names::percent(*rate))
            }
            (Recovery::Flat { rate, .. }, Lang::Zh) => {
                format!("违约本金的 {}", names::percent(*rate))
            }
        }
    }

    fn classes(&mut self) {
        self.text.heading("By class", "各级证券");
        let lang = self.lang;
        let unit = lang.unit();
        let head = match lang {
            Lang::En => format!(
                "| class | support | notional, {unit} | interest | principal | residual | loss | \
                 short from | average life, years | yield |"
            ),
            Lang::Zh => format!(
                "| 档次 | 增信 | 发行额（{unit}） | 利息 | 本金 | 剩余收益 | 损失 | 首次未足额 | \
                 加权平均期限（年） | 收益率 |"
            ),
        };
        self.text.line(&head);
        self.text.line("|---|---|---:|---:|---:|---:|---:|---|---:|---:|");
        for at in 0..self.deal.tranches().len() {
            let words =
                [lang.say("with", "有"), lang.say("without", "无"), lang.say("bare", "全无")];
            for (outcome, word) in self.outcomes.iter().zip(words) {
                let name = &self.deal.tranches()[at].name;
                let row = self.class_row(&outcome.classes[at]);
                self.text.line(&format!("| {name} | {word} | {row} |"));
            }
        }
    }

    fn class_row(&self, class: &ClassOutcome) -> String {
        let lang = self.lang;
        let short = class.first_shortfall;
        let short = short.map_or("-".to_owned(), |date| date.to_string());
        let two = |value: f64| format!("{value:.2}");
        [
            lang.figure(class.notional),
            lang.figure(class.interest_paid),
            lang.figure(class.principal_paid),
            lang.figure(class.residual_paid),
            percent(class.loss),
            short,
            shown(&class.wal_years, two),
            shown(&class.yield_pa, percent),
        ]
        .join(" | ")
    }

    fn events(&mut self) {
        self.text.heading("Events, with support", "事件（有增信）");
        let lang = self.lang;
        self.text.line(lang.say("| date | event | of |", "| 日期 | 事件 | 对象 |"));
        self.text.line("|---|---|---|");
        let events = &self.runs.with.events;
        for &(date, event) in events {
            let (_, of) = names::event(self.deal, event);
            let effect = match event {
                Event::InForce(at) => said::effect(self.deal.triggers()[at].effect, lang),
                _ => "",
            };
            let effect = match (effect, lang) {
                ("", _) => String::new(),
                (effect, Lang::En) => format!(" ({effect})"),
                (effect, Lang::Zh) => format!("（{effect}）"),
            };
            self.text.line(&format!("| {date} | {} | {of}{effect} |", lang.event(event)));
        }
    }
}

fn shown(figure: &Figure, form: impl Fn(f64) -> String) -> String {
    figure.value.map_or("-".to_owned(), form)
}
