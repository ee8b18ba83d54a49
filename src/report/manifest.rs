//! What a run was made from: enough to make it again, and nothing of where or when it was made.
use std::collections::BTreeMap;

use serde::Serialize;

use crate::deal::Deal;
use crate::report::Lang;
use crate::report::simulation::{Address, DealFacts};
use crate::report::size::Sizes;
use crate::report::stress::Findings;
use crate::report::table::Sheet;
use crate::scenario::Scenario;

/// `manifest.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    pub program: &'static str,
    pub version: &'static str,
    pub command: &'static str,
    pub lang: &'static str,
    /// What the deal is called; a run of a programme has `programme` instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal: Option<String>,
    /// `loans.csv` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loans: Option<bool>,
    /// Of a simulation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<bool>,
    /// Of the exact distribution of the pool's loss, which draws nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact_pool: Option<bool>,
    /// Of `stress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stress: Option<StressOptions>,
    /// Of `size`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<SizeOptions>,
    /// Of `shelf`: what the programme is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelf: Option<ShelfOptions>,
    pub scenarios: Vec<String>,
    /// SHA-256 of every table, by name.
    pub inputs: BTreeMap<String, String>,
    /// Rows of every table that was written, by name: whether one is whole.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: BTreeMap<&'static str, usize>,
}

/// What `stress` was asked, as typed.
#[derive(Clone, Debug, Serialize)]
pub struct StressOptions {
    pub targets: String,
    pub asset_type: String,
    pub joint_correlation: String,
    pub pool_names: String,
    pub large_obligor_binding: bool,
    pub grid: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<String>,
    pub require: Vec<String>,
}

/// What `size` was asked, as typed, and which tests decide.
#[derive(Clone, Debug, Serialize)]
pub struct SizeOptions {
    pub target: Vec<String>,
    pub targets: String,
    pub asset_type: String,
    pub joint_correlation: String,
    pub pool_names: String,
    pub tests: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mezzanine: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub senior: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require: Option<String>,
}

/// What `shelf` was asked, as typed.
#[derive(Clone, Debug, Serialize)]
pub struct ShelfOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<String>,
    /// Seconds that filling might take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// Present where that cut it: another machine may fill otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut_by_clock: bool,
    pub require: bool,
    /// Paths of the series together; none where they are not simulated.
    pub paths: Option<u64>,
    pub seed: Option<u64>,
    pub tail: bool,
}

impl Manifest {
    /// Of a command that neither samples nor takes options of its own.
    fn new(
        command: &'static str,
        deal: Option<&str>,
        inputs: &[(String, String)],
        scenarios: &[&Scenario],
        lang: Lang,
    ) -> Manifest {
        Manifest {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            command,
            lang: lang.word(),
            deal: deal.map(str::to_owned),
            loans: None,
            seed: None,
            paths: None,
            tail: None,
            exact_pool: None,
            stress: None,
            size: None,
            programme: None,
            shelf: None,
            scenarios: scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
            inputs: inputs.iter().cloned().collect(),
            rows: BTreeMap::new(),
        }
    }

    /// With the tables that are written with it.
    pub fn with(self, sheets: &[Sheet]) -> Manifest {
        let rows = sheets.iter().map(|sheet| (sheet.name, sheet.rows.len())).collect();
        Manifest { rows, ..self }
    }

    /// Of `run`.
    pub fn of_run(
        deal: &Deal,
        inputs: &[(String, String)],
        scenarios: &[&Scenario],
        lang: Lang,
        with_loans: bool,
    ) -> Manifest {
        let name = Some(deal.terms().name.as_str());
        Manifest { loans: Some(with_loans), ..Manifest::new("run", name, inputs, scenarios, lang) }
    }

    /// Of `simulate`, however it was shared out.
    pub fn of_simulation(deal: &DealFacts, address: &Address, lang: Lang) -> Manifest {
        Manifest {
            seed: Some(address.seed),
            paths: Some(address.paths),
            tail: Some(address.tail),
            scenarios: vec![address.scenario.clone()],
            inputs: address.inputs.clone(),
            ..Manifest::new("simulate", Some(&deal.name), &[], &[], lang)
        }
    }

    /// Of `simulate --exact-pool`.
    pub fn of_exact_pool(
        deal: &Deal,
        inputs: &[(String, String)],
        scenario: &Scenario,
        lang: Lang,
    ) -> Manifest {
        let name = Some(deal.terms().name.as_str());
        let exact_pool = Some(true);
        Manifest { exact_pool, ..Manifest::new("simulate", name, inputs, &[scenario], lang) }
    }

    /// Of `stress`.
    pub fn of_stress(
        findings: &Findings<'_>,
        inputs: &[(String, String)],
        options: StressOptions,
        lang: Lang,
    ) -> Manifest {
        let (name, stress) = (Some(findings.deal.terms().name.as_str()), Some(options));
        Manifest { stress, ..Manifest::new("stress", name, inputs, &[findings.scenario], lang) }
    }

    /// Of `size`.
    pub fn of_size(
        inputs: &[(String, String)],
        sizes: &Sizes<'_>,
        options: SizeOptions,
        lang: Lang,
    ) -> Manifest {
        let (deal, scenario) = (sizes.question.deal, sizes.question.scenario);
        let name = Some(deal.terms().name.as_str());
        Manifest {
            seed: Some(sizes.seed),
            paths: Some(sizes.paths),
            size: Some(options),
            ..Manifest::new("size", name, inputs, &[scenario], lang)
        }
    }

    /// Of `shelf`; the scenarios are those of its series.
    pub fn of_shelf(
        programme: &str,
        inputs: &[(String, String)],
        scenarios: &[String],
        options: ShelfOptions,
        lang: Lang,
    ) -> Manifest {
        Manifest {
            programme: Some(programme.to_owned()),
            shelf: Some(options),
            scenarios: scenarios.to_vec(),
            ..Manifest::new("shelf", None, inputs, &[], lang)
        }
    }

    /// The file.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and numbers always have a JSON form.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// `sources.md`: which tables were read, what the program added, what to keep in mind.
pub fn sources(deal: &Deal, inputs: &[(String, String)], lang: Lang) -> String {
    let title = lang.say("Where the numbers come from", "数据来源");
    let read = lang.say(
        "Everything was computed from these tables, read as they stand (SHA-256):",
        "全部结果由下列输入表计算得出（附 SHA-256）：",
    );
    let table = lang.say("table", "表");
    let mut text = format!("# {title}: {}\n\n{read}\n\n", deal.terms().name);
    text.push_str(&format!("| {table} | SHA-256 |\n|---|---|\n"));
    for (name, hash) in inputs {
        text.push_str(&format!("| {name} | `{hash}` |\n"));
    }
    text.push('\n');
    for note in notes(lang) {
        text.push_str(&format!("- {note}\n"));
    }
    text
}

/// What to keep in mind of every run.
pub fn notes(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::En => [
            "Which terms are public and which are assumed is written beside the tables, in the \
             deal's own `SOURCE.md`; the program cannot tell them apart.",
            "Business days follow the State Council's holiday notices up to the last year that the \
             program carries; after it only weekends are closed, unless the deal brings its own \
             days.",
            "Where the deal brings no path of the loan prime rate, the announced one is used; its \
             last rate holds from there on.",
            "Scenarios are assumptions, not forecasts.",
        ],
        Lang::Zh => [
            "哪些条款来自公开资料、哪些是假设，见输入表所在文件夹的 `SOURCE.md`；程序无法区分。",
            "工作日按国务院办公厅节假日安排；超出程序所载年份后仅周末休市，除非交易自带日历。",
            "交易未自带 LPR 路径的，采用已公布的 LPR；最后一次报价此后一直沿用。",
            "情景是假设，不是预测。",
        ],
    }
}
