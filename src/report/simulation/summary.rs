//! `summary.md` of a simulation: what the classes lose, how likely, and what the supporter is
//! worth, for a reader who opens one file only.
use super::facts::ModelFacts;
use super::{Partial, Results, definitions, share, tables};
use crate::analytics::simulated::{ClassResult, CommitmentResult, Estimate, FEW_HITS};
use crate::asset::PdTable;
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::layers;
use crate::report::prose::{self, Prose};
use crate::report::words::{grouped, percent};

/// The page.
pub(super) fn summary(partial: &Partial, results: &Results, table: &PdTable, lang: Lang) -> String {
    let text = Prose::titled(&partial.deal.name, &partial.address.scenario, lang);
    let mut page = Page { partial, results, lang, text };
    page.facts();
    page.classes();
    page.supporter();
    page.covers();
    layers::section(&tables::layers(&partial.deal, &partial.tally), &mut page.text);
    page.pool();
    page.warnings();
    page.model();
    page.definitions(table);
    page.text.done()
}

struct Page<'a> {
    partial: &'a Partial,
    results: &'a Results,
    lang: Lang,
    text: Prose,
}

impl Page<'_> {
    fn facts(&mut self) {
        let (deal, address) = (&self.partial.deal, &self.partial.address);
        let (paths, seed) = (grouped(&address.paths.to_string()), address.seed);
        let (loans, firms) = (deal.loans, self.partial.model.firms);
        let pool = prose::pool(loans, firms, deal.pool, self.lang);
        let text = match self.lang {
            Lang::En => format!(
                "- Simulated on {paths} paths, seed {seed}{}.\n- {pool}.",
                if address.tail { ", three blocks of four from worse years (--tail)" } else { "" }
            ),
            Lang::Zh => format!(
                "- 模拟 {paths} 条路径，随机种子 {seed}{}。\n- {pool}。",
                if address.tail {
                    "，四分之三取自较差年景并加权（--tail）"
                } else {
                    ""
                }
            ),
        };
        self.text.line(&text);
    }

    fn classes(&mut self) {
        self.text.heading("What the classes lose, and how likely", "各级证券的违约概率与损失");
        let head = self.lang.say(
            "| class | support | not paid in full | late on some date | expected loss | loss at \
             99% | at 99.9% | mean of the worst 1% | average life, years | grade by PD | by EL |",
            "| 档次 | 增信 | 违约概率 | 逾期概率 | 预期损失 | 99% 分位损失 | 99.9% 分位 | \
             最差 1% 均值 | 平均期限（年） | 按 PD 评级 | 按 EL 评级 |",
        );
        self.text.line(head);
        self.text.line("|---|---|---:|---:|---:|---:|---:|---:|---:|---|---|");
        let mut runs = vec![
            (self.lang.say("with", "有"), &self.results.with),
            (self.lang.say("without", "无"), &self.results.without),
        ];
        if !self.partial.deal.covers.is_empty() {
            runs.push((self.lang.say("bare", "全无"), &self.results.bare));
        }
        for at in 0..self.partial.deal.classes.len() {
            for &(word, of) in &runs {
                let row = class_row(&of[at]);
                let name = &self.partial.deal.classes[at].name;
                self.text.line(&format!("| {name} | {word} | {row} |"));
            }
        }
        self.text.line(self.lang.say(
            "\n± is one standard error; tails have theirs in `tranches.csv`. Charts: \
             `class_losses.svg`, `senior_balance.svg`, `convergence.svg`.",
            "\n± 为一倍标准误；分位数的标准误见 `tranches.csv`。图：`class_losses.svg`、\
             `senior_balance.svg`、`convergence.svg`。",
        ));
    }

    fn supporter(&mut self) {
        self.text.heading("What the supporter is worth", "增信的价值");
        let (lang, deal) = (self.lang, &self.partial.deal);
        if deal.commitments.is_empty() {
            let none = "The deal has no shortfall commitment; with and without are the same.";
            return self.text.line(lang.say(none, "本交易没有差额支付承诺，两种口径结果相同。"));
        }
        for (facts, of) in deal.commitments.iter().zip(&self.results.commitments) {
            let yuan = |share: f64| lang.amount(yuan_of((share * deal.pool as f64).round() as Fen));
            let called = plus_minus(of.called);
            let failed = of.failed_when_called.map_or("-".to_owned(), plus_minus);
            let [mean, p99] = [of.amount_paid.value, of.paid_p99.value].map(yuan);
            let (back, name) = (yuan(of.unreimbursed.value), &facts.supporter);
            let text = match lang {
                Lang::En => format!(
                    "- {name}: called on {called} of the paths; of these it has failed on \
                     {failed}. It pays {mean} on average over all paths, {p99} at 99%; at the end \
                     it is still owed {back} on average."
                ),
                Lang::Zh => format!(
                    "- {name}：启动概率 {called}，启动时已违约的占 {failed}；全部路径平均支付 \
                     {mean}，99% 分位 {p99}，平均未受偿 {back}。"
                ),
            };
            self.text.line(&text);
        }
        for at in 0..deal.classes.len() {
            let (with, without) = (&self.results.with[at], &self.results.without[at]);
            let name = &deal.classes[at].name;
            let [pd, pd_bare, el, el_bare] =
                [with.pd, without.pd, with.el, without.el].map(|of| share(of.value));
            let grades = self.grades(without, with);
            let is_worse = (with.pd.value > without.pd.value && pd != pd_bare)
                || (with.el.value > without.el.value && el != el_bare);
            let why = is_worse.then(|| {
                let why = prose::why_support_hurts(deal.supporter_accelerates, lang);
                match lang {
                    Lang::En => format!("; worse with it, since {why}"),
                    Lang::Zh => format!("；有增信时更差，因{why}"),
                }
            });
            let why = why.unwrap_or_default();
            let text = match lang {
                Lang::En => format!(
                    "- {name}: not paid in full on {pd_bare} of the paths without it, {pd} with \
                     it; expected loss {el_bare} without, {el} with{grades}{why}."
                ),
                Lang::Zh => format!(
                    "- {name}：违约概率由 {pd_bare}（无增信）变为 {pd}（有增信）；预期损失由 \
                     {el_bare} 变为 {el}{grades}{why}。"
                ),
            };
            self.text.line(&text);
        }
        self.text.line(lang.say("\nChart: `support_paid.svg`.", "\n图：`support_paid.svg`。"));
    }

    /// What the givers of loan-level covers are worth, where there are any.
    fn covers(&mut self) {
        let (lang, deal) = (self.lang, &self.partial.deal);
        if deal.covers.is_empty() {
            return;
        }
        self.text.heading("What the loan-level covers are worth", "贷款增信的价值");
        const SEVERAL: usize = 4;
        if deal.covers.len() > SEVERAL {
            self.covers_by_giver();
        }
        let each = deal.covers.iter().zip(&self.results.covers);
        for (facts, of) in each.filter(|_| deal.covers.len() <= SEVERAL) {
            let yuan = |share: f64| lang.amount(yuan_of((share * deal.pool as f64).round() as Fen));
            let called = plus_minus(of.called);
            let failed = of.failed_when_called.map_or("-".to_owned(), plus_minus);
            let [mean, p99] = [of.amount_paid.value, of.paid_p99.value].map(yuan);
            let (kept, name) = (yuan(of.unreimbursed.value), &facts.name);
            let text = match lang {
                Lang::En => format!(
                    "- {name}: called on {called} of the paths; of these its giver has failed on \
                     {failed}. It pays {mean} on average over all paths, {p99} at 99%; less its \
                     share of the pledge {kept}."
                ),
                Lang::Zh => format!(
                    "- {name}：赔付启动概率 {called}，启动时增信方已违约的占 {failed}；全部路径平均赔付 \
                     {mean}，99% 分位 {p99}，扣除分得的处置款后平均 {kept}。"
                ),
            };
            self.text.line(&text);
        }
        for at in 0..deal.classes.len() {
            let (without, bare) = (&self.results.without[at], &self.results.bare[at]);
            let name = &deal.classes[at].name;
            let [pd, pd_bare, el, el_bare] =
                [without.pd, bare.pd, without.el, bare.el].map(|of| share(of.value));
            let text = match lang {
                Lang::En => format!(
                    "- {name}: not paid in full on {pd_bare} of the paths bare, {pd} with the \
                     covers alone; expected loss {el_bare} bare, {el} with them."
                ),
                Lang::Zh => format!(
                    "- {name}：违约概率由 {pd_bare}（全无增信）变为 {pd}（仅贷款增信）；预期损失由 \
                     {el_bare} 变为 {el}。"
                ),
            };
            self.text.line(&text);
        }
    }

    /// Many covers, giver by giver; each of them is in `supporters.csv`.
    fn covers_by_giver(&mut self) {
        let (lang, deal) = (self.lang, &self.partial.deal);
        let mut givers: Vec<&str> = Vec::new();
        for facts in &deal.covers {
            if !givers.contains(&facts.supporter.as_str()) {
                givers.push(&facts.supporter);
            }
        }
        for giver in givers {
            let all = deal.covers.iter().zip(&self.results.covers);
            let of: Vec<_> = all.filter(|(facts, _)| facts.supporter == giver).collect();
            let called = || of.iter().map(|(_, of)| of.called.value);
            let [least, most] =
                [called().fold(1.0, f64::min), called().fold(0.0, f64::max)].map(share);
            let sum = |part: &dyn Fn(&CommitmentResult) -> f64| {
                let share: f64 = of.iter().map(|(_, of)| part(of)).sum();
                lang.amount(yuan_of((share * deal.pool as f64).round() as Fen))
            };
            let paid = sum(&|of| of.amount_paid.value);
            let (kept, count) = (sum(&|of| of.unreimbursed.value), of.len());
            let text = match lang {
                Lang::En => format!(
                    "- {giver}: {count} covers, each called on {least} to {most} of the paths. \
                     They pay {paid} on average over all paths; less their share of the pledge \
                     {kept}. One by one: `supporters.csv`."
                ),
                Lang::Zh => format!(
                    "- {giver}：{count} 项增信，各自启动概率 {least} 至 {most}；全部路径平均赔付合计 \
                     {paid}，扣除分得的处置款后 {kept}。逐项见 `supporters.csv`。"
                ),
            };
            self.text.line(&text);
        }
    }

    /// What support does to a grade, where the class has one.
    fn grades(&self, without: &ClassResult, with: &ClassResult) -> String {
        let lang = self.lang;
        let none = lang.say("below the last", "低于末级");
        let [bare, grade] =
            [&without.grade_by_pd, &with.grade_by_pd].map(|grade| grade.as_deref().unwrap_or(none));
        match (without.grade_by_pd.is_none() && with.grade_by_pd.is_none(), lang) {
            (true, _) => String::new(),
            (false, Lang::En) => format!("; grade by PD {bare} without, {grade} with"),
            (false, Lang::Zh) => format!("；按 PD 评级由 {bare} 变为 {grade}"),
        }
    }

    fn pool(&mut self) {
        self.text.heading("What the pool loses", "资产池损失");
        let (lang, pool) = (self.lang, &self.results.pool);
        let [el, var_99, var_999, es, none, defaulted] =
            [pool.el, pool.var_99, pool.var_999, pool.es_999, pool.p_no_loss, pool.defaulted]
                .map(plus_minus);
        let firms = format!("{:.3}", pool.defaults.value);
        let text = match lang {
            Lang::En => format!(
                "- On average {firms} firms default, with {defaulted} of the pool; {el} of it is \
                 lost. No loss on {none} of the paths.\n\
                 - Loss at 99%: {var_99}; at 99.9%: {var_999}; mean of the worst 0.1%: {es}.\n\n\
                 Chart: `pool_loss.svg`."
            ),
            Lang::Zh => format!(
                "- 平均 {firms} 家企业违约，违约本金占资产池 {defaulted}；预期损失 {el}；无损失的路径占 \
                 {none}。\n\
                 - 99% 分位损失 {var_99}；99.9% 分位 {var_999}；最差 0.1% 均值 {es}。\n\n\
                 图：`pool_loss.svg`。"
            ),
        };
        self.text.line(&text);
        if pool.el.value < 0.0 {
            self.text.line(lang.say(
                "\nA loss below 0: covers pay the interest due at a default too, and what is \
                 recovered above the principal in default is counted against the loss.",
                "\n损失为负，是因为贷款增信连同违约日应付利息一并赔付，超出违约本金的回收冲减损失。",
            ));
        }
    }

    fn warnings(&mut self) {
        self.text.heading("Warnings", "提示");
        let lang = self.lang;
        let mut warned = false;
        let classes = self.partial.deal.classes.iter().zip(&self.results.with);
        let rare: Vec<(String, f64)> = classes
            .filter(|(_, of)| of.hits < FEW_HITS)
            .map(|(facts, of)| (facts.name.clone(), of.hits))
            .collect();
        for (name, hits) in rare {
            warned = true;
            let hits = format!("{hits:.0}");
            let tail = self.partial.address.tail;
            let advice = match tail {
                false => lang.say("use --tail, or more paths", "请使用 --tail 或增加路径数"),
                true => lang.say("use more paths", "请增加路径数"),
            };
            self.text.line(&match lang {
                Lang::En => format!(
                    "- {name} is not paid in full on {hits} paths, fewer than 100: its figures \
                     are hardly known; {advice}."
                ),
                Lang::Zh => {
                    format!("- {name} 级仅 {hits} 条路径违约，不足 100 条，结果不可靠；{advice}。")
                }
            });
        }
        if self.partial.deal.midlife {
            warned = true;
            self.text.line(lang.say(
                "- The deal goes on from its state: losses are measured by the first notional.",
                "- 本交易自存续状态起算，损失按发行额计量。",
            ));
        }
        if !warned {
            self.text.line(lang.say("- None.", "- 无。"));
        }
    }

    fn model(&mut self) {
        self.text.heading("The model", "模型与假设");
        for line in model_lines(&self.partial.model, self.lang) {
            self.text.line(&format!("- {line}"));
        }
    }

    fn definitions(&mut self, table: &PdTable) {
        self.text.heading("Definitions", "释义");
        self.text.add(&definitions::definitions(table, self.lang));
    }
}

fn class_row(class: &ClassResult) -> String {
    let grade = |grade: &Option<String>| grade.clone().unwrap_or_else(|| "-".to_owned());
    [
        plus_minus(class.pd),
        plus_minus(class.late),
        plus_minus(class.el),
        share(class.loss_p99.value),
        share(class.loss_p999.value),
        share(class.es_p99.value),
        format!("{:.2}", class.wal.value),
        grade(&class.grade_by_pd),
        grade(&class.grade_by_el),
    ]
    .join(" | ")
}

/// A share with its standard error, where there is one.
fn plus_minus(of: Estimate) -> String {
    let Some(se) = of.se.filter(|se| *se > 0.0) else { return share(of.value) };
    let (value, se) = (100.0 * of.value, 100.0 * se);
    let digits = if se >= 1.0 { 1 } else { 2 + super::leading_zeros(se) };
    format!("{value:.digits$}% ± {se:.digits$}%")
}

fn model_lines(model: &ModelFacts, lang: Lang) -> Vec<String> {
    let [least, mean, most] = model.pd_1y.map(percent);
    let table = &model.pd_table;
    let mut lines = vec![match lang {
        Lang::En => format!(
            "Default within a year: {mean} on average by principal, {least} to {most}; a firm's \
             own `pd_` columns, else its rating in `{table}`."
        ),
        Lang::Zh => format!(
            "一年违约概率：按本金加权 {mean}（{least} 至 {most}）；取自 `pd_` 各列，否则按评级查 \
             `{table}`。"
        ),
    }];
    let copula = match (model.degrees, lang) {
        (None, Lang::En) => "normal copula".to_owned(),
        (None, Lang::Zh) => "高斯 copula".to_owned(),
        (Some(degrees), Lang::En) => format!("t copula, {degrees} degrees of freedom"),
        (Some(degrees), Lang::Zh) => format!("t copula，自由度 {degrees}"),
    };
    if let Some([least, mean, most]) = model.correlation.map(|of| of.map(percent)) {
        let factors = model.factors;
        lines.push(match lang {
            Lang::En => format!(
                "Firms default together: {copula}, {factors} factors; asset correlation of two \
                 firms {mean} on average, {least} to {most}. Supporters hang on the same factors."
            ),
            Lang::Zh => format!(
                "企业违约相关：{copula}，{factors} 个因子；两家企业资产相关系数平均 {mean}（{least} 至 \
                 {most}）；增信方同受这些因子影响。"
            ),
        });
    }
    if !model.supporter_pd_1y.is_empty() {
        let each: Vec<String> = model.supporter_pd_1y.iter().map(|pd| percent(*pd)).collect();
        let label = lang.say("Supporters default within a year: ", "增信方一年违约概率：");
        lines.push(format!("{label}{}{}", lang.listed(&each), lang.say(".", "。")));
    }
    lines.push(recovery_line(model, lang));
    lines.extend(infringement_line(model, lang));
    lines.extend(least_fees_line(model, lang));
    lines.extend(sales_line(model, lang));
    let prepayment = match model.prepayment {
        true => lang.say(
            "Loans are paid back early by the scenario's rate, one by one.",
            "按情景的早偿率逐笔模拟提前还款。",
        ),
        false => lang.say("Nobody pays early.", "不考虑提前还款。"),
    };
    lines.push(prepayment.to_owned());
    let rest = "Default rates of the scenario are replaced by the firms' own curves; rates, orders \
                of payment and dates are those of `run`.";
    let rest_zh = "情景中的违约率由各企业自身的违约曲线取代；利率、分配顺序与日期同 `run`。";
    lines.push(lang.say(rest, rest_zh).to_owned());
    lines
}

fn infringement_line(model: &ModelFacts, lang: Lang) -> Option<String> {
    let (rights, probability, loss) = model.infringement?;
    let [probability, loss] = [probability, loss].map(percent);
    Some(match lang {
        Lang::En => format!(
            "Infringement: {rights} rights, on average with {probability} within a year, losing \
             {loss} of their value; each is drawn on its own and tied to nothing else. What cover \
             of it pays counts where a loan that the right secures defaults; the rest is the \
             firm's."
        ),
        Lang::Zh => format!(
            "被侵权：{rights} 项权利，一年被侵权概率平均 {probability}，价值损失平均 {loss}；逐项独立模拟，\
             与其他变量无关。被侵权损失险的赔款仅在所担保贷款违约时计入，其余归企业。"
        ),
    })
}

fn least_fees_line(model: &ModelFacts, lang: Lang) -> Option<String> {
    let count = model.least_fees;
    (count > 0).then(|| match lang {
        Lang::En => format!(
            "Licences: {count} share in their licensees' sales, of which the scenario says \
             nothing: each fee is the least fee on every path, and nothing above it counts."
        ),
        Lang::Zh => format!(
            "许可合同：{count} 份按销售额提成，情景未给出销售额：各路径均按保底许可费计，不计超出部分。"
        ),
    })
}

fn sales_line(model: &ModelFacts, lang: Lang) -> Option<String> {
    let (count, volatility) = model.sales?;
    let volatility = percent(volatility);
    Some(match lang {
        Lang::En => format!(
            "Sales of {count} licensees: the scenario's on average, with a volatility of \
             {volatility} by the factor of the licensee's industry, the same for all its fees; \
             what its share of them has above the least fee is collected on top."
        ),
        Lang::Zh => format!(
            "{count} 家被许可方的销售额：均值同情景，波动率 {volatility}，随所属行业因子变动，各期相同；\
             提成超出保底许可费的部分另行计入。"
        ),
    })
}

fn recovery_line(model: &ModelFacts, lang: Lang) -> String {
    match (model.recovery_rate, model.value_shocks, lang) {
        (Some(rate), _, Lang::En) => {
            format!("Recovery: {} of defaulted principal, certain.", percent(rate))
        }
        (Some(rate), _, Lang::Zh) => format!("回收：违约本金的 {}，确定值。", percent(rate)),
        (None, shocks, _) => {
            let [all, industry, own] = shocks.unwrap_or_default().map(percent);
            match lang {
                Lang::En => format!(
                    "Recovery: the pledged rights, sold one by one; what one fetches varies by \
                     {all} with all, {industry} with its industry, {own} on its own (volatilities, \
                     assumed), and is low in years that are bad for the firms."
                ),
                Lang::Zh => format!(
                    "回收：逐项处置质押的知识产权；处置价波动率为共同 {all}、行业 {industry}、自身 {own}\
                     （假设值），年景差时价值同步走低。"
                ),
            }
        }
    }
}
