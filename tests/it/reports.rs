//! `reports/` holds what the deals of `scenarios/` give, byte for byte: snapshots of our own
//! output, so that a change of it is seen. With UPDATE=1 the folder is written anew; read the
//! difference before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ipabs::engine::{Simulation, run_all};
use ipabs::input::pd_table;
use ipabs::report::remarks::remark;
use ipabs::report::simulation::simulation_files;
use ipabs::report::{Lang, run_files};
use ipabs::scenario::Scenario;

use crate::cli::{check, desk, files as files_of};
use crate::loaded::{load, root, series};
use crate::simulated::begun_of;

/// What is kept of a deal.
struct Kept {
    deal: &'static str,
    /// None is every one.
    scenarios: &'static [&'static str],
    /// Of the simulation.
    paths: u64,
}

const KEPT: &[Kept] = &[
    Kept { deal: "yuhang-2021", scenarios: &[], paths: 1_000_000 },
    Kept {
        deal: "luqiao-credit-abs",
        scenarios: &["base", "cap_binds", "collapse"],
        paths: 100_000,
    },
    Kept {
        deal: "guangying-2017-2",
        scenarios: &["base", "three_largest_default"],
        paths: 100_000,
    },
    Kept { deal: "weilai-programme", scenarios: &["base"], paths: 20_000 },
    Kept { deal: "binjiang-abn-2023", scenarios: &["base", "lapsed_certificates"], paths: 100_000 },
    Kept {
        deal: "licence-fee",
        scenarios: &["base", "strong_sales", "two_largest_default"],
        paths: 100_000,
    },
    Kept { deal: "subsidy", scenarios: &["base", "two_largest_default"], paths: 100_000 },
    Kept { deal: "data-ip-pledge", scenarios: &["base", "one_default"], paths: 20_000 },
    Kept { deal: "insured", scenarios: &["base", "infringement", "limit_reached"], paths: 100_000 },
];
const SEED: u64 = 1;

/// The folders of a deal, or of a shelf's series, with what stands before the names of their files.
fn folders(deal: &str) -> Vec<(String, String)> {
    let own = format!("scenarios/{deal}");
    let mark = |folder: &str| match folder.strip_prefix(&format!("{own}/")) {
        Some(name) => format!("{name}/"),
        None => String::new(),
    };
    series(deal).into_iter().map(|folder| (folder.clone(), mark(&folder))).collect()
}

/// Every file of the scenarios that are kept, by its path in the folder of runs.
fn written(kept: &Kept) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (folder, mark) in folders(kept.deal) {
        let loaded = load(&folder);
        let named = |scenario: &&Scenario| {
            kept.scenarios.is_empty() || kept.scenarios.contains(&scenario.name.as_str())
        };
        let scenarios: Vec<&Scenario> = loaded.scenarios.iter().filter(named).collect();
        assert!(scenarios.len() >= kept.scenarios.len(), "{folder}: a scenario lacks");
        let runs = run_all(&loaded.deal, &scenarios, || ()).unwrap();
        for (scenario, runs) in scenarios.iter().zip(&runs) {
            let of_one = run_files(&loaded.deal, &loaded.inputs, scenario, runs, Lang::En, false);
            let named = |(name, bytes)| (format!("{mark}{}/{name}", scenario.name), bytes);
            files.extend(of_one.into_iter().map(named));
        }
    }
    files
}

/// Every file of the simulation of its base scenario.
fn drawn(kept: &Kept) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (folder, mark) in folders(kept.deal) {
        let whole = begun_of(&folder, kept.paths, SEED, Simulation::blocks(kept.paths));
        let of_one = simulation_files(&whole, &pd_table("moodys_idealised"), Lang::En);
        files.extend(of_one.into_iter().map(|(name, bytes)| (format!("{mark}{name}"), bytes)));
    }
    files
}

/// Every file below a folder, by its path in it.
fn kept(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read(path).unwrap());
        }
    }
    files
}

/// The first line that differs: (line, what is kept, what is written).
fn first_difference(kept: &[u8], written: &[u8]) -> (usize, String, String) {
    let (kept, written) = (String::from_utf8_lossy(kept), String::from_utf8_lossy(written));
    let mut old = kept.split('\n');
    let mut new = written.split('\n');
    for line in 1.. {
        let (old, new) = (old.next(), new.next());
        if old != new || old.is_none() {
            let shown = |line: Option<&str>| line.unwrap_or("(end of file)").to_owned();
            return (line, shown(old), shown(new));
        }
    }
    unreachable!("lines end")
}

/// A folder of `reports` holds these files and no other.
fn compare(place: &str, written: &BTreeMap<String, Vec<u8>>) {
    let folder = root().join(place);
    if std::env::var_os("UPDATE").is_some() {
        let _ = fs::remove_dir_all(&folder);
        for (name, bytes) in written {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    let kept = kept(&folder);
    let advice = "UPDATE=1 cargo test writes it anew";
    for (name, bytes) in written {
        let old = kept.get(name).unwrap_or_else(|| panic!("{place}/{name} lacks; {advice}"));
        if old != bytes {
            let (line, old, new) = first_difference(old, bytes);
            panic!("{place}/{name}:{line}: is\n{old}\nand would be\n{new}\n{advice}");
        }
    }
    let stale = kept.keys().find(|name| !written.contains_key(*name));
    assert_eq!(stale, None, "{place} holds a file that no run writes; {advice}");
}

#[test]
fn the_reports_are_what_the_program_writes() {
    for kept in KEPT {
        let deal = kept.deal;
        compare(&format!("reports/{deal}/run"), &written(kept));
        compare(&format!("reports/{deal}/simulate"), &drawn(kept));
    }
    let desk = desk();
    let stress = ["stress", "deal", "--out", "out"];
    let grid = ["--grid", "default_rate=0:30%:2%", "--grid", "recovery=0:0.9:0.1"];
    check(desk.path(), &[&stress[..], &grid].concat(), 0, &[], &[]);
    compare("reports/yuhang-2021/stress", &files_of(&desk.path().join("out")));
    let folder = root().join("scenarios/licence-fee");
    let priced = ["stress", folder.to_str().unwrap(), "--quiet", "--out", "priced"];
    check(desk.path(), &priced, 0, &[], &[]);
    compare("reports/licence-fee/stress", &files_of(&desk.path().join("priced")));
    let size = ["size", "deal", "--target", "AAA,AA+,AA,A+,A,A-", "--out", "size"];
    check(desk.path(), &size, 0, &[], &[]);
    compare("reports/yuhang-2021/size", &files_of(&desk.path().join("size")));
    for (name, more) in [
        ("weilai-programme", &[][..]),
        ("scarce-support", &[]),
        ("shelf-yuhang", &["--fill", "amount"]),
    ] {
        let folder = root().join("scenarios").join(name);
        let shelf = ["shelf", folder.to_str().unwrap(), "--quiet", "--out", "shelf"];
        check(desk.path(), &[&shelf[..], more].concat(), 0, &[], &[]);
        compare(&format!("reports/{name}/shelf"), &files_of(&desk.path().join("shelf")));
    }
}

/// Whatever note stands in a table of ours, the Chinese reader has it in Chinese.
#[test]
fn notes_of_the_reports_read_in_chinese() {
    // The folders are being written anew.
    if std::env::var_os("UPDATE").is_some() {
        return;
    }
    let mut notes = 0;
    for (file, bytes) in kept(&root().join("reports")) {
        if !file.ends_with(".csv") {
            continue;
        }
        let mut table = csv::Reader::from_reader(&bytes[..]);
        let header = table.headers().unwrap().clone();
        for row in table.records().map(Result::unwrap) {
            let of_notes = header.iter().zip(&row).filter(|(name, _)| name.ends_with("note"));
            for (_, note) in of_notes.filter(|(_, note)| !note.is_empty()) {
                assert_ne!(remark(note, Lang::Zh), note, "{file}");
                notes += 1;
            }
        }
    }
    assert!(notes > 0);
}
