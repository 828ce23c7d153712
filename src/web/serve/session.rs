//! Who is asking: the browser by its cookie, the view by a token that only this server can make.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use appspec_data::write_private;
use appspec_lang::value::Fingerprint;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::eval::ViewId;

const COOKIE: &str = "appspec_session";

/// The secret that view tokens are signed with.
#[derive(Clone)]
pub(super) struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key([secret])")
    }
}

impl Key {
    /// A key that lives as long as the process.
    pub(super) fn random() -> Self {
        Self(rand::random())
    }

    /// The key kept in a folder; makes one where there is none, so that views survive a restart.
    #[expect(clippy::disallowed_methods, reason = "the key is the server's own, no spec")]
    pub(super) fn load(folder: &Path) -> io::Result<Self> {
        let path = folder.join("key");
        if let Some(key) = fs::read(&path).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
            return Ok(Self(key));
        }
        let key = Self::random();
        fs::create_dir_all(folder)?;
        write_private(&path, &key.0)?;
        Ok(key)
    }

    /// What chance is seeded with.
    pub(super) fn secret(&self) -> Fingerprint {
        Fingerprint::of(blake3::keyed_hash(&self.0, b"chance").as_bytes())
    }

    /// Names a browser on disk: who reads that cannot pass for the browser.
    pub(super) fn name(&self, session: &Session) -> String {
        self.sign(&format!("browser {}", session.id))
    }

    fn sign(&self, text: &str) -> String {
        let mac = blake3::keyed_hash(&self.0, text.as_bytes()).to_hex();
        mac.chars().take(32).collect()
    }
}

/// A browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    id: String,
    is_new: bool,
}

impl Session {
    /// The browser that sent these headers; a new one if they hold no session.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let is_id = |id: &&str| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        match cookie(headers, COOKIE).filter(is_id) {
            Some(id) => Self { id: id.to_owned(), is_new: false },
            None => Self { id: format!("{:032x}", rand::random::<u128>()), is_new: true },
        }
    }

    /// Names the browser; known to it and to this server alone.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Names the browser where its id itself is not to be seen.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.id.as_bytes())
    }

    /// The cookie to set, for a browser that has none.
    pub(super) fn set_cookie(&self) -> Option<HeaderValue> {
        self.is_new.then(|| self.cookie("")).flatten()
    }

    /// The cookie to set with each page where something is kept for the browser, so that it outlives the browser's end.
    pub(super) fn lasting_cookie(&self, time: Duration) -> Option<HeaderValue> {
        // No browser takes a longer time.
        self.cookie(&format!("; Max-Age={}", time.as_secs().min(400 * 24 * 3600)))
    }

    fn cookie(&self, lasting: &str) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax{lasting}", self.id)).ok()
    }
}

/// The value of a cookie.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Which view a page is, how far its browser has come, and what it showed before it was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub view: ViewId,
    /// The digest of the page's URL.
    pub place: Fingerprint,
    pub revision: u64,
    pub baseline: Option<Fingerprint>,
    /// Names what the server remembered of the view's clicks as it was made.
    pub memory: u64,
}

impl Token {
    /// The token as text, good only for this browser.
    pub(super) fn sign(&self, key: &Key, session: &Session) -> String {
        let baseline = self.baseline.map_or(0, |id| id.0);
        let Self { view, place, revision, memory, .. } = self;
        let text = format!("{:x}.{:x}.{revision:x}.{baseline:x}.{memory:x}", view.0, place.0);
        let mac = key.sign(&format!("{text} {}", session.id));
        format!("{text}.{mac}")
    }

    /// Reads a token; none unless this server made it for this browser.
    pub(super) fn verify(text: &str, key: &Key, session: &Session) -> Option<Self> {
        let (body, mac) = text.rsplit_once('.')?;
        let expected = key.sign(&format!("{body} {}", session.id));
        // Comparing digests takes the same time whatever differs.
        if blake3::hash(expected.as_bytes()) != blake3::hash(mac.as_bytes()) {
            return None;
        }
        let mut parts = body.split('.').map(|part| u128::from_str_radix(part, 16).ok());
        let view = ViewId(parts.next()??);
        let place = Fingerprint(parts.next()??);
        let revision = u64::try_from(parts.next()??).ok()?;
        let baseline = Some(parts.next()??).filter(|id| *id != 0).map(Fingerprint);
        let memory = u64::try_from(parts.next()??).ok()?;
        Some(Self { view, place, revision, baseline, memory })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_only_for_its_browser() {
        let (key, session) = (Key::random(), Session::of(&HeaderMap::new()));
        let place = Fingerprint::of(b"/sales");
        let token = Token { view: ViewId(7), place, revision: 3, baseline: Some(Fingerprint(9)), memory: 5 };
        let text = token.sign(&key, &session);
        assert_eq!(Token::verify(&text, &key, &session), Some(token));
        assert_eq!(Token::verify(&text, &key, &Session::of(&HeaderMap::new())), None);
        assert_eq!(Token::verify(&text, &Key::random(), &session), None);
        assert_eq!(Token::verify(&text.replacen('7', "8", 1), &key, &session), None);
        assert_eq!(Token::verify("", &key, &session), None);
    }
}
