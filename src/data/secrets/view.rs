//! A text as it is, and what it says once its escapes are read.

use std::ops::Range;

/// How often escapes may wrap each other: JSON in a URL in a log line.
const DEPTH: usize = 3;

/// Bytes, and which bytes of the text each was made of.
pub(super) struct View {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
    depth: usize,
}

impl View {
    /// The text itself.
    pub(super) fn of(text: &str) -> Self {
        let places = (0..text.len()).map(|at| at..at + 1).collect();
        Self { bytes: text.as_bytes().to_vec(), places, depth: 0 }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where these bytes stand in the text.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        let first = self.places.get(range.start).map_or(0, |place| place.start);
        let last = range.end.checked_sub(1).and_then(|last| self.places.get(last));
        first..last.map_or(first, |place| place.end)
    }

    /// The text with its escapes read: those of URLs, of strings in programs, of SQL and of HTML, whichever there are.
    /// None where there are none.
    pub(super) fn decoded(&self) -> Option<Self> {
        if self.depth >= DEPTH {
            return None;
        }
        let mut decoded = Self { bytes: Vec::new(), places: Vec::new(), depth: self.depth + 1 };
        let mut at = 0;
        let mut is_changed = false;
        while let Some(&byte) = self.bytes.get(at) {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let (meant, length) = match escape(rest) {
                Some(read) => read,
                None => (vec![byte], 1),
            };
            is_changed |= length > 1;
            let place = self.place(at..at + length);
            decoded.places.extend(meant.iter().map(|_| place.clone()));
            decoded.bytes.extend(meant);
            at += length;
        }
        is_changed.then_some(decoded)
    }
}

/// The bytes that the escape at the start of a text stands for, and its length.
fn escape(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    match text {
        [b'%', high, low, ..] => Some((vec![hex(&[*high, *low])?], 3)),
        [b'\\', rest @ ..] => backslash(rest).map(|(bytes, length)| (bytes, length + 1)),
        [b'&', rest @ ..] => entity(rest).map(|(bytes, length)| (bytes, length + 1)),
        [b'\'', b'\'', ..] | [b'"', b'"', ..] | [b'`', b'`', ..] => Some((text.get(..1)?.to_vec(), 2)),
        _ => None,
    }
}

fn backslash(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let one = |byte: u8| Some((vec![byte], 1));
    match text {
        [b'n', ..] => one(b'\n'),
        [b'r', ..] => one(b'\r'),
        [b't', ..] => one(b'\t'),
        [b'x', high, low, ..] => Some((vec![hex(&[*high, *low])?], 3)),
        [b'u', b'{', rest @ ..] => {
            let digits = rest.iter().position(|byte| *byte == b'}')?;
            Some((char_of(rest.get(..digits)?, 16)?, digits + 3))
        }
        [b'u', rest @ ..] => Some((char_of(rest.get(..4)?, 16)?, 5)),
        [b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', ..] => {
            let digits = std::str::from_utf8(text.get(..3)?).ok()?;
            Some((vec![u8::from_str_radix(digits, 8).ok()?], 3))
        }
        [b'0', ..] => one(0),
        [byte, ..] if byte.is_ascii_punctuation() => one(*byte),
        _ => None,
    }
}

fn entity(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    const NAMED: [(&[u8], u8); 5] = [(b"amp", b'&'), (b"lt", b'<'), (b"gt", b'>'), (b"quot", b'"'), (b"apos", b'\'')];
    let length = text.iter().take(10).position(|byte| *byte == b';')?;
    let bytes = match text.get(..length)? {
        [b'#', b'x' | b'X', digits @ ..] => char_of(digits, 16)?,
        [b'#', digits @ ..] => char_of(digits, 10)?,
        name => vec![NAMED.iter().find(|(known, _)| *known == name)?.1],
    };
    Some((bytes, length + 1))
}

fn hex(digits: &[u8]) -> Option<u8> {
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn char_of(digits: &[u8], radix: u32) -> Option<Vec<u8>> {
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let char = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    Some(char.encode_utf8(&mut [0; 4]).as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_their_places_kept() {
        for (text, meant) in [
            ("plain", None),
            ("a%40b", Some("a@b")),
            ("100%", None),
            (r"a\n\x41\u{fc}\u00fc\101\\", Some("a\nAüüA\\")),
            ("a&amp;&lt;&#39;&#x27;&quot;&nope;", Some("a&<''\"&nope;")),
            ("it''s", Some("it's")),
        ] {
            let decoded = View::of(text).decoded().map(|view| String::from_utf8(view.bytes().to_vec()).unwrap());
            assert_eq!(decoded.as_deref(), meant, "{text}");
        }
        let view = View::of("x%25%34%30y").decoded().unwrap();
        assert_eq!(view.bytes(), b"x%40y");
        let twice = view.decoded().unwrap();
        assert_eq!(twice.bytes(), b"x@y");
        assert_eq!(twice.place(1..2), 1..10);
    }
}
