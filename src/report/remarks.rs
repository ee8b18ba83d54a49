//! What notes in tables say of a figure or of its absence, in the reader's language: the tables
//! have them in English.
//!
//! Invariant: every note that a run writes is listed here; names of the deal's own stay as they
//! are.
use crate::report::Lang;

/// What stands between the parts of a note of several.
const BETWEEN: &str = "; ";

/// Notes in English, and in Chinese; names and figures take the places of `{}`, in order.
const WORDS: &[(&str, &str)] = &[
    // Of a sizing.
    ("nothing asked", "无要求"),
    ("not reached", "未触及"),
    ("nothing due", "无到期应付"),
    ("55% of {} at {} years", "{} 表 {} 年违约概率的 55%"),
    // Of what a class stands; of a figure.
    ("of what was left on {}, from that day", "自 {} 起按当日余额计"),
    ("on {}", "{}"),
    ("of {}", "所在情景 {}"),
    ("grade of {}", "{}评级"),
    ("passes again at some higher rate", "更高违约率下另有足额"),
    ("no joint lift: nobody covers it in full", "无联合违约提升：无人全额覆盖"),
    ("no joint lift: {} is affiliated with the pool", "无联合违约提升：{}与资产池或原始权益人关联"),
    (
        "no joint lift: {} is of the pool's district ({})",
        "无联合违约提升：{}与资产池同属一地（{}）",
    ),
    (
        "no joint lift: the class or its supporter has no grade that {} knows",
        "无联合违约提升：档次或增信方没有表 {} 中的评级",
    ),
    (
        "defaults within ten years together with {} with probability {} ({} and {} each by table \
         {}, correlation {}): grade none",
        "十年内与{}同时违约的概率 {}（各自 {} 与 {}，表 {}，违约相关系数 {}）：无对应评级",
    ),
    (
        "defaults within ten years together with {} with probability {} ({} and {} each by table \
         {}, correlation {}): grade {}",
        "十年内与{}同时违约的概率 {}（各自 {} 与 {}，表 {}，违约相关系数 {}）：对应评级 {}",
    ),
    // Of sets of firms.
    (
        "sets of this size that hurt it: {}; no smaller set does",
        "该户数使其受损的组合共 {} 组；更少户数均不受损",
    ),
    (
        "the firms that cost the most alone; smaller sets were not all tried",
        "单户损失最大的若干企业；更少户数未全部试算",
    ),
    // Of a figure that there is not.
    ("never short", "从未不足额"),
    ("no principal is paid", "未支付本金"),
    ("there is no cash flow, or all cancel out", "无现金流或相互抵消"),
    ("cash only comes in or only goes out, so there is no return", "现金流仅为单向，无收益率"),
    (
        "no rate between -99% and 10,000% a year fits the cash flows",
        "年化 -99% 至 10,000% 之间无解",
    ),
    ("several rates fit the cash flows", "收益率有多个解"),
    ("no price at this yield", "该收益率下无价格"),
    ("nothing is due", "无到期应付"),
    ("nothing is paid", "无支付"),
    ("the pool is empty", "资产池为空"),
    ("there is no subordinate class", "无次级档"),
    ("what was paid up to {} is not in the tables", "{} 及以前的支付不在输入表中"),
    ("what was paid before the cut-off date is not in the tables", "封包日前的支付不在输入表中"),
    ("not a finite number", "非有限数"),
];

/// A note in the reader's language: `of base; grade of X`.
pub fn remark(text: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    said(text).unwrap_or_else(|| {
        let part = |part| said(part).unwrap_or_else(|| String::from(part));
        text.split(BETWEEN).map(part).collect::<Vec<_>>().join("；")
    })
}

fn said(text: &str) -> Option<String> {
    said_by(WORDS, text)
}

/// A text in Chinese by a list of texts in English and in Chinese; none where it is another.
pub(super) fn said_by(words: &[(&str, &str)], text: &str) -> Option<String> {
    said_with(words, text, str::to_owned)
}

/// The same, with a word for what stands in each place.
pub(super) fn said_with(
    words: &[(&str, &str)],
    text: &str,
    part: impl Fn(&str) -> String,
) -> Option<String> {
    words.iter().find_map(|(en, zh)| {
        let names = names(text, en)?;
        Some(names.iter().fold((*zh).to_owned(), |zh, name| zh.replacen("{}", &part(name), 1)))
    })
}

/// What stands in the places of `{}`; nothing where the text is another.
fn names<'t>(text: &'t str, en: &str) -> Option<Vec<&'t str>> {
    let mut between = en.split("{}");
    let mut rest = text.strip_prefix(between.next()?)?;
    let mut names = Vec::new();
    for next in between {
        let end = if next.is_empty() { rest.len() } else { rest.find(next)? };
        names.push(&rest[..end]);
        rest = &rest[end + next.len()..];
    }
    let whole = rest.is_empty() && names.iter().all(|name| !name.contains(BETWEEN));
    whole.then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_read_in_chinese() {
        let check = |text: &str, zh: &str| {
            assert_eq!(
                (remark(text, Lang::En).as_str(), remark(text, Lang::Zh).as_str()),
                (text, zh)
            );
        };
        check("of base; grade of 余杭创投", "所在情景 base；余杭创投评级");
        check("of base; passes again at some higher rate", "所在情景 base；更高违约率下另有足额");
        check("55% of moodys_idealised at 1.00 years", "moodys_idealised 表 1.00 年违约概率的 55%");
        check("on 2021-03-01", "2021-03-01");
        check("of what was left on 2021-03-01, from that day", "自 2021-03-01 起按当日余额计");
        check(
            "no joint lift: 余杭创投 is of the pool's district (余杭区)",
            "无联合违约提升：余杭创投与资产池同属一地（余杭区）",
        );
        check(
            "sets of this size that hurt it: 20; no smaller set does",
            "该户数使其受损的组合共 20 组；更少户数均不受损",
        );
        check("something else", "something else");
        check("", "");
    }

    #[test]
    fn places_are_as_many_in_both_languages() {
        for (en, zh) in WORDS {
            assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en}");
        }
    }
}
