//! Pages by keyboard alone: all that can be pressed is reached, in sight, and shows that it is.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::key::{DOWN, ENTER, ESCAPE, RIGHT, SPACE, TAB, UP};
use crate::support::{Outcome, Tab};

/// More stops than any page has.
const MOST_STOPS: usize = 700;

/// Says what cannot be reached: what is there for the mouse and was no stop. Of a group of radio buttons or of tabs one is
/// a stop, and arrows lead to the others; a link to follow in rows of a long table speaks for those below it.
const MISSED: &str = "return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=button]')]
    .filter(it => it.checkVisibility({ visibilityProperty: true }) && !it.disabled && it.type !== 'hidden' && !it.closest('[inert], [aria-hidden=true]'))
    .filter(it => it.getAttribute('role') !== 'tab' && it.type !== 'radio' && !stops.has(it))
    .map(it => `${it.outerHTML.slice(0, 160)} in ${it.closest('.component')?.id}`)";

/// What is wrong with the stop that has the focus: it lies outside of what is seen, or does not look focused. The thumbs of
/// sliders are drawn by the browser and not told of.
const STOP: &str = "const it = document.activeElement;
    // A date has a stop for each of its parts.
    if (it === window.last) return '';
    if (it === document.body || stops.has(it)) return 'end';
    stops.add(window.last = it);
    const { left, top, width, height } = it.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (width * height === 0 || x < 0 || y < 0 || x > innerWidth || y > innerHeight) return `out of sight: ${it.outerHTML.slice(0, 160)}`;
    const around = [];
    for (let at = it; at && around.length < 4; at = at.parentElement) around.push(getComputedStyle(at));
    const isRinged = around.some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || it.type === 'range';
    return isRinged || around[0].boxShadow !== 'none' ? '' : `looks as without focus: ${it.outerHTML.slice(0, 160)}`;";

/// On every page, all that can be pressed is a stop of the Tab key.
pub(crate) async fn reach_everything(tab: Tab) -> Outcome {
    let mut wrong: BTreeSet<String> = BTreeSet::new();
    for page in tab.pages().await? {
        tab.open(&page).await?;
        tab.settles().await?;
        tab.evaluate("window.stops = new WeakSet(); document.activeElement.blur(); window.scrollTo(0, 0)").await?;
        let mut stops = 0;
        loop {
            tab.press(TAB).await?;
            match tab.evaluate(STOP).await?.as_str().unwrap_or_default() {
                "end" => break,
                "" => {}
                fault => {
                    wrong.insert(format!("{page}: {fault}"));
                }
            }
            stops += 1;
            assert!(stops < MOST_STOPS, "{page} holds the focus for ever");
        }
        assert!(stops > 5, "{page} has {stops} stops");
        if let Value::Array(missed) = tab.evaluate(MISSED).await? {
            wrong.extend(missed.iter().filter_map(Value::as_str).map(|missed| format!("{page}: no stop: {missed}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    Ok(())
}

/// Gives the focus to something, as going there by Tab would.
async fn go_to(tab: &Tab, selector: &str) -> Outcome {
    tab.until(&format!(
        "const it = document.querySelector('{selector}'); it?.focus({{ focusVisible: true }}); return document.activeElement === it && it !== null"
    ))
    .await
}

/// The issues, without a mouse: the navigation is passed over, a row selected, the table sorted, a dialog opened and left.
pub(crate) async fn do_everything(tab: Tab) -> Outcome {
    tab.open("/issues").await?;
    tab.sees("of 18 rows").await?;
    // The first stop leads over the navigation.
    tab.press(TAB).await?;
    assert_eq!(tab.focused().await?, "Skip to content");
    tab.press(ENTER).await?;
    tab.until("return document.activeElement.id === 'main'").await?;

    go_to(&tab, "#c-table-issues tbody input[type=checkbox], #c-table-issues tbody input[type=radio]").await?;
    tab.press(SPACE).await?;
    tab.sees("No. ").await?;
    go_to(&tab, "#c-table-issues thead .sort").await?;
    tab.press(ENTER).await?;
    tab.until("return document.querySelector('#c-table-issues th[aria-sort]') !== null").await?;
    tab.until("return document.activeElement.closest('#c-table-issues thead') !== null").await?;

    tab.until("const it = [...document.querySelectorAll('button')].find(it => it.innerText.trim() === 'New issue'); it.focus(); return document.activeElement === it").await?;
    tab.press(ENTER).await?;
    tab.until("return document.querySelector('dialog:modal')?.contains(document.activeElement)").await?;
    // The focus stays inside of what is open, and comes back to what opened it.
    for _ in 0..12 {
        tab.press(TAB).await?;
        tab.until(
            "return document.activeElement === document.body || document.querySelector('dialog:modal').contains(document.activeElement)",
        )
        .await?;
    }
    tab.press(ESCAPE).await?;
    tab.until("return document.querySelector('dialog:modal') === null").await?;
    assert_eq!(tab.focused().await?, "New issue");
    tab.console_is_clean().await
}

/// Widgets by their keys: tabs, a slider, a switch, a choice.
pub(crate) async fn change_widgets(tab: Tab) -> Outcome {
    tab.open("/weather").await?;
    tab.settles().await?;
    go_to(&tab, "[role=tab][aria-selected=true]").await?;
    tab.press(RIGHT).await?;
    tab.until("return document.activeElement.getAttribute('role') === 'tab' && document.activeElement.innerText.trim() === 'Year against year'")
        .await?;
    tab.press(ENTER).await?;
    tab.sees("side by side.").await?;
    tab.open("/live").await?;
    tab.sees("As of").await?;
    go_to(&tab, "input[type=range]").await?;
    tab.evaluate("window.was = document.activeElement.value").await?;
    tab.press(RIGHT).await?;
    tab.until("return document.activeElement.type === 'range' && document.activeElement.value !== was").await?;
    go_to(&tab, "input.switch").await?;
    tab.press(SPACE).await?;
    tab.field_is("Pause", "on").await?;

    tab.open("/sales").await?;
    tab.settles().await?;
    go_to(&tab, "select[name=region]").await?;
    tab.press(DOWN).await?;
    tab.press(DOWN).await?;
    tab.press(UP).await?;
    tab.until("return location.search.startsWith('?region=')").await?;
    tab.until("return document.activeElement.name === 'region'").await?;
    tab.console_is_clean().await
}
