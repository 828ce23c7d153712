//! The components of a page in one list, parents before their children, each with its id.

use std::collections::BTreeMap;

use super::names::Reader;
use super::program::ComponentId;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Name, Part, Template};
use crate::source::Span;
use crate::spec::{self, ActionKind, Component, Prop, Subject};

/// Longer ids are cut at a word.
const LONGEST_SUBJECT: usize = 40;

/// All components of a page.
pub(super) struct Outline<'a> {
    pub items: Vec<Item<'a>>,
    pub sidebar: Vec<ComponentId>,
    pub body: Vec<ComponentId>,
}

/// A component and its place among the others.
pub(super) struct Item<'a> {
    pub spec: &'a Component,
    pub id: String,
    pub parent: Option<ComponentId>,
    pub children: Vec<ComponentId>,
    /// The `use` that it stands in, if it does.
    pub partial: Option<ComponentId>,
    /// The component that it stands in once for each row of a table.
    pub row_of: Option<ComponentId>,
    /// Written in `app.yaml`.
    pub shared: bool,
}

impl Item<'_> {
    /// Where its names are read.
    pub(super) fn reader(&self) -> Reader {
        Reader::of(self.shared).in_row_of(self.row_of)
    }
}

impl<'a> Outline<'a> {
    /// Lists the sidebar of `app.yaml`, that of the page, then its body.
    pub(super) fn of(spec: &'a spec::Spec, page: &'a spec::Page, diagnostics: &mut Diagnostics) -> Self {
        let mut outline = Self { items: Vec::new(), sidebar: Vec::new(), body: Vec::new() };
        outline.sidebar = outline.add_all(&spec.sidebar, Place { shared: true, ..Place::default() });
        let own = outline.add_all(&page.sidebar, Place::default());
        outline.sidebar.extend(own);
        outline.body = outline.add_all(&page.body, Place::default());
        outline.name(diagnostics);
        outline
    }

    pub(super) fn item(&self, id: ComponentId) -> &Item<'a> {
        self.items.get(id.index()).expect("a component's id is an index of the outline that gave it")
    }

    /// Every component with its number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ComponentId, &Item<'a>)> {
        self.items.iter().enumerate().map(|(index, item)| (ComponentId::at(index), item))
    }

    /// Whether an action sets the key of this name.
    pub(super) fn sets(&self, key: &str) -> bool {
        let props = self.items.iter().flat_map(|item| &item.spec.props);
        let actions = props.flat_map(|(_, prop)| match &prop.value {
            Prop::Actions(actions) => actions.as_slice(),
            _ => &[],
        });
        actions.into_iter().any(|action| match &action.kind {
            ActionKind::Set(sets) => sets.iter().any(|(name, _)| &*name.value == key),
            _ => false,
        })
    }

    fn add_all(&mut self, components: &'a [Component], place: Place) -> Vec<ComponentId> {
        let mut ids = Vec::new();
        for spec in components {
            let id = ComponentId::at(self.items.len());
            let Place { parent, partial, row_of, shared } = place;
            self.items.push(Item { spec, id: String::new(), parent, children: Vec::new(), partial, row_of, shared });
            let is_use = matches!(spec.subject, Subject::Partial(_));
            let below = Place {
                parent: Some(id),
                partial: if is_use { Some(id) } else { partial },
                row_of: if spec.kind.has_rows() { Some(id) } else { row_of },
                shared,
            };
            let children = self.add_all(&spec.children, below);
            if let Some(item) = self.items.get_mut(id.index()) {
                item.children = children;
            }
            ids.push(id);
        }
        ids
    }

    /// Gives each component its id: the author's, else one made from kind and subject; in a partial behind that of the
    /// `use`.
    fn name(&mut self, diagnostics: &mut Diagnostics) {
        let mut inside: BTreeMap<Option<ComponentId>, Vec<usize>> = BTreeMap::new();
        for (index, item) in self.items.iter().enumerate() {
            inside.entry(item.partial).or_default().push(index);
        }
        let mut taken: BTreeMap<String, Span> = BTreeMap::new();
        // What stands in a `use` comes behind it, for its number is higher.
        for (partial, indices) in &inside {
            let prefix = partial.map(|id| format!("{}-", self.item(id).id)).unwrap_or_default();
            self.name_all(indices, &prefix, &mut taken, diagnostics);
        }
    }

    /// Gives ids to the components of these numbers.
    fn name_all(
        &mut self,
        indices: &[usize],
        prefix: &str,
        taken: &mut BTreeMap<String, Span>,
        diagnostics: &mut Diagnostics,
    ) {
        for index in indices {
            let Some(item) = self.items.get_mut(*index) else { continue };
            let Some(id) = &item.spec.id else { continue };
            item.id = format!("{prefix}{}", id.value);
            if let Some(first) = taken.insert(item.id.clone(), id.span) {
                diagnostics
                    .report(&code::DUPLICATE_ID, id.span, format!("two components have the id `{}`", item.id))
                    .label(first, "the first stands here")
                    .help("an id names one component of a page: choose another");
            }
        }
        let mut made: BTreeMap<String, Span> = BTreeMap::new();
        for index in indices {
            let acts = self.acts(*index);
            let Some(item) = self.items.get_mut(*index).filter(|item| item.spec.id.is_none()) else { continue };
            let base = format!("{prefix}{}", base(item.spec));
            match made.get(&base) {
                Some(first) if acts => report_duplicate(item.spec, &base, *first, diagnostics),
                Some(_) => {}
                None => {
                    made.insert(base.clone(), item.spec.span);
                }
            }
            item.id = free(&base, taken);
            taken.insert(item.id.clone(), item.spec.span);
        }
    }

    /// Whether what the user does is sent under the id of a component, or that of a `use` under ids that begin with it.
    fn acts(&self, index: usize) -> bool {
        let Some(item) = self.items.get(index) else { return false };
        let is_use = matches!(item.spec.subject, Subject::Partial(_));
        item.spec.kind.acts() || (is_use && acts_within(item.spec))
    }
}

fn acts_within(component: &Component) -> bool {
    component.children.iter().any(|child| child.kind.acts() || acts_within(child))
}

/// Where components stand.
#[derive(Clone, Copy, Default)]
struct Place {
    parent: Option<ComponentId>,
    partial: Option<ComponentId>,
    row_of: Option<ComponentId>,
    shared: bool,
}

/// The id itself, or with the first number that makes it another than those that are taken.
fn free(base: &str, taken: &BTreeMap<String, Span>) -> String {
    let numbered = (2u32..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.to_owned())
        .chain(numbered)
        .find(|id| !taken.contains_key(id))
        .expect("a page has fewer components than there are numbers")
}

fn report_duplicate(spec: &Component, base: &str, first: Span, diagnostics: &mut Diagnostics) {
    let kind = spec.kind.name;
    diagnostics
        .report(&code::DUPLICATE_ID, spec.span, format!("another `{kind}` of this page has the id `{base}` already"))
        .label(first, "the first stands here")
        .help(format!("what the user does is sent under the id: give this one its own, such as `id: {base}-2`"));
}

/// The kind, and of the subject what does not change while the page is open.
fn base(component: &Component) -> String {
    let subject = match &component.subject {
        Subject::Partial(name) => return name.replace('_', "-"),
        Subject::None | Subject::Json(_) => String::new(),
        Subject::Text(template) => constant_words(template),
        Subject::State(key) => key.value.to_string(),
        Subject::Expr(expr) | Subject::Table(expr) => {
            expr.refs().first().map_or_else(String::new, |(name, _)| written(name))
        }
    };
    let slug = slug(&subject);
    if slug.is_empty() { component.kind.name.to_owned() } else { format!("{}-{slug}", component.kind.name) }
}

fn constant_words(template: &Template) -> String {
    let texts = template.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(&*text.text),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

fn written(name: &Name) -> String {
    match name {
        Name::State(name) | Name::Value(name) | Name::Param(name) | Name::Bare(name) => name.to_string(),
        _ => String::new(),
    }
}

/// Lower-case letters and digits, `-` for all between them.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !slug.is_empty() {
            if slug.len() + word.len() >= LONGEST_SUBJECT {
                break;
            }
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    slug.truncate(LONGEST_SUBJECT);
    slug
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn slugs_hold_letters_and_digits() {
        let cases = [
            ("Revenue", "revenue"),
            ("  Sales in 2024! ", "sales-in-2024"),
            ("days_kept", "days-kept"),
            ("Anything *else*", "anything-else"),
            ("…", ""),
            ("one two three four five six seven eight nine ten", "one-two-three-four-five-six-seven-eight"),
        ];
        for (text, expected) in cases {
            assert_eq!(slug(text), expected, "{text}");
        }
    }

    #[test]
    fn a_taken_id_gets_a_number() {
        let at = Span::new(FileId(0), 0, 0);
        let taken = BTreeMap::from(["row", "row-2"].map(|id| (id.to_owned(), at)));
        assert_eq!(free("row", &taken), "row-3");
        assert_eq!(free("card", &taken), "card");
    }
}
