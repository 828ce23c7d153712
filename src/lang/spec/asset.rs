//! Files below `assets/`, which pages show and link to.

/// The URL under which the files below `assets/` are served.
const SERVED: &str = "/-/assets/";

/// The file that is meant where an image is named, by its path below `assets/`; none of what is a URL.
pub fn asset_file(source: &str) -> Option<&str> {
    if let Some(served) = source.strip_prefix(SERVED) {
        return Some(served);
    }
    let is_url = source.starts_with('/') || source.starts_with("data:") || source.contains("://");
    (!is_url).then(|| source.strip_prefix("assets/").unwrap_or(source))
}

/// The URL of a file below `assets/`.
pub fn asset_url(file: &str) -> String {
    let mut url = String::from(SERVED);
    for char in file.chars() {
        match char {
            '%' => url.push_str("%25"),
            '?' => url.push_str("%3F"),
            '#' => url.push_str("%23"),
            ' ' => url.push_str("%20"),
            '"' => url.push_str("%22"),
            _ => url.push(char),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_a_file_below_assets_or_a_url() {
        for (source, wanted) in [
            ("brand/logo.svg", Some("brand/logo.svg")),
            ("assets/brand/logo.svg", Some("brand/logo.svg")),
            ("/-/assets/brand/logo.svg", Some("brand/logo.svg")),
            ("../shop.db", Some("../shop.db")),
            ("/brand/logo.png", None),
            ("data:image/png;base64,AA==", None),
            ("https://example.com/logo.png", None),
        ] {
            assert_eq!(asset_file(source), wanted, "{source}");
        }
        assert_eq!(asset_url("a b/50%#?.png"), "/-/assets/a%20b/50%25%23%3F.png");
    }
}
