//! A choice whose options depend on another choice.

use serde_json::json;

use crate::support::{Outcome, Tab};

const ISLANDS: &str = "return [...document.querySelector('select[name=island]').options].map(option => option.label)";

pub(crate) async fn choices_follow(tab: Tab) -> Outcome {
    tab.open("/penguins").await?;
    tab.sees("penguins on Biscoe, Dream, Torgersen").await?;
    assert_eq!(tab.evaluate(ISLANDS).await?, json!(["All islands", "Biscoe", "Dream", "Torgersen"]));

    tab.choose("Island", "Torgersen").await?;
    tab.sees("penguins on Torgersen, measured").await?;
    tab.choose("Species", "Chinstrap").await?;
    tab.sees("Chinstrap penguins on Dream").await?;
    assert_eq!(tab.evaluate(ISLANDS).await?, json!(["All islands", "Dream"]));
    tab.field_is("Island", "All islands").await?;

    tab.choose("Island", "Dream").await?;
    tab.field_is("Island", "Dream").await?;
    tab.choose("Sex", "Female").await?;
    tab.field_is("Sex", "Female").await?;
    tab.click("Show all penguins").await?;
    tab.field_is("Species", "All species").await?;
    tab.field_is("Island", "All islands").await?;
    tab.until("return document.querySelector('input[name=sex][value=female]').checked === false").await?;
    tab.sees("penguins on Biscoe, Dream, Torgersen").await
}
