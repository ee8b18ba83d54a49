//! How many days accrue, and what part of a year they are.
//!
//! Days are `[start, end)`. A fraction is exact, so that interest can be rounded once, at the end.
use super::{Date, day_number, spelled};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayCount {
    /// Real days over 365; 29 February counts.
    Act365,
    Act360,
    /// 30E/360: the 31st of either date counts as the 30th.
    Thirty360,
    /// ISDA: days in leap years over 366, the others over 365.
    ActAct,
}

/// Written as the convention writes it (`62/365`, `360/360`), not reduced, except for ACT/ACT
/// across both kinds of year. Equality compares the two parts. `den` is above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct YearFraction {
    pub num: i64,
    pub den: i64,
}

impl YearFraction {
    pub fn as_f64(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

const SPELLINGS: &[(DayCount, &[&str])] = &[
    (DayCount::Act365, &["ACT/365", "ACT365", "ACT/365F", "实际/365"]),
    (DayCount::Act360, &["ACT/360", "ACT360", "实际/360"]),
    (DayCount::Thirty360, &["30/360", "30E/360", "30360"]),
    (DayCount::ActAct, &["ACT/ACT", "ACTACT", "实际/实际"]),
];

impl DayCount {
    pub const ALL: [DayCount; 4] =
        [DayCount::Act365, DayCount::Act360, DayCount::Thirty360, DayCount::ActAct];

    /// The part of a year in `[start, end)`; below 0 if `end` is before `start`.
    pub fn fraction(self, start: Date, end: Date) -> YearFraction {
        if end < start {
            let YearFraction { num, den } = self.fraction(end, start);
            return YearFraction { num: -num, den };
        }
        match self {
            DayCount::Act365 => YearFraction { num: days(start, end), den: 365 },
            DayCount::Act360 => YearFraction { num: days(start, end), den: 360 },
            DayCount::Thirty360 => YearFraction { num: days_30e(start, end), den: 360 },
            DayCount::ActAct => actual_actual(start, end),
        }
    }

    pub fn parse(text: &str) -> Option<DayCount> {
        spelled(text, SPELLINGS)
    }

    pub fn name(self) -> &'static str {
        match self {
            DayCount::Act365 => "ACT/365",
            DayCount::Act360 => "ACT/360",
            DayCount::Thirty360 => "30/360",
            DayCount::ActAct => "ACT/ACT",
        }
    }
}

/// Real days in `[start, end)`; below 0 if `end` is before `start`.
pub fn days(start: Date, end: Date) -> i64 {
    i64::from(day_number(end) - day_number(start))
}

/// Days in `[start, end)` when every month has 30, by 30E/360.
pub(super) fn days_30e(start: Date, end: Date) -> i64 {
    let day = |date: Date| {
        let months = i64::from(date.year()) * 12 + i64::from(date.month());
        months * 30 + i64::from(date.day().min(30))
    };
    day(end) - day(start)
}

/// The days at both ends lie in years of 365 or 366; every whole year between is exactly 1.
fn actual_actual(start: Date, end: Date) -> YearFraction {
    let (first_year, last_year) = (i64::from(start.year()), i64::from(end.year()));
    if first_year == last_year {
        return YearFraction { num: days(start, end), den: i64::from(start.days_in_year()) };
    }
    let whole_years = last_year - first_year - 1;
    let mut common_days = 0;
    let mut leap_days = 0;
    let head = days(start, start.last_of_year()) + 1;
    let tail = days(end.first_of_year(), end);
    for (in_leap_year, count) in [(start.in_leap_year(), head), (end.in_leap_year(), tail)] {
        *(if in_leap_year { &mut leap_days } else { &mut common_days }) += count;
    }
    match (common_days, leap_days) {
        (common, 0) => YearFraction { num: common + 365 * whole_years, den: 365 },
        (0, leap) => YearFraction { num: leap + 366 * whole_years, den: 366 },
        (common, leap) => reduced(common * 366 + leap * 365 + whole_years * 133_590, 133_590),
    }
}

fn reduced(num: i64, den: i64) -> YearFraction {
    let (mut divisor, mut rest) = (num, den);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    YearFraction { num: num / divisor, den: den / divisor }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dates::parse;

    /// `want` is a sum of fractions, as `4/365+58/366`.
    fn check(start: &str, end: &str, name: &str, want: &str) {
        let (start, end) = (parse(start).unwrap(), parse(end).unwrap());
        let convention = DayCount::parse(name).unwrap();
        let (mut num, mut den) = (0_i64, 1_i64);
        for term in want.split('+') {
            let (n, d) = term.split_once('/').unwrap();
            let (n, d): (i64, i64) = (n.parse().unwrap(), d.parse().unwrap());
            (num, den) = (num * d + n * den, den * d);
        }
        let got = convention.fraction(start, end);
        assert_eq!(got.num * den, num * got.den, "{name} {start} {end}: {got:?}, not {want}");
        let back = convention.fraction(end, start);
        assert_eq!((back.num, back.den), (-got.num, got.den), "{name} is not antisymmetric");
    }

    /// Origin: Hastructure's unit tests (UtilTest, commit 014cb77), the conventions we share.
    /// Its `30E/360` row of 479 is ours; its ISDA and US rows of 480 keep the 31st of May.
    #[test]
    fn agrees_with_a_peer() {
        let rows: [(&str, &str, [&str; 4]); 4] = [
            ("2007-12-28", "2008-02-28", ["4/365+58/366", "62/365", "62/360", "60/360"]),
            ("2007-12-28", "2008-02-29", ["4/365+59/366", "63/365", "63/360", "61/360"]),
            ("2007-10-31", "2008-11-30", ["62/365+334/366", "396/365", "396/360", "390/360"]),
            ("2008-02-01", "2009-05-31", ["335/366+150/365", "485/365", "485/360", "479/360"]),
        ];
        for (start, end, wants) in rows {
            for (name, want) in ["ACT/ACT", "ACT/365", "ACT/360", "30E/360"].iter().zip(wants) {
                check(start, end, name, want);
            }
        }
    }

    /// Origin: by hand from the ISDA definition.
    #[test]
    fn actual_actual_over_years() {
        check("2020-01-01", "2021-01-01", "ACT/ACT", "366/366");
        check("2023-01-01", "2025-01-01", "ACT/ACT", "2/1");
        check("2019-07-01", "2021-07-01", "ACT/ACT", "184/365+366/366+181/365");
        check("2020-03-01", "2024-03-01", "ACT/ACT", "306/366+3/1+60/366");
        check("2023-06-01", "2023-06-01", "ACT/ACT", "0/365");
        let at = |text| parse(text).unwrap();
        let mixed = DayCount::ActAct.fraction(at("2007-12-28"), at("2008-02-28"));
        assert_eq!(mixed, YearFraction { num: 11_317, den: 66_795 });
        let one_kind = DayCount::ActAct.fraction(at("2023-01-01"), at("2023-03-15"));
        assert_eq!(one_kind, YearFraction { num: 73, den: 365 });
    }

    /// Origin: by hand, 100 m at 3.25% from 2023-11-17 to 2024-11-17 (366 days), in fen.
    #[test]
    fn one_year_note_with_a_leap_day() {
        let (start, end) = (parse("2023-11-17").unwrap(), parse("2024-11-17").unwrap());
        let rows = [
            (DayCount::Act365, 325_890_411),
            (DayCount::Act360, 330_416_667),
            (DayCount::Thirty360, 325_000_000),
        ];
        for (convention, want_fen) in rows {
            let YearFraction { num, den } = convention.fraction(start, end);
            let twice = 2 * 325_000_000 * num / den;
            assert_eq!((twice + 1) / 2, want_fen, "{}", convention.name());
        }
        check("2023-11-17", "2024-11-17", "ACT/ACT", "45/365+321/366");
    }

    #[test]
    fn names_are_read_back() {
        for (convention, spellings) in SPELLINGS {
            assert_eq!(DayCount::parse(convention.name()), Some(*convention));
            assert_eq!(spellings[0], convention.name());
        }
        let rows = [
            ("act365", Some(DayCount::Act365)),
            (" 实际/365 ", Some(DayCount::Act365)),
            ("act/360", Some(DayCount::Act360)),
            ("30e/360", Some(DayCount::Thirty360)),
            ("Act/Act", Some(DayCount::ActAct)),
            ("365", None),
            ("", None),
        ];
        for (text, want) in rows {
            assert_eq!(DayCount::parse(text), want, "{text}");
        }
    }
}
