//! Columns of the rules (order of payment, triggers), of LPR, and of a deal in mid-life.

use super::columns;
use crate::input::table::Kind::{Amount, Choice, Date, Flag, Integer, Rate, Text};

const BRANCHES: &[&str] = &["all/全部", "normal/正常", "accelerated/加速清偿", "default/违约"];
const SPLITS: &[&str] = &["pro_rata/按比例", "in_order/按顺序"];
const EFFECTS: &[&str] = &[
    "acceleration/加速清偿",
    "default/违约",
    "early_amortisation/提前摊还",
    "perfection/权利完善",
    "early_termination/提前终止",
];

columns! {
    /// triggers.csv.
    TRIGGERS {
        trigger * ["触发事件" "事件"] Text, "", "its name; several rows of one name are levels by date", "cumulative_defaults";
        measure * ["指标"] Text, "", "cumulative_default_rate, interest_unpaid:T, principal_unpaid:T, unpaid_at_maturity:T, balance_above_target:T, pool_to_notes_below, collections_down, supporter_calls, or supporter_failed:S", "interest_unpaid:A1";
        level - ["阈值" "水平"] Text, "needed where the measure has one", "a rate (4%, 1.05 for pool_to_notes_below), or a count for supporter_calls", "4%";
        from_date - ["起始日"] Date, "from the first payment date", "the level holds on payment dates from here on", "2022-07-12";
        periods - ["连续期数"] Integer, "1", "payment dates in a row on which it must hold", "1";
        grace_days - ["宽限工作日"] Integer, "0", "business days after T at which an unpaid amount counts", "5";
        effect * ["后果" "效果"] Choice(EFFECTS), "", "what it switches from the next payment date on", "acceleration";
        curable - ["可补救"] Flag, "no", "whether the event ends when the measure recovers", "no";
    }
    /// waterfall.csv.
    WATERFALL {
        step * ["步骤" "顺序"] Text, "", "its name; rows are in order of payment", "senior_interest";
        branch - ["分支"] Choice(BRANCHES), "all", "which order it belongs to", "normal";
        from * ["账户" "付款账户"] Text, "", "the account it pays from", "plan";
        pay * ["支付" "支付项目"] Text, "", "tax, fee:NAME, fees, fee_excess:NAME, fee_excess, interest:CLASS, principal:CLASS, account:NAME, supporter:COMMITMENT, supporters, residual:CLASS, or residual (the most junior). CLASS is a tranche, or senior, mezzanine or sub for all of them", "interest:senior";
        split - ["分摊方式"] Choice(SPLITS), "pro_rata", "how claims of one step share", "pro_rata";
        up_to - ["上限"] Text, "what is due", "an amount; 2% pa of C; uncovered_defaults; or lacking INCOME_ACCOUNT to CLASS", "2% pa of C";
        when - ["条件"] Text, "always", "conditions that must all hold: CLASS redeemed, CLASS outstanding, CLASS paid, supporters repaid, event NAME, no event NAME", "senior redeemed;supporters repaid";
    }
    /// lpr.csv.
    LPR {
        date * ["日期" "公布日"] Date, "", "day from which it holds; ascending", "2024-10-21";
        lpr_1y * ["一年期LPR" "1年期"] Rate, "", "one-year rate", "3.10%";
        lpr_5y * ["五年期LPR" "5年期以上"] Rate, "", "five-year rate", "3.60%";
    }
    /// state.csv.
    STATE {
        item * ["项目"] Text, "", "which item; the list is below", "note_balance";
        name - ["名称" "对象"] Text, "the item is about the deal", "tranche, account, fee, commitment or trigger", "A1";
        value * ["内容" "值"] Text, "", "as the item wants it", "35,000,000.00";
    }
    /// Items of state.csv.
    STATE_ITEMS {
        as_of_date * ["截止日"] Date, "", "the last payment date that is already paid", "2022-07-12";
        note_balance * ["证券余额"] Amount, "", "name: a tranche; needed for each", "35,000,000.00";
        interest_unpaid - ["欠付利息"] Amount, "0", "name: a tranche; due and unpaid", "0.00";
        account - ["账户余额"] Amount, "0", "name: an account; after the payment, without collections after the calculation date", "2,000,000.00";
        fee_unpaid - ["欠付费用"] Amount, "0", "name: a fee; due and unpaid", "0.00";
        tax_unpaid - ["欠付税款"] Amount, "0", "due and unpaid", "0.00";
        cumulative_defaults - ["累计违约"] Amount, "0", "principal defaulted since the cut-off date", "1,000,000.00";
        drawn - ["已差额支付"] Amount, "0", "name: a commitment; paid by it in all", "0.00";
        repaid - ["已偿还"] Amount, "0", "name: a commitment; given back to it in all", "0.00";
        calls - ["启动次数"] Integer, "0", "test dates on which a supporter was called", "1";
        in_force - ["已触发"] Flag, "no", "name: a trigger whose event holds", "yes";
    }
    /// actuals.csv.
    ACTUALS {
        loan * ["贷款" "合同编号" "贷款编号"] Text, "", "a loan of loans.csv", "YHKC-2021-0601";
        date * ["回款日" "日期"] Date, "", "from the cut-off date to as_of_date", "2021-09-10";
        paid * ["实收" "实际回款"] Amount, "", "received; pays interest first, then principal", "119,625.00";
    }
}
