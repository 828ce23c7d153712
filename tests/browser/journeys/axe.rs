//! What axe-core says of every page: light and dark, with all open that opens, and with what goes wrong.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Outcome, Tab};

const AXE: &str = include_str!("../vendor/axe-core-4.14.1/axe.min.js");

/// Looks for violations, and says each as a line: the rule, what is meant, where.
const AUDIT: &str =
    "return axe.run({ exclude: [ROWS] }, { resultTypes: ['violations'], ...OPTIONS }).then(({ violations }) => violations.flatMap(
    ({ id, help, nodes }) => nodes.map(({ target, any, all, none }) =>
        `${id}: ${help}: ${target.join(' ')}: ${[...any, ...all, ...none][0]?.message ?? ''}`)))";

/// Rows of tables are alike: the first ones speak for all.
const ROWS: &str = "'tbody tr:nth-child(n+4)'";

/// Only colours differ between the schemes.
const COLOURS: &str = "{ runOnly: ['color-contrast', 'link-in-text-block'] }";

/// Opens what opens without asking the server: lists of options, tables of charts, values with parts.
const OPEN_DETAILS: &str = "document.querySelectorAll('main details').forEach(it => { it.open = true; })";

/// The text of the next thing to press of a kind, and marks it as seen.
const PRESS_NEXT: &str =
    "const next = [...document.querySelectorAll(SELECTOR)].find(it => it.checkVisibility() && !seen.has(it.id));
    if (!next) return false;
    seen.add(next.id);
    next.click();
    return true;";

/// What was found, by what is wrong: where it was seen.
#[derive(Default)]
struct Findings(BTreeMap<String, Vec<String>>);

impl Findings {
    async fn audit(&mut self, tab: &Tab, place: &str, options: &str) -> Outcome {
        let found = tab.evaluate(&AUDIT.replace("OPTIONS", options).replace("ROWS", ROWS)).await?;
        for line in found.as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.0.entry(line.to_owned()).or_default().push(place.to_owned());
        }
        Ok(())
    }

    /// All rules in the light, and those about colours in the dark.
    async fn in_both_schemes(&mut self, tab: &Tab, place: &str) -> Outcome {
        self.audit(tab, place, "{}").await?;
        tab.prefer("prefers-color-scheme", "dark").await?;
        self.audit(tab, &format!("{place} in the dark"), COLOURS).await?;
        tab.prefer("prefers-color-scheme", "light").await
    }

    fn said(&self) -> String {
        let lines = self.0.iter().map(|(what, places)| format!("{what}\n    at {}", places.join(", ")));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Waits until the page is quiet, not for results that take long.
async fn rests(tab: &Tab) -> Outcome {
    tab.evaluate(
        "const until = performance.now() + 2000, busy = () => document.querySelector('[aria-busy=true], .stale, .skeleton');
        return new Promise(resolve => { const look = () => busy() && performance.now() < until ? setTimeout(look, 30) : resolve(true); setTimeout(look, 60); })",
    )
    .await?;
    Ok(())
}

/// Looks at one in `of` of the pages, from the one at `part` on.
pub(crate) async fn finds_nothing(tab: Tab, (part, of): (usize, usize)) -> Outcome {
    tab.take_time().await?;
    tab.before_every_page(AXE).await?;
    // Colours that are on their way to others have no contrast yet.
    tab.before_every_page(
        "window.seen = new Set(); addEventListener('DOMContentLoaded', () => { const style = new CSSStyleSheet();
        style.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }');
        document.adoptedStyleSheets.push(style); });",
    )
    .await?;
    tab.tolerate("404");
    let mut findings = Findings::default();
    let mut pages = tab.pages().await?;
    assert!(pages.len() > 5, "{pages:?}");
    pages.push("/no-such-page".to_owned());
    let pages: Vec<String> = pages.into_iter().skip(part).step_by(of).collect();
    for page in &pages {
        tab.open(page).await?;
        if page == "/states" {
            findings.audit(&tab, "/states at first", "{}").await?;
        }
        rests(&tab).await?;
        // What there is, then with all of it open.
        tab.evaluate(OPEN_DETAILS).await?;
        while tab.evaluate(&PRESS_NEXT.replace("SELECTOR", "'.expander-toggle[aria-expanded=false]'")).await?
            == json!(true)
        {
            rests(&tab).await?;
        }
        findings.in_both_schemes(&tab, page).await?;
        for (what, selector) in [
            ("a tab", "'[role=tab][aria-selected=false]'"),
            ("a popover", "'.popover [aria-expanded=false]'"),
            ("a question", "'main [data-confirm]:not(:disabled):not(tr:nth-child(n+2) *)'"),
            ("a form", "'.form-foot > .primary'"),
        ] {
            while tab.evaluate(&PRESS_NEXT.replace("SELECTOR", selector)).await? == json!(true) {
                rests(&tab).await?;
                findings.in_both_schemes(&tab, &format!("{page} with {what}")).await?;
                tab.evaluate("document.querySelector('#confirm:modal')?.close()").await?;
            }
        }
    }
    for (page, button) in DIALOGS.iter().filter(|(page, _)| pages.iter().any(|known| known == page)) {
        tab.open(page).await?;
        tab.click(button).await?;
        tab.until("return document.querySelector('dialog:modal') !== null").await?;
        findings.in_both_schemes(&tab, &format!("{page} with its dialog")).await?;
    }
    assert!(findings.0.is_empty(), "axe-core has found:\n{}", findings.said());
    Ok(())
}

/// Pages with a dialog, and what opens it.
const DIALOGS: &[(&str, &str)] = &[("/windows", "Edit"), ("/gallery", "Dialog")];
