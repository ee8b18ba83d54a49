//! Words, amounts and shares for people, in both languages.
use crate::engine::Event;
use crate::num::{Amount, Decimal, Ratio, Rounding, yuan_of};
use crate::report::Lang;

impl Lang {
    /// The text of this language.
    pub fn say<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    /// As an option and a file have it.
    pub fn word(self) -> &'static str {
        self.say_static("en", "zh")
    }

    /// The unit of amounts for people.
    pub fn unit(self) -> &'static str {
        self.say_static("million yuan", "万元")
    }

    fn unit_yuan(self) -> i64 {
        match self {
            Lang::En => 1_000_000,
            Lang::Zh => 10_000,
        }
    }

    fn say_static(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }

    /// Without its unit: millions of yuan, or 万元, with two decimals and thousands set apart.
    pub fn figure(self, amount: Decimal) -> String {
        let share = Ratio::new(1, self.unit_yuan()).unwrap_or(Ratio::ZERO);
        grouped(&format!("{:.2}", yuan_of(share.of(amount.to_fen(), Rounding::HalfUp))))
    }

    /// With its unit; what is less than one unit in whole yuan.
    pub fn amount(self, amount: Decimal) -> String {
        let unit = Decimal::from(self.unit_yuan());
        if amount.abs() < unit {
            return format!("{} {}", whole_yuan(amount), self.say("yuan", "元"));
        }
        format!("{} {}", self.figure(amount), self.unit())
    }

    /// One after another: `A1, A2` or `A1、A2`.
    pub fn listed(self, items: &[String]) -> String {
        items.join(self.say(", ", "、"))
    }

    /// What an event is called.
    pub fn event(self, event: Event) -> &'static str {
        match event {
            Event::InForce(_) => self.say_static("event comes into force", "触发事件生效"),
            Event::Cured(_) => self.say_static("event ends", "触发事件解除"),
            Event::ObligorDefault(_) => self.say_static("firm defaults", "债务人违约"),
            Event::SupporterFailed(_) => self.say_static("supporter fails", "增信方违约"),
            Event::Called(_) => self.say_static("supporter is called", "启动差额支付"),
            Event::CoverCalled(_) => self.say_static("cover is called", "贷款增信赔付"),
            Event::Infringed(_) => self.say_static("right is infringed", "知识产权被侵权"),
            Event::PaidIntoPledge(_) => self
                .say_static("infringement cover pays into the pledge", "被侵权损失赔付入质押账户"),
            Event::Redeemed(_) => self.say_static("class is redeemed", "兑付完毕"),
            Event::CleanUp => self.say_static("clean-up call", "清仓回购"),
            Event::Unpaid(_) => self.say_static("class is not cleared", "未清偿完毕"),
            Event::End => self.say_static("last distribution", "最后一次分配"),
        }
    }
}

/// Half up, with thousands set apart.
pub fn whole_yuan(amount: Decimal) -> String {
    let a_hundredth = Ratio::new(1, 100).unwrap_or(Ratio::ZERO);
    grouped(&a_hundredth.of(amount.to_fen(), Rounding::HalfUp).to_string())
}

/// A count with what is counted: `1 loan`, `2 loans`.
pub fn counted(count: usize, one: &str) -> String {
    let many = if one.ends_with('s') { "es" } else { "s" };
    format!("{count} {one}{}", if count == 1 { "" } else { many })
}

/// A part of an amount in percent; a dash where there is none.
pub fn share(part: Decimal, whole: Decimal) -> String {
    match whole.to_fen() {
        0 => "-".to_owned(),
        whole => percent(part.to_fen() as f64 / whole as f64),
    }
}

/// A number with its thousands set apart.
pub fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (units, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = sign.to_owned();
    for (at, digit) in units.chars().enumerate() {
        if at > 0 && (units.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// Two decimals of a percent.
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "-".to_owned();
    }
    format!("{:.2}%", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_round_once_and_small_ones_are_in_yuan() {
        let check = |fen: i64, en: &str, zh: &str| {
            assert_eq!(Lang::En.amount(yuan_of(fen)), en);
            assert_eq!(Lang::Zh.amount(yuan_of(fen)), zh);
        };
        check(6_000_000_000, "60.00 million yuan", "6,000.00 万元");
        check(-123_456_789, "-1.23 million yuan", "-123.46 万元");
        check(0, "0 yuan", "0 元");
        check(500_050, "5,001 yuan", "5,001 元");
        check(99_999_999, "1,000,000 yuan", "100.00 万元");
        check(100_000_000, "1.00 million yuan", "100.00 万元");
        check(-1_234_500, "-12,345 yuan", "-1.23 万元");
        check(123_456_789_000_000, "1,234,567.89 million yuan", "123,456,789.00 万元");
    }
}
