//! The workbook of a run, opened by another reader: its cells are those of the run's tables, its
//! formulas are written with what they give, and what came in is what went out.

use std::fs;
use std::io::{Cursor, Read};

use calamine::{Data, DataType, Range, Reader, Xlsx};
use ipabs::engine::run_all;
use ipabs::report::document::words::spoken;
use ipabs::report::record::Record;
use ipabs::report::scenario_names::scenario;
use ipabs::report::workbook::workbook;
use ipabs::report::{Lang, run_files};
use ipabs::scenario::Scenario;

use crate::cli::{check, files};
use crate::loaded::{STRUCTURES, load, root};

/// Tables that are sheets of one row a row, by sheet in English and Chinese.
const SHEETS: &[(&str, &str, &str)] = &[
    ("collections.csv", "collections", "现金流归集"),
    ("notes.csv", "notes", "证券现金流"),
    ("distribution.csv", "distribution", "收益分配"),
    ("fees.csv", "fees", "费用"),
    ("accounts.csv", "accounts", "账户"),
    ("supports.csv", "supporters", "增信方"),
    ("servicing.csv", "servicing", "资产服务"),
    ("postings.csv", "postings", "分录"),
];

/// Rows above a table: title, remark, blank, header.
const ABOVE: usize = 4;

type Files = Vec<(String, Vec<u8>)>;

/// Every scenario of a deal as its folder would hold it.
fn written(deal: &str) -> Vec<(String, Files)> {
    let loaded = load(deal);
    let scenarios: Vec<&Scenario> = loaded.scenarios.iter().collect();
    let runs = run_all(&loaded.deal, &scenarios, || ()).unwrap();
    let files = |scenario: &Scenario, runs| {
        run_files(&loaded.deal, &loaded.inputs, scenario, runs, Lang::En, false)
    };
    let pairs = scenarios.iter().zip(&runs);
    pairs.map(|(scenario, runs)| (scenario.name.clone(), files(scenario, runs))).collect()
}

fn records(folders: &[(String, Files)]) -> Vec<Record> {
    let read = |(name, files): &(String, Files)| {
        let named: Files =
            files.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        Record::read(name, &named).unwrap()
    };
    folders.iter().map(read).collect()
}

fn open(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

/// A cell as a table has it: dates in their form, numbers as the nearest binary fraction.
fn said(cell: &Data) -> String {
    match cell {
        Data::DateTime(serial) => {
            let (year, month, day, ..) = serial.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Float(value) => format!("{value:?}"),
        Data::Int(value) => format!("{:?}", *value as f64),
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => panic!("{other:?}"),
    }
}

/// A CSV file's rows in the same words, parties and reasons in the reader's; numbers only where the
/// column holds numbers.
fn lines(files: &Files, name: &str, lang: Lang) -> Vec<Vec<String>> {
    let bytes = &files.iter().find(|file| file.0 == name).unwrap().1;
    let text = String::from_utf8(bytes.clone()).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let header = rows.remove(0);
    let names = ["tranche", "account", "fee", "supporter", "commitment", "from", "to", "why"];
    for row in &mut rows {
        for (cell, column) in row.iter_mut().zip(&header) {
            if let (false, Ok(value)) = (names.contains(&column.as_str()), cell.parse::<f64>()) {
                *cell = format!("{value:?}");
            }
            if ["account", "fee", "from", "to", "why"].contains(&column.as_str()) {
                *cell = spoken(column, cell, lang).unwrap_or_else(|| cell.clone());
            }
        }
    }
    rows
}

/// The rows of a run on a sheet that are not totals, the first columns of each.
fn rows_of(sheet: &Range<Data>, run: &str, width: usize, total: &str) -> Vec<Vec<String>> {
    let rows = sheet.rows().skip(ABOVE).map(|row| row.iter().map(said).collect::<Vec<_>>());
    rows.filter(|row| row[0] == run && !row[1..=width].iter().any(|cell| cell == total))
        .map(|row| row[1..=width].to_vec())
        .collect()
}

#[test]
fn a_workbook_holds_the_tables_of_its_runs() {
    for (lang, total) in [(Lang::En, "total"), (Lang::Zh, "合计")] {
        let folders = written("scenarios/yuhang-2021");
        let mut book = open(workbook(&records(&folders), lang).unwrap());
        let mut compared = 0;
        for (table, en, zh) in SHEETS {
            let sheet = book.worksheet_range(if lang == Lang::En { en } else { zh }).unwrap();
            for (run, files) in &folders {
                let mut expected = lines(files, table, lang);
                let width = expected[0].len();
                let mut found = rows_of(&sheet, scenario(run, lang), width, total);
                // A table that is the same in several runs stands there once.
                if *table == "servicing.csv" && found.is_empty() {
                    continue;
                }
                expected.sort();
                found.sort();
                assert_eq!(found, expected, "{table}, {run}");
                compared += found.len() * width;
            }
        }
        assert!(compared > 25_000, "{compared} cells");
    }
}

#[test]
fn what_came_in_is_what_went_out_in_every_deal() {
    let mut lines = 0;
    // Loans with covers too, whose givers pay and take a share of the pledge.
    let covered = ["scenarios/insured", "scenarios/subsidy"];
    for deal in STRUCTURES.iter().copied().chain(covered) {
        let folders = written(deal);
        let mut book = open(workbook(&records(&folders), Lang::En).unwrap());
        let sheet = book.worksheet_range("reconciliation").unwrap();
        for row in sheet.rows().skip(ABOVE) {
            let item = said(&row[2]);
            assert!(!item.starts_with("other"), "{deal}: {item} in {}", said(&row[0]));
            let zero = |cell: &Data| cell.as_f64() == Some(0.0);
            match item.as_str() {
                "" => {}
                "check" => assert!(zero(&row[3]), "{deal}, {}: {:?}", said(&row[0]), row[3]),
                _ if row.get(5).is_some_and(|cell| !cell.is_empty()) => {
                    lines += 1;
                    assert!(zero(&row[5]), "{deal}, {}, {item}: {:?}", said(&row[0]), row);
                }
                _ => {}
            }
        }
        let checks = ["collections", "notes", "accounts", "supporters"];
        for (name, sheet) in checks.map(|name| (name, book.worksheet_range(name).unwrap())) {
            let header: Vec<String> =
                sheet.rows().nth(ABOVE - 1).unwrap().iter().map(said).collect();
            let Some(at) = header.iter().position(|head| head == "check") else { continue };
            for row in sheet.rows().skip(ABOVE).filter(|row| !row[at].is_empty()) {
                assert_eq!(row[at].as_f64(), Some(0.0), "{deal}, {name}: {row:?}");
            }
        }
    }
    assert!(lines > 250, "{lines} lines");
}

#[test]
fn every_command_has_its_sheets() {
    let check = |runs: &[&str], wanted: &[&str]| {
        let runs = crate::paper::records(runs);
        let names = open(workbook(&runs, Lang::En).unwrap()).sheet_names();
        for name in wanted {
            assert!(names.iter().any(|sheet| sheet == name), "{name}: {names:?}");
        }
        let chinese = open(workbook(&runs, Lang::Zh).unwrap()).sheet_names();
        assert_eq!(chinese.len(), names.len());
        assert!(chinese.iter().all(|name| !name.is_ascii()), "{chinese:?}");
    };
    check(
        &["yuhang-2021/run/base", "yuhang-2021/stress", "yuhang-2021/simulate", "yuhang-2021/size"],
        &[
            "summary",
            "pool characteristics",
            "collections",
            "notes",
            "distribution",
            "fees",
            "accounts",
            "supporters",
            "stress",
            "simulation",
            "size",
            "terms and assumptions",
            "sources",
        ],
    );
    check(&["data-ip-pledge/run/loans-2021/base"], &["loan layers", "reconciliation"]);
    check(&["data-ip-pledge/simulate/loans-2021"], &["simulated layers"]);
    check(&["subsidy/run/base"], &["borrowing"]);
    check(
        &["weilai-programme/shelf"],
        &["programme", "outstanding", "supporters over time", "shelf", "joint series"],
    );
}

/// What the page says of a programme, its workbook says; what is left is what is not used.
#[test]
fn a_workbook_of_a_programme_says_what_its_page_says_and_works_it_out() {
    for (lang, summary, programme) in
        [(Lang::En, "summary", "programme"), (Lang::Zh, "摘要", "储架")]
    {
        let runs = crate::paper::records(&["shelf-yuhang/shelf"]);
        let mut book = open(workbook(&runs, lang).unwrap());
        let sentences = ipabs::report::document::shelf::sentences(&runs[0], lang);
        assert_eq!(sentences.len(), 2);
        let sheet = book.worksheet_range(summary).unwrap();
        let cells: Vec<String> = sheet.rows().flatten().map(said).collect();
        let facts = ipabs::report::document::shelf::facts(&runs[0], lang);
        for fact in &facts {
            assert!(cells.contains(&fact.name), "{}", fact.name);
        }
        let values: Vec<&str> = facts.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(values, ["9", "999,800,000.00", "200,000.00", "2023-06-30", "0"]);
        assert!(cells.contains(&"2023-06-30".to_owned()));
        for text in &sentences {
            assert!(cells.contains(text), "{text}");
        }
        // Quota, and of each issue what is used and left of it.
        let sheet = book.worksheet_range(programme).unwrap();
        let number = |cell: &Data| cell.as_f64();
        let rows: Vec<&[Data]> = sheet.rows().collect();
        let quota = rows.iter().find(|row| number(&row[1]) == Some(1e9)).is_some();
        let left = |row: &&&[Data]| said(&row[0]).starts_with("series-") && !row[6].is_empty();
        let issues: Vec<_> = rows.iter().filter(left).collect();
        for row in &issues[..9] {
            assert_eq!(number(&row[5]).unwrap() + number(&row[6]).unwrap(), 1e9, "{row:?}");
        }
        assert!(quota);
        let formulas = book.worksheet_formula(programme).unwrap();
        assert!(formulas.used_cells().count() > 20);
    }
}

#[test]
fn a_chinese_workbook_reads_chinese_and_every_sheet_is_made_to_print() {
    let folders = written("scenarios/yuhang-2021");
    let bytes = workbook(&records(&folders), Lang::Zh).unwrap();
    let mut book = open(bytes.clone());
    for sheet in ["费用", "账户", "分录", "增信方"] {
        let range = book.worksheet_range(sheet).unwrap();
        for cell in range.rows().skip(ABOVE).flatten().map(said) {
            let ours = ["plan", "reserve", "pool", "tax", "audit", "registrar"];
            assert!(!ours.contains(&cell.as_str()), "{sheet}: {cell}");
            assert!(!cell.contains("(step ") && !cell.starts_with("interest "), "{sheet}: {cell}");
        }
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut zip.by_name(name).unwrap(), &mut text).unwrap();
        text
    };
    let names = part("xl/workbook.xml");
    let sheets = book.sheet_names();
    assert_eq!(names.matches("_xlnm.Print_Area").count(), sheets.len());
    assert_eq!(names.matches("_xlnm.Print_Titles").count(), sheets.len());
    for at in 1..=sheets.len() {
        let sheet = part(&format!("xl/worksheets/sheet{at}.xml"));
        for wanted in ["fitToPage=\"1\"", "fitToHeight=\"0\"", "orientation=\"landscape\""] {
            assert!(sheet.contains(wanted), "{}: {wanted}", sheets[at - 1]);
        }
    }
    // Of eight runs one is printed.
    let areas = names.split("_xlnm.Print_Area").skip(1);
    let last_row = |area: &str| -> u32 {
        let digits = area.split("</definedName>").next().unwrap().rsplit('$').next().unwrap();
        digits.parse().unwrap()
    };
    let longest = areas.map(last_row).max().unwrap();
    assert!(longest < 260, "{longest} rows");
}

/// Two deals of one run each are printed whole; of one deal's two runs the first.
#[test]
fn of_each_deal_a_run_is_printed() {
    let base = |folder: &str| {
        let mut folders = written(folder);
        folders.retain(|(name, _)| name == "base");
        records(&folders).remove(0)
    };
    let (one, other) = (base("src/cli/new/special-plan"), base("src/cli/new/abn-trust"));
    let check = |runs: [&Record; 2], printed: bool| {
        let runs: Vec<Record> = runs.into_iter().cloned().collect();
        let bytes = workbook(&runs, Lang::En).unwrap();
        let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        parts.by_name("xl/sharedStrings.xml").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text.contains("the other runs are below"), !printed);
    };
    let again = Record { folder: "again".to_owned(), ..one.clone() };
    check([&one, &other], true);
    check([&one, &again], false);
}

#[test]
fn the_same_runs_give_the_same_workbook() {
    let folders = written("src/cli/new/special-plan");
    let records = records(&folders);
    for lang in [Lang::En, Lang::Zh] {
        assert_eq!(workbook(&records, lang), workbook(&records, lang));
    }
}

#[test]
fn reports_and_differences_are_made_from_folders_alone() {
    let desk = tempfile::TempDir::new().unwrap();
    let at = desk.path();
    let deal = root().join("src/cli/new/special-plan").display().to_string();
    check(at, &["run", &deal, "--out", "a"], 0, &[], &[]);
    check(at, &["simulate", &deal, "--paths", "2000", "--out", "s"], 0, &[], &[]);
    check(at, &["report", "a", "--out", "x.xlsx"], 0, &["runs written to x.xlsx"], &[]);
    check(at, &["report", "s", "--out", "deep/s.XLSX", "--lang", "zh"], 0, &["1 个结果"], &[]);
    let names = open(fs::read(at.join("deep/s.XLSX")).unwrap()).sheet_names();
    assert_eq!(names, ["摘要", "模拟", "损失分布", "来源"]);
    // A report is replaced by the next, a deal never.
    check(at, &["report", "a", "--out", "x.xlsx"], 0, &[], &[]);
    check(at, &["new", "deal.xlsx"], 0, &[], &[]);
    let kept = fs::read(at.join("deal.xlsx")).unwrap();
    check(at, &["report", "a", "--out", "deal.xlsx"], 2, &[], &["deal.xlsx: is a deal"]);
    assert_eq!(fs::read(at.join("deal.xlsx")).unwrap(), kept);
    check(at, &["diff", "a", "a"], 0, &["Nothing: same terms"], &[]);
    let args = ["diff", "a/base", "a/stress", "--out", "moves.csv"];
    let base_and = |args: [&'static str; 5]| {
        let mut other = fs::read_dir(at.join("a")).unwrap().map(|entry| entry.unwrap().file_name());
        let other = other.find(|name| name != "base").unwrap().into_string().unwrap();
        [
            args[0].to_owned(),
            args[1].to_owned(),
            format!("a/{other}"),
            args[3].to_owned(),
            args[4].to_owned(),
        ]
    };
    let args = base_and(args);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    check(
        at,
        &args,
        0,
        &["Assumptions", "Losses, probabilities", "Other measures, largest moves first"],
        &[],
    );
    let moves = fs::read_to_string(at.join("moves.csv")).unwrap();
    assert!(
        moves.starts_with("\u{feff}run,what,of,item,support,before,after,change,unit,move,se\n")
    );
    assert!(moves.contains(",measure,"), "{moves}");
    check(at, &[&args[..4], &["moves.md"]].concat(), 0, &[], &[]);
    assert!(fs::read_to_string(at.join("moves.md")).unwrap().contains("\n### Assumptions\n"));
    let page = [&args[..4], &["moves.html"]].concat();
    check(at, &page, 0, &["Move: the change on a scale"], &[]);
    let moves = fs::read_to_string(at.join("moves.html")).unwrap();
    assert!(moves.contains("<h1>What changed</h1>") && moves.contains("Move: the change"));
}

#[test]
fn what_is_no_run_is_told_and_nothing_is_written() {
    let desk = tempfile::TempDir::new().unwrap();
    let at = desk.path();
    fs::create_dir_all(at.join("empty")).unwrap();
    let base = root().join("reports/yuhang-2021/run/base").display().to_string();
    let simulated = root().join("reports/yuhang-2021/simulate").display().to_string();
    // A damaged table, one that lacks, a newer version.
    for (name, change) in [("damaged", 0), ("lacking", 1), ("newer", 2)] {
        fs::create_dir_all(at.join(name)).unwrap();
        for (file, mut bytes) in files(&root().join("reports/yuhang-2021/run/base")) {
            match (change, file.as_str()) {
                (0, "notes.csv") => {
                    let text = String::from_utf8(bytes).unwrap();
                    bytes = text.replacen("60000000.00", "sixty", 1).into_bytes();
                }
                (1, "fees.csv") => continue,
                (2, "manifest.json") => {
                    let text = String::from_utf8(bytes).unwrap();
                    bytes = text.replace("\"0.1.0\"", "\"7.0.0\"").into_bytes();
                }
                _ => {}
            }
            fs::write(at.join(name).join(file), bytes).unwrap();
        }
    }
    // One of two runs has lost its manifest.
    for (name, lost) in [("both/one", ""), ("both/other", "manifest.json")] {
        fs::create_dir_all(at.join(name)).unwrap();
        let all = files(&root().join("reports/yuhang-2021/run/base"));
        for (file, bytes) in all.into_iter().filter(|(file, _)| file != lost) {
            fs::write(at.join(name).join(file), bytes).unwrap();
        }
    }
    let told: &[(&[&str], &str)] = &[
        (
            &["report", "both", "--out", "x.xlsx"],
            "both/other: there is a summary and no manifest.json",
        ),
        (&["report", "nowhere", "--out", "x.xlsx"], "nowhere: there is no such folder"),
        (&["report", "empty", "--out", "x.xlsx"], "empty: no run of ipabs in it"),
        (
            &["report", &base, "--out", "x.doc"],
            "x.doc: want a file that ends in .xlsx, .html or .pdf",
        ),
        (&["report", &base, "--out", "x"], "x: want a file that ends in .xlsx, .html or .pdf"),
        (&["report", "damaged", "--out", "x.xlsx"], "notes.csv:2: opening: sixty is not an amount"),
        (&["report", "lacking", "--out", "x.xlsx"], "fees.csv: the run has no such table"),
        (&["report", "newer", "--out", "x.xlsx"], "written by ipabs 7.0.0, which is newer than"),
        (&["report", "newer", "--out", "x.html"], "written by ipabs 7.0.0, which is newer than"),
        (&["diff", "newer", &base], "written by ipabs 7.0.0, which is newer than"),
        (&["diff", "empty", &base], "empty: no run of ipabs in it"),
        (&["diff", &base, &simulated], "name two runs of one command"),
        (
            &["diff", &base, &base, "--out", "d.txt"],
            "want a file that ends in .csv, .md, .html or .pdf",
        ),
    ];
    for (args, why) in told {
        check(at, args, 2, &[], &[why]);
    }
    let kept = fs::read_dir(at).unwrap().map(|entry| entry.unwrap().file_name());
    let mut kept: Vec<_> = kept.map(|name| name.into_string().unwrap()).collect();
    kept.sort();
    assert_eq!(kept, ["both", "damaged", "empty", "lacking", "newer"]);
}

#[test]
fn balances_begin_at_closing_before_anything_is_paid() {
    for (lang, name) in [(Lang::En, "balances"), (Lang::Zh, "证券余额")] {
        let runs = crate::paper::records(&["yuhang-2021/run/base"]);
        let mut book = open(workbook(&runs, lang).unwrap());
        let sheet = book.worksheet_range(name).unwrap();
        let first: Vec<String> = sheet.rows().nth(ABOVE).unwrap().iter().map(said).collect();
        // The closing date and the notional of each class, with support and without.
        let classes = ["60000000.0", "130000000.0", "10000000.0"];
        assert_eq!(first[1], "2021-07-12");
        assert_eq!(first[2..8], [classes, classes].concat());
    }
}
