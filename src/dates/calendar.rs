//! Is it a business day, and which one is n business days away?
//!
//! The table holds the State Council's holiday notices of 2016 to 2026. Outside those years only
//! weekends close; `Calendar::horizon` lets a caller say so.
use super::{Date, day_number, from_day_number, parse, spelled};

/// Days on which the exchanges closed beyond the notices: New Year's Eve of 2024, by Shanghai's own
/// trading schedule.
const EXCHANGE_CLOSED: &[(i16, i8, i8)] = &[(2024, 2, 9)];

const HOLIDAYS_CSV: &str = include_str!("china_holidays.csv");

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CalendarKind {
    /// Closed on holidays and on every weekend day, made up for or not.
    Exchange,
    /// Closed on holidays and weekends, open on the weekend days that make up for a holiday.
    Interbank,
    /// Closed on weekends only.
    Weekends,
    AllDays,
}

impl CalendarKind {
    pub fn parse(text: &str) -> Option<CalendarKind> {
        spelled(text, KIND_SPELLINGS)
    }

    pub fn name(self) -> &'static str {
        match self {
            CalendarKind::Exchange => "exchange",
            CalendarKind::Interbank => "interbank",
            CalendarKind::Weekends => "weekends",
            CalendarKind::AllDays => "all_days",
        }
    }
}

const KIND_SPELLINGS: &[(CalendarKind, &[&str])] = &[
    (CalendarKind::Exchange, &["exchange", "交易所"]),
    (CalendarKind::Interbank, &["interbank", "银行间"]),
    (CalendarKind::Weekends, &["weekends", "周末"]),
    (CalendarKind::AllDays, &["all_days", "自然日"]),
];

/// Where a payment date goes that is not a business day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Roll {
    Following,
    /// Following, but preceding if that would leave the month.
    ModifiedFollowing,
    Preceding,
    None,
}

impl Roll {
    pub fn parse(text: &str) -> Option<Roll> {
        spelled(text, ROLL_SPELLINGS)
    }

    pub fn name(self) -> &'static str {
        match self {
            Roll::Following => "following",
            Roll::ModifiedFollowing => "modified_following",
            Roll::Preceding => "preceding",
            Roll::None => "none",
        }
    }
}

const ROLL_SPELLINGS: &[(Roll, &[&str])] = &[
    (Roll::Following, &["following", "顺延"]),
    (Roll::ModifiedFollowing, &["modified_following", "modified following", "修正顺延"]),
    (Roll::Preceding, &["preceding", "提前"]),
    (Roll::None, &["none", "不调整"]),
];

/// Build it once and pass it on: building reads the table, asking does not allocate.
#[derive(Clone, Debug)]
pub struct Calendar {
    kind: CalendarKind,
    weekends_close: bool,
    /// Day numbers that are open against the weekly rule or closed against it; ascending.
    exceptions: Vec<i32>,
    horizon: Date,
}

impl Calendar {
    pub fn china(kind: CalendarKind) -> Calendar {
        let mut calendar = Calendar {
            kind,
            weekends_close: kind != CalendarKind::AllDays,
            exceptions: Vec::new(),
            horizon: Date::MAX,
        };
        let makeup_days_open = match kind {
            CalendarKind::Exchange => false,
            CalendarKind::Interbank => true,
            CalendarKind::Weekends | CalendarKind::AllDays => return calendar,
        };
        let mut last = Date::MIN;
        for (date, open) in HOLIDAYS_CSV.lines().filter_map(table_row) {
            last = last.max(date);
            if !open || makeup_days_open {
                calendar.set(date, open);
            }
        }
        if kind == CalendarKind::Exchange {
            let dates = EXCHANGE_CLOSED.iter().filter_map(|&(y, m, d)| Date::new(y, m, d).ok());
            dates.for_each(|date| calendar.set(date, false));
        }
        calendar.horizon = last.last_of_year();
        calendar
    }

    /// Days of the user's own table; a day in both lists is open. A table for the years right
    /// after the horizon moves it: each such year needs at least one closed day.
    pub fn with_extra(mut self, closed: &[Date], open: &[Date]) -> Calendar {
        closed.iter().for_each(|&date| self.set(date, false));
        open.iter().for_each(|&date| self.set(date, true));
        while closed.iter().any(|date| date.year() == self.horizon.year().saturating_add(1)) {
            self.horizon = super::schedule::add_months(self.horizon, 12);
        }
        self
    }

    /// Which calendar it began as.
    pub fn kind(&self) -> CalendarKind {
        self.kind
    }

    pub fn is_business_day(&self, date: Date) -> bool {
        self.is_open(day_number(date))
    }

    /// The n-th business day after `date` (before it if n < 0), which need not be one itself;
    /// `date` unchanged if n is 0.
    pub fn add_business_days(&self, date: Date, n: i32) -> Date {
        let step = n.signum();
        let mut day = day_number(date);
        for _ in 0..n.unsigned_abs() {
            day = self.open_day_from(day + step, step);
            if !DAYS_HELD.contains(&day) {
                break;
            }
        }
        from_day_number(day)
    }

    pub fn roll(&self, date: Date, roll: Roll) -> Date {
        let day = day_number(date);
        let following = || from_day_number(self.open_day_from(day, 1));
        let preceding = || from_day_number(self.open_day_from(day, -1));
        match roll {
            Roll::Following => following(),
            Roll::ModifiedFollowing => {
                Some(following()).filter(|d| d.month() == date.month()).unwrap_or_else(preceding)
            }
            Roll::Preceding => preceding(),
            Roll::None => date,
        }
    }

    /// The last day whose holidays are known: 2026-12-31, or later by `with_extra`. A calendar
    /// without holidays knows every day.
    pub fn horizon(&self) -> Date {
        self.horizon
    }

    /// The first open day at or after `day` (at or before it if `step` is -1).
    fn open_day_from(&self, mut day: i32, step: i32) -> i32 {
        while !self.is_open(day) && DAYS_HELD.contains(&day) {
            day += step;
        }
        day
    }

    fn is_open(&self, day: i32) -> bool {
        self.opens_weekly(day) != self.exceptions.binary_search(&day).is_ok()
    }

    /// Day 0 was a Thursday.
    fn opens_weekly(&self, day: i32) -> bool {
        !self.weekends_close || (day + 3).rem_euclid(7) < 5
    }

    fn set(&mut self, date: Date, open: bool) {
        let day = day_number(date);
        let is_exception = self.opens_weekly(day) != open;
        match self.exceptions.binary_search(&day) {
            Ok(at) if !is_exception => drop(self.exceptions.remove(at)),
            Err(at) if is_exception => self.exceptions.insert(at, day),
            Ok(_) | Err(_) => {}
        }
    }
}

/// The day numbers of `Date::MIN` to `Date::MAX`: a search stops when it leaves them.
const DAYS_HELD: std::ops::RangeInclusive<i32> = -4_371_587..=2_932_896;

/// A day of the table and whether offices work on it; nothing for the header.
fn table_row(line: &str) -> Option<(Date, bool)> {
    let mut fields = line.split(',');
    let date = parse::parse(fields.next()?)?;
    match fields.next()? {
        "holiday" => Some((date, false)),
        "makeup_workday" => Some((date, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Date {
        parse::parse(text).unwrap()
    }

    fn calendar(name: &str) -> Calendar {
        Calendar::china(CalendarKind::parse(name).unwrap())
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows: Vec<_> = HOLIDAYS_CSV.lines().filter_map(table_row).collect();
        assert_eq!(rows.len(), HOLIDAYS_CSV.lines().count() - 1);
        assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let exchange = calendar("exchange");
        let interbank = calendar("interbank");
        for (date, open) in rows {
            assert!(!exchange.is_business_day(date), "{date}");
            assert_eq!(interbank.is_business_day(date), open, "{date}");
            assert!(!open || !calendar("weekends").is_business_day(date), "{date}");
        }
    }

    fn check_open(name: &str, date: &str, want: bool) {
        assert_eq!(calendar(name).is_business_day(at(date)), want, "{name} {date}");
    }

    #[test]
    fn markets_close_on_their_days() {
        // Spring Festival 2024 and a Saturday and a Sunday that make up for it.
        for name in ["exchange", "interbank"] {
            check_open(name, "2024-02-12", false);
            check_open(name, "2024-02-16", false);
            check_open(name, "2024-02-19", true);
            check_open(name, "2024-02-24", false);
        }
        // New Year's Eve 2024 was a working day by the notice; the exchanges closed all the same.
        check_open("exchange", "2024-02-09", false);
        check_open("interbank", "2024-02-09", true);
        for date in ["2024-02-04", "2024-02-18"] {
            check_open("exchange", date, false);
            check_open("interbank", date, true);
        }
        check_open("weekends", "2024-02-12", true);
        check_open("weekends", "2024-02-18", false);
        check_open("all_days", "2024-02-18", true);
        // Past the table only weekends close.
        check_open("exchange", "2027-10-01", true);
        check_open("exchange", "2027-10-02", false);
    }

    fn check_add(name: &str, from: &str, n: i32, want: &str) {
        let got = calendar(name).add_business_days(at(from), n);
        assert_eq!(got, at(want), "{name} {from} {n:+}");
    }

    #[test]
    fn business_days_are_counted_over_national_day() {
        // 2023-09-29 to 2023-10-06 closed; 7 and 8 October work, but not at the exchange.
        check_add("exchange", "2023-10-12", -10, "2023-09-20");
        check_add("interbank", "2023-10-12", -10, "2023-09-22");
        check_add("exchange", "2023-10-12", -3, "2023-10-09");
        check_add("exchange", "2023-10-12", -4, "2023-09-28");
        check_add("exchange", "2023-09-28", 1, "2023-10-09");
        check_add("interbank", "2023-09-28", 1, "2023-10-07");
        // From a day that is none itself.
        check_add("exchange", "2023-10-01", 1, "2023-10-09");
        check_add("exchange", "2023-10-01", -1, "2023-09-28");
        check_add("exchange", "2023-10-01", 0, "2023-10-01");
        check_add("all_days", "2023-10-12", -10, "2023-10-02");
    }

    #[test]
    fn counting_stops_at_the_edges() {
        let exchange = calendar("exchange");
        assert_eq!(exchange.add_business_days(at("2023-10-12"), i32::MAX), Date::MAX);
        assert_eq!(exchange.add_business_days(at("2023-10-12"), i32::MIN), Date::MIN);
        let edges = DAYS_HELD;
        assert_eq!(*edges.start(), day_number(Date::MIN));
        assert_eq!(*edges.end(), day_number(Date::MAX));
    }

    fn check_roll(name: &str, date: &str, following: &str, modified: &str, preceding: &str) {
        let calendar = calendar(name);
        let rows = [
            (Roll::Following, following),
            (Roll::ModifiedFollowing, modified),
            (Roll::Preceding, preceding),
            (Roll::None, date),
        ];
        for (roll, want) in rows {
            assert_eq!(calendar.roll(at(date), roll), at(want), "{name} {date} {}", roll.name());
        }
    }

    #[test]
    fn dates_roll() {
        check_roll("exchange", "2024-11-17", "2024-11-18", "2024-11-18", "2024-11-15");
        check_roll("exchange", "2024-11-18", "2024-11-18", "2024-11-18", "2024-11-18");
        // Across a month end and a year end.
        check_roll("exchange", "2024-08-31", "2024-09-02", "2024-08-30", "2024-08-30");
        check_roll("exchange", "2023-12-31", "2024-01-02", "2023-12-29", "2023-12-29");
        check_roll("exchange", "2023-09-30", "2023-10-09", "2023-09-28", "2023-09-28");
        check_roll("interbank", "2023-09-30", "2023-10-07", "2023-09-28", "2023-09-28");
    }

    #[test]
    fn a_users_table_is_added() {
        let exchange = calendar("exchange");
        assert_eq!(exchange.horizon(), at("2026-12-31"));
        let extra = exchange.with_extra(
            &[at("2027-10-01"), at("2027-10-04"), at("2029-10-01"), at("2024-02-19")],
            &[at("2027-10-09"), at("2027-10-04"), at("2024-02-12")],
        );
        let rows = [
            ("2027-10-01", false),
            ("2027-10-04", true),
            ("2027-10-09", true),
            ("2024-02-12", true),
            ("2024-02-19", false),
        ];
        for (date, want) in rows {
            assert_eq!(extra.is_business_day(at(date)), want, "{date}");
        }
        // 2028 has no row, so the one for 2029 is no evidence that its year is known.
        assert_eq!(extra.horizon(), at("2027-12-31"));
        assert_eq!(calendar("weekends").with_extra(&[at("2027-10-01")], &[]).horizon(), Date::MAX);
    }

    #[test]
    fn names_are_read_back() {
        for (kind, spellings) in KIND_SPELLINGS {
            assert_eq!(CalendarKind::parse(kind.name()), Some(*kind));
            assert_eq!(spellings[0], kind.name());
        }
        for (roll, spellings) in ROLL_SPELLINGS {
            assert_eq!(Roll::parse(roll.name()), Some(*roll));
            assert_eq!(spellings[0], roll.name());
        }
        assert_eq!(Roll::parse("folowing"), None);
    }
}
