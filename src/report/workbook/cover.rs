//! What stands behind each class on each date: the performing pool and the cash on the accounts
//! over the class and those above it, in live formulas.
//!
//! cover = (pool closing + accounts closing) / closing of the class and of those above it; a blank
//! once they are repaid. Coverage and DSCR as defined elsewhere are on the sheet of measures.
use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::blocks::{Flow, place, print_first, repeats};
use super::charts::{Across, Axes, Line, chart};
use super::flows::Flows;
use super::page::{CHART_ROWS, HEADER, Look, Page, RowAt, address, cell_of};
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// Columns before those of the classes: run, date, pool, accounts.
const BEFORE: u16 = 4;

pub fn cover(runs: &[&Record], flows: &Flows, lang: Lang) -> Result<Option<Worksheet>, XlsxError> {
    let mut classes: Vec<String> = Vec::new();
    for class in runs.iter().flat_map(|run| run.classes()) {
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    let tables = (flows.of("collections.csv"), flows.of("notes.csv"), flows.of("accounts.csv"));
    let (Some(pool), Some(notes), Some(accounts)) = tables else { return Ok(None) };
    let title = lang.say("What stands behind the notes", "证券的资产覆盖");
    let holds = lang.say(
        "yuan; asset cover = (performing pool + cash on accounts) / (the class and those above \
         it); blank once repaid",
        "单位：元；资产覆盖倍数 =（正常资产余额 + 账户余额）/（本档及以上各档余额）；兑付完毕后为空",
    );
    let mut page = Page::new(lang, lang.say("asset cover", "资产覆盖"), title, holds)?;
    let heads = match lang {
        Lang::En => ["run", "payment date", "pool", "accounts"],
        Lang::Zh => ["情景", "兑付日", "正常资产余额", "账户余额"],
    };
    let looks = [Look::Text, Look::Date, Look::Yuan, Look::Yuan];
    for (column, (head, look)) in (0..).zip(heads.into_iter().zip(looks)) {
        page.head(HEADER, column, head, look)?;
    }
    for (column, class) in (BEFORE..).step_by(2).zip(&classes) {
        let owed = format!("{}{class}", lang.say("notes to ", "余额至 "));
        page.head(HEADER, column, &owed, Look::Yuan)?;
        let cover = format!("{}{class}", lang.say("asset cover ", "资产覆盖 "));
        page.head(HEADER, column + 1, &cover, Look::Yuan)?;
    }
    let (mut row, mut printed) = (HEADER + 1, false);
    for run in 0..runs.len() {
        let from = Sources { runs, run, pool, notes, accounts };
        if !printed && repeats(runs, run) {
            print_first(&mut page, runs, run, row)?;
            printed = true;
        }
        let first = row;
        row = block(&mut page, &from, &classes, row)?;
        if row > first {
            draw(&mut page, runs[run], &classes, first, row - 1)?;
            row += CHART_ROWS + 2;
        }
    }
    Ok(Some(page.close(2)?))
}

/// Where one run's figures come from.
struct Sources<'a> {
    runs: &'a [&'a Record],
    run: usize,
    pool: &'a Flow,
    notes: &'a Flow,
    accounts: &'a Flow,
}

impl Sources<'_> {
    fn table(&self, flow: &Flow) -> Option<&Table> {
        self.runs[self.run].table(flow.table)
    }

    /// Cash on all accounts on a date: a formula, and what it gives.
    fn cash(&self, row: RowAt, date: &Cell) -> Option<(String, Decimal)> {
        let table = self.table(self.accounts)?;
        let values = self.accounts.range(self.runs, self.run, "closing")?;
        let dates = self.accounts.range(self.runs, self.run, "date")?;
        let rows = table.rows.iter().filter(|row| table.cell(row, "date") == date);
        let sum = rows.map(|row| table.cell(row, "closing").yuan()).sum();
        Some((format!("=SUMIFS({values},{dates},{})", address(row, 1)), sum))
    }

    /// What is owed to classes up to one after the date: addresses, and their sum.
    fn owed(&self, classes: &[String], date: &Cell) -> Option<(String, Decimal)> {
        let table = self.table(self.notes)?;
        let at = place(table, "closing")?;
        let (mut cells, mut sum) = (Vec::new(), Decimal::ZERO);
        let own = self.notes.blocks.iter().filter(|block| block.run == self.run);
        for block in own.filter(|block| classes.contains(&block.group)) {
            let rows = table.rows.iter().filter(|row| table.text(row, "tranche") == block.group);
            for (row, cells_of) in (block.first..).zip(rows) {
                if table.cell(cells_of, "payment_date") == date {
                    cells.push(cell_of(&self.notes.sheet, row, at));
                    sum += table.cell(cells_of, "closing").yuan();
                }
            }
        }
        (!cells.is_empty()).then(|| (format!("={}", cells.join("+")), sum))
    }
}

/// The row after the last.
fn block(
    page: &mut Page,
    from: &Sources,
    classes: &[String],
    mut row: RowAt,
) -> Result<RowAt, XlsxError> {
    let Some(table) = from.table(from.pool) else { return Ok(row) };
    let Some(block) = from.pool.blocks.iter().find(|block| block.run == from.run) else {
        return Ok(row);
    };
    let closing = place(table, "closing").unwrap_or_default();
    for (source, cells) in (block.first..).zip(&table.rows) {
        page.text(row, 0, &label(from.runs[from.run], page.lang), Look::Text)?;
        let date = table.cell(cells, "payment_date");
        page.put(row, 1, date, Look::Date, false)?;
        let pool = table.cell(cells, "closing").yuan();
        let formula = format!("={}", cell_of(&from.pool.sheet, source, closing));
        page.formula(row, 2, &formula, &Cell::Yuan(pool), Look::Yuan, false)?;
        let Some((formula, cash)) = from.cash(row, date) else { return Ok(row) };
        page.formula(row, 3, &formula, &Cell::Yuan(cash), Look::Yuan, false)?;
        for (column, at) in (BEFORE..).step_by(2).zip(0..classes.len()) {
            let Some((formula, owed)) = from.owed(&classes[..=at], date) else { continue };
            page.formula(row, column, &formula, &Cell::Yuan(owed), Look::Yuan, false)?;
            if owed > Decimal::ZERO {
                let (pool_at, cash_at) = (address(row, 2), address(row, 3));
                let formula = format!("=({pool_at}+{cash_at})/{}", address(row, column));
                let part = |amount: Decimal| Cell::Yuan(amount).number().unwrap_or_default();
                let cover = Cell::Number(part(pool + cash) / part(owed), 6);
                page.formula(row, column + 1, &formula, &cover, Look::Number(2), false)?;
            }
        }
        row += 1;
    }
    Ok(row)
}

fn draw(
    page: &mut Page,
    run: &Record,
    classes: &[String],
    first: RowAt,
    last: RowAt,
) -> Result<(), XlsxError> {
    let lang = page.lang;
    let own = run.classes();
    let columns = (BEFORE + 1..).step_by(2).zip(classes);
    let lines: Vec<Line> = columns
        .filter(|(_, class)| own.contains(class))
        .map(|(column, class)| Line::of_class(page, run, (column, class), (first, last)))
        .collect();
    let axes = Axes {
        title: &format!(
            "{} · {}",
            lang.say(
                "Asset cover: pool and cash over the class and those above it",
                "各档资产覆盖倍数"
            ),
            label(run, lang)
        ),
        unit: lang.say("times", "倍"),
        format: "0.0",
        across: Across::Dates(last - first + 1),
    };
    let chart = chart(ChartType::Line, &axes, &lines, lang);
    page.chart(first, last + 2, &chart)
}
