//! Columns of the paper: notes, fees, accounts, support.

use super::columns;
use crate::input::table::Kind::{Amount, Choice, Date, Flag, Integer, Rate, Text};

const SUPPORTER_KINDS: &[&str] = &[
    "shortfall/差额支付",
    "guarantee/保证担保",
    "liquidity/流动性支持",
    "bank_letter/银行保函",
    "loan_guarantee/贷款担保",
    "risk_pool/风险补偿池",
    "insurer/保险",
];
const CLASSES: &[&str] = &["senior/优先级", "mezzanine/夹层/夹层级", "sub/次级/subordinate"];
const COUPONS: &[&str] = &[
    "fixed/固定",
    "floating_lpr_1y/一年期LPR浮动",
    "floating_lpr_5y/五年期LPR浮动",
    "step/分段",
    "none/无",
];
const AMORTISATIONS: &[&str] = &[
    "pass_through/过手",
    "turbo/加速过手",
    "target_principal/固定摊还",
    "target_balance/目标余额",
    "bullet/到期一次还本",
];
const ACCOUNT_KINDS: &[&str] = &[
    "plan/专项计划账户",
    "income/收入/收入账户",
    "principal/本金/本金账户",
    "reserve/储备/储备账户",
    "other/其他",
];
/// In the order of the type.
pub(in crate::input) const COVER_PAYS: &[&str] =
    &["on_claim/代偿", "on_loss/损失补偿", "on_infringement/被侵权损失"];
const COST_KINDS: &[&str] =
    &["fee/手续费", "guarantee_fee/担保费", "appraisal/评估费", "subsidy/贴息/补贴"];
const RELEASES: &[&str] = &["each_date/每期", "excess/超额", "end/到期"];

columns! {
    /// supporters.csv.
    SUPPORTERS {
        supporter * ["增信方" "承诺人" "差额支付承诺人"] Text, "", "its name", "创新投资有限公司";
        kind * ["类型" "增信方式"] Choice(SUPPORTER_KINDS),
            "", "as what it stands behind the notes", "shortfall";
        industry - ["行业"] Text, "other", "for correlation", "国有资本投资";
        region - ["地区"] Text, "other", "for correlation", "余杭区";
        group - ["集团" "关联集团"] Text, "on its own", "one name for all affiliates", "城投集团";
        rating - ["评级"] Text, "not rated", "grade; looked up as an obligor's", "AA+";
        pd_1y - ["一年违约率"] Rate, "not known", "probability of default within a year", "0.50%";
        pd_2y - ["两年违约率"] Rate, "not given", "the same within two years; not below", "1.00%";
        pd_3y - ["三年违约率"] Rate, "not given", "the same within three years; not below", "1.50%";
        pd_5y - ["五年违约率"] Rate, "not given", "the same within five years; not below", "2.50%";
        recovery - ["违约后支付比例"] Rate,
            "0%", "share of a call that is still paid once it has failed", "0%";
        paying_capacity - ["支付能力"] Amount,
            "unlimited", "gross yuan it can pay on calls in all", "2,000,000,000.00";
        affiliated - ["关联方" "与原始权益人关联"] Flag,
            "no", "whether it belongs to the originator or both have one owner: then a joint \
            default lifts no grade; nor where its region or group is the pool's", "no";
    }
    /// tranches.csv.
    TRANCHES {
        tranche * ["证券" "证券简称"] Text, "", "its name", "A1";
        class * ["层级" "分层"] Choice(CLASSES),
            "", "rank; the table goes from senior to sub", "senior";
        notional * ["面额" "规模" "发行规模"] Amount, "", "at issue; above 0", "60,000,000.00";
        coupon_kind - ["利率类型"] Choice(COUPONS),
            "fixed; none if coupon_pa is blank", "what the class earns", "fixed";
        coupon_pa - ["票面利率"] Rate,
            "no coupon",
            "annual rate; the spread of a floating coupon, the first rate of a step coupon",
            "3.70%";
        day_count - ["计息方式" "计息基础"] Text,
            "ACT/365", "ACT/365, ACT/360, 30/360 or ACT/ACT", "ACT/365";
        amortisation - ["还本方式"] Choice(AMORTISATIONS),
            "pass_through; turbo for sub", "how principal falls due", "bullet";
        expected_maturity - ["预期到期日"] Date, "the deal's", "a nominal payment date", "2022-07-12";
        interest_on_unpaid - ["复利"] Flag, "no", "whether unpaid interest accrues interest", "no";
        issue_price - ["发行价格"] Amount, "100", "paid per 100 face at issue", "100";
        retained - ["自持" "自持面额"] Amount,
            "0", "face that the originator holds; with retention in deal.csv", "3,000,000.00";
    }
    /// plan.csv.
    PLAN {
        tranche * ["证券" "证券简称"] Text, "", "a tranche of tranches.csv", "A1";
        date * ["兑付日" "日期"] Date,
            "", "a nominal payment date; for coupon_pa the accrual start", "2022-01-12";
        target_principal - ["计划还本"] Amount,
            "", "for target_principal; they sum to the notional", "10,000,000.00";
        target_balance - ["目标余额"] Amount,
            "", "for target_balance (falling to 0) and turbo", "50,000,000.00";
        coupon_pa - ["票面利率"] Rate, "", "for a step coupon: the rate from this day on", "4.20%";
    }
    /// fees.csv.
    FEES {
        fee * ["费用" "费用名称"] Text, "", "its name", "custodian";
        payee - ["收款方"] Text, "the fee's name", "who is paid", "托管银行";
        amount - ["金额"] Amount,
            "",
            "on each payment date, or on the days given; one of amount, rate_pa, \
            share_of_collections and share_of_payments", "5,000.00";
        rate_pa - ["年费率"] Rate, "", "on the base over the accrual period", "0.10%";
        base - ["计费基数"] Text,
            "pool_opening",
            "pool_opening, pool_performing (opening less the period's defaults), notes_opening, \
            initial, or notes:A;B", "notes_opening";
        share_of_collections - ["回款比例"] Rate, "", "share of the period's collections", "0.50%";
        share_of_payments - ["兑付比例"] Rate,
            "", "share of interest and principal paid to notes, billed on the next date", "0.01%";
        day_count - ["计息方式"] Text, "ACT/365", "of rate_pa", "ACT/365";
        dates - ["支付日"] Text,
            "each payment date", "the amount falls due on these days", "2022-04-12;2023-04-12";
        every_months - ["间隔月数"] Integer,
            "", "the amount falls due from first_date on every so many months", "12";
        first_date - ["首个支付日"] Date, "", "with every_months", "2022-04-12";
        once_on - ["一次性支付日"] Date, "", "the amount falls due once", "2021-10-12";
        cap - ["上限"] Amount,
            "no cap", "most that ranks with fees on one payment date; the rest ranks as fee_excess",
            "100,000.00";
    }
    /// accounts.csv.
    ACCOUNTS {
        account * ["账户" "账户名称"] Text, "", "its name", "reserve";
        kind * ["类型" "账户类型"] Choice(ACCOUNT_KINDS),
            "",
            "plan takes collections; income and principal are the two ledgers of a credit_trust",
            "reserve";
        opening - ["初始金额"] Amount, "0", "funded at closing", "2,000,000.00";
        target_amount - ["目标金额"] Amount, "0", "what a reserve is filled up to", "2,000,000.00";
        target_share - ["目标比例"] Rate, "0%", "the same as a share of target_of", "1%";
        target_of - ["目标基数"] Text,
            "needed with target_share", "pool_initial, pool_performing, notes, or tranche:A",
            "notes";
        combine - ["取值方式"] Choice(&["max/孰高", "min/孰低"]),
            "max", "of target_amount and target_share", "max";
        until - ["目标终止"] Text,
            "the end", "no target once this tranche and all above it are redeemed", "A1";
        release - ["释放"] Choice(RELEASES),
            "each_date",
            "when a reserve's cash joins collections: all before each distribution, what exceeds \
            the target, or at the end", "each_date";
        income_pa - ["收益率"] Rate, "0%", "earned on the balance", "0.35%";
    }
    /// costs.csv.
    COSTS {
        cost * ["成本" "费用名称"] Text, "", "its name", "滨江区贴息";
        kind * ["类型"] Choice(COST_KINDS),
            "", "what it is; a subsidy is paid to the borrower", "subsidy";
        loans * ["贷款" "合同编号"] Text, "", "the loans it is of, or all (全部)", "all";
        amount - ["金额"] Amount,
            "", "for each loan, at origination; one of amount, share and rate_pa", "20,000.00";
        share - ["比例"] Rate, "", "of principal, at origination", "3%";
        rate_pa - ["年费率"] Rate, "", "on the balance, ACT/365, on each due date", "1%";
        lag_months - ["滞后月数"] Integer, "0", "months until it is paid", "6";
        cap_firm_year - ["每户每年上限"] Amount,
            "no cap", "of a subsidy: most that a firm gets in one calendar year", "500,000.00";
    }
    /// commitments.csv.
    COMMITMENTS {
        commitment * ["承诺" "差额支付承诺"] Text, "", "its name", "shortfall";
        supporter * ["增信方" "承诺人"] Text, "", "who gives it", "创新投资有限公司";
        scope * ["范围" "支付范围"] Text,
            "", "claims it covers, as in waterfall.csv; taxes and fees above them are inside",
            "interest:senior;principal:senior";
        cap_total - ["总上限"] Amount, "no cap", "on gross payments in all", "50,000,000.00";
        cap_per_date - ["单期上限"] Amount, "no cap", "on the payment of one date", "10,000,000.00";
        cap_share - ["上限比例"] Rate,
            "no cap", "of the senior classes at issue; the smaller of the caps holds", "10%";
        end_date - ["截止日"] Date,
            "legal maturity", "last test date on which it can be called", "2026-07-12";
        earmarked - ["专款专用"] Flag,
            "yes", "whether a top-up pays only the claims that were short", "yes";
        reserve_first - ["先用储备"] Flag,
            "yes", "whether the reserve counts before it is called", "yes";
    }
    /// covers.csv.
    COVERS {
        cover * ["担保" "增信"] Text, "", "its name", "风险补偿池";
        loans - ["贷款" "合同编号" "担保贷款"] Text,
            "needed but for on_infringement",
            "the loans it is of, or all (全部)", "YHKC-2021-0601;YHKC-2021-0602";
        supporter * ["增信方" "担保人"] Text, "", "who gives it", "余杭风险补偿资金";
        pays - ["赔付方式"] Choice(COVER_PAYS),
            "on_claim for bank_letter and loan_guarantee, on_loss for risk_pool and insurer; else \
            needed",
            "on_claim: of principal and interest due at the default, and of what the pledge \
            fetches the same share is the giver's; on_loss: of what the pledge's sale leaves. \
            What is paid is recovered, less what the giver takes. on_infringement is another \
            policy: of the value that an infringed right loses, whether or not anybody defaults; \
            what it pays stays with the pledge as cash, and is recovered if a loan that the right \
            secures defaults",
            "on_loss";
        share - ["比例" "分担比例"] Rate,
            "100%",
            "of what is above the deductible; above 0%, and of one loan or right at most 100% in \
            all", "50%";
        cap_total - ["总上限"] Amount,
            "no cap",
            "in all, used up in order of pay dates; calls of one date share what is left. \
            Infringement cover has cap_per_right instead",
            "5,000,000.00";
        deductible - ["免赔额"] Amount,
            "0",
            "of each loan's claim or loss, or each right's loss of value, borne before the share \
            is taken", "10,000.00";
        lag_business_days - ["赔付工作日"] Integer,
            "20", "from the default, the end of the sale, or the infringement to the payment", "20";
        waiting_months - ["等待期月数" "等待期"] Integer,
            "0", "defaults or infringements in so many months from closing are not covered", "3";
        end_date - ["截止日"] Date,
            "no end", "defaults or infringements after this day are not covered", "2024-12-31";
        rights - ["权利" "权利编号"] Text,
            "needed for on_infringement", "the rights whose infringement it is of, or all (全部)",
            "IP-001;IP-002";
        cap_per_right - ["每项权利限额" "保险金额"] Amount,
            "no cap", "for on_infringement: most paid on one right", "600,000.00";
    }
}
