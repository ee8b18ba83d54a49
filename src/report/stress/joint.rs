//! A class and its supporter both default: the lift that this gives, apart from the weak link.
use super::Findings;
use crate::analytics::joint_default::{JointDefault, NoLift};
use crate::asset::Supporter;
use crate::report::Lang;
use crate::report::table::Cell;
use crate::report::words::percent;

const DIGITS: usize = 6;

/// Probability by ten years, grade, and what they are of, or why there is no lift.
pub(super) fn cells(findings: &Findings<'_>, joint: &Result<JointDefault, NoLift>) -> [Cell; 3] {
    let note = Cell::Text(said(findings, joint, Lang::En));
    match joint {
        Ok(joint) => {
            let grade = joint.grade.as_ref().map_or(Cell::Blank, Cell::text);
            [Cell::Number(joint.pd, DIGITS), grade, note]
        }
        Err(_) => [Cell::Blank, Cell::Blank, note],
    }
}

/// One sentence.
pub(super) fn said(
    findings: &Findings<'_>,
    joint: &Result<JointDefault, NoLift>,
    lang: Lang,
) -> String {
    let supporters = findings.deal.supporters();
    let (table, rho) = (&findings.joint.table.name, findings.joint.correlation);
    match (joint, lang) {
        (Ok(joint), Lang::En) => format!(
            "defaults within ten years together with {} with probability {} ({} and {} each by \
             table {table}, correlation {rho}): grade {}",
            supporters[joint.supporter].name,
            percent(joint.pd),
            percent(joint.class_pd),
            percent(joint.supporter_pd),
            joint.grade.as_deref().unwrap_or("none")
        ),
        (Ok(joint), Lang::Zh) => format!(
            "十年内与{}同时违约的概率 {}（各自 {} 与 {}，表 {table}，违约相关系数 {rho}）：对应评级 {}",
            supporters[joint.supporter].name,
            percent(joint.pd),
            percent(joint.class_pd),
            percent(joint.supporter_pd),
            joint.grade.as_deref().unwrap_or("无")
        ),
        (Err(why), lang) => no_lift(findings, *why, lang),
    }
}

fn no_lift(findings: &Findings<'_>, why: NoLift, lang: Lang) -> String {
    let supporter = |at: usize| &findings.deal.supporters()[at];
    let table = &findings.joint.table.name;
    match (why, lang) {
        (NoLift::NotCovered, Lang::En) => "no joint lift: nobody covers it in full".to_owned(),
        (NoLift::NotCovered, Lang::Zh) => "无联合违约提升：无人全额覆盖".to_owned(),
        (NoLift::Affiliated(at), Lang::En) => {
            format!("no joint lift: {} is affiliated with the pool", supporter(at).name)
        }
        (NoLift::Affiliated(at), Lang::Zh) => {
            format!("无联合违约提升：{}与资产池或原始权益人关联", supporter(at).name)
        }
        (NoLift::SameDistrict(at), Lang::En) => {
            let Supporter { name, region, .. } = supporter(at);
            format!("no joint lift: {name} is of the pool's district ({region})")
        }
        (NoLift::SameDistrict(at), Lang::Zh) => {
            let Supporter { name, region, .. } = supporter(at);
            format!("无联合违约提升：{name}与资产池同属一地（{region}）")
        }
        (NoLift::NotRated, Lang::En) => {
            format!("no joint lift: the class or its supporter has no grade that {table} knows")
        }
        (NoLift::NotRated, Lang::Zh) => {
            format!("无联合违约提升：档次或增信方没有表 {table} 中的评级")
        }
    }
}
