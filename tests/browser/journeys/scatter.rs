//! The random scatter: another colour draws the same points, a reload draws others.

use serde_json::Value;

use crate::support::{Failure, Outcome, Tab};

/// All numbers with a fraction in the data of the chart: the coordinates, whatever the chart is made of.
const POINTS: &str =
    "const chart = document.querySelector('[data-kind=scatter_chart] script[type=\"application/json\"]');
    return chart.textContent.match(/-?\\d+\\.\\d{6,}(e-?\\d+)?/g);";

async fn points(tab: &Tab) -> Result<Value, Failure> {
    tab.until("return document.querySelector('[data-kind=scatter_chart] canvas') !== null").await?;
    tab.evaluate(POINTS).await
}

pub(crate) async fn points_stay(tab: Tab) -> Outcome {
    tab.open("/scatter").await?;
    let drawn = points(&tab).await?;
    assert!(drawn.as_array().is_some_and(|numbers| numbers.len() >= 40), "20 points are drawn: {drawn}");
    tab.evaluate("document.querySelector('[data-kind=scatter_chart] canvas').mark = 'the same'").await?;

    for color in ["#00aa00", "#0000ff"] {
        tab.pick("Color", color).await?;
        let condition = "return document.querySelector('[data-kind=scatter_chart] script[type=\"application/json\"]')
            .textContent.toLowerCase().includes('COLOR')";
        tab.until(&condition.replace("COLOR", color)).await?;
        assert_eq!(points(&tab).await?, drawn, "another colour moves no point");
    }
    let mark = tab.evaluate("return document.querySelector('[data-kind=scatter_chart] canvas').mark").await?;
    assert_eq!(mark, "the same", "the chart is updated, not drawn anew");

    tab.reload().await?;
    tab.field_is("Color", "#ff0000").await?;
    assert_ne!(points(&tab).await?, drawn, "a reload starts a new view, with points of its own");
    Ok(())
}
