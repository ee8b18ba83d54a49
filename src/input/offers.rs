//! What a cell of free text may say: words that its reader knows, or what another column names. A
//! workbook to fill in offers it in a drop-down.
//!
//! Invariant: an offered word is one that the reader takes; what is not offered may still be right
//! (several names in one cell, a name that is yet to come).
use super::columns::TABLES;
use super::pd_table::GRADES;
use super::{fees, header, paper, rules};
use crate::dates::DayCount;

/// Where the words of a column are from.
pub enum Offer {
    Words(fn() -> Vec<String>),
    /// The values of a column of a table; several of them may stand in one cell.
    Of(&'static str, &'static str),
    /// What the rows of the table may be about.
    Items,
}

use Offer::{Items, Of, Words};

/// By table and column.
const OFFERS: &[(&str, &str, Offer)] = &[
    ("deal.csv", "key", Items),
    ("scenarios.csv", "assumption", Items),
    ("scenarios.csv", "name", Of("obligors.csv", "obligor")),
    ("state.csv", "item", Items),
    ("obligors.csv", "industry", Of("obligors.csv", "industry")),
    ("obligors.csv", "region", Of("obligors.csv", "region")),
    ("obligors.csv", "rating", Words(grades)),
    ("supporters.csv", "industry", Of("obligors.csv", "industry")),
    ("supporters.csv", "region", Of("obligors.csv", "region")),
    ("supporters.csv", "rating", Words(grades)),
    ("loans.csv", "obligor", Of("obligors.csv", "obligor")),
    ("loans.csv", "day_count", Words(loan_day_counts)),
    ("dues.csv", "loan", Of("loans.csv", "loan")),
    ("rights.csv", "loans", Of("loans.csv", "loan")),
    ("tranches.csv", "day_count", Words(day_counts)),
    ("plan.csv", "tranche", Of("tranches.csv", "tranche")),
    ("fees.csv", "base", Words(|| owned(fees::BASES))),
    ("fees.csv", "day_count", Words(day_counts)),
    ("accounts.csv", "target_of", Words(|| owned(paper::TARGETS_OF))),
    ("accounts.csv", "until", Of("tranches.csv", "tranche")),
    ("commitments.csv", "supporter", Of("supporters.csv", "supporter")),
    ("commitments.csv", "scope", Words(scopes)),
    ("covers.csv", "loans", Of("loans.csv", "loan")),
    ("covers.csv", "supporter", Of("supporters.csv", "supporter")),
    ("covers.csv", "rights", Of("rights.csv", "right")),
    ("costs.csv", "loans", Of("loans.csv", "loan")),
    ("triggers.csv", "measure", Words(|| owned(rules::MEASURES))),
    ("waterfall.csv", "from", Of("accounts.csv", "account")),
    ("waterfall.csv", "pay", Words(|| owned(rules::CLAIMS))),
    ("actuals.csv", "loan", Of("loans.csv", "loan")),
];

/// What a word names after its colon: by the word before it, else a tranche.
const NAMED: &[(&str, &str, &str)] = &[
    ("fee", "fees.csv", "fee"),
    ("fee_excess", "fees.csv", "fee"),
    ("account", "accounts.csv", "account"),
    ("supporter", "commitments.csv", "commitment"),
    ("supporter_failed", "supporters.csv", "supporter"),
    ("interest", "tranches.csv", "class"),
    ("principal", "tranches.csv", "class"),
];

/// What is offered in a column, if anything is.
pub fn offer(file: &str, column: &str) -> Option<&'static Offer> {
    OFFERS.iter().find(|known| (known.0, known.1) == (file, column)).map(|known| &known.2)
}

/// The words of a column; a word that names something, once for each name that the tables have.
pub fn words(file: &str, offer: &Offer, tables: &[(&str, &str)]) -> Vec<String> {
    let words = match offer {
        Of(..) => return Vec::new(),
        Words(words) => words(),
        Items => {
            let table = TABLES.iter().find(|about| about.file == file);
            let items = table.map_or(&[][..], |about| about.items);
            return items.iter().map(|item| item.name.to_owned()).collect();
        }
    };
    // `interest:CLASS` names something, `interest:senior` has named it.
    let open = |name: &str| name.bytes().all(|b| b.is_ascii_uppercase() || b == b';');
    let spelled = |word: String| match word.split_once(':').filter(|(_, name)| open(name)) {
        None => vec![word],
        Some((head, _)) => {
            let known = NAMED.iter().find(|known| known.0 == head);
            let (file, column) = known.map_or(("tranches.csv", "tranche"), |of| (of.1, of.2));
            let names = values(file, column, tables);
            names.into_iter().map(|name| format!("{head}:{name}")).collect()
        }
    };
    words.into_iter().flat_map(spelled).collect()
}

/// Where a column of a table stands, counted from 0, in the text of the table.
pub fn column_of(file: &str, column: &str, tables: &[(&str, &str)]) -> Option<usize> {
    let about = TABLES.iter().find(|about| about.file == file)?;
    let (_, text) = tables.iter().find(|(name, _)| *name == file)?;
    let first = text.trim_start_matches('\u{feff}').lines().next()?;
    let is = |written: &str| {
        header::column(written, about.columns).is_some_and(|known| known.name == column)
    };
    first.split(',').position(is)
}

/// The values of a column, each once.
fn values(file: &str, column: &str, tables: &[(&str, &str)]) -> Vec<String> {
    let text = tables.iter().find(|(name, _)| *name == file).map_or("", |(_, text)| text);
    let Some(at) = column_of(file, column, tables) else { return Vec::new() };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let mut found: Vec<String> = Vec::new();
    for record in reader.records().map_while(Result::ok) {
        let value = record.get(at).unwrap_or_default().trim().to_owned();
        if !value.is_empty() && !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The usual one first.
fn scopes() -> Vec<String> {
    [vec!["interest:senior;principal:senior".to_owned()], owned(rules::CLAIMS)].concat()
}

fn grades() -> Vec<String> {
    GRADES.iter().map(|(letters, _)| (*letters).to_owned()).collect()
}

fn day_counts() -> Vec<String> {
    DayCount::ALL.iter().map(|one| one.name().to_owned()).collect()
}

fn loan_day_counts() -> Vec<String> {
    [vec![super::pool::PERIODIC.to_owned()], day_counts()].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::input::{Source, assemble, read_folder};

    /// The table with the word in a column of its first row.
    fn with_word(text: &str, file: &str, column: &str, word: &str) -> String {
        let mut rows: Vec<Vec<String>> = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes())
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let at = column_of(file, column, &[(file, text)]).unwrap_or(rows[0].len());
        if at == rows[0].len() {
            rows[0].push(column.to_owned());
        }
        let width = rows[0].len();
        rows[1].resize(width, String::new());
        rows[1][at] = word.to_owned();
        let lines = rows.iter().map(|row| row.join(","));
        lines.collect::<Vec<_>>().join("\n") + "\n"
    }

    #[test]
    fn the_reader_takes_what_is_offered() {
        let mut tried = 0;
        for deal in ["special-plan", "abn-trust", "credit-trust", "licence"] {
            let root = env!("CARGO_MANIFEST_DIR");
            let folder = format!("{root}/src/cli/new/{deal}");
            let sources = read_folder(folder.as_ref()).unwrap();
            let texts: Vec<(String, String)> = sources
                .iter()
                .map(|one| (one.name.clone(), String::from_utf8(one.bytes.clone()).unwrap()))
                .collect();
            let tables: Vec<(&str, &str)> =
                texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            for (file, column, offer) in OFFERS {
                let Some((_, text)) = tables.iter().find(|table| table.0 == *file) else {
                    continue;
                };
                for word in words(file, offer, &tables) {
                    let changed = with_word(text, file, column, &word);
                    let changed = sources.iter().map(|one| match one.name == *file {
                        true => Source { bytes: changed.clone().into_bytes(), ..one.clone() },
                        false => one.clone(),
                    });
                    let (_, problems, _) = assemble(&changed.collect::<Vec<_>>());
                    let place = format!("{file}:2: {column}: ");
                    let refused = problems.iter().find(|problem| {
                        let unknown = [" is not one of ", " is none of ", " is not in "];
                        problem.starts_with(&place) && unknown.iter().any(|of| problem.contains(of))
                    });
                    assert_eq!(refused, None, "{deal}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 300, "{tried} words");
    }
}
