//! Why cash moved and between whom, as `postings.csv` says it: in the reader's language, and the
//! line of sources and uses that it counts in.
//!
//! Invariant: every reason that a run writes is listed here; names of the deal's own stay as they
//! are.
use crate::report::Lang;
use crate::report::chart::Tone;
use crate::report::document::words;
use crate::report::record::{Record, Table};
use crate::report::table::Cell;

/// A line of sources and uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Opening,
    NoteProceeds,
    Funding,
    Interest,
    Principal,
    Prepaid,
    Recovered,
    /// By givers of loan-level covers.
    Covered,
    CleanUp,
    Income,
    Draws,
    OtherIn,
    Price,
    /// Of the pledge, to givers of covers.
    PledgeShare,
    Taxes,
    Fees,
    NoteInterest,
    NotePrincipal,
    Repaid,
    Residual,
    OtherOut,
    Closing,
    /// Between accounts: in no line.
    Within,
}

use Item::*;

/// Sources, in order.
pub const IN: &[Item] = &[
    Opening,
    NoteProceeds,
    Funding,
    Interest,
    Principal,
    Prepaid,
    Recovered,
    Covered,
    CleanUp,
    Income,
    Draws,
    OtherIn,
];
/// Uses, in order.
pub const OUT: &[Item] = &[
    Price,
    PledgeShare,
    Taxes,
    Fees,
    NoteInterest,
    NotePrincipal,
    Repaid,
    Residual,
    OtherOut,
    Closing,
];

impl Item {
    pub fn word(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Opening => ("opening accounts", "期初账户余额"),
            NoteProceeds => ("note proceeds", "证券募集资金"),
            Funding => ("originator funding", "原始权益人投入"),
            Interest => ("interest collected", "回收利息"),
            Principal => ("principal collected", "回收本金"),
            Prepaid => ("prepayments collected", "提前还款"),
            Recovered => ("recoveries", "违约回收"),
            Covered => ("paid by givers of covers", "贷款增信赔付"),
            CleanUp => ("clean-up call", "清仓回购"),
            Income => ("account income", "账户收益"),
            Draws => ("draws on supporters", "差额支付款"),
            OtherIn => ("other in", "其他流入"),
            Price => ("price paid", "购买价款"),
            PledgeShare => ("pledge, to givers of covers", "增信方分得处置款"),
            Taxes => ("taxes", "税费"),
            Fees => ("fees", "费用"),
            NoteInterest => ("note interest", "证券利息"),
            NotePrincipal => ("note principal", "证券本金"),
            Repaid => ("supporters repaid", "偿还增信方"),
            Residual => ("residual", "剩余收益"),
            OtherOut => ("other out", "其他流出"),
            Closing => ("closing accounts", "期末账户余额"),
            Within => ("between accounts", "账户间划转"),
        };
        match lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    /// Its colour; what is paid to a class has the class's.
    pub fn tone(self) -> Tone {
        match self {
            Interest => Tone::Interest,
            Principal => Tone::Principal,
            Prepaid => Tone::Prepaid,
            Recovered | Covered | PledgeShare => Tone::Recovered,
            CleanUp => Tone::CleanUp,
            Income => Tone::Income,
            Draws | Repaid => Tone::Supporter { at: 0, of: 1 },
            Taxes => Tone::Tax,
            Fees => Tone::Fee,
            NoteInterest | NotePrincipal | Residual | NoteProceeds | Funding | Price => Tone::Total,
            Opening | Closing | OtherIn | OtherOut | Within => Tone::Cash,
        }
    }
}

impl Item {
    /// What a class is paid, after its name; nothing of other items.
    pub fn of_class(self, lang: Lang) -> Option<&'static str> {
        let (en, zh) = match self {
            NoteInterest => ("interest", "利息"),
            NotePrincipal => ("principal", "本金"),
            Residual => ("residual", "剩余收益"),
            _ => return None,
        };
        Some(match lang {
            Lang::En => en,
            Lang::Zh => zh,
        })
    }
}

/// Why cash came in: how the reason begins, its line.
pub const REASONS_IN: &[(&str, Item)] = &[
    ("note proceeds", NoteProceeds),
    ("funding at closing", Funding),
    ("interest collected", Interest),
    ("principal collected", Principal),
    ("prepayments collected", Prepaid),
    ("recoveries", Recovered),
    ("cover ", Covered),
    ("clean-up call", CleanUp),
    ("income on the account", Income),
    ("top-up ", Draws),
];
/// Why cash went out.
pub const REASONS_OUT: &[(&str, Item)] = &[
    ("purchase price", Price),
    ("share of the pledge", PledgeShare),
    ("taxes", Taxes),
    ("fee ", Fees),
    ("registrar fee on ", Fees),
    ("interest ", NoteInterest),
    ("principal ", NotePrincipal),
    ("repayment of ", Repaid),
    ("top-up returned", Repaid),
    ("residual ", Residual),
];

/// Names of a run's accounts.
pub fn accounts(run: &Record) -> Vec<String> {
    run.table("accounts.csv").map(|table| table.distinct("account")).unwrap_or_default()
}

/// What a posting counts as, among accounts of these names.
pub fn item_of(accounts: &[String], postings: &Table, row: &[Cell]) -> Item {
    let is_account = |column| accounts.contains(&postings.text(row, column));
    let why = postings.text(row, "why");
    let known = |reasons: &[(&str, Item)], other| {
        reasons.iter().find(|reason| why.starts_with(reason.0)).map_or(other, |found| found.1)
    };
    match (is_account("from"), is_account("to")) {
        (true, true) => Within,
        (false, _) => known(REASONS_IN, OtherIn),
        (true, false) => known(REASONS_OUT, OtherOut),
    }
}

/// Reasons as they begin, and in Chinese; a name that follows takes the place of `{}`. A longer
/// beginning stands before a shorter one.
const WORDS: &[(&str, &str)] = &[
    ("note proceeds", "证券募集资金"),
    ("purchase price", "购买价款"),
    ("funding at closing", "设立时投入"),
    ("interest collected", "回收利息"),
    ("principal collected", "回收本金"),
    ("prepayments collected", "提前还款"),
    ("recoveries", "违约回收"),
    ("share of the pledge, ", "{} 分得处置款"),
    ("cover ", "贷款增信 {} 赔付"),
    ("clean-up call", "清仓回购"),
    ("income on the account", "账户收益"),
    ("release of the reserve", "储备金释放"),
    ("top-up returned ", "退回差额支付 {}"),
    ("top-up ", "差额支付 {}"),
    ("taxes", "税费"),
    ("fee ", "{}"),
    ("interest ", "{} 利息"),
    ("principal ", "{} 本金"),
    ("residual ", "{} 剩余收益"),
    ("transfer to ", "转入{}"),
    ("repayment of ", "偿还差额支付 {}"),
];

/// A reason in the reader's language: `interest A1 (step n03)`.
pub fn why(text: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    let (reason, step) = match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (step ")) {
        Some((reason, step)) => (reason, format!("（步骤 {step}）")),
        None => (text, String::new()),
    };
    let said = match reason.strip_prefix("registrar fee on ") {
        Some(of) => format!("登记结算费（{}）", claim(of)),
        None => claim(reason),
    };
    said + &step
}

fn claim(text: &str) -> String {
    let (text, above) = match text.strip_suffix(" above its cap") {
        Some(text) => (text, "超限额部分"),
        None => (text, ""),
    };
    let Some((begins, zh)) = WORDS.iter().find(|word| text.starts_with(word.0)) else {
        return text.to_owned();
    };
    let name = &text[begins.len()..];
    let named = match *begins {
        "transfer to " => party(name, Lang::Zh),
        "fee " => words::value(name, Lang::Zh),
        _ => name.to_owned(),
    };
    zh.replace("{}", &named) + above
}

/// An account or an outside party in the reader's language.
pub fn party(name: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return name.to_owned();
    }
    let of = |start: &str| name.strip_prefix(start);
    match (name, of("holders "), of("top-up ")) {
        ("pool", ..) => "资产池".to_owned(),
        ("tax", ..) => "税务机关".to_owned(),
        ("registrar", ..) => "登记结算机构".to_owned(),
        ("bank", ..) => "账户银行".to_owned(),
        ("plan" | "income" | "principal" | "reserve", ..) => words::value(name, lang),
        (_, Some(class), _) => format!("{class} 持有人"),
        (_, _, Some(commitment)) => format!("差额支付账户 {commitment}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_in_chinese() {
        let check = |text: &str, zh: &str| {
            assert_eq!((why(text, Lang::En).as_str(), why(text, Lang::Zh).as_str()), (text, zh));
        };
        check("interest collected", "回收利息");
        check("interest A1 (step n03)", "A1 利息（步骤 n03）");
        check("registrar fee on interest A1 (step 3)", "登记结算费（A1 利息）（步骤 3）");
        check("fee manager (step 2)", "管理费（步骤 2）");
        check("fee audit above its cap (step 6)", "审计费超限额部分（步骤 6）");
        check("transfer to reserve (step n05)", "转入储备账户（步骤 n05）");
        check("share of the pledge, guarantee", "guarantee 分得处置款");
        check("top-up returned shortfall", "退回差额支付 shortfall");
        check("top-up shortfall", "差额支付 shortfall");
        check("something else", "something else");
        assert_eq!(party("holders A1", Lang::Zh), "A1 持有人");
        assert_eq!(party("浙深银行", Lang::Zh), "浙深银行");
    }

    #[test]
    fn every_reason_has_a_line_and_chinese() {
        for (begins, _) in REASONS_IN.iter().chain(REASONS_OUT) {
            let said = why(&format!("{begins}, x"), Lang::Zh);
            assert!(!said.contains(begins.trim()), "{begins}: {said}");
        }
    }
}
