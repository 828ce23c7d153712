//! A list, and a page behind each of its rows.

use crate::journeys::chart::{click_at, drawn};
use crate::support::{Outcome, Tab};

pub(crate) async fn lead_to_pages(tab: Tab) -> Outcome {
    tab.open("/customers").await?;
    tab.sees("1 – 8 of 54 rows").await?;
    tab.choose("Segment", "Hotels").await?;
    tab.sees("1 – 8 of 13 rows").await?;
    drawn(&tab, 2).await?;
    click_at(&tab, 1, "chart.convertToPixel({ gridIndex: 0 }, [5000, 'Japan'])").await?;
    tab.until("return location.search === '?segment=Hotels&country=Japan'").await?;
    tab.sees("1 row").await?;
    tab.follow("Sumida Grand").await?;
    tab.sees("Hotels in Tokyo, Japan").await?;
    assert_eq!(tab.path().await?, "/customers/42");
    tab.until("return document.title.startsWith('Sumida Grand')").await?;
    tab.sees("kenji.mori@example.com").await?;

    tab.tick("Select 14440").await?;
    tab.sees("Order 14440").await?;

    tab.follow("Next").await?;
    tab.sees("Aoyama Foods").await?;
    assert_eq!(tab.path().await?, "/customers/43");
    tab.back().await?;
    tab.sees("Hotels in Tokyo, Japan").await?;
    tab.follow("All customers").await?;
    tab.sees("1 – 8 of 54 rows").await?;

    tab.open("/customers/999").await?;
    tab.sees("There is no customer 999.").await
}
