//! A programme over time: what is out under the quota, what supporters stand behind, what the notes
//! paid.

use super::axis::{Mark, Plot, Scale, Times, heading, legend};
use super::calendar::{CalendarBar, CalendarChart};
use super::canvas::{Anchor, Canvas, Point, fitted, sheet, text_width};
use super::joint::{JointChart, JointLine};
use super::notes::stairs;
use super::style::{LABEL, NAME, Tone, WHITE, say, titled, unit};
use super::{Lang, Series, largest, stacked};
use crate::dates::Date;
use crate::report::record::{Record, Table};
use crate::report::table::Cell;
use std::collections::BTreeSet;

const HEIGHT: f64 = 480.0;

/// Amounts over time: areas on each other, or lines side by side, and the limits of them.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineChart {
    pub title: String,
    pub shelf: String,
    pub dates: Vec<Date>,
    /// Yuan after each date.
    pub areas: Vec<Series>,
    pub lines: Vec<Series>,
    /// Dashed: (name, yuan, as what it limits).
    pub limits: Vec<(String, f64, Tone)>,
    /// Where there is nothing to draw.
    pub empty: String,
}

impl TimelineChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let limits: Vec<f64> = self.limits.iter().map(|limit| limit.1).collect();
        let lines = self.lines.iter().map(|line| largest(&line.values));
        let totals = stacked(&self.areas, self.dates.len());
        let most = lines.fold(largest(&limits).max(largest(&totals)), f64::max);
        let unit = unit(most, lang);
        heading(canvas, &titled(lang, &self.title, Some(unit)), &self.shelf);
        let mut entries: Vec<(&str, Mark)> = self
            .areas
            .iter()
            .map(|area| (area.name.as_str(), Mark::Area(area.tone.colour())))
            .collect();
        let marked = |line: &'_ Series| Mark::Line(line.tone.colour());
        entries.extend(self.lines.iter().map(|line| (line.name.as_str(), marked(line))));
        let dashed = |limit: &'_ (String, f64, Tone)| Mark::Dashes(limit.2.colour());
        entries.extend(self.limits.iter().map(|limit| (limit.0.as_str(), dashed(limit))));
        let top = legend(canvas, 46.0, &entries) + 14.0;
        let scale = Scale::over(0.0, most / unit.yuan, 5.0);
        let plot = Plot::beside(&scale, top, HEIGHT - 36.0);
        let ends = self.dates.first().zip(self.dates.last());
        let Some((first, last)) =
            ends.filter(|_| !(self.areas.is_empty() && self.lines.is_empty()))
        else {
            return plot.message(canvas, &self.empty);
        };
        let times = Times::across(*first, *last, &plot, 24.0);
        plot.values(canvas, &scale);
        let steps = |values: &[f64]| -> Vec<Point> {
            let points = self.dates.iter().zip(values);
            let points: Vec<Point> = points
                .map(|(&day, yuan)| (times.x(day), plot.y(&scale, yuan / unit.yuan)))
                .collect();
            stairs(&points, plot.right)
        };
        let mut below = vec![0.0; self.dates.len()];
        for area in &self.areas {
            let above: Vec<f64> =
                below.iter().zip(&area.values).map(|(sum, value)| sum + value.max(0.0)).collect();
            let (floor, ceiling) = (steps(&below), steps(&above));
            let outline: Vec<Point> = floor.into_iter().chain(ceiling.into_iter().rev()).collect();
            canvas.polygon(&outline, area.tone.colour());
            canvas.line(&steps(&above), WHITE, 1);
            below = above;
        }
        for line in &self.lines {
            canvas.line(&steps(&line.values), line.tone.colour(), 3);
        }
        for (_, yuan, tone) in &self.limits {
            let y = plot.y(&scale, yuan / unit.yuan);
            canvas.dashes(&[(plot.left, y), (plot.right, y)], tone.colour(), 2);
        }
        let ticks: Vec<_> = self.dates.iter().map(|&day| (day, times.x(day))).collect();
        plot.dates(canvas, &ticks);
    }
}

/// The senior coupon of each series, in percent.
#[derive(Clone, Debug, PartialEq)]
pub struct CouponChart {
    pub shelf: String,
    /// By day of issue: series, percent.
    pub points: Vec<(Date, String, f64)>,
}

impl CouponChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(380.0, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let title = say(lang, "Senior coupon by series, %", "各期优先级票面利率（%）");
        heading(canvas, title, &self.shelf);
        let most = self.points.iter().map(|point| point.2).fold(0.0, f64::max);
        let scale = Scale::over(0.0, most * 1.1, 5.0);
        let plot = Plot::beside(&scale, 66.0, 344.0);
        let ends = self.points.first().zip(self.points.last());
        let Some(((first, ..), (last, ..))) = ends else {
            let text = say(lang, "No series has a coupon", "各期均无票面利率");
            return plot.message(canvas, text);
        };
        // Room for the first name and for the last.
        let inner = Plot { left: plot.left + 48.0, right: plot.right - 24.0, ..plot };
        let times = Times::across(*first, *last, &inner, 0.0);
        plot.values(canvas, &scale);
        let colour = Tone::Senior { at: 0, of: 1 }.colour();
        let at = |point: &(Date, String, f64)| (times.x(point.0), plot.y(&scale, point.2));
        let line: Vec<Point> = self.points.iter().map(at).collect();
        canvas.line(&line, colour, 2);
        let mut free = f64::NEG_INFINITY;
        for point in &self.points {
            let (x, y) = at(point);
            canvas.dot((x, y), 5, colour);
            let name = fitted(&point.1, NAME.size, 96.0);
            let half = text_width(&name, NAME.size).max(30.0) / 2.0;
            if x - half < free {
                continue;
            }
            free = x + half + 4.0;
            canvas.text((x, y - 24.0), &name, NAME, Anchor::Middle);
            canvas.text((x, y - 10.0), &format!("{:.2}", point.2), LABEL, Anchor::Middle);
        }
        let ticks: Vec<_> = self.points.iter().map(|point| (point.0, times.x(point.0))).collect();
        plot.dates(canvas, &ticks);
    }
}

/// The last known of a column on each day, among rows by date; 0 before the first.
fn known(table: &Table, rows: &[&Vec<Cell>], column: &str, days: &[Date]) -> Vec<f64> {
    let on = |day: &Date| {
        let past = rows.iter().rfind(|row| table.date(row, "date").is_some_and(|of| of <= *day));
        past.map_or(0.0, |row| table.amount(row, column))
    };
    days.iter().map(on).collect()
}

fn days(table: &Table) -> Vec<Date> {
    let days: BTreeSet<Date> =
        table.rows.iter().filter_map(|row| table.date(row, "date")).collect();
    days.into_iter().collect()
}

fn total(table: &Table) -> f64 {
    let first = table.rows.first();
    first.map_or(0.0, |row| table.amount(row, "quota_used") + table.amount(row, "quota_left"))
}

pub(super) fn calendar(run: &Record) -> Option<CalendarChart> {
    let (table, series) = (run.table("shelf.csv")?, run.table("statistics.csv")?);
    let bar = |row: &Vec<Cell>| {
        let name = series.text(row, "series");
        let (issued, own) = (series.date(row, "date")?, table.rows_of("series", &name));
        let own: Vec<&Vec<Cell>> = own.collect();
        let out =
            |row: &&Vec<Cell>| Some((table.date(row, "date")?, table.amount(row, "outstanding")));
        let out: Vec<(Date, f64)> = own.iter().filter_map(out).collect();
        let last = out.last().map_or(issued, |last| last.0);
        Some(CalendarBar {
            issued,
            matures: series.date(row, "last_maturity").unwrap_or(last),
            size: series.amount(row, "size"),
            used: own.first().map_or(0.0, |row| table.amount(row, "quota_used")),
            planned: series.text(row, "planned") == "yes",
            name,
            out,
        })
    };
    let of_shelf = |column| table.rows.first().and_then(|row| table.date(row, column));
    Some(CalendarChart {
        shelf: run.called(),
        quota: total(table),
        valid: (of_shelf("valid_from"), of_shelf("expiry")),
        bars: series.rows.iter().filter_map(bar).collect(),
    })
}

pub(super) fn quota(run: &Record, lang: Lang) -> Option<TimelineChart> {
    let table = run.table("shelf.csv")?;
    let (dates, names) = (days(table), table.distinct("series"));
    let of = names.len();
    let area = |(at, name): (usize, String)| {
        let rows: Vec<_> = table.rows_of("series", &name).collect();
        let values = known(table, &rows, "outstanding", &dates);
        Series { name, tone: Tone::Senior { at, of }, values }
    };
    let all: Vec<&Vec<Cell>> = table.rows.iter().collect();
    let used = Series {
        name: say(lang, "quota used", "已用额度").to_owned(),
        tone: Tone::Principal,
        values: known(table, &all, "quota_used", &dates),
    };
    Some(TimelineChart {
        title: say(lang, "Outstanding by series, and the quota", "各期存续余额与额度").to_owned(),
        shelf: run.called(),
        areas: names.into_iter().enumerate().map(area).collect(),
        lines: vec![used],
        limits: vec![(say(lang, "quota", "额度").to_owned(), total(table), Tone::Cash)],
        dates,
        empty: say(lang, "Nothing is issued yet", "尚未发行").to_owned(),
    })
}

pub(super) fn exposure(run: &Record, lang: Lang) -> Option<TimelineChart> {
    let table = run.table("exposures.csv")?;
    let dates = days(table);
    let mut names = table.distinct("supporter");
    names.retain(|name| {
        table.rows_of("supporter", name).any(|row| table.amount(row, "guaranteed") > 0.0)
    });
    let of = names.len();
    let first = |name: &str| table.rows_of("supporter", name).next();
    let line = |(at, name): (usize, &String)| {
        let rows: Vec<_> = table.rows_of("supporter", name).collect();
        let other = first(name).map_or(0.0, |row| table.amount(row, "other_liabilities"));
        let mut values = known(table, &rows, "guaranteed", &dates);
        values.iter_mut().for_each(|value| *value += other);
        Series { name: name.clone(), tone: Tone::Supporter { at, of }, values }
    };
    let limit = |(at, name): (usize, &String)| {
        let limit = table.cell(first(name)?, "liability_limit").number()?;
        let word = say(lang, "limit of ", "上限：");
        Some((format!("{word}{name}"), limit, Tone::Supporter { at, of }))
    };
    let title = "Outstanding guaranteed principal with other liabilities, by supporter";
    Some(TimelineChart {
        title: say(lang, title, "各增信方担保余额（含其他责任）").to_owned(),
        shelf: run.called(),
        areas: Vec::new(),
        lines: names.iter().enumerate().map(line).collect(),
        limits: names.iter().enumerate().filter_map(limit).collect(),
        dates,
        empty: say(lang, "No supporter stands behind a series", "各期均无增信方").to_owned(),
    })
}

pub(super) fn coupons(run: &Record) -> Option<CouponChart> {
    let table = run.table("statistics.csv")?;
    let point = |row: &Vec<Cell>| {
        let coupon = table.cell(row, "coupon_pa").number()?;
        Some((table.date(row, "date")?, table.text(row, "series"), 100.0 * coupon))
    };
    Some(CouponChart { shelf: run.called(), points: table.rows.iter().filter_map(point).collect() })
}

/// How likely a senior class of each series is unpaid, in each way in which the paths were run.
pub fn joint(run: &Record, lang: Lang) -> Option<JointChart> {
    let table = run.table("joint_series.csv")?;
    let paths = run
        .table("joint.csv")
        .and_then(|table| Some(table.amount(table.rows.first()?, "paths") as u64));
    let figures = |column: &str| -> Vec<f64> {
        table.rows.iter().map(|row| table.amount(row, column)).collect()
    };
    let bare = table.rows.iter().any(|row| table.cell(row, "p_unpaid_bare").number().is_some());
    let lines = [
        ("p_unpaid_alone", say(lang, "alone", "单独测算"), Tone::Senior { at: 2, of: 3 }),
        ("p_unpaid", say(lang, "together", "共用增信"), Tone::Senior { at: 0, of: 1 }),
        ("p_unpaid_without", say(lang, "without support", "无增信"), Tone::Unpaid),
        ("p_unpaid_bare", say(lang, "bare", "全无增信"), Tone::Principal),
    ];
    let shown = lines.into_iter().filter(|line| bare || line.0 != "p_unpaid_bare");
    let named = |name: String| match name.as_str() {
        "any" => say(lang, "any", "任一期").to_owned(),
        _ => name,
    };
    Some(JointChart {
        shelf: run.called(),
        series: table.distinct("series").into_iter().map(named).collect(),
        lines: shown
            .map(|(column, name, tone)| JointLine {
                name: name.to_owned(),
                tone,
                probabilities: figures(column),
            })
            .collect(),
        paths: paths.unwrap_or(0),
    })
}
