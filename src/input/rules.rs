//! waterfall.csv, triggers.csv and commitments.csv: what names claims, conditions and limits.

use super::cell;
use super::problems::Place;
use super::reader::{Book, Names, Value, fen, share};
use super::table::{Row, Table};
use crate::deal::{
    Branch, Claim, Commitment, Condition, Effect, Limit, Measure, Seniority, ShareCap, Split, Step,
    Tranche, Trigger,
};
use crate::num::{Decimal, Fen, Rounding};

/// What a rule may name.
pub struct Refs<'a> {
    pub book: &'a Book<'a>,
    pub tranches: &'a [Tranche],
    pub tranche_names: &'a Names,
    pub fees: &'a Names,
    pub accounts: &'a Names,
    pub supporters: &'a Names,
    pub commitments: &'a Names,
    pub triggers: &'a Names,
}

/// What a step may pay and a commitment cover.
pub const CLAIMS: &[&str] = &[
    "tax",
    "fee:NAME",
    "fees",
    "fee_excess",
    "interest:CLASS",
    "principal:CLASS",
    "account:NAME",
    "supporter:COMMITMENT",
    "supporters",
    "residual",
];
/// What a trigger may look at.
pub const MEASURES: &[&str] = &[
    "cumulative_default_rate",
    "interest_unpaid:T",
    "principal_unpaid:T",
    "unpaid_at_maturity:T",
    "balance_above_target:T",
    "pool_to_notes_below",
    "collections_down",
    "supporter_calls",
    "supporter_failed:S",
];

/// `interest:A1` as (`interest`, `A1`); the head is the form in which words are compared.
fn head_and_name(text: &str) -> (String, &str) {
    let (head, name) = text.split_once([':', '：']).unwrap_or((text, ""));
    (cell::key(head), name.trim())
}

impl Refs<'_> {
    /// A tranche, or all of a class; empty where there is none, which is then a problem.
    fn class(&self, place: &Place, name: &str) -> Vec<usize> {
        if let Some(at) = self.tranche_names.find(name) {
            return vec![at];
        }
        let seniority = match cell::key(name).as_str() {
            "senior" | "优先级" => Seniority::Senior,
            "mezzanine" | "夹层" | "夹层级" => Seniority::Mezzanine,
            "sub" | "次级" | "subordinate" => Seniority::Subordinate,
            _ => {
                self.book.index(place, name, self.tranche_names);
                return Vec::new();
            }
        };
        let of_class = |at: &usize| self.tranches[*at].seniority == seniority;
        let found: Vec<usize> = (0..self.tranches.len()).filter(of_class).collect();
        let told = self.book.sound("tranches.csv", &["class"]);
        if found.is_empty() && !self.tranches.is_empty() && told {
            let text = format!("tranches.csv has no tranche of class {name}");
            self.book.problems.at(place, text);
        }
        found
    }

    /// One item of `pay` or `scope`.
    fn claims(&self, item: &Value) -> Vec<Claim> {
        let (head, name) = head_and_name(item.text);
        let book = self.book;
        let class = |claim: fn(usize) -> Claim| -> Vec<Claim> {
            self.class(&item.place, name).into_iter().map(claim).collect()
        };
        let one = |claim: fn(usize) -> Claim, names: &Names| {
            let at = book.index(&item.place, name, names);
            names.find(name).map(|_| vec![claim(at)]).unwrap_or_default()
        };
        let all = |claim: fn(usize) -> Claim, names: &Names| -> Vec<Claim> {
            (0..names.names.len()).map(claim).collect()
        };
        match (head.as_str(), name) {
            ("tax", "") => vec![Claim::Tax],
            ("fees", "") => all(Claim::Fee, self.fees),
            ("feeexcess", "") => all(Claim::FeeExcess, self.fees),
            ("supporters", "") => all(Claim::Commitment, self.commitments),
            ("residual", "") => match self.tranches.len().checked_sub(1) {
                Some(last) => vec![Claim::Residual(last)],
                None => Vec::new(),
            },
            ("fee" | "interest" | "principal" | "account" | "supporter", "") => {
                item.problem(format_args!("{} names nothing after the colon", item.text));
                Vec::new()
            }
            ("fee", _) => one(Claim::Fee, self.fees),
            ("feeexcess", _) => one(Claim::FeeExcess, self.fees),
            ("interest", _) => class(Claim::Interest),
            ("principal", _) => class(Claim::Principal),
            ("account", _) => one(Claim::Account, self.accounts),
            ("supporter", _) => one(Claim::Commitment, self.commitments),
            ("residual", _) => class(Claim::Residual),
            _ => {
                book.problems.not_one_of(&item.place, item.text, CLAIMS);
                Vec::new()
            }
        }
    }

    fn claim_list(&self, row: &Row, column: &str) -> Vec<Claim> {
        let value = match row.is_blank(column) {
            true => None,
            false => Value::of(self.book, row, column),
        };
        let mut out = Vec::new();
        for item in value.iter().flat_map(Value::list) {
            for claim in self.claims(&item) {
                if out.contains(&claim) {
                    item.problem(format_args!("{} is named twice in the cell", item.text));
                }
                out.push(claim);
            }
        }
        out
    }

    /// waterfall.csv.
    pub fn steps(&self) -> Vec<Step> {
        let (table, names) = self.book.keyed("waterfall.csv");
        self.book.at_most(&names, 200, "steps");
        let rows = table.iter().flat_map(Table::rows).enumerate();
        rows.map(|(at, row)| self.step(at, &row)).collect()
    }

    fn step(&self, at: usize, row: &Row) -> Step {
        let from = row.text("from");
        let before = self.book.problems.len();
        row.need("pay");
        let pay = self.claim_list(row, "pay");
        let known = self.tranche_names.is_whole() && self.book.problems.len() == before;
        if pay.is_empty() && known {
            let place = row.place("pay");
            self.book.warn(&place, "the step pays nothing in this deal");
        }
        Step {
            number: at as u32 + 1,
            name: row.text("step").unwrap_or_default().to_string(),
            branch: match row.choice("branch") {
                Some("normal") => Some(Branch::Normal),
                Some("accelerated") => Some(Branch::Accelerated),
                Some("default") => Some(Branch::Default),
                _ => None,
            },
            from: from.map_or(0, |name| self.book.index(&row.place("from"), name, self.accounts)),
            pay,
            split: match row.choice("split") {
                Some("in_order") => Split::InOrder,
                _ => Split::ProRata,
            },
            up_to: self.limit(row),
            when: self.conditions(row),
        }
    }

    fn limit(&self, row: &Row) -> Limit {
        let Some(value) = Value::of(self.book, row, "up_to") else {
            return Limit::Due;
        };
        let place = &value.place;
        let lower = value.text.to_lowercase();
        if cell::key(value.text) == "uncovereddefaults" {
            return Limit::UncoveredDefaults;
        }
        if let Some(rest) = lower.strip_prefix("lacking ")
            && let Some((account, class)) =
                value.text[value.text.len() - rest.len()..].split_once(" to ")
        {
            let account = self.book.index(place, account.trim(), self.accounts);
            let classes = self.class(place, class.trim());
            let interest = classes.last().copied().unwrap_or(0);
            return Limit::Lacking { account, interest };
        }
        if let Some((rate, class)) = value.text.split_once(" pa of ") {
            let rate = Value::new(self.book, rate.trim(), place.clone());
            let classes = self.class(place, class.trim());
            if classes.len() > 1 {
                value.problem(format_args!("{} is several tranches, name one", class.trim()));
            }
            return Limit::RatePa {
                rate_pa: rate.share().unwrap_or(Decimal::ZERO),
                tranche: classes.first().copied().unwrap_or(0),
            };
        }
        if !value.text.contains(|c: char| c.is_ascii_digit()) {
            let want = "an amount, 2% pa of CLASS, uncovered_defaults, lacking ACCOUNT to CLASS";
            value.problem(format_args!("{} is none of {want}", value.text));
            return Limit::Due;
        }
        Limit::Amount(value.fen().unwrap_or(0))
    }

    fn conditions(&self, row: &Row) -> Vec<Condition> {
        let list = Value::of(self.book, row, "when").map_or_else(Vec::new, |value| value.list());
        list.iter().flat_map(|item| self.condition(item)).collect()
    }

    fn condition(&self, item: &Value) -> Vec<Condition> {
        let event = |name: &str| self.book.index(&item.place, name.trim(), self.triggers);
        if let Some(name) = item.text.strip_prefix("no event ") {
            return vec![Condition::NotInForce(event(name))];
        }
        if let Some(name) = item.text.strip_prefix("event ") {
            return vec![Condition::InForce(event(name))];
        }
        let (name, word) = item.text.rsplit_once(' ').unwrap_or((item.text, ""));
        let name = name.trim();
        if word == "repaid" && cell::key(name) == "supporters" {
            return vec![Condition::SupportersRepaid];
        }
        let condition = match word {
            "redeemed" => Condition::Redeemed,
            "outstanding" => Condition::Outstanding,
            "paid" => Condition::Paid,
            _ => {
                let want = "CLASS redeemed, CLASS outstanding, CLASS paid, supporters repaid, \
                            event NAME, no event NAME";
                item.problem(format_args!("{} is none of {want}", item.text));
                return Vec::new();
            }
        };
        let classes = self.class(&item.place, name);
        if word == "outstanding" && classes.len() > 1 {
            item.problem(format_args!("{name} is several tranches, name one"));
        }
        classes.into_iter().map(condition).collect()
    }

    /// commitments.csv.
    pub fn commitments(&self, rounding: Rounding) -> Vec<Commitment> {
        let table = self.book.table("commitments.csv");
        let rows = table.iter().flat_map(Table::rows);
        rows.map(|row| self.commitment(&row, rounding)).collect()
    }

    fn commitment(&self, row: &Row, rounding: Rounding) -> Commitment {
        let book = self.book;
        row.need("scope");
        let scope = self.claim_list(row, "scope");
        let coverable = |claim: &Claim| {
            let due = matches!(claim, Claim::Interest(_) | Claim::Principal(_));
            due || matches!(claim, Claim::Tax | Claim::Fee(_) | Claim::FeeExcess(_))
        };
        if !scope.iter().all(coverable) {
            let text = "a commitment covers tax, fees, interest and principal only";
            book.problems.at(&row.place("scope"), text);
        }
        let cap_total = fen(book, row, "cap_total");
        let senior = self.tranches.iter().filter(|class| class.seniority == Seniority::Senior);
        let senior: Fen = senior.map(|class| class.notional).fold(0, Fen::saturating_add);
        let cap_share = share(book, row, "cap_share");
        let cap_share = cap_share.map(|share| ShareCap { share, amount: cap_total });
        let by_share = cap_share.and_then(|cap| cap.total(senior, rounding));
        let supporter = row.text("supporter");
        Commitment {
            name: row.text("commitment").unwrap_or_default().to_string(),
            supporter: supporter
                .map_or(0, |name| book.index(&row.place("supporter"), name, self.supporters)),
            scope,
            cap_total: by_share.or(cap_total),
            cap_per_date: fen(book, row, "cap_per_date"),
            cap_share,
            end: row.date("end_date"),
            earmarked: row.flag("earmarked").unwrap_or(true),
            reserve_first: row.flag("reserve_first").unwrap_or(true),
        }
    }

    /// triggers.csv: rows of one name are one trigger.
    pub fn triggers(&self) -> Vec<Trigger> {
        let table = self.book.table("triggers.csv");
        let mut out: Vec<(Trigger, usize)> = Vec::new();
        for row in table.iter().flat_map(Table::rows) {
            let next = self.trigger(&row);
            let same =
                out.iter_mut().find(|(one, _)| one.name == next.name && !next.name.is_empty());
            match same {
                Some((first, at)) => self.window(&row, first, *at, next),
                None => out.push((next, row.number())),
            }
        }
        if out.len() > 32 {
            self.book.problems.too_large(&Place::file("triggers.csv"), 32, "triggers");
        }
        out.into_iter().map(|(trigger, _)| trigger).collect()
    }

    /// A further level of a trigger that a row above began.
    fn window(&self, row: &Row, first: &mut Trigger, at: usize, next: Trigger) {
        let fixed = |trigger: &Trigger| {
            let Trigger { measure, periods, grace_days, effect, curable, .. } = trigger;
            (measure.clone(), *periods, *grace_days, *effect, *curable)
        };
        let columns = ["measure", "periods", "grace_days", "effect", "curable"];
        if fixed(first) != fixed(&next) && self.book.sound("triggers.csv", &columns) {
            let text = format!("differs from row {at} in more than level and from_date");
            self.book.problems.at(&row.place("trigger"), text);
        }
        if let (Some(last), Some(level)) = (first.levels.last(), next.levels.first())
            && level.0 <= last.0
            && (level.0.is_some() || row.is_blank("from_date"))
        {
            let text = "does not come after the row of this trigger before it";
            self.book.problems.at(&row.place("from_date"), text);
        }
        first.levels.extend(next.levels);
    }

    fn trigger(&self, row: &Row) -> Trigger {
        let measure = row.text("measure").and_then(|text| self.measure(row, text));
        let level = measure.as_ref().map_or(Decimal::ZERO, |measure| self.level(row, measure));
        let measure = measure.unwrap_or(Measure::CollectionsDown);
        Trigger {
            name: row.text("trigger").unwrap_or_default().to_string(),
            measure,
            levels: vec![(row.date("from_date"), level)],
            periods: row.integer_in("periods", 1..=120).unwrap_or(1) as u32,
            grace_days: row.integer_in("grace_days", 0..=60).unwrap_or(0) as i32,
            effect: match row.choice("effect") {
                Some("default") => Effect::Default,
                Some("early_amortisation") => Effect::EarlyAmortisation,
                Some("perfection") => Effect::Perfection,
                Some("early_termination") => Effect::EarlyTermination,
                _ => Effect::Acceleration,
            },
            curable: row.flag("curable").unwrap_or(false),
        }
    }

    fn measure(&self, row: &Row, text: &str) -> Option<Measure> {
        let place = row.place("measure");
        let (head, name) = head_and_name(text);
        let tranche = || self.book.index(&place, name, self.tranche_names);
        Some(match (head.as_str(), name.is_empty()) {
            ("cumulativedefaultrate", true) => Measure::CumulativeDefaultRate,
            ("pooltonotesbelow", true) => Measure::PoolToNotesBelow,
            ("collectionsdown", true) => Measure::CollectionsDown,
            ("supportercalls", true) => Measure::SupporterCalls,
            ("interestunpaid", false) => Measure::InterestUnpaid(tranche()),
            ("principalunpaid", false) => Measure::PrincipalUnpaid(tranche()),
            ("unpaidatmaturity", false) => Measure::UnpaidAtMaturity(tranche()),
            ("balanceabovetarget", false) => Measure::BalanceAboveTarget(tranche()),
            ("supporterfailed", false) => {
                Measure::SupporterFailed(self.book.index(&place, name, self.supporters))
            }
            _ => {
                self.book.problems.not_one_of(&place, text, MEASURES);
                return None;
            }
        })
    }

    fn level(&self, row: &Row, measure: &Measure) -> Decimal {
        let wanted = matches!(
            measure,
            Measure::CumulativeDefaultRate
                | Measure::PoolToNotesBelow
                | Measure::CollectionsDown
                | Measure::SupporterCalls
        );
        if !wanted {
            if !row.is_blank("level") {
                let text = "a level of a measure that has none (leave it blank)";
                self.book.problems.at(&row.place("level"), text);
            }
            return Decimal::ZERO;
        }
        if !row.need("level") {
            return Decimal::ZERO;
        }
        let Some(value) = Value::of(self.book, row, "level") else {
            return Decimal::ZERO;
        };
        let plain = Decimal::from_str_exact(value.text).ok();
        let read = match measure {
            Measure::SupporterCalls => {
                let count = plain.filter(|level| level.is_integer() && *level >= Decimal::ONE);
                if count.is_none() {
                    let want = "a whole number from 1 up";
                    value.problem(format_args!("{} is not a count (want {want})", value.text));
                }
                count
            }
            // A ratio may well be above 1.
            Measure::PoolToNotesBelow if plain.is_some_and(|level| level >= Decimal::ZERO) => plain,
            Measure::PoolToNotesBelow => value.rate(),
            _ => value.share(),
        };
        read.unwrap_or(Decimal::ZERO)
    }
}
