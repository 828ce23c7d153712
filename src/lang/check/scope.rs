//! The types of what a checked page reads, for those who look at it from outside.

use super::program::{Page, Ref, Write};
use super::types::Types;
use crate::expr::types::Scope;
use crate::value::Type;

/// The scope of the SQL of a page.
#[derive(Clone, Copy, Debug)]
pub struct PageScope<'a> {
    pub page: &'a Page,
    /// The write whose SQL it is.
    pub write: Option<&'a Write>,
}

impl Scope<Ref> for PageScope<'_> {
    fn type_of(&self, reference: &Ref) -> Type {
        let page = self.page;
        let known = match *reference {
            Ref::State(id) => page.state.get(id.index()).map(|state| state.ty.clone()),
            Ref::Query(id) => page.queries.get(id.index()).map(|query| Type::Table(query.columns.clone())),
            Ref::Value(id) => page.values.get(id.index()).map(|value| value.ty.clone()),
            Ref::Param(index) => page.params.get(index as usize).map(|param| param.ty.clone()),
            Ref::WriteParam(index) => {
                self.write.and_then(|write| write.params.get(index as usize)).map(|param| param.ty.clone())
            }
            other => Some(Types::default().of(other)),
        };
        known.unwrap_or(Type::Any)
    }

    fn describe(&self, _: &Ref) -> String {
        "this".to_owned()
    }
}
