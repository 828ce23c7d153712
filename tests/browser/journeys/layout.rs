//! Tabs and expanders: what is closed is not on the page, and what is open stays open through updates.

use crate::support::{Outcome, Tab};

pub(crate) async fn opens_and_closes(tab: Tab) -> Outcome {
    tab.open("/penguins").await?;
    tab.sees("By species").await?;
    tab.does_not_see("Season").await?;
    tab.click("Every penguin").await?;
    tab.until("return document.querySelectorAll('[data-kind=table] tbody tr').length === 100").await?;
    tab.sees("Season").await?;

    tab.choose("Species", "Gentoo").await?;
    tab.sees("Gentoo penguins on Biscoe").await?;
    tab.until("return document.querySelectorAll('[data-kind=table] tbody tr').length === 100").await?;
    tab.click("By species").await?;
    tab.does_not_see("Season").await?;

    tab.does_not_see("Kristen Gorman").await?;
    tab.click("About the data").await?;
    tab.sees("Kristen Gorman").await?;
    tab.choose("Species", "Chinstrap").await?;
    tab.sees("Chinstrap penguins").await?;
    tab.sees("Kristen Gorman").await?;
    tab.click("About the data").await?;
    tab.does_not_see("Kristen Gorman").await
}
