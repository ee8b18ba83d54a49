//! `ipabs-pdf`: a document on stdin, as `ipabs report` writes it (JSON), becomes a PDF on stdout;
//! with `--png` a chart (SVG) becomes a picture.
//!
//! Invariant: the same document gives the same bytes: one font, kept in the program; no clock, no
//! font of the system, no file. What the document says is data to the template and never markup.
mod picture;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::process::ExitCode;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

const TEMPLATE: &str = include_str!("paper.typ");
const FONT: &[u8] = include_bytes!("../fonts/NotoSansSC-subset.ttf");
/// Bad input or usage.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // A message that cannot be written has nowhere else to go.
            let _ = writeln!(std::io::stderr(), "ipabs-pdf: {problem}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

fn run() -> Result<(), String> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let mut given = String::new();
    let read = std::io::stdin().read_to_string(&mut given);
    read.map_err(|error| format!("stdin cannot be read: {error}"))?;
    let bytes = match &asked.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => paper(given)?,
        ["--png"] => picture::png(&given, FONT)?,
        _ => return Err("want nothing, or --png; ipabs calls it".to_owned()),
    };
    std::io::stdout().write_all(&bytes).map_err(|error| error.to_string())
}

/// The PDF of a document.
fn paper(document: String) -> Result<Vec<u8>, String> {
    let desk = Desk::new(document)?;
    let lacking = desk.lacking();
    if !lacking.is_empty() {
        let line = format!("warning: the font has no {lacking}: left blank in the PDF");
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    let paged = typst::compile::<PagedDocument>(&desk).output.map_err(told)?;
    let options = PdfOptions { creator: Smart::Custom(Some("ipabs".into())), ..Default::default() };
    typst_pdf::pdf(&paged, &options).map_err(told)
}

/// What is wrong with the document, one a line.
fn told(problems: impl IntoIterator<Item = SourceDiagnostic>) -> String {
    let lines: Vec<String> = problems.into_iter().map(|one| one.message.to_string()).collect();
    format!("this is no document of ipabs report: {}", lines.join("\n"))
}

/// All that the template can see: itself, the document, one font.
struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    font: Font,
    template: Source,
    document_id: FileId,
    document: Bytes,
}

impl Desk {
    fn new(document: String) -> Result<Desk, String> {
        let id = |name: &str| -> Result<FileId, String> {
            let path = VirtualPath::new(name).map_err(|error| format!("{name}: {error:?}"))?;
            Ok(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        let font = Font::new(Bytes::new(FONT), 0).ok_or("the font cannot be read")?;
        Ok(Desk {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts([&font])),
            font,
            template: Source::new(id("paper.typ")?, TEMPLATE.to_owned()),
            document_id: id("document.json")?,
            document: Bytes::from_string(document),
        })
    }

    /// Characters of the document that the font does not have.
    fn lacking(&self) -> String {
        let text = self.document.as_str().unwrap_or_default();
        let printed = text.chars().filter(|c| !c.is_control() && *c != '\u{feff}');
        let coverage = &self.font.info().coverage;
        let lacking: BTreeSet<char> = printed.filter(|c| !coverage.contains(*c as u32)).collect();
        lacking.into_iter().collect()
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id == self.template.id() {
            true => Ok(self.template.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match id == self.document_id {
            true => Ok(self.document.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        (index == 0).then(|| self.font.clone())
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
