//! Columns of the stress set.

use super::columns;
use crate::input::table::Kind::{Number, Rate, Text};

columns! {
    /// stresses.csv.
    STRESSES {
        stress * ["压力情景"] Text,
            "", "its name; base, the scenario itself, is always there and has no row",
            "combined_mild";
        recovery_factor - ["回收乘数"] Number,
            "1",
            "0 to 2, times the flat recovery rate (at most 100%), or times what each pledged right \
            fetches (never above the claim)", "0.9";
        front_loaded - ["违约前置"] Rate,
            "0%",
            "every share of the scenario's default timing times 1 - x; the x taken is added pro \
            rata to the first half of the periods, rounded up", "10%";
        prepayment_up - ["早偿上升乘数"] Number,
            "none",
            "0 to 100, times every prepayment rate; with prepayment_down each is run and, class \
            by class, the worse is kept", "3";
        prepayment_down - ["早偿下降乘数"] Number,
            "none", "the same in the other direction", "0.5";
        coupon_shift - ["票面利率变动"] Rate, "0", "added to every coupon of the notes", "25bp";
    }
}
