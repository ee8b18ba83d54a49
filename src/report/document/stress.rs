//! A stress run: what each class stands, what it loses under each stress, which firms break it.
use super::grid::{Grid, shown, told};
use super::{Part, charts, glossary, heading, said, text, words};
use crate::report::Lang;
use crate::report::columns;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::scenario as named;
use crate::report::table::Cell;

const WAYS: [&str; 2] = ["without", "with"];

pub fn stress(run: &Record, lang: Lang) -> Part {
    let mut blocks = vec![text(match lang {
        Lang::En => format!("Stresses of scenario {}.", run.scenario),
        Lang::Zh => format!("对情景“{}”施加的压力。", named(&run.scenario, lang)),
    })];
    blocks.extend(said(run, lang));
    blocks.push(heading(lang.say("What each class stands", "各档可承受的违约率")));
    blocks.extend(charts(run, &["critical.svg"], lang));
    if let Some(table) = run.table("critical.csv") {
        let title =
            lang.say("Critical default rate, under each stress", "各压力情景下的临界违约率");
        blocks.extend(across(title, table, "critical", lang).block());
        blocks.extend(graded(table, lang).block());
    }
    if let Some(table) = run.table("targets.csv") {
        let names = ["grade", "multiplier", "target_rate"];
        blocks.extend(Grid::of(&asked(table, lang), table, &names, lang, |_| true).block());
    }
    if let Some(table) = run.table("stress.csv") {
        blocks.push(heading(lang.say("Losses", "损失")));
        blocks.extend(charts(run, &["losses.svg"], lang));
        let title = lang.say("Loss, share of notional", "损失率（占发行规模）");
        blocks.extend(across(title, table, "loss", lang).block());
        let title = columns::title("min_coverage", lang);
        blocks.extend(across(&title, table, "min_coverage", lang).block());
        blocks.extend(payments(table, lang).block());
    }
    blocks.extend(charts(run, &["grid.svg"], lang));
    if let Some(table) = run.table("breakers.csv") {
        blocks.push(heading(lang.say("Which firms break a class", "哪些企业足以造成损失")));
        blocks.extend(breakers(table, lang).block());
    }
    if let Some(table) = run.table("investor.csv") {
        blocks.push(heading(lang.say("For investors", "投资者指标")));
        blocks.extend(investor(table, lang).block());
    }
    Part::new(lang.say("Stress", "压力测试"), blocks)
}

/// What each grade asks: by which table, of which base rate.
fn asked(table: &Table, lang: Lang) -> String {
    let first = table.rows.first().map_or(&[][..], Vec::as_slice);
    let said = |name: &str| told(table, first, name, lang);
    let (base, targets, kind) = (said("base_rate"), said("targets"), said("asset_type"));
    match lang {
        Lang::En => {
            format!("What each grade asks: times the base rate of {base} ({targets}, {kind})")
        }
        Lang::Zh => format!("各级别的目标违约率：基准违约率 {base} 的倍数（{targets}，{kind}）"),
    }
}

/// One figure by scenario, a column a class without and with support.
fn across(title: &str, table: &Table, figure: &str, lang: Lang) -> Grid {
    let of = table.by_class("scenario", figure);
    let mut grid = Grid::titled(title).of_term(figure).words_of("scenario", lang);
    for (class, with) in &of.columns {
        grid = grid.under(class, with, lang);
    }
    for (scenario, cells) in of.rows {
        let said = cells.iter().map(|cell| match cell {
            Cell::Text(word) => words::value(word, lang),
            cell => shown(figure, cell),
        });
        let name = match scenario.as_str() {
            "all" => lang.say("lowest of all", "各情景最低"),
            name => named(name, lang),
        };
        grid.row(std::iter::once(name.to_owned()).chain(said).collect());
    }
    grid
}

/// What each class stands under all stresses, and its grade.
fn graded(table: &Table, lang: Lang) -> Grid {
    let names = ["tranche", "support", "critical", "multiple", "grade", "joint_grade"];
    let least = |row: &[Cell]| table.text(row, "scenario") == "all";
    let title = lang.say("The lowest of all stresses", "各压力情景中最低者");
    Grid::of(title, table, &names, lang, least)
}

/// What supporters pay, where they pay.
fn payments(table: &Table, lang: Lang) -> Grid {
    let mut grid = Grid::titled(lang.say("What supporters pay, yuan", "增信方支付额（元）"))
        .words_of("scenario", lang)
        .figures_of("called", lang)
        .figures_of("paid", lang);
    for scenario in table.distinct("scenario") {
        let own = |row: &&Vec<Cell>| {
            table.text(row, "scenario") == scenario && table.text(row, "support") == "with"
        };
        // The same in the rows of all classes.
        let Some(row) = table.rows.iter().find(own) else { continue };
        if table.cell(row, "called").number().is_some_and(|called| called > 0.0) {
            let cells = ["called", "paid"].map(|name| shown(name, table.cell(row, name)));
            let name = named(&scenario, lang).to_owned();
            grid.row(std::iter::once(name).chain(cells).collect());
        }
    }
    grid
}

/// The costliest of the smallest sets, by class and support, and what the supporter pays with it:
/// with support, since without nobody is called.
fn breakers(table: &Table, lang: Lang) -> Grid {
    let mut grid = Grid::titled(lang.say("The smallest sets of firms", "最少户数的企业组合"));
    for name in ["tranche", "support", "obligors"] {
        grid = grid.words_of(name, lang);
    }
    grid = grid.figures(lang.say("firms", "户数"));
    grid = grid.figures_of("loss", lang).head(
        lang.say("supporter pays, with support", "有增信时增信方支付").to_owned(),
        true,
        glossary::key("supporter_paid"),
    );
    for class in table.distinct("tranche") {
        for with in WAYS {
            let own = |row: &&Vec<Cell>| {
                table.text(row, "tranche") == class
                    && table.text(row, "support") == with
                    && table.text(row, "test") == "smallest set"
                    && table.text(row, "paid_in_full") == "no"
            };
            let Some(row) = table.rows.iter().find(own) else { continue };
            let firms = table.text(row, "obligors").replace(';', lang.say("; ", "；"));
            let mut cells = vec![class.clone(), told(table, row, "support", lang), firms];
            cells.extend(["size", "loss"].map(|name| told(table, row, name, lang)));
            cells.push(bill(table, row));
            grid.supported(with, cells);
        }
    }
    grid
}

/// What the supporter pays, with support, where the firms of this row default.
fn bill(table: &Table, row: &[Cell]) -> String {
    let of =
        |row: &[Cell]| ["tranche", "obligors", "test", "grade"].map(|name| table.text(row, name));
    let supported = table.rows_of("support", "with").find(|other| of(other) == of(row));
    shown("paid", supported.map_or(&Cell::Blank, |row| table.cell(row, "supporter_paid")))
}

/// Yields, lives and durations without stress.
fn investor(table: &Table, lang: Lang) -> Grid {
    let names = [
        "tranche",
        "support",
        "yield_pa",
        "wal_years",
        "macaulay_years",
        "modified_years",
        "convexity",
        "loss",
        "street_yield_pa",
    ];
    let first = table.distinct("scenario").first().cloned().unwrap_or_default();
    let title = match lang {
        Lang::En => format!("Scenario {first}, at the issue price"),
        Lang::Zh => format!("情景：{}，按发行价", named(&first, lang)),
    };
    Grid::of(&title, table, &names, lang, |row| table.text(row, "scenario") == first)
}
