//! The series on the same paths: tables and a section of the summary.
//!
//! Headers are part of the contract: a column may be added at the end, none renamed.
use crate::analytics::joint::{Joint, JointSupporter, Ways};
use crate::analytics::shelf::{DueBy, QuietCall};
use crate::analytics::simulated::Estimate;
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::prose::Prose;
use crate::report::table::{Cell, Sheet};

/// Digits after the point of probabilities and losses.
const DIGITS: usize = 12;
/// Share of paths from which on it wants a reason that a supporter is called.
const MOST_PATHS: f64 = 0.5;

/// What a simulation of the series found, and the names of what it is of.
#[derive(Clone, Debug)]
pub struct JointFindings {
    pub joint: Joint,
    /// In the order of issue: name, and names of its classes.
    pub series: Vec<(String, Vec<String>)>,
    /// Name, and what is left of its capacity as the run begins; none where it is not limited.
    pub supporters: Vec<(String, Option<Fen>)>,
    /// Calls that come though nobody defaults.
    pub quiet_calls: Vec<QuietCall>,
    /// Initial principal of all series, which amounts are told over.
    pub principal: Fen,
    pub seed: u64,
    pub tail: bool,
}

fn pair(estimate: Estimate) -> [Cell; 2] {
    let se = estimate.se.map_or(Cell::Blank, |se| Cell::Number(se, DIGITS));
    [Cell::Number(estimate.value, DIGITS), se]
}

fn given(estimate: Option<Estimate>) -> [Cell; 2] {
    estimate.map_or([Cell::Blank, Cell::Blank], pair)
}

fn ways(of: Ways) -> impl Iterator<Item = Cell> {
    [of.together, of.alone, of.without].into_iter().flat_map(pair)
}

impl JointFindings {
    /// An amount that is told over the principal of all series, in yuan.
    fn yuan(&self, estimate: Estimate) -> [Cell; 2] {
        let principal = self.principal as f64 / 100.0;
        let se = estimate.se.map_or(Cell::Blank, |se| Cell::Number(se * principal, 2));
        [Cell::Number(estimate.value * principal, 2), se]
    }

    /// Every table.
    pub(super) fn sheets(&self) -> Vec<Sheet> {
        vec![self.classes(), self.series(), self.added(), self.supporters(), self.paid()]
    }

    /// `joint.csv`: every class, with its series together with the others, alone and without
    /// commitments.
    fn classes(&self) -> Sheet {
        let mut sheet = Sheet::new("joint.csv", JOINT);
        for ((name, classes), of) in self.series.iter().zip(&self.joint.series) {
            for (class, figures) in classes.iter().zip(&of.classes) {
                let mut row = vec![Cell::text(name), Cell::text(class)];
                row.push(Cell::Count(self.joint.paths as i64));
                row.extend(ways(figures.pd).chain(ways(figures.el)));
                row.extend([figures.pd.bare, figures.el.bare].into_iter().flat_map(given));
                sheet.rows.push(row);
            }
        }
        sheet
    }

    /// `joint_series.csv`: that a senior class of a series is unpaid; last of any series.
    fn series(&self) -> Sheet {
        let mut sheet = Sheet::new("joint_series.csv", SERIES);
        let firsts = &self.joint.first;
        for (at, ((name, _), of)) in self.series.iter().zip(&self.joint.series).enumerate() {
            let mut row = vec![Cell::text(name)];
            row.extend(ways(of.unpaid));
            row.extend(pair(of.only));
            let first = &firsts[at];
            let before = at.checked_sub(1).map(|before| firsts[before].any_unpaid);
            let later = |estimate: Estimate| before.map(|_| estimate);
            row.extend(given(before));
            row.extend(given(later(first.any_earlier_unpaid)));
            row.extend(given(of.unpaid.bare));
            row.extend(pair(of.part_of_any));
            row.extend(given(later(first.earlier_change)));
            let loss = later(first.earlier_loss_change).map(|loss| self.yuan(loss));
            row.extend(loss.unwrap_or([Cell::Blank, Cell::Blank]));
            sheet.rows.push(row);
        }
        let mut row = vec![Cell::text("any")];
        row.extend(ways(self.joint.any_unpaid));
        row.extend(vec![Cell::Blank; 6]);
        row.extend(given(self.joint.any_unpaid.bare));
        row.extend(pair(self.joint.any_unpaid.together));
        row.extend(vec![Cell::Blank; 4]);
        sheet.rows.push(row);
        sheet
    }

    /// `joint_added.csv`: every class of the first series, of the first two, and so on: what each
    /// series that is added does to those before it.
    fn added(&self) -> Sheet {
        let mut sheet = Sheet::new("joint_added.csv", ADDED);
        for (first, (last, _)) in self.joint.first.iter().zip(&self.series) {
            for ((name, classes), of) in self.series.iter().zip(&first.classes) {
                for (class, &(pd, el)) in classes.iter().zip(of) {
                    let mut row = vec![Cell::text(last), Cell::text(name), Cell::text(class)];
                    row.extend(pair(pd).into_iter().chain(pair(el)));
                    sheet.rows.push(row);
                }
            }
        }
        sheet
    }

    /// `joint_supporters.csv`: every supporter behind the first series, the first two, and so on.
    fn supporters(&self) -> Sheet {
        let mut sheet = Sheet::new("joint_supporters.csv", SUPPORTERS);
        for (first, (last, _)) in self.joint.first.iter().zip(&self.series) {
            for ((name, capacity), of) in self.supporters.iter().zip(&first.supporters) {
                let capacity = capacity.map_or(Cell::Blank, |fen| Cell::Yuan(yuan_of(fen)));
                let mut row = vec![Cell::text(last), Cell::text(name), capacity];
                row.extend(pair(of.called));
                row.extend(given(of.failed_when_called));
                row.extend(given(of.short_when_called));
                for amount in [of.amount_called, of.amount_paid, of.paid_p99] {
                    row.extend(self.yuan(amount));
                }
                sheet.rows.push(row);
            }
        }
        sheet
    }

    /// `joint_paid.csv`: what each series takes of a supporter.
    fn paid(&self) -> Sheet {
        let mut sheet = Sheet::new("joint_paid.csv", PAID);
        for ((name, _), of) in self.supporters.iter().zip(self.joint.supporters()) {
            for ((series, _), paid) in self.series.iter().zip(&of.by_series) {
                let mut row = vec![Cell::text(name), Cell::text(series)];
                row.extend(self.yuan(*paid));
                row.push(share(*paid, of.amount_paid));
                sheet.rows.push(row);
            }
        }
        sheet
    }

    /// The section of the summary.
    pub(super) fn section(&self, page: &mut Prose) {
        let lang = page.lang;
        page.heading("The series together", "各期联合模拟");
        page.add(&self.sentences(lang));
        page.add(&self.series_table(lang));
        page.add(&self.unhurt(lang));
        page.add(&self.changes_table(lang));
        page.add(&self.added_table(lang));
        page.add(&self.supporter_table(lang));
        page.add(&self.often_called(lang));
        page.add(lang.say(MEANS_EN, MEANS_ZH));
    }

    fn series_table(&self, lang: Lang) -> String {
        let any = self.joint.any_unpaid;
        let bare = any.bare.is_some();
        let mut header = vec![
            lang.say("series", "期次"),
            lang.say("together", "共用增信"),
            lang.say("alone", "单独测算"),
            lang.say("without", "无增信"),
        ];
        header.extend(bare.then(|| lang.say("bare", "全无增信")));
        header.extend([lang.say("of no other series", "仅本期"), lang.say("part", "分摊")]);
        let mut text =
            format!("\n| {} |\n|---{}|\n", header.join(" | "), "|---:".repeat(header.len() - 1));
        let mut line = |name: &str, of: Ways, own: [String; 2]| {
            let figures = [of.together, of.alone, of.without].into_iter().chain(of.bare);
            let figures = figures.map(|estimate| self.percent(estimate)).chain(own);
            let cells: Vec<String> = std::iter::once(name.to_owned()).chain(figures).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        };
        for ((name, _), of) in self.series.iter().zip(&self.joint.series) {
            line(name, of.unpaid, [of.only, of.part_of_any].map(|of| self.percent(of)));
        }
        let name = lang.say("**any**", "**任一期**");
        line(name, any, [String::new(), self.percent(any.together)]);
        text
    }

    /// Series that lose nothing by sharing a capacity that others lose by.
    fn unhurt(&self, lang: Lang) -> String {
        let loses = |of: &Ways| of.together.value > of.alone.value;
        if !self.joint.series.iter().any(|of| loses(&of.unpaid)) {
            return String::new();
        }
        let series = self.series.iter().zip(&self.joint.series);
        let unhurt = series.filter(|(_, of)| !loses(&of.unpaid) && of.unpaid.without.value > 0.0);
        let names: Vec<String> = unhurt.map(|((name, _), _)| name.clone()).collect();
        if names.is_empty() {
            return String::new();
        }
        let names = lang.listed(&names);
        match lang {
            Lang::En => format!(
                "\nLoses nothing by sharing: {names}. Its senior class is unpaid as often as if it \
                 had all capacity to itself: what others draw on or before the dates of its calls \
                 leaves enough for them.\n"
            ),
            Lang::Zh => format!(
                "\n未因共用而受损：{names}。其优先级未足额的概率与独享支付能力时相同：各次启动时，其他各期此前及当日的支取仍留有足够余额。\n"
            ),
        }
    }

    /// What each series changes for the holders of those before it.
    fn changes_table(&self, lang: Lang) -> String {
        if self.series.len() < 2 {
            return String::new();
        }
        let mut text = lang
            .say(
                "\n| what it changes for those before it | any of them unpaid, before | after | \
                 change | their expected loss, change |\n",
                "\n| 本期发行对此前各期的影响 | 加入前：任一期未足额 | 加入后 | 变动 | 预期损失变动 |\n",
            )
            .to_owned();
        text.push_str("|---|---:|---:|---:|---:|\n");
        let firsts = &self.joint.first;
        for ((name, _), pair) in self.series.iter().skip(1).zip(firsts.windows(2)) {
            let [before, after] = [pair[0].any_unpaid, pair[1].any_earlier_unpaid];
            let (change, loss) = (pair[1].earlier_change, pair[1].earlier_loss_change);
            let cells = [
                name.clone(),
                self.percent(before),
                self.percent(after),
                moved(change, |share| format!("{:+.3}%", 100.0 * share), lang),
                moved(loss, |share| self.signed_amount(share, lang), lang),
            ];
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        if !self.changes_any() {
            text.push_str(lang.say(
                "\nNo series changes anything for the holders of those before it, on any path.\n",
                "\n任何路径上，后发各期均不影响此前各期持有人。\n",
            ));
        }
        text
    }

    /// Whether some series changes anything for the holders of those before it.
    fn changes_any(&self) -> bool {
        let mut later = self.joint.first.iter().skip(1);
        later.any(|of| of.earlier_change.se.is_some() || of.earlier_loss_change.se.is_some())
    }

    /// How likely a senior class of each series is unpaid, as series are added, where any addition
    /// changes it.
    fn added_table(&self, lang: Lang) -> String {
        if self.series.len() < 2 || !self.changes_any() {
            return String::new();
        }
        let names: Vec<&str> = self.series.iter().map(|(name, _)| name.as_str()).collect();
        let title = lang.say("each, up to and with", "各期未足额概率（截至）");
        let mut text = format!(
            "\n| {title} | {} |\n|---{}|\n",
            names.join(" | "),
            "|---:".repeat(names.len())
        );
        for (first, last) in self.joint.first.iter().zip(&names) {
            let mut cells = vec![(*last).to_owned()];
            cells.extend(first.unpaid.iter().map(|&unpaid| self.percent(unpaid)));
            cells.resize(names.len() + 1, String::new());
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        text
    }

    /// An amount that is told over the principal of all series.
    fn signed_amount(&self, share: f64, lang: Lang) -> String {
        let fen = (share * self.principal as f64).round() as Fen;
        let sign = if fen < 0 { "-" } else { "+" };
        format!("{sign}{}", lang.amount(yuan_of(fen.abs())))
    }

    fn sentences(&self, lang: Lang) -> String {
        let paths = self.joint.paths;
        let any = self.joint.any_unpaid;
        let [together, alone, without] =
            [any.together, any.alone, any.without].map(|estimate| self.percent(estimate));
        let worse = if self.tail {
            lang.say(", three blocks of four from worse years", "，其中四分之三取自较差年景")
        } else {
            ""
        };
        let bare = any.bare.map_or_else(String::new, |bare| {
            let bare = self.percent(bare);
            match lang {
                Lang::En => format!("; {bare} without covers of loans either"),
                Lang::Zh => format!("；贷款层面增信亦无时为 {bare}"),
            }
        });
        match lang {
            Lang::En => format!(
                "On {paths} paths (seed {}{worse}), on which a firm defaults once in all series \
                 that it is in and a supporter pays out of one capacity, a senior class of some \
                 series is unpaid with probability **{together}**; {alone} if each series had all \
                 capacity to itself; {without} without commitments{bare}.\n",
                self.seed
            ),
            Lang::Zh => format!(
                "共 {paths} 条路径（种子 {}{worse}）：同一企业在各期只违约一次，增信方以同一支付能力\
                 对各期代付；任一期优先级未足额兑付的概率为 **{together}**；若各期独享支付能力为 \
                 {alone}；无增信为 {without}{bare}。\n",
                self.seed
            ),
        }
    }

    fn supporter_table(&self, lang: Lang) -> String {
        if self.supporters.is_empty() {
            return String::new();
        }
        let mut text = lang
            .say(
                "\n| supporter | called | failed when called | capacity used up when called | \
                 paid, mean | paid, 99% | largest taker |\n",
                "\n| 增信方 | 被要求代付 | 其中：已违约 | 其中：支付能力耗尽 | 代付均值 | 代付 99% | \
                 占用最多 |\n",
            )
            .to_owned();
        text.push_str("|---|---:|---:|---:|---:|---:|---|\n");
        for ((name, capacity), of) in self.supporters.iter().zip(self.joint.supporters()) {
            let share = |estimate: Option<Estimate>| match estimate {
                Some(estimate) => format!("{:.2}%", 100.0 * estimate.value),
                None => "-".to_owned(),
            };
            let short = match capacity {
                Some(_) => share(of.short_when_called),
                None => lang.say("no limit", "不限").to_owned(),
            };
            let amount = |estimate: Estimate| {
                let fen = (estimate.value * self.principal as f64).round() as Fen;
                lang.amount(yuan_of(fen))
            };
            let cells = [
                name.clone(),
                self.percent(of.called),
                share(of.failed_when_called),
                short,
                amount(of.amount_paid),
                amount(of.paid_p99),
                self.largest_taker(of, lang),
            ];
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        text
    }

    /// Why supporters that are called on most paths are.
    fn often_called(&self, lang: Lang) -> String {
        let often = self.supporters.iter().zip(self.joint.supporters());
        let often = often.filter(|(_, of)| of.called.value > MOST_PATHS);
        let line = |((name, _), of): (&(String, Option<Fen>), &JointSupporter)| {
            let quiet: Vec<String> = self
                .quiet_calls
                .iter()
                .filter(|call| call.supporter == *name)
                .map(|call| quiet_call(call, lang))
                .collect();
            let called = self.percent(of.called);
            let why = match (quiet.is_empty(), lang) {
                (true, Lang::En) => "though nobody defaulting would call it: what it covers is \
                                     due on fixed dates, and most paths have a default that \
                                     leaves cash short on one of them"
                    .to_owned(),
                (true, Lang::Zh) => {
                    "无违约时不会启动；其覆盖的款项按日到期，多数路径上有违约使某日现金不足"
                        .to_owned()
                }
                (false, Lang::En) => {
                    format!(
                        "since it is called even where nobody defaults: {}",
                        lang.listed(&quiet)
                    )
                }
                (false, Lang::Zh) => format!("即使无违约也会启动：{}", lang.listed(&quiet)),
            };
            match lang {
                Lang::En => format!("\n{name} is called on {called} of paths, {why}.\n"),
                Lang::Zh => format!("\n{name} 在 {called} 的路径上被要求代付，{why}。\n"),
            }
        };
        often.map(line).collect()
    }

    fn largest_taker(&self, of: &JointSupporter, lang: Lang) -> String {
        let by_series = of.by_series.iter().zip(&self.series);
        let largest = by_series.max_by(|(one, _), (other, _)| one.value.total_cmp(&other.value));
        match largest.filter(|(paid, _)| paid.value > 0.0) {
            Some((paid, (name, _))) => {
                let share = 100.0 * paid.value / of.amount_paid.value;
                match lang {
                    Lang::En => format!("{name}, {share:.0}% of it"),
                    Lang::Zh => format!("{name}，占 {share:.0}%"),
                }
            }
            None => "-".to_owned(),
        }
    }

    /// A probability; of what never happened, what it is below at 95%.
    fn percent(&self, estimate: Estimate) -> String {
        match estimate.value > 0.0 {
            true => format!("{:.3}%", 100.0 * estimate.value),
            false => {
                let most = crate::analytics::simulated::rule_of_three(self.joint.paths);
                format!("< {:.3}%", 100.0 * most)
            }
        }
    }
}

/// What falls due before the pool has paid it in.
fn quiet_call(call: &QuietCall, lang: Lang) -> String {
    let QuietCall { series, date, .. } = call;
    let called = lang.amount(yuan_of(call.called));
    let before = lang.say("before the pool has paid that in", "而资产池届时尚未回收该款");
    let due = match (&call.due, lang) {
        (Some((class, DueBy::ExpectedMaturity)), Lang::En) => {
            format!("{class} is due at its expected maturity {before}")
        }
        (Some((class, DueBy::Plan)), Lang::En) => {
            format!("{class} has principal due by its plan {before}")
        }
        (None, Lang::En) => format!("interest, or what ranks above it, is due {before}"),
        (Some((class, DueBy::ExpectedMaturity)), Lang::Zh) => {
            format!("{class} 于预期到期日应付全部本金，{before}")
        }
        (Some((class, DueBy::Plan)), Lang::Zh) => format!("{class} 按计划应付本金，{before}"),
        (None, Lang::Zh) => format!("利息或其前款项到期，{before}"),
    };
    match lang {
        Lang::En => format!("in {series} for {called} on {date}, when {due}"),
        Lang::Zh => format!("{series} 于 {date} 启动 {called}（{due}）"),
    }
}

/// A difference path by path with its standard error; none where no path differs.
fn moved(of: Estimate, shown: impl Fn(f64) -> String, lang: Lang) -> String {
    match of.se {
        None => lang.say("none", "无").to_owned(),
        Some(se) => {
            let (change, se) = (shown(of.value), shown(se));
            let se = se.trim_start_matches('+');
            match lang {
                Lang::En => format!("{change} (s.e. {se})"),
                Lang::Zh => format!("{change}（标准误 {se}）"),
            }
        }
    }
}

fn share(of: Estimate, whole: Estimate) -> Cell {
    match whole.value > 0.0 {
        true => Cell::Number(of.value / whole.value, 6),
        false => Cell::Blank,
    }
}

const JOINT: &[&str] = &[
    "series",
    "tranche",
    "paths",
    "pd",
    "pd_se",
    "pd_alone",
    "pd_alone_se",
    "pd_without",
    "pd_without_se",
    "el",
    "el_se",
    "el_alone",
    "el_alone_se",
    "el_without",
    "el_without_se",
    "pd_bare",
    "pd_bare_se",
    "el_bare",
    "el_bare_se",
];

const SERIES: &[&str] = &[
    "series",
    "p_unpaid",
    "p_unpaid_se",
    "p_unpaid_alone",
    "p_unpaid_alone_se",
    "p_unpaid_without",
    "p_unpaid_without_se",
    "p_only_this",
    "p_only_this_se",
    "p_earlier_before",
    "p_earlier_before_se",
    "p_earlier_after",
    "p_earlier_after_se",
    "p_unpaid_bare",
    "p_unpaid_bare_se",
    "part_of_any",
    "part_of_any_se",
    "p_earlier_change",
    "p_earlier_change_se",
    "earlier_loss_change",
    "earlier_loss_change_se",
];

const ADDED: &[&str] = &["up_to_series", "series", "tranche", "pd", "pd_se", "el", "el_se"];

const SUPPORTERS: &[&str] = &[
    "up_to_series",
    "supporter",
    "paying_capacity",
    "p_called",
    "p_called_se",
    "p_failed_when_called",
    "p_failed_when_called_se",
    "p_short_when_called",
    "p_short_when_called_se",
    "mean_called",
    "mean_called_se",
    "mean_paid",
    "mean_paid_se",
    "paid_p99",
    "paid_p99_se",
];

const PAID: &[&str] = &["supporter", "series", "mean_paid", "mean_paid_se", "share"];

const MEANS_EN: &str = "
- **Together, alone, without**: probability that a senior class of the series has principal or \
interest unpaid at the end: with all series out of the capacity that they share; as if all of it \
were its own; without commitments; **bare**: without covers of loans either. **Part**: its part of \
the probability that any is unpaid; where several are, each has the same.
- **Change**: what the series changes for the holders of those before it, as a difference on each \
path, with the standard error of that difference; none: no path differs. With every line those \
before it are one series more, so one line's after is not the next line's before.
- Every firm has one clock, from the first series that it is in. Where it has defaulted, or a \
supporter has failed, before a later series begins, another is taken to stand in its place there, \
which lives: so a series alone is much as `simulate` has it.
- **Capacity used up**: on some date less was left of it than was called. Calls of one date share \
what is left by what each would pay, to the fen.

Tables: `joint.csv` (classes), `joint_series.csv`, `joint_added.csv` and `joint_supporters.csv` \
(as series are added), `joint_paid.csv`; chart: `joint.svg`.
";

const MEANS_ZH: &str = "
- **共用增信、单独测算、无增信、全无增信**：该期优先级期末仍有本息未付的概率：各期共用同一支付能力；假设全部支付能力归本期；无承诺；贷款层面增信亦无。\
**分摊**：该期在“任一期未足额”概率中的份额，同一路径有几期即均分。
- **变动**：该期发行对此前各期持有人的影响，逐条路径取差，括号内为该差的标准误；“无”指没有路径不同。逐行“此前各期”多一期，故上一行的加入后不等于下一行的加入前。
- 每家企业自其首次入池的一期起计时；若企业或增信方在后一期开始前已违约，则该期视为由其他正常主体替代，因此单独测算与 `simulate` 大体一致。
- **支付能力耗尽**：某日剩余支付能力小于当日要求代付额；同日的代付要求按各自应付额比例分配，精确到分。

明细见 `joint.csv`（各档）、`joint_series.csv`、`joint_added.csv` 与 `joint_supporters.csv`（逐期加入）、\
`joint_paid.csv`；图：`joint.svg`。
";
