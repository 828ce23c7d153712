//! HTML of authors, with all taken out that could do harm.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// What is left: text, tables, links, pictures of the app's own. The policy of pages would refuse most of the rest, but
/// a form or a picture from elsewhere could ask readers for more than they meant to give.
static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .url_schemes(["http", "https", "mailto", "tel", "data"].into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener"))
        .attribute_filter(|element, attribute, value| {
            is_kept(element, attribute, value).then_some(Cow::Borrowed(value))
        });
    builder
});

/// Whether an attribute stays that the sanitizer knows.
fn is_kept(element: &str, attribute: &str, value: &str) -> bool {
    let is_data = value.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    match (element, attribute) {
        ("img", "src") => {
            let is_picture = value.trim_start().starts_with("data:image/");
            is_picture || (!is_data && !value.contains("://") && !value.trim_start().starts_with("//"))
        }
        _ => !is_data,
    }
}

/// The HTML without what could do harm.
pub(super) fn sanitize(html: &str) -> String {
    SANITIZER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_do_harm_is_taken_out() {
        for (html, wanted) in [
            ("<p>m<sup>2</sup> <mark>new</mark></p>", "<p>m<sup>2</sup> <mark>new</mark></p>"),
            ("<details><summary>a</summary>b</details>", "<details><summary>a</summary>b</details>"),
            ("<td colspan=2>a", "a"),
            ("<table><tr><td colspan=2>a", "<table><tbody><tr><td colspan=\"2\">a</td></tr></tbody></table>"),
            ("<script>alert(1)</script>a", "a"),
            ("<style>p { color: red }</style>a", "a"),
            ("<p onclick=\"x()\" style=\"color: red\" id=\"view\">a</p>", "<p>a</p>"),
            ("<a href=\"javascript:alert(1)\">a</a>", "<a rel=\"noopener\">a</a>"),
            ("<a href=\"data:text/html,x\">a</a>", "<a rel=\"noopener\">a</a>"),
            ("<a href=\"/customers/7\">a</a>", "<a href=\"/customers/7\" rel=\"noopener\">a</a>"),
            ("<form action=\"/x\"><input name=\"a\"><button>b</button></form>", "b"),
            ("<iframe src=\"https://example.com\"></iframe>a", "a"),
            ("<svg><script>alert(1)</script></svg>a", "a"),
            ("<img src=\"/-/assets/a.png\" alt=\"b\">", "<img src=\"/-/assets/a.png\" alt=\"b\">"),
            ("<img src=\"https://example.com/a.png\" alt=\"b\">", "<img alt=\"b\">"),
            ("<img src=\"//example.com/a.png\">", "<img>"),
            ("<b>a", "<b>a</b>"),
        ] {
            assert_eq!(sanitize(html), wanted, "{html}");
        }
    }
}
