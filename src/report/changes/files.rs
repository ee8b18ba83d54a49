//! What changed between runs as files: a table, a text, a document for page and paper.
use super::{Change, grouped_by_kind, heading, last_measures, nothing, rows, scale, simulated};
use crate::report::Lang;
use crate::report::document::{Block, Document, Fact, Grid, Part};
use crate::report::record::Record;
use crate::report::table::{Cell, Sheet};

/// `--out FILE.csv`: pairs of runs under their name.
pub fn to_csv(pairs: &[(String, Vec<Change>)]) -> Vec<u8> {
    let header =
        ["run", "what", "of", "item", "support", "before", "after", "change", "unit", "move", "se"];
    let mut sheet = Sheet::new("changes.csv", &header);
    let number = |value: Option<f64>, decimals| {
        value.map_or(Cell::Blank, |value| Cell::Number(value, decimals))
    };
    for (run, changes) in pairs {
        sheet.rows.extend(changes.iter().map(|change| {
            vec![
                Cell::text(run),
                Cell::text(change.what.word()),
                Cell::text(&change.of),
                Cell::text(&change.item),
                Cell::text(&change.support),
                change.before.clone(),
                change.after.clone(),
                change.by(),
                Cell::text(&change.unit),
                number(change.size, 6),
                number(change.se, 12),
            ]
        }));
    }
    sheet.to_csv()
}

/// `--out FILE.md`.
pub fn to_markdown(pairs: &[(String, Vec<Change>)], lang: Lang) -> String {
    let mut out = format!("# {}\n", lang.say("What changed", "变动"));
    for (run, changes) in pairs {
        out.push_str(&format!("\n## {run}\n"));
        if changes.is_empty() {
            out.push_str(&format!("\n{}\n", nothing(lang)));
        }
        for (what, group) in grouped_by_kind(changes) {
            let simulated = simulated(&group);
            let (title, columns) = heading(what, simulated, lang);
            out.push_str(&format!("\n### {title}\n\n| {} |\n", columns.join(" | ")));
            out.push_str(&format!("|{}\n", "---|".repeat(columns.len())));
            for row in rows(&group, lang) {
                let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
                out.push_str(&format!("| {} |\n", cells.join(" | ")));
            }
            if Some(what) == last_measures(changes) {
                out.push_str(&format!("\n{}\n", scale(lang)));
            }
        }
    }
    out
}

/// The document of pairs of runs, for paper and page; `alone` has no partner.
pub fn document(
    (before, after): (&Record, &Record),
    pairs: &[(String, Vec<Change>)],
    alone: &[String],
    lang: Lang,
) -> Document {
    let mut parts: Vec<Part> = pairs.iter().map(|(name, of)| part(name, of, lang)).collect();
    if !alone.is_empty() {
        let title = lang.say("Only in one of the two", "仅见于其中一方");
        parts.push(Part::new(title, vec![Block::List { items: alone.to_vec() }]).following());
    }
    let fact = |name: &str, of: &Record| Fact {
        name: name.to_owned(),
        value: [of.called(), of.folder.clone()].join(": "),
        term: "",
    };
    let facts =
        vec![fact(lang.say("before", "之前"), before), fact(lang.say("after", "之后"), after)];
    Document::of(lang.say("What changed", "变动").to_owned(), facts, parts, lang)
}

fn part(name: &str, changes: &[Change], lang: Lang) -> Part {
    let mut blocks = Vec::new();
    if changes.is_empty() {
        blocks.push(Block::Text { text: nothing(lang).to_owned() });
    }
    for (what, group) in grouped_by_kind(changes) {
        let (title, columns) = heading(what, simulated(&group), lang);
        let mut grid = Grid::titled(title);
        for (at, column) in columns.iter().enumerate() {
            let figure = what.is_measure() && at >= 3;
            grid = if figure { grid.figures(*column) } else { grid.words(*column) };
        }
        rows(&group, lang).into_iter().for_each(|row| grid.row(row));
        blocks.extend(grid.block());
        let told = Block::Text { text: scale(lang).to_owned() };
        blocks.extend((Some(what) == last_measures(changes)).then_some(told));
    }
    Part::new(name, blocks).following()
}
