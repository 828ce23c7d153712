//! Whether a file is text at all: what is not gets a message that says where, in place of one about columns.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// So much is looked at a time.
const CHUNK: usize = 1 << 16;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    Text,
    /// Nothing, or nothing but blanks.
    Empty,
    /// Not UTF-8 in this line, counted from 1.
    Foreign(u64),
    /// UTF-16, as spreadsheets write it under "Unicode text".
    Utf16,
}

/// Looks through a file, which may be gzipped.
pub(super) fn looks_of_file(path: &Path, is_gzipped: bool) -> io::Result<Looks> {
    let file = File::open(path)?;
    if is_gzipped { looks_of(MultiGzDecoder::new(file)) } else { looks_of(file) }
}

/// All bytes of a file, which may be gzipped.
pub(super) fn bytes_of_file(path: &Path, is_gzipped: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::open(path)?;
    if is_gzipped {
        MultiGzDecoder::new(file).read_to_end(&mut bytes)?;
    } else {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

pub(super) fn looks_of(mut text: impl Read) -> io::Result<Looks> {
    let mut chunk = vec![0; CHUNK];
    // What is left of the chunk before: the beginning of a character.
    let mut kept = 0;
    let (mut line, mut is_empty, mut is_first) = (1, true, true);
    loop {
        let read = text.read(chunk.get_mut(kept..).unwrap_or_default())?;
        let bytes = chunk.get(..kept + read).unwrap_or_default();
        if is_first && (bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF])) {
            return Ok(Looks::Utf16);
        }
        is_first = false;
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => bytes.len(),
            Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
            Err(error) => {
                return Ok(Looks::Foreign(line + lines_in(bytes.get(..error.valid_up_to()).unwrap_or_default())));
            }
        };
        let whole = bytes.get(..valid).unwrap_or_default();
        line += lines_in(whole);
        is_empty &= whole.iter().all(u8::is_ascii_whitespace) || whole == [0xEF, 0xBB, 0xBF];
        if read == 0 {
            return Ok(if is_empty { Looks::Empty } else { Looks::Text });
        }
        let end = kept + read;
        chunk.copy_within(valid..end, 0);
        kept = end - valid;
    }
}

fn lines_in(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').count() as u64 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte at a time, so that every character comes in parts.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let (Some((first, rest)), Some(place)) = (self.0.split_first(), to.first_mut()) else { return Ok(0) };
            (*place, self.0) = (*first, rest);
            Ok(1)
        }
    }

    #[test]
    fn texts_are_told_from_other_bytes() {
        for (bytes, wanted) in [
            ("a,b\n1,ä\n".as_bytes(), Looks::Text),
            (b"", Looks::Empty),
            (b" \r\n\n", Looks::Empty),
            (b"\xEF\xBB\xBF", Looks::Empty),
            (b"a\n1\n\xE4\n", Looks::Foreign(3)),
            (b"a\n\xC3", Looks::Foreign(2)),
            (b"\xFF\xFEa\0", Looks::Utf16),
        ] {
            assert_eq!(looks_of(bytes).unwrap(), wanted, "{bytes:?}");
            if wanted != Looks::Utf16 {
                assert_eq!(looks_of(Drip(bytes)).unwrap(), wanted, "{bytes:?}, byte by byte");
            }
        }
    }
}
