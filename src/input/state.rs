//! state.csv: where a deal in mid-life stands.

use super::columns::STATE_ITEMS;
use super::problems::Place;
use super::reader::{Book, Names, Value, described};
use super::rules::Refs;
use super::table::{Column, Row, Table};
use crate::deal::State;
use crate::num::{Fen, yuan_of};

const FILE: &str = "state.csv";

/// `None` where the folder has no such table.
pub fn read(refs: &Refs) -> Option<State> {
    let book = refs.book;
    let table = book.table(FILE)?;
    let mut state = State {
        as_of: None,
        notes: vec![(0, 0); refs.tranche_names.names.len()],
        accounts: vec![0; refs.accounts.names.len()],
        fees: vec![0; refs.fees.names.len()],
        tax_unpaid: 0,
        initial_principal: 0,
        cumulative_defaults: 0,
        commitments: vec![(0, 0); refs.commitments.names.len()],
        calls: 0,
        in_force: vec![false; refs.triggers.names.len()],
    };
    let mut seen: Vec<(&'static str, &str, usize)> = Vec::new();
    let rows: Vec<Row> = table.rows().collect();
    for row in &rows {
        let Some(written) = row.text("item") else {
            continue;
        };
        let place = row.place("item");
        let Some(item) = described(STATE_ITEMS, written) else {
            let words = STATE_ITEMS.iter().flat_map(Column::names);
            book.problems.dangling(&place, written, "the items of a state", words);
            continue;
        };
        let name = row.text("name").unwrap_or_default();
        let same = seen.iter().find(|(other, of, _)| *other == item.name && *of == name);
        if let Some((_, _, first)) = same {
            book.problems.duplicate_key(&place, &format!("{written} {name}"), *first);
            continue;
        }
        seen.push((item.name, name, row.number()));
        if let Some(value) = Value::of(book, row, "value") {
            set(refs, &mut state, item, row, &value);
        }
    }
    complete(book, refs, &table, &state, &seen);
    Some(state)
}

fn set(refs: &Refs, state: &mut State, item: &Column, row: &Row, value: &Value) {
    let index = |names: &Names| -> Option<usize> {
        let name = if row.need("name") { row.text("name") } else { None };
        let at = refs.book.index(&row.place("name"), name?, names);
        names.find(name?).map(|_| at)
    };
    let put = |at: Option<usize>, set: &mut dyn FnMut(usize, Fen)| {
        if let (Some(at), Some(fen)) = (at, value.fen()) {
            set(at, fen);
        }
    };
    match item.name {
        "as_of_date" => state.as_of = value.date(),
        "note_balance" => {
            let at = index(refs.tranche_names);
            put(at, &mut |at, fen| state.notes[at].0 = fen);
            if let (Some(at), Some(fen)) = (at, value.fen()) {
                let notional = refs.tranches[at].notional;
                if fen > notional && notional > 0 {
                    let notional = yuan_of(notional);
                    value.problem(format_args!("{} is above the notional {notional}", value.text));
                }
            }
        }
        "interest_unpaid" => {
            put(index(refs.tranche_names), &mut |at, fen| state.notes[at].1 = fen);
        }
        "account" => put(index(refs.accounts), &mut |at, fen| state.accounts[at] = fen),
        "fee_unpaid" => put(index(refs.fees), &mut |at, fen| state.fees[at] = fen),
        "tax_unpaid" => state.tax_unpaid = value.fen().unwrap_or(0),
        "cumulative_defaults" => state.cumulative_defaults = value.fen().unwrap_or(0),
        "drawn" => put(index(refs.commitments), &mut |at, fen| state.commitments[at].0 = fen),
        "repaid" => put(index(refs.commitments), &mut |at, fen| state.commitments[at].1 = fen),
        "calls" => state.calls = value.count(item, 10_000).unwrap_or(0) as u32,
        "in_force" => {
            if let (Some(at), Some(flag)) = (index(refs.triggers), value.flag()) {
                state.in_force[at] = flag;
            }
        }
        _ => {}
    }
}

fn complete(
    book: &Book,
    refs: &Refs,
    table: &Table,
    state: &State,
    seen: &[(&'static str, &str, usize)],
) {
    let has = |item: &str, name: &str| seen.iter().any(|(i, n, _)| *i == item && *n == name);
    if !seen.iter().any(|(item, _, _)| *item == "as_of_date") {
        book.problems.at(&table.place(), "required item as_of_date is missing (or 截止日)");
    }
    for name in refs.tranche_names.names.iter().filter(|name| !name.is_empty()) {
        if !has("note_balance", name) {
            book.problems.at(&table.place(), format_args!("note_balance of {name} is missing"));
        }
    }
    for (name, (drawn, repaid)) in refs.commitments.names.iter().zip(&state.commitments) {
        if repaid > drawn {
            let (repaid, drawn) = (yuan_of(*repaid), yuan_of(*drawn));
            let row = seen.iter().find(|(item, of, _)| *item == "repaid" && of == name);
            let place = row.map_or(table.place(), |(_, _, row)| Place::row(FILE, *row));
            book.problems.at(&place, format_args!("{name}: repaid {repaid}, drawn only {drawn}"));
        }
    }
}
