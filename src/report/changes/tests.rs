//! Two made-up runs, every kind of difference; sizes by hand from the rule.

use super::*;
use crate::report::record::Table;

/// A run of three small tables.
fn record(folder: &str, terms: &str, measures: &str) -> Record {
    let read = |name: &str, text: &str| {
        let rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
        let mut rows: Vec<Vec<String>> = rows.collect();
        let header = rows.remove(0);
        (name.to_owned(), header, rows)
    };
    let table = |(name, header, rows): (String, Vec<String>, Vec<Vec<String>>)| Table {
        name,
        header,
        rows: rows.iter().map(|row| row.iter().map(|text| formed(text)).collect()).collect(),
    };
    Record {
        folder: folder.to_owned(),
        command: "run".to_owned(),
        version: "0.1.0".to_owned(),
        of: None,
        scenario: "base".to_owned(),
        options: Vec::new(),
        inputs: BTreeMap::from([("deal.csv".to_owned(), folder.to_owned())]),
        tables: vec![table(read("terms.csv", terms)), table(read("measures.csv", measures))],
        files: Vec::new(),
    }
}

fn formed(text: &str) -> Cell {
    match text.split_once('.') {
        _ if text.is_empty() => Cell::Blank,
        Some((_, after)) if after.len() == 2 => Cell::Yuan(text.parse().unwrap_or_default()),
        Some((_, after)) => Cell::Number(text.parse().unwrap_or_default(), after.len()),
        None => crate::dates::parse(text).map_or_else(|| Cell::text(text), Cell::Date),
    }
}

const MEASURES: &str = "tranche,measure,value,unit,support
,pool_principal,1000.00,yuan,with
A,loss,0.010000,share of notional,with
A,principal_paid,800.00,yuan,with
A,coverage,1.250000,times,with
A,first_shortfall_date,2024-01-01,date,with
A,yield,,a year,with
A,wal_years,2.000000,years,with";

#[test]
fn moves_are_measured_by_the_rule_and_put_in_order() {
    let after = MEASURES
        .replace("0.010000", "0.030000")
        .replace("800.00", "790.00")
        .replace("1.250000", "1.000000")
        .replace("2024-01-01", "2024-03-14")
        .replace("yield,,", "yield,0.040000,");
    let (old, new) =
        (record("a", "section,item,value", MEASURES), record("b", "section,item,value", &after));
    let found = changes(&old, &new).unwrap_or_default();
    let moves: Vec<(&str, f64)> = found
        .iter()
        .filter(|change| change.what.is_measure())
        .map(|change| (change.item.as_str(), change.size.unwrap_or(f64::NAN)))
        .collect();
    // 73 days of 365; 0.25 of 1.25; 2% of notional; 10 yuan of 1,000.
    // What becomes of the class stands before the rest.
    let wanted = [
        ("first_shortfall_date", 0.2),
        ("loss", 0.02),
        ("yield", 1.0),
        ("coverage", 0.2),
        ("principal_paid", 0.01),
    ];
    assert_eq!(moves.len(), wanted.len(), "{moves:?}");
    for ((item, size), (name, expected)) in moves.iter().zip(wanted) {
        assert_eq!(*item, name);
        assert!((size - expected).abs() < 1e-12, "{item}: {size}");
    }
    assert_eq!(found[0].what, What::Input);
}

/// A change that is the same with and without support is told once; one that is not, twice.
#[test]
fn what_moves_alike_is_one_row() {
    let both = "tranche,measure,value,unit,support\nA,coverage,1.50,times,with\n\
                A,coverage,1.50,times,without\nA,wal_years,2.000,years,with\n\
                A,wal_years,2.000,years,without";
    let after = both
        .replace("1.50,times", "1.20,times")
        .replace("2.000,years,with\n", "1.000,years,with\n");
    let (old, new) =
        (record("a", "section,item,value", both), record("b", "section,item,value", &after));
    let found = changes(&old, &new).unwrap_or_default();
    let measures: Vec<&Change> = found.iter().filter(|change| change.what.is_measure()).collect();
    let told: Vec<String> =
        rows(&measures, Lang::En).iter().map(|row| row[..5].join(" ")).collect();
    let wanted = ["A average life, years with 2.000 1.000", "A cash coverage any 1.50 1.20"];
    assert_eq!(told, wanted);
}

/// Of four pairs that are alike two are listed, others after: what changes is that three firms
/// are needed and what the pair that both list costs.
#[test]
fn sets_of_firms_are_compared_as_sets() {
    let header = "size,obligors,tranche,support,loss,supporter_paid,test,grade,paid_in_full,\
                  unpaid,note";
    let row = |size: u32, firms: &str, loss: &str, sets: u32| {
        format!(
            "\n{size},{firms},A,without,{loss},0.00,smallest set,,no,5.00,\
             sets of this size that hurt it: {sets}; no smaller set does"
        )
    };
    let of = |rows: [String; 2]| Table {
        name: "breakers.csv".to_owned(),
        ..record("x", &format!("{header}{}{}", rows[0], rows[1]), MEASURES).tables.remove(0)
    };
    let told = |before: [String; 2], after: [String; 2]| -> Vec<String> {
        let [old, new] = [before, after].map(|rows| {
            let plain = record("a", "section,item,value", MEASURES);
            Record { tables: vec![of(rows)], ..plain }
        });
        let found = changes(&old, &new).unwrap_or_default();
        let measures: Vec<&Change> = found.iter().collect();
        rows(&measures, Lang::En).iter().map(|row| row.join(" ")).collect()
    };
    let before = [row(2, "X;Y", "0.100000", 4), row(2, "X;Z", "0.100000", 4)];
    // The same sets in other places, then others of those that tie.
    let turned = [row(2, "Z;X", "0.100000", 4), row(2, "X;Y", "0.100000", 4)];
    assert_eq!(told(before.clone(), turned), Vec::<String>::new());
    let tied = [row(2, "V;W", "0.100000", 4), row(2, "X;Y", "0.100000", 4)];
    assert_eq!(told(before.clone(), tied), Vec::<String>::new());
    let dearer = [row(2, "X;Y", "0.120000", 3), row(2, "V;W", "0.110000", 3)];
    let wanted = [
        "A smallest set sets of that size without 4 3 -1 25.00%",
        "A smallest set (X, Y) loss without 10.0000% 12.0000% 2.0000 pp 2.00%",
    ];
    assert_eq!(told(before, dearer), wanted);
}

#[test]
fn a_critical_rate_moves_by_points_and_a_table_is_told_by_name() {
    let run = |rate: &str, hash: &str| {
        let critical = format!("scenario,tranche,support,critical\nall,A,without,{rate}");
        let table = record("a", &critical, MEASURES).tables.remove(0);
        Record {
            tables: vec![Table { name: "critical.csv".to_owned(), ..table }],
            ..record(hash, "section,item,value", MEASURES)
        }
    };
    let found = changes(&run("0.394063", "x"), &run("0.400063", "y")).unwrap_or_default();
    let told = |at: usize| rows(&[&found[at]], Lang::En)[0].join(" | ");
    assert_eq!(told(0), "deal.csv | its content changed | x | y");
    let wanted =
        "all A | critical default rate | without | 39.4063% | 40.0063% | 0.6000 pp | 0.60%";
    assert_eq!((found.len(), told(1).as_str()), (2, wanted));
}

#[test]
fn terms_come_go_and_repeat() {
    let old = "section,item,value\ndeal,vat,0.030000\ndeal,rate,1.00\n\
               scenario,default,L1\nscenario,default,L2";
    let new = "section,item,value\ndeal,vat,0.060000\nfee x,cap,5.00\n\
               scenario,default,L1\nscenario,default,L3";
    let found = changes(&record("a", old, MEASURES), &record("a", new, MEASURES));
    let told: Vec<String> = found
        .unwrap_or_default()
        .iter()
        .map(|change| {
            let (before, after) = (change.before.written(), change.after.written());
            format!("{} {} {}: {before} > {after}", change.what.word(), change.of, change.item)
        })
        .collect();
    let wanted = [
        "term deal vat: 0.030000 > 0.060000",
        "term deal rate: 1.00 > ",
        "term fee x cap:  > 5.00",
        "assumption scenario default: L2 > L3",
    ];
    assert_eq!(told, wanted);
}

#[test]
fn the_same_run_has_no_change_and_unlike_commands_none_either() {
    let run = record("a", "section,item,value", MEASURES);
    assert_eq!(changes(&run, &run), Ok(Vec::new()));
    let other = Record { command: "simulate".to_owned(), ..run.clone() };
    assert!(changes(&run, &other).is_err_and(|why| why.contains("two runs of one command")));
}
