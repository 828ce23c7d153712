//! What can be asked for, and under which conditions.

use std::sync::Arc;
use std::time::Duration;

use appspec_lang::spec::{AnswerFormat, Cache, FileOptions, Generate, Name};
use appspec_lang::value::{Fingerprint, Hasher, Scalar};

use crate::bind::BoundQuery;
use crate::data::Data;
use crate::table::Table;
use crate::window::Window;

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
    /// A part of a table.
    Part {
        of: Whole,
        window: Window,
    },
}

/// What a part is taken of.
#[derive(Clone, Debug)]
pub enum Whole {
    Table(Table),
    /// What is not made as a whole if a part of it can be had for less.
    Job(Box<Job>),
}

impl Job {
    /// Names its result: the same key is the same result, until the data behind it changes.
    pub(crate) fn key(&self, policy: &Policy, data: &Data) -> Fingerprint {
        let mut hasher = Hasher::default();
        hasher.number(policy.max_rows.map_or(0, |rows| rows.saturating_add(1)));
        hasher.fingerprint(policy.owner.unwrap_or(Fingerprint(0)));
        // What is on disk is dropped by query: it belongs to one.
        hasher.fingerprint(policy.query_on_disk().unwrap_or(Fingerprint(0)));
        // Moments become what its clock shows; on disk results outlive a change of it.
        hasher.text(data.zone().iana_name().unwrap_or_default());
        match self {
            Self::Sql { connection, query } => {
                let connections = data.connections();
                hasher.number(0).text(connection).number(connections.generation(connection));
                query.digest(hasher.fingerprint(connections.identity(connection)));
            }
            Self::File(file) => _ = hasher.number(1).fingerprint(digest_of(file, data)),
            Self::Http(HttpJob { connection, target, format, path, options }) => {
                let connections = data.connections();
                hasher.number(5).text(connection).number(connections.generation(connection));
                hasher.fingerprint(connections.identity(connection)).text(target);
                hasher.text(&format!("{:?}", (format, path, options)));
            }
            Self::Transform { query, tables } => {
                query.digest(hasher.number(2).number(tables.len() as u64));
                for (name, input) in tables {
                    hasher.text(name);
                    match input {
                        Input::Table(table) => hasher.number(0).fingerprint(table.fingerprint()),
                        Input::File(file) => hasher.number(1).fingerprint(digest_of(file, data)),
                    };
                }
            }
            Self::Rows(rows) => {
                hasher.number(3).number(rows.len() as u64);
                for row in rows.iter() {
                    hasher.number(row.len() as u64);
                    for (name, value) in row {
                        value.digest(hasher.text(name));
                    }
                }
            }
            Self::Generate { spec, seed } => {
                hasher.number(4).text(&format!("{:?}", (spec.rows, &spec.columns))).fingerprint(*seed);
            }
            Self::Part { of, window } => {
                hasher.number(6).fingerprint(match of {
                    Whole::Table(table) => table.fingerprint(),
                    Whole::Job(job) => job.key(policy, data),
                });
                window.digest(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// What is asked for, of which this may take a part.
    pub(crate) fn whole(&self) -> &Self {
        match self {
            Self::Part { of: Whole::Job(job), .. } => job,
            job => job,
        }
    }

    /// Whether it asks somebody else, who may answer differently each time.
    pub fn is_from_outside(&self) -> bool {
        match self {
            Self::Sql { .. } | Self::Http(_) => true,
            // A file is named by its content.
            Self::File(_) | Self::Transform { .. } | Self::Rows(_) | Self::Generate { .. } => false,
            Self::Part { of: Whole::Job(job), .. } => job.is_from_outside(),
            Self::Part { of: Whole::Table(_), .. } => false,
        }
    }
}

/// The digest of a file that can be found, else of its path.
fn digest_of(file: &FileJob, data: &Data) -> Fingerprint {
    data.files().digest(file).unwrap_or_else(|_| Fingerprint::of(file.path.as_bytes()))
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
