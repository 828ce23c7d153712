//! Markdown to HTML that is safe to show: raw HTML is text, links lead to pages and mail only.

use pulldown_cmark::{Alignment, CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::eval::plain::{reveal, revealed};

/// Renders Markdown whose values are [protected](crate::eval::plain::protect).
pub(super) fn render(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut inside_image = false;
    let events = Parser::new_ext(text, options).filter_map(|event| match event {
        Event::Start(Tag::Image { .. }) => {
            inside_image = true;
            None
        }
        Event::End(TagEnd::Image) => {
            inside_image = false;
            None
        }
        other => Some(safe(other, inside_image)),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out.truncate(out.trim_end().len());
    out.replace("<a href=\"http", "<a rel=\"noopener\" href=\"http")
}

/// The event with its text as it is meant; of an image its description stays.
fn safe(event: Event<'_>, inside_image: bool) -> Event<'_> {
    match event {
        Event::Text(text) => Event::Text(reveal(&text).into()),
        Event::Code(text) if !inside_image => Event::Code(reveal(&text).into()),
        Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => Event::Text(reveal(&text).into()),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = link_target(&dest_url).map_or(CowStr::Borrowed("#"), CowStr::from);
            Event::Start(Tag::Link { link_type, dest_url, title: reveal(&title).into(), id })
        }
        // An alignment would become a style attribute.
        Event::Start(Tag::Table(columns)) => Event::Start(Tag::Table(vec![Alignment::None; columns.len()])),
        other => other,
    }
}

/// The target with its values percent-encoded; none if it leads elsewhere than to a page or to mail.
fn link_target(target: &str) -> Option<String> {
    let encoded: String = target
        .chars()
        .map(|c| match revealed(c) {
            Some(hidden @ ('-' | '.' | '_' | '~')) => hidden.to_string(),
            Some(hidden) => format!("%{:02X}", u32::from(hidden)),
            None => c.to_string(),
        })
        .collect();
    let before_path = encoded.split(['/', '?', '#']).next().unwrap_or_default();
    match before_path.split_once(':') {
        None => Some(encoded),
        Some((scheme, _)) => {
            ["http", "https", "mailto"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe)).then_some(encoded)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::plain::protect;

    #[test]
    fn markdown_is_rendered_safely() {
        let value = protect("*x* <b>");
        let cases = [
            ("a *b* `c`", "<p>a <em>b</em> <code>c</code></p>"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
            ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"),
            ("[a](javascript:alert(1))", "<p><a href=\"#\">a</a></p>"),
            ("[a](JavaScript&#58;x)", "<p><a href=\"#\">a</a></p>"),
            ("[a](/b?c=d)", "<p><a href=\"/b?c=d\">a</a></p>"),
            ("[a](mailto:b@example.com)", "<p><a href=\"mailto:b@example.com\">a</a></p>"),
            ("[a](https://example.com)", "<p><a rel=\"noopener\" href=\"https://example.com\">a</a></p>"),
            ("![a](https://example.com/b.png)", "<p>a</p>"),
            (&format!("is {value}"), "<p>is *x* &lt;b&gt;</p>"),
            (&format!("**{value}**"), "<p><strong>*x* &lt;b&gt;</strong></p>"),
            (&format!("`{value}`"), "<p><code>*x* &lt;b&gt;</code></p>"),
            (&format!("[a](/b/{value})"), "<p><a href=\"/b/%2Ax%2A%20%3Cb%3E\">a</a></p>"),
            (&format!("[a]({})", protect("javascript:b")), "<p><a href=\"javascript%3Ab\">a</a></p>"),
        ];
        for (text, expected) in cases {
            assert_eq!(render(text), expected, "{text}");
        }
        assert!(!render("|a|\n|:-:|\n|b|").contains("style"));
    }
}
