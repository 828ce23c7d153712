//! Nothing on a page moves by itself: not while it loads, and not by what comes later.

use serde_json::Value;

use crate::support::{Failure, Outcome, Tab};

/// Notes what moves, but for what follows at once from what the reader does.
const WATCH: &str = "window.moves = []; new PerformanceObserver(list => { for (const { value, sources, hadRecentInput } of list.getEntries()) {
    const said = ({ node, previousRect: a, currentRect: b }) => `${(node?.closest ? node : node?.parentElement)?.closest('[id]')?.id}`
        + ` ${node?.className || node?.nodeName} from ${a.x},${a.y} ${a.width}x${a.height} to ${b.x},${b.y} ${b.width}x${b.height}`;
    if (!hadRecentInput) moves.push(`${value.toFixed(4)}: ${sources.map(said).join('; ')}`);
} }).observe({ type: 'layout-shift', buffered: true });";

/// Goes down the page, so that all is drawn that waits for being seen.
const WALK: &str = "return new Promise(resolve => { const step = () => {
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) return setTimeout(resolve, 100);
    scrollBy({ top: innerHeight * 0.8, behavior: 'instant' });
    setTimeout(step, 60);
}; step(); })";

async fn moves(tab: &Tab, place: &str, found: &mut Vec<String>) -> Outcome {
    let moves = tab.evaluate("return moves.splice(0)").await?;
    found.extend(moves.as_array().into_iter().flatten().filter_map(Value::as_str).map(|it| format!("{place}: {it}")));
    Ok(())
}

/// Opens a page until all of it is there at once. As long as a condition waits for its data, nobody knows what there will
/// be: on a busy machine that may be so every time.
async fn opens_whole(tab: &Tab, page: &str) -> Result<bool, Failure> {
    for _ in 0..5 {
        tab.open(page).await?;
        tab.settles().await?;
        if tab.evaluate("return document.body.dataset.late === undefined").await? == true {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) async fn while_pages_load(tab: Tab) -> Outcome {
    tab.take_time().await?;
    tab.before_every_page(WATCH).await?;
    let mut pages = tab.pages().await?;
    // These two are there to be late, and to change.
    pages.retain(|page| !["/late", "/live"].contains(&page.as_str()));
    let mut found = Vec::new();
    for (width, height) in [(1280, 900), (390, 844)] {
        tab.resize(width, height).await?;
        for page in &pages {
            if !opens_whole(&tab, page).await? {
                continue;
            }
            tab.evaluate(WALK).await?;
            tab.settles().await?;
            moves(&tab, &format!("{page}, {width} wide"), &mut found).await?;
        }
    }
    assert!(found.is_empty(), "this has moved:\n{}", found.join("\n"));
    Ok(())
}

pub(crate) async fn while_results_arrive(tab: Tab) -> Outcome {
    tab.before_every_page(WATCH).await?;
    let mut found = Vec::new();
    tab.open("/states").await?;
    tab.until("return document.querySelector('.skeleton') !== null").await?;
    tab.settles().await?;
    moves(&tab, "as it loads", &mut found).await?;
    tab.type_into("From", "5").await?;
    tab.press("\u{e004}").await?;
    tab.until("return document.querySelector('.skeleton') !== null").await?;
    tab.settles().await?;
    moves(&tab, "after a change", &mut found).await?;
    tab.open("/live").await?;
    tab.until("const first = window.first ??= document.querySelector('main').innerText; return document.querySelector('main').innerText !== first")
        .await?;
    moves(&tab, "live", &mut found).await?;
    assert!(found.is_empty(), "this has moved:\n{}", found.join("\n"));
    Ok(())
}
