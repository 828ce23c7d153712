//! A slow query arrives late, a broken one shows its error; the rest of the page is there at once.

use crate::support::{Outcome, Tab};

pub(crate) async fn arrives(tab: Tab) -> Outcome {
    tab.open("/late").await?;
    // The quick query and the error stand while the slow one is still being computed.
    tab.until(
        "const of = id => document.getElementById(id)?.innerText ?? '';
        return of('c-metric-quick').includes('7') && of('c-table-broken').includes('overflow')",
    )
    .await?;
    tab.until("return document.getElementById('c-metric-late').innerText.includes('1')").await?;
    tab.sees("Turn 1").await?;

    // A newer edit overtakes the run of an older one, and its answer is the one that stays.
    for number in ["20", "30"] {
        tab.type_into("From", number).await?;
        tab.press("\u{e004}").await?;
    }
    tab.until("return document.getElementById('c-metric-late').innerText.includes('30')").await?;
    tab.sees("Turn 3").await?;
    tab.field_is("From", "30").await?;
    tab.until("return document.getElementById('c-metric-quick').innerText.includes('7')").await
}
