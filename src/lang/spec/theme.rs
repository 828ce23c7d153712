//! `theme:` of `app.yaml`: how the app looks.

use super::asset::asset_file;
use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::shape::{Fields, Shape};
use crate::diagnostic::code::VALUE;
use crate::source::{Span, Spanned};
use crate::syntax::{Node, NodeKind};
use crate::value;

/// How the app looks: what goes over the tokens of the common style sheet.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    pub mode: Mode,
    /// A CSS colour.
    pub primary: Option<Spanned<String>>,
    /// The CSS colours of the first series of charts; at most [`MOST_SERIES`].
    pub series: Vec<Spanned<String>>,
    pub radius: Option<Radius>,
    pub font: Option<Font>,
}

impl Theme {
    /// The file that is the font, by its path below `assets/`.
    pub fn font_file(&self) -> Option<&Spanned<String>> {
        match &self.font {
            Some(Font::File(file)) => Some(file),
            _ => None,
        }
    }
}

/// Whether pages are light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As the reader's system is.
    #[default]
    Auto,
    Light,
    Dark,
}

/// How round corners are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Radius {
    None,
    Small,
    Medium,
    Large,
}

/// What text is set in.
#[derive(Clone, Debug)]
pub enum Font {
    Serif,
    Mono,
    /// The names of fonts that readers may have; the usual ones follow.
    Named(Vec<String>),
    /// A file below `assets/`, by its path there.
    File(Spanned<String>),
}

/// Charts have as many colours of their own.
pub const MOST_SERIES: usize = 8;

const MODES: &[(&str, Mode)] = &[("auto", Mode::Auto), ("light", Mode::Light), ("dark", Mode::Dark)];
const MODE_WORDS: &[&str] = &["auto", "light", "dark"];
const RADII: &[(&str, Radius)] =
    &[("none", Radius::None), ("small", Radius::Small), ("medium", Radius::Medium), ("large", Radius::Large)];
const RADIUS_WORDS: &[&str] = &["none", "small", "medium", "large"];
const COLOR: FieldType = FieldType::Word;

/// How the names of files end that are fonts for browsers.
pub const FONT_FILES: &[&str] = &[".woff2", ".woff", ".ttf", ".otf"];

/// `theme:`
pub(super) static THEME: Shape = Shape {
    name: "a theme",
    fields: &[
        Field::optional(
            "mode",
            FieldType::Choice(MODE_WORDS),
            "`light`, `dark`, or `auto`: as the reader's system is, which is the default.",
        ),
        Field::optional("primary", COLOR, "The colour of what can be pressed and, without `series`, of first series."),
        Field::optional("series", FieldType::ListOf(&COLOR), "The colours of the series of charts, up to eight."),
        Field::optional(
            "radius",
            FieldType::Choice(RADIUS_WORDS),
            "How round corners are: `none`, `small`, `medium` (the default) or `large`.",
        ),
        Field::optional(
            "font",
            FieldType::Word,
            "What text is set in: `sans`, `serif`, `mono`, fonts by name, or a file below `assets/`.",
        ),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// Lowers `theme`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Theme {
    let Some(fields) = Fields::of(node, &THEME, node.span.at_start(), ctx) else { return Theme::default() };
    Theme {
        mode: fields.word("mode").and_then(|word| one_of(&word, "mode", MODES, ctx)).unwrap_or_default(),
        primary: fields.word("primary").filter(|color| is_color(color, ctx)),
        series: fields.get("series").map(|node| series(node, ctx)).unwrap_or_default(),
        radius: fields.word("radius").and_then(|word| one_of(&word, "radius", RADII, ctx)),
        font: fields.word("font").and_then(|written| font(&written, ctx)),
    }
}

/// What a word stands for, which is one of these.
fn one_of<T: Copy>(word: &Spanned<String>, what: &str, known: &[(&str, T)], ctx: &mut Lowering<'_>) -> Option<T> {
    if let Some((_, meant)) = known.iter().find(|(name, _)| *name == word.value) {
        return Some(*meant);
    }
    let names = known.iter().map(|(name, _)| *name);
    let list = names.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let message = format!("there is no {what} `{}`", word.value);
    ctx.diagnostics.report(&VALUE, word.span, message).nearest(&word.value, names).help(format!("it is one of {list}"));
    None
}

fn series(node: &Node, ctx: &mut Lowering<'_>) -> Vec<Spanned<String>> {
    let items = ctx.list(node, "`series`");
    if let Some(more) = items.get(MOST_SERIES) {
        let message = format!("charts have {MOST_SERIES} colours, and these are {}", items.len());
        ctx.diagnostics.report(&VALUE, more.span, message).here("from here on they are not used");
    }
    let word = |item: &Node| match &item.kind {
        NodeKind::Text(text) => Some(Spanned::new(text.text.to_string(), item.span)),
        _ => None,
    };
    items.iter().take(MOST_SERIES).filter_map(word).filter(|color| is_color(color, ctx)).collect()
}

fn is_color(color: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let is_color = value::is_color(&color.value);
    if !is_color {
        let message = format!("`{}` is no color", color.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, color.span, message);
        diagnostic.nearest(&color.value, value::color_names());
        diagnostic.help("a color of CSS is meant, such as `\"#0f766e\"` or `teal`");
    }
    is_color
}

/// The font that is meant; the one that is the default is none.
fn font(written: &Spanned<String>, ctx: &mut Lowering<'_>) -> Option<Font> {
    let text = written.value.trim();
    if is_font_file(text) {
        return font_file(text, written.span, ctx);
    }
    match text {
        "sans" => return None,
        "serif" => return Some(Font::Serif),
        "mono" => return Some(Font::Mono),
        _ => {}
    }
    let names: Vec<&str> = text.split(',').map(|name| name.trim().trim_matches(['"', '\''])).collect();
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c));
    if !names.iter().all(is_name) {
        let message = format!("`{text}` is no font");
        let diagnostic = ctx.diagnostics.report(&VALUE, written.span, message);
        diagnostic.help(format!(
            "write `sans`, `serif`, `mono`, the names of fonts, as `Inter, Arial`, or a file below `assets/` that ends in {}",
            endings()
        ));
        return None;
    }
    Some(Font::Named(names.into_iter().map(str::to_owned).collect()))
}

fn font_file(text: &str, span: Span, ctx: &mut Lowering<'_>) -> Option<Font> {
    let Some(file) = asset_file(text) else {
        let message = format!("a page loads no font from `{text}`");
        let diagnostic = ctx.diagnostics.report(&VALUE, span, message);
        diagnostic.help("put the file below `assets/`, and name it by its path there: `fonts/inter.woff2`");
        return None;
    };
    Some(Font::File(Spanned::new(file.to_owned(), span)))
}

fn is_font_file(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    FONT_FILES.iter().any(|ending| text.ends_with(ending))
}

fn endings() -> String {
    FONT_FILES.iter().map(|ending| format!("`{ending}`")).collect::<Vec<_>>().join(", ")
}
