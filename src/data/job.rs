//! What can be asked for, and under which conditions.

use std::sync::Arc;
use std::time::Duration;

use appspec_lang::spec::{Cache, FileOptions, Generate, Name};
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
            Self::Sql { .. } => true,
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

/// The conditions of a job.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Names the query, of whose results `max_entries` are kept.
    pub query: Fingerprint,
    /// Without one, each job runs for itself.
    pub cache: Option<Cache>,
    pub timeout: Option<Duration>,
    pub max_rows: Option<u64>,
}
