//! Charts that filter each other: what is clicked or dragged over is selected, on the canvas as in the fields beside it.

use crate::support::{Failure, Outcome, Tab};

/// Waits until all charts of a page are drawn, of which there are so many.
pub(super) async fn drawn(tab: &Tab, charts: usize) -> Outcome {
    tab.until(&format!(
        "const charts = [...document.querySelectorAll('.chart-canvas')];
        const waiting = charts.find(canvas => !window.echarts?.getInstanceByDom(canvas)?.getOption()?.series);
        // Charts are drawn as they come into sight.
        waiting?.scrollIntoView();
        // A bar that still grows is not where it will be.
        const moves = charts.find(canvas => !window.echarts?.getInstanceByDom(canvas)?.getZr().animation.isFinished());
        return charts.length === {charts} && !waiting && !moves;"
    ))
    .await
}

/// The place of a mark on the page, of the chart of this number.
fn place(chart: usize, inside: &str) -> String {
    format!(
        "const canvas = document.querySelectorAll('.chart-canvas')[{chart}];
        canvas.scrollIntoView({{ block: 'center' }});
        const chart = echarts.getInstanceByDom(canvas);
        const box = canvas.getBoundingClientRect();
        const [x, y] = (chart => {inside})(chart);
        return [Math.round(box.left + x), Math.round(box.top + y)];"
    )
}

/// Clicks a mark of the chart of this number.
pub(super) async fn click_at(tab: &Tab, chart: usize, inside: &str) -> Result<(), Failure> {
    let at = tab.evaluate(&place(chart, inside)).await?;
    let number = |index: usize| at.get(index).and_then(serde_json::Value::as_f64).unwrap_or_default();
    tab.click_at(number(0), number(1)).await
}

const BAR: &str = "chart.convertToPixel({ gridIndex: 0 }, [INDEX, 1])";
/// The middle of the ring, to the right, is the first slice.
const SLICE: &str =
    "[chart.getWidth() / 2 + Math.min(chart.getWidth(), chart.getHeight()) / 2 * 0.59, chart.getHeight() / 2]";

pub(crate) async fn select_each_other(tab: Tab) -> Outcome {
    tab.open("/charts").await?;
    drawn(&tab, 3).await?;
    click_at(&tab, 0, &BAR.replace("INDEX", "1")).await?;
    tab.sees("Region South").await?;
    // The other chart shows what is left: bread and tea.
    tab.until("return !echarts.getInstanceByDom(document.querySelectorAll('.chart-canvas')[1]).getOption().series[0].data.some(part => part.name === 'Milk')").await?;
    click_at(&tab, 1, SLICE).await?;
    tab.until("return [...document.querySelectorAll('[data-kind=metric]')].some(it => /Products\\s*(Bread|Tea)/.test(it.innerText))").await?;
    // Clicked again, a mark is given up.
    click_at(&tab, 1, SLICE).await?;
    tab.until("return [...document.querySelectorAll('[data-kind=metric]')].some(it => /Products\\s*$/.test(it.innerText) || /Products\\s*–/.test(it.innerText))").await?;
    click_at(&tab, 0, &BAR.replace("INDEX", "1")).await?;
    tab.sees("Region –").await
}

pub(crate) async fn drag_over_days(tab: Tab) -> Outcome {
    tab.open("/charts").await?;
    drawn(&tab, 3).await?;
    let from = tab.evaluate(&place(2, "chart.convertToPixel({ gridIndex: 0 }, [Date.UTC(2026, 0, 2), 4])")).await?;
    let to = tab.evaluate(&place(2, "chart.convertToPixel({ gridIndex: 0 }, [Date.UTC(2026, 0, 3), 4])")).await?;
    let number =
        |at: &serde_json::Value, index: usize| at.get(index).and_then(serde_json::Value::as_f64).unwrap_or_default();
    tab.drag((number(&from, 0), number(&from, 1)), (number(&to, 0), number(&to, 1))).await?;
    tab.sees("Days: 2026-01-02 – 2026-01-03").await
}

/// What is dragged over is zoomed into, and the way back is offered as long as it leads somewhere.
pub(crate) async fn zooms(tab: Tab) -> Outcome {
    const SHOWN: &str = "return document.querySelector('.chart-reset').checkVisibility()";
    tab.open("/charts/points").await?;
    drawn(&tab, 1).await?;
    tab.until("return !document.querySelector('.chart-reset').checkVisibility()").await?;
    let number =
        |at: &serde_json::Value, index: usize| at.get(index).and_then(serde_json::Value::as_f64).unwrap_or_default();
    let from = tab.evaluate(&place(0, "chart.convertToPixel({ gridIndex: 0 }, [20000, 100])")).await?;
    let to = tab.evaluate(&place(0, "chart.convertToPixel({ gridIndex: 0 }, [40000, 100])")).await?;
    tab.drag((number(&from, 0), number(&from, 1)), (number(&to, 0), number(&to, 1))).await?;
    tab.until(SHOWN).await?;
    tab.click("Reset zoom").await?;
    tab.until("return !document.querySelector('.chart-reset').checkVisibility()").await
}

/// What a mouse does on the canvas, a keyboard does in the fields of the data.
pub(crate) async fn by_fields(tab: Tab) -> Outcome {
    tab.open("/charts").await?;
    drawn(&tab, 3).await?;
    tab.evaluate("document.querySelectorAll('details.data-table').forEach(details => { details.open = true; })")
        .await?;
    tab.choose("region", "North").await?;
    tab.sees("Region North").await?;
    tab.choose("product", "Milk").await?;
    tab.sees("Products Milk").await?;
    tab.click("Unselect North").await?;
    tab.sees("Region –").await
}

/// What stands at an axis is shortened as the rest of the page says it, also where `Intl` has no word for it.
pub(crate) async fn writes_german(tab: Tab) -> Outcome {
    tab.open("/").await?;
    drawn(&tab, 2).await?;
    for (chart, number, written) in [
        (0, "2.5", "2,5"),
        (0, "999", "999"),
        (0, "12300", "12,3\u{a0}Tsd."),
        (0, "-999960", "-1\u{a0}Mio."),
        (0, "4200000", "4,2\u{a0}Mio."),
        (1, "12", "12\u{a0}B"),
        (1, "3400000000", "3,4\u{a0}GB"),
    ] {
        tab.until(&format!(
            "const canvas = document.querySelectorAll('.chart-canvas')[{chart}];
            const [axis] = echarts.getInstanceByDom(canvas).getOption().yAxis;
            return axis.axisLabel.formatter({number}) === '{written}';"
        ))
        .await?;
    }
    Ok(())
}
