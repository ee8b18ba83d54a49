//! What the parts of a deal are called on a screen and in a summary, for people.
use std::borrow::Cow;

use crate::asset::LprTenor;
use crate::deal::{Coupon, Deal, Effect, Measure};
use crate::num::Decimal;
use crate::report::{Lang, names};

/// A coupon: a rate, or an index and a spread.
pub fn coupon(coupon: &Coupon, lang: Lang) -> String {
    match coupon {
        Coupon::None => lang.say("none", "无").to_owned(),
        Coupon::Fixed(rate) => names::percent(*rate),
        Coupon::Floating { tenor, spread_pa } => {
            let tenor = match tenor {
                LprTenor::OneYear => lang.say("LPR 1y", "一年期LPR"),
                LprTenor::FiveYears => lang.say("LPR 5y", "五年期LPR"),
            };
            let sign = if spread_pa.is_sign_negative() { "-" } else { "+" };
            format!("{tenor} {sign} {}", names::percent(spread_pa.abs()))
        }
        Coupon::Step(steps) => {
            let each: Vec<String> = steps
                .iter()
                .map(|(from, rate)| match lang {
                    Lang::En => format!("{} from {from}", names::percent(*rate)),
                    Lang::Zh => format!("{from} 起 {}", names::percent(*rate)),
                })
                .collect();
            each.join(lang.say("; ", "；"))
        }
    }
}

/// What an event switches.
pub fn effect(of: Effect, lang: Lang) -> &'static str {
    match (of, lang) {
        (Effect::EarlyAmortisation, Lang::En) => "early amortisation",
        (Effect::EarlyTermination, Lang::En) => "early termination",
        (Effect::Acceleration | Effect::Default | Effect::Perfection, Lang::En) => {
            names::effect(of)
        }
        (Effect::Acceleration, Lang::Zh) => "加速清偿",
        (Effect::Default, Lang::Zh) => "违约",
        (Effect::EarlyAmortisation, Lang::Zh) => "提前摊还",
        (Effect::Perfection, Lang::Zh) => "权利完善",
        (Effect::EarlyTermination, Lang::Zh) => "提前终止",
    }
}

/// What a trigger looks at.
pub fn measure(deal: &Deal, measure: &Measure, lang: Lang) -> String {
    let class = |at: usize| &deal.tranches()[at].name;
    match (measure, lang) {
        (_, Lang::En) => names::measure(deal, measure),
        (Measure::CumulativeDefaultRate, Lang::Zh) => "累计违约率".to_owned(),
        (Measure::InterestUnpaid(at), Lang::Zh) => format!("{} 利息未足额支付", class(*at)),
        (Measure::PrincipalUnpaid(at), Lang::Zh) => format!("{} 本金未足额支付", class(*at)),
        (Measure::UnpaidAtMaturity(at), Lang::Zh) => format!("{} 预期到期日未清偿", class(*at)),
        (Measure::BalanceAboveTarget(at), Lang::Zh) => format!("{} 余额高于目标余额", class(*at)),
        (Measure::PoolToNotesBelow, Lang::Zh) => "正常资产余额与证券余额之比".to_owned(),
        (Measure::CollectionsDown, Lang::Zh) => "回收款较上期下降".to_owned(),
        (Measure::SupporterCalls, Lang::Zh) => "差额支付启动次数".to_owned(),
        (Measure::SupporterFailed(at), Lang::Zh) => {
            format!("{} 违约", deal.supporters()[*at].name)
        }
    }
}

/// The level of a measure: a count for calls, a rate for everything else.
pub fn level(measure: &Measure, level: Decimal) -> String {
    match measure {
        Measure::SupporterCalls => level.normalize().to_string(),
        Measure::CumulativeDefaultRate
        | Measure::InterestUnpaid(_)
        | Measure::PrincipalUnpaid(_)
        | Measure::UnpaidAtMaturity(_)
        | Measure::BalanceAboveTarget(_)
        | Measure::PoolToNotesBelow
        | Measure::CollectionsDown
        | Measure::SupporterFailed(_) => names::percent(level),
    }
}

/// A section or item of `pool_characteristics.csv`; names of the deal's own stay as they are.
pub fn characteristic(word: &str, lang: Lang) -> Cow<'_, str> {
    let known = TRAITS.iter().find(|known| known.0 == word);
    match (lang, known) {
        (Lang::Zh, Some(known)) => Cow::Borrowed(known.1),
        _ => Cow::Borrowed(word),
    }
}

const TRAITS: &[(&str, &str)] = &[
    ("pool", "资产池"),
    ("loans", "贷款"),
    ("obligors", "债务人"),
    ("obligors with affiliates as one", "债务人（关联方合并）"),
    ("largest loan", "最大单笔贷款"),
    ("average loan", "单笔平均余额（元）"),
    ("weighted", "加权平均"),
    ("rate a year", "年利率"),
    ("remaining term in years", "剩余期限（年）"),
    ("age in years", "账龄（年）"),
    ("pledge ratio (pledged balance / appraised value)", "质押率（质押贷款余额/评估值）"),
    ("concentration", "集中度"),
    ("largest obligor", "最大债务人"),
    ("5 largest obligors", "前5大债务人"),
    ("10 largest obligors", "前10大债务人"),
    ("largest obligor with its affiliates", "最大债务人（含关联方）"),
    ("HHI of obligors", "债务人 HHI"),
    ("effective number of obligors", "债务人有效数"),
    ("HHI of obligors with affiliates as one", "债务人 HHI（关联方合并）"),
    ("effective number of obligors with affiliates as one", "债务人有效数（关联方合并）"),
    ("HHI of industries", "行业 HHI"),
    ("effective number of industries", "行业有效数"),
    ("HHI of regions", "地区 HHI"),
    ("effective number of regions", "地区有效数"),
    ("rating", "评级"),
    ("industry", "行业"),
    ("region", "地区"),
    ("other", "其他"),
    ("not given", "未提供"),
    ("not rated", "未评级"),
    ("remaining term", "剩余期限"),
    ("up to 0.5 years", "0.5年以内"),
    ("0.5 to 1 years", "0.5-1年"),
    ("1 to 2 years", "1-2年"),
    ("2 to 3 years", "2-3年"),
    ("3 to 5 years", "3-5年"),
    ("above 5 years", "5年以上"),
    ("rate", "利率"),
    ("up to 3%", "3%以内"),
    ("above 8%", "8%以上"),
    ("3% to 4%", "3%-4%"),
    ("4% to 5%", "4%-5%"),
    ("5% to 6%", "5%-6%"),
    ("6% to 8%", "6%-8%"),
    ("loan size", "单笔规模"),
    ("up to 2 million", "200万元以内"),
    ("2 to 5 million", "200-500万元"),
    ("5 to 10 million", "500-1000万元"),
    ("10 to 20 million", "1000-2000万元"),
    ("20 to 50 million", "2000-5000万元"),
    ("above 50 million", "5000万元以上"),
    ("repayment", "还款方式"),
    ("level", "等额本息"),
    ("equal_principal", "等额本金"),
    ("bullet", "按期付息到期还本"),
    ("at_maturity", "利随本清"),
    ("balloon", "气球贷"),
    ("custom", "自定义"),
    ("licence", "许可费"),
    ("rate kind", "利率类型"),
    ("fixed", "固定"),
    ("floating", "浮动"),
    ("status", "状态"),
    ("current", "正常"),
    ("1 to 30 days past due", "逾期1-30天"),
    ("31 to 60 days past due", "逾期31-60天"),
    ("61 to 90 days past due", "逾期61-90天"),
    ("more than 90 days past due", "逾期90天以上"),
    ("defaulted", "违约"),
    ("kind of right (appraised value)", "权利类型（评估值）"),
    ("invention", "发明专利"),
    ("utility_model", "实用新型"),
    ("design", "外观设计"),
    ("trademark", "商标"),
    ("copyright", "著作权"),
    ("layout_design", "布图设计"),
    ("data", "数据知识产权"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_characteristic_has_a_chinese_word() {
        use crate::analytics::sample::{deal, supported};
        let own = ["obligor", "group", "industry", "region", "rating"];
        for row in crate::report::tables::characteristics(&deal(supported())).rows {
            let (section, item) = (row[0].written(), row[1].written());
            let said = |word: &str| characteristic(word, Lang::Zh) != word;
            let of_deal = own.contains(&section.as_str());
            assert!(of_deal || said(&section) && said(&item), "{section}: {item}");
        }
    }
}
