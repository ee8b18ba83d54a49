//! Cover of a class: cash against what ranks with it and above, over its life and by date.
//!
//! Coverage on a date = (cash carried + collections up to the class's expected maturity) / (taxes +
//! fees + interest of its rank and above + its balance and those above it), each with what is
//! unpaid. DSCR of a date = (cash carried + collections of the period) / what is due on it of the
//! same claims. Support is never counted as cash: both say what the pool carries by itself. The
//! registrar's fee on notes is part of what they cost.
use crate::analytics::outcome::{Figure, years};
use crate::analytics::statement;
use crate::dates::Date;
use crate::deal::Deal;
use crate::engine::{Flows, Posting, Why};
use crate::num::{Amount, Decimal, Fen, Ratio};

/// What one date brings and costs, in whole fen, beside the classes.
#[derive(Clone, Copy, Debug, Default)]
struct DateCash {
    carried: Fen,
    collected: Fen,
    income: Fen,
    /// Taxes and fees: accrued on the date, unpaid before it, and due on it below the caps.
    accrued: Fen,
    unpaid: Fen,
    due: Fen,
}

/// One class on one date.
#[derive(Clone, Copy, Debug)]
struct ClassCash {
    balance: Fen,
    interest_accrued: Fen,
    interest_unpaid: Fen,
    interest_due: Fen,
    principal_due: Fen,
}

/// What cover is worked out from, once for all classes.
pub(crate) struct Cover {
    dates: Vec<DateCash>,
    /// By date and class.
    classes: Vec<Vec<ClassCash>>,
}

impl Cover {
    pub(crate) fn new(deal: &Deal, flows: &Flows) -> Cover {
        let rows = 0..flows.rows.len();
        let mut dates: Vec<DateCash> =
            rows.clone().map(|row| date_cash(deal, flows, row)).collect();
        for posting in &flows.postings {
            let row = posting.period.checked_sub(flows.start);
            if let Some(date) = row.and_then(|row| dates.get_mut(row)) {
                date.add(posting);
            }
        }
        let class = |row: usize, at: usize| class_cash(deal, flows, row, at);
        let classes = rows.map(|row| (0..deal.tranches().len()).map(|at| class(row, at)).collect());
        Cover { dates, classes: classes.collect() }
    }

    /// Coverage at the start, and the smallest on any date on which the class is outstanding.
    pub(crate) fn coverage(&self, deal: &Deal, flows: &Flows, at: usize) -> [Figure; 2] {
        let maturity = deal.tranches()[at].expected_maturity;
        let ends = (0..self.dates.len()).find(|&row| flows.period(row).nominal >= maturity);
        let Some(last) = ends.or(self.dates.len().checked_sub(1)) else {
            return [(); 2].map(|()| Figure::none("nothing is paid"));
        };
        let (mut collected, mut other, mut interest) = (0, 0, 0);
        let (mut first, mut least) = (None, None);
        for row in (0..=last).rev() {
            let (date, classes) = (&self.dates[row], &self.classes[row]);
            collected += date.collected;
            other += date.accrued;
            interest += self.of_rank(deal, at, row, |class| class.interest_accrued);
            let unpaid = self.of_rank(deal, at, row, |class| class.interest_unpaid);
            let balances: Fen = classes[..=at].iter().map(|class| class.balance).sum();
            let need = other + date.unpaid + with_registrar(deal, interest + unpaid + balances);
            first = multiple(date.carried + collected, need);
            if classes[at].balance > 0 {
                least = smaller(least, first.map(|found| (found, flows.period(row).payment)));
            }
        }
        [blank_or(first.map(|found| (found, None))), blank_or(least.map(dated))]
    }

    /// The smallest DSCR of the dates on which the class is outstanding.
    pub(crate) fn min_dscr(&self, deal: &Deal, flows: &Flows, at: usize) -> Figure {
        let mut least = None;
        for (row, (date, classes)) in self.dates.iter().zip(&self.classes).enumerate() {
            let own = &classes[at];
            if own.balance + own.interest_due == 0 {
                continue;
            }
            let interest = self.of_rank(deal, at, row, |class| class.interest_due);
            let principal: Fen = classes[..=at].iter().map(|class| class.principal_due).sum();
            let due = date.due + with_registrar(deal, interest + principal);
            let cash = date.carried + date.collected + date.income;
            let found = multiple(cash, due);
            least = smaller(least, found.map(|found| (found, flows.period(row).payment)));
        }
        blank_or(least.map(dated))
    }

    /// Sum over the classes that rank with this one or above.
    fn of_rank(&self, deal: &Deal, at: usize, row: usize, of: fn(&ClassCash) -> Fen) -> Fen {
        let own = deal.tranches()[at].seniority;
        let classes = deal.tranches().iter().zip(&self.classes[row]);
        classes.filter(|(terms, _)| terms.seniority <= own).map(|(_, class)| of(class)).sum()
    }
}

impl DateCash {
    fn add(&mut self, posting: &Posting) {
        match posting.why {
            Why::Income => self.income += posting.amount.to_fen(),
            Why::Fee => self.due += posting.amount.to_fen(),
            _ => {}
        }
    }
}

fn date_cash(deal: &Deal, flows: &Flows, row: usize) -> DateCash {
    let (before, after) = (flows.before(row), &flows.rows[row]);
    let tax = statement::tax(flows, row);
    let fees = || (0..deal.fees().len()).map(|fee| statement::fee(flows, row, fee));
    let fees_accrued: Decimal = fees().map(|fee| fee.accrued).sum();
    let cells = &flows.cells.fees;
    let unpaid_before: Decimal = cells.iter().map(|fee| before[fee.now] + before[fee.over]).sum();
    // Fees paid below their caps are added from the postings.
    let left: Decimal = cells.iter().map(|fee| after[fee.now]).sum();
    DateCash {
        carried: statement::carried(deal, flows, row).to_fen(),
        collected: statement::pool(flows, row).cash().to_fen(),
        income: 0,
        accrued: (tax.accrued + fees_accrued).to_fen(),
        unpaid: (before[flows.cells.tax] + unpaid_before).to_fen(),
        due: (tax.due + left).to_fen(),
    }
}

fn class_cash(deal: &Deal, flows: &Flows, row: usize, at: usize) -> ClassCash {
    let class = statement::class(deal, flows, row, at);
    ClassCash {
        balance: class.opening.to_fen(),
        interest_accrued: class.interest.accrued.to_fen(),
        interest_unpaid: (class.interest.due - class.interest.accrued).to_fen(),
        interest_due: class.interest.due.to_fen(),
        principal_due: class.principal_due.to_fen(),
    }
}

/// An amount to holders and the registrar's fee on it.
fn with_registrar(deal: &Deal, amount: Fen) -> Fen {
    let rate = Ratio::of_rate(deal.terms().registrar_fee).unwrap_or(Ratio::ZERO);
    amount + rate.of(amount, deal.terms().rounding)
}

fn multiple(cash: Fen, need: Fen) -> Option<f64> {
    (need > 0).then(|| cash as f64 / need as f64)
}

/// The smaller multiple; of equal ones the earlier.
fn smaller(a: Option<(f64, Date)>, b: Option<(f64, Date)>) -> Option<(f64, Date)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if (b.0, b.1) < (a.0, a.1) { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn dated((found, date): (f64, Date)) -> (f64, Option<Date>) {
    (found, Some(date))
}

fn blank_or(found: Option<(f64, Option<Date>)>) -> Figure {
    let Some((found, date)) = found else {
        return Figure::none("nothing is due");
    };
    let mut figure = Figure::of(found);
    if let Some(date) = date {
        figure.note = format!("on {date}");
    }
    figure
}

/// (Interest collected - taxes - fees - note interest) / (opening pool x years), all as accrued,
/// over the dates of the run.
pub(crate) fn excess_spread(deal: &Deal, flows: &Flows) -> Figure {
    let (mut spread, mut pool_years) = (Decimal::ZERO, 0.0);
    for row in 0..flows.rows.len() {
        let pool = statement::pool(flows, row);
        let classes = 0..deal.tranches().len();
        let notes: Decimal =
            classes.map(|at| statement::class(deal, flows, row, at).interest.accrued).sum();
        let fees: Decimal =
            (0..deal.fees().len()).map(|fee| statement::fee(flows, row, fee).accrued).sum();
        let other = statement::tax(flows, row).accrued + statement::registrar(flows, row).paid;
        spread += pool.interest - notes - fees - other;
        let at = flows.start + row;
        let start = match at.checked_sub(1).and_then(|at| flows.periods.get(at)) {
            Some(earlier) => earlier.calculation,
            None => deal.terms().cutoff,
        };
        pool_years += pool.opening.to_fen() as f64 * years(start, flows.periods[at].calculation);
    }
    if pool_years <= 0.0 {
        return Figure::none("the pool is empty");
    }
    Figure::of(spread.to_fen() as f64 / pool_years)
}
