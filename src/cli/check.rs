//! `check`: all problems, or one line of facts.

use std::io::Write;
use std::path::Path;

use super::Failure;
use super::series::read_all;
use crate::deal::{Deal, Shelf};
use crate::input::{Loaded, LoadedShelf};
use crate::num::yuan_of;
use crate::report::Lang;
use crate::report::words::{counted, percent};

pub(super) fn check(deal: &Path, lang: Lang, quiet: bool) -> Result<(), Failure> {
    let (series, shelf) = read_all(deal, (lang, quiet))?;
    if let Some(LoadedShelf { shelf, .. }) = &shelf {
        writeln!(std::io::stdout(), "{}", shelf_facts(shelf, series.len(), lang))?;
    }
    for series in series {
        let mark = if series.name.is_empty() { "" } else { ": " };
        writeln!(std::io::stdout(), "{}{mark}{}", series.name, facts(&series.loaded, lang))?;
    }
    Ok(())
}

/// A shelf's own tables in one line.
fn shelf_facts(shelf: &Shelf, deals: usize, lang: Lang) -> String {
    let (name, quota) = (&shelf.name, lang.amount(yuan_of(shelf.quota)));
    let (planned, candidates) = (shelf.planned.len(), shelf.candidates.len());
    match lang {
        Lang::En => format!(
            "{name}: quota {quota}; deals: {deals}, series to be filled: {planned}, candidates: \
             {candidates}; no problem"
        ),
        Lang::Zh => format!(
            "{name}：额度 {quota}；已有 {deals} 期，待组包 {planned} 期，备选贷款 {candidates} 笔；没有问题"
        ),
    }
}

/// What the pool holds above the notes as they are placed.
pub(super) fn over_collateral(deal: &Deal, lang: Lang) -> Option<String> {
    let above = deal.pool_principal() - deal.notes();
    if deal.state().is_some() || above <= 0 {
        return None;
    }
    let share = percent(above as f64 / deal.notes().max(1) as f64);
    let amount = lang.amount(yuan_of(above));
    Some(match lang {
        Lang::En => format!("over-collateral {amount} ({share} of the notes)"),
        Lang::Zh => format!("超额抵押 {amount}（票据的 {share}）"),
    })
}

/// A deal in one line.
fn facts(loaded: &Loaded, lang: Lang) -> String {
    let deal = &loaded.deal;
    let (name, scenarios) = (&deal.terms().name, loaded.scenarios.len());
    let (loans, firms, rights) = (deal.loans().len(), deal.obligors().len(), deal.rights().len());
    let (pool, notes) =
        (lang.amount(yuan_of(deal.pool_principal())), lang.amount(yuan_of(deal.notes())));
    let above = over_collateral(deal, lang);
    let above = above.map(|text| format!("{text}{}", lang.say("; ", "；"))).unwrap_or_default();
    let classes = deal.tranches().len();
    match lang {
        Lang::En => {
            let [loans, firms] = [counted(loans, "loan"), counted(firms, "firm")];
            let [rights, classes] = [counted(rights, "right"), counted(classes, "class")];
            let scenarios = counted(scenarios, "scenario");
            format!(
                "{name}: {loans} of {firms}, {pool}; {rights}; {classes}, {notes}; {above}\
                 {scenarios}; no problem"
            )
        }
        Lang::Zh => format!(
            "{name}：{firms} 家企业 {loans} 笔贷款，{pool}；{rights} 项权利；{classes} 档证券，\
             {notes}；{above}{scenarios} 个情景；没有问题"
        ),
    }
}
