//! The measures of a run as lines of one table: class by class, then the deal.
use crate::analytics::outcome::{ClassOutcome, DealOutcome, Figure, Outcome};
use crate::dates::Date;
use crate::deal::Deal;
use crate::num::Decimal;

/// A value with its form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Yuan(Decimal),
    /// Finite.
    Number(f64),
    Date(Date),
    Count(i64),
    Blank,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Empty for the deal.
    pub tranche: String,
    pub measure: &'static str,
    pub value: Value,
    pub unit: &'static str,
    pub support: &'static str,
    /// Why it is blank, or what to know of it.
    pub note: String,
}

/// Every measure of one run, classes in the order of the deal, the deal last.
pub fn measures(deal: &Deal, outcome: &Outcome) -> Vec<Measure> {
    let mut out =
        Lines { support: outcome.support.name(), tranche: String::new(), lines: Vec::new() };
    for (tranche, class) in deal.tranches().iter().zip(&outcome.classes) {
        out.tranche.clone_from(&tranche.name);
        out.class(class);
    }
    out.tranche.clear();
    out.deal(&outcome.deal);
    out.lines
}

struct Lines {
    support: &'static str,
    tranche: String,
    lines: Vec<Measure>,
}

impl Lines {
    fn class(&mut self, class: &ClassOutcome) {
        self.yuan("notional", class.notional);
        self.yuan("interest_paid", class.interest_paid);
        self.yuan("principal_paid", class.principal_paid);
        self.yuan("residual_paid", class.residual_paid);
        self.push("loss", Value::Number(class.loss), "share of notional", "");
        self.yuan("loss_amount", class.loss_amount);
        self.yuan("interest_unpaid", class.interest_unpaid);
        let late = Value::Count(i64::from(class.late()));
        self.push("late", late, "1 is yes", "");
        self.date("first_shortfall_date", class.first_shortfall, "never short");
        self.figure("wal_years", &class.wal_years, "years");
        self.figure("yield", &class.yield_pa, "a year");
        self.figure("street_yield", &class.street_yield_pa, "a year");
        self.figure("macaulay_duration", &class.macaulay_years, "years");
        self.figure("modified_duration", &class.modified_years, "years");
        self.figure("convexity", &class.convexity, "years squared");
        self.figure("min_dscr", &class.min_dscr, "times");
        self.figure("coverage", &class.coverage, "times");
        self.figure("min_coverage", &class.min_coverage, "times");
    }

    fn deal(&mut self, deal: &DealOutcome) {
        self.yuan("pool_principal", deal.pool_principal);
        self.yuan("interest_collected", deal.interest_collected);
        self.yuan("principal_collected", deal.principal_collected);
        self.yuan("prepaid", deal.prepaid);
        self.yuan("clean_up", deal.clean_up);
        self.yuan("defaulted", deal.defaulted);
        let rate = &deal.cumulative_default_rate;
        self.figure("cumulative_default_rate", rate, "share of initial");
        self.yuan("recovered", deal.recovered);
        self.yuan("unrealised", deal.unrealised);
        self.figure("excess_spread", &deal.excess_spread, "a year");
        self.yuan("taxes_paid", deal.taxes_paid);
        self.yuan("fees_paid", deal.fees_paid);
        self.yuan("fees_unpaid", deal.fees_unpaid);
        self.yuan("support_called", deal.support_called);
        self.yuan("support_paid", deal.support_paid);
        self.yuan("support_repaid", deal.support_repaid);
        self.yuan("support_unreimbursed", deal.support_unreimbursed);
        let calls = Value::Count(i64::from(deal.calls));
        self.push("support_calls", calls, "dates", "");
        if let Some(covers) = deal.covers {
            self.yuan("covers_called", covers.called);
            self.yuan("covers_paid", covers.paid);
            self.yuan("covers_taken", covers.taken);
        }
        self.yuan("residual", deal.residual);
        self.figure("sub_xirr", &deal.sub_xirr, "a year");
        self.yuan("cash_left", deal.cash_left);
        self.date("last_payment_date", deal.last_payment, "nothing is paid");
    }

    fn push(&mut self, measure: &'static str, value: Value, unit: &'static str, note: &str) {
        self.lines.push(Measure {
            tranche: self.tranche.clone(),
            measure,
            value,
            unit,
            support: self.support,
            note: note.to_owned(),
        });
    }

    fn yuan(&mut self, measure: &'static str, amount: Decimal) {
        self.push(measure, Value::Yuan(amount), "yuan", "");
    }

    fn figure(&mut self, measure: &'static str, figure: &Figure, unit: &'static str) {
        let value = figure.value.map_or(Value::Blank, Value::Number);
        self.push(measure, value, unit, &figure.note);
    }

    fn date(&mut self, measure: &'static str, date: Option<Date>, never: &str) {
        let note = if date.is_some() { "" } else { never };
        self.push(measure, date.map_or(Value::Blank, Value::Date), "date", note);
    }
}
