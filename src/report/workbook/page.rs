//! One sheet while it is written: cells with their looks, formulas with the value they give, widths
//! that fit, how it prints.
//!
//! Invariant: a formula is written together with its result, so that a program that does not
//! calculate shows the same numbers.
use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Chart, Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError,
};

use crate::report::Lang;
use crate::report::table::Cell;

/// How a cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    Title,
    Remark,
    Head,
    HeadRight,
    Text,
    Strong,
    Date,
    Yuan,
    /// Two decimals of a percent; four where they are rare events.
    Percent,
    FinePercent,
    /// So many decimals.
    Number(u8),
    Count,
    Link,
    /// Values among texts, on their side.
    Left,
    LeftYuan,
    LeftNumber,
    LeftDate,
    /// Sentences that wrap.
    Wrapped,
    /// Text and head that stand after a column of figures: a little apart.
    Apart,
    HeadApart,
}

/// A row, counted from 0.
pub type RowAt = u32;
/// A column, counted from 0.
pub type ColumnAt = u16;

/// Where a table's header stands: below the title, a remark and a blank row.
pub const HEADER: RowAt = 3;
const WIDEST: f64 = 60.0;
const NARROWEST: f64 = 9.0;
/// Two lines.
const HEAD_HEIGHT: f64 = 32.0;
const LINE_HEIGHT: f64 = 16.0;
/// A chart in pixels.
pub const CHART_WIDTH: u32 = 860;
pub const CHART_HEIGHT: u32 = 370;
/// Between charts side by side.
const GAP: u32 = 16;
/// Rows of the usual height that it covers.
pub const CHART_ROWS: RowAt = 20;

/// One sheet.
pub struct Page {
    pub sheet: Worksheet,
    pub name: String,
    pub lang: Lang,
    formats: BTreeMap<(Look, bool), Format>,
    widths: BTreeMap<ColumnAt, f64>,
    breaks: Vec<RowAt>,
    /// Row, first and last column, how wide the text is in letters.
    wraps: Vec<(RowAt, ColumnAt, ColumnAt, f64)>,
    /// What charts need from the second column on, in pixels.
    charts: u32,
    /// The title and the remark are not cut on paper: so many pixels.
    least: f64,
    last: (RowAt, ColumnAt),
    /// The last row that is printed, where not all are.
    printed: Option<RowAt>,
}

impl Page {
    /// With its title and a remark of what it holds.
    pub fn new(lang: Lang, name: &str, title: &str, remark: &str) -> Result<Page, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        sheet.set_landscape().set_paper_size(9).set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        sheet.set_screen_gridlines(false);
        sheet.set_footer("&L&A&R&P / &N");
        let mut page = Page {
            sheet,
            name: name.to_owned(),
            lang,
            formats: BTreeMap::new(),
            widths: BTreeMap::new(),
            breaks: Vec::new(),
            wraps: Vec::new(),
            charts: 0,
            least: 7.0 * wide(remark).max(1.5 * wide(title)),
            last: (0, 0),
            printed: None,
        };
        page.free(0, 0, title, Look::Title)?;
        page.free(1, 0, remark, Look::Remark)?;
        Ok(page)
    }

    /// A cell as the tables have it.
    pub fn put(
        &mut self,
        row: RowAt,
        column: ColumnAt,
        cell: &Cell,
        look: Look,
        strong: bool,
    ) -> Result<(), XlsxError> {
        let shown = shown(cell, look);
        self.fit(row, column, &shown);
        let look = match look {
            Look::Text if column > 0 => Look::Apart,
            Look::Head if column > 0 => Look::HeadApart,
            look => look,
        };
        let format = self.format(look, strong);
        match cell {
            Cell::Text(text) => {
                self.sheet.write_string_with_format(row, column, text, &format)?;
            }
            Cell::Date(date) => {
                let (year, month, day) = (date.year(), date.month(), date.day());
                let (year, month, day) = (year.unsigned_abs(), month as u8, day as u8);
                let day = ExcelDateTime::from_ymd(year, month, day)?;
                self.sheet.write_datetime_with_format(row, column, &day, &format)?;
            }
            Cell::Yuan(_) | Cell::Number(..) | Cell::Count(_) => {
                let number = cell.number().unwrap_or_default();
                self.sheet.write_number_with_format(row, column, number, &format)?;
            }
            Cell::Blank => {
                self.sheet.write_blank(row, column, &format)?;
            }
        }
        Ok(())
    }

    pub fn text(
        &mut self,
        row: RowAt,
        column: ColumnAt,
        text: &str,
        look: Look,
    ) -> Result<(), XlsxError> {
        self.put(row, column, &Cell::text(text), look, false)
    }

    /// Text that may run over the next columns: it widens none.
    pub fn free(
        &mut self,
        row: RowAt,
        column: ColumnAt,
        text: &str,
        look: Look,
    ) -> Result<(), XlsxError> {
        let format = self.format(look, false);
        self.sheet.write_string_with_format(row, column, text, &format)?;
        self.last.0 = self.last.0.max(row);
        Ok(())
    }

    /// Text over several columns that wraps; the row gets its height when the widths are known.
    pub fn wrapped(
        &mut self,
        row: RowAt,
        (first, last): (ColumnAt, ColumnAt),
        text: &str,
    ) -> Result<(), XlsxError> {
        let format = self.format(Look::Wrapped, false);
        self.sheet.merge_range(row, first, row, last, text, &format)?;
        self.reach(row, last);
        self.wraps.push((row, first, last, wide(text)));
        Ok(())
    }

    /// A formula and what it gives.
    pub fn formula(
        &mut self,
        row: RowAt,
        column: ColumnAt,
        formula: &str,
        result: &Cell,
        look: Look,
        strong: bool,
    ) -> Result<(), XlsxError> {
        let shown = shown(result, look);
        self.fit(row, column, &shown);
        let value = match result {
            Cell::Date(_) | Cell::Blank => String::new(),
            Cell::Number(value, _) => value.to_string(),
            Cell::Text(_) | Cell::Yuan(_) | Cell::Count(_) => result.written(),
        };
        let (format, formula) = (self.format(look, strong), Formula::new(formula));
        let formula = formula.set_result(value);
        self.sheet.write_formula_with_format(row, column, formula, &format)?;
        Ok(())
    }

    /// A link to another sheet of the workbook.
    pub fn link(&mut self, row: RowAt, column: ColumnAt, sheet: &str) -> Result<(), XlsxError> {
        let (format, target) = (self.format(Look::Link, false), format!("internal:'{sheet}'!A1"));
        self.fit(row, column, sheet);
        self.sheet.write_url_with_options(
            row,
            column,
            target.as_str(),
            sheet,
            "",
            Some(&format),
        )?;
        Ok(())
    }

    /// The head of a column, on the side of what stands below it.
    pub fn head(
        &mut self,
        row: RowAt,
        column: ColumnAt,
        title: &str,
        below: Look,
    ) -> Result<(), XlsxError> {
        let look = match below {
            Look::Yuan | Look::Percent | Look::FinePercent | Look::Number(_) | Look::Count => {
                Look::HeadRight
            }
            _ => Look::Head,
        };
        self.sheet.set_row_height(row, HEAD_HEIGHT)?;
        self.text(row, column, title, look)
    }

    /// Below the rows from `first` on that end before this one, from the second column on; on paper
    /// of its own where they fill a sheet.
    pub fn chart(&mut self, first: RowAt, row: RowAt, chart: &Chart) -> Result<(), XlsxError> {
        if row - first > CHART_ROWS {
            self.break_before(row);
        }
        self.sheet.insert_chart(row, 1, chart)?;
        self.charts = self.charts.max(CHART_WIDTH);
        self.reach(row + CHART_ROWS, 0);
        Ok(())
    }

    /// At the side of the chart of this row: so many pixels wide.
    pub fn chart_beside(&mut self, row: RowAt, chart: &Chart, width: u32) -> Result<(), XlsxError> {
        self.sheet.insert_chart_with_offset(row, 1, chart, CHART_WIDTH + GAP, 0)?;
        self.charts = self.charts.max(CHART_WIDTH + GAP + width);
        Ok(())
    }

    /// What is below this row is for the screen; the blank row above the header says so.
    pub fn print_until(&mut self, row: RowAt, told: &str) -> Result<(), XlsxError> {
        self.printed = Some(row);
        self.free(2, 0, told, Look::Remark)
    }

    /// A sheet of paper ends before the row.
    pub fn break_before(&mut self, row: RowAt) {
        self.breaks.push(row);
    }

    /// `'notes'!$F$5:$F$17`.
    pub fn range(&self, column: ColumnAt, first: RowAt, last: RowAt) -> String {
        format!("{}!{}", quoted(&self.name), local(column, first, last))
    }

    /// Widths, and what is frozen and repeated: rows up to the header, so many columns.
    pub fn close(mut self, columns: ColumnAt) -> Result<Worksheet, XlsxError> {
        self.sheet.set_freeze_panes(HEADER + 1, columns)?;
        self.sheet.set_repeat_rows(0, HEADER)?;
        self.print()
    }

    /// Of a sheet without a header of its own.
    pub fn close_free(mut self) -> Result<Worksheet, XlsxError> {
        self.sheet.set_freeze_panes(2, 0)?;
        self.sheet.set_repeat_rows(0, 1)?;
        self.print()
    }

    /// Widths; all columns and charts on one sheet of paper across.
    fn print(mut self) -> Result<Worksheet, XlsxError> {
        for (&column, &width) in &self.widths {
            self.sheet.set_column_width(column, width.clamp(NARROWEST, WIDEST))?;
        }
        for (row, first, last, letters) in &self.wraps {
            let width = |column| self.widths.get(&column).copied().unwrap_or(NARROWEST);
            let room: f64 = (*first..=*last).map(|at| width(at).clamp(NARROWEST, WIDEST)).sum();
            // Lines break before they are full.
            let lines = (letters / (0.9 * room)).ceil().max(1.0);
            self.sheet.set_row_height(*row, lines * LINE_HEIGHT)?;
        }
        let pixels = |column: ColumnAt| {
            let width = self.widths.get(&column).copied().unwrap_or(NARROWEST);
            width.clamp(NARROWEST, WIDEST) * 7.0 + 5.0
        };
        let (row, mut last) = self.last;
        let mut wide: f64 = (0..=last).map(pixels).sum();
        let chart = pixels(0) + f64::from(self.charts);
        while wide < self.least.max(chart) {
            last += 1;
            wide += pixels(last);
        }
        let printed = self.printed.unwrap_or(row);
        self.sheet.set_print_area(0, 0, printed, last)?;
        self.sheet.set_print_fit_to_pages(1, 0);
        let breaks: Vec<RowAt> = self.breaks.into_iter().filter(|row| *row <= printed).collect();
        self.sheet.set_page_breaks(&breaks)?;
        Ok(self.sheet)
    }

    /// The print area holds this cell.
    pub fn reach(&mut self, row: RowAt, column: ColumnAt) {
        self.last = (self.last.0.max(row), self.last.1.max(column));
    }

    fn fit(&mut self, row: RowAt, column: ColumnAt, shown: &str) {
        let width = wide(shown) + 2.5;
        let widest = self.widths.entry(column).or_insert(0.0);
        *widest = widest.max(width);
        self.reach(row, column);
    }

    fn format(&mut self, look: Look, strong: bool) -> Format {
        let lang = self.lang;
        self.formats.entry((look, strong)).or_insert_with(|| format_of(look, strong, lang)).clone()
    }
}

/// `$F$5:$F$17`.
pub fn local(column: ColumnAt, first: RowAt, last: RowAt) -> String {
    let letters = letters(column);
    format!("${letters}${}:${letters}${}", first + 1, last + 1)
}

/// `'notes'!F17`.
pub fn cell_of(sheet: &str, row: RowAt, column: ColumnAt) -> String {
    format!("{}!{}", quoted(sheet), address(row, column))
}

/// `F17`.
pub fn address(row: RowAt, column: ColumnAt) -> String {
    format!("{}{}", letters(column), row + 1)
}

pub fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

fn letters(column: ColumnAt) -> String {
    let mut rest = u32::from(column) + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// The font of the language: one that office programs have, with Chinese in it where it is needed.
pub fn font(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Calibri",
        Lang::Zh => "Microsoft YaHei",
    }
}

fn format_of(look: Look, strong: bool, lang: Lang) -> Format {
    let size = if lang == Lang::Zh { 10.0 } else { 11.0 };
    let plain = Format::new().set_font_name(font(lang)).set_font_size(size);
    let format = match look {
        Look::Title => plain.set_font_size(15.0).set_bold(),
        Look::Remark => plain.set_font_color(Color::RGB(0x5F_67_6F)),
        Look::Head | Look::HeadRight | Look::HeadApart => plain
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter)
            .set_align(match look {
                Look::HeadRight => FormatAlign::Right,
                _ => FormatAlign::Left,
            })
            .set_indent(if look == Look::HeadApart { 1 } else { 0 })
            .set_background_color(Color::RGB(0xE4_E7_EB))
            .set_border_bottom(FormatBorder::Thin),
        Look::Text => plain,
        Look::Strong => plain.set_bold(),
        Look::Date => plain.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
        Look::Left => plain.set_num_format("#,##0").set_align(FormatAlign::Left).set_indent(1),
        Look::LeftYuan => {
            plain.set_num_format("#,##0.00").set_align(FormatAlign::Left).set_indent(1)
        }
        Look::LeftNumber => plain.set_align(FormatAlign::Left).set_indent(1),
        Look::LeftDate => {
            plain.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left).set_indent(1)
        }
        Look::Wrapped => plain
            .set_text_wrap()
            .set_indent(1)
            .set_align(FormatAlign::Left)
            .set_align(FormatAlign::Top),
        Look::Apart => plain.set_indent(1),
        Look::Yuan => plain.set_num_format("#,##0.00;[Red]-#,##0.00").set_align(FormatAlign::Right),
        Look::Percent => plain.set_num_format("0.00%"),
        Look::FinePercent => plain.set_num_format("0.0000%"),
        Look::Number(0) => plain.set_num_format("#,##0"),
        Look::Number(digits) => {
            plain.set_num_format(format!("#,##0.{}", "0".repeat(usize::from(digits))))
        }
        Look::Count => plain.set_num_format("#,##0"),
        Look::Link => plain
            .set_font_color(Color::RGB(0x00_4E_89))
            .set_underline(rust_xlsxwriter::FormatUnderline::Single),
    };
    match strong {
        true => format.set_bold().set_border_top(FormatBorder::Thin),
        false => format,
    }
}

/// In letters: a Chinese one takes the room of two.
fn wide(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum()
}

/// As a spreadsheet shows it, for the width.
fn shown(cell: &Cell, look: Look) -> String {
    let number = cell.number();
    match (look, number) {
        (Look::Percent, Some(value)) => format!("{:.2}%", value * 100.0),
        (Look::FinePercent, Some(value)) => format!("{:.4}%", value * 100.0),
        (Look::Number(digits), Some(value)) => {
            let text = format!("{value:.*}", usize::from(digits));
            crate::report::words::grouped(&text)
        }
        (Look::Yuan | Look::Count | Look::Left | Look::LeftYuan, Some(_)) => {
            crate::report::words::grouped(&cell.written())
        }
        // A header may stand on two lines.
        (Look::Head | Look::HeadRight | Look::HeadApart, _) => {
            let text = cell.written();
            let longest = text.split(' ').map(str::len).max().unwrap_or_default();
            let half = text.chars().count().div_ceil(2).max(longest);
            match text.is_ascii() {
                true => text.chars().take(half).collect(),
                false => text,
            }
        }
        _ => cell.written(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_addresses_of_a_spreadsheet() {
        assert_eq!(address(0, 0), "A1");
        assert_eq!(address(16, 25), "Z17");
        assert_eq!(address(16, 26), "AA17");
        assert_eq!(address(9, 701), "ZZ10");
        assert_eq!(address(9, 702), "AAA10");
        assert_eq!(local(5, 4, 16), "$F$5:$F$17");
        assert_eq!(cell_of("loss's", 0, 1), "'loss''s'!B1");
    }
}
