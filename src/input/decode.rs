//! Bytes to text. Invariant: a file is read in one encoding or not at all; a damaged UTF-8 file
//! is never reread as GB18030, which gives a meaning to nearly every pair of bytes.
//!
//! - UTF-16 is refused; a UTF-8 BOM settles the matter.
//! - Valid UTF-8 is UTF-8. One doubt is left: a few Chinese characters in GB18030 (小平) are by
//!   chance also valid UTF-8, as accented, Cyrillic, Hebrew or Arabic letters. A file with such
//!   letters and nothing beyond them is refused unless they are plainly meant.
//! - Otherwise it is GB18030 if four signs agree: the file does not merely end in the middle of a
//!   UTF-8 character; breaks of UTF-8 outnumber Chinese characters in UTF-8 by far; it decodes
//!   without error; and most of its characters are two bytes that are both high, as the common
//!   ones are. A stray Latin-1 letter takes the next plain letter as its second byte, so a file of
//!   those fails the last sign; a damaged UTF-8 file fails the second.
//! - A doubtful file is refused with the row of its first bad byte. Saving it again as UTF-8 costs
//!   the user a minute; a wrong name in a register costs more.

use encoding_rs::GB18030;
use std::borrow::Cow;

#[derive(Debug, PartialEq, Eq)]
pub enum DecodeFault {
    Utf16,
    /// Row as the spreadsheet shows it, and the first byte that is not UTF-8.
    NotUtf8 {
        row: usize,
        byte: u8,
    },
    /// Valid in both encodings, and the meanings differ.
    Unclear,
}

/// Breaks of UTF-8 for each Chinese character in UTF-8 before a file may be GB18030. A Chinese
/// text in GB18030 has hundreds to one; a damaged UTF-8 file has fewer than two to one.
const BREAKS_PER_CHARACTER: usize = 4;

pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, DecodeFault> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(DecodeFault::Utf16);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|e| not_utf8(rest, &e));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if may_be_chance(text) && gb18030(bytes).is_some() => Err(DecodeFault::Unclear),
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(broken) => {
            let cut_at_end = broken.error_len().is_none();
            if cut_at_end || is_mostly_utf8(bytes) {
                return Err(not_utf8(bytes, &broken));
            }
            gb18030(bytes).ok_or_else(|| not_utf8(bytes, &broken))
        }
    }
}

fn not_utf8(bytes: &[u8], broken: &std::str::Utf8Error) -> DecodeFault {
    let at = broken.valid_up_to();
    let before = &bytes[..at];
    let feeds = before.iter().filter(|b| **b == b'\n').count();
    let lone = before.iter().zip(&bytes[1..]).filter(|pair| *pair.0 == b'\r' && *pair.1 != b'\n');
    DecodeFault::NotUtf8 { row: 1 + feeds + lone.count(), byte: bytes[at] }
}

/// Chinese, its punctuation and its full-width forms.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

/// Whether letters of other scripts stand where only Chinese is to be expected. Meant are accented
/// letters in a word with plain ones (`café`, but not `é` alone), and two signs.
fn may_be_chance(text: &str) -> bool {
    if text.is_ascii() || text.chars().any(|c| c > '\u{07FF}') {
        return false;
    }
    let mut words = text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric());
    words.any(|word| {
        let foreign = |c: char| !c.is_ascii() && c != '¥' && c != '·';
        let far = |c: char| c > '\u{024F}';
        let latin = word.contains(|c: char| c.is_ascii_alphabetic()) && !word.contains(far);
        word.contains(foreign) && !latin
    })
}

fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut chinese, mut breaks) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        chinese += chunk.valid().chars().filter(|c| is_chinese(*c)).count();
        breaks += usize::from(!chunk.invalid().is_empty());
    }
    breaks < chinese.saturating_mul(BREAKS_PER_CHARACTER)
}

/// The text if it decodes without error into assigned characters, mostly common ones.
fn gb18030(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    if text.chars().any(|c| matches!(c, '\u{E000}'..='\u{F8FF}')) {
        return None;
    }
    let (mut common, mut others) = (0usize, 0usize);
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (0..=0x7F, _) => tail,
            (0xA1..=0xF7, [0xA1..=0xFE, after @ ..]) => {
                common += 1;
                after
            }
            (_, [b'0'..=b'9', _, _, after @ ..]) | (_, [_, after @ ..]) => {
                others += 1;
                after
            }
            (_, []) => {
                others += 1;
                tail
            }
        };
    }
    let bom_stripped = match text {
        Cow::Owned(owned) => owned.strip_prefix('\u{FEFF}').map(str::to_string).unwrap_or(owned),
        Cow::Borrowed(same) => same.to_string(),
    };
    (common > others).then_some(Cow::Owned(bom_stripped))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bytes: &[u8], expected: Result<&str, DecodeFault>) {
        let found = decode(bytes);
        assert_eq!(found.as_deref(), expected.as_ref().map(|s| &**s), "{bytes:02X?}");
    }

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn clean_files_keep_their_text() {
        for text in
            ["", "id\n1\n", "编号,本金（万元）\nL1,￥100\n", "张", "喆达公司", "a,¥5\n", "café,É1a"]
        {
            check(text.as_bytes(), Ok(text));
            check(format!("\u{FEFF}{text}").as_bytes(), Ok(text));
        }
        for text in ["张三", "编号,本金（万元）\nL1,100\n", "id,name\n1,睿科科技\n", "王喆公司"]
        {
            check(&gb(text), Ok(text));
            check(&[&[0x84, 0x31, 0x95, 0x33], &gb(text)[..]].concat(), Ok(text));
        }
    }

    #[test]
    fn doubtful_files_are_refused() {
        let bad = |row, byte| Err(DecodeFault::NotUtf8 { row, byte });
        check(b"\xFF\xFEi\0", Err(DecodeFault::Utf16));
        check(b"\xFE\xFF\0i", Err(DecodeFault::Utf16));
        // Chinese in UTF-8, then one bad byte, one lost byte, one cut character.
        check(b"\xE7\xBC\x96\xE5\x8F\xB7\n\xE5\xBC\xA0\xB8\n", bad(2, 0xB8));
        check(b"\xE7\xBC\x96\xE5\x8F\xB7\r\n\xE5\xBC,1\r\n", bad(2, 0xE5));
        check(b"id\r1\rname,\xE5\xBC", bad(3, 0xE5));
        check(&"编号,名称\n1,张三".as_bytes()[..21], bad(2, 0xE4));
        // A BOM settles it: GB18030 behind a UTF-8 BOM is damage.
        check(&[b"\xEF\xBB\xBFid\n", &gb("张三")[..]].concat(), bad(2, 0xD5));
        // Latin-1 and Windows-1252.
        check(b"id\ncaf\xE9s\n", bad(2, 0xE9));
        check(b"id\ncaf\xE9,1\n", bad(2, 0xE9));
        check(b"id\n\x93a\x94b\n", bad(2, 0x93));
        // Valid both ways.
        check("é".as_bytes(), Err(DecodeFault::Unclear));
        check(&gb("小平"), Err(DecodeFault::Unclear));
        check(&gb("id\n路山\n"), Err(DecodeFault::Unclear));
        check(&gb("小平张"), Ok("小平张"));
    }

    /// Every cut of a Chinese UTF-8 file either reads as its own beginning or is refused.
    #[test]
    fn no_cut_of_a_utf8_file_is_read_as_gb18030() {
        let whole = "编号,债务人,本金（万元）\nL1,苏州睿科知识产权有限公司,１００\n";
        for end in 0..whole.len() {
            match decode(&whole.as_bytes()[..end]) {
                Ok(text) => assert!(whole.starts_with(&*text), "cut at {end}"),
                Err(fault) => assert!(matches!(fault, DecodeFault::NotUtf8 { .. })),
            }
            let mut lost = whole.as_bytes().to_vec();
            lost.remove(end);
            match decode(&lost) {
                Ok(text) => assert_eq!(text.len() + 1, whole.len(), "an ascii byte lost at {end}"),
                Err(fault) => assert!(matches!(fault, DecodeFault::NotUtf8 { .. })),
            }
        }
    }

    /// Every single wrong byte in it, too: it may make another UTF-8 text, but no GB18030.
    #[test]
    fn no_damage_to_a_utf8_file_is_read_as_gb18030() {
        for whole in ["编号,债务人\nL1,苏州睿科知识产权有限公司\n", "id,名称\n1,张三\n", "知识"]
        {
            for at in 0..whole.len() {
                for byte in 0x80..=0xFF {
                    let mut damaged = whole.as_bytes().to_vec();
                    damaged[at] = byte;
                    let as_utf8 = std::str::from_utf8(&damaged).ok();
                    let found = decode(&damaged);
                    assert!(found.is_err() || found.as_deref().ok() == as_utf8, "{damaged:02X?}");
                }
            }
        }
    }

    proptest! {
        /// Names of common characters, whatever stands around them: read as they are or refused.
        #[test]
        fn a_gb18030_name_is_never_another_name(
            pairs in proptest::collection::vec((0xB0u8..=0xD7, 0xA1u8..=0xFE), 1..6),
            before in "(id,name\n)?[0-9]{0,3},",
            after in "[,\n]?[0-9]?",
        ) {
            let name: Vec<u8> = pairs.iter().flat_map(|(lead, trail)| [*lead, *trail]).collect();
            let bytes = [before.as_bytes(), &name, after.as_bytes()].concat();
            let meant = GB18030.decode(&bytes).0;
            // 路 and 楼 alone are the bytes of the two signs.
            prop_assume!(!name.chunks(2).all(|pair| pair == b"\xC2\xB7" || pair == b"\xC2\xA5"));
            prop_assert!(decode(&bytes).is_ok_and(|text| text == meant) || decode(&bytes).is_err());
        }
    }
}
