//! A programme: what its series leave of the quota and of supporters over time, what they break,
//! what all of them do on the same paths, how planned ones are filled.
use super::grid::{Grid, fine};
use super::{Block, Fact, Part, charts, glossary, heading, text};
use crate::report::Lang;
use crate::report::record::{Record, Table};
use crate::report::table::Cell;
use crate::report::words::grouped;

const LEFT: &[&str] = &[
    "series",
    "date",
    "size",
    "shelf_outstanding",
    "quota_used",
    "quota_left",
    "supporter",
    "exposure_left",
];
const EXPOSURES: &[&str] = &[
    "supporter",
    "date",
    "guaranteed",
    "other_liabilities",
    "liability_limit",
    "exposure_left",
    "paid_to_date",
    "paying_capacity",
];
/// Columns of `joint_series.csv` for people.
pub const TOGETHER: &[&str] = &[
    "series",
    "p_unpaid",
    "p_unpaid_alone",
    "p_unpaid_without",
    "p_unpaid_bare",
    "p_only_this",
    "p_earlier_before",
    "p_earlier_after",
    "p_earlier_change_se",
];
const CLASSES: &[&str] = &[
    "series",
    "tranche",
    "pd",
    "pd_alone",
    "pd_without",
    "pd_bare",
    "el",
    "el_alone",
    "el_without",
    "el_bare",
];
/// Columns of `joint_supporters.csv` for people.
pub const SUPPORTERS: &[&str] = &[
    "up_to_series",
    "supporter",
    "p_called",
    "p_failed_when_called",
    "p_short_when_called",
    "mean_called",
    "mean_paid",
    "paid_p99",
];
/// Columns of `filling.csv` for people.
pub const FILLING: &[&str] = &[
    "series",
    "date",
    "target_size",
    "placed",
    "share_of_target",
    "loans",
    "debtors",
    "largest_debtor_share",
];
/// Columns of `breaches.csv` for people.
pub const BREACHES: &[&str] = &["date", "series", "limit", "subject", "allowed", "found"];
const STATISTICS: &[&str] = &[
    "series",
    "date",
    "size",
    "senior",
    "coupon_pa",
    "tenor_months",
    "loans",
    "firms",
    "new_firms",
    "firm_times_to_date",
    "distinct_firms_to_date",
    "rights",
];

/// What opens a report of a programme alone.
pub fn facts(run: &Record, lang: Lang) -> Vec<Fact> {
    let told = |value: &Cell| match value {
        Cell::Yuan(_) | Cell::Count(_) => grouped(&value.written()),
        Cell::Number(..) | Cell::Text(_) | Cell::Date(_) | Cell::Blank => value.written(),
    };
    let fact = |(key, name, value): (&str, &str, Cell)| Fact {
        name: name.to_owned(),
        value: told(&value),
        term: glossary::key(key),
    };
    known(run, lang).into_iter().map(fact).collect()
}

/// The same facts as cells: the term's key, what it is called, its value.
pub fn known(run: &Record, lang: Lang) -> Vec<(&'static str, &'static str, Cell)> {
    let Some(table) = run.table("shelf.csv") else { return Vec::new() };
    let issues = issues(table);
    let Some(last) = issues.last() else { return Vec::new() };
    let of = |column: &str| table.cell(last, column).clone();
    let broken = run.table("breaches.csv").map_or(0, |table| {
        table.rows.iter().filter(|row| table.text(row, "kind") != "flag").count()
    });
    let count = |number: usize| Cell::Count(number as i64);
    let known = [
        ("", lang.say("series", "期数"), count(issues.len())),
        ("quota_used", lang.say("quota used, yuan", "已用额度（元）"), of("quota_used")),
        ("quota_left", lang.say("quota left, yuan", "剩余额度（元）"), of("quota_left")),
        ("", lang.say("last day of issue", "最后可发行日"), of("expiry")),
        ("", lang.say("limits broken", "超限项数"), count(broken)),
    ];
    known.into_iter().filter(|fact| fact.2 != Cell::Blank).collect()
}

pub fn shelf(run: &Record, lang: Lang) -> Part {
    let mut blocks = Vec::new();
    let items = sentences(run, lang);
    blocks.extend((!items.is_empty()).then_some(Block::List { items }));
    blocks.extend(charts(run, &["calendar.svg", "quota.svg"], lang));
    if let Some(table) = run.table("shelf.csv") {
        let title = lang.say("What is left at each issue, yuan", "各期发行后的余量（元）");
        let issues = issues(table);
        let first = |row: &[Cell]| issues.iter().any(|issue| std::ptr::eq(issue.as_slice(), row));
        blocks.extend(Grid::of(title, table, LEFT, lang, first).block());
    }
    blocks.extend(broken(run, lang));
    if let Some(table) = run.table("exposures.csv").filter(|table| !table.rows.is_empty()) {
        blocks.push(heading(lang.say("Supporters over time", "增信方占用情况")));
        blocks.extend(charts(run, &["exposure.svg"], lang));
        let title = lang.say("When each guarantees most, yuan", "各增信方担保余额峰值（元）");
        blocks.extend(Grid::of(title, table, EXPOSURES, lang, |row| peak(table, row)).block());
    }
    blocks.extend(joint(run, lang));
    if let Some(table) = run.table("filling.csv") {
        blocks.push(heading(lang.say("Filling", "组包")));
        blocks.extend(Grid::of("", table, FILLING, lang, |_| true).block());
    }
    if let Some(table) = run.table("statistics.csv") {
        blocks.push(heading(lang.say("The series", "各期统计")));
        blocks.extend(charts(run, &["coupons.svg"], lang));
        blocks.extend(Grid::of("", table, STATISTICS, lang, |_| true).block());
    }
    Part::new(lang.say("The programme", "储架"), blocks)
}

/// The row of each series on the day of its issue.
pub fn issues(table: &Table) -> Vec<&Vec<Cell>> {
    let first =
        |series: &String| table.rows.iter().find(|row| table.text(row, "series") == *series);
    table.distinct("series").iter().filter_map(first).collect()
}

/// What is out at most, and what all series do together.
pub fn sentences(run: &Record, lang: Lang) -> Vec<String> {
    let mut items = Vec::new();
    if let Some(table) = run.table("shelf.csv") {
        let out = |row: &&Vec<Cell>| table.cell(row, "shelf_outstanding").yuan();
        let most = table.rows.iter().map(|row| out(&row)).max().unwrap_or_default();
        let peak = table.rows.iter().find(|row| out(row) == most);
        items.extend(peak.map(|row| {
            let (most, date) = (lang.amount(most), table.text(row, "date"));
            match lang {
                Lang::En => format!("Outstanding at most: {most}, from {date}."),
                Lang::Zh => format!("存续余额最高 {most}（{date} 起）。"),
            }
        }));
    }
    if let Some(table) = run.table("joint_series.csv") {
        let any = table.rows.iter().find(|row| table.text(row, "series") == "any");
        items.extend(any.and_then(|row| {
            let share = |column: &str| table.cell(row, column).number().map(fine);
            let together = share("p_unpaid")?;
            let (alone, without) = (share("p_unpaid_alone")?, share("p_unpaid_without")?);
            let paths = run.options.iter().find(|option| option.0 == "paths");
            let paths = grouped(paths.map_or("-", |option| &option.1));
            Some(match lang {
                Lang::En => format!(
                    "Simulated, {paths} paths of all series together: a senior class of some \
                     series is not paid in full on {together}; on {alone} if each series had all \
                     capacity to itself; on {without} without commitments."
                ),
                Lang::Zh => format!(
                    "模拟（各期共用 {paths} 条路径）：任一期优先级未足额兑付的概率为 {together}；\
                     各期独享支付能力时为 {alone}；无承诺时为 {without}。"
                ),
            })
        }));
    }
    items
}

/// Limits that are broken, and flags.
fn broken(run: &Record, lang: Lang) -> Vec<Block> {
    let Some(table) = run.table("breaches.csv") else { return Vec::new() };
    let mut blocks = vec![heading(lang.say("Limits that are broken", "超限"))];
    let of = |kind: &'static str| move |row: &[Cell]| table.text(row, "kind") == kind;
    let grid = Grid::of("", table, BREACHES, lang, of("breach"));
    blocks.push(grid.block().unwrap_or_else(|| text(lang.say("None.", "无。"))));
    let title = lang.say("Important debtors: a flag, no breach", "重要债务人（仅提示）");
    blocks.extend(Grid::of(title, table, BREACHES, lang, of("flag")).block());
    blocks
}

/// The first row on which a supporter guarantees most.
fn peak(table: &Table, row: &[Cell]) -> bool {
    let name = table.text(row, "supporter");
    let own = || table.rows.iter().filter(|other| table.text(other, "supporter") == name);
    let most = own().map(|row| table.cell(row, "guaranteed").yuan()).max().unwrap_or_default();
    let first = own().find(|row| table.cell(row, "guaranteed").yuan() == most);
    first.is_some_and(|first| std::ptr::eq(first.as_slice(), row))
}

/// All series on the same paths: with support, each with all capacity to itself, without support.
fn joint(run: &Record, lang: Lang) -> Vec<Block> {
    let tables = [
        (
            "joint_series.csv",
            TOGETHER,
            lang.say("How likely a senior class is unpaid", "各期优先级未足额兑付的概率"),
        ),
        ("joint.csv", CLASSES, lang.say("Class by class", "各档证券")),
        (
            "joint_supporters.csv",
            SUPPORTERS,
            lang.say("Calls on supporters as series are added", "逐期加入后的差额支付"),
        ),
        (
            "joint_paid.csv",
            &["supporter", "series", "mean_paid", "share"][..],
            lang.say("For which series a supporter pays", "增信方对各期的支付"),
        ),
    ];
    let there = tables.into_iter().filter_map(|(file, names, title)| {
        let table = run.table(file)?;
        let mut grid = Grid::of(title, table, names, lang, |_| true);
        let names = names.iter().filter(|name| table.says(name));
        for (head, name) in grid.heads.iter_mut().zip(names) {
            let figure = name.starts_with("p_") || name.starts_with("pd") || name.starts_with("el");
            if figure {
                let way = ["without", "bare"].into_iter().find(|way| name.ends_with(way));
                head.support = way.unwrap_or("with").to_owned();
            }
        }
        grid.block()
    });
    let grids: Vec<Block> = there.collect();
    let mut blocks = charts(run, &["joint.svg"], lang);
    blocks.extend(grids);
    if !blocks.is_empty() {
        let title = lang.say("The series together", "各期联合模拟");
        blocks.insert(0, heading(title));
    }
    blocks
}
