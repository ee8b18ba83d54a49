//! What a simulation of a shelf says of its series and of those who stand behind them.
//!
//! Every figure stands beside what it is alone: for a series, if all capacity were its own; for the
//! programme, before the last series was added. All are of the same paths.

use super::simulated::{Estimate, quantile_99, share_of};
use crate::engine::{Moments, ShelfTally, ShelfWay, SupporterSums};

/// One figure in three ways of running the same paths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ways {
    /// All series, out of the capacity that they share.
    pub together: Estimate,
    /// Each series as if all capacity were its own.
    pub alone: Estimate,
    /// Commitments do not exist.
    pub without: Estimate,
    /// Covers of loans do not exist either; none where no series has any.
    pub bare: Option<Estimate>,
}

/// A class of a series; loss over notional.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JointClass {
    /// Principal or interest is unpaid at the end.
    pub pd: Ways,
    pub el: Ways,
}

/// A series.
#[derive(Clone, Debug, PartialEq)]
pub struct JointSeries {
    pub classes: Vec<JointClass>,
    /// A senior class of it is unpaid.
    pub unpaid: Ways,
    /// Of it and of no other series, together.
    pub only: Estimate,
    /// Its part of the probability that any is: where several are, each has the same part.
    pub part_of_any: Estimate,
}

/// A supporter behind the first so many series; amounts over the initial principal of all.
#[derive(Clone, Debug, PartialEq)]
pub struct JointSupporter {
    pub called: Estimate,
    /// Of the paths on which it is called: it has failed; its capacity is used up.
    pub failed_when_called: Option<Estimate>,
    pub short_when_called: Option<Estimate>,
    pub amount_called: Estimate,
    pub amount_paid: Estimate,
    pub paid_p99: Estimate,
    /// By series: paid.
    pub by_series: Vec<Estimate>,
}

/// The first so many series together.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstSeries {
    /// A senior class of any of them is unpaid; of any but the last.
    pub any_unpaid: Estimate,
    pub any_earlier_unpaid: Estimate,
    /// What the last changes for those before it: that any is unpaid, and unpaid principal (over
    /// the initial principal of all); both of differences path by path.
    pub earlier_change: Estimate,
    pub earlier_loss_change: Estimate,
    /// By series: a senior class of it is unpaid; and by class, (PD, EL).
    pub unpaid: Vec<Estimate>,
    pub classes: Vec<Vec<(Estimate, Estimate)>>,
    pub supporters: Vec<JointSupporter>,
}

/// A shelf over all paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    pub paths: u64,
    pub series: Vec<JointSeries>,
    /// A senior class of any series is unpaid.
    pub any_unpaid: Ways,
    /// By how many series have a senior class unpaid, together: from none to all.
    pub counts: Vec<Estimate>,
    /// The first series, the first two, and so on to all.
    pub first: Vec<FirstSeries>,
}

impl Joint {
    /// From the sums over paths.
    pub fn new(tally: &ShelfTally) -> Joint {
        let paths = tally.paths;
        let mean = |moments: &Moments| Estimate::mean(moments, paths);
        let all = tally.together.last().unwrap_or(&tally.alone);
        let ways = |of: &dyn Fn(&ShelfWay) -> Moments| Ways {
            together: mean(&of(all)),
            alone: mean(&of(&tally.alone)),
            without: mean(&of(&tally.without)),
            bare: tally.bare.as_ref().map(|way| mean(&of(way))),
        };
        let series = |at: usize| JointSeries {
            classes: (0..all.classes[at].len())
                .map(|class| JointClass {
                    pd: ways(&|way| way.classes[at][class].0),
                    el: ways(&|way| way.classes[at][class].1),
                })
                .collect(),
            unpaid: ways(&|way| way.unpaid[at]),
            only: mean(&all.only_unpaid[at]),
            part_of_any: mean(&all.part_of_any[at]),
        };
        let both = |(unpaid, loss): &(Moments, Moments)| (mean(unpaid), mean(loss));
        let first = |(at, way): (usize, &ShelfWay)| FirstSeries {
            unpaid: way.unpaid.iter().take(at + 1).map(mean).collect(),
            classes: way
                .classes
                .iter()
                .take(at + 1)
                .map(|classes| classes.iter().map(both).collect())
                .collect(),
            any_unpaid: mean(&way.any_unpaid),
            any_earlier_unpaid: mean(&way.any_earlier_unpaid),
            earlier_change: mean(&way.earlier_change),
            earlier_loss_change: mean(&way.earlier_loss_change),
            supporters: way.supporters.iter().map(|sums| supporter(sums, paths)).collect(),
        };
        Joint {
            paths,
            series: (0..all.series()).map(series).collect(),
            any_unpaid: ways(&|way| way.any_unpaid),
            counts: all.counts.iter().map(mean).collect(),
            first: tally.together.iter().enumerate().map(first).collect(),
        }
    }

    /// Behind all series.
    pub fn supporters(&self) -> &[JointSupporter] {
        self.first.last().map_or(&[], |all| &all.supporters)
    }
}

fn supporter(of: &SupporterSums, paths: u64) -> JointSupporter {
    let mean = |moments: &Moments| Estimate::mean(moments, paths);
    JointSupporter {
        called: mean(&of.called),
        failed_when_called: share_of(&of.failed_when_called, &of.called),
        short_when_called: share_of(&of.short, &of.called),
        amount_called: mean(&of.amount_called),
        amount_paid: mean(&of.amount_paid),
        paid_p99: quantile_99(&of.paid, paths),
        by_series: of.by_series.iter().map(mean).collect(),
    }
}
