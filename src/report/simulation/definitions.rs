//! The end of a simulation's summary: what the words mean.
use crate::asset::PdTable;
use crate::report::Lang;

/// Definitions, with the table that grades are read from.
pub(super) fn definitions(table: &PdTable, lang: Lang) -> String {
    let (name, source) = (&table.name, &table.source);
    match lang {
        Lang::En => format!("{EN}- Grades: table `{name}`{GRADES}  The table: {source}\n"),
        Lang::Zh => format!("{ZH}- 评级：所用表为 `{name}`{GRADES_ZH}  该表：{source}\n"),
    }
}

/// Definitions that hold whatever the table.
pub(in crate::report) fn general(lang: Lang) -> &'static str {
    lang.say(EN, ZH)
}

const EN: &str = "\
- Not paid in full (PD): principal or interest unpaid at the end. Late: interest, or principal
  due, not paid in full on some date. Loss: unpaid principal at the end over notional,
  undiscounted; expected loss (EL) is its mean. `el_pv`: 1 - present value of all that is paid,
  at the class's own coupon, over its balance.
- At 99%: not exceeded on 99% of the paths (nearest rank, read off bins of 1/4096). Mean of the
  worst 1%: VaR + E[(L - VaR)+] / 1%. Average life counts paths on which nothing is paid as 0.
- With support: commitments stand, and their supporters may fail. Without: they do not exist.
  Bare: loan-level covers do not exist either. What givers of covers pay is recovered, less their
  share of the pledge, in the pool's loss too; of a cover, unreimbursed is paid less that share.
- `p_failed_when_called`: of the paths on which it was called, those on which it had failed and
  left a call unpaid. Means of amounts are over all paths.
- With --tail a path has a weight and every mean is weighted; average life is over the mean
  weight. Errors of tails and of average life are then rough, mostly too large.
- Who bears what: a claim is the principal and interest that a loan owes at its default; the
  pledge is what its sale fetches, a cover what its giver pays less what it takes of the pledge.
- `loss_histogram.csv`, `support_paid.csv`: bins of 1/1024; from 0 to 0 is no loss, no payment.
  `senior_balance.csv`: what 5%, 50%, 95% of the first paths do not exceed, with support.
";

const GRADES: &str =
    ", at the class's average life without defaults, a year at least; EL limits are 55% of those of
  PD. The most senior class is graded on the larger of PD and late. Without a hit the grade is
  that of 3 / paths. A model's grade is not a rating.
";

const ZH: &str = "\
- 违约概率（PD）：期末本金或利息未付清的概率。逾期：某兑付日利息或应付本金未足额支付。损失：期末未偿本金 / 发行额，
  不折现；预期损失（EL）为其均值。`el_pv`：1 − 全部兑付按自身票面利率折现的现值 / 余额。
- 99% 分位：99% 的路径不超过该值（最近秩，分箱宽 1/4096）。最差 1% 均值：
  VaR + E[(L − VaR)+] / 1%。平均期限把分文未付的路径计为 0。
- 有增信：承诺有效，但增信方可能违约。无增信：承诺不存在。全无增信：再剔除贷款层增信。
  其赔付扣除增信方分得的处置款后计入回收（资产池损失亦同）；贷款层增信的“未受偿”为赔付减去分得的处置款。
- `p_failed_when_called`：启动的路径中，增信方已违约且未足额支付的占比。金额均值按全部路径计算。
- 使用 --tail 时路径带权重，各均值按权重计算；平均期限除以平均权重；此时分位数与平均期限的标准误较粗略，多偏大。
- 损失分担：债权为违约日应付本金与利息；质押处置为处置所得；增信承担为赔付减去分得的处置款。
- `loss_histogram.csv`、`support_paid.csv`：分箱宽 1/1024；0 至 0 为无损失、未支付。
  `senior_balance.csv`：前若干条路径上 5%、50%、95% 分位的优先级余额，有增信。
";

const GRADES_ZH: &str = "，期限取无违约情形下的加权平均期限，至少一年；EL 限值为 PD 限值的 55%。最优先档取违约概率与逾期概率中较大者。
  没有违约路径时按 3 / 路径数评级。模型评级不是信用评级。
";
