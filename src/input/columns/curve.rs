//! Columns of the yield curve.

use super::columns;
use crate::input::table::Kind::{Date, Number, Rate, Text};

columns! {
    /// curve.csv.
    CURVE {
        date * ["日期"] Date,
            "",
            "day of the curve; the last one up to closing (in mid-life, to as_of_date) is used",
            "2021-07-09";
        tenor_years * ["期限年数" "期限"] Number,
            "", "above 0, at most 50; rising on each day", "3";
        yield_pa * ["收益率" "到期收益率"] Rate,
            "", "effective annual, -10% to 36%; linear between tenors, flat outside", "2.85%";
        source - ["来源"] Text, "not said", "whose curve it is", "example";
    }
}
