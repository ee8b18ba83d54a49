//! What a default changes in the collections, worked out once for every loan and day.
//!
//! Collections of a path = those of the pool without defaults - what each defaulted loan would have
//! paid from its day on + what it recovers. So a path costs what its defaults cost, not what its
//! loans do. Every amount is whole fen, so that the order of the sums does not matter.

use std::ops::Range;

use super::firms::Firm;
use super::gather::PoolFacts;
use crate::asset::IpRight;
use crate::dates::{Date, add_days};
use crate::deal::Deal;
use crate::engine::Period;
use crate::engine::collect::{Collections, bare_loan_flows, collect_bare};
use crate::engine::pool::{ContractDue, ContractLoan, Pool, claim_on, first_day, period_of};
use crate::engine::recovery::{self, Defaulted, Recoveries, Sale};
use crate::num::Fen;
use crate::scenario::Scenario;

/// Periods are worked on in eights.
pub(crate) const EIGHT: usize = 8;
/// Interest, and principal, of eight periods.
pub(crate) type Eight = [[f64; EIGHT]; 2];

/// One loan's default on one day: what every path reads, kept small.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoanDefault {
    pub loan: u32,
    /// Index of its [`Detail`], where it is detailed.
    pub detail: u32,
    /// Collection period of the day, and that in which triggers count it (the number of periods
    /// where that is too late).
    pub period: u16,
    pub recognised: u16,
    /// Period of a certain recovery (the number of periods where it comes too late for all).
    pub recovered_in: u16,
    /// Whether the detail has more to say: a part of the period is paid, or more is recovered.
    pub detailed: bool,
    /// Whether anything of the loan is left on the day: else it is no default.
    pub strikes: bool,
    pub defaulted: f64,
    /// The certain recovery; 0 where there is none.
    pub recovered: f64,
}

impl LoanDefault {
    /// On a day on which nothing of the loan is left.
    const NONE: LoanDefault = LoanDefault {
        loan: 0,
        detail: 0,
        period: u16::MAX,
        recognised: u16::MAX,
        recovered_in: u16::MAX,
        detailed: false,
        strikes: false,
        defaulted: 0.0,
        recovered: 0.0,
    };
}

/// The rest of a default.
#[derive(Clone, Debug)]
pub(crate) struct Detail {
    /// Of what is due in the period: paid before the day.
    pub paid: (f64, f64),
    /// Range of `recoveries` beyond the first, and of `sales`.
    pub recoveries: (u32, u32),
    pub sales: (u32, u32),
    /// Principal and interest that caps what sales bring.
    pub claim: Fen,
    pub day: Date,
}

/// The pool, ready for paths.
#[derive(Clone, Debug)]
pub(crate) struct Changes {
    pub periods: usize,
    /// With nobody in default who is not already, and no covers.
    pub base: Collections,
    /// Eights of periods.
    pub eights: usize,
    /// What performing loans pay where nobody defaults (and no clean-up call comes).
    pub base_paid: Vec<Eight>,
    /// Loan by loan, in as many eights each: what it pays as agreed.
    pub paid: Vec<Eight>,
    /// Eights of periods in which any loan pays.
    pub paid_eights: usize,
    /// Period after the last payment, and after the last recovery, where nobody defaults.
    pub paid_end: usize,
    pub recovered_end: usize,
    /// What has defaulted and is recovered on every path.
    pub facts: PoolFacts,
    /// By obligor: where its first day begins in `defaults`, and how many loans it has.
    pub of_obligor: Vec<(u32, u32)>,
    /// Obligor by obligor, day by day: those of all its loans.
    pub defaults: Vec<LoanDefault>,
    pub details: Vec<Detail>,
    /// (period, amount); the number of periods where it comes too late for all.
    pub recoveries: Vec<(u32, f64)>,
    pub sales: Vec<Sale>,
    /// By sale: its period; the number of periods where it comes too late for all.
    pub sold_in: Vec<u32>,
    /// By sale: range of `secured`.
    pub shared: Vec<(u32, u32)>,
    /// (other loan, its claim) that a right secures too.
    pub secured: Vec<(u32, Fen)>,
    /// Whether a right secures loans of several firms: then what it brings depends on which of
    /// them have defaulted before.
    pub several_firms: bool,
}

impl Changes {
    /// The defaults of an obligor's loans on one of its days.
    pub fn of(&self, obligor: u32, day: u32) -> impl Iterator<Item = &LoanDefault> {
        self.places(obligor, day).map(|place| &self.defaults[place])
    }

    /// Their places among all defaults.
    pub fn places(&self, obligor: u32, day: u32) -> impl Iterator<Item = usize> {
        self.range(obligor, day).filter(|&place| self.defaults[place].strikes)
    }

    /// The default at a place.
    #[inline(always)]
    pub fn at(&self, place: u32) -> &LoanDefault {
        &self.defaults[place as usize]
    }

    /// (period, amount) of what a default recovers beyond its first recovery.
    pub fn later_recoveries(&self, change: &LoanDefault) -> &[(u32, f64)] {
        if !change.detailed {
            return &[];
        }
        let (from, to) = self.details[change.detail as usize].recoveries;
        &self.recoveries[from as usize..to as usize]
    }

    /// What a loan owed as it defaulted with its obligor on one of its days.
    pub fn claim_then(&self, obligor: u32, day: u32, loan: u32) -> Option<Fen> {
        let default = self.of(obligor, day).find(|default| default.loan == loan)?;
        default.detailed.then(|| self.details[default.detail as usize].claim)
    }

    /// Places of an obligor's loans on one of its days, those without a default too.
    #[inline(always)]
    pub fn range(&self, obligor: u32, day: u32) -> Range<usize> {
        let (first, loans) = self.of_obligor[obligor as usize];
        let from = (first + day * loans) as usize;
        from..from + loans as usize
    }
}

/// The scenario without its own defaults and prepayments: simulation brings others.
pub(crate) fn without_fates(scenario: &Scenario) -> Scenario {
    Scenario {
        defaults: crate::scenario::DefaultRate::None,
        prepayment: crate::scenario::Prepayment::Annual(Vec::new()),
        obligor_defaults: Vec::new(),
        supporter_failures: Vec::new(),
        prepaid_loans: Vec::new(),
        infringements: Vec::new(),
        ..scenario.clone()
    }
}

/// Loans that pay until fate says otherwise: not those in default by the scenario already.
pub(crate) fn performing(pool: &Pool, scenario: &Scenario) -> Vec<bool> {
    let strikes = |loan: &ContractLoan| scenario.delinquent_default && loan.delinquent;
    pool.loans.iter().map(|loan| !(loan.defaulted || strikes(loan))).collect()
}

/// Works out every change. `scenario` is one [`without_fates`].
pub(crate) fn changes(
    deal: &Deal,
    scenario: &Scenario,
    pool: &Pool,
    periods: &[Period],
    firms: &[Firm],
    performing: &[bool],
) -> Changes {
    let (loans, count) = (deal.loans().len(), periods.len());
    let eights = count.div_ceil(EIGHT);
    let base = collect_bare(deal, scenario, pool, periods);
    let mut made = Changes {
        periods: count,
        eights,
        base_paid: vec![[[0.0; EIGHT]; 2]; eights],
        paid_end: 0,
        recovered_end: base.rows.iter().rposition(|row| row.recovered > 0).map_or(0, |at| at + 1),
        facts: facts(deal, scenario, performing),
        base,
        paid: vec![[[0.0; EIGHT]; 2]; loans * eights],
        paid_eights: 0,
        of_obligor: Vec::new(),
        defaults: Vec::new(),
        details: Vec::new(),
        recoveries: Vec::new(),
        sales: Vec::new(),
        sold_in: Vec::new(),
        shared: Vec::new(),
        secured: Vec::new(),
        several_firms: deal.rights().iter().any(|right| is_of_several_firms(deal, right)),
    };
    let mut of_obligor: Vec<Vec<usize>> = vec![Vec::new(); deal.obligors().len()];
    for loan in (0..loans).filter(|&loan| performing[loan]) {
        of_obligor[deal.loans()[loan].obligor].push(loan);
        for due in pool.dues_of(loan).filter(|due| (due.period as usize) < count) {
            let (eight, at) = (due.period as usize / EIGHT, due.period as usize % EIGHT);
            let paid = [(due.interest - due.withheld) as f64, due.principal as f64];
            for (kind, paid) in paid.into_iter().enumerate() {
                made.paid[loan * eights + eight][kind][at] += paid;
                made.base_paid[eight][kind][at] += paid;
            }
            made.paid_eights = made.paid_eights.max(eight + 1);
            made.paid_end = made.paid_end.max(due.period as usize + 1);
        }
    }
    let recovery = Recoveries::new(scenario);
    let work = Work { deal, pool, periods, performing, recovery };
    for (firm, loans) in firms.iter().zip(&of_obligor) {
        made.of_obligor.push((made.defaults.len() as u32, loans.len() as u32));
        for &day in &firm.dates {
            for &loan in loans {
                let change = work.default(&mut made, loan, day).unwrap_or(LoanDefault::NONE);
                made.defaults.push(change);
            }
        }
    }
    made
}

fn is_of_several_firms(deal: &Deal, right: &IpRight) -> bool {
    let mut firms = right.loans.iter().map(|&loan| deal.loans()[loan].obligor);
    firms.next().is_some_and(|first| firms.any(|other| other != first))
}

/// Loans that were in default before the paths begin.
fn facts(deal: &Deal, scenario: &Scenario, performing: &[bool]) -> PoolFacts {
    let mut facts = PoolFacts::default();
    if performing.contains(&false) {
        for flow in bare_loan_flows(deal, scenario) {
            facts.defaulted += flow.defaulted as f64;
            facts.recovered += flow.recovered as f64;
        }
    }
    facts
}

struct Work<'a> {
    deal: &'a Deal,
    pool: &'a Pool,
    periods: &'a [Period],
    performing: &'a [bool],
    recovery: Recoveries<'a>,
}

impl Work<'_> {
    /// What is due next on a day, if the loan is not repaid by then.
    fn next_due(&self, loan: usize, day: Date) -> Option<&ContractDue> {
        self.pool.dues_of(loan).find(|due| due.date >= day)
    }

    /// The default of a loan on a day, where something of it is left then.
    fn default(&self, made: &mut Changes, loan: usize, day: Date) -> Option<LoanDefault> {
        let period = period_of(self.periods, day);
        let due = self.next_due(loan, day).filter(|due| due.opening > 0)?;
        if period == self.periods.len() {
            return None;
        }
        let before = |due: &&ContractDue| due.date < day && due.period as usize == period;
        let mut paid = (0.0, 0.0);
        for due in self.pool.dues_of(loan).filter(before) {
            paid.0 += (due.interest - due.withheld) as f64;
            paid.1 += due.principal as f64;
        }
        let terms = self.deal.terms();
        let (claim, defaulted) = claim_on(due, day, terms.rounding);
        let recognised = add_days(day, terms.recognition_days);
        let from = (made.recoveries.len(), made.sales.len());
        self.recover(made, loan, day, period, defaulted, claim);
        let first = made.recoveries.get(from.0).copied();
        let (recovered_in, recovered) = first.unwrap_or((self.periods.len() as u32, 0.0));
        let more = from.0 + usize::from(first.is_some());
        let to = (made.recoveries.len(), made.sales.len());
        let detailed = paid != (0.0, 0.0) || more < to.0 || from.1 < to.1;
        let detail = made.details.len() as u32;
        if detailed {
            made.details.push(Detail {
                paid,
                recoveries: (more as u32, to.0 as u32),
                sales: (from.1 as u32, to.1 as u32),
                claim,
                day,
            });
        }
        Some(LoanDefault {
            loan: loan as u32,
            detail,
            period: period as u16,
            recognised: period_of(self.periods, recognised).max(period) as u16,
            recovered_in: recovered_in as u16,
            detailed,
            strikes: true,
            defaulted: defaulted as f64,
            recovered,
        })
    }

    fn recover(
        &self,
        made: &mut Changes,
        loan: usize,
        day: Date,
        period: usize,
        defaulted: Fen,
        claim: Fen,
    ) {
        let rounding = self.deal.terms().rounding;
        let at = |date: Date| period_of(self.periods, date).max(period) as u32;
        match &self.recovery {
            Recoveries::Flat { rate, shares } => {
                let mut out = Vec::new();
                let default = Defaulted { loan, date: day, defaulted };
                recovery::flat(*rate, shares, &default, rounding, &mut out);
                let out = out.into_iter().map(|(date, amount)| (at(date), amount as f64));
                made.recoveries.extend(out);
            }
            Recoveries::Rights { assumptions, .. } => {
                let owed = |other: usize| if other == loan { claim } else { self.owed(other, day) };
                let sales = recovery::sales(self.deal, (assumptions, &[]), loan, day, &owed);
                made.sold_in.extend(sales.iter().map(|sale| at(sale.sold_on)));
                for sale in &sales {
                    let from = made.secured.len() as u32;
                    let others = self.deal.rights()[sale.right].loans.iter();
                    let others = others.filter(|&&other| other != loan);
                    made.secured.extend(others.map(|&other| (other as u32, owed(other))));
                    made.shared.push((from, made.secured.len() as u32));
                }
                made.sales.extend(sales);
            }
        }
    }

    /// A loan's claim on a day: nothing once it is repaid; what it was once it has defaulted.
    fn owed(&self, loan: usize, day: Date) -> Fen {
        let rounding = self.deal.terms().rounding;
        let Some(first) = self.pool.dues_of(loan).next() else {
            return self.deal.loans()[loan].principal;
        };
        let contract = &self.pool.loans[loan];
        let day = match (self.performing[loan], contract.defaulted) {
            (true, _) => day,
            (false, true) => first_day(self.deal, self.periods),
            (false, false) => first.date,
        };
        self.next_due(loan, day).map_or(0, |due| claim_on(due, day, rounding).0)
    }
}
