//! One web page of runs, whole in one file: the deal, what each run says in three sentences, its
//! charts, its tables to sort, filter and download; with or without support; light or dark; on
//! paper too. It asks no network for anything.
//!
//! Invariant: the tables in the page are the run's files, byte for byte; the same runs and language
//! give the same page. Charts are images, so that nothing in a folder can run in the page.
use std::collections::BTreeMap;
use std::fmt::Write;

use crate::report::Lang;
use crate::report::columns;
use crate::report::in_brief::{self, FACTS};
use crate::report::record::Record;
use crate::report::table::Cell;
use crate::report::words::{grouped, percent};
use crate::report::workbook::support;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Charts by file, with what they show; others go by the name of their file.
const CHARTS: &[(&str, &str, &str)] = &[
    ("notes.svg", "Note balances", "证券余额"),
    ("collections.svg", "Collections", "现金流归集"),
    ("cover.svg", "Cover of each class", "各档覆盖倍数"),
    ("waterfall.svg", "Sources and uses of cash", "资金来源与运用"),
    ("class_losses.svg", "How likely each class loses how much", "各档损失分布"),
    ("pool_loss.svg", "How likely the pool loses how much", "资产池损失分布"),
    ("senior_balance.svg", "Senior balance over paths", "优先级余额的分布"),
    ("support_paid.svg", "What the supporter pays", "差额支付额的分布"),
    ("convergence.svg", "Convergence", "收敛情况"),
];

/// Measures of the table of classes, in percent or as they stand.
const MEASURES: &[(&str, bool)] = &[
    ("notional", false),
    ("interest_paid", false),
    ("principal_paid", false),
    ("loss", true),
    ("first_shortfall_date", false),
    ("wal_years", false),
    ("yield", true),
    ("min_coverage", false),
];

/// The page, from runs in the order in which they are shown.
pub fn page(runs: &[Record], lang: Lang) -> Vec<u8> {
    let exact = runs.iter().find(|run| run.command == "run");
    let name = exact.map(|run| run.term("deal", "name")).filter(|name| !name.is_empty());
    let title = name.unwrap_or_else(|| lang.say("Runs of ipabs", "ipabs 运行结果").to_owned());
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n",
        lang.say("en", "zh-CN"),
        escaped(&title),
        escaped(&title),
    );
    if let Some(run) = exact {
        facts(&mut out, run, lang);
    }
    out.push_str("</header>\n");
    controls(&mut out, runs, lang);
    out.push_str("<main>\n");
    for (at, run) in runs.iter().enumerate() {
        section(&mut out, at, run, lang);
    }
    let _ = write!(
        out,
        "</main>\n<footer class=\"quiet\"><p>{}</p></footer>\n\
         <script type=\"application/json\" id=\"data\">{}</script>\n<script>\n{SCRIPT}</script>\n\
         </body>\n</html>\n",
        lang.say(
            "Tables of cash flows are with support; every table here is a file of the run.",
            "现金流各表均为有增信情形；页面各表即运行结果文件。",
        ),
        data(runs, lang),
    );
    out.into_bytes()
}

fn facts(out: &mut String, run: &Record, lang: Lang) {
    out.push_str("<dl>\n");
    for (section, item, en, zh) in FACTS {
        let value = run.term(section, item);
        if !value.is_empty() {
            let (name, value) = (lang.say(en, zh), escaped(&shown(&value)));
            let _ = writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
    }
    out.push_str("</dl>\n");
}

/// Amounts and counts with thousands set apart.
fn shown(text: &str) -> String {
    let number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if number { grouped(text) } else { text.to_owned() }
}

fn controls(out: &mut String, runs: &[Record], lang: Lang) {
    let _ = write!(
        out,
        "<div class=\"bar\"><fieldset aria-label=\"{}\">",
        lang.say("support", "增信"),
    );
    for (value, en, zh) in [
        ("both", "both", "全部"),
        ("with", "with support", "有增信"),
        ("without", "without", "无增信"),
    ] {
        let checked = if value == "both" { " checked" } else { "" };
        let _ = write!(
            out,
            "<label><input type=\"radio\" name=\"support\" value=\"{value}\"{checked}> {}</label>",
            lang.say(en, zh),
        );
    }
    let _ = writeln!(
        out,
        "</fieldset><button id=\"theme\">{}</button><button id=\"print\">{}</button></div>",
        lang.say("light / dark", "浅色 / 深色"),
        lang.say("print", "打印"),
    );
    let _ = write!(out, "<nav aria-label=\"{}\"><p>", lang.say("runs", "情景"));
    for (at, run) in runs.iter().enumerate() {
        let _ = write!(out, "<a href=\"#run{at}\">{}</a> ", escaped(&run.folder));
    }
    out.push_str("</p></nav>\n<noscript><p>");
    out.push_str(lang.say("Tables need scripts switched on.", "查看表格需启用脚本。"));
    out.push_str("</p></noscript>\n");
}

fn section(out: &mut String, at: usize, run: &Record, lang: Lang) {
    let _ = writeln!(out, "<section id=\"run{at}\">\n<h2>{}</h2>", escaped(&run.folder));
    if run.command == "run" {
        for text in in_brief::sentences(run, lang) {
            let _ = writeln!(out, "<p>{}</p>", escaped(&text));
        }
    } else {
        let told: Vec<String> =
            run.options.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let _ = writeln!(out, "<p>{}</p>", escaped(&lang.listed(&told)));
    }
    out.push_str("<div class=\"charts\">\n");
    let charts: Vec<&(String, String)> =
        run.files.iter().filter(|file| file.0.ends_with(".svg")).collect();
    let named = CHARTS.iter().filter_map(|known| {
        let chart = charts.iter().find(|chart| chart.0 == known.0)?;
        Some((lang.say(known.1, known.2), chart))
    });
    let other = charts.iter().filter(|chart| !CHARTS.iter().any(|known| known.0 == chart.0));
    for (name, (_, svg)) in named.chain(other.map(|chart| (chart.0.as_str(), chart))) {
        let alt = format!("{name}: {}", run.folder);
        let _ = writeln!(out, "<img alt=\"{}\" src=\"{}\">", escaped(&alt), image(svg));
    }
    out.push_str("</div>\n");
    if run.command == "run" {
        classes(out, run, lang);
    }
    let _ = writeln!(out, "<h3>{}</h3>", lang.say("Tables", "各表"));
    for table in &run.tables {
        let name = escaped(table.name.trim_end_matches(".csv"));
        let _ = writeln!(
            out,
            "<details data-file=\"{}/{}\"><summary>{name}</summary></details>",
            escaped(&run.folder),
            escaped(&table.name),
        );
    }
    out.push_str("</section>\n");
}

fn classes(out: &mut String, run: &Record, lang: Lang) {
    let _ = write!(
        out,
        "<h3>{}</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\
         <table><thead><tr>",
        lang.say("By class", "各档证券"),
        lang.say("By class", "各档证券"),
    );
    for name in ["tranche", "support"] {
        let _ = write!(out, "<th scope=\"col\">{}</th>", columns::title(name, lang));
    }
    for (measure, _) in MEASURES {
        let name = columns::measure(measure, lang);
        let _ = write!(out, "<th scope=\"col\" class=\"figure\">{name}</th>");
    }
    out.push_str("</tr></thead><tbody>\n");
    for class in run.classes() {
        for with in ["with", "without"] {
            let _ = write!(
                out,
                "<tr data-support=\"{with}\"><td>{}</td><td>{}</td>",
                escaped(&class),
                support(with, lang),
            );
            for (measure, is_share) in MEASURES {
                let text = match run.measure(&class, measure, with) {
                    Cell::Number(value, _) if *is_share => percent(value),
                    Cell::Number(value, _) => format!("{value:.2}"),
                    Cell::Blank => "-".to_owned(),
                    cell @ Cell::Yuan(_) => grouped(&cell.written()),
                    cell @ (Cell::Text(_) | Cell::Date(_) | Cell::Count(_)) => cell.written(),
                };
                let _ = write!(out, "<td class=\"figure\">{}</td>", escaped(&text));
            }
            out.push_str("</tr>\n");
        }
    }
    out.push_str("</tbody></table></div>\n");
}

/// What the script reads: files by name, columns' titles, words.
fn data(runs: &[Record], lang: Lang) -> String {
    let (mut files, mut titles) = (BTreeMap::new(), BTreeMap::new());
    for run in runs {
        for (name, text) in run.files.iter().filter(|file| file.0.ends_with(".csv")) {
            files.insert(format!("{}/{name}", run.folder), text.as_str());
        }
        for column in run.tables.iter().flat_map(|table| &table.header) {
            titles.insert(column.as_str(), columns::title(column, lang));
        }
    }
    let value = serde_json::json!({
        "files": files,
        "words": {
            "filter": lang.say("filter", "筛选"),
            "download": lang.say("download CSV", "下载 CSV"),
            "columns": titles,
        },
    });
    // Nothing in a name can end the script.
    value.to_string().replace('<', "\\u003c")
}

/// A chart as the address of an image.
fn image(svg: &str) -> String {
    let mut out = String::from("data:image/svg+xml;charset=utf-8,");
    for c in svg.chars() {
        match c {
            '%' | '#' | '"' | '<' | '>' | '&' | '\n' | '\r' | '\t' | '`' | '{' | '}' | '\\' => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Text in the page.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_folder_runs_in_the_page() {
        assert_eq!(escaped("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
        let svg = image("<svg onload=\"x\">#\n");
        assert_eq!(svg, "data:image/svg+xml;charset=utf-8,%3Csvg onload=%22x%22%3E%23%0A");
    }
}
