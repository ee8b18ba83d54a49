//! Columns of the pool: who owes, what is owed, what is pledged.

use super::columns;
use super::terms::FREQUENCIES;
use crate::input::table::Kind::{Amount, Choice, Date, Flag, Integer, Rate, Text};

const STYLES: &[&str] = &[
    "level/等额本息",
    "equal_principal/等额本金",
    "bullet/按期付息到期还本",
    "at_maturity/利随本清",
    "balloon/气球贷",
    "custom/自定义",
    "licence/许可费",
];
pub(in crate::input) const KINDS: &[&str] = &[
    "invention/发明专利",
    "utility_model/实用新型",
    "design/外观设计",
    "trademark/商标",
    "copyright/著作权",
    "layout_design/布图设计/集成电路布图设计",
    "data/数据知识产权",
];
const STATUSES: &[&str] = &["current/正常", "delinquent/逾期", "defaulted/违约"];

columns! {
    /// obligors.csv.
    OBLIGORS {
        obligor * ["借款人" "债务人" "借款企业"] Text, "", "name of the firm", "苏州睿科";
        industry - ["行业"] Text, "other", "for concentration and correlation", "生物医药";
        region - ["地区"] Text, "other", "for concentration and correlation", "余杭区";
        group - ["集团" "关联集团"] Text, "on its own", "one name for all affiliates", "睿科集团";
        rating - ["评级"] Text,
            "not rated", "grade; where no pd is given, simulate looks it up as written in pd_table",
            "BBB+";
        pd_1y - ["一年违约率"] Rate, "not known", "probability of default within a year", "1.20%";
        pd_2y - ["两年违约率"] Rate, "not given", "the same within two years; not below", "2.40%";
        pd_3y - ["三年违约率"] Rate, "not given", "the same within three years; not below", "3.60%";
        pd_5y - ["五年违约率"] Rate, "not given", "the same within five years; not below", "6.00%";
    }
    /// loans.csv.
    LOANS {
        loan * ["贷款" "合同编号" "贷款编号" "贷款合同编号"] Text, "", "its own number", "YHKC-2021-0601";
        obligor * ["借款人" "债务人" "借款企业"] Text, "", "a firm of obligors.csv", "苏州睿科";
        principal * ["本金" "未偿本金余额" "未偿本金"] Amount,
            "", "unpaid principal at the cut-off date; above 0, at most 1,000,000,000,000 yuan",
            "11,000,000.00";
        rate_pa - ["利率" "年利率"] Rate,
            "needed for a fixed rate; of a licence, what its fees yield on its principal",
            "annual rate, 0% to 36%", "4.35%";
        rate_kind - ["利率类型"] Choice(&["fixed/固定", "lpr_1y/一年期LPR", "lpr_5y/五年期LPR"]),
            "fixed", "fixed, or LPR plus the spread", "fixed";
        spread_pa - ["利差"] Rate, "0%", "over LPR; may be below 0", "0.90%";
        reset_months - ["重定价周期"] Integer,
            "12", "months from one reset of LPR to the next, from origination", "12";
        day_count - ["计息方式" "计息基础"] Text,
            "ACT/365",
            "periodic (按期: rate x months / 12 for whole periods), ACT/365, ACT/360, 30/360 or \
            ACT/ACT", "ACT/365";
        origination_date * ["放款日" "起息日"] Date, "", "on or before the cut-off date", "2021-06-10";
        first_due_date - ["首个还款日"] Date,
            "origination + one period", "the later ones follow by frequency", "2021-09-10";
        maturity_date * ["到期日"] Date, "", "after the cut-off date", "2022-06-10";
        repayment * ["还款方式"] Choice(STYLES),
            "",
            "how principal comes back; of a licence, principal is the price paid for its fees, \
            each of which is split into principal and interest at the rate that makes their value \
            at the cut-off date that price", "bullet";
        frequency - ["还款频率"] Choice(FREQUENCIES),
            "quarterly; unused for at_maturity and custom", "distance of due dates", "quarterly";
        balloon_periods - ["气球期数"] Integer,
            "needed for a balloon", "instalments as if over so many periods, the rest at maturity",
            "24";
        status - ["状态"] Choice(STATUSES),
            "current", "at the cut-off date; a defaulted loan only recovers", "current";
        days_past_due - ["逾期天数"] Integer, "needed if delinquent", "at the cut-off date", "10";
        sales_share - ["销售提成" "销售分成比例"] Rate,
            "fixed fees",
            "of a licence: share of the licensee's sales; its fees in dues.csv are then the least \
            that is paid, and what counts everywhere but in a scenario with sales", "3%";
    }
    /// dues.csv.
    DUES {
        loan * ["贷款" "合同编号" "贷款编号"] Text,
            "", "a loan of loans.csv with repayment custom or licence", "YHKC-2021-0610";
        due_date * ["还款日"] Date, "", "ascending; the last one is the loan's maturity", "2021-12-10";
        principal - ["本金" "应还本金"] Amount,
            "needed for custom",
            "may be 0; from the cut-off date on they sum to the loan's principal",
            "1,000,000.00";
        interest - ["利息" "应还利息"] Amount, "by the loan's rate", "agreed interest", "56,500.00";
        fee - ["许可费" "应付许可费"] Amount,
            "needed for licence", "what is due of a licence, principal and interest together",
            "1,250,000.00";
    }
    /// rights.csv.
    RIGHTS {
        right * ["权利" "权利编号"] Text, "", "its own number in these tables", "IP-001";
        loans * ["贷款" "合同编号" "担保贷款"] Text,
            "", "the loans it is pledged to", "YHKC-2021-0601;YHKC-2021-0602";
        kind * ["类型" "权利类型"] Choice(KINDS), "", "what it is", "invention";
        title_no - ["权利号" "登记号" "专利号"] Text,
            "not given", "registration number; no number twice", "ZL201810806136.X";
        appraised_value * ["评估值" "评估价值"] Amount, "", "above 0", "4,680,000.00";
        valuation_date * ["评估基准日"] Date, "", "value falls from here", "2021-05-13";
        filing_date - ["申请日" "登记日"] Date,
            "", "gives the legal life where expiry is blank", "2018-08-15";
        expiry_date - ["到期日" "失效日"] Date,
            "filing + legal life of the kind", "worth nothing from this day on", "2028-04-14";
        decay_pa - ["年衰减" "年衰减率"] Rate, "the scenario's", "yearly fall in value", "10%";
        haircut - ["折扣" "折扣率"] Rate, "the scenario's", "off the appraised value at a sale", "85%";
        sale_cost - ["处置费率" "处置费用率"] Rate, "the scenario's", "share of proceeds", "8%";
        months_to_sale - ["处置月数"] Integer, "the scenario's", "months from default to sale", "12";
        evidence - ["存证编号" "存证"] Text,
            "none", "number of an evidence certificate", "浙数知存2021字第000317号";
        issuer - ["存证机构" "发证机构"] Text,
            "not given", "who issued the evidence certificate", "浙江省知识产权研究与服务中心";
        renewed - ["续展" "续期"] Flag,
            "no",
            "whether its term is renewed whenever it ends (trademark and data alone); a right that \
            has ended by the day of its sale fetches nothing", "yes";
        infringement_1y - ["一年被侵权概率"] Rate,
            "never", "simulate alone: probability of being infringed within a year; p makes it \
            1 - (1 - p)^t by t years, independent of everything else, and at most once", "2%";
        infringement_loss - ["被侵权损失率"] Rate,
            "needed with infringement_1y",
            "share of its value that a right loses when it is infringed", "60%";
    }
}
