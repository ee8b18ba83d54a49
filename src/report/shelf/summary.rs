//! `summary.md` of a programme.
use super::{ShelfFindings, figure, filling};
use crate::analytics::shelf::{Breach, Exposure, Figure, LargestShare};
use crate::asset::RightKind;
use crate::deal::{QuotaUse, ShelfLimit};
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::prose::Prose;
use crate::report::words::percent;

/// Rows of breaches and flags that the page shows; the table has all.
const MOST_ROWS: usize = 20;

/// The page.
pub(super) fn summary(findings: &ShelfFindings<'_>, lang: Lang) -> String {
    let name = &findings.programme.shelf.name;
    let text = Prose::titled(name, lang.say("the programme", "储架概览"), lang);
    let mut page = Page { findings, lang, text };
    page.facts();
    page.filling();
    page.breaches();
    page.left();
    page.concentration();
    page.supporters();
    if let Some(joint) = &findings.joint {
        joint.section(&mut page.text);
    }
    page.statistics();
    page.text.heading("What the words mean", "口径");
    page.text.add(definitions(lang));
    if let Some(filling) = &findings.filling {
        page.text.add(&filling::definitions(filling, lang));
    }
    page.text.done()
}

struct Page<'a> {
    findings: &'a ShelfFindings<'a>,
    lang: Lang,
    text: Prose,
}

impl Page<'_> {
    fn amount(&self, fen: Fen) -> String {
        self.lang.amount(yuan_of(fen))
    }

    fn figure(&self, fen: Fen) -> String {
        self.lang.figure(yuan_of(fen))
    }

    fn facts(&mut self) {
        let (of, lang) = (self.findings.programme, self.lang);
        let shelf = of.shelf;
        let last = of.issues.last().map(|issue| issue.date);
        let used = last.map_or(0, |date| of.quota_used(date));
        let count = of.issues.len();
        let [quota, spent] = [shelf.quota, used].map(|fen| self.amount(fen));
        let left = super::left(shelf.quota - used, lang);
        let counts = match shelf.quota_use {
            QuotaUse::Issued => lang.say("what was issued counts", "按累计发行"),
            QuotaUse::Outstanding => lang.say("what is outstanding counts", "按存续余额"),
        };
        self.text.line(&match lang {
            Lang::En => {
                format!("- Quota {quota}, {spent} used by {count} series, **{left}** ({counts}).")
            }
            Lang::Zh => {
                format!("- 额度 {quota}，{count} 期已用 {spent}，**{left}**（{counts}）。")
            }
        });
        let filled = of.issues.iter().filter(|issue| issue.target_size.is_some()).count();
        if filled > 0 {
            self.text.line(&match lang {
                Lang::En => {
                    format!("- {filled} of them are filled here from candidates, not issued yet.")
                }
                Lang::Zh => format!("- 其中 {filled} 期为本次组包方案，尚未发行。"),
            });
        }
        if let Some(most) = shelf.issues_allowed {
            let left = (most as usize).saturating_sub(count);
            self.text.line(&match lang {
                Lang::En => format!("- {most} issues allowed, {left} left."),
                Lang::Zh => format!("- 最多 {most} 期，尚余 {left} 期。"),
            });
        }
        self.more_facts();
    }

    fn more_facts(&mut self) {
        let (of, lang) = (self.findings.programme, self.lang);
        let shelf = of.shelf;
        if let Some(to) = shelf.valid_to {
            self.text.line(&match lang {
                Lang::En => format!("- Last day of issue: {to}."),
                Lang::Zh => format!("- 最后可发行日：{to}。"),
            });
        }
        if !self.findings.scenarios.is_empty() {
            let quoted = |name: &String| format!("`{name}`");
            let names: Vec<String> = self.findings.scenarios.iter().map(quoted).collect();
            let names = lang.listed(&names);
            self.text.line(&match lang {
                Lang::En => format!("- Deals are run under scenario {names}, with support."),
                Lang::Zh => format!("- 已发行各期按情景 {names}（有增信）测算。"),
            });
        }
        let peak = of.dates().into_iter().map(|date| (of.outstanding(date), date));
        if let Some((most, date)) =
            peak.max_by_key(|(most, date)| (*most, std::cmp::Reverse(*date)))
        {
            let most = self.amount(most);
            self.text.line(&match lang {
                Lang::En => format!("- Outstanding at most: {most}, from {date}."),
                Lang::Zh => format!("- 存续余额最高 {most}（{date} 起）。"),
            });
        }
        let waiting: Vec<String> = shelf.planned.iter().map(|plan| plan.name.clone()).collect();
        if !waiting.is_empty() && self.findings.filling.is_none() {
            let (many, candidates) = (waiting.len(), shelf.candidates.len());
            self.text.line(&match lang {
                Lang::En => format!(
                    "- {many} series wait to be filled from {candidates} candidate loans; they \
                     count nowhere here (`--fill`)."
                ),
                Lang::Zh => format!(
                    "- 另有 {many} 期待组包，备选贷款 {candidates} 笔；下列数字均不含（见 `--fill`）。"
                ),
            });
        }
    }

    fn filling(&mut self) {
        if let Some(filling) = &self.findings.filling {
            self.text.heading("Filling", "组包");
            self.text.add(&filling::told(self.findings, filling, self.lang));
        }
    }

    fn breaches(&mut self) {
        let lang = self.lang;
        self.text.heading("Limits that are broken", "超限");
        let (flags, broken): (Vec<&Breach>, Vec<&Breach>) =
            self.findings.breaches.iter().partition(|breach| breach.limit.is_flag());
        if broken.is_empty() {
            self.text.line(lang.say("None.", "无。"));
        } else {
            self.listed(&broken, lang.say("allowed", "上限"));
        }
        if !flags.is_empty() {
            self.text.line(lang.say(
                "\nImportant firms (a flag, no breach: they want disclosure of their own):\n",
                "\n重要债务人（仅提示，须单独披露）：\n",
            ));
            self.listed(&flags, lang.say("from", "起点"));
        }
        self.text.line(lang.say("\nTable: `breaches.csv`.", "\n明细见 `breaches.csv`。"));
    }

    fn listed(&mut self, breaches: &[&Breach], allowed: &str) {
        let lang = self.lang;
        self.text.line(&match lang {
            Lang::En => format!("| date | series | limit | of | {allowed} | found |"),
            Lang::Zh => format!("| 日期 | 期次 | 限制 | 对象 | {allowed} | 实际 |"),
        });
        self.text.line("|---|---|---|---|---:|---:|");
        for breach in breaches.iter().take(MOST_ROWS) {
            let (word, zh) = breach.limit.words();
            let limit = match lang {
                Lang::En => format!("`{word}`"),
                Lang::Zh => zh.to_owned(),
            };
            let cells = [
                breach.date.to_string(),
                self.findings.series(breach).to_owned(),
                limit,
                breach.subject.clone(),
                self.shown(breach.allowed),
                self.shown(breach.found),
            ];
            self.text.row(&cells);
        }
        if let Some(more) = breaches.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
            self.text.line(&match lang {
                Lang::En => format!("\n{more} more are in the table."),
                Lang::Zh => format!("\n其余 {more} 项见表。"),
            });
        }
    }

    fn shown(&self, of: Figure) -> String {
        match of {
            Figure::Amount(fen) => self.amount(fen),
            Figure::Share(share) => percent(share),
            Figure::Count(_) | Figure::Date(_) => figure(of),
        }
    }

    fn left(&mut self) {
        let (of, lang) = (self.findings.programme, self.lang);
        self.text.heading("What is left at each issue", "各期发行后的余量");
        let unit = lang.unit();
        self.text.line(&match lang {
            Lang::En => format!(
                "| series | date | size ({unit}) | outstanding, all series | quota left | \
                 supporter | exposure left |"
            ),
            Lang::Zh => format!(
                "| 期次 | 发行日 | 规模（{unit}） | 全部存续余额 | 剩余额度 | 增信方 | 剩余担保空间 |"
            ),
        });
        self.text.line("|---|---|---:|---:|---:|---|---:|");
        for row in of.rows() {
            let issue = &of.issues[row.issue];
            if issue.date != row.date {
                continue;
            }
            let all: Vec<String> = issue
                .paper
                .iter()
                .map(|paper| of.supporters[paper.supporter].name.clone())
                .collect();
            let behind = match row.exposure {
                Some((at, _, _)) => of.supporters[at].name.clone(),
                None => all.first().cloned().unwrap_or("-".to_owned()),
            };
            let exposure = match (row.exposure, all.is_empty()) {
                (Some((_, _, left)), _) => self.figure(left),
                (None, false) => lang.say("no limit", "不限").to_owned(),
                (None, true) => "-".to_owned(),
            };
            let cells = [
                issue.name.clone(),
                issue.date.to_string(),
                self.figure(issue.size),
                self.figure(row.all_outstanding),
                self.figure(row.quota_left),
                behind,
                exposure,
            ];
            self.text.row(&cells);
        }
        self.text.line(lang.say(
            "\nTable, with every repayment: `shelf.csv`; charts: `calendar.svg`, `quota.svg`.",
            "\n含各次兑付的明细见 `shelf.csv`；图：`calendar.svg`、`quota.svg`。",
        ));
    }

    /// The largest share that each limit on all that is out ever looks at.
    fn concentration(&mut self) {
        let lang = self.lang;
        let of_all = |row: &LargestShare| row.limit.is_of_programme();
        let rows: Vec<LargestShare> =
            self.findings.programme.concentration().into_iter().filter(of_all).collect();
        if rows.is_empty() {
            return;
        }
        self.text.heading("Concentration of all that is out", "全部存续期集中度");
        self.text.line(match lang {
            Lang::En => "| share of what is owed | largest | of | on | allowed |",
            Lang::Zh => "| 占全部未偿本金 | 最高 | 对象 | 日期 | 上限 |",
        });
        self.text.line("|---|---:|---|---|---:|");
        for limit in ShelfLimit::ALL.into_iter().filter(|limit| limit.is_of_programme()) {
            let mut most: Option<&LargestShare> = None;
            for row in rows.iter().filter(|row| row.limit == limit) {
                if most.is_none_or(|most| row.found > most.found) {
                    most = Some(row);
                }
            }
            let Some(row) = most else { continue };
            let (word, zh) = limit.words();
            let none = lang.say("not tested", "未设");
            let cells = [
                lang.say(&format!("`{word}`"), zh).to_owned(),
                percent(row.found),
                row.subject.clone(),
                row.date.to_string(),
                row.allowed.map_or(none.to_owned(), percent),
            ];
            self.text.row(&cells);
        }
        self.text.line(lang.say(
            "\nTable, with every pool's and every day of issue: `concentration.csv`.",
            "\n各期资产池及各发行日的明细见 `concentration.csv`。",
        ));
    }

    fn supporters(&mut self) {
        let (of, lang) = (self.findings.programme, self.lang);
        let rows = of.exposures();
        if rows.is_empty() {
            return;
        }
        self.text.heading("Supporters", "增信方");
        let unit = lang.unit();
        self.text.line(&match lang {
            Lang::En => format!(
                "| supporter | guaranteed at most ({unit}) | on | other liabilities | limit | \
                 left then | paid on calls | paying capacity |"
            ),
            Lang::Zh => format!(
                "| 增信方 | 担保余额峰值（{unit}） | 日期 | 其他责任 | 上限 | 当时剩余 | 累计代付 | 支付能力 |"
            ),
        });
        self.text.line("|---|---:|---|---:|---:|---:|---:|---:|");
        for (at, supporter) in of.supporters.iter().enumerate() {
            let own = || rows.iter().filter(|row| row.supporter == at);
            let peak = own().max_by_key(|row| (row.guaranteed, std::cmp::Reverse(row.date)));
            let Some(peak): Option<&Exposure> = peak else { continue };
            let paid = own().map(|row| row.paid).max().unwrap_or(0);
            let limited = |fen: Option<Fen>| match fen {
                Some(fen) => self.figure(fen),
                None => lang.say("no limit", "不限").to_owned(),
            };
            let cells = [
                supporter.name.clone(),
                self.figure(peak.guaranteed),
                peak.date.to_string(),
                self.figure(supporter.other_liabilities),
                limited(supporter.liability_limit),
                limited(peak.left(supporter)),
                self.figure(paid),
                limited(supporter.paying_capacity),
            ];
            self.text.row(&cells);
        }
        self.beyond_capacity(&rows);
        self.text.line(lang.say(
            "\nTables: `exposures.csv`, `calls.csv` (each call, by series); chart: `exposure.svg`.",
            "\n明细见 `exposures.csv`、`calls.csv`（各期各次代付）；图：`exposure.svg`。",
        ));
    }

    /// Supporters that guarantee more than they can pay: a flag, and no breach.
    fn beyond_capacity(&mut self, rows: &[Exposure]) {
        let (of, lang) = (self.findings.programme, self.lang);
        for (at, supporter) in of.supporters.iter().enumerate() {
            let own = rows.iter().filter(|row| row.supporter == at);
            let most = own.map(|row| row.guaranteed).max().unwrap_or(0);
            let Some(capacity) = supporter.paying_capacity.filter(|&capacity| capacity < most)
            else {
                continue;
            };
            let share = 100.0 * capacity as f64 / most.max(1) as f64;
            let [most, capacity] = [most, capacity].map(|fen| self.amount(fen));
            let name = &supporter.name;
            self.text.line(&match lang {
                Lang::En => format!(
                    "\n**{name} guarantees more than it can pay**: {most} at most, {capacity} of \
                     paying capacity, {share:.1}% of it. That alone breaks no limit, for it is \
                     called only for what classes are short of; were all of it called, it could \
                     not pay."
                ),
                Lang::Zh => format!(
                    "\n**{name}的担保余额大于支付能力**：峰值 {most}，支付能力 {capacity}，占 {share:.1}%。\
                     这本身不构成超限，因差额支付仅补足各档缺口；若全部启动则无力支付。"
                ),
            });
        }
    }

    fn statistics(&mut self) {
        let (of, lang) = (self.findings.programme, self.lang);
        let rows = of.statistics();
        let Some(last) = rows.last() else { return };
        self.text.heading("Programme statistics", "储架统计");
        let size: Fen = of.issues.iter().map(|issue| issue.size).sum();
        let (size, many, times, firms) =
            (self.amount(size), rows.len(), last.firm_times, last.distinct_firms);
        let rights: usize = rows.iter().map(|row| row.rights).sum();
        self.text.line(&match lang {
            Lang::En => format!(
                "{many} series, {size}; {times} firm-times, {firms} distinct firms; {rights} \
                 pledged rights.\n"
            ),
            Lang::Zh => format!(
                "累计 {many} 期，{size}；服务企业 {times} 家次，不重复 {firms} 家；质押权利 {rights} 项。\n"
            ),
        });
        let unit = lang.unit();
        self.text.line(&match lang {
            Lang::En => format!(
                "| series | date | size ({unit}) | coupon | months | firms | of them new | loans | \
                 rights | by kind |"
            ),
            Lang::Zh => format!(
                "| 期次 | 发行日 | 规模（{unit}） | 票面利率 | 期限（月） | 企业 | 其中新增 | 贷款 | 权利 | 按种类 |"
            ),
        });
        self.text.line("|---|---|---:|---:|---:|---:|---:|---:|---:|---|");
        for row in &rows {
            let issue = &of.issues[row.issue];
            let kind = |kind: RightKind| {
                let count = row.by_kind.get(&kind).filter(|count| **count > 0)?;
                let name = kind.name().replace('_', " ");
                Some(format!("{} {count}", lang.say(&name, kind.zh())))
            };
            let kinds: Vec<String> = RightKind::ALL.into_iter().filter_map(kind).collect();
            let cells = [
                issue.name.clone(),
                issue.date.to_string(),
                self.figure(issue.size),
                issue.coupon_pa.map_or("-".to_owned(), percent),
                issue.tenor_months().to_string(),
                row.firms.to_string(),
                row.new_firms.to_string(),
                row.loans.to_string(),
                issue.target_size.map_or(row.rights.to_string(), |_| "-".to_owned()),
                lang.listed(&kinds),
            ];
            self.text.row(&cells);
        }
        self.text.line(lang.say(
            "\nTable: `statistics.csv`; chart: `coupons.svg`.",
            "\n明细见 `statistics.csv`；图：`coupons.svg`。",
        ));
    }
}

/// What the words mean.
pub(in crate::report) fn definitions(lang: Lang) -> &'static str {
    lang.say(DEFINITIONS_EN, DEFINITIONS_ZH)
}

const DEFINITIONS_EN: &str = "\
- **Outstanding**: what the exact run of a series, with support, leaves on its notes after each \
payment date; nothing once its last distribution is made.
- **Quota left**: the quota less what was issued up to the day, or less what is outstanding, as \
`quota_use` says.
- **Guaranteed**: outstanding principal of the classes that a commitment covers, and the covered \
share of loans, never above what is left of a cap. **Exposure left**: the liability limit less \
other liabilities less what is guaranteed over all series.
- **Paying capacity**: another number: what the supporter can pay on calls over all series, \
gross. The series draw on it together, in the order of the dates; calls of one date share what is \
left. A breach tells the first day on which they would have been paid more than it can pay.
- **Concentration** is of each pool at its cut-off date, and (`programme_`) of what is owed of \
the loans of all series that are out on a day of issue, defaulted ones too; affiliates are one \
firm in counts and in shares of a group.
- **Firm-times**: firms counted once for each series they are in.
";

const DEFINITIONS_ZH: &str = "\
- **存续余额**：各期在精确测算（有增信）下每个兑付日后的证券余额；最后一次分配后为零。
- **剩余额度**：额度减截至当日累计发行额，或减存续余额，依 `quota_use`。
- **担保余额**：承诺所覆盖档次的未偿本金，及贷款层面增信所覆盖份额，不超过剩余限额。**剩余担保空间**：担保责任上限减其他责任，再减全部各期担保余额。
- **支付能力**：另一口径，指增信方对全部各期累计可代付的金额。各期按日期先后共用，同日按应付额比例分配；若无此限本应代付的累计金额首次超过之日列为超限。
- **集中度**按各期封包日资产池计算；`programme_` 各项按发行日全部存续期贷款的未偿本金（含违约）计算；关联方在户数和 `group_share` 中视为一家企业。
- **家次**：企业每参与一期计一次。
";
