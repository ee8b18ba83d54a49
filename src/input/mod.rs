//! How files become checked rows: bytes are decoded, split into cells, and each cell is read as
//! the kind of value its column holds. Invariant: nothing is guessed and nothing is dropped;
//! whatever cannot be read in exactly one way becomes a line in [`problems::Problems`], with file,
//! row and column, and reading goes on so that one run shows every mistake.
//!
//! A deal folder is read by [`read_folder`], a workbook by [`read_workbook`] (the only code here
//! that opens a file) and made into a checked deal with its scenarios by [`assemble`] and
//! [`assemble_workbook`]; what tables and columns there are is said once, in [`mod@columns`].
//!
//! - [`mod@problems`] what is wrong, and how it is said; one method for each kind of mistake.
//! - [`mod@table`] a file and a list of [`table::Column`]s in, typed rows out.
//! - [`mod@cell`] the text of one cell in, one value out; knows no files.
//!
//! ```
//! use ipabs::input::problems::Problems;
//! use ipabs::input::table::{self, Column, Kind};
//!
//! const COLUMNS: &[Column] = &[
//!     Column {
//!         name: "id",
//!         zh: &["编号"],
//!         kind: Kind::Text,
//!         required: true,
//!         default: "",
//!         meaning: "the loan's own number",
//!         example: "L1",
//!     },
//!     Column {
//!         name: "principal",
//!         zh: &["本金"],
//!         kind: Kind::Amount,
//!         required: true,
//!         default: "",
//!         meaning: "unpaid principal at the cut-off date, yuan",
//!         example: "1,000,000.00",
//!     },
//! ];
//! let problems = Problems::new();
//! let bytes = "编号,本金（万元）\nL1,150\nL2,1.5e2\n".as_bytes();
//! let table = table::read("loans.csv", bytes, COLUMNS, &problems).unwrap();
//! let principals: Vec<_> = table.rows().map(|row| row.amount("principal")).collect();
//! assert_eq!(principals, [Some(1_500_000.into()), None]);
//! assert_eq!(
//!     problems.into_lines(),
//!     ["loans.csv:3: 本金（万元）: 1.5e2 is not an amount: scientific notation has lost digits"],
//! );
//! ```
mod actuals;
mod assemble;
pub mod cell;
pub mod columns;
mod correlation;
mod costs;
mod covers;
mod curve;
mod deal_terms;
mod decode;
mod default_model;
mod fees;
mod filled;
mod folder;
mod header;
mod keys;
mod large_obligor;
mod offers;
mod paper;
mod pd_table;
mod pool;
pub mod problems;
mod reader;
mod rules;
mod scenarios;
mod shelf;
mod shelf_terms;
mod state;
mod stresses;
pub mod table;
mod targets;
mod template;
mod workbook;

pub use assemble::{Loaded, assemble, assemble_workbook};
pub use default_model::default_model;
pub use filled::{FilledSeries, filled_series};
pub use folder::{Source, read_folder, read_shelf_tables};
pub use large_obligor::large_obligor_table;
pub use pd_table::{in_letters, named as pd_table};
pub use shelf::{faults_between_series, faults_of_shelf, is_shelf, series_of};
pub use shelf_terms::{LoadedShelf, assemble_shelf};
pub use targets::china_targets;
pub use template::template;
pub use workbook::{Workbook, is_workbook, read_workbook, workbook};
