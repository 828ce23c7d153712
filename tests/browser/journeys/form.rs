//! Forms: nothing leaves before they are submitted, and nothing that was typed is lost.

use crate::support::{Outcome, Tab};

pub(crate) async fn is_submitted(tab: Tab) -> Outcome {
    tab.open("/form").await?;
    tab.sees("Run 1,").await?;
    // The browser asks for what is missing, and the server hears nothing.
    tab.click("Add").await?;
    tab.until("return document.activeElement.name === 'title'").await?;
    tab.type_into("Title *", "milk").await?;
    tab.type_into("Note", "two\u{e007}lines").await?;
    tab.choose("Kind", "drink").await?;
    tab.tick("Soon").await?;
    tab.until("return document.querySelectorAll('.metric-value').length === 1").await?;
    let moment = tab.evaluate("return document.querySelector('.metric-value').innerText").await?;
    // What comes by itself, and what is done beside the form, leave it alone.
    tab.until(&format!("return document.querySelector('.metric-value').innerText !== {moment}")).await?;
    tab.type_into("Beside", "elsewhere").await?;
    tab.press("\u{e004}").await?;
    tab.sees("Run 2, beside elsewhere, title , kept , kind food.").await?;
    tab.click("Ping").await?;
    tab.sees("Title is empty").await?;
    tab.click("Old").await?;
    tab.sees("Nothing here").await?;
    tab.click("New").await?;
    tab.field_is("Title *", "milk").await?;
    tab.field_is("Kind", "drink").await?;
    tab.field_is("Soon", "on").await?;
    tab.until("return document.getElementsByName('note')[0].value === 'two\\nlines'").await?;
    tab.sees("title , kept , kind food.").await?;

    // A field beside it that was not left yet goes along.
    tab.type_into("Beside", "along").await?;
    tab.click("Add").await?;
    tab.sees("To buy: milk.").await?;
    tab.sees("beside along, title , kept , kind food.").await?;
    tab.field_is("Title *", "").await?;
    tab.field_is("Kind", "food").await?;
    tab.field_is("Soon", "off").await?;
    tab.field_is("Note", "").await?;

    // Enter submits; what the other form holds is its own.
    tab.type_into("Title *", "eggs").await?;
    tab.type_into("Kept", "a word\u{e007}").await?;
    tab.sees("kept a word,").await?;
    tab.field_is("Title *", "eggs").await?;
    tab.field_is("Kept", "a word").await?;
    tab.type_into("Title *", "eggs\u{e007}").await?;
    tab.sees("To buy: milk, eggs.").await
}

pub(crate) async fn is_refused(tab: Tab) -> Outcome {
    // The first answer after the restart is the question for all fields.
    tab.tolerate("409");
    tab.tolerate("ERR_CONNECTION_REFUSED");
    tab.open("/form").await?;
    // What is missing is said at once, and nothing is sent.
    tab.click("Add").await?;
    tab.sees("This is required").await?;
    tab.until("return document.activeElement.name === 'title' && document.activeElement.ariaInvalid === 'true'")
        .await?;
    // What has another form than is asked for, the server says.
    tab.type_into("Title *", "MILK").await?;
    tab.choose("Kind", "drink").await?;
    tab.click("Add").await?;
    tab.sees("This does not have the form that is asked for").await?;
    tab.until("return document.activeElement.name === 'title' && document.activeElement.ariaInvalid === 'true'")
        .await?;
    tab.field_is("Title *", "MILK").await?;
    tab.field_is("Kind", "drink").await?;
    tab.sees("title , kept , kind food.").await?;
    tab.type_into("Title *", "milk").await?;
    tab.click("Add").await?;
    tab.sees("To buy: milk.").await?;
    tab.does_not_see("This does not have the form").await?;
    // What the database refuses stays, too.
    tab.type_into("Title *", " ").await?;
    tab.click("Add").await?;
    tab.sees("This is required").await?;

    tab.type_into("Kept", "a word\u{e007}").await?;
    tab.sees("kept a word,").await?;
    tab.type_into("Title *", "eggs").await?;
    tab.restart_server()?;
    tab.click("Add").await?;
    tab.sees("check whether it was saved").await?;
    tab.sees("kept a word,").await?;
    tab.field_is("Title *", "eggs").await?;
    tab.sees("To buy: milk.").await?;
    tab.click("Add").await?;
    tab.sees("To buy: milk, eggs.").await
}

pub(crate) async fn without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/form").await?;
    tab.evaluate("document.querySelectorAll('.form').forEach(form => { form.noValidate = true; })").await?;
    tab.type_into("Title *", "MILK").await?;
    tab.type_into("Note", "two\u{e007}lines").await?;
    tab.tick("Soon").await?;
    tab.click("Add").await?;
    tab.sees("This does not have the form that is asked for").await?;
    tab.until("return document.activeElement.name === 'title'").await?;
    tab.field_is("Title *", "MILK").await?;
    tab.field_is("Soon", "on").await?;
    tab.type_into("Title *", "milk").await?;
    tab.click("Add").await?;
    tab.sees("To buy: milk.").await?;
    tab.sees("Saved as 1").await?;
    tab.field_is("Title *", "").await?;
    tab.type_into("Kept", "a word\u{e007}").await?;
    tab.sees("kept a word,").await?;
    tab.type_into("Title *", "eggs\u{e007}").await?;
    tab.sees("To buy: milk, eggs.").await?;
    tab.sees("kept a word,").await
}
