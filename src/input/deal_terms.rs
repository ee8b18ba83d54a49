//! deal.csv: the terms of a deal. What depends on other tables (maturities, the purchase price) is
//! kept as written, and settled once those are read.

use super::cell;
use super::columns::{DEAL_TERMS, NOT_MODELLED};
use super::keys::Keys;
use super::problems::Place;
use super::reader::{Book, NO_DAY, described};
use super::table::Column;
use crate::dates::{Calendar, CalendarKind, Date, Frequency, Roll};
use crate::deal::{
    Accrual, Calculation, MOST_UNIT_DECIMALS, PrepaymentBase, RateTime, Recoveries, Structure,
    Terms,
};
use crate::num::{Decimal, Fen, Rounding};
use crate::scenario::Copula;

const FILE: &str = "deal.csv";

/// The terms, with what is not settled yet beside them.
pub struct Draft {
    pub terms: Terms,
    pub after_redemption: bool,
    pub cutoff: Option<Date>,
    pub closing: Option<Date>,
    pub expected: Option<Date>,
    pub legal: Option<Date>,
    pub price: Option<Fen>,
    pub copula: Copula,
    /// Name of the table in which ratings are looked up.
    pub pd_table: &'static str,
    /// Tranches without an expected maturity of their own.
    pub inheriting: Vec<usize>,
    /// (key, row as the spreadsheet shows it).
    pub rows: Vec<(&'static str, usize)>,
}

impl Draft {
    /// Where a key stands, or the file where it is left out.
    pub fn place(&self, key: &str) -> Place {
        match self.rows.iter().find(|(name, _)| *name == key) {
            Some((_, row)) => Place::cell(FILE, *row, key),
            None => Place::file(FILE),
        }
    }
}

/// The terms; where there is no deal.csv that can be read, a problem and a draft without any.
pub fn read(book: &Book) -> Draft {
    let known = |written: &str, place: &Place| known_key(book, written, place);
    let table = book.table(FILE);
    let keys = Keys::read(book, FILE, table.as_ref(), DEAL_TERMS, known);
    let draft = draft(&keys);
    ordered(book, &draft, &keys);
    draft
}

fn known_key(book: &Book, written: &str, place: &Place) -> Option<&'static Column> {
    let found = described(DEAL_TERMS, written);
    if found.is_some() {
        return found;
    }
    let key = cell::key(written);
    let refused =
        NOT_MODELLED.iter().find(|(words, _)| words.iter().any(|word| cell::key(word) == key));
    match refused {
        Some((words, what)) => {
            let place = Place { column: Some(words[0].to_string()), ..place.clone() };
            book.problems.at(&place, format_args!("{what} is not modelled"));
        }
        None => {
            let names = DEAL_TERMS.iter().flat_map(Column::names);
            book.problems.dangling(place, written, "the terms of a deal", names);
        }
    }
    None
}

fn draft(keys: &Keys) -> Draft {
    let cutoff = keys.date("cutoff_date");
    let closing = keys.date("closing_date");
    let terms = terms(keys, cutoff, closing);
    let after_redemption = keys.choice("release") != Some("each_date");
    Draft {
        terms,
        after_redemption,
        cutoff,
        closing,
        expected: keys.date("expected_maturity"),
        legal: keys.date("legal_maturity"),
        price: keys.get("purchase_price").and_then(|(_, value)| value.fen()),
        copula: copula(keys, &keys.rows),
        pd_table: keys.choice("pd_table").unwrap_or("moodys_idealised"),
        inheriting: Vec::new(),
        rows: keys.rows.clone(),
    }
}

fn terms(keys: &Keys, cutoff: Option<Date>, closing: Option<Date>) -> Terms {
    let text = |key| -> Option<String> { keys.text(key).map(str::to_string) };
    let exchange = !matches!(structure(keys), Structure::AbnTrust | Structure::CreditTrust);
    let usual_fee = match exchange {
        true => Decimal::new(5, 5),
        false => Decimal::ZERO,
    };
    let is = |key, word| keys.choice(key).map(|found| found == word);
    Terms {
        name: text("name").unwrap_or_default(),
        originator: text("originator").unwrap_or_else(|| "originator".to_string()),
        structure: structure(keys),
        cutoff: cutoff.unwrap_or(NO_DAY),
        closing: closing.unwrap_or(NO_DAY),
        first_payment: keys.date("first_payment_date").unwrap_or(NO_DAY),
        frequency: keys
            .choice("payment_frequency")
            .and_then(Frequency::parse)
            .unwrap_or(Frequency::Quarterly),
        payment_dates: keys.dates("payment_dates"),
        legal_maturity: NO_DAY,
        calendar: calendar(keys),
        roll: keys.choice("roll").and_then(Roll::parse).unwrap_or(Roll::Following),
        accrual: match is("accrual_dates", "adjusted") {
            Some(true) => Accrual::Adjusted,
            _ => Accrual::Unadjusted,
        },
        calculation: calculation(keys),
        transfer_days: keys.days("transfer_days", 7),
        test_days: keys.days("test_days", 6),
        support_days: keys.days("support_days", 5),
        record_days: keys.days("record_days", 1),
        record_days_final: keys.days("record_days_final", 3),
        rounding: match is("rounding", "half_even") {
            Some(true) => Rounding::HalfEven,
            _ => Rounding::HalfUp,
        },
        unit_decimals: keys.get("unit_decimals").and_then(|(column, value)| {
            let decimals = value.count(column, i64::from(MOST_UNIT_DECIMALS))?;
            u32::try_from(decimals).ok()
        }),
        interest_before_cutoff: is("interest_before_cutoff", "in").unwrap_or(true),
        interest_to_closing: is("interest_to_closing", "in").unwrap_or(true),
        purchase_price: 0,
        reserve_from_originator: is("reserve_from", "originator").unwrap_or(true),
        vat: keys.share("vat").unwrap_or(Decimal::new(3, 2)),
        vat_surcharge: keys.share("vat_surcharge").unwrap_or(Decimal::new(12, 2)),
        vat_inclusive: is("vat_base", "inclusive").unwrap_or(true),
        registrar_fee: keys.share("registrar_fee").unwrap_or(usual_fee),
        clean_up_share: keys.share("clean_up"),
        retention: keys.share("retention"),
        recognition_days: keys.days("recognition_days", 0),
        recoveries_to: match is("recoveries_to", "income") {
            Some(true) => Recoveries::Income,
            _ => Recoveries::Principal,
        },
        ends_at_legal_maturity: is("end", "legal_maturity") == Some(true),
        rate_time: match is("rate_time", "months_12") {
            Some(true) => RateTime::Months12,
            _ => RateTime::Actual365,
        },
        prepayment_base: match keys.choice("prepayment_base") {
            Some("after_default") => PrepaymentBase::AfterDefault,
            Some("after_schedule") => PrepaymentBase::AfterSchedule,
            _ => PrepaymentBase::Opening,
        },
    }
}

fn structure(keys: &Keys) -> Structure {
    match keys.choice("structure") {
        Some("abn_trust") => Structure::AbnTrust,
        Some("credit_trust") => Structure::CreditTrust,
        Some("licence") => Structure::Licence,
        _ => Structure::SpecialPlan,
    }
}

fn copula(keys: &Keys, rows: &[(&'static str, usize)]) -> Copula {
    let written = keys.get("degrees_of_freedom").map(|(_, value)| value);
    let inside = |degrees| degrees > Decimal::TWO && degrees <= Decimal::ONE_THOUSAND;
    let degrees = written.and_then(|value| value.real(inside, "above 2 and at most 1000"));
    let named = keys.get("copula").map(|(_, value)| value);
    match (named, keys.choice("copula")) {
        (Some(value), Some("student_t")) => {
            if !rows.iter().any(|(key, _)| *key == "degrees_of_freedom") {
                value.problem("student_t needs degrees_of_freedom, which the table does not have");
            }
            Copula::StudentT { degrees: degrees.unwrap_or(1_000.0) }
        }
        (None, _) | (_, Some("gaussian")) => {
            if let Some(value) = written {
                value.problem("degrees of freedom of a gaussian copula (want copula student_t)");
            }
            Copula::Gaussian
        }
        _ => Copula::Gaussian,
    }
}

fn calendar(keys: &Keys) -> Calendar {
    let kind = match keys.choice("calendar") {
        Some("interbank") => CalendarKind::Interbank,
        Some("weekends") => CalendarKind::Weekends,
        Some("none") => CalendarKind::AllDays,
        _ => CalendarKind::Exchange,
    };
    let (closed, open) = (keys.dates("extra_holidays"), keys.dates("extra_workdays"));
    Calendar::china(kind).with_extra(&closed, &open)
}

/// `T-10`, `T-10d`, `month_end`.
fn calculation(keys: &Keys) -> Calculation {
    let usual = Calculation::BusinessDaysBefore(10);
    let Some((_, value)) = keys.get("calculation") else {
        return usual;
    };
    // Not the key of a word, which has no `-`.
    let word = cell::narrow(value.text).trim().to_lowercase().replace(' ', "");
    if word == "month_end" || word == "月末" {
        return Calculation::MonthEnd;
    }
    let days = word.strip_prefix("t-").and_then(|days| {
        let calendar = days.strip_suffix('d');
        let count: i32 = calendar.unwrap_or(days).parse().ok()?;
        let fits = (0..=365).contains(&count) && !days.starts_with(['+', '-']);
        fits.then_some((count, calendar.is_some()))
    });
    match days {
        Some((count, true)) => Calculation::DaysBefore(count),
        Some((count, false)) => Calculation::BusinessDaysBefore(count),
        None => {
            let text = format!("{} is none of T-10, T-10d and month_end", value.text);
            value.problem(text);
            usual
        }
    }
}

/// Dates and offsets in order.
fn ordered(book: &Book, draft: &Draft, keys: &Keys) {
    let dates = [
        "cutoff_date",
        "closing_date",
        "first_payment_date",
        "expected_maturity",
        "legal_maturity",
    ];
    let read = |key: &&'static str| Some((*key, cell::date(keys.get(key)?.1.text)?));
    let read: Vec<(&str, Date)> = dates.iter().filter_map(read).collect();
    for pair in read.windows(2) {
        let ((before, early), (after, late)) = (pair[0], pair[1]);
        let strict = after == "first_payment_date";
        if late < early || (strict && late == early) {
            let how = if strict { "not after" } else { "before" };
            let text = format!("{late} is {how} {before} {early}");
            book.problems.at(&draft.place(after), text);
        }
    }
    let terms = &draft.terms;
    if let (Some(first), Some((_, value))) =
        (terms.payment_dates.first(), keys.get("payment_dates"))
        && *first != terms.first_payment
        && terms.first_payment != NO_DAY
    {
        let want = terms.first_payment;
        value.problem(format_args!("{first} is first, but first_payment_date is {want}"));
    }
    let calculation = match terms.calculation {
        Calculation::BusinessDaysBefore(days) => Some(days),
        Calculation::DaysBefore(_) | Calculation::MonthEnd => None,
    };
    let offsets = [
        ("calculation", calculation.unwrap_or(i32::MAX)),
        ("transfer_days", terms.transfer_days),
        ("test_days", terms.test_days),
        ("support_days", terms.support_days),
        ("record_days", terms.record_days),
    ];
    for pair in offsets.windows(2) {
        let ((before, early), (after, late)) = (pair[0], pair[1]);
        if late > early {
            let written = draft.rows.iter().any(|(key, _)| *key == after);
            let place = draft.place(if written { after } else { before });
            let text = format!("{after} T-{late} is before {before} T-{early}");
            book.problems.at(&place, text);
        }
    }
}
