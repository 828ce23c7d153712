//! The items of a body: which key names the kind, and what the others are.

use std::sync::Arc;

use super::lower::Lowering;
use super::shape::is_misspelt;
use super::state::STATE;
use super::written::{expression, text};
use super::{Component, Subject, kind, literal, name, partial, prop, raw};
use crate::component::{self, PropType};
use crate::diagnostic::code::{MISSING_KEY, NAME, NOT_BUILT, TYPE, UNKNOWN_KEY, UNKNOWN_KIND, VALUE};
use crate::diagnostic::suggest::nearest;
use crate::source::Spanned;
use crate::syntax::{Entry, Node, NodeKind};

/// Lowers a list of components.
pub(super) fn list(node: &Node, owner: &str, ctx: &mut Lowering<'_>) -> Vec<Component> {
    let items = ctx.list(node, &format!("`{owner}`"));
    items.iter().filter_map(|item| lower(item, ctx)).collect()
}

/// Lowers one component of a body.
fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Component> {
    let (kind, entry) = kind::find(node, ctx)?;
    if kind.name == "tab" {
        let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, entry.key.span, "a `tab` stands outside `tabs`");
        diagnostic.help("write `tabs:` with a list of `tab`");
        return None;
    }
    read(kind, entry, node, ctx)
}

/// Lowers an item whose kind is known.
fn read(kind: &'static component::Component, entry: &Entry, node: &Node, ctx: &mut Lowering<'_>) -> Option<Component> {
    let mut component = Component {
        kind,
        id: None,
        span: entry.key.span,
        subject: Subject::None,
        when: None,
        props: Vec::new(),
        children: Vec::new(),
    };
    if report_title(kind, entry, node, ctx) {
        return None;
    }
    let subject = subject(&mut component, entry, node, ctx);
    let NodeKind::Map(entries) = &node.kind else { return None };
    for option in entries.iter().filter(|option| option.key.span != entry.key.span) {
        read_option(&mut component, option, ctx);
    }
    let known = kind.options().map(|prop| prop.name);
    let strange: Vec<&str> =
        entries.iter().map(|entry| entry.key.value.as_str()).filter(|key| kind.prop(key).is_none()).collect();
    let has_options = node.get("options").is_some() || is_misspelt("options", &strange, &known);
    let missing = |prop: &&component::Prop| kind.requires(prop, has_options) && node.get(prop.name).is_none();
    for required in kind.props.iter().filter(missing).filter(|prop| !is_misspelt(prop.name, &strange, &known)) {
        let message = format!("`{}` needs `{}`", kind.name, required.name);
        ctx.diagnostics.report(&MISSING_KEY, entry.key.span, message).help(format!("add `{}: …`", required.name));
    }
    subject.map(|()| component)
}

/// Reports a container whose heading stands where its children belong, and these under `body`.
fn report_title(kind: &component::Component, entry: &Entry, node: &Node, ctx: &mut Lowering<'_>) -> bool {
    let is_wrong = kind.subject == component::Subject::Components
        && entry.value.as_text().is_some()
        && kind.prop("body").is_none()
        && node.get("body").is_some();
    if is_wrong {
        let name = kind.name;
        let heading = ["title", "label"].into_iter().find(|option| kind.prop(option).is_some());
        let message = format!("`{name}` holds its list itself, not under `body`");
        let diagnostic = ctx.diagnostics.report(&TYPE, entry.value.span, message);
        match heading {
            Some(heading) => {
                diagnostic.help(format!("write the list behind `{name}:`, and this as `{heading}:` beside it"))
            }
            None => diagnostic.help(format!("write the list behind `{name}:`; it has no heading")),
        };
    }
    is_wrong
}

/// Reads what stands behind the key that names the kind; none if that is reported.
fn subject(component: &mut Component, entry: &Entry, item: &Node, ctx: &mut Lowering<'_>) -> Option<()> {
    let node = &entry.value;
    let kind = component.kind.name;
    match component.kind.subject {
        component::Subject::None => {
            if !is_nothing(node) {
                let message = format!("`{kind}` takes nothing, but this is {}", node.describe());
                ctx.diagnostics.report(&TYPE, node.span, message);
            }
        }
        component::Subject::Text
        | component::Subject::Markdown
        | component::Subject::Html
        | component::Subject::Image => {
            component.subject = Subject::Text(text(node, &format!("`{kind}`"), ctx)?);
        }
        component::Subject::Expression(_) => component.subject = Subject::Expr(expression(node, ctx)?),
        component::Subject::Table => component.subject = Subject::Table(table(node, kind, ctx)?),
        component::Subject::Json => component.subject = Subject::Json(Arc::new(raw::option(node, kind, ctx)?)),
        component::Subject::Figure => component.subject = Subject::Table(expression(node, ctx)?),
        component::Subject::State => {
            let Some(key) = node.as_text() else {
                if !matches!(node.kind, NodeKind::Broken) {
                    let message = format!("`{kind}` takes a state key, but this is {}", node.describe());
                    ctx.diagnostics.report(&TYPE, node.span, message);
                }
                return None;
            };
            let key = Spanned::new(key.to_owned(), node.span);
            component.subject = Subject::State(name::bare(&key, "a state key", ctx)?);
        }
        component::Subject::Partial => {
            let Some(partial) = node.as_text() else {
                if !matches!(node.kind, NodeKind::Broken) {
                    let message = format!("`{kind}` names a partial, but this is {}", node.describe());
                    ctx.diagnostics.report(&TYPE, node.span, message);
                }
                return None;
            };
            if let Some(short) = partial::named_by_path(partial, ctx.partials) {
                let place = literal::within_quotes(node.span, ctx.sources);
                let message = format!("`{partial}` is no name of a partial");
                let diagnostic = ctx.diagnostics.report(&NAME, node.span, message);
                diagnostic.help("folders, the `_` in front and the ending are no part of the name");
                diagnostic.fix(format!("write `{short}`"), place, &*short);
                return None;
            }
            let name = name::bare(&Spanned::new(partial.to_owned(), node.span), "a partial", ctx)?;
            partial::expand(component, item, &name, ctx)?;
            component.subject = Subject::Partial(name.value);
        }
        component::Subject::Components => component.children = list(node, kind, ctx),
        component::Subject::Tabs => component.children = tabs(node, ctx),
    }
    Some(())
}

/// Whether nothing stands there; TOML, which has no null, writes an empty text or `true`.
fn is_nothing(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Null | NodeKind::Bool(true) | NodeKind::Broken) || node.as_text() == Some("")
}

fn table(node: &Node, kind: &str, ctx: &mut Lowering<'_>) -> Option<crate::expr::Expr> {
    if !matches!(node.kind, NodeKind::Text(_) | NodeKind::Broken) {
        let message = format!("`{kind}` takes a table, but this is {}", node.describe());
        ctx.diagnostics.report(&TYPE, node.span, message).help(format!("name a query: `{kind}: orders`"));
        return None;
    }
    expression(node, ctx)
}

/// Lowers the list of `{ tab, body }`.
fn tabs(node: &Node, ctx: &mut Lowering<'_>) -> Vec<Component> {
    let mut tabs = Vec::new();
    for item in ctx.list(node, "`tabs`") {
        let found = match &item.kind {
            NodeKind::Map(entries) => entries.iter().find(|entry| entry.key.value == "tab"),
            _ => None,
        };
        match (found, component::find("tab")) {
            (Some(entry), Some(kind)) => tabs.extend(read(kind, entry, item, ctx)),
            _ if matches!(item.kind, NodeKind::Broken) => {}
            _ => {
                report_no_tab(item, ctx);
                ctx.lose(item);
            }
        }
    }
    tabs
}

/// Reports an item of `tabs` without a label: by the key that is meant for it, if there is one.
fn report_no_tab(item: &Node, ctx: &mut Lowering<'_>) {
    let message = "an item of `tabs` is a `tab` with its `body`";
    let near = match &item.kind {
        NodeKind::Map(entries) => {
            entries.iter().find(|entry| nearest(&entry.key.value, ["tab", "body"]) == Some("tab"))
        }
        _ => None,
    };
    let diagnostic = match near {
        Some(entry) => {
            let diagnostic = ctx.diagnostics.report(&UNKNOWN_KEY, entry.key.span, message);
            diagnostic.help("did you mean `tab`?").here("not known")
        }
        None => ctx.diagnostics.report(&MISSING_KEY, item.span, message),
    };
    diagnostic.help("write `tab: Label` and `body: […]`");
}

fn read_option(component: &mut Component, entry: &Entry, ctx: &mut Lowering<'_>) {
    let name = entry.key.value.as_str();
    let kind = component.kind;
    let Some(option) = kind.prop(name) else {
        report_unknown(component, entry, ctx);
        if matches!(entry.value.kind, NodeKind::List(_)) {
            ctx.lose(&entry.value);
        }
        return;
    };
    if matches!(entry.value.kind, NodeKind::Null)
        && !matches!(option.ty, PropType::Expression(_) | PropType::Literal(_) | PropType::Width)
    {
        return;
    }
    match (option.name, option.ty) {
        ("when", _) => component.when = expression(&entry.value, ctx),
        ("id", _) => component.id = id(&entry.value, ctx),
        // Read with the name of the partial.
        (_, PropType::Arguments) => {}
        (_, PropType::Components) => component.children = list(&entry.value, option.name, ctx),
        _ => {
            if let Some(value) = prop::lower(option, entry, ctx) {
                component.props.push((option.name, Spanned::new(value, entry.value.span)));
            }
        }
    }
}

fn report_unknown(component: &Component, entry: &Entry, ctx: &mut Lowering<'_>) {
    let name = entry.key.value.as_str();
    let kind = component.kind;
    if kind.unbuilt.contains(&name) || component::COMMON_UNBUILT.contains(&name) {
        let message = format!("`{name}` of `{}` is part of the language but not built yet", kind.name);
        ctx.diagnostics.report(&NOT_BUILT, entry.key.span, message);
        return;
    }
    let known = kind.options().map(|option| option.name);
    let all = known.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let message = format!("`{}` has no option `{name}`", kind.name);
    let diagnostic = ctx.diagnostics.report(&UNKNOWN_KEY, entry.key.span, message);
    if kind.subject == component::Subject::Partial {
        diagnostic.help(format!("what is handed over to the partial stands under `with`: `with: {{ {name}: … }}`"));
    }
    match (meant(kind, name), &component.subject) {
        (Some(instead), _) => diagnostic.help(instead),
        (None, Subject::State(key)) if STATE.field(name).is_some() => {
            let written = if name == "keep" { "browser" } else { "true" };
            let own = match name {
                "in_url" | "keep" => format!("default: …, {name}: {written}"),
                _ => format!("{name}: …"),
            };
            diagnostic.help(format!("`{name}` is declared where the key is: `state: {{ {}: {{ {own} }} }}`", key.value))
        }
        (None, _) => diagnostic.nearest(name, known),
    };
    diagnostic.help(format!("its options are {all}"));
}

/// What stands here for an option that other tools have.
fn meant(kind: &component::Component, name: &str) -> Option<&'static str> {
    let is_chart = kind.family == component::Family::Chart;
    match (kind.name, name) {
        ("table", "on_click" | "on_change" | "on_select" | "on_row_click" | "row_link") => {
            Some("a click on a row selects it: `selected: KEY`; `row_actions` puts buttons and links behind each row")
        }
        (_, "on_click" | "on_select" | "on_change") if is_chart => {
            Some("a click on a mark sets a state key: `selected: KEY`")
        }
        ("table", "title" | "label") => Some("what it shows is said above it, by `header` or `subheader`"),
        ("card", "to" | "link" | "on_click") => Some("what leads on stands in it: `link` or `link_button`"),
        (_, "min_length" | "minlength") if kind.widget.is_some() => {
            Some("`pattern: \".{5,}\"` asks for five characters or more")
        }
        _ => None,
    }
}

/// Takes an id: what may stand in HTML, in a form and in a selector alike.
fn id(node: &Node, ctx: &mut Lowering<'_>) -> Option<Spanned<String>> {
    let value = literal::single(node, ctx)?;
    let text = value.as_text().unwrap_or_default();
    let is_id = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
    if !is_id {
        let message = format!("`{}` is no id", ctx.sources.text(node.span));
        let diagnostic = ctx.diagnostics.report(&VALUE, node.span, message);
        diagnostic.help("an id begins with a small letter, and goes on with small letters, digits, `-` and `_`");
        return None;
    }
    Some(Spanned::new(text.to_owned(), node.span))
}
