//! Every page of the demo app, at the widths of a desk and of a phone, in both colour schemes.

use std::path::Path;

use crate::support::{Outcome, Tab};

const PAGES: &[&str] = &[
    "/",
    "/sales",
    "/customers",
    "/customers/14",
    "/issues",
    "/live",
    "/weather",
    "/penguins",
    "/gallery",
    "/charts",
    "/charts/spread",
    "/charts/maps",
    "/charts/points",
    "/counter",
    "/counter-toml",
    "/scatter",
    "/database",
];

/// What sticks out of a page that is wider than its window.
const OUTSIDE: &str = "if (document.documentElement.scrollWidth <= innerWidth) return '';
    const outside = [...document.body.querySelectorAll('*')].filter(it => it.getBoundingClientRect().right > innerWidth + 1 || it.getBoundingClientRect().left < -1);
    return outside.slice(0, 8).map(it => `${it.tagName}.${it.className} in ${it.closest('[id]')?.id}`).join('; ') || 'something';";

pub(crate) async fn every_page(tab: Tab) -> Outcome {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&pictures)?;
    for (size, width, height) in [("desk", 1280, 900), ("phone", 390, 844)] {
        tab.resize(width, height).await?;
        for scheme in ["light", "dark"] {
            tab.prefer("prefers-color-scheme", scheme).await?;
            for page in PAGES {
                tab.open(page).await?;
                tab.until("return document.querySelector('[data-kind]') !== null").await?;
                tab.until("return !document.querySelector('[aria-busy=true]')").await?;
                assert_eq!(tab.evaluate(OUTSIDE).await?, "", "{page} is too wide for a {size}");
                let name = format!("{}-{size}-{scheme}.png", page.trim_start_matches('/').replace('/', "-"));
                tab.screenshot(&pictures.join(name)).await?;
                tab.evaluate("document.documentElement.dir = 'rtl'").await?;
                assert_eq!(tab.evaluate(OUTSIDE).await?, "", "{page} is too wide for a {size} from right to left");
            }
        }
    }
    Ok(())
}
