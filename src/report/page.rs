//! One web page of runs, whole in one file: the deal, what each run says, its charts to hover over,
//! zoom and switch, its tables to sort, filter and download; with or without support; light or
//! dark; on paper too. It asks no network for anything.
//!
//! Invariant: the tables in the page are the run's files, byte for byte, and the live charts are
//! drawn from them; the same runs and language give the same page. Without scripts and in print the
//! charts are images, so that nothing in a folder can run in the page.
use std::collections::BTreeMap;
use std::fmt::Write;

use crate::report::Lang;
use crate::report::chart::{Tone, axis_name, tone};
use crate::report::columns;
use crate::report::document::{Block, Document, Fact, Grid, glossary};
use crate::report::reasons::{Item, REASONS_IN, REASONS_OUT};
use crate::report::record::Record;
use crate::report::scenario_names::{label, scenario};
use crate::report::workbook::support;

const STYLE: &str = include_str!("page/page.css");
/// Apache ECharts, built by `page/bundle/rebuild`.
const LIBRARY: &str = include_str!("page/echarts.js");
const KINDS: &str = include_str!("page/kinds.js");
const CHARTS: &str = include_str!("page/charts.js");
const TERMS: &str = include_str!("page/terms.js");
const SCRIPT: &str = include_str!("page/page.js");

/// The page of a document, with the tables of its runs in the order in which they are shown.
pub fn page(document: &Document, runs: &[Record], lang: Lang) -> Vec<u8> {
    let title = escaped(&document.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <h1>{title}</h1>\n<p class=\"quiet\">{}</p>\n",
        lang.say("en", "zh-CN"),
        document.subtitle,
    );
    facts(&mut out, &document.facts);
    out.push_str("</header>\n");
    controls(&mut out, document, !runs.is_empty(), lang);
    out.push_str("<main>\n");
    for (at, part) in document.parts.iter().enumerate() {
        let title = escaped(&part.title);
        let (begin, end) = match part.folded {
            true => ("<details class=\"part\"><summary>", "</details>\n"),
            false => ("", ""),
        };
        let opened = if part.folded { "</summary>" } else { "" };
        let _ = writeln!(out, "<section id=\"part{at}\">\n{begin}<h2>{title}</h2>{opened}");
        blocks(&mut out, &part.blocks);
        let _ = writeln!(out, "{end}</section>");
    }
    if !runs.is_empty() {
        tables(&mut out, runs, lang);
    }
    meanings(&mut out, lang);
    let mut all = document.parts.iter().flat_map(|part| &part.blocks);
    // A page without charts does without what draws them.
    let library = match all.any(|block| matches!(block, Block::Chart { .. })) {
        true => format!("<script>\n{LIBRARY}</script>\n"),
        false => String::new(),
    };
    let _ = write!(
        out,
        "</main>\n<footer class=\"quiet\"><p>{}</p></footer>\n\
         <script type=\"application/json\" id=\"data\">{}</script>\n{library}\
         <script>\n{KINDS}</script>\n<script>\n{CHARTS}</script>\n\
         <script>\n{TERMS}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        document.remark,
        data(runs, lang),
    );
    out.into_bytes()
}

fn facts(out: &mut String, facts: &[Fact]) {
    if facts.is_empty() {
        return;
    }
    out.push_str("<dl>\n");
    for fact in facts {
        let (name, value) = (term(&fact.name, fact.term), escaped(&fact.value));
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    out.push_str("</dl>\n");
}

/// Text; where it is a term, with its meaning at hand.
fn term(text: &str, key: &str) -> String {
    let text = escaped(text);
    match key {
        "" => text,
        key => format!(
            "<button type=\"button\" class=\"term\" data-term aria-describedby=\"term-{key}\">\
             {text}</button>"
        ),
    }
}

/// What terms mean, for those that name them: out of sight.
fn meanings(out: &mut String, lang: Lang) {
    out.push_str("<div id=\"tip\" role=\"tooltip\" hidden></div>\n<div hidden>\n");
    for entry in glossary::entries() {
        let (key, name) = (entry.key(), escaped(entry.name(lang)));
        let meaning = escaped(entry.meaning(lang));
        let colon = lang.say(": ", "：");
        let _ = writeln!(out, "<p id=\"term-{key}\">{name}{colon}{meaning}</p>");
    }
    out.push_str("</div>\n");
}

fn controls(out: &mut String, document: &Document, tables: bool, lang: Lang) {
    let _ = write!(
        out,
        "<div class=\"bar\" role=\"region\" aria-label=\"{0}\"><fieldset>\
         <legend class=\"unseen\">{0}</legend>{1}",
        lang.say("support", "增信"),
        term(lang.say("support", "增信"), "support"),
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
    let _ = write!(out, "<nav aria-label=\"{}\"><ol>", document.contents);
    for (at, part) in document.parts.iter().enumerate() {
        let _ = write!(out, "<li><a href=\"#part{at}\">{}</a></li>", escaped(&part.title));
    }
    let title = lang.say("Tables", "各表");
    if tables {
        let _ = write!(out, "<li><a href=\"#tables\">{title}</a></li>");
    }
    out.push_str("</ol></nav>\n");
}

/// Charts that follow one another stand side by side where there is room.
fn blocks(out: &mut String, blocks: &[Block]) {
    let chart = |block: Option<&Block>| matches!(block, Some(Block::Chart { .. }));
    let mut before = None;
    for (at, one) in blocks.iter().enumerate() {
        if chart(Some(one)) && !chart(before) {
            out.push_str("<div class=\"charts\">\n");
        }
        block(out, one);
        if chart(Some(one)) && !chart(blocks.get(at + 1)) {
            out.push_str("</div>\n");
        }
        before = Some(one);
    }
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Heading { text } => {
            let _ = writeln!(out, "<h3>{}</h3>", escaped(text));
        }
        Block::Text { text } => {
            let _ = writeln!(out, "<p>{}</p>", escaped(text));
        }
        Block::List { items } => {
            out.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(out, "<li>{}</li>", escaped(item));
            }
            out.push_str("</ul>\n");
        }
        Block::Grid(of) => grid(out, of),
        Block::Sheet => {}
        Block::Chart { of, name, title, svg } => {
            let (of, name, title) = (escaped(of), escaped(name), escaped(title));
            let still = image(svg);
            let _ = writeln!(
                out,
                "<figure data-run=\"{of}\" data-chart=\"{name}\" data-title=\"{title}\">\
                 <img class=\"still\" alt=\"{title}\" src=\"{still}\"></figure>"
            );
        }
    }
}

fn grid(out: &mut String, grid: &Grid) {
    let title = escaped(&grid.title);
    if !title.is_empty() {
        let _ = writeln!(out, "<p class=\"name\">{}</p>", term(&grid.title, grid.term));
    }
    let heads: Vec<&str> = grid.heads.iter().map(|head| head.text.as_str()).collect();
    let label = if title.is_empty() { escaped(&heads.join(", ")) } else { title };
    let _ = write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\">\
         <table><thead><tr>",
    );
    let side = |at: usize| if grid.heads[at].figure { " class=\"figure\"" } else { "" };
    let own = |with: &str| match with {
        "" => String::new(),
        with => format!(" data-support=\"{with}\""),
    };
    let columns: Vec<String> = grid.heads.iter().map(|head| own(&head.support)).collect();
    for (at, head) in grid.heads.iter().enumerate() {
        let head = term(&head.text, head.term);
        let _ = write!(out, "<th scope=\"col\"{}{}>{head}</th>", side(at), columns[at]);
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in &grid.rows {
        let _ = write!(out, "<tr{}>", own(&row.support));
        for (at, cell) in row.cells.iter().enumerate() {
            let said = term(cell, if at == 0 { row.term } else { "" });
            // A date or a word stays on its line.
            let short = !grid.heads[at].figure && cell.chars().count() <= 12;
            let side = if short { " class=\"short\"" } else { side(at) };
            let _ = write!(out, "<td{side}{}>{said}</td>", columns[at]);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

/// Every file of the runs, drawn by the script when it is opened.
fn tables(out: &mut String, runs: &[Record], lang: Lang) {
    let _ = writeln!(
        out,
        "<section id=\"tables\">\n<h2>{}</h2>\n<p>{}</p>\n<noscript><p>{}</p></noscript>",
        lang.say("Tables", "各表"),
        lang.say(
            "Every table of every run, to sort, filter and download. Cash flows are with support.",
            "各次运行的全部结果表，可排序、筛选、下载。现金流各表均为有增信情形。",
        ),
        lang.say("Tables need scripts switched on.", "查看表格需启用脚本。"),
    );
    for run in runs {
        let folder = escaped(&run.folder);
        let _ = writeln!(out, "<h3>{}</h3>", escaped(&label(run, lang)));
        for table in &run.tables {
            let file = escaped(&table.name);
            let name = file.trim_end_matches(".csv");
            let _ = writeln!(
                out,
                "<details data-file=\"{folder}/{file}\"><summary>{name}</summary></details>",
            );
        }
    }
    out.push_str("</section>\n");
}

/// What the scripts read: files by name, colours of classes, columns' titles, words.
fn data(runs: &[Record], lang: Lang) -> String {
    let (mut files, mut titles, mut terms) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut colours = BTreeMap::new();
    for run in runs {
        for (name, text) in run.files.iter().filter(|file| file.0.ends_with(".csv")) {
            files.insert(format!("{}/{name}", run.folder), text.as_str());
        }
        for column in run.tables.iter().flat_map(|table| &table.header) {
            titles.insert(column.as_str(), columns::title(column, lang));
            let key = glossary::key(column);
            terms.extend((!key.is_empty()).then_some((column.as_str(), key)));
        }
        let own = run.classes().into_iter().map(|class| {
            let tone = tone(run, &class);
            (class, colours_of(tone))
        });
        let own = own.chain(programme(run));
        colours.insert(run.folder.as_str(), own.collect::<BTreeMap<_, _>>());
    }
    let words: BTreeMap<&str, &str> =
        WORDS.iter().map(|(name, en, zh)| (*name, lang.say(en, zh))).collect();
    let support: BTreeMap<&str, &str> =
        ["with", "without", "bare"].map(|word| (word, support(word, lang))).into();
    let value = serde_json::json!({
        "lang": lang.word(),
        "axes": axes(runs, lang),
        "files": files,
        "colours": colours,
        "columns": titles,
        "terms": terms,
        "sources": reasons(REASONS_IN, lang),
        "uses": reasons(REASONS_OUT, lang),
        "support": support,
        "scenarios": scenarios(runs, lang),
        "words": words,
    });
    // Nothing in a name can end the script.
    value.to_string().replace('<', "\\u003c")
}

/// What scenarios of stresses are called, where that is not their own name.
fn scenarios(runs: &[Record], lang: Lang) -> BTreeMap<String, String> {
    let tables = runs.iter().filter_map(|run| run.table("stress.csv"));
    let names = tables.flat_map(|table| table.distinct("scenario"));
    let said = names.map(|name| (name.clone(), scenario(&name, lang).to_owned()));
    said.filter(|(name, said)| name != said).collect()
}

/// Assumptions of grids, by the names of their columns.
fn axes(runs: &[Record], lang: Lang) -> BTreeMap<&str, String> {
    let grids = runs.iter().filter_map(|run| run.table("grid.csv"));
    let axes = grids.flat_map(|table| table.header.iter().take_while(|name| *name != "support"));
    axes.map(|name| (name.as_str(), axis_name(name, lang))).collect()
}

/// On a light page and on a dark one.
fn colours_of(tone: Tone) -> [String; 2] {
    [tone.rgb(), tone.rgb_on_dark()].map(|rgb| format!("#{rgb:06x}"))
}

/// Colours of the series of a programme and of its supporters.
fn programme(run: &Record) -> Vec<(String, [String; 2])> {
    let named = |file: &str, column: &str| {
        run.table(file).map(|table| table.distinct(column)).unwrap_or_default()
    };
    let coloured = |names: Vec<String>, tone: fn(usize, usize) -> Tone| {
        let of = names.len();
        let each = names.into_iter().enumerate();
        each.map(move |(at, name)| (name, colours_of(tone(at, of))))
    };
    let series = coloured(named("shelf.csv", "series"), |at, of| Tone::Senior { at, of });
    let supporters =
        coloured(named("exposures.csv", "supporter"), |at, of| Tone::Supporter { at, of });
    series.chain(supporters).collect()
}

/// How reasons of postings begin, with the line of sources and uses that they count in; what comes
/// in or goes out at closing is in none.
fn reasons(known: &[(&str, Item)], lang: Lang) -> serde_json::Value {
    let line = |(begins, item): &(&str, Item)| {
        let closing = matches!(item, Item::NoteProceeds | Item::Funding | Item::Price);
        let [light, _] = colours_of(item.tone());
        serde_json::json!({
            "begins": begins, "name": item.word(lang), "colour": light, "closing": closing,
            "of": item.of_class(lang),
        })
    };
    known.iter().map(line).collect()
}

/// Words of the scripts.
const WORDS: &[(&str, &str, &str)] = &[
    ("filter", "filter", "筛选"),
    ("download", "download CSV", "下载 CSV"),
    ("class", "class", "档次"),
    ("pool", "pool", "资产池"),
    ("lossAbove", "loss above, share of the class", "损失超过（占该档规模）"),
    ("poolLoss", "loss, share of the pool", "损失（占资产池）"),
    ("probability", "probability", "概率"),
    ("paths", "paths", "路径数"),
    ("notPaid", "not paid in full", "未足额概率"),
    ("rate", "critical default rate", "临界违约率"),
    ("loss", "loss, share of notional", "损失率"),
    ("share", "senior share of the notes", "优先级占比"),
    ("cover", "times", "倍"),
    ("upTo", "up to", "至"),
    ("all", "all classes", "全部各档"),
    ("above", "above", "高于"),
    ("lowest", "lowest of all", "各情景最低"),
    ("reset", "reset zoom", "还原缩放"),
    ("noLoss", "no loss", "无损失"),
    (
        "hint",
        "Zoom: Ctrl + wheel, the slider, or + and -; Shift + ← → go along.",
        "缩放：Ctrl + 滚轮、滑块或键盘 + -，Shift + ← → 平移。",
    ),
    ("read", "Values: hover, or ← → at the keyboard.", "读数：悬停，或键盘 ← →。"),
    ("other", "other", "其他"),
    ("start", "cash at the start", "期初现金"),
    ("sources", "all sources", "来源合计"),
    ("left", "left at the end", "期末结余"),
    ("paysNothing", "Pays nothing on", "未支付的路径占"),
    ("paidOver", "paid over the life of the notes", "存续期累计支付"),
    ("outstanding", "outstanding at the end of the month", "月末存续余额"),
    ("low", "5% of paths below", "5% 分位"),
    ("middle", "median", "中位数"),
    ("high", "95% of paths below", "95% 分位"),
    ("quota", "quota", "额度"),
    ("limitOf", "limit of", "上限："),
    ("coupon", "senior coupon a year", "优先级票面年利率"),
    ("together", "together", "共用增信"),
    ("alone", "alone", "单独测算"),
    ("any", "any", "任一期"),
    ("cash", "Cash flows are with support.", "现金流为有增信情形。"),
];

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
