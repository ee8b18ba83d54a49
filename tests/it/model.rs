//! What simulation draws from, as the tables say it: default curves, correlations, value shocks.

use super::loaded::root;
use ipabs::input::{self, Loaded, Source, default_model};
use ipabs::scenario::{Copula, Recovery, RightAssumptions, ValueShocks};

const OBLIGORS: &str = "obligor,industry,region,group,rating,pd_1y,pd_3y\n\
                        苏州睿科,software,east,,,1%,4%\n杭州云图,biotech,east,,BBB,,\n";

/// The English deal with other tables.
fn folder(tables: &[(&str, &str)]) -> Vec<Source> {
    let mut sources = input::read_folder(&root().join("tests/data/good/english")).unwrap();
    for (name, text) in tables {
        sources.retain(|source| source.name != *name);
        sources.push(Source { name: name.to_string(), bytes: text.as_bytes().to_vec() });
    }
    sources
}

#[track_caller]
fn with(tables: &[(&str, &str)]) -> Loaded {
    let (loaded, problems, _) = input::assemble(&folder(tables));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    loaded.unwrap()
}

/// The deal's own terms, and one more.
fn terms(more: &str) -> String {
    let path = root().join("tests/data/good/english/deal.csv");
    format!("{}{more}", std::fs::read_to_string(path).unwrap())
}

#[track_caller]
fn close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-12, "{got} instead of {expected}");
}

#[test]
fn curves_are_a_firms_own_points_or_those_of_its_rating() {
    let supporters = "supporter,kind,rating,pd_1y\nS,shortfall,,0%\nT,insurer,no grade,\n";
    let commitments = "commitment,supporter,scope\nD,S,interest:A;principal:A\n";
    let tables = [
        ("obligors.csv", OBLIGORS),
        ("supporters.csv", supporters),
        ("commitments.csv", commitments),
    ];
    let loaded = with(&tables);
    let model = default_model(&loaded).unwrap();
    let by = |firm: usize, years: f64| model.curves[firm].cumulative(years);
    assert_eq!(model.curves.len(), 4);
    close(by(0, 1.0), 0.01);
    close(by(0, 3.0), 0.04);
    close(by(0, 2.0), 1.0 - (0.99_f64 * 0.96).sqrt());
    // Baa2.
    close(by(1, 5.0), 0.0158);
    // The supporter never defaults; the other one supports nothing.
    close(by(2, 30.0), 0.0);
    close(by(3, 30.0), 0.0);
    assert_eq!(loaded.pd_table.name, "moodys_idealised");
    let other = terms("pd_table,sp_global\n");
    let [obligors, supporters, commitments] = tables;
    let loaded = with(&[obligors, supporters, commitments, ("deal.csv", &other)]);
    close(default_model(&loaded).unwrap().curves[1].cumulative(10.0), 0.036_117);
}

#[test]
fn every_firm_without_a_curve_is_told_at_once() {
    let obligors = "obligor,rating,pd_1y,pd_5y\n苏州睿科,AA+级,,\n杭州云图,AA,100%,\n";
    let supporters = "supporter,kind\nS,shortfall\n";
    let commitments = "commitment,supporter,scope\nD,S,interest:A\n";
    let loaded = with(&[
        ("obligors.csv", obligors),
        ("supporters.csv", supporters),
        ("commitments.csv", commitments),
        ("scenarios.csv", "scenario,assumption,value\nbase,annual_default_rate,1%\n"),
    ]);
    let expected = [
        "obligors.csv: 苏州睿科 has neither pd_1y nor a rating that moodys_idealised knows: \
         simulate needs one of them",
        "obligors.csv: 杭州云图: pd_1y 100% makes no curve (want below 100%)",
        "supporters.csv: S has neither pd_1y nor a rating that moodys_idealised knows: \
         simulate needs one of them",
    ];
    assert_eq!(default_model(&loaded).unwrap_err(), expected);
}

/// Four firms, of which the last two are supporters and affiliates of one another.
const KIN: &str =
    "obligor,industry,region,group\n苏州睿科,software,east,\n杭州云图,software,west,\n";
const KIN_SUPPORTERS: &str = "supporter,kind,industry,region,group\n\
                              S,shortfall,finance,east,城投\nT,insurer,finance,west,城投\n";

fn correlated(table: &str, term: &str) -> Loaded {
    let deal = terms(term);
    let kin = [("obligors.csv", KIN), ("supporters.csv", KIN_SUPPORTERS), ("deal.csv", &deal)];
    match table {
        "" => with(&kin),
        _ => with(&[kin[0], kin[1], kin[2], ("correlation.csv", table)]),
    }
}

#[test]
fn correlations_are_as_the_table_says() {
    let check = |table: &str, expected: &[(usize, usize, f64)]| {
        let correlation = correlated(table, "").correlation;
        assert_eq!(correlation.loadings.len(), 4);
        for (one, other, value) in expected {
            close(correlation.between(*one, *other), *value);
        }
    };
    // Assumed: 5% for all, 10% for an industry, 2.5% for a region; affiliates default together.
    check("", &[(0, 1, 0.15), (0, 2, 0.075), (0, 3, 0.05), (1, 3, 0.075), (2, 3, 1.0)]);
    let shared = "same,correlation\nall,10%\n行业,20%\ngroup,0.3\n";
    check(shared, &[(0, 1, 0.3), (0, 2, 0.1), (2, 3, 0.6)]);
    check("same,correlation\nregion,10%\n", &[(0, 1, 0.0), (0, 2, 0.1), (2, 3, 1.0)]);
    // The firm's own weight before its industry's before its region's before that of all.
    let weights = "group,factor,weight\n全部,economy,0.2\neast,economy,0.3\n\
                   industry:software,economy,0.4\n苏州睿科,economy,-0.5\nsoftware,chips,0.6\n\
                   杭州云图,chips,0\n城投,own,0.9\n";
    check(weights, &[(0, 1, -0.2), (0, 2, -0.15), (1, 2, 0.12), (1, 3, 0.08), (2, 3, 1.0)]);
    let loaded = correlated(weights, "");
    assert_eq!(loaded.correlation.factors, ["economy", "chips", "own"]);
    assert_eq!(loaded.correlation.loadings[0], [(0, -0.5), (1, 0.6)]);
    assert_eq!(loaded.correlation.loadings[2], [(0, 0.3), (2, 0.9)]);
}

#[test]
fn the_copula_is_a_term_of_deal_csv() {
    assert_eq!(correlated("", "").correlation.copula, Copula::Gaussian);
    let student = correlated("same,correlation\nall,1%\n", "联结函数,学生t\n自由度,4.5\n");
    assert_eq!(student.correlation.copula, Copula::StudentT { degrees: 4.5 });
}

#[test]
fn value_shocks_that_are_not_named_stay_as_assumed() {
    let table = "scenario,assumption,name,value\nplain,cpr,,1%\nnamed,value_shock,行业,1.5\n\
                 named,value_shock,own,25%\nlater,like,,named\nlater,value_shock,all,0\n";
    let loaded = with(&[("scenarios.csv", table)]);
    let shocks: Vec<ValueShocks> = loaded
        .scenarios
        .iter()
        .map(|scenario| match &scenario.recovery {
            Recovery::Rights(RightAssumptions { shocks, .. }) => *shocks,
            Recovery::Flat { .. } => panic!("{} has rights", scenario.name),
        })
        .collect();
    let assumed = ValueShocks::ASSUMED;
    let named = ValueShocks { industry: 1.5, own: 0.25, ..assumed };
    assert_eq!(shocks, [assumed, named, ValueShocks { all: 0.0, ..assumed }]);
}

#[test]
fn a_firm_that_owes_and_supports_is_doubtful_unless_one_group_joins_it() {
    let warned = |group: &str| {
        let obligors = format!("obligor,group,pd_1y\n苏州睿科,{group},1%\n杭州云图,,1%\n");
        let supporters = format!("supporter,kind,group\n苏州睿科,risk_pool,{group}\n");
        let tables = [("obligors.csv", obligors.as_str()), ("supporters.csv", &supporters)];
        let (loaded, _, warnings) = input::assemble(&folder(&tables));
        let told = warnings.iter().any(|line| {
            line.starts_with("supporters.csv: 苏州睿科 is an obligor too: simulate takes them")
        });
        (told, loaded.unwrap().correlation.between(0, 2))
    };
    let (told, correlation) = warned("");
    assert!(told);
    close(correlation, 0.175);
    assert_eq!(warned("睿科"), (false, 1.0));
}
