//! `nav:`: where the navigation leads, in which order.

use super::field::{Field, FieldType};
use super::literal::plain_text;
use super::lower::Lowering;
use super::page::is_icon;
use super::shape::{Fields, Shape};
use crate::diagnostic::code::{MISSING_KEY, TYPE, UNKNOWN_KEY, VALUE};
use crate::source::Spanned;
use crate::syntax::{Node, NodeKind};

/// An entry of the navigation.
#[derive(Clone, Debug)]
pub enum NavEntry {
    Link(Link),
    /// Entries under a heading.
    Group {
        label: String,
        links: Vec<Link>,
    },
}

impl NavEntry {
    /// Its link, or those of the group.
    pub fn links(&self) -> &[Link] {
        match self {
            Self::Link(link) => std::slice::from_ref(link),
            Self::Group { links, .. } => links,
        }
    }
}

/// Something that the navigation leads to.
#[derive(Clone, Debug)]
pub struct Link {
    pub target: Target,
    pub label: Option<String>,
    pub icon: Option<String>,
}

/// Where a link leads.
#[derive(Clone, Debug)]
pub enum Target {
    /// The URL of a page of the app.
    Page(Spanned<String>),
    /// A URL of another site, or of a file below `assets/`.
    Elsewhere(String),
}

/// An entry of `nav:`: the path of a page, or a map.
pub(super) const ENTRIES: FieldType = FieldType::ListOf(&FieldType::Either(&FieldType::Word, &ENTRY));

/// What the entries of a group are.
const LINKS: FieldType = FieldType::ListOf(&FieldType::Either(&FieldType::Word, &LINK));

const PAGE: Field =
    Field::optional("page", FieldType::Word, "The path of a page of the app: `/sales`, `/customers/7`.");
const ELSEWHERE: Field = Field::optional("link", FieldType::Word, "A URL that leads elsewhere; it needs a `label`.");
const LABEL: Field = Field::optional("label", FieldType::Word, "What is shown; of a page by default its title.");
const ICON: Field = Field::optional("icon", FieldType::Icon, "An icon in front; of a page by default its own.");

/// An entry that is a map.
pub(super) static ENTRY: Shape = Shape {
    name: "an entry of `nav`",
    fields: &[
        PAGE,
        ELSEWHERE,
        Field::optional("group", FieldType::Word, "The heading of several entries."),
        LABEL.beside(&["page", "link"]),
        ICON.beside(&["page", "link"]),
        Field::optional("pages", LINKS, "The entries of the group.").beside(&["group"]),
    ],
    one_of: &["page", "link", "group"],
    unbuilt: &[],
};

/// An entry of a group that is a map.
pub(super) static LINK: Shape = Shape {
    name: "an entry of a group",
    fields: &[PAGE, ELSEWHERE, LABEL, ICON],
    one_of: &["page", "link"],
    unbuilt: &[],
};

/// How URLs begin that lead elsewhere.
const ELSEWHERE_STARTS: [&str; 4] = ["https://", "http://", "mailto:", "/-/assets/"];

/// Lowers the list.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Vec<NavEntry> {
    ctx.list(node, "`nav`").iter().filter_map(|item| entry(item, ctx)).collect()
}

fn entry(node: &Node, ctx: &mut Lowering<'_>) -> Option<NavEntry> {
    if !matches!(node.kind, NodeKind::Map(_)) {
        return path(node, ctx).map(NavEntry::Link);
    }
    let fields = Fields::of(node, &ENTRY, node.span.at_start(), ctx)?;
    let Some(group) = fields.entry("group") else { return link(&fields, &ENTRY, node, ctx).map(NavEntry::Link) };
    for key in ["page", "link", "label", "icon"].into_iter().filter_map(|key| fields.entry(key)) {
        let message = format!("a group of `nav` has no `{}`", key.key.value);
        let diagnostic = ctx.diagnostics.report(&UNKNOWN_KEY, key.key.span, message);
        diagnostic.label(group.key.span, "the group").help("its entries stand under `pages`");
    }
    let label = plain_text(fields.word("group")?, "a heading of `nav`", ctx)?;
    let pages = fields.get("pages").map(|node| ctx.list(node, "`pages`")).unwrap_or_default();
    if pages.is_empty() && !fields.has_broken && !fields.has_strange {
        let message = format!("the group `{}` has no entries", label.value);
        ctx.diagnostics.report(&MISSING_KEY, group.key.span, message).help("list them: `pages: [/sales, /orders]`");
    }
    let links = pages.iter().filter_map(|node| match node.kind {
        NodeKind::Map(_) => {
            let fields = Fields::of(node, &LINK, node.span.at_start(), ctx)?;
            link(&fields, &LINK, node, ctx)
        }
        _ => path(node, ctx),
    });
    Some(NavEntry::Group { label: label.value, links: links.collect() })
}

/// A page by its path alone.
fn path(node: &Node, ctx: &mut Lowering<'_>) -> Option<Link> {
    let NodeKind::Text(text) = &node.kind else {
        if !matches!(node.kind, NodeKind::Broken) {
            let message = format!("an entry of `nav` is the path of a page or a map, but this is {}", node.describe());
            ctx.diagnostics
                .report(&TYPE, node.span, message)
                .help("write `/sales`, or `{ page: /sales, icon: coins }`");
        }
        return None;
    };
    let path = Spanned::new(text.text.to_string(), node.span);
    Some(Link { target: page(path, ctx)?, label: None, icon: None })
}

fn page(path: Spanned<String>, ctx: &mut Lowering<'_>) -> Option<Target> {
    let path = plain_text(path, "the path of a page", ctx)?;
    let is_elsewhere =
        path.value.contains(':') || ["//", "/-/", "?", "#"].iter().any(|start| path.value.starts_with(start));
    if is_elsewhere || path.value.is_empty() {
        let message = format!("`{}` is no path of a page", path.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, path.span, message);
        diagnostic
            .help("a path begins with a slash: `/sales`; what leads elsewhere is `{ link: https://…, label: … }`");
        return None;
    }
    Some(Target::Page(path))
}

fn link(fields: &Fields<'_>, shape: &'static Shape, node: &Node, ctx: &mut Lowering<'_>) -> Option<Link> {
    let label = fields.word("label").and_then(|label| plain_text(label, "a label of `nav`", ctx));
    let icon = fields.word("icon").filter(|icon| is_icon(icon, ctx)).map(|icon| icon.value);
    let target = match (fields.word("page"), fields.word("link")) {
        (Some(page), Some(link)) => {
            let message = format!("{} leads to a page or elsewhere, not to both", shape.name);
            ctx.diagnostics.report(&UNKNOWN_KEY, link.span, message).label(page.span, "the page");
            return None;
        }
        (Some(page), None) => self::page(page, ctx)?,
        (None, Some(url)) => Target::Elsewhere(elsewhere(url, ctx)?),
        (None, None) if fields.has_broken || fields.has_strange => return None,
        (None, None) => {
            let keys = shape.one_of.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let message = format!("{} has none of {keys}", shape.name);
            ctx.diagnostics.report(&MISSING_KEY, node.span.at_start(), message).help("write `page: /sales`, say");
            return None;
        }
    };
    if matches!(target, Target::Elsewhere(_)) && label.is_none() && fields.entry("label").is_none() {
        let message = "an entry that leads elsewhere needs a `label`";
        ctx.diagnostics.report(&MISSING_KEY, node.span.at_start(), message).help("add `label: …`");
    }
    Some(Link { target, label: label.map(|label| label.value), icon })
}

/// A URL of another site, or of a file below `assets/`.
fn elsewhere(url: Spanned<String>, ctx: &mut Lowering<'_>) -> Option<String> {
    let url = plain_text(url, "`link`", ctx)?;
    if ELSEWHERE_STARTS.iter().any(|start| url.value.starts_with(start)) {
        return Some(url.value);
    }
    let message = format!("`{}` is no URL of another site", url.value);
    let diagnostic = ctx.diagnostics.report(&VALUE, url.span, message);
    if url.value.starts_with('/') {
        diagnostic.help(format!("for a page of this app write `page: {}`", url.value));
    } else {
        diagnostic.help("it begins with `https://`, `http://`, `mailto:` or `/-/assets/`");
    }
    None
}
