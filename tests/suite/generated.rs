//! Reference pages that are written from the tables in the code.

use std::fmt::Write;

use appspec_lang::component::{self, Family};
use appspec_lang::diagnostic::{Severity, code};
use appspec_lang::expr::functions::{self, Function, Kind};
use appspec_lang::spec;

use crate::support::golden;

const NOTE: &str = "<!-- Written by `UPDATE_EXPECT=1 cargo test --test suite generated`. -->\n";

#[test]
fn the_index_of_components_is_up_to_date() {
    let families = [
        (Family::Text, "Text and messages"),
        (Family::Data, "Data"),
        (Family::Chart, "Charts"),
        (Family::Widget, "Widgets"),
        (Family::Action, "Actions"),
        (Family::Layout, "Layout"),
    ];
    let mut page = format!("# Components\n\n{NOTE}");
    for (family, title) in families {
        write!(page, "\n## {title}\n\n| kind | |\n|---|---|\n").unwrap();
        for component in component::ALL.iter().filter(|component| component.family == family) {
            let component::Component { name, summary, .. } = component;
            writeln!(page, "| [`{name}`](../component/{name}.md) | {summary} |").unwrap();
        }
    }
    golden("docs/reference/components.md", &page);
}

#[test]
fn the_index_of_diagnostics_is_up_to_date() {
    let mut page = format!("# Diagnostics\n\n{NOTE}\n| code | | |\n|---|---|---|\n");
    for code in code::ALL {
        let severity = match code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(page, "| [`{0}`](../errors/{0}.md) | {severity} | {1} |", code.name, code.summary.trim()).unwrap();
    }
    golden("docs/reference/errors.md", &page);
}

#[test]
fn the_index_of_keys_is_up_to_date() {
    let mut page = format!("# Keys\n\n{NOTE}\nThe maps of the language, and what each may hold.\n");
    for shape in spec::SHAPES {
        let name = shape.name.trim_start_matches("a ").trim_start_matches("an ");
        write!(page, "\n## {name}\n\n{}", spec::reference(shape)).unwrap();
    }
    golden("docs/reference/keys.md", &page);
}

#[test]
fn the_options_on_the_pages_of_components_are_up_to_date() {
    let (start, end) = ("<!-- properties -->\n", "<!-- /properties -->");
    for component in component::ALL.iter() {
        let (before, rest) = component.page.split_once(start).unwrap();
        let (_, after) = rest.split_once(end).unwrap();
        let page = format!("{before}{start}{}{end}{after}", component::reference(component));
        golden(&format!("docs/component/{}.md", component.name), &page);
    }
}

#[test]
fn the_index_of_functions_is_up_to_date() {
    let mut page = format!(
        "# Functions\n\n{NOTE}\nIn the examples `sales` is a query with the columns `day`, `region`, `amount` and the rows \
         2024-01-01, EMEA, 10; 2024-01-02, APAC, 30; 2024-01-03, EMEA, 20. It is 14:30 on 15 May 2024.\n"
    );
    for (kind, title) in [(Kind::Filter, "Filters"), (Kind::Function, "Functions"), (Kind::Test, "Tests")] {
        write!(page, "\n## {title}\n\n| call | | example | gives |\n|---|---|---|---|\n").unwrap();
        let mut all: Vec<&Function> = functions::all().filter(|function| function.kind == kind).collect();
        all.sort_by_key(|function| function.name);
        for function in all {
            let (example, result) = function.example;
            let code = |text: &str| format!("`{}`", text.replace('|', "\\|"));
            let (call, example) = (code(&call(function)), code(example));
            writeln!(page, "| {call} | {} | {example} | {} |", function.doc, result.replace('|', "\\|")).unwrap();
        }
    }
    golden("docs/reference/functions.md", &page);
}

/// How a function is called: `currency(unit?)`.
fn call(function: &Function) -> String {
    let param = |param: &functions::Param| format!("{}{}", param.name, if param.required { "" } else { "?" });
    let params: Vec<String> = function.params.iter().map(param).collect();
    if function.takes_columns() {
        return format!("{}(column=value, …)", function.name);
    }
    let takes_none = params.is_empty() && function.kind != Kind::Function;
    if takes_none { function.name.to_owned() } else { format!("{}({})", function.name, params.join(", ")) }
}
