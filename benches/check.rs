//! What it costs to compile an app: by the number of its pages.
//!
//! `cargo bench -p appspec-lang --bench check` prints the time and the memory of the compiler alone, the columns of all
//! databases known. Numbers behind `--` are other sizes to measure. With a folder behind `--` the generated app of 1,000
//! pages is written there, for measuring `appspec check` as a process.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark prints figures")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_lang::compile;
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::source::Sources;
use appspec_lang::spec::Schemas;
use appspec_lang::value::{Column, Type};

/// How often each size is compiled; the fastest counts.
const TURNS: usize = 5;

fn main() {
    let arguments = || std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let mut sizes: Vec<u32> = arguments().filter_map(|argument| argument.parse().ok()).collect();
    if let Some(folder) = arguments().find(|argument| argument.parse::<u32>().is_err()) {
        write(Path::new(&folder), 1_000);
        return;
    }
    if sizes.is_empty() {
        sizes = vec![10, 100, 1_000, 5_000];
    }
    println!("{:>7}{:>12}{:>14}{:>14}{:>12}", "pages", "bytes", "ms", "µs a page", "peak MB");
    for pages in sizes {
        let (sources, schemas) = (sources(pages), schemas(pages));
        let bytes: usize = app(pages).iter().map(|(_, text)| text.len()).sum();
        let fastest = (0..TURNS).map(|_| once(&sources, &schemas)).min().unwrap();
        let milliseconds = fastest.as_secs_f64() * 1e3;
        let a_page = milliseconds * 1e3 / f64::from(pages);
        println!("{pages:>7}{bytes:>12}{milliseconds:>14.1}{a_page:>14.1}{:>12.0}", peak_megabytes());
    }
}

fn once(sources: &Sources, schemas: &Schemas) -> Duration {
    let started = Instant::now();
    let mut diagnostics = Diagnostics::default();
    let app = compile(sources, schemas, &mut diagnostics);
    let elapsed = started.elapsed();
    let found = diagnostics.sorted();
    assert!(app.is_some() && found.is_empty(), "{}", render::concise(sources, found.get(..5).unwrap_or(&found)));
    elapsed
}

fn sources(pages: u32) -> Sources {
    let mut sources = Sources::default();
    for (path, text) in app(pages) {
        sources.add(path, text);
    }
    sources
}

/// What the database would say of the queries that [`page`] writes.
fn schemas(pages: u32) -> Schemas {
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

/// An app of so many pages, of 20 components and 4 queries each.
fn app(pages: u32) -> Vec<(String, String)> {
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

/// Writes the app with the database that its queries ask.
fn write(folder: &Path, pages: u32) {
    for (path, text) in app(pages) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    println!(
        "{pages} pages in {}; now:\nmkdir {0}/data; sqlite3 {0}/data/shop.db 'create table orders (day date, region text, amount real)'",
        folder.display()
    );
}

/// The most memory that this process has held, in 10⁶ bytes (`VmHWM`); 0 where the system does not say.
fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().map_or(0.0, |kilobytes| kilobytes * 1.024e-3)
}
