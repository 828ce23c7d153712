//! Pages that live: what changes without anybody touching them.

use serde_json::json;

use crate::support::{Outcome, Tab};

/// Keeps count of the answers of the stream, and of what has become of the metric.
const WATCH: &str = "window.seen = [];
    const metric = document.getElementById('c-metric-number');
    const note = () => { const text = metric.innerText; if (window.seen.at(-1) !== text) window.seen.push(text); };
    note();
    new MutationObserver(note).observe(metric, { childList: true, subtree: true, characterData: true });";

pub(crate) async fn ticks(tab: Tab) -> Outcome {
    tab.open("/live").await?;
    tab.evaluate(WATCH).await?;
    tab.until("return window.seen.length > 2").await?;

    // What is typed meanwhile stays, and so does the caret.
    tab.type_into("Note", "half").await?;
    tab.evaluate("document.activeElement.setSelectionRange(2, 2); window.before = window.seen.length").await?;
    tab.until("return window.seen.length > window.before + 1").await?;
    assert_eq!(tab.focused().await?, "Note");
    assert_eq!(tab.evaluate("return document.activeElement.selectionStart").await?, json!(2));
    tab.field_is("Note", "half").await?;
    tab.sees("Run 1, note .").await?;

    // An interaction and the ticks do not disturb each other.
    tab.press("\u{e004}").await?;
    tab.sees("Run 2, note half.").await?;
    tab.evaluate("window.before = window.seen.length").await?;
    tab.until("return window.seen.length > window.before + 1").await?;
    tab.sees("Run 2, note half.").await?;

    // A reader may stop it.
    tab.choose("Pace", "paused").await?;
    tab.sees("Run 3,").await
}

pub(crate) async fn rests_in_the_background(tab: Tab) -> Outcome {
    tab.open("/live").await?;
    tab.evaluate(WATCH).await?;
    tab.until("return window.seen.length > 1").await?;
    // A browser without a screen takes all of its tabs to be in sight.
    let hide = "Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
        document.dispatchEvent(new Event('visibilitychange')); window.before = window.seen.length";
    tab.evaluate(hide).await?;
    tab.open_another().await?;
    tab.open("/live").await?;
    tab.evaluate(WATCH).await?;
    tab.until("return window.seen.length > 3").await?;

    tab.turn_to(0).await?;
    let missed = tab.evaluate("return window.seen.length - window.before").await?;
    assert_eq!(missed, json!(0), "beats that another tab has seen");
    let show = "Object.defineProperty(document, 'hidden', { configurable: true, get: () => false });
        document.dispatchEvent(new Event('visibilitychange'))";
    tab.evaluate(show).await?;
    tab.until("return window.seen.length > window.before").await
}

pub(crate) async fn outlasts_a_restart(tab: Tab) -> Outcome {
    // While the server is away its streams are refused; the first answer to a touched page asks for all fields.
    for part in ["ERR_", "409"] {
        tab.tolerate(part);
    }
    tab.open("/live").await?;
    tab.evaluate(WATCH).await?;
    tab.until("return window.seen.length > 1").await?;
    tab.restart_server()?;
    tab.evaluate("window.before = window.seen.length").await?;
    tab.until("return window.seen.length > window.before + 1").await?;

    tab.type_into("Note", "kept").await?;
    tab.press("\u{e004}").await?;
    tab.sees("note kept.").await?;
    tab.restart_server()?;
    tab.evaluate("window.before = window.seen.length").await?;
    tab.until("return window.seen.length > window.before + 1").await?;
    tab.sees("note kept.").await?;
    tab.field_is("Note", "kept").await
}
