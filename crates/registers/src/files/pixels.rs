//! Limits the dimensions of pictures: a small file can expand to more memory than a reader has.

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};

use imagesize::{ImageError, ImageSize};

use crate::input_error::InputError;
use crate::problem::Problem;

/// Maximum length of a side. Panoramas of phones have up to 16,384.
const LONGEST: usize = 30_000;
/// Maximum number of pixels. Phone cameras have up to 200 million.
const MOST: usize = 200_000_000;

/// Dimensions of a picture, read from its header; `None` if it is not a picture or has no dimensions.
pub fn of(file: &mut File, media_type: &str) -> io::Result<Option<ImageSize>> {
    if !media_type.starts_with("image/") {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0))?;
    let size = imagesize::reader_size(BufReader::new(&mut *file));
    file.seek(SeekFrom::Start(0))?;
    match size {
        Ok(size) => Ok(Some(size)),
        Err(ImageError::IoError(error)) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
        // A file without dimensions cannot be displayed, so it does no harm.
        Err(_) => Ok(None),
    }
}

/// Returns the file if its picture is within the limits.
pub fn within(file: (File, Option<ImageSize>), pointer: &str) -> Result<File, Problem> {
    let (file, size) = file;
    match size {
        Some(size) if is_too_large(size) => {
            let (width, height) = (size.width, size.height);
            let zh = format!("图片为 {width} × {height} 像素；每边不得超过{LONGEST}像素，合计不得超过2亿像素");
            let en = format!(
                "the picture has {width} × {height} pixels; at most {LONGEST} a side and 200 million in all are allowed"
            );
            Err(Problem::input_errors(vec![InputError::new(pointer, "out_of_range", zh, en)]))
        }
        _ => Ok(file),
    }
}

fn is_too_large(size: ImageSize) -> bool {
    let pixels = size.width.checked_mul(size.height);
    size.width > LONGEST || size.height > LONGEST || pixels.is_none_or(|pixels| pixels > MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_as_large_as_a_camera_makes_it() {
        for (width, height, refused) in [
            (4000, 3000, false),
            (16_320, 12_240, false),
            (16_384, 4096, false),
            (60_000, 60_000, true),
            (20_000, 20_000, true),
            (30_001, 1, true),
            (1, 30_001, true),
            (usize::MAX, 2, true),
        ] {
            assert_eq!(is_too_large(ImageSize { width, height }), refused, "{width} x {height}");
        }
    }
}
