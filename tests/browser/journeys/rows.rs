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

/// The same by forms alone.
pub(crate) async fn act_without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/repeat").await?;
    tab.tick("Buy tea").await?;
    tab.click("Name 3").await?;
    tab.sees("Last: row 3").await?;
    tab.until("return document.getElementById('f-checkbox-done-1').checked").await
}
