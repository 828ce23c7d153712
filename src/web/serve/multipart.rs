//! Forms with files in them, read as they come in: no file takes more memory than its field allows, and all together no more
//! than the server allows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use futures_util::StreamExt;

use super::error::Error;
use super::form::LONGEST;
use crate::eval::SentFile;

/// How many bytes of files are held at one time, of all that are being sent.
const MOST_SPOOLED: usize = 1_000_000_000;

/// How many bytes the head of a part may have.
const LONGEST_HEAD: usize = 8_000;

/// How many bytes beyond what is taken are read and dropped, so that the browser hears why.
const PATIENCE_BYTES: usize = 200_000_000;

/// How long the next bytes are waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Counts the bytes of files that are being sent.
#[derive(Debug, Default)]
pub(super) struct Spool(AtomicUsize);

/// Bytes that count until this is dropped.
#[derive(Debug)]
pub(super) struct Spooled {
    spool: Arc<Spool>,
    bytes: usize,
}

impl Spooled {
    fn new(spool: &Arc<Spool>) -> Self {
        Self { spool: Arc::clone(spool), bytes: 0 }
    }

    /// Whether so many bytes more may be held; then they count.
    fn take(&mut self, bytes: usize) -> bool {
        let before = self.spool.0.fetch_add(bytes, Ordering::AcqRel);
        self.bytes += bytes;
        before + bytes <= MOST_SPOOLED
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        self.spool.0.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

/// What was sent.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) fields: Vec<(String, String)>,
    pub(super) files: BTreeMap<String, SentFile>,
    pub(super) spooled: Spooled,
}

/// What separates the parts of a body of this type, if it has parts.
pub(super) fn boundary_of(media_type: &str) -> Option<String> {
    let (kind, rest) = media_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    (1..=70).contains(&boundary.len()).then(|| boundary.to_owned())
}

/// Reads the parts of a body; `most` says how many bytes the file of a field may have, if it takes any.
pub(super) async fn read(
    body: Body,
    boundary: &str,
    spool: &Arc<Spool>,
    most: impl Fn(&str) -> Option<u64>,
) -> Result<Parts, Error> {
    let mut reader = Reader::new(boundary, Spooled::new(spool), most);
    let mut chunks = body.into_data_stream();
    while !reader.is_done {
        let next = tokio::time::timeout(PATIENCE, chunks.next()).await;
        let Ok(Some(Ok(chunk))) = next else { return Err(broken()) };
        reader.feed(&chunk)?;
    }
    Ok(reader.parts)
}

fn broken() -> Error {
    Error::BadInput("What was sent broke off, or is no form.".to_owned())
}

/// The part that is being read.
enum Part {
    /// Before the first one.
    None,
    Head,
    Field {
        name: String,
        value: Vec<u8>,
    },
    File {
        field: String,
        name: String,
        bytes: Vec<u8>,
        most: usize,
        is_whole: bool,
    },
}

struct Reader<F> {
    /// What stands in front of a part: a line break and the boundary.
    delimiter: Vec<u8>,
    /// What has come in and is not read yet.
    rest: Vec<u8>,
    part: Part,
    parts: Parts,
    most: F,
    text_bytes: usize,
    dropped: usize,
    is_done: bool,
}

impl<F: Fn(&str) -> Option<u64>> Reader<F> {
    fn new(boundary: &str, spooled: Spooled, most: F) -> Self {
        Self {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            // The first boundary has no line in front of it.
            rest: b"\r\n".to_vec(),
            part: Part::None,
            parts: Parts { fields: Vec::new(), files: BTreeMap::new(), spooled },
            most,
            text_bytes: 0,
            dropped: 0,
            is_done: false,
        }
    }

    fn feed(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.rest.extend_from_slice(chunk);
        while !self.is_done {
            let is_more = if matches!(self.part, Part::Head) { self.read_head()? } else { self.read_content()? };
            if !is_more {
                break;
            }
        }
        Ok(())
    }

    /// Reads the content of a part up to the next boundary, or as far as it has come in.
    fn read_content(&mut self) -> Result<bool, Error> {
        let Some(at) = find(&self.rest, &self.delimiter) else {
            // What may be the beginning of a boundary waits for the rest of it.
            let certain = self.rest.len().saturating_sub(self.delimiter.len());
            self.take(certain)?;
            return Ok(false);
        };
        let behind = at + self.delimiter.len();
        let Some(mark) = self.rest.get(behind..behind + 2) else { return Ok(false) };
        let is_last = mark == b"--";
        if !is_last && mark != b"\r\n" {
            return Err(broken());
        }
        self.take(at)?;
        // The line break behind a boundary may be the one in front of an empty head.
        let past = if is_last { self.delimiter.len() + 2 } else { self.delimiter.len() };
        self.rest.drain(..past);
        self.end_part();
        self.is_done = is_last;
        Ok(true)
    }

    /// Takes so many bytes as content of the part.
    fn take(&mut self, count: usize) -> Result<(), Error> {
        let content: Vec<u8> = self.rest.drain(..count).collect();
        match &mut self.part {
            Part::None | Part::Head => {}
            Part::Field { value, .. } => {
                self.text_bytes += content.len();
                if self.text_bytes > LONGEST {
                    return Err(Error::TooLarge);
                }
                value.extend(content);
            }
            Part::File { bytes, most, is_whole, .. } => {
                let fits = *is_whole && bytes.len() + content.len() <= *most;
                if fits && self.parts.spooled.take(content.len()) {
                    bytes.extend(content);
                } else {
                    (*is_whole, *bytes) = (false, Vec::new());
                    self.dropped += content.len();
                    if self.dropped > PATIENCE_BYTES {
                        return Err(Error::TooLarge);
                    }
                }
            }
        }
        Ok(())
    }

    fn end_part(&mut self) {
        match std::mem::replace(&mut self.part, Part::Head) {
            Part::None | Part::Head => {}
            Part::Field { name, value } => {
                self.parts.fields.push((name, String::from_utf8_lossy(&value).into_owned()));
            }
            // A field for which no file was chosen is sent as a file without a name.
            Part::File { name, .. } if name.is_empty() => {}
            Part::File { field, name, bytes, is_whole, .. } => {
                let bytes = is_whole.then(|| bytes.into());
                self.parts.files.insert(field, SentFile { name, bytes });
            }
        }
    }

    /// Reads the head of a part, if all of it has come in.
    fn read_head(&mut self) -> Result<bool, Error> {
        let Some(end) = find(&self.rest, b"\r\n\r\n") else {
            return if self.rest.len() > LONGEST_HEAD { Err(broken()) } else { Ok(false) };
        };
        let head = String::from_utf8_lossy(self.rest.get(..end).unwrap_or_default()).into_owned();
        self.rest.drain(..end + 4);
        self.text_bytes += head.len();
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        });
        let name = disposition.and_then(|value| parameter(value, "name")).ok_or_else(broken)?;
        let file = disposition.and_then(|value| parameter(value, "filename"));
        self.part = match file {
            None => Part::Field { name, value: Vec::new() },
            Some(file) => {
                let most = (self.most)(&name).and_then(|most| usize::try_from(most).ok()).unwrap_or(0);
                let file = file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                Part::File { field: name, name: file, bytes: Vec::new(), most, is_whole: true }
            }
        };
        Ok(true)
    }
}

/// A parameter in quotes, as browsers write it.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let mut rest = disposition;
    while let Some((_, after)) = rest.split_once(';') {
        let after = after.trim_start();
        if let Some(value) = after.strip_prefix(name).and_then(|after| after.strip_prefix("=\"")) {
            let value = value.split('"').next().unwrap_or_default();
            return Some(value.replace("%22", "\"").replace("%0D%0A", "\n"));
        }
        // A point of separation inside quotes is none.
        let quoted = after.split_once('"').and_then(|(_, inside)| inside.split_once('"')).map(|(_, behind)| behind);
        rest = quoted.unwrap_or(after);
    }
    None
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(step) = text.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + step;
        if text.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "--b\r\nContent-Disposition: form-data; name=\"view\"\r\n\r\nabc\r\n\
        --b\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n\
        --b\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"C:\\a;b.csv\"\r\n\r\nx,y\r\n--1,2\r\n\r\n\
        --b\r\nContent-Disposition: form-data; name=\"big\"; filename=\"big.csv\"\r\n\r\n0123456789\r\n--b--\r\n";

    fn read_in_chunks(text: &str, size: usize) -> Result<Parts, Error> {
        let spool = Arc::new(Spool::default());
        let most = |name: &str| (name != "big").then_some(100).or(Some(5));
        let mut reader = Reader::new("b", Spooled::new(&spool), most);
        for chunk in text.as_bytes().chunks(size) {
            reader.feed(chunk)?;
        }
        if reader.is_done { Ok(reader.parts) } else { Err(broken()) }
    }

    #[test]
    fn parts_are_found_however_they_come_in() {
        for size in [1, 2, 3, 7, 64, 10_000] {
            let parts = read_in_chunks(SENT, size).unwrap();
            let fields: Vec<(&str, &str)> = parts.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(fields, [("view", "abc"), ("empty", "")], "{size}");
            let file = SentFile { name: "a;b.csv".to_owned(), bytes: Some(b"x,y\r\n--1,2\r\n".as_slice().into()) };
            let big = SentFile { name: "big.csv".to_owned(), bytes: None };
            assert_eq!(parts.files, BTreeMap::from([("file".to_owned(), file), ("big".to_owned(), big)]), "{size}");
            assert!(parts.spooled.bytes >= 12);
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for text in ["", "--b", "--c\r\n", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "--bx\r\n"] {
            assert!(read_in_chunks(text, 5).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_boundary_stands_in_the_type() {
        for (media_type, boundary) in [
            ("multipart/form-data; boundary=----x1", Some("----x1")),
            ("Multipart/Form-Data;charset=utf-8; boundary=\"a b\"", Some("a b")),
            ("multipart/form-data", None),
            ("application/x-www-form-urlencoded; boundary=x", None),
        ] {
            assert_eq!(boundary_of(media_type).as_deref(), boundary, "{media_type}");
        }
    }
}
