//! The live page: it goes on by itself, and rests when told to.

use crate::support::{Outcome, Tab};

/// The time that the page is from.
const AS_OF: &str = "document.body.innerText.match(/As of ([0-9:]+)/)?.[1]";
/// The last moment of the first chart.
const LAST: &str = "window.echarts?.getInstanceByDom(document.querySelector('.chart-canvas'))?.getOption()?.series[0].data.at(-1)?.toString()";

pub(crate) async fn goes_on(tab: Tab) -> Outcome {
    tab.open("/live").await?;
    tab.until(&format!("return {LAST} !== undefined")).await?;
    tab.evaluate(&format!("window.before = [{AS_OF}, {LAST}]")).await?;
    tab.until(&format!("return {AS_OF} !== before[0] && {LAST} !== before[1]")).await?;
    // A mark of the page survives its updates: it was not loaded anew.
    tab.until("return window.before !== undefined").await?;

    tab.choose("How far back", "1 minute").await?;
    tab.until("return location.search === '?minutes=1'").await?;
    tab.pick("An answer is slow after (ms)", "400").await?;
    tab.sees("All is well").await?;

    tab.tick("Pause").await?;
    tab.field_is("Pause", "on").await?;
    tab.until(&format!("window.paused ??= [performance.now(), {LAST}]; return performance.now() - paused[0] > 1000"))
        .await?;
    tab.evaluate(&format!("window.paused = [performance.now(), {LAST}]")).await?;
    tab.until("return performance.now() - paused[0] > 4500").await?;
    tab.until(&format!("return {LAST} === paused[1]")).await?;
    tab.tick("Pause").await?;
    tab.until(&format!("return {LAST} !== paused[1]")).await
}
