//! Which grade a default probability, an expected loss or a critical default rate earns, by a
//! named table.
//!
//! Tables of different names are different scales: an AAA of one is no Aaa of another. All figures
//! are shares (0.01 is 1%). A figure at a limit earns the grade; so does one above it by less than
//! a part in 10^9, which is what a curve loses when it passes through logarithms.
use crate::asset::PdTable;

/// What is lost of a defaulted bond where a table of default probabilities stands for expected
/// losses: the idealised expected losses of Moody's are 55% of its idealised default
/// probabilities, at every grade and horizon.
pub const IDEALISED_LOSS_SEVERITY: f64 = 0.55;

const SLACK: f64 = 1e-9;

/// The best grade whose cumulative default probability by `years` is not below `pd`; below one
/// year, by one year. Between the years of the table a `PdCurve` keeps its intensity constant; on
/// Moody's idealised table that is above a straight line by 0.3% (of 1) at most, at Caa2, and by
/// 0.005% at investment grades. None if `pd` is worse than the last grade or no number.
pub fn grade_by_pd(table: &PdTable, pd: f64, years: f64) -> Option<&str> {
    best(table, pd, years, 1.0)
}

/// The best grade whose expected loss by `years`, 55% of its cumulative default probability, is
/// not below `expected_loss`, a share of notional. Years and None as `grade_by_pd`.
pub fn grade_by_el(table: &PdTable, expected_loss: f64, years: f64) -> Option<&str> {
    best(table, expected_loss, years, IDEALISED_LOSS_SEVERITY)
}

fn best(table: &PdTable, figure: f64, years: f64, severity: f64) -> Option<&str> {
    let limit = |curve: &crate::asset::PdCurve| severity * curve.cumulative(years.max(1.0));
    let grades = &table.grades;
    grades.iter().find(|(_, curve)| within(figure, limit(curve))).map(|(grade, _)| grade.as_str())
}

fn within(figure: f64, limit: f64) -> bool {
    figure <= limit * (1.0 + SLACK)
}

/// Whose targets a table keeps apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetType {
    /// Loans to companies (企业贷款).
    Corporate,
    /// Finance leases (融资租赁).
    Lease,
    /// Residential mortgages, car and consumer loans (住房、汽车、消费贷款).
    RmbsAutoConsumer,
    /// Loans to micro enterprises (小微).
    MicroEnterprise,
}

impl AssetType {
    pub const ALL: [AssetType; 4] = [
        AssetType::Corporate,
        AssetType::Lease,
        AssetType::RmbsAutoConsumer,
        AssetType::MicroEnterprise,
    ];

    /// The word of options and tables.
    pub fn name(self) -> &'static str {
        match self {
            AssetType::Corporate => "corporate",
            AssetType::Lease => "lease",
            AssetType::RmbsAutoConsumer => "rmbs_auto_consumer",
            AssetType::MicroEnterprise => "micro_enterprise",
        }
    }
}

/// What a grade asks of a pool of one asset type; none is unknown, not without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// How many times the base default rate the class must stand.
    pub multiplier: Option<f64>,
    /// The most likely the class may be to default.
    pub pd: Option<f64>,
    /// The most that the class may be expected to lose, a share of notional.
    pub el: Option<f64>,
}

/// Targets by grade and asset type.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetTable {
    pub name: String,
    pub source: String,
    /// Best grade first; targets in the order of `AssetType::ALL`.
    pub grades: Vec<(String, [Target; 4])>,
}

impl TargetTable {
    /// What a grade, written as the table writes it, asks; None if the table does not have it.
    pub fn target(&self, grade: &str, asset_type: AssetType) -> Option<Target> {
        let row = self.grades.iter().find(|(name, _)| name == grade);
        row.map(|(_, targets)| targets[asset_type as usize])
    }

    /// Whether it says for any grade how much may be lost.
    pub fn says_losses(&self) -> bool {
        self.grades.iter().any(|(_, targets)| targets.iter().any(|target| target.el.is_some()))
    }

    /// The best grade whose target default probability is known and not below `pd`.
    pub fn grade_by_pd(&self, asset_type: AssetType, pd: f64) -> Option<&str> {
        self.best(asset_type, |target| target.pd.is_some_and(|limit| within(pd, limit)))
    }

    /// The best grade whose multiplier is known and, times `base_rate`, is not above
    /// `critical_rate`: cumulative default rates of the pool, as expected and as the class just
    /// stands it.
    pub fn grade_by_critical_rate(
        &self,
        asset_type: AssetType,
        base_rate: f64,
        critical_rate: f64,
    ) -> Option<&str> {
        let stands = |multiplier: f64| within(multiplier * base_rate, critical_rate);
        self.best(asset_type, |target| target.multiplier.is_some_and(stands))
    }

    fn best(&self, asset_type: AssetType, earned: impl Fn(&Target) -> bool) -> Option<&str> {
        let earned = |row: &&(String, [Target; 4])| earned(&row.1[asset_type as usize]);
        self.grades.iter().find(earned).map(|(grade, _)| grade.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::asset::PdCurve;

    /// Origin: four rows of Moody's idealised default probabilities, in percent, years 1 to 5, 7
    /// and 10.
    fn idealised() -> PdTable {
        let rows = [
            ("Aaa", [0.0001, 0.0002, 0.0007, 0.0018, 0.0029, 0.0052, 0.0100]),
            ("A2", [0.0109, 0.0700, 0.2220, 0.3450, 0.4670, 0.7100, 1.2000]),
            ("Baa3", [0.42, 1.05, 1.71, 2.38, 3.05, 4.33, 6.10]),
            ("Caa2", [26.0, 32.5, 39.0, 43.88, 48.75, 55.25, 65.0]),
        ];
        let years = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0];
        let curve = |percents: [f64; 7]| {
            let points: Vec<_> =
                years.into_iter().zip(percents).map(|(years, pd)| (years, pd / 100.0)).collect();
            PdCurve::new(&points).unwrap()
        };
        let grades = rows.map(|(grade, percents)| (grade.to_owned(), curve(percents)));
        let (name, source) = ("idealised".to_owned(), "by hand".to_owned());
        PdTable { name, source, grades: grades.to_vec() }
    }

    #[test]
    fn the_best_grade_that_a_default_probability_keeps_to() {
        let table = idealised();
        let check = |percent: f64, years: f64, want: Option<&str>| {
            assert_eq!(grade_by_pd(&table, percent / 100.0, years), want, "{percent}% by {years}");
        };
        check(0.0, 3.0, Some("Aaa"));
        check(0.0007, 3.0, Some("Aaa"));
        check(0.000_701, 3.0, Some("A2"));
        check(0.222, 3.0, Some("A2"));
        check(0.222_1, 3.0, Some("Baa3"));
        check(6.1, 10.0, Some("Baa3"));
        check(6.11, 10.0, Some("Caa2"));
        check(65.0, 10.0, Some("Caa2"));
        check(65.01, 10.0, None);
        check(f64::NAN, 10.0, None);
        // A year at least, whatever the life.
        check(0.0001, 0.25, Some("Aaa"));
        check(0.010_9, 0.25, Some("A2"));
        check(0.011, 0.25, Some("Baa3"));
        // Half way from 0.467% to 0.710%: 1 - sqrt(0.99533 x 0.99290) = 0.588574%.
        check(0.588_57, 6.0, Some("A2"));
        check(0.588_58, 6.0, Some("Baa3"));
    }

    #[test]
    fn the_best_grade_that_an_expected_loss_keeps_to() {
        let table = idealised();
        let check = |percent: f64, years: f64, want: Option<&str>| {
            assert_eq!(grade_by_el(&table, percent / 100.0, years), want, "{percent}% by {years}");
        };
        // 55% of 0.0100%, 0.222% and 3.05%.
        check(0.005_5, 10.0, Some("Aaa"));
        check(0.005_51, 10.0, Some("A2"));
        check(0.122_1, 3.0, Some("A2"));
        check(0.122_2, 3.0, Some("Baa3"));
        check(1.677_5, 5.0, Some("Baa3"));
        check(1.678, 5.0, Some("Caa2"));
        check(36.0, 10.0, None);
    }

    #[test]
    fn an_unknown_target_earns_nothing() {
        let known =
            |multiplier, pd| Target { multiplier: Some(multiplier), pd: Some(pd), el: None };
        let row = |grade: &str, target| (grade.to_owned(), [target; 4]);
        let table = TargetTable {
            name: "by hand".to_owned(),
            source: "by hand".to_owned(),
            grades: vec![
                row("AAA", known(5.0, 0.0002)),
                row("AA", Target::default()),
                row("A", Target { pd: Some(0.0053), ..Target::default() }),
                row("BBB", known(2.3, 0.02)),
            ],
        };
        let corporate = AssetType::Corporate;
        assert_eq!(table.grade_by_pd(corporate, 0.0002), Some("AAA"));
        assert_eq!(table.grade_by_pd(corporate, 0.000_21), Some("A"));
        assert_eq!(table.grade_by_pd(corporate, 0.006), Some("BBB"));
        assert_eq!(table.grade_by_pd(corporate, 0.021), None);
        // 5 x 6% = 30%; 2.3 x 6% = 13.8%.
        assert_eq!(table.grade_by_critical_rate(corporate, 0.06, 0.30), Some("AAA"));
        assert_eq!(table.grade_by_critical_rate(corporate, 0.06, 0.299), Some("BBB"));
        assert_eq!(table.grade_by_critical_rate(corporate, 0.06, 0.137), None);
        assert_eq!(table.target("AA", corporate), Some(Target::default()));
        assert_eq!(table.target("Aa", corporate), None);
    }
}
