//! Every command as it is typed: what it prints, what it writes, how it ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::loaded::root;

const STRUCTURES: &[&str] = &["special-plan", "abn-trust", "credit-trust", "licence"];

const SCENARIOS: &[&str] = &[
    "bad_economy",
    "base",
    "front_loaded",
    "no_default",
    "prepayment",
    "stress_recovery_zero",
    "supporter_fails",
    "two_largest_default",
];

/// What every scenario's folder holds, with the columns that come first in each table.
const FILES: &[(&str, &str)] = &[
    (
        "collections.csv",
        "period_end,payment_date,opening,interest,principal,prepaid,defaulted,recovered,closing",
    ),
    (
        "notes.csv",
        "payment_date,tranche,opening,interest_due,interest_paid,interest_unpaid,principal_paid,\
         closing",
    ),
    ("fees.csv", "payment_date,fee,due,paid,unpaid"),
    ("accounts.csv", "date,account,opening,in,out,closing"),
    ("supports.csv", "date,supporter,called,paid,unpaid,repaid,outstanding,commitment"),
    ("events.csv", "date,event,detail"),
    ("postings.csv", "date,from,to,amount,why"),
    ("measures.csv", "tranche,measure,value,unit,support"),
    ("terms.csv", "section,item,value"),
    ("pool_characteristics.csv", "section,item,count,balance,share,value"),
    ("distribution.csv", "payment_date,record_date,accrual_start,accrual_end,days,tranche"),
    ("servicing.csv", "period_end,payment_date"),
    ("sentences.csv", "sentence,en,zh"),
    ("balances.csv", "date,support,tranche,balance,asset_cover"),
    ("summary.md", ""),
    ("sources.md", ""),
    ("manifest.json", ""),
    ("notes.svg", ""),
    ("collections.svg", ""),
    ("cover.svg", ""),
    ("waterfall.svg", ""),
];

const LOANS: (&str, &str) = ("loans.csv", "due_date,loan,principal,interest,defaulted,recovered");

/// How a command ended, and what it said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

fn said(output: Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ipabs"));
    command.current_dir(folder).args(args);
    command
}

pub fn ipabs(folder: &Path, args: &[&str]) -> Said {
    said(command(folder, args).output().unwrap())
}

/// The command ends with this code; stdout and stderr hold these words.
pub fn check(folder: &Path, args: &[&str], code: i32, out: &[&str], err: &[&str]) -> Said {
    let said = ipabs(folder, args);
    assert_eq!(said.code, Some(code), "{args:?}: {}{}", said.out, said.err);
    for word in out {
        assert!(said.out.contains(word), "{args:?}: no '{word}' in stdout:\n{}", said.out);
    }
    for word in err {
        assert!(said.err.contains(word), "{args:?}: no '{word}' in stderr:\n{}", said.err);
    }
    if code != 0 {
        assert_eq!(said.out, "", "{args:?}: a failure writes nothing to stdout");
    }
    said
}

/// A folder with a copy of the example deal in `deal`.
pub fn desk() -> TempDir {
    let desk = TempDir::new().unwrap();
    let deal = desk.path().join("deal");
    fs::create_dir(&deal).unwrap();
    for entry in fs::read_dir(root().join("scenarios/yuhang-2021")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, deal.join(path.file_name().unwrap())).unwrap();
    }
    desk
}

/// Every file below a folder, by its path in it, with its bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

/// What lies directly in a folder.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A folder of a scenario holds the contract's files, each in its form.
fn check_files(folder: &Path, wanted: &[(&str, &str)]) {
    let found = files(folder);
    let mut expected: Vec<&str> = wanted.iter().map(|file| file.0).collect();
    expected.sort();
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    for &(name, columns) in wanted {
        let place = folder.join(name);
        let place = place.display();
        let text = std::str::from_utf8(&found[name]).unwrap();
        assert!(text.ends_with('\n') || name.ends_with(".svg"), "{place}: no end of line");
        assert!(!text.contains('\r'), "{place}: a carriage return");
        if columns.is_empty() {
            assert!(text.len() > 200, "{place}: {text}");
            continue;
        }
        let header = text.strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{place}: no mark"));
        let header = header.lines().next().unwrap();
        assert!(format!("{header},").starts_with(&format!("{columns},")), "{place}: {header}");
        for (at, line) in text.lines().enumerate() {
            let bad = line.split(',').find(|cell| {
                ["nan", "inf", "-inf", "-0.00", "-0"].contains(&cell.to_lowercase().as_str())
            });
            assert_eq!(bad, None, "{place}:{}: {line}", at + 1);
        }
    }
}

#[test]
fn every_new_deal_checks_shows_and_runs() {
    let desk = TempDir::new().unwrap();
    for structure in STRUCTURES {
        let folder = desk.path();
        check(folder, &["new", structure, "--structure", structure], 0, &["files"], &[]);
        check(folder, &["check", structure], 0, &[" scenarios; no problem"], &[]);
        check(folder, &["check", structure, "--lang", "zh"], 0, &["没有问题"], &[]);
        let shown = ["Pool", "Classes", "Dates", "Order of payment"];
        check(folder, &["show", structure], 0, &shown, &[]);
        let shown = ["资产池", "证券", "日期", "分配顺序"];
        check(folder, &["show", structure, "--lang", "zh"], 0, &shown, &[]);
        let out = format!("out-{structure}");
        let shown = ["base", "no_default", "two_largest_default", "scenarios written"];
        check(folder, &["run", structure, "--out", &out, "--loans"], 0, &shown, &[]);
        for scenario in ["base", "no_default", "two_largest_default"] {
            let wanted = [FILES, &[LOANS]].concat();
            check_files(&folder.join(&out).join(scenario), &wanted);
        }
        let told = ["is there already"];
        check(folder, &["new", structure, "--structure", structure], 2, &[], &told);
    }
    check(desk.path(), &["new", "plain"], 0, &["next: ipabs check plain"], &[]);
    let same = files(&desk.path().join("plain")) == files(&desk.path().join("special-plan"));
    assert!(same, "the structure is a special plan where none is named");
}

/// Origin: by hand. The pool holds 200 million yuan, A1 of 54 million instead of 60 makes 194
/// million of notes.
#[test]
fn a_pool_above_the_notes_is_told() {
    let desk = desk();
    let folder = desk.path();
    let [classes, terms] = ["tranches.csv", "deal.csv"].map(|name| folder.join("deal").join(name));
    for (path, from, to) in
        [(&classes, "60,000,000.00", "54,000,000.00"), (&terms, "200,000,000.00", "194,000,000.00")]
    {
        let written = fs::read_to_string(path).unwrap();
        fs::write(path, written.replace(from, to)).unwrap();
    }
    let over = "over-collateral 6.00 million yuan (3.09% of the notes)";
    check(folder, &["check", "deal"], 0, &[over], &[]);
    check(folder, &["show", "deal", "--quiet"], 0, &[over], &[]);
}

#[test]
fn a_deal_with_covers_is_checked_shown_and_run() {
    let desk = desk();
    let folder = desk.path();
    let supporters = folder.join("deal/supporters.csv");
    let mut text = fs::read_to_string(&supporters).unwrap();
    text.push_str("余杭风险补偿资金,risk_pool,,余杭区,,,,,\n");
    fs::write(&supporters, text).unwrap();
    let covers =
        "cover,loans,supporter,share,cap_total\n风险补偿池,all,余杭风险补偿资金,50%,500万元\n";
    fs::write(folder.join("deal/covers.csv"), covers).unwrap();
    check(folder, &["check", "deal"], 0, &["no problem"], &[]);
    let shown =
        ["Loan-level covers", "风险补偿池", "on the loss", "50%", "at most", "5,000,000.00"];
    check(folder, &["show", "deal"], 0, &shown, &[]);
    check(folder, &["show", "deal", "--lang", "zh"], 0, &["贷款增信", "损失补偿"], &[]);
    let args = ["run", "deal", "--out", "out", "--quiet", "--scenario", "base"];
    check(folder, &args, 0, &["loss without covers:"], &[]);
    let read = |file: &str| fs::read_to_string(folder.join("out/base").join(file)).unwrap();
    assert!(read("supports.csv").contains(",余杭风险补偿资金,"));
    assert!(read("measures.csv").contains("covers_paid,"));
    assert!(read("measures.csv").lines().any(|line| line.contains(",bare,")));
    assert!(read("postings.csv").contains("cover 风险补偿池"));
    assert!(read("summary.md").contains("What the loan-level covers are worth"));
    let header = "loan,obligor,exposure,layer,party,cover,amount,share,amount_se";
    assert!(read("loan_layers.csv").contains(header));
    assert!(read("loan_layers.csv").contains(",risk_pool,余杭风险补偿资金,风险补偿池,"));
    assert!(read("summary.md").contains("| risk pool | 余杭风险补偿资金 |"));
}

#[test]
fn run_writes_every_scenario_whole_and_no_more() {
    let desk = desk();
    let folder = desk.path();
    let told = check(folder, &["run", "deal", "--out", "out"], 0, &["8 scenarios written"], &[]);
    let positions: Vec<_> = told.out.lines().filter(|line| SCENARIOS.contains(line)).collect();
    assert_eq!(positions.len(), SCENARIOS.len(), "{}", told.out);
    let out = folder.join("out");
    assert_eq!(names(&out), SCENARIOS);
    for scenario in SCENARIOS {
        check_files(&out.join(scenario), FILES);
    }
    // Named scenarios replace all that was there; each is what it was among the others.
    let all = files(&out);
    let args = ["run", "deal", "--out", "out", "--scenario", "front_loaded", "--scenario", "base"];
    check(folder, &args, 0, &["2 scenarios written"], &[]);
    assert_eq!(names(&out), ["base", "front_loaded"]);
    for (name, bytes) in files(&out) {
        assert!(all[&name] == bytes, "{name}");
    }
    let args = ["run", "deal", "--out", "out", "--scenario", "base", "--loans"];
    check(folder, &args, 0, &["1 scenario written"], &[]);
    check_files(&out.join("base"), &[FILES, &[LOANS]].concat());
    assert_eq!(names(folder), ["deal", "out"], "nothing is left beside");
}

#[test]
fn the_same_bytes_on_any_threads_from_anywhere() {
    let desk = desk();
    let folder = desk.path();
    check(folder, &["run", "deal", "--out", "first", "--loans"], 0, &[], &[]);
    let first = files(&folder.join("first"));
    let below = folder.join("a/b");
    fs::create_dir_all(&below).unwrap();
    let (deal, out) = (folder.join("deal"), folder.join("absolute"));
    let (deal, out) = (deal.to_str().unwrap(), out.to_str().unwrap());
    let cases: &[(&Path, &str, &str, Option<&str>)] = &[
        (folder, "deal", "again", None),
        (folder, "./deal/", "one/", Some("1")),
        (folder, "deal", "new/two", Some("2")),
        (&below, "../../deal", "../../relative", None),
        (&below, deal, out, Some("2")),
    ];
    for &(from, deal, out, threads) in cases {
        let mut run = command(from, &["run", deal, "--out", out, "--loans"]);
        if let Some(threads) = threads {
            run.env("RAYON_NUM_THREADS", threads);
        }
        let said = said(run.output().unwrap());
        assert_eq!(said.code, Some(0), "{out}: {}", said.err);
        let found = files(&from.join(out));
        assert_eq!(found.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
        for (name, bytes) in found {
            assert!(first[&name] == bytes, "{out}: {name}");
        }
    }
}

#[test]
fn language_changes_what_people_read_and_no_number() {
    let desk = desk();
    let folder = desk.path();
    check(folder, &["run", "deal", "--out", "en", "--lang", "en"], 0, &["written to en"], &[]);
    check(folder, &["run", "deal", "--out", "zh", "--lang", "zh"], 0, &["已写入 zh"], &[]);
    let (en, zh) = (files(&folder.join("en")), files(&folder.join("zh")));
    for (name, bytes) in &en {
        let same = *bytes == zh[name];
        assert_eq!(same, name.ends_with(".csv"), "{name}");
    }
    let summary = std::str::from_utf8(&zh["base/summary.md"]).unwrap();
    assert!(summary.contains("各级证券"), "{summary}");
}

#[test]
fn usage_and_help_end_as_they_say() {
    let desk = TempDir::new().unwrap();
    let folder = desk.path();
    let usage: &[(&[&str], &str)] = &[
        (&[], "Usage"),
        (&["fly"], "fly"),
        (&["run", "deal"], "--out"),
        (&["run", "deal", "--out", "out", "--treads", "2"], "--treads"),
        (&["show", "deal", "--lang", "fr"], "fr"),
        (&["new", "deal", "--structure", "clo"], "special-plan"),
        (&["completions", "cobol"], "bash"),
        (&["check"], "DEAL"),
    ];
    for (args, word) in usage {
        check(folder, args, 2, &[], &[word]);
    }
    let examples =
        ["ipabs new", "ipabs check", "ipabs show", "ipabs run", "ipabs stress", "Exit codes: 0"];
    check(folder, &["--help"], 0, &examples, &[]);
    for command in ["new", "check", "show", "run", "stress", "simulate", "merge", "completions"] {
        let example = format!("ipabs {command}");
        let said = check(folder, &[command, "--help"], 0, &["Example:"], &[]);
        let shown = said.out.split("Example:").nth(1).unwrap();
        assert!(shown.contains(&example), "{}", said.out);
    }
    let version = format!("ipabs {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(check(folder, &["--version"], 0, &[], &[]).out, version);
    let told = check(folder, &["completions", "bash"], 0, &["_ipabs", "--scenario"], &[]);
    assert_eq!(told.err, "");
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        check(folder, &["completions", shell], 0, &["ipabs", "scenario"], &[]);
    }
    assert!(names(folder).is_empty());
}

#[test]
fn bad_input_is_told_whole_and_touches_nothing() {
    let desk = desk();
    let folder = desk.path();
    check(folder, &["run", "deal", "--out", "out", "--scenario", "base"], 0, &[], &[]);
    let before = files(&folder.join("out"));
    let unknown =
        ["run", "deal", "--out", "out", "--scenario", "bse", "--scenario", "worst", "--quiet"];
    let told = check(folder, &unknown, 2, &[], &["'bse'", "'worst'"]);
    for name in SCENARIOS {
        assert!(told.err.contains(name), "{}", told.err);
    }
    let deal = folder.join("deal");
    let text = fs::read_to_string(deal.join("tranches.csv")).unwrap();
    let text = text.replace("2022-07-12", "2022-13-12").replace("turbo", "trubo");
    fs::write(deal.join("tranches.csv"), text).unwrap();
    let text = fs::read_to_string(deal.join("loans.csv")).unwrap();
    fs::write(deal.join("loans.csv"), text.replace("2021/6/11", "2021/6/31")).unwrap();
    let told = ["tranches.csv:2", "2022-13-12", "tranches.csv:4", "trubo", "loans.csv:4"];
    for command in ["check", "show"] {
        check(folder, &[command, "deal"], 2, &[], &told);
    }
    check(folder, &["run", "deal", "--out", "out"], 2, &[], &told);
    check(folder, &["run", "deal", "--out", "fresh"], 2, &[], &told);
    fs::create_dir(folder.join("empty")).unwrap();
    for command in ["check", "show"] {
        check(folder, &[command, "nowhere"], 2, &[], &["nowhere: there is no such folder"]);
        check(folder, &[command, "empty"], 2, &[], &["there are no CSV files"]);
        // A folder of deals is a shelf.
        check(folder, &[command, "."], 2, &[], &["deal/tranches.csv:2", "deal/loans.csv:4"]);
        check(folder, &[command, "deal/deal.csv"], 2, &[], &["not a folder"]);
    }
    check(folder, &["run", "nowhere", "--out", "out"], 2, &[], &["nowhere"]);
    assert!(files(&folder.join("out")) == before);
    assert_eq!(names(folder), ["deal", "empty", "out"]);
}

#[test]
fn what_is_not_ours_is_refused_and_stays() {
    let desk = desk();
    let folder = desk.path();
    let run = |out: &str, code: i32, err: &[&str]| {
        check(folder, &["run", "deal", "--out", out, "--scenario", "base"], code, &[], err);
    };
    // A foreign file beside runs of ours, in a place of its own, in the place of the folder.
    run("out", 0, &[]);
    fs::write(folder.join("out/budget.xlsx"), "mine").unwrap();
    let before = files(&folder.join("out"));
    run("out", 2, &["out: holds budget.xlsx"]);
    assert!(files(&folder.join("out")) == before);
    fs::create_dir_all(folder.join("letters/base")).unwrap();
    fs::write(folder.join("letters/base/manifest.json"), "{\"program\": \"other\"}").unwrap();
    run("letters", 2, &["letters: holds base"]);
    assert_eq!(names(&folder.join("letters/base")), ["manifest.json"]);
    fs::write(folder.join("file"), "mine").unwrap();
    run("file", 2, &["file: is there and is not a folder"]);
    run("file/below", 2, &["file"]);
    assert_eq!(fs::read_to_string(folder.join("file")).unwrap(), "mine");
    let deal = files(&folder.join("deal"));
    run("deal", 2, &["deal: holds"]);
    run(".", 2, &["holds"]);
    assert!(files(&folder.join("deal")) == deal);
    // An empty folder is nobody's.
    fs::create_dir(folder.join("empty")).unwrap();
    run("empty", 0, &[]);
    assert_eq!(names(&folder.join("empty")), ["base"]);
    // The folder in which one stands, once it is ours or empty.
    let inside = folder.join("empty");
    let told = ["1 scenario written"];
    let args = ["run", "../deal", "--out", ".", "--scenario", "prepayment"];
    check(&inside, &args, 0, &told, &[]);
    assert_eq!(names(&inside), ["prepayment"]);
    assert_eq!(names(folder), ["deal", "empty", "file", "letters", "out"]);
}

#[test]
fn a_scenario_cannot_leave_the_folder() {
    let desk = desk();
    let folder = desk.path();
    let inside = folder.join("inside");
    fs::create_dir(&inside).unwrap();
    for name in ["../evil", "..", ".", "a/b", "a\\b", "C:evil", "evil.", "evil\u{0}"] {
        let table = format!("scenario,assumption,name,date,value\n\"{name}\",cpr,,,1%\n");
        fs::write(folder.join("deal/scenarios.csv"), table).unwrap();
        let told = ["scenarios.csv:2"];
        check(&inside, &["run", "../deal", "--out", "out"], 2, &[], &told);
    }
    assert!(names(&inside).is_empty());
    assert_eq!(names(folder), ["deal", "inside"]);
    // Words of any language are welcome.
    let table = "scenario,assumption,name,date,value\n早偿 15,cpr,,,15%\n";
    fs::write(folder.join("deal/scenarios.csv"), table).unwrap();
    check(&inside, &["run", "../deal", "--out", "out"], 0, &["早偿 15"], &[]);
    assert_eq!(names(&inside.join("out")), ["早偿 15"]);
}

#[test]
fn quiet_says_nothing_but_results_and_problems() {
    let desk = TempDir::new().unwrap();
    let folder = desk.path();
    check(folder, &["new", "deal", "--quiet"], 0, &[], &[]);
    check(folder, &["check", "deal"], 0, &[], &["warning: "]);
    for args in [
        &["check", "deal", "--quiet"][..],
        &["--quiet", "show", "deal"],
        &["run", "deal", "--out", "out", "--quiet"],
    ] {
        let told = check(folder, args, 0, &[], &[]);
        assert_eq!(told.err, "", "{args:?}");
        assert!(!told.out.is_empty(), "{args:?}");
    }
    fs::write(folder.join("deal/tranches.csv"), "tranche,class,notional\n").unwrap();
    let told = check(folder, &["check", "deal", "--quiet"], 2, &[], &["tranches.csv"]);
    assert!(!told.err.contains("warning"), "{}", told.err);
}
