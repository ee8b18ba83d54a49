//! What each column of a run's tables holds and is called, for whoever reads a run back.
//!
//! Invariant: a column that is not listed is still read, each cell by its form; a listed one is
//! read as its kind or is a problem.
use crate::report::Lang;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Date,
    /// Yuan with two decimals.
    Yuan,
    /// A fraction of one, for people in percent.
    Share,
    /// A number with decimals of its own.
    Number,
    Count,
    /// Each cell by its form: a date, yuan, a number, else text.
    Mixed,
}

const COLUMNS: &[(&str, Kind, &str)] = &[
    ("account", Kind::Text, "账户"),
    ("accrual_end", Kind::Date, "计息止日"),
    ("accrual_start", Kind::Date, "计息起日"),
    ("achieved", Kind::Share, "实际达到"),
    ("achieved_default_rate", Kind::Share, "实际违约率"),
    ("amount", Kind::Yuan, "金额"),
    ("appraisal", Kind::Yuan, "评估费"),
    ("asset_type", Kind::Text, "资产类型"),
    ("balance", Kind::Yuan, "余额"),
    ("binding", Kind::Text, "约束测试"),
    ("called", Kind::Yuan, "差额支付启动"),
    ("chosen", Kind::Text, "是否决定"),
    ("clean_up", Kind::Yuan, "清仓回购"),
    ("closing", Kind::Yuan, "期末余额"),
    ("commitment", Kind::Text, "承诺"),
    ("convexity", Kind::Number, "凸性"),
    ("count", Kind::Count, "数量"),
    ("coupon_pa", Kind::Share, "票面年利率"),
    ("critical", Kind::Mixed, "临界违约率"),
    ("critical_rate", Kind::Mixed, "临界违约率"),
    ("cumulative_default_rate", Kind::Share, "累计违约率"),
    ("date", Kind::Date, "日期"),
    ("days", Kind::Count, "计息天数"),
    ("default_dates", Kind::Text, "违约日"),
    ("default_rate", Kind::Share, "违约率"),
    ("defaulted", Kind::Yuan, "违约本金"),
    ("detail", Kind::Text, "说明"),
    ("due", Kind::Yuan, "应付"),
    ("due_date", Kind::Date, "应还日"),
    ("el", Kind::Share, "预期损失"),
    ("el_pv", Kind::Share, "预期损失（现值）"),
    ("el_pv_se", Kind::Share, "预期损失（现值）标准误"),
    ("el_se", Kind::Share, "预期损失标准误"),
    ("es_p99", Kind::Share, "99% 预期短缺"),
    ("es_p99_se", Kind::Share, "99% 预期短缺标准误"),
    ("event", Kind::Text, "事件"),
    ("face_after_per_100", Kind::Number, "兑付后每百元面值"),
    ("fee", Kind::Text, "费用"),
    ("fees", Kind::Yuan, "手续费"),
    ("first_shortfall_date", Kind::Date, "首次未足额日"),
    ("from", Kind::Text, "付款方"),
    ("grade", Kind::Text, "级别"),
    ("grade_by_critical_rate", Kind::Text, "按临界违约率的级别"),
    ("grade_by_el", Kind::Text, "按预期损失的级别"),
    ("grade_by_pd", Kind::Text, "按违约概率的级别"),
    ("gross_pa", Kind::Share, "综合成本（年）"),
    ("guarantee_fees", Kind::Yuan, "担保费"),
    ("in", Kind::Yuan, "转入"),
    ("interest", Kind::Yuan, "利息"),
    ("interest_due", Kind::Yuan, "应付利息"),
    ("interest_pa", Kind::Share, "利息成本（年）"),
    ("interest_paid", Kind::Yuan, "已付利息"),
    ("interest_per_100", Kind::Number, "每百元利息"),
    ("interest_unpaid", Kind::Yuan, "未付利息"),
    ("item", Kind::Text, "项目"),
    ("limit", Kind::Mixed, "要求"),
    ("loan", Kind::Text, "贷款"),
    ("loss", Kind::Share, "损失率"),
    ("loss_from", Kind::Share, "损失自"),
    ("loss_p99", Kind::Share, "99% 分位损失"),
    ("loss_p999", Kind::Share, "99.9% 分位损失"),
    ("loss_p999_se", Kind::Share, "99.9% 分位损失标准误"),
    ("loss_p99_se", Kind::Share, "99% 分位损失标准误"),
    ("loss_to", Kind::Share, "损失至"),
    ("macaulay_years", Kind::Number, "麦考利久期（年）"),
    ("mean_called", Kind::Yuan, "平均启动额"),
    ("mean_called_se", Kind::Yuan, "平均启动额标准误"),
    ("mean_paid", Kind::Yuan, "平均支付额"),
    ("mean_paid_se", Kind::Yuan, "平均支付额标准误"),
    ("mean_unreimbursed", Kind::Yuan, "平均未受偿额"),
    ("mean_unreimbursed_se", Kind::Yuan, "平均未受偿额标准误"),
    ("measure", Kind::Text, "指标"),
    ("met", Kind::Text, "是否满足"),
    ("mezzanine", Kind::Yuan, "夹层级"),
    ("min_coverage", Kind::Number, "最低覆盖倍数"),
    ("min_dscr", Kind::Number, "最低偿债倍数"),
    ("modified_years", Kind::Number, "修正久期（年）"),
    ("multiple", Kind::Number, "倍数"),
    ("net_pa", Kind::Share, "贴息后成本（年）"),
    ("note", Kind::Text, "备注"),
    ("obligor", Kind::Text, "债务人"),
    ("obligors", Kind::Text, "债务人"),
    ("opening", Kind::Yuan, "期初余额"),
    ("opening_per_100", Kind::Number, "期初每百元面值"),
    ("out", Kind::Yuan, "转出"),
    ("outstanding", Kind::Yuan, "未受偿余额"),
    ("p99_paid", Kind::Yuan, "99% 分位支付额"),
    ("p99_paid_se", Kind::Yuan, "99% 分位支付额标准误"),
    ("p_called", Kind::Share, "启动概率"),
    ("p_called_se", Kind::Share, "启动概率标准误"),
    ("p_failed_when_called", Kind::Share, "启动时已违约的概率"),
    ("p_failed_when_called_se", Kind::Share, "启动时已违约的概率标准误"),
    ("p_late", Kind::Share, "逾期概率"),
    ("p_late_se", Kind::Share, "逾期概率标准误"),
    ("paid", Kind::Yuan, "已付"),
    ("paid_in_full", Kind::Text, "是否足额"),
    ("passes", Kind::Text, "是否通过"),
    ("passes_above", Kind::Text, "更大规模有通过"),
    ("paths", Kind::Count, "路径数"),
    ("payment_date", Kind::Date, "兑付日"),
    ("pd", Kind::Share, "违约概率"),
    ("pd_se", Kind::Share, "违约概率标准误"),
    ("period_end", Kind::Date, "计算日"),
    ("points", Kind::Number, "百分点"),
    ("prepaid", Kind::Yuan, "提前还款"),
    ("prepayment_factor", Kind::Number, "早偿倍数"),
    ("price", Kind::Number, "价格"),
    ("price_at_spread", Kind::Number, "按利差的价格"),
    ("principal", Kind::Yuan, "本金"),
    ("principal_due", Kind::Yuan, "应付本金"),
    ("principal_paid", Kind::Yuan, "已付本金"),
    ("principal_per_100", Kind::Number, "每百元本金"),
    ("principal_unpaid", Kind::Yuan, "未付本金"),
    ("probability", Kind::Share, "概率"),
    ("recognised_default_rate", Kind::Share, "已确认累计违约率"),
    ("recognised_defaults", Kind::Yuan, "已确认累计违约"),
    ("record_date", Kind::Date, "权益登记日"),
    ("recovered", Kind::Yuan, "回收"),
    ("recovery", Kind::Mixed, "回收率"),
    ("remaining", Kind::Yuan, "剩余本金"),
    ("repaid", Kind::Yuan, "已偿还"),
    ("residual", Kind::Yuan, "剩余收益"),
    ("residual_paid", Kind::Yuan, "已付剩余收益"),
    ("residual_per_100", Kind::Number, "每百元剩余收益"),
    ("scenario", Kind::Text, "情景"),
    ("scheduled_interest", Kind::Yuan, "应收利息"),
    ("scheduled_principal", Kind::Yuan, "应收本金"),
    ("se", Kind::Mixed, "标准误"),
    ("section", Kind::Text, "类别"),
    ("senior", Kind::Yuan, "优先级"),
    ("senior_share", Kind::Share, "优先级占比"),
    ("share", Kind::Share, "占比"),
    ("share_repaid", Kind::Share, "已兑付比例"),
    ("size", Kind::Count, "户数"),
    ("slack", Kind::Mixed, "余量"),
    ("spread", Kind::Share, "利差"),
    ("spread_at_price", Kind::Share, "按价格的利差"),
    ("street_yield_pa", Kind::Share, "市场惯例收益率"),
    ("sub", Kind::Yuan, "次级"),
    ("sub_irr", Kind::Share, "次级内部收益率"),
    ("subsidy", Kind::Yuan, "贴息"),
    ("support", Kind::Text, "增信"),
    ("supporter", Kind::Text, "增信方"),
    ("supporter_paid", Kind::Yuan, "增信方支付"),
    ("target", Kind::Text, "目标级别"),
    ("targets", Kind::Text, "目标表"),
    ("test", Kind::Text, "测试"),
    ("to", Kind::Text, "收款方"),
    ("total_per_100", Kind::Number, "每百元合计"),
    ("tranche", Kind::Text, "档次"),
    ("trigger_level", Kind::Share, "触发水平"),
    ("unit", Kind::Text, "单位"),
    ("units", Kind::Number, "份数"),
    ("unpaid", Kind::Yuan, "未付"),
    ("value", Kind::Mixed, "数值"),
    ("wal_mean", Kind::Number, "平均期限（年）"),
    ("wal_mean_se", Kind::Number, "平均期限标准误"),
    ("wal_years", Kind::Number, "平均期限（年）"),
    ("why", Kind::Text, "事由"),
    ("yield_pa", Kind::Share, "收益率"),
];

/// Measures of `measures.csv` and `pool.csv`.
const MEASURES: &[(&str, &str)] = &[
    ("cash_left", "账户剩余现金"),
    ("clean_up", "清仓回购"),
    ("convexity", "凸性"),
    ("coverage", "覆盖倍数"),
    ("covers_called", "贷款增信应赔付额"),
    ("covers_paid", "贷款增信赔付额"),
    ("covers_taken", "增信方分得处置款"),
    ("cumulative_default_rate", "累计违约率"),
    ("defaulted", "违约本金"),
    ("defaulted_mean", "平均违约本金占比"),
    ("defaults_mean", "平均违约企业数"),
    ("el", "预期损失"),
    ("es_999", "99.9% 预期短缺"),
    ("excess_spread", "超额利差"),
    ("fees_paid", "已付费用"),
    ("fees_unpaid", "未付费用"),
    ("first_shortfall_date", "首次未足额日"),
    ("interest_collected", "回收利息"),
    ("interest_paid", "已付利息"),
    ("interest_unpaid", "未付利息"),
    ("last_payment_date", "最后兑付日"),
    ("late", "是否逾期"),
    ("loss", "损失率"),
    ("loss_amount", "损失金额"),
    ("macaulay_duration", "麦考利久期"),
    ("min_coverage", "最低覆盖倍数"),
    ("min_dscr", "最低偿债倍数"),
    ("modified_duration", "修正久期"),
    ("notional", "发行规模"),
    ("p_no_loss", "无损失概率"),
    ("pool_principal", "资产池本金"),
    ("prepaid", "提前还款"),
    ("principal_collected", "回收本金"),
    ("principal_paid", "已付本金"),
    ("recovered", "违约回收"),
    ("residual", "剩余收益"),
    ("residual_paid", "已付剩余收益"),
    ("street_yield", "市场惯例收益率"),
    ("sub_xirr", "次级内部收益率"),
    ("support_called", "差额支付启动额"),
    ("support_calls", "差额支付启动次数"),
    ("support_paid", "差额支付支付额"),
    ("support_repaid", "差额支付偿还额"),
    ("support_unreimbursed", "差额支付未受偿额"),
    ("taxes_paid", "已付税费"),
    ("unrealised", "结束后回收"),
    ("var_99", "99% 分位损失"),
    ("var_999", "99.9% 分位损失"),
    ("wal_years", "平均期限（年）"),
    ("yield", "到期收益率"),
];

/// In English, those that are not plain words already.
const PLAIN: &[(&str, &str)] = &[
    ("achieved_default_rate", "default rate achieved"),
    ("clean_up", "clean-up call"),
    ("coupon_pa", "coupon a year"),
    ("critical", "critical default rate"),
    ("critical_rate", "critical default rate"),
    ("default_dates", "dates of default"),
    ("defaulted_mean", "defaulted, mean"),
    ("defaults_mean", "firms in default, mean"),
    ("el", "expected loss"),
    ("el_pv", "expected loss, present value"),
    ("el_pv_se", "its standard error"),
    ("el_se", "its standard error"),
    ("es_999", "mean of the worst 0.1%"),
    ("es_p99", "mean of the worst 1%"),
    ("grade_by_el", "grade by expected loss"),
    ("grade_by_pd", "grade by probability"),
    ("gross_pa", "cost a year, all in"),
    ("interest_pa", "interest a year"),
    ("loss_p99", "loss at 99%"),
    ("loss_p999", "loss at 99.9%"),
    ("macaulay_years", "Macaulay duration, years"),
    ("mean_called", "called, mean"),
    ("mean_paid", "paid, mean"),
    ("mean_unreimbursed", "not reimbursed, mean"),
    ("met", "met"),
    ("min_coverage", "lowest coverage"),
    ("min_dscr", "lowest DSCR"),
    ("modified_years", "modified duration, years"),
    ("net_pa", "cost a year, net"),
    ("obligors", "firms"),
    ("p99_paid", "paid at 99%"),
    ("p_called", "probability of a call"),
    ("p_failed_when_called", "failed when called"),
    ("p_late", "probability of being late"),
    ("p_no_loss", "probability of no loss"),
    ("paid_in_full", "paid in full"),
    ("passes_above", "a larger one passes"),
    ("pd", "probability of default"),
    ("pd_se", "its standard error"),
    ("points", "points more"),
    ("se", "standard error"),
    ("size", "firms"),
    ("street_yield_pa", "street yield"),
    ("sub_irr", "return of the sub (IRR)"),
    ("sub_xirr", "return of the sub (XIRR)"),
    ("tranche", "class"),
    ("var_99", "loss at 99%"),
    ("var_999", "loss at 99.9%"),
    ("wal_mean", "average life, years"),
    ("wal_years", "average life, years"),
    ("yield_pa", "yield"),
];

/// What a column holds.
pub fn kind(column: &str) -> Kind {
    find(column).map_or(Kind::Mixed, |found| found.1)
}

fn find(column: &str) -> Option<&'static (&'static str, Kind, &'static str)> {
    COLUMNS.iter().find(|known| known.0 == column)
}

/// What a column is called for people.
pub fn title(column: &str, lang: Lang) -> String {
    let plain = PLAIN.iter().find(|known| known.0 == column);
    match (lang, find(column), plain) {
        (Lang::Zh, Some(found), _) => found.2.to_owned(),
        (Lang::En, _, Some(plain)) => plain.1.to_owned(),
        _ => column.replace('_', " "),
    }
}

/// What a measure is called for people; some stand in a column of their own.
pub fn measure(name: &str, lang: Lang) -> String {
    let known = MEASURES.iter().find(|known| known.0 == name);
    match (lang, known) {
        (Lang::Zh, Some(known)) => known.1.to_owned(),
        _ => title(name, lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_once() {
        assert!(COLUMNS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(MEASURES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(PLAIN.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn what_is_not_listed_keeps_its_name() {
        assert_eq!(kind("first_shortfall"), Kind::Mixed);
        assert_eq!(title("first_shortfall", Lang::Zh), "first shortfall");
        assert_eq!(title("interest_paid", Lang::En), "interest paid");
        assert_eq!(title("interest_paid", Lang::Zh), "已付利息");
        assert_eq!(measure("yield", Lang::Zh), "到期收益率");
        assert_eq!(measure("p_late", Lang::Zh), "逾期概率");
        assert_eq!(measure("wal_years", Lang::En), "average life, years");
    }
}
