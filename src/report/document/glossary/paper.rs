//! Terms of the deal, its pool and its cash flows.
use super::Entry;

pub const ENTRIES: &[Entry] = &[
    Entry {
        keys: &["tranche", "class"],
        en: ("class", "A tranche of the notes; classes are ranked, the most senior paid first."),
        zh: ("档次", "按受偿顺序划分的证券级别，级别最高者最先受偿。"),
    },
    Entry {
        keys: &["support"],
        en: (
            "support",
            "Who stands behind the notes. With: all of it is live; without: shortfall commitments \
             do not exist; bare: loan-level covers do not either.",
        ),
        zh: (
            "增信",
            "有增信：各项增信均有效；无增信：差额支付承诺视为不存在；全无增信：再剔除贷款层面增信。",
        ),
    },
    Entry {
        keys: &["with"],
        en: (
            "with support",
            "All support is live: supporters pay what is called, within caps and capacity.",
        ),
        zh: ("有增信", "各项增信均有效，增信方在限额与支付能力内履行。"),
    },
    Entry {
        keys: &["without"],
        en: (
            "without support",
            "As if shortfall commitments and guarantees of the notes did not exist; fees are the \
             same, loan-level covers stay.",
        ),
        zh: ("无增信", "视为不存在差额支付承诺与证券层面担保；费用不变，贷款层面增信保留。"),
    },
    Entry {
        keys: &["bare"],
        en: ("bare", "Without support, and without loan-level covers too."),
        zh: ("全无增信", "在无增信基础上再剔除贷款层面增信。"),
    },
    Entry {
        keys: &["cutoff_date"],
        en: (
            "cut-off date",
            "The day on which the loans sold are fixed; what falls due after it is the plan's.",
        ),
        zh: ("封包日", "确定入池贷款的日期；其后到期的款项归专项计划。"),
    },
    Entry {
        keys: &["closing_date"],
        en: (
            "closing date",
            "Holders pay the notional, the plan pays the price; interest accrues from this day.",
        ),
        zh: ("设立日", "投资者缴款、专项计划支付对价之日，自该日起计息。"),
    },
    Entry {
        keys: &["expected_maturity"],
        en: (
            "expected maturity",
            "The payment date by which a class should be repaid; what is left of it is due then.",
        ),
        zh: ("预期到期日", "该档预期清偿的兑付日；届时余额全部到期。"),
    },
    Entry {
        keys: &["legal_maturity"],
        en: ("legal maturity", "The last day to pay; what is unpaid then is lost."),
        zh: ("法定到期日", "最后的偿付期限，届时未付即为损失。"),
    },
    Entry {
        keys: &["payment_date", "first_payment_date"],
        en: (
            "payment date",
            "The day on which notes are paid; one on a holiday moves, with no interest for it.",
        ),
        zh: ("兑付日", "证券付息还本日；遇节假日调整，不另计利息。"),
    },
    Entry {
        keys: &["period_end"],
        en: (
            "calculation date",
            "What was collected up to this day is paid out on the next payment date.",
        ),
        zh: ("计算日", "截至该日归集的款项用于下一兑付日分配。"),
    },
    Entry {
        keys: &["record_date", "record_days"],
        en: ("record date", "Who holds a note on this day is paid."),
        zh: ("权益登记日", "该日登记在册的持有人获得兑付。"),
    },
    Entry {
        keys: &["notional"],
        en: ("notional", "What a class was issued for; shares of it are of this amount."),
        zh: ("发行规模", "该档发行金额，各占比以此为分母。"),
    },
    Entry {
        keys: &["pool_principal"],
        en: ("pool principal", "Principal of the loans at the cut-off date."),
        zh: ("资产池本金", "封包日入池贷款的本金余额。"),
    },
    Entry {
        keys: &["coupon", "coupon_pa"],
        en: ("coupon", "Interest a year on a class's balance."),
        zh: ("票面利率", "按该档余额计付的年利率。"),
    },
    Entry {
        keys: &["amortisation"],
        en: (
            "amortisation",
            "How principal is due: bullet (all at expected maturity), plan of amounts or balances, \
             pass-through (what the pool has paid in), turbo (out of all cash that reaches it).",
        ),
        zh: (
            "还本方式",
            "本金到期方式：到期一次还本、固定摊还或目标余额、过手（以资产池回款为限）、加速过手（以到达该档的全部资金为限）。",
        ),
    },
    Entry {
        keys: &["prepaid"],
        en: ("prepaid", "Principal paid before it is due."),
        zh: ("提前还款", "早于合同约定归还的本金。"),
    },
    Entry {
        keys: &["cpr", "smm"],
        en: ("prepayment rate", "Share of the balance prepaid: a year (CPR) or a month (SMM)."),
        zh: ("提前还款率", "提前归还的余额占比：按年（CPR）或按月（SMM）。"),
    },
    Entry {
        keys: &["defaulted"],
        en: ("defaulted", "Principal of firms that default; all loans of a firm default together."),
        zh: ("违约本金", "违约企业的贷款本金；同一企业的贷款同时违约。"),
    },
    Entry {
        keys: &["recovered"],
        en: (
            "recovered",
            "What comes back on defaulted loans: from the pledge, the firm, givers of covers.",
        ),
        zh: ("违约回收", "违约贷款收回的款项：质押处置、企业偿付与贷款层面增信赔付。"),
    },
    Entry {
        keys: &["recovery_rate"],
        en: ("recovery rate", "Share of defaulted principal that comes back."),
        zh: ("回收率", "违约本金最终收回的比例。"),
    },
    Entry {
        keys: &["cumulative_default_rate"],
        en: ("cumulative default rate", "Defaulted principal over principal at the cut-off date."),
        zh: ("累计违约率", "累计违约本金 / 封包日本金。"),
    },
    Entry {
        keys: &["clean_up"],
        en: ("clean-up call", "The originator buys what is left once the pool is this small."),
        zh: ("清仓回购", "资产池余额降至约定比例后由原始权益人购回剩余资产。"),
    },
    Entry {
        keys: &["interest_due"],
        en: ("interest due", "Accrued in the period, and brought forward unpaid."),
        zh: ("应付利息", "当期应计利息加此前欠付利息。"),
    },
    Entry {
        keys: &["principal_due"],
        en: (
            "principal due",
            "What must be paid on the date: the plan's amount, the balance at expected maturity; \
             of a pass-through nothing before.",
        ),
        zh: ("应付本金", "该日必须支付的本金：计划金额，或预期到期日的余额；过手档此前为零。"),
    },
    Entry {
        keys: &["residual", "residual_paid"],
        en: ("residual", "Cash that is left when all else is paid; it goes to the sub."),
        zh: ("剩余收益", "全部支付后剩余的资金，归次级。"),
    },
    Entry {
        keys: &["remaining"],
        en: ("remaining", "Principal still owed after the date."),
        zh: ("剩余本金", "该日分配后尚欠的本金。"),
    },
    Entry {
        keys: &["called", "support_called", "mean_called"],
        en: (
            "called",
            "What a commitment is asked for: what is due in its scope and above it, less what is \
             available.",
        ),
        zh: ("差额支付启动", "要求增信方支付的差额：承诺范围及以上的应付额减可用资金。"),
    },
    Entry {
        keys: &["mean_paid", "supporter_paid", "support_paid"],
        en: (
            "paid by supporters",
            "Gross, within caps and capacity; repayments are not taken off.",
        ),
        zh: ("增信方支付", "限额与支付能力内的支付总额，不扣除其后偿还。"),
    },
    Entry {
        keys: &["unpaid"],
        en: (
            "unpaid",
            "Due and not paid on the date; it is carried without interest unless terms say so.",
        ),
        zh: ("未付", "该日到期未付的金额，结转后续日期；除另有约定不计息。"),
    },
    Entry {
        keys: &["repaid", "support_repaid"],
        en: (
            "repaid",
            "Given back to a supporter at its rank, without interest, oldest call first.",
        ),
        zh: ("已偿还", "按其顺位偿还增信方的金额，不计息，先启动者先偿还。"),
    },
    Entry {
        keys: &["commitment", "scope"],
        en: (
            "shortfall commitment",
            "A third party pays what the order of payment leaves short, for the classes in scope.",
        ),
        zh: ("差额支付承诺", "承诺人对承诺范围内各档的差额部分补足支付。"),
    },
    Entry {
        keys: &["cap", "cap_total", "cap_per_date"],
        en: ("cap", "The most a commitment pays, gross; what is repaid to it does not restore it."),
        zh: ("上限", "承诺支付总额的上限，偿还后不恢复。"),
    },
    Entry {
        keys: &["reserve_first", "reserve_from"],
        en: ("reserve", "Cash held against later shortfall."),
        zh: ("储备账户", "为弥补日后差额而留存的资金。"),
    },
    Entry {
        keys: &["retention", "retained"],
        en: ("retention", "Share of the notes that the originator must hold."),
        zh: ("风险自留", "原始权益人须持有的证券比例。"),
    },
    Entry {
        keys: &["pledge_ratio", "pledge ratio (pledged balance / appraised value)"],
        en: (
            "pledge ratio",
            "Balance of the pledged loans over the appraised value of their rights.",
        ),
        zh: ("质押率", "质押贷款余额 / 质押权利评估值。"),
    },
    Entry {
        keys: &[
            "hhi",
            "HHI of obligors",
            "HHI of obligors with affiliates as one",
            "HHI of industries",
            "HHI of regions",
        ],
        en: ("HHI", "Sum of squared shares of principal: 1 is one name, 0.05 twenty equal ones."),
        zh: ("HHI", "本金占比的平方和：1 为单一主体，0.05 相当于二十个等额主体。"),
    },
    Entry {
        keys: &[
            "effective_number",
            "effective number of obligors",
            "effective number of obligors with affiliates as one",
            "effective number of industries",
            "effective number of regions",
        ],
        en: ("effective number", "1 / HHI: as many equal names as the pool is worth."),
        zh: ("有效数", "1 / HHI，即相当于多少个等额主体。"),
    },
    Entry {
        keys: &["gross_pa"],
        en: (
            "cost of borrowing, all in",
            "Effective annual rate of interest, fees, guarantee and appraisal that a firm pays.",
        ),
        zh: ("综合成本", "企业承担的利息、手续费、担保费与评估费折成的有效年化成本。"),
    },
    Entry {
        keys: &["net_pa", "subsidy"],
        en: (
            "net cost",
            "The cost all in, less what the district gives back; it never enters the plan.",
        ),
        zh: ("贴息后成本", "综合成本扣除政府贴息；贴息归企业，不进入专项计划。"),
    },
];
