//! From a run to the data of its charts.

use super::canvas::fitted;
use super::style::{LABEL, say};
use super::{
    CollectionsChart, CoverChart, CoverLine, Lang, NotesChart, Series, Tone, WaterfallChart,
    WaterfallItem, shows,
};
use crate::dates::Date;
use crate::deal::{Deal, Seniority, Tranche};
use crate::engine::{Flows, Party, Posting, Why};
use crate::num::{Amount, Decimal};

fn yuan(amount: Decimal) -> f64 {
    amount.to_fen() as f64 / 100.0
}

/// Payment dates of the rows.
fn payments(flows: &Flows) -> Vec<Date> {
    (0..flows.rows.len()).map(|row| flows.period(row).payment).collect()
}

/// Where the run began, then payment dates.
fn all_dates(deal: &Deal, flows: &Flows) -> Vec<Date> {
    let as_of = deal.state().and_then(|state| state.as_of);
    let mut dates = vec![as_of.unwrap_or(deal.terms().closing)];
    dates.extend(payments(flows));
    dates
}

/// A cell as the run began and after each date.
fn history(flows: &Flows, cell: usize) -> Vec<f64> {
    let of = |cells: &Vec<Decimal>| cells.get(cell).copied().map_or(0.0, yuan);
    std::iter::once(&flows.opening).chain(&flows.rows).map(of).collect()
}

/// The tone of a class: its kind, and its place among those of its kind.
pub(super) fn tone(deal: &Deal, class: usize) -> Tone {
    let classes = deal.tranches();
    let Some(kind) = classes.get(class).map(|class| class.seniority) else {
        return Tone::Total;
    };
    let same = |classes: &[Tranche]| classes.iter().filter(|one| one.seniority == kind).count();
    let (at, of) = (same(&classes[..class]), same(classes));
    match kind {
        Seniority::Senior => Tone::Senior { at, of },
        Seniority::Mezzanine => Tone::Mezzanine { at, of },
        Seniority::Subordinate => Tone::Subordinate { at, of },
    }
}

pub(super) fn collections(deal: &Deal, flows: &Flows, lang: Lang) -> CollectionsChart {
    let kinds = [Why::Principal, Why::Prepaid, Why::Interest, Why::Recovered, Why::CleanUp];
    // What givers of covers pay is recovered, less what they take.
    let counted = |why| match why {
        Why::Covered => (Why::Recovered, 1.0),
        Why::PledgeShare => (Why::Recovered, -1.0),
        other => (other, 1.0),
    };
    let series = kinds.map(|why| {
        let mut values = vec![0.0; flows.rows.len()];
        for posting in flows.postings.iter().filter(|posting| counted(posting.why).0 == why) {
            let row = posting.period.checked_sub(flows.start);
            if let Some(value) = row.and_then(|row| values.get_mut(row)) {
                *value += counted(posting.why).1 * yuan(posting.amount);
            }
        }
        let (name, tone) = source(why, lang);
        Series { name, tone, values }
    });
    CollectionsChart {
        deal: deal.terms().name.clone(),
        dates: payments(flows),
        series: series.into(),
    }
}

pub(super) fn notes(deal: &Deal, with: &Flows, without: &Flows) -> NotesChart {
    let classes = deal.tranches().iter().zip(&with.cells.tranches).enumerate();
    let classes = classes.map(|(at, (class, cells))| Series {
        name: class.name.clone(),
        tone: tone(deal, at),
        values: history(with, cells.balance),
    });
    let total = |flows: &Flows| -> Vec<(Date, f64)> {
        let dates = all_dates(deal, flows);
        let balances: Vec<_> =
            flows.cells.tranches.iter().map(|cells| history(flows, cells.balance)).collect();
        let sum = |row: usize| balances.iter().map(|of| of[row]).sum();
        (0..dates.len()).map(|row| (dates[row], sum(row))).collect()
    };
    let (supported, unsupported) = (total(with), total(without));
    NotesChart {
        deal: deal.terms().name.clone(),
        dates: all_dates(deal, with),
        classes: classes.collect(),
        unsupported: (supported != unsupported).then_some(unsupported),
    }
}

/// Cover of the classes that stand this high, at each date.
fn cover_of(deal: &Deal, flows: &Flows, lowest: Seniority) -> Vec<(Date, Option<f64>)> {
    let classes = deal.tranches().iter().zip(&flows.cells.tranches);
    let owed: Vec<_> = classes
        .filter(|(class, _)| class.seniority <= lowest)
        .map(|(_, cells)| history(flows, cells.balance))
        .collect();
    let cash: Vec<_> = flows.cells.accounts.iter().map(|&cell| history(flows, cell)).collect();
    let mut pool = history(flows, flows.cells.performing);
    // The pool's cell is set by the first date; before it stands the pool as that date found it.
    if let Some((opening, first)) = pool.first_mut().zip(flows.collections.rows.get(flows.start)) {
        *opening = first.opening as f64 / 100.0;
    }
    let at = |rows: &[Vec<f64>], row: usize| -> f64 { rows.iter().map(|of| of[row]).sum() };
    let dates = all_dates(deal, flows).into_iter().enumerate();
    let ratio = |row: usize| {
        let owed = at(&owed, row);
        shows(owed).then(|| (pool[row] + at(&cash, row)) / owed)
    };
    dates.map(|(row, date)| (date, ratio(row))).collect()
}

fn cover_lines(deal: &Deal, with: &Flows, without: &Flows, lang: Lang) -> Vec<CoverLine> {
    let has = |kind| deal.tranches().iter().any(|class| class.seniority == kind);
    let senior = has(Seniority::Senior);
    let mut levels = Vec::new();
    if senior {
        let name = say(lang, "Senior", "优先级");
        levels.push((Seniority::Senior, name, Tone::Senior { at: 0, of: 1 }));
    }
    if has(Seniority::Mezzanine) {
        let name = match senior {
            true => say(lang, "Senior and mezzanine", "优先级和夹层"),
            false => say(lang, "Mezzanine", "夹层"),
        };
        levels.push((Seniority::Mezzanine, name, Tone::Mezzanine { at: 0, of: 1 }));
    }
    let mut lines = Vec::new();
    for (lowest, name, tone) in levels {
        let points = cover_of(deal, with, lowest);
        let unsupported = cover_of(deal, without, lowest);
        let differs = unsupported != points;
        let name = name.to_owned();
        let other_name = format!("{name}{}", say(lang, ", no support", "（无增信）"));
        lines.push(CoverLine { name, tone, unsupported: false, points });
        if differs {
            let (name, points) = (other_name, unsupported);
            lines.push(CoverLine { name, tone, unsupported: true, points });
        }
    }
    lines
}

pub(super) fn cover(deal: &Deal, with: &Flows, without: &Flows, lang: Lang) -> CoverChart {
    CoverChart {
        deal: deal.terms().name.clone(),
        lines: cover_lines(deal, with, without, lang),
        dates: payments(with),
        paid: paid(deal, with, lang),
    }
}

/// What each supporter paid, the later ones together where they are many, and what none paid.
fn paid(deal: &Deal, flows: &Flows, lang: Lang) -> Vec<Series> {
    const NAMED: usize = 5;
    let count = flows.rows.len();
    let mut unpaid = vec![0.0; count];
    let mut seen: Vec<(usize, Vec<f64>)> = Vec::new();
    let owed = deal.commitments().iter().zip(&flows.cells.commitments);
    for (commitment, cells) in owed {
        let paid = history(flows, cells.paid).split_off(1);
        let called = history(flows, cells.called).split_off(1);
        for (unpaid, (called, paid)) in unpaid.iter_mut().zip(called.iter().zip(&paid)) {
            *unpaid += (called - paid).max(0.0);
        }
        let known = seen.iter().position(|of| of.0 == commitment.supporter);
        let at = known.unwrap_or(seen.len().min(NAMED));
        if at == seen.len() {
            seen.push((commitment.supporter, vec![0.0; count]));
        }
        for (sum, paid) in seen[at].1.iter_mut().zip(paid) {
            *sum += paid;
        }
    }
    let of = seen.len();
    let mut out: Vec<Series> = Vec::new();
    for (at, (supporter, values)) in seen.into_iter().enumerate() {
        let name = match deal.supporters().get(supporter).filter(|_| at < NAMED) {
            Some(supporter) => supporter.name.clone(),
            None => say(lang, "other supporters", "其他增信方").to_owned(),
        };
        let tone = Tone::Supporter { at, of };
        out.push(Series { name, tone, values });
    }
    out.push(Series {
        name: say(lang, "called, not paid", "已启动未支付").to_owned(),
        tone: Tone::Unpaid,
        values: unpaid,
    });
    out
}

/// Cash that moved after closing: between accounts it does not count.
pub(super) fn waterfall(deal: &Deal, flows: &Flows, lang: Lang) -> WaterfallChart {
    let cash = |cells: &[Decimal]| -> f64 {
        let accounts = flows.cells.accounts.iter();
        accounts.map(|&cell| cells.get(cell).copied().map_or(0.0, yuan)).sum()
    };
    let mut sources = vec![WaterfallItem {
        name: say(lang, "Cash at the start", "期初现金").to_owned(),
        tone: Tone::Cash,
        amount: cash(&flows.opening),
    }];
    let mut uses = Vec::new();
    let of_closing = |why| matches!(why, Why::NoteProceeds | Why::PurchasePrice | Why::Funding);
    let ours = |party| matches!(party, Party::Account(_));
    let mut moved: Vec<&Posting> = flows
        .postings
        .iter()
        .filter(|posting| !of_closing(posting.why) && ours(posting.from) != ours(posting.to))
        .collect();
    moved.sort_by_key(|posting| order(posting));
    let mut last = None;
    for posting in moved {
        let coming_in = ours(posting.to);
        let items = if coming_in { &mut sources } else { &mut uses };
        let (key, amount) = (order(posting), yuan(posting.amount));
        if let Some(item) = items.last_mut().filter(|_| last == Some(key)) {
            item.amount += amount;
            continue;
        }
        last = Some(key);
        let (name, tone) = match coming_in {
            true => source(posting.why, lang),
            false => usage(deal, posting, lang),
        };
        items.push(WaterfallItem { name, tone, amount });
    }
    WaterfallChart { deal: deal.terms().name.clone(), sources, uses, left: cash(flows.closing()) }
}

/// Lines of the bridge in order: kind of movement, then class or supporter.
fn order(posting: &Posting) -> (u8, Party) {
    let party = match posting.to {
        Party::Holders(class) => Party::Holders(class),
        _ => Party::Pool,
    };
    let rank = match posting.why {
        Why::Interest => 0,
        Why::Principal => 1,
        Why::Prepaid => 2,
        Why::Recovered => 3,
        Why::Covered => 4,
        Why::CleanUp => 5,
        Why::TopUp => 6,
        Why::Income => 7,
        Why::NoteProceeds | Why::PurchasePrice | Why::Funding => 8,
        Why::PledgeShare => 9,
        Why::Tax => 10,
        Why::Fee => 11,
        Why::RegistrarFee => 12,
        Why::FeeExcess => 13,
        Why::NoteInterest => 14,
        Why::NotePrincipal => 15,
        // What a top-up left over goes back as a repayment does.
        Why::Repayment | Why::TopUpReturned => 16,
        Why::Residual => 17,
        Why::Transfer | Why::Release => 18,
    };
    (rank, party)
}

/// What a source of cash is called, and its colour.
fn source(why: Why, lang: Lang) -> (String, Tone) {
    let (en, zh, tone) = match why {
        Why::Interest => ("Interest", "利息", Tone::Interest),
        Why::Principal => ("Principal", "本金", Tone::Principal),
        Why::Prepaid => ("Prepaid", "提前还款", Tone::Prepaid),
        Why::Recovered => ("Recovered", "违约回收", Tone::Recovered),
        Why::Covered => ("Paid by covers", "贷款增信赔付", Tone::Recovered),
        Why::CleanUp => ("Clean-up purchase", "清仓回购", Tone::CleanUp),
        Why::TopUp => ("Paid by supporters", "差额支付", Tone::Supporter { at: 0, of: 1 }),
        Why::Income => ("Account income", "账户收益", Tone::Income),
        _ => ("Other", "其他", Tone::Cash),
    };
    (say(lang, en, zh).to_owned(), tone)
}

/// What a use of cash is called, and its colour.
fn usage(deal: &Deal, posting: &Posting, lang: Lang) -> (String, Tone) {
    let class = match posting.to {
        Party::Holders(class) => deal.tranches().get(class).map(|of| (of.name.as_str(), class)),
        _ => None,
    };
    let (en, zh, tone_of_why) = match posting.why {
        Why::PledgeShare => ("Pledge, to givers", "增信方分得处置款", Tone::Recovered),
        Why::Tax => ("Tax", "税费", Tone::Tax),
        Why::Fee => ("Fees", "费用", Tone::Fee),
        Why::FeeExcess => ("Fees above their caps", "超限额费用", Tone::Fee),
        Why::RegistrarFee => ("Registrar's fee", "登记兑付手续费", Tone::Fee),
        Why::NoteInterest => ("interest", "利息", Tone::Total),
        Why::NotePrincipal => ("principal", "本金", Tone::Total),
        Why::Residual => ("residual", "剩余收益", Tone::Total),
        Why::Repayment | Why::TopUpReturned => {
            ("Repaid to supporters", "偿还差额支付", Tone::Supporter { at: 0, of: 1 })
        }
        _ => ("Other", "其他", Tone::Cash),
    };
    match (class, say(lang, en, zh)) {
        (Some((name, at)), what) => {
            // A long name is cut before the line is, so that the line still says what it is.
            let name = fitted(name, LABEL.size, 150.0);
            (format!("{name} {what}"), tone(deal, at))
        }
        (None, what) => (what.to_owned(), tone_of_why),
    }
}
