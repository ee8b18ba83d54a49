//! `simulate` and `merge` as they are typed: what they write, and that it is the same however a
//! run is shared out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ipabs::engine::{Drawing, Simulation};
use ipabs::input::default_model;
use ipabs::report::Lang;
use ipabs::report::simulation::{Address, Partial, facts};

use crate::cli::{check, desk, files, names};
use crate::loaded::load;

const TRANCHES: &str = "tranche,support,paths,pd,pd_se,el,el_se,loss_p99,loss_p999,es_p99,\
                        wal_mean,grade_by_pd,grade_by_el,el_pv,el_pv_se,p_late,wal_mean_se,\
                        p_late_se,loss_p99_se,loss_p999_se,es_p99_se";

/// Columns of the contract, table by table.
const TABLES: &[(&str, &str)] = &[
    ("tranches.csv", TRANCHES),
    ("pool.csv", "measure,value,se"),
    (
        "supporters.csv",
        "supporter,p_called,p_failed_when_called,mean_called,mean_paid,p99_paid,mean_paid_se,\
         mean_unreimbursed,mean_unreimbursed_se,commitment",
    ),
    ("loss_histogram.csv", "tranche,support,loss_from,loss_to,probability"),
    ("convergence.csv", "paths,tranche,support,pd,pd_se,el,el_se"),
    ("support_paid.csv", "supporter,commitment,paid_from,paid_to,probability"),
    ("senior_balance.csv", "date,balance_p05,balance_p50,balance_p95"),
];

/// Rows of a table by column.
fn rows(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let mut lines = text.strip_prefix('\u{feff}').unwrap().lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let named = |line: &str| {
        let cells = header.iter().zip(line.split(','));
        cells.map(|(name, cell)| (name.to_string(), cell.to_owned())).collect()
    };
    lines.map(named).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: '{}'", row[column]))
}

fn simulate(folder: &Path, more: &[&str], code: i32, told: &[&str]) {
    let args = [&["simulate", "deal", "--paths", "20000", "--seed", "7"], more].concat();
    check(folder, &args, code, &[], told);
}

#[test]
fn every_table_has_its_columns_and_every_number_its_error() {
    let desk = desk();
    let folder = desk.path();
    simulate(folder, &["--out", "out"], 0, &[]);
    let out = folder.join("out");
    for (name, columns) in TABLES {
        let text = fs::read_to_string(out.join(name)).unwrap();
        let header = text.lines().next().unwrap().strip_prefix('\u{feff}').unwrap();
        assert!(format!("{header},").starts_with(&format!("{columns},")), "{name}: {header}");
    }
    let tranches = rows(&out, "tranches.csv");
    let of = |row: &BTreeMap<String, String>| format!("{} {}", row["tranche"], row["support"]);
    let named: Vec<String> = tranches.iter().map(of).collect();
    let supports = ["with", "without", "bare"];
    let expected = ["A1", "A2", "C"].map(|class| supports.map(|word| format!("{class} {word}")));
    assert_eq!(named, expected.concat());
    for row in &tranches {
        assert_eq!(row["paths"], "20000");
        for figure in ["pd", "el", "loss_p99", "loss_p999", "es_p99", "wal_mean", "p_late"] {
            assert!(number(row, figure) >= 0.0);
            assert!(number(row, &format!("{figure}_se")) >= 0.0, "{figure} {row:?}");
        }
        // A class without a coupon has no present value, and so no grade by it.
        let valued = row["tranche"] != "C";
        assert_eq!(row["el_pv"].is_empty(), !valued);
        assert_eq!(row["el_pv_se"].is_empty(), !valued);
        assert_eq!(row["grade_by_el"].is_empty(), !valued);
        assert!(number(row, "loss_p999") >= number(row, "loss_p99"));
        assert!(number(row, "es_p99") >= number(row, "loss_p99"));
    }
    let pool = rows(&out, "pool.csv");
    let measures: Vec<&str> = pool.iter().map(|row| row["measure"].as_str()).collect();
    let expected =
        ["el", "var_99", "var_999", "es_999", "p_no_loss", "defaults_mean", "defaulted_mean"];
    assert_eq!(measures, expected);
    assert!(pool.iter().all(|row| number(row, "se") > 0.0));
    let supporters = rows(&out, "supporters.csv");
    assert_eq!(supporters.len(), 1);
    let figures = ["p_called", "p_failed_when_called", "mean_called", "mean_paid", "p99_paid"];
    for figure in figures.into_iter().chain(["mean_unreimbursed"]) {
        assert!(number(&supporters[0], &format!("{figure}_se")) > 0.0, "{figure}");
    }
    sums(&out);
}

/// Tables agree with each other.
fn sums(out: &Path) {
    let histogram = rows(out, "loss_histogram.csv");
    let tranches = rows(out, "tranches.csv");
    for (class, support) in [("pool", ""), ("A1", "with"), ("A2", "without"), ("C", "with")] {
        let of =
            |row: &&BTreeMap<String, String>| row["tranche"] == class && row["support"] == support;
        let bins: Vec<_> = histogram.iter().filter(of).collect();
        let all: f64 = bins.iter().map(|row| number(row, "probability")).sum();
        assert!((all - 1.0).abs() < 1e-9, "{class} {support}: {all}");
        let middle = |row: &&BTreeMap<String, String>| {
            (number(row, "loss_from") + number(row, "loss_to")) / 2.0
        };
        let mean: f64 = bins.iter().map(|row| middle(row) * number(row, "probability")).sum();
        let el = match tranches.iter().find(of) {
            Some(row) => number(row, "el"),
            None => number(&rows(out, "pool.csv")[0], "value"),
        };
        assert!((mean - el).abs() < 0.5 / 1024.0, "{class} {support}: {mean} {el}");
    }
    let paid = rows(out, "support_paid.csv");
    let supporter = &rows(out, "supporters.csv")[0];
    let all: f64 = paid.iter().map(|row| number(row, "probability")).sum();
    assert!((all - 1.0).abs() < 1e-9, "{all}");
    let middle = |row: &BTreeMap<String, String>| {
        (number(row, "paid_from") + number(row, "paid_to")) / 2.0 * number(row, "probability")
    };
    let (mean, width) = (paid.iter().map(middle).sum::<f64>(), number(&paid[1], "paid_to"));
    let gap = (mean - number(supporter, "mean_paid")).abs();
    assert!(gap < width - number(&paid[1], "paid_from"), "{mean}");
    let balances = rows(out, "senior_balance.csv");
    let columns = ["balance_p05", "balance_p50", "balance_p95"];
    for row in &balances {
        let of = columns.map(|column| number(row, column));
        assert!(0.0 <= of[0] && of[0] <= of[1] && of[1] <= of[2], "{row:?}");
    }
    assert!(columns.iter().all(|column| balances[0][*column] == balances[0]["balance_p50"]));
    assert!(number(&balances[0], "balance_p05") > number(balances.last().unwrap(), "balance_p95"));
    let convergence = rows(out, "convergence.csv");
    let last = convergence.last().unwrap();
    assert_eq!(last["paths"], "20000");
    let same = tranches.iter().find(|row| row["tranche"] == "C" && row["support"] == "without");
    for figure in ["pd", "pd_se", "el", "el_se"] {
        assert_eq!(last[figure], same.unwrap()[figure], "{figure}");
    }
    let steps: Vec<f64> = convergence
        .iter()
        .filter(|row| row["tranche"] == "pool")
        .map(|row| number(row, "paths"))
        .collect();
    assert_eq!(steps.len(), 64);
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn the_same_bytes_on_any_threads_and_from_parts_in_any_order() {
    let desk = desk();
    let folder = desk.path();
    simulate(folder, &["--out", "whole", "--tail"], 0, &[]);
    let whole = files(&folder.join("whole"));
    for threads in ["1", "2", "7"] {
        let out = format!("on-{threads}");
        simulate(folder, &["--out", &out, "--tail", "--threads", threads], 0, &[]);
        assert!(files(&folder.join(out)) == whole, "{threads} threads");
    }
    for part in ["1", "2", "3"] {
        let (out, shard) = (format!("part-{part}"), format!("{part}/3"));
        simulate(folder, &["--out", &out, "--tail", "--shard", &shard], 0, &[]);
        assert_eq!(names(&folder.join(out)), ["manifest.json", "partial.json"]);
    }
    let merge = |parts: &[&str], code: i32, told: &[&str]| {
        let args = [&["merge"], parts, &["--out", "merged"]].concat();
        check(folder, &args, code, &[], told);
    };
    merge(&["part-3", "part-1/partial.json", "part-2"], 0, &[]);
    assert!(files(&folder.join("merged")) == whole);
    fs::remove_dir_all(folder.join("merged")).unwrap();
    merge(&["part-3", "part-1"], 2, &["part 2/3 is missing"]);
    let told = ["part-1/partial.json: part 1/3 is there already, as part-1"];
    merge(&["part-2", "part-1", "part-3", "part-1/partial.json"], 2, &told);
    merge(&["part-1", "whole"], 2, &["whole/partial.json"]);
    merge(&["part-1", "deal/deal.csv"], 2, &["deal/deal.csv: is not a part of a simulation"]);
    simulate(folder, &["--out", "seed", "--tail", "--shard", "2/3", "--seed", "8"], 2, &["--seed"]);
    let of_another = |more: &[&str], told: &str| {
        let args = [&["simulate", "deal", "--shard", "2/3", "--out", "foreign"], more].concat();
        check(folder, &args, 0, &[], &[]);
        let told = ["foreign: is no part of the run of part-1", told];
        merge(&["part-1", "part-3", "foreign"], 2, &told);
    };
    of_another(&["--paths", "20000", "--seed", "8", "--tail"], "seed 8, not 7");
    of_another(&["--paths", "30000", "--seed", "7", "--tail"], "paths 30000, not 20000");
    of_another(&["--paths", "20000", "--seed", "7"], "tail false, not true");
    let scenario = ["--paths", "20000", "--seed", "7", "--tail", "--scenario", "no_default"];
    of_another(&scenario, "scenario no_default, not base");
    let halves = ["--paths", "20000", "--seed", "7", "--tail", "--shard", "2/2"];
    let args = [&["simulate", "deal", "--out", "foreign"][..], &halves].concat();
    check(folder, &args, 0, &[], &[]);
    merge(&["part-1", "foreign"], 2, &["a run in 2 parts, not 3"]);
    let loans = folder.join("deal/loans.csv");
    let text = fs::read_to_string(&loans).unwrap();
    fs::write(&loans, format!("{text}\n")).unwrap();
    of_another(&["--paths", "20000", "--seed", "7", "--tail"], "other input tables (loans.csv)");
    let text = fs::read_to_string(folder.join("part-2/partial.json")).unwrap();
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&version));
    fs::write(folder.join("foreign/partial.json"), text.replace(&version, "\"version\":\"9.9\""))
        .unwrap();
    merge(&["part-1", "foreign", "part-3"], 2, &["foreign: is of version \"9.9\""]);
    assert!(!folder.join("merged").exists());
}

/// The first blocks of the example deal's base scenario.
pub fn begun(paths: u64, seed: u64, blocks: u64) -> Partial {
    begun_of("scenarios/yuhang-2021", paths, seed, blocks)
}

/// The first blocks of a deal's base scenario.
pub fn begun_of(deal: &str, paths: u64, seed: u64, blocks: u64) -> Partial {
    let loaded = load(deal);
    let model = default_model(&loaded).unwrap();
    let base = loaded.scenarios.iter().find(|scenario| scenario.name == "base").unwrap();
    let drawing = Drawing { seed, tail: false };
    let simulation = Simulation::new(&loaded.deal, base, &model, drawing).unwrap();
    let (deal, model) = facts(&loaded.deal, base, &model, &loaded.pd_table.name).unwrap();
    let address = Address {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: base.name.clone(),
        seed,
        paths,
        tail: false,
        inputs: loaded.inputs.iter().cloned().collect(),
    };
    let mut partial = Partial::begin(address, (1, 1), Lang::En, deal, model);
    simulation.run(0..blocks, paths, &mut partial.tally);
    partial.blocks.end = blocks;
    partial
}

/// A run that was cut after some of its blocks, as it leaves `out.partial`.
fn cut(folder: &Path, paths: u64, seed: u64, blocks: u64) {
    let partial = begun(paths, seed, blocks);
    let bytes = partial.to_json();
    assert_eq!(Partial::from_json(&bytes).unwrap(), partial);
    let kept = folder.join("out.partial");
    fs::create_dir_all(&kept).unwrap();
    fs::write(kept.join("partial.json"), bytes).unwrap();
    fs::write(kept.join("manifest.json"), "{\"program\": \"ipabs\"}").unwrap();
}

#[test]
fn a_run_that_was_cut_goes_on_and_ends_as_the_whole() {
    let desk = desk();
    let folder = desk.path();
    simulate(folder, &["--out", "whole"], 0, &[]);
    cut(folder, 20_000, 7, 31);
    // What is kept is not touched by a run that is refused.
    let told = ["out.partial/partial.json: is of another run: paths 20000, not 30000"];
    let other = ["simulate", "deal", "--paths", "30000", "--seed", "7", "--out", "out", "--resume"];
    check(folder, &other, 2, &[], &told);
    let told = ["seed 7, not 8"];
    let other = ["simulate", "deal", "--paths", "20000", "--seed", "8", "--out", "out", "--resume"];
    check(folder, &other, 2, &[], &told);
    let told = ["part 1/1 has 31 of 79 blocks: finish it with --resume"];
    check(folder, &["merge", "out.partial", "--out", "merged"], 2, &[], &told);
    simulate(folder, &["--out", "out", "--resume"], 0, &[]);
    assert!(files(&folder.join("out")) == files(&folder.join("whole")));
    assert_eq!(names(folder), ["deal", "out", "whole"]);
    // Without anything kept a run begins at the beginning.
    simulate(folder, &["--out", "out", "--resume"], 0, &[]);
    assert!(files(&folder.join("out")) == files(&folder.join("whole")));
    fs::create_dir(folder.join("out.partial")).unwrap();
    fs::write(folder.join("out.partial/letter.txt"), "mine").unwrap();
    simulate(folder, &["--out", "out"], 2, &["out.partial: holds letter.txt"]);
}

#[test]
fn bad_arguments_are_told_and_nothing_is_written() {
    let desk = desk();
    let folder = desk.path();
    let usage: &[(&[&str], &str)] = &[
        (&["--paths", "0"], "1..=10000000000"),
        (&["--paths", "10000000001"], "1..=10000000000"),
        (&["--paths", "many"], "many"),
        (&["--paths", "-5"], "-5"),
        (&["--seed", "-1"], "-1"),
        (&["--seed", "x"], "x"),
        (&["--threads", "0"], "1..=1024"),
        (&["--shard", "3/2"], "1 <= K <= N <= 10,000"),
        (&["--shard", "0/2"], "1 <= K <= N <= 10,000"),
        (&["--shard", "1/10001"], "1 <= K <= N <= 10,000"),
        (&["--shard", "1"], "1 <= K <= N <= 10,000"),
        (&["--scenario", "worst"], "no scenario 'worst' (there are: base"),
    ];
    for (more, told) in usage {
        let args = [&["simulate", "deal", "--out", "out"][..], more].concat();
        check(folder, &args, 2, &[], &[told]);
    }
    check(folder, &["simulate", "deal"], 2, &[], &["--out"]);
    check(folder, &["simulate", "nowhere", "--out", "out"], 2, &[], &["nowhere"]);
    check(folder, &["simulate", "deal", "--out", "deal"], 2, &[], &["deal: holds"]);
    check(folder, &["merge", "--out", "out"], 2, &[], &["PART"]);
    check(folder, &["merge", "nowhere", "--out", "out"], 2, &[], &["nowhere"]);
    assert_eq!(names(folder), ["deal"]);
}

#[test]
fn few_paths_and_few_losses_give_blanks_and_no_nonsense() {
    let desk = desk();
    let folder = desk.path();
    for paths in ["1", "2", "3", "50"] {
        let args = ["simulate", "deal", "--paths", paths, "--out", "out"];
        check(folder, &args, 0, &[], &[]);
        for (name, bytes) in files(&folder.join("out")) {
            let text = String::from_utf8(bytes).unwrap();
            let bad = text.split([',', '\n']).find(|cell| ["NaN", "nan", "inf"].contains(cell));
            assert_eq!(bad, None, "{name} of {paths} paths");
        }
    }
    // No hit: no error is known, and the grade is that of 3 / paths.
    let row = &rows(&folder.join("out"), "tranches.csv")[0];
    assert_eq!((number(row, "pd"), row["pd_se"].as_str()), (0.0, ""));
    assert_ne!(row["grade_by_pd"], "Aaa");
}

/// The exact distribution and the simulation of one pool agree.
#[test]
fn the_exact_pool_is_what_simulation_comes_to() {
    let desk = desk();
    let folder = desk.path();
    let refused = |told: &str| {
        check(folder, &["simulate", "deal", "--exact-pool", "--out", "exact"], 2, &[], &[told]);
    };
    refused("--exact-pool: recovery is not flat");
    let scenarios = "scenario,assumption,name,date,value\nflat,recovery_rate,,,30%\n";
    fs::write(folder.join("deal/scenarios.csv"), scenarios).unwrap();
    refused("--exact-pool: more than one factor matters: 'all' and ");
    let both = ["simulate", "deal", "--exact-pool", "--tail", "--out", "exact"];
    check(folder, &both, 2, &[], &["cannot be used with"]);
    assert_eq!(names(folder), ["deal"]);
    let correlation = "same,correlation\nall,20%\nindustry,0%\nregion,0%\n";
    fs::write(folder.join("deal/correlation.csv"), correlation).unwrap();
    let told = ["pool: expected loss"];
    check(folder, &["simulate", "deal", "--exact-pool", "--out", "exact"], 0, &told, &[]);
    assert_eq!(names(&folder.join("exact")), ["manifest.json", "pool.csv"]);
    let args = ["simulate", "deal", "--paths", "200000", "--out", "drawn"];
    check(folder, &args, 0, &[], &[]);
    let [exact, drawn] = ["exact", "drawn"].map(|out| rows(&folder.join(out), "pool.csv"));
    for (exact, drawn) in exact.iter().zip(&drawn) {
        assert_eq!((&exact["measure"], exact["se"].as_str()), (&drawn["measure"], ""));
        let (value, want) = (number(drawn, "value"), number(exact, "value"));
        let off = (value - want).abs() / number(drawn, "se").max(0.5 / 4_096.0);
        assert!(off < 4.0, "{}: {value} {want}, {off} standard errors", exact["measure"]);
    }
}
