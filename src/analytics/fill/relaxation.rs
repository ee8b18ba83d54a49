//! The bound: the same question where loans may be divided, as a linear programme.
//!
//! Every allocation of whole loans meets the rows below, so none is better than the programme's
//! answer. Rows that bind nowhere are left out until the answer breaks them; the five largest
//! debtors are left out for good. With x the part of a loan in a series, z whether a series is
//! issued and `size` its size: size = sum of principal x x; size <= target x z; number of loans >=
//! least debtors x z; part of a firm, group, industry or region <= its share x size.
//!
//! The solver computes in plain f64 without threads or chance, so its answer is the same on any
//! machine, unless time is short: then it is that of the rows so far, a bound too, or none.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Solution, Variable};

use super::ground::{Counts, Ground, Loan};
use crate::num::{Fen, Ratio};

/// Times that rows which were broken are added.
const ROUNDS: usize = 20;
/// What a row may be broken by, in millions of yuan.
const NEAR: f64 = 1e-6;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// The largest amount.
    Amount,
    /// The fewest series that take this much.
    Series { at_least: Fen },
    /// The largest share of its target that each series reaches.
    Level,
}

/// The answer with divided loans.
#[derive(Clone, Debug)]
pub struct Relaxed {
    /// Millions of yuan, series, or a share.
    pub value: f64,
    /// By loan: (series, part), the largest first.
    pub parts: Vec<Vec<(usize, f64)>>,
    /// By series, in millions of yuan.
    pub sizes: Vec<f64>,
}

/// Millions of yuan.
fn millions(fen: Fen) -> f64 {
    fen as f64 / 1e8
}

/// Rows that were broken once.
#[derive(Default)]
struct Rows {
    /// (series, what is shared, its index).
    shares: Vec<(usize, Share, usize)>,
    /// (limit, firm or debtor).
    owed: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    Firm,
    Debtor,
    Industry,
    Region,
}

const SHARES: [Share; 4] = [Share::Firm, Share::Debtor, Share::Industry, Share::Region];

impl Share {
    fn of(self, loan: &Loan) -> usize {
        match self {
            Share::Firm => loan.firm,
            Share::Debtor => loan.debtor,
            Share::Industry => loan.industry,
            Share::Region => loan.region,
        }
    }

    fn most(self, ground: &Ground<'_>) -> Ratio {
        match self {
            Share::Firm => ground.concentration.obligor_share,
            Share::Debtor => ground.concentration.group_share,
            Share::Industry => ground.concentration.industry_share,
            Share::Region => ground.concentration.region_share,
        }
    }

    fn count(self, ground: &Ground<'_>) -> usize {
        match self {
            Share::Firm => ground.firms,
            Share::Debtor => ground.debtors,
            Share::Industry => ground.industries,
            Share::Region => ground.regions,
        }
    }
}

/// Solves it; none where no series is open, the solver gives up or the time does not suffice.
/// `open` says which series count.
pub fn relaxed(ground: &Ground<'_>, aim: Aim, open: &[bool]) -> Option<Relaxed> {
    let mut rows = Rows::default();
    let mut answer = None;
    for _ in 0..ROUNDS {
        if ground.clock.is_up() {
            break;
        }
        let mut model = Model::new(ground, aim, open, &rows);
        if let Some(left) = ground.clock.left() {
            model.problem.set_time_limit(left);
        }
        let solved = model.problem.solve().ok().and_then(|outcome| outcome.into_solution().ok());
        let Some(solution) = solved else { break };
        let known = (rows.shares.len(), rows.owed.len());
        model.broken(&solution, &mut rows);
        answer = Some(model.read(&solution));
        if known == (rows.shares.len(), rows.owed.len()) {
            break;
        }
    }
    answer
}

/// The programme with its variables.
struct Model<'a> {
    ground: &'a Ground<'a>,
    problem: Problem,
    size: Vec<Variable>,
    /// By loan: (series, part).
    parts: Vec<Vec<(usize, Variable)>>,
}

type Terms = Vec<(Variable, f64)>;

impl<'a> Model<'a> {
    fn new(ground: &'a Ground<'a>, aim: Aim, open: &[bool], rows: &Rows) -> Model<'a> {
        let direction = match aim {
            Aim::Series { .. } => OptimizationDirection::Minimize,
            Aim::Amount | Aim::Level => OptimizationDirection::Maximize,
        };
        let weight = |asked: bool| if asked { 1.0 } else { 0.0 };
        let mut problem = Problem::new(direction);
        let issued: Vec<Variable> = open
            .iter()
            .map(|&open| problem.add_var(weight(direction_is_series(aim)), (0.0, weight(open))))
            .collect();
        let of_size = weight(aim == Aim::Amount);
        let size: Vec<Variable> =
            open.iter().map(|_| problem.add_var(of_size, (0.0, f64::INFINITY))).collect();
        let level = problem.add_var(weight(aim == Aim::Level), (0.0, 1.0));
        let barred = |loan: usize, at: usize| !open[at] || ground.barred[loan][at].is_some();
        let parts: Vec<Vec<(usize, Variable)>> = (0..ground.loans.len())
            .map(|loan| {
                let series = (0..open.len()).filter(|&at| !barred(loan, at));
                series.map(|at| (at, problem.add_var(0.0, (0.0, 1.0)))).collect()
            })
            .collect();
        let mut model = Model { ground, problem, size, parts };
        model.loans();
        model.series(&issued);
        match aim {
            Aim::Series { at_least } => {
                let sizes: Terms = model.size.iter().map(|&size| (size, 1.0)).collect();
                model.row(sizes, ComparisonOp::Ge, millions(at_least) - NEAR);
            }
            Aim::Level => {
                for at in (0..open.len()).filter(|&at| open[at]) {
                    let target = millions(ground.shelf.planned[at].target_size);
                    let terms = vec![(model.size[at], 1.0), (level, -target)];
                    model.row(terms, ComparisonOp::Ge, 0.0);
                }
            }
            Aim::Amount => {}
        }
        for &(at, share, name) in &rows.shares {
            let mut terms = model.of_name(at, share, name);
            terms.push((model.size[at], -share.most(ground).as_f64()));
            model.row(terms, ComparisonOp::Le, 0.0);
        }
        for &(limit, name) in &rows.owed {
            let (terms, room) = model.owed(limit, name);
            model.row(terms, ComparisonOp::Le, room);
        }
        model
    }

    fn row(&mut self, terms: Terms, op: ComparisonOp, right: f64) {
        if !terms.is_empty() {
            self.problem.add_constraint(terms, op, right);
        }
    }

    /// Each loan once, and each title once at a time.
    fn loans(&mut self) {
        for loan in 0..self.parts.len() {
            let terms: Terms = self.parts[loan].iter().map(|&(_, part)| (part, 1.0)).collect();
            self.row(terms, ComparisonOp::Le, 1.0);
        }
        let plans = &self.ground.shelf.planned;
        let mut holders: Vec<Vec<usize>> = vec![Vec::new(); self.ground.titles];
        for (at, loan) in self.ground.loans.iter().enumerate() {
            loan.titles.iter().for_each(|title| holders[*title].push(at));
        }
        for loans in holders.iter_mut().filter(|loans| loans.len() > 1) {
            loans.dedup();
            for day in plans.iter().map(|plan| plan.date) {
                let live = |at: usize| plans[at].date <= day && day < plans[at].end();
                let parts = loans.iter().flat_map(|&loan| &self.parts[loan]);
                let terms: Terms =
                    parts.filter(|(at, _)| live(*at)).map(|&(_, part)| (part, 1.0)).collect();
                if terms.len() > 1 {
                    self.row(terms, ComparisonOp::Le, 1.0);
                }
            }
        }
    }

    /// Sizes, what they are at most, alone and together, and how many are issued.
    fn series(&mut self, issued: &[Variable]) {
        let ground = self.ground;
        for (at, plan) in ground.shelf.planned.iter().enumerate() {
            let mut terms = self.of_all(at, &|loan| millions(loan.principal));
            terms.push((self.size[at], -1.0));
            self.row(terms, ComparisonOp::Eq, 0.0);
            let most = vec![(self.size[at], 1.0), (issued[at], -millions(plan.target_size))];
            self.row(most, ComparisonOp::Le, 0.0);
            let mut count = self.of_all(at, &|_| 1.0);
            count.push((issued[at], -f64::from(ground.concentration.least_debtors)));
            self.row(count, ComparisonOp::Ge, 0.0);
        }
        let all: Terms = issued.iter().map(|&issued| (issued, 1.0)).collect();
        self.row(all, ComparisonOp::Le, ground.issues_left as f64);
        for sum in &ground.sums {
            let weight = |at: usize| match sum.counts {
                Counts::Principal => 1.0,
                Counts::Guaranteed => ground.shelf.planned[at].guaranteed_share.as_f64(),
            };
            let terms = sum.series.iter().map(|&at| (self.size[at], weight(at))).collect();
            self.row(terms, ComparisonOp::Le, millions(sum.room).max(0.0) + NEAR);
        }
    }

    fn of_all(&self, at: usize, weight: &dyn Fn(&Loan) -> f64) -> Terms {
        let loans = self.ground.loans.iter().zip(&self.parts);
        let own = loans.filter_map(|(loan, parts)| {
            let part = parts.iter().find(|(series, _)| *series == at)?;
            Some((part.1, weight(loan)))
        });
        own.collect()
    }

    fn of_name(&self, at: usize, share: Share, name: usize) -> Terms {
        let loans = self.ground.loans.iter().zip(&self.parts);
        let own = loans.filter(|(loan, _)| share.of(loan) == name).filter_map(|(loan, parts)| {
            let part = parts.iter().find(|(series, _)| *series == at)?;
            Some((part.1, millions(loan.principal)))
        });
        own.collect()
    }

    fn owed(&self, limit: usize, name: usize) -> (Terms, f64) {
        let of = &self.ground.owed[limit];
        let share = if of.grouped { Share::Debtor } else { Share::Firm };
        let mut terms = Terms::new();
        for &at in &of.series {
            let weight = match of.counts {
                Counts::Principal => 1.0,
                Counts::Guaranteed => self.ground.shelf.planned[at].guaranteed_share.as_f64(),
            };
            let own = self.of_name(at, share, name).into_iter();
            terms.extend(own.map(|(part, principal)| (part, weight * principal)));
        }
        (terms, millions(of.room[name]).max(0.0) + NEAR)
    }

    /// Adds the rows that an answer breaks.
    fn broken(&self, solution: &Solution, rows: &mut Rows) {
        let ground = self.ground;
        let size = |at: usize| solution.var_value(self.size[at]);
        let mut taken = vec![Vec::new(); self.size.len()];
        for (loan, parts) in self.parts.iter().enumerate() {
            for &(at, part) in parts {
                let amount = solution.var_value(part) * millions(ground.loans[loan].principal);
                if amount > 0.0 {
                    taken[at].push((loan, amount));
                }
            }
        }
        for (at, taken) in taken.iter().enumerate() {
            for share in SHARES {
                let mut sums = vec![0.0; share.count(ground)];
                taken.iter().for_each(|(loan, sum)| sums[share.of(&ground.loans[*loan])] += sum);
                let most = share.most(ground).as_f64() * size(at) + NEAR;
                for name in (0..sums.len()).filter(|&name| sums[name] > most) {
                    if !rows.shares.contains(&(at, share, name)) {
                        rows.shares.push((at, share, name));
                    }
                }
            }
        }
        for (limit, of) in ground.owed.iter().enumerate() {
            let share = if of.grouped { Share::Debtor } else { Share::Firm };
            let mut sums = vec![0.0; of.room.len()];
            for &at in &of.series {
                let weight = match of.counts {
                    Counts::Principal => 1.0,
                    Counts::Guaranteed => ground.shelf.planned[at].guaranteed_share.as_f64(),
                };
                let taken = taken[at].iter();
                taken.for_each(|(loan, sum)| sums[share.of(&ground.loans[*loan])] += weight * sum);
            }
            for (name, (sum, room)) in sums.iter().zip(&of.room).enumerate() {
                let over = *sum > millions(*room).max(0.0) + 2.0 * NEAR;
                if over && !rows.owed.contains(&(limit, name)) {
                    rows.owed.push((limit, name));
                }
            }
        }
    }

    fn read(&self, solution: &Solution) -> Relaxed {
        let sorted = |parts: &Vec<(usize, Variable)>| {
            let mut parts: Vec<(usize, f64)> =
                parts.iter().map(|&(at, part)| (at, solution.var_value(part))).collect();
            parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            parts
        };
        Relaxed {
            value: solution.objective(),
            parts: self.parts.iter().map(sorted).collect(),
            sizes: self.size.iter().map(|&size| solution.var_value(size)).collect(),
        }
    }
}

fn direction_is_series(aim: Aim) -> bool {
    matches!(aim, Aim::Series { .. })
}
