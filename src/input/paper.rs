//! tranches.csv, plan.csv, fees.csv, accounts.csv, supporters.csv: the paper, but for its rules.

use super::pool::day_count;
use super::problems::Place;
use super::reader::{Book, NO_DAY, Names, annual, fen, fen_above_0, pd_points, share};
use super::table::{Row, Table};
use crate::asset::{LprTenor, Supporter, SupporterKind};
use crate::dates::Date;
use crate::deal::{
    Account, AccountKind, Amortisation, Coupon, PlanRow, Release, Seniority, Structure, Target,
    TargetBase, Tranche,
};
use crate::num::{Decimal, Fen, yuan_of};

pub fn supporters(book: &Book) -> (Vec<Supporter>, Names) {
    let (table, names) = book.keyed("supporters.csv");
    book.at_most(&names, 32, "supporters");
    let own = |text: Option<&str>| text.map(str::to_string);
    let supporter = |row: Row| {
        let (pd_1y, pd_later) = pd_points(book, &row);
        Supporter {
            name: row.text("supporter").unwrap_or_default().to_string(),
            kind: match row.choice("kind") {
                Some("guarantee") => SupporterKind::Guarantee,
                Some("liquidity") => SupporterKind::Liquidity,
                Some("bank_letter") => SupporterKind::BankLetter,
                Some("loan_guarantee") => SupporterKind::LoanGuarantee,
                Some("risk_pool") => SupporterKind::RiskPool,
                Some("insurer") => SupporterKind::Insurer,
                _ => SupporterKind::Shortfall,
            },
            industry: row.text("industry").unwrap_or("other").to_string(),
            region: row.text("region").unwrap_or("other").to_string(),
            group: own(row.text("group")),
            rating: own(row.text("rating")),
            pd_1y,
            pd_later,
            recovery: share(book, &row, "recovery").unwrap_or(Decimal::ZERO),
            paying_capacity: fen(book, &row, "paying_capacity"),
            affiliated: row.flag("affiliated").unwrap_or(false),
        }
    };
    (table.iter().flat_map(Table::rows).map(supporter).collect(), names)
}

/// The classes; an expected maturity that is left out is [`NO_DAY`] until terms are settled.
pub fn tranches(book: &Book, closing: Option<Date>) -> (Vec<Tranche>, Names) {
    let (table, names) = book.keyed("tranches.csv");
    let names = names.needed(book);
    book.at_most(&names, 16, "tranches");
    let mut tranches: Vec<Tranche> = Vec::new();
    let mut styles = Vec::new();
    for row in table.iter().flat_map(Table::rows) {
        let (tranche, style) = tranche(book, &row, closing);
        if let Some(above) = tranches.last()
            && above.seniority > tranche.seniority
            && row.choice("class").is_some()
        {
            let text = format!("{} ranks above {} in the row before it", tranche.name, above.name);
            book.problems.at(&row.place("class"), text);
        }
        tranches.push(tranche);
        styles.push(style);
    }
    plan(book, &names, &mut tranches, &styles);
    (tranches, names)
}

/// What the plan has to fill in.
struct Style {
    step: bool,
    amortisation: Option<&'static str>,
}

fn tranche(book: &Book, row: &Row, closing: Option<Date>) -> (Tranche, Style) {
    let seniority = match row.choice("class") {
        Some("mezzanine") => Seniority::Mezzanine,
        Some("sub") => Seniority::Subordinate,
        _ => Seniority::Senior,
    };
    let (coupon, step) = coupon(book, row, closing);
    let usual = match seniority {
        Seniority::Subordinate => "turbo",
        Seniority::Senior | Seniority::Mezzanine => "pass_through",
    };
    let word = row.choice("amortisation").unwrap_or(usual);
    let amortisation = match word {
        "pass_through" => Amortisation::PassThrough,
        "bullet" => Amortisation::Bullet,
        "target_principal" => Amortisation::TargetPrincipal(Vec::new()),
        "target_balance" => Amortisation::TargetBalance(Vec::new()),
        _ => Amortisation::Turbo { target_balance: Vec::new() },
    };
    let price = row.amount("issue_price").unwrap_or(Decimal::ONE_HUNDRED);
    if price <= Decimal::ZERO || price > Decimal::from(1_000) {
        let found = row.written("issue_price").unwrap_or_default();
        let place = row.place("issue_price");
        book.problems.out_of_range(&place, found, "above 0 and at most 1000");
    }
    let tranche = Tranche {
        name: row.text("tranche").unwrap_or_default().to_string(),
        seniority,
        notional: fen_above_0(book, row, "notional").unwrap_or(0),
        coupon,
        day_count: day_count(book, row),
        amortisation,
        expected_maturity: row.date("expected_maturity").unwrap_or(NO_DAY),
        interest_on_unpaid: row.flag("interest_on_unpaid").unwrap_or(false),
        issue_price: price,
        retained: fen(book, row, "retained").unwrap_or(0),
    };
    let style = Style { step, amortisation: row.choice("amortisation").or(Some(usual)) };
    (tranche, style)
}

/// The coupon, and whether plan.csv adds to it.
fn coupon(book: &Book, row: &Row, closing: Option<Date>) -> (Coupon, bool) {
    let kind = row.choice("coupon_kind");
    let floating = |tenor| {
        let spread_pa = match row.need("coupon_pa") {
            true => row.rate("coupon_pa").unwrap_or(Decimal::ZERO),
            false => Decimal::ZERO,
        };
        if spread_pa.abs() > Decimal::new(36, 2) {
            let found = row.written("coupon_pa").unwrap_or_default();
            book.problems.out_of_range(&row.place("coupon_pa"), found, "-36% to 36%");
        }
        Coupon::Floating { tenor, spread_pa }
    };
    match kind {
        Some("none") => {
            if !row.is_blank("coupon_pa") {
                let text = "a coupon on a class without coupon (leave it blank)";
                book.problems.at(&row.place("coupon_pa"), text);
            }
            (Coupon::None, false)
        }
        Some("floating_lpr_1y") => (floating(LprTenor::OneYear), false),
        Some("floating_lpr_5y") => (floating(LprTenor::FiveYears), false),
        Some("step") => {
            row.need("coupon_pa");
            let first = annual(book, row, "coupon_pa").unwrap_or(Decimal::ZERO);
            (Coupon::Step(vec![(closing.unwrap_or(NO_DAY), first)]), true)
        }
        Some(_) => {
            row.need("coupon_pa");
            let rate = annual(book, row, "coupon_pa").unwrap_or(Decimal::ZERO);
            (Coupon::Fixed(rate), false)
        }
        None => match annual(book, row, "coupon_pa") {
            Some(rate) => (Coupon::Fixed(rate), false),
            None => (Coupon::None, false),
        },
    }
}

/// plan.csv: fills in the plans of the classes that have one.
fn plan(book: &Book, names: &Names, tranches: &mut [Tranche], styles: &[Style]) {
    let before = book.problems.len();
    let table = book.table("plan.csv");
    let mut last: Vec<Option<(usize, Date)>> = vec![None; tranches.len()];
    for row in table.iter().flat_map(Table::rows) {
        let date = row.date("date");
        let Some(name) = row.text("tranche") else {
            continue;
        };
        let at = book.index(&row.place("tranche"), name, names);
        if names.find(name).is_none() {
            continue;
        }
        if let (Some((_, day)), Some(date)) = (last[at], date)
            && date <= day
        {
            let text = format!("{date} does not come after {day}");
            book.problems.at(&row.place("date"), text);
        }
        last[at] = Some((row.number(), date.unwrap_or(NO_DAY)));
        plan_row(book, &row, date.unwrap_or(NO_DAY), &mut tranches[at], &styles[at]);
    }
    if book.problems.len() > before {
        return;
    }
    for (at, tranche) in tranches.iter().enumerate() {
        let place = match last[at] {
            Some((row, _)) => Place::row("plan.csv", row),
            None => names.place(at, "amortisation"),
        };
        repays(book, &place, tranche);
    }
}

fn plan_row(book: &Book, row: &Row, date: Date, tranche: &mut Tranche, style: &Style) {
    let columns = ["target_principal", "target_balance", "coupon_pa"];
    let style_word = style.amortisation;
    let wanted = |column: &str| match column {
        "coupon_pa" => style.step,
        "target_principal" => style_word == Some("target_principal"),
        _ => matches!(style_word, Some("target_balance" | "turbo")),
    };
    for column in columns {
        if !row.is_blank(column) && !wanted(column) {
            let text = format!("{} has no use for it (see tranches.csv)", tranche.name);
            book.problems.at(&row.place(column), text);
        }
    }
    if columns.iter().all(|column| row.is_blank(column)) {
        book.problems.at(&row.place("date"), "the row gives nothing for its date");
    }
    if let (Coupon::Step(steps), Some(rate)) = (&mut tranche.coupon, annual(book, row, "coupon_pa"))
    {
        steps.push((date, rate));
    }
    match &mut tranche.amortisation {
        Amortisation::TargetPrincipal(rows) => {
            if let Some(amount) = fen(book, row, "target_principal") {
                rows.push(PlanRow { date, amount });
            }
        }
        Amortisation::TargetBalance(rows) | Amortisation::Turbo { target_balance: rows } => {
            if let Some(amount) = fen(book, row, "target_balance") {
                rows.push(PlanRow { date, amount });
            }
        }
        Amortisation::PassThrough | Amortisation::Bullet => {}
    }
}

/// A plan repays its class: principal sums to the notional, balances fall to nothing.
fn repays(book: &Book, place: &Place, tranche: &Tranche) {
    // A notional that cannot be read is a problem already.
    if tranche.notional == 0 {
        return;
    }
    let problem = |text: String| book.problems.at(place, text);
    let (name, notional) = (&tranche.name, yuan_of(tranche.notional));
    let falls = |rows: &[PlanRow]| {
        let mut before = tranche.notional;
        for row in rows {
            if row.amount > before {
                let (up, from) = (yuan_of(row.amount), yuan_of(before));
                problem(format!("{name}: target balance {up} of {} is above {from}", row.date));
            }
            before = row.amount;
        }
    };
    match &tranche.amortisation {
        Amortisation::TargetPrincipal(rows) | Amortisation::TargetBalance(rows)
            if rows.is_empty() =>
        {
            problem(format!("{name} has no rows in plan.csv"));
        }
        Amortisation::TargetPrincipal(rows) => {
            let sum = rows.iter().fold(0, |sum: Fen, row| sum.saturating_add(row.amount));
            if sum != tranche.notional {
                let sum = yuan_of(sum);
                problem(format!("{name}: the plan repays {sum}, the notional is {notional}"));
            }
        }
        Amortisation::TargetBalance(rows) => {
            falls(rows);
            if let Some(last) = rows.last().filter(|last| last.amount != 0) {
                let left = yuan_of(last.amount);
                problem(format!("{name}: the plan leaves {left} (the last target is 0)"));
            }
        }
        Amortisation::Turbo { target_balance } => falls(target_balance),
        Amortisation::PassThrough | Amortisation::Bullet => {}
    }
}

pub fn accounts(book: &Book, structure: Structure, tranches: &Names) -> (Vec<Account>, Names) {
    let (table, names) = book.keyed("accounts.csv");
    if !book.has("accounts.csv") {
        return implied(structure);
    }
    book.at_most(&names, 8, "accounts");
    let rows = table.iter().flat_map(Table::rows);
    let accounts: Vec<Account> = rows.map(|row| account(book, &row, tranches)).collect();
    let wanted: &[(AccountKind, &str)] = match structure {
        Structure::CreditTrust => {
            &[(AccountKind::Income, "income"), (AccountKind::Principal, "principal")]
        }
        Structure::SpecialPlan | Structure::AbnTrust | Structure::Licence => {
            &[(AccountKind::Plan, "plan")]
        }
    };
    if !book.sound("deal.csv", &["structure"]) || !book.sound("accounts.csv", &["kind"]) {
        return (accounts, names);
    }
    for (kind, word) in wanted {
        let count = accounts.iter().filter(|account| account.kind == *kind).count();
        if count != 1 && table.is_some() {
            let text = format!("{count} accounts of kind {word}, the structure wants one");
            book.problems.at(&Place::file("accounts.csv"), text);
        }
    }
    let ledgers = [
        (AccountKind::Plan, "plan"),
        (AccountKind::Income, "income"),
        (AccountKind::Principal, "principal"),
    ];
    for (at, account) in accounts.iter().enumerate() {
        let ledger = ledgers.iter().find(|(kind, _)| *kind == account.kind);
        if let Some((kind, word)) = ledger
            && !wanted.iter().any(|(other, _)| other == kind)
        {
            let text = format!("the structure has no account of kind {word}");
            book.problems.at(&names.place(at, "kind"), text);
        }
    }
    (accounts, names)
}

fn implied(structure: Structure) -> (Vec<Account>, Names) {
    let kinds: &[(AccountKind, &str)] = match structure {
        Structure::CreditTrust => {
            &[(AccountKind::Income, "income"), (AccountKind::Principal, "principal")]
        }
        Structure::SpecialPlan | Structure::AbnTrust | Structure::Licence => {
            &[(AccountKind::Plan, "plan")]
        }
    };
    let account = |(kind, name): &(AccountKind, &str)| Account {
        name: name.to_string(),
        kind: *kind,
        opening: 0,
        target: None,
        release: Release::EachDate,
        income_pa: Decimal::ZERO,
    };
    let names = kinds.iter().map(|(_, name)| name.to_string()).collect();
    (kinds.iter().map(account).collect(), Names::made("accounts.csv", names))
}

fn account(book: &Book, row: &Row, tranches: &Names) -> Account {
    let kind = match row.choice("kind") {
        Some("income") => AccountKind::Income,
        Some("principal") => AccountKind::Principal,
        Some("reserve") => AccountKind::Reserve,
        Some("other") => AccountKind::Other,
        _ => AccountKind::Plan,
    };
    let amount = fen(book, row, "target_amount");
    let part = share(book, row, "target_share");
    if kind != AccountKind::Reserve && row.choice("kind").is_some() {
        for column in ["target_amount", "target_share", "target_of", "until"] {
            if !row.is_blank(column) {
                book.problems.at(&row.place(column), "only a reserve has a target");
            }
        }
    }
    if part.is_some() {
        row.need("target_of");
    }
    let until = row.text("until").map(|name| book.index(&row.place("until"), name, tranches));
    let target = (amount.is_some() || part.is_some()).then(|| Target {
        amount: amount.unwrap_or(0),
        share: part.unwrap_or(Decimal::ZERO),
        of: target_base(book, row, tranches),
        larger: row.choice("combine") != Some("min"),
        until,
    });
    Account {
        name: row.text("account").unwrap_or_default().to_string(),
        kind,
        opening: fen(book, row, "opening").unwrap_or(0),
        target,
        release: match row.choice("release") {
            Some("excess") => Release::Excess,
            Some("end") => Release::End,
            _ => Release::EachDate,
        },
        income_pa: annual(book, row, "income_pa").unwrap_or(Decimal::ZERO),
    }
}

/// What the target of an account may be a share of.
pub const TARGETS_OF: &[&str] = &["pool_initial", "pool_performing", "notes", "tranche:NAME"];

fn target_base(book: &Book, row: &Row, tranches: &Names) -> TargetBase {
    let Some(text) = row.text("target_of") else {
        return TargetBase::None;
    };
    let place = row.place("target_of");
    if let Some((head, name)) = text.split_once([':', '：'])
        && super::cell::key(head) == "tranche"
    {
        return TargetBase::Tranche(book.index(&place, name.trim(), tranches));
    }
    match super::cell::key(text).as_str() {
        "poolinitial" => TargetBase::PoolInitial,
        "poolperforming" => TargetBase::PoolPerforming,
        "notes" => TargetBase::Notes,
        _ => {
            book.problems.not_one_of(&place, text, TARGETS_OF);
            TargetBase::None
        }
    }
}
