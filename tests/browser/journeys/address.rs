//! State in the URL: a link shows the same page to a colleague, and back and forward undo and redo.

use crate::support::{Outcome, Tab};

pub(crate) async fn follows(tab: Tab) -> Outcome {
    tab.open("/address").await?;
    tab.sees("In all regions, 2020 to 2025, word , note .").await?;
    tab.type_into("Note", "mine").await?;
    tab.press("\u{e004}").await?;
    tab.sees("note mine.").await?;
    assert_eq!(tab.path().await?, "/address", "what is not for the URL is not in it");

    tab.choose("Region", "EMEA").await?;
    tab.sees("In EMEA,").await?;
    assert_eq!(tab.path().await?, "/address?region=EMEA");
    for word in ["te", "tea"] {
        tab.type_into("Word", word).await?;
        tab.press("\u{e004}").await?;
        tab.sees(&format!("word {word},")).await?;
    }
    tab.until("return location.search === '?region=EMEA&q=tea'").await?;

    // To a colleague the link shows what it says, and no more.
    let link = tab.path().await?;
    tab.open_another().await?;
    tab.open(&link).await?;
    tab.sees("In EMEA, 2020 to 2025, word tea, note .").await?;
    tab.field_is("Region", "EMEA").await?;
    tab.turn_to(0).await?;

    // To go on with one field was one step.
    tab.back().await?;
    tab.sees("In EMEA, 2020 to 2025, word , note mine.").await?;
    tab.field_is("Word", "").await?;
    tab.back().await?;
    tab.sees("In all regions, 2020 to 2025, word , note mine.").await?;
    tab.field_is("Region", "All").await?;
    assert_eq!(tab.path().await?, "/address");
    tab.forward().await?;
    tab.sees("In EMEA, 2020 to 2025, word , note mine.").await?;

    tab.reload().await?;
    tab.sees("In EMEA, 2020 to 2025, word , note .").await?;

    // What does not fit is dropped, from the address too.
    tab.open("/address?region=EMEA&years=1900..2000&from=mail").await?;
    tab.sees("In EMEA, 2020 to 2025,").await?;
    tab.until("return location.search === '?region=EMEA&from=mail'").await
}

pub(crate) async fn without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/address?q=tea").await?;
    tab.choose("Region", "APAC").await?;
    tab.type_into("Note", "mine").await?;
    tab.press("\u{e007}").await?;
    tab.sees("In APAC, 2020 to 2025, word tea, note mine.").await?;
    assert!(tab.path().await?.starts_with("/address?region=APAC&q=tea&view="), "{}", tab.path().await?);
    tab.back().await?;
    tab.sees("In all regions, 2020 to 2025, word tea, note .").await
}
