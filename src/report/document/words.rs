//! Terms in the reader's language: `terms.csv` has the words of the input.
//!
//! Invariant: what is not listed stays as it is; names of the deal's own are never changed.
use crate::deal::ShelfLimit;
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::columns;
use crate::report::layers;
use crate::report::names::percent;
use crate::report::reasons;
use crate::report::remarks::remark;
use crate::report::scenario_names::scenario;
use crate::report::table::Cell;
use crate::report::words::grouped;
use crate::report::workbook::support;

/// How the value of an item is read.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Word,
    Rate,
    Figure,
}

use Form::{Figure, Rate, Word};

const ITEMS: &[(&str, Form, &str)] = &[
    ("accrual_dates", Word, "计息日调整"),
    ("after_prepayment", Word, "提前还款后"),
    ("amortisation", Word, "还本方式"),
    ("amount", Figure, "每次金额"),
    ("amount_each_date", Figure, "每期金额"),
    ("annual_default_rate", Rate, "年违约率"),
    ("as_of", Word, "数据截止日"),
    ("base", Word, "计费基数"),
    ("calculation", Word, "计算日"),
    ("calendar", Word, "日历"),
    ("cap", Figure, "上限"),
    ("cap_per_date", Figure, "每期上限"),
    ("cap_total", Figure, "总上限"),
    ("class", Word, "层级"),
    ("clean_up", Rate, "清仓回购比例"),
    ("closing_date", Word, "设立日"),
    ("correlation", Word, "相关系数"),
    ("coupon", Rate, "票面利率"),
    ("coupon_shift", Rate, "票面利率变动"),
    ("cpr", Rate, "年提前还款率"),
    ("cumulative_default_rate", Rate, "累计违约率"),
    ("curable", Word, "可否解除"),
    ("cutoff_date", Word, "封包日"),
    ("dates", Word, "支付日"),
    ("day_count", Word, "计息基础"),
    ("decay_pa", Rate, "价值年衰减"),
    ("deductible", Figure, "免赔额"),
    ("defaults", Word, "违约"),
    ("delinquent_default", Word, "逾期贷款违约"),
    ("earmarked", Word, "专款专用"),
    ("economy_percentile", Rate, "经济分位"),
    ("effect", Word, "效果"),
    ("end", Word, "终止"),
    ("end_date", Word, "截止日"),
    ("ends", Word, "期满日"),
    ("evidence", Word, "存证编号"),
    ("expected_maturity", Word, "预期到期日"),
    ("first_payment_date", Word, "首个兑付日"),
    ("front_loaded", Rate, "违约前置"),
    ("grace_days", Figure, "宽限天数"),
    ("haircut", Rate, "处置折扣"),
    ("income_pa", Rate, "年收益率"),
    ("interest_before_cutoff", Word, "封包日前利息"),
    ("interest_on_unpaid", Word, "欠息计复利"),
    ("interest_to_closing", Word, "封包日至设立日利息"),
    ("issue_price", Figure, "发行价格"),
    ("issuer", Word, "出具机构"),
    ("kind", Word, "类型"),
    ("lag_business_days", Figure, "到账滞后（工作日）"),
    ("legal_maturity", Word, "法定到期日"),
    ("level", Rate, "水平"),
    ("loan_rate_shift", Rate, "贷款利率变动"),
    ("loans", Word, "贷款"),
    ("lpr_shift", Rate, "LPR 变动"),
    ("measure", Word, "指标"),
    ("months_to_sale", Word, "处置月数"),
    ("name", Word, "名称"),
    ("notes", Figure, "证券规模（元）"),
    ("notional", Figure, "发行规模（元）"),
    ("obligors", Word, "债务人数"),
    ("opening", Figure, "初始余额"),
    ("payee", Word, "收款方"),
    ("paying_capacity", Figure, "支付能力"),
    ("payment_frequency", Word, "兑付频率"),
    ("pays", Word, "赔付方式"),
    ("pd_1y", Rate, "一年违约率"),
    ("periods", Figure, "连续期数"),
    ("pool_principal", Figure, "资产池本金（元）"),
    ("prepayment_base", Word, "提前还款基数"),
    ("purchase_price", Figure, "受让价款（元）"),
    ("rate_pa", Rate, "年费率"),
    ("rate_time", Word, "年率折算"),
    ("rating", Word, "评级"),
    ("recognition_days", Word, "违约认定天数"),
    ("record_days", Word, "权益登记日（提前工作日）"),
    ("record_days_final", Word, "末期权益登记日（提前工作日）"),
    ("recoveries_to", Word, "违约回收计入"),
    ("recovery", Rate, "违约后支付比例"),
    ("recovery_from", Word, "回收来源"),
    ("recovery_rate", Rate, "回收率"),
    ("registrar_fee", Rate, "登记结算费率"),
    ("release", Word, "释放"),
    ("renewed", Word, "是否续展"),
    ("reserve_first", Word, "先用储备"),
    ("reserve_from", Word, "储备金来源"),
    ("retained", Figure, "自持（元）"),
    ("retention", Rate, "风险自留比例"),
    ("rights", Word, "权利数"),
    ("roll", Word, "节假日调整"),
    ("rounding", Word, "舍入"),
    ("sale_cost", Rate, "处置费用率"),
    ("sales_share", Rate, "销售分成"),
    ("scope", Word, "范围"),
    ("share", Rate, "比例"),
    ("share_of_collections", Rate, "占回收款"),
    ("share_of_payments", Rate, "占兑付额"),
    ("smm", Rate, "月提前还款率"),
    ("structure", Word, "交易结构"),
    ("support_days", Word, "差额支付日（提前工作日）"),
    ("supporter", Word, "增信方"),
    ("target", Word, "目标取"),
    ("target_amount", Figure, "目标金额"),
    ("target_of", Word, "目标基数"),
    ("target_share", Rate, "目标比例"),
    ("test_days", Word, "差额支付核算日（提前工作日）"),
    ("timing", Word, "违约时间分布"),
    ("transfer_days", Word, "划款日（提前工作日）"),
    ("unit_decimals", Word, "每份小数位"),
    ("until", Word, "直至兑付完毕"),
    ("vat", Rate, "增值税率"),
    ("vat_base", Word, "增值税计税方式"),
    ("vat_surcharge", Rate, "附加税率"),
    ("waiting_months", Figure, "等待月数"),
    ("yields_pa", Rate, "年收益率"),
];

/// In English, those that are not plain words already.
const PLAIN: &[(&str, &str)] = &[
    ("cpr", "prepayment a year (CPR)"),
    ("cutoff_date", "cut-off date"),
    ("income_pa", "income a year"),
    ("lpr_shift", "shift of LPR"),
    ("pd_1y", "one-year PD"),
    ("rate_pa", "rate a year"),
    ("smm", "prepayment a month (SMM)"),
    ("vat", "VAT"),
    ("vat_base", "VAT base"),
    ("vat_surcharge", "VAT surcharge"),
    ("yields_pa", "yields a year"),
];

/// Words of the input and of results.
const VALUES: &[(&str, &str)] = &[
    ("1y", "一年"),
    ("abn_trust", "资产支持票据信托"),
    ("accelerated", "加速清偿"),
    ("acceleration", "加速清偿"),
    ("accepts", "通过"),
    ("actual_365", "实际天数/365"),
    ("adjusted", "调整"),
    ("after_default", "违约后余额"),
    ("after_schedule", "还本后余额"),
    ("always", "任何情形"),
    ("at_maturity", "利随本清"),
    ("audit", "审计费"),
    ("bank_letter", "银行保函"),
    ("bullet", "到期一次还本"),
    ("capacity", "增信方支付能力"),
    ("collections_down", "回收款较上期下降"),
    ("corporate", "企业类"),
    ("coverage", "现金流覆盖倍数"),
    ("credit_trust", "信贷资产证券化信托"),
    ("critical_rate", "临界违约率"),
    ("cumulative_default_rate", "累计违约率"),
    ("custodian", "托管费"),
    ("default", "违约"),
    ("each firm at its own one-year probability", "各企业按自身一年违约率"),
    ("each_date", "每个兑付日"),
    ("early_amortisation", "提前摊还"),
    ("early_termination", "提前终止"),
    ("el", "预期损失"),
    ("excess", "超出目标部分"),
    ("exchange", "交易所"),
    ("exclusive", "价外"),
    ("fewer_instalments", "缩期"),
    ("flat", "固定回收率"),
    ("following", "顺延"),
    ("guarantee", "保证担保"),
    ("half_even", "四舍六入五成双"),
    ("half_up", "四舍五入"),
    ("half_yearly", "每半年"),
    ("in", "归专项计划"),
    ("inclusive", "价内"),
    ("income", "收入账户"),
    ("initial", "初始规模"),
    ("insurer", "保险"),
    ("interbank", "银行间"),
    ("joint_default", "联合违约概率"),
    ("large_obligor", "大额债务人测试"),
    ("larger", "孰高"),
    ("legal_maturity", "法定到期日"),
    ("licence", "许可费"),
    ("liquidity", "流动性支持"),
    ("loan_guarantee", "贷款担保"),
    ("manager", "管理费"),
    ("mezzanine", "夹层级"),
    ("modified_following", "修正顺延"),
    ("month_end", "月末"),
    ("monthly", "每月"),
    ("months_12", "按十二个月"),
    ("named events only", "仅指定事件"),
    ("no", "否"),
    ("no_asset", "资产回收完毕"),
    ("none", "无"),
    ("normal", "正常"),
    ("not reached", "未触及"),
    ("notes", "证券余额"),
    ("notes_opening", "证券期初余额"),
    ("on_claim", "代偿"),
    ("on_loss", "损失补偿"),
    ("opening", "期初余额"),
    ("originator", "原始权益人"),
    ("other", "其他"),
    ("out", "归原始权益人"),
    ("pass_through", "过手"),
    ("pd", "违约概率"),
    ("perfection", "权利完善"),
    ("plan", "专项计划账户"),
    ("pool_initial", "资产池初始余额"),
    ("pool_opening", "资产池期初余额"),
    ("pool_performing", "正常资产余额"),
    ("pool_to_notes_below", "正常资产余额与证券余额之比"),
    ("preceding", "提前"),
    ("principal", "本金账户"),
    ("proceeds", "募集资金"),
    ("quarterly", "每季"),
    ("registrar", "登记结算费"),
    ("reserve", "储备账户"),
    ("retention", "风险自留"),
    ("rights", "质押权利处置"),
    ("risk_pool", "风险补偿池"),
    ("scenario", "同情景"),
    ("senior", "优先级"),
    ("servicer", "资产服务费"),
    ("shortfall", "差额支付"),
    ("smaller", "孰低"),
    ("smaller_instalments", "缩额"),
    ("smallest set", "最少户数"),
    ("special_plan", "资产支持专项计划"),
    ("sub", "次级"),
    ("supervising_bank", "监管费"),
    ("supporter_calls", "差额支付启动次数"),
    ("target_balance", "目标余额"),
    ("target_principal", "固定摊还"),
    ("tax", "税费"),
    ("tracking_rating", "跟踪评级费"),
    ("trustee", "受托费"),
    ("turbo", "加速过手"),
    ("two_monthly", "每两月"),
    ("unadjusted", "不调整"),
    ("weekends", "仅周末"),
    ("yearly", "每年"),
    ("yes", "是"),
];

/// What an item of the terms is called.
pub fn item(name: &str, lang: Lang) -> String {
    let known = ITEMS.iter().find(|known| known.0 == name);
    let plain = PLAIN.iter().find(|known| known.0 == name).filter(|_| lang == Lang::En);
    if let Some((_, plain)) = plain {
        return (*plain).to_owned();
    }
    match (lang, known, name.split_once(' ')) {
        (Lang::Zh, Some(known), _) => known.2.to_owned(),
        (Lang::Zh, None, Some(("default", of))) => format!("{of} 违约"),
        (Lang::Zh, None, Some(("supporter_default", of))) => format!("{of} 违约"),
        (Lang::Zh, None, Some(("prepaid", of))) => format!("{of} 提前还清"),
        (Lang::Zh, None, Some(("haircut", of))) => format!("处置折扣（{of}）"),
        (Lang::Zh, None, Some(("recovered", rest))) => {
            let months: String = rest.chars().filter(char::is_ascii_digit).collect();
            format!("{months} 个月后回收")
        }
        (Lang::Zh, None, Some(("sales", rest))) => match rest.split_once(" to ") {
            Some((loan, date)) => format!("{loan} 至 {date} 销售额"),
            None => name.to_owned(),
        },
        (_, None, Some((first, rest))) => format!("{} {rest}", first.replace('_', " ")),
        _ => name.replace('_', " "),
    }
}

fn form(item: &str) -> Form {
    let first = item.split(' ').next().unwrap_or(item);
    let known = ITEMS.iter().find(|known| known.0 == item || known.0 == first);
    match first {
        "recovered" => Rate,
        "plan" | "sales" => Figure,
        _ => known.map_or(Word, |known| known.1),
    }
}

/// Whether a column of this item has figures.
pub fn is_figure(item: &str) -> bool {
    !matches!(form(item), Word) && item != "coupon" && item != "level"
}

/// The value of an item, for people.
pub fn term(item: &str, cell: &Cell, lang: Lang) -> String {
    let text = cell.written();
    match (cell, form(item)) {
        (Cell::Blank, _) => "-".to_owned(),
        (Cell::Date(_), _) => text,
        (Cell::Yuan(_), Figure | Word) => grouped(&text),
        (Cell::Text(_) | Cell::Number(..) | Cell::Count(_) | Cell::Yuan(_), Rate) => {
            rates(&text, lang)
        }
        (Cell::Text(_), _) if item == "dates" => several_dates(&text, lang),
        (Cell::Text(_), Word | Figure) => claims(&text, lang),
        (Cell::Number(..) | Cell::Count(_), Word | Figure) => grouped(&text),
    }
}

/// Rates of a list in percent; words of it as they are.
fn rates(text: &str, lang: Lang) -> String {
    let one = |part: &str| match part.parse::<Decimal>() {
        Ok(rate) => percent(rate),
        Err(_) => claims(part, lang),
    };
    text.split("; ").map(one).collect::<Vec<_>>().join("; ")
}

/// Many dates as the first, the last and how many.
fn several_dates(text: &str, lang: Lang) -> String {
    let dates: Vec<&str> = text.split("; ").collect();
    match (&dates[..], lang) {
        ([first, _, _, .., last], Lang::En) => format!("{} from {first} to {last}", dates.len()),
        ([first, _, _, .., last], Lang::Zh) => format!("{first} 至 {last} 共 {} 次", dates.len()),
        _ => text.to_owned(),
    }
}

/// A word of the input; anything else as it is.
pub fn value(word: &str, lang: Lang) -> String {
    match (lang, VALUES.iter().find(|known| known.0 == word)) {
        (Lang::Zh, Some(known)) => known.1.to_owned(),
        (Lang::En, Some(_)) => word.replace('_', " "),
        (_, None) => word.to_owned(),
    }
}

/// A section of the terms: `tranche A1`.
pub fn section(name: &str, lang: Lang) -> String {
    const KINDS: &[(&str, &str)] = &[
        ("account", "账户"),
        ("commitment", "差额支付承诺"),
        ("cover", "贷款层面增信"),
        ("dates", "日期"),
        ("deal", "交易"),
        ("fee", "费用"),
        ("licence", "许可合同"),
        ("right", "权利"),
        ("scenario", "情景"),
        ("supporter", "增信方"),
        ("tranche", "证券"),
        ("trigger", "触发机制"),
        ("waterfall", "分配顺序"),
    ];
    let (kind, rest) = name.split_once(' ').unwrap_or((name, ""));
    match (lang, KINDS.iter().find(|known| known.0 == kind)) {
        (Lang::Zh, Some((_, zh))) => format!("{zh} {rest}").trim_end().to_owned(),
        _ => name.to_owned(),
    }
}

/// Claims and measures: `interest:A1; fee:audit`; a line of the order of payment.
pub fn claims(text: &str, lang: Lang) -> String {
    if let (Lang::Zh, true) = (lang, text.contains(": from ")) {
        let Step { branch, from, pays, how, .. } = step("", text, lang);
        let how = if how.is_empty() { how } else { format!("（{how}）") };
        return format!("{branch}：自 {from} 支付 {pays}{how}");
    }
    let one = |part: &str| match part.split_once(':') {
        Some((kind, name)) => claim(kind, name.trim(), lang).unwrap_or_else(|| part.to_owned()),
        None => value(part, lang),
    };
    text.split("; ").map(one).collect::<Vec<_>>().join(lang.say("; ", "；"))
}

fn claim(kind: &str, name: &str, lang: Lang) -> Option<String> {
    let named = value(name, lang);
    let (before, after) = match kind {
        "interest" => ("interest ", "利息"),
        "principal" => ("principal ", "本金"),
        "residual" => ("residual ", "剩余收益"),
        "fee" => ("fee ", ""),
        "fee_excess" => ("above its cap: ", "超限部分"),
        "account" => ("into ", "转入"),
        "supporter" => ("repay ", "承诺偿还"),
        "interest_unpaid" => ("interest unpaid ", "利息未足额支付"),
        "principal_unpaid" => ("principal unpaid ", "本金未足额支付"),
        "unpaid_at_maturity" => ("unpaid at maturity ", "预期到期日未清偿"),
        "balance_above_target" => ("balance above target ", "余额高于目标"),
        "supporter_failed" => ("fails: ", "违约"),
        "notes_opening" => ("opening balance of ", "期初余额"),
        _ => return None,
    };
    Some(match (lang, kind) {
        (Lang::En, _) => format!("{before}{named}"),
        (Lang::Zh, "account") => format!("{after} {named}"),
        (Lang::Zh, _) => format!("{named} {after}").trim_end().to_owned(),
    })
}

/// `redeemed` in the reader's language.
fn event(word: &str, lang: Lang) -> String {
    let zh = match word {
        "in_force" => "触发事件生效",
        "cured" => "触发事件解除",
        "obligor_default" => "债务人违约",
        "supporter_failed" => "增信方违约",
        "support_called" => "差额支付启动",
        "cover_called" => "贷款增信赔付",
        "right_infringed" => "知识产权被侵权",
        "paid_into_pledge" => "赔付入质押账户",
        "redeemed" => "兑付完毕",
        "clean_up" => "清仓回购",
        "unpaid_at_the_end" => "终止时未清偿",
        "end" => "最后一次分配",
        other => other,
    };
    match lang {
        Lang::En => word.replace('_', " "),
        Lang::Zh => zh.to_owned(),
    }
}

/// A cell of words in this column, where they are words of ours.
pub fn spoken(column: &str, text: &str, lang: Lang) -> Option<String> {
    match column {
        "support" => Some(support(text, lang).to_owned()),
        "event" => Some(event(text, lang)),
        "measure" => Some(columns::measure(text, lang)),
        "detail" => Some(detail(text, lang)),
        "unit" => Some(unit(text, lang).to_owned()),
        "account" | "from" | "to" => Some(reasons::party(text, lang)),
        "limit" => ShelfLimit::ALL.into_iter().find(|of| of.name() == text).map(|of| match lang {
            Lang::En => text.replace('_', " "),
            Lang::Zh => of.words().1.to_owned(),
        }),
        "series" if text == "any" => Some(lang.say("any", "任一期").to_owned()),
        // The last row of what borrowing costs.
        "obligor" if text == "pool" => Some(lang.say("pool", "资产池").to_owned()),
        "scenario" => Some(scenario(text, lang).to_owned()),
        "lever" => Some(lever(text, lang).to_owned()),
        "seniority" => Some(value(text, lang)),
        "layer" => Some(layers::said(text, lang).to_owned()),
        "why" => Some(reasons::why(text, lang)),
        "note" | "joint_note" => Some(remark(text, lang)),
        "binding" => Some(tests(text, lang)),
        "fee" => Some(value(text, lang)).filter(|_| lang == Lang::Zh),
        "paid_in_full" | "passes" | "met" | "chosen" | "passes_above" | "test" | "critical"
        | "critical_rate" | "asset_type" | "recovery" => {
            match (text.strip_prefix("largest obligors, "), lang) {
                (Some(of), Lang::Zh) => Some(format!("大额债务人，{of}")),
                _ => Some(value(text, lang)),
            }
        }
        _ => None,
    }
}

/// Tests that bind: `pd;el`.
pub fn tests(names: &str, lang: Lang) -> String {
    let each: Vec<String> = names.split(';').map(|name| value(name, lang)).collect();
    lang.listed(&each)
}

/// What a size is tried with more of.
fn lever(word: &str, lang: Lang) -> &str {
    let (en, zh) = match word {
        "recovery" => ("flat recovery rate", "固定回收率"),
        "cap" => ("cap in all", "总额上限"),
        "reserve" => ("reserve account", "储备账户"),
        "overcollateral" => ("over-collateral", "超额抵押率"),
        other => (other, other),
    };
    lang.say(en, zh)
}

/// A unit of a measure.
pub fn unit(word: &str, lang: Lang) -> &str {
    let zh = match word {
        "yuan" => "元",
        "years" => "年",
        "a year" => "年率",
        "times" => "倍",
        "share" => "比例",
        "share of notional" => "占发行规模",
        "share of initial" => "占初始本金",
        "1 is yes" => "1 为是",
        "date" => "日期",
        "dates" => "次",
        "years squared" => "年²",
        other => other,
    };
    lang.say(word, zh)
}

/// What an event is of: `C: principal 1.00, interest 0.00`, `trigger: default` have words of ours.
pub fn detail(text: &str, lang: Lang) -> String {
    let taken = || {
        let (class, rest) = text.split_once(": principal ")?;
        let (principal, interest) = rest.split_once(", interest ")?;
        Some((class, grouped(principal), grouped(interest)))
    };
    if let Some(said) = paid(text, lang) {
        return said;
    }
    match (taken(), lang) {
        (Some((class, principal, interest)), Lang::En) => {
            format!("{class}: principal {principal}, interest {interest}")
        }
        (Some((class, principal, interest)), Lang::Zh) => {
            format!("{class}：本金 {principal}，利息 {interest}")
        }
        (None, Lang::En) => text.to_owned(),
        (None, Lang::Zh) => match text.rsplit_once(": ") {
            Some((event, effect)) => format!("{event}：{}", value(effect, lang)),
            None => text.to_owned(),
        },
    }
}

/// Of a call: `shortfall: called 4063.54, paid 4063.54`, or owed by an infringement cover.
fn paid(text: &str, lang: Lang) -> Option<String> {
    let (rest, paid) = text.rsplit_once(", paid ")?;
    let (name, kind, asked) = ["called", "owed"].into_iter().find_map(|kind| {
        let (name, asked) = rest.rsplit_once(&format!(": {kind} "))?;
        Some((name, kind, asked))
    })?;
    let (asked, paid) = (grouped(asked), grouped(paid));
    Some(match lang {
        Lang::En => format!("{name}: {kind} {asked}, paid {paid}"),
        Lang::Zh => {
            let kind = if kind == "called" { "应付" } else { "应赔" };
            format!("{name}：{kind} {asked}，已付 {paid}")
        }
    })
}

/// A line of the order of payment, taken apart.
pub struct Step {
    pub branch: String,
    pub name: String,
    pub from: String,
    pub pays: String,
    /// Split, limit and conditions.
    pub how: String,
}

/// From the sentence of it: `normal: from plan pay tax; fee:audit, pro rata, when A1 redeemed`.
pub fn step(name: &str, sentence: &str, lang: Lang) -> Step {
    let (branch, rest) = sentence.split_once(": from ").unwrap_or(("", sentence));
    let (from, rest) = rest.split_once(" pay ").unwrap_or(("", rest));
    let (rest, when) = rest.split_once(", when ").unwrap_or((rest, ""));
    let (rest, limit) = rest.split_once(", up to ").unwrap_or((rest, ""));
    let (pays, split) = match (rest.strip_suffix(", pro rata"), rest.strip_suffix(", in order")) {
        (Some(pays), _) => (pays, lang.say("pro rata", "按比例")),
        (_, Some(pays)) => (pays, lang.say("in order", "按顺序")),
        _ => (rest, ""),
    };
    let mut how: Vec<String> = Vec::new();
    how.extend((!split.is_empty()).then(|| split.to_owned()));
    how.extend((!limit.is_empty()).then(|| limited(limit, lang)));
    if !when.is_empty() {
        let each: Vec<String> = when.split("; ").map(|one| condition(one, lang)).collect();
        how.push(format!("{}{}", lang.say("when ", ""), each.join(lang.say("; ", "且 "))));
    }
    Step {
        branch: value(branch, lang),
        name: name.to_owned(),
        from: value(from, lang),
        pays: claims(pays, lang),
        how: how.join(lang.say(", ", "，")),
    }
}

/// How far a step pays: an amount, or what it is measured by.
fn limited(text: &str, lang: Lang) -> String {
    let lacked = || text.strip_prefix("what ")?.split_once(" lacks for interest:");
    match (lang, lacked(), text.split_once(" a year of ")) {
        (Lang::En, ..) => format!("up to {text}"),
        (Lang::Zh, Some((account, class)), _) => {
            format!("不超过 {} 支付 {class} 利息的缺口", value(account, lang))
        }
        (Lang::Zh, None, Some((rate, class))) => format!("不超过 {class} 余额的年 {rate}"),
        (Lang::Zh, None, None) if text == "uncovered defaults" => {
            "不超过尚未弥补的违约本金".to_owned()
        }
        (Lang::Zh, None, None) => format!("不超过 {text}"),
    }
}

fn condition(text: &str, lang: Lang) -> String {
    const ENDS: &[(&str, &str)] = &[
        (" redeemed", "已兑付完毕"),
        (" outstanding", "未兑付完毕"),
        (" paid", "已足额支付"),
        (" not in force", "未触发"),
        (" in force", "已触发"),
    ];
    if lang == Lang::En {
        return text.to_owned();
    }
    if text == "supporters repaid" {
        return "差额支付已偿还".to_owned();
    }
    let known = ENDS.iter().find_map(|(end, zh)| {
        let name = text.strip_suffix(end)?;
        Some(format!("{name} {zh}"))
    });
    known.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_given_once() {
        assert!(ITEMS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(VALUES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn terms_read_in_both_languages() {
        let check = |item: &str, cell: Cell, en: &str, zh: &str| {
            assert_eq!(term(item, &cell, Lang::En), en);
            assert_eq!(term(item, &cell, Lang::Zh), zh);
        };
        check("coupon", Cell::text("0.037"), "3.7%", "3.7%");
        check("coupon", Cell::text("none"), "none", "无");
        check("amortisation", Cell::text("pass_through"), "pass through", "过手");
        check(
            "scope",
            Cell::text("interest:A1; principal:A1"),
            "interest A1; principal A1",
            "A1 利息；A1 本金",
        );
        check(
            "dates",
            Cell::text("2021-01-01; 2021-02-01; 2021-03-01; 2021-04-01"),
            "4 from 2021-01-01 to 2021-04-01",
            "2021-01-01 至 2021-04-01 共 4 次",
        );
        check("payee", Cell::text("华夏银行"), "华夏银行", "华夏银行");
    }

    #[test]
    fn a_step_is_taken_apart() {
        let line = "normal: from plan pay interest:A1; interest:A2, pro rata, up to 5, when A1 \
                    redeemed; supporters repaid";
        let step = step("n3", line, Lang::Zh);
        assert_eq!((step.branch.as_str(), step.from.as_str()), ("正常", "专项计划账户"));
        assert_eq!(step.pays, "A1 利息；A2 利息");
        assert_eq!(step.how, "按比例，不超过 5，A1 已兑付完毕且 差额支付已偿还");
        assert_eq!(limited("4% a year of C", Lang::Zh), "不超过 C 余额的年 4%");
        assert_eq!(
            limited("what income lacks for interest:A", Lang::Zh),
            "不超过 收入账户 支付 A 利息的缺口"
        );
    }
}
