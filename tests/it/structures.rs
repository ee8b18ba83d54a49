//! The deals of `scenarios/`: a property that only each deal's structure has.

use std::collections::BTreeSet;

use ipabs::analytics::borrowing::borrowers;
use ipabs::analytics::outcome::Figure;
use ipabs::asset::RightKind;
use ipabs::dates::{add_months, days};
use ipabs::deal::{Branch, Claim, Coupon, Limit};
use ipabs::engine::{Flows, Runs, Why, run_all};
use ipabs::input::{Loaded, Source, assemble, faults_between_series, read_folder, series_of};
use ipabs::num::{Decimal, Fen};
use tempfile::TempDir;

use crate::cli::{check, files};
use crate::deals::{date, rate};
use crate::loaded::{load, root};

/// One scenario of a deal, run.
pub fn ran(deal: &str, scenario: &str) -> Runs {
    ran_of(&load(&format!("scenarios/{deal}")), scenario)
}

/// A deal in one of whose tables a text is replaced by another, and its problems.
pub fn changed(deal: &str, file: &str, from: &str, to: &str) -> (Option<Loaded>, Vec<String>) {
    let mut sources = read_folder(&root().join("scenarios").join(deal)).unwrap();
    let source: &mut Source = sources.iter_mut().find(|source| source.name == file).unwrap();
    let text = String::from_utf8(source.bytes.clone()).unwrap();
    assert!(text.contains(from), "{deal}/{file} has no {from}");
    source.bytes = text.replace(from, to).into_bytes();
    let (loaded, problems, _) = assemble(&sources);
    (loaded, problems)
}

fn problems_with(deal: &str, file: &str, from: &str, to: &str) -> Vec<String> {
    changed(deal, file, from, to).1
}

/// One scenario of a deal that was read.
pub fn ran_of(loaded: &Loaded, scenario: &str) -> Runs {
    let found = loaded.scenarios.iter().find(|known| known.name == scenario).unwrap();
    run_all(&loaded.deal, &[found], || ()).unwrap().remove(0)
}

/// What a step moved in a row.
fn moved(flows: &Flows, row: usize, step: u32) -> Decimal {
    let of_row = flows.postings.iter().filter(|posting| posting.period == flows.start + row);
    let of_step = of_row.filter(|posting| posting.step.is_some_and(|(number, _)| number == step));
    of_step.map(|posting| posting.amount).sum()
}

/// The number of the step of the normal branch with this limit.
fn limited(deal: &str, limit: fn(Limit) -> bool) -> u32 {
    let loaded = load(&format!("scenarios/{deal}"));
    let mut steps = loaded.deal.steps().iter();
    let step = steps.find(|step| step.branch == Some(Branch::Normal) && limit(step.up_to));
    step.unwrap().number
}

/// 5% of all notes and of the lowest class are held: 4.9% of either is refused, 5% is not.
#[test]
fn retention_below_five_percent_is_refused() {
    let deal = "luqiao-credit-abs";
    let check = |from: &str, to: &str, wanted: &[&str]| {
        let found = problems_with(deal, "tranches.csv", from, to);
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (line, part) in found.iter().zip(wanted) {
            assert!(line.starts_with("deal.csv") && line.contains(part), "{line}");
        }
    };
    check("600,000.00", "600,000.00", &[]);
    // 4.0 + 0.4 + 0.5 m of 100 m; 0.5 m of 12 m is 4.1667%.
    check(
        "600,000.00",
        "500,000.00",
        &["holds 4.9% of all notes, 4900000.00 of 100000000.00", "holds 4.1667% of C"],
    );
    // One fen less than 5% of the lowest class, and of all notes.
    check("600,000.00", "599,999.99", &["of all notes", "of C"]);
    // All of the lowest class and nothing else: 12% in all.
    check("4,000,000.00", "0.00", &["holds 1% of all notes"]);
    let found = problems_with(deal, "tranches.csv", "\"400,000.00", "\"8,000,000.01");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("tranches.csv:3"), "{found:?}");
}

/// Income covers defaults up to what is recognised as such, not more: on dates on which something
/// has defaulted and the sub is still paid its income, the transfer is the cap to the fen.
#[test]
fn the_cap_on_what_income_gives_to_principal_binds() {
    let deal = "luqiao-credit-abs";
    let covers = limited(deal, |limit| limit == Limit::UncoveredDefaults);
    let sub = limited(deal, |limit| matches!(limit, Limit::RatePa { .. }));
    let flows = ran(deal, "cap_binds").with;
    let (mut given, mut bound) = (Decimal::ZERO, 0);
    for row in 0..flows.rows.len() {
        // Recognised 90 days after they fall due.
        let defaulted = flows.rows[row][flows.cells.recognised];
        let now = moved(&flows, row, covers);
        let lent = flows.rows[row][flows.cells.lent];
        let cap = (defaulted + lent - given).max(Decimal::ZERO);
        assert!(now <= cap, "row {row}: {now} above {cap}");
        if moved(&flows, row, sub) > Decimal::ZERO {
            assert_eq!(now, cap, "row {row}: income is left for the sub only above the cap");
            bound += usize::from(cap > Decimal::ZERO);
        }
        given += now + rest(&flows, row, deal);
    }
    assert!(bound >= 1, "the cap binds on no date");
}

/// What income gave to principal beyond its cover of defaults: it counts as moved too.
fn rest(flows: &Flows, row: usize, deal: &str) -> Decimal {
    let loaded = load(&format!("scenarios/{deal}"));
    let steps = loaded.deal.steps().iter().filter(|step| {
        step.up_to == Limit::Due && step.pay.iter().any(|claim| matches!(claim, Claim::Account(_)))
    });
    steps.map(|step| moved(flows, row, step.number)).sum()
}

/// After default nothing reaches B while a fen of A is unpaid.
#[test]
fn after_default_a_is_paid_strictly_before_b() {
    let flows = ran("luqiao-credit-abs", "collapse").with;
    let [a, b] = [0, 1].map(|class| flows.cells.tranches[class]);
    let mut rows = 0;
    for row in 1..flows.rows.len() {
        let open = !flows.before(row)[flows.cells.default].is_zero();
        if !open {
            continue;
        }
        rows += 1;
        let after = &flows.rows[row];
        let to_b = after[b.interest_paid] + after[b.principal_paid];
        let unpaid = after[a.balance] + after[a.interest];
        assert!(to_b.is_zero() || unpaid.is_zero(), "row {row}: {to_b} to B, {unpaid} of A unpaid");
    }
    assert!(rows >= 3, "{rows} dates after default");
    let interest = flows.postings.iter().filter(|posting| posting.why == Why::NoteInterest);
    assert!(interest.count() > 0);
}

/// The classes of 光盈2017-2 as published: 86.97%, 4.57% and 8.46% of the notes, and a legal
/// maturity three years past A's expected one.
#[test]
fn the_classes_of_guangying_are_as_published() {
    let loaded = load("scenarios/guangying-2017-2");
    let deal = &loaded.deal;
    let classes: Vec<i64> =
        deal.tranches().iter().map(|class| class.notional / 1_000_000).collect();
    assert_eq!(classes, [706_800, 37_100, 68_762]);
    assert_eq!(deal.tranches()[2].notional, 68_762_500_000);
    let all: i64 = deal.tranches().iter().map(|class| class.notional).sum();
    let share = |at: usize| (deal.tranches()[at].notional * 10_000 + all / 2) / all;
    assert_eq!([share(0), share(1), share(2)], [8_697, 457, 846]);
    let legal = ipabs::dates::add_months(deal.tranches()[0].expected_maturity, 36);
    assert_eq!(deal.terms().legal_maturity, legal);
}

const PROGRAMME: &str = "scenarios/weilai-programme";

/// The series of the programme, by name.
fn programme() -> Vec<(String, Loaded)> {
    let names = series_of(&root().join(PROGRAMME)).into_iter();
    names.map(|name| (name.clone(), load(&format!("{PROGRAMME}/{name}")))).collect()
}

fn notes(loaded: &Loaded) -> Fen {
    loaded.deal.tranches().iter().map(|class| class.notional).sum()
}

fn coupon(loaded: &Loaded) -> Decimal {
    match loaded.deal.tranches()[0].coupon {
        Coupon::Fixed(rate) => rate,
        _ => panic!("a fixed coupon"),
    }
}

/// By the fifth: 56 firm-times, 494 patents, over 5.5 亿; of 2023-11-17: 1.0 亿 at 3.25% over one
/// year, 10 firms, one ticket of 8 m, 64 patents; the sixth of 2024-03-08 has the lowest coupon.
#[test]
fn the_programme_has_its_published_counts() {
    let series = programme();
    assert_eq!(series.len(), 6);
    let first_five = || series[..5].iter().map(|(_, loaded)| loaded);
    assert_eq!(first_five().map(|of| of.deal.obligors().len()).sum::<usize>(), 56);
    let rights = || first_five().flat_map(|of| of.deal.rights());
    assert_eq!(rights().count(), 494);
    let patents = [RightKind::Invention, RightKind::UtilityModel];
    assert!(rights().all(|right| patents.contains(&right.kind)));
    let issued: Fen = first_five().map(notes).sum();
    assert!(issued > 55_000_000_000, "{issued}");
    let firms: BTreeSet<&str> =
        first_five().flat_map(|of| of.deal.obligors()).map(|firm| firm.name.as_str()).collect();
    assert!(firms.len() < 56, "firms come back under one name");

    let fifth = &series[4].1;
    let tickets: Vec<Fen> = fifth.deal.loans().iter().map(|loan| loan.principal).collect();
    assert_eq!((notes(fifth), coupon(fifth)), (10_000_000_000, rate("0.0325")));
    assert_eq!((fifth.deal.obligors().len(), fifth.deal.rights().len()), (10, 64));
    assert!(tickets.contains(&800_000_000));
    let terms = fifth.deal.terms();
    assert_eq!((terms.closing, terms.first_payment), (date("2023-11-17"), date("2024-11-17")));
    assert!(fifth.deal.commitments().is_empty(), "no state-owned supporter stands behind it");
    // 95,000,000 x 3.25% x 366 / 365.
    let flows = ran("weilai-programme/series-5", "no_default").with;
    let paid = flows.rows[0][flows.cells.tranches[0].interest_paid];
    assert_eq!(paid, rate("3095958.90"));

    assert_eq!(series[5].1.deal.terms().closing, date("2024-03-08"));
    let coupons: Vec<Decimal> = series.iter().map(|(_, loaded)| coupon(loaded)).collect();
    assert!(coupons.is_sorted_by(|one, next| one > next), "{coupons:?}");
}

/// A patent that is pledged in one series may come back once that one's loan has matured, and not
/// before; a firm is the same firm in all of them.
#[test]
fn series_do_not_contradict_each_other() {
    let series = programme();
    let check = |second: &Loaded, wanted: &[&str]| {
        let all: Vec<(&str, &Loaded)> = series
            .iter()
            .map(|(name, loaded)| (name.as_str(), if name == "series-2" { second } else { loaded }))
            .collect();
        let found = faults_between_series(&all);
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (line, part) in found.iter().zip(wanted) {
            assert!(line.contains(part), "{line}");
        }
    };
    check(&series[1].1, &[]);
    let titles = |at: usize| -> BTreeSet<&str> {
        let rights = series[at].1.deal.rights().iter();
        rights.filter_map(|right| right.title_no.as_deref()).collect()
    };
    assert!(!titles(0).is_disjoint(&titles(2)), "some patents are pledged again after a year");

    let (own, other) = (titles(1).first().copied().unwrap(), titles(0).first().copied().unwrap());
    let (twice, _) = changed("weilai-programme/series-2", "rights.csv", own, other);
    check(&twice.unwrap(), &["series-2/rights.csv: title_no"]);

    let firm = |at: usize| -> BTreeSet<&str> {
        series[at].1.deal.obligors().iter().map(|firm| firm.name.as_str()).collect()
    };
    let again = firm(0).intersection(&firm(1)).next().copied().unwrap();
    let known = series[1].1.deal.obligors().iter().find(|firm| firm.name == again).unwrap();
    let (row, moved) = (format!("{again},{},", known.industry), format!("{again},渔业,"));
    let (elsewhere, _) = changed("weilai-programme/series-2", "obligors.csv", &row, &moved);
    check(&elsewhere.unwrap(), &["series-2/obligors.csv: industry: "]);
}

/// A shelf is taken series by series, each into a folder of its name, as if it were run alone.
#[test]
fn a_shelf_is_run_series_by_series() {
    let desk = TempDir::new().unwrap();
    let shelf = root().join(PROGRAMME);
    let (shelf, at) = (shelf.to_str().unwrap(), desk.path());
    let lines = check(at, &["check", shelf, "--quiet"], 0, &["series-1: ", "series-6: "], &[]);
    // A line for the shelf, then one a series.
    assert_eq!(lines.out.lines().count(), 7, "{}", lines.out);
    check(at, &["show", shelf, "--quiet"], 0, &["firm-times", "494"], &[]);
    let one = "a shelf of 6 deals: name one, as in";
    check(at, &["stress", shelf, "--out", "none"], 2, &[], &[one]);
    check(at, &["size", shelf, "--target", "A", "--out", "none"], 2, &[], &[one]);
    let run = ["run", shelf, "--scenario", "base", "--quiet", "--out", "all"];
    check(at, &run, 0, &["series-1/base", "6 scenarios"], &[]);
    // What lies there is ours, and is replaced.
    check(at, &run, 0, &["6 scenarios"], &[]);
    let third = format!("{shelf}/series-3");
    check(at, &["run", &third, "--scenario", "base", "--quiet", "--out", "one"], 0, &[], &[]);
    assert_eq!(files(&at.join("all/series-3")), files(&at.join("one")));
    assert_eq!(std::fs::read_dir(at.join("all")).unwrap().count(), 6);

    let simulate = |of: &str, out: &str| {
        let args = ["simulate", of, "--paths", "512", "--quiet", "--out", out];
        check(at, &args, 0, &[], &[]);
    };
    simulate(shelf, "drawn");
    simulate(&third, "drawn-alone");
    assert_eq!(files(&at.join("drawn/series-3")), files(&at.join("drawn-alone")));
    let none = ["run", shelf, "--scenario", "supporter_fails", "--quiet", "--out", "none"];
    check(at, &none, 2, &[], &["no scenario 'supporter_fails'"]);
    assert!(!at.join("none").exists());
}

/// What comes back in all.
pub fn recovered(flows: &Flows) -> Fen {
    flows.collections.rows.iter().map(|row| row.recovered).sum()
}

/// Both firms default in 2024 and their certificates end in June 2025, before the sales in August
/// and September of that year: nothing comes back of the one, and of the other what its renewed
/// certificate is worth: 11.68 m x 0.8^(838 days / 365) x 10% x 90%.
#[test]
fn a_certificate_that_has_lapsed_brings_nothing() {
    let deal = "binjiang-abn-2023";
    let flows = ran(deal, "lapsed_certificates").with;
    let worth = 1_168_000_000.0 * 0.8_f64.powf(838.0 / 365.0) * 0.1 * 0.9;
    assert!((recovered(&flows) as f64 - worth).abs() < 2.0, "{} {worth}", recovered(&flows));
    let (lapsed, _) = changed(deal, "rights.csv", ",yes", ",no");
    assert_eq!(recovered(&ran_of(&lapsed.unwrap(), "lapsed_certificates").with), 0);
    // A patent's term is not renewed.
    let found = problems_with(deal, "rights.csv", ",2016-08-21,,,,no", ",2016-08-21,,,,yes");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("renewed: the term of invention is not renewed"), "{found:?}");
}

/// 12 firms, 1.02 亿; each data right has a number of evidence and its issuer, recorded and shown.
#[test]
fn evidence_and_issuer_are_recorded_and_shown() {
    let loaded = load("scenarios/binjiang-abn-2023");
    let deal = &loaded.deal;
    assert_eq!((deal.obligors().len(), notes(&loaded)), (12, 10_200_000_000));
    let data = deal.rights().iter().filter(|right| right.kind == RightKind::Data);
    for right in data.clone() {
        assert!(right.evidence.is_some() && right.issuer.is_some(), "{}", right.name);
    }
    let ending = data.clone().filter(|right| !right.lives_on(date("2025-06-27"))).count();
    assert!(ending >= 3, "{ending} certificates end in the life of their loans");
    let last = data.clone().next_back().unwrap();
    let words = [last.evidence.as_deref().unwrap(), last.issuer.as_deref().unwrap()];
    check(&root(), &["show", "scenarios/binjiang-abn-2023", "--quiet"], 0, &words, &[]);
    let desk = TempDir::new().unwrap();
    let folder = root().join("scenarios/binjiang-abn-2023");
    let run = ["run", folder.to_str().unwrap(), "--scenario", "base", "--quiet", "--out", "out"];
    check(desk.path(), &run, 0, &[], &[]);
    let terms = std::fs::read_to_string(desk.path().join("out/base/terms.csv")).unwrap();
    assert!(words.iter().all(|word| terms.contains(word)));
}

/// 11 firms, 140 patents, 3.01 亿, 4.00%; no loan has an interest rate: each contract's price is
/// the value of its fees at the rate they are split at, simple interest from fee to fee.
#[test]
fn fees_are_worth_their_price() {
    let loaded = load("scenarios/licence-fee");
    let deal = &loaded.deal;
    assert_eq!((deal.obligors().len(), deal.rights().len()), (11, 140));
    assert_eq!((notes(&loaded), coupon(&loaded)), (30_100_000_000, rate("0.0400")));
    for loan in deal.loans() {
        let ipabs::asset::LoanRate::Fixed(yields) = loan.rate else { panic!("{}", loan.name) };
        let yields: f64 = yields.to_string().parse().unwrap();
        assert!((0.05..0.065).contains(&yields), "{}: {yields}", loan.name);
        let (mut value, mut discount, mut start) = (0.0, 1.0, deal.terms().cutoff);
        for due in &loan.dues {
            discount *= 1.0 + yields * days(start, due.date) as f64 / 365.0;
            value += (due.principal + due.interest.unwrap()) as f64 / discount;
            start = due.date;
        }
        assert!((value - loan.principal as f64).abs() < 20.0, "{}: {value}", loan.name);
        assert_eq!(loan.dues.iter().map(|due| due.principal).sum::<Fen>(), loan.principal);
    }
}

/// Sales bring max(least fee, share x sales): the pool's interest rises by what is above the least
/// fee, and not a fen less comes in where sales are weak.
#[test]
fn the_least_licence_fee_binds() {
    let loaded = load("scenarios/licence-fee");
    let deal = &loaded.deal;
    let interest = |scenario: &str| -> Fen {
        ran_of(&loaded, scenario).with.collections.rows.iter().map(|row| row.interest).sum()
    };
    let strong = loaded.scenarios.iter().find(|known| known.name == "strong_sales").unwrap();
    let (mut above, mut bound) = (0, 0);
    for &(loan, day, sales) in &strong.sales {
        let loan = &deal.loans()[loan];
        let share = loan.licence.unwrap().sales_share.unwrap();
        let due = loan.dues.iter().find(|due| due.date == day).unwrap();
        let least = due.principal + due.interest.unwrap();
        // Shares of whole 10,000 yuan are whole fen.
        let of_sales: Fen =
            (Decimal::from(sales) * share).to_string().parse::<f64>().unwrap() as Fen;
        above += (of_sales - least).max(0);
        bound += usize::from(of_sales < least);
    }
    assert_eq!(strong.sales.len(), 36);
    assert!(bound >= 9 && above > 0, "{bound} fees at the least, {above} above");
    assert_eq!(interest("strong_sales") - interest("no_default"), above);
    let desk = TempDir::new().unwrap();
    let folder = root().join("scenarios/licence-fee");
    let args = ["simulate", folder.to_str().unwrap(), "--scenario", "strong_sales", "--out", "out"];
    check(
        desk.path(),
        &args,
        2,
        &[],
        &["sales of licensees are simulated by their sales_shock alone"],
    );
}

/// A licence ends with the last of its patents: fees beyond are refused. And what is no licence has
/// no fee, what is one no interest of its own.
#[test]
fn fees_beyond_the_patents_are_refused() {
    let deal = "licence-fee";
    let loaded = load("scenarios/licence-fee");
    let last = loaded.deal.loans().last().unwrap();
    let at = loaded.deal.loans().len() - 1;
    let mut sources = read_folder(&root().join("scenarios").join(deal)).unwrap();
    let rights = sources.iter_mut().find(|source| source.name == "rights.csv").unwrap();
    let text = String::from_utf8(rights.bytes.clone()).unwrap();
    let ended = |line: &str| match line.contains(&format!(",{},", last.name)) {
        // An invention of 2002-08-08 ends on the day of the last fee.
        true => {
            let mut cells: Vec<&str> = line.split(',').collect();
            *cells.last_mut().unwrap() = "2002-08-08";
            cells[2] = "invention";
            cells.join(",")
        }
        false => line.to_owned(),
    };
    rights.bytes = text.lines().map(ended).collect::<Vec<_>>().join("\n").into_bytes();
    let found = assemble(&sources).1;
    assert_eq!(found.len(), 1, "{found:?}");
    let place = format!("loans.csv:{}: maturity_date: {}", at + 2, last.name);
    assert!(found[0].starts_with(&place) && found[0].contains("2022-08-08"), "{found:?}");
    assert_eq!(add_months(date("2002-08-08"), 240), last.maturity);

    let found = problems_with(deal, "dues.csv", "fee\n", "principal\n");
    let first = "dues.csv:2: principal: of a licence, whose fees are split (leave it blank)";
    assert_eq!(found[0], first);
}

/// By hand, of the firm with one loan of 20 m at 4.00% from 2024-04-24 to 2025-04-24, all at
/// maturity (365 days): it gets 20 m less 30,000 of appraisal and 0.3% of arrangement, and pays
/// 20.8 m and 1% for its guarantee; the district gives 3%, that is 600,000, of which 500,000 is the
/// cap. Interest alone is 4%; all in 21,000,000 / 19,910,000 - 1; net 20,500,000 / 19,910,000 - 1.
#[test]
fn what_borrowing_costs_after_a_capped_subsidy() {
    let loaded = load("scenarios/subsidy");
    let all = borrowers(&loaded.deal);
    let first = &all[0];
    assert_eq!((first.principal, first.interest), (2_000_000_000, 80_000_000));
    assert_eq!(
        (first.fees, first.guarantee_fees, first.appraisal),
        (6_000_000, 20_000_000, 3_000_000)
    );
    assert_eq!(first.subsidy, 50_000_000);
    let check = |found: &Figure, wanted: f64| {
        let value = found.value.unwrap();
        assert!((value - wanted).abs() < 1e-9, "{value} {wanted}");
    };
    check(&first.interest_pa, 0.04);
    check(&first.gross_pa, 21_000.0 / 19_910.0 - 1.0);
    check(&first.net_pa, 20_500.0 / 19_910.0 - 1.0);
    // Two loans of 10 m have one cap: 3% of both would be 600,000.
    assert_eq!(all[1].subsidy, 50_000_000);
    // 1% a year of 10 m is below the cap; of 25 m it is 250,000, in 2024 91 + 92 days of it:
    // 125,342.47, in 2025 92 + 90 days, each instalment rounded to the fen. A cap of 100,000 holds
    // in each of the years.
    assert_eq!(all[3].subsidy, 10_000_000);
    assert_eq!(all[4].subsidy, 25_000_001);
    let (tight, _) = changed("subsidy", "costs.csv", "\"200,000.00\"", "\"100,000.00\"");
    assert_eq!(borrowers(&tight.unwrap().deal)[4].subsidy, 20_000_000);
    let (pool, firms) = all.split_last().unwrap();
    assert_eq!((pool.obligor, firms.len()), (None, 9));
    assert_eq!(pool.subsidy, firms.iter().map(|firm| firm.subsidy).sum::<Fen>());
    for firm in &all {
        let [net, gross] = [&firm.net_pa, &firm.gross_pa].map(|figure| figure.value.unwrap());
        assert!(net < gross && gross > firm.interest_pa.value.unwrap());
    }
    // No caps at all: the first firm gets its 600,000.
    let (free, _) = changed("subsidy", "costs.csv", "\"500,000.00\"", "");
    assert_eq!(borrowers(&free.unwrap().deal)[0].subsidy, 60_000_000);
}

/// Subsidies are the borrower's: without costs.csv every run is the same.
#[test]
fn a_subsidy_never_enters_the_plan() {
    let with = load("scenarios/subsidy");
    let mut sources = read_folder(&root().join("scenarios/subsidy")).unwrap();
    sources.retain(|source| source.name != "costs.csv");
    let without = assemble(&sources).0.unwrap();
    assert!(borrowers(&without.deal).is_empty());
    for scenario in ["base", "two_largest_default"] {
        let [one, other] = [&with, &without].map(|loaded| ran_of(loaded, scenario));
        assert_eq!(one.with.rows, other.with.rows);
        assert_eq!(one.with.postings.len(), other.with.postings.len());
    }
}
