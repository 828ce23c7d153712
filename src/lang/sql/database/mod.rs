//! The SQL of databases: what is wrong with it for certain, found without asking one.
//!
//! No parser of ours understands all that a server does. What no database could read is found in the words themselves;
//! what a parser does not understand counts only where nothing near the place is peculiar to one database.

mod piece;
mod shape;
mod reading;
mod peculiar;
mod parsed;
mod tail;

use super::Fault;
use piece::Piece;

pub use tail::{Tail, tail};

/// How a kind of database speaks SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    Postgres,
    /// `MariaDB` too.
    Mysql,
    Sqlite,
}

impl Dialect {
    /// A name in the quotes of names.
    pub fn quoted(self, name: &str) -> String {
        match self {
            Self::Mysql => format!("`{}`", name.replace('`', "``")),
            Self::Postgres | Self::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }
}

/// What SQL is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It gives a table, and only reads.
    Query,
    /// It is one of the statements of a write.
    Write,
}

/// What is surely wrong with one statement; where the dialect is not known, what is wrong in every one
/// at the same place.
///
/// Placeholders in it are those of the dialect: `$1` or `?`.
pub fn fault(sql: &str, dialect: Option<Dialect>, purpose: Purpose) -> Option<Fault> {
    if let Some(dialect) = dialect {
        return fault_in(sql, dialect, purpose);
    }
    let mut faults =
        [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite].map(|dialect| fault_in(sql, dialect, purpose)).into_iter();
    let first = faults.next().flatten()?;
    faults.all(|fault| fault.is_some_and(|fault| fault.at == first.at)).then_some(first)
}

fn fault_in(sql: &str, dialect: Dialect, purpose: Purpose) -> Option<Fault> {
    let pieces = match piece::pieces(sql, dialect) {
        Ok(pieces) => pieces,
        Err(fault) => return fault,
    };
    if pieces.is_empty() {
        // A statement of a write may be left out.
        return (purpose == Purpose::Query).then(|| Fault::new(0..sql.len(), "this SQL holds no query"));
    }
    let reading = || if purpose == Purpose::Query { reading::fault(&pieces) } else { None };
    shape::verb_fault(&pieces, purpose)
        .or_else(reading)
        .or_else(|| shape::fault(sql, &pieces, (dialect, purpose)))
        .or_else(|| parsed::fault(sql, &pieces, dialect))
}

#[cfg(test)]
mod tests;
