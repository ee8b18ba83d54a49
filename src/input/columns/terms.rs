//! Columns of the deal's terms and of its scenarios.

use super::columns;
use crate::input::table::Kind::{Amount, Choice, Date, Flag, Integer, Number, Rate, Text};

pub(in crate::input) const FREQUENCIES: &[&str] = &[
    "monthly/按月/每月",
    "two_monthly/每两月/每两个月",
    "quarterly/按季/按季度/每季",
    "half_yearly/半年/按半年/每半年",
    "yearly/按年/每年",
];
const STRUCTURES: &[&str] = &[
    "special_plan/专项计划",
    "abn_trust/资产支持票据",
    "credit_trust/信贷资产证券化",
    "licence/许可费",
];
const CALENDARS: &[&str] = &["exchange/交易所", "interbank/银行间", "weekends/周末", "none/自然日"];
const ROLLS: &[&str] =
    &["following/顺延", "modified_following/修正顺延", "preceding/提前", "none/不调整"];
const PREPAYMENT_BASES: &[&str] =
    &["opening/期初", "after_default/违约后", "after_schedule/还本后"];
const COPULAS: &[&str] = &["gaussian/高斯", "student_t/学生t"];
const PD_TABLES: &[&str] = &["moodys_idealised", "sp_global"];
/// What a volatility of the value of rights is of.
pub(in crate::input) const SHOCKS: &[&str] = &["all/全部", "industry/行业", "own/自身"];
const AFTER: &[&str] = &["smaller_instalments/缩额", "fewer_instalments/缩期"];

/// Keys of deal.csv that a user may look for and that are refused.
pub const NOT_MODELLED: &[(&[&str], &str)] = &[
    (&["revolving", "循环购买"], "revolving purchase"),
    (&["substitution", "置换"], "substitution of loans"),
    (&["put_with_coupon_reset", "put", "回售"], "a put of the holders"),
    (&["hedge", "对冲", "套期"], "a hedge"),
];

columns! {
    /// deal.csv.
    DEAL {
        key * ["项目" "要素"] Text, "", "which term; the list is below", "cutoff_date";
        value * ["内容" "值"] Text, "", "as the term wants it", "2021-06-25";
    }
    /// Keys of deal.csv.
    DEAL_TERMS {
        name * ["名称" "项目名称"] Text, "", "name of the deal", "余杭知识产权专项计划";
        structure - ["交易结构"] Choice(STRUCTURES),
            "special_plan",
            "which usual order of payment and which accounts hold where no table says otherwise",
            "special_plan";
        originator - ["原始权益人" "发起机构"] Text,
            "originator", "who sells the loans; its name in postings", "科创小额贷款有限公司";
        cutoff_date * ["封包日"] Date,
            "", "the pool is sold as it stands at this day's start", "2021-06-25";
        closing_date * ["设立日"] Date, "", "notes accrue from here", "2021-07-12";
        first_payment_date * ["首个兑付日"] Date, "", "first nominal payment date", "2021-10-12";
        payment_frequency * ["兑付频率"] Choice(FREQUENCIES),
            "", "payment dates follow the first one at this distance", "quarterly";
        payment_dates - ["兑付日"] Text,
            "the grid of first date and frequency",
            "nominal payment dates one by one; the first is first_payment_date, and after the \
            last the grid goes on", "2021-10-12;2022-01-12";
        expected_maturity - ["预期到期日"] Date,
            "the first payment date that the last loan's maturity still reaches",
            "for tranches without their own", "2024-07-12";
        legal_maturity - ["法定到期日"] Date,
            "last expected maturity + 24 months", "unpaid classes run to here", "2026-07-12";
        calendar - ["日历"] Choice(CALENDARS), "exchange", "which days are business days", "exchange";
        extra_holidays - ["增加休市日"] Text,
            "no day", "days closed beyond the calendar", "2027-01-01;2027-02-05";
        extra_workdays - ["增加工作日"] Text, "no day", "days open beyond the calendar", "2027-01-03";
        roll - ["顺延规则"] Choice(ROLLS),
            "following", "where a payment date goes that is no business day", "following";
        accrual_dates - ["计息日调整"] Choice(&["unadjusted/不调整", "adjusted/调整"]),
            "unadjusted", "whether accrual periods move with business days", "unadjusted";
        calculation - ["计算日"] Text,
            "T-10",
            "last day whose collections count for payment date T: T-10 is business days before \
            T, T-10d calendar days, month_end the end of the month before T", "T-10";
        transfer_days - ["转付日"] Integer,
            "7", "business days before T: collections reach the plan", "7";
        test_days - ["核算日"] Integer,
            "6", "business days before T: cash is tested against what is due", "6";
        support_days - ["差额支付日"] Integer, "5", "business days before T: the supporter pays", "5";
        record_days - ["权益登记日"] Integer, "1", "business days before T: holders are recorded", "1";
        record_days_final - ["最后一期权益登记日"] Integer,
            "3", "the same for a class redeemed in full", "3";
        rounding - ["舍入"] Choice(&["half_up/四舍五入", "half_even/银行家舍入"]),
            "half_up", "of amounts to the fen", "half_up";
        unit_decimals - ["单位小数位"] Integer,
            "none: class totals to the fen",
            "0 to 8: interest and principal are paid by units of 100 yuan of face, each rounded \
            down to so many decimals of a yuan; the rest stays on the account for the lines that \
            follow, is carried to the next date, and is not late. Notionals are whole hundreds of \
            yuan, and units x the last decimal is whole fen", "4";
        interest_before_cutoff - ["封包日前利息"] Choice(&["in/归计划", "out/归原始权益人"]),
            "in", "interest accrued and unpaid at the cut-off date: the plan's or the originator's",
            "out";
        interest_to_closing - ["封包期利息"] Choice(&["in/归计划", "out/归原始权益人"]),
            "in", "interest from cut-off to closing: the plan's or the originator's", "in";
        purchase_price - ["购买价款"] Amount,
            "proceeds of the notes, less the reserves if they are funded from them",
            "paid to the originator at closing", "200,000,000.00";
        reserve_from - ["储备资金来源"] Choice(&["originator/原始权益人", "proceeds/募集资金"]),
            "originator", "who funds opening balances of accounts", "originator";
        release - ["次级释放"] Choice(&["after_redemption/优先级兑付后", "each_date/每期"]),
            "after_redemption",
            "when the usual order of payment pays what is left; unused with waterfall.csv",
            "after_redemption";
        vat - ["增值税率"] Rate, "3%", "on interest received", "3%";
        vat_surcharge - ["附加税率"] Rate, "12%", "share of the VAT", "12%";
        vat_base - ["计税基础"] Choice(&["inclusive/含税", "exclusive/不含税"]),
            "inclusive", "whether interest received includes the tax", "inclusive";
        registrar_fee - ["登记结算费率"] Rate,
            "0.005% for special_plan and licence, else 0%",
            "share of principal and interest paid, on top", "0.005%";
        clean_up - ["清仓回购"] Rate,
            "never",
            "pool balance over initial at or below which the originator buys the rest at par",
            "10%";
        retention - ["自留比例" "风险自留"] Rate,
            "not asked for",
            "share of all notes, and of the lowest class, that the originator holds at least: \
            tranches.csv says what it holds", "5%";
        recognition_days - ["违约认定天数"] Integer,
            "0", "days from a default to its count by triggers", "90";
        recoveries_to - ["回收款归属"] Choice(&["principal/本金账户", "income/收入账户"]),
            "principal", "ledger that recoveries enter, where there are two", "principal";
        end - ["终止"] Choice(&["no_asset/资产了结", "legal_maturity/法定到期"]),
            "no_asset", "the last payment date: when all is paid or no asset is left, or legal \
             maturity in any case", "no_asset";
        rate_time - ["年化口径"] Choice(&["actual_365/实际天数", "months_12/按月"]),
            "actual_365", "how an annual default or prepayment rate becomes one of a period",
            "actual_365";
        prepayment_base - ["早偿基数"] Choice(PREPAYMENT_BASES),
            "opening", "what a prepayment rate applies to", "opening";
        copula - ["联结函数"] Choice(COPULAS),
            "gaussian", "simulate: what draws the fates of firms together", "student_t";
        degrees_of_freedom - ["自由度"] Number,
            "needed with student_t", "of student_t; above 2, at most 1000", "4";
        pd_table - ["违约率表"] Choice(PD_TABLES),
            "moodys_idealised",
            "simulate: where a firm without probabilities of default has its rating looked up, as \
            the rating is written", "sp_global";
    }
    /// scenarios.csv.
    SCENARIOS {
        scenario * ["情景"] Text,
            "", "its name, fit for a folder: letters, digits, Chinese, _, - and spaces", "base";
        assumption * ["假设"] Text, "", "which assumption; the list is below", "annual_default_rate";
        name - ["对象" "名称"] Text,
            "the assumption is about all",
            "obligor, loan, supporter, kind of right, month number, or what a shock is of", "苏州睿科";
        date - ["日期"] Date, "", "day of a named event", "2022-05-16";
        value - ["取值" "值"] Text, "", "as the assumption wants it", "2%";
    }
    /// Assumptions of scenarios.csv.
    ASSUMPTIONS {
        like - ["基于"] Text,
            "",
            "value: a scenario above; starts from its assumptions. Repeated single values \
            replace, lists replace as a whole", "base";
        annual_default_rate - ["年违约率"] Rate,
            "only named defaults",
            "several rows are a vector by loan period, the last one repeated", "2%";
        obligor_default_rate - ["按债务人违约率"] Flag,
            "no", "each loan defaults at its obligor's pd_1y a year", "yes";
        economy_percentile - ["经济情景分位"] Rate,
            "pd_1y as it stands",
            "with obligor_default_rate: pd_1y given a year so bad that only this share of years is \
            worse (one common factor, Gaussian)", "1%";
        factor_correlation - ["资产相关性"] Rate,
            "15%", "with economy_percentile: correlation of each obligor with that factor", "20%";
        cumulative_default_rate - ["累计违约率"] Rate,
            "", "share of initial principal that defaults in all", "10%";
        default_timing - ["违约时间分布"] Rate,
            "evenly up to the last loan maturity", "one row a collection period; they sum to 1",
            "25%";
        front_loaded - ["违约前置"] Rate,
            "0%", "share of defaults brought forward into the first half", "20%";
        back_loaded - ["违约后置"] Rate, "0%", "share of defaults held back to the second half", "20%";
        cpr - ["年早偿率"] Rate, "0%", "annual; several rows are a vector by loan period", "15%";
        smm - ["月早偿率"] Rate, "0%", "monthly; instead of cpr", "1%";
        after_prepayment - ["早偿后"] Choice(AFTER),
            "smaller_instalments", "what a prepayment does to the rest", "fewer_instalments";
        recovery_rate - ["回收率"] Rate, "0%", "share of defaulted principal", "10%";
        recovery_lag_months - ["回收滞后月数"] Integer, "12", "months from default to recovery", "12";
        recovery_share - ["回收时间分布"] Rate,
            "all after recovery_lag_months", "name: months after the default; the shares sum to 1",
            "50%";
        recovery_from - ["回收来源"] Choice(&["rights/质押权利", "flat/固定比例"]),
            "flat with recovery_rate; else rights if there are any",
            "whether pledged rights or a flat rate decide", "rights";
        decay_pa - ["年衰减"] Rate, "10%", "yearly fall in the value of rights", "10%";
        haircut - ["折扣"] Rate, "50%", "name: a kind of right, or blank for all", "85%";
        months_to_sale - ["处置月数"] Integer, "12", "months from default to the sale of rights", "12";
        sale_cost - ["处置费率"] Rate, "8%", "share of the sale's proceeds", "8%";
        value_shock - ["价值波动"] Number,
            "what is assumed below",
            "name: all, industry or own (全部, 行业, 自身); simulate alone: volatility of what \
            rights fetch, 0 to 2, by the factor of all firms, of the firm's industry, and of the \
            right itself", "0.30";
        lpr_shift - ["LPR变动"] Rate, "0", "added to LPR from the cut-off date on", "50bp";
        loan_rate_shift - ["贷款利率变动"] Rate,
            "0", "added to what every loan pays, in periods from the cut-off date on", "-50bp";
        coupon_shift - ["票面利率变动"] Rate, "0", "added to every coupon of the notes", "25bp";
        default - ["违约"] Text,
            "", "name: an obligor, date: the day; all its loans default", "苏州睿科, 2022-05-16";
        supporter_default - ["增信方违约"] Text,
            "", "name: a supporter, date: the day", "担保公司, 2022-07-01";
        prepaid - ["提前结清"] Text,
            "", "name: a loan, date: paid back in full on its first due date on or after",
            "L1, 2022-03-01";
        infringement - ["被侵权"] Rate,
            "", "name: a right, date: the day it is infringed (once at most), value: the share of \
            its value that it loses from that day on; covers on_infringement pay", "60%";
        sales - ["销售收入" "被许可方销售额"] Amount,
            "no more than the least fee",
            "name: a licence with sales_share, date: of a fee; the licensee's sales since the fee \
            before. What its share of them has above the fee is paid on top, as interest; simulate \
            needs sales_shock with them", "60,000,000.00";
        sales_shock - ["销售波动"] Number,
            "simulate refuses a scenario with sales",
            "simulate alone: volatility of sales, 0 to 2, by the factor of the licensee's \
            industry; one draw a licence for all its fees", "0.25";
        delinquent_default - ["逾期转违约"] Flag,
            "no", "delinquent loans default at their first due date", "yes";
    }
}
