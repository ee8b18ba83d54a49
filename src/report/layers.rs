//! Loan by loan, who bears what of what defaults (损失分担): `loan_layers.csv` and its section of the
//! summary, of a run in yuan, of a simulation as expected values with their standard errors.
//!
//! Invariant: of each loan and of all, claim = pledge + covers + left.

use crate::analytics::layers::layers;
use crate::asset::SupporterKind;
use crate::deal::{CoverPays, Deal};
use crate::engine::Flows;
use crate::num::{Decimal, Fen, yuan_of};
use crate::report::Lang;
use crate::report::prose::Prose;
use crate::report::table::{Cell, Sheet};
use crate::report::words::{share, whole_yuan};
use crate::scenario::Scenario;

/// The header, of a run as of a simulation.
const HEADER: &[&str] =
    &["loan", "obligor", "exposure", "layer", "party", "cover", "amount", "share", "amount_se"];
/// Loans, and parties, that a summary names at most.
const NAMED: usize = 12;

/// What bears a part of a claim, by the word of the table.
pub const CLAIM: &str = "claim";
pub const PLEDGE: &str = "pledge";
pub const LEFT: &str = "left";

/// One row: a layer of a loan.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// (name, obligor); none for all loans together.
    pub loan: Option<(&'a str, &'a str)>,
    pub exposure: Fen,
    pub layer: &'a str,
    /// (supporter, cover).
    pub cover: Option<(&'a str, &'a str)>,
    /// Whole fen, in yuan.
    pub amount: Decimal,
    pub amount_se: Option<Decimal>,
}

/// The table of some rows.
pub fn sheet(rows: &[Layer]) -> Sheet {
    let mut sheet = Sheet::new("loan_layers.csv", HEADER);
    sheet.rows.extend(rows.iter().map(|row| {
        let (loan, obligor) = row.loan.unwrap_or(("all", ""));
        let (party, cover) = row.cover.unwrap_or_default();
        let exposure = yuan_of(row.exposure);
        let part = crate::analytics::outcome::over(row.amount, exposure);
        vec![
            Cell::text(loan),
            Cell::text(obligor),
            Cell::Yuan(exposure),
            Cell::text(row.layer),
            Cell::text(party),
            Cell::text(cover),
            Cell::Yuan(row.amount),
            part.map_or(Cell::Blank, |part| Cell::Number(part, 6)),
            row.amount_se.map_or(Cell::Blank, Cell::Yuan),
        ]
    }));
    sheet
}

/// What a cover is called as a layer.
pub fn layer_of(deal: &Deal, cover: usize) -> &'static str {
    let cover = &deal.covers()[cover];
    match (cover.pays, deal.supporters()[cover.supporter].kind) {
        (CoverPays::OnInfringement, _) => "infringement_cover",
        (_, SupporterKind::Shortfall) => "shortfall",
        (_, SupporterKind::Guarantee) => "guarantee",
        (_, SupporterKind::Liquidity) => "liquidity",
        (_, SupporterKind::BankLetter) => "bank_letter",
        (_, SupporterKind::LoanGuarantee) => "loan_guarantee",
        (_, SupporterKind::RiskPool) => "risk_pool",
        (_, SupporterKind::Insurer) => "insurer",
    }
}

/// What a layer is called by people.
pub fn said(layer: &str, lang: Lang) -> &str {
    match (lang, layer) {
        (Lang::En, PLEDGE) => "sale of the pledge",
        (Lang::En, "infringement_cover") => "infringement cover",
        (Lang::En, "bank_letter") => "bank letter",
        (Lang::En, "loan_guarantee") => "loan guarantee",
        (Lang::En, "risk_pool") => "risk pool",
        (Lang::En, LEFT) => "left to the lender",
        (Lang::Zh, PLEDGE) => "质押处置",
        (Lang::Zh, "infringement_cover") => "被侵权损失险",
        (Lang::Zh, "bank_letter") => "银行保函",
        (Lang::Zh, "loan_guarantee") => "融资担保",
        (Lang::Zh, "risk_pool") => "风险池",
        (Lang::Zh, "insurer") => "保险",
        (Lang::Zh, "guarantee") => "保证担保",
        (Lang::Zh, LEFT) => "贷款方自担",
        _ => layer,
    }
}

/// Of a run; empty where the deal has no covers.
pub fn of_run<'a>(deal: &'a Deal, scenario: &Scenario, flows: &Flows) -> Vec<Layer<'a>> {
    let mut rows = Vec::new();
    if deal.covers().is_empty() {
        return rows;
    }
    let every: Vec<usize> = (0..deal.covers().len()).collect();
    for (at, of) in layers(deal, scenario, flows).into_iter().enumerate() {
        let loan = deal.loans().get(at);
        let firm = |obligor: usize| deal.obligors()[obligor].name.as_str();
        let name = loan.map(|loan| (loan.name.as_str(), firm(loan.obligor)));
        let exposure = loan.map_or(deal.pool_principal(), |loan| loan.principal);
        let covers = loan.map_or_else(|| every.clone(), |_| deal.covers_of(at));
        let row = |layer, cover, amount: Fen| {
            let amount = yuan_of(amount);
            Layer { loan: name, exposure, layer, cover, amount, amount_se: None }
        };
        rows.extend([row(CLAIM, None, of.claim), row(PLEDGE, None, of.pledge)]);
        rows.extend(covers.iter().zip(&of.covers).map(|(&cover, &kept)| {
            let terms = &deal.covers()[cover];
            let giver = deal.supporters()[terms.supporter].name.as_str();
            row(layer_of(deal, cover), Some((giver, terms.name.as_str())), kept)
        }));
        rows.push(row(LEFT, None, of.left));
    }
    rows
}

/// Who bears what, party by party, then loan by loan; nothing where nothing is claimed.
pub fn section(rows: &[Layer], page: &mut Prose) {
    let all: Vec<&Layer> = rows.iter().filter(|row| row.loan.is_none()).collect();
    let claim = all.iter().find(|row| row.layer == CLAIM).map_or(Decimal::ZERO, |row| row.amount);
    if claim.is_zero() {
        return;
    }
    let lang = page.lang;
    let simulated = rows.iter().any(|row| row.amount_se.is_some());
    let what = match (lang, simulated) {
        (Lang::En, false) => "What defaulted loans owe, principal and interest, in yuan.",
        (Lang::En, true) => {
            "What defaulted loans owe, principal and interest, in yuan: means over all paths; \
             their standard errors are in `loan_layers.csv`."
        }
        (Lang::Zh, false) => "违约贷款的债权（本金与利息），单位：元。",
        (Lang::Zh, true) => {
            "违约贷款的债权（本金与利息），单位：元；为全部路径均值，标准误见 `loan_layers.csv`。"
        }
    };
    let head =
        lang.say("| layer | party | amount | of the claims |", "| 层次 | 承担方 | 金额 | 占债权 |");
    let total = lang.say("claims", "债权合计");
    page.heading("Who bears what", "损失分担");
    page.line(&format!("{what}\n\n{head}\n|---|---|---:|---:|"));
    page.line(&format!("| {total} | | {} | {} |", whole_yuan(claim), share(claim, claim)));
    for (party, layer, amount) in parties(&all) {
        let (layer, figure) = (said(layer, lang), whole_yuan(amount));
        page.line(&format!("| {layer} | {party} | {figure} | {} |", share(amount, claim)));
    }
    page.add(&loans(rows, lang));
}

/// (party, layer, amount) of all loans together, the covers of one party in one line.
fn parties<'a>(all: &[&Layer<'a>]) -> Vec<(&'a str, &'a str, Decimal)> {
    let mut out: Vec<(&str, &str, Decimal)> = Vec::new();
    for row in all.iter().filter(|row| row.layer != CLAIM) {
        let party = row.cover.map_or("", |(party, _)| party);
        match out.iter_mut().find(|known| (known.0, known.1) == (party, row.layer)) {
            Some(known) => known.2 += row.amount,
            None => out.push((party, row.layer, row.amount)),
        }
    }
    out
}

/// The loans of the largest claims, with what is left of each.
fn loans(rows: &[Layer], lang: Lang) -> String {
    let head = lang.say(
        "| loan | firm | exposure | claim | pledge | covers | left |",
        "| 贷款 | 企业 | 敞口 | 债权 | 质押处置 | 增信承担 | 自担 |",
    );
    let mut text = format!("\n{head}\n|---|---|---:|---:|---:|---:|---:|\n");
    let of_loans: Vec<&[Layer]> = rows
        .chunk_by(|one, other| one.loan == other.loan)
        .filter(|of| of[0].loan.is_some() && !of[0].amount.is_zero())
        .collect();
    let mut largest = of_loans.clone();
    largest.sort_by_key(|of| std::cmp::Reverse(of[0].amount));
    largest.truncate(NAMED);
    for of in &largest {
        let (loan, firm) = of[0].loan.unwrap_or_default();
        let sum = |layer: &dyn Fn(&Layer) -> bool| -> String {
            whole_yuan(of.iter().filter(|row| layer(row)).map(|row| row.amount).sum())
        };
        let [claim, pledge, left] =
            [CLAIM, PLEDGE, LEFT].map(|layer| sum(&|row| row.layer == layer));
        let covers = sum(&|row| row.cover.is_some());
        let exposure = whole_yuan(yuan_of(of[0].exposure));
        text.push_str(&format!(
            "| {loan} | {firm} | {exposure} | {claim} | {pledge} | {covers} | {left} |\n"
        ));
    }
    let (shown, others) = (largest.len(), of_loans.len() - largest.len());
    text.push_str(&match (others, lang) {
        (0, Lang::En) => "\nEvery loan, layer by layer: `loan_layers.csv`.\n".to_owned(),
        (0, Lang::Zh) => "\n逐笔逐层见 `loan_layers.csv`。\n".to_owned(),
        (_, Lang::En) => format!(
            "\nThe {shown} largest claims; {others} more, layer by layer: `loan_layers.csv`.\n"
        ),
        (_, Lang::Zh) => {
            format!("\n仅列债权最大的 {shown} 笔；其余 {others} 笔见 `loan_layers.csv`。\n")
        }
    });
    text
}
