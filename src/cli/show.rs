//! `show`: the deal as understood.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::Path;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, presets};

use super::Failure;
use super::check::over_collateral;
use super::series::{Series, read_series};
use crate::analytics::borrowing::borrowers;
use crate::analytics::outcome::Figure;
use crate::deal::{Cover, CoverPays, Deal, Step, Trigger};
use crate::engine::periods;
use crate::num::{Decimal, Fen, yuan_of};
use crate::report::table::Cell;
use crate::report::words::{grouped, percent};
use crate::report::{Lang, names, order, said, tables};

/// Payment dates shown before the rest is counted.
const DATES_SHOWN: usize = 12;
/// Columns of text where nobody says how wide the screen is.
const WIDTH: u16 = 100;

pub(super) fn show(deal: &Path, lang: Lang, quiet: bool) -> Result<(), Failure> {
    let series = read_series(deal, (lang, quiet))?;
    let mut out = std::io::stdout().lock();
    if series.iter().any(|of| !of.name.is_empty()) {
        section(&mut out, lang.say("Series", "各期"), programme(&series, lang))?;
    }
    series.iter().try_for_each(|of| show_deal(&mut out, of, lang))
}

/// Series by series: what was issued, and firm-times and rights so far.
fn programme(series: &[Series], lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => [
            "series",
            "from",
            "notes, yuan",
            "coupon",
            "firms",
            "firm-times",
            "new firms",
            "rights",
        ],
        Lang::Zh => [
            "期次",
            "设立日",
            "规模（元）",
            "票面利率",
            "企业数",
            "累计家次",
            "新增企业",
            "累计权利数",
        ],
    });
    let (mut times, mut rights, mut known) = (0, 0, BTreeSet::new());
    for Series { name, loaded, .. } in series {
        let deal = &loaded.deal;
        let firms = deal.obligors().iter().map(|firm| firm.name.as_str());
        let new = firms.filter(|firm| known.insert(*firm)).count();
        times += deal.obligors().len();
        rights += deal.rights().len();
        out.add_row([
            name.clone(),
            deal.terms().closing.to_string(),
            yuan(deal.notes()),
            deal.tranches()
                .first()
                .map_or_else(String::new, |class| said::coupon(&class.coupon, lang)),
            deal.obligors().len().to_string(),
            times.to_string(),
            new.to_string(),
            rights.to_string(),
        ]);
    }
    right(out, &[2, 3, 4, 5, 6, 7])
}

fn show_deal(out: &mut impl Write, series: &Series, lang: Lang) -> Result<(), Failure> {
    let deal = &series.loaded.deal;
    let mark = if series.name.is_empty() { String::new() } else { format!("\n{}: ", series.name) };
    writeln!(out, "{mark}{}", deal.terms().name)?;
    section(out, lang.say("Pool", "资产池"), pool(deal, lang))?;
    section(out, lang.say("Classes", "证券"), classes(deal, lang))?;
    if let Some(text) = over_collateral(deal, lang) {
        writeln!(out, " {text}")?;
    }
    section(out, lang.say("Dates", "日期"), dates(deal, lang))?;
    let later = periods(deal.terms()).len().saturating_sub(DATES_SHOWN);
    if later > 0 {
        let end = deal.terms().legal_maturity;
        match lang {
            Lang::En => writeln!(out, " … and {later} more payment dates to {end}")?,
            Lang::Zh => writeln!(out, " … 另有 {later} 个兑付日，至 {end}")?,
        }
    }
    section(out, lang.say("Order of payment", "分配顺序"), steps(deal, lang))?;
    if !deal.costs().is_empty() {
        section(out, lang.say("Cost of borrowing", "融资成本"), borrowing(deal, lang))?;
    }
    if deal.rights().iter().any(|right| right.evidence.is_some()) {
        section(
            out,
            lang.say("Evidence certificates", "存证与登记证书"),
            certificates(deal, lang),
        )?;
    }
    if !deal.commitments().is_empty() {
        section(out, lang.say("Support", "增信"), support(deal, lang))?;
    }
    if !deal.covers().is_empty() {
        section(out, lang.say("Loan-level covers", "贷款增信"), covers(deal, lang))?;
    }
    if !deal.triggers().is_empty() {
        section(out, lang.say("Triggers", "触发机制"), triggers(deal, lang))?;
    }
    Ok(())
}

pub(super) fn section(out: &mut impl Write, title: &str, table: Table) -> std::io::Result<()> {
    writeln!(out, "\n{title}")?;
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(WIDTH);
    }
    table.set_header(header);
    table
}

/// Numbers end in line.
pub(super) fn right(mut table: Table, columns: &[usize]) -> Table {
    for &at in columns {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Yuan, for people.
fn yuan(amount: Fen) -> String {
    grouped(&format!("{:.2}", yuan_of(amount)))
}

/// The pool's characteristics without the lists of firms and without empty bands.
fn pool(deal: &Deal, lang: Lang) -> Table {
    let sheet = tables::characteristics(deal);
    let mut out = table(&match lang {
        Lang::En => ["section", "item", "count", "balance, yuan", "share", "value"],
        Lang::Zh => ["部分", "项目", "笔数", "余额（元）", "占比", "数值"],
    });
    let mut last = String::new();
    for row in &sheet.rows {
        let written = |at: usize| row.get(at).map(Cell::written).unwrap_or_default();
        let section = written(0);
        if ["obligor", "group"].contains(&section.as_str()) || row.get(2) == Some(&Cell::Count(0)) {
            continue;
        }
        let share = match row.get(4) {
            Some(&Cell::Number(share, _)) => format!("{:.2}%", 100.0 * share),
            _ => String::new(),
        };
        let item = said::characteristic(&written(1), lang).into_owned();
        let figure = match (section.as_str(), row.get(5)) {
            ("weighted", Some(&Cell::Number(rate, _))) if !written(1).ends_with("years") => {
                format!("{:.2}%", 100.0 * rate)
            }
            (_, cell) => value(cell),
        };
        let cells = [item, written(2), grouped(&written(3)), share, figure];
        // A section is named once.
        let named = if section == last {
            String::new()
        } else {
            said::characteristic(&section, lang).into_owned()
        };
        out.add_row([vec![named], cells.to_vec()].concat());
        last = section;
    }
    right(out, &[2, 3, 4, 5])
}

/// A figure with as many digits as a reader wants.
fn value(cell: Option<&Cell>) -> String {
    match cell {
        Some(&Cell::Number(value, _)) => format!("{value:.4}"),
        Some(Cell::Yuan(amount)) => grouped(&format!("{amount:.2}")),
        _ => String::new(),
    }
}

/// With what the originator holds where it holds any.
fn classes(deal: &Deal, lang: Lang) -> Table {
    let mut header = match lang {
        Lang::En => {
            vec!["class", "rank", "notional, yuan", "coupon", "amortisation", "expected maturity"]
        }
        Lang::Zh => vec!["证券", "层级", "规模（元）", "票面利率", "还本方式", "预期到期日"],
    };
    let held = deal.tranches().iter().any(|tranche| tranche.retained > 0);
    if held {
        header.push(lang.say("originator holds, yuan", "发起机构自持（元）"));
    }
    let mut out = table(&header);
    for tranche in deal.tranches() {
        let mut row = vec![
            tranche.name.clone(),
            names::seniority(tranche.seniority, lang).to_owned(),
            yuan(tranche.notional),
            said::coupon(&tranche.coupon, lang),
            names::amortisation(&tranche.amortisation, lang).to_owned(),
            tranche.expected_maturity.to_string(),
        ];
        if held {
            row.push(yuan(tranche.retained));
        }
        out.add_row(row);
    }
    right(out, &[2, 3, 6])
}

fn dates(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => {
            ["accrual from", "calculation", "transfer", "test", "support paid", "record", "payment"]
        }
        Lang::Zh => {
            ["计息起始", "计算日", "划款日", "核算日", "差额支付日", "权益登记日", "兑付日"]
        }
    });
    for period in periods(deal.terms()).iter().take(DATES_SHOWN) {
        let days = [
            period.accrual_start,
            period.calculation,
            period.transfer,
            period.test,
            period.support,
            period.record,
            period.payment,
        ];
        out.add_row(days.map(|day| day.to_string()));
    }
    out
}

/// Numbered branch by branch; columns that no step uses are left out.
fn steps(deal: &Deal, lang: Lang) -> Table {
    let (header, rows) = (order::header(lang), order::rows(deal, lang));
    let used: Vec<usize> =
        (0..header.len()).filter(|&at| rows.iter().any(|row| !row[at].is_empty())).collect();
    let named = used.iter().map(|&at| header[at]);
    // Steps of a usual order of payment are named by their numbers.
    let is_named = |(at, step): (usize, &Step)| step.name != (at + 1).to_string();
    let named_steps = deal.steps().iter().enumerate().any(is_named);
    let numbers = named_steps.then(|| order::numbers(deal));
    let number = numbers.as_ref().map(|_| lang.say("no.", "序号"));
    let mut out = table(&number.into_iter().chain(named).collect::<Vec<_>>());
    for (at, row) in rows.iter().enumerate() {
        let number = numbers.as_ref().map(|numbers| numbers[at].to_string());
        out.add_row(number.into_iter().chain(used.iter().map(|&at| row[at].clone())));
    }
    for at in 0..2 {
        if let Some(name) = out.column_mut(at) {
            name.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    out
}

/// What each firm pays a year, all in.
fn borrowing(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => {
            ["firm", "principal, yuan", "interest alone", "all in", "subsidy, yuan", "net a year"]
        }
        Lang::Zh => ["企业", "本金（元）", "仅利息", "综合成本", "补贴（元）", "补贴后年化"],
    });
    let rate = |figure: &Figure| figure.value.map_or("-".to_owned(), percent);
    for of in borrowers(deal) {
        let name = of.obligor.map(|at| deal.obligors()[at].name.as_str());
        out.add_row([
            name.unwrap_or(lang.say("pool", "资产池")).to_owned(),
            yuan(of.principal),
            rate(&of.interest_pa),
            rate(&of.gross_pa),
            yuan(of.subsidy),
            rate(&of.net_pa),
        ]);
    }
    right(out, &[1, 2, 3, 4, 5])
}

/// Rights with a certificate, and whether each outlives the last of its loans.
fn certificates(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => {
            ["right", "evidence", "issuer", "ends", "last loan", "lapses in its loan's life"]
        }
        Lang::Zh => ["权利", "存证编号", "存证机构", "到期日", "贷款到期日", "贷款存续期内失效"],
    });
    for right in deal.rights() {
        let Some(evidence) = &right.evidence else { continue };
        let until = right.loans.iter().map(|&loan| deal.loans()[loan].maturity).max();
        let lapses = match until.is_some_and(|until| !right.lives_on(until)) {
            _ if right.renewed => lang.say("no, renewed", "否，续展"),
            true => lang.say("yes", "是"),
            false => lang.say("no", "否"),
        };
        out.add_row([
            right.name.clone(),
            evidence.clone(),
            right.issuer.clone().unwrap_or_default(),
            right.expiry.to_string(),
            until.map_or_else(String::new, |until| until.to_string()),
            lapses.to_owned(),
        ]);
    }
    out
}

fn support(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => ["commitment", "supporter", "covers", "cap in all", "cap of a date"],
        Lang::Zh => ["承诺", "增信方", "范围", "总额上限", "每期上限"],
    });
    for (at, commitment) in deal.commitments().iter().enumerate() {
        let cap = |cap: Option<Fen>| match cap {
            Some(cap) => yuan(cap),
            None => lang.say("none", "无").to_owned(),
        };
        out.add_row([
            commitment.name.clone(),
            names::supporter(deal, at),
            order::claims(deal, &commitment.scope, lang),
            cap(commitment.cap_total),
            cap(commitment.cap_per_date),
        ]);
    }
    out
}

fn covers(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => ["cover", "supporter", "of", "pays", "share", "limits and times"],
        Lang::Zh => ["增信", "增信方", "对象", "赔付方式", "比例", "限额与期限"],
    });
    for cover in deal.covers() {
        let (loans, rights) = (cover.loans.len(), cover.rights.len());
        let of = match (cover.pays, lang) {
            (CoverPays::OnInfringement, Lang::En) if rights == 1 => "1 right".to_owned(),
            (CoverPays::OnInfringement, Lang::En) => format!("{rights} rights"),
            (CoverPays::OnInfringement, Lang::Zh) => format!("{rights} 项权利"),
            (_, Lang::En) if loans == 1 => "1 loan".to_owned(),
            (_, Lang::En) => format!("{loans} loans"),
            (_, Lang::Zh) => format!("{loans} 笔贷款"),
        };
        let pays = match cover.pays {
            CoverPays::OnClaim => lang.say("on the claim", "代偿"),
            CoverPays::OnLoss => lang.say("on the loss", "损失补偿"),
            CoverPays::OnInfringement => lang.say("on infringement", "被侵权损失"),
        };
        out.add_row([
            cover.name.clone(),
            deal.supporters()[cover.supporter].name.clone(),
            of,
            pays.to_owned(),
            format!("{}%", (cover.share * Decimal::ONE_HUNDRED).normalize()),
            limits(cover, lang),
        ]);
    }
    for at in [0, 3] {
        if let Some(column) = out.column_mut(at) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    right(out, &[4])
}

/// Deductible, cap, waiting time, end, and how long after the event it pays.
fn limits(cover: &Cover, lang: Lang) -> String {
    let mut parts = Vec::new();
    let mut add = |en: String, zh: String| {
        parts.push(match lang {
            Lang::En => en,
            Lang::Zh => zh,
        });
    };
    if cover.deductible > 0 {
        let amount = yuan(cover.deductible);
        add(format!("deductible {amount}"), format!("免赔额 {amount}"));
    }
    if let Some(cap) = cover.cap_total.map(yuan) {
        add(format!("at most {cap} in all"), format!("总额上限 {cap}"));
    }
    if let Some(cap) = cover.cap_per_right.map(yuan) {
        add(format!("at most {cap} a right"), format!("每项权利限额 {cap}"));
    }
    let days = cover.lag_business_days;
    add(format!("paid after {days} business days"), format!("{days} 个工作日后赔付"));
    if cover.waiting_months > 0 {
        let months = cover.waiting_months;
        add(format!("waiting time of {months} months"), format!("等待期 {months} 个月"));
    }
    if let Some(end) = cover.end {
        add(format!("ends {end}"), format!("截止 {end}"));
    }
    parts.join(lang.say("; ", "；"))
}

fn triggers(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => ["trigger", "measure", "level", "effect"],
        Lang::Zh => ["触发事件", "指标", "水平", "后果"],
    });
    for trigger in deal.triggers() {
        out.add_row([
            trigger.name.clone(),
            said::measure(deal, &trigger.measure, lang),
            levels(trigger, lang),
            said::effect(trigger.effect, lang).to_owned(),
        ]);
    }
    out
}

/// A rate or a count, with the day from which it holds.
fn levels(trigger: &Trigger, lang: Lang) -> String {
    let shown = trigger.levels.iter().filter(|level| !level.1.is_zero());
    let each: Vec<String> = shown
        .map(|(from, level)| {
            let level = said::level(&trigger.measure, *level);
            match (from, lang) {
                (None, _) => level,
                (Some(from), Lang::En) => format!("{level} from {from}"),
                (Some(from), Lang::Zh) => format!("{from} 起 {level}"),
            }
        })
        .collect();
    each.join(lang.say("; ", "；"))
}
