//! Colours: by what they mean, which is left to the stylesheet, or as CSS writes them.

use appspec_lang::value::{MEANINGS, is_color};
use minijinja::{Value, context};

use super::item::Item;

/// The colour of a component: `tone` is a word for its meaning, `color` one of CSS. What is neither is left out.
pub(super) fn values(item: &Item<'_>) -> Value {
    of(item.text("color"))
}

/// The same of a colour that is written or computed.
pub(super) fn of(color: Option<String>) -> Value {
    let color = color.map(|color| color.trim().to_owned());
    let tone = color.clone().filter(|color| MEANINGS.contains(&color.as_str()));
    let color = color.filter(|color| tone.is_none() && is_color(color));
    context! { tone, color }
}
