//! How planned series were filled: tables, and a part of the summary.
use std::collections::{BTreeMap, BTreeSet};

use super::ShelfFindings;
use crate::analytics::fill::{Allocation, Cut, Goal, MOST_TRIES, Score};
use crate::analytics::shelf::Issue;
use crate::deal::{PlannedSeries, ShelfLimit};
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::table::{Cell, Sheet};
use crate::report::words::{grouped, percent};

/// `allocation.csv`: every candidate, where it goes, or what keeps it out of how many series.
pub(super) fn allocation(of: &ShelfFindings<'_>, filling: &Allocation) -> Sheet {
    let header = ["loan", "obligor", "series", "amount", "placed", "why"];
    let mut sheet = Sheet::new("allocation.csv", &header);
    let shelf = of.programme.shelf;
    let rows = shelf.candidates.iter().zip(&filling.placed).zip(&filling.why);
    for ((candidate, placed), why) in rows {
        let why: Vec<String> =
            why.iter().map(|(limit, count)| format!("{} {count}", limit.name())).collect();
        sheet.rows.push(vec![
            Cell::text(&candidate.name),
            Cell::text(&candidate.obligor),
            placed.map_or(Cell::Blank, |at| Cell::text(&shelf.planned[at].name)),
            Cell::Yuan(yuan_of(candidate.principal)),
            Cell::text(if placed.is_some() { "yes" } else { "no" }),
            Cell::Text(why.join("; ")),
        ]);
    }
    sheet
}

/// One planned series as it was filled.
struct Row<'a> {
    plan: &'a PlannedSeries,
    size: Fen,
    loans: usize,
    /// Affiliates are one.
    firms: usize,
    /// Of the series.
    largest: f64,
}

impl Row<'_> {
    fn share(&self) -> f64 {
        self.size as f64 / self.plan.target_size.max(1) as f64
    }
}

fn rows<'a>(of: &ShelfFindings<'a>) -> Vec<Row<'a>> {
    let mut plans: Vec<&PlannedSeries> = of.programme.shelf.planned.iter().collect();
    plans.sort_by_key(|plan| plan.date);
    let row = |plan: &'a PlannedSeries| {
        let issues = &of.programme.issues;
        let issue: Option<&Issue> = issues.iter().find(|issue| issue.name == plan.name);
        let loans = issue.map_or(&[][..], |issue| &issue.loans);
        let mut firms: BTreeMap<&str, Fen> = BTreeMap::new();
        for loan in loans {
            *firms.entry(loan.debtor()).or_insert(0) += loan.principal;
        }
        let size = issue.map_or(0, |issue| issue.size);
        let largest = firms.values().copied().max().unwrap_or(0) as f64 / size.max(1) as f64;
        Row { plan, size, loans: loans.len(), firms: firms.len(), largest }
    };
    plans.into_iter().map(row).collect()
}

/// `filling.csv`: a row a planned series.
pub(super) fn filling(of: &ShelfFindings<'_>, filling: &Allocation) -> Sheet {
    let header = [
        "series",
        "date",
        "target_size",
        "placed",
        "share_of_target",
        "loans",
        "debtors",
        "largest_debtor_share",
        "goal",
    ];
    let mut sheet = Sheet::new("filling.csv", &header);
    for row in rows(of) {
        sheet.rows.push(vec![
            Cell::text(&row.plan.name),
            Cell::Date(row.plan.date),
            Cell::Yuan(yuan_of(row.plan.target_size)),
            Cell::Yuan(yuan_of(row.size)),
            Cell::Number(row.share(), 6),
            Cell::Count(row.loans as i64),
            Cell::Count(row.firms as i64),
            Cell::Number(row.largest, 6),
            Cell::text(filling.goal.name()),
        ]);
    }
    sheet
}

/// What was reached against its bound, in one line.
pub(super) fn scored(of: &ShelfFindings<'_>, filling: &Allocation, lang: Lang) -> String {
    let amount = |fen: Fen| lang.amount(yuan_of(fen));
    let placed = filling.amount(&of.programme.shelf.candidates);
    match filling.score {
        Score::Amount { placed, bound } => {
            let gap = (bound - placed).max(0);
            let share = percent(gap as f64 / bound.max(1) as f64);
            let [placed, bound, gap] = [placed, bound, gap].map(amount);
            match lang {
                Lang::En => format!(
                    "Filled for the largest amount: {placed}; no allocation exceeds {bound}: at \
                     most {gap}, {share}, lacks."
                ),
                Lang::Zh => format!(
                    "按发行额最大组包：{placed}；任何方案不超过 {bound}，差距至多 {gap}（{share}）。"
                ),
            }
        }
        Score::Series { used, bound, at_least } => {
            let (placed, least) = (amount(placed), amount(at_least));
            match lang {
                Lang::En => format!(
                    "Filled for the fewest series: {used} take {placed} (asked: {least}, 99% of \
                     the largest amount found); fewer than {bound} cannot."
                ),
                Lang::Zh => format!(
                    "按期数最少组包：{used} 期共 {placed}（要求 {least}，即最大发行额的 99%）；少于 {bound} 期不可能。"
                ),
            }
        }
        Score::Level { least, bound } => {
            let none = || lang.say("no series can be filled", "没有可组包的期次").to_owned();
            let bound = bound.map_or_else(none, |bound| match lang {
                Lang::En => format!("no allocation brings all to more than {}", percent(bound)),
                Lang::Zh => format!("任何方案的最低比例不超过 {}", percent(bound)),
            });
            let (least, placed) = (percent(least), amount(placed));
            match lang {
                Lang::En => format!(
                    "Filled level: every series that can be filled reaches {least} of its target, \
                     {placed} in all; {bound}."
                ),
                Lang::Zh => {
                    format!(
                        "按各期均衡组包：可组包各期至少达目标的 {least}，合计 {placed}；{bound}。"
                    )
                }
            }
        }
    }
}

/// What ended the search, where anything but its end did.
fn cut(filling: &Allocation, lang: Lang) -> String {
    let most = grouped(&MOST_TRIES.to_string());
    match (filling.cut, lang) {
        (None, _) => String::new(),
        (Some(Cut::Moves), Lang::En) => format!("The work was cut at {most} moves.\n"),
        (Some(Cut::Moves), Lang::Zh) => format!("已达搜索上限（{most} 次），提前结束。\n"),
        (Some(Cut::Clock), Lang::En) => "The clock cut the search (`--time-limit`): this is the \
             best found by then, and another machine, or more time, may find another.\n"
            .to_owned(),
        (Some(Cut::Clock), Lang::Zh) => {
            "已到时限（`--time-limit`），提前结束：此为届时最优方案，换一台机器或延长时限结果可能不同。\n"
                .to_owned()
        }
    }
}

/// What a run prints: the score, what cut the search, and where nothing fits what is to blame.
pub(super) fn said(of: &ShelfFindings<'_>, filling: &Allocation, lang: Lang) -> String {
    let mut text = format!("{}\n{}", scored(of, filling, lang), cut(filling, lang));
    if !filling.placed.iter().any(Option::is_some) {
        text.push_str(&blamed(filling, lang).replace("**", ""));
    }
    text
}

/// The part of the summary, in lines.
pub(super) fn told(of: &ShelfFindings<'_>, filling: &Allocation, lang: Lang) -> String {
    let mut text = format!("{}\n{}", scored(of, filling, lang), cut(filling, lang));
    if !filling.placed.iter().any(Option::is_some) {
        text.push_str(&blamed(filling, lang));
        return text;
    }
    let unit = lang.unit();
    text.push_str(&match lang {
        Lang::En => format!(
            "\n| series | date | target ({unit}) | placed | of target | loans | firms, affiliates \
             as one | largest |\n"
        ),
        Lang::Zh => format!(
            "\n| 期次 | 发行日 | 目标（{unit}） | 组包 | 占目标 | 贷款 | 企业（关联方合并） | 最大占比 |\n"
        ),
    });
    text.push_str("|---|---|---:|---:|---:|---:|---:|---:|\n");
    for row in rows(of) {
        let cells = [
            row.plan.name.clone(),
            row.plan.date.to_string(),
            lang.figure(yuan_of(row.plan.target_size)),
            lang.figure(yuan_of(row.size)),
            percent(row.share()),
            row.loans.to_string(),
            row.firms.to_string(),
            percent(row.largest),
        ];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push_str(&not_issued(of, filling, lang));
    text.push_str(&left_out(of, filling, lang));
    text.push_str(lang.say(
        "\nTables: `allocation.csv`, `filling.csv`.\n",
        "\n明细见 `allocation.csv`、`filling.csv`。\n",
    ));
    text
}

fn limit(limit: ShelfLimit, lang: Lang) -> String {
    let (word, zh) = limit.words();
    match lang {
        Lang::En => format!("`{word}`"),
        Lang::Zh => zh.to_owned(),
    }
}

/// Series that are left empty, and why.
fn not_issued(of: &ShelfFindings<'_>, filling: &Allocation, lang: Lang) -> String {
    let each = |(at, why): &(usize, Option<ShelfLimit>)| {
        let name = &of.programme.shelf.planned[*at].name;
        match (why, lang) {
            (None, _) => name.clone(),
            (Some(why), Lang::En) => format!("{name} ({})", limit(*why, lang)),
            (Some(why), Lang::Zh) => format!("{name}（{}）", limit(*why, lang)),
        }
    };
    if filling.empty.is_empty() {
        return String::new();
    }
    let each = lang.listed(&filling.empty.iter().map(each).collect::<Vec<String>>());
    match lang {
        Lang::En => format!(
            "\nNot issued: {each}; in brackets the limit that keeps most of what is not placed \
             out of it.\n"
        ),
        Lang::Zh => format!("\n未发行：{each}；括号内为未入池贷款进入该期的主要限制。\n"),
    }
}

/// Loans that are not placed, by the limit that keeps them out of most series.
fn left_out(of: &ShelfFindings<'_>, filling: &Allocation, lang: Lang) -> String {
    let mut by: BTreeMap<ShelfLimit, (usize, Fen)> = BTreeMap::new();
    let rows = of.programme.shelf.candidates.iter().zip(&filling.why);
    for (candidate, why) in rows {
        // What a loan brings with it says less than what stands in its way where it could go.
        let met = why.iter().find(|(limit, _)| !limit.is_of_loan());
        if let Some((limit, _)) = met.or(why.first()) {
            let sum = by.entry(*limit).or_default();
            *sum = (sum.0 + 1, sum.1 + candidate.principal);
        }
    }
    let count: usize = by.values().map(|sum| sum.0).sum();
    if count == 0 {
        return lang.say("\nEvery candidate is placed.\n", "\n备选贷款全部入池。\n").to_owned();
    }
    let sum = lang.amount(yuan_of(by.values().map(|sum| sum.1).sum()));
    let each: Vec<String> = by
        .iter()
        .map(|(of, (count, sum))| {
            let sum = lang.amount(yuan_of(*sum));
            match lang {
                Lang::En => format!("{} {count} ({sum})", limit(*of, lang)),
                Lang::Zh => format!("{} {count} 笔（{sum}）", limit(*of, lang)),
            }
        })
        .collect();
    let each = lang.listed(&each);
    match lang {
        Lang::En => format!(
            "\nNot placed: {count} loans, {sum}. What keeps them out where their dates and terms \
             would let them in: {each}.\n"
        ),
        Lang::Zh => format!("\n未入池 {count} 笔，{sum}。期限和日期之外主要受限于：{each}。\n"),
    }
}

/// Why nothing fits.
fn blamed(filling: &Allocation, lang: Lang) -> String {
    if filling.blame.is_empty() {
        let mut limits: BTreeSet<ShelfLimit> = BTreeSet::new();
        limits.extend(filling.why.iter().flatten().map(|(limit, _)| *limit));
        let limits: Vec<String> = limits.into_iter().map(|of| limit(of, lang)).collect();
        let limits = lang.listed(&limits);
        return match lang {
            _ if filling.cut == Some(Cut::Clock) => lang
                .say("**Nothing was placed** in that time.\n", "**时限内未能组包**。\n")
                .to_owned(),
            Lang::En => format!(
                "**Nothing fits**, and no single limit is to blame: taking any one away leaves it \
                 so. In the way are {limits}.\n"
            ),
            Lang::Zh => format!("**无法组包**，且并非单一限制所致：{limits}。\n"),
        };
    }
    let each: Vec<String> = filling
        .blame
        .iter()
        .map(|(of, sum)| {
            let sum = lang.amount(yuan_of(*sum));
            match lang {
                Lang::En => format!("without {} at least {sum} would", limit(*of, lang)),
                Lang::Zh => format!("若无“{}”至少可组包 {sum}", limit(*of, lang)),
            }
        })
        .collect();
    let each = lang.listed(&each);
    match lang {
        Lang::En => format!("**Nothing fits**: {each}.\n"),
        Lang::Zh => format!("**无法组包**：{each}。\n"),
    }
}

/// What filling means.
pub(super) fn definitions(of: &Allocation, lang: Lang) -> String {
    let most = grouped(&MOST_TRIES.to_string());
    let share = match of.goal {
        Goal::Level => lang.say(
            " Series for which too few firms have loans are left out of the levelling.",
            "企业不足以组包的期次不参与均衡。",
        ),
        Goal::Amount | Goal::Series => "",
    };
    let alike = match of.cut {
        Some(Cut::Clock) => lang.say(
            ", or fewer where a time limit ends the work first, as it did here: what was found \
             then depends on the machine",
            "，设有时限的以先到者为准；本次先到时限，结果因机器而异",
        ),
        Some(Cut::Moves) | None => lang.say(
            ", a count and not a time, so that the same shelf is filled alike anywhere",
            "（计次数而非时间），同一储架在任何机器上结果相同",
        ),
    };
    match lang {
        Lang::En => format!(
            "- **Filling**: loans are placed whole. The bound is that of loans that may be \
             divided, and holds for every allocation; what is found need not be the best. At most \
             {most} moves are tried{alike}.{share} Limits are kept for series that issue their \
             loans' principal and repay all at their end; those on all that is out together by \
             taking loans out last. What is told above is of deals: a filled series is one like \
             the series that `like` names (else the first), with its shares of classes, coupons, \
             fees, order of payment and commitment, scaled. Its loans begin a month before \
             closing and pay interest quarterly and principal at their end; a rate, a probability \
             of default or an appraisal that `candidates.csv` leaves open is that series' mean. \
             Where no series is a deal, what is told is of the plans.\n"
        ),
        Lang::Zh => format!(
            "- **组包**：贷款整笔入池。上界按贷款可拆分的松弛问题求得，对任何方案成立；所得方案不一定最优。搜索以 \
             {most} 次为限{alike}。{share}组包时假设各期按贷款本金发行、到期一次还本；全部存续期的集中度上限最后以剔除贷款满足。\
             以上结果按交易测算：\
             组包各期参照 `like` 所指期次（默认首期）的分层比例、票面、费用、分配顺序和承诺按规模缩放；贷款自设立日前一个月起息，\
             按季付息、到期还本；`candidates.csv` 未填的利率、违约率、评估值取该期均值。无任何已发行期次时仅为计划。\n"
        ),
    }
}
