//! A row: one amount for each path that runs side by side (one lane in the ledger).
//!
//! Each call is one pass over the lanes, inlined where it is used: so it takes on the instructions
//! of its caller, and rows that come in apart are known to lie apart.

use super::{Amount, Fen, Rounding};

/// `L` amounts, one a path.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Row<A, const L: usize>(pub [A; L]);

impl<A: Amount, const L: usize> Row<A, L> {
    /// Nothing in every lane.
    pub const ZERO: Row<A, L> = Row([A::ZERO; L]);

    /// The same amount in every lane.
    pub fn of_fen(fen: Fen) -> Row<A, L> {
        Row([A::from_fen(fen); L])
    }

    /// Whether every lane is nothing.
    #[inline(always)]
    pub fn is_nothing(&self) -> bool {
        let mut any = false;
        for lane in 0..L {
            any |= self.0[lane] != A::ZERO;
        }
        !any
    }

    /// Whether any lane is above nothing.
    #[inline(always)]
    pub fn is_open_somewhere(&self) -> bool {
        let mut any = false;
        for lane in 0..L {
            any |= self.0[lane] > A::ZERO;
        }
        any
    }

    /// Whether any lane is above nothing and below another row's.
    #[inline(always)]
    pub fn is_a_part_somewhere(&self, whole: &Row<A, L>) -> bool {
        let mut any = false;
        for lane in 0..L {
            any |= (self.0[lane] > A::ZERO) & (self.0[lane] < whole.0[lane]);
        }
        any
    }

    /// Whether every lane is above another row's.
    #[inline(always)]
    pub fn is_above_everywhere(&self, other: &Row<A, L>) -> bool {
        let mut all = true;
        for lane in 0..L {
            all &= self.0[lane] > other.0[lane];
        }
        all
    }

    /// The same amount in every lane.
    #[inline(always)]
    pub fn fill(&mut self, amount: A) {
        for lane in 0..L {
            self.0[lane] = amount;
        }
    }

    /// Adds the other row.
    #[inline(always)]
    pub fn add(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].add(other.0[lane]);
        }
    }

    /// Adds each of the other rows, three in one pass.
    #[inline(always)]
    pub fn add_all(&mut self, others: &[&Row<A, L>]) {
        for three in others.chunks(3) {
            match three {
                [one, two, three] => self.add_three(one, two, three),
                [one, two] => self.add_two(one, two),
                [one] => self.add(one),
                _ => {}
            }
        }
    }

    #[inline(always)]
    fn add_two(&mut self, one: &Row<A, L>, two: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].add(one.0[lane]).add(two.0[lane]);
        }
    }

    #[inline(always)]
    fn add_three(&mut self, one: &Row<A, L>, two: &Row<A, L>, three: &Row<A, L>) {
        for lane in 0..L {
            let sum = self.0[lane].add(one.0[lane]).add(two.0[lane]);
            self.0[lane] = sum.add(three.0[lane]);
        }
    }

    /// The sum of two rows.
    #[inline(always)]
    pub fn set_two(&mut self, one: &Row<A, L>, two: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = one.0[lane].add(two.0[lane]);
        }
    }

    /// The sum of three rows.
    #[inline(always)]
    pub fn set_three(&mut self, one: &Row<A, L>, two: &Row<A, L>, three: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = one.0[lane].add(two.0[lane]).add(three.0[lane]);
        }
    }

    /// The sum of four rows.
    #[inline(always)]
    pub fn set_four(
        &mut self,
        one: &Row<A, L>,
        two: &Row<A, L>,
        three: &Row<A, L>,
        four: &Row<A, L>,
    ) {
        for lane in 0..L {
            let sum = one.0[lane].add(two.0[lane]).add(three.0[lane]);
            self.0[lane] = sum.add(four.0[lane]);
        }
    }

    /// Adds one amount in every lane.
    #[inline(always)]
    pub fn add_amount(&mut self, amount: A) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].add(amount);
        }
    }

    /// Takes the other row away.
    #[inline(always)]
    pub fn sub(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].sub(other.0[lane]);
        }
    }

    /// Takes two other rows away.
    #[inline(always)]
    pub fn sub_two(&mut self, one: &Row<A, L>, two: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].sub(one.0[lane]).sub(two.0[lane]);
        }
    }

    /// Takes the other row away, down to nothing.
    #[inline(always)]
    pub fn sub_to_zero(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].sub(other.0[lane]).max(A::ZERO);
        }
    }

    /// What another row has above an amount.
    #[inline(always)]
    pub fn set_above(&mut self, of: &Row<A, L>, amount: A) {
        for lane in 0..L {
            self.0[lane] = of.0[lane].sub(amount).max(A::ZERO);
        }
    }

    /// What one row has above another, nothing where the other is larger; whether that is something
    /// in any lane.
    #[inline(always)]
    pub fn set_lacking(&mut self, of: &Row<A, L>, other: &Row<A, L>) -> bool {
        let mut any = false;
        for lane in 0..L {
            self.0[lane] = of.0[lane].sub(other.0[lane]).max(A::ZERO);
            any |= self.0[lane] != A::ZERO;
        }
        any
    }

    /// The smaller of two rows where the gate is above a limit, nothing elsewhere.
    #[inline(always)]
    pub fn set_min_where_above(
        &mut self,
        (gate, limit): (&Row<A, L>, A),
        one: &Row<A, L>,
        other: &Row<A, L>,
    ) {
        for lane in 0..L {
            let smaller = one.0[lane].min(other.0[lane]);
            self.0[lane] = gate.0[lane].if_above(limit, smaller, A::ZERO);
        }
    }

    /// The smaller of two rows.
    #[inline(always)]
    pub fn set_min(&mut self, one: &Row<A, L>, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = one.0[lane].min(other.0[lane]);
        }
    }

    /// An amount where the gate is above nothing, nothing elsewhere.
    #[inline(always)]
    pub fn fill_where_open(&mut self, gate: &Row<A, L>, amount: A) {
        for lane in 0..L {
            self.0[lane] = gate.0[lane].if_above(A::ZERO, amount, A::ZERO);
        }
    }

    /// Adds the other row where the gate is above nothing.
    #[inline(always)]
    pub fn add_where_open(&mut self, gate: &Row<A, L>, other: &Row<A, L>) {
        for lane in 0..L {
            let open = gate.0[lane].if_above(A::ZERO, other.0[lane], A::ZERO);
            self.0[lane] = self.0[lane].add(open);
        }
    }

    /// This row goes into three others: it adds to two and is taken from the third.
    #[inline(always)]
    pub fn book(&self, one: &mut Row<A, L>, two: &mut Row<A, L>, left: &mut Row<A, L>) {
        for lane in 0..L {
            one.0[lane] = one.0[lane].add(self.0[lane]);
            two.0[lane] = two.0[lane].add(self.0[lane]);
            left.0[lane] = left.0[lane].sub(self.0[lane]);
        }
    }

    /// What one row has above another, which is not larger.
    #[inline(always)]
    pub fn set_difference(&mut self, of: &Row<A, L>, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = of.0[lane].sub(other.0[lane]);
        }
    }

    /// One more where the other row is above nothing, nothing elsewhere.
    #[inline(always)]
    pub fn count_on(&mut self, other: &Row<A, L>) {
        let one = A::from_fen(1);
        for lane in 0..L {
            let counted = self.0[lane].add(one);
            self.0[lane] = other.0[lane].if_above(A::ZERO, counted, A::ZERO);
        }
    }

    /// The smaller of this row and the other.
    #[inline(always)]
    pub fn min(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].min(other.0[lane]);
        }
    }

    /// The larger of this row and the other.
    #[inline(always)]
    pub fn max(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].max(other.0[lane]);
        }
    }

    /// At most this amount.
    #[inline(always)]
    pub fn min_amount(&mut self, amount: A) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].min(amount);
        }
    }

    /// At least this amount.
    #[inline(always)]
    pub fn max_amount(&mut self, amount: A) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].max(amount);
        }
    }

    /// Adds another row times one rate, rounded to the fen.
    #[inline(always)]
    pub fn add_times(&mut self, base: &Row<A, L>, rate: A::Rate, rounding: Rounding) {
        // One loop for each rule: the choice is made once a pass.
        match rounding {
            Rounding::HalfUp => self.add_times_by(base, rate, Rounding::HalfUp),
            Rounding::HalfEven => self.add_times_by(base, rate, Rounding::HalfEven),
        }
    }

    #[inline(always)]
    fn add_times_by(&mut self, base: &Row<A, L>, rate: A::Rate, rounding: Rounding) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].add(base.0[lane].times(rate, rounding));
        }
    }

    /// Adds what is left of one row without another, times one rate, rounded to the fen.
    #[inline(always)]
    pub fn add_times_without(
        &mut self,
        base: &Row<A, L>,
        without: &Row<A, L>,
        rate: A::Rate,
        rounding: Rounding,
    ) {
        match rounding {
            Rounding::HalfUp => self.add_times_left(base, without, rate, Rounding::HalfUp),
            Rounding::HalfEven => self.add_times_left(base, without, rate, Rounding::HalfEven),
        }
    }

    #[inline(always)]
    fn add_times_left(
        &mut self,
        base: &Row<A, L>,
        without: &Row<A, L>,
        rate: A::Rate,
        rounding: Rounding,
    ) {
        for lane in 0..L {
            let left = base.0[lane].sub(without.0[lane]);
            self.0[lane] = self.0[lane].add(left.times(rate, rounding));
        }
    }

    /// Each lane times one rate, rounded to the fen.
    #[inline(always)]
    pub fn times(&mut self, rate: A::Rate, rounding: Rounding) {
        match rounding {
            Rounding::HalfUp => self.times_by(rate, Rounding::HalfUp),
            Rounding::HalfEven => self.times_by(rate, Rounding::HalfEven),
        }
    }

    #[inline(always)]
    fn times_by(&mut self, rate: A::Rate, rounding: Rounding) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].times(rate, rounding);
        }
    }

    /// This row where the gate is above nothing, nothing elsewhere.
    #[inline(always)]
    pub fn keep_where_open(&mut self, gate: &Row<A, L>) {
        self.keep_where_above(gate, A::ZERO);
    }

    /// This row where the gate is nothing, nothing elsewhere.
    #[inline(always)]
    pub fn keep_where_shut(&mut self, gate: &Row<A, L>) {
        self.keep_where_reached(gate, A::ZERO);
    }

    /// This row where the gate is above a limit, nothing elsewhere.
    #[inline(always)]
    pub fn keep_where_above(&mut self, gate: &Row<A, L>, limit: A) {
        for lane in 0..L {
            self.0[lane] = gate.0[lane].if_above(limit, self.0[lane], A::ZERO);
        }
    }

    /// This row where a limit has reached the gate, nothing elsewhere.
    #[inline(always)]
    pub fn keep_where_reached(&mut self, gate: &Row<A, L>, limit: A) {
        for lane in 0..L {
            self.0[lane] = gate.0[lane].if_above(limit, A::ZERO, self.0[lane]);
        }
    }

    /// This row where what is due is all of a balance, nothing elsewhere.
    #[inline(always)]
    pub fn keep_where_covered(&mut self, balance: &Row<A, L>, due: &Row<A, L>) {
        for lane in 0..L {
            let left = balance.0[lane].sub(due.0[lane]);
            self.0[lane] = left.if_above(A::ZERO, A::ZERO, self.0[lane]);
        }
    }

    /// The other row where the gate is above nothing; as it is elsewhere.
    #[inline(always)]
    pub fn replace_where_open(&mut self, gate: &Row<A, L>, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = gate.0[lane].if_above(A::ZERO, other.0[lane], self.0[lane]);
        }
    }

    /// One fen where the other row is above the limit, else nothing.
    #[inline(always)]
    pub fn mark_above(&mut self, other: &Row<A, L>, limit: A) {
        let one = A::from_fen(1);
        for lane in 0..L {
            self.0[lane] = other.0[lane].if_above(limit, one, A::ZERO);
        }
    }

    /// One fen where a limit has reached the other row, else nothing.
    #[inline(always)]
    pub fn mark_reached(&mut self, other: &Row<A, L>, limit: A) {
        let one = A::from_fen(1);
        for lane in 0..L {
            self.0[lane] = other.0[lane].if_above(limit, A::ZERO, one);
        }
    }

    /// One fen, from now on, where the other row is above nothing.
    #[inline(always)]
    pub fn reach_mark(&mut self, other: &Row<A, L>) {
        let one = A::from_fen(1);
        for lane in 0..L {
            self.0[lane] = other.0[lane].if_above(A::ZERO, one, self.0[lane]);
        }
    }

    /// Adds one fen where the other row is above the limit.
    #[inline(always)]
    pub fn add_mark_above(&mut self, other: &Row<A, L>, limit: A) {
        let one = A::from_fen(1);
        for lane in 0..L {
            let mark = other.0[lane].if_above(limit, one, A::ZERO);
            self.0[lane] = self.0[lane].add(mark);
        }
    }

    /// All of this row goes into another.
    #[inline(always)]
    pub fn pour_into(&mut self, other: &mut Row<A, L>) {
        for lane in 0..L {
            other.0[lane] = other.0[lane].add(self.0[lane]);
            self.0[lane] = A::ZERO;
        }
    }

    /// Divides what is in both by a cap: up to it stays here, the rest goes over.
    #[inline(always)]
    pub fn split_at(&mut self, over: &mut Row<A, L>, cap: A) {
        for lane in 0..L {
            let all = self.0[lane].add(over.0[lane]);
            let now = all.min(cap);
            self.0[lane] = now;
            over.0[lane] = all.sub(now);
        }
    }

    /// Pays what is due out of this row, as far as it goes; what was paid is set down.
    #[inline(always)]
    pub fn pay(&mut self, due: &mut Row<A, L>, paid: &mut Row<A, L>) {
        for lane in 0..L {
            let amount = due.0[lane].min(self.0[lane]);
            paid.0[lane] = amount;
            due.0[lane] = due.0[lane].sub(amount);
            self.0[lane] = self.0[lane].sub(amount);
        }
    }

    /// The same in whole ticks: what makes no whole tick stays here, and stays due.
    #[inline(always)]
    pub fn pay_in_ticks(&mut self, due: &mut Row<A, L>, paid: &mut Row<A, L>, tick: A) {
        for lane in 0..L {
            let amount = due.0[lane].min(self.0[lane]).floor_to(tick);
            paid.0[lane] = amount;
            due.0[lane] = due.0[lane].sub(amount);
            self.0[lane] = self.0[lane].sub(amount);
        }
    }

    /// Whole ticks alone.
    #[inline(always)]
    pub fn floor_to(&mut self, tick: A) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].floor_to(tick);
        }
    }

    /// Takes the whole ticks of another row, which keeps the rest.
    #[inline(always)]
    pub fn take_ticks(&mut self, rest: &mut Row<A, L>, tick: A) {
        for lane in 0..L {
            let whole = rest.0[lane].floor_to(tick);
            self.0[lane] = self.0[lane].add(whole);
            rest.0[lane] = rest.0[lane].sub(whole);
        }
    }

    /// Fills an account up to a target out of this row, as far as it goes; what was paid is set
    /// down.
    #[inline(always)]
    pub fn fill_up(&mut self, account: &mut Row<A, L>, target: &Row<A, L>, paid: &mut Row<A, L>) {
        for lane in 0..L {
            let (held, cash) = (account.0[lane], self.0[lane]);
            let amount = target.0[lane].sub(held).max(A::ZERO).min(cash);
            paid.0[lane] = amount;
            account.0[lane] = held.add(amount);
            self.0[lane] = cash.sub(amount);
        }
    }

    /// Pays one due out of this row, and takes the payment from another row, down to nothing.
    #[inline(always)]
    pub fn pay_both(&mut self, due: &mut Row<A, L>, other: &mut Row<A, L>) {
        for lane in 0..L {
            let amount = due.0[lane].min(self.0[lane]);
            due.0[lane] = due.0[lane].sub(amount);
            other.0[lane] = other.0[lane].sub(amount).max(A::ZERO);
            self.0[lane] = self.0[lane].sub(amount);
        }
    }

    /// Pays one due out of this row.
    #[inline(always)]
    pub fn pay_one(&mut self, due: &mut Row<A, L>) {
        for lane in 0..L {
            let amount = due.0[lane].min(self.0[lane]);
            due.0[lane] = due.0[lane].sub(amount);
            self.0[lane] = self.0[lane].sub(amount);
        }
    }

    /// Pays two dues out of this row, one after the other.
    #[inline(always)]
    pub fn pay_two(&mut self, first: &mut Row<A, L>, second: &mut Row<A, L>) {
        for lane in 0..L {
            let cash = self.0[lane];
            let (cash, left) = after(cash, first.0[lane]);
            first.0[lane] = left;
            let (cash, left) = after(cash, second.0[lane]);
            second.0[lane] = left;
            self.0[lane] = cash;
        }
    }

    /// Pays three dues out of this row, one after the other.
    #[inline(always)]
    pub fn pay_three(
        &mut self,
        first: &mut Row<A, L>,
        second: &mut Row<A, L>,
        third: &mut Row<A, L>,
    ) {
        for lane in 0..L {
            let cash = self.0[lane];
            let (cash, left) = after(cash, first.0[lane]);
            first.0[lane] = left;
            let (cash, left) = after(cash, second.0[lane]);
            second.0[lane] = left;
            let (cash, left) = after(cash, third.0[lane]);
            third.0[lane] = left;
            self.0[lane] = cash;
        }
    }

    /// Pays four dues out of this row, one after the other.
    #[inline(always)]
    pub fn pay_four(
        &mut self,
        first: &mut Row<A, L>,
        second: &mut Row<A, L>,
        third: &mut Row<A, L>,
        fourth: &mut Row<A, L>,
    ) {
        for lane in 0..L {
            let cash = self.0[lane];
            let (cash, left) = after(cash, first.0[lane]);
            first.0[lane] = left;
            let (cash, left) = after(cash, second.0[lane]);
            second.0[lane] = left;
            let (cash, left) = after(cash, third.0[lane]);
            third.0[lane] = left;
            let (cash, left) = after(cash, fourth.0[lane]);
            fourth.0[lane] = left;
            self.0[lane] = cash;
        }
    }

    /// Equals share this row by what is due to each: this x due / whole, or what is due where there
    /// is enough.
    #[inline(always)]
    pub fn portion(&mut self, due: &Row<A, L>, whole: &Row<A, L>, rounding: Rounding) {
        match rounding {
            Rounding::HalfUp => self.portion_by(due, whole, Rounding::HalfUp),
            Rounding::HalfEven => self.portion_by(due, whole, Rounding::HalfEven),
        }
    }

    #[inline(always)]
    fn portion_by(&mut self, due: &Row<A, L>, whole: &Row<A, L>, rounding: Rounding) {
        for lane in 0..L {
            let (cash, due, whole) = (self.0[lane], due.0[lane], whole.0[lane]);
            let part = cash.share(due, whole, rounding);
            self.0[lane] = whole.if_above(cash, part, due);
        }
    }
}

/// (cash, due) after the payment of what is due, as far as cash goes.
#[inline(always)]
fn after<A: Amount>(cash: A, due: A) -> (A, A) {
    let paid = due.min(cash);
    (cash.sub(paid), due.sub(paid))
}

impl<const L: usize> Row<f64, L> {
    /// Adds to this row and another, of each its own.
    #[inline(always)]
    pub fn add_pair(&mut self, own: &Row<f64, L>, other: &mut Row<f64, L>, others: &Row<f64, L>) {
        for lane in 0..L {
            self.0[lane] += own.0[lane];
            other.0[lane] += others.0[lane];
        }
    }

    /// Adds two other rows, each times its weight, unrounded.
    #[inline(always)]
    pub fn add_two_weighed(&mut self, one: (&Row<f64, L>, f64), other: (&Row<f64, L>, f64)) {
        for lane in 0..L {
            self.0[lane] += one.0.0[lane] * one.1 + other.0.0[lane] * other.1;
        }
    }

    /// Adds the other row times a weight, unrounded.
    #[inline(always)]
    pub fn add_weighed(&mut self, other: &Row<f64, L>, weight: f64) {
        for lane in 0..L {
            self.0[lane] += other.0[lane] * weight;
        }
    }
}
