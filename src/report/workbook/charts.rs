//! Charts of the spreadsheet's own, in the colours that the same things have in every chart.
use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartAxisLabelPosition, ChartDataLabel, ChartFont, ChartFormat,
    ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker, ChartMarkerType, ChartSeries,
    ChartSolidFill, ChartType, Color, ExcelDateTime,
};

use super::page::{CHART_HEIGHT, CHART_WIDTH, ColumnAt, Page, RowAt, font};
use crate::dates::Date;
use crate::report::Lang;
use crate::report::chart::{Tone, tone, unit};
use crate::report::record::Record;

/// One series: its name, the ranges of its categories and values, its colour.
pub struct Line<'a> {
    pub name: &'a str,
    pub categories: String,
    pub values: String,
    pub tone: Tone,
    /// A limit.
    pub dashed: bool,
}

impl<'a> Line<'a> {
    /// A class of a run, in a column of rows whose dates stand in column B.
    pub fn of_class(
        page: &Page,
        run: &Record,
        (column, class): (ColumnAt, &'a str),
        (first, last): (RowAt, RowAt),
    ) -> Line<'a> {
        Line {
            name: class,
            categories: page.range(1, first, last),
            values: page.range(column, first, last),
            tone: tone(run, class),
            dashed: false,
        }
    }
}

/// What a chart is called and how its axes read.
pub struct Axes<'a> {
    pub title: &'a str,
    /// Of the vertical axis.
    pub unit: &'a str,
    pub format: &'a str,
    pub across: Across,
}

/// What runs along the horizontal axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Across {
    /// So many dates.
    Dates(u32),
    /// Names, each with its label.
    Names,
    /// Shares of a whole; what stands above them is on a scale of powers of ten.
    Shares,
    /// Names; what stands above them is on a scale of powers of ten, a dot each.
    Decades,
}

/// A chart of several series over one range of categories.
pub fn chart(kind: ChartType, axes: &Axes, lines: &[Line], lang: Lang) -> Chart {
    let mut chart = Chart::new(kind);
    let letters = letters(lang);
    for (at, line) in lines.iter().enumerate() {
        add(&mut chart, kind, (axes.across, at), line);
    }
    dressed(&mut chart, axes.title, lang);
    chart.y_axis().set_name(axes.unit).set_num_format(axes.format).set_font(&letters);
    chart.y_axis().set_name_font(&letters).set_major_gridlines_line(&grid());
    chart.x_axis().set_font(&letters);
    match axes.across {
        Across::Dates(count) => {
            // About a dozen labels.
            let every = count.div_ceil(14).max(1) as u16;
            chart.x_axis().set_num_format("yyyy-mm").set_text_axis(true).set_label_interval(every);
        }
        Across::Names => {
            chart.x_axis().set_text_axis(true);
        }
        Across::Shares => {
            chart.x_axis().set_num_format("0%").set_min(0).set_max(1).set_major_unit(0.1);
            chart.y_axis().set_log_base(10).set_max(1).set_crossing(ChartAxisCrossing::Min);
            chart.x_axis().set_crossing(ChartAxisCrossing::Min);
        }
        Across::Decades => {
            chart.x_axis().set_text_axis(true);
            chart.y_axis().set_log_base(10).set_max(1).set_crossing(ChartAxisCrossing::Min);
        }
    }
    chart
}

fn add<'a>(
    chart: &'a mut Chart,
    kind: ChartType,
    (across, at): (Across, usize),
    line: &Line,
) -> &'a mut ChartSeries {
    let colour = Color::RGB(line.tone.rgb());
    let mut format = ChartFormat::new();
    let fill = || ChartSolidFill::new().set_color(colour).clone();
    let series = chart.add_series();
    match (kind, across) {
        (ChartType::Line, Across::Decades) => {
            let mut dot = ChartFormat::new();
            dot.set_solid_fill(&fill()).set_no_line();
            // Each smaller than the one that it may stand on.
            let size = 14_u8.saturating_sub(4 * at as u8).max(4);
            let mut marker = ChartMarker::new();
            marker.set_type(ChartMarkerType::Circle).set_size(size).set_format(&mut dot);
            series.set_marker(&marker);
            format.set_no_line();
        }
        (ChartType::Line | ChartType::ScatterStraight, _) => {
            let mut stroke = ChartLine::new();
            stroke.set_color(colour).set_width(2.25);
            if line.dashed {
                stroke.set_width(1.5).set_dash_type(ChartLineDashType::Dash);
            }
            format.set_line(&stroke);
        }
        _ => {
            format.set_solid_fill(&fill());
        }
    }
    series.set_name(line.name).set_format(&mut format);
    series.set_categories(line.categories.as_str()).set_values(line.values.as_str());
    if kind == ChartType::ColumnStacked {
        series.set_gap(40);
    }
    series
}

/// Lines over the areas or columns of a chart with the same axes.
pub fn over(mut below: Chart, axes: &Axes, lines: &[Line], lang: Lang) -> Chart {
    let above = chart(ChartType::Line, axes, lines, lang);
    below.combine(&above);
    below
}

/// In pixels, of a chart that stands beside another.
pub const NARROW: u32 = 560;

/// Columns, each with its value above it; narrow.
pub fn labelled(axes: &Axes, line: &Line, format: &str, lang: Lang) -> Chart {
    let mut chart = Chart::new(ChartType::Column);
    let letters = letters(lang);
    let mut label = ChartDataLabel::new();
    label.show_value().set_num_format(format).set_font(&letters);
    let series = add(&mut chart, ChartType::Column, (axes.across, 0), line);
    series.set_data_label(&label).set_gap(120);
    dressed(&mut chart, axes.title, lang);
    chart.set_width(NARROW);
    chart.legend().set_hidden();
    chart.y_axis().set_num_format(axes.format).set_font(&letters).set_min(0);
    chart.y_axis().set_major_gridlines_line(&grid());
    chart.x_axis().set_font(&letters).set_text_axis(true);
    chart
}

/// A bar a name, the first on top, over ranges of names, first days and lengths in days; `begins`
/// is the earliest day.
pub fn bars_over_time(
    title: &str,
    (names, from, lengths): (&str, &str, &str),
    begins: Option<Date>,
    lang: Lang,
) -> Chart {
    let mut chart = Chart::new(ChartType::BarStacked);
    let letters = letters(lang);
    // The bar up to the first day is there and not seen.
    let mut unseen = ChartFormat::new();
    unseen.set_no_fill().set_no_line();
    chart.add_series().set_categories(names).set_values(from).set_format(&mut unseen);
    let mut seen = ChartFormat::new();
    let colour = Color::RGB(Tone::Senior { at: 0, of: 2 }.rgb());
    seen.set_solid_fill(ChartSolidFill::new().set_color(colour));
    let bars = chart.add_series();
    bars.set_categories(names).set_values(lengths).set_format(&mut seen).set_gap(60);
    dressed(&mut chart, title, lang);
    chart.legend().set_hidden();
    // Of a bar chart names stand along the vertical axis.
    chart.y_axis().set_font(&letters).set_text_axis(true).set_reverse();
    let days = chart.x_axis();
    days.set_num_format("yyyy-mm").set_font(&letters).set_major_gridlines_line(&grid());
    days.set_label_position(ChartAxisLabelPosition::High);
    let first = begins.map(|day| (day.year().unsigned_abs(), day.month() as u8));
    if let Some(Ok(first)) = first.map(|(year, month)| ExcelDateTime::from_ymd(year, month, 1)) {
        days.set_min(first.to_excel());
    }
    chart
}

fn letters(lang: Lang) -> ChartFont {
    let mut letters = ChartFont::new();
    letters.set_name(font(lang)).set_size(9.0);
    letters
}

/// Its title, its key below it, its size.
fn dressed(chart: &mut Chart, title: &str, lang: Lang) {
    let letters = letters(lang);
    let mut bold = letters.clone();
    bold.set_size(12.0).set_bold();
    chart.title().set_name(title).set_font(&bold);
    chart.legend().set_position(ChartLegendPosition::Bottom).set_font(&letters);
    chart.set_width(CHART_WIDTH).set_height(CHART_HEIGHT).set_alt_text(title);
}

/// The unit of an axis of amounts up to this many yuan, and the format that shows whole yuan in it:
/// a comma divides by 1,000, and a point set before the last digits does the rest.
pub fn money(largest: f64, lang: Lang) -> (&'static str, &'static str) {
    let unit = unit(largest, lang);
    let format = match (lang, unit.yuan) {
        (Lang::En, yuan) if yuan > 1e6 => "#,##0.0,,,",
        (Lang::En, yuan) if yuan > 1.0 => "#,##0.0,,",
        (Lang::Zh, yuan) if yuan > 1e4 => "0\\.00,,",
        // There is no comma that would part thousands of a unit of four zeros: one is written.
        (Lang::Zh, yuan) if yuan > 1.0 => "[>=10000000]#\\,##0\\.0,;0\\.0,",
        (Lang::En | Lang::Zh, _) => "#,##0",
    };
    (unit.name, format)
}

fn grid() -> ChartLine {
    let mut line = ChartLine::new();
    line.set_color(Color::RGB(0xE4_E7_EB)).set_width(0.75);
    line
}
