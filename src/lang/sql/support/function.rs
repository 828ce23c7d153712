//! Calls of functions.

use sqlparser::ast::{DuplicateTreatment, Expr, Function, FunctionArguments};

use super::Support;
use super::known::{all, instead, is_aggregate, is_known, is_window};
use super::walk::name_of;
use crate::diagnostic::suggest;

/// Aggregates that take `distinct`.
const TAKE_DISTINCT: &[&str] = &["array_agg", "count", "group_concat", "listagg", "string_agg"];

impl Support<'_> {
    pub(super) fn function(&mut self, expr: &Expr, function: &Function) {
        let Some(name) = name_of(function) else {
            let message = format!("there is no function `{}`", function.name);
            return self.fault(&function.name, message, "functions have one name, without anything in front");
        };
        if !is_known(&name) {
            return self.unknown(function, &name);
        }
        if !function.within_group.is_empty() {
            let help =
                instead(&name).unwrap_or("write the order inside the brackets: `string_agg(name, ',' order by name)`");
            return self.fault(&function.name, "`within group` is not understood in a transform", help);
        }
        if function.null_treatment.is_some() {
            let message = "`ignore nulls` is not understood in a transform";
            return self.fault(&function.name, message, "leave the nulls out in a `with`, and read that");
        }
        self.distinct(function, &name);
        if function.filter.is_some() && function.over.is_some() {
            let message = "`filter` and `over` do not go together in a transform";
            self.fault(&function.name, message, "write the filter as `case when … then … end` inside of the brackets");
        } else if function.filter.is_some() && !is_aggregate(&name) {
            self.fault(
                &function.name,
                "`filter` belongs to an aggregate",
                "write `case when … then … end` inside of the brackets",
            );
        }
        match &function.over {
            Some(over) => self.window(expr, function, over),
            None if is_window(&name) => {
                let message = format!("`{name}` needs an `over`");
                self.fault(&function.name, message, format!("write `{name}(…) over (order by …)`"));
            }
            None => {}
        }
    }

    fn unknown(&mut self, function: &Function, name: &str) {
        let message = format!("transforms have no function `{name}`");
        let help = match (instead(name), suggest::nearest(name, all())) {
            (Some(help), _) => help.to_owned(),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => {
                "the guide on transforms lists the functions; a database may have it: query there".to_owned()
            }
        };
        self.fault(&function.name, message, help);
    }

    fn distinct(&mut self, function: &Function, name: &str) {
        let FunctionArguments::List(list) = &function.args else { return };
        if list.duplicate_treatment != Some(DuplicateTreatment::Distinct) {
            return;
        }
        if !TAKE_DISTINCT.contains(&name) {
            let message = format!("`{name}` does not take `distinct` in a transform");
            self.fault(&function.name, message, "take the distinct rows in a `with`, and aggregate those");
        } else if name == "count" && list.args.len() > 1 {
            let message = "`count(distinct …)` takes one column in a transform";
            self.fault(&function.name, message, "count the rows of `select distinct a, b` in a `with`");
        }
    }
}
