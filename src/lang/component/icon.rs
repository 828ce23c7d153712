//! The Lucide icons, by name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// All icons, each a `<symbol>`.
static SPRITE: &str = include_str!("../../../static/vendor/lucide-1.62.0/sprite.svg");

static ICONS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let symbols = SPRITE.split("<symbol id=\"").skip(1);
    symbols.filter_map(read_symbol).collect()
});

/// The name and the inside of a symbol whose text starts with its name.
fn read_symbol(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('"')?;
    let (_, rest) = rest.split_once('>')?;
    let (inside, _) = rest.split_once("</symbol>")?;
    Some((name, inside.trim()))
}

/// The shapes of the icon of this name, for an `<svg viewBox="0 0 24 24">`.
pub fn find(name: &str) -> Option<&'static str> {
    ICONS.get(name).copied()
}

/// The names of all icons.
pub fn names() -> impl Iterator<Item = &'static str> {
    ICONS.keys().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_are_found_by_name() {
        assert!(names().count() > 1500);
        assert!(find("trending-up").is_some_and(|shapes| shapes.starts_with("<path")));
        assert_eq!(find("no-such-icon"), None);
        assert!(names().all(|name| find(name).is_some_and(|shapes| !shapes.is_empty() && !shapes.contains("symbol"))));
    }
}
