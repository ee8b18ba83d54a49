//! What are the periods?
//!
//! Dates of a grid are always counted from its first date, never from the one before, so a month
//! that is too short does not pull the later dates back.
use super::day_count::{DayCount, YearFraction, days_30e};
use super::{Date, civil, spelled};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frequency {
    Monthly,
    TwoMonthly,
    Quarterly,
    HalfYearly,
    Yearly,
}

impl Frequency {
    /// Months in one period.
    pub fn months(self) -> i32 {
        match self {
            Frequency::Monthly => 1,
            Frequency::TwoMonthly => 2,
            Frequency::Quarterly => 3,
            Frequency::HalfYearly => 6,
            Frequency::Yearly => 12,
        }
    }

    pub fn parse(text: &str) -> Option<Frequency> {
        spelled(text, SPELLINGS)
    }

    pub fn name(self) -> &'static str {
        match self {
            Frequency::Monthly => "monthly",
            Frequency::TwoMonthly => "two_monthly",
            Frequency::Quarterly => "quarterly",
            Frequency::HalfYearly => "half_yearly",
            Frequency::Yearly => "yearly",
        }
    }
}

const SPELLINGS: &[(Frequency, &[&str])] = &[
    (Frequency::Monthly, &["monthly", "按月", "每月"]),
    (Frequency::TwoMonthly, &["two_monthly", "每两月", "每两个月"]),
    (Frequency::Quarterly, &["quarterly", "按季", "按季度", "每季"]),
    (Frequency::HalfYearly, &["half_yearly", "半年", "按半年", "每半年"]),
    (Frequency::Yearly, &["yearly", "按年", "每年"]),
];

/// The same day of another month, or that month's last day if it is shorter.
pub fn add_months(from: Date, months: i32) -> Date {
    let month_number = i64::from(from.year()) * 12 + i64::from(from.month()) - 1;
    let month_number = month_number + i64::from(months);
    let first = civil(month_number.div_euclid(12), month_number.rem_euclid(12) + 1, 1);
    let day = from.day().min(first.days_in_month());
    Date::new(first.year(), first.month(), day).unwrap_or(first)
}

pub fn month_end(date: Date) -> Date {
    date.last_of_month()
}

/// `first`, and every period after it up to and including `last`; empty if `last` is before
/// `first`. With `end_of_month`, a `first` that ends its month makes every date end its own.
pub fn grid(first: Date, frequency: Frequency, last: Date, end_of_month: bool) -> Vec<Date> {
    let keep_month_ends = end_of_month && first == month_end(first);
    let mut dates: Vec<Date> = Vec::new();
    let mut months = 0;
    loop {
        let same_day = add_months(first, months);
        let date = if keep_month_ends { month_end(same_day) } else { same_day };
        if date > last || dates.last().is_some_and(|previous| *previous >= date) {
            return dates;
        }
        dates.push(date);
        months += frequency.months();
    }
}

/// Months completed from `a` to `b`, cut towards 0: 30/360 days over 30, and a date that
/// `add_months` reaches, or two month ends, are whole months apart (31 January to 28 February: 1).
pub fn months_between(a: Date, b: Date) -> i32 {
    whole_months(a, b).unwrap_or_else(|| i32::try_from(days_30e(a, b) / 30).unwrap_or(i32::MAX))
}

/// Years from `a` to `b` on month time: months / 12 if they are whole months apart, as
/// `months_between` has it, so that one year is exactly 1; 30/360 otherwise.
pub fn year_fraction_months(a: Date, b: Date) -> YearFraction {
    match whole_months(a, b) {
        Some(months) => YearFraction { num: i64::from(months), den: 12 },
        None => DayCount::Thirty360.fraction(a, b),
    }
}

fn whole_months(a: Date, b: Date) -> Option<i32> {
    let month_number = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
    let months = month_number(b) - month_number(a);
    let both_month_ends = a == month_end(a) && b == month_end(b);
    (both_month_ends || add_months(a, months) == b || add_months(b, -months) == a).then_some(months)
}

/// So many calendar days later, earlier where negative.
pub fn add_days(date: Date, days: i32) -> Date {
    super::from_day_number(super::day_number(date).saturating_add(days))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dates::parse;

    fn at(text: &str) -> Date {
        parse(text).unwrap()
    }

    fn check_add(from: &str, months: i32, want: &str) {
        assert_eq!(add_months(at(from), months), at(want), "{from} {months:+}");
    }

    #[test]
    fn months_are_added() {
        check_add("2023-01-31", 1, "2023-02-28");
        check_add("2024-01-31", 1, "2024-02-29");
        check_add("2023-01-31", 2, "2023-03-31");
        check_add("2024-02-29", 12, "2025-02-28");
        check_add("2024-02-29", 48, "2028-02-29");
        check_add("2024-02-29", 1, "2024-03-29");
        check_add("2023-11-17", 2, "2024-01-17");
        check_add("2023-03-31", -1, "2023-02-28");
        check_add("2023-01-15", -1, "2022-12-15");
        check_add("2023-01-15", 0, "2023-01-15");
        assert_eq!(add_months(at("2023-01-15"), i32::MAX).year(), 9999);
        assert_eq!(month_end(at("2024-02-01")), at("2024-02-29"));
    }

    fn check_grid(first: &str, every: &str, last: &str, end_of_month: bool, want: &str) {
        let frequency = Frequency::parse(every).unwrap();
        let dates = grid(at(first), frequency, at(last), end_of_month);
        let got: Vec<_> = dates.iter().map(|date| date.to_string()).collect();
        assert_eq!(got.join(" "), want, "{first} {every} {last}");
    }

    #[test]
    fn grids_are_counted_from_the_first_date() {
        let ends = "2024-01-31 2024-02-29 2024-03-31 2024-04-30";
        check_grid("2024-01-31", "monthly", "2024-04-30", false, ends);
        check_grid("2024-01-31", "monthly", "2024-04-30", true, ends);
        let (kept, not_kept) =
            ("2024-02-29 2024-05-31 2024-08-31", "2024-02-29 2024-05-29 2024-08-29");
        check_grid("2024-02-29", "按季", "2024-08-31", true, kept);
        check_grid("2024-02-29", "按季", "2024-08-31", false, not_kept);
        check_grid("2024-02-28", "半年", "2024-08-31", true, "2024-02-28 2024-08-28");
        check_grid("2023-11-17", "按年", "2024-11-17", true, "2023-11-17 2024-11-17");
        check_grid("2023-11-17", "按年", "2024-11-16", true, "2023-11-17");
        check_grid("2023-11-17", "每两月", "2024-01-20", true, "2023-11-17 2024-01-17");
        check_grid("2023-11-17", "monthly", "2023-11-16", true, "");
    }

    #[test]
    fn a_grid_ends_with_the_range_of_years() {
        let dates = grid(at("2100-01-31"), Frequency::Monthly, Date::MAX, true);
        assert_eq!(dates.len(), 12 * 7_900);
        assert_eq!(dates.last(), Some(&Date::MAX));
    }

    fn check_between(a: &str, b: &str, months: i32, num: i64, den: i64) {
        let (a, b) = (at(a), at(b));
        assert_eq!(months_between(a, b), months, "{a} {b}");
        assert_eq!(months_between(b, a), -months, "{b} {a}");
        assert_eq!(year_fraction_months(a, b), YearFraction { num, den }, "{a} {b}");
        assert_eq!(year_fraction_months(b, a), YearFraction { num: -num, den }, "{b} {a}");
    }

    #[test]
    fn months_are_counted() {
        check_between("2023-11-17", "2024-11-17", 12, 12, 12);
        check_between("2023-01-15", "2023-02-14", 0, 29, 360);
        check_between("2023-01-15", "2023-02-16", 1, 31, 360);
        check_between("2023-01-31", "2023-02-28", 1, 1, 12);
        check_between("2023-02-28", "2024-02-29", 12, 12, 12);
        check_between("2023-02-28", "2023-03-31", 1, 1, 12);
        check_between("2023-01-31", "2023-03-30", 2, 60, 360);
        check_between("2023-06-30", "2023-06-30", 0, 0, 12);
    }

    #[test]
    fn names_are_read_back() {
        for (frequency, spellings) in SPELLINGS {
            assert_eq!(Frequency::parse(frequency.name()), Some(*frequency));
            assert_eq!(spellings[0], frequency.name());
        }
        assert_eq!(Frequency::parse("Monthly "), Some(Frequency::Monthly));
        assert_eq!(Frequency::parse("weekly"), None);
    }
}
