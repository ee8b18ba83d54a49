//! What `size` writes: tables, the frontier, a summary and the manifest.

mod notes;
mod summary;
mod tables;

pub use notes::{no_interval, warnings};
pub(super) use summary::definitions;

use crate::analytics::needs::Need;
use crate::analytics::size::{Question, Sized};
use crate::analytics::stress::SUPPORTS;
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::document::words;
use crate::report::manifest::{Manifest, SizeOptions};
use crate::report::words::percent;

/// The word where nothing but the sub's last step is in the way.
const NO_TEST: &str = "none";

/// Every figure of a sized deal.
#[derive(Clone, Debug)]
pub struct Sizes<'a> {
    pub question: &'a Question<'a>,
    pub paths: u64,
    pub seed: u64,
    /// By target, then by support.
    pub sized: Vec<Sized>,
    /// Grade of the senior classes, and the mezzanine below them, where it is asked for.
    pub mezzanine: Vec<(String, Sized)>,
    /// Principal of the pool down to 1 万.
    pub total: Fen,
    /// The size that needs are of, where any are asked for.
    pub senior: Option<Fen>,
    /// By target, support and lever.
    pub needs: Vec<Need>,
}

impl Sizes<'_> {
    /// Senior over all notes; 0 where no size passes.
    pub fn share(&self, sized: &Sized) -> f64 {
        let senior = sized.cut.as_ref().map_or(0, |cut| cut.senior);
        senior as f64 / self.total.max(1) as f64
    }
}

/// Names of the tests that bind, as the tables have them.
pub fn binding(sized: &Sized) -> String {
    let names: Vec<&str> = sized.binding.iter().map(|test| test.name()).collect();
    if names.is_empty() { NO_TEST.to_owned() } else { names.join(";") }
}

/// Tests in a word: as the tables name them in English.
pub fn tests_said(names: &str, lang: Lang) -> String {
    match lang {
        Lang::En => names.to_owned(),
        Lang::Zh => words::tests(names, lang),
    }
}

/// Every file, in a fixed order. `inputs` are names and SHA-256 of the deal's tables.
pub fn size_files(
    sizes: &Sizes<'_>,
    inputs: &[(String, String)],
    options: SizeOptions,
    lang: Lang,
) -> Vec<(String, Vec<u8>)> {
    let mut sheets = vec![tables::sizes(sizes), tables::tests(sizes), tables::near(sizes)];
    if !sizes.mezzanine.is_empty() {
        sheets.push(tables::mezzanine(sizes));
    }
    if sizes.senior.is_some() {
        sheets.push(tables::needs(sizes));
    }
    sheets.push(notes::sheet(sizes));
    let manifest = Manifest::of_size(inputs, sizes, options, lang);
    super::files(&sheets, summary::summary(sizes, lang), manifest, lang)
}

/// What a run prints: a line a target and support.
pub fn headline(sizes: &Sizes<'_>, lang: Lang) -> String {
    let mut text = String::new();
    for sized in &sizes.sized {
        let (grade, support) = (&sized.aim.grade, SUPPORTS[sized.support].name());
        let supported = match support {
            "with" => lang.say("with support", "有增信"),
            _ => lang.say("without support", "无增信"),
        };
        let (share, by) = (percent(sizes.share(sized)), tests_said(&binding(sized), lang));
        let line = match (&sized.cut, lang) {
            (Some(cut), Lang::En) => format!(
                "{grade} {supported}: senior {}, {share} of the notes; binds: {by}\n",
                lang.amount(yuan_of(cut.senior))
            ),
            (Some(cut), Lang::Zh) => format!(
                "{grade}（{supported}）：优先级 {}，占 {share}；约束：{by}\n",
                lang.amount(yuan_of(cut.senior))
            ),
            (None, Lang::En) => format!("{grade} {supported}: no size passes; fails: {by}\n"),
            (None, Lang::Zh) => format!("{grade}（{supported}）：任何规模均不通过；未通过：{by}\n"),
        };
        text.push_str(&line);
    }
    for line in warnings(sizes, lang) {
        text.push_str(&format!("{line}\n"));
    }
    text
}
