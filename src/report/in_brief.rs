//! What a run says in three sentences, read off its measures: what breaks first, what the supporter
//! is worth, what the pledge is worth. And the facts of the deal that open a report.
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::record::Record;
use crate::report::table::Cell;
use crate::report::words::percent;

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

/// The three, in order.
pub fn all(run: &Record, lang: Lang) -> [String; 3] {
    [breaks(run, lang), supporter(run, lang), pledge(run, lang)]
}

fn breaks(run: &Record, lang: Lang) -> String {
    let first = |with: &str| {
        let short = |class: &String| match run.measure(class, "first_shortfall_date", with) {
            Cell::Date(date) => Some((date, class.clone())),
            _ => None,
        };
        // The first date; of one date the most senior class.
        run.classes().iter().rev().filter_map(short).min_by_key(|found| found.0)
    };
    let told = |with: &str| match (first(with), lang) {
        (None, Lang::En) => "every class is paid in full and in time".to_owned(),
        (None, Lang::Zh) => "各档均按期足额兑付".to_owned(),
        (Some((date, class)), Lang::En) => format!("class {class} is short first, on {date}"),
        (Some((date, class)), Lang::Zh) => format!("{class} 最先未足额，{date}"),
    };
    let (with, without) = (told("with"), told("without"));
    match (lang, with == without) {
        (Lang::En, true) => format!("With support and without it {with}."),
        (Lang::Zh, true) => format!("有增信与无增信：{with}。"),
        (Lang::En, false) => format!("With support {with}; without it {without}."),
        (Lang::Zh, false) => format!("有增信：{with}；无增信：{without}。"),
    }
}

fn supporter(run: &Record, lang: Lang) -> String {
    let yuan = |measure: &str| run.measure("", measure, "with").yuan();
    let (called, paid, owed) =
        (yuan("support_called"), yuan("support_paid"), yuan("support_unreimbursed"));
    if called.is_zero() {
        return lang.say("The supporter is never called.", "差额支付承诺未启动。").to_owned();
    }
    let lost = |with: &str| -> Decimal {
        run.classes().iter().map(|class| run.measure(class, "loss_amount", with).yuan()).sum()
    };
    let spared = lang.amount(lost("without") - lost("with"));
    let [called, paid, owed] = [called, paid, owed].map(|amount| lang.amount(amount));
    match lang {
        Lang::En => format!(
            "The supporter is called for {called} and pays {paid}, of which it does not get back \
             {owed}; the notes lose {spared} less than without it."
        ),
        Lang::Zh => format!(
            "差额支付启动 {called}，支付 {paid}，未受偿 {owed}；证券损失较无增信减少 {spared}。"
        ),
    }
}

fn pledge(run: &Record, lang: Lang) -> String {
    let yuan = |measure: &str| run.measure("", measure, "with").yuan();
    let (defaulted, recovered) = (yuan("defaulted"), yuan("recovered"));
    if defaulted.is_zero() {
        return lang.say("Nobody defaults.", "无债务人违约。").to_owned();
    }
    let share = |part: Decimal, whole: Decimal| {
        let part = Cell::Yuan(part).number().zip(Cell::Yuan(whole).number());
        part.filter(|part| part.1 > 0.0).map_or_else(|| "-".to_owned(), |(a, b)| percent(a / b))
    };
    let rate = share(recovered, defaulted);
    let of_pool = share(defaulted, yuan("pool_principal"));
    let [defaulted, recovered] = [defaulted, recovered].map(|amount| lang.amount(amount));
    match lang {
        Lang::En => format!(
            "{defaulted} default, {of_pool} of the pool; {recovered} of it, {rate}, is recovered \
             in time."
        ),
        Lang::Zh => format!(
            "违约本金 {defaulted}，占资产池 {of_pool}；存续期内回收 {recovered}，回收率 {rate}。"
        ),
    }
}
