//! Texts without the secrets in them.

use appspec_lang::spec::Dialect;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::connection::{ConnectionSettings, HttpSettings, Secret, ServerSettings, Target, Tls};
use crate::secrets::{Scrubber, weak_secrets};

const CANARY: &str = "Kanari/9 vögel'&\"fly\\%2F+high";

fn scrubber(password: &str) -> Scrubber {
    let scrubber = Scrubber::default();
    scrubber.learn(&[ConnectionSettings::new("shop".into(), Target::Server(server(password)))]);
    scrubber
}

fn server(password: &str) -> ServerSettings {
    ServerSettings {
        dialect: Dialect::Postgres,
        host: "db.example.com".to_owned(),
        port: None,
        database: Some("shop".to_owned()),
        username: Some("kingfisher".to_owned()),
        password: Some(Secret::new(password)),
        tls: Tls::Prefer,
        options: Vec::new(),
    }
}

/// A text as drivers, loggers and encoders write it.
fn writings(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let hex = digits.concat();
    vec![
        text.to_owned(),
        format!("{text:?}"),
        format!("{:?}", format!("{text:?}")),
        format!("{bytes:?}"),
        format!("{}", bytes.escape_ascii()),
        text.escape_unicode().to_string(),
        text.replace('\'', "''"),
        text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;"),
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string().to_lowercase(),
        utf8_percent_encode(text, CONTROLS).to_string(),
        text.replace(' ', "+"),
        BASE64_STANDARD.encode(text),
        BASE64_URL_SAFE_NO_PAD.encode(text),
        BASE64_STANDARD.encode(format!("a:{text}")),
        BASE64_STANDARD.encode(format!("me:{text}!")),
        BASE64_URL_SAFE_NO_PAD.encode(format!("you:{text}")),
        format!("\\x{hex}"),
        hex.to_uppercase(),
    ]
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    let scrubber = scrubber(CANARY);
    for writing in writings(CANARY) {
        let message = format!("cannot log in with {writing} at db.example.com");
        let clean = scrubber.clean(&message);
        assert!(clean.contains("[secret]"), "{writing}: {clean}");
        // Nothing of it is left but quotes, and letters of Base64 that hold other bytes too.
        let left = clean.trim_start_matches("cannot log in with ").trim_end_matches(" at db.example.com");
        let left = left.replace("[secret]", "");
        assert!(left.len() <= 8, "{writing}: {clean}");
        assert!(clean.ends_with("at db.example.com"), "{clean}");
    }
}

#[test]
fn a_secret_is_found_when_it_is_cut() {
    let secret = "correcthorsebattery42staple";
    let scrubber = scrubber(secret);
    for start in 0..secret.len() - 8 {
        for end in start + 8..=secret.len() {
            let piece = &secret[start..end];
            for text in [format!("near '{piece}'"), format!("near \"{piece}…\"")] {
                let clean = scrubber.clean(&text);
                assert!(!clean.contains(piece) && clean.contains("[secret]"), "{text}: {clean}");
            }
        }
    }
    for writing in writings(secret) {
        let half = writing.chars().take(writing.chars().count() / 2 + 4).collect::<String>();
        assert!(scrubber.clean(&half).contains("[secret]"), "{half}");
    }
}

#[test]
fn other_texts_stay_as_they_are() {
    let scrubber = scrubber("mypassword and more of it 77");
    for text in [
        "password authentication failed for user \"app\"",
        "the database `shop` does not answer at db.example.com:5432",
        "100 % of it's rows, \\n and &amp; too",
        "",
    ] {
        assert_eq!(scrubber.clean(text), text);
    }
    assert_eq!(scrubber.clean("for user \"kingfisher\""), "for user \"[secret]\"");
}

#[test]
fn short_secrets_are_found_alone_and_weak_ones_left() {
    let short = scrubber("abc1");
    assert_eq!(short.clean("login with abc1, or 'abc1'"), "login with [secret], or '[secret]'");
    assert_eq!(short.clean("abc12 xabc1"), "abc12 xabc1");
    for weak in ["xxx", "2024", "postgres", "Password"] {
        let text = format!("login with {weak}");
        assert_eq!(scrubber(weak).clean(&text), text);
    }
}

#[test]
fn secrets_that_overlap_are_both_taken_out() {
    let scrubber = scrubber("open-sesame-door");
    let other =
        Target::Server(ServerSettings { password: Some(Secret::new("sesame-door-of-the-cave")), ..server("x") });
    scrubber.learn(&[ConnectionSettings::new("other".into(), other)]);
    assert_eq!(scrubber.clean("in open-sesame-door-of-the-cave it is dark"), "in [secret] it is dark");
}

#[test]
fn secrets_that_cannot_be_kept_out_of_messages_are_told() {
    let with_password = |password: &str| {
        let server = ServerSettings { password: Some(Secret::new(password)), ..server("x") };
        ConnectionSettings::new("shop".into(), Target::Server(server))
    };
    let with_header = |name: &str, value: &str| {
        let headers = vec![(name.to_owned(), Secret::new(value))];
        let base_url = "https://example.com".parse().unwrap();
        let http = HttpSettings { base_url, headers };
        ConnectionSettings::new("api".into(), Target::Http(http))
    };
    let end = "is so short or common that it cannot be kept out of messages";
    for (connection, wanted) in [
        (with_password(""), None),
        (with_password("abcdefg"), Some(format!("the password of `shop` {end}"))),
        (with_password("production"), Some(format!("the password of `shop` {end}"))),
        (with_password("abcd-efg"), None),
        (with_header("Authorization", "Bearer abc"), Some(format!("the header `Authorization` of `api` {end}"))),
        (with_header("x-api-key", "abcdefg"), Some(format!("the header `x-api-key` of `api` {end}"))),
        (with_header("x-api-key", "abcd-efg"), None),
        (with_header("x-version", "2"), None),
    ] {
        assert_eq!(weak_secrets(&[connection]), Vec::from_iter(wanted));
    }
}

#[test]
fn headers_are_secrets_and_so_are_tokens_in_paths() {
    let header = |name: &str, value: &str| (name.to_owned(), Secret::new(value));
    let http = HttpSettings {
        base_url: "https://example.com/hooks/T024BE7LHB024BE7LH/v1".parse().unwrap(),
        headers: vec![
            header("authorization", "Bearer sesame-opens-doors"),
            header("x-key", "s3same"),
            header("accept", "application/json"),
        ],
    };
    let scrubber = Scrubber::default();
    scrubber.learn(&[ConnectionSettings::new("api".into(), Target::Http(http))]);
    for (text, clean) in [
        ("sent sesame-opens-doors", "sent [secret]"),
        ("sent Bearer sesame-opens-doors", "sent [secret]"),
        ("key s3same", "key [secret]"),
        ("GET https://example.com/hooks/T024BE7LHB024BE7LH/v1", "GET https://example.com/hooks/[secret]/v1"),
        ("application/json", "application/json"),
    ] {
        assert_eq!(scrubber.clean(text), clean);
    }
}

#[test]
fn what_was_once_a_secret_remains_one() {
    let first = scrubber("first-secret-1");
    let same = first.clone();
    first.learn(&[]);
    assert_eq!(same.clean("first-secret-1"), "[secret]");
    assert_eq!(format!("{first:?}"), "Scrubber");
}
