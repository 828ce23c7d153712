//! The demo app without JavaScript: every page reads, charts are tables, and forms do what clicks do.

use crate::support::{Outcome, Tab};

/// What a reader without script would miss on the page: numbers for a chart, a button for fields.
const MISSING: &str = "const shown = it => it.checkVisibility({ visibilityProperty: true });
    const charts = [...document.querySelectorAll('.chart')].filter(shown)
        .filter(chart => ![...chart.querySelectorAll('.data-table tbody tr, noscript p')].some(shown) && !/no data|no rows/i.test(chart.innerText))
        .map(chart => `the numbers of ${chart.closest('.component').id}`);
    const fields = [...document.querySelectorAll('input, select, textarea')].filter(it => shown(it) && !it.disabled && it.type !== 'hidden');
    const sends = form => [...form.elements, ...document.querySelectorAll(`[form='${form.id}']`)].some(it => it.type === 'submit' && shown(it));
    const stuck = fields.filter(it => !it.form || !sends(it.form)).map(it => `what sends ${it.name}`);
    const late = [...document.querySelectorAll('.skeleton')].filter(shown).map(it => `what is late in ${it.closest('.component').id}`);
    return [...charts, ...stuck, ...late].join('; ')";

pub(crate) async fn every_page(tab: Tab) -> Outcome {
    let pages = tab.pages().await?;
    tab.without_script().await?;
    for page in pages {
        tab.open(&page).await?;
        // What is late comes when the page is loaded again, by itself.
        tab.until("return document.querySelector('h1') !== null && document.querySelector('.skeleton') === null")
            .await?;
        assert_eq!(tab.evaluate(MISSING).await?, "", "{page}");
    }
    Ok(())
}

pub(crate) async fn sales(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/sales").await?;
    tab.sees("Everything, everywhere, 01 Nov 2025 to 31 Oct 2026.").await?;
    tab.choose("Region", "Asia Pacific").await?;
    tab.click("Apply").await?;
    tab.sees("Everything, Asia Pacific,").await?;
    tab.choose("Country", "Japan").await?;
    tab.click("Apply").await?;
    tab.sees("Everything, Japan,").await?;
    assert_eq!(tab.path().await?.split_once('?').map(|(_, query)| query.contains("country=Japan")), Some(true));
    tab.click("Start over").await?;
    tab.sees("Everything, everywhere,").await
}

pub(crate) async fn issues(tab: Tab) -> Outcome {
    tab.without_script().await?;
    tab.open("/issues").await?;
    tab.sees("1 – 8 of").await?;
    tab.click("New issue").await?;
    tab.sees("of 18 rows").await?;
    tab.sees("What there is to know").await?;
    tab.type_into("Title *", "Tea").await?;
    tab.type_into("What there is to know", "It says so.").await?;
    tab.click("Open the issue").await?;
    // The browser or the server refuses it and leads there, and what was entered is still there.
    tab.until("return document.activeElement.name === 'title'").await?;
    tab.field_is("What there is to know", "It says so.").await?;
    tab.type_into("Title *", "The scale is off by a gram").await?;
    tab.click("Open the issue").await?;
    tab.sees("The scale is off by a gram").await?;
    tab.sees("of 19 rows").await
}
