//! Strips metadata from pictures: place, time, device, names, comments, thumbnails. Only listed parts are kept, so
//! unknown metadata is removed, too.

use actix_web::web::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{self, WebP};
use img_parts::{ImageEXIF, ImageICC};

type Strip = fn(Bytes) -> Option<Vec<Bytes>>;

const STRIPS: &[(&str, Strip)] = &[("image/jpeg", jpeg), ("image/png", png), ("image/webp", webp)];

pub fn can(media_type: &str) -> bool {
    STRIPS.iter().any(|(known, _)| *known == media_type)
}

/// The parts of the stripped picture; `None` if the file is not a valid picture of its type.
pub fn strip(media_type: &str, bytes: Bytes) -> Option<Vec<Bytes>> {
    let (_, strip) = STRIPS.iter().find(|(known, _)| *known == media_type)?;
    strip(bytes)
}

/// Length of a JFIF segment without its thumbnail.
const JFIF: usize = 14;

fn jpeg(bytes: Bytes) -> Option<Vec<Bytes>> {
    let mut picture = Jpeg::from_bytes(bytes).ok()?;
    let (turned, profile) = (picture.exif().and_then(|exif| orientation(&exif)), picture.icc_profile());
    let mut kept = Vec::new();
    for segment in picture.segments() {
        let contents = segment.contents();
        match segment.marker() {
            markers::APP0 if contents.starts_with(b"JFIF\0") => {
                let mut head = contents.get(..JFIF)?.to_vec();
                (head[JFIF - 2], head[JFIF - 1]) = (0, 0);
                kept.push(JpegSegment::new_with_contents(markers::APP0, head.into()));
            }
            // Needed for the colour space.
            markers::APP14 if contents.starts_with(b"Adobe") => kept.push(segment.clone()),
            markers::APP0..=markers::APP15 | markers::COM => {}
            markers::SOS => {
                let mut rest = segment.clone().encoder().skip(2);
                let scans = scans(&rest.next()?)?;
                kept.push(JpegSegment::new_with_entropy(markers::SOS, contents.clone(), scans));
            }
            _ => kept.push(segment.clone()),
        }
    }
    *picture.segments_mut() = kept;
    picture.set_icc_profile(profile);
    picture.set_exif(turned.filter(|turned| *turned != 1).map(exif_of));
    Some(picture.encoder().collect())
}

/// The scans of a picture up to its end marker. Anything between or after them is dropped, such as further pictures or
/// a film with metadata of their own. Only tables and scans may come between scans.
fn scans(data: &Bytes) -> Option<Bytes> {
    let mut at = 0;
    loop {
        let Some(found) = data.get(at..)?.iter().position(|byte| *byte == markers::P) else {
            return Some(data.clone());
        };
        at += found + 1;
        match *data.get(at)? {
            // Fill byte before a marker.
            markers::P => {}
            markers::Z | markers::RST0..=markers::RST7 => at += 1,
            markers::EOI => return Some(data.slice(..=at)),
            markers::SOS | markers::DHT | markers::DQT | markers::DRI | markers::DAC | markers::DNL => {
                let length = data.get(at + 1..at + 3)?;
                at += 1 + usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
            _ => return None,
        }
    }
}

const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;

/// Orientation of a picture (Exif 2.32, 4.6.4) in its Exif data.
fn orientation(exif: &[u8]) -> Option<u16> {
    let big = exif.starts_with(b"MM");
    let short = |at: usize| {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let long = |at: usize| {
        let (first, second) = (u32::from(short(at)?), u32::from(short(at.checked_add(2)?)?));
        usize::try_from(if big { first << 16 | second } else { second << 16 | first }).ok()
    };
    let start = long(4)?;
    let entries = usize::from(short(start)?);
    (0..entries)
        .map(|entry| start + 2 + entry * 12)
        .find(|at| short(*at) == Some(ORIENTATION) && short(at + 2) == Some(SHORT))
        .and_then(|at| short(at + 8))
        .filter(|turned| (1..=8).contains(turned))
}

/// Exif data that contain the orientation only.
fn exif_of(turned: u16) -> Bytes {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend(ORIENTATION.to_be_bytes());
    exif.extend(SHORT.to_be_bytes());
    exif.extend(1u32.to_be_bytes());
    exif.extend(turned.to_be_bytes());
    exif.extend([0; 6]);
    exif.into()
}

/// PNG chunks needed for display, colours and animation (PNG 3, 11).
const PNG_CHUNKS: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD",
    b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

fn png(bytes: Bytes) -> Option<Vec<Bytes>> {
    let mut picture = Png::from_bytes(bytes).ok()?;
    let turned = picture.exif().and_then(|exif| orientation(&exif));
    picture.chunks_mut().retain(|chunk| PNG_CHUNKS.contains(&&chunk.kind()));
    picture.set_exif(turned.filter(|turned| *turned != 1).map(exif_of));
    Some(picture.encoder().collect())
}

const WEBP_CHUNKS: &[[u8; 4]] = &[
    webp::CHUNK_VP8X,
    webp::CHUNK_VP8,
    webp::CHUNK_VP8L,
    webp::CHUNK_ALPH,
    webp::CHUNK_ANIM,
    webp::CHUNK_ANMF,
    webp::CHUNK_ICCP,
];
/// Bits of VP8X that announce Exif and XMP.
const NOTES: u8 = 0b0000_1100;
const EXIF: u8 = 0b0000_1000;

fn webp(bytes: Bytes) -> Option<Vec<Bytes>> {
    let mut picture = WebP::from_bytes(bytes).ok()?;
    let turned = picture.exif().and_then(|exif| orientation(&exif)).filter(|turned| *turned != 1);
    picture.chunks_mut().retain(|chunk| WEBP_CHUNKS.contains(&chunk.id()));
    for chunk in picture.chunks_mut().iter_mut().filter(|chunk| chunk.id() == webp::CHUNK_VP8X) {
        let mut flags = chunk.content().data()?.to_vec();
        *flags.first_mut()? &= !NOTES;
        if turned.is_some() {
            *flags.first_mut()? |= EXIF;
        }
        *chunk = RiffChunk::new(webp::CHUNK_VP8X, RiffContent::Data(flags.into()));
    }
    // A picture without the extended header had no Exif data, so none is added.
    if let Some(turned) = turned {
        picture.chunks_mut().push(RiffChunk::new(webp::CHUNK_EXIF, RiffContent::Data(exif_of(turned))));
    }
    Some(picture.encoder().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: Vec<Bytes>) -> Vec<u8> {
        pieces.concat()
    }

    fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
        let length = u16::try_from(contents.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, contents].concat()
    }

    /// Exif data with an orientation and a place, in either byte order.
    fn exif(turned: u16, big: bool) -> Vec<u8> {
        let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() }.to_vec();
        let long = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() }.to_vec();
        let order = if big { b"MM\0\x2a" } else { b"II\x2a\0" };
        let entry = |tag, kind, value: Vec<u8>| [short(tag), short(kind), long(1), value].concat();
        let place = entry(0x8825, 4, long(100));
        let turn = entry(ORIENTATION, SHORT, [short(turned), short(0)].concat());
        [&b"Exif\0\0"[..], order, &long(8), &short(2), &turn, &place, &long(0), b"GPS 38.28 N"].concat()
    }

    /// Two scans, as in a progressive picture, a second picture after the end marker, and metadata everywhere.
    fn a_jpeg(turned: u16, big: bool) -> Vec<u8> {
        let mut all = vec![0xff, 0xd8];
        all.extend(segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x01THUMBS"));
        all.extend(segment(0xe1, &exif(turned, big)));
        all.extend(segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<SECRET/>"));
        all.extend(segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"));
        all.extend(segment(0xe2, b"MPF\0SECRET"));
        all.extend(segment(0xed, b"Photoshop 3.0\0SECRET"));
        all.extend(segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"));
        all.extend(segment(0xfe, b"SECRET comment"));
        all.extend(segment(0xdb, &[7; 65]));
        all.extend(segment(0xc2, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]));
        for _ in 0..2 {
            all.extend(segment(0xc4, &[5; 20]));
            all.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
            all.extend([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]);
        }
        all.extend([0xff, 0xd9]);
        all.extend(b"SECRET film behind the picture");
        all
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn a_jpeg_keeps_its_colours_and_its_orientation_alone() {
        for (turned, big) in [(1, false), (6, false), (6, true), (8, true)] {
            let stripped = joined(strip("image/jpeg", a_jpeg(turned, big).into()).unwrap());
            for gone in [&b"SECRET"[..], b"THUMBS", b"GPS", b"xap", b"MPF", b"Photoshop"] {
                assert!(!holds(&stripped, gone), "{}", String::from_utf8_lossy(gone));
            }
            for kept in
                [&b"ICC_PROFILE\0\x01\x01colours"[..], b"Adobe\0", b"JFIF\0", &[0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]]
            {
                assert!(holds(&stripped, kept), "{kept:?}");
            }
            let again = Jpeg::from_bytes(stripped.clone().into()).unwrap();
            assert_eq!(again.exif().and_then(|exif| orientation(&exif)), (turned != 1).then_some(turned));
            assert_eq!(
                joined(strip("image/jpeg", stripped.clone().into()).unwrap()),
                stripped,
                "nothing is left to take"
            );
        }
    }

    #[test]
    fn what_is_no_jpeg_to_its_end_has_no_copy() {
        let whole = a_jpeg(6, true);
        assert_eq!(strip("image/jpeg", Bytes::from_static(b"\xff\xd8\xff")), None);
        let between = whole.windows(2).rposition(|pair| pair == [0xff, 0xc4]).unwrap();
        let mut noted = whole.clone();
        noted.splice(between..between, segment(0xe1, b"SECRET"));
        assert_eq!(strip("image/jpeg", noted.into()), None);
    }

    #[test]
    fn a_png_keeps_what_it_shows() {
        let chunk = |kind: &[u8; 4], contents: &'static [u8]| {
            let chunk = img_parts::png::PngChunk::new(*kind, Bytes::from_static(contents));
            joined(chunk.encoder().collect())
        };
        let mut all = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, contents) in [
            (b"IHDR", &b"0123456789abc"[..]),
            (b"iCCP", b"colours"),
            (b"eXIf", b"SECRET"),
            (b"tEXt", b"SECRET"),
            (b"iTXt", b"SECRET"),
            (b"tIME", b"SECRET"),
            (b"prVt", b"SECRET"),
            (b"IDAT", b"picture"),
            (b"IEND", b""),
        ] {
            all.extend(chunk(kind, contents));
        }
        all.extend(b"SECRET");
        let stripped = joined(strip("image/png", all.into()).unwrap());
        assert!(!holds(&stripped, b"SECRET") && holds(&stripped, b"picture") && holds(&stripped, b"colours"));
    }

    #[test]
    fn a_png_and_a_webp_keep_their_orientation() {
        let long = |n: usize| u32::try_from(n).unwrap();
        for big in [false, true] {
            let notes = exif(6, big)[6..].to_vec();
            let mut png = Png::from_bytes(Bytes::from(a_png_of_nothing())).unwrap();
            png.set_exif(Some(notes.clone().into()));
            let stripped = joined(strip("image/png", joined(png.encoder().collect()).into()).unwrap());
            assert_eq!(Png::from_bytes(stripped.clone().into()).unwrap().exif(), Some(exif_of(6)));
            assert!(!holds(&stripped, b"GPS"));
            let chunk = |kind: &[u8; 4], contents: &[u8]| {
                [&kind[..], &long(contents.len()).to_le_bytes(), contents, &vec![0; contents.len() % 2]].concat()
            };
            for written in [notes.clone(), exif(6, big)] {
                let parts = [
                    chunk(b"VP8X", &[0b0000_1000, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                    chunk(b"VP8 ", b"picture!"),
                    chunk(b"EXIF", &written),
                ]
                .concat();
                let all = [&b"RIFF"[..], &long(parts.len() + 4).to_le_bytes(), b"WEBP", &parts].concat();
                let stripped = joined(strip("image/webp", all.into()).unwrap());
                assert!(holds(&stripped, &exif_of(6)) && !holds(&stripped, b"GPS"));
                assert!(holds(&stripped, &[0b0000_1000, 0, 0, 0]), "its Exif is promised");
            }
        }
    }

    fn a_png_of_nothing() -> Vec<u8> {
        let mut all = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
        all.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
        all
    }

    #[test]
    fn a_webp_keeps_what_it_shows() {
        let chunk = |kind: &[u8; 4], contents: &[u8]| {
            let length = u32::try_from(contents.len()).unwrap().to_le_bytes();
            [&kind[..], &length, contents, &vec![0; contents.len() % 2]].concat()
        };
        let parts = [
            chunk(b"VP8X", &[0b0010_1100, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            chunk(b"ICCP", b"colour"),
            chunk(b"VP8 ", b"picture!"),
            chunk(b"EXIF", b"SECRET"),
            chunk(b"XMP ", b"SECRET"),
            chunk(b"note", b"SECRET"),
        ]
        .concat();
        let all =
            [&b"RIFF"[..], &u32::try_from(parts.len() + 4).unwrap().to_le_bytes(), b"WEBP", &parts, b"SECRET"].concat();
        let stripped = joined(strip("image/webp", all.into()).unwrap());
        assert!(!holds(&stripped, b"SECRET") && holds(&stripped, b"picture!") && holds(&stripped, b"colour"));
        assert!(holds(&stripped, &[0b0010_0000, 0, 0, 0]), "no notes are promised");
    }
}
