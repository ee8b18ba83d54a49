//! Columns of a shelf's own tables.

use super::columns;
use crate::input::table::Kind::{Amount, Choice, Date, Integer, Number, Rate, Text};

const QUOTA_USES: &[&str] = &["issued/累计发行", "outstanding/存续余额"];
const LICENCES: &[&str] =
    &["none/无", "guarantee/融资担保公司", "sme_guarantee/小微融资担保/小微和三农融资担保"];

columns! {
    /// shelf.csv.
    SHELF {
        key * ["项目" "要素"] Text, "", "which term; the list is below", "quota";
        value * ["内容" "值"] Text, "", "as the term wants it", "10亿元";
    }
    /// Keys of shelf.csv.
    SHELF_TERMS {
        name * ["名称" "储架名称"] Text, "", "name of the shelf", "余杭知识产权储架";
        quota * ["额度" "储架额度"] Amount, "", "what may be issued; above 0", "1,000,000,000.00";
        quota_use - ["额度口径"] Choice(QUOTA_USES),
            "issued",
            "what uses the quota up: all that was issued, or what is outstanding", "issued";
        issues_allowed - ["期数上限" "发行期数"] Integer, "no limit", "series at most", "11";
        valid_from - ["批文起始日" "生效日"] Date, "no limit", "first day of issue", "2021-07-01";
        valid_to - ["批文到期日" "失效日"] Date, "no limit", "last day of issue", "2023-06-30";
        tenor_cap_months - ["期限上限"] Integer,
            "no limit", "from issue to the last expected maturity at most", "36";
        least_debtors - ["最少债务人数"] Integer,
            "10", "unrelated debtors of a series at least; affiliates count once", "10";
        obligor_share - ["单一债务人占比上限"] Rate,
            "50%", "of a series' pool, one obligor at most", "50%";
        group_share - ["债务人及关联方占比上限"] Rate,
            "100%", "one obligor with its affiliates", "50%";
        top_five_share - ["前五大占比上限"] Rate, "70%", "the five largest obligors", "70%";
        industry_share - ["单一行业占比上限"] Rate, "100%", "one industry", "60%";
        region_share - ["单一地区占比上限"] Rate, "100%", "one region", "80%";
        programme_obligor_share - ["全部存续期单一债务人上限"] Rate,
            "not tested",
            "the same of what is owed in all series that are out, on each day of issue", "8%";
        programme_group_share - ["全部存续期债务人及关联方上限"] Rate,
            "not tested", "the same for one obligor with its affiliates", "12%";
        programme_top_five_share - ["全部存续期前五大上限"] Rate,
            "not tested", "the same for the five largest obligors", "30%";
        programme_industry_share - ["全部存续期单一行业上限"] Rate,
            "not tested", "the same for one industry", "40%";
        programme_region_share - ["全部存续期单一地区上限"] Rate,
            "not tested", "the same for one region", "70%";
        important_obligor - ["重要债务人占比"] Rate,
            "15%", "from this share on an obligor is flagged as important", "15%";
        important_group - ["重要债务人及关联方占比"] Rate,
            "20%", "the same with its affiliates", "20%";
        originator - ["原始权益人"] Text,
            "needed with originator_net_assets",
            "whose limits are tested: over series that name it in deal.csv, and all to be filled",
            "科创小额贷款有限公司";
        originator_net_assets - ["原始权益人净资产"] Amount,
            "its limits are not tested", "of a micro-loan company; above 0", "500,000,000.00";
        standardised_financing - ["其他标准化融资余额"] Amount,
            "0", "bonds and notes of it outside this shelf", "0";
        standardised_multiple - ["标准化融资倍数"] Number,
            "4", "standardised financing over net assets at most, the shelf's notes included", "4";
        other_financing - ["非标准化融资余额"] Amount, "0", "loans that it owes", "0";
        other_multiple - ["非标准化融资倍数"] Number,
            "1", "other financing over net assets at most", "1";
        borrower_share - ["同一借款人比例"] Rate,
            "10%", "of net assets, one borrower over all series", "10%";
        borrower_group_share - ["同一借款人及关联方比例"] Rate,
            "15%", "the same with its affiliates", "15%";
    }
    /// series.csv.
    SERIES {
        series * ["期" "期次" "系列"] Text,
            "", "its name; that of its deal folder unless it is to be filled", "series-1";
        date - ["发行日" "设立日"] Date,
            "needed with target_size", "day of issue of a series to be filled", "2022-03-18";
        target_size - ["目标规模"] Amount,
            "the series is a deal folder", "most that is issued; above 0", "120,000,000.00";
        tenor_months - ["期限"] Integer,
            "12", "of a series to be filled; all is repaid at its end", "12";
        supporter - ["增信方" "承诺人"] Text,
            "nobody", "who stands behind a series to be filled; one of supporters.csv",
            "创新投资有限公司";
        guaranteed_share - ["增信比例" "优先级占比"] Rate,
            "100%", "share of the notes that the supporter stands behind", "95%";
        like - ["参照期次" "参照"] Text,
            "the first deal folder by day of issue",
            "deal folder whose structure, fees and coupons a filled series takes over, its size \
            and dates being its own", "series-1";
    }
    /// supporters.csv of a shelf.
    SHELF_SUPPORTERS {
        supporter * ["增信方" "承诺人" "担保人"] Text,
            "", "its name, as in the series", "创新投资有限公司";
        licence - ["牌照" "担保牌照"] Choice(LICENCES),
            "none",
            "a guarantee company's sets limits by net assets: 10 times in all (15 times if mainly \
            for small firms), one obligor 10%, with affiliates 15%", "none";
        net_assets - ["净资产"] Amount, "needed with a licence", "above 0", "2,000,000,000.00";
        liability_limit - ["担保责任上限" "责任余额上限"] Amount,
            "by its licence; none without one",
            "on outstanding guaranteed principal of all series plus other liabilities",
            "3,000,000,000.00";
        other_liabilities - ["其他担保余额" "其他责任余额"] Amount,
            "0", "guaranteed outside the shelf", "500,000,000.00";
        paying_capacity - ["支付能力"] Amount,
            "net_assets; without, as the deals say",
            "gross yuan it can pay on calls over all series", "1,500,000,000.00";
    }
    /// candidates.csv.
    CANDIDATES {
        loan * ["贷款" "贷款编号"] Text, "", "its name", "C-001";
        obligor * ["债务人" "借款企业"] Text, "", "who would owe", "示例一科技有限公司";
        group - ["集团" "关联集团"] Text, "on its own", "one name for all affiliates", "示例集团";
        industry - ["行业"] Text, "other", "for its limit", "软件和信息服务";
        region - ["地区"] Text, "other", "for its limit", "余杭区";
        principal * ["本金" "贷款本金"] Amount,
            "", "placed whole or not at all; above 0", "8,000,000.00";
        term_months - ["期限" "贷款期限"] Integer,
            "as long as the series", "it goes into no shorter series", "12";
        available_from - ["最早投放日"] Date, "no bound", "first day of a series for it", "2021-12-01";
        available_to - ["最晚投放日"] Date, "no bound", "last day of a series for it", "2022-12-31";
        titles - ["权利编号" "登记号"] Text,
            "none", "title numbers pledged for it; one is pledged once at a time",
            "ZL202110000001.1;ZL202110000002.2";
        rate_pa - ["利率" "年利率"] Rate,
            "the mean of the series that the filled one is like", "annual rate, 0% to 36%", "5.10%";
        pd_1y - ["一年违约率"] Rate,
            "the mean of the series that the filled one is like; of a firm that a deal folder has, \
            what it says there", "probability of default of the firm within a year", "1.80%";
        appraised_value - ["评估值" "评估价值"] Amount,
            "as many times the loan as in the series that the filled one is like",
            "of all rights pledged for it; above 0", "9,500,000.00";
    }
}
