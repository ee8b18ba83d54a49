//! What scenarios and runs are called for people.
//!
//! Invariant: in Chinese the names that the program itself gives (of the carried stresses, of the
//! deals that come with it) are said in Chinese; any other name stays as its user wrote it.
use crate::report::Lang;
use crate::report::record::Record;

/// Names that the program gives.
const NAMES: &[(&str, &str)] = &[
    ("base", "基准"),
    ("all", "全部"),
    ("recovery_0", "回收率为零"),
    ("recovery_90", "回收率×0.9"),
    ("recovery_80", "回收率×0.8"),
    ("front_10", "违约前置10%"),
    ("front_20", "违约前置20%"),
    ("prepayment_3", "提前还款×3或×0.5"),
    ("prepayment_4", "提前还款×4或×0.25"),
    ("coupon_25bp", "票面利率+25bp"),
    ("coupon_50bp", "票面利率+50bp"),
    ("combined_mild", "组合（轻）"),
    ("combined_severe", "组合（重）"),
    ("no_default", "无违约"),
    ("one_default", "一户违约"),
    ("largest_default", "最大户违约"),
    ("two_largest_default", "前两大户违约"),
    ("three_largest_default", "前三大户违约"),
    ("bad_economy", "经济恶化"),
    ("downturn", "经济下行"),
    ("front_loaded", "违约前置"),
    ("prepayment", "提前还款"),
    ("stress_recovery_zero", "回收率为零"),
    ("supporter_fails", "增信方违约"),
    ("bank_fails", "银行违约"),
    ("guarantor_fails", "担保人违约"),
    ("insurer_fails", "保险人违约"),
    ("infringement", "权利被侵权"),
    ("infringement_alone", "仅权利被侵权"),
    ("waiting_time", "等待期"),
    ("limit_reached", "达到限额"),
    ("cap_binds", "触及上限"),
    ("collapse", "全面违约"),
    ("lapsed_certificates", "证书失效"),
    ("sales_vary", "销售波动"),
    ("strong_sales", "销售强劲"),
];

/// Folders that commands are asked to write to.
const COMMANDS: &[(&str, &str)] =
    &[("stress", "压力测试"), ("simulate", "模拟"), ("size", "规模测算"), ("shelf", "储架")];

/// A scenario's name.
pub fn scenario(name: &str, lang: Lang) -> &str {
    match lang {
        Lang::En => name,
        Lang::Zh => known(NAMES, name),
    }
}

/// A run's name: its folder; in Chinese said in words where they are known, without `run`.
pub fn label(run: &Record, lang: Lang) -> String {
    if lang == Lang::En {
        return run.folder.clone();
    }
    let of_scenario = run.command == "run";
    let parts: Vec<&str> = run.folder.split('/').collect();
    let said = parts.iter().enumerate().filter_map(|(at, part)| match (of_scenario, *part) {
        (true, "run") if at + 1 < parts.len() => None,
        (true, part) if part == run.scenario => Some(known(NAMES, part)),
        (true, part) => Some(part),
        (false, part) => Some(known(COMMANDS, part)),
    });
    said.collect::<Vec<_>>().join("/")
}

fn known<'a>(names: &[(&str, &'static str)], name: &'a str) -> &'a str {
    names.iter().find(|known| known.0 == name).map_or(name, |known| known.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_stay_and_known_ones_are_said() {
        assert_eq!(scenario("base", Lang::Zh), "基准");
        assert_eq!(scenario("base", Lang::En), "base");
        assert_eq!(scenario("my_own", Lang::Zh), "my_own");
    }

    #[test]
    fn every_carried_stress_has_its_name() {
        for line in include_str!("../input/stresses.csv").lines().skip(1) {
            let name = line.split(',').next().unwrap_or_default();
            assert_ne!(scenario(name, Lang::Zh), name);
        }
    }
}
