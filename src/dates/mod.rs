//! Which day is it, is it a business day, how many days accrue, what are the periods?
//!
//! Every function here is total and pure: no clock, no time zone, no panic. A result that would
//! leave jiff's range of years is held at its first or last day.
mod calendar;
mod day_count;
mod parse;
mod schedule;

pub use calendar::{Calendar, CalendarKind, Roll};
pub use day_count::{DayCount, YearFraction, days};
pub use jiff::civil::Date;
pub use parse::{YEARS, is_out_of_range, parse};
pub use schedule::{
    Frequency, add_days, add_months, grid, month_end, months_between, year_fraction_months,
};

/// Days since 1970-01-01, proleptic Gregorian. Years are counted from March, so that the leap day
/// ends the year; 400 years are 146,097 days.
fn day_number(date: Date) -> i32 {
    let month = i32::from(date.month());
    let year = i32::from(date.year()) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(date.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of `day_number`.
fn from_day_number(days: i32) -> Date {
    let days = i64::from(days) + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    civil(era * 400 + year_of_era + i64::from(month <= 2), month, day_of_month)
}

/// The date of three parts that are right but for a year perhaps out of range.
fn civil(year: i64, month: i64, day: i64) -> Date {
    let edge = if year < 0 { Date::MIN } else { Date::MAX };
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    let (Ok(year), Ok(month), Ok(day)) = parts else {
        return edge;
    };
    Date::new(year, month, day).unwrap_or(edge)
}

/// The value whose list of spellings holds `text`, whatever its ASCII case and outer blanks.
fn spelled<T: Copy>(text: &str, spellings: &[(T, &[&str])]) -> Option<T> {
    let text = text.trim();
    let row = spellings.iter().find(|row| row.1.iter().any(|s| s.eq_ignore_ascii_case(text)));
    row.map(|row| row.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn day_numbers_step_by_one_and_come_back() {
        let mut date = Date::new(1895, 12, 25).unwrap();
        let mut number = day_number(date);
        while date.year() < 2105 {
            assert_eq!(from_day_number(number), date);
            assert_eq!(day_number(date), number);
            date = date.tomorrow().unwrap();
            number += 1;
        }
        assert_eq!(day_number(Date::new(1970, 1, 1).unwrap()), 0);
    }

    #[test]
    fn days_out_of_range_are_held_at_the_edges() {
        for edge in [Date::MIN, Date::MAX] {
            assert_eq!(from_day_number(day_number(edge)), edge);
        }
        assert_eq!(from_day_number(i32::MIN), Date::MIN);
        assert_eq!(from_day_number(i32::MAX), Date::MAX);
    }
}
