//! A deal's tables as one workbook to fill in: a sheet a table, its header frozen, each column with
//! a note of what it means, a number format and, where it takes one of a few words, a drop-down.
//!
//! Invariant: read back it is the same deal as from the tables, and the same tables give the same
//! bytes.
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, Note, Workbook, Worksheet, XlsxError,
};

use super::cell;
use super::columns::{About, TABLES};
use super::header;
use super::offers::{Offer, column_of, offer, words};
use super::reader::described;
use super::table::{Column, Kind};

/// Rows that have drop-downs and formats ready.
const READY: u32 = 1_000;
/// A drop-down holds no more characters than this.
const LIST: usize = 255;
/// The column of the first sheet where lists of words begin.
const LISTS_AT: u16 = 5;

/// Wide enough for a billion yuan with two decimals.
const AMOUNT_WIDTH: usize = 17;
/// What a table holds, in one line; longer ones take two.
const HOLDS_WIDTH: usize = 90;

/// A workbook of tables (`loans.csv` with its text) and of remarks for people.
pub fn template(tables: &[(&str, &str)], remarks: &str) -> Result<Vec<u8>, String> {
    bytes(tables, remarks).map_err(|error| format!("the workbook cannot be written: {error}"))
}

fn bytes(tables: &[(&str, &str)], remarks: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let properties = DocProperties::new().set_title("ipabs").set_creation_datetime(&created);
    workbook.set_properties(&properties);
    let lists = lists(tables);
    workbook.push_worksheet(readme(tables, remarks, &lists)?);
    let given = Given { tables, lists: &lists };
    for about in TABLES {
        if let Some((_, text)) = tables.iter().find(|(file, _)| *file == about.file) {
            workbook.push_worksheet(sheet(about, text, &given)?);
        }
    }
    workbook.save_to_buffer()
}

/// The tables of the workbook, and words that are too many for a drop-down of their own: they stand
/// on the first sheet.
struct Given<'a> {
    tables: &'a [(&'a str, &'a str)],
    lists: &'a [List],
}

/// The words of a column.
struct List {
    file: &'static str,
    column: &'static str,
    words: Vec<String>,
}

/// Words that are offered and do not fit.
fn lists(tables: &[(&str, &str)]) -> Vec<List> {
    let given = TABLES.iter().filter(|about| tables.iter().any(|of| of.0 == about.file));
    let columns = given.flat_map(|about| about.columns.iter().map(move |of| (about.file, of.name)));
    let long = columns.filter_map(|(file, column)| {
        let words = words(file, offer(file, column)?, tables);
        (words.join(",").len() > LIST).then_some(List { file, column, words })
    });
    long.collect()
}

fn stem(file: &str) -> &str {
    file.trim_end_matches(".csv")
}

/// What the workbook is, and which sheets there are or may be added.
fn readme(tables: &[(&str, &str)], remarks: &str, lists: &[List]) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("README")?;
    sheet.set_screen_gridlines(false);
    let (bold, plain) = (Format::new().set_bold(), Format::new());
    let mut row = 0;
    for line in remarks.lines() {
        let title = line.strip_prefix("# ");
        let format = if title.is_some() { &bold } else { &plain };
        sheet.write_string_with_format(row, 0, title.unwrap_or(line).trim(), format)?;
        row += 1;
    }
    row += 1;
    let hint = "Point at a header to see what its column means; grey columns may stay empty. A \
                sheet left out, a column left out or a blank cell takes its default.";
    sheet.write_string_with_format(row, 0, hint, &plain)?;
    row += 2;
    let heads = ["sheet", "中文", "here", "holds"];
    for (column, head) in (0..).zip(heads) {
        sheet.write_string_with_format(row, column, head, &head_format(true))?;
    }
    for about in TABLES {
        row += 1;
        let here = tables.iter().any(|(file, _)| *file == about.file);
        let cells = [stem(about.file), about.zh, if here { "yes" } else { "may be added" }];
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let holds = about.holds.replace(".csv", "").replace('`', "");
        if holds.len() > HOLDS_WIDTH {
            sheet.set_row_height(row, 30)?;
        }
        for (column, text) in (0..).zip(cells.into_iter().chain([holds.as_str()])) {
            sheet.write_string_with_format(row, column, text, &wrapped)?;
        }
    }
    for (column, width) in (0..).zip([16, 18, 14, HOLDS_WIDTH as u16]) {
        sheet.set_column_width(column, width)?;
    }
    for (at, list) in (LISTS_AT..).zip(lists) {
        let title = format!("{}: {}", stem(list.file), list.column);
        sheet.write_string_with_format(0, at, &title, &head_format(false))?;
        for (row, word) in (1..).zip(&list.words) {
            sheet.write_string(row, at, word)?;
        }
        sheet.set_column_width(at, 30)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_print_area(0, 0, row, LISTS_AT - 2)?;
    Ok(sheet)
}

fn head_format(given: bool) -> Format {
    let colour = if given { 0xD9_E7_F3 } else { 0xEE_EE_EE };
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(colour))
        .set_border_bottom(FormatBorder::Thin)
}

/// A table: the columns of the text, then those that may be filled in too.
fn sheet(about: &About, text: &str, given: &Given) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(stem(about.file))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut records = reader.records().map_while(Result::ok);
    let header: Vec<String> =
        records.next().iter().flat_map(|header| header.iter()).map(str::to_owned).collect();
    let mut columns: Vec<(String, Option<&Column>)> = header
        .iter()
        .map(|written| (written.clone(), header::column(written, about.columns)))
        .collect();
    // Of two forms of a table the example has one.
    let rest = about.columns.iter().filter(|_| about.file != "correlation.csv");
    for column in rest {
        if !columns.iter().any(|(_, known)| known.is_some_and(|known| known.name == column.name)) {
            columns.push((column.name.to_owned(), Some(column)));
        }
    }
    let mut widths: Vec<usize> = Vec::new();
    for (at, (written, column)) in (0..).zip(&columns) {
        let filled = usize::from(at) < header.len();
        sheet.write_string_with_format(0, at, written, &head_format(filled))?;
        let amounts = column.is_some_and(|column| column.kind == Kind::Amount);
        widths.push(width(written).max(if amounts { AMOUNT_WIDTH } else { 0 }));
        let Some(column) = column else { continue };
        let note = Note::new(note(column)).add_author_prefix(false).set_width(300).set_height(150);
        sheet.insert_note(0, at, &note)?;
        sheet.set_column_format(at, &format(column.kind))?;
        let offered = offered(about.file, column.name, given)?;
        if let Some(choices) = choices(column.kind)?.or(offered) {
            sheet.add_data_validation(1, at, READY, at, &choices)?;
        }
    }
    let mut row = 0;
    for record in records {
        row += 1;
        for (at, (text, (written, column))) in (0..).zip(record.iter().zip(&columns)) {
            widths[usize::from(at)] = widths[usize::from(at)].max(width(text));
            let column = match column {
                // A unit in the header is the header's business.
                Some(column) if !column.names().any(|name| name == written) => None,
                Some(column) if column.name == "value" => item(about, &record).or(Some(*column)),
                other => *other,
            };
            put(&mut sheet, row, at, text.trim(), column)?;
            if let (Some(column), Some("value")) =
                (column, columns[usize::from(at)].1.map(|c| c.name))
                && let Some(choices) = choices(column.kind)?
            {
                sheet.add_data_validation(row, at, row, at, &choices)?;
            }
        }
    }
    for (at, width) in (0..).zip(widths) {
        sheet.set_column_width(at, (width + 2).clamp(10, 48) as f64)?;
    }
    sheet.set_row_height(0, 32)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(sheet)
}

/// What the value of a row is, by the key in the row.
fn item(about: &About, record: &csv::StringRecord) -> Option<&'static Column> {
    record.iter().take(2).find_map(|key| described(about.items, key))
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// What a column means, for whoever points at its header.
fn note(column: &Column) -> String {
    let zh = column.zh.join(", ");
    let kind = match column.kind {
        Kind::Text => "text".to_owned(),
        Kind::Amount => "amount in yuan".to_owned(),
        Kind::Rate => "rate, such as 4.35%".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::Integer => "whole number".to_owned(),
        Kind::Flag => "yes or no".to_owned(),
        Kind::Choice(words) => words.join(", "),
    };
    let blank = match (column.required, column.default) {
        (true, _) => "required",
        (false, "") => "-",
        (false, text) => text,
    };
    let (name, meaning, example) = (column.name, column.meaning, column.example);
    format!("{name} {zh}\n{meaning}\nkind: {kind}\nif blank: {blank}\nexample: {example}")
}

fn format(kind: Kind) -> Format {
    match kind {
        Kind::Amount => Format::new().set_num_format("#,##0.00"),
        Kind::Rate => Format::new().set_num_format("0.00####%"),
        Kind::Date => Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
        Kind::Integer => Format::new().set_num_format("0"),
        Kind::Text | Kind::Number | Kind::Choice(_) | Kind::Flag => Format::new(),
    }
}

/// A drop-down of the words of a column; other spellings are warned of, not forbidden.
fn choices(kind: Kind) -> Result<Option<DataValidation>, XlsxError> {
    let words: Vec<&str> = match kind {
        Kind::Flag => vec!["yes", "no"],
        Kind::Choice(words) => words.iter().filter_map(|word| word.split('/').next()).collect(),
        Kind::Text | Kind::Amount | Kind::Rate | Kind::Number | Kind::Date | Kind::Integer => {
            return Ok(None);
        }
    };
    if words.join(",").len() > LIST {
        return Ok(None);
    }
    let list = DataValidation::new().allow_list_strings(&words)?;
    Ok(Some(list.set_error_style(DataValidationErrorStyle::Warning)))
}

/// A drop-down of what free text may say: what else is typed is remarked on, and stays.
fn offered(file: &str, column: &str, given: &Given) -> Result<Option<DataValidation>, XlsxError> {
    let Some(offer) = offer(file, column) else { return Ok(None) };
    let listed = given.lists.iter().position(|list| (list.file, list.column) == (file, column));
    let list = match (offer, listed) {
        (Offer::Of(of, name), _) => {
            let Some(at) = column_of(of, name, given.tables) else { return Ok(None) };
            let column = column_number_to_name(at as u16);
            let range = format!("={}!${column}$2:${column}${}", stem(of), READY + 1);
            DataValidation::new().allow_list_formula(Formula::new(range))
        }
        (Offer::Words(_) | Offer::Items, Some(at)) => {
            let column = column_number_to_name(LISTS_AT + at as u16);
            let last = given.lists[at].words.len() + 1;
            let range = format!("=README!${column}$2:${column}${last}");
            DataValidation::new().allow_list_formula(Formula::new(range))
        }
        (Offer::Words(_) | Offer::Items, None) => {
            let words = words(file, offer, given.tables);
            if words.is_empty() {
                return Ok(None);
            }
            DataValidation::new().allow_list_strings(&words)?
        }
    };
    let list = list.set_error_style(DataValidationErrorStyle::Information);
    let list = list.set_error_title("Not in the list")?;
    let told =
        "The list has what this workbook knows. Several names go in one cell with ; between.";
    Ok(Some(list.set_error_message(told)?))
}

/// A cell as its kind: numbers and dates as such, whatever is not one alone as text.
fn put(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    text: &str,
    column: Option<&Column>,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    let kind = column.map_or(Kind::Text, |column| column.kind);
    let measure = column.and_then(Column::measure);
    let number = match kind {
        Kind::Amount => cell::amount(text, None).ok(),
        Kind::Rate => cell::rate(text, None).ok(),
        Kind::Number => cell::plain_number(text).ok(),
        Kind::Integer => {
            measure.and_then(|measure| cell::integer(text, measure).ok()).map(Into::into)
        }
        Kind::Date | Kind::Text | Kind::Choice(_) | Kind::Flag => None,
    };
    let format = format(kind);
    match (number, kind, cell::date(text)) {
        // Exact: the reader takes back what was typed at 15 digits.
        (Some(number), _, _) => {
            let value: f64 = number.to_string().parse().unwrap_or_default();
            sheet.write_number_with_format(row, at, value, &format)?;
        }
        (None, Kind::Date, Some(date)) => {
            let (year, month, day) = (date.year().unsigned_abs(), date.month(), date.day());
            let day = ExcelDateTime::from_ymd(year, month as u8, day as u8)?;
            sheet.write_datetime_with_format(row, at, &day, &format)?;
        }
        _ => {
            sheet.write_string(row, at, text)?;
        }
    }
    Ok(())
}
