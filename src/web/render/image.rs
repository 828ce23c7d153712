//! Pictures: where they come from.

use appspec_lang::check::program::Subject;
use appspec_lang::spec::{asset_file, asset_url};
use minijinja::{Value, context};

use super::item::Item;

pub(super) fn values(item: &Item<'_>) -> Value {
    let source = item.subject_text();
    let is_written = matches!(&item.component.subject, Subject::Text(source) if source.constant().is_some());
    context! { source => url(source.trim(), is_written) }
}

/// The URL of a picture; empty if there is none. In one that is not written out, values are percent-encoded already.
pub(super) fn url(source: &str, is_written: bool) -> String {
    match asset_file(source).filter(|file| !file.is_empty()) {
        Some(file) if is_written => asset_url(file),
        Some(file) => format!("/-/assets/{}", file.replace(' ', "%20")),
        None => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_from_the_app_or_from_elsewhere() {
        for (source, is_written, wanted) in [
            ("a b/50%.png", true, "/-/assets/a%20b/50%25.png"),
            ("assets/my a%20b.png", false, "/-/assets/my%20a%20b.png"),
            ("/-/assets/a.png", true, "/-/assets/a.png"),
            ("https://example.com/a.png?b=c", true, "https://example.com/a.png?b=c"),
            ("/brand/a.png", false, "/brand/a.png"),
            ("", true, ""),
        ] {
            assert_eq!(url(source, is_written), wanted, "{source}");
        }
    }
}
