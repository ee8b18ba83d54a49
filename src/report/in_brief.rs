//! What opens a report of runs: the facts of the deal, the sentences that each run says of itself,
//! and beside those of a scenario how likely what they are of is where the deal was simulated.
//!
//! Invariant: one scenario is one course of events; what it says never stands for how likely it is.
use crate::report::Lang;
use crate::report::document::fine;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::scenario;
use crate::report::words::{grouped, percent};

/// Terms that open a report: section, item, what they are called in English and Chinese.
pub const FACTS: &[(&str, &str, &str, &str)] = &[
    ("deal", "structure", "structure", "交易结构"),
    ("deal", "obligors", "obligors", "债务人数"),
    ("deal", "loans", "loans", "贷款笔数"),
    ("deal", "rights", "pledged rights", "质押权利数"),
    ("deal", "pool_principal", "pool principal, yuan", "资产池本金（元）"),
    ("deal", "notes", "notes, yuan", "证券规模（元）"),
    ("dates", "cutoff_date", "cut-off date", "封包日"),
    ("dates", "closing_date", "closing date", "设立日"),
    ("dates", "first_payment_date", "first payment date", "首个兑付日"),
    ("dates", "legal_maturity", "legal maturity", "法定到期日"),
];

/// The sentences of a run, in order, as its table has them.
pub fn sentences(run: &Record, lang: Lang) -> Vec<String> {
    said(run, lang).into_iter().map(|(_, text)| text).collect()
}

/// The sentences of a scenario, each with what a simulation of the same deal says of it.
pub fn beside(run: &Record, simulated: &[&Record], lang: Lang) -> Vec<String> {
    // Of the same scenario, else of any.
    let same = simulated.iter().find(|one| one.scenario == run.scenario);
    let drawn = same.or(simulated.first()).filter(|one| one.table("tranches.csv").is_some());
    let with_drawn = |(name, text): (String, String)| {
        let more = drawn.and_then(|drawn| likely(&name, drawn, lang));
        more.map_or(text.clone(), |more| format!("{text}{}{more}", lang.say(" ", "")))
    };
    said(run, lang).into_iter().map(with_drawn).collect()
}

/// (name, text) of each sentence.
fn said(run: &Record, lang: Lang) -> Vec<(String, String)> {
    let Some(table) = run.table("sentences.csv") else { return Vec::new() };
    let text = |row: &Vec<_>| (table.text(row, "sentence"), table.text(row, lang.say("en", "zh")));
    table.rows.iter().map(text).collect()
}

/// What is drawn of the thing that a sentence is of.
fn likely(sentence: &str, drawn: &Record, lang: Lang) -> Option<String> {
    let text = match sentence {
        "what_breaks_first" => unpaid(drawn.table("tranches.csv")?, lang),
        "what_the_supporter_is_worth" => called(drawn.table("supporters.csv")?, lang)?,
        "what_the_pledge_is_worth" => lost(drawn.table("pool.csv")?, lang)?,
        _ => return None,
    };
    let paths = drawn.options.iter().find(|option| option.0 == "paths");
    let paths = grouped(paths.map_or("", |option| &option.1));
    let of = scenario(&drawn.scenario, lang);
    Some(match lang {
        Lang::En => format!("Simulated, {paths} paths of {of}: {text}."),
        Lang::Zh => format!("模拟（{of}，{paths} 条路径）：{text}。"),
    })
}

/// How likely each class is not paid in full.
fn unpaid(table: &Table, lang: Lang) -> String {
    let of = |class: &str, with: &str| {
        let is = |row: &&Vec<_>| table.text(row, "tranche") == class;
        let row = table.rows_of("support", with).find(is)?;
        table.cell(row, "pd").number()
    };
    let told = |class: String| match (of(&class, "without"), of(&class, "with"), lang) {
        (Some(without), Some(with), Lang::En) if without != with => {
            format!("{class} {} without support, {} with it", fine(without), fine(with))
        }
        (Some(without), Some(with), Lang::Zh) if without != with => {
            format!("{class} 无增信 {}、有增信 {}", fine(without), fine(with))
        }
        (without, with, _) => {
            let pd = without.or(with).map_or_else(|| "-".to_owned(), fine);
            format!("{class} {pd}")
        }
    };
    let each: Vec<String> = table.distinct("tranche").into_iter().map(told).collect();
    let each = each.join(lang.say("; ", "；"));
    match lang {
        Lang::En => format!("not paid in full by the end on this share of the paths: {each}"),
        Lang::Zh => format!("最终未足额兑付的概率：{each}"),
    }
}

/// How likely each supporter is called; of several covers by one giver, from the least to the most.
fn called(table: &Table, lang: Lang) -> Option<String> {
    let told = |who: String| {
        let rows = || table.rows.iter().filter(|row| table.text(row, "supporter") == who);
        let of = |column| rows().filter_map(move |row| table.cell(row, column).number());
        let least = of("p_called").fold(f64::INFINITY, f64::min);
        let most = of("p_called").fold(0.0, f64::max);
        let failed = of("p_failed_when_called").fold(0.0, f64::max);
        match (rows().count(), lang) {
            (1, Lang::En) => format!(
                "{who} is called on {}, and on {} of these it has failed itself",
                percent(most),
                percent(failed)
            ),
            (1, Lang::Zh) => format!(
                "{who} 被启动的概率 {}，其中 {} 其自身已违约",
                percent(most),
                percent(failed)
            ),
            (many, Lang::En) => format!(
                "each of the {many} covers of {who} is called on {} to {}",
                percent(least),
                percent(most)
            ),
            (many, Lang::Zh) => {
                format!(
                    "{who} 的 {many} 项增信各自被启动的概率 {} 至 {}",
                    percent(least),
                    percent(most)
                )
            }
        }
    };
    let each: Vec<String> = table.distinct("supporter").into_iter().map(told).collect();
    (!each.is_empty()).then(|| each.join(lang.say("; ", "；")))
}

/// What defaults on average, and what of it is lost.
fn lost(table: &Table, lang: Lang) -> Option<String> {
    let of = |measure: &str| {
        let row = table.rows.iter().find(|row| table.text(row, "measure") == measure)?;
        table.cell(row, "value").number()
    };
    let (defaulted, lost) = (percent(of("defaulted_mean")?), percent(of("el")?));
    Some(match lang {
        Lang::En => {
            format!("on average {defaulted} of the pool defaults, and {lost} of the pool is lost")
        }
        Lang::Zh => format!("平均违约占资产池 {defaulted}，损失 {lost}"),
    })
}
