//! What simulation draws from, of a deal that has no problem: a default curve for each firm, and
//! their correlation. A curve comes from the firm's own probabilities where it has any, else from
//! its rating in the deal's table.

use super::assemble::Loaded;
use super::pd_table;
use super::problems::{Place, Problems};
use super::reader::real;
use crate::asset::{CurveFault, PdCurve, PdTable};
use crate::num::Decimal;
use crate::scenario::DefaultModel;

/// What the tables say of one firm's defaults.
struct Firm<'a> {
    file: &'static str,
    name: &'a str,
    rating: Option<&'a str>,
    pd_1y: Option<Decimal>,
    pd_later: &'a [(u32, Decimal)],
    /// Its default moves something.
    matters: bool,
}

/// The model, or every firm of which the tables say too little.
pub fn default_model(loaded: &Loaded) -> Result<DefaultModel, Vec<String>> {
    let problems = Problems::new();
    let firms = firms(loaded);
    let curves = firms.iter().map(|firm| curve(firm, &loaded.pd_table, &problems)).collect();
    if !problems.is_empty() {
        return Err(problems.into_lines());
    }
    Ok(DefaultModel { correlation: loaded.correlation.clone(), curves })
}

fn firms(loaded: &Loaded) -> Vec<Firm<'_>> {
    let deal = &loaded.deal;
    let obligors = deal.obligors().iter().map(|firm| Firm {
        file: "obligors.csv",
        name: &firm.name,
        rating: firm.rating.as_deref(),
        pd_1y: firm.pd_1y,
        pd_later: &firm.pd_later,
        matters: true,
    });
    let supports = |at: usize| {
        deal.commitments().iter().any(|commitment| commitment.supporter == at)
            || deal.covers().iter().any(|cover| cover.supporter == at)
    };
    let supporters = deal.supporters().iter().enumerate().map(|(at, firm)| Firm {
        file: "supporters.csv",
        name: &firm.name,
        rating: firm.rating.as_deref(),
        pd_1y: firm.pd_1y,
        pd_later: &firm.pd_later,
        matters: supports(at),
    });
    obligors.chain(supporters).collect()
}

/// One that never defaults where there is a problem, or where it does not matter.
fn curve(firm: &Firm, table: &PdTable, problems: &Problems) -> PdCurve {
    let first = firm.pd_1y.map(|pd| (1, pd));
    let points: Vec<(u32, Decimal)> = first.into_iter().chain(firm.pd_later.to_vec()).collect();
    let problem = |text: String| {
        if firm.matters {
            problems.at(&Place::file(firm.file), text);
        }
        PdCurve::never()
    };
    let name = firm.name;
    if let Some((years, pd)) = points.iter().find(|(_, pd)| *pd >= Decimal::ONE) {
        let percent = (pd * Decimal::ONE_HUNDRED).normalize();
        return problem(format!("{name}: pd_{years}y {percent}% makes no curve (want below 100%)"));
    }
    let points: Vec<(f64, f64)> =
        points.iter().map(|(years, pd)| (f64::from(*years), real(*pd))).collect();
    match PdCurve::new(&points) {
        Ok(curve) => curve,
        Err(CurveFault::Empty) => {
            let rated = firm.rating.and_then(|rating| pd_table::curve(table, rating));
            rated.cloned().unwrap_or_else(|| {
                let (known, need) = (&table.name, "simulate needs one of them");
                problem(format!("{name} has neither pd_1y nor a rating that {known} knows: {need}"))
            })
        }
        Err(CurveFault::Years(years)) => problem(format!("{name}: year {years} is out of order")),
        Err(CurveFault::Probability(pd)) => {
            problem(format!("{name}: a probability of {pd} is below that of an earlier year"))
        }
    }
}
