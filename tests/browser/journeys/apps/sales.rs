//! The sales cockpit: filters that follow each other, charts that filter each other, and a table of what is left.

use crate::journeys::chart::{click_at, drawn};
use crate::support::{Outcome, Tab};

const COUNTRIES: &str =
    "return [...document.querySelector('select[name=country]').options].map(option => option.label).join(', ')";

pub(crate) async fn filters_follow(tab: Tab) -> Outcome {
    tab.open("/sales").await?;
    tab.sees("Everything, everywhere, 01 Nov 2025 to 31 Oct 2026.").await?;
    tab.choose("Region", "Asia Pacific").await?;
    tab.sees("Everything, Asia Pacific,").await?;
    tab.until(&format!("{COUNTRIES} === 'All countries, Australia, Japan, South Korea'")).await?;
    tab.choose("Country", "Japan").await?;
    tab.choose("City", "Osaka").await?;
    tab.sees("Everything, Osaka,").await?;
    tab.until("return location.search === '?region=Asia+Pacific&country=Japan&city=Osaka'").await?;
    tab.pick("From and to: from", "2026-08-01").await?;
    tab.sees("Osaka, 01 Aug 2026 to 31 Oct 2026.").await?;
    tab.until("return location.search.endsWith('&period=2026-08-01..2026-10-31')").await?;

    // To a colleague the link shows the same.
    let link = tab.path().await?;
    tab.open(&link).await?;
    tab.sees("Everything, Osaka, 01 Aug 2026 to 31 Oct 2026.").await?;

    // What is not in the other region is given up.
    tab.choose("Region", "Europe").await?;
    tab.sees("Everything, Europe,").await?;
    tab.field_is("Country", "All countries").await?;
    tab.field_is("City", "All cities").await?;
    tab.click("Start over").await?;
    tab.sees("Everything, everywhere, 01 Nov 2025 to 31 Oct 2026.").await?;
    tab.until("return location.search === ''").await?;
    Ok(())
}

pub(crate) async fn charts_filter(tab: Tab) -> Outcome {
    tab.open("/sales").await?;
    drawn(&tab, 3).await?;
    tab.sees("of 1,877 rows").await?;
    // The first bars of both: coffee, and the United States.
    click_at(&tab, 1, "chart.convertToPixel({ gridIndex: 0 }, [20000, 0])").await?;
    tab.sees("Coffee, everywhere,").await?;
    click_at(&tab, 2, "chart.convertToPixel({ gridIndex: 0 }, [20000, 0])").await?;
    tab.sees("Coffee, United States,").await?;
    tab.field_is("Country", "United States").await?;
    click_at(&tab, 0, "chart.convertToPixel({ gridIndex: 0 }, [2, 5000])").await?;
    tab.sees("Coffee, United States, January 2026.").await?;
    tab.until("return location.search === '?country=United+States&month=2026-01-01&category=Coffee'").await?;
    tab.until(
        "return [...document.querySelectorAll('#c-table-orders tbody tr')]
            .every(row => / Jan 2026/.test(row.cells[2].innerText))",
    )
    .await?;

    tab.back().await?;
    tab.sees("Coffee, United States, 01 Nov 2025").await?;
    tab.click("Unselect Coffee").await?;
    tab.sees("Everything, United States,").await?;
    tab.click("Products").await?;
    tab.sees("Month by month").await?;
    tab.click("Customers").await?;
    tab.follow("Leafbox").await?;
    tab.sees("Online in New York, United States").await?;
    assert_eq!(tab.path().await?, "/customers/29");
    Ok(())
}

pub(crate) async fn table_is_used(tab: Tab) -> Outcome {
    tab.open("/sales").await?;
    tab.sees("1 – 10 of 1,877 rows").await?;
    tab.type_into("Search this table", "finch").await?;
    tab.press("\u{e007}").await?;
    tab.until("return document.querySelectorAll('#c-table-orders tbody tr').length === 10").await?;
    tab.until(
        "return [...document.querySelectorAll('#c-table-orders tbody tr')]
            .every(row => row.cells[3].innerText === 'Marlow & Finch')",
    )
    .await?;
    // What is ticked stays so on other pages, and says what it is made of.
    tab.tick("Select 14458").await?;
    tab.sees("1 order ticked").await?;
    tab.tick("Select 14456").await?;
    tab.sees("2 orders ticked").await?;
    tab.until("return document.querySelector('#c-metric-together').innerText.includes('€4,151')").await?;
    tab.click("Next page").await?;
    tab.sees("11 – 20 of").await?;
    tab.sees("2 orders ticked").await?;
    tab.click("Clear selection").await?;
    tab.does_not_see("orders ticked").await?;
    tab.type_into("Filter Cases", ">=10").await?;
    tab.press("\u{e007}").await?;
    tab.until(
        "const rows = [...document.querySelectorAll('#c-table-orders tbody tr')];
        return rows.length > 0 && rows.every(row => +row.cells[6].innerText >= 10)",
    )
    .await?;
    tab.until("return location.search.includes('.filter.cases=')").await?;
    // Where the table stands is a part of the link, too.
    tab.reload().await?;
    tab.field_is("Filter Cases", ">=10").await?;
    tab.field_is("Search this table", "finch").await
}
