//! A view that the server has forgotten is rebuilt from what the browser shows.

use crate::support::{Outcome, Tab};

pub(crate) async fn is_rebuilt(tab: Tab) -> Outcome {
    // The first answer after the restart is the question for all fields.
    tab.tolerate("409");
    tab.open("/widgets").await?;
    tab.type_into("Name", "Ada").await?;
    tab.press("\u{e004}").await?;
    tab.sees("Name Ada,").await?;
    tab.choose("Month", "March").await?;
    tab.sees("month March,").await?;

    tab.restart_server()?;
    tab.tick("Details").await?;
    tab.sees("details true,").await?;
    tab.sees("Name Ada,").await?;
    tab.sees("month March,").await?;
    tab.field_is("Name", "Ada").await?;
    tab.field_is("Month", "March").await
}
