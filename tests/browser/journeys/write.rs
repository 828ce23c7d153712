//! Writes: one for a click, whatever a person or a browser makes of it.

use crate::support::{Outcome, Tab};

pub(crate) async fn writes_once(tab: Tab) -> Outcome {
    // The first answer after the restart is the question for all fields.
    tab.tolerate("409");
    tab.open("/todo").await?;
    tab.sees("To buy: .").await?;
    tab.type_into("Title", "milk").await?;
    tab.click("Add").await?;
    tab.sees("To buy: milk.").await?;
    tab.sees("Saved as 1").await?;
    tab.field_is("Title", "").await?;

    // Were the second click of a double click another, the next one would be the third.
    tab.double_click("Add an egg").await?;
    tab.sees("To buy: milk, egg.").await?;
    tab.until("return !document.documentElement.classList.contains('busy')").await?;
    tab.click("Add an egg").await?;
    tab.sees("To buy: milk, egg, egg.").await?;

    tab.click("Add").await?;
    tab.sees("This was not saved: CHECK constraint failed").await?;
    tab.click("Dismiss").await?;
    tab.does_not_see("This was not saved").await?;

    tab.reload().await?;
    tab.sees("To buy: milk, egg, egg.").await?;
    tab.follow("Start").await?;
    tab.sees("Kept between pages").await?;
    tab.back().await?;
    tab.sees("To buy: milk, egg, egg.").await?;
    tab.click("Add an egg").await?;
    tab.sees("To buy: milk, egg, egg, egg.").await?;

    tab.restart_server()?;
    tab.click("Add an egg").await?;
    tab.sees("check whether it was saved").await?;
    tab.sees("To buy: milk, egg, egg, egg.").await?;
    tab.click("Add an egg").await?;
    tab.sees("To buy: milk, egg, egg, egg, egg.").await?;
    tab.does_not_see("check whether it was saved").await
}

pub(crate) async fn without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/todo").await?;
    tab.type_into("Title", "milk").await?;
    tab.click("Add").await?;
    tab.sees("To buy: milk.").await?;
    tab.sees("Saved as 1").await?;
    // The page that came of it is one that was asked for: nothing is sent again.
    tab.reload().await?;
    tab.sees("To buy: milk.").await?;
    tab.double_click("Add an egg").await?;
    tab.sees("To buy: milk, egg.").await?;
    tab.back().await?;
    tab.sees("To buy: milk").await?;
    tab.open("/todo").await?;
    tab.sees("To buy: milk, egg.").await
}
