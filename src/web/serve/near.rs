//! The pages that may have been meant by an address at which there is none.

use appspec_lang::App;
use appspec_lang::check::Page;
use appspec_lang::diagnostic::suggest::nearest;

/// How many are named.
const MOST: usize = 3;

/// The pages near to a path, by title and URL: those above it, those whose last part is the same, and those that are
/// written alike. Only pages without parameters have an address that can be named.
pub(super) fn pages(app: &App, path: &str) -> Vec<(String, String)> {
    let path = path.trim_end_matches('/').to_lowercase();
    let known: Vec<&str> =
        app.program.pages.iter().filter(|page| page.params.is_empty()).map(|page| page.path.as_str()).collect();
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut found: Vec<&str> = Vec::new();
    let mut add = |page: Option<&str>| {
        let page = page.and_then(|page| known.iter().copied().find(|known| *known == page));
        if let Some(page) = page.filter(|page| *page != "/")
            && !found.contains(&page)
        {
            found.push(page);
        }
    };
    let mut above = path.as_str();
    while let Some((parent, _)) = above.rsplit_once('/') {
        add(Some(parent));
        above = parent;
    }
    known
        .iter()
        .filter(|page| page.to_lowercase() == path || last(page) == last(&path))
        .for_each(|page| add(Some(page)));
    add(nearest(&path, known.iter().copied()));
    let lasts: Vec<String> = known.iter().map(|page| last(page)).collect();
    if let Some(near) = nearest(&last(&path), lasts.iter().map(String::as_str)) {
        known.iter().filter(|page| last(page) == near).for_each(|page| add(Some(page)));
    }
    let title = |path: &str| app.program.pages.iter().find(|page| page.path == path).map(Page::short_title);
    found.into_iter().take(MOST).filter_map(|path| Some((title(path)?, path.to_owned()))).collect()
}
