//! The list of all kinds.

use std::sync::LazyLock;

use super::{Component, action, chart, data, layout, text, widget};

/// Every kind that is built, family by family.
pub static ALL: LazyLock<Vec<&'static Component>> =
    LazyLock::new(|| [text::ALL, data::ALL, chart::ALL, widget::ALL, action::ALL, layout::ALL].concat());

/// The kind of this name.
pub fn find(name: &str) -> Option<&'static Component> {
    ALL.iter().copied().find(|component| component.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_in_snake_case() {
        let names: Vec<&str> = ALL.iter().map(|component| component.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for component in ALL.iter() {
            let options: Vec<&str> = component.options().map(|prop| prop.name).collect();
            let all: Vec<&str> = options.iter().copied().chain(component.unbuilt.iter().copied()).collect();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{}", component.name);
            let is_snake = |name: &&str| {
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
            };
            assert!(all.iter().chain([&component.name]).all(is_snake), "{}", component.name);
        }
    }
}
