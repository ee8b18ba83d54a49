//! The pages of words, in Markdown, that a folder of results opens with (`summary.md`): a title,
//! sections, lines, rows of tables, and the facts that several pages open with.
//!
//! Invariant: one blank line stands before and after each heading.
use crate::analytics::critical::Grading;
use crate::deal::{Deal, Measure};
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::words::counted;

/// A page as far as it is written.
pub struct Prose {
    pub lang: Lang,
    text: String,
}

impl Prose {
    /// Begins `# of: what`.
    pub fn titled(of: &str, what: &str, lang: Lang) -> Prose {
        Prose { lang, text: format!("# {of}: {what}\n\n") }
    }

    /// The title of a section.
    pub fn heading(&mut self, en: &str, zh: &str) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        self.line(&format!("## {}\n", self.lang.say(en, zh)));
    }

    pub fn line(&mut self, line: &str) {
        self.add(line);
        self.text.push('\n');
    }

    /// A row of a table.
    pub fn row(&mut self, cells: &[String]) {
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    /// Whole lines that are written already.
    pub fn add(&mut self, lines: &str) {
        self.text.push_str(lines);
    }

    /// The page as the file has it.
    pub fn done(self) -> String {
        self.text
    }
}

/// The pool in a word; `principal` at the cut-off date.
pub fn pool(loans: usize, firms: usize, principal: Fen, lang: Lang) -> String {
    let principal = lang.amount(yuan_of(principal));
    match lang {
        Lang::En => {
            format!("Pool: {} of {}, {principal}", counted(loans, "loan"), counted(firms, "firm"))
        }
        Lang::Zh => format!("资产池：{firms} 家企业 {loans} 笔贷款，{principal}"),
    }
}

/// What grades are read from.
pub fn targets(grading: &Grading<'_>, lang: Lang) -> String {
    let (table, source) = (&grading.table.name, &grading.table.source);
    let kind = grading.asset_type.name();
    match lang {
        Lang::En => format!("Targets: table `{table}`, asset type `{kind}`. Source: {source}."),
        Lang::Zh => format!("目标表 `{table}`，资产类型 `{kind}`。来源：{source}。"),
    }
}

/// Why a class can be worse off with support than without; `accelerates` is what
/// [`supporter_accelerates`] says of its deal.
pub fn why_support_hurts(accelerates: bool, lang: Lang) -> &'static str {
    match accelerates {
        true => lang.say(
            "calls on a supporter, or its failure, are an event here that makes all principal due \
             at once; without support there is no such event",
            "增信方被启动或违约在本交易中触发加速清偿，全部本金即时到期；无增信时不存在该事件",
        ),
        false => lang.say(
            "support changes when and in which order classes are paid",
            "增信改变了支付时点与顺序",
        ),
    }
}

/// That a class loses more with support than without, and why that can be.
pub fn hurt_by_support(
    class: &str,
    [with, without]: [String; 2],
    accelerates: bool,
    lang: Lang,
) -> String {
    let why = why_support_hurts(accelerates, lang);
    match lang {
        Lang::En => {
            format!("{class} loses {with} with it and {without} without it, since {why}.")
        }
        Lang::Zh => {
            format!("{class}：有增信时损失 {with}，无增信时 {without}，因{why}。")
        }
    }
}

/// Whether calls on a supporter, or its failure, open another branch of the order of payment.
pub fn supporter_accelerates(deal: &Deal) -> bool {
    let of_supporter = |measure: &Measure| {
        matches!(measure, Measure::SupporterCalls | Measure::SupporterFailed(_))
    };
    let mut triggers = deal.triggers().iter();
    triggers.any(|trigger| of_supporter(&trigger.measure) && trigger.effect.branch().is_some())
}
