//! The rows of a database, and asking for them again.

use crate::support::{Outcome, Tab};

pub(crate) async fn shows_rows(tab: Tab) -> Outcome {
    tab.open("/database").await?;
    tab.sees("Tea in stock").await?;
    tab.until("return document.querySelectorAll('[data-kind=table] tbody tr').length > 5").await?;
    tab.sees("Price per 100 g").await?;
    tab.click("Ask the database now").await?;
    tab.sees("The rows are fresh").await
}

const FIRST_CELL: &str = "document.querySelector('#c-table-orders tbody td').textContent";

/// Pages, order, search and filters: by clicks, by keys, and as a form.
pub(crate) async fn pages_and_sorts(tab: Tab) -> Outcome {
    tab.open("/orders").await?;
    tab.sees("1 – 10 of 95 rows").await?;
    tab.click("Next page").await?;
    tab.sees("11 – 20 of 95 rows").await?;
    tab.until(&format!("return {FIRST_CELL} === '11'")).await?;
    tab.click("Last page").await?;
    tab.sees("91 – 95 of 95 rows").await?;
    tab.until("return document.querySelectorAll('#c-table-orders tbody tr').length === 5").await?;
    tab.click("Amount").await?;
    tab.sees("1 – 10 of 95 rows").await?;
    tab.click("Amount").await?;
    tab.until("return document.querySelector('#c-table-orders [aria-sort=descending]') !== null").await?;
    tab.until(&format!("return {FIRST_CELL} === '95'")).await?;
    tab.type_into("Filter Region", "nor").await?;
    tab.press("\u{e007}").await?;
    tab.sees("of 48 rows").await?;
    tab.type_into("Filter Amount", "many").await?;
    tab.press("\u{e007}").await?;
    tab.sees("Enter a number").await?;
    tab.field_is("Filter Amount", "many").await?;
    tab.type_into("Filter Amount", "").await?;
    tab.type_into("Search this table", "95").await?;
    tab.press("\u{e007}").await?;
    tab.sees("1 row").await?;
    tab.console_is_clean().await
}

/// The same without script: every button posts its form.
pub(crate) async fn without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/orders").await?;
    // Rows do not wait until they are counted; what is pressed does.
    tab.sees("1 – 10 of").await?;
    tab.click("Next page").await?;
    tab.sees("11 – 20 of 95 rows").await?;
    tab.click("Last page").await?;
    tab.sees("91 – 95 of 95 rows").await?;
    tab.click("Amount").await?;
    tab.sees("1 – 10 of 95 rows").await
}

/// Clicks the last cell of a row of the first table.
const CLICK_ROW: &str = "[...document.querySelectorAll('.table tbody tr')][ROW].lastElementChild
    .dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: SHIFT }))";

/// Rows that are selected stay so on other pages, and go with one click.
pub(crate) async fn selects_rows(tab: Tab) -> Outcome {
    tab.open("/rows").await?;
    tab.sees("Chosen: .").await?;
    tab.tick("Select Item 2").await?;
    tab.sees("Chosen: 2.").await?;
    tab.sees("1 selected").await?;
    tab.click("Next page").await?;
    tab.sees("11 – 20 of 25 rows").await?;
    tab.tick("Select Item 12").await?;
    tab.sees("2 selected").await?;
    tab.tick("Select all rows of this page").await?;
    tab.sees("11 selected").await?;
    tab.type_into("Search this table", "item 2").await?;
    tab.sees("7 rows").await?;
    tab.until("return document.querySelector('#f-table-items-all').indeterminate").await?;
    tab.sees("11 selected").await?;
    tab.click("Clear selection").await?;
    tab.sees("Chosen: .").await?;
    tab.does_not_see("selected").await?;
    // A row is its own button; with Shift all rows between are meant.
    tab.evaluate(&CLICK_ROW.replace("ROW", "1").replace("SHIFT", "false")).await?;
    tab.sees("1 selected").await?;
    tab.evaluate(&CLICK_ROW.replace("ROW", "4").replace("SHIFT", "true")).await?;
    tab.sees("4 selected").await?;
    tab.evaluate(&CLICK_ROW.replace("ROW", "2").replace("SHIFT", "false")).await?;
    tab.sees("3 selected").await?;
    tab.console_is_clean().await
}

pub(crate) async fn selects_without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/rows").await?;
    tab.tick("Select Item 2").await?;
    tab.click("Next page").await?;
    tab.sees("Chosen: 2.").await?;
    tab.tick("Select Item 12").await?;
    tab.click("Last page").await?;
    tab.sees("2 selected").await?;
    tab.click("Clear selection").await?;
    tab.sees("Chosen: .").await
}
