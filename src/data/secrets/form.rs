//! What about a connection is secret, and how a secret looks in other people's texts.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use super::scrub::PIECE;
use super::view::View;
use crate::connection::{ConnectionSettings, HttpSettings, ServerSettings, Target};

/// A shorter secret stands everywhere by chance; to take it out would spoil all messages and tell what it is.
const LEAST: usize = 4;

/// Words of messages. A secret that is one of them is none, and to mask it would tell what it is.
const WORDS: &[&str] = &[
    "access",
    "address",
    "administrator",
    "analytics",
    "authentication",
    "authorization",
    "bearer",
    "certificate",
    "changeme",
    "client",
    "column",
    "connection",
    "connections",
    "credentials",
    "database",
    "default",
    "denied",
    "development",
    "dialect",
    "encrypted",
    "encryption",
    "example",
    "failed",
    "function",
    "guest",
    "header",
    "internal",
    "invalid",
    "language",
    "letmein",
    "localhost",
    "mariadb",
    "master",
    "message",
    "mysql",
    "password",
    "permission",
    "postgres",
    "postgresql",
    "private",
    "production",
    "public",
    "query",
    "readonly",
    "refused",
    "relation",
    "reporting",
    "request",
    "response",
    "root",
    "schema",
    "secret",
    "select",
    "server",
    "service",
    "socket",
    "sqlite",
    "staging",
    "statement",
    "syntax",
    "table",
    "test",
    "testing",
    "timeout",
    "transaction",
    "unknown",
    "username",
    "warehouse",
    "welcome",
];

/// Headers that say how to answer, and hold no secret.
const OPEN_HEADERS: &[&str] =
    &["accept", "accept-charset", "accept-encoding", "accept-language", "content-type", "user-agent"];

/// A secret in one writing.
pub(super) struct Form {
    pub(super) bytes: Vec<u8>,
    /// A piece of it as long as this is recognised.
    pub(super) least: usize,
}

impl Form {
    /// Whether a piece says anything of the secret: an ordinary word does not.
    pub(super) fn may_be_cut_to(&self, piece: &[u8]) -> bool {
        piece.len() == self.bytes.len() || !is_ordinary(piece)
    }
}

/// Whether a secret cannot be kept out of messages, because it is too short or stands in them anyway.
pub(super) fn is_weak(secret: &str) -> bool {
    let is_number = secret.bytes().all(|byte| byte.is_ascii_digit());
    secret.chars().count() < LEAST || (is_number && secret.len() < 6) || WORDS.contains(&secret.to_lowercase().as_str())
}

/// Whether a secret cannot be kept out of every message: one that is shorter than a piece is not seen where others
/// have encoded it, or put it between other letters.
pub(super) fn is_exposed(secret: &str) -> bool {
    secret.len() < PIECE || is_weak(secret)
}

/// The secrets of a connection that can be recognised.
pub(super) fn secrets_of(connection: &ConnectionSettings) -> Vec<String> {
    let mut secrets = match &connection.target {
        Target::Server(server) => of_server(server, &connection.name),
        Target::Http(http) => of_http(http),
        _ => Vec::new(),
    };
    secrets.retain(|secret| !is_weak(secret));
    secrets
}

fn of_server(server: &ServerSettings, name: &str) -> Vec<String> {
    let password = server.password.as_ref().map(|password| password.expose().to_owned());
    // Who logs in is nobody's business either, unless it is what things are called anyway.
    let host_and_database = format!("{} {}", server.host, server.database.as_deref().unwrap_or_default());
    let username = server.username.clone().filter(|username| {
        username.len() >= PIECE && !name.contains(username.as_str()) && !host_and_database.contains(username.as_str())
    });
    password.into_iter().chain(username).collect()
}

fn of_http(http: &HttpSettings) -> Vec<String> {
    let mut secrets = Vec::new();
    for (name, value) in &http.headers {
        if OPEN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        let value = value.expose();
        // `Bearer …`: what follows the scheme stands alone elsewhere.
        secrets.extend(value.split_whitespace().skip(1).map(str::to_owned));
        secrets.push(value.to_owned());
    }
    let is_token = |part: &&str| {
        let has = |is: fn(&u8) -> bool| part.as_bytes().iter().any(is);
        part.len() >= 2 * PIECE && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    };
    secrets.extend(http.base_url.path().split('/').filter(is_token).map(str::to_owned));
    secrets
}

/// A secret in all the writings that cannot be read back by reading escapes.
pub(super) fn forms_of(secret: &str) -> Vec<Form> {
    let mut writings = vec![secret.as_bytes().to_vec(), secret.replace(' ', "+").into_bytes()];
    // A secret that looks like an escape is read as one where escapes are read.
    let mut view = View::of(secret);
    while let Some(decoded) = view.decoded() {
        writings.push(decoded.bytes().to_vec());
        view = decoded;
    }
    let bytes = secret.as_bytes();
    for alphabet in [STANDARD, URL_SAFE] {
        writings.extend((0..3).map(|before| base64_inside(bytes, before, &alphabet)));
    }
    let digits = |byte: &u8| format!("{byte:02x}");
    let hex: String = bytes.iter().map(digits).collect();
    writings.push(hex.to_uppercase().into_bytes());
    writings.push(hex.into_bytes());
    let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
    writings.push(list.join(", ").into_bytes());
    writings
        .into_iter()
        .filter(|writing| writing.len() >= LEAST)
        .map(|writing| Form { least: least_of(&writing, bytes.len()), bytes: writing })
        .collect()
}

/// How much of a writing holds as much of the secret as a piece does.
fn least_of(writing: &[u8], length: usize) -> usize {
    if length <= PIECE {
        return writing.len();
    }
    (PIECE * writing.len()).div_ceil(length).clamp(PIECE, writing.len())
}

/// What is sure to stand in the Base64 of a text that holds the secret behind this many bytes (modulo three).
fn base64_inside(secret: &[u8], before: usize, alphabet: &base64::alphabet::Alphabet) -> Vec<u8> {
    let engine = GeneralPurpose::new(alphabet, GeneralPurposeConfig::new().with_encode_padding(false));
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret);
    let encoded = engine.encode(&bytes);
    // Six bits a letter: those that share bits with a neighbour of the secret are not sure.
    let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    encoded.get(first..last).unwrap_or_default().as_bytes().to_vec()
}

/// Whether a text consists of words that messages are made of, or of parts of such words.
fn is_ordinary(piece: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(piece) else { return false };
    let text = text.to_lowercase();
    let is_prose = text.chars().all(|c| c.is_ascii_lowercase() || " _-.,:'".contains(c));
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
    is_prose && words.all(|word| WORDS.iter().any(|known| known.contains(word)))
}
