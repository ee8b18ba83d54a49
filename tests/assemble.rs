//! Deal folders that are right: each becomes a deal, and its scenarios run.
#![allow(clippy::unwrap_used)]

use ipabs::engine::{Support, run};
use ipabs::input::{self, Loaded, Source};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn load(folder: &Path) -> Loaded {
    let sources = input::read_folder(folder).unwrap();
    let (loaded, problems, _) = input::assemble(&sources);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    loaded.unwrap()
}

#[test]
fn every_deal_of_this_repository_is_read_and_runs() {
    let mut count = 0;
    for entry in std::fs::read_dir(root().join("scenarios")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        count += 1;
        let loaded = load(&folder);
        assert!(!loaded.scenarios.is_empty());
        for scenario in &loaded.scenarios {
            for support in [Support::With, Support::Without] {
                let flows = run(&loaded.deal, scenario, support);
                assert!(flows.is_ok(), "{}: {:?}", scenario.name, flows.err());
            }
        }
    }
    assert!(count >= 1);
}

#[test]
fn the_documentation_of_tables_is_the_programs_own() {
    let path = root().join("scenarios/README.md");
    let written = input::columns::documentation();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == written, "scenarios/README.md is not up to date (UPDATE=1 rewrites it)");
}

#[test]
fn one_deal_in_three_spellings() {
    let good = root().join("tests/data/good");
    let english = load(&good.join("english"));
    for other in ["chinese", "bom"] {
        let other = load(&good.join(other));
        assert_eq!(format!("{:?}", english.deal), format!("{:?}", other.deal));
        assert_eq!(format!("{:?}", english.scenarios), format!("{:?}", other.scenarios));
        assert_ne!(english.inputs, other.inputs);
    }
}
