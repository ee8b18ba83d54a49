//! What is said of a stressed deal besides its figures: what each class stands and what breaks it,
//! how few firms the pool is worth, which sets of firms were tried. The summary and, by
//! `sentences.csv`, workbook, page and paper have it from here.
use super::{Findings, worth};
use crate::analytics::critical::{FEW_OBLIGORS, effective_obligors};
use crate::analytics::stress::{WITH, WITHOUT};
use crate::report::Lang;
use crate::report::scenario_names::scenario;
use crate::report::summary_sentences;
use crate::report::table::Sheet;
use crate::report::words::{grouped, percent};

/// `sentences.csv`.
pub(super) fn sheet(findings: &Findings<'_>) -> Sheet {
    summary_sentences::sheet(|lang| sentences(findings, lang))
}

fn sentences(findings: &Findings<'_>, lang: Lang) -> Vec<(&'static str, String)> {
    let mut said = notes(findings, lang);
    for (at, class) in findings.deal.tranches().iter().enumerate() {
        let (name, colon) = (&class.name, lang.say(": ", "："));
        said.push(("what_breaks_it", format!("{name}{colon}{}", breaks(findings, at, lang))));
    }
    let worth = worth::support(findings, lang);
    said.push((
        "what_support_is_worth",
        match lang {
            Lang::En => format!("What support is worth, over all stresses: {worth}."),
            Lang::Zh => format!("增信的作用（各压力情景）：{worth}。"),
        },
    ));
    said.extend(worth::hurt(findings, lang).into_iter().map(|text| ("worse_with_support", text)));
    said.push(("sets_of_firms", tried(findings, lang)));
    said
}

/// What bounds the use of multiples of a default rate.
pub(super) fn notes(findings: &Findings<'_>, lang: Lang) -> Vec<(&'static str, String)> {
    let mut said = Vec::new();
    let effective = effective_obligors(findings.deal);
    if effective < FEW_OBLIGORS {
        let text = match lang {
            Lang::En => format!(
                "The pool has {effective:.1} effective obligors: below {FEW_OBLIGORS:.0} a \
                 multiple of a default rate is shown and does not bind. Look at the firms that \
                 break a class."
            ),
            Lang::Zh => format!(
                "有效债务人数 {effective:.1}，低于 {FEW_OBLIGORS:.0}：违约率乘数法仅供参考，不作约束；请看单户与组合违约测试。"
            ),
        };
        said.push(("few_effective_obligors", text));
    }
    if findings.grading.base_rate <= 0.0 {
        let text = lang.say(
            "The base rate is 0, so no multiple and no grade exists.",
            "基准违约率为 0，无法计算倍数和评级。",
        );
        said.push(("no_base_rate", text.to_owned()));
    }
    said
}

/// Which sets of firms were tried, and how their firms default.
pub(super) fn tried(findings: &Findings<'_>, lang: Lang) -> String {
    let found = &findings.breakers;
    let (size, tried) = (found.exhaustive_size, grouped(&found.tried.to_string()));
    let name = &findings.scenario.name;
    let owing = found.worst_dates.iter().flatten().count();
    let rest = match (size < owing, lang) {
        (false, _) => "",
        (true, Lang::En) => {
            "; of more firms only those that cost the most alone, together, so that a milder set \
             of more firms may hurt too"
        }
        (true, Lang::Zh) => "；更多户数仅试单户损失最大者之组合，其他组合未试",
    };
    match lang {
        Lang::En => format!(
            "{tried} sets of firms were tried: every one of up to {size} firms{rest}. Each firm \
             defaults on its worst due date, found for it alone, and recovers as “{}” says; \
             nobody else defaults.",
            scenario(name, lang)
        ),
        Lang::Zh => format!(
            "共试 {tried} 组企业：{size} 家以内全部穷举{rest}。每家企业在其最不利的还款日违约（逐户确定），\
             回收按情景“{}”，其余企业不违约。",
            scenario(name, lang)
        ),
    }
}

/// What a class stands, and what breaks it.
pub(super) fn breaks(findings: &Findings<'_>, class: usize, lang: Lang) -> String {
    let hurt = |at: &usize| {
        let outcomes = &findings.stressed[*at].worst(WITHOUT, class).outcomes[WITHOUT];
        outcomes.classes[class].late()
    };
    let hurting: Vec<usize> = (0..findings.stressed.len()).filter(hurt).collect();
    let (least, stress) = &findings.grades[class].least[WITHOUT];
    let name = scenario(&findings.stressed[*stress].name, lang);
    let rate = match (least.rate(), lang) {
        (Some(_), Lang::En) => {
            format!("it stands defaults of at most {} (under “{name}”)", percent(least.achieved))
        }
        (Some(_), Lang::Zh) => {
            format!("最多承受 {} 的违约率（情景“{name}”）", percent(least.achieved))
        }
        (None, Lang::En) => "no default rate breaks it".to_owned(),
        (None, Lang::Zh) => "任何违约率下均足额偿付".to_owned(),
    };
    let all = findings.stressed.len();
    let stresses = match (hurting.len(), lang) {
        (0, Lang::En) => "no stress hurts it".to_owned(),
        (0, Lang::Zh) => "各压力情景均按期足额".to_owned(),
        (count, Lang::En) => format!(
            "{count} of {all} scenarios hurt it, from “{}” on",
            scenario(&findings.stressed[hurting[0]].name, lang)
        ),
        (count, Lang::Zh) => format!(
            "{all} 个情景中有 {count} 个未按期足额，首个为“{}”",
            scenario(&findings.stressed[hurting[0]].name, lang)
        ),
    };
    let [firms, with] = [WITHOUT, WITH].map(|support| smallest(findings, class, support, lang));
    match lang {
        Lang::En => {
            format!("without support {rate}; {stresses}; {firms}. With support: {with}.")
        }
        Lang::Zh => format!("无增信时{rate}；{stresses}；{firms}。有增信时：{with}。"),
    }
}

/// The smallest set of firms that hurts a class.
fn smallest(findings: &Findings<'_>, class: usize, support: usize, lang: Lang) -> String {
    let found = &findings.breakers;
    let Some(smallest) = &found.smallest[support][class] else {
        return lang
            .say("no set of firms that was tried hurts it", "所试企业组合均不使其受损")
            .to_owned();
    };
    let firms = smallest.sets.first().map_or(Vec::new(), |set| firm_names(findings, &set.obligors));
    let (size, count, names) = (smallest.size, smallest.count, lang.listed(&firms));
    match (smallest.exhaustive, lang) {
        (true, Lang::En) => {
            let (firms, sets) = match (size, count) {
                (1, 1) => ("firm is enough", "set"),
                (1, _) => ("firm is enough", "sets"),
                (_, 1) => ("firms are enough", "set"),
                (_, _) => ("firms are enough", "sets"),
            };
            format!("{size} {firms} ({count} such {sets}; the costliest: {names})")
        }
        (true, Lang::Zh) => {
            format!("{size} 家企业违约即可使其受损（共 {count} 组，最重一组：{names}）")
        }
        (false, Lang::En) => format!("the {size} costliest firms break it ({names})"),
        (false, Lang::Zh) => format!("损失最大的 {size} 家企业违约使其受损（{names}）"),
    }
}

/// Names of firms.
pub(super) fn firm_names(findings: &Findings<'_>, obligors: &[usize]) -> Vec<String> {
    obligors.iter().map(|&at| findings.deal.obligors()[at].name.clone()).collect()
}
