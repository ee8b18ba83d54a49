//! `show`: the deal as understood.

use std::io::Write;
use std::path::Path;

use comfy_table::{ContentArrangement, Table, presets};

use super::{Failure, load};
use crate::deal::Deal;
use crate::engine::periods;
use crate::report::{Lang, names, order, tables};

/// Payment dates shown before the rest is counted.
const DATES_SHOWN: usize = 12;

pub(super) fn show(deal: &Path, lang: Lang, quiet: bool) -> Result<(), Failure> {
    let loaded = load(deal, quiet)?;
    let deal = &loaded.deal;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", deal.terms().name)?;
    section(&mut out, lang.say("Pool", "资产池"), pool(deal, lang))?;
    section(&mut out, lang.say("Classes", "证券"), classes(deal, lang))?;
    section(&mut out, lang.say("Dates", "日期"), dates(deal, lang))?;
    let later = periods(deal.terms()).len().saturating_sub(DATES_SHOWN);
    if later > 0 {
        let more = lang.say("more payment dates to", "个兑付日，至");
        writeln!(out, "… {later} {more} {}", deal.terms().legal_maturity)?;
    }
    let mut steps = table(&order::header(lang));
    for row in order::rows(deal, lang) {
        steps.add_row(row);
    }
    section(&mut out, lang.say("Order of payment", "分配顺序"), steps)?;
    if !deal.commitments().is_empty() {
        section(&mut out, lang.say("Support", "增信"), support(deal, lang))?;
    }
    if !deal.triggers().is_empty() {
        section(&mut out, lang.say("Triggers", "触发机制"), triggers(deal, lang))?;
    }
    Ok(())
}

fn section(out: &mut impl Write, title: &str, table: Table) -> std::io::Result<()> {
    writeln!(out, "\n{title}\n{table}")
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table
}

/// The first sections of the pool's characteristics.
fn pool(deal: &Deal, lang: Lang) -> Table {
    let sheet = tables::characteristics(deal);
    let mut out = table(&match lang {
        Lang::En => ["section", "item", "count", "balance", "share", "value"],
        Lang::Zh => ["部分", "项目", "笔数", "余额", "占比", "数值"],
    });
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.written()).collect();
        let section = cells.first().map_or("", String::as_str);
        if !["obligor", "group"].contains(&section) {
            out.add_row(cells);
        }
    }
    out
}

fn classes(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => ["class", "rank", "notional", "coupon", "amortisation", "expected maturity"],
        Lang::Zh => ["证券", "层级", "规模", "票面利率", "还本方式", "预期到期日"],
    });
    for tranche in deal.tranches() {
        out.add_row([
            tranche.name.clone(),
            names::seniority(tranche.seniority, lang).to_owned(),
            crate::num::yuan_of(tranche.notional).to_string(),
            names::coupon(&tranche.coupon),
            names::amortisation(&tranche.amortisation, lang).to_owned(),
            tranche.expected_maturity.to_string(),
        ]);
    }
    out
}

fn dates(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => {
            ["accrual", "calculation", "transfer", "test", "support paid", "record", "payment"]
        }
        Lang::Zh => {
            ["计息期间", "计算日", "划款日", "核算日", "差额支付日", "权益登记日", "兑付日"]
        }
    });
    for period in periods(deal.terms()).iter().take(DATES_SHOWN) {
        out.add_row([
            format!("{} - {}", period.accrual_start, period.accrual_end),
            period.calculation.to_string(),
            period.transfer.to_string(),
            period.test.to_string(),
            period.support.to_string(),
            period.record.to_string(),
            period.payment.to_string(),
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
        let cap = |cap: Option<i64>| match cap {
            Some(cap) => crate::num::yuan_of(cap).to_string(),
            None => lang.say("none", "无").to_owned(),
        };
        out.add_row([
            commitment.name.clone(),
            names::supporter(deal, at),
            names::claims(deal, &commitment.scope),
            cap(commitment.cap_total),
            cap(commitment.cap_per_date),
        ]);
    }
    out
}

fn triggers(deal: &Deal, lang: Lang) -> Table {
    let mut out = table(&match lang {
        Lang::En => ["trigger", "measure", "level", "effect"],
        Lang::Zh => ["触发事件", "指标", "水平", "后果"],
    });
    for trigger in deal.triggers() {
        let levels: Vec<String> = trigger
            .levels
            .iter()
            .filter(|level| !level.1.is_zero())
            .map(|(from, level)| match from {
                Some(from) => format!("{} {from}", level.normalize()),
                None => level.normalize().to_string(),
            })
            .collect();
        out.add_row([
            trigger.name.clone(),
            names::measure(deal, &trigger.measure),
            levels.join("; "),
            names::effect(trigger.effect).to_owned(),
        ]);
    }
    out
}
