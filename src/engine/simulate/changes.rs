//! What a default changes in the collections, worked out once for every loan and day.
//!
//! Collections of a path = those of the pool without defaults - what each defaulted loan would have
//! paid from its day on + what it recovers. So a path costs what its defaults cost, not what its
//! loans do. Every amount is whole fen, so that the order of the sums does not matter.

use super::firms::Firm;
use super::gather::PoolFacts;
use crate::dates::{Date, add_days};
use crate::deal::Deal;
use crate::engine::Period;
use crate::engine::collect::{Collections, collect, loan_flows};
use crate::engine::pool::{ContractDue, ContractLoan, Pool, claim_on, first_day, period_of};
use crate::engine::recovery::{self, Defaulted, Recoveries, Sale};
use crate::num::Fen;
use crate::scenario::Scenario;

/// One loan's default on one day.
#[derive(Clone, Debug)]
pub(crate) struct LoanDefault {
    pub loan: u32,
    /// Collection period of the day.
    pub period: u32,
    /// Due in that period on or after the day: not paid.
    pub interest: f64,
    pub principal: f64,
    pub defaulted: f64,
    /// Period in which triggers count it; the number of periods where that is too late.
    pub recognised: u32,
    /// Range of `recoveries` (certain), and of `sales` (worth what the path says).
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
    /// With nobody in default who is not already.
    pub base: Collections,
    /// Periods, rounded up so that rows are worked on in whole eights.
    pub padded: usize,
    /// What performing loans pay by period where nobody defaults (and no clean-up call comes).
    pub base_interest: Vec<f64>,
    pub base_principal: Vec<f64>,
    /// By loan and (padded) period: what it pays as agreed.
    pub interest: Vec<f64>,
    pub principal: Vec<f64>,
    /// By loan: the period after its last payment.
    pub end: Vec<u32>,
    /// Period after the last payment, and after the last recovery, where nobody defaults.
    pub paid_end: usize,
    pub recovered_end: usize,
    /// What has defaulted and is recovered on every path.
    pub facts: PoolFacts,
    /// By obligor: where its days begin in `of_day`.
    pub first_day: Vec<u32>,
    /// By obligor and day: range of `defaults`.
    pub of_day: Vec<(u32, u32)>,
    pub defaults: Vec<LoanDefault>,
    /// (period, amount); the number of periods where it comes too late for all.
    pub recoveries: Vec<(u32, f64)>,
    pub sales: Vec<Sale>,
    /// By sale: its period; the number of periods where it comes too late for all.
    pub sold_in: Vec<u32>,
    /// By sale: range of `secured`.
    pub shared: Vec<(u32, u32)>,
    /// (other loan, its claim) that a right secures too.
    pub secured: Vec<(u32, Fen)>,
}

impl Changes {
    /// The defaults of an obligor's loans on one of its days.
    #[inline(always)]
    pub fn of(&self, obligor: u32, day: u32) -> &[LoanDefault] {
        let (from, to) = self.of_day[(self.first_day[obligor as usize] + day) as usize];
        &self.defaults[from as usize..to as usize]
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
    let padded = count.next_multiple_of(8);
    let base = collect(deal, scenario, pool, periods);
    let mut made = Changes {
        periods: count,
        padded,
        base_interest: vec![0.0; padded],
        base_principal: vec![0.0; padded],
        paid_end: 0,
        recovered_end: base.rows.iter().rposition(|row| row.recovered > 0).map_or(0, |at| at + 1),
        facts: facts(deal, scenario, performing),
        base,
        interest: vec![0.0; loans * padded],
        principal: vec![0.0; loans * padded],
        end: vec![0; loans],
        first_day: Vec::new(),
        of_day: Vec::new(),
        defaults: Vec::new(),
        recoveries: Vec::new(),
        sales: Vec::new(),
        sold_in: Vec::new(),
        shared: Vec::new(),
        secured: Vec::new(),
    };
    let mut of_obligor: Vec<Vec<usize>> = vec![Vec::new(); deal.obligors().len()];
    for loan in (0..loans).filter(|&loan| performing[loan]) {
        of_obligor[deal.loans()[loan].obligor].push(loan);
        for due in pool.dues_of(loan).filter(|due| (due.period as usize) < count) {
            let at = loan * padded + due.period as usize;
            let (interest, principal) =
                ((due.interest - due.withheld) as f64, due.principal as f64);
            made.interest[at] += interest;
            made.principal[at] += principal;
            made.base_interest[due.period as usize] += interest;
            made.base_principal[due.period as usize] += principal;
            made.end[loan] = due.period + 1;
            made.paid_end = made.paid_end.max(due.period as usize + 1);
        }
    }
    let recovery = Recoveries::new(scenario);
    let work = Work { deal, pool, periods, performing, recovery };
    for (firm, loans) in firms.iter().zip(&of_obligor) {
        made.first_day.push(made.of_day.len() as u32);
        for &day in &firm.dates {
            let from = made.defaults.len() as u32;
            for &loan in loans {
                work.default(&mut made, loan, day);
            }
            made.of_day.push((from, made.defaults.len() as u32));
        }
    }
    made
}

/// Loans that were in default before the paths begin.
fn facts(deal: &Deal, scenario: &Scenario, performing: &[bool]) -> PoolFacts {
    let mut facts = PoolFacts::default();
    if performing.contains(&false) {
        for flow in loan_flows(deal, scenario) {
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

    /// Adds the default of a loan on a day, where something of it is left then.
    fn default(&self, made: &mut Changes, loan: usize, day: Date) {
        let period = period_of(self.periods, day);
        let Some(due) = self.next_due(loan, day) else { return };
        if period == self.periods.len() || due.opening == 0 {
            return;
        }
        let of_period =
            self.pool.dues_of(loan).filter(|due| due.date >= day && due.period as usize == period);
        let (mut interest, mut principal) = (0, 0);
        for due in of_period {
            interest += due.interest - due.withheld;
            principal += due.principal;
        }
        let terms = self.deal.terms();
        let (claim, defaulted) = claim_on(due, day, terms.rounding);
        let recognised = add_days(day, terms.recognition_days);
        let from = (made.recoveries.len() as u32, made.sales.len() as u32);
        self.recover(made, loan, day, period, defaulted, claim);
        let to = (made.recoveries.len() as u32, made.sales.len() as u32);
        made.defaults.push(LoanDefault {
            loan: loan as u32,
            period: period as u32,
            interest: interest as f64,
            principal: principal as f64,
            defaulted: defaulted as f64,
            recognised: period_of(self.periods, recognised).max(period) as u32,
            recoveries: (from.0, to.0),
            sales: (from.1, to.1),
            claim,
            day,
        });
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
            Recoveries::Rights(assumptions) => {
                let owed = |other: usize| if other == loan { claim } else { self.owed(other, day) };
                let sales = recovery::sales(self.deal, assumptions, loan, day, &owed);
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
        let defaulted = &self.pool.loans[loan];
        let day = match (self.performing[loan], defaulted.defaulted) {
            (true, _) => day,
            (false, true) => first_day(self.deal, self.periods),
            (false, false) => first.date,
        };
        self.next_due(loan, day).map_or(0, |due| claim_on(due, day, rounding).0)
    }
}
