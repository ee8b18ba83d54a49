//! Where the cash went: what came in, step by step, and what it was used for, down to what is left.

use super::axis::heading;
use super::canvas::{Anchor, Canvas, WIDTH, fitted, sheet, text_width};
use super::style::{
    AXIS, BLANK, GRID, LABEL, MESSAGE, QUIET, Tone, Unit, number, sane, say, titled, unit,
};
use super::{Lang, shows};

/// The lowest sheet; many lines make it higher.
const HEIGHT: f64 = 420.0;
const TOP: f64 = 52.0;
const LEAST_ROW: f64 = 17.0;
const MOST_ROW: f64 = 40.0;

/// A source or a use of cash, in yuan.
#[derive(Clone, Debug, PartialEq)]
pub struct WaterfallItem {
    pub name: String,
    pub tone: Tone,
    pub amount: f64,
}

/// A bridge from sources to uses. Sources = uses + left.
#[derive(Clone, Debug, PartialEq)]
pub struct WaterfallChart {
    pub deal: String,
    pub sources: Vec<WaterfallItem>,
    pub uses: Vec<WaterfallItem>,
    pub left: f64,
}

/// One line of the sheet: a bar from one sum to another.
struct Bar<'a> {
    name: &'a str,
    tone: Tone,
    from: f64,
    to: f64,
    bold: bool,
}

impl WaterfallChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let bars = self.bars(lang);
        let height = HEIGHT.max(TOP + 16.0 + LEAST_ROW * bars.len() as f64);
        sheet(height, |canvas| self.draw(canvas, lang, &bars, height))
    }

    fn bars(&self, lang: Lang) -> Vec<Bar<'_>> {
        let mut bars = Vec::new();
        let mut sum = 0.0;
        let bar = |name, tone, from, to| Bar { name, tone, from, to, bold: false };
        let shown = |items: &&WaterfallItem| shows(sane(items.amount));
        for item in self.sources.iter().filter(shown) {
            bars.push(bar(&item.name, item.tone, sum, sum + item.amount));
            sum += item.amount;
        }
        let total = say(lang, "All sources", "来源合计");
        bars.push(Bar { bold: true, ..bar(total, Tone::Total, 0.0, sum) });
        for item in self.uses.iter().filter(shown) {
            bars.push(bar(&item.name, item.tone, sum, sum - item.amount));
            sum -= item.amount;
        }
        let left = say(lang, "Left at the end", "期末结余");
        bars.push(Bar { bold: true, ..bar(left, Tone::Cash, 0.0, sane(self.left)) });
        bars
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang, bars: &[Bar<'_>], height: f64) {
        let most = bars.iter().map(|bar| bar.from.max(bar.to)).fold(0.0, f64::max);
        let unit = unit(most, lang);
        let title = say(lang, "Where the cash went", "现金来源与去向");
        let measured = Some(unit).filter(|_| shows(most));
        heading(canvas, &titled(lang, title, measured), &self.deal);
        if !shows(most) {
            canvas.rect((16.0, TOP), (WIDTH - 16.0, height - 16.0), BLANK);
            let text = say(lang, "No cash moved", "没有现金流动");
            canvas.text((WIDTH / 2.0, height / 2.0), text, MESSAGE, Anchor::Middle);
            return;
        }
        let widths = bars.iter().map(|bar| text_width(bar.name, LABEL.size));
        let left = widths.fold(60.0, f64::max).min(230.0) + 28.0;
        let right = WIDTH - 150.0;
        let x = |yuan: f64| left + (yuan / most).clamp(0.0, 1.0) * (right - left);
        let rows = bars.len().max(1) as f64;
        let row = ((height - TOP - 16.0) / rows).clamp(LEAST_ROW, MOST_ROW);
        canvas.line(&[(left, TOP), (left, TOP + rows * row)], AXIS, 1);
        for (at, bar) in bars.iter().enumerate() {
            let top = TOP + at as f64 * row;
            let (upper, lower) = (top + row * 0.14, top + row * 0.86);
            if bar.bold && at > 0 {
                canvas.line(&[(16.0, top), (WIDTH - 16.0, top)], GRID, 1);
            }
            if at + 1 < bars.len() {
                let end = x(bar.to);
                canvas.line(&[(end, lower), (end, lower + row * 0.28)], AXIS, 1);
            }
            let (from, to) = (x(bar.from.min(bar.to)), x(bar.from.max(bar.to)));
            let to = if shows(bar.to - bar.from) { to.max(from + 1.0) } else { to };
            canvas.rect((from, upper), (to, lower), bar.tone.colour());
            self.label(canvas, bar, (left, to, top + row / 2.0 + 4.0), most, unit);
        }
    }

    fn label(
        &self,
        canvas: &mut Canvas<'_>,
        bar: &Bar<'_>,
        (left, right, baseline): (f64, f64, f64),
        most: f64,
        unit: Unit,
    ) {
        let mut font = LABEL;
        font.bold = bar.bold;
        let name = fitted(bar.name, font.size, 230.0);
        canvas.text((left - 8.0, baseline), &name, font, Anchor::End);
        let amount = (bar.to - bar.from).abs();
        let decimals = match unit.yuan {
            1.0 => 2,
            _ if most / unit.yuan >= 1000.0 => 1,
            _ => 2,
        };
        let amount_text = number(amount / unit.yuan, decimals);
        canvas.text((right + 8.0, baseline), &amount_text, font, Anchor::Start);
        let past = right + 16.0 + text_width(&amount_text, font.size);
        font.colour = QUIET;
        font.bold = false;
        let share = match amount / most * 100.0 {
            small if shows(amount) && small < 0.05 => "<0.1%".to_owned(),
            share => format!("{}%", number(share, 1)),
        };
        canvas.text((past, baseline), &share, font, Anchor::Start);
    }
}
