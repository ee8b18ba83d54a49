//! fees.csv: what is charged, on what and when.

use super::pool::day_count;
use super::reader::{Book, Names, Value, annual, fen, share};
use super::table::{Row, Table};
use crate::dates::{Date, add_months};
use crate::deal::{Fee, FeeBase, FeeDue};
use crate::num::Decimal;

/// Fees; one by months runs to legal maturity.
pub fn read(book: &Book, legal: Date, tranches: &Names) -> (Vec<Fee>, Names) {
    let (table, names) = book.keyed("fees.csv");
    book.at_most(&names, 32, "fees");
    let fee = |row: Row| {
        let name = row.text("fee").unwrap_or_default();
        Fee {
            name: name.to_string(),
            payee: row.text("payee").unwrap_or(name).to_string(),
            due: fee_due(book, &row, legal, tranches),
            cap: fen(book, &row, "cap"),
        }
    };
    (table.iter().flat_map(Table::rows).map(fee).collect(), names)
}

fn fee_due(book: &Book, row: &Row, legal: Date, tranches: &Names) -> FeeDue {
    let kinds = ["amount", "rate_pa", "share_of_collections", "share_of_payments"];
    let given: Vec<&str> = kinds.into_iter().filter(|column| !row.is_blank(column)).collect();
    if given.len() != 1 {
        let text = "one of amount, rate_pa, share_of_collections and share_of_payments is wanted";
        book.problems.at(&row.place(given.first().unwrap_or(&"amount")), text);
    }
    let dates = fee_dates(book, row, legal);
    if dates.is_some() && given.first() != Some(&"amount") && given.len() == 1 {
        let text = "dates of a fee that is not an amount";
        book.problems.at(&row.place(given[0]), text);
    }
    if !row.is_blank("base") && given.first() != Some(&"rate_pa") && given.len() == 1 {
        book.problems.at(&row.place("base"), "a base of a fee that is not a rate_pa");
    }
    match given.first() {
        Some(&"rate_pa") => FeeDue::RatePa {
            rate_pa: annual(book, row, "rate_pa").unwrap_or(Decimal::ZERO),
            base: fee_base(book, row, tranches),
            day_count: day_count(book, row),
        },
        Some(&"share_of_collections") => {
            let part = share(book, row, "share_of_collections");
            FeeDue::ShareOfCollections(part.unwrap_or(Decimal::ZERO))
        }
        Some(&"share_of_payments") => {
            let part = share(book, row, "share_of_payments");
            FeeDue::ShareOfPayments(part.unwrap_or(Decimal::ZERO))
        }
        _ => {
            let amount = fen(book, row, "amount").unwrap_or(0);
            match dates {
                Some(dates) => FeeDue::AmountOn { amount, dates },
                None => FeeDue::Amount(amount),
            }
        }
    }
}

/// The days on which an amount falls due; `None` is each payment date.
fn fee_dates(book: &Book, row: &Row, legal: Date) -> Option<Vec<Date>> {
    let ways = ["dates", "every_months", "once_on"];
    let given: Vec<&str> = ways.into_iter().filter(|column| !row.is_blank(column)).collect();
    if let [_, second, ..] = given[..] {
        let text = "one of dates, every_months and once_on is wanted";
        book.problems.at(&row.place(second), text);
    }
    if !row.is_blank("first_date") && row.is_blank("every_months") {
        row.need("every_months");
    }
    match *given.first()? {
        "dates" => Some(Value::of(book, row, "dates")?.dates()),
        "once_on" => Some(row.date("once_on").into_iter().collect()),
        _ => {
            let first = if row.need("first_date") { row.date("first_date") } else { None };
            let months = row.integer_in("every_months", 1..=120);
            let (Some(first), Some(months)) = (first, months) else {
                return Some(Vec::new());
            };
            let nth = |k: i32| add_months(first, k * months as i32);
            Some((0..).map(nth).take_while(|date| *date <= legal).collect())
        }
    }
}

/// What a fee's rate may be of.
pub const BASES: &[&str] =
    &["pool_opening", "pool_performing", "notes_opening", "initial", "notes:A;B"];

fn fee_base(book: &Book, row: &Row, tranches: &Names) -> FeeBase {
    let Some(value) = Value::of(book, row, "base") else {
        return FeeBase::PoolOpening;
    };
    match super::cell::key(value.text).as_str() {
        "poolopening" => return FeeBase::PoolOpening,
        "poolperforming" => return FeeBase::PoolPerforming,
        "notesopening" => return FeeBase::NotesOpening(Vec::new()),
        "initial" => return FeeBase::Initial,
        _ => {}
    }
    let parts = value.text.split_once([':', '：']);
    let Some((_, list)) = parts.filter(|(head, _)| super::cell::key(head) == "notes") else {
        book.problems.not_one_of(&value.place, value.text, BASES);
        return FeeBase::PoolOpening;
    };
    let list = Value::new(book, list, value.place.clone()).list();
    let index = |item: &Value| book.index(&item.place, item.text, tranches);
    FeeBase::NotesOpening(list.iter().map(index).collect())
}
