//! scenarios.csv: assumptions row by row become scenarios. Without the table there is one, `base`.

use super::columns::{ASSUMPTIONS, SCENARIOS, SHOCKS};
use super::problems::Place;
use super::reader::{Book, Names, Value, described};
use super::table::{Column, Row, Table};
use crate::asset::{Loan, RightKind};
use crate::dates::Date;
use crate::num::{Decimal, Fen};
use crate::scenario::{
    AfterPrepayment, CommonFactor, DefaultRate, Infringement, Prepayment, RateShift, Recovery,
    RightAssumptions, Scenario, ValueShocks,
};

const FILE: &str = "scenarios.csv";
/// Assumptions that may have several rows.
const LISTS: &[&str] = &[
    "annual_default_rate",
    "default_timing",
    "cpr",
    "smm",
    "recovery_share",
    "haircut",
    "value_shock",
    "default",
    "supporter_default",
    "prepaid",
    "infringement",
    "sales",
];
const EVENTS: &[&str] = &["default", "supporter_default", "prepaid"];
/// Two ways to say one thing: an own assumption of one side drops the inherited other side.
const EITHER: &[(&[&str], &[&str])] = &[
    (&["annual_default_rate"], &["cumulative_default_rate", "default_timing"]),
    (&["annual_default_rate"], &["obligor_default_rate", "economy_percentile"]),
    (
        &["obligor_default_rate", "economy_percentile"],
        &["cumulative_default_rate", "default_timing"],
    ),
    (&["cpr"], &["smm"]),
    (&["front_loaded"], &["back_loaded"]),
    (&["recovery_lag_months"], &["recovery_share"]),
];

/// What scenarios may name.
pub struct Known<'a> {
    pub obligors: &'a Names,
    pub loans: &'a Names,
    /// In the order of their names.
    pub contracts: &'a [Loan],
    pub supporters: &'a Names,
    pub rights: &'a Names,
    /// Obligors of which the table gives no probability of default.
    pub without_pd: Vec<&'a str>,
}

/// The rows of one scenario by assumption, its own and inherited ones.
#[derive(Clone)]
struct Assumed<'t> {
    rows: Vec<(&'static Column, Row<'t>)>,
}

pub fn read(book: &Book, known: &Known) -> Vec<Scenario> {
    let (table, names) = book.listed(FILE);
    let Some(table) = &table else {
        let none = Assumed { rows: Vec::new() };
        return vec![none.scenario(book, known, "base")];
    };
    if table.rows().len() == 0 {
        book.problems.at(&Place::file(FILE), "the table has no rows");
    }
    let mut order: Vec<&str> = Vec::new();
    for name in names.names.iter().filter(|name| !name.is_empty()) {
        if !order.contains(&name.as_str()) {
            order.push(name);
        }
    }
    if order.len() > 100 {
        book.problems.too_large(&Place::file(FILE), 100, "scenarios");
        return Vec::new();
    }
    let mut done: Vec<(&str, Assumed)> = Vec::new();
    for name in &order {
        let assumed = gather(book, table, name, &done);
        done.push((name, assumed));
    }
    let build = |(name, assumed): &(&str, Assumed)| assumed.scenario(book, known, name);
    done.iter().map(build).collect()
}

/// A name that can be a folder's, on any system, beside those of the scenarios above.
fn check_name(book: &Book, row: &Row, name: &str, above: &[(&str, Assumed)]) {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let small = name.to_lowercase();
    let device = match small.get(..3) {
        Some("con" | "prn" | "aux" | "nul") => small.len() == 3,
        Some("com" | "lpt") => small.len() == 4 && small.ends_with(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    let text = if !name.chars().all(fits) {
        format!("{name} cannot name a folder (want letters, digits, _, - and spaces)")
    } else if device {
        format!("{name} cannot name a folder on every system")
    } else if let Some((other, _)) = above.iter().find(|(other, _)| other.to_lowercase() == small) {
        format!("{name} and {other} would be one folder on some systems")
    } else {
        return;
    };
    book.problems.at(&row.place("scenario"), text);
}

fn gather<'t>(
    book: &Book,
    table: &'t Table<'t>,
    name: &str,
    done: &[(&str, Assumed<'t>)],
) -> Assumed<'t> {
    let mut base: Option<Assumed> = None;
    let mut own = Assumed { rows: Vec::new() };
    let mut first_rows: Vec<(&str, usize)> = Vec::new();
    let of_name = |row: &Row| row.text("scenario") == Some(name);
    for (at, row) in table.rows().filter(of_name).enumerate() {
        if at == 0 {
            check_name(book, &row, name, done);
        }
        let Some(written) = row.text("assumption") else {
            continue;
        };
        let place = row.place("assumption");
        let Some(column) = described(ASSUMPTIONS, written) else {
            let words = ASSUMPTIONS.iter().flat_map(Column::names);
            book.problems.dangling(&place, written, "the list of assumptions", words);
            continue;
        };
        let first = first_rows.iter().find(|(other, _)| *other == column.name);
        match first {
            Some((_, first)) if !LISTS.contains(&column.name) => {
                book.problems.duplicate_key(&place, written, *first);
            }
            _ => first_rows.push((column.name, row.number())),
        }
        filled(book, &row, column);
        if column.name != "like" {
            own.rows.push((column, row));
        } else if let Some(like) = row.written("value") {
            let found = done.iter().find(|(other, _)| *other == like);
            match found {
                Some((_, assumed)) => base = Some(assumed.clone()),
                None => {
                    let earlier = done.iter().map(|(other, _)| *other);
                    let place = row.place("value");
                    book.problems.dangling(&place, like, "the scenarios above", earlier);
                }
            }
        }
    }
    own.over(base)
}

/// Which of name, date and value an assumption wants.
fn filled(book: &Book, row: &Row, column: &Column) {
    let event = EVENTS.contains(&column.name);
    let dated = event || matches!(column.name, "sales" | "infringement");
    let named = dated || matches!(column.name, "recovery_share" | "value_shock");
    let may_be_named = named || column.name == "haircut";
    let wants = [("name", named, may_be_named), ("date", dated, dated), ("value", !event, !event)];
    for (cell, wanted, allowed) in wants {
        if wanted {
            row.need(cell);
        } else if !allowed && !row.is_blank(cell) {
            let text = format!("{} has no {cell} (leave it blank)", column.name);
            book.problems.at(&row.place(cell), text);
        }
    }
}

impl<'t> Assumed<'t> {
    /// Own assumptions over inherited ones.
    fn over(self, base: Option<Assumed<'t>>) -> Assumed<'t> {
        let Some(mut base) = base else {
            return self;
        };
        let has = |names: &[&str]| self.rows.iter().any(|(own, _)| names.contains(&own.name));
        base.rows.retain(|(inherited, _)| {
            let replaced = has(&[inherited.name]);
            let dropped = EITHER.iter().any(|(one, other)| {
                (one.contains(&inherited.name) && has(other))
                    || (other.contains(&inherited.name) && has(one))
            });
            !replaced && !dropped
        });
        base.rows.extend(self.rows);
        base
    }

    fn of(&self, name: &str) -> impl Iterator<Item = &(&'static Column, Row<'t>)> {
        self.rows.iter().filter(move |(column, _)| column.name == name)
    }

    fn has(&self, name: &str) -> bool {
        self.of(name).next().is_some()
    }

    fn share(&self, book: &Book, name: &str) -> Option<Decimal> {
        self.one_of(book, name, |_, value| value.share())
    }

    fn one_of<T>(
        &self,
        book: &Book,
        name: &str,
        read: impl Fn(&Column, &Value) -> Option<T>,
    ) -> Option<T> {
        let (column, row) = self.of(name).next()?;
        let text = row.written("value")?;
        read(column, &Value::new(book, text, row.place("value")))
    }

    fn months(&self, book: &Book, name: &str) -> u32 {
        let months = self.one_of(book, name, |column, value| value.count(column, 600));
        months.unwrap_or(12) as u32
    }

    fn shares(&self, book: &Book, name: &str) -> Vec<Decimal> {
        let read = |(_, row): &(&Column, Row)| {
            Value::new(book, row.written("value")?, row.place("value")).share()
        };
        self.of(name).map(|row| read(row).unwrap_or(Decimal::ZERO)).collect()
    }

    fn scenario(&self, book: &Book, known: &Known, name: &str) -> Scenario {
        for (one, other) in EITHER {
            let both = other.iter().find(|other| self.has(other)).zip(one.first());
            if let Some((other, one)) = both.filter(|(_, one)| self.has(one))
                && let Some((_, row)) = self.of(other).next()
            {
                let text = format!("{name} has {one} too (one of the two)");
                book.problems.at(&row.place("assumption"), text);
            }
        }
        let rate = |name: &str| self.one_of(book, name, |_, value| shift(value));
        let front = self.share(book, "front_loaded").unwrap_or(Decimal::ZERO);
        let back = self.share(book, "back_loaded").unwrap_or(Decimal::ZERO);
        let fewer = self.one_of(book, "after_prepayment", |column, value| value.choice(column));
        let late = self.one_of(book, "delinquent_default", |_, value| value.flag());
        Scenario {
            name: name.to_string(),
            defaults: self.defaults(book, known),
            front_loaded: front - back,
            prepayment: match self.has("smm") {
                true => Prepayment::Monthly(self.shares(book, "smm")),
                false => Prepayment::Annual(self.shares(book, "cpr")),
            },
            after_prepayment: match fewer {
                Some("fewer_instalments") => AfterPrepayment::FewerInstalments,
                _ => AfterPrepayment::SmallerInstalments,
            },
            recovery: self.recovery(book, known),
            rate_shift: RateShift {
                lpr: rate("lpr_shift").unwrap_or(Decimal::ZERO),
                loans: rate("loan_rate_shift").unwrap_or(Decimal::ZERO),
            },
            coupon_shift: rate("coupon_shift").unwrap_or(Decimal::ZERO),
            obligor_defaults: self.events(book, "default", known.obligors),
            supporter_failures: self.events(book, "supporter_default", known.supporters),
            prepaid_loans: self.events(book, "prepaid", known.loans),
            value_factors: Vec::new(),
            infringements: self.infringements(book, known),
            sales: self.sales(book, known),
            sales_shock: self.sales_shock(book),
            delinquent_default: late.unwrap_or(false),
        }
    }

    fn defaults(&self, book: &Book, known: &Known) -> DefaultRate {
        if let Some(by_obligor) = self.by_obligor(book, known) {
            return by_obligor;
        }
        if self.has("annual_default_rate") {
            return DefaultRate::Annual(self.shares(book, "annual_default_rate"));
        }
        let timing = self.shares(book, "default_timing");
        sums_to_1(book, &timing, self.of("default_timing").last());
        let Some(rate) = self.share(book, "cumulative_default_rate") else {
            if let Some((_, row)) = self.of("default_timing").next()
                && !self.has("cumulative_default_rate")
            {
                let text = "default_timing without cumulative_default_rate";
                book.problems.at(&row.place("assumption"), text);
            }
            return DefaultRate::None;
        };
        DefaultRate::Cumulative { rate, timing }
    }

    /// Defaults at the obligors' own probabilities, where the scenario says so.
    fn by_obligor(&self, book: &Book, known: &Known) -> Option<DefaultRate> {
        let wanted = self.one_of(book, "obligor_default_rate", |_, value| value.flag());
        let percentile = self.one_of(book, "economy_percentile", |_, value| {
            let share = value.share()?;
            let inside = share > Decimal::ZERO && share < Decimal::ONE;
            if !inside {
                value.problem("is out of range (want above 0 and below 1)");
            }
            inside.then_some(share)
        });
        if wanted != Some(true) {
            if let Some((_, row)) = self.of("economy_percentile").next() {
                let text = "economy_percentile without obligor_default_rate";
                book.problems.at(&row.place("assumption"), text);
            }
            return None;
        }
        if let Some((_, row)) = self.of("obligor_default_rate").next()
            && !known.without_pd.is_empty()
        {
            let names = known.without_pd.join(", ");
            let text = format!("obligors.csv gives no pd_1y for {names}");
            book.problems.at(&row.place("assumption"), text);
        }
        let fifteen_percent = Decimal::new(15, 2);
        let correlation = self.share(book, "factor_correlation").unwrap_or(fifteen_percent);
        let given = percentile.map(|percentile| CommonFactor { percentile, correlation });
        Some(DefaultRate::Obligors { given })
    }

    fn recovery(&self, book: &Book, known: &Known) -> Recovery {
        let has_rights = !known.rights.names.is_empty();
        let from = self.one_of(book, "recovery_from", |column, value| value.choice(column));
        let flat = match from {
            Some(word) => word == "flat",
            None => self.has("recovery_rate") || !has_rights,
        };
        if let (true, Some((_, row))) = (flat, self.of("infringement").next()) {
            let text = "an infringement changes nothing where recovery is flat (want recovery_from \
                        rights)";
            book.problems.at(&row.place("assumption"), text);
        }
        let rate = self.share(book, "recovery_rate").unwrap_or(Decimal::ZERO);
        let lag = self.months(book, "recovery_lag_months");
        let shares = self.recovery_shares(book);
        let rights = RightAssumptions {
            decay_pa: self.share(book, "decay_pa").unwrap_or(Decimal::new(10, 2)),
            haircut: self.haircuts(book).0,
            haircut_else: self.haircuts(book).1,
            months_to_sale: self.months(book, "months_to_sale"),
            sale_cost: self.share(book, "sale_cost").unwrap_or(Decimal::new(8, 2)),
            shocks: self.shocks(book),
        };
        if !flat {
            if let (false, Some((_, row))) = (has_rights, self.of("recovery_from").next()) {
                let text = "rights decide recovery, but there are none in rights.csv";
                book.problems.at(&row.place("value"), text);
            }
            return Recovery::Rights(rights);
        }
        let shares = if shares.is_empty() { vec![(lag, Decimal::ONE)] } else { shares };
        Recovery::Flat { rate, shares }
    }

    /// (months after the default, share), which sum to 1.
    fn recovery_shares(&self, book: &Book) -> Vec<(u32, Decimal)> {
        let parts = self.shares(book, "recovery_share");
        sums_to_1(book, &parts, self.of("recovery_share").last());
        let mut out: Vec<(u32, Decimal)> = Vec::new();
        for ((_, row), part) in self.of("recovery_share").zip(parts) {
            let Some(text) = row.written("name") else {
                continue;
            };
            let value = Value::new(book, text, row.place("name"));
            let month = &Column { name: "after_months", ..SCENARIOS[2] };
            let month = Column { kind: super::table::Kind::Integer, ..*month };
            let month = value.count(&month, 600).unwrap_or(0) as u32;
            if out.last().is_some_and(|(before, _)| *before >= month) {
                value.problem(format_args!("month {month} does not come after the row before it"));
            }
            out.push((month, part));
        }
        out
    }

    /// By kind, and for all other kinds.
    fn haircuts(&self, book: &Book) -> (Vec<(RightKind, Decimal)>, Decimal) {
        let mut by_kind: Vec<(RightKind, Decimal)> = Vec::new();
        let mut other = None;
        for ((_, row), share) in self.of("haircut").zip(self.shares(book, "haircut")) {
            let place = row.place("name");
            let Some(name) = row.text("name") else {
                if other.is_some() {
                    book.problems.at(&place, "a second haircut for all kinds");
                }
                other = Some(share);
                continue;
            };
            let word = super::cell::choice(name, super::columns::KINDS);
            match RightKind::ALL.into_iter().find(|kind| Some(kind.name()) == word) {
                None => book.problems.not_one_of(&place, name, super::columns::KINDS),
                Some(kind) if by_kind.iter().any(|(known, _)| *known == kind) => {
                    book.problems.at(&place, format_args!("a second haircut for {name}"));
                }
                Some(kind) => by_kind.push((kind, share)),
            }
        }
        (by_kind, other.unwrap_or(Decimal::new(50, 2)))
    }

    /// What is not named keeps what is assumed of it.
    fn shocks(&self, book: &Book) -> ValueShocks {
        let mut shocks = ValueShocks::ASSUMED;
        let mut named: Vec<&str> = Vec::new();
        for (_, row) in self.of("value_shock") {
            let text = row.written("value");
            let value = text.map(|text| Value::new(book, text, row.place("value")));
            let value = value.and_then(|value| value.volatility());
            let Some(name) = row.written("name") else {
                continue;
            };
            let place = row.place("name");
            let Some(word) = super::cell::choice(name, SHOCKS) else {
                book.problems.not_one_of(&place, name, SHOCKS);
                continue;
            };
            if named.contains(&word) {
                book.problems.at(&place, format_args!("a second value_shock for {word}"));
            }
            named.push(word);
            let shock = match word {
                "all" => &mut shocks.all,
                "industry" => &mut shocks.industry,
                _ => &mut shocks.own,
            };
            *shock = value.unwrap_or(*shock);
        }
        shocks
    }

    /// Sales of licensees by licence and fee, of contracts that share in them.
    fn sales(&self, book: &Book, known: &Known) -> Vec<(usize, Date, Fen)> {
        let mut out: Vec<(usize, Date, Fen)> = Vec::new();
        for (_, row) in self.of("sales") {
            let (date, sold) = (row.date("date"), row.written("value"));
            let sold = sold.and_then(|text| Value::new(book, text, row.place("value")).fen());
            let Some(name) = row.text("name") else { continue };
            let at = book.index(&row.place("name"), name, known.loans);
            let Some((date, sold)) = date.zip(sold) else { continue };
            let loan = known.contracts.get(at);
            let shares = loan.is_some_and(|loan| {
                loan.licence.is_some_and(|licence| licence.sales_share.is_some())
            });
            let due = loan.is_some_and(|loan| loan.dues.iter().any(|due| due.date == date));
            if !shares {
                let text = format!("{name} has no sales_share in loans.csv");
                book.problems.at(&row.place("name"), text);
            } else if !due {
                let text = format!("{name} has no fee due {date} in dues.csv");
                book.problems.at(&row.place("date"), text);
            } else if out.iter().any(|known| (known.0, known.1) == (at, date)) {
                let text = format!("a second row of sales of {name} up to {date}");
                book.problems.at(&row.place("date"), text);
            }
            out.push((at, date, sold));
        }
        out
    }

    fn sales_shock(&self, book: &Book) -> Option<f64> {
        if let (Some((_, row)), false) = (self.of("sales_shock").next(), self.has("sales")) {
            book.problems.at(&row.place("assumption"), "sales_shock without sales");
        }
        self.one_of(book, "sales_shock", |_, value| value.volatility())
    }

    fn infringements(&self, book: &Book, known: &Known) -> Vec<Infringement> {
        let mut out: Vec<Infringement> = Vec::new();
        for (_, row) in self.of("infringement") {
            let (date, loss) = (row.date("date"), row.written("value"));
            let loss = loss.and_then(|text| Value::new(book, text, row.place("value")).share());
            let Some(name) = row.text("name") else { continue };
            let right = book.index(&row.place("name"), name, known.rights);
            if known.rights.find(name).is_some() && out.iter().any(|of| of.right == right) {
                let text = format!("a second infringement of {name}");
                book.problems.at(&row.place("name"), text);
            }
            let at = date.zip(loss);
            out.extend(at.map(|(date, loss)| Infringement { right, date, loss }));
        }
        out
    }

    fn events(&self, book: &Book, assumption: &str, names: &Names) -> Vec<(usize, Date)> {
        let mut out = Vec::new();
        for (_, row) in self.of(assumption) {
            let date = row.date("date");
            let Some(name) = row.text("name") else {
                continue;
            };
            let at = book.index(&row.place("name"), name, names);
            out.extend(date.map(|date| (at, date)));
        }
        out
    }
}

/// From -36% to 36%.
fn shift(value: &Value) -> Option<Decimal> {
    let rate = value.rate()?;
    let inside = rate.abs() <= Decimal::new(36, 2);
    if !inside {
        value.problem(format_args!("{} is out of range (want -36% to 36%)", value.text));
    }
    inside.then_some(rate)
}

fn sums_to_1(book: &Book, shares: &[Decimal], last: Option<&(&Column, Row)>) {
    let sum: Decimal = shares.iter().sum();
    if let Some((column, row)) = last
        // A third cannot be written exactly.
        && (sum - Decimal::ONE).abs() > Decimal::new(1, 6)
    {
        let sum = (sum * Decimal::ONE_HUNDRED).normalize();
        let text = format!("the rows of {} sum to {sum}%, not 100%", column.name);
        book.problems.at(&row.place("value"), text);
    }
}
