#![allow(clippy::unwrap_used)]
use super::*;
use crate::analytics::sample::{calm, deal, largest_defaults, parts, supported};
use crate::deal::Parts;
use crate::engine::{Support, run};

fn files(parts: Parts, scenario: &Scenario, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let deal = deal(parts);
    let runs = runs(&deal, scenario);
    let inputs = [("loans.csv".to_owned(), "00ff".to_owned())];
    run_files(&deal, &inputs, scenario, &runs, lang, true)
}

fn runs(deal: &Deal, scenario: &Scenario) -> Runs {
    Runs {
        with: run(deal, scenario, Support::With).unwrap(),
        without: run(deal, scenario, Support::Without).unwrap(),
        bare: None,
    }
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
                  distribution.csv servicing.csv collections.svg notes.svg cover.svg \
                  waterfall.svg summary.md sources.md manifest.json";
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
            "- Pool: 2 loans of 2 firms, 1.00 million yuan, at the cut-off date 2023-01-01.",
            "- Without support: class A, on 2025-01-01: due and not paid 0.07 million yuan of \
             principal.",
            "- Called on 1 payment date; it pays 0.07 million yuan, gets 0.00 million yuan back, \
             and is still owed 0.07 million yuan at the end.",
            "- Classes not paid on time: A, S without it; S with it.",
            "- Defaults: 0.60 million yuan, 60.00% of the pool. Recovered in time: 0.30 million \
             yuan, 50.00% of what defaulted.",
            "| A | with | 0.80 | 0.08 | 0.80 | 0.00 | 0.00% | - | 2.00 | 4.99% |",
            "| A | without | 0.80 | 0.08 | 0.73 | 0.00 | 8.75% | 2025-01-01 | 2.00 | 0.64% |",
        ],
    );
    check(
        Lang::Zh,
        &[
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
}

#[test]
fn the_manifest_is_enough_to_run_again_and_no_more() {
    let found = text(&files(parts(), &calm(), Lang::Zh), "manifest.json");
    let wanted = format!(
        r#"{{
  "program": "ipabs",
  "version": "{}",
  "command": "run",
  "lang": "zh",
  "loans": true,
  "scenarios": [
    "calm"
  ],
  "inputs": {{
    "loans.csv": "00ff"
  }}
}}
"#,
        env!("CARGO_PKG_VERSION")
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
                  supporter pays 0.07 million yuan\n  \
                  loss without support: A 8.75% (short from 2025-01-01), \
                  S 100.00% (short from 2025-01-01)\n";
    assert_eq!(found, wanted);
}
