//! Downloads: the file is of what the page shows, and the page stays.

use crate::support::{Outcome, Tab};

/// Reads what the browser would be handed, for it asks where to keep it.
const WATCH: &str = "window.handed = []; const submit = HTMLFormElement.prototype.requestSubmit;
    HTMLFormElement.prototype.requestSubmit = function (button) {
        const data = new URLSearchParams(new FormData(this, button));
        window.handed.push(fetch(button.formAction, { method: 'POST', body: data }).then(answer => answer.text()));
    };";

/// A table is handed over as its reader has searched it; its head stays in sight while the rows scroll.
pub(crate) async fn of_a_table(tab: Tab) -> Outcome {
    tab.open("/rows").await?;
    tab.evaluate(
        "const scroll = document.querySelector('#c-table-items .table-scroll');
         scroll.scrollTop = 120; return scroll.clientHeight === 260",
    )
    .await?;
    let heads = "const top = it => document.querySelector('#c-table-items ' + it).getBoundingClientRect().top;
         return top('.table-scroll') === top('th') && top('.table-scroll') > top('tbody tr')";
    tab.until(heads).await?;
    tab.evaluate(WATCH).await?;
    tab.type_into("Search this table", "item 2").await?;
    tab.click("Download as CSV").await?;
    tab.until("return window.handed.length === 1").await?;
    tab.evaluate("window.handed[0].then(text => { window.text = text; })").await?;
    let items = "[2, 20, 21, 22, 23, 24, 25].map(id => `Item ${id}\\r\\n`).join('')";
    tab.until(&format!("return window.text === 'item\\r\\n' + {items}")).await
}

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
