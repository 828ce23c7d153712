//! What stands at a place.

use super::Asked;

/// The text that the hover is about, and the first lines of what it says.
fn hover(path: &str, text: &str) -> String {
    let asked = Asked::of(path, "", text);
    let Some(hover) = asked.look().hover(asked.offset) else { return "nothing".to_owned() };
    let about = &text.replace('‸', "")[hover.range];
    let said: Vec<&str> = hover.text.lines().filter(|line| !line.starts_with("```") && !line.is_empty()).collect();
    format!("{about} | {}", said.join(" | "))
}

const NAMES: &[(&str, &str)] = &[
    ("values: { a: state.reg‸ion }", "region | state key region: text? | Declared in `app.yaml`, line 5."),
    ("values: { a: state.region‸ }", "region | state key region: text? | Declared in `app.yaml`, line 5."),
    ("values: { a‸b: 1 }", "ab | value ab: int | Declared in `page.yaml`, line 1."),
    (
        "body:\n  - table: ord‸ers\n",
        "orders | query orders |   id: int |   region: text |   total: float | Declared in `app.yaml`, line 9.",
    ),
    (
        "body:\n  - select: ‸region\n    options: [a]\n",
        "region | state key region: text? | Declared in `app.yaml`, line 5.",
    ),
    ("body:\n  - slider: fre‸sh\n    max: 5\n", "fresh | state key fresh: int | Declared in `page.yaml`, line 2."),
    (
        "body:\n  - button: A\n    on_click: [{ run: add‸_order, with: { total: 1.0, note: \"'a'\" } }]\n",
        "add_order | write add_order(total: float, note: text) | Declared in `app.yaml`, line 15.",
    ),
    (
        "queries:\n  a: { transform: \"select o.id from lar‸ge as o\" }\n",
        "large | query large |   id: int | Declared in `app.yaml`, line 10.",
    ),
    ("values: { a: orders.to‸tal | sum }", "total | column total: float"),
    (
        "values: { a: orders.total | su‸m }",
        "sum | filter sum | The sum; 0 of nothing. | `sales.amount | sum` gives `60`.",
    ),
    ("values: { a: state.region is no‸ne }", "none | test none | Whether it is null. | `none is none` gives `true`."),
    ("body:\n  - line_chart: orders\n    x: reg‸ion\n", "region | column region: text"),
    ("body:\n  - table: orders\n    columns: [id, tot‸al]\n", "total | column total: float"),
    ("body:\n  - select: region\n    options: { query: orders, value: reg‸ion }\n", "region | column region: text"),
    (
        "body:\n  - text: \"{{ toda‸y() }}\"\n",
        "today | function today(): date | The day of the run, in the time zone of the app.",
    ),
    ("body:\n  - text: \"tod‸ay() and sum\"\n", "nothing"),
    ("# no‸thing\nbody: []\n", "nothing"),
];

#[test]
fn names_are_told_with_their_types() {
    let mut wrong = Vec::new();
    for (text, expected) in NAMES {
        let said = hover("page.yaml", text);
        if said != *expected && !(expected.ends_with('|') && said.starts_with(expected)) {
            wrong.push(format!("{text:?}\n  {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn keys_are_told_with_what_they_are_for() {
    for (path, text, expected) in [
        (
            "page.yaml",
            "ti‸tle: A\n",
            "title | **`title`**: text | In the tab, the navigation and the window; draws no heading.",
        ),
        ("page.yaml", "body:\n  - met‸ric: A\n    value: 1\n", "metric | **`metric`**: text | "),
        (
            "page.yaml",
            "body:\n  - metric: A\n    va‸lue: 1\n",
            "value | **`value`**: expression: a single value, required | ",
        ),
        (
            "page.toml",
            "[[body]]\ntext = \"A\"\nwh‸en = \"true\"\n",
            "when | **`when`**: expression: anything | Shown only while this is true.",
        ),
        (
            "page.yaml",
            "body:\n  - button: A\n    on_click: [{ to‸ast: B }]\n",
            "toast | **`toast`**: text | Shows a short message for a while.",
        ),
        ("app.yaml", "lo‸cale: de\n", "locale | **`locale`**: literal | "),
        // Also while the rest of the file is broken.
        ("page.yaml", "body:\n  - metr‸ic: A\n  - text: \"{{\n  bo\n", "metric | **`metric`**: text | "),
        ("page.yaml", "bo‸gus: 1\n", "nothing"),
    ] {
        let said = hover(path, text);
        assert!(said.starts_with(expected), "{text:?}\n  {said:?}");
    }
}
