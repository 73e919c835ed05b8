//! Reads Office files as packages (ECMA-376, part 2) within limits: which parts exist and of which types.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

const LOCAL: &[u8] = b"PK\x03\x04";
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const LOCAL_SIZE: usize = 30;
const ENTRY_SIZE: usize = 46;
const END_SIZE: usize = 22;
const MOST_COMMENT: u64 = 0xffff;
const MOST_DIRECTORY: u64 = 1024 * 1024;
const MOST_PARTS: usize = 10_000;
/// Limits of the unpacked size of all parts, absolute and relative to the file size, against decompression bombs.
const MOST_UNPACKED: u64 = 1024 * 1024 * 1024;
const MOST_RATIO: u64 = 200;
/// Below this unpacked size the ratio does not matter.
const ALWAYS_UNPACKED: u64 = 16 * 1024 * 1024;
/// Limit of what is read from the parts that declare the types of the others.
const MOST_READ: u64 = 4 * 1024 * 1024;
const CONTENT_TYPES: &str = "[content_types].xml";

/// Lower-case marks of executable parts in a part type, relationship type or part name: macros, Excel 4 macros and
/// controls.
const RUNS: &[&str] = &["vbaproject", "vbadata", "macro", "activex"];

struct Part {
    name: String,
    method: u16,
    packed: u64,
    unpacked: u64,
    at: u64,
}

/// The types of the parts of a package without executable parts. `None` for anything else, including packages that are
/// unreadable or unpack to too much.
pub fn content_types(file: &mut File) -> io::Result<Option<Vec<String>>> {
    let Some(parts) = parts(file)? else { return Ok(None) };
    if parts.iter().any(|part| runs(&part.name)) {
        return Ok(None);
    }
    let mut left = MOST_READ;
    let mut types = None;
    for part in &parts {
        let is_types = part.name == CONTENT_TYPES;
        if !is_types && !part.name.ends_with(".rels") {
            continue;
        }
        let Some(text) = read(file, part, left)? else { return Ok(None) };
        left -= text.len() as u64;
        let attribute = if is_types { "ContentType" } else { "Type" };
        let Some(found) = attributes(&text, attribute) else { return Ok(None) };
        if found.iter().any(|one| runs(one)) || (is_types && types.is_some()) {
            return Ok(None);
        }
        if is_types {
            types = Some(found);
        }
    }
    Ok(types)
}

fn runs(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    RUNS.iter().any(|mark| text.contains(mark))
}

/// The values of an attribute in a small XML text. Known writers write types as plain text. Values with references,
/// declarations or other encodings could hide a type, so such a text is rejected.
fn attributes(text: &[u8], name: &str) -> Option<Vec<String>> {
    let text = std::str::from_utf8(text).ok()?;
    if text.contains('\0') || text.contains("<!") || text.contains("CDATA") {
        return None;
    }
    let mut all = Vec::new();
    for (at, _) in text.match_indices(name) {
        // `ContentType` ends with `Type`, so require a whole name.
        if !text[..at].ends_with(|before: char| before.is_ascii_whitespace()) {
            continue;
        }
        let rest = text[at + name.len()..].trim_start();
        let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else { continue };
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        let value = rest[1..].split(quote).next().filter(|value| !value.contains('&'))?;
        all.push(value.to_owned());
    }
    Some(all)
}

/// Unpacks a part; `None` if it is larger than `most` or cannot be unpacked.
fn read(file: &mut File, part: &Part, most: u64) -> io::Result<Option<Vec<u8>>> {
    let Some(start) = start(file, part)? else { return Ok(None) };
    file.seek(SeekFrom::Start(start))?;
    let packed = file.take(part.packed);
    let mut bytes = Vec::new();
    let done = match part.method {
        0 => packed.take(most + 1).read_to_end(&mut bytes),
        8 => DeflateDecoder::new(packed).take(most + 1).read_to_end(&mut bytes),
        _ => return Ok(None),
    };
    Ok((done.is_ok() && bytes.len() as u64 <= most).then_some(bytes))
}

/// Offset of the data of a part; `None` if the local header has another name than the directory.
fn start(file: &mut File, part: &Part) -> io::Result<Option<u64>> {
    let mut head = [0; LOCAL_SIZE];
    file.seek(SeekFrom::Start(part.at))?;
    if file.read_exact(&mut head).is_err() || !head.starts_with(LOCAL) {
        return Ok(None);
    }
    let length = |from: usize| u64::from(u16::from_le_bytes([head[from], head[from + 1]]));
    let mut name = Vec::new();
    file.take(length(26)).read_to_end(&mut name)?;
    let same = canonical(&name) == part.name;
    Ok(same.then_some(part.at + LOCAL_SIZE as u64 + length(26) + length(28)))
}

/// Part names are case-insensitive (ECMA-376, part 2, 6.2.2.3), and some programs write backslashes.
fn canonical(name: &[u8]) -> String {
    String::from_utf8_lossy(name).replace('\\', "/").to_lowercase()
}

/// The parts according to the central directory of the archive (APPNOTE 4.3). Local headers must agree.
fn parts(file: &mut File) -> io::Result<Option<Vec<Part>>> {
    let size = file.seek(SeekFrom::End(0))?;
    let tail_size = size.min(END_SIZE as u64 + MOST_COMMENT);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size - tail_size))?;
    file.by_ref().take(tail_size).read_to_end(&mut tail)?;
    let Some(at) = tail.windows(END_SIZE).rposition(|window| window.starts_with(END)) else { return Ok(None) };
    let number = |from: usize| tail.get(from..from + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let comment = usize::from(u16::from_le_bytes([tail[at + 20], tail[at + 21]]));
    let (directory_size, start_of) = (u64::from(number(at + 12)), u64::from(number(at + 16)));
    // The directory must end at the end record, and the comment at the end of the file, so that nothing is hidden
    // between them.
    let end_at = size - tail_size + at as u64;
    if directory_size > MOST_DIRECTORY || start_of + directory_size != end_at || at + END_SIZE + comment != tail.len() {
        return Ok(None);
    }
    let mut directory = Vec::new();
    file.seek(SeekFrom::Start(start_of))?;
    file.by_ref().take(directory_size).read_to_end(&mut directory)?;
    let Some(parts) = in_directory(&directory) else { return Ok(None) };
    let unpacked = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.unpacked));
    let most = MOST_UNPACKED.min(size.saturating_mul(MOST_RATIO).max(ALWAYS_UNPACKED));
    if parts.len() > MOST_PARTS || unpacked > most {
        return Ok(None);
    }
    for part in &parts {
        if start(file, part)?.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(parts))
}

fn in_directory(mut rest: &[u8]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let entry = rest.get(..ENTRY_SIZE).filter(|entry| entry.starts_with(ENTRY))?;
        let short = |from: usize| u16::from_le_bytes([entry[from], entry[from + 1]]);
        let long = |from: usize| {
            u64::from(u32::from_le_bytes([entry[from], entry[from + 1], entry[from + 2], entry[from + 3]]))
        };
        let (name, extra, comment) = (usize::from(short(28)), usize::from(short(30)), usize::from(short(32)));
        let name = rest.get(ENTRY_SIZE..ENTRY_SIZE + name)?;
        parts.push(Part {
            name: canonical(name),
            method: short(10),
            packed: long(20),
            unpacked: long(24),
            at: long(42),
        });
        rest = rest.get(ENTRY_SIZE + name.len() + extra + comment..)?;
    }
    Some(parts)
}

#[cfg(test)]
pub mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    pub const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

    /// Creates a package from parts; long contents are compressed.
    pub fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let (mut all, mut directory) = (Vec::new(), Vec::new());
        for (name, text) in parts {
            let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
            packed.write_all(text.as_bytes()).unwrap();
            let packed = packed.finish().unwrap();
            let at = all.len() as u32;
            let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            common.extend((packed.len() as u32).to_le_bytes());
            common.extend((text.len() as u32).to_le_bytes());
            common.extend((name.len() as u16).to_le_bytes());
            common.extend([0, 0]);
            all.extend(LOCAL.iter().chain(&common));
            all.extend(name.bytes());
            all.extend(packed);
            directory.extend(ENTRY.iter().chain(&[20, 0]).chain(&common));
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(name.bytes());
        }
        let start = all.len() as u32;
        all.extend(&directory);
        all.extend(END.iter().chain(&[0; 4]));
        all.extend((parts.len() as u16).to_le_bytes().repeat(2));
        all.extend((directory.len() as u32).to_le_bytes());
        all.extend(start.to_le_bytes());
        all.extend([0, 0]);
        all
    }

    pub fn types_part(types: &[&str]) -> String {
        let all: String =
            types.iter().map(|one| format!("<Override PartName=\"/x\" ContentType=\"{one}\"/>")).collect();
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types>{all}</Types>")
    }

    fn read_types(bytes: &[u8]) -> Option<Vec<String>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        content_types(&mut file).unwrap()
    }

    #[test]
    fn the_types_are_read_wherever_they_are_and_however_they_are_called() {
        let types = types_part(&[WORD]);
        for name in ["[Content_Types].xml", "[CONTENT_TYPES].XML"] {
            let bytes = archive(&[("word/document.xml", "<w/>"), (name, &types)]);
            assert_eq!(read_types(&bytes), Some(vec![WORD.to_owned()]), "{name}");
        }
        assert_eq!(read_types(&archive(&[("word/document.xml", "<w/>")])), None, "no types");
    }

    #[test]
    fn what_runs_is_found_by_its_name_its_type_and_its_relationship() {
        let good = types_part(&[WORD]);
        let with_type = |one: &str| types_part(&[WORD, one]);
        let rels =
            |kind: &str| format!("<Relationships><Relationship Id='r1' Type='{kind}' Target='x'/></Relationships>");
        let cases: Vec<Vec<(&str, String)>> = vec![
            vec![("[Content_Types].xml", good.clone()), ("word/VBAPROJECT.BIN", String::new())],
            vec![("[Content_Types].xml", good.clone()), ("WORD\\vbaProject.bin", String::new())],
            vec![("[Content_Types].xml", good.clone()), ("xl/macrosheets/sheet1.xml", String::new())],
            vec![
                ("[Content_Types].xml", with_type("application/vnd.ms-office.vbaProject")),
                ("word/a.bin", String::new()),
            ],
            vec![("[Content_Types].xml", with_type("application/vnd.ms-word.document.MACROENABLED.main+xml"))],
            vec![("[Content_Types].xml", with_type("application/vnd.ms-excel.macrosheet+xml"))],
            vec![
                ("[Content_Types].xml", good.clone()),
                (
                    "word/_rels/document.xml.rels",
                    rels("http://schemas.microsoft.com/office/2006/relationships/vbaProject"),
                ),
            ],
            vec![("[Content_Types].xml", good.replace("wordprocessingml.document.main", "x&#109;acro"))],
            vec![("[Content_Types].xml", good.replace("<Types>", "<!DOCTYPE x><Types>"))],
            vec![("[Content_Types].xml", good.clone()), ("[content_types].xml", good.clone())],
        ];
        for parts in cases {
            let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
            assert_eq!(read_types(&archive(&parts)), None, "{parts:?}");
        }
        // A link to a web page may contain a reference.
        let clean = rels("http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles")
            .replace("Target='x'", "Target='https://a.example/?b=1&amp;c=2'");
        let parts = [("[Content_Types].xml", good.as_str()), ("word/_rels/document.xml.rels", clean.as_str())];
        assert!(read_types(&archive(&parts)).is_some());
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_or_calls_a_part_in_two_ways_is_none() {
        let types = types_part(&[WORD]);
        let bytes = archive(&[("[Content_Types].xml", &types), ("word/document.xml", "<w/>")]);
        assert!(read_types(&bytes).is_some());
        // The directory declares an excessive unpacked size.
        let entry = bytes.windows(4).rposition(|four| four == ENTRY).unwrap();
        let mut bomb = bytes.clone();
        bomb[entry + 24..entry + 28].copy_from_slice(&0xf000_0000u32.to_le_bytes());
        assert_eq!(read_types(&bomb), None);
        // The declared size is not trusted when a part is read.
        let long = format!("{types}{}", " ".repeat(5 * 1024 * 1024));
        let lying = archive(&[("[Content_Types].xml", &long), ("word/document.xml", "<w/>")]);
        assert_eq!(read_types(&lying), None);
        let mut two_names = bytes.clone();
        let local = bytes.windows(17).position(|name| name == b"word/document.xml").unwrap();
        two_names[local] = b'W' + 1;
        assert_eq!(read_types(&two_names), None);
        let mut trailing = bytes;
        trailing.extend(b"MZ");
        assert_eq!(read_types(&trailing), None);
    }
}
