//! Tables and where they come from: databases, files, transforms, chance; and the cache that all views share.
//!
//! Comes in: a [`Job`], bound and ready, and the conditions under which it runs. Goes out: a [`Table`], or a
//! [`DataError`] whose message may be shown. This package knows no nodes and no views; it is the only one that names
//! Polars and sqlx.

mod bind;
mod blame;
mod cache;
mod column;
mod connection;
mod cores;
mod data;
mod describe;
mod digest;
mod dtype;
mod edition;
mod error;
mod export;
mod file;
mod generate;
mod job;
mod literal;
mod lock;
mod moment;
mod normal;
mod path;
mod pause;
mod private;
mod reports;
mod reword;
mod rows;
mod secrets;
mod state_file;
mod table;
mod transform;
mod upload;
mod value;
mod window;
mod work;

pub use bind::{BoundQuery, ESCAPE, Piece};
pub use cache::{BUCKETS, CacheSettings, CacheStats, Cached, Found, Room, RunStats, Trouble};
pub use column::ColumnValues;
pub use connection::{
    ConnectionSettings, HttpSettings, PoolStats, Secret, ServerSettings, Target, Tls, WriteError, encoded,
};
pub use data::{Data, DataSettings};
pub use describe::{Outside, Seen};
pub use edition::Edition;
pub use error::{DataError, DataErrorKind};
pub use export::{Export, ExportColumn, FileFormat};
pub use job::{FileJob, HttpJob, InlineRows, Input, Job, Policy, Whole};
pub use lock::Lock;
pub use pause::pause_after;
pub use private::write_private;
pub use secrets::{Connected, Follower, FoundSecrets, Scrubber, Secrets, exposed_files, weak_secrets};
pub use state_file::{KeptChange, KeptValue, NotKept, StateFile, StateSettings};
pub use table::Table;
pub use upload::Upload;
pub use value::{Row, Value};
pub use window::{Order, Rows, Search, Take, Window};

#[cfg(test)]
mod tests;
