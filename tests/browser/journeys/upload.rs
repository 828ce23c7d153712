//! Files of the reader's: chosen, read, refused, forgotten.

use crate::support::{Failure, Outcome, Tab};

/// Chooses a file as the browser's own dialog does.
async fn choose(tab: &Tab, field: &str, name: &str, text: &str) -> Outcome {
    let script = "const files = new DataTransfer();
        files.items.add(new File([TEXT], NAME));
        const input = document.getElementsByName(FIELD)[0];
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    let quoted = |text: &str| serde_json::to_string(text).map_err(|error| Failure(error.to_string()));
    let script =
        script.replace("TEXT", &quoted(text)?).replace("NAME", &quoted(name)?).replace("FIELD", &quoted(field)?);
    tab.evaluate(&script).await.map(drop)
}

pub(crate) async fn becomes_a_table(tab: Tab) -> Outcome {
    // The first answer after the restart is the question for all fields.
    tab.tolerate("409");
    tab.open("/upload").await?;
    tab.sees("No rows: .").await?;
    choose(&tab, "sales", "sales.csv", "region;amount;other\nNorth;1,5;x\nSouth;2;y\n").await?;
    tab.sees("2 rows: North, South.").await?;
    tab.sees("sales.csv 2 rows, 2 columns").await?;
    choose(&tab, "sales", "sales.csv", "amount\n1\n").await?;
    tab.sees("it has no column “region”").await?;
    tab.sees("2 rows: North, South.").await?;
    choose(&tab, "sales", "big.csv", &"x".repeat(2000)).await?;
    tab.until("return document.getElementsByName('sales')[0].validationMessage.includes('larger')").await?;
    choose(&tab, "sales", "sales.json", r#"[{"region": "West", "amount": 1}]"#).await?;
    tab.sees("1 rows: West.").await?;
    tab.does_not_see("it has no column").await?;
    tab.type_into("Beside", "words").await?;
    tab.press("\u{e004}").await?;
    tab.sees("Beside words,").await?;

    // A form sends its file with the rest, and again if it was refused.
    tab.evaluate("document.querySelector('.form').noValidate = true").await?;
    choose(&tab, "more", "more.csv", "a,b\n1,2\n3,4\n").await?;
    tab.type_into("Note", "NO").await?;
    tab.click("Send").await?;
    tab.sees("This does not have the form that is asked for").await?;
    tab.type_into("Note", "yes").await?;
    tab.click("Send").await?;
    tab.sees("Took 2 rows, yes").await?;
    tab.sees("more.csv").await?;

    tab.restart_server()?;
    tab.type_into("Beside", "others").await?;
    tab.press("\u{e004}").await?;
    tab.sees("Beside others, note yes.").await?;
    tab.sees("The server has lost this file: choose it again.").await?;
    tab.sees("No rows: .").await?;
    choose(&tab, "sales", "sales.csv", "region,amount\nEast,1\n").await?;
    tab.sees("1 rows: East.").await?;
    tab.click("Remove sales.csv").await?;
    tab.sees("No rows: .").await?;
    choose(&tab, "sales", "sales.csv", "region,amount\nEast,1\n").await?;
    tab.sees("1 rows: East.").await?;
    tab.click("Forget").await?;
    tab.sees("No rows: .").await?;
    tab.does_not_see("sales.csv").await
}
