//! How large the senior class, and below it the mezzanine, can be: the largest notional, in steps
//! of 1 万 (10,000 yuan), at which every chosen test of a target grade passes, with support and
//! without.
//!
//! Conventions: the notes are the pool's principal down to 1 万. Senior classes share the senior
//! notional as the deal's own do, mezzanine classes keep theirs (or are sized after it),
//! subordinate classes share the rest, 1 万 each at least. A test holds where it holds for every
//! class that is sized. All candidates are
//! paid out on the same drawn paths. Sizes are tried on a coarse grid first and then bisected
//! between the last that passes, of the first that do, and the next, which fails. Where a smaller
//! one of the grid or near the answer fails, or a larger one passes again, the ones that pass are
//! no interval from the least on, and that is told.

mod cuts;
mod loss;
mod supported;

pub use cuts::{Cut, Cuts};
pub use loss::{LossTerms, years_without_default};

use std::collections::BTreeMap;
use std::ops::Range;

use crate::analytics::breakers::{Firms, LargeObligorTable};
use crate::analytics::critical::{ClassGrade, Critical, Grading, Searches};
use crate::analytics::joint_default::{JointDefault, JointTerms};
use crate::analytics::simulated::{Estimate, FEW_HITS, rule_of_three};
use crate::analytics::stress::{SUPPORTS, Stressed, WITHOUT};
use crate::deal::{Deal, Fault, Seniority, holdings};
use crate::engine::{Breach, ClassHits, KeptPaths, Moments};
use crate::num::{Decimal, Fen, Ratio};
use crate::scenario::{Scenario, Stress};
use supported::UnderStress;

/// 1 万 yuan.
pub const STEP: Fen = 1_000_000;
/// Parts of the range of sizes whose ends are tried before any is bisected.
pub const GRID: Fen = 8;
/// A normal variable lies below so many standard deviations at 95%.
const ONE_SIDED: f64 = 1.645;
/// Points of senior share at which the grades are looked at, around the answer.
pub const POINTS: [i64; 5] = [-5, -1, 0, 1, 5];

/// What a class of a grade must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// The originator holds its share of all notes and of the lowest class.
    Retention,
    /// Simulated: the estimate and 1.645 standard errors are not above the grade's.
    Pd,
    /// The same of the expected loss by present value.
    El,
    /// The largest firms of the grade's number default together.
    LargeObligor,
    /// The lowest critical default rate of all stresses is not below the grade's target.
    CriticalRate,
    /// The least coverage of all stresses is not below 1.
    Coverage,
    /// Under no stress is a supporter called for more than it can pay.
    Capacity,
    /// The ten-year probability that the class and its supporter both default is not above the
    /// grade's.
    JointDefault,
}

impl Test {
    /// Quick ones first.
    pub const ALL: [Test; 8] = [
        Test::Retention,
        Test::Pd,
        Test::El,
        Test::LargeObligor,
        Test::CriticalRate,
        Test::Coverage,
        Test::Capacity,
        Test::JointDefault,
    ];

    /// The word of options and tables.
    pub fn name(self) -> &'static str {
        match self {
            Test::Retention => "retention",
            Test::Pd => "pd",
            Test::El => "el",
            Test::LargeObligor => "large_obligor",
            Test::CriticalRate => "critical_rate",
            Test::Coverage => "coverage",
            Test::Capacity => "capacity",
            Test::JointDefault => "joint_default",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub deal: &'a Deal,
    pub scenario: &'a Scenario,
    pub stresses: &'a [Stress],
    /// The stresses of the deal's own classes: their scenarios are those of every candidate.
    pub stressed: Vec<Stressed>,
    pub grading: Grading<'a>,
    pub joint: JointTerms<'a>,
    pub losses: LossTerms<'a>,
    pub large: &'a LargeObligorTable,
    /// Column of that table.
    pub names: usize,
    /// Which tests decide; the others are shown.
    pub chosen: Vec<Test>,
}

/// What a grade asks; none is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    pub grade: String,
    /// Cumulative default rate that the class must stand.
    pub rate: Option<f64>,
    pub pd: Option<f64>,
    /// Expected loss by present value.
    pub el: Option<f64>,
    /// Largest firms, by the grade's letters.
    pub firms: Option<usize>,
}

impl Question<'_> {
    /// What a grade of the table asks.
    pub fn aim(&self, grade: &str) -> Aim {
        let Grading { table, asset_type, base_rate } = self.grading;
        let target = table.target(grade, asset_type).unwrap_or_default();
        let letters = grade.trim_end_matches(['+', '-']);
        let firms = self.large.grades.iter().find(|(name, _)| name == letters);
        Aim {
            grade: grade.to_owned(),
            rate: target.multiplier.filter(|_| base_rate > 0.0).map(|times| times * base_rate),
            pd: target.pd,
            el: if table.says_losses() { target.el } else { self.losses.limit(grade) },
            firms: firms.map(|(_, counts)| counts[self.names]),
        }
    }

    /// Why the deal, or a target of it, cannot be sized.
    pub fn refusals(&self, aims: &[Aim]) -> Vec<String> {
        let (deal, mut out) = (self.deal, Vec::new());
        let has = |of: Seniority| deal.tranches().iter().any(|class| class.seniority == of);
        if deal.state().is_some() {
            out.push("a deal in mid-life is not sized: its notes are placed".to_owned());
        }
        if !has(Seniority::Senior) {
            out.push("tranches.csv: there is no senior class to size".to_owned());
        }
        if !has(Seniority::Subordinate) {
            out.push("tranches.csv: there is no sub class to take the rest".to_owned());
        }
        out.extend(aims.iter().flat_map(|aim| self.unasked("--target", aim)));
        let cuts = Cuts::new(deal);
        if out.is_empty() && cuts.most() < cuts.least() {
            out.push("loans.csv: the pool is too small to cut in steps of 10,000 yuan".to_owned());
        }
        out
    }

    /// Why mezzanine classes cannot be sized for a target.
    pub fn refusals_below(&self, aim: &Aim) -> Vec<String> {
        let mut out = self.unasked("--mezzanine", aim);
        if !self.deal.tranches().iter().any(|class| class.seniority == Seniority::Mezzanine) {
            out.push("--mezzanine: tranches.csv has no mezzanine class".to_owned());
        }
        out
    }

    /// Chosen tests by which the table asks nothing of a grade.
    fn unasked(&self, option: &str, aim: &Aim) -> Vec<String> {
        let lacks = |test: &&Test| match test {
            Test::Pd => aim.pd.is_none(),
            Test::El => aim.el.is_none(),
            Test::LargeObligor => aim.firms.is_none(),
            Test::CriticalRate => aim.rate.is_none(),
            Test::JointDefault => self.joint.pd(&aim.grade).is_none(),
            Test::Retention | Test::Coverage | Test::Capacity => false,
        };
        let tests = self.chosen.iter().filter(lacks);
        let line = |test: &Test| {
            format!("{option} {}: {} asks nothing by {}", aim.grade, self.source(), test.name())
        };
        tests.map(line).collect()
    }

    fn source(&self) -> String {
        let Grading { table, asset_type, base_rate } = self.grading;
        let none = if base_rate > 0.0 { "" } else { ", base default rate 0" };
        format!("table {} ({}{none})", table.name, asset_type.name())
    }
}

/// Whether so few paths would be hit at a probability that worse years must be drawn: below 100
/// hits at the largest estimate that passes.
pub fn wants_tail(pd: f64, paths: u64) -> bool {
    pd * (paths as f64) < FEW_HITS + ONE_SIDED * FEW_HITS.sqrt()
}

/// A test at a size.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    pub test: Test,
    pub chosen: bool,
    /// None where the grade, or the deal, asks nothing.
    pub limit: Option<f64>,
    /// None where no rate breaks the class.
    pub value: Option<f64>,
    pub passes: bool,
    /// The supporter whose grade passes it, by index.
    pub lifted_by: Option<usize>,
}

impl Tested {
    /// With what is asked and what was found.
    fn found(self, limit: f64, value: Option<f64>, passes: bool) -> Tested {
        Tested { limit: Some(limit), value, passes, ..self }
    }

    /// How far from failing; below 0 it fails.
    pub fn slack(&self) -> Option<f64> {
        let (limit, value) = (self.limit?, self.value?);
        match self.test {
            Test::Pd | Test::El | Test::Capacity | Test::JointDefault => Some(limit - value),
            Test::Retention | Test::LargeObligor | Test::CriticalRate | Test::Coverage => {
                Some(value - limit)
            }
        }
    }
}

/// A size near the answer, and how it is graded.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    pub points: i64,
    pub cut: Cut,
    /// The simulated probability and 1.645 standard errors.
    pub pd: f64,
    /// The lowest without support, of the senior class that it is lowest for.
    pub critical: Critical,
    pub grade_by_rate: Option<String>,
    pub grade_by_pd: Option<String>,
    /// By critical rates: by itself, as good as its supporter, jointly with it; the last is none
    /// where there is no lift.
    pub grade_without: Option<String>,
    pub grade_weak_link: Option<String>,
    pub grade_joint: Option<String>,
    pub passes: bool,
}

/// The answer for one target and support.
#[derive(Clone, Debug, PartialEq)]
pub struct Sized {
    pub aim: Aim,
    /// By index into [`SUPPORTS`].
    pub support: usize,
    /// The largest that passes; none where none does.
    pub cut: Option<Cut>,
    /// Chosen tests that fail one step above (or at the least size, where it fails); none where
    /// nothing but the sub's last step is in the way.
    pub binding: Vec<Test>,
    /// Larger notionals that were tried on all paths, rising, and whether each passes.
    pub larger: Vec<(Fen, bool)>,
    /// The largest of the smaller notionals that were tried that fails.
    pub failing_below: Option<Fen>,
    /// Every test at the answer, or at the least size.
    pub tests: Vec<Tested>,
    pub near: Vec<Near>,
}

impl Sized {
    /// The largest notional that passes although a smaller one does not: those that pass are then
    /// no interval.
    pub fn passes_again(&self) -> Option<Fen> {
        self.larger.iter().rev().find(|(_, passes)| *passes).map(|(notional, _)| *notional)
    }
}

/// Why a candidate could not be tried.
#[derive(Clone, Debug)]
pub enum Obstacle {
    /// The deal does not hold at other sizes.
    Faults(Vec<Fault>),
    /// It cannot be simulated.
    Told(Vec<String>),
    Breach(Breach),
}

impl From<Vec<Fault>> for Obstacle {
    fn from(faults: Vec<Fault>) -> Obstacle {
        Obstacle::Faults(faults)
    }
}

impl From<Breach> for Obstacle {
    fn from(breach: Breach) -> Obstacle {
        Obstacle::Breach(breach)
    }
}

/// What senior classes of a size stand: the lowest rate, and the worst grade with and without.
#[derive(Clone, Debug)]
struct Stood {
    least: Critical,
    grades: [Option<String>; 2],
    lifted_by: Option<usize>,
    /// None where some class has no lift, or no grade.
    joint: Option<String>,
    /// By support: the largest; none where some class has no grade.
    ten_year_pd: [Option<f64>; 2],
}

/// What is known of how likely a size is hurt: the estimate and 1.645 standard errors.
#[derive(Clone, Copy, Debug)]
enum Pd {
    Of(f64),
    /// No more was looked at: it is above a limit.
    Above(f64),
}

/// Tries sizes; what was tried is remembered.
#[derive(Debug)]
pub struct Sizer<'a> {
    question: &'a Question<'a>,
    /// Drawn as they are, and three blocks of four from worse years.
    paths: [Option<&'a KeptPaths<'a>>; 2],
    /// While a size is bisected: the paths that are hurt at its upper end.
    narrowed: Option<KeptPaths<'a>>,
    cuts: Cuts,
    /// The classes that are sized, and tested.
    classes: Range<usize>,
    /// By steps, support, and which paths.
    pds: BTreeMap<(Fen, usize, usize), Pd>,
    els: BTreeMap<(Fen, usize, usize), Option<f64>>,
    /// What critical rates of all sizes share, once one was looked for.
    searches: Option<Searches<'a>>,
    stood: BTreeMap<Fen, Stood>,
    stresses: BTreeMap<Fen, UnderStress>,
}

impl<'a> Sizer<'a> {
    /// `paths`: as drawn, and with worse years, each where some aim wants it ([`wants_tail`]).
    pub fn new(question: &'a Question<'a>, paths: [Option<&'a KeptPaths<'a>>; 2]) -> Sizer<'a> {
        Sizer::of_cuts(question, paths, Cuts::new(question.deal))
    }

    /// Of mezzanine classes below a senior notional.
    pub fn of_mezzanine(
        question: &'a Question<'a>,
        paths: [Option<&'a KeptPaths<'a>>; 2],
        senior: Fen,
    ) -> Sizer<'a> {
        Sizer::of_cuts(question, paths, Cuts::of_mezzanine(question.deal, senior))
    }

    fn of_cuts(
        question: &'a Question<'a>,
        paths: [Option<&'a KeptPaths<'a>>; 2],
        cuts: Cuts,
    ) -> Sizer<'a> {
        let classes = cuts.sized();
        let (pds, els) = (BTreeMap::new(), BTreeMap::new());
        let (stood, stresses) = (BTreeMap::new(), BTreeMap::new());
        let (narrowed, searches) = (None, None);
        Sizer { question, paths, narrowed, cuts, classes, pds, els, searches, stood, stresses }
    }

    /// Whether there is room for a size at all.
    pub fn has_room(&self) -> bool {
        !self.classes.is_empty() && self.cuts.least() <= self.cuts.most()
    }

    /// The largest notional for a target.
    pub fn size(&mut self, aim: &Aim, support: usize) -> Result<Sized, Obstacle> {
        let (least, most) = (self.cuts.least(), self.cuts.most());
        let mut grid: Vec<Fen> = (0..=GRID).map(|at| least + (most - least) * at / GRID).collect();
        grid.dedup();
        let mut passing = Vec::with_capacity(grid.len());
        for &steps in &grid {
            passing.push(self.passes(steps, support, aim)?);
        }
        let first = passing.iter().position(|passes| *passes);
        let fails = first.and_then(|at| (at..grid.len()).find(|&above| !passing[above]));
        let found = match (first, fails) {
            (None, _) => None,
            (Some(_), None) => Some(most),
            (Some(_), Some(at)) => Some(self.between((grid[at - 1], grid[at]), support, aim)?),
        };
        let shown = found.unwrap_or(least);
        let fails_at = found.map_or(least, |steps| steps + 1);
        let mut binding = Vec::new();
        if fails_at <= most {
            for test in Test::ALL {
                let chosen = self.question.chosen.contains(&test);
                let fails = chosen && !self.holds(test, fails_at, support, aim)?;
                binding.extend(fails.then_some(test));
            }
        }
        let near = match found {
            Some(steps) => self.near(steps, support, aim)?,
            None => Vec::new(),
        };
        let around = near.iter().map(|near| (shown + self.points(near.points), near.passes));
        let tried: BTreeMap<Fen, bool> = grid.into_iter().zip(passing).chain(around).collect();
        let larger = tried.range(shown + 1..).map(|(steps, passes)| (steps * STEP, *passes));
        let failing = found.and_then(|found| {
            let (steps, _) = tried.range(..found).rev().find(|(_, passes)| !**passes)?;
            Some(steps * STEP)
        });
        Ok(Sized {
            aim: aim.clone(),
            support,
            cut: found.map(|steps| self.cuts.cut(steps)),
            binding,
            larger: larger.collect(),
            failing_below: failing,
            tests: self.tests(shown, support, aim)?,
            near,
        })
    }

    /// Between a size that passes and one that fails, the last that passes: found on the paths
    /// that are hurt at the one that fails, and confirmed on all. Where it fails on all, for paths
    /// are hurt at it that are not above, it is the one that fails; on all where a few of these do
    /// not end it.
    fn between(
        &mut self,
        (passes, mut fails): (Fen, Fen),
        support: usize,
        aim: &Aim,
    ) -> Result<Fen, Obstacle> {
        const MOST: usize = 4;
        let simulated = |test: &Test| matches!(test, Test::Pd | Test::El);
        let rounds = if self.question.chosen.iter().any(simulated) { MOST } else { 0 };
        for _ in 0..rounds {
            let deal = self.candidate(fails)?;
            let paths = self.paths[self.drawn_for(aim)];
            let end = self.classes.end;
            self.narrowed = paths.map(|paths| paths.hurt(&deal, SUPPORTS[support], end));
            let found = self.bisect((passes, fails), support, aim);
            self.narrowed = None;
            let found = found?;
            if !self.passes(found, support, aim)? {
                fails = found;
            } else if !self.passes(found + 1, support, aim)? {
                return Ok(found);
            } else {
                break;
            }
        }
        self.bisect((passes, fails), support, aim)
    }

    /// Which paths tell how likely a class of the aim is hurt.
    fn drawn_for(&self, aim: &Aim) -> usize {
        let tail = |paths: &KeptPaths<'_>| aim.pd.is_some_and(|pd| wants_tail(pd, paths.paths()));
        let wanted = usize::from(self.paths.iter().flatten().copied().any(tail));
        if self.paths[wanted].is_some() { wanted } else { 1 - wanted }
    }

    fn bisect(
        &mut self,
        (mut passes, mut fails): (Fen, Fen),
        support: usize,
        aim: &Aim,
    ) -> Result<Fen, Obstacle> {
        while fails - passes > 1 {
            let middle = passes + (fails - passes) / 2;
            match self.passes(middle, support, aim)? {
                true => passes = middle,
                false => fails = middle,
            }
        }
        Ok(passes)
    }

    /// Whether a size passes every chosen test.
    pub fn passes(&mut self, steps: Fen, support: usize, aim: &Aim) -> Result<bool, Obstacle> {
        for test in Test::ALL {
            if self.question.chosen.contains(&test) && !self.holds(test, steps, support, aim)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a size passes a test, worked out no further than that takes.
    fn holds(
        &mut self,
        test: Test,
        steps: Fen,
        support: usize,
        aim: &Aim,
    ) -> Result<bool, Obstacle> {
        match (test, aim.pd) {
            (Test::Pd, Some(limit)) => {
                let pd = self.pd(steps, support, aim, Some(limit))?;
                Ok(pd.is_some_and(|pd| pd <= limit))
            }
            _ => Ok(self.tested(test, steps, support, aim)?.passes),
        }
    }

    fn tests(&mut self, steps: Fen, support: usize, aim: &Aim) -> Result<Vec<Tested>, Obstacle> {
        Test::ALL.into_iter().map(|test| self.tested(test, steps, support, aim)).collect()
    }

    fn tested(
        &mut self,
        test: Test,
        steps: Fen,
        support: usize,
        aim: &Aim,
    ) -> Result<Tested, Obstacle> {
        let chosen = self.question.chosen.contains(&test);
        // Passed until something is asked.
        let of = Tested { test, chosen, limit: None, value: None, passes: true, lifted_by: None };
        Ok(match test {
            Test::Retention => self.retention(steps, of)?,
            Test::Pd => match aim.pd {
                Some(limit) => {
                    let pd = self.pd(steps, support, aim, None)?.unwrap_or(f64::NAN);
                    of.found(limit, Some(pd), pd <= limit)
                }
                None => of,
            },
            Test::El => self.expected_loss(steps, support, aim, of)?,
            Test::LargeObligor => match aim.firms {
                Some(count) => {
                    let stood = self.firms_stood(steps, support)?;
                    of.found(count as f64, Some(stood as f64), stood >= count)
                }
                None => of,
            },
            Test::CriticalRate => self.critical_rate(steps, support, aim, of)?,
            Test::Coverage => self.coverage(steps, support, of)?,
            Test::Capacity => self.capacity(steps, support, of)?,
            Test::JointDefault => self.joint_default(steps, support, &aim.grade, of)?,
        })
    }

    fn candidate(&self, steps: Fen) -> Result<Deal, Obstacle> {
        Ok(self.question.deal.resized(&self.cuts.cut(steps).notionals)?)
    }

    /// Of all notes and of the lowest class, the lesser share.
    fn retention(&self, steps: Fen, of: Tested) -> Result<Tested, Obstacle> {
        let Some(share) = self.question.deal.terms().retention else {
            return Ok(of);
        };
        let held = holdings(self.candidate(steps)?.tranches());
        let keeps = |&(held, of): &(Fen, Fen)| Decimal::from(held) >= share * Decimal::from(of);
        let parts = held.iter().map(|&(held, of)| held as f64 / of.max(1) as f64);
        let limit = Ratio::of_rate(share).map(Ratio::as_f64);
        let value = Some(parts.fold(f64::INFINITY, f64::min));
        Ok(Tested { limit, value, passes: held.iter().all(keeps), ..of })
    }

    /// Of the sized class that is hurt most often: the estimate and 1.645 standard errors; 3 over
    /// the paths where nothing was hit. The first class counts what is late too. None where a limit
    /// is given and it is above: once so much is hit, no path can bring it down, for of all that
    /// have this sum of squares m + 1.645 sqrt((q - m^2) / n) is least where m is, or at the limit.
    fn pd(
        &mut self,
        steps: Fen,
        support: usize,
        aim: &Aim,
        limit: Option<f64>,
    ) -> Result<Option<f64>, Obstacle> {
        let at = self.drawn_for(aim);
        match (self.pds.get(&(steps, support, at)), limit) {
            (Some(&Pd::Of(known)), _) => return Ok(Some(known)),
            (Some(&Pd::Above(least)), Some(limit)) if least >= limit => return Ok(None),
            _ => {}
        }
        let deal = self.candidate(steps)?;
        let classes = self.classes.clone();
        let Some(paths) = self.narrowed.as_ref().or(self.paths[at]) else { return Ok(None) };
        let count = paths.paths();
        let worst = |hits: &[ClassHits], figure: &dyn Fn(&Moments) -> f64| {
            let of = |(class, hits): (usize, &ClassHits)| {
                let late = if class == 0 { figure(&hits.late) } else { 0.0 };
                figure(&hits.unpaid).max(late)
            };
            classes.clone().zip(&hits[classes.clone()]).map(of).fold(0.0, f64::max)
        };
        // Of nothing hit yet, 3 over the paths may be more than it comes to.
        let so_far = |moments: &Moments| if moments.sum > 0 { bound(moments, count) } else { 0.0 };
        let above = |hits: &[ClassHits]| limit.is_some_and(|limit| worst(hits, &so_far) > limit);
        let hits = paths.hits_until(&deal, SUPPORTS[support], classes.end, above);
        let pd = hits.map(|hits| worst(&hits, &|moments| bound(moments, count)));
        if self.narrowed.is_none() {
            let known = pd.map(Pd::Of).or(limit.map(Pd::Above));
            self.pds.extend(known.map(|known| ((steps, support, at), known)));
        }
        Ok(pd)
    }

    /// How many of the largest firms may default; looked at up to the table's largest number.
    fn firms_stood(&self, steps: Fen, support: usize) -> Result<usize, Obstacle> {
        let (deal, question) = (self.candidate(steps)?, self.question);
        let counts = question.large.grades.iter().map(|(_, counts)| counts[question.names]);
        let most = counts.max().unwrap_or(0);
        let each = (1..=most).map(|count| (count.to_string(), [count; 2])).collect();
        let table = LargeObligorTable { grades: each, ..question.large.clone() };
        let rows = Firms::new(&deal, question.scenario).large_obligors(&table, question.names);
        let stands = |end: &crate::engine::End| {
            end.classes[self.classes.clone()].iter().all(|class| class.paid_in_full())
        };
        Ok(rows.iter().take_while(|row| stands(&row.set.ends[support])).count())
    }

    fn critical_rate(
        &mut self,
        steps: Fen,
        support: usize,
        aim: &Aim,
        of: Tested,
    ) -> Result<Tested, Obstacle> {
        let grading = self.question.grading;
        let stood = self.stood(steps)?;
        let value = stood.least.millionths.map(|_| stood.least.achieved);
        let Some(limit) = aim.rate else { return Ok(Tested { value, ..of }) };
        let earns = |grade: &Option<String>| {
            let rank = grade.as_deref().and_then(|grade| grading.rank(grade));
            rank.is_some_and(|rank| grading.rank(&aim.grade).is_some_and(|asked| rank <= asked))
        };
        let tested = of.found(limit, value, earns(&stood.grades[support]));
        let lifted = support != WITHOUT && !earns(&stood.grades[WITHOUT]) && tested.passes;
        Ok(Tested { lifted_by: stood.lifted_by.filter(|_| lifted), ..tested })
    }

    fn stood(&mut self, steps: Fen) -> Result<Stood, Obstacle> {
        if let Some(known) = self.stood.get(&steps) {
            return Ok(known.clone());
        }
        let (deal, grading) = (self.candidate(steps)?, self.question.grading);
        let question = self.question;
        let searches = || Searches::new(question.deal, &question.stressed);
        let searches = self.searches.get_or_insert_with(searches);
        let rates = searches.critical_rates(&deal, self.classes.end)?;
        let mut grades = grading.grades(&deal, &rates, None);
        grades.drain(..self.classes.start);
        let height = |critical: &Critical| critical.millionths.unwrap_or(u32::MAX);
        let rank = |grade: &Option<String>| {
            grade.as_deref().and_then(|grade| grading.rank(grade)).unwrap_or(usize::MAX)
        };
        let worst = |pick: fn(&ClassGrade) -> &Option<String>| {
            grades.iter().map(pick).max_by_key(|grade| rank(grade)).cloned().flatten()
        };
        let least = grades.iter().map(|grade| grade.least[WITHOUT].0).min_by_key(height);
        let joint = self.question.joint;
        let classes = self.classes.clone().zip(&grades);
        let joints: Vec<Option<JointDefault>> =
            classes.map(|(at, grade)| joint.of_class(&deal, &grading, at, grade).ok()).collect();
        let lifted =
            joints.iter().map(|joint| joint.as_ref().and_then(|joint| joint.grade.clone()));
        let stood = Stood {
            least: least.unwrap_or(rates[0][WITHOUT][self.classes.start]),
            grades: [worst(|grade| &grade.with), worst(|grade| &grade.without)],
            lifted_by: grades.iter().find_map(|grade| grade.lifted_by),
            joint: lifted.max_by_key(rank).flatten(),
            ten_year_pd: joint.largest(grading.table, &grades, &joints),
        };
        self.stood.insert(steps, stood.clone());
        Ok(stood)
    }

    /// Points of share in steps.
    fn points(&self, points: i64) -> Fen {
        self.cuts.total / STEP * points / 100
    }

    /// Sizes around the answer, as far as there are such.
    fn near(&mut self, found: Fen, support: usize, aim: &Aim) -> Result<Vec<Near>, Obstacle> {
        let grading = self.question.grading;
        let (least, most) = (self.cuts.least(), self.cuts.most());
        let mut out = Vec::new();
        for points in POINTS {
            let steps = found + self.points(points);
            if steps < least || steps > most {
                continue;
            }
            let stood = self.stood(steps)?;
            let pd = self.pd(steps, support, aim, None)?.unwrap_or(f64::NAN);
            let by_pd = grading.table.grade_by_pd(grading.asset_type, pd);
            out.push(Near {
                points,
                cut: self.cuts.cut(steps),
                pd,
                critical: stood.least,
                grade_by_rate: stood.grades[support].clone(),
                grade_by_pd: by_pd.map(str::to_owned),
                grade_without: stood.grades[WITHOUT].clone(),
                grade_weak_link: stood.grades[0].clone(),
                grade_joint: stood.joint.clone(),
                passes: self.passes(steps, support, aim)?,
            });
        }
        Ok(out)
    }
}

fn bound(moments: &Moments, paths: u64) -> f64 {
    let estimate = Estimate::mean(moments, paths);
    match estimate.se {
        Some(se) => estimate.value + ONE_SIDED * se,
        None => rule_of_three(paths),
    }
}
