//! The paper of a run: what it says comes from the run's tables, in the reader's language.

use ipabs::report::Lang;
use ipabs::report::document::{Block, Document, document};
use ipabs::report::record::Record;
use ipabs::report::words::grouped;

use crate::cli::{check, files};
use crate::loaded::root;

/// Runs of a folder under `reports`, by their names from there.
pub fn records(names: &[&str]) -> Vec<Record> {
    let read = |name: &&str| {
        let files: Vec<(String, Vec<u8>)> =
            files(&root().join("reports").join(name)).into_iter().collect();
        Record::read(name, &files).unwrap()
    };
    names.iter().map(read).collect()
}

fn cells(document: &Document) -> Vec<String> {
    let blocks = document.parts.iter().flat_map(|part| &part.blocks);
    let grids = blocks.filter_map(|block| match block {
        Block::Grid(grid) => Some(grid),
        _ => None,
    });
    grids.flat_map(|grid| &grid.rows).flat_map(|row| row.cells.clone()).collect()
}

#[test]
fn a_paper_holds_the_figures_of_its_runs() {
    let runs = records(&[
        "yuhang-2021/run/base",
        "yuhang-2021/stress",
        "yuhang-2021/simulate",
        "yuhang-2021/size",
    ]);
    for lang in [Lang::En, Lang::Zh] {
        let cells = cells(&document(&runs, lang));
        let mut compared = 0;
        for (run, table, columns) in [
            (0, "collections.csv", &["opening", "interest", "principal", "closing"][..]),
            (0, "notes.csv", &["interest_paid", "principal_paid"]),
            (0, "pool_characteristics.csv", &["balance"]),
            (3, "size.csv", &["senior", "sub"]),
        ] {
            let table = runs[run].table(table).unwrap();
            for (row, column) in
                table.rows.iter().flat_map(|row| columns.iter().map(move |c| (row, c)))
            {
                let figure = grouped(&table.text(row, column));
                assert!(figure.is_empty() || cells.contains(&figure), "{column}: {figure}");
                compared += 1;
            }
        }
        let losses = runs[1].table("stress.csv").unwrap();
        for row in &losses.rows {
            let loss = losses.cell(row, "loss").number().unwrap();
            assert!(cells.contains(&format!("{:.2}%", 100.0 * loss)), "{loss}");
            compared += 1;
        }
        assert!(compared > 300, "{compared}");
    }
}

#[test]
fn a_paper_of_a_programme_holds_its_figures() {
    let runs = records(&["weilai-programme/shelf"]);
    let table = |name: &str| runs[0].table(name).unwrap();
    for lang in [Lang::En, Lang::Zh] {
        let document = document(&runs, lang);
        let cells = cells(&document);
        let (shelf, joint) = (table("shelf.csv"), table("joint_series.csv"));
        // A row for each series, that of its issue, and one for all of them on the same paths.
        let series = shelf.distinct("series");
        assert_eq!((series.len(), joint.rows.len()), (6, 7));
        for name in &series {
            let issue = shelf.rows.iter().find(|row| shelf.text(row, "series") == *name).unwrap();
            for column in ["size", "shelf_outstanding", "quota_used", "quota_left"] {
                let figure = grouped(&shelf.text(issue, column));
                assert!(cells.contains(&figure), "{name}, {column}: {figure}");
            }
        }
        for row in &joint.rows {
            for column in ["p_unpaid", "p_unpaid_alone", "p_unpaid_without"] {
                let share = joint.cell(row, column).number().unwrap();
                assert!(cells.contains(&format!("{:.4}%", 100.0 * share)), "{column}: {share}");
            }
        }
        let charts = document.parts[0].blocks.iter().filter_map(|block| match block {
            Block::Chart { name, .. } => Some(name.as_str()),
            _ => None,
        });
        let wanted = ["calendar.svg", "quota.svg", "exposure.svg", "joint.svg", "coupons.svg"];
        assert_eq!(charts.collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn every_part_has_its_place_and_a_shelf_has_them_by_series() {
    let check = |names: &[&str], lang, wanted: &[&str]| {
        let document = document(&records(names), lang);
        let titles: Vec<&str> = document.parts.iter().map(|part| part.title.as_str()).collect();
        assert_eq!(titles, wanted);
        assert!(document.parts.iter().all(|part| !part.blocks.is_empty()), "{titles:?}");
    };
    check(
        &["yuhang-2021/run/base", "yuhang-2021/run/bad_economy", "yuhang-2021/simulate"],
        Lang::En,
        &[
            "What the runs say",
            "Terms",
            "The pool",
            "Cash flows",
            "Other scenarios",
            "Simulation",
            "Method and limits",
            "Definitions",
            "Sources",
        ],
    );
    check(
        &["yuhang-2021/stress", "yuhang-2021/size"],
        Lang::Zh,
        &["压力测试", "规模测算", "方法与局限", "释义", "数据来源"],
    );
    check(&["weilai-programme/shelf"], Lang::Zh, &["储架", "方法与局限", "释义", "数据来源"]);
    let series = |of: &str| format!("weilai-programme/run/{of}/base");
    let (one, two) = (series("series-1"), series("series-2"));
    let document = document(&records(&[&one, &two]), Lang::Zh);
    let named = |name: &str| document.parts.iter().filter(|part| part.title.contains(name)).count();
    assert_eq!((named("series-1："), named("series-2："), named("各期对照")), (4, 4, 1));
}

#[test]
fn a_chinese_paper_has_no_word_of_the_input_left() {
    let names = [
        "yuhang-2021/run/base",
        "licence-fee/run/base",
        "luqiao-credit-abs/run/base",
        "data-ip-pledge/run/loans-2021/one_default",
    ];
    for name in names {
        let runs = records(&[name]);
        let cells = cells(&document(&runs, Lang::Zh));
        let words = ["pass_through", "each_date", "half_up", "yes", "no", "without", "senior"];
        // Events, rows of totals and scenarios are words too.
        for word in words.into_iter().chain(["cover_called", "pool", "one_default"]) {
            assert!(!cells.iter().any(|cell| cell == word), "{name}: {word}");
        }
        assert!(cells.iter().any(|cell| cell == "过手" || cell == "加速过手"), "{name}");
    }
}

#[test]
fn without_the_setter_one_line_says_how_to_build_it() {
    let desk = tempfile::TempDir::new().unwrap();
    let program = desk.path().join("ipabs");
    std::fs::copy(env!("CARGO_BIN_EXE_ipabs"), &program).unwrap();
    for asked in [
        &["report", "reports/yuhang-2021/run", "--out"][..],
        &["run", "scenarios/yuhang-2021", "--png", "--out"],
    ] {
        let out = desk.path().join("x.pdf");
        let mut command = std::process::Command::new(&program);
        let said = command.args(asked).arg(&out).current_dir(root()).output().unwrap();
        assert_eq!(said.status.code(), Some(2));
        let problem = String::from_utf8(said.stderr).unwrap();
        assert!(problem.contains("`cargo build --release -p ipabs-pdf`"), "{problem}");
        assert_eq!(problem.lines().count(), 1);
        assert!(said.stdout.is_empty() && !out.exists());
    }
}

#[test]
fn a_command_writes_its_report_too() {
    let desk = crate::cli::desk();
    let at = desk.path();
    let run = ["run", "deal", "--scenario", "base", "--out", "out", "--report"];
    let with = |file: &'static str| -> Vec<&str> { run.iter().copied().chain([file]).collect() };
    check(at, &with("out/x.html"), 2, &[], &["--report out/x.html: lies in --out"]);
    check(at, &with("x.doc"), 2, &[], &["x.doc: want a file that ends in .xlsx, .html or .pdf"]);
    assert!(!at.join("out").exists());
    check(at, &with("x.html"), 0, &["1 run written to x.html"], &[]);
    let alone = at.join("alone.html");
    check(at, &["report", "out", "--out", "alone.html"], 0, &[], &[]);
    assert_eq!(std::fs::read(at.join("x.html")).unwrap(), std::fs::read(alone).unwrap());
    for extra in [&["--report", "y.html"][..], &["--png"]] {
        let part = ["simulate", "deal", "--shard", "1/2", "--out", "part"];
        let asked: Vec<&str> = part.iter().chain(extra).copied().collect();
        check(at, &asked, 2, &[], &["cannot be used with"]);
    }
}

/// Items of every list of a part.
fn said(document: &Document, part: usize) -> Vec<String> {
    let blocks = document.parts[part].blocks.iter();
    let lists = blocks.filter_map(|block| match block {
        Block::List { items } => Some(items.clone()),
        _ => None,
    });
    lists.flatten().collect()
}

#[test]
fn what_stands_first_names_its_run_and_says_how_likely_the_same_is() {
    let check = |lang, heading: &str, called: &str| {
        let runs = records(&["yuhang-2021/run/base", "yuhang-2021/simulate"]);
        let document = document(&runs, lang);
        let Block::Heading { text } = &document.parts[0].blocks[0] else { panic!("no heading") };
        assert_eq!(text, heading);
        let items = said(&document, 0);
        // From the tables of the simulation.
        for (item, figures) in [(0, &["0.1403%", "17.9675%"][..]), (1, &[called, "7.20%"])] {
            for figure in figures {
                assert!(items[item].contains(figure), "{figure} in {}", items[item]);
            }
        }
        let alone = ipabs::report::document::document(&runs[..1], lang);
        assert!(said(&alone, 0).iter().all(|item| !item.contains("7.20%")));
    };
    check(Lang::En, "Scenario: base case", "called on 19.25%");
    check(Lang::Zh, "情景：基准", "被启动的概率 19.25%");
}

#[test]
fn what_a_summary_says_stands_in_the_paper_too() {
    let check = |name: &str, wanted: &[&str]| {
        let runs = records(&[name]);
        let summary = std::fs::read_to_string(root().join("reports").join(name).join("summary.md"));
        let summary = summary.unwrap().replace("**", "").replace('`', "");
        let items = said(&document(&runs, Lang::En), 0);
        assert!(items.len() >= wanted.len());
        for item in &items {
            // A list of the summary opens with the class.
            assert!(summary.contains(item.as_str()), "{item}");
        }
        for words in wanted {
            assert!(items.iter().any(|item| item.contains(words)), "{words}");
        }
    };
    check(
        "yuhang-2021/stress",
        &["18.1 effective obligors", "2 firms are enough", "What support is worth", "every one of"],
    );
    check("yuhang-2021/size", &["smaller with support", "18.1 effective obligors", "Two views"]);
}

#[test]
fn a_set_of_firms_has_the_bill_of_its_supporter_beside_it() {
    let runs = records(&["yuhang-2021/stress"]);
    let table = runs[0].table("breakers.csv").unwrap();
    // With support, of the costliest pair that breaks A1 without it.
    let set = |row: &&Vec<_>| table.text(row, "tranche") == "A1" && table.text(row, "size") == "2";
    let paid = table.rows_of("support", "with").find(set).unwrap();
    let paid = grouped(&table.text(paid, "supporter_paid"));
    let document = document(&runs, Lang::En);
    let of_sets = |block: &Block| match block {
        Block::Grid(grid) if grid.title == "The smallest sets of firms" => Some(grid.clone()),
        _ => None,
    };
    let grid = document.parts[0].blocks.iter().find_map(of_sets).unwrap();
    assert_eq!(grid.rows[0].cells[..2], ["A1", "without"].map(str::to_owned));
    assert_eq!((grid.rows[0].cells.last(), paid.as_str()), (Some(&paid), "127,712,105.90"));
}

#[test]
fn why_fees_stay_unpaid_is_said_where_they_do() {
    let check = |name: &str, told: bool| {
        let document = document(&records(&[name]), Lang::En);
        let mut blocks = document.parts.iter().flat_map(|part| &part.blocks);
        let words = "not taken back";
        let why = |block: &Block| matches!(block, Block::Text { text } if text.contains(words));
        assert_eq!(blocks.any(why), told, "{name}");
    };
    check("yuhang-2021/run/base", true);
    check("yuhang-2021/run/no_default", false);
}

#[test]
fn a_test_that_passes_by_the_classs_own_rate_needs_no_remark() {
    for lang in [Lang::En, Lang::Zh] {
        let cells = cells(&document(&records(&["yuhang-2021/size"]), lang));
        assert!(cells.iter().all(|cell| !cell.contains("(-)") && !cell.contains("（-）")));
    }
}

#[test]
fn classes_of_one_rank_have_one_attachment_point() {
    let runs = records(&["yuhang-2021/simulate"]);
    for (lang, words) in [
        (Lang::En, "A1, A2 together: losses from 5.00%"),
        (Lang::Zh, "A1、A2 合计：损失 5.00% 起受损"),
    ] {
        let svg = ipabs::report::chart::chart(&runs[0], "pool_loss.svg", lang).unwrap();
        assert!(svg.contains(words), "{words}");
    }
}
