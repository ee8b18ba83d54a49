//! The cash-flow tables as sheets: collections, notes, distribution, fees, accounts, supporters,
//! events, servicing, postings.
use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::blocks::{Flow, Plan, check_column, place, span, write};
use super::charts::{Across, Axes, Line, chart, money};
use super::page::{CHART_ROWS, HEADER, Look, Page, local, quoted};
use crate::report::Lang;
use crate::report::chart::Tone;
use crate::report::columns::title;
use crate::report::reasons::{self, item_of};
use crate::report::record::Record;
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// Sheets in order, and where their rows stand.
pub struct Flows {
    pub sheets: Vec<Worksheet>,
    pub flows: Vec<Flow>,
    pub lang: Lang,
}

impl Flows {
    /// The sheet of a table, where it was written.
    pub fn of(&self, table: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.table == table)
    }

    fn add(&mut self, page: Page, flow: Flow, columns: u16) -> Result<(), XlsxError> {
        self.sheets.push(page.close(columns)?);
        self.flows.push(flow);
        Ok(())
    }
}

/// A page for a table, named in both languages.
fn page(
    lang: Lang,
    name: [&str; 2],
    title: [&str; 2],
    holds: [&str; 2],
) -> Result<Page, XlsxError> {
    let [name, title, holds] = [name, title, holds].map(|[en, zh]| lang.say(en, zh));
    Page::new(lang, name, title, holds)
}

pub fn flows(runs: &[&Record], lang: Lang) -> Result<Flows, XlsxError> {
    let mut out = Flows { sheets: Vec::new(), flows: Vec::new(), lang };
    collections(&mut out, runs, lang)?;
    notes(&mut out, runs, lang)?;
    distribution(&mut out, runs, lang)?;
    fees(&mut out, runs, lang)?;
    accounts(&mut out, runs, lang)?;
    supports(&mut out, runs, lang)?;
    plain(&mut out, runs, lang)?;
    postings(&mut out, runs, lang)?;
    Ok(out)
}

fn collections(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let mut page = page(
        lang,
        ["collections", "现金流归集"],
        ["Collections from the pool", "资产池现金流归集表"],
        [
            "yuan, by collection period; check: opening - principal - prepaid - defaulted - \
             clean-up - closing",
            "单位：元；按归集期；校验：期初余额 - 本金 - 提前还款 - 违约本金 - 清仓回购 - 期末余额",
        ],
    )?;
    let totals = ["interest", "principal", "prepaid", "defaulted", "recovered", "clean_up"];
    let table = "collections.csv";
    let plan = Plan { totals: &totals, free_rows: CHART_ROWS + 1, ..Plan::of(table) };
    let blocks = write(&mut page, runs, &plan)?;
    let minus = ["principal", "prepaid", "defaulted", "clean_up", "closing"];
    check_column(&mut page, runs, &plan, &blocks, &["opening"], &minus)?;
    let cash = [
        ("principal", Tone::Principal),
        ("prepaid", Tone::Prepaid),
        ("interest", Tone::Interest),
        ("recovered", Tone::Recovered),
        ("clean_up", Tone::CleanUp),
    ];
    for block in &blocks {
        let Some(table) = runs[block.run].table(table) else { continue };
        let range = |column: &str| {
            let at = place(table, column)?;
            Some(page.range(at, block.first, block.last))
        };
        let names = cash.map(|(column, _)| title(column, lang));
        let lines = cash.iter().zip(&names).filter_map(|(&(column, tone), name)| {
            let (categories, values) = (range("payment_date")?, range(column)?);
            Some(Line { name, categories, values, tone, dashed: false })
        });
        let lines: Vec<Line> = lines.collect();
        let name = label(runs[block.run], lang);
        let of_row = |row: &Vec<_>| cash.iter().map(|(name, _)| table.amount(row, name)).sum();
        let (unit, format) = money(table.rows.iter().map(of_row).fold(0.0, f64::max), lang);
        let axes = Axes {
            title: &format!("{} · {name}", lang.say("Collections by payment date", "各期回收款")),
            unit,
            format,
            across: Across::Dates(block.last - block.first + 1),
        };
        let chart = chart(ChartType::ColumnStacked, &axes, &lines, lang);
        page.chart(block.first, block.last + 3, &chart)?;
    }
    let flow = Flow { sheet: page.name.clone(), table, blocks };
    out.add(page, flow, 3)
}

fn notes(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let mut page = page(
        lang,
        ["notes", "证券现金流"],
        ["Notes, class by class", "证券现金流表（按档次）"],
        [
            "yuan, by payment date, with support; check: opening - principal paid - closing",
            "单位：元；按兑付日；有增信；校验：期初余额 - 已付本金 - 期末余额",
        ],
    )?;
    let table = "notes.csv";
    let totals = ["interest_paid", "principal_paid", "residual_paid"];
    let group = Some("tranche");
    let plan = Plan { totals: &totals, group, ..Plan::of(table) };
    let blocks = write(&mut page, runs, &plan)?;
    let minus = ["principal_paid", "closing"];
    check_column(&mut page, runs, &plan, &blocks, &["opening"], &minus)?;
    let flow = Flow { sheet: page.name.clone(), table, blocks };
    out.add(page, flow, 3)
}

fn distribution(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let mut page = page(
        lang,
        ["distribution", "收益分配"],
        ["Distribution report, payment date by payment date", "收益分配报告（逐兑付日）"],
        ["yuan, and per 100 face", "单位：元，及每百元面值"],
    )?;
    let table = "distribution.csv";
    let totals = ["interest", "principal", "remaining", "residual"];
    let plan = Plan { totals: &totals, group: Some("payment_date"), ..Plan::of(table) };
    let blocks = write(&mut page, runs, &plan)?;
    let flow = Flow { sheet: page.name.clone(), table, blocks };
    out.add(page, flow, 2)
}

fn fees(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let mut page = page(
        lang,
        ["fees", "费用"],
        ["Taxes and fees, payee by payee", "税费表（按费用）"],
        [
            "yuan, by payment date; what is unpaid is carried on: cash that went to a class on an \
             earlier date was not kept for fees of later ones",
            "单位：元；按兑付日；未付结转下期：此前已分配给证券的资金不为以后各期费用留存",
        ],
    )?;
    let table = "fees.csv";
    let plan = Plan { totals: &["paid"], group: Some("fee"), ..Plan::of(table) };
    let blocks = write(&mut page, runs, &plan)?;
    let flow = Flow { sheet: page.name.clone(), table, blocks };
    out.add(page, flow, 3)
}

fn accounts(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let mut page = page(
        lang,
        ["accounts", "账户"],
        ["Accounts", "账户变动表"],
        [
            "yuan; check: opening + in - out - closing",
            "单位：元；校验：期初余额 + 转入 - 转出 - 期末余额",
        ],
    )?;
    let table = "accounts.csv";
    let plan = Plan { totals: &["in", "out"], group: Some("account"), ..Plan::of(table) };
    let blocks = write(&mut page, runs, &plan)?;
    check_column(&mut page, runs, &plan, &blocks, &["opening", "in"], &["out", "closing"])?;
    let flow = Flow { sheet: page.name.clone(), table, blocks };
    out.add(page, flow, 3)
}

fn supports(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let mut page = page(
        lang,
        ["supporters", "增信方"],
        ["Calls on supporters", "差额支付承诺履行情况"],
        [
            "yuan, by payment date; check: called - paid - unpaid",
            "单位：元；按兑付日；校验：差额支付启动 - 已付 - 未付",
        ],
    )?;
    let table = "supports.csv";
    let totals = ["called", "paid", "unpaid", "repaid"];
    let plan = Plan { totals: &totals, group: Some("commitment"), ..Plan::of(table) };
    let blocks = write(&mut page, runs, &plan)?;
    check_column(&mut page, runs, &plan, &blocks, &["called"], &["paid", "unpaid"])?;
    let flow = Flow { sheet: page.name.clone(), table, blocks };
    out.add(page, flow, 3)
}

/// Tables that are shown as they are.
fn plain(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let pages = [
        ("events.csv", ["events", "事件"], ["What happened", "触发事件与其他事件"], ["", ""]),
        (
            "servicing.csv",
            ["servicing", "资产服务"],
            ["Servicing: contracts against collections", "资产服务报告：应收与实收"],
            ["yuan, by collection period", "单位：元；按归集期"],
        ),
        (
            "loan_layers.csv",
            ["loan layers", "损失分担"],
            ["Who bears what of what defaults, loan by loan", "逐笔贷款损失分担"],
            [
                "yuan; share of the exposure; claim = pledge + covers + left to the lender",
                "单位：元；占比按风险敞口；债权 = 质押处置 + 贷款层面增信 + 贷款方自担",
            ],
        ),
        (
            "borrowers.csv",
            ["borrowing", "融资成本"],
            ["What borrowing costs the firms", "企业融资成本"],
            ["yuan; effective rates a year", "单位：元；有效年化成本"],
        ),
    ];
    for (table, name, title, holds) in pages {
        if runs.iter().all(|run| run.table(table).is_none()) {
            continue;
        }
        let mut page = page(lang, name, title, holds)?;
        let blocks = write(&mut page, runs, &Plan::of(table))?;
        let flow = Flow { sheet: page.name.clone(), table, blocks };
        out.add(page, flow, 2)?;
    }
    Ok(())
}

/// Every movement of cash, each with the line of the reconciliation that it counts in.
fn postings(out: &mut Flows, runs: &[&Record], lang: Lang) -> Result<(), XlsxError> {
    let mut page = page(
        lang,
        ["postings", "分录"],
        ["Every movement of cash", "逐笔资金划转"],
        ["yuan", "单位：元"],
    )?;
    let table = "postings.csv";
    // Equal journals stand apart: sums are taken by run.
    let plan = Plan { totals: &["amount"], ..Plan::of(table) };
    let blocks = write(&mut page, runs, &plan)?;
    let mut column = 0;
    for block in &blocks {
        let run = runs[block.run];
        let Some(table) = run.table(table) else { continue };
        column = table.header.len() as u16 + 1;
        let accounts = reasons::accounts(run);
        for (row, cells) in (block.first..).zip(&table.rows) {
            let item = item_of(&accounts, table, cells);
            page.put(row, column, &Cell::text(item.word(lang)), Look::Text, false)?;
        }
    }
    if column > 0 {
        page.head(HEADER, column, lang.say("counts as", "归类"), Look::Text)?;
    }
    let flow = Flow { sheet: page.name.clone(), table, blocks };
    out.add(page, flow, 2)
}

/// The range in which the reconciliation looks up what postings count as.
pub fn item_range(flow: &Flow, runs: &[&Record], run: usize) -> Option<String> {
    let column = runs[run].table(flow.table)?.header.len() as u16 + 1;
    let (first, last) = span(&flow.blocks, run)?;
    Some(format!("{}!{}", quoted(&flow.sheet), local(column, first, last)))
}
