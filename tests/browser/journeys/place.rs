//! Focus, caret and scroll position survive an update.

use serde_json::json;

use crate::support::{Outcome, Tab};

pub(crate) async fn stays(tab: Tab) -> Outcome {
    tab.open("/long").await?;
    tab.resize(800, 500).await?;
    tab.type_into("Word", "alpha").await?;
    // Leaving the field sends it; the next one has the focus, and is in sight, while the answer is swapped in.
    tab.press("\u{e004}").await?;
    let scrolled = tab.scroll().await?;
    assert!(scrolled > 0, "the field is below the first screen");
    tab.sees("The words are alpha and ,").await?;
    assert_eq!(tab.focused().await?, "Other word");
    assert_eq!(tab.scroll().await?, scrolled);

    // What is typed meanwhile is not overwritten, and the caret stays in it.
    tab.type_into("Other word", "be").await?;
    tab.evaluate("document.activeElement.setSelectionRange(1, 1)").await?;
    tab.evaluate("document.querySelector('[data-kind=button] button').click()").await?;
    tab.sees("counted 1.").await?;
    assert_eq!(tab.focused().await?, "Other word");
    assert_eq!(tab.evaluate("return document.activeElement.selectionStart").await?, json!(1));
    tab.press("et").await?;
    tab.field_is("Other word", "bete").await?;
    assert_eq!(tab.scroll().await?, scrolled);

    tab.click("Count").await?;
    tab.sees("counted 2.").await?;
    assert_eq!(tab.focused().await?, "Count");
    tab.sees("The words are alpha and bete,").await
}
