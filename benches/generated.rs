//! A generated app of as many pages as one likes, of 20 components and 4 queries each.

use std::fmt::Write;
use std::sync::Arc;

use appspec_lang::spec::Schemas;
use appspec_lang::value::{Column, Type};

/// What the database would say of its queries.
pub(crate) fn schemas(pages: u32) -> Schemas {
    let column = |name: &str, ty: Type| Column { name: name.into(), ty: ty.nullable() };
    let orders: Arc<[Column]> =
        [column("day", Type::Date), column("region", Type::Text), column("amount", Type::Float)].into();
    let regions: Arc<[Column]> = [column("region", Type::Text)].into();
    let by_region: Arc<[Column]> =
        [column("region", Type::Text), column("revenue", Type::Float), column("orders", Type::Int)].into();
    let mut schemas = Schemas::default();
    for number in 0..pages {
        let path = format!("/team-{}/page-{number}", number % 20);
        for (name, columns) in [("orders", &orders), ("regions", &regions), ("by_region", &by_region)] {
            schemas.queries.insert((path.clone(), name.into()), Ok(Arc::clone(columns).into()));
        }
    }
    schemas
}

/// Its files.
pub(crate) fn app(pages: u32) -> Vec<(String, String)> {
    let settings = "title: Generated\nconnection: shop\nconnections:\n  shop: { type: sqlite, file: data/shop.db }\n\
                    state:\n  since: { default: 2024-01-01 }\n";
    let mut files = vec![("app.yaml".to_owned(), settings.to_owned())];
    files.extend((0..pages).map(|number| (format!("team-{}/page-{number}.yaml", number % 20), page(number))));
    files
}

fn page(number: u32) -> String {
    let mut page = format!(
        "title: Page {number}\nlayout: wide\n\n\
         state:\n  region: {{ type: text, nullable: true }}\n  top: 10\n\n\
         queries:\n  orders:\n    sql: |\n      select day, region, amount\n      from orders\n      \
         where day >= {{{{ state.since }}}} [[ and region = {{{{ state.region }}}} ]]\n      order by day\n  \
         regions:\n    sql: select distinct region from orders order by region\n  \
         by_region:\n    sql: |\n      select region, sum(amount) as revenue, count(*) as orders\n      \
         from orders\n      group by region\n      order by revenue desc\n      limit {{{{ state.top }}}}\n  \
         targets:\n    rows:\n      - {{ area: EMEA, target: 100.0 }}\n      - {{ area: APAC, target: 80.0 }}\n\n\
         values:\n  revenue: orders.amount | sum\n  vs_target: values.revenue / (targets.target | sum) - 1\n\n\
         body:\n  - title: \"Sales in {{{{ state.region | default('all regions') }}}}\"\n  \
         - row:\n      - select: region\n        label: Region\n        placeholder: All\n        \
         options: {{ query: regions, value: region }}\n      \
         - slider: top\n        label: How many\n        min: 1\n        max: 50\n      \
         - date_input: since\n        label: Since\n"
    );
    page.push_str("  - row:\n");
    for (label, value, format) in [
        ("Revenue", "values.revenue", "currency(\"EUR\")"),
        ("Against the target", "values.vs_target", "percent(1)"),
        ("Orders", "orders | length", "number"),
        ("Largest", "orders.amount | max", "number(2)"),
    ] {
        writeln!(page, "      - metric: {label}\n        value: {value}\n        format: {format}").unwrap();
    }
    page.push_str(
        "  - line_chart: orders\n    x: day\n    y: amount\n    color: region\n    title: Revenue by day\n  \
         - bar_chart: by_region\n    x: region\n    y: revenue\n  \
         - scatter_chart: by_region\n    x: orders\n    y: revenue\n    color: region\n  \
         - tabs:\n      - tab: Table\n        body:\n          \
         - table: by_region\n            columns:\n              - region\n              \
         - { column: revenue, label: Revenue, format: number(2) }\n      \
         - tab: Notes\n        body:\n          - text: Anything *else* of {{ page.title }}\n  \
         - expander:\n      - table: targets\n    label: Targets\n  \
         - when: (orders | length) == 0\n    info: No orders since {{ state.since }}\n  \
         - button: All regions\n    on_click:\n      - set: { region: null }\n      - toast: All regions\n  \
         - caption: \"{{ orders | length }} orders\"\n",
    );
    page
}
