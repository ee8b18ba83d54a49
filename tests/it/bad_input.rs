//! Folders of deals and of shelves with one kind of mistake each, and the lines that the mistake
//! gives. With UPDATE=1 the lines are written anew; read the difference before you keep it.

use super::loaded::root;
use ipabs::input;
use ipabs::report::Lang;
use ipabs::report::problems::one;
use std::path::Path;

/// Folders that there are at least, so that a lost one is seen.
const AT_LEAST: usize = 135;

/// The problems of a folder, one a line; paths in front of `tests/` are left out.
fn problems(folder: &Path) -> String {
    if input::is_shelf(folder) {
        let sources = input::read_shelf_tables(folder).unwrap();
        let (loaded, problems) = input::assemble_shelf(&sources, &input::series_of(folder));
        assert_eq!(loaded.is_none(), !problems.is_empty(), "{}", folder.display());
        return problems.iter().map(|line| format!("{line}\n")).collect();
    }
    let sources = match input::read_folder(folder) {
        Ok(sources) => sources,
        Err(problem) => return format!("{}\n", problem.rsplit('/').next().unwrap_or_default()),
    };
    let (loaded, problems, _) = input::assemble(&sources);
    assert_eq!(loaded.is_none(), !problems.is_empty(), "{}", folder.display());
    problems.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_bad_folder_gives_its_problems() {
    let root = root().join("tests/data/bad");
    let update = std::env::var_os("UPDATE").is_some();
    let (mut count, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(root).unwrap() {
        let folder = entry.unwrap().path();
        let found = problems(&folder);
        let path = folder.join("expected.txt");
        if update {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if found.is_empty() || found != expected {
            wrong.push(format!("{}:\n{found}not\n{expected}", folder.display()));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= AT_LEAST, "{count} folders");
}

/// Words of ours that are left in English: three in a row that are no code.
fn english(text: &str) -> bool {
    let words: Vec<bool> = text
        .split(' ')
        .map(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect();
    words.windows(3).any(|three| three.iter().all(|plain| *plain))
}

#[test]
fn every_problem_is_said_in_chinese() {
    let (mut left, mut count) = (Vec::new(), 0);
    for entry in std::fs::read_dir(root().join("tests/data/bad")).unwrap() {
        let path = entry.unwrap().path().join("expected.txt");
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let said = one(line, Lang::Zh);
            count += 1;
            if english(&said) || said.is_ascii() || said == line {
                left.push(said);
            }
        }
    }
    left.sort();
    assert!(left.is_empty(), "{} of {count}:\n{}", left.len(), left.join("\n"));
}
