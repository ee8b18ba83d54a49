//! From the tables of a simulation to the data of its charts.

use super::class_losses::{ClassLossLine, ClassLossesChart};
use super::classes::{seniority, tone};
use super::convergence::{ConvergenceChart, ConvergenceLine};
use super::distribution::DistributionChart;
use super::fan::FanChart;
use super::likelihood::Bar;
use super::style::{say, unit};
use super::{Lang, Tone};
use crate::report::record::{Record, Table};
use crate::report::table::Cell;
use crate::report::words::percent;

/// Classes that convergence is drawn for, from the most senior one.
const CLASSES_SHOWN: usize = 4;

/// Edges in percent.
fn bars<'a>(table: &Table, rows: impl Iterator<Item = &'a Vec<Cell>>) -> Vec<Bar> {
    let share = |row: &[Cell], column: &str| 100.0 * table.amount(row, column);
    let bar = |row: &Vec<Cell>| {
        (share(row, "loss_from"), share(row, "loss_to"), table.amount(row, "probability"))
    };
    rows.map(bar).collect()
}

/// Classes of one kind are marked together: what the pool may lose before they do.
fn attachments(run: &Record, lang: Lang) -> Vec<(String, Tone, f64)> {
    let mut marks: Vec<(String, Tone, f64)> = Vec::new();
    let Some(table) = run.table("tranches.csv") else { return marks };
    for kind in ["senior", "mezzanine", "sub"] {
        let mut names = run.classes();
        names.retain(|name| seniority(run, name) == kind);
        let Some(row) = names.first().and_then(|name| table.rows_of("tranche", name).next()) else {
            continue;
        };
        let Some(share) = table.cell(row, "attachment_point").number() else { continue };
        let tone = tone(run, &names[0]);
        let one = names.len() == 1;
        let (names, share_said) = (lang.listed(&names), percent(share));
        let name = match (lang, one) {
            (Lang::En, true) => format!("{names}: losses from {share_said}"),
            (Lang::En, false) => format!("{names} together: losses from {share_said}"),
            (Lang::Zh, true) => format!("{names}：损失 {share_said} 起受损"),
            (Lang::Zh, false) => format!("{names} 合计：损失 {share_said} 起受损"),
        };
        marks.push((name, tone, 100.0 * share));
    }
    marks
}

pub(super) fn pool_loss(run: &Record, lang: Lang) -> Option<DistributionChart> {
    let table = run.table("loss_histogram.csv")?;
    let marks = attachments(run, lang);
    let note = match marks.is_empty() {
        true => "",
        false => say(
            lang,
            "Dashes: the pool's loss from which classes of a rank lose, by principal alone. Which \
             of one rank loses first, the order of payment says.",
            "虚线：仅按本金计算的各级受损起点，不计超额利差、储备账户与增信；同级各档之间先后依分配顺序。",
        ),
    };
    Some(DistributionChart {
        deal: run.called(),
        title: say(lang, "Loss of the pool", "资产池损失分布").to_owned(),
        amount: say(lang, "loss, % of initial principal", "损失占初始本金（%）").to_owned(),
        unit: "%".to_owned(),
        tone: Tone::Cash,
        bars: bars(table, table.rows_of("tranche", "pool")),
        nothing: say(lang, "No loss on any path", "所有路径均无损失").to_owned(),
        none: say(lang, "no loss:", "无损失：").to_owned(),
        marks,
        note: note.to_owned(),
    })
}

pub(super) fn class_losses(run: &Record, lang: Lang) -> Option<ClassLossesChart> {
    let table = run.table("loss_histogram.csv")?;
    let lines = run.classes().into_iter().flat_map(|class| {
        let of = |support: &'static str| {
            let rows = table.rows_of("tranche", &class);
            bars(table, rows.filter(|row| table.text(row, "support") == support))
        };
        let line = |more: &str, unsupported: bool, bars: Vec<Bar>| ClassLossLine {
            name: format!("{class}{more}"),
            tone: tone(run, &class),
            unsupported,
            bars,
        };
        let (with, without, bare) = (of("with"), of("without"), of("bare"));
        // What is the same is drawn once.
        let uncovered = Some(bare).filter(|bare| !bare.is_empty() && *bare != without);
        let unsupported = Some(without).filter(|without| *without != with);
        let (no_support, none) =
            (say(lang, ", no support", "（无增信）"), say(lang, ", bare", "（全无增信）"));
        let lines = [
            Some(line("", false, with)),
            unsupported.map(|bars| line(no_support, true, bars)),
            uncovered.map(|bars| line(none, true, bars)),
        ];
        lines.into_iter().flatten()
    });
    Some(ClassLossesChart { deal: run.called(), lines: lines.collect() })
}

/// The commitment that pays most is drawn; where there are several, the title says which.
pub(super) fn support_paid(run: &Record, lang: Lang) -> Option<DistributionChart> {
    let table = run.table("support_paid.csv")?;
    let mean = |name: &String| -> f64 {
        let paid =
            |row: &Vec<Cell>| table.amount(row, "probability") * table.amount(row, "paid_to");
        table.rows_of("commitment", name).map(paid).sum()
    };
    let names = table.distinct("commitment");
    let shown = names.iter().rev().max_by(|one, other| mean(one).total_cmp(&mean(other)));
    let rows: Vec<&Vec<Cell>> =
        shown.iter().flat_map(|name| table.rows_of("commitment", name)).collect();
    let most = rows.iter().map(|row| table.amount(row, "paid_to")).fold(0.0, f64::max);
    let unit = unit(most, lang);
    let paid = say(lang, "Paid by the supporter", "增信方支付金额分布");
    let title = match shown.filter(|_| names.len() > 1) {
        Some(name) => format!("{paid} ({name})"),
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
    let bar = |row: &&Vec<Cell>| {
        let edge = |column: &str| table.amount(row, column) / unit.yuan;
        (edge("paid_from"), edge("paid_to"), table.amount(row, "probability"))
    };
    Some(DistributionChart {
        deal: run.called(),
        title,
        amount,
        unit: format!(" {}", unit.name),
        tone: Tone::Supporter { at: 0, of: 1 },
        bars: rows.iter().map(bar).collect(),
        nothing: nothing.to_owned(),
        none: say(lang, "pays nothing:", "未支付：").to_owned(),
        marks: Vec::new(),
        note: say(
            lang,
            "Gross: what it is paid back is not taken off.",
            "总额口径，未扣除其后收回的部分。",
        )
        .to_owned(),
    })
}

pub(super) fn fan(run: &Record) -> Option<FanChart> {
    let table = run.table("senior_balance.csv")?;
    let levels = ["balance_p05", "balance_p50", "balance_p95"];
    Some(FanChart {
        deal: run.called(),
        dates: table.rows.iter().filter_map(|row| table.date(row, "date")).collect(),
        quantiles: table
            .rows
            .iter()
            .map(|row| levels.map(|column| table.amount(row, column)))
            .collect(),
    })
}

pub(super) fn convergence(run: &Record, lang: Lang) -> Option<ConvergenceChart> {
    let table = run.table("convergence.csv")?;
    let line = |name: String, tone: Tone, figure: &str, rows: &[&Vec<Cell>]| ConvergenceLine {
        name,
        tone,
        points: rows
            .iter()
            .map(|row| {
                let se = table.cell(row, &format!("{figure}_se")).number();
                let paths = table.amount(row, "paths") as u64;
                (paths, 100.0 * table.amount(row, figure), se.map(|se| 100.0 * se))
            })
            .collect(),
        nothing: say(lang, "Not on any path", "所有路径均未发生").to_owned(),
    };
    let pool = say(lang, "Expected loss of the pool", "资产池预期损失").to_owned();
    let rows: Vec<_> = table.rows_of("tranche", "pool").collect();
    let mut lines = vec![line(pool, Tone::Cash, "el", &rows)];
    for class in run.classes().iter().take(CLASSES_SHOWN) {
        let name = match lang {
            Lang::En => format!("{class} not paid in full, with support"),
            Lang::Zh => format!("{class} 违约概率（有增信）"),
        };
        let with = |row: &&Vec<Cell>| table.text(row, "support") == "with";
        let rows: Vec<_> = table.rows_of("tranche", class).filter(with).collect();
        lines.push(line(name, tone(run, class), "pd", &rows));
    }
    Some(ConvergenceChart { deal: run.called(), lines })
}
