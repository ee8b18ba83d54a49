//! What opens a report of runs: the facts of the deal, and the three sentences that each run says
//! of itself.
use crate::report::Lang;
use crate::report::record::Record;

/// Terms that open a report: section, item, what they are called in English and Chinese.
pub const FACTS: &[(&str, &str, &str, &str)] = &[
    ("deal", "structure", "structure", "交易结构"),
    ("deal", "obligors", "obligors", "债务人数"),
    ("deal", "loans", "loans", "贷款笔数"),
    ("deal", "rights", "pledged rights", "质押权利数"),
    ("deal", "pool_principal", "pool principal, yuan", "资产池本金（元）"),
    ("deal", "notes", "notes, yuan", "证券规模（元）"),
    ("dates", "cutoff_date", "cut-off date", "封包日"),
    ("dates", "closing_date", "closing date", "设立日"),
    ("dates", "first_payment_date", "first payment date", "首个兑付日"),
    ("dates", "legal_maturity", "legal maturity", "法定到期日"),
];

/// The sentences of a run, in order, as its table has them.
pub fn sentences(run: &Record, lang: Lang) -> Vec<String> {
    let Some(table) = run.table("sentences.csv") else { return Vec::new() };
    table.rows.iter().map(|row| table.text(row, lang.say("en", "zh"))).collect()
}
