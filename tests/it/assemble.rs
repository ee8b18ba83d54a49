//! Deal folders that are right: each becomes a deal, and its scenarios run.

use super::auditor::audit;
use super::lanes::check_lanes;
use super::loaded::{deal_folders, load, root};
use ipabs::deal::CoverPays;
use ipabs::engine::{Support, run};
use ipabs::input::{self, Loaded, Source};

#[test]
fn every_deal_of_this_repository_is_read_and_runs() {
    let mut count = 0;
    for folder in deal_folders() {
        count += 1;
        let loaded = load(&folder);
        assert!(!loaded.scenarios.is_empty());
        for scenario in &loaded.scenarios {
            for support in [Support::With, Support::Without] {
                let flows = run(&loaded.deal, scenario, support);
                audit(&loaded.deal, &flows.unwrap_or_else(|breach| panic!("{folder}: {breach}")));
                check_lanes(&loaded.deal, scenario, support);
            }
        }
    }
    assert!(count >= 11, "{count} deals");
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
    let english = load("tests/data/good/english");
    for other in ["chinese", "bom"] {
        let other = load(&format!("tests/data/good/{other}"));
        assert_eq!(format!("{:?}", english.deal), format!("{:?}", other.deal));
        assert_eq!(format!("{:?}", english.scenarios), format!("{:?}", other.scenarios));
        assert_ne!(english.inputs, other.inputs);
    }
}

/// The English deal with further tables, its scenarios left out.
fn begun_with(tables: &[(&str, &str)]) -> Vec<Source> {
    let mut sources = input::read_folder(&root().join("tests/data/good/english")).unwrap();
    sources.retain(|source| source.name != "scenarios.csv");
    for (name, text) in tables {
        sources.push(Source { name: name.to_string(), bytes: text.as_bytes().to_vec() });
    }
    sources
}

#[track_caller]
fn assembled(tables: &[(&str, &str)]) -> (Loaded, Vec<String>) {
    let (loaded, problems, mut warnings) = input::assemble(&begun_with(tables));
    // The deal may outlive the table of holidays, which is not what these tests are about.
    warnings.retain(|line| !line.contains("holidays are known to"));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    (loaded.unwrap(), warnings)
}

/// What a deal pays from its second date on does not depend on whether its life is told from the
/// beginning or from where it stands after the first.
#[test]
fn a_deal_goes_on_from_its_state_as_if_never_stopped() {
    let (whole, _) = assembled(&[]);
    let flows = run(&whole.deal, &whole.scenarios[0], Support::Without).unwrap();
    let (row, cells) = (&flows.rows[0], &flows.cells);
    let notes = [row[cells.tranches[0].balance], row[cells.tranches[1].balance]];
    let state = format!(
        "item,name,value\nas_of_date,,{}\nnote_balance,A,{}\nnote_balance,C,{}\naccount,plan,{}\n",
        flows.period(0).payment,
        notes[0],
        notes[1],
        row[cells.accounts[0]],
    );
    let (rest, _) = assembled(&[("state.csv", &state)]);
    let later = run(&rest.deal, &rest.scenarios[0], Support::Without).unwrap();
    assert_eq!(later.start, 1);
    assert!(later.postings.len() > 5);
    assert!(flows.postings.ends_with(&later.postings));
}

/// L1 pays 5% on 600,000 by ACT/365, L2 repays 100,000 a quarter with 5.5% / 4 on what is left.
#[test]
fn actual_payments_decide_what_a_loan_still_owes() {
    let state = "item,name,value\nas_of_date,,2024-07-15\n\
                 note_balance,A,700000.00\nnote_balance,C,100000.00\n";
    let check = |rows: &str, want: [i64; 2], warned: bool| {
        let actuals = format!("loan,date,paid\n{rows}");
        let (loaded, warnings) = assembled(&[("state.csv", state), ("actuals.csv", &actuals)]);
        let left: Vec<i64> = loaded.deal.loans().iter().map(|loan| loan.principal).collect();
        assert_eq!(left, want, "{rows}");
        assert_eq!(!warnings.is_empty(), warned, "{warnings:?}");
    };
    let by_contract = "L1,2024-03-01,7479.45\nL1,2024-06-01,7561.64\n\
                       L2,2024-02-15,105500.00\nL2,2024-05-15,104125.00\n";
    check(by_contract, [60_000_000, 20_000_000], false);
    // Nothing paid; all owed.
    check("", [60_000_000, 40_000_000], false);
    // A day late, and the whole instalment early: the same in the end.
    let shifted = "L1,2024-03-02,7479.45\nL2,2024-02-01,105500.00\nL2,2024-05-20,104125.00\n";
    check(shifted, [60_000_000, 20_000_000], false);
    // 50,000.00 more than is due is prepaid; the next interest is 5.5% / 4 on 250,000.00.
    let more = "L2,2024-02-15,155500.00\nL2,2024-05-15,103437.50\n";
    check(more, [60_000_000, 15_000_000], false);
    check("L1,2024-07-10,600000.00\n", [60_000_000, 40_000_000], true);
}

#[test]
fn what_is_doubtful_is_said_and_no_obstacle() {
    let steps = "step,from,pay\n1,plan,tax\n2,plan,fees\n3,plan,interest:A\n\
                 4,plan,principal:C\n5,plan,principal:A\n6,plan,residual\n";
    let (_, warnings) = assembled(&[("waterfall.csv", steps)]);
    let expected = ["waterfall.csv:5: pay: C is repaid before A, which ranks above it".to_string()];
    assert_eq!(warnings, expected);
}

#[test]
fn a_missing_table_is_told_and_not_what_follows_from_it() {
    let mut sources = input::read_folder(&root().join("scenarios/yuhang-2021")).unwrap();
    sources.retain(|source| source.name != "tranches.csv");
    let (_, problems, warnings) = input::assemble(&sources);
    assert_eq!(problems, ["tranches.csv: the folder has no such table"]);
    assert!(!warnings.iter().any(|line| line.starts_with("waterfall.csv")), "{warnings:?}");
}

#[test]
fn covers_are_read_with_the_ways_of_their_givers() {
    let supporters = "supporter,kind,pd_1y\nP,risk_pool,1%\nB,bank_letter,2%\nC,shortfall,\n";
    let covers = "增信,贷款,增信方,赔付方式,分担比例,总上限,免赔额,赔付工作日,等待期（月）,截止日\n\
                  first,L2;L1,P,,40%,20万元,\"1,000\",10,3,2025-01-31\n\
                  second,全部,B,,20%,,,,,\nthird,L1,B,损失补偿,0.4,,,,,2024-12-26\n";
    // Four weeks after Sunday 2024-12-01.
    let late = "covers.csv:4: end_date: 2024-12-26 is before a default of L1 at its maturity \
                could be paid: 2024-12-27, 20 business days later";
    let tables = [("supporters.csv", supporters), ("covers.csv", covers)];
    let (loaded, warnings) = assembled(&tables);
    let idle = "supporters.csv:4: supporter: gives no commitment and no cover: it supports nothing";
    assert_eq!(warnings, [late, idle]);
    let covers = loaded.deal.covers();
    let first = &covers[0];
    assert_eq!((first.name.as_str(), &first.loans[..], first.supporter), ("first", &[0, 1][..], 0));
    assert_eq!(first.share.to_string(), "0.4");
    assert_eq!((first.cap_total, first.deductible), (Some(20_000_000), 100_000));
    assert_eq!((first.lag_business_days, first.waiting_months), (10, 3));
    assert_eq!(first.end.map(|day| day.to_string()).as_deref(), Some("2025-01-31"));
    let second = &covers[1];
    assert_eq!(
        (second.share.to_string().as_str(), second.cap_total, second.end),
        ("0.2", None, None)
    );
    assert_eq!((second.deductible, second.lag_business_days, second.waiting_months), (0, 20, 0));
    let pays: Vec<CoverPays> = covers.iter().map(|cover| cover.pays).collect();
    assert_eq!(pays, [CoverPays::OnLoss, CoverPays::OnClaim, CoverPays::OnLoss]);
    // Givers of covers need a default curve, whoever gives nothing does not.
    assert!(input::default_model(&loaded).is_ok());
    let whole = "cover,loans,supporter\na,all,P\n";
    let capacity = "supporter,kind,paying_capacity\nP,risk_pool,1000000\n";
    let commits = "commitment,supporter,scope\nD,P,interest:A\n";
    let tables =
        [("supporters.csv", capacity), ("covers.csv", whole), ("commitments.csv", commits)];
    let (loaded, warnings) = assembled(&tables);
    assert_eq!(loaded.deal.covers()[0].share.to_string(), "1");
    let shared = "supporters.csv: P: a paying_capacity that covers and commitments share is not \
                  modelled yet";
    assert_eq!(warnings, [shared.to_string()]);
}

/// The usual accounts and order of payment of every structure hold together.
#[test]
fn every_structure_brings_what_its_tables_leave_out() {
    let deal = "name,x\ncutoff_date,2024-01-01\nclosing_date,2024-01-15\n\
                first_payment_date,2024-04-15\npayment_frequency,quarterly\n";
    let triggers = "trigger,measure,level,effect\nlosses,cumulative_default_rate,5%,acceleration\n\
                    late,interest_unpaid:A,,default\n";
    let supporters = "supporter,kind\nS,shortfall\n";
    let commitments = "commitment,supporter,scope,cap_share\nD,S,interest:A;principal:A,10%\n";
    for structure in ["special_plan", "abn_trust", "credit_trust", "licence"] {
        let deal = format!("key,value\n{deal}structure,{structure}\n");
        let mut sources = begun_with(&[
            ("triggers.csv", triggers),
            ("supporters.csv", supporters),
            ("commitments.csv", commitments),
        ]);
        sources.retain(|source| source.name != "deal.csv");
        let bytes = deal.into_bytes();
        sources.push(Source { name: "deal.csv".to_string(), bytes });
        let (loaded, problems, _) = input::assemble(&sources);
        assert!(problems.is_empty(), "{structure}: {}", problems.join("\n"));
        let loaded = loaded.unwrap();
        let deal = &loaded.deal;
        // L1 matures 2024-12-01, before the calculation date of 2025-01-15; two years later.
        assert_eq!(deal.tranches()[0].expected_maturity.to_string(), "2025-01-15");
        assert_eq!(deal.terms().legal_maturity.to_string(), "2027-01-15");
        assert_eq!(deal.terms().purchase_price, 100_000_000);
        assert_eq!(deal.commitments()[0].cap_total, Some(9_000_000));
        assert!(run(deal, &loaded.scenarios[0], Support::With).is_ok(), "{structure}");
    }
}

/// Tables that the English deal may have besides its own.
const MORE: &[(&str, &str)] = &[
    ("scenarios.csv", "scenario,assumption,name,date,value\nbase,value_shock,own,,0.2\n"),
    ("supporters.csv", "supporter,kind,pd_1y,pd_5y\nS,shortfall,1%,2%\nB,bank_letter,,3%\n"),
    ("commitments.csv", "commitment,supporter,scope,cap_share\nD,S,fees;interest:A,10%\n"),
    (
        "covers.csv",
        "cover,loans,supporter,share,end_date\nK,L1;L2,B,50%,2024-12-31\nM,all,B,50%,\n",
    ),
    ("correlation.csv", "group,factor,weight\nall,economy,0.3\nsoftware,chips,0.4\n"),
    (
        "accounts.csv",
        "account,kind,opening,target_share,target_of\nplan,plan,,,\n\
                      kept,reserve,100.00,1%,notes\n",
    ),
    ("triggers.csv", "trigger,measure,level,effect\nE,cumulative_default_rate,5%,acceleration\n"),
    ("plan.csv", "tranche,date,target_balance\nC,2024-07-15,50000.00\n"),
    (
        "waterfall.csv",
        "step,branch,from,pay,up_to,when\n1,all,plan,tax;fees,,\n\
                       2,all,plan,interest:A,,\n3,all,plan,account:kept,,no event E\n\
                       4,all,plan,principal:senior,,\n5,all,plan,principal:C;residual,,\n",
    ),
    (
        "state.csv",
        "item,name,value\nas_of_date,,2024-07-15\nnote_balance,A,700000.00\n\
                   note_balance,C,100000.00\n",
    ),
    ("actuals.csv", "loan,date,paid\nL1,2024-03-01,7479.45\nL2,2024-02-15,105500.00\n"),
];

/// Whatever stands in a table, reading it ends, and with a deal only if there is no problem.
#[test]
fn no_byte_of_a_table_can_stop_the_reading() {
    let (loaded, problems, _) = input::assemble(&begun_with(MORE));
    assert!(loaded.is_some(), "{}", problems.join("\n"));
    let check = |sources: &[Source]| {
        let (loaded, problems, _) = input::assemble(sources);
        assert_eq!(loaded.is_none(), !problems.is_empty());
    };
    let yuhang = input::read_folder(&root().join("scenarios/yuhang-2021")).unwrap();
    let mut turn = 0_usize;
    for sources in [yuhang, begun_with(MORE)] {
        for table in 0..sources.len() {
            let length = sources[table].bytes.len();
            for at in (0..length).step_by(1 + length / 50) {
                let mut changed = sources.clone();
                let bytes = &mut changed[table].bytes;
                turn += 1;
                match turn % 5 {
                    0 => bytes[at] = b'9',
                    1 => bytes[at] = b',',
                    2 => drop(bytes.remove(at)),
                    3 => bytes.insert(at, b';'),
                    _ => bytes[at] = b'\n',
                }
                check(&changed);
            }
            let text = String::from_utf8(sources[table].bytes.clone()).unwrap();
            for line in 0..text.lines().count().min(40) {
                let kept = text.lines().enumerate().filter(|(at, _)| *at != line);
                let kept: Vec<&str> = kept.map(|(_, line)| line).collect();
                let mut changed = sources.clone();
                changed[table].bytes = kept.join("\n").into_bytes();
                check(&changed);
            }
            let mut fewer = sources.clone();
            fewer.remove(table);
            check(&fewer);
        }
    }
}

/// A cell that cannot be read is one problem, where it is, and no other table is blamed for it.
#[test]
fn a_bad_cell_gives_no_false_alarm() {
    let mid_life = begun_with(MORE);
    let mut fresh = mid_life.clone();
    fresh.retain(|source| !matches!(source.name.as_str(), "state.csv" | "actuals.csv"));
    let yuhang = input::read_folder(&root().join("scenarios/yuhang-2021")).unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for sources in [mid_life, fresh, yuhang] {
        for (table, source) in sources.iter().enumerate() {
            let text = std::str::from_utf8(&source.bytes).unwrap();
            let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
            for (row, cells) in rows.iter().enumerate().skip(1).filter(|(row, _)| row % 7 < 4) {
                for column in 0..cells.len() {
                    if cells[column].is_empty() || cells.iter().any(|cell| cell.contains('"')) {
                        continue;
                    }
                    let mut changed = rows.clone();
                    changed[row][column] = "=x";
                    let lines: Vec<String> = changed.iter().map(|cells| cells.join(",")).collect();
                    let mut bad = sources.clone();
                    bad[table].bytes = lines.join("\n").into_bytes();
                    let (_, mut problems, _) = input::assemble(&bad);
                    let place = format!("{}:{}: ", source.name, row + 1);
                    let missing = |line: &String| line.contains("is missing");
                    problems.retain(|line| !(line.starts_with(&source.name) && missing(line)));
                    if problems.len() != 1 || !problems[0].starts_with(&place) {
                        wrong.push(format!("{place}{column}\n{}", problems.join("\n")));
                    }
                    count += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 500, "{count} cells");
}
