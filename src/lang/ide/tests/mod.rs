//! Questions and answers, as data: `‸` stands where the cursor is.

mod complete;
mod document;
mod hover;
mod symbol;
mod wild;

use super::Look;
use crate::check::Page;
use crate::compile::Compiler;
use crate::source::{FileId, Sources, Span};
use crate::spec::Schemas;
use crate::value::{Column, Type};

const APP: &str = "\
connections:
  shop: { type: sqlite, file: data/shop.db, writable: true }
connection: shop
state:
  region: { type: text, nullable: true }
  top: 10
  since: 2024-01-01
queries:
  orders: { sql: \"select * from orders where region = {{ state.region }}\" }
  large: { transform: \"select id from orders\" }
values:
  revenue: orders.total | sum
  share: values.revenue / 2
writes:
  add_order:
    params: { total: float, note: text }
    sql: insert into orders values ({{ params.total }}, {{ params.note }})
";

/// A file that is looked at, in the app above.
pub(super) struct Asked {
    pub(super) compiler: Compiler,
    file: FileId,
    pub(super) offset: usize,
    readable: Option<Page>,
}

impl Asked {
    /// Looks at the file at `path`, whose text holds the cursor. What it was before, it was checked as.
    pub(super) fn of(path: &str, before: &str, text: &str) -> Self {
        let offset = text.find('‸').unwrap_or(0);
        let mut sources = Sources::default();
        for (other, text) in [("app.yaml", APP), ("ops/lines.sql", "select 1"), ("ops/more.yaml", "title: More\n")] {
            if other != path {
                sources.add(other, text);
            }
        }
        let file = sources.add(path, before);
        let mut compiler = Compiler::new(sources, schemas());
        compiler.settle();
        let readable = compiler.page_of(file).and_then(|index| Some(compiler.index(index)?.page));
        compiler.edit(file, text.replace('‸', ""));
        Self { compiler, file, offset, readable }
    }

    pub(super) fn look(&self) -> Look<'_> {
        Look::at(&self.compiler, self.file, self.readable.as_ref())
    }

    /// The place of a span, as `file:line:column`.
    pub(super) fn place(&self, span: Span) -> String {
        let file = self.compiler.sources().file(span.file);
        let position = file.position(span.start);
        format!("{}:{}:{}", file.path, position.line, position.column)
    }
}

/// The columns of `orders` and `large`.
pub(super) fn schemas() -> Schemas {
    let columns = [("id", Type::Int), ("region", Type::Text), ("total", Type::Float)];
    let column = |(name, ty): &(&str, Type)| Column { name: (*name).into(), ty: ty.clone() };
    let mut schemas = Schemas::default();
    schemas.queries.insert((String::new(), "orders".into()), Ok(columns.iter().map(column).collect()));
    schemas.queries.insert((String::new(), "large".into()), Ok(columns.iter().take(1).map(column).collect()));
    schemas
}
