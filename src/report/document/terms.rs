//! The deal's terms and each scenario's assumptions, as `terms.csv` has them.
use super::grid::Grid;
use super::{Block, Part, glossary, heading, words};
use crate::report::Lang;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// Sections of which there are several, each with a name: `tranche A1`.
const KINDS: &[(&str, &str, &str)] = &[
    ("tranche", "Classes of notes", "各档证券"),
    ("account", "Accounts", "账户"),
    ("fee", "Fees", "费用"),
    ("supporter", "Supporters", "增信方"),
    ("commitment", "Shortfall commitments", "差额支付承诺"),
    ("cover", "Loan-level covers", "贷款层面增信"),
    ("trigger", "Triggers", "触发机制"),
    ("licence", "Licences", "许可合同"),
    ("right", "Certificates of rights", "权利凭证"),
];

pub fn terms(runs: &[&Record], lang: Lang) -> Part {
    let mut blocks = Vec::new();
    if let Some(table) = runs.first().and_then(|run| run.table("terms.csv")) {
        for (section, en, zh) in [("deal", "The deal", "交易要素"), ("dates", "Dates", "日期")]
        {
            blocks.extend(pairs(table, section, lang.say(en, zh), lang).block());
        }
        for (kind, en, zh) in KINDS {
            blocks.extend(several(table, kind, lang.say(en, zh), lang).block());
        }
        blocks.extend(plans(table, lang).block());
        blocks.extend(order(table, lang));
    }
    blocks.extend(scenarios(runs, lang));
    Part::new(lang.say("Terms", "交易条款"), blocks).folded()
}

/// Item and value.
fn pairs(table: &Table, section: &str, title: &str, lang: Lang) -> Grid {
    let mut grid =
        Grid::titled(title).words(lang.say("item", "项目")).words(lang.say("value", "内容"));
    for row in table.rows.iter().filter(|row| table.text(row, "section") == section) {
        let (item, value) = (table.text(row, "item"), table.cell(row, "value"));
        if *value != Cell::Blank {
            let cells = vec![words::item(&item, lang), words::term(&item, value, lang)];
            grid.named(&item, cells);
        }
    }
    grid
}

/// Sections of one kind side by side: a row each, a column an item.
fn several(table: &Table, kind: &str, title: &str, lang: Lang) -> Grid {
    let start = format!("{kind} ");
    let name_of = |row: &[Cell]| -> Option<String> {
        table.text(row, "section").strip_prefix(&start).map(str::to_owned)
    };
    // A plan has a table of its own; levels by date are one column.
    let column = |item: String| match item.split_once(' ') {
        Some(("plan", _)) => None,
        Some(("level", _)) => Some("level".to_owned()),
        _ => Some(item),
    };
    let (mut names, mut items): (Vec<String>, Vec<String>) = Default::default();
    let rows: Vec<&Vec<Cell>> = table.rows.iter().filter(|row| name_of(row).is_some()).collect();
    for row in &rows {
        let said = *table.cell(row, "value") != Cell::Blank;
        names.extend(name_of(row).filter(|name| !names.contains(name)));
        let item = column(table.text(row, "item")).filter(|item| said && !items.contains(item));
        items.extend(item);
    }
    let mut grid = Grid::titled(title).words(lang.say("name", "名称"));
    for item in &items {
        let term = glossary::key(item);
        grid = grid.head(words::item(item, lang), words::is_figure(item), term);
    }
    for name in names {
        let own = |row: &&&Vec<Cell>| name_of(row).as_ref() == Some(&name);
        let own: Vec<&Vec<Cell>> = rows.iter().filter(own).copied().collect();
        let value = |item: &String| {
            let of =
                own.iter().filter(|row| column(table.text(row, "item")).as_ref() == Some(item));
            let each: Vec<String> = of.map(|row| level(table, &own, row, lang)).collect();
            if each.is_empty() { "-".to_owned() } else { each.join("; ") }
        };
        let cells = items.iter().map(value);
        grid.row(std::iter::once(words::value(&name, lang)).chain(cells).collect());
    }
    grid
}

/// A value; of a level by date, with its date; a level of calls is a count.
fn level(table: &Table, own: &[&Vec<Cell>], row: &[Cell], lang: Lang) -> String {
    let item = table.text(row, "item");
    let counts = own.iter().any(|row| table.text(row, "value") == "supporter_calls");
    let value = match counts && item.starts_with("level") {
        true => table.text(row, "value"),
        false => words::term(&item, table.cell(row, "value"), lang),
    };
    match item.strip_prefix("level from ") {
        Some(date) if lang == Lang::Zh => format!("{date} 起 {value}"),
        Some(date) => format!("{value} from {date}"),
        None => value,
    }
}

/// Plans of principal or balances, class by class.
fn plans(table: &Table, lang: Lang) -> Grid {
    let mut grid = Grid::titled(lang.say("Plans of principal or balance", "摊还计划"))
        .words(lang.say("class", "档次"))
        .words(lang.say("date", "日期"))
        .figures(lang.say("amount", "金额"));
    for row in &table.rows {
        let (section, item) = (table.text(row, "section"), table.text(row, "item"));
        if let (Some(class), Some(date)) =
            (section.strip_prefix("tranche "), item.strip_prefix("plan "))
        {
            let amount = words::term(&item, table.cell(row, "value"), lang);
            grid.row(vec![class.to_owned(), date.to_owned(), amount]);
        }
    }
    grid
}

/// The order of payment, branch by branch.
fn order(table: &Table, lang: Lang) -> Vec<Block> {
    let steps: Vec<words::Step> = table
        .rows
        .iter()
        .filter(|row| table.text(row, "section") == "waterfall")
        .map(|row| words::step(&table.text(row, "item"), &table.text(row, "value"), lang))
        .collect();
    let mut branches: Vec<&str> = Vec::new();
    for step in &steps {
        if !branches.contains(&step.branch.as_str()) {
            branches.push(&step.branch);
        }
    }
    let mut blocks = Vec::new();
    for branch in branches {
        let title = format!("{}: {branch}", lang.say("Order of payment", "分配顺序"));
        let mut grid = Grid::titled(&title)
            .words(lang.say("step", "步骤"))
            .words(lang.say("from", "付款账户"))
            .words(lang.say("pays", "支付"))
            .words(lang.say("how, and when", "方式与条件"));
        for step in steps.iter().filter(|step| step.branch == branch) {
            grid.row(vec![
                step.name.clone(),
                step.from.clone(),
                step.pays.clone(),
                step.how.clone(),
            ]);
        }
        blocks.extend(grid.block());
    }
    blocks
}

/// Runs side by side on paper.
const ABREAST: usize = 4;

/// Assumptions, a column a run; those that are alike in all of them stand there once.
fn scenarios(runs: &[&Record], lang: Lang) -> Vec<Block> {
    let mut items: Vec<String> = Vec::new();
    for run in runs {
        let Some(table) = run.table("terms.csv") else { continue };
        for row in table.rows.iter().filter(|row| table.text(row, "section") == "scenario") {
            let item = table.text(row, "item");
            if item != "name" && !items.contains(&item) {
                items.push(item);
            }
        }
    }
    let value = |run: &&Record, item: &String| -> String {
        let found = run.table("terms.csv").and_then(|table| {
            let row = table.rows.iter().find(|row| {
                table.text(row, "section") == "scenario" && table.text(row, "item") == *item
            })?;
            Some(words::term(item, table.cell(row, "value"), lang))
        });
        found.unwrap_or_else(|| "-".to_owned())
    };
    let mut alike = Grid::titled(lang.say("The same in every scenario", "各情景相同"))
        .words(lang.say("item", "项目"))
        .words(lang.say("value", "内容"));
    let mut differing = Vec::new();
    for item in &items {
        let values: Vec<String> = runs.iter().map(|run| value(run, item)).collect();
        match values.windows(2).all(|pair| pair[0] == pair[1]) {
            true => {
                let value = values.first().cloned().unwrap_or_default();
                alike.named(item, vec![words::item(item, lang), value]);
            }
            false => differing.push((item, values)),
        }
    }
    let mut blocks = vec![heading(lang.say("Assumptions", "假设"))];
    for from in (0..runs.len()).step_by(ABREAST) {
        let abreast = from..runs.len().min(from + ABREAST);
        let title =
            if from == 0 { lang.say("Different between scenarios", "各情景不同") } else { "" };
        let mut differs = Grid::titled(title).words(lang.say("item", "项目"));
        for run in &runs[abreast.clone()] {
            differs = differs.words(label(run, lang));
        }
        for (item, values) in &differing {
            let values = values[abreast.clone()].iter().cloned();
            let name = words::item(item, lang);
            differs.named(item, std::iter::once(name).chain(values).collect());
        }
        blocks.extend(differs.block());
    }
    blocks.extend(alike.block());
    blocks
}
