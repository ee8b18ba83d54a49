//! The reconciliation: what came in and what went out, added up from the postings by live formulas,
//! set against the other tables.
//!
//! opening accounts + note proceeds + originator funding + collections with recoveries + covers +
//! account income + draws = price paid + pledge shares of givers + taxes + fees + interest +
//! principal + supporter repaid + residual + closing accounts.
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::blocks::totals;
use super::flows::{Flows, item_range};
use super::page::{HEADER, Look, Page, RowAt, address, cell_of};
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::reasons::Item::{self, *};
use crate::report::reasons::{IN, OUT, accounts, item_of};
use crate::report::record::Record;
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// A check cell: what it is of, where it stands, what it gives.
pub struct Check {
    pub of: String,
    /// `'reconciliation'!D17`.
    pub cell: String,
    pub gap: Decimal,
}

/// The column of the check cells.
const AMOUNTS: u16 = 3;

/// One side of one run, line by line.
struct Line {
    formula: String,
    amount: Decimal,
    /// What another table has for it.
    table: Option<(String, Decimal)>,
}

pub fn reconciliation(
    runs: &[&Record],
    flows: &Flows,
    lang: Lang,
) -> Result<(Worksheet, Vec<Check>), XlsxError> {
    let name = lang.say("reconciliation", "勾稽");
    let title = lang.say("What came in and what went out", "资金来源与运用勾稽");
    let holds = lang.say(
        "yuan; sums of the postings by what they count as, against the other sheets; every \
         difference and every check reads 0.00",
        "单位：元；分录按归类汇总，与其他各表核对；差额与校验均应为 0.00",
    );
    let mut page = Page::new(lang, name, title, holds)?;
    let heads = match lang {
        Lang::En => ["run", "side", "item", "postings", "other sheets", "difference"],
        Lang::Zh => ["情景", "方向", "项目", "分录汇总", "其他各表", "差额"],
    };
    for (column, head) in (0..).zip(heads) {
        let below = if column < AMOUNTS { Look::Text } else { Look::Yuan };
        page.head(HEADER, column, head, below)?;
    }
    let mut checks = Vec::new();
    let mut row = HEADER + 1;
    for at in 0..runs.len() {
        row = block(&mut page, runs, at, flows, row, &mut checks)? + 1;
    }
    Ok((page.close(3)?, checks))
}

fn block(
    page: &mut Page,
    runs: &[&Record],
    run: usize,
    flows: &Flows,
    first: RowAt,
    checks: &mut Vec<Check>,
) -> Result<RowAt, XlsxError> {
    let (lang, folder) = (page.lang, label(runs[run], page.lang));
    let mut row = first;
    let mut sides = Vec::new();
    for (items, word) in [(IN, lang.say("in", "流入")), (OUT, lang.say("out", "流出"))] {
        let (begin, mut sum) = (row, Decimal::ZERO);
        for item in items {
            let Some(line) = line(runs, run, flows, *item, row) else { continue };
            let other = matches!(item, OtherIn | OtherOut | Covered | PledgeShare);
            if other && line.amount.is_zero() {
                continue;
            }
            for (column, text) in [(0, folder.as_str()), (1, word), (2, item.word(lang))] {
                page.text(row, column, text, Look::Text)?;
            }
            put(page, row, &line)?;
            sum += line.amount;
            row += 1;
        }
        let cells = |row: RowAt| address(row, AMOUNTS);
        sides.push((format!("SUM({}:{})", cells(begin), cells(row.max(begin + 1) - 1)), sum));
    }
    let [(inward, came), (outward, went)] = &sides[..] else { return Ok(row) };
    let gap = came - went;
    for (column, text) in [(0, folder.as_str()), (1, ""), (2, lang.say("check", "校验"))] {
        page.put(row, column, &Cell::text(text), Look::Text, true)?;
    }
    let formula = format!("=ROUND({inward}-{outward},2)");
    page.formula(row, AMOUNTS, &formula, &Cell::Yuan(gap), Look::Yuan, true)?;
    checks.push(Check { of: folder, cell: cell_of(&page.name, row, AMOUNTS), gap });
    Ok(row + 1)
}

fn put(page: &mut Page, row: RowAt, line: &Line) -> Result<(), XlsxError> {
    page.formula(row, AMOUNTS, &line.formula, &Cell::Yuan(line.amount), Look::Yuan, false)?;
    let Some((formula, amount)) = &line.table else { return Ok(()) };
    let formula = format!("={formula}");
    page.formula(row, AMOUNTS + 1, &formula, &Cell::Yuan(*amount), Look::Yuan, false)?;
    let (one, other) = (address(row, AMOUNTS), address(row, AMOUNTS + 1));
    let gap = Cell::Yuan(line.amount - amount);
    let formula = format!("=ROUND({one}-{other},2)");
    page.formula(row, AMOUNTS + 2, &formula, &gap, Look::Yuan, false)
}

/// A line's formula and amount; `row` is where its name will stand.
fn line(runs: &[&Record], run: usize, flows: &Flows, item: Item, row: RowAt) -> Option<Line> {
    let (formula, amount) = match item {
        Opening | Closing => balances(runs, run, flows, item)?,
        _ => {
            let (formula, amount) = sum(runs, run, flows, item, &address(row, 2))?;
            (format!("={formula}"), amount)
        }
    };
    let of = |table: &str, column: &str| Some(totals(flows.of(table)?, runs, run, column));
    let table = match item {
        Interest => of("collections.csv", "interest"),
        Principal => of("collections.csv", "principal"),
        Prepaid => of("collections.csv", "prepaid"),
        Recovered => {
            let whole = of("collections.csv", "recovered");
            adjusted(whole, runs, run, flows, &[(Covered, '-'), (PledgeShare, '+')])
        }
        CleanUp => of("collections.csv", "clean_up"),
        Draws => adjusted(of("supports.csv", "paid"), runs, run, flows, &[(Covered, '-')]),
        Repaid => of("supports.csv", "repaid"),
        NoteInterest => of("notes.csv", "interest_paid"),
        NotePrincipal => of("notes.csv", "principal_paid"),
        Residual => of("notes.csv", "residual_paid"),
        Taxes => fees(runs, run, flows, true),
        Fees => fees(runs, run, flows, false),
        Opening | NoteProceeds | Funding | Income | OtherIn | Price | PledgeShare | Covered
        | OtherOut | Closing | Within => None,
    };
    Some(Line { formula, amount, table })
}

/// The postings that count as an item.
fn sum(
    runs: &[&Record],
    run: usize,
    flows: &Flows,
    item: Item,
    name: &str,
) -> Option<(String, Decimal)> {
    let flow = flows.of("postings.csv")?;
    let table = runs[run].table("postings.csv")?;
    let accounts = accounts(runs[run]);
    let counts = |cells: &&Vec<Cell>| item_of(&accounts, table, cells) == item;
    let amounts = table.rows.iter().filter(counts);
    let amount = amounts.map(|cells| table.cell(cells, "amount").yuan()).sum();
    let formula = match (flow.range(runs, run, "amount"), item_range(flow, runs, run)) {
        (Some(amounts), Some(items)) => format!("SUMIFS({amounts},{items},{name})"),
        _ => "0".to_owned(),
    };
    Some((formula, amount))
}

/// A table's total with items of the journal added or taken off: `recovered` holds what givers of
/// covers pay less what they take of the pledge, `paid` of supporters what givers pay too.
fn adjusted(
    whole: Option<(String, Decimal)>,
    runs: &[&Record],
    run: usize,
    flows: &Flows,
    items: &[(Item, char)],
) -> Option<(String, Decimal)> {
    let (mut formula, mut amount) = whole?;
    for (item, sign) in items {
        let name = format!("\"{}\"", item.word(flows.lang));
        let (taken, of) = sum(runs, run, flows, *item, &name)?;
        if !of.is_zero() {
            formula = format!("{formula}{sign}{taken}");
            amount = if *sign == '-' { amount - of } else { amount + of };
        }
    }
    Some((formula, amount))
}

/// All accounts before the first date, or after the last.
fn balances(runs: &[&Record], run: usize, flows: &Flows, item: Item) -> Option<(String, Decimal)> {
    let flow = flows.of("accounts.csv")?;
    let table = runs[run].table("accounts.csv")?;
    let (column, function) = if item == Opening { ("opening", "MIN") } else { ("closing", "MAX") };
    let dates = table.rows.iter().filter_map(|row| match table.cell(row, "date") {
        Cell::Date(date) => Some(*date),
        _ => None,
    });
    let date = if item == Opening { dates.min() } else { dates.max() };
    let amount = date.map_or(Decimal::ZERO, |date| {
        let rows = table.rows.iter().filter(|row| *table.cell(row, "date") == Cell::Date(date));
        rows.map(|row| table.cell(row, column).yuan()).sum()
    });
    let ranges = (flow.range(runs, run, column), flow.range(runs, run, "date"));
    let formula = match ranges {
        (Some(values), Some(dates)) => format!("=SUMIFS({values},{dates},{function}({dates}))"),
        _ => "=0".to_owned(),
    };
    Some((formula, amount))
}

/// Taxes alone, or everything else on the sheet of fees.
fn fees(runs: &[&Record], run: usize, flows: &Flows, taxes: bool) -> Option<(String, Decimal)> {
    let flow = flows.of("fees.csv")?;
    let table = runs[run].table("fees.csv")?;
    let at = super::blocks::place(table, "paid")?;
    let own = flow.blocks.iter().filter(|block| block.run == run);
    let wanted = own.filter(|block| (block.group == "tax") == taxes);
    let cells: Vec<String> =
        wanted.filter_map(|block| Some(cell_of(&flow.sheet, block.total?, at))).collect();
    let rows = table.rows.iter().filter(|row| (table.text(row, "fee") == "tax") == taxes);
    let amount = rows.map(|row| table.cell(row, "paid").yuan()).sum();
    Some(if cells.is_empty() { ("0".to_owned(), amount) } else { (cells.join("+"), amount) })
}
