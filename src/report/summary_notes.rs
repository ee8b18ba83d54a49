//! The end of a summary: which file holds what, and what the words mean.
use crate::report::Lang;

/// What the words of a run mean: the items after the last heading.
pub(super) fn definitions(lang: Lang) -> &'static str {
    let all = notes(lang);
    all.rfind("\n## ").map_or(all, |at| &all[at..])
}

/// The same for every deal.
pub(super) fn notes(lang: Lang) -> &'static str {
    match lang {
        Lang::En => EN,
        Lang::Zh => ZH,
    }
}

const EN: &str = "
## Where the numbers come from

- `collections.csv`, `notes.csv`, `fees.csv`, `accounts.csv`, `supports.csv`, `events.csv`: the run
  with support, by payment date; `postings.csv`: every movement of cash that they add up.
- `measures.csv`: every measure of each run. `terms.csv`: the deal and the scenario as understood.
- `distribution.csv`: per 100 face. `servicing.csv`: contracts against collections.
- `sources.md`: the tables that were read. `manifest.json`: what it takes to run this again.

## Definitions

- *With support*: every commitment stands. *Without*: shortfall commitments do not exist; fees are
  the same. *Bare*: loan-level covers do not exist either. What givers of covers pay is recovered,
  less their share of what the pledge fetches.
- *Loss*: principal unpaid after the last distribution, over notional, undiscounted.
- *Short, late*: interest or principal due on a date is not paid in full after the top-up.
- *Average life*: principal paid, weighted, in ACT/365 years from closing. *Yield*: effective
  annual, ACT/365, at the issue price, residual included.
- *Cash coverage*: (cash carried + collections up to the class's expected maturity) / (taxes +
  fees + interest of its rank and above + its balance and those above it). *DSCR*: the same by
  date, cash against what is due. Neither counts top-ups as cash.
- *Cumulative default rate*: defaulted principal over principal at the cut-off date.
- *Too late*: what comes after the last distribution pays nobody.
";

const ZH: &str = "
## 数据在哪里

- `collections.csv`、`notes.csv`、`fees.csv`、`accounts.csv`、`supports.csv`、
  `events.csv`：有增信口径，按兑付日列示；`postings.csv`：构成上述各表的每一笔资金划转。
- `measures.csv`：各口径的全部指标。`terms.csv`：程序所理解的交易条款与情景。
- `distribution.csv`：每百元面值的收益分配。`servicing.csv`：合同现金流与实际回收的对照。
- `sources.md`：所读取的输入表。`manifest.json`：复现本次运行所需的信息。

## 释义

- 有增信：各项承诺均有效。无增信：差额支付承诺视为不存在，费用不变。全无：再剔除贷款层增信；
  其赔付计入回收，并扣除增信方分得的质押处置款。
- 损失：最后一次分配后未偿本金 / 发行额，不折现。
- 未足额：某兑付日应付利息或应付本金在差额补足后仍未付清。
- 加权平均期限：自设立日起按实际天数/365、以所付本金加权。收益率：按发行价计算的有效年化收益率
  （实际天数/365），含剩余收益。
- 现金流覆盖倍数：（留存资金 + 至该档预期到期日的回收款）/（税费 + 同级及以上利息 + 该档及以上本金）。
  DSCR：逐个兑付日以可用资金除以应付金额。二者均不计入差额支付资金。
- 累计违约率：违约本金 / 封包日本金。
- 晚于最后分配日的回收款不归任何人。
";
