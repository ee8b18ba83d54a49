//! `summary.md` of a sized deal.
use super::notes::{self, coded, named, supported};
use super::{Sizes, binding};
use crate::analytics::needs::{Lever, Setting};
use crate::analytics::size::{GRID, POINTS, Sized, Test, Tested, wants_tail};
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::prose::{self, Prose};
use crate::report::words::{grouped, percent};

/// The page.
pub(super) fn summary(sizes: &Sizes<'_>, lang: Lang) -> String {
    let of = &sizes.question.deal.terms().name;
    let text = Prose::titled(of, lang.say("size", "分层规模测算"), lang);
    let mut page = Page { sizes, lang, text };
    page.facts();
    page.answers();
    page.mezzanine();
    page.tests();
    page.near();
    page.needs();
    page.text.heading("What the words mean", "口径");
    page.text.add(definitions(lang));
    page.text.done()
}

struct Page<'a> {
    sizes: &'a Sizes<'a>,
    lang: Lang,
    text: Prose,
}

impl Page<'_> {
    fn facts(&mut self) {
        let (sizes, lang) = (self.sizes, self.lang);
        let question = sizes.question;
        let (deal, grading) = (question.deal, &question.grading);
        let total = lang.amount(yuan_of(sizes.total));
        let (name, base) = (&question.scenario.name, percent(grading.base_rate));
        let (paths, seed) = (grouped(&sizes.paths.to_string()), sizes.seed);
        let chosen: Vec<String> =
            question.chosen.iter().map(|test| coded(test.name(), lang)).collect();
        let chosen = lang.listed(&chosen);
        let targets = prose::targets(grading, lang);
        let facts = match lang {
            Lang::En => format!(
                "- Notes: {total}, the pool's principal down to 10,000 yuan.\n\
                 - Scenario `{name}`, base default rate {base}; {paths} paths, seed {seed}.\n\
                 - {targets}\n\
                 - Tests that decide: {chosen}; the others are shown."
            ),
            Lang::Zh => format!(
                "- 票据总额 {total}（资产池本金舍至万元）。\n\
                 - 情景 `{name}`，基准违约率 {base}；{paths} 条路径，种子 {seed}。\n\
                 - {targets}\n\
                 - 约束性测试：{chosen}；其余仅列示。"
            ),
        };
        self.text.line(&facts);
        let few = notes::few_obligors(deal, lang);
        few.into_iter().for_each(|text| self.text.line(&format!("- {text}")));
        self.looked_at();
    }

    /// Which sizes were tried, and where one passes above one that does not.
    fn looked_at(&mut self) {
        let lang = self.lang;
        let gaps = notes::no_interval(self.sizes, lang);
        let none = match gaps.is_empty() {
            true => lang.say(
                " None smaller fails, and none larger passes.",
                "更小者均通过，更大者均未通过。",
            ),
            false => "",
        };
        let count = GRID + 1;
        let points: Vec<String> = POINTS
            .iter()
            .filter(|points| **points != 0)
            .map(|points| format!("{points:+}"))
            .collect();
        let points = lang.listed(&points);
        let text = match lang {
            Lang::En => format!(
                "- Sizes looked at: {count}, evenly spaced from the least to the most; between the \
                 last of them that passes and the first that fails by halves; and {points} points \
                 of share around the answer.{none}"
            ),
            Lang::Zh => format!(
                "- 试算规模：最小至最大之间等距 {count} 个，首个未通过者之下二分，及结果上下 {points} 个百分点。{none}"
            ),
        };
        self.text.line(&text);
        let told = notes::warnings(self.sizes, lang);
        told.iter().for_each(|text| self.text.line(&format!("- **{text}**")));
    }

    fn named(&self, sized: &Sized) -> String {
        named(sized, self.lang)
    }

    fn answers(&mut self) {
        let (sizes, lang) = (self.sizes, self.lang);
        let unit = lang.unit();
        self.text.heading("Largest senior", "优先级最大规模");
        self.text.line(&match lang {
            Lang::En => {
                format!("| target, support | senior ({unit}) | share | mezzanine | sub | binds |")
            }
            Lang::Zh => format!("| 目标、增信 | 优先级（{unit}） | 占比 | 夹层 | 次级 | 约束 |"),
        });
        self.text.line("|---|---:|---:|---:|---:|---|");
        for sized in &sizes.sized {
            let cells = match &sized.cut {
                Some(cut) => {
                    let [senior, mezzanine, sub] =
                        [cut.senior, cut.mezzanine, cut.sub].map(|fen| lang.figure(yuan_of(fen)));
                    format!("{senior} | {} | {mezzanine} | {sub}", percent(sizes.share(sized)))
                }
                None => format!("{} | - | - | -", lang.say("no size passes", "均不通过")),
            };
            let line = format!("| {} | {cells} | {} |", self.named(sized), binds(sized, lang));
            self.text.line(&line);
        }
        self.text.line(lang.say(
            "\nTable: `size.csv`; chart: `frontier.svg`.",
            "\n明细见 `size.csv`；图：`frontier.svg`。",
        ));
        if let Some(text) = notes::smaller_with_support(self.sizes, lang) {
            self.text.line(&format!("\n{text}"));
        }
    }

    /// The largest mezzanine below each senior size.
    fn mezzanine(&mut self) {
        let (sizes, lang) = (self.sizes, self.lang);
        if sizes.mezzanine.is_empty() {
            return;
        }
        self.text.heading("Largest mezzanine", "夹层最大规模");
        let unit = lang.unit();
        self.text.line(&match lang {
            Lang::En => {
                format!(
                    "| senior, support | mezzanine | senior ({unit}) | mezzanine | sub | binds |"
                )
            }
            Lang::Zh => {
                format!("| 优先级、增信 | 夹层目标 | 优先级（{unit}） | 夹层 | 次级 | 约束 |")
            }
        });
        self.text.line("|---|---|---:|---:|---:|---|");
        for (above, sized) in &sizes.mezzanine {
            let cells = match &sized.cut {
                Some(cut) => [cut.senior, cut.mezzanine, cut.sub]
                    .map(|fen| lang.figure(yuan_of(fen)))
                    .join(" | "),
                None => format!("{} | - | -", lang.say("no size passes", "均不通过")),
            };
            let support = supported(sized.support, lang);
            let (grade, by) = (&sized.aim.grade, binds(sized, lang));
            self.text.line(&format!("| {above} {support} | {grade} | {cells} | {by} |"));
        }
        self.text.line(lang.say(
            "\nTests are those of the mezzanine classes, the senior size as above. Table: \
             `mezzanine.csv`.",
            "\n测试针对夹层各档，优先级规模同上。明细见 `mezzanine.csv`。",
        ));
    }

    fn tests(&mut self) {
        let lang = self.lang;
        self.text.heading("Tests at that size", "该规模下各项测试");
        self.text.line(lang.say(
            "| target, support | test | asked | found | slack | |",
            "| 目标、增信 | 测试 | 要求 | 结果 | 余量 | |",
        ));
        self.text.line("|---|---|---:|---:|---:|---|");
        for sized in &self.sizes.sized {
            for tested in sized.tests.iter().filter(|tested| tested.limit.is_some()) {
                let shown = |value: f64| shown(tested, value, lang);
                let of = |value: Option<f64>| value.map_or("-".to_owned(), shown);
                let lifted = tested.lifted_by.map(|at| &self.sizes.question.deal.supporters()[at]);
                let verdict = match (tested.passes, tested.chosen, lifted) {
                    (true, _, Some(by)) => match lang {
                        Lang::En => format!("passes, grade of {} (weak link)", by.name),
                        Lang::Zh => format!("通过（{}评级，弱连接）", by.name),
                    },
                    (true, _, None) => lang.say("passes", "通过").to_owned(),
                    (false, true, _) => lang.say("fails", "未通过").to_owned(),
                    (false, false, _) => lang.say("fails, shown only", "未通过，仅列示").to_owned(),
                };
                let cells = [
                    self.named(sized),
                    coded(tested.test.name(), lang),
                    of(tested.limit),
                    of(tested.value),
                    of(tested.slack()),
                    verdict,
                ];
                self.text.row(&cells);
            }
        }
    }

    fn needs(&mut self) {
        let (sizes, lang) = (self.sizes, self.lang);
        let Some(senior) = sizes.senior else { return };
        let (amount, share) =
            (lang.amount(yuan_of(senior)), percent(senior as f64 / sizes.total.max(1) as f64));
        self.text.heading(
            &format!("What a senior class of {amount} ({share}) needs"),
            &format!("优先级 {amount}（{share}）所需条件"),
        );
        self.text.line(lang.say(
            "| target, support | lever | as it is | at least | |",
            "| 目标、增信 | 条件 | 现状 | 至少 | |",
        ));
        self.text.line("|---|---|---:|---:|---|");
        let figure = |setting: Setting| match setting {
            Setting::Share(share) => percent(share),
            Setting::Amount(fen) => lang.amount(yuan_of(fen)),
        };
        for need in &sizes.needs {
            let support = supported(need.support, lang);
            let of = need.lever.of(sizes.question.deal);
            let lever = match need.lever {
                Lever::Recovery => lang.say("flat recovery rate", "固定回收率").to_owned(),
                Lever::Cap(_) => format!("{} {of}", lang.say("cap of", "总额上限：")),
                Lever::Reserve(_) => format!("{} {of}", lang.say("reserve account", "储备账户：")),
                Lever::OverCollateral => lang.say("over-collateral", "超额抵押率").to_owned(),
            };
            let now = need.now.map_or("-".to_owned(), figure);
            let (needed, note) = match need.needed {
                Some(needed) => (figure(needed), String::new()),
                None => {
                    let most = figure(need.most);
                    let note = match lang {
                        Lang::En => format!("{most} is not enough"),
                        Lang::Zh => format!("{most} 仍不足"),
                    };
                    ("-".to_owned(), note)
                }
            };
            let grade = &need.grade;
            self.text.line(&format!("| {grade} {support} | {lever} | {now} | {needed} | {note} |"));
        }
        self.text.line(lang.say(
            "\nOne lever is moved, all else stays; one step less (0.1%, or 10,000 yuan) fails a \
             test that decides. The recovery rate is flat, as late as the scenario's recoveries; \
             a reserve is funded at closing and filled up to it where it is filled up. \
             Over-collateral is the pool over the senior class, less 1. Table: `needs.csv`.",
            "\n每次只变动一项，其余不变；再少一步（0.1% 或 1 万元）即有约束性测试未通过。回收率为固定值，\
             时滞同情景；储备金于起息日注入，设有补足目标的补足至该额；超额抵押率 = 资产池 / 优先级 − 1。\
             明细见 `needs.csv`。",
        ));
    }

    fn near(&mut self) {
        let (sizes, lang) = (self.sizes, self.lang);
        self.text.heading("A little more, a little less", "上下浮动");
        self.text.line(lang.say(
            "| target, support | points | share | pd | grade by pd | critical rate | grade by \
             critical rate (with: weak link) |",
            "| 目标、增信 | 百分点 | 占比 | 违约概率 | 评级（按模拟违约概率） | 临界违约率 | \
             评级（按临界违约率；有增信按弱连接） |",
        ));
        self.text.line("|---|---:|---:|---:|---|---:|---|");
        for sized in &sizes.sized {
            for near in &sized.near {
                let share = near.cut.senior as f64 / sizes.total.max(1) as f64;
                let grade = |grade: &Option<String>| grade.clone().unwrap_or("-".to_owned());
                let rate = near.critical.rate().map(|_| percent(near.critical.achieved));
                let rate = rate.unwrap_or_else(|| lang.say("not reached", "未触及").to_owned());
                let cells = [
                    self.named(sized),
                    format!("{:+}", near.points),
                    percent(share),
                    small(near.pd),
                    grade(&near.grade_by_pd),
                    rate,
                    grade(&near.grade_by_rate),
                ];
                self.text.row(&cells);
            }
        }
        self.text.line(&format!("\n{}", notes::two_views(self.sizes, lang)));
        let tailed = |sized: &&Sized| sized.aim.pd.is_some_and(|pd| wants_tail(pd, sizes.paths));
        let mut grades: Vec<String> =
            sizes.sized.iter().filter(tailed).map(|sized| sized.aim.grade.clone()).collect();
        grades.dedup();
        if !grades.is_empty() {
            let grades = lang.listed(&grades);
            self.text.line(&match lang {
                Lang::En => format!(
                    "\nPaths of {grades} are drawn with worse years in three blocks of four, and \
                     weighed for it: at its limit fewer than 100 paths would be hit."
                ),
                Lang::Zh => format!("\n{grades} 的限额下命中不足 100 条，采用尾部重要性抽样。"),
            });
        }
    }
}

fn binds(sized: &Sized, lang: Lang) -> String {
    coded(&binding(sized), lang)
}

/// A probability that may be small.
fn small(share: f64) -> String {
    format!("{:.4}%", 100.0 * share)
}

fn shown(tested: &Tested, value: f64, lang: Lang) -> String {
    match tested.test {
        Test::Pd | Test::El | Test::JointDefault => small(value),
        Test::Retention | Test::CriticalRate => percent(value),
        Test::LargeObligor => format!("{value:.0}"),
        Test::Coverage => format!("{value:.4}"),
        Test::Capacity => lang.amount(yuan_of((100.0 * value).round() as Fen)),
    }
}

/// What the words mean.
pub(in crate::report) fn definitions(lang: Lang) -> &'static str {
    lang.say(DEFINITIONS_EN, DEFINITIONS_ZH)
}

const DEFINITIONS_EN: &str = "\
- **Cut**: notes are the pool's principal down to 10,000 yuan. Senior classes share the senior \
notional as the deal's own do, mezzanine classes keep theirs unless they are sized, the sub is the \
rest, 10,000 yuan at least. Plans and what the originator holds scale with their class; coupons \
stay.
- **Largest**: 10,000 yuan more fails a test that decides; that test **binds** (`none`: only the \
sub's last 10,000 yuan is in the way). A test holds where it holds for every senior class.
- **pd**: simulated probability that principal or interest is unpaid at the end (for the first \
class also that something is late), plus 1.645 standard errors; asked: the grade's in the table. \
With support, supporters may fail and pay within their caps and capacity. An event that \
accelerates the notes makes all principal due, and what is not paid then is late: where a \
supporter's failure is such an event, the first class can be late with support where without it \
it would not be.
- **el**: simulated expected loss by present value, plus 1.645 standard errors; asked: the \
targets', else 55% of the grade's default probability in table `moodys_idealised` at the shortest \
average life of a senior class where nobody defaults, at least a year (both in `tests.csv`).
- **critical_rate**: lowest critical default rate of all stresses, without support; asked: the \
grade's multiplier times the base rate. With support a class is as good as the better of itself \
and a supporter who covers it in full (weak link).
- **large_obligor**: how many of the largest firms may default together, 5% recovered; asked: the \
number of the grade's letters in table `sp2009`.
- **coverage**: the least of all stresses; asked: 1. **retention**: the lesser share, of all notes \
and of the lowest class, that the originator holds; asked: the deal's.
- **capacity**: the most that a supporter is called for under a stress; asked: what it can \
pay on calls; of several supporters the one with the least left. **joint_default**: the ten-year \
default probability of the class, with support jointly with its supporter where that gives a lift \
(else by its grade with support); asked: the grade's, in table `sp_global`. `size.csv` has the \
grades of the class by itself, as good as its supporter (weak link), and jointly.
- Not done here: limits of a supporter over several deals (see `shelf`).
";

const DEFINITIONS_ZH: &str = "\
- **切分**：票据总额为资产池本金舍至万元；优先级各档按原比例分配，夹层不变，次级为余额（至少 1 万元）。\
摊还计划与自持额随档次同比缩放，票面利率不变。
- **最大规模**：再增 1 万元即有约束性测试未通过，该测试即为**约束**（无：仅受次级最低 1 万元限制）。\
测试须对每一优先档成立。
- **违约概率**（`pd`）：模拟的期末未足额概率（首档另计逾期概率）加 1.645 个标准误；要求为目标表的违约概率。有增信时，\
增信方可能违约，并受上限与支付能力约束。加速清偿使全部本金到期，当日未付即计逾期；若增信方违约触发加速清偿，\
首档有增信的逾期概率可能高于无增信。
- **预期损失**（`el`）：模拟的现值口径预期损失加 1.645 个标准误；要求为目标表所列，未列则为 `moodys_idealised` 表违约概率 × 55%，\
期限取优先级无违约时最短平均期限（至少一年；见 `tests.csv`）。
- **临界违约率**（`critical_rate`）：各压力情景最低临界违约率（无增信）；要求为乘数 × 基准违约率。有增信时取自身与全额覆盖\
的增信方评级孰优（弱连接）。
- **大额债务人测试**（`large_obligor`）：最大若干户同时违约（回收 5%）仍足额的户数；要求为 `sp2009` 表对应字母级的户数。
- **覆盖倍数**（`coverage`）：各压力情景最低值；要求 1。**风险自留**（`retention`）：自持比例（全部票据与最低档孰低）；要求为交易约定。
- **增信方支付能力**（`capacity`）：各压力情景下对增信方的最大启动额；要求为其支付能力（多家取余量最小者）。\
**联合违约概率**（`joint_default`）：十年违约概率，有增信且有联合违约提升时为与增信方同时违约的概率，否则按有增信评级；\
要求为 `sp_global` 表中该级的十年违约概率。`size.csv` 列出自身、弱连接与联合违约三种评级。
- 未做：增信方跨项目限额（见 `shelf`）。
";
