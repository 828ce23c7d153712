//! Grids: the classes of their elements, and the styles behind these, for pages may hold none themselves.

use std::collections::BTreeSet;
use std::fmt::Write;

use appspec_lang::App;
use appspec_lang::check::program::{Component, Prop};
use appspec_lang::value::{Fingerprint, Scalar};

/// How wide a column is at least where nothing is said, in pixels.
const MIN_WIDTH: i64 = 200;

/// Whether what stands in a component lines up in columns.
pub(super) fn is_grid(component: &Component) -> bool {
    match component.kind.name {
        "grid" => true,
        "repeat" => component.prop("min_width").is_some(),
        _ => false,
    }
}

/// The class of a grid; grids that are laid out in the same way share it.
pub(super) fn class(grid: &Component) -> String {
    let digest = Fingerprint::of(body(grid).as_bytes()).hex();
    format!("g-{}", digest.get(..8).unwrap_or_default())
}

/// The class of what stands in an area.
pub(super) fn area_class(component: &Component) -> Option<String> {
    match component.prop("area") {
        Some(Prop::Literal(Scalar::Text(area))) => Some(format!(" in-{area}")),
        _ => None,
    }
}

/// The styles of all grids of an app.
pub(super) fn grid_styles(app: &App) -> String {
    let components = || app.program.pages.iter().flat_map(|page| &page.components);
    let grids = components().filter(|component| is_grid(component));
    let areas: BTreeSet<&str> = components()
        .filter_map(|component| match component.prop("area") {
            Some(Prop::Literal(Scalar::Text(area))) => Some(&**area),
            _ => None,
        })
        .collect();
    let mut rules: BTreeSet<String> = grids.map(|grid| body(grid).replace('&', &format!(".{}", class(grid)))).collect();
    rules.extend(areas.iter().map(|area| format!(".grid > .in-{area} {{ grid-area: a-{area}; }}")));
    if rules.is_empty() {
        return String::new();
    }
    format!("@layer component {{\n{}\n}}\n", rules.into_iter().collect::<Vec<_>>().join("\n"))
}

/// The rules of a grid, in which `&` stands for its class.
fn body(grid: &Component) -> String {
    let number = |name: &str| match grid.prop(name) {
        Some(Prop::Literal(Scalar::Int(number))) => Some(*number),
        _ => None,
    };
    let width = number("min_width").unwrap_or(MIN_WIDTH);
    match (grid.prop("areas"), number("columns")) {
        (Some(Prop::Areas(rows)), _) => {
            let columns = rows.first().map_or(1, Vec::len);
            let mut areas = String::new();
            for row in rows {
                let cells = row.iter().map(|cell| cell.as_ref().map_or(".".to_owned(), |name| format!("a-{name}")));
                let _infallible = write!(areas, " \"{}\"", cells.collect::<Vec<_>>().join(" "));
            }
            // Where the columns do not fit, all stand below each other in the order in which they are written.
            let narrow = width * i64::try_from(columns).unwrap_or(1);
            format!(
                "& {{ grid-template-areas:{areas}; grid-template-columns: repeat({columns}, minmax(0, 1fr)); }}\n\
                 @container (max-width: {narrow}px) {{ & {{ display: flex; flex-direction: column; }} }}"
            )
        }
        (_, Some(columns)) => format!(
            "& {{ grid-template-columns: repeat(auto-fill, minmax(max(min({width}px, 100%), \
             (100% - {} * var(--grid-gap)) / {columns}), 1fr)); }}",
            columns - 1
        ),
        // However few rows there are, each is as wide as where there are many.
        _ if grid.kind.name == "repeat" => {
            format!("& {{ grid-template-columns: repeat(auto-fill, minmax(min({width}px, 100%), 1fr)); }}")
        }
        _ => format!("& {{ grid-template-columns: repeat(auto-fit, minmax(min({width}px, 100%), 1fr)); }}"),
    }
}

#[cfg(test)]
mod tests {
    use appspec_lang::check::program::Subject;
    use appspec_lang::component;
    use appspec_lang::source::{FileId, Span};

    use super::*;

    fn grid(props: Vec<(&'static str, Prop)>) -> Component {
        Component {
            id: "grid".to_owned(),
            kind: component::find("grid").unwrap(),
            parent: None,
            children: Vec::new(),
            row_of: None,
            joint: '-',
            subject: Subject::None,
            when: None,
            shown_if: None,
            props,
            window: None,
            span: Span::new(FileId(0), 0, 0),
        }
    }

    #[test]
    fn a_grid_says_how_wide_its_columns_are() {
        let int = |int: i64| Prop::Literal(Scalar::Int(int));
        let three = grid(vec![("columns", int(3)), ("min_width", int(120))]);
        assert!(body(&three).contains("max(min(120px, 100%), (100% - 2 * var(--grid-gap)) / 3)"), "{}", body(&three));
        let row =
            |names: &[&str]| names.iter().map(|name| Some(*name).filter(|name| *name != ".").map(Into::into)).collect();
        let areas = grid(vec![("areas", Prop::Areas(vec![row(&["a", "a", "b"]), row(&["c", ".", "b"])]))]);
        assert!(
            body(&areas).contains(r#""a-a a-a a-b" "a-c . a-b"; grid-template-columns: repeat(3, minmax(0, 1fr))"#),
            "{}",
            body(&areas)
        );
        assert!(body(&areas).contains("(max-width: 600px)"));
        assert_ne!(class(&three), class(&areas));
        assert_eq!(class(&three), class(&three.clone()));
    }
}
