//! The deals of `scenarios/` with loan-level covers: what only a bank's letters, an insurer's
//! policy or a risk pool does. Claims are worked out by hand.

use ipabs::engine::{CoverFlow, Flows};
use ipabs::input::{Loaded, faults_between_series};
use ipabs::num::{Decimal, Fen, yuan_of};
use ipabs::report::{Lang, run_files};

use crate::deals::date;
use crate::loaded::load;
use crate::structures::{changed, ran, ran_of, recovered};

fn sum(flows: &Flows, of: fn(&CoverFlow) -> Fen) -> Fen {
    flows.collections.covers.iter().map(of).sum()
}

/// By cover, in the order of the deal: called and paid in all.
fn by_cover(flows: &Flows, covers: usize) -> Vec<(Fen, Fen)> {
    let flows = || flows.collections.covers.iter();
    let of = |cover: usize| flows().filter(move |flow| flow.cover == cover);
    let both =
        |cover| (of(cover).map(|flow| flow.called).sum(), of(cover).map(|flow| flow.paid).sum());
    (0..covers).map(both).collect()
}

fn losses(flows: &Flows) -> Vec<Decimal> {
    flows.cells.tranches.iter().map(|cells| flows.closing()[cells.balance]).collect()
}

/// A share in percent of an amount above 0, half up.
fn percent(share: Fen, amount: Fen) -> Fen {
    (share * amount + 50) / 100
}

/// Default on 2024-06-17: 11.5 m at 3.92% owes interest of 46 days, 11 m at 3.97% of 44. The bank
/// pays both claims 15 business days on (8 July) and takes all that the pledges fetch a year later:
/// the loans bring their claims to the fen. A bank that has failed leaves what the notes are bare.
#[test]
fn letters_pay_claims_whole_and_leave_the_pledge_to_the_bank() {
    let deal = "weilai-programme/series-5";
    let runs = ran(deal, "two_largest_default");
    let bare = runs.bare.as_ref().unwrap();
    let claims = [1_150_000_000 + 5_681_315, 1_100_000_000 + 5_264_329];
    let flows = runs.with.collections.covers.iter().filter(|flow| flow.called > 0);
    let paid: Vec<_> = flows.map(|flow| (flow.loan, flow.date, flow.paid)).collect();
    let day = date("2024-07-08");
    assert_eq!(paid, [(2, day, claims[0]), (7, day, claims[1])]);
    let fetched = recovered(bare);
    assert!(fetched > 0);
    assert_eq!(sum(&runs.with, |flow| flow.taken), fetched);
    assert_eq!(recovered(&runs.with), claims[0] + claims[1]);
    // The sub bears the interest that the loans would have earned; bare, the senior class loses.
    assert!(losses(&runs.with)[0].is_zero() && losses(bare)[0] > Decimal::from(15_000_000));

    let failed = ran(deal, "bank_fails");
    assert_eq!(sum(&failed.with, |flow| flow.paid), 0);
    assert_eq!(losses(&failed.with), losses(failed.bare.as_ref().unwrap()));
    assert_eq!(recovered(&failed.with), fetched);
}

/// 8 m at 4.80% defaults 80 days after its last due date: 84,164.38 of interest. The insurer pays
/// 80% of claim - 200,000 - what the pledge fetched, 30 business days after the sale of 2025-07-15;
/// 30% of that once it has failed; nothing where the loan defaults in the waiting time.
#[test]
fn an_insurer_pays_its_share_above_the_deductible() {
    let runs = ran("insured", "one_default");
    let loss = 808_416_438 - 20_000_000 - recovered(runs.bare.as_ref().unwrap());
    let due = percent(80, loss);
    let line = |flow: &CoverFlow| (flow.date, flow.called, flow.paid, flow.taken);
    let lines: Vec<_> = runs.with.collections.covers.iter().map(line).collect();
    assert_eq!(lines, [(date("2025-08-26"), due, due, 0)]);
    let failed = ran("insured", "insurer_fails");
    assert_eq!(by_cover(&failed.with, 2), [(due, percent(30, due)), (0, 0)]);

    assert!(ran("insured", "waiting_time").with.collections.covers.is_empty());
    let (later, _) = changed("insured", "scenarios.csv", "2024-07-19", "2024-07-20");
    assert_eq!(ran_of(&later.unwrap(), "waiting_time").with.collections.covers.len(), 1);
}

/// The data right of the loan of 8 m, appraised at 2.88 m, is infringed a month before and loses
/// half of more than 2.7 m: less 50,000 that is above the limit of 600,000. These wait for the loan
/// and lessen the loss that pledge-guarantee cover bears, and the sale brings less by half of what
/// that right fetches. Where nobody defaults the insurer pays as much, and the plan sees nothing.
#[test]
fn infringement_cover_pays_into_the_pledge_and_never_for_a_default() {
    let runs = ran("insured", "infringement");
    let sold = recovered(runs.bare.as_ref().unwrap());
    let unhurt = recovered(ran("insured", "one_default").bare.as_ref().unwrap());
    assert!(sold < unhurt);
    let due = percent(80, 808_416_438 - 20_000_000 - 60_000_000 - sold);
    assert_eq!(by_cover(&runs.with, 2), [(due, due), (60_000_000, 60_000_000)]);
    assert_eq!(recovered(&runs.with), sold + 60_000_000 + due);

    // Were nothing sold, the cash would stay: 80% of what it leaves, and the cash.
    let unsold = sum(runs.unrecovered.as_ref().unwrap(), |flow| flow.paid);
    assert_eq!(unsold, percent(80, 808_416_438 - 20_000_000 - 60_000_000) + 60_000_000);

    let alone = ran("insured", "infringement_alone");
    let paid = |flows: &Flows| flows.collections.payouts.iter().map(|of| of.paid).sum::<Fen>();
    assert_eq!(paid(&alone.with), 60_000_000);
    assert_eq!(recovered(&alone.with), 0);
    assert_eq!(alone.with.rows, ran("insured", "no_default").with.rows);
}

/// The policy pays 12 m and not a fen more, in the order of the sales; without a limit it would pay
/// all that it is called for, and the classes would lose less by as much, or by all they lost.
#[test]
fn an_insurer_stops_at_its_limit() {
    let limited = ran("insured", "limit_reached").with;
    let flows: Vec<_> = limited.collections.covers.iter().collect();
    assert_eq!(flows.len(), 3);
    assert_eq!(sum(&limited, |flow| flow.paid), 1_200_000_000);
    assert_eq!(flows[0].paid, flows[0].called);
    assert!(flows[1].paid < flows[1].called && flows[2].called > 0);
    let (free, _) = changed("insured", "covers.csv", "\"12,000,000.00\"", "");
    let free = ran_of(&free.unwrap(), "limit_reached").with;
    assert_eq!(by_cover(&free, 1)[0].0, by_cover(&limited, 1)[0].0);
    assert_eq!(sum(&free, |flow| flow.paid), sum(&limited, |flow| flow.called));
    assert!(losses(&free)[0] < losses(&limited)[0]);
}

/// 20 m at 4% defaults after 138 days: 302,465.75 of interest. Fund, insurer and appraiser bear 54,
/// 16 and 4 parts in a hundred of what the pledge leaves, the lender 26. Two large defaults exhaust
/// each part exactly at its cap, and the lender bears the rest.
#[test]
fn a_risk_pool_exhausts_exactly_at_its_cap() {
    let one = ran("subsidy", "one_default");
    let loss = 2_030_246_575 - recovered(one.bare.as_ref().unwrap());
    let parts = [54, 16, 4].map(|share| (percent(share, loss), percent(share, loss)));
    assert_eq!(by_cover(&one.with, 3), parts);

    let two = ran("subsidy", "two_largest_default");
    let caps = [1_350_000_000, 400_000_000, 100_000_000];
    for ((called, paid), cap) in by_cover(&two.with, 3).into_iter().zip(caps) {
        assert!(called > cap && paid == cap, "{called} {paid} {cap}");
    }
    let fetched = recovered(two.bare.as_ref().unwrap());
    assert_eq!(recovered(&two.with), fetched + caps.iter().sum::<Fen>());
    // A fen more of cap is a fen more paid.
    let (more, _) = changed("subsidy", "covers.csv", "13,500,000.00", "13,500,000.01");
    let more = ran_of(&more.unwrap(), "two_largest_default").with;
    assert_eq!(by_cover(&more, 3)[0].1, caps[0] + 1);
}

/// A loan of 1 m at 4.35% of ACT/360 defaults 7 days after its last due date: 845.83 of
/// interest. Guarantor and bank share claim and pledge 80 to 20; the other loans have no cover. A
/// certificate is pledged again only once the first loan has matured.
#[test]
fn a_guarantor_shares_one_loan_and_its_pledge() {
    let runs = ran("data-ip-pledge/loans-2021", "one_default");
    let claim = 100_084_583;
    let fetched = recovered(runs.bare.as_ref().unwrap());
    assert_eq!(by_cover(&runs.with, 1), [(percent(80, claim), percent(80, claim))]);
    assert_eq!(sum(&runs.with, |flow| flow.taken), percent(80, fetched));
    let alone = ran("data-ip-pledge/loans-2021", "largest_default");
    assert!(alone.with.collections.covers.is_empty());
    assert_eq!(losses(&alone.with), losses(alone.bare.as_ref().unwrap()));

    let [first, second] = ["loans-2021", "renewal-2022"]
        .map(|series| (series, load(&format!("scenarios/data-ip-pledge/{series}"))));
    let check = |second: &Loaded, wanted: usize| {
        let found = faults_between_series(&[(first.0, &first.1), ("renewal-2022", second)]);
        assert_eq!(found.len(), wanted, "{found:?}");
    };
    check(&second.1, 0);
    let early = changed("data-ip-pledge/renewal-2022", "loans.csv", "2022-09-14", "2022-09-12");
    check(&early.0.unwrap(), 1);
}

/// What a summary says of the pledge is what pledges fetch, not what givers of covers pay; and
/// where nothing comes back, a cover of a loss still waits for the sale.
#[test]
fn the_pledge_is_told_from_the_covers() {
    let check = |deal: &str, scenario: &str, wanted: &[&str]| {
        let loaded = load(&format!("scenarios/{deal}"));
        let runs = ran_of(&loaded, scenario);
        let of = loaded.scenarios.iter().find(|of| of.name == scenario).unwrap();
        let files = run_files(&loaded.deal, &loaded.inputs, of, &runs, Lang::En, false);
        let page = files.iter().find(|(name, _)| name.as_str() == "summary.md").unwrap();
        let page = String::from_utf8_lossy(&page.1);
        for part in wanted {
            assert!(page.contains(part), "{deal}: {part} is not in {page}");
        }
        assert!(!page.contains("Nobody outside"), "{deal}");
        let days = |flows: &Flows| -> Vec<_> {
            let called = flows.collections.covers.iter().filter(|flow| flow.called > 0);
            called.map(|flow| (flow.loan, flow.cover, flow.date)).collect()
        };
        assert_eq!(days(&runs.with), days(runs.unrecovered.as_ref().unwrap()), "{deal}");
        runs
    };
    // What the bare run recovers by its last date, of the sale of one loan's rights.
    let bare = check("insured", "one_default", &["of the 8.00 million yuan that default"]).bare;
    let fetched = Lang::En.amount(yuan_of(recovered(&bare.unwrap())));
    check("insured", "one_default", &[&format!("The pledge brings {fetched} of")]);
    // Sold after the last distribution: too late for the notes.
    let bank = "The covers of single loans, by 浙川银行股份有限公司杭州分行, are worth 20.2";
    let none = "The pledge brings 0 yuan of the 22.50 million yuan that default";
    check("weilai-programme/series-5", "two_largest_default", &[bank, none]);
    check("subsidy", "two_largest_default", &["are worth 18.50 million yuan of principal"]);
}
