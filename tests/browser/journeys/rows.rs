//! What stands for the rows of a table: widgets with a value for each, and buttons.

use crate::support::{Outcome, Tab};

pub(crate) async fn act_for_their_row(tab: Tab) -> Outcome {
    tab.open("/repeat").await?;
    tab.tick("Wash up").await?;
    tab.sees("Last: Wash up is done").await?;
    tab.until("return document.getElementById('f-checkbox-done-3').checked").await?;
    tab.until("return !document.getElementById('f-checkbox-done-1').checked").await?;
    tab.type_into("Note on Boil water", "hot").await?;
    tab.click("Ask Boil water").await?;
    tab.sees("Boil water: hot").await?;
    tab.field_is("Note on Boil water", "hot").await?;
    tab.field_is("Note on Buy tea", "").await?;
    tab.click("Name 2").await?;
    tab.sees("Last: row 2").await?;
    tab.console_is_clean().await
}

/// Notes the elements that fragments take the place of, and of the rows what changes in the page.
const WATCH: &str = "window.replaced = []; window.touched = new Set();
    document.addEventListener('htmx:after:settle', ({ detail }) => replaced.push(detail.task.target.id));
    const note = ({ target }) => touched.add((target.closest ? target : target.parentElement).closest('[data-kind]').id);
    new MutationObserver(records => records.forEach(note))
        .observe(document.querySelector('.repeat'), { childList: true, attributes: true, characterData: true, subtree: true });";

/// Waits until fragments have come for exactly these elements, besides the token of the page.
async fn replaced(tab: &Tab, elements: &str) -> Outcome {
    tab.until(&format!(
        "if ([...new Set(replaced)].filter(id => id !== 'view-id').sort().join(' ') !== '{elements}') return false;
        replaced.length = 0; return true"
    ))
    .await
}

/// What changes in a row is sent alone: the other rows are not touched, and in its own what has the focus keeps it.
pub(crate) async fn leave_other_rows_alone(tab: Tab) -> Outcome {
    tab.open("/repeat").await?;
    tab.evaluate(WATCH).await?;
    tab.type_into("Note on Buy tea", "green").await?;
    tab.evaluate("document.getElementById('f-multiselect-with-2').click()").await?;
    tab.evaluate("document.getElementById('f-checkbox-done-to-do~204').click()").await?;
    tab.sees("Last: Set out cups is done").await?;
    let row = "c-badge-done-to-do~204 c-checkbox-done-to-do~204";
    replaced(&tab, &format!("{row} c-text-last c-text_input-note-1")).await?;
    tab.until("return document.getElementById('c-badge-done-to-do~204').innerText === 'Done'").await?;
    let caret = "return `${document.activeElement.id} ${document.activeElement.selectionStart}`";
    assert_eq!(tab.evaluate(caret).await?, "f-text_input-note-1 5");
    tab.field_is("Note on Buy tea", "green").await?;
    tab.evaluate("document.querySelector('[name=\"multiselect-with-2\"][value=sugar]').click()").await?;
    replaced(&tab, "c-multiselect-with-2").await?;
    tab.until("return document.getElementById('f-multiselect-with-2').parentElement.open").await?;
    let touched =
        tab.evaluate("return [...touched].sort().filter(id => !/-(to-do~204|2)$/.test(id)).join(' ')").await?;
    assert!(["", "c-text_input-note-1"].contains(&touched.as_str().unwrap_or("none")), "{touched}");
    tab.click("Name 3").await?;
    replaced(&tab, "c-button-name-3 c-text-last").await?;
    tab.click("Name 1").await?;
    replaced(&tab, "c-button-name-1 c-button-name-3 c-text-last").await?;
    tab.console_is_clean().await
}

/// The same by forms alone.
pub(crate) async fn act_without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/repeat").await?;
    tab.tick("Buy tea").await?;
    tab.click("Name 3").await?;
    tab.sees("Last: row 3").await?;
    tab.until("return document.getElementById('f-checkbox-done-1').checked").await
}
