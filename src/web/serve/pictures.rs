//! How large the pictures of an app are, so that pages keep room for them before they are there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use appspec_lang::spec::asset_url;

/// How much of a file is read: sizes stand at its beginning, in a photograph behind its preview.
const HEAD: u64 = 256 * 1024;
/// Folders of more files than this are not for pages.
const MOST: usize = 2000;

/// The width and height in pixels of pictures, by the URL that they are shown under.
pub(super) type Sizes = BTreeMap<String, (u32, u32)>;

/// The sizes of the pictures below `assets/` in the folder of an app, as far as they can be read.
pub(super) fn sizes(root: &Path) -> Sizes {
    let mut sizes = Sizes::new();
    let mut files = 0;
    read(&root.join("assets"), "", &mut files, &mut sizes);
    sizes
}

#[expect(
    clippy::disallowed_methods,
    reason = "the folder of the app is served from here; a file that cannot be read has no size"
)]
fn read(folder: &Path, below: &str, files: &mut usize, sizes: &mut Sizes) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        *files += 1;
        if *files > MOST {
            return;
        }
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{below}{name}");
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{path}/"), files, sizes);
            continue;
        }
        let mut head = Vec::new();
        let is_read = File::open(entry.path()).and_then(|file| file.take(HEAD).read_to_end(&mut head)).is_ok();
        if let Some(size) = size(&head).filter(|(width, height)| is_read && *width > 0 && *height > 0) {
            sizes.insert(asset_url(&path), size);
        }
    }
}

/// The size of a picture by the beginning of its file.
fn size(head: &[u8]) -> Option<(u32, u32)> {
    match head {
        [0x89, b'P', b'N', b'G', ..] => Some((big(head, 16, 4)?, big(head, 20, 4)?)),
        [b'G', b'I', b'F', b'8', ..] => Some((little(head, 6, 2)?, little(head, 8, 2)?)),
        [0xff, 0xd8, ..] => jpeg(head),
        [b'R', b'I', b'F', b'F', ..] => webp(head),
        _ => svg(&String::from_utf8_lossy(head)),
    }
}

fn big(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + length)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn little(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + length)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// Segment after segment, until the one that begins the picture itself.
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let marker = big(head, at, 2)?;
        match marker {
            0xffc4 | 0xffc8 | 0xffcc => {}
            0xffc0..=0xffcf => return Some((big(head, at + 7, 2)?, big(head, at + 5, 2)?)),
            0xff00.. => {}
            _ => return None,
        }
        at += 2 + big(head, at + 2, 2)? as usize;
    }
}

fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(8..16)? {
        b"WEBPVP8X" => Some((little(head, 24, 3)? + 1, little(head, 27, 3)? + 1)),
        b"WEBPVP8 " => Some((little(head, 26, 2)? & 0x3fff, little(head, 28, 2)? & 0x3fff)),
        b"WEBPVP8L" => {
            let bits = little(head, 21, 4)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

/// Of a drawing: what it says of itself, or else its proportions.
fn svg(text: &str) -> Option<(u32, u32)> {
    let tag = text.get(text.find("<svg")?..)?;
    let tag = tag.get(..tag.find('>')?)?;
    let value = |name: &str| {
        let rest = tag.split_once(&format!(" {name}="))?.1;
        let quote = rest.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        rest.get(1..)?.split(quote).next()
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is no size is filtered out")]
    let pixels = |text: &str| Some(text.trim().trim_end_matches("px").parse::<f32>().ok()?.round() as u32);
    if let (Some(width), Some(height)) = (value("width").and_then(pixels), value("height").and_then(pixels)) {
        return Some((width, height));
    }
    let mut sides = value("viewBox")?.split([' ', ',']).filter(|side| !side.is_empty()).skip(2);
    Some((pixels(sides.next()?)?, pixels(sides.next()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_the_beginning_of_a_file() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x02\xff\xc2\0\x11\x08\x01\0\x02\0\x03";
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x01\0\xff\0\0";
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\0\x02\0\x01";
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\xff\xc1\x3f\0";
        let cases: [&[u8]; 8] = [
            png,
            b"GIF89a\0\x02\0\x01",
            jpeg,
            webp,
            lossy,
            lossless,
            b"<?xml version='1.0'?><svg xmlns='a' width=\"512px\" height=\"256\">",
            b"<svg viewBox='0 0 512 256'>",
        ];
        for case in cases {
            assert_eq!(size(case), Some((512, 256)), "{}", String::from_utf8_lossy(case));
        }
        for broken in [&b"\x89PNG"[..], b"\xff\xd8\xff\xe0\0\x04ab", b"", b"RIFF", b"<svg>", b"<svg width='100%'>"] {
            assert_eq!(size(broken), None, "{}", String::from_utf8_lossy(broken));
        }
    }
}
