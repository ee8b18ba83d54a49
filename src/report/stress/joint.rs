//! A class and its supporter both default: the lift that this gives, apart from the weak link.
use super::Findings;
use crate::analytics::joint_default::{JointDefault, NoLift};
use crate::asset::Supporter;
use crate::report::table::Cell;
use crate::report::words::percent;

const DIGITS: usize = 6;

/// Probability by ten years, grade, and what they are of, or why there is no lift.
pub(super) fn cells(findings: &Findings<'_>, joint: &Result<JointDefault, NoLift>) -> [Cell; 3] {
    let note = Cell::Text(said(findings, joint));
    match joint {
        Ok(joint) => {
            let grade = joint.grade.as_ref().map_or(Cell::Blank, Cell::text);
            [Cell::Number(joint.pd, DIGITS), grade, note]
        }
        Err(_) => [Cell::Blank, Cell::Blank, note],
    }
}

/// One sentence, as the table has it.
pub(super) fn said(findings: &Findings<'_>, joint: &Result<JointDefault, NoLift>) -> String {
    let supporters = findings.deal.supporters();
    let (table, rho) = (&findings.joint.table.name, findings.joint.correlation);
    match joint {
        Ok(joint) => format!(
            "defaults within ten years together with {} with probability {} ({} and {} each by \
             table {table}, correlation {rho}): grade {}",
            supporters[joint.supporter].name,
            percent(joint.pd),
            percent(joint.class_pd),
            percent(joint.supporter_pd),
            joint.grade.as_deref().unwrap_or("none")
        ),
        Err(why) => no_lift(findings, *why),
    }
}

fn no_lift(findings: &Findings<'_>, why: NoLift) -> String {
    let supporter = |at: usize| &findings.deal.supporters()[at];
    match why {
        NoLift::NotCovered => "no joint lift: nobody covers it in full".to_owned(),
        NoLift::Affiliated(at) => {
            format!("no joint lift: {} is affiliated with the pool", supporter(at).name)
        }
        NoLift::SameDistrict(at) => {
            let Supporter { name, region, .. } = supporter(at);
            format!("no joint lift: {name} is of the pool's district ({region})")
        }
        NoLift::NotRated => {
            let table = &findings.joint.table.name;
            format!("no joint lift: the class or its supporter has no grade that {table} knows")
        }
    }
}
