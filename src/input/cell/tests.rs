//! Cells that are read, cells that are refused, and why.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use std::fmt::Debug;

/// A number as text, or the name of the fault.
fn shown(value: Result<impl ToString, NumberFault>) -> String {
    let name = |fault| format!("{fault:?}").split(' ').next().unwrap().to_string();
    value.map_or_else(name, |value| value.to_string())
}

fn check_amount(text: &str, header: &str, expected: &str) {
    let found = shown(amount(text, Unit::read(header)));
    assert_eq!(found, expected, "amount {text:?} below {header:?}");
}

fn check_rate(text: &str, header: &str, expected: &str) {
    let found = shown(rate(text, Unit::read(header)));
    assert_eq!(found, expected, "rate {text:?} below {header:?}");
}

fn check_equal<T: Debug + PartialEq>(text: &str, found: T, expected: T) {
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn amounts() {
    for (text, header, expected) in [
        ("1,000,000.00", "", "1000000"),
        ("1000000", "", "1000000"),
        ("0", "", "0"),
        ("-0.00", "", "0"),
        ("0.01", "", "0.01"),
        (".5", "", "0.5"),
        ("007", "", "7"),
        ("￥1,234.50", "", "1234.5"),
        ("¥ 12", "", "12"),
        ("-¥12", "", "-12"),
        ("¥-12", "", "-12"),
        ("−12", "", "-12"),
        ("+12", "", "12"),
        ("１，０００．５０", "", "1000.5"),
        ("150万", "", "1500000"),
        ("1.23456789 亿元", "", "123456789"),
        ("12元", "", "12"),
        ("3千元", "", "3000"),
        ("100", "万元", "1000000"),
        ("100万", "万元", "1000000"),
        ("0.000001", "万元", "0.01"),
        ("1.5", "单位：人民币亿元", "150000000"),
        ("12.5", "RMB", "12.5"),
        ("1.5000000000000000000000000000000000000000", "", "1.5"),
        ("999999999999999.99", "", "999999999999999.99"),
        ("1000000000000000", "", "TooManyDigits"),
        ("10000000亿", "", "TooManyDigits"),
        ("99999999999999999999999999999999999999999999999", "", "TooManyDigits"),
        ("0.001", "", "TooManyDecimals"),
        ("0.0000001", "万元", "TooManyDecimals"),
        ("1,00,000", "", "Separators"),
        ("1,0000", "", "Separators"),
        ("0,123", "", "Separators"),
        (",123", "", "Separators"),
        ("1000,000", "", "Separators"),
        ("1.000.000,00", "", "Separators"),
        ("1.234,56", "", "Separators"),
        ("1.5e6", "", "Scientific"),
        ("1E+11", "", "Scientific"),
        ("(1,000)", "", "Brackets"),
        ("（1,000）", "", "Brackets"),
        ("100元", "万元", "UnitClash"),
        ("5%", "", "NotANumber"),
        ("$100", "", "NotANumber"),
        ("1 000", "", "NotANumber"),
        ("1.", "", "NotANumber"),
        ("-", "", "NotANumber"),
        (".", "", "NotANumber"),
        (",", "", "NotANumber"),
        ("--1", "", "NotANumber"),
        ("-¥-1", "", "NotANumber"),
        ("1-", "", "NotANumber"),
        ("万元", "", "NotANumber"),
        ("一百", "", "NotANumber"),
        ("nan", "", "NotANumber"),
        ("0x10", "", "NotANumber"),
    ] {
        check_amount(text, header, expected);
    }
}

#[test]
fn rates() {
    for (text, header, expected) in [
        ("4.35%", "", "0.0435"),
        ("４．３５％", "", "0.0435"),
        ("4.35 %", "", "0.0435"),
        ("0.0435", "", "0.0435"),
        ("-0.5", "", "-0.5"),
        ("25bp", "", "0.0025"),
        ("+25 BPs", "", "0.0025"),
        ("-10基点", "", "-0.001"),
        ("3‰", "", "0.003"),
        ("4.35", "%", "0.0435"),
        ("4.35%", "%", "0.0435"),
        ("25", "bp", "0.0025"),
        ("150%", "", "1.5"),
        ("100%", "", "1"),
        ("0", "", "0"),
        ("1", "", "1"),
        ("1.00", "", "1"),
        ("0.123456789", "", "0.123456789"),
        ("0.1234567891", "", "TooManyDecimals"),
        ("0.123456789", "%", "TooManyDecimals"),
        ("4.35", "", "Ambiguous"),
        ("-1", "", "Ambiguous"),
        ("1.01", "", "Ambiguous"),
        ("25bp", "%", "UnitClash"),
        ("4.35e-2", "", "Scientific"),
        ("4,35%", "", "Separators"),
        ("4.35%%", "", "NotANumber"),
        ("LPR+0.5%", "", "NotANumber"),
        ("5万", "", "NotANumber"),
    ] {
        check_rate(text, header, expected);
    }
}

#[test]
fn whole_numbers() {
    for (text, measure, expected) in [
        ("12", Measure::Months, "12"),
        ("12个月", Measure::Months, "12"),
        ("12.00", Measure::Months, "12"),
        ("１２", Measure::Count, "12"),
        ("1,000", Measure::Count, "1000"),
        ("-3", Measure::Count, "-3"),
        ("1年", Measure::Months, "NotANumber"),
        ("1.5", Measure::Years, "TooManyDecimals"),
        ("1e3", Measure::Count, "Scientific"),
    ] {
        check_equal(text, shown(integer(text, measure)), expected.to_string());
    }
}

#[test]
fn dates() {
    for (text, expected) in [
        ("2021-07-12", Some("2021-07-12")),
        ("2021/7/12", Some("2021-07-12")),
        ("20210712", Some("2021-07-12")),
        ("2021年7月12日", Some("2021-07-12")),
        ("２０２１－０７－１２", Some("2021-07-12")),
        ("2023-02-30", None),
        ("12/7/2021", None),
        ("44389", None),
        ("2021-07", None),
    ] {
        check_equal(text, date(text).map(|date| date.to_string()).as_deref(), expected);
    }
}

#[test]
fn words() {
    const STYLES: &[&str] = &["bullet/到期一次还本", "level_payment/等额本息"];
    for (text, expected) in [
        ("bullet", Some("bullet")),
        (" Bullet ", Some("bullet")),
        ("Level Payment", Some("level_payment")),
        ("等额本息", Some("level_payment")),
        ("等额本金", None),
        ("", None),
    ] {
        check_equal(text, choice(text, STYLES), expected);
    }
    let flags = [("yes", Some(true)), ("否", Some(false)), (" NO ", Some(false)), ("1", None)];
    for (text, expected) in flags {
        check_equal(text, flag(text), expected);
    }
}

#[test]
fn texts() {
    let long = "长".repeat(MAX_TEXT + 1);
    for (name, expected) in [
        ("  苏州睿科（有限）公司\u{3000}", Ok("苏州睿科（有限）公司")),
        ("A=B", Ok("A=B")),
        (&long[..MAX_TEXT * 3], Ok(&long[..MAX_TEXT * 3])),
        (&long, Err(TextFault::TooLong(MAX_TEXT + 1))),
        ("=1+1", Err(TextFault::Formula('='))),
        (" +86", Err(TextFault::Formula('+'))),
        ("-", Err(TextFault::Formula('-'))),
        ("＠SUM", Err(TextFault::Formula('＠'))),
        ("\tx", Err(TextFault::Invisible('\t'))),
        ("a\u{200B}b", Err(TextFault::Invisible('\u{200B}'))),
        ("a\rb", Err(TextFault::Invisible('\r'))),
        ("2.02E+11", Err(TextFault::Shortened)),
        ("VE+1", Ok("VE+1")),
        ("#REF!", Err(TextFault::ErrorValue)),
        ("#####", Err(TextFault::ErrorValue)),
    ] {
        check_equal(name, text(name), expected);
    }
}

#[test]
fn every_unit_reads_its_own_word() {
    for (words, unit) in UNITS {
        for word in *words {
            assert_eq!(Unit::read(word), Some(*unit), "{word}");
        }
        assert_eq!(Unit::read(unit.word), Some(*unit));
    }
}

/// `1234567.89` with a comma after every third digit from the point.
fn grouped(plain: &str) -> String {
    let (sign, digits) = plain.split_at(usize::from(plain.starts_with('-')));
    let (whole, fraction) = digits.split_once('.').unwrap();
    let mut out = sign.to_string();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out}.{fraction}")
}

proptest! {
    #[test]
    fn any_amount_in_fen_reads_back(fen in -99_999_999_999_999_999i64..=99_999_999_999_999_999) {
        let value = Decimal::new(fen, 2);
        let plain = value.to_string();
        prop_assert_eq!(amount(&plain, None), Ok(value));
        prop_assert_eq!(amount(&grouped(&plain), None), Ok(value));
        let wide: String = plain.chars().map(|c| match c {
            '-' => c,
            c => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        }).collect();
        prop_assert_eq!(amount(&wide, None), Ok(value));
    }

    #[test]
    fn any_rate_reads_back_from_percent(ppb in -2_000_000_000i64..2_000_000_000) {
        let percent = Decimal::new(ppb, 7);
        prop_assert_eq!(rate(&format!("{percent}%"), None), Ok(Decimal::new(ppb, 9)));
    }

    #[test]
    fn any_text_is_read_or_refused(cell in "\\PC*|[-+¥0-9,.eE%万亿元()]{0,12}") {
        let _ = (amount(&cell, None), rate(&cell, None), integer(&cell, Measure::Count));
        let _ = (date(&cell), text(&cell), flag(&cell), choice(&cell, &["a"]), Unit::read(&cell));
    }
}
