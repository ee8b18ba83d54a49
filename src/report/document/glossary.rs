//! What the field's terms mean, in words of our own: the page shows a meaning where its term
//! stands, the part of definitions lists those that a report uses.
//!
//! Invariant: a term has one entry, whatever the columns, measures and items that carry it.
mod paper;
mod risk;

use crate::report::Lang;

/// A term: the columns, measures and items that are it; its name and meaning in English, in
/// Chinese.
pub struct Entry {
    pub keys: &'static [&'static str],
    pub en: (&'static str, &'static str),
    pub zh: (&'static str, &'static str),
}

impl Entry {
    /// By which it is asked for.
    pub fn key(&self) -> &'static str {
        self.keys.first().copied().unwrap_or_default()
    }

    pub fn name(&self, lang: Lang) -> &'static str {
        self.said(lang).0
    }

    pub fn meaning(&self, lang: Lang) -> &'static str {
        self.said(lang).1
    }

    fn said(&self, lang: Lang) -> (&'static str, &'static str) {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// Every entry, in the order in which they are listed.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    paper::ENTRIES.iter().chain(risk::ENTRIES)
}

/// The key of what a column, measure or item is; empty where it needs no word.
pub fn key(name: &str) -> &'static str {
    entries().find(|entry| entry.keys.contains(&name)).map_or("", Entry::key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::columns;

    #[test]
    fn keys_are_names_of_places_in_a_page() {
        let plain = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
        assert!(entries().all(|entry| entry.key().chars().all(plain)));
    }

    #[test]
    fn a_term_has_one_entry_and_both_languages() {
        let mut seen: Vec<&str> = Vec::new();
        for entry in entries() {
            assert!(entry.keys.iter().all(|key| !seen.contains(key)), "{:?}", entry.keys);
            seen.extend(entry.keys);
            let chinese = |text: &str| text.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
            assert!(!chinese(entry.en.0) && !chinese(entry.en.1), "{}", entry.key());
            assert!(chinese(entry.zh.1), "{}", entry.key());
            assert!(entry.en.1.ends_with('.') && entry.zh.1.ends_with('。'), "{}", entry.key());
        }
        assert_eq!((key("yield_pa"), key("yield"), key("unit")), ("yield", "yield", ""));
    }

    #[test]
    fn every_rare_word_of_a_column_is_explained() {
        for column in ["pd", "el", "p_late", "loss_p99", "critical", "min_dscr", "wal_years"] {
            assert!(!key(column).is_empty(), "{column}");
            assert_ne!(columns::title(column, Lang::Zh), column.replace('_', " "));
        }
    }
}
