//! Series that were filled, as deals: their tables by hand, what cannot be made, and the command.

use std::collections::BTreeMap;
use std::fs;

use ipabs::deal::{Candidate, PlannedSeries, Shelf};
use ipabs::input::{
    FilledSeries, Source, assemble, assemble_shelf, filled_series, read_folder, read_shelf_tables,
    series_of,
};
use ipabs::num::{Fen, Ratio};

use super::cli::{check, desk, files};
use super::deals::date;
use super::loaded::{load, root};

const MILLION: Fen = 100_000_000;

/// The shelf of Yuhang with one series: 2022-03-11, a year, of 10 loans.
fn shelf() -> Shelf {
    let folder = root().join("scenarios/shelf-yuhang");
    let sources = read_shelf_tables(&folder).unwrap();
    let (loaded, problems) = assemble_shelf(&sources, &series_of(&folder));
    assert!(problems.is_empty(), "{problems:?}");
    let mut shelf = loaded.unwrap().shelf;
    shelf.planned.retain(|plan| plan.name == "series-4");
    shelf.candidates.truncate(10);
    for (at, loan) in shelf.candidates.iter_mut().enumerate() {
        loan.principal = (5 + at as Fen) * MILLION;
        loan.term_months = 12;
    }
    shelf
}

/// Tables of the shelf's series with all candidates, like a deal below `scenarios`.
fn made(shelf: &Shelf, like: &str) -> Result<Vec<Source>, Vec<String>> {
    let folder = format!("scenarios/{like}");
    let (loaded, sources) = (load(&folder), read_folder(&root().join(&folder)).unwrap());
    let firms = loaded.deal.obligors().iter().map(|firm| (firm.name.as_str(), firm)).collect();
    let loans: Vec<&Candidate> = shelf.candidates.iter().collect();
    let plan: &PlannedSeries = &shelf.planned[0];
    let firms: BTreeMap<_, _> = firms;
    let name = like.rsplit('/').next().unwrap();
    let like = (name, &sources[..], &loaded);
    filled_series(&FilledSeries { shelf, plan, loans: &loans, like, firms: &firms })
}

fn text(sources: &[Source], name: &str) -> String {
    let source = sources.iter().find(|source| source.name == name).unwrap();
    String::from_utf8(source.bytes.clone()).unwrap()
}

/// Each line as it stands in a table.
fn has_lines(tables: &[Source], table: &str, lines: &[&str]) {
    let text = text(tables, table);
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "{table}: no {line} in\n{text}");
    }
}

/// By hand: 95 million for the template's 200. The template closes 2021-07-12, cuts off 17 days
/// before, pays first after three months, repays A1 after a year and the rest after three, and has
/// two years more to its legal maturity.
#[test]
fn a_filled_series_is_its_template_on_other_days_in_another_size() {
    let tables = made(&shelf(), "shelf-yuhang/series-1").unwrap();
    let check = |table: &str, lines: &[&str]| has_lines(&tables, table, lines);
    check(
        "deal.csv",
        &[
            "name,余杭未来科技城知识产权储架 series-4",
            "cutoff_date,2022-02-22",
            "closing_date,2022-03-11",
            "first_payment_date,2022-06-11",
            "legal_maturity,2025-03-11",
            "expected_maturity,2023-03-11",
            "purchase_price,95000000.00",
            "recognition_days,90",
        ],
    );
    // 30% and 65% in whole 万, the lowest the rest; all are due by the end.
    check(
        "tranches.csv",
        &[
            "A1,senior,28500000.00,fixed,3.7%,ACT/365,bullet,2023-03-11,no,100.00",
            "A2,senior,61750000.00,fixed,4.1%,ACT/365,pass_through,2023-03-11,no,100.00",
            "C,sub,4750000.00,none,,ACT/365,turbo,2023-03-11,no,100.00",
        ],
    );
    // 2 million x 95 / 200. Amounts of fees stay.
    check("accounts.csv", &["reserve,reserve,950000.00,950000.00,A1,each_date,0.35%"]);
    check("fees.csv", &["audit,会计师事务所,50000.00,,,,12,2022-12-11,"]);
    check(
        "commitments.csv",
        &[
            "shortfall,杭州余杭创新投资有限公司,interest:senior;principal:senior,,,,2025-03-11,yes,yes",
        ],
    );
    // The level after two years is of a longer deal.
    let triggers = text(&tables, "triggers.csv");
    let levels: Vec<&str> =
        triggers.lines().filter(|line| line.starts_with("cumulative_defaults,")).collect();
    let [first, second] = levels[..] else { panic!("{triggers}") };
    assert!(first.contains(",12%,2022-03-11,") && second.contains(",16%,2023-03-11,"));
    // Scenarios that name its firms stay behind, and what is like them; the others come along.
    let scenarios = text(&tables, "scenarios.csv");
    assert!(scenarios.contains("bad_economy") && scenarios.contains("stress_recovery_zero"));
    assert!(!scenarios.contains("two_largest") && !scenarios.contains("supporter_fails"));
}

#[test]
fn loans_of_a_filled_series_are_as_said_or_as_the_pool_it_is_like() {
    let mut shelf = shelf();
    shelf.candidates[0].rate_pa = Some("0.0612".parse().unwrap());
    shelf.candidates[0].pd_1y = Some("0.031".parse().unwrap());
    shelf.candidates[0].appraised_value = Some(9 * MILLION);
    shelf.candidates[1].obligor = "杭州霁白信息技术有限公司".to_owned();
    let tables = made(&shelf, "shelf-yuhang/series-1").unwrap();
    let check = |table: &str, lines: &[&str]| has_lines(&tables, table, lines);
    // A month before closing; the means of the pool, 5.269% and 2.402% by principal, to a basis
    // point, or what is said.
    let dates = "ACT/365,2022-02-11,2022-05-11,2023-02-11,bullet,quarterly";
    let said = format!("C-001,杭州榆域智能科技有限公司,5000000.00,6.12%,{dates}");
    let mean = format!("C-003,杭州汐源智能科技有限公司,7000000.00,5.27%,{dates}");
    check("loans.csv", &[&said, &mean]);
    check(
        "obligors.csv",
        &[
            "杭州榆域智能科技有限公司,人工智能,西湖区,,,3.1%,,,",
            "杭州汐源智能科技有限公司,人工智能,余杭区,,,2.4%,,,",
        ],
    );
    // A firm that the template has is as it is there.
    let obligors = text(&tables, "obligors.csv");
    let known = obligors.lines().find(|line| line.starts_with("杭州霁白")).unwrap();
    assert!(known.contains(",BB,6%"), "{known}");
    let rights = text(&tables, "rights.csv");
    assert!(rights.contains("C-001-1,C-001,invention,ZL202010000037.X,4500000.00,"), "{rights}");
    let (loaded, problems, _) = assemble(&tables);
    assert!(problems.is_empty(), "{problems:?}");
    let deal = loaded.unwrap().deal;
    assert_eq!(deal.initial_principal(), 95 * MILLION);
    // 9 million in two titles.
    assert_eq!(deal.rights()[0].appraised_value, 450_000_000);
}

#[test]
fn what_a_filled_series_cannot_be_like_is_told() {
    let check = |like: &str, change: &dyn Fn(&mut Shelf), expected: &[&str]| {
        let mut shelf = shelf();
        change(&mut shelf);
        let told = made(&shelf, like).err().unwrap_or_default();
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.contains(expected), "{told}: no {expected}");
        }
    };
    let yuhang = "shelf-yuhang/series-1";
    check(yuhang, &|_| {}, &[]);
    check(
        yuhang,
        &|shelf| shelf.planned[0].supporter = None,
        &["series.csv says that nobody stands behind it, its deal 杭州余杭创新投资有限公司"],
    );
    check(
        yuhang,
        &|shelf| shelf.planned[0].guaranteed_share = Ratio::new(90, 100).unwrap(),
        &["its commitment covers 95.00% of its notes (series.csv: guaranteed_share 90.00%)"],
    );
    check(
        "weilai-programme/series-5",
        &|shelf| shelf.planned[0].supporter = None,
        &["series-4 cannot be like series-5: covers.csv stands behind loans of its own"],
    );
    check("licence-fee", &|_| {}, &["loans.csv has licence fees", "stands behind it, its deal"]);
    check("guangying-2017-2", &|shelf| shelf.planned[0].supporter = None, &[]);
}

/// The filled series are issued in the size that they were filled to, on their day; they break no
/// limit, are simulated with the first, and run as deals of their own with the same cash.
#[test]
fn filled_series_are_deals_like_any() {
    let desk = desk();
    let at = desk.path();
    let folder = root().join("scenarios/shelf-yuhang");
    let shelf = folder.to_str().unwrap();
    let ask = ["shelf", shelf, "--fill", "amount", "--paths", "2000", "--deals", "deals"];
    let ask = [&ask[..], &["--out", "out", "--quiet", "--require"]].concat();
    check(at, &ask, 0, &["limits broken: 0"], &[]);
    check(at, &ask, 2, &[], &["--deals: deals is there already"]);
    let out = files(&at.join("out"));
    let rows = |name: &str| -> Vec<Vec<String>> {
        let text = String::from_utf8(out[name].clone()).unwrap();
        let cells = |line: &str| line.split(',').map(str::to_owned).collect();
        text.lines().skip(1).map(cells).collect()
    };
    let filled: Vec<Vec<String>> =
        rows("filling.csv").into_iter().filter(|row| row[3] != "0.00").collect();
    assert!(filled.len() >= 7);
    check(at, &["run", "deals", "--scenario", "base", "--out", "run", "--quiet"], 0, &[], &[]);
    for row in &filled {
        let (series, day, placed) = (&row[0], &row[1], &row[3]);
        let of_series: Vec<_> =
            rows("shelf.csv").into_iter().filter(|row| row[0] == *series).collect();
        assert_eq!([&of_series[0][1], &of_series[0][2]], [day, placed]);
        // What is out after each date is what its own run leaves.
        let notes = fs::read_to_string(at.join(format!("run/{series}/base/notes.csv"))).unwrap();
        for row in &of_series[1..] {
            let left = notes.lines().filter(|line| line.starts_with(row[1].as_str()));
            let left: f64 = left
                .map(|line| line.split(',').nth(7).unwrap())
                .map(|cell| cell.parse::<f64>().unwrap())
                .sum();
            let last = notes.lines().last().unwrap().starts_with(row[1].as_str());
            let found: f64 = row[3].parse().unwrap();
            assert!(last && found == 0.0 || (left - found).abs() < 0.005, "{series} {}", row[1]);
        }
        assert_eq!(rows("joint.csv").iter().filter(|row| row[0] == *series).count(), 3);
    }
    assert_eq!(date(&filled[0][1]), date("2021-10-15"));
}
