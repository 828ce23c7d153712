//! The weather: a year as a calendar, years side by side, any days.

use crate::support::{Outcome, Tab};

/// The measure of the fourth of January in the calendar, as its data table shows it.
const FOURTH_OF_JANUARY: &str = "const row = [...document.querySelectorAll('#c-heatmap-calendar tbody tr')]
    .find(row => row.cells[0].innerText === '4' && row.cells[1].innerText === 'Jan');
    return row?.cells[2].innerText";

pub(crate) async fn is_explored(tab: Tab) -> Outcome {
    tab.open("/weather").await?;
    tab.sees("What 2015 was like, against 2014.").await?;
    tab.choose("Year", "2013").await?;
    tab.sees("What 2013 was like, against 2012.").await?;
    tab.sees("Every day of 2013").await?;
    tab.evaluate("document.querySelector('#c-heatmap-calendar details').open = true").await?;
    tab.until(&format!("{FOURTH_OF_JANUARY} === '10.0'")).await?;
    tab.choose("What is shown of a day", "Low").await?;
    tab.until(&format!("{FOURTH_OF_JANUARY} === '2.2'")).await?;
    tab.tick("Compare with 2012").await?;
    tab.sees("What 2013 was like.").await?;

    tab.click("Year against year").await?;
    tab.sees("2012, 2013, 2014, 2015, side by side.").await?;
    tab.choose("Years", "2012").await?;
    tab.sees("2013, 2014, 2015, side by side.").await?;
    tab.until("return document.querySelectorAll('#c-table-by-year tbody tr').length === 3").await?;
    tab.choose("Compare", "Precipitation").await?;
    tab.sees("Precipitation (mm) by month").await?;

    tab.click("Any days").await?;
    tab.sees("01 May 2015 to 30 September 2015, 153 days.").await?;
    tab.pick("From and to: from", "2014-06-01").await?;
    tab.pick("From and to: to", "2014-06-30").await?;
    tab.sees("01 June 2014 to 30 June 2014, 30 days.").await?;
    tab.click("Later").await?;
    tab.sees("01 July 2014 to 30 July 2014, 30 days.").await?;
    tab.reload().await?;
    tab.sees("01 July 2014 to 30 July 2014, 30 days.").await
}
