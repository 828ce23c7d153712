//! What can be asked for, and under which conditions.

use std::sync::Arc;
use std::time::Duration;

use appspec_lang::spec::{AnswerFormat, Cache, FileOptions, Generate, Name};
use appspec_lang::value::{Fingerprint, Scalar};

use crate::bind::BoundQuery;
use crate::table::Table;

/// The rows of an inline query, as the spec holds them.
pub type InlineRows = Arc<[Vec<(Name, Scalar)>]>;

/// One thing that gives a table.
#[derive(Clone, Debug)]
pub enum Job {
    /// SQL in a database.
    Sql {
        connection: Name,
        query: BoundQuery,
    },
    File(FileJob),
    /// What a server answers over HTTP.
    Http(HttpJob),
    /// SQL over tables, by name.
    Transform {
        query: BoundQuery,
        tables: Vec<(Name, Input)>,
    },
    Rows(InlineRows),
    /// A table drawn by chance; the same seed draws the same.
    Generate {
        spec: Generate,
        seed: Fingerprint,
    },
}

impl Job {
    /// Whether it asks somebody else, who may answer differently each time.
    pub fn is_from_outside(&self) -> bool {
        match self {
            Self::Sql { .. } | Self::Http(_) => true,
            // A file is named by its content.
            Self::File(_) | Self::Transform { .. } | Self::Rows(_) | Self::Generate { .. } => false,
        }
    }
}

/// A table that a transform reads.
#[derive(Clone, Debug)]
pub enum Input {
    Table(Table),
    /// Read as far as the transform needs it. Not for a query with `max_rows`: that cuts before any filter.
    File(FileJob),
}

/// A file, or several of one form.
#[derive(Clone, Debug)]
pub struct FileJob {
    /// As written: relative to the root of the app, with `*`, `?` and `**`.
    pub path: String,
    pub options: FileOptions,
}

/// A request to a server, and how to read what it answers.
#[derive(Clone, Debug)]
pub struct HttpJob {
    pub connection: Name,
    /// The path and query below the base URL of the connection; values in it are [encoded](crate::encoded).
    pub target: String,
    /// Without one, the answer tells it.
    pub format: Option<AnswerFormat>,
    /// The part of a JSON answer that is the table: keys with points between them.
    pub path: Option<String>,
    pub options: FileOptions,
}

/// The conditions of a job.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Names the query, of whose results `max_entries` are kept.
    pub query: Fingerprint,
    /// Without one, each job runs for itself.
    pub cache: Option<Cache>,
    /// The user or the browser that alone may get the result; none: everybody who asks for the same.
    pub owner: Option<Fingerprint>,
    pub timeout: Option<Duration>,
    pub max_rows: Option<u64>,
}

impl Policy {
    /// The query whose results outlive the process: only what everybody may see.
    pub(crate) fn query_on_disk(&self) -> Option<Fingerprint> {
        let persists = self.cache.is_some_and(|cache| cache.is_on() && cache.persist) && self.owner.is_none();
        persists.then_some(self.query)
    }
}
