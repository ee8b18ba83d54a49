//! The web page of a run: whole in one file, its tables those of the run.

use ipabs::report::Lang;
use ipabs::report::changes;
use ipabs::report::document::{document, glossary};
use ipabs::report::page;
use ipabs::report::record::Record;

use crate::cli::{check, files, names};
use crate::loaded::root;

/// Every run of the example deal, the simulation too.
fn records() -> Vec<Record> {
    let reports = root().join("reports/yuhang-2021");
    let mut folders: Vec<_> = names(&reports.join("run"))
        .into_iter()
        .map(|name| reports.join("run").join(name))
        .collect();
    folders.push(reports.join("simulate"));
    let read = |folder: &std::path::PathBuf| {
        let files: Vec<(String, Vec<u8>)> = files(folder).into_iter().collect();
        Record::read(folder.file_name().unwrap().to_str().unwrap(), &files).unwrap()
    };
    folders.iter().map(read).collect()
}

/// Their page.
fn page(runs: &[Record], lang: Lang) -> Vec<u8> {
    page::page(&document(runs, lang), runs, lang)
}

#[test]
fn a_page_is_one_file_that_asks_for_nothing() {
    for lang in [Lang::En, Lang::Zh] {
        let bytes = page(&records(), lang);
        assert_eq!(bytes, page(&records(), lang));
        assert!(bytes.len() < 3_000_000, "{} bytes", bytes.len());
        let text = String::from_utf8(bytes).unwrap();
        // The only addresses are names of languages.
        let rest = text.replace("http://www.w3.org/", "");
        for asks in ["http:", "https:", "src=\"//", "@import", "fetch(", "XMLHttp", "eval("] {
            assert!(!rest.contains(asks), "{lang:?}: {asks}");
        }
        // Of the first run four charts, of the others two, of the simulation five.
        assert_eq!(text.matches("<img class=\"still\"").count(), 4 + 7 * 2 + 5);
    }
}

#[test]
fn the_tables_of_a_page_are_the_files_of_the_runs() {
    let records = records();
    let text = String::from_utf8(page(&records, Lang::En)).unwrap();
    let begin = "<script type=\"application/json\" id=\"data\">";
    let data = text.split(begin).nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let mut compared = 0;
    for run in &records {
        let folder = match run.command.as_str() {
            "run" => root().join("reports/yuhang-2021/run").join(&run.folder),
            _ => root().join("reports/yuhang-2021").join(&run.folder),
        };
        for (name, bytes) in files(&folder).into_iter().filter(|file| file.0.ends_with(".csv")) {
            let key = format!("{}/{name}", run.folder);
            assert_eq!(data["files"][&key].as_str().unwrap().as_bytes(), bytes, "{key}");
            assert!(text.contains(&format!("data-file=\"{key}\"")), "{key}");
            compared += 1;
        }
    }
    assert_eq!(compared, 8 * 14 + 7);
}

#[test]
fn every_term_has_its_meaning_and_the_definitions_list_it() {
    for lang in [Lang::En, Lang::Zh] {
        let text = String::from_utf8(page(&records(), lang)).unwrap();
        let mut named = 0;
        for rest in text.split("data-term aria-describedby=\"term-").skip(1) {
            let key = rest.split('"').next().unwrap();
            let entry = glossary::entries().find(|entry| entry.key() == key).unwrap();
            let meaning = entry.meaning(lang).replace('&', "&amp;");
            // Out of sight for the term, and in the part of definitions.
            assert_eq!(text.matches(&meaning).count(), 2, "{key}");
            named += 1;
        }
        assert!(named > 100, "{named} terms");
    }
}

#[test]
fn a_page_is_written_and_names_cannot_break_it() {
    let desk = tempfile::TempDir::new().unwrap();
    let at = desk.path();
    let simulate = root().join("reports/yuhang-2021/simulate");
    std::fs::create_dir(at.join("a<b")).unwrap();
    for (name, bytes) in files(&simulate) {
        let text = String::from_utf8(bytes).unwrap();
        let text = text.replace("A1,", "\"</script><b>\",");
        std::fs::write(at.join("a<b").join(name), text).unwrap();
    }
    check(at, &["report", "a<b", "--out", "x.html", "--lang", "zh"], 0, &["x.html"], &[]);
    let text = std::fs::read_to_string(at.join("x.html")).unwrap();
    assert_eq!(text.matches("</script>").count(), 6);
    assert!(text.contains("<h3>a&lt;b</h3>") && text.ends_with("</html>\n"));
}

#[test]
fn a_report_is_titled_by_what_it_is_of() {
    let read = |folder: &str| -> Vec<(String, Vec<u8>)> {
        files(&root().join("reports").join(folder)).into_iter().collect()
    };
    let titled = |files: &[(String, Vec<u8>)], lang: Lang| {
        document(&[Record::read("run", files).unwrap()], lang).title
    };
    let check = |folder: &str, lang: Lang, title: &str| {
        assert_eq!(titled(&read(folder), lang), title);
    };
    check("weilai-programme/shelf", Lang::En, "国金-杭州未来科技城知识产权储架");
    check("scarce-support/shelf", Lang::Zh, "临江科创园知识产权储架");
    check("insured/run/base", Lang::En, "临海知识产权质押保险资产支持专项计划");
    check("insured/simulate", Lang::En, "临海知识产权质押保险资产支持专项计划");
    check("yuhang-2021/stress", Lang::Zh, "余杭未来科技城知识产权资产支持专项计划（第1期）");
    check("yuhang-2021/size", Lang::En, "余杭未来科技城知识产权资产支持专项计划（第1期）");
    // One whose manifest does not say it, as those of older versions.
    let mut older = read("insured/simulate");
    let manifest = older.iter_mut().find(|file| file.0 == "manifest.json").unwrap();
    let text = String::from_utf8(manifest.1.clone()).unwrap();
    manifest.1 = text.replace("\"deal\":", "\"other\":").into_bytes();
    assert_eq!(titled(&older, Lang::En), "Runs of ipabs");
}

#[test]
fn a_page_without_charts_does_without_what_draws_them() {
    let runs = records();
    let found = changes::changes(&runs[0], &runs[1]).unwrap();
    assert!(!found.is_empty());
    let pairs = [("base".to_owned(), found)];
    let document = changes::files::document((&runs[0], &runs[1]), &pairs, &[], Lang::En);
    let library = "Apache ECharts";
    let bare = String::from_utf8(page::page(&document, &[], Lang::En)).unwrap();
    let drawn = String::from_utf8(page(&runs[..1], Lang::En)).unwrap();
    assert!(!bare.contains(library) && bare.len() < 200_000, "{} bytes", bare.len());
    assert!(drawn.contains(library) && drawn.len() > 500_000, "{} bytes", drawn.len());
}
