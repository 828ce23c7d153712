//! What can change, be sent and be clicked by itself: a component, or what stands of it for one row.

use std::borrow::Cow;
use std::iter::successors;
use std::sync::Arc;

use appspec_lang::check::program::{Component, ComponentId, Page};

/// A component where it stands: once on its page, or in one row of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    pub component: ComponentId,
    /// What names the row; none of what stands once.
    pub row: Option<Arc<str>>,
}

impl From<ComponentId> for Instance {
    fn from(component: ComponentId) -> Self {
        Self { component, row: None }
    }
}

impl Instance {
    /// Another component of the same row; one that stands once has none.
    #[must_use]
    pub fn beside(&self, page: &Page, component: ComponentId) -> Self {
        Self::at(page, component, self.row.as_ref())
    }

    /// A component at a place where a row is looked at, or none.
    pub fn at(page: &Page, component: ComponentId, row: Option<&Arc<str>>) -> Self {
        let is_of_row = page.components.get(component.index()).is_some_and(|component| component.row_of.is_some());
        Self { component, row: row.filter(|_| is_of_row).cloned() }
    }

    pub(super) fn definition<'p>(&self, page: &'p Page) -> Option<&'p Component> {
        page.components.get(self.component.index())
    }

    /// What it stands in.
    pub fn parent(&self, page: &Page) -> Option<Self> {
        self.definition(page)?.parent.map(|parent| self.beside(page, parent))
    }

    /// All that it stands in, from the nearest up.
    pub fn ancestors<'p>(&self, page: &'p Page) -> impl Iterator<Item = Self> + use<'p> {
        successors(self.parent(page), move |instance| instance.parent(page))
    }

    /// The id of its component; in a row it is followed by what names that.
    pub fn id<'p>(&self, page: &'p Page) -> Cow<'p, str> {
        let Some(component) = self.definition(page) else { return Cow::from("") };
        match &self.row {
            Some(row) => Cow::from(format!("{}{}{row}", component.id, component.joint)),
            None => Cow::from(component.id.as_str()),
        }
    }

    /// The one of an id; whether there is such a row is not known here.
    pub fn named(page: &Page, id: &str) -> Option<Self> {
        (0..).map(ComponentId).zip(&page.components).find_map(|(component, definition)| {
            let row = match definition.row_of {
                None => (definition.id == id).then_some(None)?,
                Some(_) => Some(id.strip_prefix(&definition.id)?.strip_prefix(definition.joint)?),
            };
            Some(Self { component, row: row.map(Arc::from) })
        })
    }
}
