//! Widgets that the script has a hand in: what follows while one types, lists that are searched, sliders over what is no
//! number.

use crate::support::{Outcome, Tab};

const AT_FIRST: &str = "Search , note 0, period Day, stars , tags a1, city Basel, pace slow, at 10:15:00, \
     due 2026-04-15 12:00:00, day 2026-01-10, hours 09:00:00 to 17:30:00, roast light.";

pub(crate) async fn are_used(tab: Tab) -> Outcome {
    tab.open("/inputs").await?;
    // Twice: what was reset once must follow again after it was touched again.
    for _ in 0..2 {
        tab.sees(AT_FIRST).await?;
        // Nothing is left, and no key but those of the word is pressed.
        tab.type_into("Search", "word").await?;
        tab.sees("Search word,").await?;
        tab.type_into("Note", "one\u{e007}two").await?;
        tab.press("\u{e004}").await?;
        tab.sees("note 7,").await?;
        tab.choose("Period", "Week").await?;
        tab.sees("period Week,").await?;
        tab.press("\u{e014}").await?;
        tab.sees("period Month,").await?;
        tab.choose("Stars", "4 of 5").await?;
        tab.sees("stars 4,").await?;
        tab.type_into("City", "Chur").await?;
        tab.press("\u{e004}").await?;
        tab.sees("city Chur,").await?;
        tab.choose("Pace", "fast").await?;
        tab.sees("pace fast,").await?;
        tab.type_into("Pace: other", "none").await?;
        tab.press("\u{e004}").await?;
        tab.sees("pace none,").await?;
        tab.choose("Pace", "slow").await?;
        tab.sees("pace slow,").await?;
        tab.field_is("Pace: other", "").await?;
        tab.pick("At", "11:30").await?;
        tab.sees("at 11:30:00,").await?;
        tab.pick("Due", "2026-05-01T08:00").await?;
        tab.sees("due 2026-05-01 08:00:00,").await?;
        list(&tab).await?;
        sliders(&tab).await?;
        tab.click("Reset").await?;
    }
    tab.sees(AT_FIRST).await?;
    tab.until("return document.querySelector('#c-slider-roast output').textContent === 'light'").await
}

/// A list that opens, is searched, is added to, and closes on Escape.
async fn list(tab: &Tab) -> Outcome {
    tab.evaluate("document.querySelector('details.multi').open = false").await?;
    tab.click("a1").await?;
    tab.type_into("Search in Tags", "under").await?;
    let shown =
        "return [...document.querySelectorAll('.multi-options .check')].filter(o => o.checkVisibility()).length";
    tab.until(&format!("{shown} === 1")).await?;
    // From the search the arrow leads to the only option that is left.
    tab.press("\u{e015}").await?;
    tab.press(" ").await?;
    tab.sees("tags a1+Ünder,").await?;
    tab.until(&format!("{shown} === 1")).await?;
    tab.type_into("Add to Tags", "mine").await?;
    tab.press("\u{e007}").await?;
    tab.sees("tags a1+Ünder+mine,").await?;
    tab.field_is("Add to Tags", "").await?;
    tab.press("\u{e00c}").await?;
    tab.until("return !document.querySelector('details.multi').open && document.activeElement.tagName === 'SUMMARY'")
        .await?;
    tab.type_into("Search", "words").await?;
    tab.sees("Search words,").await
}

/// Handles that move along dates, times and options.
async fn sliders(tab: &Tab) -> Outcome {
    tab.field_is("Roast", "0").await?;
    tab.evaluate("document.querySelector('#c-slider-roast .face').focus()").await?;
    tab.press("\u{e014}").await?;
    tab.sees("roast medium.").await?;
    tab.evaluate("document.querySelector('#c-slider-day .face').focus()").await?;
    tab.press("\u{e014}").await?;
    tab.sees("day 2026-01-11,").await?;
    tab.evaluate("document.querySelectorAll('#c-slider-hours .face')[1].focus()").await?;
    tab.press("\u{e012}").await?;
    tab.sees("hours 09:00:00 to 17:15:00,").await?;
    tab.until("return document.querySelector('#c-slider-hours output').textContent === '09:00 – 17:15'").await
}

pub(crate) async fn work_without_script(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/inputs").await?;
    tab.choose("Period", "Month").await?;
    tab.choose("Stars", "2 of 5").await?;
    tab.type_into("Note", "one\u{e007}two").await?;
    tab.type_into("Pace: other", "none").await?;
    tab.evaluate("document.getElementsByName('roast')[0].value = 'dark'").await?;
    tab.type_into("Search", "word\u{e007}").await?;
    tab.sees("note 7, period Month, stars 2, tags a1, city Basel, pace none,").await?;
    tab.sees("roast dark.").await
}
