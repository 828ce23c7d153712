//! Comparisons with a null that is written out, which hold for no row.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, Spanned, Value, Visit, Visitor};

use super::{Fault, Reading};

/// Each `x = null` and `x <> null`.
pub fn null_comparisons(reading: &Reading) -> Vec<Fault> {
    let mut search = Search { reading, found: Vec::new() };
    let ControlFlow::Continue(()) = reading.query.visit(&mut search);
    search.found
}

struct Search<'a> {
    reading: &'a Reading,
    found: Vec<Fault>,
}

impl Visitor for Search<'_> {
    type Break = Infallible;

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Infallible> {
        let Expr::BinaryOp { left, op, right } = expr else { return ControlFlow::Continue(()) };
        let instead = match op {
            BinaryOperator::Eq => "is null",
            BinaryOperator::NotEq => "is not null",
            _ => return ControlFlow::Continue(()),
        };
        let (null, other) = match (is_null(left), is_null(right)) {
            (false, true) => (right, left),
            (true, false) => (left, right),
            _ => return ControlFlow::Continue(()),
        };
        let lines = &self.reading.lines;
        let at = lines.offset(null.span().start)..lines.offset(null.span().end);
        let fault = Fault::new(at, format!("`{op} null` is true for no row"));
        self.found.push(fault.help(format!("write `{other} {instead}`")));
        ControlFlow::Continue(())
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if value.value == Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::read;

    #[test]
    fn comparisons_with_null_are_found() {
        let found = |sql: &str| -> Vec<String> {
            let all = null_comparisons(&read(sql).unwrap());
            all.iter().map(|fault| format!("{}: {}", &sql[fault.at.clone()], fault.help.as_deref().unwrap())).collect()
        };
        for (sql, wanted) in [
            ("select a from t where a = null", "null: write `a is null`"),
            ("select a from t where t.a <> null and b = 1", "null: write `t.a is not null`"),
            ("select a from t where null != lower(a)", "null: write `lower(a) is not null`"),
            ("select a from t where a is null and b = ? or c is distinct from null", ""),
        ] {
            assert_eq!(found(sql).join("; "), wanted, "{sql}");
        }
    }
}
