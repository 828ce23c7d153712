//! Secrets to plant, and how to find them again, however they are written. This shares no code with what keeps them in.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A piece of a secret that is as long as this is a leak.
const PIECE: usize = 8;

/// Secrets that stand nowhere by chance, one for each place that they are planted in.
#[derive(Default)]
pub(crate) struct Canaries {
    /// The place of each piece of each secret.
    pieces: HashMap<[u8; PIECE], String>,
}

impl Canaries {
    /// A new secret. What encoders and quoters trip over stands in the middle.
    pub(crate) fn plant(&mut self, place: &str) -> String {
        self.plant_with(place, "'\"&/%ü")
    }

    /// A new secret with this in the middle.
    pub(crate) fn plant_with(&mut self, place: &str, middle: &str) -> String {
        let half = |seed: &str| {
            let mut hasher = DefaultHasher::new();
            (seed, place).hash(&mut hasher);
            format!("{:x}", hasher.finish())
        };
        let secret = format!("Kn{}{middle}{}", half("a"), half("b"));
        for window in secret.as_bytes().windows(PIECE) {
            self.pieces.insert(window.try_into().unwrap(), place.to_owned());
        }
        secret
    }

    /// The pieces of secrets that stand in a text, in any writing: which, and from where.
    pub(crate) fn leaks(&self, text: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (writing, bytes) in readings(text) {
            for window in bytes.windows(PIECE) {
                if let Some(place) = self.pieces.get(window) {
                    found.insert(format!("{place}, {writing}"));
                }
            }
        }
        found
    }
}

/// What a text says if it is read as it stands, and as each of the encodings that it may be in.
fn readings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut readings = vec![("as it stands", text.as_bytes().to_vec())];
    readings.push(("escaped", unescaped(text)));
    readings.push(("escaped twice", unescaped(&String::from_utf8_lossy(&unescaped(text)))));
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    for (name, alphabet) in [("Base64", base64::alphabet::STANDARD), ("Base64 of URLs", base64::alphabet::URL_SAFE)] {
        let engine = GeneralPurpose::new(&alphabet, lenient);
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
        let mut decoded = Vec::new();
        for word in text.split(|c| !is_letter(c)).filter(|word| word.len() >= PIECE) {
            for start in 0..4 {
                let part = &word[start..];
                // A last letter alone holds no byte.
                let part = if part.len() % 4 == 1 { &part[..part.len() - 1] } else { part };
                decoded.extend(engine.decode(part).unwrap_or_default());
                decoded.push(0);
            }
        }
        readings.push((name, decoded));
    }
    let mut digits = Vec::new();
    for word in text.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() >= 2 * PIECE) {
        for start in 0..2 {
            let bytes = word.as_bytes()[start..].chunks_exact(2);
            digits.extend(bytes.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()));
            digits.push(0);
        }
    }
    readings.push(("hexadecimal", digits));
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    readings.push(("numbers", numbers.map(|word| word.parse().unwrap_or(0)).collect()));
    readings
}

/// The text with the escapes of URLs, strings, SQL and HTML replaced by what they mean.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hex = |range: std::ops::Range<usize>| u32::from_str_radix(rest.get(range)?, 16).ok();
        let named = [("&amp;", '&'), ("&quot;", '"'), ("&lt;", '<'), ("&gt;", '>'), ("''", '\'')];
        let numeric = |radix: u32, prefix: &str| {
            let (digits, _) = rest.strip_prefix(prefix)?.split_once(';')?;
            let char = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
            Some((char, prefix.len() + digits.len() + 1))
        };
        let unicode = || {
            let (digits, _) = rest.strip_prefix("\\u{")?.split_once('}')?;
            Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, digits.len() + 4))
        };
        let read = named.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, char)| (*char, name.len()));
        let read = read.or_else(|| numeric(16, "&#x")).or_else(|| numeric(10, "&#")).or_else(unicode);
        if let Some((char, length)) = read {
            bytes.extend(char.to_string().bytes());
            rest = &rest[length..];
        } else if let (true, Some(byte)) = (first == '%', hex(1..3)) {
            bytes.push(u8::try_from(byte).unwrap());
            rest = &rest[3..];
        } else if let (true, Some(byte)) = (rest.starts_with("\\x"), hex(2..4)) {
            bytes.push(u8::try_from(byte).unwrap());
            rest = &rest[4..];
        } else if first == '\\' && rest[1..].starts_with(['"', '\'', '\\', '/']) {
            bytes.push(rest.as_bytes()[1]);
            rest = &rest[2..];
        } else {
            bytes.extend(first.to_string().bytes());
            rest = &rest[first.len_utf8()..];
        }
    }
    bytes
}

#[test]
fn a_planted_secret_is_found_in_any_writing() {
    let mut canaries = Canaries::default();
    let secret = canaries.plant("here");
    let bytes = secret.as_bytes();
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let encoded: Vec<String> = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let engine = base64::prelude::BASE64_STANDARD;
    let writings = [
        secret.clone(),
        format!("{secret:?}"),
        format!("{:?}", format!("{secret:?}")),
        format!("{bytes:?}"),
        bytes.escape_ascii().to_string(),
        encoded.concat(),
        secret.replace('&', "&amp;").replace('\'', "&#39;").replace('"', "&quot;"),
        digits.concat(),
        engine.encode(&secret),
        engine.encode(format!("me:{secret}")),
        engine.encode(format!("you:{secret}")),
        secret.chars().take(12).collect(),
    ];
    for writing in writings {
        assert!(!canaries.leaks(&format!("before {writing} behind")).is_empty(), "{writing}");
    }
    assert!(canaries.leaks(&Canaries::default().plant("there")).is_empty());
}
