//! What a report says is of the report's language, whatever language its runs were made in.

use std::fs;

use crate::cli::{check, desk};
use crate::loaded::root;

#[test]
fn a_report_is_of_its_own_language_charts_too() {
    let desk = desk();
    let shelf = root().join("scenarios/scarce-support");
    let shelf = shelf.to_str().unwrap();
    let grid = ["--grid", "default_rate=0:20%:10%", "--grid", "recovery=0:0.5:0.25"];
    let few = ["--paths", "3000", "--seed", "1"];
    let commands: [(&str, &[&str]); 5] = [
        ("run", &["deal", "--scenario", "base", "--scenario", "bad_economy"]),
        ("stress", &["deal", grid[0], grid[1], grid[2], grid[3]]),
        ("simulate", &["deal", few[0], few[1], few[2], few[3]]),
        ("size", &["deal", "--target", "A,A-", few[0], few[1], few[2], few[3]]),
        ("shelf", &[shelf, few[0], few[1], few[2], few[3]]),
    ];
    for lang in ["en", "zh"] {
        for (command, args) in commands {
            let out = format!("{lang}/{command}");
            let told = [&["--lang", lang, "--quiet", command], args, &["--out", &out]].concat();
            check(desk.path(), &told, 0, &[], &[]);
        }
    }
    let charts = |made_in: &str| {
        let svg = desk.path().join(made_in).join("stress/critical.svg");
        fs::read_to_string(svg).unwrap().contains("临界违约率")
    };
    assert_eq!((charts("en"), charts("zh")), (false, true), "the runs differ");
    for lang in ["en", "zh"] {
        for form in ["html", "xlsx"] {
            let [one, other] = ["en", "zh"].map(|made_in| {
                let out = format!("of-{made_in}.{form}");
                check(
                    desk.path(),
                    &["--lang", lang, "report", made_in, "--out", &out],
                    0,
                    &[],
                    &[],
                );
                fs::read(desk.path().join(out)).unwrap()
            });
            assert!(one == other, "{form} in {lang} says what language its runs were made in");
        }
    }
}
