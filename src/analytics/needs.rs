//! What a senior class of a given size needs to meet a target: the other way round.
//!
//! One lever is moved and all else stays: the flat recovery rate in steps of 0.1%, what a
//! commitment pays in all or what a reserve is funded with in steps of 1 万, or how much larger than
//! the senior class the pool is. The answer is the least at which every chosen test holds, found by
//! halving: one step less fails a test. Where the most is not enough, that is told.

use super::critical::Grading;
use super::size::{Aim, Cuts, Obstacle, Question, STEP, Sizer, Test, wants_tail};
use super::stress::{SUPPORTS, stressed};
use crate::deal::{AccountKind, Deal};
use crate::engine::{Drawing, KeptPaths, Simulation, Support};
use crate::num::{Decimal, Fen};
use crate::scenario::{DefaultModel, Recovery};

/// Steps of recovery: tenths of a percent.
const RECOVERY_STEPS: i64 = 1000;

/// What is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lever {
    /// A flat rate, as late as the scenario's recoveries.
    Recovery,
    /// What a commitment (index) pays in all.
    Cap(usize),
    /// What a reserve account (index) is funded with at closing, and filled up to.
    Reserve(usize),
    /// Pool over senior, less 1.
    OverCollateral,
}

impl Lever {
    /// The word of options and tables.
    pub fn name(self) -> &'static str {
        match self {
            Lever::Recovery => "recovery",
            Lever::Cap(_) => "cap",
            Lever::Reserve(_) => "reserve",
            Lever::OverCollateral => "overcollateral",
        }
    }

    /// What it is of: the name of a commitment or an account.
    pub fn of(self, deal: &Deal) -> &str {
        match self {
            Lever::Cap(at) => &deal.commitments()[at].name,
            Lever::Reserve(at) => &deal.accounts()[at].name,
            Lever::Recovery | Lever::OverCollateral => "",
        }
    }

    /// Every lever that a deal has.
    pub fn of_deal(deal: &Deal) -> Vec<Lever> {
        let reserves = deal.accounts().iter().enumerate();
        let reserves = reserves.filter(|(_, account)| account.kind == AccountKind::Reserve);
        std::iter::once(Lever::Recovery)
            .chain((0..deal.commitments().len()).map(Lever::Cap))
            .chain(reserves.map(|(at, _)| Lever::Reserve(at)))
            .chain([Lever::OverCollateral])
            .collect()
    }
}

/// How far a lever is moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    Share(f64),
    Amount(Fen),
}

/// The answer for one target, support and lever.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    pub grade: String,
    /// By index into [`SUPPORTS`].
    pub support: usize,
    pub lever: Lever,
    /// As the deal and the scenario have it; none where it is not a number (no cap, rights that
    /// are sold).
    pub now: Option<Setting>,
    /// The least that is enough; none where the most is not.
    pub needed: Option<Setting>,
    pub most: Setting,
}

/// A senior class of a given size, and what it is tested on.
#[derive(Debug)]
pub struct Given<'a> {
    pub question: &'a Question<'a>,
    /// As drawn, and with worse years.
    pub paths: [Option<&'a KeptPaths<'a>>; 2],
    pub model: &'a DefaultModel,
    pub count: u64,
    pub seed: u64,
    /// In steps of 1 万.
    pub senior: Fen,
}

impl Given<'_> {
    /// What is needed of a lever; none where it does not bear on that support.
    pub fn need(&self, lever: Lever, aim: &Aim, support: usize) -> Result<Option<Need>, Obstacle> {
        let deal = self.question.deal;
        if matches!(lever, Lever::Cap(_)) && SUPPORTS[support] != Support::With {
            return Ok(None);
        }
        let most = match lever {
            Lever::Recovery => RECOVERY_STEPS,
            Lever::Cap(_) | Lever::Reserve(_) => Cuts::new(deal).total / STEP,
            Lever::OverCollateral => return self.overcollateral(aim, support).map(Some),
        };
        let steps = least(most, |steps| self.holds(lever, steps, aim, support))?;
        let setting = |steps: i64| match lever {
            Lever::Recovery => Setting::Share(steps as f64 / RECOVERY_STEPS as f64),
            _ => Setting::Amount(steps * STEP),
        };
        Ok(Some(Need {
            grade: aim.grade.clone(),
            support,
            lever,
            now: self.now(lever),
            needed: steps.map(setting),
            most: setting(most),
        }))
    }

    fn now(&self, lever: Lever) -> Option<Setting> {
        let deal = self.question.deal;
        match lever {
            Lever::Recovery => match &self.question.scenario.recovery {
                Recovery::Flat { rate, .. } => rate.to_string().parse().ok().map(Setting::Share),
                Recovery::Rights(_) => None,
            },
            Lever::Cap(at) => deal.commitments()[at].cap_total.map(Setting::Amount),
            Lever::Reserve(at) => Some(Setting::Amount(deal.accounts()[at].opening)),
            Lever::OverCollateral => Some(Setting::Share(self.over(self.senior))),
        }
    }

    /// The pool over so many steps of senior, less 1.
    fn over(&self, senior: Fen) -> f64 {
        Cuts::new(self.question.deal).total as f64 / (senior * STEP) as f64 - 1.0
    }

    /// The largest share that passes is what a pool of any size bears.
    fn overcollateral(&self, aim: &Aim, support: usize) -> Result<Need, Obstacle> {
        let found = Sizer::new(self.question, self.paths).size(aim, support)?.cut;
        Ok(Need {
            grade: aim.grade.clone(),
            support,
            lever: Lever::OverCollateral,
            now: self.now(Lever::OverCollateral),
            needed: found.map(|cut| Setting::Share(self.over(cut.senior / STEP))),
            most: Setting::Share(self.over(Cuts::new(self.question.deal).least())),
        })
    }

    /// Whether the size passes with the lever at so many steps.
    fn holds(&self, lever: Lever, steps: i64, aim: &Aim, support: usize) -> Result<bool, Obstacle> {
        let question = self.question;
        match lever {
            Lever::Recovery => self.holds_recovering(Decimal::new(steps, 3), aim, support),
            Lever::Cap(at) => self.passes(&question.deal.with_cap(at, steps * STEP)?, aim, support),
            Lever::Reserve(at) => {
                self.passes(&question.deal.with_reserve(at, steps * STEP)?, aim, support)
            }
            Lever::OverCollateral => Ok(false),
        }
    }

    /// Another paper on the same paths.
    fn passes(&self, deal: &Deal, aim: &Aim, support: usize) -> Result<bool, Obstacle> {
        let question = Question { deal, ..self.question.clone() };
        Sizer::new(&question, self.paths).passes(self.senior, support, aim)
    }

    /// The same paper on paths on which other amounts come back.
    fn holds_recovering(&self, rate: Decimal, aim: &Aim, support: usize) -> Result<bool, Obstacle> {
        let Question { deal, stresses, grading, .. } = self.question;
        let scenario = self.question.scenario.recovering(rate);
        let grading: Grading<'_> = *grading;
        let stressed = stressed(deal, &scenario, stresses)?;
        let question = Question { scenario: &scenario, stressed, grading, ..self.question.clone() };
        let tail = aim.pd.is_some_and(|pd| wants_tail(pd, self.count));
        let drawing = Drawing { seed: self.seed, tail };
        let simulation = Simulation::new(deal, &scenario, self.model, drawing);
        let simulation = simulation.map_err(Obstacle::Told)?;
        let drawn = question.chosen.contains(&Test::Pd).then(|| {
            KeptPaths::new(&simulation, self.count).map_err(|text| Obstacle::Told(vec![text]))
        });
        let drawn = drawn.transpose()?;
        let paths = if tail { [None, drawn.as_ref()] } else { [drawn.as_ref(), None] };
        Sizer::new(&question, paths).passes(self.senior, support, aim)
    }
}

/// The least number of steps that is enough, of those up to the most; none where that is not.
fn least(
    most: i64,
    enough: impl Fn(i64) -> Result<bool, Obstacle>,
) -> Result<Option<i64>, Obstacle> {
    if enough(0)? {
        return Ok(Some(0));
    }
    if !enough(most)? {
        return Ok(None);
    }
    let (mut short, mut found) = (0, most);
    while found - short > 1 {
        let middle = short + (found - short) / 2;
        match enough(middle)? {
            true => found = middle,
            false => short = middle,
        }
    }
    Ok(Some(found))
}
