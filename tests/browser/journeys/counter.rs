//! The run counter: each tab counts its own runs, and a reload starts again.

use crate::support::{Outcome, Tab};

pub(crate) async fn counts_runs(tab: Tab, path: &'static str) -> Outcome {
    tab.open(path).await?;
    tab.sees("has run 1 times").await?;
    tab.click("Run it again").await?;
    tab.sees("has run 2 times").await?;
    tab.click("Run it again").await?;
    tab.sees("has run 3 times").await?;

    tab.open_another().await?;
    tab.open(path).await?;
    tab.sees("has run 1 times").await?;
    tab.click("Run it again").await?;
    tab.sees("has run 2 times").await?;

    tab.turn_to(0).await?;
    tab.sees("has run 3 times").await?;
    tab.click("Run it again").await?;
    tab.sees("has run 4 times").await?;
    tab.reload().await?;
    tab.sees("has run 1 times").await
}
