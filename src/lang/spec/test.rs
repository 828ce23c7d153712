//! Files of tests: what is done on a page, and what must then be so.

use super::Name;
use super::field::{Field, FieldType};
use super::literal;
use super::lower::Lowering;
use super::name;
use super::shape::{Fields, Shape};
use super::written::{expression, text};
use crate::diagnostic::code::{MISSING_KEY, TYPE, UNKNOWN_KIND};
use crate::expr::{Expr, Template};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind};
use crate::value::Scalar;

/// What a file of tests says of one page.
#[derive(Clone, Debug)]
pub struct Tests {
    pub file: FileId,
    /// A path that leads to the page: `/customers/7`.
    pub page: Spanned<String>,
    /// Who opens the page.
    pub user: Option<User>,
    pub tests: Vec<Test>,
}

/// Who a test is on the page.
#[derive(Clone, Debug)]
pub struct User {
    pub email: String,
    pub name: Option<String>,
    pub groups: Vec<String>,
}

/// What is done on a page that was just opened, and what must then be so.
#[derive(Clone, Debug)]
pub struct Test {
    /// What must be so, in words.
    pub name: Spanned<String>,
    pub steps: Vec<Step>,
}

/// An item of `steps`.
#[derive(Clone, Debug)]
pub struct Step {
    pub kind: StepKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StepKind {
    Enter(Vec<Entered>),
    /// The id of a button.
    Click(Spanned<String>),
    Expect(Expr),
    /// The texts of components, by their ids.
    Shows(Vec<(Spanned<String>, Template)>),
}

/// What is entered into the widgets of a key.
#[derive(Clone, Debug)]
pub struct Entered {
    pub key: Spanned<Name>,
    pub value: Spanned<Scalar>,
}

/// A file of tests.
pub static TESTS: Shape = Shape {
    name: "a test file",
    fields: &[
        Field::required("page", FieldType::Word, "The path of the page, with its parameters: `/customers/7`."),
        Field::optional("user", FieldType::Map(&USER), "Who opens the page; without one, nobody in particular."),
        Field::required("tests", FieldType::ListOf(&FieldType::Map(&TEST)), "The tests; each opens the page anew."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// `user:`
pub(super) static USER: Shape = Shape {
    name: "a user",
    fields: &[
        Field::required("email", FieldType::Word, "What `user.email` is."),
        Field::optional("name", FieldType::Word, "What `user.name` is."),
        Field::optional("groups", FieldType::ListOf(&FieldType::Word), "What `user.groups` is."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// An item of `tests:`
pub(super) static TEST: Shape = Shape {
    name: "a test",
    fields: &[
        Field::required("test", FieldType::Word, "What must be so, in words."),
        Field::required("steps", FieldType::ListOf(&FieldType::Map(&STEP)), "What is done and expected, in order."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// An item of `steps:`
pub(super) static STEP: Shape = Shape {
    name: "a step",
    fields: &[
        Field::optional(
            "enter",
            FieldType::Named(&FieldType::Constant),
            "Enters values into widgets, by their state keys, as one interaction.",
        ),
        Field::optional("click", FieldType::Word, "Clicks a button, by its id."),
        Field::optional("expect", FieldType::Expression, "What must be true, in the names of the page."),
        Field::optional("shows", FieldType::MapOf(&FieldType::Text), "The texts that components show, by their ids."),
    ],
    one_of: &["enter", "click", "expect", "shows"],
    unbuilt: &[],
};

/// Lowers a file of tests; none where it does not say which page is tested.
pub(super) fn lower(root: &Node, file: FileId, ctx: &mut Lowering<'_>) -> Option<Tests> {
    let fields = Fields::of(root, &TESTS, root.span.at_start(), ctx)?;
    let user = fields.get("user").and_then(|node| user(node, ctx));
    let tests = items(&fields, "tests", ctx).iter().filter_map(|node| test(node, ctx)).collect();
    Some(Tests { file, page: fields.word("page")?, user, tests })
}

fn user(node: &Node, ctx: &mut Lowering<'_>) -> Option<User> {
    let fields = Fields::of(node, &USER, node.span.at_start(), ctx)?;
    let name = fields.word("name").map(|name| name.value);
    let groups = items(&fields, "groups", ctx).iter().filter_map(|node| word(node, "a group", ctx));
    let groups = groups.map(|group| group.value).collect();
    Some(User { email: fields.word("email")?.value, name, groups })
}

fn test(node: &Node, ctx: &mut Lowering<'_>) -> Option<Test> {
    let fields = Fields::of(node, &TEST, node.span.at_start(), ctx)?;
    let steps = items(&fields, "steps", ctx).iter().filter_map(|node| step(node, ctx)).collect();
    Some(Test { name: fields.word("test")?, steps })
}

/// The items of a list; one that is there but holds nothing is reported.
fn items<'n>(fields: &Fields<'n>, name: &str, ctx: &mut Lowering<'_>) -> &'n [Node] {
    let Some(entry) = fields.entry(name) else { return &[] };
    let items = ctx.list(&entry.value, &format!("`{name}`"));
    if items.is_empty() && name != "groups" {
        ctx.diagnostics.report(&MISSING_KEY, entry.key.span, format!("`{name}` is empty"));
    }
    items
}

fn step(node: &Node, ctx: &mut Lowering<'_>) -> Option<Step> {
    let reported = ctx.diagnostics.len();
    let fields = Fields::of(node, &STEP, node.span.at_start(), ctx)?;
    let mut named: Vec<&Entry> = STEP.one_of.iter().filter_map(|name| fields.entry(name)).collect();
    named.sort_by_key(|entry| entry.key.span);
    let entry = match named.as_slice() {
        [] if fields.has_broken || ctx.diagnostics.len() > reported => return None,
        [] => {
            let diagnostic = ctx.diagnostics.report(&MISSING_KEY, node.span, "a step does nothing");
            diagnostic.help("a step is `enter`, `click`, `expect` or `shows`");
            return None;
        }
        [only] => *only,
        [first, second, ..] => {
            let message = format!("one step holds two, `{}` and `{}`", first.key.value, second.key.value);
            let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, second.key.span, message);
            diagnostic.label(first.key.span, "the first of them").help("make two items of it: they are done in order");
            return None;
        }
    };
    let node = &entry.value;
    let kind = match entry.key.value.as_str() {
        "enter" => StepKind::Enter(enter(entry, ctx)?),
        "click" => StepKind::Click(word(node, "the id of a button", ctx)?),
        "expect" => StepKind::Expect(expression(node, ctx)?),
        _ => StepKind::Shows(shows(entry, ctx)?),
    };
    Some(Step { kind, span: entry.key.span })
}

fn enter(entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Vec<Entered>> {
    let mut all = Vec::new();
    for entered in entries(entry, ctx)? {
        let key = name::bare(&entered.key, "a state key", ctx);
        let value = literal::scalar(&entered.value, ctx).map(|value| Spanned::new(value, entered.value.span));
        all.extend(key.zip(value).map(|(key, value)| Entered { key, value }));
    }
    Some(all)
}

fn shows(entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Vec<(Spanned<String>, Template)>> {
    let mut all = Vec::new();
    for shown in entries(entry, ctx)? {
        let template = text(&shown.value, &format!("`{}`", shown.key.value), ctx);
        all.extend(template.map(|template| (shown.key.clone(), template)));
    }
    Some(all)
}

/// The entries of a step's map, of which there must be some.
fn entries<'n>(entry: &'n Entry, ctx: &mut Lowering<'_>) -> Option<&'n [Entry]> {
    let name = &entry.key.value;
    let entries = ctx.map(&entry.value, &format!("`{name}`"))?;
    if entries.is_empty() {
        ctx.diagnostics.report(&MISSING_KEY, entry.value.span, format!("`{name}` is empty"));
        return None;
    }
    Some(entries)
}

/// Takes text that is neither a template nor an expression.
fn word(node: &Node, what: &str, ctx: &mut Lowering<'_>) -> Option<Spanned<String>> {
    match node.as_text() {
        Some(text) => Some(Spanned::new(text.to_owned(), node.span)),
        None if matches!(node.kind, NodeKind::Broken) => None,
        None => {
            let message = format!("{what} is expected, but this is {}", node.describe());
            let written = ctx.sources.text(node.span).to_owned();
            let diagnostic = ctx.diagnostics.report(&TYPE, node.span, message);
            if !matches!(node.kind, NodeKind::Map(_) | NodeKind::List(_) | NodeKind::Null) {
                diagnostic.fix("quote it", node.span, format!("\"{written}\""));
            }
            None
        }
    }
}
