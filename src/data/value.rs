//! What an expression may give: a scalar, a table, or a part of a table.

use std::sync::Arc;

use appspec_lang::value::{Fingerprint, Hasher, Scalar, Type};

use crate::column::ColumnValues;
use crate::table::Table;

/// A value of any kind; cheap to clone.
#[derive(Clone, Debug)]
pub enum Value {
    Scalar(Scalar),
    Table(Table),
    Column(ColumnValues),
    Row(Row),
    Map(Arc<[(Scalar, Self)]>),
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    pub table: Table,
    pub index: usize,
}

impl Row {
    /// The cell of a column; none if the table has no such column or row.
    pub fn get(&self, column: &str) -> Option<Scalar> {
        self.table.cell(self.index, column)
    }
}

impl Value {
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match self {
            Self::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub fn as_table(&self) -> Option<&Table> {
        match self {
            Self::Table(table) => Some(table),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(Scalar::is_null)
    }

    /// What is true in a test: what is not null, zero or empty.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.is_true(),
            Self::Table(table) => table.rows() > 0,
            Self::Column(column) => !column.is_empty(),
            Self::Row(_) => true,
            Self::Map(entries) => !entries.is_empty(),
        }
    }

    pub fn ty(&self) -> Type {
        match self {
            Self::Scalar(scalar) => scalar.ty(),
            Self::Table(table) => Type::Table(Some(table.columns().into())),
            Self::Column(column) => Type::List(Box::new(column.ty())),
            Self::Row(_) | Self::Map(_) => Type::Any,
        }
    }

    /// The digest of kind and content.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hasher = Hasher::default();
        match self {
            Self::Scalar(scalar) => scalar.digest(hasher.number(0)),
            Self::Table(table) => _ = hasher.number(1).fingerprint(table.fingerprint()),
            Self::Column(column) => _ = hasher.number(2).fingerprint(column.fingerprint()),
            Self::Row(row) => {
                hasher.number(3);
                for column in row.table.columns().iter() {
                    hasher.text(&column.name);
                    row.get(&column.name).unwrap_or_default().digest(&mut hasher);
                }
            }
            Self::Map(entries) => {
                hasher.number(4).number(entries.len() as u64);
                for (key, value) in entries.iter() {
                    key.digest(&mut hasher);
                    hasher.fingerprint(value.fingerprint());
                }
            }
        }
        hasher.finish()
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        Self::Scalar(scalar)
    }
}

impl From<Table> for Value {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}
