//! The few lines that a run prints.
use std::path::Path;

use crate::analytics::outcome::{Outcome, outcome};
use crate::deal::Deal;
use crate::engine::{Runs, Support};
use crate::report::Lang;
use crate::report::words::percent;
use crate::scenario::Scenario;

/// One scenario in a few lines: its name, then what each class loses with and without support,
/// and bare.
pub fn headline(deal: &Deal, scenario: &Scenario, runs: &Runs, lang: Lang) -> String {
    let lines = runs.each().map(|flows| line(deal, &outcome(deal, flows), lang));
    format!("{}\n{}", scenario.name, lines.collect::<String>())
}

fn line(deal: &Deal, outcome: &Outcome, lang: Lang) -> String {
    let classes = deal.tranches().iter().zip(&outcome.classes);
    let each: Vec<String> = classes
        .map(|(tranche, class)| {
            let loss = percent(class.loss);
            match class.first_shortfall {
                None => format!("{} {loss}", tranche.name),
                Some(date) => match lang {
                    Lang::En => format!("{} {loss} (short from {date})", tranche.name),
                    Lang::Zh => format!("{} {loss}（{date} 起未足额）", tranche.name),
                },
            }
        })
        .collect();
    let label = match outcome.support {
        Support::With => lang.say("loss with support:    ", "损失（有增信）："),
        Support::Without => lang.say("loss without support: ", "损失（无增信）："),
        Support::Bare => lang.say("loss without covers:  ", "损失（亦无贷款增信）："),
    };
    let mut text = format!("  {label}{}", lang.listed(&each));
    let paid = outcome.deal.support_paid;
    if outcome.support == Support::With && outcome.deal.calls > 0 {
        let word = lang.say("; supporter pays ", "；增信方支付 ");
        text.push_str(&format!("{word}{}", lang.amount(paid)));
    }
    text.push('\n');
    text
}

/// Where the files went.
pub fn written(out: &Path, scenarios: usize, lang: Lang) -> String {
    let out = out.display();
    match (lang, scenarios) {
        (Lang::En, 1) => format!("1 scenario written to {out}"),
        (Lang::En, _) => format!("{scenarios} scenarios written to {out}"),
        (Lang::Zh, _) => format!("{scenarios} 个情景已写入 {out}"),
    }
}
