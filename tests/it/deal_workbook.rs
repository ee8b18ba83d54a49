//! A deal as one workbook: the same deal as from a folder, byte for byte; its problems by sheet and
//! cell; workbooks that cannot be read.

use std::io::{Cursor, Read, Write};

use ipabs::engine::run_all;
use ipabs::input::{self, Loaded, template};
use ipabs::report::{Lang, run_files};
use ipabs::scenario::Scenario;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::cli::{check, files};
use crate::loaded::{STRUCTURES, load, root};

/// (file, text) of a deal's tables.
fn tables(deal: &str) -> Vec<(String, String)> {
    let read = files(&root().join(deal)).into_iter();
    let csv = read.filter(|(name, _)| name.ends_with(".csv") && !name.contains('/'));
    csv.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

fn assembled(bytes: Vec<u8>) -> (Option<Loaded>, Vec<String>, Vec<String>) {
    input::assemble_workbook(&input::workbook("deal.xlsx", bytes).unwrap())
}

/// Every file of every scenario but those that name the inputs.
fn results(loaded: &Loaded) -> Vec<(String, Vec<u8>)> {
    let scenarios: Vec<&Scenario> = loaded.scenarios.iter().collect();
    let runs = run_all(&loaded.deal, &scenarios, || ()).unwrap();
    let files = scenarios.iter().zip(&runs).flat_map(|(scenario, runs)| {
        run_files(&loaded.deal, &loaded.inputs, scenario, runs, Lang::En, true)
    });
    files.filter(|(name, _)| name != "manifest.json" && name != "sources.md").collect()
}

#[test]
fn a_deal_as_folder_and_as_workbook_is_one_deal() {
    for deal in STRUCTURES {
        let tables = tables(deal);
        let given: Vec<(&str, &str)> =
            tables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let bytes = template(&given, "# A deal").unwrap();
        assert_eq!(template(&given, "# A deal").unwrap(), bytes, "{deal}");
        let (loaded, problems, _) = assembled(bytes);
        assert!(problems.is_empty(), "{deal}: {}", problems.join("\n"));
        let (loaded, folder) = (loaded.unwrap(), load(deal));
        assert_eq!(loaded.inputs.len(), 1);
        assert_eq!(loaded.inputs[0].0, "deal.xlsx");
        assert_eq!(loaded.scenarios.len(), folder.scenarios.len());
        let (found, expected) = (results(&loaded), results(&folder));
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!(found == expected, "{deal}: {} differs", found.0);
        }
    }
}

/// A workbook whose cells are all text, as another program may write it; `odd` has the last word
/// on one sheet.
fn typed(tables: &[(String, String)], on: &str, odd: &dyn Fn(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, text) in tables {
        let mut sheet = Worksheet::new();
        sheet.set_name(name.trim_end_matches(".csv")).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for (row, record) in (0..).zip(reader.records()) {
            for (column, cell) in (0..).zip(record.unwrap().iter()) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        if name.trim_end_matches(".csv") == on {
            odd(&mut sheet);
        }
        book.push_worksheet(sheet);
    }
    book.save_to_buffer().unwrap()
}

/// The problems of the special plan with one odd sheet; loans: loan, obligor, principal (C),
/// rate_pa (D), day_count, origination_date, first_due_date, maturity_date (H), repayment (I).
fn told(on: &str, odd: &dyn Fn(&mut Worksheet), expected: &[&str]) {
    let (loaded, problems, _) = assembled(typed(&tables("src/cli/new/special-plan"), on, odd));
    assert_eq!(problems, expected);
    assert_eq!(loaded.is_some(), expected.is_empty());
}

#[test]
fn problems_name_sheet_and_cell() {
    told("loans", &|_| (), &[]);
    told(
        "loans",
        &|sheet| {
            sheet.write_string(1, 7, "2026-02-30").unwrap();
            sheet.write_number(2, 2, 2_500_000.005).unwrap();
            sheet.write_number(3, 3, 4.6).unwrap();
            sheet.write_string(4, 1, "nobody").unwrap();
            sheet.write_string(5, 8, "bulet").unwrap();
        },
        &[
            "loans!H2: maturity_date: 2026-02-30 is not a date (want YYYY-MM-DD)",
            "loans!C3: principal: 2500000.005 is not an amount: more than 2 decimals of a yuan",
            "loans!D4: rate_pa: 4.6 is ambiguous (write 4.6%, or % in the header)",
            "loans!B5: obligor: nobody is not in sheet obligors",
            "loans!I6: repayment: bulet is not one of level, equal_principal, bullet, at_maturity, \
             balloon, custom, licence (did you mean bullet?)",
        ],
    );
}

#[test]
fn cells_that_say_nothing_are_problems() {
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    told(
        "loans",
        &|sheet| {
            sheet.write_string(1, 1, "two\nlines").unwrap();
            sheet.write_number(2, 0, 2_026_010_112_345_678.0).unwrap();
            sheet.write_number_with_format(3, 5, 46_000.5, &date).unwrap();
        },
        &[
            "loans!B2: obligor: a line break (a cell holds one line)",
            "loans!A3: loan: a number of more than 15 digits has lost digits (format the cell as \
             text)",
            "loans!F4: origination_date: 2025-12-09 12:00:00 is not a date (want YYYY-MM-DD)",
        ],
    );
}

#[test]
fn merged_cells_missing_sheets_and_other_sheets_are_told() {
    told(
        "loans",
        &|sheet| {
            sheet.merge_range(8, 0, 8, 2, "", &Format::new()).unwrap();
        },
        &["loans!A9: loan: merged up to C9 (a table has one cell under each header)"],
    );
    let all = tables("src/cli/new/special-plan");
    let at = all.iter().position(|(name, _)| name == "loans.csv").unwrap() + 1;
    let part = format!("worksheets/sheet{at}.xml");
    let merged = "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:B1\"/></mergeCells>";
    let header =
        patched(&typed(&all, "", &|_| ()), &part, &|text| text.replacen("</sheetData>", merged, 1));
    let why = "loans!A1: loan: merged up to B1 (a table has one cell under each header)";
    assert_eq!(assembled(header).1, [why]);
    let without: Vec<(String, String)> = tables("src/cli/new/special-plan")
        .into_iter()
        .filter(|(name, _)| name != "tranches.csv")
        .chain([("trnches.csv".to_owned(), "a\n1\n".to_owned())])
        .collect();
    let (_, problems, _) = assembled(typed(&without, "", &|_| ()));
    assert!(problems.contains(&"tranches: the workbook has no such sheet".to_owned()));
    let other = "trnches: this is not a table of a deal (did you mean sheet tranches?)";
    assert!(problems.contains(&other.to_owned()), "{problems:?}");
}

/// A part of a workbook with other bytes.
fn patched(bytes: &[u8], part: &str, change: &dyn Fn(String) -> String) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut file = old.by_index(at).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        let text = if name.ends_with(part) { change(text) } else { text };
        new.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(text.as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn a_formula_is_its_stored_value_and_needs_one() {
    let tables = tables("src/cli/new/special-plan");
    let at = tables.iter().position(|(name, _)| name == "loans.csv").unwrap() + 1;
    let bytes = typed(&tables, "loans", &|sheet| {
        let formula = rust_xlsxwriter::Formula::new("=1000000*3").set_result("3000000");
        sheet.write_formula(1, 2, formula).unwrap();
    });
    assert_eq!(assembled(bytes.clone()).1, Vec::<String>::new());
    let part = format!("worksheets/sheet{at}.xml");
    let bytes = patched(&bytes, &part, &|text| {
        assert!(text.contains("<v>3000000</v>"));
        text.replace("<v>3000000</v>", "")
    });
    let why = "loans!C2: principal: a formula without a stored value (open the workbook in a \
               spreadsheet program and save it)";
    assert_eq!(assembled(bytes).1, [why]);
}

#[test]
fn a_damaged_workbook_is_refused_and_never_stops_the_reading() {
    let tables = tables("src/cli/new/special-plan");
    let bytes = typed(&tables, "", &|_| ());
    let (mut refused, mut read) = (0, 0);
    for at in (0..bytes.len()).step_by(97) {
        for damaged in [bytes[..at].to_vec(), {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x55;
            flipped
        }] {
            match input::workbook("deal.xlsx", damaged) {
                Ok(book) => {
                    input::assemble_workbook(&book);
                    read += 1;
                }
                Err(why) => {
                    assert!(why.contains("workbook"), "{why}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 100, "{refused} refused, {read} read");
    // Damage inside a part, where no checksum finds it: a sheet that breaks off before its end.
    for cut in (100..950).step_by(50) {
        let bytes = patched(&bytes, "sheet3.xml", &|text| text[..cut].to_owned());
        let why = input::workbook("deal.xlsx", bytes).map(|_| ()).unwrap_err();
        let told = why.starts_with("sheet ") && why.contains(" cannot be read, ");
        assert!(told, "{cut}: {why}");
    }
}

/// Where a column takes words, or names of another sheet, a drop-down has them.
#[test]
fn columns_have_drop_downs() {
    let tables = tables("src/cli/new/special-plan");
    let given: Vec<(&str, &str)> =
        tables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut zip = zip::ZipArchive::new(Cursor::new(template(&given, "").unwrap())).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let book = part("xl/workbook.xml");
    let mut lists = |sheet: &str| {
        let at = book.split("<sheet ").position(|of| of.contains(&format!("\"{sheet}\""))).unwrap();
        let text = part(&format!("xl/worksheets/sheet{at}.xml"));
        text.split("<formula1>")
            .skip(1)
            .map(|of| of.split('<').next().unwrap().to_owned())
            .collect()
    };
    let mut check = |sheet: &str, wanted: &[&str]| {
        let found: Vec<String> = lists(sheet);
        for list in wanted {
            assert!(found.iter().any(|one| one.contains(list)), "{sheet}, {list}: {found:?}");
        }
    };
    check("obligors", &["AAA,AA+", "obligors!$B$2:$B$1001"]);
    check("loans", &["periodic,ACT/365,ACT/360", "obligors!$A$2:$A$1001"]);
    check("rights", &["loans!$A$2"]);
    check("tranches", &["ACT/365,ACT/360,30/360,ACT/ACT"]);
    check(
        "fees",
        &["pool_opening,pool_performing,notes_opening,initial,notes:A,notes:C", "ACT/365"],
    );
    check("commitments", &["supporters!$A$2", "interest:senior;principal:senior,tax,fee:manager"]);
    check("triggers", &["README!$"]);
    check("scenarios", &["README!$"]);
}

#[test]
fn commands_take_a_workbook() {
    let desk = tempfile::TempDir::new().unwrap();
    let at = desk.path();
    check(at, &["new", "deal.xlsx"], 0, &["deal.xlsx: 10 tables"], &[]);
    check(at, &["new", "deal.xlsx"], 2, &[], &["deal.xlsx: is there already"]);
    check(at, &["check", "deal.xlsx"], 0, &["no problem"], &[]);
    check(at, &["show", "deal.xlsx"], 0, &[], &[]);
    check(at, &["new", "folder"], 0, &[], &[]);
    for (deal, out) in [("deal.xlsx", "a"), ("folder", "b")] {
        check(at, &["run", deal, "--out", out], 0, &[], &[]);
        let (sum, paths) = (format!("{out}-s"), "2000");
        check(at, &["simulate", deal, "--paths", paths, "--out", &sum], 0, &[], &[]);
    }
    let mut compared = 0;
    for (one, other) in [("a", "b"), ("a-s", "b-s")] {
        let (one, other) = (files(&at.join(one)), files(&at.join(other)));
        assert!(one.keys().eq(other.keys()));
        for (name, bytes) in one {
            let inputs = name.ends_with("manifest.json") || name.ends_with("sources.md");
            assert!(inputs || other[&name] == bytes, "{name}");
            compared += usize::from(!inputs);
        }
    }
    assert!(compared > 50, "{compared}");
    check(at, &["run", "no.xlsx", "--out", "c"], 2, &[], &["no.xlsx: there is no such workbook"]);
    std::fs::write(at.join("bad.xlsx"), "not a workbook").unwrap();
    let why = "bad.xlsx: this is no workbook, or a damaged one";
    check(at, &["run", "bad.xlsx", "--out", "c"], 2, &[], &[why]);
    let why = "bad.xlsx：这不是工作簿，或已损坏（请另存为 .xlsx）";
    check(at, &["--lang", "zh", "run", "bad.xlsx", "--out", "c"], 2, &[], &[why]);
    // Supporters of whom no table says what they give.
    std::fs::remove_file(at.join("folder/commitments.csv")).unwrap();
    let told = "warning: supporters.csv: holds 1 and there is no commitment and no cover";
    check(at, &["check", "folder"], 0, &["no problem"], &[told]);
    let told = "提示：supporters.csv：列有 1 家增信方，但既无差额支付承诺也无贷款增信";
    check(at, &["--lang", "zh", "check", "folder"], 0, &[], &[told]);
    assert!(!at.join("c").exists());
}
