//! Dialogs and popovers: by pointer, by keyboard, and without script.

use serde_json::json;

use crate::support::key::{ENTER, ESCAPE};
use crate::support::{Outcome, Tab};

pub(crate) async fn open_and_close(tab: Tab) -> Outcome {
    tab.open("/windows").await?;
    tab.does_not_see("Edit the title").await?;
    tab.click("Edit").await?;
    tab.sees("Edit the title").await?;
    tab.until("return document.querySelector('dialog').matches(':modal')").await?;
    assert_eq!(tab.focused().await?, "Title", "the first field has the focus");

    // It stays through updates of what is in it.
    tab.type_into("Title", "News").await?;
    tab.click("Keep open").await?;
    tab.sees("title News, saved 10.").await?;
    tab.until("return document.querySelector('dialog').matches(':modal')").await?;

    tab.press(ESCAPE).await?;
    tab.does_not_see("Edit the title").await?;
    assert_eq!(tab.focused().await?, "Edit", "the focus is where it was");

    // The server knows that it was closed.
    tab.press(ENTER).await?;
    tab.sees("Edit the title").await?;
    tab.field_is("Title", "News").await?;
    tab.click("Save").await?;
    tab.does_not_see("Edit the title").await?;
    tab.sees("saved 11.").await?;
    tab.until("return document.querySelector('dialog:modal') === null").await
}

pub(crate) async fn answer_keys(tab: Tab) -> Outcome {
    tab.open("/windows").await?;
    tab.press("e").await?;
    tab.sees("Edit the title").await?;
    tab.type_into("Title", "see").await?;
    tab.field_is("Title", "see").await?;
    // With Control held.
    tab.press(&format!("\u{e009}{ENTER}")).await?;
    tab.sees("title see, saved 1.").await?;
    tab.does_not_see("Edit the title").await
}

pub(crate) async fn popover_opens(tab: Tab) -> Outcome {
    tab.open("/windows").await?;
    tab.does_not_see("Exact").await?;
    tab.click("Filters").await?;
    tab.sees("Exact").await?;
    tab.type_into("Word", "tea").await?;
    tab.tick("Exact").await?;
    tab.sees("Word tea, exact true,").await?;
    tab.sees("Exact").await?;
    tab.press(ESCAPE).await?;
    tab.until("return document.querySelector('.popover-panel').hidden").await?;
    assert_eq!(tab.focused().await?, "Filters");
    tab.click("Filters").await?;
    tab.field_is("Word", "tea").await?;
    tab.evaluate("document.querySelector('main').click()").await?;
    tab.until("return document.querySelector('.popover-panel').hidden").await?;

    // Where there is little room, the areas of a grid stand below each other.
    let rows = "const top = text => [...document.querySelectorAll('.grid > *')].find(it => it.innerText === text)
        .getBoundingClientRect().top; return top('Second') > top('First');";
    tab.resize(1280, 800).await?;
    assert_eq!(tab.evaluate(rows).await?, json!(false));
    tab.resize(390, 800).await?;
    assert_eq!(tab.evaluate(rows).await?, json!(true));
    Ok(())
}

pub(crate) async fn without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/windows").await?;
    tab.click("Edit").await?;
    tab.sees("Edit the title").await?;
    tab.type_into("Title", "Plain").await?;
    tab.click("Save").await?;
    tab.sees("title Plain, saved 1.").await?;
    tab.does_not_see("Edit the title").await?;
    tab.click("Edit").await?;
    tab.click("Close").await?;
    tab.does_not_see("Edit the title").await?;
    tab.click("Filters").await?;
    tab.sees("Exact").await
}

pub(crate) async fn ask_before_acting(tab: Tab) -> Outcome {
    tab.open("/windows").await?;
    tab.press("e").await?;
    tab.click("Keep open").await?;
    tab.sees("saved 10.").await?;
    tab.press(ESCAPE).await?;
    tab.does_not_see("Edit the title").await?;

    tab.click("Forget").await?;
    tab.sees("Forget what was saved 10 times?").await?;
    assert_eq!(tab.focused().await?, "Cancel", "nothing happens by a careless Enter");
    tab.press(ESCAPE).await?;
    tab.does_not_see("Forget what was saved").await?;
    assert_eq!(tab.focused().await?, "Forget", "the focus is where it was");
    tab.press(ENTER).await?;
    tab.sees("Forget what was saved 10 times?").await?;
    tab.click("Cancel").await?;
    tab.does_not_see("Forget what was saved").await?;
    tab.sees("saved 10.").await?;

    tab.press(ENTER).await?;
    tab.sees("Forget what was saved 10 times?").await?;
    tab.press("\u{e004}").await?;
    tab.press(ENTER).await?;
    tab.sees("saved 0.").await
}

pub(crate) async fn ask_without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/windows").await?;
    tab.click("Filters").await?;
    tab.type_into("Word", "tea").await?;
    tab.click("Forget").await?;
    tab.sees("Forget what was saved 0 times?").await?;
    tab.does_not_see("Exact").await?;
    tab.click("Cancel").await?;
    tab.sees("Word tea,").await?;
    tab.field_is("Word", "tea").await?;
    tab.click("Edit").await?;
    tab.click("Keep open").await?;
    tab.sees("saved 10.").await?;
    tab.click("Close").await?;
    tab.click("Forget").await?;
    tab.sees("Forget what was saved 10 times?").await?;
    tab.click("Forget").await?;
    tab.sees("Word tea, exact false, title , saved 0.").await
}
