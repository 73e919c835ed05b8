//! The allowed file types, and how each is recognised by its content.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::package;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};

/// How a type is recognised.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// By its first bytes.
    Magic,
    /// A package (ECMA-376) that contains a part of this type.
    Package(&'static str),
    /// A compound file (MS-CFB) that contains one of these streams.
    Compound(&'static [&'static str]),
}

#[derive(Debug)]
pub struct FileType {
    pub media_type: &'static str,
    /// Alternative media types that programs declare for it.
    also: &'static [&'static str],
    extensions: &'static [&'static str],
    mark: Mark,
}

macro_rules! types {
    ($($media_type:literal $also:expr, $extensions:expr, $mark:expr;)*) => {
        pub static TYPES: &[FileType] = &[
            $(FileType { media_type: $media_type, also: &$also, extensions: &$extensions, mark: $mark }),*
        ];
    };
}

types! {
    "image/jpeg" ["image/jpg", "image/pjpeg"], ["jpg", "jpeg", "jpe", "jfif"], Mark::Magic;
    "image/png" ["image/x-png"], ["png"], Mark::Magic;
    "image/webp" [], ["webp"], Mark::Magic;
    "image/heic" ["image/heif"], ["heic", "heif"], Mark::Magic;
    "application/pdf" ["application/x-pdf"], ["pdf"], Mark::Magic;
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document" [], ["docx"], Mark::Package("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml");
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" [], ["xlsx"], Mark::Package("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml");
    "application/vnd.openxmlformats-officedocument.presentationml.presentation" [], ["pptx"], Mark::Package("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml");
    "application/msword" [], ["doc"], Mark::Compound(&["/WordDocument"]);
    "application/vnd.ms-excel" [], ["xls"], Mark::Compound(&["/Workbook", "/Book"]);
    "application/vnd.ms-powerpoint" [], ["ppt"], Mark::Compound(&["/PowerPoint Document"]);
    "video/mp4" ["video/x-m4v"], ["mp4", "m4v"], Mark::Magic;
    "video/quicktime" [], ["mov", "qt"], Mark::Magic;
    "video/webm" [], ["webm"], Mark::Magic;
}

impl FileType {
    fn is_called(&self, media_type: &str) -> bool {
        self.media_type == media_type || self.also.contains(&media_type)
    }

    /// Default name of a file that was sent without a name.
    pub fn usual_name(&self) -> String {
        format!("file.{}", self.extensions[0])
    }
}

/// The usual extension of a type; `bin` for a type that is no longer allowed.
pub fn usual_extension(media_type: &str) -> &'static str {
    TYPES.iter().find(|one| one.media_type == media_type).map_or("bin", |one| one.extensions[0])
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Enough bytes for every mark at the beginning of a file.
const HEAD: u64 = 4096;

/// The allowed type of a file, by its content; `None` for any other type.
pub fn sniff(file: &mut File) -> io::Result<Option<&'static FileType>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    if head.starts_with(ZIP) {
        // A package with macros has another content type, whatever its name and declared type are.
        let Some(types) = package::content_types(file)? else { return Ok(None) };
        let has = |main: &str| types.iter().any(|one| one.eq_ignore_ascii_case(main));
        return Ok(TYPES.iter().find(|one| matches!(one.mark, Mark::Package(main) if has(main))));
    }
    if head.starts_with(COMPOUND) {
        let Ok(compound) = cfb::CompoundFile::open(file) else { return Ok(None) };
        let has = |stream: &&str| compound.is_stream(stream);
        return Ok(TYPES.iter().find(|one| matches!(one.mark, Mark::Compound(streams) if streams.iter().any(has))));
    }
    let found = infer::get(&head).map(|found| found.mime_type()).filter(|found| begins_as(found, &head));
    Ok(found.and_then(|found| TYPES.iter().find(|one| matches!(one.mark, Mark::Magic) && one.is_called(found))))
}

/// True if the file starts as its type requires. Some readers accept a mark at a later position, so that one file could
/// have two types; here the position is fixed.
fn begins_as(media_type: &str, head: &[u8]) -> bool {
    let at = |from: usize, mark: &[u8]| head.get(from..from + mark.len()) == Some(mark);
    match media_type {
        "application/pdf" => at(0, b"%PDF-"),
        "image/png" => at(0, b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => at(0, b"\xff\xd8\xff"),
        "image/webp" => at(0, b"RIFF") && at(8, b"WEBP"),
        "image/heif" | "image/heic" | "video/mp4" | "video/x-m4v" | "video/quicktime" => {
            at(4, b"ftyp")
                || (media_type == "video/quicktime"
                    && [b"moov", b"mdat", b"wide", b"free"].iter().any(|mark| at(4, *mark)))
        }
        "video/webm" => at(0, b"\x1a\x45\xdf\xa3"),
        _ => true,
    }
}

/// Pointers to the declared type, the name and the content in a request, for input errors.
#[derive(Clone, Copy, Debug)]
pub struct Pointers {
    pub declared: &'static str,
    pub name: &'static str,
    pub bytes: &'static str,
}

/// The extension of a name: up to five letters and digits after the last dot, at least one of them a letter (“v1.2” has
/// none).
pub fn extension(name: &str) -> Option<String> {
    let (_, end) = name.rsplit_once('.')?;
    let good = (1..=5).contains(&end.len())
        && end.bytes().all(|b| b.is_ascii_alphanumeric())
        && end.bytes().any(|b| b.is_ascii_alphabetic());
    good.then(|| end.to_ascii_lowercase())
}

/// The type of a file, if content, declared type and extension of the name agree.
pub fn agree(
    found: Option<&'static FileType>,
    declared: Option<&str>,
    name: Option<&str>,
    at: Pointers,
) -> Result<&'static FileType, Problem> {
    let declared = declared.filter(|text| *text != "application/octet-stream");
    let known = declared.map(|text| TYPES.iter().find(|one| one.is_called(text)));
    let ending = name.and_then(extension);
    let by_ending = ending.as_deref().map(|ending| TYPES.iter().find(|one| one.extensions.contains(&ending)));
    let same = |one: &FileType| found.is_some_and(|found| found.media_type == one.media_type);
    let mut faults = Vec::new();
    match known {
        Some(None) => return Err(not_allowed()),
        Some(Some(known)) if !same(known) => faults.push(InputError::new(
            at.declared,
            "type_mismatch",
            format!("附件内容须为 {}", known.media_type),
            format!("the content of the attachment is not {}", known.media_type),
        )),
        _ => {}
    }
    if known.is_none() && found.is_none() && !matches!(by_ending, Some(Some(_))) {
        return Err(not_allowed());
    }
    if let (Some(ending), Some(by_ending)) = (ending, by_ending)
        && !by_ending.is_some_and(same)
    {
        faults.push(InputError::new(
            at.name,
            "extension_mismatch",
            format!("附件内容与扩展名 .{ending} 不符"),
            format!("the content of the attachment does not match the extension .{ending}"),
        ));
    }
    match found {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(Problem::input_errors(faults)),
    }
}

fn not_allowed() -> Problem {
    let all: Vec<&str> = TYPES.iter().map(|one| one.extensions[0]).collect();
    let all = all.join(", ");
    Problem::new(Code::UnsupportedMediaType)
        .detail(format!("附件须为下列类型之一：{all}。"), format!("The attachment must be one of {all}."))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::package::tests::{WORD, archive, types_part};
    use super::*;

    fn found(bytes: &[u8]) -> Option<&'static str> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        sniff(&mut file).unwrap().map(|one| one.media_type)
    }

    #[test]
    fn a_package_is_known_by_the_type_of_its_main_part() {
        let types = types_part(&["application/xml", WORD]);
        let bytes =
            archive(&[("docProps/app.xml", "x"), ("word/document.xml", "<w/>"), ("[Content_Types].xml", &types)]);
        assert_eq!(found(&bytes), Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"));
        for end in 0..bytes.len() {
            assert_eq!(found(&bytes[..end]), None, "cut off at {end}");
        }
        // The folder alone does not make it a document, and templates are not allowed.
        for other in ["application/xml", &WORD.replace("document.main", "template.main")] {
            let types = types_part(&[other]);
            assert_eq!(found(&archive(&[("word/document.xml", "<w/>"), ("[Content_Types].xml", &types)])), None);
        }
    }

    #[test]
    fn a_mark_counts_at_its_place_only() {
        let pdf = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n";
        assert_eq!(found(pdf), Some("application/pdf"));
        for before in [&b"\n"[..], b"<html><script>", b"GIF89a", b"\xef\xbb\xbf", &[b' '; 1000]] {
            assert_eq!(found(&[before, pdf].concat()), None, "{:?}", String::from_utf8_lossy(before));
        }
    }

    #[test]
    fn garbage_behind_a_mark_is_nothing() {
        for head in [ZIP, COMPOUND, b"PK\x03\x04[Content_Types].xml word/ PK\x05\x06", &[0xff; 600]] {
            for size in [0, 30, 600, 5000] {
                assert_eq!(found(&[head, &vec![0xff; size]].concat()), None);
                assert_eq!(found(&[head, &vec![0; size]].concat()), None);
            }
        }
    }

    #[test]
    fn an_extension_is_short_and_has_a_letter() {
        let of = |name| extension(name).unwrap_or_default();
        assert_eq!(
            (of("a.JPG"), of("a.tar.gz"), of("a.mp4"), of(".pdf")),
            ("jpg".into(), "gz".into(), "mp4".into(), "pdf".into())
        );
        for name in ["照片", "v1.2", "2026.3.2 检查", "a.", "a.照片", "a.longer"] {
            assert_eq!(extension(name), None, "{name}");
        }
    }

    #[test]
    fn every_type_stands_once() {
        let mut names: Vec<&str> = TYPES.iter().flat_map(|one| [&[one.media_type], one.also].concat()).collect();
        let mut extensions: Vec<&str> = TYPES.iter().flat_map(|one| one.extensions.to_vec()).collect();
        for all in [&mut names, &mut extensions] {
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}
