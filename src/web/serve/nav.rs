//! What stands around every page of an app: the navigation, and its colours.

use appspec_lang::App;
use appspec_lang::value::Fingerprint;

use crate::render::{NavItem, theme_style};

#[derive(Debug)]
struct Entry {
    page: usize,
    title: String,
    href: String,
    icon: Option<String>,
    /// The folder of the page, as a heading.
    group: Option<String>,
}

/// The pages of an app that can be gone to, the first page first, then those in no folder.
#[derive(Debug)]
pub(super) struct Nav(Vec<Entry>);

impl Nav {
    pub(super) fn of(app: &App) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for (index, page) in app.program.pages.iter().enumerate().filter(|(_, page)| page.params.is_empty()) {
            let folder = page.path.trim_start_matches('/').rsplit_once('/').map(|(folder, _)| folder);
            entries.push(Entry {
                page: index,
                title: page.title.constant().unwrap_or_else(|| last_part(&page.path)),
                href: page.path.clone(),
                icon: page.icon.clone(),
                group: folder.map(heading),
            });
        }
        entries.sort_by(|a, b| (a.group.as_ref(), a.href != "/").cmp(&(b.group.as_ref(), b.href != "/")));
        Self(entries)
    }

    /// The entries, as they look from a page.
    pub(super) fn entries(&self, current: usize) -> Vec<NavItem<'_>> {
        let mut last = None;
        let items = self.0.iter().map(|entry| {
            let is_new = entry.group.as_deref() != last;
            last = entry.group.as_deref();
            NavItem {
                title: &entry.title,
                href: &entry.href,
                icon: entry.icon.as_deref(),
                is_current: entry.page == current,
                group: entry.group.as_deref().filter(|_| is_new),
            }
        });
        items.collect()
    }
}

fn last_part(path: &str) -> String {
    heading(path.rsplit('/').next().unwrap_or_default())
}

/// `sales-by-region` as a heading: “Sales by region”.
fn heading(name: &str) -> String {
    let spaced = name.replace(['-', '_', '/'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The stylesheet with an app's own colours.
#[derive(Debug)]
pub(super) struct Theme {
    pub url: String,
    pub css: String,
}

impl Theme {
    pub(super) fn of(app: &App) -> Option<Self> {
        let css = theme_style(&app.program.settings.theme)?;
        let digest = Fingerprint::of(css.as_bytes()).hex();
        Some(Self { url: format!("/-/static/theme.{}.css", digest.get(..12).unwrap_or_default()), css })
    }
}
