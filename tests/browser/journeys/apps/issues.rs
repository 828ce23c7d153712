//! The tracker: what is entered is checked, and written whole or not at all.

use crate::support::key::ESCAPE;
use crate::support::{Outcome, Tab};

pub(crate) async fn are_tracked(tab: Tab) -> Outcome {
    tab.open("/issues").await?;
    tab.sees("of 18 rows").await?;
    tab.tick("Select 34").await?;
    tab.sees("No. 34: Back button leaves the checkout").await?;
    tab.sees("It should lead to the step before.").await?;
    tab.evaluate("document.getElementById('f-start-34').click()").await?;
    tab.until(
        "return document.getElementById('f-start-34') === null && document.getElementById('f-finish-34') !== null",
    )
    .await?;
    tab.until("return document.querySelector('#c-table-history').innerText.includes('In progress')").await?;
    tab.click("New issue").await?;
    tab.sees("What there is to know").await?;
    tab.click("Open the issue").await?;
    tab.sees("This is required").await?;
    tab.type_into("Title *", "Tea").await?;
    tab.type_into("What there is to know", "It says so on the packet.").await?;
    tab.click("Open the issue").await?;
    tab.until("return document.querySelector('dialog [aria-invalid=true]') !== null").await?;
    begins_anew(&tab).await?;
    tab.type_into("What there is to know", "It says so on the packet.").await?;
    tab.type_into("Title *", "Water temperature of white tea is wrong").await?;
    tab.choose("Kind", "Bug").await?;
    tab.choose("Priority", "Urgent").await?;
    tab.click("Open the issue").await?;
    tab.sees("Opened as no. 40").await?;
    tab.does_not_see("What there is to know").await?;
    tab.sees("No. 40: Water temperature of white tea is wrong").await?;
    tab.sees("It says so on the packet.").await?;
    tab.sees("Opened as bug").await?;
    tab.sees("of 19 rows").await?;

    tab.choose("State", "In progress").await?;
    tab.sees("Water temperature of white tea is wrong: in progress").await?;
    tab.sees("of 19 rows").await?;
    tab.choose("Assignee", "Lena, Shop").await?;
    tab.sees("Given to Lena").await?;
    tab.type_into("Note *", "Told by two customers").await?;
    tab.click("Add").await?;
    tab.sees("Told by two customers").await?;
    tab.field_is("Note *", "").await?;

    // It is in the database, for whoever looks.
    tab.open("/issues?issue=40").await?;
    tab.sees("Told by two customers").await?;
    tab.field_is("Assignee", "Lena, Shop").await?;
    tab.evaluate("document.getElementById('f-delete-40').focus()").await?;
    tab.press("\u{e007}").await?;
    tab.sees("Delete “Water temperature of white tea is wrong”").await?;
    tab.click("Cancel").await?;
    tab.sees("No. 40:").await?;
    tab.evaluate("document.getElementById('f-delete-40').focus()").await?;
    tab.press("\u{e007}").await?;
    tab.sees("Delete “Water temperature of white tea is wrong”").await?;
    tab.press("\u{e004}").await?;
    tab.press("\u{e007}").await?;
    tab.sees("Deleted: Water temperature of white tea is wrong").await?;
    tab.does_not_see("No. 40:").await?;
    tab.reload().await?;
    tab.sees("of 18 rows").await?;
    tab.does_not_see("Water temperature").await
}

/// What is refused stays, and whoever closes the window has given up what was typed in it.
async fn begins_anew(tab: &Tab) -> Outcome {
    tab.field_is("What there is to know", "It says so on the packet.").await?;
    tab.press(ESCAPE).await?;
    tab.does_not_see("What there is to know").await?;
    tab.click("New issue").await?;
    tab.sees("What there is to know").await?;
    tab.field_is("Title *", "").await?;
    tab.field_is("What there is to know", "").await?;
    tab.until("return document.querySelector('dialog [aria-invalid]') === null").await
}
