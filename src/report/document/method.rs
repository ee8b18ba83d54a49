//! The end of a report: how the figures come about and what they leave out, what the words mean,
//! what they were made from.
use std::collections::BTreeSet;

use super::grid::Grid;
use super::{Block, Part, glossary, heading, text};
use crate::report::Lang;
use crate::report::manifest::notes;
use crate::report::record::Record;
use crate::report::scenario_names::scenario;
use crate::report::{shelf, simulation, size, stress, summary_notes};

/// Method and limits.
pub fn limits(runs: &[Record], lang: Lang) -> Part {
    let ran = |command: &str| runs.iter().any(|run| run.command == command);
    let pick = |of: &[(&str, &str, &str)]| -> Vec<String> {
        let kept = of.iter().filter(|line| line.0.is_empty() || ran(line.0));
        kept.map(|line| lang.say(line.1, line.2).to_owned()).collect()
    };
    let blocks = vec![
        heading(lang.say("Method", "方法")),
        Block::List { items: pick(METHOD) },
        heading(lang.say("Limits", "局限")),
        Block::List { items: pick(LIMITS) },
    ];
    Part::new(lang.say("Method and limits", "方法与局限"), blocks).folded()
}

/// What the words mean: the terms that are used, then what else holds of each command that was run.
pub fn definitions(runs: &[Record], used: &BTreeSet<&str>, lang: Lang) -> Part {
    let ran = |command: &str| runs.iter().any(|run| run.command == command);
    let known: [(&str, &str, &str, &str); 5] = [
        ("run", "Cash flows", "现金流", summary_notes::definitions(lang)),
        ("stress", "Stress", "压力测试", stress::definitions(lang)),
        ("simulate", "Simulation", "模拟", simulation::definitions(lang)),
        ("size", "Size", "规模测算", size::definitions(lang)),
        ("shelf", "The programme", "储架", shelf::definitions(lang)),
    ];
    let mut terms =
        Grid::titled("").words(lang.say("term", "术语")).words(lang.say("meaning", "含义"));
    for entry in glossary::entries().filter(|entry| used.contains(entry.key())) {
        terms.row(vec![entry.name(lang).to_owned(), entry.meaning(lang).to_owned()]);
    }
    let mut blocks = Vec::new();
    blocks.extend(terms.block());
    for (_, en, zh, of) in known.iter().filter(|known| ran(known.0)) {
        blocks.push(heading(lang.say(en, zh)));
        blocks.push(Block::List { items: items(of, lang) });
    }
    Part::new(lang.say("Definitions", "释义"), blocks).folded()
}

/// The items of a list in Markdown, each on one line, without marks.
fn items(markdown: &str, lang: Lang) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in markdown.lines() {
        let text = line.trim().replace(['*', '`'], "");
        match (text.strip_prefix("- "), items.last_mut()) {
            (Some(first), _) => items.push(first.to_owned()),
            (None, Some(item)) if !text.is_empty() => {
                // Chinese runs on without a blank.
                let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
                let between = latin(item.chars().last()) && latin(text.chars().next());
                if lang == Lang::En || between {
                    item.push(' ');
                }
                item.push_str(&text);
            }
            _ => {}
        }
    }
    items
}

/// What every run was made from.
pub fn sources(runs: &[Record], lang: Lang) -> Part {
    let mut blocks = vec![text(lang.say(
        "SHA-256 of every table that was read. The same tables, seed and version give the same \
         figures.",
        "所读取各输入表的 SHA-256。输入表、随机种子与版本相同，则结果相同。",
    ))];
    let mut done = Grid::titled(lang.say("Runs", "运行"));
    for name in [
        ("run", "运行"),
        ("command", "命令"),
        ("scenario", "情景"),
        ("told", "参数"),
        ("version", "版本"),
    ] {
        done = done.words(lang.say(name.0, name.1));
    }
    for run in runs {
        let told: Vec<String> =
            run.options.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let told = told.join(lang.say(", ", "，"));
        let of = scenario(&run.scenario, lang);
        let cells = [&run.folder, &run.command, of, &told, &run.version];
        done.row(cells.map(str::to_owned).to_vec());
    }
    blocks.extend(done.block());
    let mut seen: Vec<(&String, &String)> = Vec::new();
    let mut grid = Grid::titled(lang.say("Tables read", "输入表"))
        .words(lang.say("table", "表"))
        .words("SHA-256");
    for (name, hash) in runs.iter().flat_map(|run| &run.inputs) {
        if !seen.contains(&(name, hash)) {
            seen.push((name, hash));
            grid.row(vec![name.clone(), hash.clone()]);
        }
    }
    blocks.extend(grid.block());
    blocks.push(Block::List { items: notes(lang).map(str::to_owned).to_vec() });
    Part::new(lang.say("Sources", "数据来源"), blocks).folded()
}

/// Command that a line is of (none: of all), English, Chinese.
const METHOD: &[(&str, &str, &str)] = &[
    (
        "",
        "Money is kept in whole fen as decimal numbers; an amount is rounded once, to the fen.",
        "金额以十进制整分计算，每笔金额仅舍入一次，精确到分。",
    ),
    (
        "",
        "Every movement of cash is a posting; opening + in = out + closing is checked for every \
         account and in all, each period.",
        "每一笔资金划转均记账；每期对每个账户及总账核验：期初 + 转入 = 转出 + 期末。",
    ),
    (
        "run",
        "Cash flows are worked out date by date from the loans' contracts, the defaults, \
         prepayments and recoveries, and the order of payment.",
        "现金流根据贷款合同、情景的违约、提前还款与回收假设及分配顺序逐期计算。",
    ),
    (
        "",
        "Every result is given with support and without it: as if shortfall commitments did not \
         exist, fees being the same.",
        "各项结果均列示有增信与无增信两种口径；无增信指差额支付承诺视为不存在，费用不变。",
    ),
    (
        "stress",
        "A critical default rate is found by bisection over the scenario's defaults, each trial \
         a run through the whole order of payment; the answer is confirmed exactly.",
        "临界违约率通过对情景违约率二分搜索得到，每次试算均完整运行分配顺序，结果经精确计算确认。",
    ),
    (
        "simulate",
        "Firms, and supporters with them, default together by a factor model; pledged rights are \
         sold one by one; every path runs through the same order of payment.",
        "企业与增信方按因子模型相关违约；质押权利逐项处置；每条路径均完整运行同一分配顺序。",
    ),
    (
        "size",
        "Sizes are tried in steps of 10,000 yuan on the same drawn paths; the largest that passes \
         every test that decides is given.",
        "在同一组模拟路径上以 1 万元为步长试算，取通过全部约束测试的最大规模。",
    ),
    (
        "shelf",
        "All series run on the same paths, on which a firm defaults once in all series that it is \
         in and a supporter pays out of one capacity.",
        "各期在同一组路径上运行：同一企业在各期只违约一次，增信方以同一支付能力代付。",
    ),
];

const LIMITS: &[(&str, &str, &str)] = &[
    (
        "",
        "Results are those of a model under stated assumptions. Values of pledged rights are \
         opinions at a date; default and recovery rates are assumptions, not observations of this \
         pool.",
        "结果为既定假设下的模型输出。质押权利的评估值为某一时点的意见；违约率与回收率为假设，并非对本资产池的观察。",
    ),
    (
        "",
        "Not modelled: revolving purchase, substitution of assets, put options with coupon reset, \
         hedges.",
        "未建模：循环购买、资产置换、附票面利率调整的回售、对冲。",
    ),
    (
        "",
        "China's holidays are known to 2026; for later years weekends alone count, unless the deal \
         adds days.",
        "法定节假日已知至 2026 年；此后年份除交易另行提供外仅计周末。",
    ),
    ("run", "An exact run is one future, not a forecast.", "精确运行仅为一种未来情形，并非预测。"),
    (
        "simulate",
        "A figure of a simulation has a standard error; where a class is hit on few paths its \
         grade is rough. A model's grade is not a rating.",
        "模拟数值带有标准误；受损路径很少时级别较为粗略。模型级别不是信用评级。",
    ),
    (
        "stress",
        "A multiple of a default rate presumes many small firms; with few, look at the sets of \
         firms instead.",
        "违约率倍数以债务人充分分散为前提；债务人较少时应看企业组合测试。",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_whole_sentences_without_marks() {
        let check = |markdown: &str, lang, wanted: &[&str]| {
            assert_eq!(items(markdown, lang), wanted);
        };
        check("## Head\n\n- *A*: one\n  two `b`.\n- C\n", Lang::En, &["A: one two b.", "C"]);
        check("- 损失：期末\n  不折现。\n", Lang::Zh, &["损失：期末不折现。"]);
        check("no list\n", Lang::En, &[]);
    }
}
