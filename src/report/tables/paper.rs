//! The deal and the scenario as understood, item by item. Rates are decimals, amounts yuan.
use crate::asset::{LoanRate, SupporterKind};
use crate::deal::{
    AccountKind, Accrual, Amortisation, Calculation, CoverPays, Deal, FeeBase, FeeDue, PlanRow,
    PrepaymentBase, RateTime, Recoveries, Release, Structure, TargetBase,
};
use crate::num::{Decimal, Fen, Rounding, yuan_of};
use crate::report::names;
use crate::report::table::{Cell, Sheet};
use crate::scenario::{AfterPrepayment, DefaultRate, Infringement, Prepayment, Recovery, Scenario};

/// Section by section, in the order of the input's tables.
pub(super) fn terms(deal: &Deal, scenario: &Scenario) -> Sheet {
    let mut lines = Lines {
        sheet: Sheet::new("terms.csv", &["section", "item", "value"]),
        section: String::new(),
    };
    lines.deal(deal);
    lines.dates(deal);
    lines.certificates(deal);
    lines.licences(deal);
    lines.tranches(deal);
    lines.accounts(deal);
    lines.fees(deal);
    lines.supporters(deal);
    lines.covers(deal);
    lines.triggers(deal);
    lines.section = "waterfall".to_owned();
    for step in deal.steps() {
        lines.push(&step.name, Cell::Text(names::step(deal, step)));
    }
    lines.scenario(deal, scenario);
    lines.sheet
}

struct Lines {
    sheet: Sheet,
    section: String,
}

impl Lines {
    fn push(&mut self, item: &str, value: Cell) {
        self.sheet.rows.push(vec![Cell::text(&self.section), Cell::text(item), value]);
    }

    fn text(&mut self, item: &str, value: impl ToString) {
        self.push(item, Cell::text(value));
    }

    fn yuan(&mut self, item: &str, fen: Fen) {
        self.push(item, Cell::Yuan(yuan_of(fen)));
    }

    /// Blank where there is none.
    fn yuan_or_blank(&mut self, item: &str, fen: Option<Fen>) {
        self.push(item, fen.map_or(Cell::Blank, |fen| Cell::Yuan(yuan_of(fen))));
    }

    fn rate(&mut self, item: &str, rate: Decimal) {
        self.text(item, rate.normalize());
    }

    fn yes(&mut self, item: &str, holds: bool) {
        self.text(item, if holds { "yes" } else { "no" });
    }

    fn count(&mut self, item: &str, count: impl TryInto<i64>) {
        self.push(item, count.try_into().map_or(Cell::Blank, Cell::Count));
    }

    fn deal(&mut self, deal: &Deal) {
        let terms = deal.terms();
        self.section = "deal".to_owned();
        self.text("name", &terms.name);
        self.text("structure", structure(terms.structure));
        self.count("obligors", deal.obligors().len());
        self.count("loans", deal.loans().len());
        self.count("rights", deal.rights().len());
        self.yuan("pool_principal", deal.pool_principal());
        self.yuan("purchase_price", terms.purchase_price);
        let notes = deal.tranches().iter().map(|tranche| tranche.notional);
        self.yuan("notes", notes.sum());
        self.text("interest_before_cutoff", whose(terms.interest_before_cutoff));
        self.text("interest_to_closing", whose(terms.interest_to_closing));
        let from = if terms.reserve_from_originator { "originator" } else { "proceeds" };
        self.text("reserve_from", from);
        self.rate("vat", terms.vat);
        self.rate("vat_surcharge", terms.vat_surcharge);
        self.text("vat_base", if terms.vat_inclusive { "inclusive" } else { "exclusive" });
        self.rate("registrar_fee", terms.registrar_fee);
        match terms.clean_up_share {
            Some(share) => self.rate("clean_up", share),
            None => self.push("clean_up", Cell::Blank),
        }
        if let Some(share) = terms.retention {
            self.rate("retention", share);
        }
        self.count("recognition_days", terms.recognition_days);
        let recoveries = match terms.recoveries_to {
            Recoveries::Principal => "principal",
            Recoveries::Income => "income",
        };
        self.text("recoveries_to", recoveries);
        let end = if terms.ends_at_legal_maturity { "legal_maturity" } else { "no_asset" };
        self.text("end", end);
        let rate_time = match terms.rate_time {
            RateTime::Actual365 => "actual_365",
            RateTime::Months12 => "months_12",
        };
        self.text("rate_time", rate_time);
        let base = match terms.prepayment_base {
            PrepaymentBase::Opening => "opening",
            PrepaymentBase::AfterDefault => "after_default",
            PrepaymentBase::AfterSchedule => "after_schedule",
        };
        self.text("prepayment_base", base);
        let rounding = match terms.rounding {
            Rounding::HalfUp => "half_up",
            Rounding::HalfEven => "half_even",
        };
        self.text("rounding", rounding);
        if let Some(decimals) = terms.unit_decimals {
            self.count("unit_decimals", decimals);
        }
    }

    fn dates(&mut self, deal: &Deal) {
        let terms = deal.terms();
        self.section = "dates".to_owned();
        self.push("cutoff_date", Cell::Date(terms.cutoff));
        self.push("closing_date", Cell::Date(terms.closing));
        if let Some(day) = deal.state().and_then(|state| state.as_of) {
            self.push("as_of", Cell::Date(day));
        }
        self.push("first_payment_date", Cell::Date(terms.first_payment));
        self.text("calendar", terms.calendar.kind().name());
        self.text("payment_frequency", terms.frequency.name());
        for (at, &date) in terms.payment_dates.iter().enumerate() {
            self.push(&format!("payment_date {}", at + 1), Cell::Date(date));
        }
        self.push("legal_maturity", Cell::Date(terms.legal_maturity));
        self.text("roll", terms.roll.name());
        let accrual = match terms.accrual {
            Accrual::Unadjusted => "unadjusted",
            Accrual::Adjusted => "adjusted",
        };
        self.text("accrual_dates", accrual);
        let calculation = match terms.calculation {
            Calculation::BusinessDaysBefore(days) => format!("T-{days}"),
            Calculation::MonthEnd => "month_end".to_owned(),
            Calculation::DaysBefore(days) => format!("T-{days}d"),
        };
        self.text("calculation", calculation);
        self.count("transfer_days", terms.transfer_days);
        self.count("test_days", terms.test_days);
        self.count("support_days", terms.support_days);
        self.count("record_days", terms.record_days);
        self.count("record_days_final", terms.record_days_final);
    }

    /// Rights that have one.
    fn certificates(&mut self, deal: &Deal) {
        for right in deal.rights() {
            let Some(evidence) = &right.evidence else { continue };
            self.section = format!("right {}", right.name);
            self.text("evidence", evidence);
            self.text("issuer", right.issuer.as_deref().unwrap_or_default());
            self.push("ends", Cell::Date(right.expiry));
            self.yes("renewed", right.renewed);
        }
    }

    /// What each contract yields on its price, and its share of sales.
    fn licences(&mut self, deal: &Deal) {
        for loan in deal.loans() {
            let (Some(licence), LoanRate::Fixed(rate)) = (loan.licence, loan.rate) else {
                continue;
            };
            self.section = format!("licence {}", loan.name);
            self.rate("yields_pa", rate);
            if let Some(share) = licence.sales_share {
                self.rate("sales_share", share);
            }
        }
    }

    fn tranches(&mut self, deal: &Deal) {
        for tranche in deal.tranches() {
            self.section = format!("tranche {}", tranche.name);
            self.text("class", names::class_kind(tranche.seniority));
            self.yuan("notional", tranche.notional);
            self.text("coupon", names::coupon(&tranche.coupon));
            self.text("day_count", tranche.day_count.name());
            let (amortisation, rows) = amortisation(&tranche.amortisation);
            self.text("amortisation", amortisation);
            self.push("expected_maturity", Cell::Date(tranche.expected_maturity));
            self.yes("interest_on_unpaid", tranche.interest_on_unpaid);
            self.text("issue_price", tranche.issue_price.normalize());
            if tranche.retained > 0 {
                self.yuan("retained", tranche.retained);
            }
            for row in rows {
                self.yuan(&format!("plan {}", row.date), row.amount);
            }
        }
    }

    fn accounts(&mut self, deal: &Deal) {
        for account in deal.accounts() {
            self.section = format!("account {}", account.name);
            let kind = match account.kind {
                AccountKind::Plan => "plan",
                AccountKind::Income => "income",
                AccountKind::Principal => "principal",
                AccountKind::Reserve => "reserve",
                AccountKind::Other => "other",
            };
            self.text("kind", kind);
            self.yuan("opening", account.opening);
            if let Some(target) = account.target {
                self.yuan("target_amount", target.amount);
                let of = match target.of {
                    TargetBase::None => None,
                    TargetBase::PoolInitial => Some("pool_initial".to_owned()),
                    TargetBase::PoolPerforming => Some("pool_performing".to_owned()),
                    TargetBase::Notes => Some("notes".to_owned()),
                    TargetBase::Tranche(at) => Some(deal.tranches()[at].name.clone()),
                };
                if let Some(of) = of {
                    self.rate("target_share", target.share);
                    self.text("target_of", of);
                    self.text("target", if target.larger { "larger" } else { "smaller" });
                }
                if let Some(until) = target.until {
                    self.text("until", &deal.tranches()[until].name);
                }
            }
            let release = match account.release {
                Release::EachDate => "each_date",
                Release::Excess => "excess",
                Release::End => "end",
            };
            self.text("release", release);
            self.rate("income_pa", account.income_pa);
        }
    }

    fn fees(&mut self, deal: &Deal) {
        for fee in deal.fees() {
            self.section = format!("fee {}", fee.name);
            self.text("payee", &fee.payee);
            match &fee.due {
                FeeDue::Amount(amount) => self.yuan("amount_each_date", *amount),
                FeeDue::AmountOn { amount, dates } => {
                    self.yuan("amount", *amount);
                    let dates: Vec<String> = dates.iter().map(ToString::to_string).collect();
                    self.text("dates", dates.join("; "));
                }
                FeeDue::RatePa { rate_pa, base, day_count } => {
                    self.rate("rate_pa", *rate_pa);
                    self.text("base", fee_base(deal, base));
                    self.text("day_count", day_count.name());
                }
                FeeDue::ShareOfCollections(share) => self.rate("share_of_collections", *share),
                FeeDue::ShareOfPayments(share) => self.rate("share_of_payments", *share),
            }
            self.yuan_or_blank("cap", fee.cap);
        }
    }

    fn covers(&mut self, deal: &Deal) {
        for cover in deal.covers() {
            self.section = format!("cover {}", cover.name);
            self.text("supporter", &deal.supporters()[cover.supporter].name);
            let loans = cover.loans.iter().map(|&loan| deal.loans()[loan].name.as_str());
            self.text("loans", loans.collect::<Vec<_>>().join("; "));
            if cover.pays == CoverPays::OnInfringement {
                let rights = cover.rights.iter().map(|&right| deal.rights()[right].name.as_str());
                self.text("rights", rights.collect::<Vec<_>>().join("; "));
                self.yuan_or_blank("cap_per_right", cover.cap_per_right);
            }
            let pays = match cover.pays {
                CoverPays::OnClaim => "on_claim",
                CoverPays::OnLoss => "on_loss",
                CoverPays::OnInfringement => "on_infringement",
            };
            self.text("pays", pays);
            self.rate("share", cover.share);
            self.yuan_or_blank("cap_total", cover.cap_total);
            self.yuan("deductible", cover.deductible);
            self.text("lag_business_days", cover.lag_business_days);
            self.text("waiting_months", cover.waiting_months);
            self.push("end_date", cover.end.map_or(Cell::Blank, Cell::Date));
        }
    }

    fn supporters(&mut self, deal: &Deal) {
        for supporter in deal.supporters() {
            self.section = format!("supporter {}", supporter.name);
            self.text("kind", supporter_kind(supporter.kind));
            self.text("rating", supporter.rating.as_deref().unwrap_or_default());
            match supporter.pd_1y {
                Some(rate) => self.rate("pd_1y", rate),
                None => self.push("pd_1y", Cell::Blank),
            }
            self.rate("recovery", supporter.recovery);
            self.yuan_or_blank("paying_capacity", supporter.paying_capacity);
        }
        for (at, commitment) in deal.commitments().iter().enumerate() {
            self.section = format!("commitment {}", commitment.name);
            self.text("supporter", names::supporter(deal, at));
            self.text("scope", names::claims(deal, &commitment.scope));
            self.yuan_or_blank("cap_total", commitment.cap_total);
            self.yuan_or_blank("cap_per_date", commitment.cap_per_date);
            self.push("end_date", commitment.end.map_or(Cell::Blank, Cell::Date));
            self.yes("earmarked", commitment.earmarked);
            self.yes("reserve_first", commitment.reserve_first);
        }
    }

    fn triggers(&mut self, deal: &Deal) {
        for trigger in deal.triggers() {
            self.section = format!("trigger {}", trigger.name);
            self.text("measure", names::measure(deal, &trigger.measure));
            for (from, level) in &trigger.levels {
                let item = from.map_or("level".to_owned(), |from| format!("level from {from}"));
                self.rate(&item, *level);
            }
            self.count("periods", trigger.periods);
            self.count("grace_days", trigger.grace_days);
            self.text("effect", names::effect(trigger.effect));
            self.yes("curable", trigger.curable);
        }
    }

    fn scenario(&mut self, deal: &Deal, scenario: &Scenario) {
        self.section = "scenario".to_owned();
        self.text("name", &scenario.name);
        match &scenario.defaults {
            DefaultRate::None => self.text("defaults", "named events only"),
            DefaultRate::Annual(rates) => self.text("annual_default_rate", listed(rates)),
            DefaultRate::Obligors { given } => {
                self.text("defaults", "each firm at its own one-year probability");
                if let Some(factor) = given {
                    self.rate("economy_percentile", factor.percentile);
                    self.rate("correlation", factor.correlation);
                }
            }
            DefaultRate::Cumulative { rate, timing } => {
                self.rate("cumulative_default_rate", *rate);
                self.text("timing", listed(timing));
            }
        }
        self.rate("front_loaded", scenario.front_loaded);
        match &scenario.prepayment {
            Prepayment::Annual(rates) => self.text("cpr", listed(rates)),
            Prepayment::Monthly(rates) => self.text("smm", listed(rates)),
        }
        let after = match scenario.after_prepayment {
            AfterPrepayment::SmallerInstalments => "smaller_instalments",
            AfterPrepayment::FewerInstalments => "fewer_instalments",
        };
        self.text("after_prepayment", after);
        self.recovery(&scenario.recovery);
        self.rate("lpr_shift", scenario.rate_shift.lpr);
        self.rate("loan_rate_shift", scenario.rate_shift.loans);
        self.rate("coupon_shift", scenario.coupon_shift);
        self.yes("delinquent_default", scenario.delinquent_default);
        for &(at, date) in &scenario.obligor_defaults {
            self.push(&format!("default {}", deal.obligors()[at].name), Cell::Date(date));
        }
        for &(at, date) in &scenario.supporter_failures {
            let name = &deal.supporters()[at].name;
            self.push(&format!("supporter_default {name}"), Cell::Date(date));
        }
        for &(at, date) in &scenario.prepaid_loans {
            self.push(&format!("prepaid {}", deal.loans()[at].name), Cell::Date(date));
        }
        for &Infringement { right, date, loss } in &scenario.infringements {
            let name = &deal.rights()[right].name;
            self.rate(&format!("infringement {name} {date}"), loss);
        }
        for &(at, date, sales) in &scenario.sales {
            self.yuan(&format!("sales {} to {date}", deal.loans()[at].name), sales);
        }
        if let Some(volatility) = scenario.sales_shock {
            self.push("sales_shock", Cell::Number(volatility, 6));
        }
    }

    fn recovery(&mut self, recovery: &Recovery) {
        match recovery {
            Recovery::Flat { rate, shares } => {
                self.text("recovery_from", "flat");
                self.rate("recovery_rate", *rate);
                for (months, share) in shares {
                    self.rate(&format!("recovered after {months} months"), *share);
                }
            }
            Recovery::Rights(rights) => {
                self.text("recovery_from", "rights");
                self.rate("decay_pa", rights.decay_pa);
                for (kind, haircut) in &rights.haircut {
                    self.rate(&format!("haircut {}", kind.name()), *haircut);
                }
                self.rate("haircut", rights.haircut_else);
                self.count("months_to_sale", rights.months_to_sale);
                self.rate("sale_cost", rights.sale_cost);
            }
        }
    }
}

/// The plan's or the originator's.
fn whose(ours: bool) -> &'static str {
    if ours { "in" } else { "out" }
}

fn structure(structure: Structure) -> &'static str {
    match structure {
        Structure::SpecialPlan => "special_plan",
        Structure::AbnTrust => "abn_trust",
        Structure::CreditTrust => "credit_trust",
        Structure::Licence => "licence",
    }
}

fn amortisation(amortisation: &Amortisation) -> (&'static str, &[PlanRow]) {
    match amortisation {
        Amortisation::PassThrough => ("pass_through", &[]),
        Amortisation::Turbo { target_balance } => ("turbo", target_balance),
        Amortisation::TargetPrincipal(rows) => ("target_principal", rows),
        Amortisation::TargetBalance(rows) => ("target_balance", rows),
        Amortisation::Bullet => ("bullet", &[]),
    }
}

fn fee_base(deal: &Deal, base: &FeeBase) -> String {
    match base {
        FeeBase::PoolOpening => "pool_opening".to_owned(),
        FeeBase::PoolPerforming => "pool_performing".to_owned(),
        FeeBase::NotesOpening(classes) if classes.is_empty() => "notes_opening".to_owned(),
        FeeBase::NotesOpening(classes) => {
            let names: Vec<&str> =
                classes.iter().map(|&at| deal.tranches()[at].name.as_str()).collect();
            format!("notes_opening: {}", names.join("; "))
        }
        FeeBase::Initial => "initial".to_owned(),
    }
}

fn supporter_kind(kind: SupporterKind) -> &'static str {
    match kind {
        SupporterKind::Shortfall => "shortfall",
        SupporterKind::Guarantee => "guarantee",
        SupporterKind::Liquidity => "liquidity",
        SupporterKind::BankLetter => "bank_letter",
        SupporterKind::LoanGuarantee => "loan_guarantee",
        SupporterKind::RiskPool => "risk_pool",
        SupporterKind::Insurer => "insurer",
    }
}

fn listed(rates: &[Decimal]) -> String {
    let each: Vec<String> = rates.iter().map(|rate| rate.normalize().to_string()).collect();
    match each.is_empty() {
        true => "0".to_owned(),
        false => each.join("; "),
    }
}
