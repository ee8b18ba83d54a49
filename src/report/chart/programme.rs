//! A programme over time: what is out under the quota, what supporters stand behind, what the notes
//! paid.

use super::axis::{Mark, Plot, Scale, Times, heading, legend};
use super::calendar::{CalendarBar, CalendarChart};
use super::canvas::{Anchor, Canvas, Point, fitted, sheet, text_width};
use super::joint::{JointChart, JointLine};
use super::notes::stairs;
use super::style::{INK, LABEL, NAME, Tone, WHITE, say, titled, unit};
use super::{Lang, Series, largest, stacked};
use crate::analytics::joint::Ways;
use crate::dates::Date;
use crate::num::{Fen, yuan_of};
use crate::report::shelf::{JointFindings, ShelfFindings};

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
    /// Dashed: (name, yuan).
    pub limits: Vec<(String, f64)>,
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
        entries.extend(self.limits.iter().map(|limit| (limit.0.as_str(), Mark::Dashes(INK))));
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
        for (_, yuan) in &self.limits {
            let y = plot.y(&scale, yuan / unit.yuan);
            canvas.dashes(&[(plot.left, y), (plot.right, y)], INK, 2);
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

fn yuan(fen: Fen) -> f64 {
    crate::num::Ratio::of_rate(yuan_of(fen)).map_or(0.0, crate::num::Ratio::as_f64)
}

/// Every chart of a programme: file name, SVG.
pub fn shelf_charts(of: &ShelfFindings<'_>, lang: Lang) -> Vec<(&'static str, String)> {
    let joint = of.joint.iter().map(|found| ("joint.svg", joint(of, found, lang).svg(lang)));
    let mut charts = vec![
        ("calendar.svg", calendar(of).svg(lang)),
        ("quota.svg", quota(of, lang).svg(lang)),
        ("exposure.svg", exposure(of, lang).svg(lang)),
        ("coupons.svg", coupons(of).svg(lang)),
    ];
    charts.extend(joint);
    charts
}

fn joint(of: &ShelfFindings<'_>, found: &JointFindings, lang: Lang) -> JointChart {
    let joint = &found.joint;
    let line = |en: &str, zh: &str, tone: Tone, figure: fn(&Ways) -> f64| JointLine {
        name: say(lang, en, zh).to_owned(),
        tone,
        probabilities: joint
            .series
            .iter()
            .map(|series| &series.unpaid)
            .chain([&joint.any_unpaid])
            .map(figure)
            .collect(),
    };
    let any = say(lang, "any", "任一期").to_owned();
    let mut lines = vec![
        line("alone", "单独测算", Tone::Senior { at: 2, of: 3 }, |ways| ways.alone.value),
        line("together", "共用增信", Tone::Senior { at: 0, of: 1 }, |ways| ways.together.value),
        line("without support", "无增信", Tone::Unpaid, |ways| ways.without.value),
    ];
    if joint.any_unpaid.bare.is_some() {
        let bare = |ways: &Ways| ways.bare.map_or(0.0, |bare| bare.value);
        lines.push(line("bare", "全无增信", Tone::Principal, bare));
    }
    JointChart {
        shelf: of.programme.shelf.name.clone(),
        series: found.series.iter().map(|(name, _)| name.clone()).chain([any]).collect(),
        lines,
        paths: joint.paths,
    }
}

fn calendar(of: &ShelfFindings<'_>) -> CalendarChart {
    let programme = of.programme;
    let bar = |issue: &crate::analytics::shelf::Issue| CalendarBar {
        name: issue.name.clone(),
        issued: issue.date,
        matures: issue.maturity,
        size: yuan(issue.size),
        out: issue.notes.dates().map(|date| (date, yuan(issue.notes.on(date)))).collect(),
        used: yuan(programme.quota_used(issue.date)),
        planned: issue.target_size.is_some(),
    };
    CalendarChart {
        shelf: programme.shelf.name.clone(),
        quota: yuan(programme.shelf.quota),
        valid: (programme.shelf.valid_from, programme.shelf.valid_to),
        bars: programme.issues.iter().map(bar).collect(),
    }
}

fn quota(of: &ShelfFindings<'_>, lang: Lang) -> TimelineChart {
    let (programme, dates) = (of.programme, of.programme.dates());
    let count = programme.issues.len();
    let area = |(at, issue): (usize, &crate::analytics::shelf::Issue)| Series {
        name: issue.name.clone(),
        tone: Tone::Senior { at, of: count },
        values: dates.iter().map(|date| yuan(issue.notes.on(*date))).collect(),
    };
    let used = dates.iter().map(|date| yuan(programme.quota_used(*date))).collect();
    let name = say(lang, "quota used", "已用额度").to_owned();
    TimelineChart {
        title: say(lang, "Outstanding by series, and the quota", "各期存续余额与额度").to_owned(),
        shelf: programme.shelf.name.clone(),
        areas: programme.issues.iter().enumerate().map(area).collect(),
        lines: vec![Series { name, tone: Tone::Principal, values: used }],
        limits: vec![(say(lang, "quota", "额度").to_owned(), yuan(programme.shelf.quota))],
        dates,
        empty: say(lang, "Nothing is issued yet", "尚未发行").to_owned(),
    }
}

fn exposure(of: &ShelfFindings<'_>, lang: Lang) -> TimelineChart {
    let (programme, dates) = (of.programme, of.programme.dates());
    let behind: Vec<usize> = (0..programme.supporters.len())
        .filter(|at| dates.iter().any(|date| programme.guaranteed(*at, *date) > 0))
        .collect();
    let line = |(place, &at): (usize, &usize)| {
        let supporter = &programme.supporters[at];
        let total = |date: &Date| programme.guaranteed(at, *date) + supporter.other_liabilities;
        Series {
            name: supporter.name.clone(),
            tone: Tone::Supporter { at: place, of: behind.len() },
            values: dates.iter().map(|date| yuan(total(date))).collect(),
        }
    };
    let limit = |&at: &usize| {
        let supporter = &programme.supporters[at];
        let word = say(lang, "limit of", "上限：");
        let name = match lang {
            Lang::En => format!("{word} {}", supporter.name),
            Lang::Zh => format!("{word}{}", supporter.name),
        };
        Some((name, yuan(supporter.liability_limit?)))
    };
    let title = "Outstanding guaranteed principal with other liabilities, by supporter";
    TimelineChart {
        title: say(lang, title, "各增信方担保余额（含其他责任）").to_owned(),
        shelf: programme.shelf.name.clone(),
        areas: Vec::new(),
        lines: behind.iter().enumerate().map(line).collect(),
        limits: behind.iter().filter_map(limit).collect(),
        dates,
        empty: say(lang, "No supporter stands behind a series", "各期均无增信方").to_owned(),
    }
}

fn coupons(of: &ShelfFindings<'_>) -> CouponChart {
    let point = |issue: &crate::analytics::shelf::Issue| {
        Some((issue.date, issue.name.clone(), 100.0 * issue.coupon_pa?))
    };
    CouponChart {
        shelf: of.programme.shelf.name.clone(),
        points: of.programme.issues.iter().filter_map(point).collect(),
    }
}
