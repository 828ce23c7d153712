//! What charts and tables show of a table, against the columns that it has.

use super::columns::Table;
use super::format;
use super::names::Named;
use super::program::ComponentId;
use super::types::{Context, Typed, words};
use super::widget::prop;
use crate::component::{self, Family, Pattern};
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Expr, ExprKind};
use crate::source::{Span, Spanned};
use crate::spec::{self, Name, Prop};
use crate::value::{Column, Type};

/// How many columns are named that can stand in for one.
const MOST_SHOWN: usize = 5;

/// The option of each kind that must find a column of numbers; `y` of those that are not here.
const NUMBERS: &[(&str, &str)] = &[("histogram", "x"), ("heatmap", "color"), ("sankey", "value")];
/// The columns of prices, which are found by their names.
const PRICES: &[&str] = &["open", "high", "low", "close"];

/// The column or columns that an option of a component names.
fn named<'c>(component: &'c spec::Component, option: &str) -> Option<&'c [Spanned<Name>]> {
    prop(component, option).and_then(|prop| match &prop.value {
        Prop::Columns(columns) => Some(columns.as_slice()),
        _ => None,
    })
}

/// Checks what a chart takes from its table by itself, and its options against each other.
pub(super) fn check(component: &spec::Component, table: &Table<'_>, diagnostics: &mut Diagnostics) {
    if component.kind.family != Family::Chart {
        return;
    }
    if component.kind.name == "candlestick" {
        check_prices(component, table, diagnostics);
    } else if component.kind.name == "map" && named(component, "region").is_none() {
        check_places(component, table, diagnostics);
    } else {
        check_numbers(component, table, diagnostics);
    }
    check_names(component, table, diagnostics);
    let x = named(component, "x").and_then(<[_]>::first);
    for option in ["y", "y_right", "y2", "line"] {
        for column in named(component, option).unwrap_or_default() {
            if let Some(x) = x.filter(|x| x.value == column.value) {
                let message = format!("the column `{}` is drawn against itself", column.value);
                diagnostics.report(&code::SUSPICIOUS, column.span, message).label(x.span, "it is `x` already");
            }
        }
    }
    if let Some(Prop::Format(format)) = prop(component, "format").map(|prop| &prop.value) {
        format::check(format, &Type::Float, "what a chart draws", diagnostics);
    }
}

/// Reports a chart that is told no column of numbers and can find none.
fn check_numbers(component: &spec::Component, table: &Table<'_>, diagnostics: &mut Diagnostics) {
    let kind = component.kind.name;
    let option = NUMBERS.iter().find(|(name, _)| *name == kind).map_or("y", |(_, option)| *option);
    let others = ["x", "y", "color", "source", "target"].into_iter().filter(|other| *other != option);
    let taken: Vec<&Name> = others.filter_map(|other| named(component, other)).flatten().map(|it| &it.value).collect();
    let is_free = |column: &Column| column.ty.is_number() || column.ty.is_unknown();
    let has_more = ["y_right", "line"].iter().any(|option| named(component, option).is_some());
    let has_free = || table.columns.iter().any(|column| !taken.contains(&&column.name) && is_free(column));
    if named(component, option).is_none() && !has_more && !table.columns.is_open() && !has_free() {
        let message = format!("there is nothing to draw: {} has no column of numbers for `{option}`", table.called);
        let diagnostic = diagnostics.report(&code::TYPE, component.span, message);
        if let Some(declared) = table.declared {
            diagnostic.label(declared, format!("it returns {}", table.list()));
        }
        diagnostic.help("a chart draws numbers: count or sum them in the query, or show the rows as a `table`");
    }
}

/// Reports prices that no option names and no column is called.
fn check_prices(component: &spec::Component, table: &Table<'_>, diagnostics: &mut Diagnostics) {
    for price in PRICES {
        let is_called = |column: &Column| column.name.eq_ignore_ascii_case(price);
        if named(component, price).is_some() || table.columns.is_open() || table.columns.iter().any(is_called) {
            continue;
        }
        let diagnostic = table.report(price, component.span, diagnostics);
        diagnostic.help(format!("name the column: `{price}: …`"));
    }
}

/// Reports a map of points that finds no column of their places.
fn check_places(component: &spec::Component, table: &Table<'_>, diagnostics: &mut Diagnostics) {
    for (option, names) in [("latitude", component::LATITUDES), ("longitude", component::LONGITUDES)] {
        let is_called = |column: &Column| names.iter().any(|name| column.name.eq_ignore_ascii_case(name));
        if named(component, option).is_some() || table.columns.is_open() || table.columns.iter().any(is_called) {
            continue;
        }
        let diagnostic = table.report(option, component.span, diagnostics);
        diagnostic.help(format!("name the column: `{option}: …`, or that of countries: `region: …`"));
    }
}

/// Reports a chart between two columns that can find only one.
fn check_names(component: &spec::Component, table: &Table<'_>, diagnostics: &mut Diagnostics) {
    let (options, fits): (_, fn(&Column) -> bool) = match component.kind.name {
        "sankey" => (["source", "target"], |column| !column.ty.is_number()),
        "heatmap" => (["x", "y"], |_| true),
        _ => return,
    };
    let amount = if component.kind.name == "sankey" { "value" } else { "color" };
    // A column of the heatmap's amounts stays, which is named or chosen.
    let spare = usize::from(amount == "color" && named(component, amount).is_none());
    let taken = named(component, amount).and_then(<[_]>::first);
    let free = table.columns.iter().filter(|column| fits(column) && taken.is_none_or(|it| it.value != column.name));
    let missing = options.iter().filter(|option| named(component, option).is_none()).count();
    let needed = if missing == 0 { 0 } else { options.len() + spare };
    if !table.columns.is_open() && free.count() < needed {
        let [first, second] = options;
        let message = format!("there is nothing to draw: {} has no columns for `{first}` and `{second}`", table.called);
        let diagnostic = diagnostics.report(&code::TYPE, component.span, message);
        if let Some(declared) = table.declared {
            diagnostic.label(declared, format!("it returns {}", table.list()));
        }
    }
}

/// The columns that an option names: they must be there, once, and of what it takes.
pub(super) fn check_columns(
    (option, pattern): (&str, Pattern),
    columns: &[Spanned<Name>],
    table: &Table<'_>,
    diagnostics: &mut Diagnostics,
) {
    for (at, column) in columns.iter().enumerate() {
        report_twice(columns.iter().take(at), column, diagnostics);
        let Some(known) = table.named(column, diagnostics) else { continue };
        if pattern == Pattern::Number && !known.ty.is_number() && !known.ty.is_unknown() {
            report_no_number(option, column, (known, table), diagnostics);
        }
    }
}

fn report_no_number(
    option: &str,
    column: &Spanned<Name>,
    (known, table): (&Column, &Table<'_>),
    diagnostics: &mut Diagnostics,
) {
    let message = format!("`{option}` takes numbers, but the column `{}` is {}", column.value, words(&known.ty));
    let diagnostic = diagnostics.report(&code::TYPE, column.span, message);
    diagnostic.here(words(&known.ty));
    let numbers = table.columns.iter().filter(|column| column.ty.is_number());
    let numbers: Vec<String> = numbers.map(|column| format!("`{}`", column.name)).collect();
    match numbers.as_slice() {
        [] => diagnostic.help("count or sum in the query: it has no column of numbers"),
        [only] => diagnostic.help(format!("{only} is a column of numbers")),
        [shown @ .., last] if shown.len() < MOST_SHOWN => {
            diagnostic.help(format!("{} and {last} are columns of numbers", shown.join(", ")))
        }
        _ => {
            let shown: Vec<&str> = numbers.iter().take(MOST_SHOWN).map(String::as_str).collect();
            diagnostic.help(format!("{} and others are columns of numbers", shown.join(", ")))
        }
    };
}

/// An annotation stands at one value, or between two.
pub(super) fn check_annotation(at: &Typed, span: Span, diagnostics: &mut Diagnostics) {
    let is_many = match &at.expr.kind {
        ExprKind::List(items) => items.len() != 2,
        _ => matches!(at.ty.inner(), Type::Table(_)),
    };
    if is_many {
        let message = "an annotation is a line at one value, or a band between two";
        let diagnostic = diagnostics.report(&code::VALUE, span, message);
        diagnostic.help("write `y: 100`, or `y: [10, 20]`; make one annotation of each line");
    } else if !Pattern::Scalar.accepts(&at.ty) && !matches!(at.ty.inner(), Type::List(_) | Type::Range(_)) {
        let message = format!("an annotation stands at a value, but this is {}", words(&at.ty));
        diagnostics.report(&code::TYPE, span, message);
    }
}

/// The type of what is selected in a chart, that of its x column, or in a table, that of its key; unknown, where the
/// column is.
pub(super) fn selectable(context: &Context<'_>, id: ComponentId) -> Type {
    let component = context.outline.item(id).spec;
    let spec::Subject::Table(Expr { kind: ExprKind::Ref(crate::expr::Name::Bare(query)), .. }) = &component.subject
    else {
        return Type::Any;
    };
    let at = context.names.queries.iter().position(|named| named.name == *query);
    let columns = at.and_then(|at| context.queries.get(at)?.columns.as_ref());
    let Some(columns) = columns else { return Type::Any };
    if component.kind.name == "table" {
        let key = named(component, "key").and_then(<[_]>::first);
        let column = match key {
            Some(key) => columns.named(&key.value),
            None => columns.iter().next().filter(|_| !columns.is_open()),
        };
        return column.map_or(Type::Any, |column| column.ty.inner().clone());
    }
    let place = component::place_option(component.kind.name);
    let x = named(component, place).and_then(<[_]>::first).map(|x| &*x.value);
    let others = component.props.iter().filter(|(option, _)| *option != place);
    let taken = others.flat_map(|(option, _)| named(component, option).unwrap_or_default());
    let mut taken: Vec<&str> = taken.map(|column| &*column.value).collect();
    let color = prop(component, "color").and_then(|prop| match &prop.value {
        Prop::Text(text) => text.constant(),
        _ => None,
    });
    taken.extend(color.as_deref());
    let column = component::place_of(component.kind.name, columns, x, &taken);
    let of_marks = column.map_or(Type::Any, |column| column.ty.inner().clone());
    if component.kind.name == "histogram" { Type::Range(Box::new(of_marks)) } else { of_marks }
}

/// A key that is set by what is selected takes values of the column: one, several, or in a chart a range of them.
pub(super) fn check_selected(
    id: ComponentId,
    (key, ty): (&Named, &Type),
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let component = context.outline.item(id).spec;
    let is_table = component.kind.name == "table";
    let (Some(selected), of_marks) = (prop(component, "selected"), selectable(context, id)) else { return };
    let (one, of_marks) = match (ty.inner(), &of_marks) {
        // Between two rows there is nothing to select.
        (range @ Type::Range(_), wanted) if is_table => (range, wanted),
        (Type::Range(end), Type::Range(wanted)) => (end.inner(), wanted.inner()),
        // A histogram has ranges alone.
        (one, Type::Range(_)) => (one, &of_marks),
        (Type::List(item) | Type::Range(item), wanted) => (item.inner(), wanted),
        (one, wanted) => (one, wanted),
    };
    let is_range = is_table && matches!(one, Type::Range(_));
    if is_range || !one.is_unknown() && !of_marks.is_unknown() && !one.accepts(of_marks) {
        let what = if is_table { "table" } else { "chart" };
        let message = format!("the key `{}` is {}, but the {what} selects {}", key.name, words(ty), words(of_marks));
        let diagnostic = diagnostics.report(&code::TYPE, selected.span, message);
        if key.span != selected.span {
            diagnostic.label(key.span, format!("the key is {}", words(ty)));
        }
        diagnostic.help(match of_marks {
            Type::Range(_) => format!("declare it as `{of_marks}`"),
            Type::Any => "declare it as what the rows have, or as a list of that".to_owned(),
            _ if is_table => format!("declare it as `{of_marks}` or `list<{of_marks}>`"),
            Type::Text | Type::Bool | Type::Color => format!("declare it as `{of_marks}` or `list<{of_marks}>`"),
            _ => format!("declare it as `{of_marks}`, `list<{of_marks}>` or `range<{of_marks}>`"),
        });
    }
}

/// The table of a chart that is written as an option: it must be one, and hold what the option encodes.
pub(super) fn check_data(
    option: &serde_json::Value,
    (data, span): (&Typed, Span),
    at: Span,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    if !matches!(data.ty.inner(), Type::Table(_) | Type::Any) {
        let message = format!("`data` is a table, but this is {}", words(&data.ty));
        diagnostics.report(&code::TYPE, span, message).help("name a query, or a state key that holds a table");
        return;
    }
    let Some(table) = context.table_of(&data.expr, &data.ty).filter(|table| !table.columns.is_open()) else { return };
    let series = option.get("series");
    let all = series
        .and_then(serde_json::Value::as_array)
        .map_or_else(|| series.into_iter().collect(), |all| all.iter().collect::<Vec<_>>());
    let encoded = all.into_iter().filter_map(|series| series.get("encode")?.as_object()).flatten();
    for (_, named) in encoded {
        let one = named.as_str().into_iter();
        let several = named.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        for name in one.chain(several).filter(|name| table.columns.named(name).is_none()) {
            table.report(name, at, diagnostics);
        }
    }
}

/// Reports a column that a list names again.
pub(super) fn report_twice<'a>(
    mut before: impl Iterator<Item = &'a Spanned<Name>>,
    column: &Spanned<Name>,
    diagnostics: &mut Diagnostics,
) {
    if let Some(first) = before.find(|other| other.value == column.value) {
        let message = format!("the column `{}` is named twice", column.value);
        diagnostics.report(&code::VALUE, column.span, message).label(first.span, "the first time");
    }
}
