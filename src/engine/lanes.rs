//! The waterfall over many paths at once: from a plan and what the paths bring to sums by path.
//!
//! The same code as one exact run, on whole fen held in f64. Only sums, differences, products,
//! quotients, comparisons and choices, none fused and none reordered: the same bits from every set
//! of instructions.
//!
//! Sums of whole fen are exact below 2^53 fen, 90 trillion yuan: what is called or unpaid in all;
//! and principal times its months (or days), so that 240 months of 370 billion yuan are exact.

use multiversion::multiversion;

use super::period::{Inputs, Run};
use super::plan::Plan;
use super::sheet::{Sheet, set_sum, two};
use super::shelf::{Capacity, SeriesDate, SharedSupporter, pay_date};
use crate::num::Row;

/// Paths that run side by side.
pub const LANES: usize = 128;

/// A row of all lanes.
pub type Lanes = Row<f64, LANES>;

/// What weighs a payment by its date.
#[derive(Clone, Debug)]
pub struct Ruler {
    /// By period: whole days or whole months from closing to the payment date.
    pub time: Vec<f64>,
    /// By class and period: what one fen paid then is worth; none for a class without value.
    pub discount: Vec<Option<Vec<f64>>>,
}

impl Ruler {
    /// Where only what is unpaid at the end is asked for: nothing is weighed.
    pub fn unweighed(plan: &Plan<f64>) -> Ruler {
        Ruler { time: vec![0.0; plan.periods], discount: vec![None; plan.tranches.len()] }
    }
}

/// What a path leaves, in fen; classes and commitments as in the deal.
#[derive(Clone, Debug)]
pub struct PathSums {
    /// By class: principal and interest that are unpaid at the end.
    pub unpaid_principal: Vec<Lanes>,
    pub unpaid_interest: Vec<Lanes>,
    /// By class: principal paid times the time of its payment, in all.
    pub time_principal: Vec<Lanes>,
    /// By class: interest, principal and residual paid, each times the discount of its date.
    pub value: Vec<Lanes>,
    /// By class: one fen where interest or principal was due and not paid on some date.
    pub late: Vec<Lanes>,
    /// By commitment: called and paid in all, and not paid back at the end.
    pub called: Vec<Lanes>,
    pub paid: Vec<Lanes>,
    pub outstanding: Vec<Lanes>,
    /// By commitment: one fen where on some date it was called, had failed and left a part unpaid.
    pub failed: Vec<Lanes>,
    /// One fen where any commitment was called.
    pub any_called: Lanes,
    /// By period, where asked for: the balance of the senior classes, what is unpaid at the end
    /// kept to the last period.
    pub fan: Option<Vec<Lanes>>,
    /// By class, where asked for: one fen where interest was due and not paid on some date.
    pub late_interest: Option<Vec<Lanes>>,
    senior: Vec<usize>,
    /// Paths run no further than these first classes need.
    first_classes: Option<usize>,
}

impl PathSums {
    /// Sums of nothing for a plan. `fan`: which classes are senior, where their balance is wanted
    /// by period.
    pub fn new(plan: &Plan<f64>, fan: Option<Vec<usize>>) -> PathSums {
        let classes = || vec![Row::ZERO; plan.tranches.len()];
        let commitments = || vec![Row::ZERO; plan.commitments.len()];
        PathSums {
            unpaid_principal: classes(),
            unpaid_interest: classes(),
            time_principal: classes(),
            value: classes(),
            late: classes(),
            called: commitments(),
            paid: commitments(),
            outstanding: commitments(),
            failed: commitments(),
            any_called: Row::ZERO,
            fan: fan.is_some().then(|| vec![Row::ZERO; plan.periods]),
            late_interest: None,
            senior: fan.unwrap_or_default(),
            first_classes: None,
        }
    }

    /// Looks at what is unpaid and late of the first so many classes alone: paths end once nothing
    /// is owed to them on any, for nothing can be again.
    pub fn of_first(mut self, classes: usize) -> PathSums {
        self.first_classes = Some(classes);
        self
    }

    /// Looks at late interest apart from late principal too.
    pub fn with_late_interest(mut self) -> PathSums {
        self.late_interest = Some(vec![Row::ZERO; self.late.len()]);
        self
    }
}

/// Where paths run: allocated once for a plan, used for any number of calls.
#[derive(Clone, Debug)]
pub struct Room {
    sheet: Sheet<f64, LANES>,
    /// The plan without what is only shown, and the classes that it was trimmed for.
    trimmed: Plan<f64>,
    valued: Vec<bool>,
}

impl Room {
    /// Room for the paths of a plan.
    pub fn new(plan: &Plan<f64>) -> Room {
        let valued = vec![false; plan.tranches.len()];
        Room { sheet: Sheet::new(plan.cells.count), trimmed: plan.trimmed(&valued), valued }
    }

    /// Keeps what the values of the ruler want.
    fn suit(&mut self, plan: &Plan<f64>, ruler: &Ruler) {
        let same = |(discount, &valued): (&Option<Vec<f64>>, &bool)| discount.is_some() == valued;
        if !ruler.discount.iter().zip(&self.valued).all(same) {
            self.valued = ruler.discount.iter().map(Option::is_some).collect();
            self.trimmed = plan.trimmed(&self.valued);
        }
    }
}

/// Runs the paths of the lanes through the waterfall, on the widest instructions that the machine
/// has. `room` and `sums` were made for this plan; what `sums` held is overwritten.
pub fn pay_out(
    plan: &Plan<f64>,
    inputs: &Inputs<f64, LANES>,
    ruler: &Ruler,
    room: &mut Room,
    sums: &mut PathSums,
) {
    room.suit(plan, ruler);
    dispatched(inputs, ruler, room, sums);
}

/// The same on the instructions that every machine of the build's target has.
pub fn pay_out_portable(
    plan: &Plan<f64>,
    inputs: &Inputs<f64, LANES>,
    ruler: &Ruler,
    room: &mut Room,
    sums: &mut PathSums,
) {
    room.suit(plan, ruler);
    all_dates(inputs, ruler, room, sums);
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2"))]
fn dispatched(inputs: &Inputs<f64, LANES>, ruler: &Ruler, room: &mut Room, sums: &mut PathSums) {
    all_dates(inputs, ruler, room, sums);
}

#[inline(always)]
fn all_dates(inputs: &Inputs<f64, LANES>, ruler: &Ruler, room: &mut Room, sums: &mut PathSums) {
    let plan = &room.trimmed;
    let mut run = Run::open(plan, inputs, &mut room.sheet, ());
    open(&run, ruler, sums);
    for at in plan.start..plan.periods {
        run.before_calls(at);
        add_owed(&run, at, ruler, sums);
        run.call_support(at);
        run.after_calls(at);
        add_date(&mut run, at, ruler, sums);
        if run.over(at) || sums.first_classes.is_some_and(|count| owes_nothing(&run, count)) {
            stay_unpaid(at + 1, sums);
            break;
        }
    }
    for called in &sums.called {
        sums.any_called.reach_mark(called);
    }
}

/// A series of a shelf: what its paths bring, and where they run.
#[derive(Debug)]
pub struct Paying<'a> {
    pub plan: &'a Plan<f64>,
    pub inputs: &'a Inputs<f64, LANES>,
    pub ruler: &'a Ruler,
    pub room: &'a mut Room,
    pub sums: &'a mut PathSums,
}

/// The same for several series on one calendar, which share the capacity of supporters: on the
/// instructions that every machine has, since few paths need it. The sums keep no fan. By
/// supporter: one fen where its capacity was not enough on some date.
pub fn pay_out_together(
    series: &mut [Paying<'_>],
    calendar: &[Vec<SeriesDate>],
    shared: &[SharedSupporter],
) -> Vec<Lanes> {
    let mut capacities: Vec<Capacity<f64, LANES>> = shared.iter().map(Capacity::new).collect();
    let (mut runs, mut sums) = (Vec::new(), Vec::new());
    for Paying { plan, inputs, ruler, room, sums: to } in series {
        room.suit(plan, ruler);
        let run = Run::open(&room.trimmed, inputs, &mut room.sheet, ());
        open(&run, ruler, to);
        runs.push(run);
        sums.push((*ruler, to, false));
    }
    for date in calendar {
        let paid: Vec<SeriesDate> = date.iter().copied().filter(|&(at, _)| !sums[at].2).collect();
        pay_date(&mut runs, &paid, &mut capacities, |series, period, run| {
            let (ruler, to, _) = &mut sums[series];
            add_owed(run, period, ruler, to);
        });
        for (at, period) in paid {
            let (ruler, to, over) = &mut sums[at];
            add_date(&mut runs[at], period, ruler, to);
            *over = runs[at].over(period);
        }
    }
    for (_, to, _) in sums {
        let PathSums { any_called, called, .. } = &mut **to;
        called.iter().for_each(|called| any_called.reach_mark(called));
    }
    capacities.into_iter().map(|capacity| capacity.short).collect()
}

type Paths<'a> = Run<'a, f64, LANES, ()>;

#[inline(always)]
fn open(run: &Paths<'_>, ruler: &Ruler, sums: &mut PathSums) {
    let plan = run.plan;
    let first = ruler.time.get(plan.start).map_or(0.0, |&time| time);
    clear(&mut sums.unpaid_principal);
    clear(&mut sums.unpaid_interest);
    clear(&mut sums.time_principal);
    clear(&mut sums.value);
    clear(&mut sums.late);
    clear(&mut sums.called);
    clear(&mut sums.paid);
    clear(&mut sums.outstanding);
    clear(&mut sums.failed);
    sums.late_interest.iter_mut().for_each(|rows| clear(rows));
    sums.any_called.fill(0.0);
    for (class, &balance) in plan.balances.iter().enumerate() {
        sums.time_principal[class].add_weighed(&run.sheet.cells[balance], first);
        if let Some(Some(discount)) = ruler.discount.get(class) {
            let first = discount.get(plan.start).map_or(0.0, |&first| first);
            sums.value[class].add_weighed(&run.sheet.cells[balance], first);
        }
    }
}

#[inline(always)]
fn clear(rows: &mut [Lanes]) {
    for row in rows {
        row.fill(0.0);
    }
}

/// Whether the first so many classes are paid off on every path.
#[inline(always)]
fn owes_nothing(run: &Paths<'_>, classes: usize) -> bool {
    let owed = |cell: usize| run.sheet.cells[cell].0.iter().any(|&amount| amount > 0.0);
    let classes = &run.plan.cells.tranches[..classes];
    !classes.iter().any(|class| owed(class.balance) || owed(class.interest))
}

/// From a period on every path has ended: what is unpaid stays.
#[inline(always)]
fn stay_unpaid(from: usize, sums: &mut PathSums) {
    if let Some(fan) = &mut sums.fan {
        for row in &mut fan[from..] {
            set_sum(row, &sums.unpaid_principal, &sums.senior);
        }
    }
}

/// What interest owed on a date is worth: what is then unpaid of it is taken away again.
#[inline(always)]
fn add_owed(run: &Paths<'_>, at: usize, ruler: &Ruler, sums: &mut PathSums) {
    let plan = run.plan;
    for (index, class) in plan.cells.tranches.iter().enumerate() {
        if let Some(Some(discount)) = ruler.discount.get(index) {
            sums.value[index].add_weighed(&run.sheet.cells[class.interest], discount[at]);
        }
    }
}

/// What a date adds to the sums.
#[inline(always)]
fn add_date(run: &mut Paths<'_>, at: usize, ruler: &Ruler, sums: &mut PathSums) {
    let plan = run.plan;
    let now = ruler.time[at];
    let waits = ruler.time.get(at + 1).map_or(0.0, |&next| next - now);
    let ending = at >= run.first_end;
    let Sheet { cells, begins, .. } = &*run.sheet;
    if let Some(fan) = &mut sums.fan {
        set_sum(&mut fan[at], &sums.unpaid_principal, &sums.senior);
        for &class in &sums.senior {
            fan[at].add(&cells[plan.balances[class]]);
        }
    }
    for (index, class) in plan.cells.tranches.iter().enumerate() {
        let (balance, interest) = (&cells[class.balance], &cells[class.interest]);
        let due = &cells[class.due];
        if let Some(late) = &mut sums.late_interest {
            late[index].reach_mark(interest);
        }
        let (late, weighed) = (&mut sums.late[index], &mut sums.time_principal[index]);
        if let Some(Some(discount)) = ruler.discount.get(index) {
            let value = &mut sums.value[index];
            let (now, next) = (discount[at], discount.get(at + 1).map_or(0.0, |&next| next));
            if plan.kept[class.residual_paid] {
                value.add_weighed(&cells[class.residual_paid], now);
            }
            if ending {
                value.add_weighed(interest, -now);
                lose_or_wait(value, balance, &cells[plan.cells.last], (now, next - now));
            } else {
                value.add_two_weighed((interest, -now), (balance, next - now));
            }
        }
        // Principal paid is the fall of the balance: what stays waits to the next date.
        let wait = if ending { 0.0 } else { waits };
        match (plan.tranches[index].interest.is_some(), at >= begins[class.due]) {
            (true, true) => weigh_and_mark_both(weighed, late, balance, interest, due, wait),
            (true, false) => weigh_and_mark(weighed, late, balance, interest, wait),
            (false, true) => weigh_and_mark(weighed, late, balance, due, wait),
            (false, false) if ending => {}
            (false, false) => weighed.add_weighed(balance, wait),
        }
        if ending {
            let last = &cells[plan.cells.last];
            let unpaid = &mut sums.unpaid_principal[index];
            end_or_wait(weighed, unpaid, balance, last, (now, waits));
            sums.unpaid_interest[index].add_where_open(last, interest);
        }
    }
    add_calls(run, at, sums);
}

/// A balance that waits; late where something is unpaid.
#[inline(always)]
fn weigh_and_mark(
    weighed: &mut Lanes,
    late: &mut Lanes,
    balance: &Lanes,
    unpaid: &Lanes,
    wait: f64,
) {
    for lane in 0..LANES {
        weighed.0[lane] += balance.0[lane] * wait;
        late.0[lane] = if unpaid.0[lane] > 0.0 { 1.0 } else { late.0[lane] };
    }
}

/// The same with two that may be unpaid.
#[inline(always)]
fn weigh_and_mark_both(
    weighed: &mut Lanes,
    late: &mut Lanes,
    balance: &Lanes,
    one: &Lanes,
    other: &Lanes,
    wait: f64,
) {
    for lane in 0..LANES {
        weighed.0[lane] += balance.0[lane] * wait;
        late.0[lane] = if one.0[lane] + other.0[lane] > 0.0 { 1.0 } else { late.0[lane] };
    }
}

/// A balance that waits for the next date, or that is unpaid where this was the last.
#[inline(always)]
fn end_or_wait(
    weighed: &mut Lanes,
    unpaid: &mut Lanes,
    balance: &Lanes,
    last: &Lanes,
    (time, wait): (f64, f64),
) {
    for lane in 0..LANES {
        let (ended, left) = (last.0[lane] > 0.0, balance.0[lane]);
        unpaid.0[lane] += if ended { left } else { 0.0 };
        weighed.0[lane] += left * if ended { -time } else { wait };
    }
}

/// A balance that is worth less the longer it waits, and nothing where this date was the last.
#[inline(always)]
fn lose_or_wait(value: &mut Lanes, balance: &Lanes, last: &Lanes, (worth, wait): (f64, f64)) {
    for lane in 0..LANES {
        value.0[lane] += balance.0[lane] * if last.0[lane] > 0.0 { -worth } else { wait };
    }
}

#[inline(always)]
fn add_calls(run: &mut Paths<'_>, at: usize, sums: &mut PathSums) {
    let plan = run.plan;
    let Sheet { cells, work, called_on, .. } = &mut *run.sheet;
    for (index, commitment) in plan.commitments.iter().enumerate() {
        let owed = plan.cells.commitments[index];
        if called_on[index] == Some(at) {
            let Some([called, paid]) = two(cells, owed.called, owed.paid) else { continue };
            sums.called[index].add_pair(called, &mut sums.paid[index], paid);
            if let Some(fails) = &run.inputs.fails_by_call[commitment.supporter] {
                work.set_difference(called, paid);
                work.keep_where_reached(fails, at as f64);
                sums.failed[index].reach_mark(work);
            }
        }
        if at >= run.first_end {
            let last = &cells[plan.cells.last];
            sums.outstanding[index].add_where_open(last, &cells[owed.outstanding]);
        }
    }
}
