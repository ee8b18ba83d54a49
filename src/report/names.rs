//! What the parts of a deal are called in tables: the words of the input, so that a table can be
//! read next to it.
use crate::asset::LprTenor;
use crate::deal::{
    Amortisation, Branch, Claim, Condition, Coupon, Deal, Effect, Limit, Measure, Seniority, Split,
    Step,
};
use crate::engine::{Event, Party, Posting, Why, account_name};
use crate::num::{Decimal, yuan_of};
use crate::report::Lang;

/// Who pays or is paid: an account, or an outside party.
pub fn party(deal: &Deal, party: Party) -> String {
    match party {
        Party::Account(at) => account_name(deal, at),
        Party::Pool => "pool".to_owned(),
        Party::Originator => deal.terms().originator.clone(),
        Party::Holders(at) => format!("holders {}", deal.tranches()[at].name),
        Party::Payee(at) => deal.fees()[at].payee.clone(),
        Party::TaxOffice => "tax".to_owned(),
        Party::Registrar => "registrar".to_owned(),
        Party::Supporter(at) => supporter(deal, at),
        Party::Giver(at) => giver(deal, at),
        Party::Bank => "bank".to_owned(),
    }
}

/// The word of the input.
pub fn class_kind(of: Seniority) -> &'static str {
    match of {
        Seniority::Senior => "senior",
        Seniority::Mezzanine => "mezzanine",
        Seniority::Subordinate => "sub",
    }
}

/// The supporter behind a commitment.
pub fn supporter(deal: &Deal, commitment: usize) -> String {
    deal.supporters()[deal.commitments()[commitment].supporter].name.clone()
}

/// The supporter that gives a cover.
pub fn giver(deal: &Deal, cover: usize) -> String {
    deal.supporters()[deal.covers()[cover].supporter].name.clone()
}

/// Why cash moved, with the step that moved it.
pub fn why(deal: &Deal, posting: &Posting) -> String {
    let promise = match (posting.from, posting.to) {
        (Party::Supporter(at), _) | (_, Party::Supporter(at)) => Some(&deal.commitments()[at].name),
        (Party::Giver(at), _) | (_, Party::Giver(at)) => Some(&deal.covers()[at].name),
        _ => None,
    };
    let of = |word: &str| match promise {
        Some(name) => format!("{word} {name}"),
        None => word.to_owned(),
    };
    let claimed = posting.step.map(|(_, claim)| spoken(deal, claim));
    let claimed = claimed.unwrap_or_default();
    let text = match posting.why {
        Why::NoteProceeds => "note proceeds".to_owned(),
        Why::PurchasePrice => "purchase price".to_owned(),
        Why::Funding => "funding at closing".to_owned(),
        Why::Interest => "interest collected".to_owned(),
        Why::Principal => "principal collected".to_owned(),
        Why::Prepaid => "prepayments collected".to_owned(),
        Why::Recovered => "recoveries".to_owned(),
        Why::Covered => of("cover"),
        Why::PledgeShare => of("share of the pledge,"),
        Why::CleanUp => "clean-up call".to_owned(),
        Why::Income => "income on the account".to_owned(),
        Why::RegistrarFee => format!("registrar fee on {claimed}"),
        Why::Release => "release of the reserve".to_owned(),
        Why::TopUp => of("top-up"),
        Why::TopUpReturned => of("top-up returned"),
        Why::Tax
        | Why::Fee
        | Why::FeeExcess
        | Why::NoteInterest
        | Why::NotePrincipal
        | Why::Residual
        | Why::Transfer
        | Why::Repayment => claimed,
    };
    match posting.step {
        Some((number, _)) => format!("{text} (step {})", step_name(deal, number)),
        None => text,
    }
}

fn step_name(deal: &Deal, number: u32) -> String {
    let step = deal.steps().iter().find(|step| step.number == number);
    step.map_or_else(|| number.to_string(), |step| step.name.clone())
}

/// A claim in a sentence: `interest A1`.
fn spoken(deal: &Deal, claim: Claim) -> String {
    match claim {
        Claim::Tax => "taxes".to_owned(),
        Claim::Fee(at) => format!("fee {}", deal.fees()[at].name),
        Claim::FeeExcess(at) => format!("fee {} above its cap", deal.fees()[at].name),
        Claim::Interest(at) => format!("interest {}", deal.tranches()[at].name),
        Claim::Principal(at) => format!("principal {}", deal.tranches()[at].name),
        Claim::Account(at) => format!("transfer to {}", account_name(deal, at)),
        Claim::Commitment(at) => format!("repayment of {}", deal.commitments()[at].name),
        Claim::Residual(at) => format!("residual {}", deal.tranches()[at].name),
    }
}

/// A claim as `waterfall` has it: `interest:A1`.
pub fn claim(deal: &Deal, claim: Claim) -> String {
    match claim {
        Claim::Tax => "tax".to_owned(),
        Claim::Fee(at) => format!("fee:{}", deal.fees()[at].name),
        Claim::FeeExcess(at) => format!("fee_excess:{}", deal.fees()[at].name),
        Claim::Interest(at) => format!("interest:{}", deal.tranches()[at].name),
        Claim::Principal(at) => format!("principal:{}", deal.tranches()[at].name),
        Claim::Account(at) => format!("account:{}", account_name(deal, at)),
        Claim::Commitment(at) => format!("supporter:{}", deal.commitments()[at].name),
        Claim::Residual(at) => format!("residual:{}", deal.tranches()[at].name),
    }
}

/// Claims one after another.
pub fn claims(deal: &Deal, of: &[Claim]) -> String {
    let each: Vec<String> = of.iter().map(|&one| claim(deal, one)).collect();
    each.join("; ")
}

/// The word of a branch; every branch where absent.
pub fn branch(branch: Option<Branch>) -> &'static str {
    match branch {
        None => "always",
        Some(Branch::Normal) => "normal",
        Some(Branch::Accelerated) => "accelerated",
        Some(Branch::Default) => "default",
    }
}

/// A line of the order of payment in one sentence.
pub fn step(deal: &Deal, step: &Step) -> String {
    let mut text = format!(
        "{}: from {} pay {}",
        branch(step.branch),
        account_name(deal, step.from),
        claims(deal, &step.pay)
    );
    if step.pay.len() > 1 {
        text.push_str(match step.split {
            Split::ProRata => ", pro rata",
            Split::InOrder => ", in order",
        });
    }
    if let Some(limit) = limit(deal, step.up_to) {
        text.push_str(&format!(", up to {limit}"));
    }
    let when: Vec<String> = step.when.iter().map(|&one| condition(deal, one)).collect();
    if !when.is_empty() {
        text.push_str(&format!(", when {}", when.join("; ")));
    }
    text
}

fn limit(deal: &Deal, limit: Limit) -> Option<String> {
    Some(match limit {
        Limit::Due => return None,
        Limit::Amount(amount) => yuan_of(amount).to_string(),
        Limit::RatePa { rate_pa, tranche } => {
            format!("{} a year of {}", percent(rate_pa), deal.tranches()[tranche].name)
        }
        Limit::UncoveredDefaults => "uncovered defaults".to_owned(),
        Limit::Lacking { account, interest } => {
            let class = &deal.tranches()[interest].name;
            format!("what {} lacks for interest:{class}", account_name(deal, account))
        }
    })
}

fn condition(deal: &Deal, condition: Condition) -> String {
    let class = |at: usize| &deal.tranches()[at].name;
    let event = |at: usize| &deal.triggers()[at].name;
    match condition {
        Condition::Redeemed(at) => format!("{} redeemed", class(at)),
        Condition::Outstanding(at) => format!("{} outstanding", class(at)),
        Condition::Paid(at) => format!("{} paid", class(at)),
        Condition::SupportersRepaid => "supporters repaid".to_owned(),
        Condition::InForce(at) => format!("{} in force", event(at)),
        Condition::NotInForce(at) => format!("{} not in force", event(at)),
    }
}

/// What a trigger looks at, as `triggers` has it.
pub fn measure(deal: &Deal, measure: &Measure) -> String {
    let class = |word: &str, at: usize| format!("{word}:{}", deal.tranches()[at].name);
    match measure {
        Measure::CumulativeDefaultRate => "cumulative_default_rate".to_owned(),
        Measure::InterestUnpaid(at) => class("interest_unpaid", *at),
        Measure::PrincipalUnpaid(at) => class("principal_unpaid", *at),
        Measure::UnpaidAtMaturity(at) => class("unpaid_at_maturity", *at),
        Measure::BalanceAboveTarget(at) => class("balance_above_target", *at),
        Measure::PoolToNotesBelow => "pool_to_notes_below".to_owned(),
        Measure::CollectionsDown => "collections_down".to_owned(),
        Measure::SupporterCalls => "supporter_calls".to_owned(),
        Measure::SupporterFailed(at) => {
            format!("supporter_failed:{}", deal.supporters()[*at].name)
        }
    }
}

/// The word of an effect.
pub fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Acceleration => "acceleration",
        Effect::Default => "default",
        Effect::EarlyAmortisation => "early_amortisation",
        Effect::Perfection => "perfection",
        Effect::EarlyTermination => "early_termination",
    }
}

/// (word, of what) of an event.
pub fn event(deal: &Deal, event: Event) -> (&'static str, String) {
    match event {
        Event::InForce(at) => ("in_force", deal.triggers()[at].name.clone()),
        Event::Cured(at) => ("cured", deal.triggers()[at].name.clone()),
        Event::ObligorDefault(at) => ("obligor_default", deal.obligors()[at].name.clone()),
        Event::SupporterFailed(at) => ("supporter_failed", deal.supporters()[at].name.clone()),
        Event::Called(at) => ("support_called", deal.commitments()[at].name.clone()),
        Event::CoverCalled(at) => ("cover_called", deal.covers()[at].name.clone()),
        Event::Infringed(at) => ("right_infringed", deal.rights()[at].name.clone()),
        Event::PaidIntoPledge(at) => ("paid_into_pledge", deal.covers()[at].name.clone()),
        Event::Redeemed(at) => ("redeemed", deal.tranches()[at].name.clone()),
        Event::CleanUp => ("clean_up", String::new()),
        Event::Unpaid(at) => ("unpaid_at_the_end", deal.tranches()[at].name.clone()),
        Event::End => ("end", String::new()),
    }
}

/// A rate in percent, with the digits that it has.
pub fn percent(rate: Decimal) -> String {
    format!("{}%", (rate * Decimal::ONE_HUNDRED).normalize())
}

/// The rank of a class.
pub fn seniority(seniority: Seniority, lang: Lang) -> &'static str {
    match (seniority, lang) {
        (Seniority::Senior, Lang::En) => "senior",
        (Seniority::Senior, Lang::Zh) => "优先级",
        (Seniority::Mezzanine, Lang::En) => "mezzanine",
        (Seniority::Mezzanine, Lang::Zh) => "夹层",
        (Seniority::Subordinate, Lang::En) => "sub",
        (Seniority::Subordinate, Lang::Zh) => "次级",
    }
}

/// How the principal of a class falls due.
pub fn amortisation(amortisation: &Amortisation, lang: Lang) -> &'static str {
    match (amortisation, lang) {
        (Amortisation::PassThrough, Lang::En) => "pass_through",
        (Amortisation::PassThrough, Lang::Zh) => "过手",
        (Amortisation::Turbo { .. }, Lang::En) => "turbo",
        (Amortisation::Turbo { .. }, Lang::Zh) => "加速过手",
        (Amortisation::TargetPrincipal(_), Lang::En) => "target_principal",
        (Amortisation::TargetPrincipal(_), Lang::Zh) => "固定摊还",
        (Amortisation::TargetBalance(_), Lang::En) => "target_balance",
        (Amortisation::TargetBalance(_), Lang::Zh) => "目标余额",
        (Amortisation::Bullet, Lang::En) => "bullet",
        (Amortisation::Bullet, Lang::Zh) => "到期一次还本",
    }
}

/// A coupon in words: a rate, or an index and a spread.
pub fn coupon(coupon: &Coupon) -> String {
    match coupon {
        Coupon::None => "none".to_owned(),
        Coupon::Fixed(rate) => rate.normalize().to_string(),
        Coupon::Floating { tenor, spread_pa } => {
            let tenor = match tenor {
                LprTenor::OneYear => "lpr_1y",
                LprTenor::FiveYears => "lpr_5y",
            };
            format!("{tenor} plus {}", spread_pa.normalize())
        }
        Coupon::Step(steps) => {
            let each: Vec<String> = steps
                .iter()
                .map(|(from, rate)| format!("{} from {from}", rate.normalize()))
                .collect();
            each.join("; ")
        }
    }
}
