#![allow(clippy::unwrap_used)]
use super::*;
use crate::analytics::sample::{calm, deal, largest_defaults, parts, supported};
use crate::deal::Parts;
use crate::engine::run_all;

fn files(parts: Parts, scenario: &Scenario, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let deal = deal(parts);
    let runs = runs(&deal, scenario);
    let inputs = [("loans.csv".to_owned(), "00ff".to_owned())];
    run_files(&deal, &inputs, scenario, &runs, lang, true)
}

fn runs(deal: &Deal, scenario: &Scenario) -> Runs {
    run_all(deal, &[scenario], || ()).unwrap().remove(0)
}

fn text(files: &[(String, Vec<u8>)], name: &str) -> String {
    let (_, bytes) = files.iter().find(|file| file.0 == name).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

#[test]
fn a_run_writes_every_file_of_its_contract_twice_alike() {
    let found = files(supported(), &largest_defaults(), Lang::En);
    let names: Vec<&str> = found.iter().map(|file| file.0.as_str()).collect();
    let wanted = "collections.csv notes.csv fees.csv accounts.csv supports.csv events.csv \
                  postings.csv loans.csv measures.csv terms.csv pool_characteristics.csv \
                  distribution.csv servicing.csv sentences.csv balances.csv notes.svg \
                  collections.svg cover.svg waterfall.svg summary.md manifest.json sources.md";
    assert_eq!(names.join(" "), wanted);
    assert_eq!(found, files(supported(), &largest_defaults(), Lang::En));
}

#[test]
fn the_summary_says_what_breaks_and_what_support_is_worth() {
    let check = |lang: Lang, lines: &[&str]| {
        let page = text(&files(supported(), &largest_defaults(), lang), "summary.md");
        for line in lines {
            assert!(page.lines().any(|found| found == *line), "{line}\n{page}");
        }
    };
    check(
        Lang::En,
        &[
            "# 两年期样例: largest_defaults",
            "1. Without support class A breaks first, on 2025-01-01, 70,000 yuan short of \
             what is due, and loses 70,000 yuan of principal in the end; with support class \
             S is the first.",
            // Of 0.27 lost without it 0.07 are A's, which it pays.
            "2. 担保公司 is worth 70,000 yuan of principal: the classes lose 270,000 yuan without \
             it and 200,000 yuan with it, with 2 of them late without it and 1 with it; it pays \
             70,000 yuan and gets 0 yuan back.",
            // The 0.30 that come back are all A's: without them it pays 0.37.
            "3. The pledge brings 300,000 yuan of the 600,000 yuan that default; the \
             classes lose 200,000 yuan with it and without it; without it the supporter would \
             pay 370,000 yuan instead of 70,000 yuan.",
            "- Pool: 2 loans of 2 firms, 1.00 million yuan, at the cut-off date 2023-01-01.",
            "- Without support: class A, on 2025-01-01: due and not paid 70,000 yuan of \
             principal.",
            "- Called on 1 payment date; it pays 70,000 yuan, gets 0 yuan back, \
             and is still owed 70,000 yuan at the end.",
            "- Classes not paid on time: A, S without it; S with it.",
            "- Defaults: 600,000 yuan, 60.00% of the pool. Recovered in time: 300,000 \
             yuan, 50.00% of what defaulted.",
            "| A | with | 0.80 | 0.08 | 0.80 | 0.00 | 0.00% | - | 2.00 | 4.99% |",
            "| A | without | 0.80 | 0.08 | 0.73 | 0.00 | 8.75% | 2025-01-01 | 2.00 | 0.64% |",
        ],
    );
    check(
        Lang::Zh,
        &[
            "1. 无增信时 A 级最先出现缺口：2025-01-01 短付 7.00 万元，最终损失本金 7.00 万元；\
             有增信时最先的是 S 级。",
            "3. 违约 60.00 万元，其中质押带来 30.00 万元；有无该项回收，各级合计损失均为 20.00 \
             万元；若无回收，增信方须支付 37.00 万元，而非 7.00 万元。",
            "- 无增信：A 级，2025-01-01：应付本金缺口 7.00 万元。",
            "- 未按时足额兑付的档次：无增信 A、S；有增信 S。",
            "| A | 无 | 80.00 | 8.00 | 73.00 | 0.00 | 8.75% | 2025-01-01 | 2.00 | 0.64% |",
            "| 2025-01-01 | 启动差额支付 | shortfall |",
        ],
    );
}

#[test]
fn a_calm_deal_without_support_says_so() {
    let page = text(&files(parts(), &calm(), Lang::En), "summary.md");
    assert!(page.contains("- With support: every class is paid what is due to it, on its date."));
    assert!(page.contains("The deal has no shortfall commitment; both runs are the same."));
    assert!(page.contains("Nothing defaults, so nothing is recovered."));
    assert!(page.contains(
        "1. In this scenario nothing breaks: every class is paid in full on its dates, and the"
    ));
    assert!(page.contains("2. Nobody outside stands behind the notes: the senior class leans on"));
    assert!(page.contains("3. Nothing defaults, so the pledge is not put to the test."));
}

#[test]
fn the_manifest_is_enough_to_run_again_and_no_more() {
    let files = files(parts(), &calm(), Lang::Zh);
    let found = text(&files, "manifest.json");
    // Lines below the header: no cell of this deal has more than one.
    let line = |(name, bytes): &(String, Vec<u8>)| {
        let rows = bytes.iter().filter(|byte| **byte == b'\n').count() - 1;
        format!("    \"{name}\": {rows}")
    };
    let mut rows: Vec<String> =
        files.iter().filter(|file| file.0.ends_with(".csv")).map(line).collect();
    rows.sort();
    let wanted = format!(
        r#"{{
  "program": "ipabs",
  "version": "{}",
  "command": "run",
  "lang": "zh",
  "deal": "两年期样例",
  "loans": true,
  "scenarios": [
    "calm"
  ],
  "inputs": {{
    "loans.csv": "00ff"
  }},
  "rows": {{
{}
  }}
}}
"#,
        env!("CARGO_PKG_VERSION"),
        rows.join(",\n")
    );
    assert_eq!(found, wanted);
}

#[test]
fn the_headline_fits_a_terminal() {
    let deal = deal(supported());
    let scenario = largest_defaults();
    let found = headline(&deal, &scenario, &runs(&deal, &scenario), Lang::En);
    let wanted = "largest_defaults\n  \
                  loss with support:    A 0.00%, S 100.00% (short from 2025-01-01); \
                  supporter pays 70,000 yuan\n  \
                  loss without support: A 8.75% (short from 2025-01-01), \
                  S 100.00% (short from 2025-01-01)\n";
    assert_eq!(found, wanted);
}
