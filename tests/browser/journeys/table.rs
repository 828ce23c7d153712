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
