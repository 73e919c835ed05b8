//! The one table of allowed types, and how each is known by its bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::fault::Fault;
use crate::problem::{Code, Problem};

/// How a type is known.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// By its first bytes.
    Magic,
    /// A ZIP archive with this folder in it (ECMA-376).
    Package(&'static str),
    /// A compound file with one of these streams in it (MS-CFB).
    Compound(&'static [&'static str]),
}

#[derive(Debug)]
pub struct FileType {
    pub media_type: &'static str,
    /// Other names under which programs declare it.
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
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document" [], ["docx"], Mark::Package("word/");
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" [], ["xlsx"], Mark::Package("xl/");
    "application/vnd.openxmlformats-officedocument.presentationml.presentation" [], ["pptx"], Mark::Package("ppt/");
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

    /// What a file is called that came without a name.
    pub fn usual_name(&self) -> String {
        format!("file.{}", self.extensions[0])
    }
}

/// The usual extension of a type; `bin` of one that is not allowed any more.
pub fn usual_extension(media_type: &str) -> &'static str {
    TYPES.iter().find(|one| one.media_type == media_type).map_or("bin", |one| one.extensions[0])
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// As much as any mark at the beginning of a file takes.
const HEAD: u64 = 4096;

/// The allowed type that a file's bytes have.
pub fn sniff(file: &mut File) -> io::Result<Option<&'static FileType>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    if head.starts_with(ZIP) {
        let names = names_in_zip(file)?.unwrap_or_default();
        let has = |part: &str| names.iter().any(|name| name.starts_with(part));
        // A package with macros is another type, whatever it calls itself.
        if !has("[Content_Types].xml") || names.iter().any(|name| name.ends_with("vbaProject.bin")) {
            return Ok(None);
        }
        return Ok(TYPES.iter().find(|one| matches!(one.mark, Mark::Package(folder) if has(folder))));
    }
    if head.starts_with(COMPOUND) {
        let Ok(compound) = cfb::CompoundFile::open(file) else { return Ok(None) };
        let has = |stream: &&str| compound.is_stream(stream);
        return Ok(TYPES.iter().find(|one| matches!(one.mark, Mark::Compound(streams) if streams.iter().any(has))));
    }
    let found = infer::get(&head).map(|found| found.mime_type());
    Ok(found.and_then(|found| TYPES.iter().find(|one| matches!(one.mark, Mark::Magic) && one.is_called(found))))
}

/// The names in the central directory of an archive (APPNOTE 4.3); `None` where there is none that can be read.
fn names_in_zip(file: &mut File) -> io::Result<Option<Vec<String>>> {
    const END: &[u8] = b"PK\x05\x06";
    const END_SIZE: usize = 22;
    const MOST_COMMENT: u64 = 0xffff;
    const MOST_DIRECTORY: u64 = 1024 * 1024;
    let size = file.seek(SeekFrom::End(0))?;
    let tail_size = size.min(END_SIZE as u64 + MOST_COMMENT);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size - tail_size))?;
    file.by_ref().take(tail_size).read_to_end(&mut tail)?;
    let Some(at) = tail.windows(END_SIZE).rposition(|window| window.starts_with(END)) else { return Ok(None) };
    let number = |from: usize| tail.get(from..from + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let (directory_size, start) = (u64::from(number(at + 12)), u64::from(number(at + 16)));
    if directory_size > MOST_DIRECTORY || start + directory_size > size {
        return Ok(None);
    }
    let mut directory = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.by_ref().take(directory_size).read_to_end(&mut directory)?;
    Ok(names_in_directory(&directory))
}

fn names_in_directory(mut rest: &[u8]) -> Option<Vec<String>> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    const ENTRY_SIZE: usize = 46;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let entry = rest.get(..ENTRY_SIZE).filter(|entry| entry.starts_with(ENTRY))?;
        let length = |from: usize| usize::from(u16::from_le_bytes([entry[from], entry[from + 1]]));
        let (name, extra, comment) = (length(28), length(30), length(32));
        let name = rest.get(ENTRY_SIZE..ENTRY_SIZE + name)?;
        // Some programs write folders with backslashes.
        names.push(String::from_utf8_lossy(name).replace('\\', "/"));
        rest = rest.get(ENTRY_SIZE + name.len() + extra + comment..)?;
    }
    Some(names)
}

/// Where a body says what a file is: pointers of what is declared and of the name.
#[derive(Clone, Copy, Debug)]
pub struct Pointers {
    pub declared: &'static str,
    pub name: &'static str,
}

/// The extension of a name: up to five letters and digits after the last dot, one of them a letter (“v1.2” has none).
pub fn extension(name: &str) -> Option<String> {
    let (_, end) = name.rsplit_once('.')?;
    let good = (1..=5).contains(&end.len())
        && end.bytes().all(|b| b.is_ascii_alphanumeric())
        && end.bytes().any(|b| b.is_ascii_alphabetic());
    good.then(|| end.to_ascii_lowercase())
}

/// The type of a file whose bytes, declared type and name agree.
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
        Some(Some(known)) if !same(known) => faults.push(Fault::new(
            at.declared,
            "type_mismatch",
            format!("文件内容不是 {}", known.media_type),
            format!("the bytes of the file are not {}", known.media_type),
        )),
        _ => {}
    }
    if known.is_none() && found.is_none() && !matches!(by_ending, Some(Some(_))) {
        return Err(not_allowed());
    }
    if let (Some(ending), Some(by_ending)) = (ending, by_ending)
        && !by_ending.is_some_and(same)
    {
        faults.push(Fault::new(
            at.name,
            "extension_mismatch",
            format!("文件内容与扩展名 .{ending} 不符"),
            format!("the bytes of the file do not fit the extension .{ending}"),
        ));
    }
    match found {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(Problem::faults(faults)),
    }
}

fn not_allowed() -> Problem {
    let all: Vec<&str> = TYPES.iter().map(|one| one.extensions[0]).collect();
    let all = all.join(", ");
    Problem::new(Code::UnsupportedMediaType).detail(format!("只接收 {all} 文件"), format!("files of {all} are taken"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn found(bytes: &[u8]) -> Option<&'static str> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        sniff(&mut file).unwrap().map(|one| one.media_type)
    }

    /// As Python's `zipfile` writes it, with a comment at the end.
    const ARCHIVE: &str = "504b0304140000000000000021008316dc8c010000000100000010000000646f6350726f70732f6170702e786d6c78504b03\
        041400000000000000210016c37a19040000000400000011000000776f72642f646f63756d656e742e786d6c3c772f3e504b\
        030414000000000000002100c71c173c0800000008000000130000005b436f6e74656e745f54797065735d2e786d6c3c5479\
        7065732f3e504b01021403140000000000000021008316dc8c01000000010000001000000000000000000000008001000000\
        00646f6350726f70732f6170702e786d6c504b010214031400000000000000210016c37a1904000000040000001100000000\
        0000000000000080012f000000776f72642f646f63756d656e742e786d6c504b0102140314000000000000002100c71c173c\
        08000000080000001300000000000000000000008001620000005b436f6e74656e745f54797065735d2e786d6c504b050600\
        00000003000300be0000009b0000000300575053";

    #[test]
    fn a_package_is_known_by_its_folder_wherever_it_stands() {
        let bytes = hex::decode(ARCHIVE).unwrap();
        assert_eq!(found(&bytes), Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"));
        let comment = 3;
        for end in 0..bytes.len() - comment {
            assert_eq!(found(&bytes[..end]), None, "cut off at {end}");
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
