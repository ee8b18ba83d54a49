//! Cells in, texts out; and which letter a column has.

use super::*;
use proptest::prelude::*;

#[test]
fn a_number_is_its_shortest_text_at_15_digits() {
    let check = |value: f64, percent, wanted: &str| {
        assert_eq!(number(value, percent), Ok(wanted.to_owned()), "{value}");
    };
    check(0.0, false, "0");
    check(-0.0, false, "0");
    check(12.0, false, "12");
    check(-12.5, false, "-12.5");
    check(1e14, false, "100000000000000");
    check(9_999_999_999_999.99, false, "9999999999999.99");
    // The nearest binary fractions of what was typed or added up.
    check(0.1 + 0.2, false, "0.3");
    check(1_234_567.005, false, "1234567.005");
    check(1.0 / 3.0, false, "0.333333333333333");
    check(1.5e-9, false, "0.0000000015");
    check(0.0435, true, "4.35%");
    check(0.0005, true, "0.05%");
    check(1.0, true, "100%");
    check(-0.25, true, "-25%");
    for lost in [1e15, -123_456_789_012_345_678.0, f64::NAN, f64::INFINITY] {
        assert!(number(lost, false).is_err_and(|why| why.contains("more than 15 digits")));
    }
}

#[test]
fn a_row_of_the_sheet_is_a_line_of_the_file() {
    let row = |cells: &[(u32, &str)]| -> BTreeMap<u32, String> {
        cells.iter().map(|(column, text)| (*column, (*text).to_owned())).collect()
    };
    let rows = BTreeMap::from([
        (1, row(&[(1, "id"), (2, "name"), (3, "")])),
        (2, row(&[(1, "L1")])),
        (4, row(&[(2, "a, \"b\""), (4, "x")])),
    ]);
    let text = String::from_utf8(csv(&rows)).unwrap_or_default();
    assert_eq!(text, "\u{feff}\n,id,name\n,L1,\n\n,,\"a, \"\"b\"\"\",,x\n");
}

proptest! {
    /// What a spreadsheet keeps of any amount in fen reads back as that amount.
    #[test]
    fn any_amount_in_fen_survives_a_spreadsheet(
        fen in -999_999_999_999_999_i64..=999_999_999_999_999,
    ) {
        let typed = crate::num::yuan_of(fen);
        let kept: f64 = typed.to_string().parse().unwrap_or(f64::NAN);
        let read = cell::amount(&number(kept, false).unwrap_or_default(), None);
        prop_assert_eq!(read, Ok(typed.normalize()));
    }

    /// And of any rate to a thousandth of a basis point, in percent too.
    #[test]
    fn any_rate_survives_a_spreadsheet(units in 0_i64..=10_000_000, percent in any::<bool>()) {
        let typed = crate::num::Decimal::new(units, 7);
        let kept: f64 = typed.to_string().parse().unwrap_or(f64::NAN);
        let read = cell::rate(&number(kept, percent).unwrap_or_default(), None);
        prop_assert_eq!(read, Ok(typed.normalize()));
    }
}
