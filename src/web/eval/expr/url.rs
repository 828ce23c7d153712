//! Values in URLs.

/// How a value may begin that is a URL by itself.
const SCHEMES: &[&str] = &["https:", "http:", "mailto:", "tel:", "data:image/"];

/// A value behind what a URL begins with.
pub(super) fn value(before: &str, text: &str) -> String {
    match before {
        "" => beginning(text),
        // Addresses stand there alone, as readers see them.
        "mailto:" => part(text).replace("%40", "@"),
        _ => part(text),
    }
}

/// A value as a part of a URL: whatever it holds, it ends neither the part nor the URL.
fn part(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// A value that a URL begins with: a path of this server, or a URL that can do no harm; else it is a part.
fn beginning(text: &str) -> String {
    let text = text.trim();
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    let has_scheme = |scheme: &&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if !is_path && !SCHEMES.iter().any(has_scheme) {
        return part(text);
    }
    let mut url = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => url.push_str(&part(&char.to_string())),
            char if char.is_control() => {}
            char => url.push(char),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_begins_a_url_only_if_it_is_one() {
        for (value, wanted) in [
            ("/customers/7?tab=a b", "/customers/7?tab=a%20b"),
            ("https://example.com/a\"b", "https://example.com/a%22b"),
            ("HTTP://example.com", "HTTP://example.com"),
            ("mailto:a@example.com", "mailto:a@example.com"),
            ("//example.com", "%2F%2Fexample.com"),
            ("/\\example.com", "%2F%5Cexample.com"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("java\nscript:x", "java%0Ascript%3Ax"),
            ("data:text/html,x", "data%3Atext%2Fhtml%2Cx"),
            ("a/b", "a%2Fb"),
            ("", ""),
        ] {
            assert_eq!(beginning(value), wanted, "{value}");
        }
        assert_eq!(value("/customers/", "a b/ü&c"), "a%20b%2F%C3%BC%26c");
        assert_eq!(value("mailto:", "ada@example.com?cc=x"), "ada@example.com%3Fcc%3Dx");
        assert_eq!(value("https://example.com", "@example.org"), "%40example.org", "it stays on the author's server");
    }
}
