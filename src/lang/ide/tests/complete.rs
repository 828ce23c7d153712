//! What may be written at a place.

use super::{APP, Asked};
use crate::compile::Compiler;
use crate::ide::{Completion, CompletionKind, Look};
use crate::source::Sources;
use crate::spec::Schemas;

#[test]
fn partials_and_what_they_take_are_offered() {
    let mut sources = Sources::default();
    sources.add("_kpi.yaml", "params: { label: text, data: table, column: column(data) }\nbody:\n  - text: A\n");
    let text = "body:\n  - use: \n    with: { label: A }\n  - use: kpi\n    with: { data: a,  }\n";
    let file = sources.add("a.yaml", text);
    let compiler = Compiler::new(sources, Schemas::default());
    let look = Look::at(&compiler, file, None);
    let labels = |offset: usize| -> Vec<String> {
        look.complete(offset).into_iter().map(|found| format!("{}: {}", found.label, found.detail)).collect()
    };
    assert_eq!(labels(text.find("use: ").unwrap() + 5), ["kpi: "]);
    assert_eq!(labels(text.find("a,  }").unwrap() + 3), ["label: text", "column: column(data)"]);
}

fn completions(path: &str, text: &str) -> Vec<Completion> {
    let whole = match path {
        "app.yaml" => APP,
        _ => "",
    };
    let asked = Asked::of(path, whole, text);
    asked.look().complete(asked.offset)
}

/// What is offered, and what the text becomes with the first of it.
fn offered(path: &str, text: &str) -> (Vec<String>, String) {
    let found = completions(path, text);
    let plain = text.replace('‸', "");
    let first = found.first().map_or(plain.clone(), |first| {
        format!("{}{}{}", &plain[..first.range.start], first.insert, &plain[first.range.end..])
    });
    (found.into_iter().map(|completion| completion.label).collect(), first)
}

/// The text with the cursor, what is offered, and the text with the first of it.
type Cases = &'static [(&'static str, &'static str, &'static str)];

/// All that is listed is offered, in this order; where the list ends with `…`, before anything else.
fn check(path: &str, cases: Cases) {
    let mut wrong = Vec::new();
    for (text, expected, becomes) in cases {
        let (labels, first) = offered(path, text);
        let shown = match expected.strip_suffix(" …") {
            Some(expected) => {
                let count = expected.split(' ').count();
                format!("{} …", labels.iter().take(count).cloned().collect::<Vec<_>>().join(" "))
            }
            None => labels.join(" "),
        };
        if shown != *expected || first != *becomes {
            wrong.push(format!(
                "{text:?}
  offers  {shown:?}
  becomes {first:?}
"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.join(
            "
"
        )
    );
}

const PAGE_KEYS: Cases = &[
    ("‸", "title icon description …", "title: "),
    ("ti‸", "title icon description …", "title: "),
    ("title: A\nqu‸\nbody: []\n", "icon description layout params state queries …", "title: A\nicon: \nbody: []\n"),
    ("body‸:\n  - text: A\n", "title icon description …", "title:\n  - text: A\n"),
    ("body:\n  - te‸\n", "badge caption code divider …", "body:\n  - badge: \n"),
    ("body:\n  - ‸\n", "badge caption …", "body:\n  - badge: \n"),
    ("body:\n  - metric: Revenue\n    ‸\n", "value format …", "body:\n  - metric: Revenue\n    value: \n"),
    (
        "body:\n  - metric: Revenue\n    va‸\n  - text: A\n",
        "value …",
        "body:\n  - metric: Revenue\n    value: \n  - text: A\n",
    ),
    ("body:\n  - { metric: Revenue, v‸ }\n", "value …", "body:\n  - { metric: Revenue, value:  }\n"),
    ("body:\n  - row:\n      - met‸\n", "badge caption …", "body:\n  - row:\n      - badge: \n"),
    ("body:\n  - tabs:\n      - t‸\n", "tab", "body:\n  - tabs:\n      - tab: \n"),
    (
        "body:\n  - button: A\n    on_click:\n      - se‸\n",
        "set reset run refresh goto toast open close",
        "body:\n  - button: A\n    on_click:\n      - set:\n",
    ),
    (
        "body:\n  - button: A\n    on_click:\n      - set:\n          re‸\n",
        "region top since",
        "body:\n  - button: A\n    on_click:\n      - set:\n          region: \n",
    ),
    (
        "body:\n  - button: A\n    on_click:\n      - run: add_order\n        wi‸\n",
        "when with",
        "body:\n  - button: A\n    on_click:\n      - run: add_order\n        when: \n",
    ),
    (
        "body:\n  - button: A\n    on_click:\n      - run: add_order\n        with: { ‸ }\n",
        "total note",
        "body:\n  - button: A\n    on_click:\n      - run: add_order\n        with: { total:  }\n",
    ),
    ("queries:\n  new:\n    s‸\n", "sql sql_file file get transform rows generate …", "queries:\n  new:\n    sql: \n"),
    (
        "queries:\n  new:\n    sql: select 1\n    ca‸\n",
        "connection cache timeout …",
        "queries:\n  new:\n    sql: select 1\n    connection: \n",
    ),
    ("state:\n  key: { t‸ }\n", "type nullable …", "state:\n  key: { type:  }\n"),
    (
        "body:\n  - select: region\n    options: { q‸ }\n",
        "query value label first",
        "body:\n  - select: region\n    options: { query:  }\n",
    ),
    (
        "body:\n  - table: orders\n    columns:\n      - c‸\n",
        "id region total column label format unit align width link color bar image trend hidden",
        "body:\n  - table: orders\n    columns:\n      - id\n",
    ),
];

const APP_KEYS: Cases = &[
    ("ti‸", "title logo theme …", "title: "),
    ("connections:\n  a:\n    ty‸\n", "type …", "connections:\n  a:\n    type: \n"),
    (
        "queries:\n  orders:\n    columns:\n      to‸\n",
        "id region total",
        "queries:\n  orders:\n    columns:\n      id: \n",
    ),
];

#[test]
fn keys_and_kinds_in_yaml() {
    check("page.yaml", PAGE_KEYS);
    check("app.yaml", APP_KEYS);
}

const TOML_KEYS: Cases = &[
    ("ti‸", "title icon …", "title = "),
    ("[[bo‸", "title icon …", "[[title"),
    ("[queries.new]\ns‸\n", "sql …", "[queries.new]\nsql = \n"),
    ("[[body]]\nmet‸", "badge caption …", "[[body]]\nbadge = "),
    (
        "[[body]]\nmetric = \"A\"\nv‸\n[[body]]\ntext = \"B\"\n",
        "value …",
        "[[body]]\nmetric = \"A\"\nvalue = \n[[body]]\ntext = \"B\"\n",
    ),
    ("body = [{ text = \"A\", wh‸ }]\n", "when id width area help", "body = [{ text = \"A\", when =  }]\n"),
    (
        "[[body]]\nbutton = \"A\"\n[[body.on_click]]\nto‸",
        "set reset run refresh goto toast open close",
        "[[body]]\nbutton = \"A\"\n[[body.on_click]]\nset = ",
    ),
];

#[test]
fn keys_and_kinds_in_toml() {
    check("page.toml", TOML_KEYS);
}

const PAGE_WORDS: Cases = &[
    ("layout: w‸", "centered wide", "layout: centered"),
    ("layout: ‸\nbody: []\n", "centered wide", "layout: centered\nbody: []\n"),
    ("icon: trending-u‸p\n", "a-arrow-down a-arrow-up …", "icon: a-arrow-down\n"),
    (
        "state:\n  a: { type: te‸, default: x }\n",
        "bool int float decimal text …",
        "state:\n  a: { type: bool, default: x }\n",
    ),
    ("body:\n  - select: re‸\n", "region top since", "body:\n  - select: region\n"),
    ("body:\n  - table: o‸\n", "orders large state values …", "body:\n  - table: orders\n"),
    ("body:\n  - line_chart: orders\n    x: ‸\n", "id region total", "body:\n  - line_chart: orders\n    x: id\n"),
    (
        "body:\n  - bar_chart: orders\n    y: [total, ‸]\n",
        "id region total",
        "body:\n  - bar_chart: orders\n    y: [total, id]\n",
    ),
    (
        "body:\n  - bar_chart: orders\n    horizontal: ‸\n",
        "true false",
        "body:\n  - bar_chart: orders\n    horizontal: true\n",
    ),
    (
        "body:\n  - select: region\n    options: { query: orders, value: ‸ }\n",
        "id region total",
        "body:\n  - select: region\n    options: { query: orders, value: id }\n",
    ),
    (
        "body:\n  - select: region\n    options: { query: ‸ }\n",
        "orders large",
        "body:\n  - select: region\n    options: { query: orders }\n",
    ),
    (
        "body:\n  - button: A\n    on_click: [{ reset: ‸ }]\n",
        "region top since all",
        "body:\n  - button: A\n    on_click: [{ reset: region }]\n",
    ),
    (
        "body:\n  - button: A\n    on_click: [{ refresh: [or‸] }]\n",
        "orders large all",
        "body:\n  - button: A\n    on_click: [{ refresh: [orders] }]\n",
    ),
    (
        "body:\n  - button: A\n    on_click:\n      - run: ‸\n",
        "add_order",
        "body:\n  - button: A\n    on_click:\n      - run: add_order\n",
    ),
    (
        "body:\n  - button: A\n    on_click:\n      - goto: /op‸\n",
        "/ops/more /page",
        "body:\n  - button: A\n    on_click:\n      - goto: /ops/more\n",
    ),
    (
        "body:\n  - metric: A\n    value: 1\n    format: ‸\n",
        "number compact percent currency bytes duration …",
        "body:\n  - metric: A\n    value: 1\n    format: number\n",
    ),
    (
        "queries:\n  a: { sql: select 1, connection: ‸ }\n",
        "shop",
        "queries:\n  a: { sql: select 1, connection: shop }\n",
    ),
    (
        "queries:\n  a:\n    sql: select 1\n    cache: ‸\n",
        "forever off 1m 1h ttl …",
        "queries:\n  a:\n    sql: select 1\n    cache: forever\n",
    ),
];

const SQL_FILES: Cases =
    &[("queries:\n  a: { sql_file: ‸ }\n", "lines.sql", "queries:\n  a: { sql_file: lines.sql }\n")];

const TOML_WORDS: Cases = &[
    ("layout = ‸\n", "centered wide", "layout = \"centered\"\n"),
    ("layout = \"w‸\"\n", "centered wide", "layout = \"centered\"\n"),
    ("[[body]]\nselect = \"re‸\n", "region top since", "[[body]]\nselect = \"region\n"),
    ("[[body]]\nexpander = \"A\"\nopen = ‸\n", "true false", "[[body]]\nexpander = \"A\"\nopen = true\n"),
];

#[test]
fn words_and_names() {
    check("page.yaml", PAGE_WORDS);
    check("ops/late.yaml", SQL_FILES);
    check("page.toml", TOML_WORDS);
}

const PAGE_EXPRESSIONS: Cases = &[
    ("values: { a: state.‸ }\n", "region top since", "values: { a: state.region }\n"),
    ("values: { a: state.to‸p }\n", "region top since", "values: { a: state.region }\n"),
    ("values:\n  a: values.‸\n", "revenue share a", "values:\n  a: values.revenue\n"),
    ("values:\n  a: orders.‸\n", "id region total", "values:\n  a: orders.id\n"),
    ("values:\n  a: orders[0].‸\n", "id region total", "values:\n  a: orders[0].id\n"),
    ("values:\n  a: orders.total | ‸\n", "sum mean min max median …", "values:\n  a: orders.total | sum\n"),
    ("values:\n  a: (orders | where(re‸\n", "id region total orders large …", "values:\n  a: (orders | where(id\n"),
    ("values:\n  a: state.region is ‸\n", "none …", "values:\n  a: state.region is none\n"),
    ("values:\n  a: state.region == 'sta‸'\n", "", "values:\n  a: state.region == 'sta'\n"),
    ("values:\n  a: user.‸\n", "email name groups", "values:\n  a: user.email\n"),
    (
        "body:\n  - text: \"In {{ state.‸\n  - text: B\n",
        "region top since",
        "body:\n  - text: \"In {{ state.region\n  - text: B\n",
    ),
    ("body:\n  - text: \"In {{ state.region }} state.‸\"\n", "", "body:\n  - text: \"In {{ state.region }} state.\"\n"),
    (
        "body:\n  - text: |\n      {% if state.‸ %}A{% endif %}\n",
        "region top since",
        "body:\n  - text: |\n      {% if state.region %}A{% endif %}\n",
    ),
    ("body:\n  - text: A\n    when: state.‸\n", "region top since", "body:\n  - text: A\n    when: state.region\n"),
    (
        "body:\n  - button: A\n    on_click: [{ set: { top: state.‸ } }]\n",
        "region top since",
        "body:\n  - button: A\n    on_click: [{ set: { top: state.region } }]\n",
    ),
    (
        "queries:\n  a:\n    sql: |\n      select *\n      from t where x = {{ state.‸ }}\n",
        "region top since",
        "queries:\n  a:\n    sql: |\n      select *\n      from t where x = {{ state.region }}\n",
    ),
    (
        "queries:\n  a:\n    transform: |\n      select ‸ from orders\n",
        "orders large a id region …",
        "queries:\n  a:\n    transform: |\n      select orders from orders\n",
    ),
    (
        "queries:\n  a:\n    transform: select orders.‸ from orders\n",
        "id region total",
        "queries:\n  a:\n    transform: select orders.id from orders\n",
    ),
];

const WRITES: Cases = &[(
    "writes:\n  add_order:\n    params: { total: float, note: text }\n    sql: insert into t values ({{ params.‸ }})\n",
    "total note",
    "writes:\n  add_order:\n    params: { total: float, note: text }\n    sql: insert into t values ({{ params.total }})\n",
)];

const TOML_EXPRESSIONS: Cases = &[
    ("[values]\na = ‸\n", "orders large state …", "[values]\na = \"orders\"\n"),
    ("[values]\na = \"orders.‸\"\n", "id region total", "[values]\na = \"orders.id\"\n"),
    (
        "[[body]]\ntext = '''\n{{ orders.total | ‸ }}\n'''\n",
        "sum …",
        "[[body]]\ntext = '''\n{{ orders.total | sum }}\n'''\n",
    ),
];

const SQL: Cases = &[("select {{ state.‸ }}", "region top since", "select {{ state.region }}")];

#[test]
fn expressions() {
    check("page.yaml", PAGE_EXPRESSIONS);
    check("app.yaml", WRITES);
    check("page.toml", TOML_EXPRESSIONS);
    check("ops/other.sql", SQL);
}

#[test]
fn what_is_offered_says_what_it_is() {
    let found = completions("page.yaml", "body:\n  - metric: A\n    value: orders.‸\n");
    let total = found.iter().find(|completion| completion.label == "total").unwrap();
    assert_eq!((total.kind, total.detail.as_str()), (CompletionKind::Column, "float"));
    let found = completions("page.yaml", "values: { a: state.‸ }\n");
    let details: Vec<&str> = found.iter().map(|completion| completion.detail.as_str()).collect();
    assert_eq!(details, ["text?", "int", "date"]);
    let found = completions("page.yaml", "body:\n  - met‸\n");
    let metric = found.iter().find(|completion| completion.label == "metric").unwrap();
    assert_eq!(metric.kind, CompletionKind::Component);
    assert!(metric.doc.ends_with('.'), "{metric:?}");
}

#[test]
fn names_are_known_as_soon_as_they_are_written_and_as_long_as_the_file_is_broken() {
    let whole = "body: [{ text: A }]\nvalues: { old: 1 }\n";
    let text = "values:\n  fresh: 1\nbody:\n  - text: \"{{ values.‸\n  - table: x\n";
    let asked = Asked::of("page.yaml", whole, text);
    let found = asked.look().complete(asked.offset);
    let labels: Vec<&str> = found.iter().map(|completion| completion.label.as_str()).collect();
    assert_eq!(labels, ["revenue", "share", "old", "fresh"]);
}

const SALES: &str = "\
body:
  - select: region
    options: [EMEA, APAC]
  - text_input: note
  - button: Again
  - metric: Runs
    value: state.note
";

#[test]
fn what_a_test_may_name_is_that_of_its_page() {
    let cases = [
        ("‸", "page tests user"),
        ("page: /s‸", "/ops /sales"),
        ("page: /sales\ntests:\n  - ‸", "test steps"),
        ("page: /sales\ntests:\n  - steps:\n      - ‸", "enter click expect shows"),
        ("page: /sales\ntests:\n  - steps:\n      - expect: a\n        ‸", ""),
        ("page: /sales\ntests:\n  - steps:\n      - click: ‸", "button-again"),
        ("page: /sales\ntests:\n  - steps:\n      - enter: { ‸ }", "region note"),
        (
            "page: /sales\ntests:\n  - steps:\n      - shows: { ‸ }",
            "select-region text_input-note button-again metric-runs",
        ),
        ("page: /sales\ntests:\n  - steps:\n      - expect: state.‸", "region note"),
        ("page: /ops\ntests:\n  - steps:\n      - enter: { ‸ }", ""),
    ];
    for (text, expected) in cases {
        let offset = text.find('‸').unwrap();
        let plain = text.replace('‸', "");
        let mut sources = Sources::default();
        sources.add("ops.yaml", "title: Ops\n");
        sources.add("sales.yaml", SALES);
        let before = plain.lines().next().unwrap_or_default();
        let file = sources.add("sales.test.yaml", format!("{before}\ntests: []\n"));
        let mut compiler = Compiler::new(sources, Schemas::default());
        compiler.settle();
        compiler.edit(file, plain);
        let found = Look::at(&compiler, file, None).complete(offset);
        let labels: Vec<&str> = found.iter().map(|completion| completion.label.as_str()).collect();
        assert_eq!(labels.join(" "), expected, "{text}");
    }
}
