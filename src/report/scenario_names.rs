//! What scenarios and runs are called for people.
//!
//! Invariant: the names that the program itself gives (of the carried stresses, of the deals that
//! come with it) are said in words of the reader's language; any other name stays as its user wrote
//! it.
use crate::report::Lang;
use crate::report::record::Record;

/// Names that the program gives, in English and Chinese.
const NAMES: &[(&str, &str, &str)] = &[
    ("base", "base case", "基准"),
    ("all", "all", "全部"),
    ("recovery_0", "recovery 0%", "回收率为零"),
    ("recovery_90", "recovery ×0.9", "回收率×0.9"),
    ("recovery_80", "recovery ×0.8", "回收率×0.8"),
    ("front_10", "defaults 10% earlier", "违约前置10%"),
    ("front_20", "defaults 20% earlier", "违约前置20%"),
    ("prepayment_3", "prepayment ×3 or ×0.5", "提前还款×3或×0.5"),
    ("prepayment_4", "prepayment ×4 or ×0.25", "提前还款×4或×0.25"),
    ("coupon_25bp", "coupon +25 bp", "票面利率+25bp"),
    ("coupon_50bp", "coupon +50 bp", "票面利率+50bp"),
    ("combined_mild", "combined, mild", "组合（轻）"),
    ("combined_severe", "combined, severe", "组合（重）"),
    ("no_default", "no default", "无违约"),
    ("one_default", "one default", "一户违约"),
    ("largest_default", "largest firm defaults", "最大户违约"),
    ("two_largest_default", "two largest firms default", "前两大户违约"),
    ("three_largest_default", "three largest firms default", "前三大户违约"),
    ("bad_economy", "bad economy", "经济恶化"),
    ("downturn", "downturn", "经济下行"),
    ("front_loaded", "defaults front-loaded", "违约前置"),
    ("prepayment", "prepayment", "提前还款"),
    ("stress_recovery_zero", "recovery 0%", "回收率为零"),
    ("supporter_fails", "supporter fails", "增信方违约"),
    ("bank_fails", "bank fails", "银行违约"),
    ("guarantor_fails", "guarantor fails", "担保人违约"),
    ("insurer_fails", "insurer fails", "保险人违约"),
    ("infringement", "infringement", "权利被侵权"),
    ("infringement_alone", "infringement alone", "仅权利被侵权"),
    ("waiting_time", "waiting time", "等待期"),
    ("limit_reached", "limit reached", "达到限额"),
    ("cap_binds", "cap binds", "触及上限"),
    ("collapse", "collapse", "全面违约"),
    ("lapsed_certificates", "lapsed certificates", "证书失效"),
    ("sales_vary", "sales vary", "销售波动"),
    ("strong_sales", "strong sales", "销售强劲"),
];

/// Folders that commands are asked to write to.
const COMMANDS: &[(&str, &str, &str)] = &[
    ("stress", "stress", "压力测试"),
    ("simulate", "simulation", "模拟"),
    ("size", "sizing", "规模测算"),
    ("shelf", "programme", "储架"),
];

/// A scenario's name.
pub fn scenario(name: &str, lang: Lang) -> &str {
    known(NAMES, name, lang)
}

/// A run's name: its folder, said in words where they are known, without `run`.
pub fn label(run: &Record, lang: Lang) -> String {
    let of_scenario = run.command == "run";
    let parts: Vec<&str> = run.folder.split('/').collect();
    let said = parts.iter().enumerate().filter_map(|(at, part)| match (of_scenario, *part) {
        (true, "run") if at + 1 < parts.len() => None,
        (true, part) if part == run.scenario => Some(known(NAMES, part, lang)),
        (true, part) => Some(part),
        (false, part) => Some(known(COMMANDS, part, lang)),
    });
    said.collect::<Vec<_>>().join("/")
}

fn known<'a>(names: &[(&str, &'static str, &'static str)], name: &'a str, lang: Lang) -> &'a str {
    names.iter().find(|known| known.0 == name).map_or(name, |known| lang.say(known.1, known.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_stay_and_known_ones_are_said() {
        assert_eq!(scenario("base", Lang::Zh), "基准");
        assert_eq!(scenario("base", Lang::En), "base case");
        assert_eq!(scenario("coupon_50bp", Lang::En), "coupon +50 bp");
        assert_eq!(scenario("my_own", Lang::En), "my_own");
        assert_eq!(scenario("my_own", Lang::Zh), "my_own");
    }

    #[test]
    fn every_carried_stress_has_its_name() {
        for line in include_str!("../input/stresses.csv").lines().skip(1) {
            let name = line.split(',').next().unwrap_or_default();
            assert_ne!(scenario(name, Lang::Zh), name);
            assert!(name == "all" || scenario(name, Lang::En) != name, "{name}");
        }
    }
}
