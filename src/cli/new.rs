//! `new`: writes a small complete deal to start from.
//!
//! Each structure's tables lie beside this file, in a folder of its name.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Failure;
use super::args::StructureArg;
use super::output::write_folder;

/// The files of a folder of this module, by name.
macro_rules! tables {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("new/", $folder, "/", $name)))),*]
    };
}

const SPECIAL_PLAN: &[(&str, &str)] = tables!("special-plan":
    "README.md" "commitments.csv" "deal.csv" "fees.csv" "loans.csv" "obligors.csv" "rights.csv"
    "scenarios.csv" "supporters.csv" "tranches.csv" "triggers.csv");

const ABN_TRUST: &[(&str, &str)] = tables!("abn-trust":
    "README.md" "commitments.csv" "deal.csv" "fees.csv" "loans.csv" "obligors.csv" "rights.csv"
    "scenarios.csv" "supporters.csv" "tranches.csv" "triggers.csv");

const CREDIT_TRUST: &[(&str, &str)] = tables!("credit-trust":
    "README.md" "accounts.csv" "deal.csv" "fees.csv" "loans.csv" "obligors.csv" "rights.csv"
    "scenarios.csv" "tranches.csv" "triggers.csv");

const LICENCE: &[(&str, &str)] = tables!("licence":
    "README.md" "commitments.csv" "deal.csv" "dues.csv" "fees.csv" "loans.csv" "obligors.csv"
    "rights.csv" "scenarios.csv" "supporters.csv" "tranches.csv" "triggers.csv");

pub(super) fn new(target: &Path, structure: StructureArg) -> Result<(), Failure> {
    if target.symlink_metadata().is_ok() {
        let problem = format!("{}: is there already; name a folder to make", target.display());
        return Err(problem.into());
    }
    if target.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("xlsx")) {
        let problem = format!("{}: workbooks are not written yet; name a folder", target.display());
        return Err(problem.into());
    }
    let files = match structure {
        StructureArg::SpecialPlan => SPECIAL_PLAN,
        StructureArg::AbnTrust => ABN_TRUST,
        StructureArg::CreditTrust => CREDIT_TRUST,
        StructureArg::Licence => LICENCE,
    };
    let files: Vec<(PathBuf, Vec<u8>)> =
        files.iter().map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec())).collect();
    write_folder(target, &files)?;
    let target = target.display();
    writeln!(std::io::stdout(), "{target}: {} files; next: ipabs check {target}", files.len())?;
    Ok(())
}
