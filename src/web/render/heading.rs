//! The levels of headings. They follow from how components stand on the page, not from how large they are drawn: below
//! another heading no level is left out, also where what lies between them is not shown.

use appspec_lang::check::program::{Component, ComponentId, Page};
use appspec_lang::component::Family;

/// The level of a component's heading, from 1; none if it has no heading.
pub(super) fn level(page: &Page, component: &Component) -> Option<u8> {
    rank(component)?;
    let mut outline = Outline::below(1);
    [&page.sidebar, &page.body].into_iter().find_map(|ids| {
        outline = Outline::below(1);
        outline.walk(page, ids, &component.id)
    })
}

/// Whether a title stands on the page, whatever its state is.
pub(super) fn has_title(page: &Page) -> bool {
    let mut above: Vec<&Component> = page.body.iter().filter_map(|id| page.components.get(id.index())).collect();
    while let Some(component) = above.pop() {
        if may_be_away(component) {
            continue;
        }
        if component.kind.name == "title" {
            return true;
        }
        above.extend(component.children.iter().filter_map(|id| page.components.get(id.index())));
    }
    false
}

/// How much a heading is above others beside it; none for what has no heading.
fn rank(component: &Component) -> Option<u8> {
    let titled = |rank| component.prop("title").map(|_| rank);
    match component.kind.name {
        "title" => Some(1),
        "header" => Some(2),
        "subheader" => Some(3),
        "dialog" => Some(2),
        "card" => titled(4),
        _ if component.kind.family == Family::Chart => titled(5),
        _ => None,
    }
}

fn may_be_away(component: &Component) -> bool {
    component.when.is_some() || component.shown_if.is_some() || matches!(component.kind.name, "dialog" | "popover")
}

/// The headings that those to come are below, as far as one has been read.
struct Outline {
    /// By rank and level, from the highest.
    open: Vec<(u8, u8)>,
    base: u8,
    /// How few have been open: what was closed by something that may be away counts as closed.
    least: usize,
}

impl Outline {
    fn below(base: u8) -> Self {
        Self { open: Vec::new(), base, least: 0 }
    }

    /// The level of a heading that comes now; those that it ends are closed.
    fn enter(&mut self, rank: u8) -> u8 {
        while self.open.last().is_some_and(|(above, _)| *above >= rank) {
            self.open.pop();
        }
        self.least = self.least.min(self.open.len());
        // There is one heading above all, if only for those who do not see the page.
        let above = self.open.last().map_or(self.base, |(_, level)| *level);
        if rank == 1 && self.base == 1 { 1 } else { (above + 1).min(6) }
    }

    /// Reads on until it comes to the heading of a component, and gives its level.
    fn walk(&mut self, page: &Page, ids: &[ComponentId], wanted: &str) -> Option<u8> {
        for component in ids.iter().filter_map(|id| page.components.get(id.index())) {
            let level = rank(component).map(|rank| (rank, self.enter(rank)));
            if component.id == wanted {
                return level.map(|(_, level)| level);
            }
            let found = if may_be_away(component) || (level.is_some() && !component.children.is_empty()) {
                // What is inside says nothing of what comes after.
                let mut inside = match level {
                    Some((_, level)) => Self::below(level),
                    None => Self { open: self.open.clone(), base: self.base, least: self.open.len() },
                };
                let found = inside.walk(page, &component.children, wanted);
                if level.is_none() {
                    self.open.truncate(inside.least);
                    self.least = self.least.min(self.open.len());
                }
                found
            } else {
                self.walk(page, &component.children, wanted)
            };
            if found.is_some() {
                return found;
            }
            if let Some((rank, level)) = level.filter(|_| !may_be_away(component)) {
                self.open.push((rank, level));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use appspec_lang::check::program::Prop;
    use appspec_lang::expr::{Expr, ExprKind};
    use appspec_lang::value::Scalar;

    use super::super::stage::{HERE, Stage};
    use super::*;

    fn levels(stage: &Stage) -> Vec<u8> {
        stage.page.components.iter().filter_map(|component| level(&stage.page, component)).collect()
    }

    #[test]
    fn no_level_is_left_out() {
        let title = || vec![("title", Prop::Literal(Scalar::text("A")))];
        let mut stage = Stage::new();
        stage.show("title", "A", &[]);
        stage.open("card", &[]).props = title();
        stage.show("subheader", "B", &[]);
        stage.close();
        stage.open("card", &[]).props = title();
        stage.close();
        stage.show("header", "C", &[]);
        stage.open("row", &[]);
        stage.open("card", &[]).props = title();
        stage.show("header", "D", &[]);
        stage.close();
        stage.close();
        stage.show("subheader", "E", &[]);
        stage.show("subheader", "F", &[]);
        assert_eq!(levels(&stage), [1, 2, 3, 2, 2, 3, 4, 3, 3]);
        assert!(has_title(&stage.page));
    }

    #[test]
    fn what_may_be_away_has_nothing_below_it() {
        let mut stage = Stage::new();
        let never = Expr { kind: ExprKind::Const(Scalar::Bool(false)), span: HERE };
        stage.show("header", "A", &[]).when = Some(never.clone());
        stage.show("subheader", "B", &[]);
        stage.show("title", "C", &[]).when = Some(never);
        stage.show("subheader", "D", &[]);
        assert_eq!(levels(&stage), [2, 2, 1, 2]);
        assert!(!has_title(&stage.page));
    }
}
