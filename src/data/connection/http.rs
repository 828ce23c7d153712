//! Servers that answer queries over HTTP: what is asked stays below the base URL, whatever the values in it are.

use std::error::Error;
use std::io::Read;
use std::time::Duration;

use appspec_lang::spec::Name;
use flate2::read::MultiGzDecoder;
use futures_util::TryStreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Response, StatusCode, Url};
use tokio::sync::OnceCell;

use super::settings::HttpSettings;
use crate::error::{DataError, DataErrorKind};

/// The largest answer, unpacked.
const LARGEST: usize = if cfg!(test) { 1 << 20 } else { 100 << 20 };
/// So long may it take until a connection stands.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 10 });
const MOST_REDIRECTS: usize = 5;
/// What stands for itself in a URL wherever it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Writes a value so that it stays one part of a path or of a query, whatever is in it.
pub fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// A server, and how to talk to it.
#[derive(Debug)]
pub(super) struct Http {
    name: Name,
    settings: HttpSettings,
    client: OnceCell<Client>,
}

/// What a server has said.
#[derive(Debug)]
pub(crate) struct Answer {
    bytes: Vec<u8>,
    is_gzipped: bool,
    pub(crate) content_type: Option<String>,
}

impl Http {
    pub(super) fn new(name: Name, settings: HttpSettings) -> Self {
        Self { name, settings, client: OnceCell::new() }
    }

    /// Asks for what is at a path, and query, below the base URL. Dropping the future closes the connection.
    pub(super) async fn get(&self, target: &str, timeout: Duration) -> Result<Answer, DataError> {
        let url = below(&self.settings.base_url, target)
            .map_err(|reason| DataError::rejected(format!("`{}` is not asked: {reason}", self.name)))?;
        let client = self.client.get_or_try_init(|| async { self.open() }).await?;
        let request = client.get(url).timeout(timeout);
        let response = request.send().await.map_err(|error| self.failure(&error, timeout))?;
        if !response.status().is_success() {
            return Err(self.refusal(response.status(), target));
        }
        self.answer(response, timeout).await
    }

    fn open(&self) -> Result<Client, DataError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        for (name, value) in &self.settings.headers {
            let unfit = || {
                let message = format!("the header `{name}` of the connection `{}` cannot be sent", self.name);
                DataError::new(
                    DataErrorKind::Refused,
                    format!("{message}: it holds a line break or another control sign"),
                )
            };
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_| unfit())?;
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        Client::builder()
            .user_agent(concat!("appspec/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(PATIENCE)
            .redirect(self.redirects())
            .build()
            .map_err(|_| DataError::internal("no HTTP client can be made: are the system's certificates there?"))
    }

    /// Follows only what stays below the base URL.
    fn redirects(&self) -> Policy {
        let base = self.settings.base_url.clone();
        Policy::custom(move |attempt| follow(&base, attempt))
    }

    async fn answer(&self, response: Response, timeout: Duration) -> Result<Answer, DataError> {
        let text_of = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let content_type = text_of(CONTENT_TYPE);
        let is_gzipped = text_of(CONTENT_ENCODING).is_some_and(|encoding| encoding.eq_ignore_ascii_case("gzip"));
        let mut bytes = Vec::new();
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.try_next().await.map_err(|error| self.failure(&error, timeout))? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(self.too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Answer { bytes, is_gzipped, content_type })
    }

    fn too_large(&self) -> DataError {
        let message = format!("the answer of `{}` is larger than {} MiB: ask for less", self.name, LARGEST >> 20);
        DataError::rejected(message)
    }

    /// What a status other than success means, and what to do.
    fn refusal(&self, status: StatusCode, target: &str) -> DataError {
        let (name, code) = (&self.name, status.as_u16());
        let path = target.split('?').next().unwrap_or_default();
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => DataError::new(
                DataErrorKind::Refused,
                format!("`{name}` refuses access ({code}): look at the `headers` of the connection"),
            ),
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                DataError::rejected(format!("`{name}` has nothing at `{path}` ({code})"))
            }
            StatusCode::TOO_MANY_REQUESTS => DataError::new(
                DataErrorKind::Busy,
                format!("`{name}` asks to be asked less often ({code}): give the query a `cache`"),
            ),
            status if status.is_server_error() => DataError::unreachable(format!("`{name}` has failed ({code})")),
            status if status.is_redirection() => DataError::rejected(format!(
                "`{name}` points out of its base URL ({code}), which is not followed: make that the `base_url`"
            )),
            _ => DataError::rejected(format!("`{name}` refuses the request for `{path}` ({code})")),
        }
    }

    /// Why there is no answer. Nothing of the URL but its server is said: the rest may be secret.
    fn failure(&self, error: &reqwest::Error, timeout: Duration) -> DataError {
        let name = &self.name;
        let server = server_of(&self.settings.base_url);
        // Nobody is there, where it takes too long to connect: the query itself has not begun.
        if error.is_timeout() && !error.is_connect() {
            return DataError::new(DataErrorKind::Timeout, format!("`{name}` has not answered within {timeout:?}"));
        }
        if error.is_redirect() {
            return DataError::rejected(format!("`{name}` points from one place to the next without end"));
        }
        let said = causes(error);
        if said.contains("certificate") {
            let message = format!("no safe connection to `{name}` at {server}: its certificate is not trusted here");
            return DataError::new(DataErrorKind::Refused, message);
        }
        if said.contains("dns error") || said.contains("lookup address") {
            return DataError::unreachable(format!("`{name}` cannot be found: no address of {server} is known"));
        }
        DataError::unreachable(format!("`{name}` does not answer at {server}"))
    }
}

impl Answer {
    /// The bytes, unpacked. Blocks.
    pub(crate) fn unpacked(self, called: &str) -> Result<Vec<u8>, DataError> {
        if !self.is_gzipped {
            return Ok(self.bytes);
        }
        let mut unpacked = Vec::new();
        let limit = LARGEST as u64 + 1;
        MultiGzDecoder::new(self.bytes.as_slice()).take(limit).read_to_end(&mut unpacked).map_err(|_| {
            DataError::rejected(format!("the answer of `{called}` says that it is gzipped, and is not"))
        })?;
        if unpacked.len() > LARGEST {
            let message = format!("the answer of `{called}` is larger than {} MiB: ask for less", LARGEST >> 20);
            return Err(DataError::rejected(message));
        }
        Ok(unpacked)
    }
}

/// The URL of a path, and query, below another. It has the same server, and begins with the same path.
fn below(base: &Url, target: &str) -> Result<Url, &'static str> {
    if target.chars().any(|c| c.is_control() || matches!(c, '\\' | '#')) {
        return Err("its address holds a sign that belongs to none");
    }
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    if leads_out(path) {
        return Err("its address leads out of the base URL");
    }
    let mut url = base.clone();
    url.set_fragment(None);
    if !path.is_empty() {
        let joined = format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/'));
        url.set_path(&joined);
    }
    let queries: Vec<&str> = [base.query(), query].into_iter().flatten().filter(|query| !query.is_empty()).collect();
    url.set_query((!queries.is_empty()).then(|| queries.join("&")).as_deref());
    Ok(url)
}

/// Whether a path has a part such as `..`, however often it is encoded.
fn leads_out(path: &str) -> bool {
    let mut decoded = path.to_owned();
    // Each turn takes off one layer of encoding; what has more is no honest path.
    for _ in 0..8 {
        if decoded.split(['/', '\\']).any(|part| matches!(part, "." | "..")) {
            return true;
        }
        let next = percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
        if next == decoded {
            return false;
        }
        decoded = next;
    }
    true
}

/// Follows only what stays below the base URL, and encrypted if it was.
fn follow(base: &Url, attempt: Attempt<'_>) -> reqwest::redirect::Action {
    if !is_below(base, attempt.url()) {
        attempt.stop()
    } else if attempt.previous().len() > MOST_REDIRECTS {
        attempt.error("too many redirects")
    } else {
        attempt.follow()
    }
}

/// Whether a URL has the server of another, and begins with its path.
fn is_below(base: &Url, url: &Url) -> bool {
    let is_same = base.host_str() == url.host_str()
        && base.port_or_known_default() == url.port_or_known_default()
        && base.scheme() == url.scheme();
    let rest = url.path().strip_prefix(base.path().trim_end_matches('/'));
    is_same && rest.is_some_and(|rest| (rest.is_empty() || rest.starts_with('/')) && !leads_out(rest))
}

fn server_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// All that an error and those behind it say, in lower case: to be looked at, not to be shown.
fn causes(error: &reqwest::Error) -> String {
    let mut said = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push_str(&error.to_string().to_lowercase());
        cause = error.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_below_the_base() {
        for (base, target, wanted) in [
            ("https://x.org/v1", "/rates?base=EUR", Some("https://x.org/v1/rates?base=EUR")),
            ("https://x.org/v1/", "rates", Some("https://x.org/v1/rates")),
            ("https://x.org", "/a/b", Some("https://x.org/a/b")),
            ("https://x.org/v1?key=k", "?base=EUR", Some("https://x.org/v1?key=k&base=EUR")),
            ("https://x.org/v1?key=k", "", Some("https://x.org/v1?key=k")),
            ("https://x.org/v1", "//evil.org/a", Some("https://x.org/v1/evil.org/a")),
            ("https://x.org/v1", "/https://evil.org", Some("https://x.org/v1/https://evil.org")),
            ("https://x.org/v1", "@evil.org/a", Some("https://x.org/v1/@evil.org/a")),
            ("https://x.org/v1", "/a b", Some("https://x.org/v1/a%20b")),
            ("https://x.org/v1", "/a?b=../..", Some("https://x.org/v1/a?b=../..")),
            ("https://x.org/v1", "/a..b/...", Some("https://x.org/v1/a..b/...")),
            ("https://x.org/v1", "/../admin", None),
            ("https://x.org/v1", "/a/./b", None),
            ("https://x.org/v1", "/%2e%2E/admin", None),
            ("https://x.org/v1", "/..%2fadmin", None),
            ("https://x.org/v1", "/%252e%252e/admin", None),
            ("https://x.org/v1", "/a%5c..%5cb", None),
            ("https://x.org/v1", "/a\\b", None),
            ("https://x.org/v1", "/a#b", None),
            ("https://x.org/v1", "/a\r\nHost: evil.org", None),
            ("https://x.org/v1", "/a\tb", None),
        ] {
            let given = below(&base.parse().unwrap(), target).ok();
            assert_eq!(given.as_ref().map(Url::as_str), wanted, "{base} {target}");
        }
    }

    #[test]
    fn redirects_stay_below_the_base() {
        for (base, to, wanted) in [
            ("https://x.org/v1", "https://x.org/v1/a?b=c", true),
            ("https://x.org/v1/", "https://x.org/v1", true),
            ("https://x.org", "https://x.org/anything", true),
            ("https://x.org/v1", "https://x.org/v2/a", false),
            ("https://x.org/v1", "https://x.org/v10", false),
            ("https://x.org/v1", "https://x.org/v1/../admin", false),
            ("https://x.org/v1", "https://x.org/v1/%252e%252e/admin", false),
            ("https://x.org/v1", "http://x.org/v1/a", false),
            ("https://x.org/v1", "https://x.org:444/v1/a", false),
            ("https://x.org/v1", "https://evil.org/v1/a", false),
        ] {
            assert_eq!(is_below(&base.parse().unwrap(), &to.parse().unwrap()), wanted, "{base} {to}");
        }
    }

    #[test]
    fn values_stay_one_part() {
        let base: Url = "https://x.org/v1".parse().unwrap();
        let hostile =
            ["a/b", "?x=1", "#y", "@evil.org", "\\\\evil.org", "a&b=c", "100%", "ä ö", "\r\nX: y", "a\0b", "+", ";"];
        for value in hostile {
            let url = below(&base, &format!("/items/{}?q={}&r=1", encoded(value), encoded(value))).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            let decoded = percent_decode_str(segments[2]).decode_utf8().unwrap().into_owned();
            assert_eq!((segments.len(), decoded.as_str()), (3, value));
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            assert_eq!(pairs, [("q".to_owned(), value.to_owned()), ("r".to_owned(), "1".to_owned())]);
            assert_eq!((url.host_str(), url.fragment()), (Some("x.org"), None));
        }
        for value in ["..", ".", "../admin", "..\\admin", "%2e%2e", "a/../../b"] {
            assert!(below(&base, &format!("/items/{}", encoded(value))).is_err(), "{value}");
        }
    }
}
