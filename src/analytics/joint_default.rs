//! Joint default (联合违约): how likely a class by itself and the supporter behind it both default.
//!
//! Formula (S&P): p = p1 p2 + rho sqrt(p1 q1 p2 q2), q = 1 - p, and never above the lesser of p1
//! and p2, which no correlation passes. p1 and p2 are default probabilities of ten years and rho a
//! correlation of the two defaults, not of assets. Rule: p1 is that of the class's grade without
//! support, p2 that of the supporter's rating, both in one named table of default probabilities,
//! letter by letter (a grade that it does not have counts as the next worse of the targets'); the
//! joint grade is the best of the targets' grades whose own is not below p. No lift where the weak
//! link would give none: the supporter must cover the class in full. None either where it belongs
//! to the originator or to a firm of the pool, or sits in the district in which most of the pool's
//! principal is owed: such a supporter fails with the pool.

use super::critical::{ClassGrade, Grading, covering};
use super::grade::TargetTable;
use crate::asset::PdTable;
use crate::deal::Deal;
use crate::num::Fen;

/// Years of default for which the correlations are.
pub const YEARS: f64 = 10.0;
/// Published correlations of two defaults, as options have them: low, medium and high.
pub const CORRELATIONS: [(&str, f64); 3] = [("0.15", 0.15), ("0.20", 0.20), ("0.25", 0.25)];

/// What a joint default is worked out with.
#[derive(Clone, Copy, Debug)]
pub struct JointTerms<'a> {
    pub table: &'a PdTable,
    /// Of the two defaults.
    pub correlation: f64,
}

/// A class and a supporter who is not tied to the pool.
#[derive(Clone, Debug, PartialEq)]
pub struct JointDefault {
    pub supporter: usize,
    pub class_pd: f64,
    pub supporter_pd: f64,
    pub pd: f64,
    /// None below the worst grade.
    pub grade: Option<String>,
}

/// Why there is no lift; with the supporter, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLift {
    /// Nobody covers the class in full.
    NotCovered,
    /// It belongs to the originator, or to the group of a firm of the pool.
    Affiliated(usize),
    /// Most of the pool's principal is owed in its district.
    SameDistrict(usize),
    /// The class has no grade without support, or a rating is not in the table.
    NotRated,
}

/// Both default: see the formula above.
pub fn joint_pd(one: f64, other: f64, correlation: f64) -> f64 {
    let spread = (one * (1.0 - one) * other * (1.0 - other)).sqrt();
    (one * other + correlation * spread).min(one).min(other)
}

impl JointTerms<'_> {
    /// By ten years, of a grade as the table writes it.
    pub fn pd(&self, grade: &str) -> Option<f64> {
        self.table.curve(grade).map(|curve| curve.cumulative(YEARS))
    }

    /// The same of the next worse of the targets' grades that the table has, where it does not have
    /// the grade itself.
    fn pd_or_worse(&self, targets: &TargetTable, grade: &str) -> Option<f64> {
        let mut worse = targets.grades.iter().skip_while(|(name, _)| name != grade);
        self.pd(grade).or_else(|| worse.find_map(|(name, _)| self.pd(name)))
    }

    /// A class with each supporter that covers it: the least likely joint default.
    pub fn of_class(
        &self,
        deal: &Deal,
        grading: &Grading<'_>,
        class: usize,
        graded: &ClassGrade,
    ) -> Result<JointDefault, NoLift> {
        let covered = graded.least[0].0.millionths.is_none();
        let mut found: Result<JointDefault, NoLift> = Err(NoLift::NotCovered);
        for supporter in covering(deal, class).filter(|_| covered) {
            let joint = match tie(deal, supporter) {
                Some(tie) => Err(tie),
                None => self.with(deal, grading, supporter, graded).ok_or(NoLift::NotRated),
            };
            found = match (found, joint) {
                (Ok(one), Ok(other)) if other.pd < one.pd => Ok(other),
                (Ok(one), _) => Ok(one),
                (Err(NoLift::NotCovered), other) | (Err(_), other @ Ok(_)) => other,
                (Err(reason), Err(_)) => Err(reason),
            };
        }
        found
    }

    /// By support, the largest ten-year probability of classes: with support jointly where there is
    /// a lift, else of their grade. None where one of them has none.
    pub fn largest(
        &self,
        targets: &TargetTable,
        grades: &[ClassGrade],
        joints: &[Option<JointDefault>],
    ) -> [Option<f64>; 2] {
        let of_grade = |grade: &Option<String>| self.pd_or_worse(targets, grade.as_deref()?);
        let with = grades.iter().zip(joints).map(|(grade, joint)| match joint {
            Some(joint) => Some(joint.pd),
            None => of_grade(&grade.with),
        });
        let without = grades.iter().map(|grade| of_grade(&grade.without));
        let largest = |pds: Vec<Option<f64>>| {
            pds.into_iter().try_fold(0.0_f64, |most, pd| Some(most.max(pd?)))
        };
        [largest(with.collect()), largest(without.collect())]
    }

    fn with(
        &self,
        deal: &Deal,
        grading: &Grading<'_>,
        supporter: usize,
        graded: &ClassGrade,
    ) -> Option<JointDefault> {
        let of = |grade: &Option<String>| self.pd_or_worse(grading.table, grade.as_deref()?);
        let class_pd = of(&graded.without)?;
        let supporter_pd = of(&deal.supporters()[supporter].rating)?;
        let pd = joint_pd(class_pd, supporter_pd, self.correlation);
        let grades = grading.table.grades.iter().map(|(grade, _)| grade.as_str());
        let stands = |grade: &&str| self.pd(grade).is_some_and(|limit| pd <= limit);
        let grade = grades.into_iter().find(stands).map(str::to_owned);
        Some(JointDefault { supporter, class_pd, supporter_pd, pd, grade })
    }
}

/// What ties a supporter to the pool.
fn tie(deal: &Deal, supporter: usize) -> Option<NoLift> {
    let own = &deal.supporters()[supporter];
    let group = |other: &Option<String>| own.group.is_some() && *other == own.group;
    if own.affiliated || deal.obligors().iter().any(|firm| group(&firm.group)) {
        return Some(NoLift::Affiliated(supporter));
    }
    let district = district(deal);
    (district == Some(own.region.as_str())).then_some(NoLift::SameDistrict(supporter))
}

/// Where most of the pool's principal is owed; the first of equals.
fn district(deal: &Deal) -> Option<&str> {
    let mut owed: Vec<(&str, Fen)> = Vec::new();
    for loan in deal.loans() {
        let region = deal.obligors()[loan.obligor].region.as_str();
        match owed.iter_mut().find(|(name, _)| *name == region) {
            Some((_, sum)) => *sum += loan.principal,
            None => owed.push((region, loan.principal)),
        }
    }
    let most = owed.iter().map(|(_, sum)| *sum).max()?;
    owed.iter().find(|(_, sum)| *sum == most).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Origin: published example, 1.458% and 13.179% at 0.15; the others by hand.
    #[test]
    fn a_joint_default_is_the_published_formula_within_its_bound() {
        let check = |one: f64, other: f64, correlation: f64, want: f64| {
            let found = joint_pd(one, other, correlation);
            assert!((found - want).abs() < 5e-7, "{one} {other} {correlation}: {found}");
            assert_eq!(found, joint_pd(other, one, correlation));
        };
        check(0.014_58, 0.131_79, 0.15, 0.008_003);
        check(0.014_58, 0.131_79, 0.0, 0.014_58 * 0.131_79);
        // 0.25 + 0.2 x 0.25.
        check(0.5, 0.5, 0.2, 0.30);
        check(0.5, 0.5, 1.0, 0.5);
        // The formula gives 0.05%: more than the lesser.
        check(0.000_1, 0.131_79, 0.15, 0.000_1);
        check(0.0, 0.3, 0.25, 0.0);
    }
}
