//! What is said of a sizing besides its figures: where the sizes that pass are no interval, where
//! support makes a class smaller, and what two views of a grade have to do with each other.
use super::{Sizes, tests_said};
use crate::analytics::critical::{FEW_OBLIGORS, effective_obligors};
use crate::analytics::simulated::rule_of_three;
use crate::analytics::size::{Near, Sized, Test};
use crate::analytics::stress::SUPPORTS;
use crate::deal::Deal;
use crate::engine::Support;
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::prose::{supporter_accelerates, why_support_hurts};
use crate::report::summary_sentences;
use crate::report::table::Sheet;
use crate::report::words::grouped;

/// What a reader must be told of the answers before he uses them, a line each.
pub fn warnings(sizes: &Sizes<'_>, lang: Lang) -> Vec<String> {
    [too_few_paths(sizes, lang), no_interval(sizes, lang)].concat()
}

/// `sentences.csv`.
pub(super) fn sheet(sizes: &Sizes<'_>) -> Sheet {
    summary_sentences::sheet(|lang| {
        let few =
            few_obligors(sizes.question.deal, lang).map(|text| ("few_effective_obligors", text));
        let warned = warnings(sizes, lang).into_iter().map(|text| ("warning", text));
        let smaller = smaller_with_support(sizes, lang).map(|text| ("smaller_with_support", text));
        let views = ("two_views", two_views(sizes, lang));
        warned.chain(smaller).chain(few).chain([views]).collect()
    })
}

/// Where a pool is worth too few firms for a multiple of a default rate to decide.
pub(super) fn few_obligors(deal: &Deal, lang: Lang) -> Option<String> {
    let effective = effective_obligors(deal);
    (effective < FEW_OBLIGORS).then(|| match lang {
        Lang::En => format!(
            "The pool has {effective:.1} effective obligors: below {FEW_OBLIGORS:.0} a multiple of \
             a default rate decides only where it is asked to."
        ),
        Lang::Zh => format!(
            "有效债务人数 {effective:.1}，低于 {FEW_OBLIGORS:.0}：违约率乘数法除非指定，不作约束。"
        ),
    })
}

/// Grades that ask for less than so many paths can tell from nothing: no size passes them.
fn too_few_paths(sizes: &Sizes<'_>, lang: Lang) -> Vec<String> {
    let least = rule_of_three(sizes.paths);
    let told = |pair: &[Sized]| {
        let aim = &pair[0].aim;
        let pd = aim.pd.filter(|pd| least > *pd && *pd > 0.0)?;
        let wanted = (3.0 / pd / 1_000.0).ceil() * 1_000.0;
        let (least, pd) = (format!("{:.4}%", 100.0 * least), format!("{:.4}%", 100.0 * pd));
        let [count, wanted] =
            [sizes.paths.to_string(), format!("{wanted:.0}")].map(|count| grouped(&count));
        let grade = &aim.grade;
        Some(match lang {
            Lang::En => format!(
                "{grade}: {count} paths tell no probability below {least}, and it asks for {pd}: \
                 no size can pass pd; want --paths {wanted} or more"
            ),
            Lang::Zh => format!(
                "{grade}：{count} 条路径无法分辨低于 {least} 的违约概率，而其要求 {pd}：任何规模均无法通过；\
                 请用 --paths {wanted} 以上"
            ),
        })
    };
    let decides = sizes.question.chosen.contains(&Test::Pd);
    let pairs = sizes.sized.chunks_exact(SUPPORTS.len()).filter(|_| decides);
    pairs.filter_map(told).collect()
}

/// Where the sizes that pass are no interval, a line each.
pub fn no_interval(sizes: &Sizes<'_>, lang: Lang) -> Vec<String> {
    let senior = sizes.sized.iter().map(|sized| (named(sized, lang), sized));
    let mezzanine = sizes.mezzanine.iter().map(|(above, sized)| {
        let own = named(sized, lang);
        let name = match lang {
            Lang::En => format!("mezzanine {own}, below {above}"),
            Lang::Zh => format!("{above} 之下夹层 {own}"),
        };
        (name, sized)
    });
    let told = |(name, sized): (String, &Sized)| {
        let amount = |fen: Fen| lang.amount(yuan_of(fen));
        let again = sized.passes_again().map(|fen| {
            let (fen, tried) = (amount(fen), sized.larger.len());
            match lang {
                Lang::En => format!("of {tried} larger ones that were tried {fen} passes again"),
                Lang::Zh => format!("试过的 {tried} 个更大规模中 {fen} 再次通过"),
            }
        });
        let fails = sized.failing_below.map(|fen| {
            let fen = amount(fen);
            match lang {
                Lang::En => format!("of the smaller ones {fen} fails"),
                Lang::Zh => format!("更小规模中 {fen} 未通过"),
            }
        });
        let parts: Vec<String> = [fails, again].into_iter().flatten().collect();
        let parts = parts.join(lang.say(" and ", "，"));
        (!parts.is_empty()).then(|| match lang {
            Lang::En => format!(
                "{name}: the sizes that pass are no interval: the answer is the end of the first \
                 that pass, and {parts}"
            ),
            Lang::Zh => format!("{name}：通过的规模不构成区间：结果取首段末端，{parts}"),
        })
    };
    senior.chain(mezzanine).filter_map(told).collect()
}

/// Targets for which support makes the class smaller, and why that can be.
pub(super) fn smaller_with_support(sizes: &Sizes<'_>, lang: Lang) -> Option<String> {
    let senior = |sized: &Sized| sized.cut.as_ref().map_or(0, |cut| cut.senior);
    let pairs = sizes.sized.chunks_exact(SUPPORTS.len());
    let smaller = pairs.filter(|pair| senior(&pair[0]) < senior(&pair[1]));
    let grades: Vec<String> = smaller.map(|pair| pair[0].aim.grade.clone()).collect();
    if grades.is_empty() {
        return None;
    }
    let grades = lang.listed(&grades);
    let deal = sizes.question.deal;
    let (why, measure) = (
        why_support_hurts(supporter_accelerates(deal), lang),
        match supporter_accelerates(deal) {
            true => lang.say(
                "; what is not paid then is late, which counts against the first class",
                "；当时未付即计首档逾期",
            ),
            false => lang.say(
                "; the test that binds says by which measure that hurts",
                "，受损口径见约束测试",
            ),
        },
    );
    Some(match lang {
        Lang::En => {
            format!("**{grades}: smaller with support than without**, since {why}{measure}.")
        }
        Lang::Zh => format!("**{grades}：有增信的规模小于无增信**，因{why}{measure}。"),
    })
}

/// What the grades by simulated probability and by critical rate have to do with each other.
pub(super) fn two_views(sizes: &Sizes<'_>, lang: Lang) -> String {
    let none = || lang.say("none", "无").to_owned();
    let said = |(sized, near): (&Sized, &Near)| {
        let [pd, rate] = [&near.grade_by_pd, &near.grade_by_rate]
            .map(|grade| grade.clone().unwrap_or_else(none));
        match lang {
            Lang::En => format!("{} ({pd} by pd, {rate} by rate)", named(sized, lang)),
            Lang::Zh => format!("{}（{pd} 与 {rate}）", named(sized, lang)),
        }
    };
    let answers = sizes.sized.iter().filter_map(|sized| {
        let answer = sized.near.iter().find(|near| near.points == 0)?;
        (answer.grade_by_pd != answer.grade_by_rate).then_some((sized, answer))
    });
    let apart = lang.listed(&answers.map(said).collect::<Vec<String>>());
    let apart = match (apart.as_str(), lang) {
        ("", _) => lang.say("they agree at every answer", "各结果处两者一致").to_owned(),
        (_, Lang::En) => format!("they part at {apart}"),
        (_, Lang::Zh) => format!("两者在 {apart} 处不同"),
    };
    let chosen: Vec<String> =
        sizes.question.chosen.iter().map(|test| coded(test.name(), lang)).collect();
    let chosen = lang.listed(&chosen);
    match lang {
        Lang::En => format!(
            "Two views of a grade: by critical rate, as `stress` grades, a class stands a rate \
             of defaults spread over all loans, against a multiple of the base rate; by `pd` it \
             stands drawn firms, each of which defaults whole, so that of few firms `pd` asks \
             more; {apart}, and the size is decided by {chosen}."
        ),
        Lang::Zh => format!(
            "两种评级口径：按临界违约率（`stress` 同），违约均摊于全部贷款，与基准违约率乘数比较；按违约概率（`pd`），\
             模拟中企业整户违约，户数少时更严；{apart}；规模由{chosen}决定。"
        ),
    }
}

pub(super) fn named(sized: &Sized, lang: Lang) -> String {
    format!("{} {}", sized.aim.grade, supported(sized.support, lang))
}

/// By the index of the support.
pub(super) fn supported(support: usize, lang: Lang) -> &'static str {
    match SUPPORTS[support] {
        Support::With => lang.say("with", "有增信"),
        Support::Without | Support::Bare => lang.say("without", "无增信"),
    }
}

/// Tests by their names in the tables, in Chinese in words.
pub(super) fn coded(names: &str, lang: Lang) -> String {
    let said = tests_said(names, lang);
    lang.say(&format!("`{said}`"), &said).to_owned()
}
