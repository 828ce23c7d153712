//! Joins: Polars joins by columns that are equal, and turns other conditions of an outer join into those of an inner.

use sqlparser::ast::{BinaryOperator, Expr, Join, JoinConstraint, JoinOperator, TableFactor, TableWithJoins};

use super::Support;
use super::walk::{Content, conjuncts, qualifiers};

/// Which rows without a partner a join keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Inner,
    Left,
    Right,
    Full,
    /// Rows of one side only, by whether they have a partner.
    Half,
}

impl Support<'_> {
    pub(super) fn joins(&mut self, from: &[TableWithJoins]) {
        for (at, table) in from.iter().enumerate() {
            if at > 0 {
                self.needs_name(&table.relation);
            }
            for join in &table.joins {
                self.join(join);
            }
        }
    }

    fn needs_name(&mut self, factor: &TableFactor) {
        if matches!(factor, TableFactor::Derived { alias: None, .. } | TableFactor::NestedJoin { alias: None, .. }) {
            self.fault(factor, "what is joined needs a name", "write `(…) as name`");
        }
    }

    fn join(&mut self, join: &Join) {
        self.needs_name(&join.relation);
        let (kind, constraint) = match &join.join_operator {
            JoinOperator::Join(on) | JoinOperator::Inner(on) => (Kind::Inner, on),
            JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (Kind::Left, on),
            JoinOperator::Right(on) | JoinOperator::RightOuter(on) => (Kind::Right, on),
            JoinOperator::FullOuter(on) => (Kind::Full, on),
            JoinOperator::Semi(on)
            | JoinOperator::LeftSemi(on)
            | JoinOperator::RightSemi(on)
            | JoinOperator::Anti(on)
            | JoinOperator::LeftAnti(on)
            | JoinOperator::RightAnti(on) => (Kind::Half, on),
            JoinOperator::CrossJoin(JoinConstraint::None) => return,
            JoinOperator::CrossJoin(_) => {
                return self.fault(&join.relation, "a `cross join` takes no condition", "write `join … on …`");
            }
            _ => {
                let message = "this kind of join is not understood in a transform";
                return self.fault(&join.relation, message, "write `join`, `left join`, `right join` or `full join`");
            }
        };
        match constraint {
            JoinConstraint::On(condition) => self.condition(kind, condition),
            JoinConstraint::Using(_) if matches!(kind, Kind::Right | Kind::Full) => {
                let message =
                    "`using` gives the column of the left table, which is null where only the right has a row";
                self.fault(&join.relation, message, "write `on a.id = b.id`, and select `coalesce(a.id, b.id)`");
            }
            JoinConstraint::Using(_) | JoinConstraint::Natural => {}
            JoinConstraint::None => {
                self.fault(&join.relation, "a join needs a condition", "write `on a.id = b.id`, or `cross join`");
            }
        }
    }

    fn condition(&mut self, kind: Kind, condition: &Expr) {
        for part in conjuncts(condition) {
            let Expr::BinaryOp { left, op, right } = part else {
                let message = "a join compares columns of both tables";
                let help = match part {
                    Expr::Value(_) => "write `cross join` for all pairs of rows",
                    _ => "put what belongs to one table into a `with` or into `where`",
                };
                return self.fault(part, message, help);
            };
            let is_comparison = matches!(
                op,
                BinaryOperator::Lt
                    | BinaryOperator::LtEq
                    | BinaryOperator::Gt
                    | BinaryOperator::GtEq
                    | BinaryOperator::NotEq
            );
            let has_no_column = |side: &Expr| Content::of(side).columns.is_empty();
            if *op == BinaryOperator::Eq {
                let (of_left, of_right) = (qualifiers(left), qualifiers(right));
                let is_one_sided = of_left == of_right && of_left.len() == 1;
                if has_no_column(left) || has_no_column(right) || is_one_sided {
                    let message = "a join compares columns of both tables, and this is about one";
                    let help = if kind == Kind::Inner {
                        "put it into `where`"
                    } else {
                        "filter that table in a `with`, and join the result"
                    };
                    self.fault(part, message, help);
                }
            } else if is_comparison && kind != Kind::Inner {
                let message = "only columns that are equal can join these: rows without a partner would be lost";
                self.fault(part, message, "join by what is equal, and filter the other table in a `with` before");
            } else if !is_comparison {
                let message = format!("a join in a transform does not understand `{}`", op.to_string().to_lowercase());
                self.fault(part, message, "join by columns that are equal, and put the rest into `where`");
            }
        }
    }
}
