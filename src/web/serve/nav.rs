//! The navigation, which stands beside every page of an app.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use appspec_lang::App;
use appspec_lang::check::Page;
use appspec_lang::check::program::title_of;
use appspec_lang::spec::{Link, NavEntry, Target};

use super::place::Places;
use crate::render::{NavItem, NavSection};

#[derive(Debug)]
struct Entry {
    title: String,
    href: String,
    icon: Option<String>,
    /// Whether it leads to another site, or to a file.
    is_elsewhere: bool,
}

impl Entry {
    fn item(&self, current: Option<&Self>) -> NavItem<'_> {
        NavItem {
            title: &self.title,
            href: &self.href,
            icon: self.icon.as_deref(),
            is_current: current.is_some_and(|current| std::ptr::eq(current, self)),
            is_elsewhere: self.is_elsewhere,
        }
    }

    /// The path that it leads to, without what follows.
    fn path(&self) -> &str {
        self.href.split(['?', '#']).next().unwrap_or_default()
    }

    /// Whether it leads to the page at a path, percent-encoded, or to one above it.
    fn leads_to(&self, path: &str) -> bool {
        let below = path.strip_prefix(self.path()).filter(|_| !self.is_elsewhere);
        below.is_some_and(|below| below.is_empty() || (below.starts_with('/') && self.path() != "/"))
    }
}

/// Entries below each other.
#[derive(Debug)]
struct Section {
    heading: Option<String>,
    entries: Vec<Entry>,
}

/// Where the navigation of an app leads, in order.
#[derive(Debug)]
pub(super) struct Nav(Vec<Section>);

impl Nav {
    pub(super) fn of(app: &App, places: &Places) -> Self {
        Self(match &app.program.settings.nav {
            Some(nav) => written(nav, app, places),
            None => all(app),
        })
    }

    /// The navigation, as it looks from the page at a path.
    pub(super) fn sections<'s>(&'s self, path: &str) -> Vec<NavSection<'s>> {
        let current = self.current(path);
        let of_section = |section: &'s Section| NavSection {
            heading: section.heading.as_deref(),
            items: section.entries.iter().map(|entry| entry.item(current)).collect(),
        };
        self.0.iter().map(of_section).collect()
    }

    /// The entry that leads to a path, else to the nearest page above it: `/customers` for `/customers/7`.
    fn current(&self, path: &str) -> Option<&Entry> {
        let entries = self.0.iter().flat_map(|section| &section.entries).filter(|entry| entry.leads_to(path));
        // Of equal ones the first.
        entries.reduce(|best, entry| if entry.path().len() > best.path().len() { entry } else { best })
    }
}

/// All pages that take no parameters: the first page first, then those in no folder, then folder by folder.
fn all(app: &App) -> Vec<Section> {
    let mut folders: BTreeMap<Option<&str>, Vec<Entry>> = BTreeMap::new();
    for page in app.program.pages.iter().filter(|page| page.params.is_empty()) {
        let folder = page.path.trim_start_matches('/').rsplit_once('/').map(|(folder, _)| folder);
        folders.entry(folder).or_default().push(entry_of(page, page.path.clone()));
    }
    folders
        .into_iter()
        .map(|(folder, mut entries)| {
            entries.sort_by_key(|entry| entry.href != "/");
            Section { heading: folder.map(heading), entries }
        })
        .collect()
}

/// What `nav` says; links that stand one after another make one section.
fn written(nav: &[NavEntry], app: &App, places: &Places) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for written in nav {
        let entries = written.links().iter().filter_map(|link| entry(link, app, places));
        match (written, sections.last_mut()) {
            (NavEntry::Group { label, .. }, _) => {
                let entries = entries.collect();
                sections.push(Section { heading: Some(label.clone()), entries });
            }
            (NavEntry::Link(_), Some(last @ Section { heading: None, .. })) => last.entries.extend(entries),
            (NavEntry::Link(_), _) => sections.push(Section { heading: None, entries: entries.collect() }),
        }
    }
    sections
}

fn entry(link: &Link, app: &App, places: &Places) -> Option<Entry> {
    let entry = match &link.target {
        Target::Page(url) => {
            let place = places.find(&url.value)?;
            entry_of(app.program.pages.get(place.page)?, encoded(&url.value))
        }
        Target::Elsewhere(url) => Entry { title: url.clone(), href: url.clone(), icon: None, is_elsewhere: true },
    };
    let title = link.label.clone().unwrap_or(entry.title);
    Some(Entry { title, icon: link.icon.clone().or(entry.icon), ..entry })
}

fn entry_of(page: &Page, href: String) -> Entry {
    Entry { title: page.short_title(), href, icon: page.icon.clone(), is_elsewhere: false }
}

/// A URL as browsers send it: what cannot stand in one is percent-encoded, and what is so already stays.
fn encoded(url: &str) -> String {
    let mut encoded = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes all text");
        }
    }
    encoded
}

/// The path of a folder as a heading: `sales/by-region` is "Sales by region".
fn heading(folder: &str) -> String {
    title_of(&folder.replace('/', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_written_as_browsers_send_them() {
        for (url, expected) in [
            ("/teams/Field Service", "/teams/Field%20Service"),
            ("/teams/Müller?tab=a&b=%20", "/teams/M%C3%BCller?tab=a&b=%20"),
        ] {
            assert_eq!(encoded(url), expected);
        }
    }

    #[test]
    fn the_nearest_entry_is_current() {
        let entry = |href: &str| Entry {
            title: String::new(),
            href: href.to_owned(),
            icon: None,
            is_elsewhere: href.contains(':'),
        };
        let hrefs = ["/", "/customers", "/customers/7?tab=orders", "/ops/latency", "https://example.com"];
        let nav = Nav(vec![Section { heading: None, entries: hrefs.map(entry).into() }]);
        for (path, expected) in [
            ("/", Some("/")),
            ("/customers", Some("/customers")),
            ("/customers/8", Some("/customers")),
            ("/customers/7", Some("/customers/7?tab=orders")),
            ("/customers-of-old", None),
            ("/ops", None),
        ] {
            assert_eq!(nav.current(path).map(|entry| entry.href.as_str()), expected, "{path}");
        }
    }
}
