//! A scenario in the three sentences that a banker would say: what breaks first, what the
//! supporter is worth, what the pledge is worth.
//!
//! Worth is a difference between runs of one scenario: with support against without, and with what
//! defaulted loans bring back against nothing brought back. Invariant: nothing is said that the
//! runs do not hold.

use crate::analytics::outcome::{ClassOutcome, Outcome};
use crate::analytics::statement;
use crate::deal::{Deal, Seniority};
use crate::engine::{Flows, Runs};
use crate::num::{Decimal, Fen, yuan_of};
use crate::report::table::{Cell, Sheet};
use crate::report::{Lang, names};

/// One scenario's runs, measured.
pub struct Measured<'a> {
    pub deal: &'a Deal,
    pub runs: &'a Runs,
    /// With support, without, and bare where there are covers.
    pub outcomes: &'a [Outcome],
    /// With support, and nothing comes back of what defaults; none where nothing defaults.
    pub unrecovered: Option<&'a Outcome>,
}

impl Measured<'_> {
    /// With support.
    pub fn with(&self) -> &Outcome {
        &self.outcomes[0]
    }

    /// Without it.
    pub fn without(&self) -> &Outcome {
        &self.outcomes[1]
    }
}

/// The three in both languages, for those who report on the run later.
pub(super) fn table(of: &Measured) -> Sheet {
    let names = ["what_breaks_first", "what_the_supporter_is_worth", "what_the_pledge_is_worth"];
    sheet(|lang| names.into_iter().zip(sentences(of, lang)).collect())
}

/// `sentences.csv`: what is said by name, in both languages, without marks of Markdown.
pub(super) fn sheet(said: impl Fn(Lang) -> Vec<(&'static str, String)>) -> Sheet {
    let mut sheet = Sheet::new("sentences.csv", &["sentence", "en", "zh"]);
    let plain = |text: String| Cell::Text(text.replace("**", "").replace('`', ""));
    for ((name, en), (_, zh)) in said(Lang::En).into_iter().zip(said(Lang::Zh)) {
        sheet.rows.push(vec![Cell::text(name), plain(en), plain(zh)]);
    }
    sheet
}

/// The three sentences, in their order.
pub fn sentences(of: &Measured, lang: Lang) -> [String; 3] {
    [breaks_first(of, lang), supporter(of, lang), pledge(of, lang)]
}

/// The class that is short first; of several on one date the most senior.
pub(super) fn earliest(outcome: &Outcome) -> Option<usize> {
    let dated = outcome.classes.iter().enumerate();
    dated.filter_map(|(at, class)| Some((class.first_shortfall?, at))).min().map(|(_, at)| at)
}

/// What a class was short of on the date of its first shortfall: interest, principal.
pub(super) fn missing(deal: &Deal, flows: &Flows, class: &ClassOutcome, at: usize) -> [Decimal; 2] {
    let first = |row: &usize| Some(flows.period(*row).payment) == class.first_shortfall;
    let row = (0..flows.rows.len()).find(first);
    let of = row.map(|row| statement::class(deal, flows, row, at));
    of.map_or([Decimal::ZERO; 2], |class| [class.interest.unpaid, class.principal_unpaid])
}

/// What the pledges fetched, up to the last distribution: givers of covers take their part of it,
/// and what they pay is not of it.
pub(super) fn fetched(outcome: &Outcome) -> Decimal {
    let moved = outcome.deal.covers.map_or(Decimal::ZERO, |covers| covers.paid - covers.taken);
    outcome.deal.recovered - moved
}

/// Principal that all classes together lose.
fn lost(outcome: &Outcome) -> Decimal {
    outcome.classes.iter().map(|class| class.loss_amount).sum()
}

fn breaks_first(of: &Measured, lang: Lang) -> String {
    let Some(at) = earliest(of.without()) else {
        return nothing_breaks(of, lang);
    };
    let class = &of.without().classes[at];
    let (name, date) = (&of.deal.tranches()[at].name, class.first_shortfall);
    let date = date.map_or_else(String::new, |date| date.to_string());
    let short = missing(of.deal, &of.runs.without, class, at).into_iter().sum();
    let (short, loss) = (lang.amount(short), lang.amount(class.loss_amount));
    let alone = of.deal.commitments().is_empty();
    let (class_en, class_zh) = match alone {
        true => (format!("Class {name}"), format!("{name} 级")),
        false => (format!("Without support class {name}"), format!("无增信时 {name} 级")),
    };
    let first = match lang {
        Lang::En => format!(
            "{class_en} breaks first, on {date}, {short} short of what is due, and loses {loss} of \
             principal in the end"
        ),
        Lang::Zh => format!("{class_zh}最先出现缺口：{date} 短付 {short}，最终损失本金 {loss}"),
    };
    let end = match (alone, earliest(of.with()), lang) {
        (true, _, _) => String::new(),
        (false, None, Lang::En) => "; with support nothing breaks".to_owned(),
        (false, None, Lang::Zh) => "；有增信时各级均按时足额兑付".to_owned(),
        (false, Some(other), Lang::En) if other == at => "; with support it breaks too".to_owned(),
        (false, Some(other), Lang::Zh) if other == at => "；有增信时该级同样出现缺口".to_owned(),
        (false, Some(other), Lang::En) => {
            format!("; with support class {} is the first", of.deal.tranches()[other].name)
        }
        (false, Some(other), Lang::Zh) => {
            format!("；有增信时最先的是 {} 级", of.deal.tranches()[other].name)
        }
    };
    format!("{first}{end}{}", lang.say(".", "。"))
}

/// The lowest class above the sub, where its cover is thinnest.
fn nothing_breaks(of: &Measured, lang: Lang) -> String {
    let above = |at: &usize| of.deal.tranches()[*at].seniority != Seniority::Subordinate;
    let lowest = (0..of.deal.tranches().len()).rev().find(above);
    let thinnest = lowest.and_then(|at| {
        let cover = of.without().classes[at].min_coverage.value?;
        Some((&of.deal.tranches()[at].name, cover))
    });
    match (thinnest, lang) {
        (None, Lang::En) => {
            "In this scenario nothing breaks: every class is paid in full on its dates.".to_owned()
        }
        (None, Lang::Zh) => "本情景下没有缺口：各级证券均按时足额兑付。".to_owned(),
        (Some((name, cover)), Lang::En) => format!(
            "In this scenario nothing breaks: every class is paid in full on its dates, and the \
             pool covers class {name} at least {cover:.2} times."
        ),
        (Some((name, cover)), Lang::Zh) => format!(
            "本情景下没有缺口：各级证券均按时足额兑付，资产池对 {name} 级的现金流覆盖倍数不低于 {cover:.2} 倍。"
        ),
    }
}

fn supporter(of: &Measured, lang: Lang) -> String {
    match (of.deal.commitments().is_empty(), givers(of, lang)) {
        (true, None) => own_support(of.deal, lang),
        (true, Some(givers)) => givers,
        (false, None) => committed(of, lang),
        (false, Some(givers)) => {
            format!("{}{}{givers}", committed(of, lang), lang.say(" ", ""))
        }
    }
}

/// What loan-level covers are worth: without commitments, against bare; none where there are none.
fn givers(of: &Measured, lang: Lang) -> Option<String> {
    let (covers, bare) = (of.without().deal.covers?, of.outcomes.get(2)?);
    let mut who: Vec<String> = Vec::new();
    for at in 0..of.deal.covers().len() {
        let name = names::giver(of.deal, at);
        if !who.contains(&name) {
            who.push(name);
        }
    }
    let who = lang.listed(&who);
    if covers.called.is_zero() {
        return Some(match lang {
            Lang::En => format!("In this scenario no loan calls on its covers, by {who}."),
            Lang::Zh => format!("本情景下贷款增信（{who}）无须赔付。"),
        });
    }
    let [bare, kept] = [bare, of.without()].map(lost);
    let worth = lang.amount(bare - kept);
    let amounts = [bare, kept, covers.called, covers.paid, covers.taken];
    let [bare, kept, called, paid, taken] = amounts.map(|amount| lang.amount(amount));
    Some(match lang {
        Lang::En => format!(
            "The covers of single loans, by {who}, are worth {worth} of principal: the classes \
             lose {bare} without them and {kept} with them alone; called for {called}, they pay \
             {paid} and take {taken} of the pledge."
        ),
        Lang::Zh => format!(
            "贷款增信（{who}）的价值是本金 {worth}：全无增信时各级合计损失 {bare}，仅有贷款增信时 \
             {kept}；应赔付 {called}，实际赔付 {paid}，分得质押处置款 {taken}。"
        ),
    })
}

/// What those who stand behind the notes are worth.
fn committed(of: &Measured, lang: Lang) -> String {
    let mut who: Vec<String> = Vec::new();
    for at in 0..of.deal.commitments().len() {
        let name = names::supporter(of.deal, at);
        if !who.contains(&name) {
            who.push(name);
        }
    }
    let who = lang.listed(&who);
    let deal = &of.with().deal;
    if deal.calls == 0 {
        return match lang {
            Lang::En => format!(
                "In this scenario {who} is never called: the notes are paid the same without it."
            ),
            Lang::Zh => format!("本情景下 {who} 从未被启动：没有增信，兑付结果也相同。"),
        };
    }
    let late = |outcome: &Outcome| outcome.classes.iter().filter(|class| class.late()).count();
    let (bare_late, late) = (late(of.without()), late(of.with()));
    let (bare, kept) = (lost(of.without()), lost(of.with()));
    let worth = lang.amount(bare - kept);
    let [bare, kept] = [bare, kept].map(|amount| lang.amount(amount));
    if deal.support_paid.is_zero() {
        return match lang {
            Lang::En => format!(
                "{who} is called and pays nothing: the classes lose {bare} without it, {kept} with \
                 it."
            ),
            Lang::Zh => {
                format!("{who} 被启动但分文未付：无增信时各级合计损失 {bare}，有增信时 {kept}。")
            }
        };
    }
    let (paid, back) = (lang.amount(deal.support_paid), lang.amount(deal.support_repaid));
    match lang {
        Lang::En => format!(
            "{who} is worth {worth} of principal: the classes lose {bare} without it and {kept} \
             with it, with {bare_late} of them late without it and {late} with it; it pays {paid} \
             and gets {back} back."
        ),
        Lang::Zh => format!(
            "{who} 的价值是本金 {worth}：无增信时各级合计损失 {bare}、{bare_late} 档未按时足额，\
             有增信时损失 {kept}、{late} 档未按时足额；其支付 {paid}，收回 {back}。"
        ),
    }
}

/// Where nobody outside stands behind the notes: what lies below the senior classes.
fn own_support(deal: &Deal, lang: Lang) -> String {
    let notional = |senior: bool| -> Fen {
        let all = deal.tranches().iter();
        let of = all.filter(|class| (class.seniority == Seniority::Senior) == senior);
        of.map(|class| class.notional).sum()
    };
    let (below, all) = (notional(false), notional(false) + notional(true));
    if below == 0 {
        return lang
            .say(
                "Nobody outside stands behind the notes, and nothing is below the senior class: \
                 its holders bear every loss.",
                "证券没有外部增信，优先级之下也没有次级：损失全部由持有人承担。",
            )
            .to_owned();
    }
    let share = crate::report::words::percent(below as f64 / all as f64);
    let below = lang.amount(yuan_of(below));
    match lang {
        Lang::En => format!(
            "Nobody outside stands behind the notes: the senior class leans on the {below} below \
             it, {share} of the notes."
        ),
        Lang::Zh => format!("证券没有外部增信：优先级依靠其下 {below}（占 {share}）的次级保护。"),
    }
}

fn pledge(of: &Measured, lang: Lang) -> String {
    let Some(unrecovered) = of.unrecovered else {
        let none = lang.say(
            "Nothing defaults, so the pledge is not put to the test.",
            "没有违约，质押未经检验。",
        );
        return none.to_owned();
    };
    let recovered = lang.amount(fetched(of.with()));
    let defaulted = lang.amount(of.with().deal.defaulted);
    let [nothing, kept] = [unrecovered, of.with()].map(lost);
    let (same, worth) = (nothing == kept, lang.amount(nothing - kept));
    let [nothing, kept] = [nothing, kept].map(|amount| lang.amount(amount));
    let what = match of.deal.rights().is_empty() {
        true => lang.say("Recovery", "回收"),
        false => lang.say("The pledge", "质押"),
    };
    let text = match (same, lang) {
        (true, Lang::En) => format!(
            "{what} brings {recovered} of the {defaulted} that default; the classes lose {kept} \
             with it and without it"
        ),
        (true, Lang::Zh) => format!(
            "违约 {defaulted}，其中{what}带来 {recovered}；有无该项回收，各级合计损失均为 {kept}"
        ),
        (false, Lang::En) => format!(
            "{what} brings {recovered} of the {defaulted} that default and is worth {worth} of \
             principal: the classes lose {nothing} where it brings nothing, {kept} where it does"
        ),
        (false, Lang::Zh) => format!(
            "违约 {defaulted}，其中{what}带来 {recovered}，其价值是本金 {worth}：分文不回收时各级合计\
             损失 {nothing}，有回收时损失 {kept}"
        ),
    };
    let [bare, paid] = [unrecovered, of.with()].map(|outcome| outcome.deal.support_paid);
    let [instead, now] = [bare, paid].map(|amount| lang.amount(amount));
    let spared = match (bare == paid, lang) {
        (true, _) => String::new(),
        (false, Lang::En) => {
            format!("; without it the supporter would pay {instead} instead of {now}")
        }
        (false, Lang::Zh) => format!("；若无回收，增信方须支付 {instead}，而非 {now}"),
    };
    let givers = givers_spared(unrecovered, of.with(), lang);
    format!("{text}{spared}{givers}{}", lang.say(".", "。"))
}

/// What givers of covers would pay if nothing came back, where that is another amount.
fn givers_spared(unrecovered: &Outcome, with: &Outcome, lang: Lang) -> String {
    let paid = |outcome: &Outcome| outcome.deal.covers.map(|covers| covers.paid);
    match (paid(unrecovered).zip(paid(with)), lang) {
        (Some((instead, now)), _) if instead == now => String::new(),
        (None, _) => String::new(),
        (Some((instead, now)), Lang::En) => format!(
            "; without it the givers of covers would pay {} instead of {}",
            lang.amount(instead),
            lang.amount(now)
        ),
        (Some((instead, now)), Lang::Zh) => format!(
            "；若无回收，贷款增信须赔付 {}，而非 {}",
            lang.amount(instead),
            lang.amount(now)
        ),
    }
}
