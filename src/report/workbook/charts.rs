//! Charts of the spreadsheet's own, in the colours that the same things have in every chart.
use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartFont, ChartFormat, ChartLegendPosition, ChartLine,
    ChartSolidFill, ChartType, Color,
};

use super::page::{CHART_HEIGHT, CHART_WIDTH, ColumnAt, Page, RowAt, font};
use crate::report::Lang;
use crate::report::chart::{Tone, tone, unit};
use crate::report::record::Record;

/// One series: its name, the ranges of its categories and values, its colour.
pub struct Line<'a> {
    pub name: &'a str,
    pub categories: String,
    pub values: String,
    pub tone: Tone,
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
}

/// A chart of several series over one range of categories.
pub fn chart(kind: ChartType, axes: &Axes, lines: &[Line], lang: Lang) -> Chart {
    let mut chart = Chart::new(kind);
    let mut letters = ChartFont::new();
    letters.set_name(font(lang)).set_size(9.0);
    let mut bold = letters.clone();
    bold.set_size(12.0).set_bold();
    for line in lines {
        let colour = line.tone.rgb();
        let mut format = ChartFormat::new();
        match kind {
            ChartType::Line | ChartType::ScatterStraight => {
                format.set_line(ChartLine::new().set_color(Color::RGB(colour)).set_width(2.25));
            }
            _ => {
                format.set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(colour)));
            }
        }
        let series = chart.add_series();
        series.set_name(line.name).set_format(&mut format);
        series.set_categories(line.categories.as_str()).set_values(line.values.as_str());
        if kind == ChartType::ColumnStacked {
            series.set_gap(40);
        }
    }
    chart.title().set_name(axes.title).set_font(&bold);
    chart.legend().set_position(ChartLegendPosition::Bottom).set_font(&letters);
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
    }
    chart.set_width(CHART_WIDTH).set_height(CHART_HEIGHT).set_alt_text(axes.title);
    chart
}

/// The unit of an axis of amounts up to this many yuan, and the format that shows whole yuan in it:
/// a comma divides by 1,000, and a point set before the last digits does the rest.
pub fn money(largest: f64, lang: Lang) -> (&'static str, &'static str) {
    let unit = unit(largest, lang);
    let format = match (lang, unit.yuan) {
        (Lang::En, yuan) if yuan > 1e6 => "#,##0.0,,,",
        (Lang::En, yuan) if yuan > 1.0 => "#,##0.0,,",
        (Lang::Zh, yuan) if yuan > 1e4 => "0\\.00,,",
        (Lang::Zh, yuan) if yuan > 1.0 => "0\\.0,",
        (Lang::En | Lang::Zh, _) => "#,##0",
    };
    (unit.name, format)
}

fn grid() -> ChartLine {
    let mut line = ChartLine::new();
    line.set_color(Color::RGB(0xE4_E7_EB)).set_width(0.75);
    line
}
