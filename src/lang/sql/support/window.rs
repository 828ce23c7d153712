//! Windows: `over`, its order and its frame.

use sqlparser::ast::{
    Expr, Function, NamedWindowExpr, OrderByExpr, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec,
    WindowType,
};

use super::Support;
use super::walk::name_of;

/// Functions that follow the order of their window; the others would be of all its rows.
const FOLLOW_ORDER: &[&str] =
    &["count", "dense_rank", "first_value", "lag", "last_value", "lead", "max", "min", "rank", "row_number", "sum"];

/// Functions that mean nothing without an order.
const NEED_ORDER: &[&str] = &["dense_rank", "lag", "lead", "rank"];

impl Support<'_> {
    pub(super) fn window(&mut self, expr: &Expr, function: &Function, over: &WindowType) {
        let Some(name) = name_of(function) else { return };
        let Some(spec) = self.spec(over) else { return };
        if spec.window_name.is_some() {
            let message = "a window that builds on another is not understood in a transform";
            return self.fault(&function.name, message, "write the whole window inside of the brackets");
        }
        let is_named = matches!(over, WindowType::NamedWindow(_));
        if let Some(frame) = &spec.window_frame {
            self.frame(function, frame);
        }
        self.window_order(&spec.order_by);
        if spec.order_by.is_empty() {
            if NEED_ORDER.contains(&name.as_str()) {
                self.fault(&function.name, format!("`{name}` needs an order"), "add `order by` to its `over`");
            }
            return;
        }
        if !FOLLOW_ORDER.contains(&name.as_str()) {
            let message = format!("`{name}` does not follow the order of a window: it would be that of all rows");
            let help = if name == "avg" {
                "divide two of them: `sum(x) over (order by …) / count(x) over (order by …)`"
            } else {
                "leave out `order by`, or compute it in a database"
            };
            self.fault(&function.name, message, help);
        } else if name == "count" && is_named {
            let message = "`count` does not follow the order of a named window";
            self.fault(&function.name, message, "write the window inside of the brackets: `over (order by …)`");
        }
        if matches!(name.as_str(), "lag" | "lead") && arguments(function) > 2 {
            let message = format!("`{name}` takes no value for the rows that have none");
            self.fault(expr, message, format!("write `coalesce({name}(…) over (…), 0)`"));
        }
    }

    /// What a window is, by its name too.
    fn spec(&self, over: &WindowType) -> Option<WindowSpec> {
        let mut wanted = match over {
            WindowType::WindowSpec(spec) => return Some(spec.clone()),
            WindowType::NamedWindow(name) => name.value.clone(),
        };
        let known = self.windows.last()?;
        // A name may stand for a name; in a circle, for none.
        for _ in 0..=known.len() {
            let definition = known.iter().find(|definition| definition.0.value == wanted)?;
            match &definition.1 {
                NamedWindowExpr::WindowSpec(spec) => return Some(spec.clone()),
                NamedWindowExpr::NamedWindow(name) => wanted.clone_from(&name.value),
            }
        }
        None
    }

    fn frame(&mut self, function: &Function, frame: &WindowFrame) {
        let is_whole = matches!(frame.start_bound, WindowFrameBound::Preceding(None))
            && matches!(frame.end_bound, Some(WindowFrameBound::Following(None)));
        let is_so_far = frame.units == WindowFrameUnits::Rows
            && matches!(frame.start_bound, WindowFrameBound::Preceding(None))
            && matches!(frame.end_bound, None | Some(WindowFrameBound::CurrentRow));
        if is_so_far {
            return;
        }
        let message = "the only frame of a transform is `rows between unbounded preceding and current row`";
        let help = match (&frame.start_bound, frame.units) {
            _ if is_whole => "leave out the frame and `order by`: then it is all rows",
            (WindowFrameBound::Preceding(Some(_)), WindowFrameUnits::Rows) => {
                "take the difference of two running sums: the guide on transforms shows a sum of the last seven rows"
            }
            (WindowFrameBound::Preceding(None), _) => {
                "write `rows` for it; rows of equal order are then added one by one"
            }
            _ => "compute it in a database",
        };
        self.fault(&function.name, message, help);
    }

    fn window_order(&mut self, order: &[OrderByExpr]) {
        let Some(first) = order.first() else { return };
        let ascends = |by: &OrderByExpr| by.options.asc.unwrap_or(true);
        if let Some(other) = order.iter().find(|by| ascends(by) != ascends(first)) {
            let message = "the order of a window goes one way: all up, or all down";
            self.fault(&other.expr, message, "negate a number to turn its order, or sort by one column");
        }
        if let Some(last) = order.iter().find(|by| by.options.nulls_first == Some(false)) {
            let message = "nulls come first in the order of a window";
            self.fault(&last.expr, message, "order by `coalesce(…)` to have them elsewhere");
        }
    }
}

fn arguments(function: &Function) -> usize {
    match &function.args {
        sqlparser::ast::FunctionArguments::List(list) => list.args.len(),
        _ => 0,
    }
}
