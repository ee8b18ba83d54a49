//! `stress` as it is typed: what it writes, how it ends, what it refuses.

use std::fs;

use super::cli::{check, command, desk, files};
use super::loaded::root;

const FILES: &[(&str, &str)] = &[
    (
        "stress.csv",
        "scenario,support,tranche,loss,first_shortfall_date,min_coverage,min_dscr,called,paid",
    ),
    ("stresses.csv", "stress,recovery_factor,front_loaded,prepayment_up,prepayment_down"),
    ("critical.csv", "scenario,support,tranche,critical,achieved,multiple,grade"),
    ("targets.csv", "grade,target_rate,multiplier,base_rate,targets,asset_type"),
    ("breakers.csv", "size,obligors,tranche,support,loss,supporter_paid"),
    (
        "investor.csv",
        "scenario,support,tranche,yield_pa,wal_years,macaulay_years,modified_years,convexity,loss",
    ),
    ("sentences.csv", "sentence,en,zh"),
    ("critical.svg", "<svg"),
    ("losses.svg", "<svg"),
    ("summary.md", "# "),
    ("manifest.json", "{"),
];

const GRID: [&str; 4] = ["--grid", "default_rate=0:20%:10%", "--grid", "recovery=0:0.5:0.5"];

#[test]
fn every_file_is_there_and_begins_as_it_should() {
    let desk = desk();
    let told = check(desk.path(), &["stress", "deal", "--out", "out"], 0, &["A1: lowest"], &[]);
    assert!(told.out.contains("targets china (corporate)"), "{}", told.out);
    let found = files(&desk.path().join("out"));
    assert_eq!(found.len(), FILES.len(), "{:?}", found.keys());
    for (name, begins) in FILES {
        let text = String::from_utf8(found[*name].clone()).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        assert!(text.starts_with(begins), "{name}: {}", text.lines().next().unwrap());
        assert!(!text.contains("NaN") && !text.contains("inf,"), "{name}");
    }
    // The set as applied is a table to put into the deal's folder.
    fs::write(desk.path().join("deal/stresses.csv"), &found["stresses.csv"]).unwrap();
    check(desk.path(), &["stress", "deal", "--out", "own"], 0, &[], &[]);
    let own = files(&desk.path().join("own"));
    for name in ["stresses.csv", "stress.csv", "critical.csv", "summary.md"] {
        assert!(own[name] == found[name], "{name}");
    }
    fs::remove_file(desk.path().join("deal/stresses.csv")).unwrap();
    let rows = |name: &str| String::from_utf8(found[name].clone()).unwrap().lines().count() - 1;
    // 12 scenarios, with and without support, three classes; and the lowest of all.
    assert_eq!((rows("stress.csv"), rows("critical.csv"), rows("investor.csv")), (72, 78, 72));
    let grid = [&["stress", "deal", "--out", "out", "--asset-type", "lease"][..], &GRID].concat();
    check(desk.path(), &grid, 0, &["(lease)"], &[]);
    let found = files(&desk.path().join("out"));
    assert_eq!(found.len(), FILES.len() + 2);
    let grid = String::from_utf8(found["grid.csv"].clone()).unwrap();
    let head = "\u{feff}default_rate,recovery,support,tranche,loss,paid_in_full,called,paid";
    assert!(grid.starts_with(head), "{grid}");
    assert_eq!(grid.lines().count() - 1, 3 * 2 * 2 * 3);
}

#[test]
fn the_same_bytes_on_any_threads_and_other_words_in_chinese() {
    let desk = desk();
    let of = |threads: &str, lang: &str| {
        let out = format!("out-{threads}-{lang}");
        let args = [&["stress", "deal", "--lang", lang, "--out", &out][..], &GRID].concat();
        let output =
            command(desk.path(), &args).env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(output.status.success());
        files(&desk.path().join(out))
    };
    let one = of("1", "en");
    assert_eq!(one, of("7", "en"));
    let zh = of("2", "zh");
    for (name, bytes) in &one {
        let same = *bytes == zh[name];
        assert_eq!(same, name.ends_with(".csv"), "{name}");
    }
    assert!(String::from_utf8_lossy(&zh["summary.md"]).contains("临界违约率"));
}

#[test]
fn a_requirement_that_is_not_met_ends_with_1_after_all_is_written() {
    let desk = desk();
    let stress = |require: &[&str], code: i32| {
        let mut args = vec!["stress", "deal", "--out", "out"];
        require.iter().for_each(|of| args.extend(["--require", of]));
        let output = command(desk.path(), &args).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{err}");
        err
    };
    stress(&["A1=AAA", "A2:with=AA"], 0);
    fs::remove_dir_all(desk.path().join("out")).unwrap();
    let told = stress(&["A1=AAA", "A2=AA", "A2:with=AA", "C=BB-"], 1);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines,
        [
            "--require A2=AA: A2 is graded BBB- without support",
            "--require C=BB-: C is graded no grade without support",
        ]
    );
    assert!(desk.path().join("out/summary.md").exists());
}

#[test]
fn two_stress_runs_are_compared_and_a_grid_is_summed_up() {
    let desk = desk();
    let grid = ["--grid", "default_rate=0:40%:10%", "--grid", "recovery=0:40%:20%"];
    check(desk.path(), &[&["stress", "deal", "--out", "a"], &grid[..]].concat(), 0, &[], &[]);
    let summary = fs::read_to_string(desk.path().join("a/summary.md")).unwrap();
    for told in [
        "- **What support is worth**, over all stresses: A1 stands defaults of ",
        "15 cells over `default_rate`, `recovery`",
        "- A2: without support 11 of 15 cells hurt it, the mildest at `default_rate` 10%, \
         `recovery` 20%, the largest loss ",
    ] {
        assert!(summary.contains(told), "{told}: {summary}");
    }
    let micro = ["stress", "deal", "--asset-type", "micro_enterprise", "--out", "b"];
    check(desk.path(), &micro, 0, &[], &[]);
    let told = [
        "micro_enterprise",
        "largest moves first",
        "all A1",
        "grade",
        "Move: the change on a scale",
    ];
    check(desk.path(), &["diff", "a", "b", "--out", "moves.md"], 0, &told, &[]);
    let moves = fs::read_to_string(desk.path().join("moves.md")).unwrap();
    assert!(moves.contains("Amounts over the pool's principal"), "{moves}");
}

#[test]
fn what_cannot_be_done_is_refused_and_nothing_is_written() {
    let desk = desk();
    let cases: &[(&[&str], &[&str])] = &[
        (&["--scenario", "bse"], &["--scenario: no scenario 'bse'"]),
        (&["--targets", "mars"], &["--targets: no table 'mars' (there are: china)"]),
        (&["--asset-type", "car"], &["rmbs_auto_consumer"]),
        (&["--require", "A9=AAA", "--require", "A1=Aaa"], &["no class 'A9'", "no grade 'Aaa'"]),
        (&["--require", "A1"], &["TRANCHE=GRADE"]),
        (&["--grid", "cpr=0:1:0.1"], &["--grid: 1 axis (want two to four: add another"]),
        (&["--grid", "pd=0:1:0.1"], &["no axis 'pd'"]),
        (&["--grid", "cpr=0:2:0.1"], &["cpr goes from 0 to 1"]),
        (&["--grid", "cpr=0:1:0"], &["the step of cpr"]),
        (&["--grid", "cpr=0:1:1e-9"], &["'1e-9' is not a number"]),
        (&["--grid", "months_to_sale=0:12:0.5"], &["whole numbers"]),
        (&["--spread", "60bp"], &["--spread: the deal has no curve.csv"]),
        (&["--price", "-1"], &["want a price"]),
        (&["--spread", "60"], &["want a rate from -20% to 100%"]),
    ];
    for (options, told) in cases {
        let args = [&["stress", "deal", "--out", "out"][..], options].concat();
        check(desk.path(), &args, 2, &[], told);
        assert!(!desk.path().join("out").exists(), "{options:?}");
    }
    fs::write(desk.path().join("deal/stresses.csv"), "stress,recovery_factor\nhalf,-1\n").unwrap();
    let told = ["stresses.csv:2", "recovery_factor", "-1", "0 to 2"];
    check(desk.path(), &["stress", "deal", "--out", "out"], 2, &[], &told);
    check(desk.path(), &["check", "deal"], 2, &[], &told);
}

#[test]
fn own_targets_are_read_and_shown() {
    let desk = desk();
    let own = "评级,资产类型,乘数,目标违约概率,来源\n一等,,2,0.1%,手工\n二等,corporate,1,0.5%,\n";
    fs::write(desk.path().join("deal/targets.csv"), own).unwrap();
    let args = ["stress", "deal", "--require", "A1=一等", "--out", "out"];
    check(desk.path(), &args, 0, &["targets targets.csv (corporate)"], &[]);
    let found = files(&desk.path().join("out"));
    let critical = String::from_utf8(found["critical.csv"].clone()).unwrap();
    assert!(
        critical.lines().any(|line| line.starts_with("all,without,A1") && line.contains(",一等,"))
    );
    assert!(String::from_utf8_lossy(&found["summary.md"]).contains("Source: 手工"));
    let args = ["stress", "deal", "--targets", "china", "--out", "out"];
    check(desk.path(), &args, 0, &["targets china (corporate)"], &[]);
    let size = ["size", "deal", "--target", "二等", "--paths", "2000", "--out", "sizes"];
    check(desk.path(), &size, 0, &["二等 without support"], &[]);
}

#[test]
fn an_own_stress_set_and_curve_are_used() {
    let desk = desk();
    let deal = desk.path().join("deal");
    fs::write(deal.join("stresses.csv"), "压力情景,回收乘数\n腰斩,0.5\n").unwrap();
    let curve = "date,tenor_years,yield_pa\n2021-07-09,1,2.5%\n2021-07-09,3,2.9%\n";
    fs::write(deal.join("curve.csv"), curve).unwrap();
    let args = ["stress", "deal", "--spread", "80bp", "--out", "out"];
    check(desk.path(), &args, 0, &["2 scenarios"], &[]);
    let found = files(&desk.path().join("out"));
    let stress = String::from_utf8(found["stress.csv"].clone()).unwrap();
    assert_eq!(stress.lines().count() - 1, 2 * 2 * 3);
    assert!(stress.contains("腰斩,without,A1"));
    let investor = String::from_utf8(found["investor.csv"].clone()).unwrap();
    let row = investor.lines().find(|line| line.starts_with("base,without,A1")).unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    // A1 yields 3.75% in a year against 2.5%.
    let number = |at: usize| cells[at].parse::<f64>().unwrap();
    assert!((number(13) - (number(3) - 0.025)).abs() < 1e-5, "{row}");
    assert_eq!((cells[14], cells[16]), ("100.000000", "0.008000"));
    assert!(number(15) > 100.0, "{row}");
}

/// A supporter whose failure makes all principal due hurts the first class: `stress` and `simulate`
/// say so, and why, as `run` does.
#[test]
fn why_support_hurts_a_class_is_told() {
    let desk = desk();
    let at = desk.path();
    let why = "since calls on a supporter, or its failure, are an event here";
    let page = |out: &str| String::from_utf8(files(&at.join(out))["summary.md"].clone()).unwrap();
    let args = ["stress", "deal", "--scenario", "supporter_fails", "--out", "stressed"];
    check(at, &args, 0, &[], &[]);
    let hurt = "- Under 12 of 12 scenarios, most under “combined, severe”: A1 loses ";
    let text = page("stressed");
    let line = text.lines().find(|line| line.starts_with(hurt)).unwrap();
    assert!(line.contains(why), "{line}");
    assert!(!text.contains("A2 loses 14.25% with it"), "support is worth something to A2: {text}");
    let said = String::from_utf8(files(&at.join("stressed"))["sentences.csv"].clone()).unwrap();
    assert!(said.contains("worse_with_support"), "{said}");
    check(at, &["stress", "deal", "--out", "stressed"], 0, &[], &[]);
    assert!(!page("stressed").contains(why), "support that lives hurts nobody");

    let path = at.join("deal/supporters.csv");
    let simulate = ["simulate", "deal", "--paths", "20000", "--out", "drawn"];
    check(at, &simulate, 0, &[], &[]);
    assert!(!page("drawn").contains(why));
    let table = fs::read_to_string(&path).unwrap();
    fs::write(&path, table.replace(",AA,0.50%,", ",AA,60%,")).unwrap();
    check(at, &simulate, 0, &[], &[]);
    let text = page("drawn");
    let line = text.lines().find(|line| line.starts_with("- A1: not paid in full")).unwrap();
    assert!(line.contains(&format!("; worse with it, {why}")), "{line}");
}

/// Covers of loans stay where commitments are taken away, which is said where nothing else is.
#[test]
fn support_by_covers_alone_is_told_apart() {
    let desk = desk();
    let deal = root().join("scenarios/insured");
    let args = ["stress", deal.to_str().unwrap(), "--out", "out"];
    check(desk.path(), &args, 0, &[], &[]);
    let summary = files(&desk.path().join("out"))["summary.md"].clone();
    let summary = String::from_utf8(summary).unwrap();
    assert!(summary.contains("covers of loans stay in both"), "{summary}");
}
