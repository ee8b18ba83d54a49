//! From a simulation to the data of its charts.

use super::class_losses::{ClassLossLine, ClassLossesChart};
use super::convergence::{ConvergenceChart, ConvergenceLine};
use super::distribution::DistributionChart;
use super::fan::FanChart;
use super::likelihood::Bar;
use super::style::{say, unit};
use super::{Lang, Tone};
use crate::analytics::simulated::{Estimate, Losses};
use crate::dates;
use crate::engine::{Histogram, Tally};
use crate::report::simulation::{DealFacts, Results, senior_balance};
use crate::report::words::percent;

/// Classes that convergence is drawn for, from the most senior one.
const CLASSES_SHOWN: usize = 4;

/// Every chart of a simulation: file name, SVG.
pub fn simulation_charts(
    deal: &DealFacts,
    tally: &Tally,
    results: &Results,
    lang: Lang,
) -> Vec<(&'static str, String)> {
    vec![
        ("pool_loss.svg", pool_loss(deal, tally, lang).svg(lang)),
        ("class_losses.svg", class_losses(deal, tally, lang).svg(lang)),
        ("support_paid.svg", support_paid(deal, tally, lang).svg(lang)),
        ("senior_balance.svg", fan(deal, tally).svg(lang)),
        ("convergence.svg", convergence(deal, results, lang).svg(lang)),
    ]
}

fn tone(deal: &DealFacts, class: usize) -> Tone {
    let rank = deal.classes[class].rank;
    let same = |of: &[_]| {
        let of: &[crate::report::simulation::ClassFacts] = of;
        of.iter().filter(|one| one.rank == rank).count()
    };
    let (at, of) = (same(&deal.classes[..class]), same(&deal.classes));
    match rank {
        0 => Tone::Senior { at, of },
        1 => Tone::Mezzanine { at, of },
        _ => Tone::Subordinate { at, of },
    }
}

fn bars(histogram: &Histogram, paths: u64, scale: f64) -> Vec<Bar> {
    let bins = Losses::new(histogram, paths).bins.into_iter();
    bins.map(|(from, to, probability)| (from * scale, to * scale, probability)).collect()
}

/// Classes of one rank are marked together: what the pool may lose before they do.
fn attachments(deal: &DealFacts, lang: Lang) -> Vec<(String, Tone, f64)> {
    let mut marks: Vec<(String, Tone, f64)> = Vec::new();
    for rank in (0..=2).filter(|_| !deal.midlife) {
        let of_rank: Vec<usize> =
            (0..deal.classes.len()).filter(|&at| deal.classes[at].rank == rank).collect();
        let Some(&first) = of_rank.first() else { continue };
        let share = deal.attachment(rank);
        let names: Vec<String> = of_rank.iter().map(|&at| deal.classes[at].name.clone()).collect();
        let names = lang.listed(&names);
        let name = match lang {
            Lang::En => format!("{names}: losses from {}", percent(share)),
            Lang::Zh => format!("{names}：损失 {} 起受损", percent(share)),
        };
        marks.push((name, tone(deal, first), 100.0 * share));
    }
    marks
}

fn pool_loss(deal: &DealFacts, tally: &Tally, lang: Lang) -> DistributionChart {
    let note = say(
        lang,
        "Dashes: the pool's loss from which a class loses, by principal alone: no excess spread, \
         reserve or support.",
        "虚线：仅按本金计算的各级受损起点，不计超额利差、储备账户与增信。",
    );
    DistributionChart {
        deal: deal.name.clone(),
        title: say(lang, "Loss of the pool", "资产池损失分布").to_owned(),
        amount: say(lang, "loss, % of initial principal", "损失占初始本金（%）").to_owned(),
        unit: "%".to_owned(),
        tone: Tone::Cash,
        bars: bars(&tally.pool.losses, tally.paths, 100.0),
        nothing: say(lang, "No loss on any path", "所有路径均无损失").to_owned(),
        none: say(lang, "no loss:", "无损失：").to_owned(),
        marks: attachments(deal, lang),
        note: if deal.midlife { String::new() } else { note.to_owned() },
    }
}

fn class_losses(deal: &DealFacts, tally: &Tally, lang: Lang) -> ClassLossesChart {
    let lines = deal.classes.iter().enumerate().flat_map(|(at, facts)| {
        let line = |name: String, unsupported: bool, histogram: &Histogram| ClassLossLine {
            name,
            tone: tone(deal, at),
            unsupported,
            bars: bars(histogram, tally.paths, 100.0),
        };
        let (with, without) = (&tally.with[at].losses, &tally.without[at].losses);
        let bare = format!("{}{}", facts.name, say(lang, ", no support", "（无增信）"));
        let same = with == without;
        let supported = line(facts.name.clone(), false, with);
        let unsupported = (!same).then(|| line(bare, true, without));
        let uncovered = tally.bare.get(at).map(|bare| &bare.losses).filter(|bare| *bare != without);
        let name = format!("{}{}", facts.name, say(lang, ", bare", "（全无增信）"));
        let uncovered = uncovered.map(|bare| line(name, true, bare));
        std::iter::once(supported).chain(unsupported).chain(uncovered)
    });
    ClassLossesChart { deal: deal.name.clone(), lines: lines.collect() }
}

/// The commitment that pays most is drawn; where there are several, the title says which.
fn support_paid(deal: &DealFacts, tally: &Tally, lang: Lang) -> DistributionChart {
    let by_paid = |at: &usize| tally.commitments[*at].amount_paid.sum;
    let shown = (0..deal.commitments.len()).rev().max_by_key(by_paid);
    let yuan = deal.pool as f64 / 100.0;
    let unit = unit(yuan, lang);
    let paid = say(lang, "Paid by the supporter", "增信方支付金额分布");
    let title = match shown.filter(|_| deal.commitments.len() > 1) {
        Some(at) => format!("{paid} ({})", deal.commitments[at].name),
        None => paid.to_owned(),
    };
    let amount = match lang {
        Lang::En => format!("paid over the life of the notes, {}", unit.name),
        Lang::Zh => format!("存续期累计支付（{}）", unit.name),
    };
    let nothing = match shown {
        Some(_) => say(lang, "It pays nothing on any path", "所有路径均未支付"),
        None => say(lang, "This deal has no commitment", "本交易没有差额支付承诺"),
    };
    let scale = yuan / unit.yuan;
    let paid = shown.map(|at| bars(&tally.commitments[at].paid, tally.paths, scale));
    DistributionChart {
        deal: deal.name.clone(),
        title,
        amount,
        unit: format!(" {}", unit.name),
        tone: Tone::Supporter { at: 0, of: 1 },
        bars: paid.unwrap_or_default(),
        nothing: nothing.to_owned(),
        none: say(lang, "pays nothing:", "未支付：").to_owned(),
        marks: Vec::new(),
        note: say(
            lang,
            "Gross: what it is paid back is not taken off.",
            "总额口径，未扣除其后收回的部分。",
        )
        .to_owned(),
    }
}

fn fan(deal: &DealFacts, tally: &Tally) -> FanChart {
    FanChart {
        deal: deal.name.clone(),
        dates: deal.dates.iter().filter_map(|date| dates::parse(date)).collect(),
        quantiles: senior_balance(deal, tally),
    }
}

fn convergence(deal: &DealFacts, results: &Results, lang: Lang) -> ConvergenceChart {
    let line = |name: String, tone: Tone, of: &dyn Fn(usize) -> Estimate| ConvergenceLine {
        name,
        tone,
        points: results
            .convergence
            .iter()
            .enumerate()
            .map(|(at, step)| {
                let estimate = of(at);
                (step.paths, 100.0 * estimate.value, estimate.se.map(|se| 100.0 * se))
            })
            .collect(),
        nothing: say(lang, "Not on any path", "所有路径均未发生").to_owned(),
    };
    let pool = say(lang, "Expected loss of the pool", "资产池预期损失").to_owned();
    let steps = &results.convergence;
    let mut lines = vec![line(pool, Tone::Cash, &|at| steps[at].pool_el)];
    for (class, facts) in deal.classes.iter().enumerate().take(CLASSES_SHOWN) {
        let name = match lang {
            Lang::En => format!("{} not paid in full, with support", facts.name),
            Lang::Zh => format!("{} 违约概率（有增信）", facts.name),
        };
        lines.push(line(name, tone(deal, class), &|at| steps[at].classes[class].0));
    }
    ConvergenceChart { deal: deal.name.clone(), lines }
}
