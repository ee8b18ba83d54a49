//! The series of a shelf as bars from issue to last expected maturity, what each has out above its
//! bar's foot, and what of the quota is used with each.

use super::Lang;
use super::axis::{Mark, Plot, Times, heading, legend};
use super::canvas::{Anchor, Canvas, Point, WIDTH, fitted, sheet};
use super::notes::stairs;
use super::style::{BLANK, GRID, INK, LABEL, NAME, TICK, Tone, number, say, titled, unit};
use crate::dates::Date;

/// Of one series.
const LANE: f64 = 34.0;
const TOP: f64 = 92.0;

/// One series; amounts in yuan.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarBar {
    pub name: String,
    pub issued: Date,
    /// The last expected maturity.
    pub matures: Date,
    pub size: f64,
    /// (from this day on, what is out).
    pub out: Vec<(Date, f64)>,
    /// Of the quota, up to and with this series.
    pub used: f64,
    /// Filled here, not issued yet.
    pub planned: bool,
}

/// The bars, by day of issue.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarChart {
    pub shelf: String,
    pub quota: f64,
    /// The first and the last day of issue, where the approval says.
    pub valid: (Option<Date>, Option<Date>),
    pub bars: Vec<CalendarBar>,
}

impl CalendarChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let lanes = self.bars.len().max(3) as f64;
        let height = TOP + lanes * LANE + 52.0;
        sheet(height, |canvas| self.draw(canvas, height - 44.0, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, bottom: f64, lang: Lang) {
        let unit = unit(self.quota, lang);
        let title = say(lang, "Calendar of the series", "各期发行与存续");
        heading(canvas, &titled(lang, title, Some(unit)), &self.shelf);
        let [issued, planned] = [Tone::Senior { at: 0, of: 2 }, Tone::Senior { at: 1, of: 2 }];
        let mut entries = vec![
            (say(lang, "outstanding, issued", "已发行，存续"), Mark::Area(issued.colour())),
            (say(lang, "to last expected maturity", "至最后预期到期日"), Mark::Area(GRID)),
        ];
        if self.bars.iter().any(|bar| bar.planned) {
            let name = say(lang, "outstanding, filled here", "本次组包，存续");
            entries.insert(1, (name, Mark::Area(planned.colour())));
        }
        if self.valid.0.or(self.valid.1).is_some() {
            entries
                .push((say(lang, "first and last day of issue", "批文起止日"), Mark::Dashes(INK)));
        }
        legend(canvas, 46.0, &entries);
        let plot = Plot { left: 112.0, right: WIDTH - 168.0, top: TOP, bottom };
        let Some((first, last)) = self.ends() else {
            let text = say(lang, "Nothing is issued yet", "尚未发行");
            return plot.message(canvas, text);
        };
        let times = Times::across(first, last, &plot, 0.0);
        canvas.rect((plot.left, plot.top), (plot.right, plot.bottom), BLANK);
        let right = WIDTH - 16.0;
        let head = say(lang, "quota used", "累计占用额度");
        canvas.text((right, TOP - 8.0), head, NAME, Anchor::End);
        for (at, bar) in self.bars.iter().enumerate() {
            let foot = TOP + LANE * (at as f64 + 1.0) - 6.0;
            let tone = if bar.planned { planned } else { issued };
            let name = fitted(&bar.name, LABEL.size, plot.left - 28.0);
            canvas.text((plot.left - 10.0, foot - 4.0), &name, LABEL, Anchor::End);
            canvas.rect((times.x(bar.issued), foot - 8.0), (times.x(bar.matures), foot), GRID);
            canvas.polygon(&bar.outline(&times, foot, plot.right), tone.colour());
            let size = number(bar.size / unit.yuan, 2);
            canvas.text((plot.right + 58.0, foot - 4.0), &size, LABEL, Anchor::End);
            let (used, share) = (number(bar.used / unit.yuan, 2), 100.0 * bar.used / self.quota);
            canvas.text((right, foot - 4.0), &format!("{used} ({share:.0}%)"), TICK, Anchor::End);
        }
        canvas.text((plot.right + 58.0, TOP - 8.0), say(lang, "size", "规模"), NAME, Anchor::End);
        for date in [self.valid.0, self.valid.1].into_iter().flatten() {
            let x = times.x(date);
            canvas.dashes(&[(x, plot.top), (x, plot.bottom)], INK, 1);
        }
        let mut days: Vec<Date> =
            self.bars.iter().flat_map(|bar| [bar.issued, bar.matures]).collect();
        days.sort();
        days.dedup();
        let ticks: Vec<_> = days.into_iter().map(|day| (day, times.x(day))).collect();
        plot.dates(canvas, &ticks);
    }

    fn ends(&self) -> Option<(Date, Date)> {
        let dates = || self.bars.iter().flat_map(CalendarBar::dates).chain(self.valid.0);
        let dates = || dates().chain(self.valid.1);
        let any = !self.bars.is_empty();
        dates().min().zip(dates().max()).filter(|_| any)
    }
}

impl CalendarBar {
    /// Days that are to be seen: none after which less than a twentieth is out.
    fn dates(&self) -> impl Iterator<Item = Date> {
        let seen = |steps: &&[(Date, f64)]| steps[0].1 >= 0.05 * self.size;
        let later = self.out.windows(2).filter(seen).map(|steps| steps[1].0);
        later.chain([self.issued, self.matures])
    }

    /// As high as the share of its size that is out.
    fn outline(&self, times: &Times, foot: f64, right: f64) -> Vec<Point> {
        let height = |yuan: f64| foot - (LANE - 12.0) * (yuan / self.size.max(1.0)).min(1.0);
        let steps: Vec<Point> =
            self.out.iter().map(|&(day, yuan)| (times.x(day), height(yuan))).collect();
        let end = steps.last().map_or(right, |last| last.0);
        let above = stairs(&steps, end);
        let feet = above.iter().rev().map(|point| (point.0, foot));
        above.iter().copied().chain(feet).collect()
    }
}
