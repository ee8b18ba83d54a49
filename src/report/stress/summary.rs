//! `summary.md` of a stressed deal: what breaks first, for a reader who opens one file only.
use super::{Findings, breaks, joint, worth};
use crate::analytics::critical::Critical;
use crate::analytics::stress::WITHOUT;
use crate::num::yuan_of;
use crate::report::Lang;
use crate::report::prose::{self, Prose};
use crate::report::remarks::remark;
use crate::report::words::{counted, grouped, percent};

/// The page.
pub(super) fn summary(findings: &Findings<'_>, lang: Lang) -> String {
    let what = lang.say("stress", "压力测试");
    let text = Prose::titled(&findings.deal.terms().name, what, lang);
    let mut page = Page { findings, lang, text };
    page.facts();
    page.first();
    page.grades();
    page.losses();
    page.firms();
    page.large();
    page.returns();
    page.grid();
    page.definitions();
    page.text.done()
}

struct Page<'a> {
    findings: &'a Findings<'a>,
    lang: Lang,
    text: Prose,
}

impl Page<'_> {
    fn class(&self, at: usize) -> &str {
        &self.findings.deal.tranches()[at].name
    }

    fn classes(&self) -> std::ops::Range<usize> {
        0..self.findings.deal.tranches().len()
    }

    fn facts(&mut self) {
        let lang = self.lang;
        let grading = &self.findings.grading;
        let (name, stresses) = (&self.findings.scenario.name, self.findings.stressed.len() - 1);
        let base = percent(grading.base_rate);
        let targets = prose::targets(grading, lang);
        let facts = match lang {
            Lang::En => format!(
                "- Scenario `{name}`, and {stresses} stresses of it.\n\
                 - Its defaults come to {base} of initial principal: the base rate.\n\
                 - {targets}"
            ),
            Lang::Zh => format!(
                "- 基准情景 `{name}`，另有 {stresses} 个压力情景。\n\
                 - 基准违约率（违约本金/初始本金）{base}。\n\
                 - {targets}"
            ),
        };
        self.text.line(&facts);
        for (_, note) in breaks::notes(self.findings, lang) {
            self.text.line(&format!("- {note}"));
        }
    }

    /// What breaks first: the smallest set of firms, and the lowest critical rate.
    fn first(&mut self) {
        self.text.heading("What breaks first", "最先受损的情形");
        for class in self.classes() {
            let text = format!(
                "- **{}**: {}",
                self.class(class),
                breaks::breaks(self.findings, class, self.lang)
            );
            self.text.line(&text);
        }
        let (title, worth) = (
            self.lang.say("What support is worth", "增信的作用"),
            worth::support(self.findings, self.lang),
        );
        let text = match self.lang {
            Lang::En => format!("- **{title}**, over all stresses: {worth}."),
            Lang::Zh => format!("- **{title}**（各压力情景）：{worth}。"),
        };
        self.text.line(&text);
        for line in worth::hurt(self.findings, self.lang) {
            self.text.line(&format!("- {line}"));
        }
    }

    fn grades(&mut self) {
        self.text.heading("Critical default rates and grades", "临界违约率与评级");
        self.text.line(self.lang.say(
            "| class | base | lowest | under | multiple | grade by critical rate, without support \
             | with (weak link) |",
            "| 档次 | 基准情景 | 最低 | 所在情景 | 倍数 | 评级（按临界违约率，无增信） | \
             评级（有增信，弱连接） |",
        ));
        self.text.line("|---|---:|---:|---|---:|---|---|");
        let none = "-".to_owned();
        for class in self.classes() {
            let grade = &self.findings.grades[class];
            let (least, stress) = &grade.least[WITHOUT];
            let multiple = self.findings.grading.multiple(least);
            let multiple = multiple.map_or(none.clone(), |multiple| format!("{multiple:.2}"));
            let with = match grade.lifted_by {
                Some(at) => {
                    let supporter = &self.findings.deal.supporters()[at].name;
                    let own = grade.with.as_ref().unwrap_or(&none);
                    match self.lang {
                        Lang::En => format!("{own} (of {supporter})"),
                        Lang::Zh => format!("{own}（{supporter}）"),
                    }
                }
                None => grade.with.clone().unwrap_or(none.clone()),
            };
            let cells = [
                self.class(class).to_owned(),
                self.rate(&self.findings.rates[0][WITHOUT][class]),
                self.rate(least),
                format!("`{}`", self.findings.stressed[*stress].name),
                multiple,
                grade.without.clone().unwrap_or(none.clone()),
                with,
            ];
            self.text.row(&cells);
        }
        self.text.line("");
        for (class, joint) in self.classes().zip(&self.findings.joints) {
            let said = remark(&joint::said(self.findings, joint), self.lang);
            let line = format!("- {}: {said}", self.class(class));
            self.text.line(&line);
        }
        self.text.line(self.lang.say(
            "\nEvery stress: `critical.csv`; chart: `critical.svg`.",
            "\n各情景见 `critical.csv`；图：`critical.svg`。",
        ));
    }

    fn rate(&self, found: &Critical) -> String {
        let rate = found.rate().map(|_| percent(found.achieved));
        rate.unwrap_or_else(|| self.lang.say("not reached", "未触及").to_owned())
    }

    fn losses(&mut self) {
        self.text.heading("Losses", "损失");
        let names: Vec<String> = self
            .classes()
            .map(|class| match self.lang {
                Lang::En => format!("{0} without | {0} with", self.class(class)),
                Lang::Zh => format!("{0} 无增信 | {0} 有增信", self.class(class)),
            })
            .collect();
        let (head, paid) =
            (self.lang.say("scenario", "情景"), self.lang.say("supporter pays", "增信方支付"));
        let unit = self.lang.unit();
        self.text.line(&format!("| {head} | {} | {paid} ({unit}) |", names.join(" | ")));
        self.text.line(&format!("|---|{}---:|", "---:|".repeat(2 * names.len())));
        for stress in &self.findings.stressed {
            let loss = |class: usize, support: usize| {
                percent(stress.worst(support, class).outcomes[support].classes[class].loss)
            };
            let cells: Vec<String> =
                self.classes().flat_map(|class| [loss(class, WITHOUT), loss(class, 0)]).collect();
            let paid = stress.directions.iter().map(|at| at.outcomes[0].deal.support_paid).max();
            let paid = self.lang.figure(paid.unwrap_or_default());
            self.text.add(&format!("| `{}` | {} | {paid} |\n", stress.name, cells.join(" | ")));
        }
        self.text.line(self.lang.say(
            "\nDates, coverage and DSCR: `stress.csv`; chart: `losses.svg`.",
            "\n短缺日、覆盖倍数与 DSCR 见 `stress.csv`；图：`losses.svg`。",
        ));
    }

    fn firms(&mut self) {
        self.text.heading("Which firms break it", "单户与组合违约");
        let lang = self.lang;
        let text = breaks::tried(self.findings, lang);
        self.text.line(&text);
        let head = "| class | support | firms | sets | costliest | loss | supporter pays with it |";
        let zh = "| 档次 | 增信 | 企业数 | 组数 | 最重一组 | 损失 | 有增信时支付 |";
        self.text.line(&format!("\n{}", lang.say(head, zh)));
        self.text.line("|---|---|---:|---:|---|---:|---:|");
        let words = [lang.say("with", "有"), lang.say("without", "无")];
        for class in self.classes() {
            for support in [WITHOUT, 0] {
                let row = self.set_row(class, support);
                self.text.line(&format!("| {} | {} | {row} |", self.class(class), words[support]));
            }
        }
        self.text.line(lang.say("\nSets: `breakers.csv`.", "\n各组明细见 `breakers.csv`。"));
    }

    fn set_row(&self, class: usize, support: usize) -> String {
        let lang = self.lang;
        let found = self.findings.breakers.smallest[support][class].as_ref();
        let Some((found, set)) = found.and_then(|found| Some((found, found.sets.first()?))) else {
            let none = lang.say("none found", "未发现");
            return format!("{none} | - | - | - | -");
        };
        let notional = self.findings.deal.tranches()[class].notional.max(1);
        let own = &set.ends[support].classes[class];
        let loss = percent(own.unpaid_principal as f64 / notional as f64);
        let names = lang.listed(&breaks::firm_names(self.findings, &set.obligors));
        let paid = lang.amount(yuan_of(set.ends[0].paid));
        format!("{} | {} | {names} | {loss} | {paid}", found.size, found.count)
    }

    fn large(&mut self) {
        self.text.heading("Large-obligor test", "大额债务人测试");
        let (large, lang) = (&self.findings.large, self.lang);
        let recovery = (large.table.recovery * crate::num::Decimal::ONE_HUNDRED).normalize();
        let (table, names) = (&large.table.name, large.names.to_uppercase());
        let (en, zh) = match large.binding {
            true => ("it bounds the grades above", "其结果约束上述评级"),
            false => ("shown, not binding", "仅供参考，不作约束"),
        };
        let text = match lang {
            Lang::En => format!(
                "The k largest firms default on their worst dates and {recovery}% comes back; k by \
                 grade from table `{table}`, pool of {names} names ({en}). Without support:"
            ),
            Lang::Zh => format!(
                "最大的 k 家企业在最不利日期违约，回收率 {recovery}%；k 按评级取自表 `{table}`（{names} 级池，{zh}）。无增信："
            ),
        };
        self.text.line(&text);
        let mut lines = Vec::new();
        for class in self.classes() {
            let stood = large.stood[class].as_deref();
            let ks = large.rows.iter().find(|row| Some(row.grade.as_str()) == stood);
            let line = match (stood, lang) {
                (Some(grade), Lang::En) => {
                    let count = ks.map_or(0, |row| row.set.obligors.len());
                    let firms = counted(count, "firm");
                    format!("- {}: stands {firms}, grade {grade}", self.class(class))
                }
                (Some(grade), Lang::Zh) => {
                    let count = ks.map_or(0, |row| row.set.obligors.len());
                    format!("- {}：可承受 {count} 家，对应 {grade}", self.class(class))
                }
                (None, Lang::En) => format!("- {}: stands no grade of the test", self.class(class)),
                (None, Lang::Zh) => format!("- {}：未通过任一评级", self.class(class)),
            };
            lines.push(line);
        }
        lines.iter().for_each(|line| self.text.line(line));
    }

    fn returns(&mut self) {
        self.text.heading("For investors", "投资者口径");
        self.text.line(self.lang.say(
            "| class | yield, base | lowest of all stresses | average life, years, base | \
             longest |",
            "| 档次 | 收益率（基准） | 各情景最低 | 平均期限（年，基准） | 最长 |",
        ));
        self.text.line("|---|---:|---:|---:|---:|");
        for class in self.classes() {
            let of = |at: usize| {
                let outcomes = &self.findings.stressed[at].worst(WITHOUT, class).outcomes;
                let own = &outcomes[WITHOUT].classes[class];
                (own.yield_pa.value, own.wal_years.value)
            };
            let all: Vec<_> = (0..self.findings.stressed.len()).map(of).collect();
            let yields = all.iter().filter_map(|at| at.0).fold(f64::INFINITY, f64::min);
            let lives = all.iter().filter_map(|at| at.1).fold(f64::NEG_INFINITY, f64::max);
            let years = |life: f64| match life.is_finite() {
                true => format!("{life:.2}"),
                false => "-".to_owned(),
            };
            let (base_yield, base_life) = (all[0].0, all[0].1);
            let cells = [
                self.class(class).to_owned(),
                percent(base_yield.unwrap_or(f64::NAN)),
                percent(yields),
                years(base_life.unwrap_or(f64::NAN)),
                years(lives),
            ];
            self.text.row(&cells);
        }
        self.text.line(self.lang.say(
            "\nWithout support, at the issue price; with support, durations, convexity and the \
             return of the sub: `investor.csv`.",
            "\n无增信、按发行价；有增信口径、久期、凸性及次级收益率见 `investor.csv`。",
        ));
    }

    fn grid(&mut self) {
        let Some(grid) = &self.findings.grid else { return };
        self.text.heading("Grid", "网格");
        let axes: Vec<String> =
            grid.axes.iter().map(|axis| format!("`{}`", axis.axis.name())).collect();
        let (cells, axes) = (grouped(&grid.cells.len().to_string()), self.lang.listed(&axes));
        let text = match self.lang {
            Lang::En => format!("{cells} cells over {axes}: `grid.csv`, heat map `grid.svg`.\n"),
            Lang::Zh => format!("{axes} 共 {cells} 个组合：`grid.csv`，热力图 `grid.svg`。\n"),
        };
        self.text.line(&text);
        for line in worth::grid(self.findings, grid, self.lang) {
            self.text.line(&line);
        }
        self.text.line(self.lang.say(
            "\nHurt: interest late, or principal unpaid at the end. Mildest: the fewest steps from \
             the mild end of every axis (of `cpr` and `rate_shift` from the value nearest to 0).",
            "\n受损：利息逾期或期末本金未偿。最轻：距各轴轻端步数之和最少者（`cpr`、`rate_shift` 自最接近 0 的取值起算）。",
        ));
    }

    fn definitions(&mut self) {
        self.text.heading("What the words mean", "口径");
        self.text.add(definitions(self.lang));
    }
}

/// What the words mean.
pub(in crate::report) fn definitions(lang: Lang) -> &'static str {
    lang.say(DEFINITIONS_EN, DEFINITIONS_ZH)
}

const DEFINITIONS_EN: &str = "\
- **Loss**: principal unpaid at the end over notional, undiscounted.
- **Critical default rate**: the largest cumulative default rate, the scenario's timing scaled, at \
which no interest of the class is late and its principal is paid by legal maturity; to a \
millionth. The table shows the rate that is achieved: loans repaid before their turn do not \
default. `not reached` where the class passes at a rate of 1; 0 where it fails at 0.
- **Multiple**: the achieved critical rate over the base rate. **Target** of a grade: its \
multiplier times the base rate. **Grade without support**: the best whose target is not above the \
lowest achieved critical rate of all stresses; a rate that is not reached stands every target. \
`simulate` and `size` grade by drawn defaults too: another view of the same class, the stricter \
one in a pool of few firms.
- **Grade with support**: the better of that and the grade of a supporter whose commitment covers \
interest and principal of the class without a cap to the end, where no rate breaks the class with \
support (weak link). The supporter's rating is read on the table's own scale.
- **Joint default**: p1 p2 + rho sqrt(p1 q1 p2 q2), never above the lesser; p1 and p2 are the \
ten-year default probabilities of the class's grade without support and of the supporter's \
rating, both read by their letters in the table named, rho a correlation of the two defaults. Its \
grade is the best whose own is not below it. It is no part of the grade with support. No lift \
where the supporter belongs to the originator or to a firm's group, or sits in the district in \
which most of the pool's principal is owed.
- **Two directions of prepayment** are each run; class by class the worse is kept.
- **With, without**: all support live; shortfall commitments as if they did not exist. Supporters \
fail only where the scenario says so.
";

const DEFINITIONS_ZH: &str = "\
- **损失**：期末未偿本金 / 发行额，不折现。
- **临界违约率**：按情景的违约时间分布整体放大累计违约率，使该级利息无一逾期、本金在法定到期日前足额\
偿付的最大值，精确到百万分之一。表中为实际达到的违约率（已还清的贷款不再违约）。100% 时仍足额记为“未触及”，\
0 时已不足额记为 0。
- **倍数**：临界违约率 / 基准违约率。评级**目标** = 该级乘数 × 基准违约率。**无增信评级**：目标不高于\
各情景最低临界违约率的最好评级；“未触及”视为满足全部目标。`simulate` 与 `size` 另按模拟违约评级，户数少时更严。
- **有增信评级**：无增信评级与增信方评级孰优；后者须差额支付承诺无上限覆盖该级利息和本金直至到期，且有增信时\
任何违约率均不使其受损（弱连接）。增信方评级按目标表的级别读取。
- **联合违约**：p1 p2 + ρ √(p1 q1 p2 q2)，不超过两者中较小者；p1、p2 为该级无增信评级与增信方评级在所列表中\
按字母读取的十年违约概率，ρ 为两者违约（而非资产）的相关系数；对应评级为十年违约概率不低于该值的最好评级，\
不计入有增信评级。增信方与原始权益人或借款企业关联，或位于资产池本金最多的地区时，无提升。
- **早偿双向**：上升、下降各跑一次，逐级取较差者。
- **有 / 无增信**：全部增信有效；差额支付承诺视为不存在。增信方仅在情景写明时违约。
";
