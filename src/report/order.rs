//! The order of payment as a numbered table: in English in the words of `waterfall.csv`, so that it
//! can be edited and put back; in Chinese in the words of a prospectus.

use crate::deal::{Branch, Claim, Condition, Deal, Limit, Split, Step};
use crate::engine::account_name;
use crate::num::yuan_of;
use crate::report::{Lang, names};

/// The columns of `waterfall.csv`.
pub fn header(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::En => ["step", "branch", "from", "pay", "split", "up_to", "when"],
        Lang::Zh => ["步骤", "情形", "账户", "支付", "分配方式", "上限", "条件"],
    }
}

/// By step: its number among those of its branch, from 1.
pub fn numbers(deal: &Deal) -> Vec<usize> {
    let branch = |at: usize| deal.steps()[at].branch;
    let number = |at: usize| (0..=at).filter(|&before| branch(before) == branch(at)).count();
    (0..deal.steps().len()).map(number).collect()
}

/// One row a step, in order.
pub fn rows(deal: &Deal, lang: Lang) -> Vec<[String; 7]> {
    deal.steps().iter().map(|step| row(deal, step, lang)).collect()
}

fn row(deal: &Deal, step: &Step, lang: Lang) -> [String; 7] {
    let when: Vec<String> = step.when.iter().map(|&one| condition(deal, one, lang)).collect();
    let split = match step.split {
        _ if step.pay.len() < 2 => "",
        Split::ProRata => lang.say("pro_rata", "按比例"),
        Split::InOrder => lang.say("in_order", "按顺序"),
    };
    [
        step.name.clone(),
        branch(step.branch, lang).to_owned(),
        account(deal, step.from, lang),
        claims(deal, &step.pay, lang),
        split.to_owned(),
        limit(deal, step.up_to, lang),
        when.join(lang.say("; ", "；")),
    ]
}

/// Claims one after another; all fees of the deal in one word.
pub fn claims(deal: &Deal, of: &[Claim], lang: Lang) -> String {
    let count = deal.fees().len();
    let all = |claim: fn(usize) -> Claim| (0..count).map(claim).collect::<Vec<Claim>>();
    let named = match lang {
        _ if count < 2 => None,
        _ if of == all(Claim::Fee) => Some(lang.say("fees", "各项费用")),
        _ if of == all(Claim::FeeExcess) => Some(lang.say("fee_excess", "各项费用超限额部分")),
        _ => None,
    };
    if let Some(named) = named {
        return named.to_owned();
    }
    let each: Vec<String> = of
        .iter()
        .map(|&claim| match lang {
            Lang::En => names::claim(deal, claim),
            Lang::Zh => claim_zh(deal, claim),
        })
        .collect();
    each.join(lang.say("; ", "、"))
}

/// The name that the deal gives it; those that it gives to none, in the reader's language.
fn account(deal: &Deal, at: usize, lang: Lang) -> String {
    let name = account_name(deal, at);
    match (lang, name.as_str()) {
        (Lang::Zh, "plan") => "计划账户".to_owned(),
        (Lang::Zh, "income") => "收入账户".to_owned(),
        (Lang::Zh, "principal") => "本金账户".to_owned(),
        (Lang::Zh, "reserve") => "储备账户".to_owned(),
        _ => name,
    }
}

fn branch(branch: Option<Branch>, lang: Lang) -> &'static str {
    match branch {
        None => lang.say("all", "全部"),
        Some(Branch::Normal) => lang.say("normal", "正常"),
        Some(Branch::Accelerated) => lang.say("accelerated", "加速清偿"),
        Some(Branch::Default) => lang.say("default", "违约"),
    }
}

fn claim_zh(deal: &Deal, claim: Claim) -> String {
    let class = |at: usize| &deal.tranches()[at].name;
    match claim {
        Claim::Tax => "税费".to_owned(),
        Claim::Fee(at) => format!("费用 {}", deal.fees()[at].name),
        Claim::FeeExcess(at) => format!("费用 {} 超限额部分", deal.fees()[at].name),
        Claim::Interest(at) => format!("{} 利息", class(at)),
        Claim::Principal(at) => format!("{} 本金", class(at)),
        Claim::Account(at) => format!("转入{}", account(deal, at, Lang::Zh)),
        Claim::Commitment(at) => format!("偿还增信方 {}", deal.commitments()[at].name),
        Claim::Residual(at) => format!("{} 剩余收益", class(at)),
    }
}

fn limit(deal: &Deal, limit: Limit, lang: Lang) -> String {
    let class = |at: usize| &deal.tranches()[at].name;
    match (limit, lang) {
        (Limit::Due, _) => String::new(),
        (Limit::Amount(amount), _) => yuan_of(amount).to_string(),
        (Limit::RatePa { rate_pa, tranche }, Lang::En) => {
            format!("{} pa of {}", names::percent(rate_pa), class(tranche))
        }
        (Limit::RatePa { rate_pa, tranche }, Lang::Zh) => {
            format!("{} 余额的年化 {}", class(tranche), names::percent(rate_pa))
        }
        (Limit::UncoveredDefaults, Lang::En) => "uncovered_defaults".to_owned(),
        (Limit::UncoveredDefaults, Lang::Zh) => "尚未弥补的违约本金".to_owned(),
        (Limit::Lacking { account, interest }, Lang::En) => {
            format!("lacking {} to {}", account_name(deal, account), class(interest))
        }
        (Limit::Lacking { account, interest }, Lang::Zh) => {
            format!("{}付至 {} 利息的缺口", self::account(deal, account, Lang::Zh), class(interest))
        }
    }
}

fn condition(deal: &Deal, condition: Condition, lang: Lang) -> String {
    let class = |at: usize| &deal.tranches()[at].name;
    let event = |at: usize| &deal.triggers()[at].name;
    match (condition, lang) {
        (Condition::Redeemed(at), Lang::En) => format!("{} redeemed", class(at)),
        (Condition::Redeemed(at), Lang::Zh) => format!("{} 已兑付完毕", class(at)),
        (Condition::Outstanding(at), Lang::En) => format!("{} outstanding", class(at)),
        (Condition::Outstanding(at), Lang::Zh) => format!("{} 尚未兑付完毕", class(at)),
        (Condition::Paid(at), Lang::En) => format!("{} paid", class(at)),
        (Condition::Paid(at), Lang::Zh) => format!("{} 应付已付清", class(at)),
        (Condition::SupportersRepaid, Lang::En) => "supporters repaid".to_owned(),
        (Condition::SupportersRepaid, Lang::Zh) => "增信方已受偿".to_owned(),
        (Condition::InForce(at), Lang::En) => format!("event {}", event(at)),
        (Condition::InForce(at), Lang::Zh) => format!("{} 已触发", event(at)),
        (Condition::NotInForce(at), Lang::En) => format!("no event {}", event(at)),
        (Condition::NotInForce(at), Lang::Zh) => format!("{} 未触发", event(at)),
    }
}
