//! The table of a kind's options, as Markdown: generated into its page, and shown by `appspec explain`.

use std::fmt::Write as _;

use super::{Component, Pattern, PropType};

/// The options of a kind as a Markdown table, its own first, then those that all kinds have.
pub fn reference(component: &Component) -> String {
    let mut table = String::from("| option | is | default | |\n|---|---|---|---|\n");
    for prop in component.options() {
        let default = if prop.required { "required" } else { prop.default };
        let is = prop.ty.describe();
        writeln!(table, "| `{}` | {is} | {default} | {} |", prop.name, prop.summary).expect("a string takes all text");
    }
    if !component.unbuilt.is_empty() {
        let names: Vec<String> = component.unbuilt.iter().map(|name| format!("`{name}`")).collect();
        table.push_str("\nPart of the language, but not built yet: ");
        table.push_str(&names.join(", "));
        table.push_str(".\n");
    }
    table
}

impl PropType {
    /// How the option is written, in the author's words.
    pub fn describe(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Expression(pattern) => format!("expression: {}", pattern.describe()),
            Self::Column(pattern) => format!("column{}", of(pattern)),
            Self::Columns(pattern) => format!("column{0}, or a list of columns{0}", of(pattern)),
            Self::Url => "text: a URL".to_owned(),
            Self::Table => "expression: a table".to_owned(),
            Self::Annotations => "list of maps".to_owned(),
            Self::Color => "column, colour, or text".to_owned(),
            Self::Tone => "text: a colour, or what it means".to_owned(),
            Self::Choice(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            Self::SomeOf(words) => {
                let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
                format!("`true`, or a list of {}", words.join(", "))
            }
            Self::Literal(pattern) => format!("literal: {}", pattern.describe()),
            Self::Width => "number, or `content`".to_owned(),
            Self::Format => "filter call".to_owned(),
            Self::Icon => "icon name".to_owned(),
            Self::SomeColumns => "`true`, or a list of columns".to_owned(),
            Self::Order => "column, with `desc` behind it, or a list of such".to_owned(),
            Self::Options => "options".to_owned(),
            Self::Actions => "list of actions".to_owned(),
            Self::Components => "list of components".to_owned(),
            Self::TableColumns => "list of columns".to_owned(),
            Self::Area => "name of an area".to_owned(),
            Self::Areas => "list of rows of names".to_owned(),
            Self::Shortcut => "keys".to_owned(),
            Self::StateKey => "state key".to_owned(),
            Self::ColumnTypes => "map: column to type".to_owned(),
            Self::Arguments => "map: what each parameter's type asks".to_owned(),
        }
    }
}

/// What a column must hold, where that matters.
fn of(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Number => " of numbers",
        Pattern::Date => " of dates",
        _ => "",
    }
}
