//! Downloads: the file is of what the page shows, and the page stays.

use crate::support::{Outcome, Tab};

/// Reads what the browser would be handed, for it asks where to keep it.
const WATCH: &str = "window.handed = []; const submit = HTMLFormElement.prototype.requestSubmit;
    HTMLFormElement.prototype.requestSubmit = function (button) {
        const data = new URLSearchParams(new FormData(this, button));
        window.handed.push(fetch(button.formAction, { method: 'POST', body: data }).then(answer => answer.text()));
    };";

pub(crate) async fn hands_over(tab: Tab) -> Outcome {
    tab.open("/export").await?;
    tab.sees("South of 2").await?;
    tab.evaluate(WATCH).await?;
    // The button takes the focus from the field: what was typed goes first.
    tab.type_into("Least", "5").await?;
    tab.click("Download").await?;
    tab.sees("South of 1").await?;
    tab.until("return window.handed.length === 1").await?;
    tab.evaluate("window.handed[0].then(text => { window.text = text; })").await?;
    // Text is read without the mark in front.
    tab.until("return window.text === 'region,sold\\r\\nSouth,7\\r\\n'").await
}
