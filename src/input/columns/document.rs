//! The tables as a text to read.

use super::{About, NOT_MODELLED, SHELF_TABLES, TABLES};
use crate::input::table::{Column, Kind};
use crate::scenario::{Shared, ValueShocks};
use std::fmt::Write;

const INTRODUCTION: &str = "\
# Tables of a deal

A deal is a folder of CSV files. `deal.csv`, `obligors.csv`, `loans.csv` and `tranches.csv` are
needed; the others are there if the deal has such things. Files that are not CSV are ignored; a CSV
file with another name is a problem. `ipabs check FOLDER` reads everything and lists every problem,
with file, row and column, in one run. A folder of deal folders is a shelf, and they are its series:
one firm is one name in all of them, and no right is pledged in two at one time. Its own tables are
at the end.

A deal can also be one workbook (`.xlsx`) with a sheet for each table, named `deal`, `loans`, ... or
by the Chinese name below; `ipabs new FILE.xlsx` writes one to start from. A sheet named `README` or
`说明` is for people; another name is a problem. Problems are named by sheet and cell (`loans!F17`).
A number in a cell is its text at 15 significant digits, as many as a spreadsheet keeps: an amount
has exactly the fen that were typed, and one that still has more than two decimals is refused. A
cell formatted in percent is read with its sign, one formatted as a date as that day, a formula as
the value stored with it. Refused: a formula without a stored value, an error, a number of more than
15 digits, merged cells, a line break in a cell, a damaged file.

What is accepted in every table:

- **Encoding**: UTF-8 with or without BOM, or GB18030. A damaged or doubtful file is refused.
- **Cells**: separated by commas; a cell holds one line. Lists inside a cell are separated by `;`.
- **Headers**: English or Chinese, in any order, perhaps with a unit: `本金（万元）`, `利率(%)`. A row
  of units below the header is read too. Unknown columns are a problem.
- **Amounts**: yuan, exact to the fen: `1000000.00`, `1,000,000.00`, `100万元`.
- **Rates and shares**: `4.35%`, `0.0435`, `435bp`; a bare number from 1 up is refused as ambiguous.
- **Dates**: `2021-07-12`, `2021/7/12`, `20210712`, `2021年7月12日`, from 1990 to 2100.
- **Numbers** (weights, degrees of freedom): `0.35`, without a unit.
- **Whole numbers**: `12`; **flags**: `yes`, `no`, `是`, `否`; **choices**: the English or the
  Chinese word.
- **Names**: at most 120 characters, not starting with `=`, `+`, `-` or `@`. The first column of a
  table is its key: no key twice, unless the table says otherwise.

Limits: 100,000 rows and 64 MiB a table, 16 tranches, 8 accounts, 32 fees, 32 triggers, 200 steps,
100 scenarios, 32 supporters, 8 commitments, 600 payment dates.
";

/// The whole as Markdown.
pub fn documentation() -> String {
    let mut out = String::from(INTRODUCTION);
    for table in TABLES {
        section(&mut out, table);
    }
    out.push_str(&simulation());
    out.push_str("\n## Not modelled\n\n");
    out.push_str("Refused by name, so that nobody takes a result for what it is not.\n\n");
    for (words, what) in NOT_MODELLED {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let _ = writeln!(out, "- `deal.csv`, {}: {what}", words.join(", "));
    }
    out.push_str(SHELF);
    for table in SHELF_TABLES {
        section(&mut out, table);
    }
    out
}

/// What a shelf's own tables are.
const SHELF: &str = "\n# Tables of a shelf\n\n\
A shelf is a folder of deal folders, its series. `ipabs shelf` wants `shelf.csv` in it; `check`, \
`show`, `run` and `simulate` do without, and tell every problem of these tables where they are \
there. A limit that no cell sets is the usual one below, or is not tested. At most 100 series, 32 \
supporters and 2,000 candidates.\n";

/// What simulation takes from the tables, and what it assumes where they say nothing.
fn simulation() -> String {
    let percent = |share: f64| format!("{}%", (share * 1e4).round() / 100.0);
    let (shared, shocks) = (Shared::ASSUMED, ValueShocks::ASSUMED);
    format!(
        "\n## What simulate draws from\n\n\
- **Default curves**: a firm's `pd_1y`, `pd_2y`, `pd_3y`, `pd_5y` where it has any, at a constant \
intensity between these years and on from the last; else the curve of its rating in `pd_table`. A \
firm with neither is a problem when `simulate` is asked for, and only then; a supporter that \
supports nothing needs none.\n\
- **Ratings** are looked up as written in the one table that `deal.csv` names. Grades of a Chinese \
local scale are not global ones: a local AAA is not a global Aaa, so give such firms their own \
probabilities. `moodys_idealised` knows Aaa, Aa1 ... Caa2, also spelt AAA (Aaa), AA+ (Aa1), AA \
(Aa2) ... BBB+ (Baa1) ... B- (B3), CCC (Caa2): Moody's idealised cumulative default probabilities, \
years 1 to 5, 7 and 10. `sp_global` knows AAA, AA+ ... CCC-: S&P Global rating factors, year 10.\n\
- **Correlation** without `correlation.csv` is assumed: {} for any two firms, {} more in one \
industry, {} more in one region; affiliates (one `group`) share the latent variable of the \
first of them, and default together as far as their curves agree.\n\
- **Values of rights** move with the default factors: `value_shock` in `scenarios.csv`, assumed {} \
by the factor of all firms, {} by that of the firm's industry, {} by one of the right's own. With \
written loadings these are the factors named `all` and `industry NAME`.\n",
        percent(shared.all),
        percent(shared.industry),
        percent(shared.region),
        percent(shocks.all),
        percent(shocks.industry),
        percent(shocks.own),
    )
}

fn section(out: &mut String, table: &About) {
    let _ = writeln!(out, "\n## {} ({})\n\n{}.\n", table.file, table.zh, capital(table.holds));
    rows(out, "column", table.columns);
    if !table.items.is_empty() {
        let first = table.columns.iter().find(|column| column.meaning.contains("list is below"));
        let first = first.map_or("key", |column| column.name);
        let _ = writeln!(out, "\nEach {first}:\n");
        rows(out, first, table.items);
    }
}

fn rows(out: &mut String, first: &str, columns: &[Column]) {
    let _ = writeln!(out, "| {first} | 中文 | kind | if blank | meaning | example |");
    let _ = writeln!(out, "|---|---|---|---|---|---|");
    for column in columns {
        let blank = match (column.required, column.default) {
            (true, _) => "**required**",
            (false, "") => "-",
            (false, text) => text,
        };
        let cells = [
            &format!("`{}`", column.name),
            &column.zh.join(", "),
            &kind(column),
            blank,
            column.meaning,
            &format!("`{}`", column.example),
        ];
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn kind(column: &Column) -> String {
    match column.kind {
        Kind::Text => "text".to_string(),
        Kind::Amount => "amount (yuan)".to_string(),
        Kind::Rate => "rate".to_string(),
        Kind::Number => "number".to_string(),
        Kind::Date => "date".to_string(),
        Kind::Integer => "whole number".to_string(),
        Kind::Flag => "yes or no".to_string(),
        Kind::Choice(words) => {
            let words: Vec<String> = words.iter().map(|word| choice(word)).collect();
            words.join(", ")
        }
    }
}

/// `bullet/到期一次还本` as `bullet` (到期一次还本).
fn choice(word: &str) -> String {
    match word.split_once('/') {
        Some((word, others)) => format!("`{word}` ({})", others.replace('/', ", ")),
        None => format!("`{word}`"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
