//! Widgets: typed into, clicked, chosen from; and following their state when it is reset.

use crate::support::{Outcome, Tab};

/// Each widget, found by its label, with its value at first and after it was used.
const FIELDS: &[(&str, &str, &str)] = &[
    ("Name", "", "Ada"),
    ("Pieces", "4", "12"),
    ("Discount", "10", "25"),
    ("Month", "January", "March"),
    ("Pace", "Slow", "Fast"),
    ("Details", "off", "on"),
    ("Muted", "off", "on"),
    ("Day", "2026-04-15", "2026-06-01"),
    ("Tint", "#0f766e", "#aa0000"),
];

pub(crate) async fn follow_reset(tab: Tab) -> Outcome {
    tab.open("/widgets").await?;
    // Twice: what was reset once must follow again after it was touched again.
    for _ in 0..2 {
        for (label, first, _) in FIELDS {
            tab.field_is(label, first).await?;
        }
        tab.type_into("Name", "Ada").await?;
        tab.press("\u{e004}").await?;
        tab.sees("Name Ada,").await?;
        tab.type_into("Pieces", "12").await?;
        tab.press("\u{e004}").await?;
        tab.sees("pieces 12,").await?;
        tab.pick("Discount", "25").await?;
        tab.sees("discount 25,").await?;
        tab.choose("Month", "March").await?;
        tab.sees("month March,").await?;
        tab.choose("Pace", "Fast").await?;
        tab.sees("pace fast,").await?;
        tab.tick("Details").await?;
        tab.sees("details true,").await?;
        tab.tick("Muted").await?;
        tab.sees("muted true,").await?;
        tab.pick("Day", "2026-06-01").await?;
        tab.sees("day 2026-06-01,").await?;
        tab.pick("Tint", "#aa0000").await?;
        tab.sees("tint #aa0000.").await?;
        several(&tab).await?;
        for (label, _, used) in FIELDS {
            tab.field_is(label, used).await?;
        }

        tab.click("Reset").await?;
        tab.sees(
            "Name , pieces 4, discount 10, size 20 to 60, month January, regions North, pace slow, details false, \
             muted false, day 2026-04-15, span 2026-03-01 to 2026-05-31, tint #0f766e.",
        )
        .await?;
        tab.until("return chosen('regions') === 'North' && ends('size') === '20 60'".replace("return ", HELP).as_str())
            .await?;
    }
    Ok(())
}

/// What several fields of one key hold together.
const HELP: &str = "const fields = name => [...document.getElementsByName(name)].filter(field => field.type !== 'hidden');
    const chosen = name => fields(name).flatMap(field => field.options ? [...field.selectedOptions] : field.checked ? [field] : [])
        .map(option => option.value).join('+');
    const ends = name => fields(name).map(field => field.value).join(' ');
    return ";

/// The widgets with several values: their fields share the name of their key.
async fn several(tab: &Tab) -> Outcome {
    let use_field =
        "const [first, second] = [...document.getElementsByName('NAME')].filter(field => field.type !== 'hidden');
        const field = INDEX ? second : first;
        field.value = 'VALUE';
        for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));";
    for (name, index, value, seen) in [
        ("size", "0", "35", "size 35 to 60,"),
        ("size", "1", "80", "size 35 to 80,"),
        ("span", "0", "2026-04-01", "span 2026-04-01 to 2026-05-31,"),
    ] {
        let script = use_field.replace("NAME", name).replace("INDEX", index).replace("VALUE", value);
        tab.evaluate(&script).await?;
        tab.sees(seen).await?;
    }
    tab.evaluate("document.querySelector('details.multi').open = false").await?;
    tab.click("North").await?;
    tab.choose("Regions", "West").await?;
    tab.sees("regions North+West,").await
}

pub(crate) async fn moves_along(tab: Tab) -> Outcome {
    tab.open("/").await?;
    tab.type_into("Kept between pages", "a word").await?;
    tab.press("\u{e004}").await?;
    tab.follow("To the widgets").await?;
    tab.sees("Kept: a word.").await?;
    assert_eq!(tab.path().await?, "/widgets");
    tab.click("To the start").await?;
    tab.field_is("Kept between pages", "a word").await?;
    assert_eq!(tab.path().await?, "/");
    tab.follow("To the widgets").await?;
    tab.sees("Kept: a word.").await?;
    tab.reload().await?;
    tab.sees("Kept: .").await
}
