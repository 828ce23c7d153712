//! Turns evaluated components into HTML: whole pages, and fragments of them.
//!
//! One function renders a component, for the first load and for every update, so a page is its fragments in order.
//! Rendering never queries and never evaluates; templates get plain values, and escape them.

pub mod asset;
mod areas;
mod cells;
mod chart;
mod component;
mod details;
mod format;
#[cfg(test)]
mod gallery;
mod grid;
mod heading;
mod html;
mod image;
mod item;
mod json;
mod layout;
mod markdown;
mod metric;
mod outlines;
mod page;
mod slider;
mod sparkline;
#[cfg(test)]
mod stage;
mod table;
mod template;
mod theme;
mod tone;
mod widget;

pub use page::{ErrorPage, NavItem, NavSection, PageModel, QuestionPage, title_partial, view_field};
pub use template::RenderError;
pub use theme::Look;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use appspec_lang::check::program::{Component, ComponentId, Page};
use appspec_lang::spec::AppSettings;
use minijinja::{Environment, Value, context};

use self::template::escape;
use crate::eval::{Instance, Outcome, Shown};
use crate::words::{Words, is_right_to_left};

/// The templates, ready to be filled.
#[derive(Debug)]
pub struct Renderer {
    templates: Environment<'static>,
    words: &'static Words,
    /// The language of pages, and the direction in which it is written.
    locale: String,
    direction: &'static str,
    look: Look,
    renders: AtomicU64,
}

/// What there is to draw: a page, and what evaluation says of it.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub page: &'a Page,
    pub settings: &'a AppSettings,
    /// How its components stand. Of a whole page all have an entry; for fragments those are enough that have changed.
    pub outcomes: &'a BTreeMap<Instance, Outcome>,
    /// From when the elapsed time of what is pending is counted.
    pub now: Instant,
    /// In what stands for a row of a table: what names that.
    pub row: Option<&'a Arc<str>>,
}

impl<'a> Scene<'a> {
    fn component(&self, id: ComponentId) -> Option<&'a Component> {
        self.page.components.get(id.index())
    }

    /// A component as it stands where the scene is.
    fn instance(&self, id: ComponentId) -> Instance {
        Instance::at(self.page, id, self.row)
    }

    fn outcome(&self, id: ComponentId) -> Option<&'a Outcome> {
        self.outcomes.get(&self.instance(id))
    }

    /// Whether the element of a component is in the page: all that it stands in is drawn. Of what has no entry nothing
    /// says no.
    fn is_in_page(&self, id: &Instance) -> bool {
        let mut above = id.ancestors(self.page);
        above.all(|id| matches!(self.outcomes.get(&id), None | Some(Outcome::Shown(_))))
    }
}

/// The HTML of one element of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The element's id: `c-select-region`.
    pub element: String,
    pub html: String,
}

impl Fragment {
    /// The fragment as htmx takes it: put in the place of the element that is there, which keeps what is equal.
    pub fn partial(&self) -> String {
        let Self { element, html } = self;
        let target = escape(&in_selector(element)).into_owned();
        format!(r##"<hx-partial hx-target="#{target}" hx-swap="outerMorph">{html}</hx-partial>"##)
    }
}

/// Which components of a scene are drawn; the others are only named, and the page keeps what it shows of them.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    All,
    Only(&'a BTreeSet<Instance>),
}

impl Wanted<'_> {
    fn contains(self, id: &Instance) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(id),
        }
    }
}

impl Default for Renderer {
    fn default() -> Self {
        Self::new()
    }
}

impl Renderer {
    /// One that speaks English.
    pub fn new() -> Self {
        Self::speaking(None)
    }

    /// One that speaks the language of a BCP 47 tag.
    pub fn speaking(locale: Option<&str>) -> Self {
        let words = Words::of(locale);
        let direction = if is_right_to_left(locale) { "rtl" } else { "ltr" };
        let locale = locale.unwrap_or("en").to_owned();
        let templates = template::environment(words);
        Self { templates, words, locale, direction, look: Look::default(), renders: AtomicU64::new(0) }
    }

    /// Also draws pages that look so.
    #[must_use]
    pub fn looking(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Also knows how large pictures are, by their URLs.
    #[must_use]
    pub fn with_pictures(mut self, sizes: BTreeMap<String, (u32, u32)>) -> Self {
        template::know_pictures(&mut self.templates, sizes);
        self
    }

    /// How many components have been rendered so far.
    pub fn renders(&self) -> u64 {
        self.renders.load(Ordering::Relaxed)
    }

    /// The fragments that bring a page up to date in which these components have changed.
    ///
    /// A changed component inside a changed one comes inside its fragment; unchanged ones are not rendered.
    pub fn fragments(&self, scene: &Scene<'_>, changed: &BTreeSet<Instance>) -> Result<Vec<Fragment>, RenderError> {
        let mut fragments = Vec::new();
        for id in changed {
            let is_sent_with_parent = id.parent(scene.page).is_some_and(|parent| changed.contains(&parent));
            if is_sent_with_parent || !scene.is_in_page(id) {
                continue;
            }
            let scene = Scene { row: id.row.as_ref(), ..*scene };
            let html = self.component(&scene, id.component, Wanted::Only(changed))?;
            fragments.push(Fragment { element: format!("c-{}", id.id(scene.page)), html });
        }
        Ok(fragments)
    }

    /// The message that an action leaves, to be put at the end of the element `toasts`.
    pub fn toast(&self, text: &str) -> Result<String, RenderError> {
        self.fill("_toast.html", context! { text })
    }

    /// What went wrong, to be put at the end of the element `notices`.
    pub fn notice(&self, text: &str) -> Result<String, RenderError> {
        self.fill("_trouble.html", context! { text })
    }

    /// The element of a component, with its children.
    fn component(&self, scene: &Scene<'_>, id: ComponentId, wanted: Wanted<'_>) -> Result<String, RenderError> {
        let Some(component) = scene.component(id) else { return Ok(String::new()) };
        let instance = scene.instance(id);
        let name = instance.id(scene.page);
        if !wanted.contains(&instance) {
            return Ok(element(&name, component, " data-keep", ""));
        }
        let (template, values) = match scene.outcome(id) {
            None | Some(Outcome::Hidden) => return Ok(element(&name, component, " hidden", "")),
            Some(Outcome::Pending { since }) => ("_late.html".to_owned(), component::pending(scene, component, *since)),
            Some(Outcome::Failed(error)) => {
                ("_failed.html".to_owned(), component::failed(&name, component, error, self.words))
            }
            Some(Outcome::Shown(shown)) => {
                let children = if component.kind.has_rows() {
                    self.rows(scene, component, shown, wanted)?
                } else {
                    self.children(scene, component, wanted)?
                };
                let item = item::Item { scene, id, component, shown };
                let tip = self.tip(&item)?;
                let values = component::values(&item, Value::from(children), tip);
                (format!("component/{}.html", component.kind.name), values)
            }
        };
        self.renders.fetch_add(1, Ordering::Relaxed);
        let mut html = self.fill(&template, values)?;
        if let Some(Outcome::Shown(shown)) = scene.outcome(id)
            && !shown.notices.is_empty()
        {
            let notices: Vec<Value> = shown.notices.iter().map(|notice| Value::from(&**notice)).collect();
            html.push_str(&self.fill("_notices.html", context! { notices })?);
        }
        Ok(element(&name, component, "", &html))
    }

    /// What stands in a component for each row of its table.
    fn rows(
        &self,
        scene: &Scene<'_>,
        host: &Component,
        shown: &Shown,
        wanted: Wanted<'_>,
    ) -> Result<Vec<Value>, RenderError> {
        let rows = shown.rows.iter().map(|row| {
            let scene = Scene { row: Some(row), ..*scene };
            let children = self.children(&scene, host, wanted)?;
            Ok(context! { name => &**row, children })
        });
        rows.collect()
    }

    fn children(
        &self,
        scene: &Scene<'_>,
        component: &Component,
        wanted: Wanted<'_>,
    ) -> Result<Vec<Value>, RenderError> {
        let children = component.children.iter();
        children.map(|id| self.component(scene, *id, wanted).map(Value::from_safe_string)).collect()
    }

    fn tip(&self, item: &item::Item<'_>) -> Result<Value, RenderError> {
        match item.text("help").filter(|help| !help.is_empty()) {
            None => Ok(Value::from("")),
            Some(help) => {
                let html = self.fill("_tip.html", context! { id => item.id(), help })?;
                Ok(Value::from_safe_string(html))
            }
        }
    }

    fn fill(&self, template: &str, values: Value) -> Result<String, RenderError> {
        Ok(self.templates.get_template(template)?.render(values)?)
    }
}

/// An id behind the `#` of a selector. In rows it may hold what means something there.
fn in_selector(id: &str) -> String {
    let mut selector = String::with_capacity(id.len());
    for char in id.chars() {
        if !char.is_ascii_alphanumeric() && !matches!(char, '-' | '_') {
            selector.push('\\');
        }
        selector.push(char);
    }
    selector
}

/// The element of a component, around what its template gives.
fn element(id: &str, component: &Component, attributes: &str, inside: &str) -> String {
    let (id, kind) = (escape(id), component.kind.name);
    let width = layout::width_class(component).unwrap_or_default();
    let area = areas::area_class(component).unwrap_or_default();
    format!(r#"<div id="c-{id}" data-kind="{kind}" class="component{width}{area}"{attributes}>{inside}</div>"#)
}
