//! Terms of measures, stress, simulation, size and programmes.
use super::Entry;

pub const ENTRIES: &[Entry] = &[
    Entry {
        keys: &["loss", "loss_amount"],
        en: ("loss", "Principal unpaid at the end over notional, undiscounted."),
        zh: ("损失率", "期末未偿本金 / 发行规模，不折现。"),
    },
    Entry {
        keys: &["first_shortfall_date"],
        en: (
            "short from",
            "The first date on which interest or principal due is not paid in full after support.",
        ),
        zh: ("首次未足额日", "差额补足后应付利息或本金仍未足额支付的首个日期。"),
    },
    Entry {
        keys: &["wal_years", "wal_mean"],
        en: (
            "average life",
            "Years from closing, weighted by principal paid (ACT/365); simulated, a path that pays \
             nothing counts as 0.",
        ),
        zh: (
            "平均期限",
            "自设立日起以所付本金加权的年数（实际天数/365）；模拟中分文未付的路径计为 0。",
        ),
    },
    Entry {
        keys: &["yield", "yield_pa"],
        en: (
            "yield",
            "Effective annual rate (ACT/365) of buying at the issue price, residual included.",
        ),
        zh: ("收益率", "按发行价买入的有效年化收益率（实际天数/365），含剩余收益。"),
    },
    Entry {
        keys: &["street_yield", "street_yield_pa"],
        en: (
            "street yield",
            "The same return compounded at the coupon's frequency, as dealers quote it.",
        ),
        zh: ("市场惯例收益率", "按付息频率复利报价的收益率。"),
    },
    Entry {
        keys: &["min_coverage", "coverage"],
        en: (
            "cash coverage",
            "(Cash carried + collections to expected maturity) / (taxes + fees + interest and \
             balance of the class and those above it). Top-ups are not counted.",
        ),
        zh: (
            "现金流覆盖倍数",
            "（留存资金 + 至预期到期日的回收款）/（税费 + 该档及以上的利息与本金），不计差额支付资金。",
        ),
    },
    Entry {
        keys: &["min_dscr"],
        en: (
            "DSCR",
            "On each payment date (cash available / taxes, fees, interest and principal then due \
             to the class and those above it); the lowest of all dates.",
        ),
        zh: (
            "偿债倍数（DSCR）",
            "逐兑付日（可用资金 / 当日应付税费及该档及以上各档应付利息、本金），取最低值。",
        ),
    },
    Entry {
        keys: &["asset_cover"],
        en: (
            "asset cover",
            "On a date (performing pool + cash on accounts) / (balance of the class and those \
             above it).",
        ),
        zh: ("资产覆盖倍数", "某日（正常资产余额 + 账户现金）/（该档及以上各档余额）。"),
    },
    Entry {
        keys: &["attachment_point"],
        en: (
            "attachment point",
            "The pool's loss, by principal alone, from which classes of a rank lose: 1 - notes of \
             this rank and above / pool. Classes of one rank share it; which of them loses first \
             is for the order of payment to say.",
        ),
        zh: (
            "受损起点",
            "仅按本金计，资产池损失达到该比例后同级证券开始受损：1 - 该级及以上证券 / 资产池。同级各档共用一个起点，\
             其间先后由分配顺序决定。",
        ),
    },
    Entry {
        keys: &["macaulay_years", "macaulay_duration"],
        en: ("Macaulay duration", "Years to the cash of a class, weighted by present value."),
        zh: ("麦考利久期", "以现值加权的现金流期限（年）。"),
    },
    Entry {
        keys: &["modified_years", "modified_duration"],
        en: ("modified duration", "Relative fall of the price for a rise of the yield by 1."),
        zh: ("修正久期", "收益率上升一个单位时价格的相对跌幅。"),
    },
    Entry {
        keys: &["convexity"],
        en: ("convexity", "Second derivative of the price by the yield, over the price."),
        zh: ("凸性", "价格对收益率的二阶导数 / 价格。"),
    },
    Entry {
        keys: &["sub_irr", "sub_xirr"],
        en: ("return of the sub", "Effective annual rate (ACT/365) on what the sub paid."),
        zh: ("次级内部收益率", "次级投资的有效年化收益率（实际天数/365）。"),
    },
    Entry {
        keys: &["critical", "critical_rate"],
        en: (
            "critical default rate",
            "The largest cumulative default rate, the scenario's timing scaled, at which no \
             interest of the class is late and its principal is paid by legal maturity.",
        ),
        zh: (
            "临界违约率",
            "按情景违约时间分布放大累计违约率，使该档利息无一逾期、本金在法定到期日前足额偿付的最大值。",
        ),
    },
    Entry {
        keys: &["achieved", "achieved_default_rate"],
        en: (
            "achieved",
            "Principal that does default at that rate: loans repaid before their turn do not.",
        ),
        zh: ("实际达到", "该违约率下实际违约的本金占比；已先还清的贷款不再违约。"),
    },
    Entry {
        keys: &["multiple"],
        en: ("multiple", "The achieved critical rate over the base scenario's default rate."),
        zh: ("倍数", "实际达到的临界违约率 / 基准违约率。"),
    },
    Entry {
        keys: &["grade", "grade_by_critical_rate"],
        en: (
            "grade",
            "The best grade whose target (multiplier x base rate) is not above the critical rate. \
             A model's grade is not a rating.",
        ),
        zh: (
            "级别",
            "目标违约率（乘数 × 基准违约率）不高于临界违约率的最好级别；模型级别不是信用评级。",
        ),
    },
    Entry {
        keys: &["pd"],
        en: (
            "probability of default (PD)",
            "That principal or interest of the class is unpaid at its end; late but paid is none.",
        ),
        zh: ("违约概率（PD）", "期末该档仍有本金或利息未付清的概率；逾期但已付清不计。"),
    },
    Entry {
        keys: &["p_late", "late"],
        en: (
            "probability of being late",
            "That interest, or principal due, is not paid in full on its date.",
        ),
        zh: ("逾期概率", "某兑付日利息或应付本金未足额支付的概率。"),
    },
    Entry {
        keys: &["el"],
        en: (
            "expected loss (EL)",
            "Mean loss over all paths; of the pool, defaulted claims less what comes back, over \
             initial principal.",
        ),
        zh: ("预期损失（EL）", "全部路径的平均损失；资产池为违约未收回部分占初始本金的比例。"),
    },
    Entry {
        keys: &["el_pv"],
        en: (
            "expected loss, present value",
            "1 - present value of all that is paid, at the class's own coupon, over its balance.",
        ),
        zh: ("预期损失（现值）", "1 − 全部兑付按自身票面利率折现的现值 / 余额。"),
    },
    Entry {
        keys: &["loss_p99", "loss_p999", "var_99", "var_999"],
        en: ("loss at 99%, 99.9%", "The loss that so many of the paths do not exceed (VaR)."),
        zh: ("99%、99.9% 分位损失", "相应比例的路径不超过的损失（VaR）。"),
    },
    Entry {
        keys: &["es_p99", "es_999"],
        en: ("mean of the worst 1%, 0.1%", "Expected shortfall: the mean loss of the worst paths."),
        zh: ("预期短缺", "最差 1%（0.1%）路径的平均损失。"),
    },
    Entry {
        keys: &["grade_by_pd", "grade_by_el"],
        en: (
            "grade by probability, by loss",
            "The grade whose limit in the table the figure does not pass, at the class's average \
             life. A model's grade is not a rating.",
        ),
        zh: ("按概率、按损失的级别", "该档平均期限下限值不低于该数的级别；模型级别不是信用评级。"),
    },
    Entry {
        keys: &["se"],
        en: (
            "standard error (±)",
            "How far a simulated figure may be off: mostly within two of them.",
        ),
        zh: ("标准误（±）", "模拟数值的误差尺度，多在两倍以内。"),
    },
    Entry {
        keys: &["p_no_loss"],
        en: ("probability of no loss", "Share of the paths on which the pool loses nothing."),
        zh: ("无损失概率", "资产池无损失的路径占比。"),
    },
    Entry {
        keys: &["p_called"],
        en: (
            "probability of a call",
            "Share of the paths on which the supporter is called, paid or not.",
        ),
        zh: ("启动概率", "增信方被要求支付的路径占比，无论是否支付。"),
    },
    Entry {
        keys: &["p_failed_when_called"],
        en: (
            "failed when called",
            "Of the paths with a call, those where the supporter had defaulted and left it unpaid; \
             a cap that is used up is no failure.",
        ),
        zh: ("启动时已违约的概率", "有启动的路径中，增信方已违约而未支付的占比；限额用尽不计。"),
    },
    Entry {
        keys: &["p99_paid", "paid_p99"],
        en: ("paid at 99%", "What the supporter does not pay more than on 99% of the paths."),
        zh: ("99% 分位支付额", "99% 的路径上增信方支付不超过的金额。"),
    },
    Entry {
        keys: &["mean_unreimbursed", "support_unreimbursed"],
        en: ("not reimbursed", "Paid by the supporter and not given back by the end."),
        zh: ("未受偿额", "增信方已支付而期末仍未获偿还的金额。"),
    },
    Entry {
        keys: &["target"],
        en: ("target", "The grade that the class is sized for."),
        zh: ("目标级别", "测算规模所要达到的级别。"),
    },
    Entry {
        keys: &["binding", "chosen"],
        en: (
            "binding",
            "The test that 10,000 yuan more would fail; tests not chosen are shown, not binding.",
        ),
        zh: ("约束测试", "再增 1 万元即不通过的测试；未选定的测试仅供参考。"),
    },
    Entry {
        keys: &["slack"],
        en: ("slack", "How far the figure is from its limit."),
        zh: ("余量", "数值距限值的差距。"),
    },
    Entry {
        keys: &["quota_left", "quota_used"],
        en: (
            "quota",
            "What a shelf may issue; left: less what was issued, or is outstanding, as it says.",
        ),
        zh: ("额度", "储架可发行的金额；剩余额度扣除累计发行额或存续余额，依储架约定。"),
    },
    Entry {
        keys: &["guaranteed"],
        en: (
            "guaranteed",
            "Outstanding principal that a supporter stands behind, over all series.",
        ),
        zh: ("担保余额", "增信方对各期承担责任的未偿本金合计。"),
    },
    Entry {
        keys: &["exposure_left", "exposure_used", "liability_limit"],
        en: (
            "exposure left",
            "The supporter's liability limit less its other liabilities and what it guarantees.",
        ),
        zh: ("剩余担保空间", "担保责任上限减其他责任与担保余额。"),
    },
    Entry {
        keys: &["paying_capacity", "capacity_left"],
        en: (
            "paying capacity",
            "What a supporter can pay on calls over all series: not its liability limit.",
        ),
        zh: ("支付能力", "增信方对各期累计可代付的金额，与担保责任上限不同。"),
    },
    Entry {
        keys: &["firm_times_to_date"],
        en: ("firm-times", "Firms counted once for each series that they are in."),
        zh: ("家次", "企业每参与一期计一次。"),
    },
    Entry {
        keys: &["p_unpaid", "pd_together"],
        en: (
            "unpaid, together",
            "That a senior class of the series is unpaid at the end, all series sharing each \
             supporter's capacity.",
        ),
        zh: ("优先级未足额概率", "各期共用增信方支付能力时，该期优先级期末未付清的概率。"),
    },
    Entry {
        keys: &["p_unpaid_alone", "pd_alone", "el_alone"],
        en: ("alone", "As if all of a supporter's capacity were this series' own."),
        zh: ("单独测算", "假设增信方全部支付能力归该期独享。"),
    },
    Entry {
        keys: &["p_unpaid_without", "pd_without", "el_without"],
        en: ("without commitments", "As if no supporter had promised anything."),
        zh: ("无承诺", "视为各期均无差额支付承诺。"),
    },
    Entry {
        keys: &["p_only_this"],
        en: ("only this series", "That of all series this one alone is unpaid."),
        zh: ("仅本期", "各期中仅本期优先级未付清的概率。"),
    },
    Entry {
        keys: &["p_earlier_before", "p_earlier_after"],
        en: (
            "earlier series, before and after",
            "That any earlier series is unpaid, without this one and with it: what it changes for \
             their holders.",
        ),
        zh: (
            "此前各期（加入前、加入后）",
            "本期发行前后，此前任一期未付清的概率，即本期对其持有人的影响。",
        ),
    },
    Entry {
        keys: &["p_short_when_called"],
        en: (
            "capacity used up",
            "Of the paths with a call, those where less capacity was left than called.",
        ),
        zh: ("支付能力耗尽", "有启动的路径中，剩余支付能力小于启动额的占比。"),
    },
];
