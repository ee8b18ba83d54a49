//! `new`: writes a small complete deal to start from, a folder or a workbook.
//!
//! Each structure's tables lie beside this file, in a folder of its name.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Failure;
use super::args::StructureArg;
use super::output::{write_file, write_folder};
use crate::input::{is_workbook, template};

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
        let problem = format!("{}: is there already; name another to make", target.display());
        return Err(problem.into());
    }
    let files = match structure {
        StructureArg::SpecialPlan => SPECIAL_PLAN,
        StructureArg::AbnTrust => ABN_TRUST,
        StructureArg::CreditTrust => CREDIT_TRUST,
        StructureArg::Licence => LICENCE,
    };
    let shown = target.display();
    if is_workbook(target) {
        let tables: Vec<(&str, &str)> =
            files.iter().filter(|(name, _)| name.ends_with(".csv")).copied().collect();
        let remarks = files.iter().find(|(name, _)| *name == "README.md").map(|found| found.1);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        // Words on a folder, said of a workbook.
        let remarks = remarks.unwrap_or_default().replace(".csv", "").replace('`', "");
        let remarks = remarks.replace("ipabs check .", &format!("ipabs check {name}"));
        let remarks = remarks.replace("ipabs run .", &format!("ipabs run {name}"));
        let bytes = template(&tables, &remarks)?;
        write_file(target, &bytes)?;
        let count = tables.len();
        writeln!(std::io::stdout(), "{shown}: {count} tables; next: ipabs check {shown}")?;
        return Ok(());
    }
    let files: Vec<(PathBuf, Vec<u8>)> =
        files.iter().map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec())).collect();
    write_folder(target, &files)?;
    writeln!(std::io::stdout(), "{shown}: {} files; next: ipabs check {shown}", files.len())?;
    Ok(())
}
