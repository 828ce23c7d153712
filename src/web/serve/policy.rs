//! What a page may load, by its content security policy: nothing but the server's own, and the images that its spec names.

use std::collections::BTreeSet;

use appspec_lang::App;
use appspec_lang::check::program::{Component, Page, Subject};
use appspec_lang::component;
use appspec_lang::expr::{Part, Template};
use axum::http::HeaderValue;

/// Nothing inline, nothing from elsewhere.
pub(super) const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// What [`STRICT`] says of images, and what others may be added to.
const IMAGES: &str = "img-src 'self' data: blob:";

/// The policies of pages, by their numbers.
#[derive(Debug)]
pub(super) struct Policies(Vec<HeaderValue>);

impl Policies {
    pub(super) fn of(app: &App) -> Self {
        let logo = app.program.settings.logo.as_ref().and_then(|logo| origin(&logo.value, true));
        Self(app.program.pages.iter().map(|page| policy(page, logo.as_deref())).collect())
    }

    /// The policy of a page.
    pub(super) fn page(&self, index: usize) -> HeaderValue {
        self.0.get(index).cloned().unwrap_or(HeaderValue::from_static(STRICT))
    }
}

fn policy(page: &Page, logo: Option<&str>) -> HeaderValue {
    let mut origins: BTreeSet<String> = page.components.iter().filter_map(image_origin).collect();
    origins.extend(logo.map(str::to_owned));
    if origins.is_empty() {
        return HeaderValue::from_static(STRICT);
    }
    let all = origins.into_iter().collect::<Vec<_>>().join(" ");
    let policy = STRICT.replace(IMAGES, &format!("{IMAGES} {all}"));
    HeaderValue::from_str(&policy).expect("origins are letters, digits and punctuation")
}

/// From where an image is loaded, if not from here.
fn image_origin(component: &Component) -> Option<String> {
    match &component.subject {
        Subject::Text(source) if component.kind.subject == component::Subject::Image => origin_of(source),
        _ => None,
    }
}

/// From where a template of an image may load it: from everywhere, if that stands in a value.
fn origin_of(source: &Template<appspec_lang::check::Ref>) -> Option<String> {
    match source.parts.as_slice() {
        [] => None,
        [Part::Text(text)] => origin(&text.text, true),
        [Part::Text(text), ..] => origin(&text.text, false),
        _ => Some("https:".to_owned()),
    }
}

/// The origin that a text begins with: from everywhere, if it goes on before that ends.
fn origin(text: &str, is_whole: bool) -> Option<String> {
    let text = text.trim_start();
    let rest = text.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).and_then(|_| text.get(8..))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().trim_end();
    let is_host =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    let is_settled = is_whole || host.len() < rest.len();
    Some(if is_host && is_settled { format!("https://{}", host.to_lowercase()) } else { "https:".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_loaded_from_where_the_spec_says() {
        for (text, is_whole, wanted) in [
            ("https://Example.com/a.png", true, Some("https://example.com")),
            ("https://example.com:8443", true, Some("https://example.com:8443")),
            ("https://example.com/", false, Some("https://example.com")),
            ("https://example.com", false, Some("https:")),
            ("https://exa mple.com; script-src *", true, Some("https:")),
            ("penguin.png", true, None),
            ("/brand/logo.png", false, None),
            ("data:image/png;base64,AA==", true, None),
        ] {
            assert_eq!(origin(text, is_whole).as_deref(), wanted, "{text}");
        }
        assert!(STRICT.contains(IMAGES));
    }
}
