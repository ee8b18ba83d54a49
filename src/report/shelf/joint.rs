//! The series on the same paths: tables and a section of the summary.
//!
//! Headers are part of the contract: a column may be added at the end, none renamed.
use crate::analytics::joint::{Joint, JointSupporter, Ways};
use crate::analytics::simulated::Estimate;
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::table::{Cell, Sheet};

/// Digits after the point of probabilities and losses.
const DIGITS: usize = 12;

/// What a simulation of the series found, and the names of what it is of.
#[derive(Clone, Debug)]
pub struct JointFindings {
    pub joint: Joint,
    /// In the order of issue: name, and names of its classes.
    pub series: Vec<(String, Vec<String>)>,
    /// Name, and what is left of its capacity as the run begins; none where it is not limited.
    pub supporters: Vec<(String, Option<Fen>)>,
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
        vec![self.classes(), self.series(), self.supporters(), self.paid()]
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
            match at.checked_sub(1) {
                Some(before) => {
                    row.extend(pair(firsts[before].any_unpaid));
                    row.extend(pair(firsts[at].any_earlier_unpaid));
                }
                None => row.extend(vec![Cell::Blank; 4]),
            }
            sheet.rows.push(row);
        }
        let mut row = vec![Cell::text("any")];
        row.extend(ways(self.joint.any_unpaid));
        row.extend(vec![Cell::Blank; 6]);
        sheet.rows.push(row);
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
    pub(super) fn section(&self, lang: Lang) -> String {
        let mut text = format!("\n## {}\n\n", lang.say("The series together", "各期联合模拟"));
        text.push_str(&self.sentences(lang));
        text.push_str(lang.say(
            "\n| series | together | alone | without | of no other series | any earlier series, \
             before it | after |\n",
            "\n| 期次 | 共用增信 | 单独测算 | 无增信 | 仅本期 | 加入前：已发行任一期 | 加入后 |\n",
        ));
        text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
        let firsts = &self.joint.first;
        for (at, ((name, _), of)) in self.series.iter().zip(&self.joint.series).enumerate() {
            let earlier = match at.checked_sub(1) {
                Some(before) => [firsts[before].any_unpaid, firsts[at].any_earlier_unpaid]
                    .map(|estimate| self.percent(estimate)),
                None => ["-".to_owned(), "-".to_owned()],
            };
            let [together, alone, without, only] =
                [of.unpaid.together, of.unpaid.alone, of.unpaid.without, of.only]
                    .map(|estimate| self.percent(estimate));
            let [before, after] = earlier;
            text.push_str(&format!(
                "| {name} | {together} | {alone} | {without} | {only} | {before} | {after} |\n"
            ));
        }
        let any = self.joint.any_unpaid;
        let [together, alone, without] =
            [any.together, any.alone, any.without].map(|estimate| self.percent(estimate));
        let word = lang.say("**any**", "**任一期**");
        text.push_str(&format!("| {word} | {together} | {alone} | {without} | | | |\n"));
        text.push_str(&self.supporter_table(lang));
        text.push_str(lang.say(MEANS_EN, MEANS_ZH));
        text
    }

    fn sentences(&self, lang: Lang) -> String {
        let paths = self.joint.paths;
        let any = self.joint.any_unpaid;
        let [together, alone, without] =
            [any.together, any.alone, any.without].map(|estimate| self.percent(estimate));
        let worse = if self.tail {
            lang.say(", every second block from worse years", "，其中一半取自较差年景")
        } else {
            ""
        };
        match lang {
            Lang::En => format!(
                "On {paths} paths (seed {}{worse}), on which a firm defaults once in all series \
                 that it is in and a supporter pays out of one capacity, a senior class of some \
                 series is unpaid with probability **{together}**; {alone} if each series had all \
                 capacity to itself; {without} without commitments.\n",
                self.seed
            ),
            Lang::Zh => format!(
                "共 {paths} 条路径（种子 {}{worse}）：同一企业在各期只违约一次，增信方以同一支付能力\
                 对各期代付；任一期优先级未足额兑付的概率为 **{together}**；若各期独享支付能力为 \
                 {alone}；无增信为 {without}。\n",
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
];

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
were its own; without commitments. **Any earlier series, before / after**: what the series changes \
for the holders of those before it.
- Every firm has one clock, from the first series that it is in. Where it has defaulted, or a \
supporter has failed, before a later series begins, another is taken to stand in its place there, \
which lives: so a series alone is much as `simulate` has it.
- **Capacity used up**: on some date less was left of it than was called. Calls of one date share \
what is left by what each would pay, to the fen.

Tables: `joint.csv` (classes), `joint_series.csv`, `joint_supporters.csv` (as series are added), \
`joint_paid.csv`; chart: `joint.svg`.
";

const MEANS_ZH: &str = "
- **共用增信、单独测算、无增信**：该期优先级期末仍有本息未付的概率：各期共用同一支付能力；假设全部支付能力归本期；无承诺。**加入前、加入后**：该期发行对此前各期持有人的影响。
- 每家企业自其首次入池的一期起计时；若企业或增信方在后一期开始前已违约，则该期视为由其他正常主体替代，因此单独测算与 `simulate` 大体一致。
- **支付能力耗尽**：某日剩余支付能力小于当日要求代付额；同日的代付要求按各自应付额比例分配，精确到分。

明细见 `joint.csv`（各档）、`joint_series.csv`、`joint_supporters.csv`（逐期加入）、`joint_paid.csv`；图：`joint.svg`。
";
