//! Parquet: the columns as they are, some rows in each group.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::{DataFrame, ParquetWriter, PlSmallStr, PolarsError, PolarsResult};

use super::{Source, Writer};
use crate::error::{DataError, polars_message};
use crate::table::Table;

/// Writes rows, or without any the end of the file.
type Write = Box<dyn FnMut(Option<&DataFrame>) -> PolarsResult<()> + Send>;

/// How many rows are gathered for a group: small groups compress badly.
const GROUP: usize = 64_000;

pub(super) struct Parquet {
    frame: DataFrame,
    sink: Sink,
    /// Takes rows, and at last nothing, which ends the file.
    write: Write,
    /// The first row that is not in a group yet.
    open: usize,
}

/// Bytes that wait to be fetched.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Parquet {
    pub(super) fn new(table: &Table, sources: &[Source]) -> Result<Self, DataError> {
        let names: Vec<PlSmallStr> = sources.iter().map(|source| PlSmallStr::from_str(&source.column.name)).collect();
        let frame = table.frame().select(names).map_err(|error| failure(&error))?;
        let sink = Sink::default();
        let mut writer = ParquetWriter::new(sink.clone()).batched(frame.schema()).map_err(|error| failure(&error))?;
        let write = move |rows: Option<&DataFrame>| match rows {
            Some(rows) => writer.write_batch(rows),
            None => writer.finish().map(drop),
        };
        Ok(Self { frame, sink, write: Box::new(write), open: 0 })
    }

    fn close_group(&mut self, to: usize) -> Result<(), DataError> {
        if to > self.open {
            let start = i64::try_from(self.open).unwrap_or(i64::MAX);
            let rows = self.frame.slice(start, to - self.open);
            (self.write)(Some(&rows)).map_err(|error| failure(&error))?;
            self.open = to;
        }
        Ok(())
    }
}

impl Writer for Parquet {
    fn begin(&mut self) -> Result<Vec<u8>, DataError> {
        Ok(self.sink.take())
    }

    fn rows(&mut self, _: usize, to: usize) -> Result<Vec<u8>, DataError> {
        if to - self.open >= GROUP {
            self.close_group(to)?;
        }
        Ok(self.sink.take())
    }

    fn end(&mut self) -> Result<Vec<u8>, DataError> {
        self.close_group(self.frame.height())?;
        (self.write)(None).map_err(|error| failure(&error))?;
        Ok(self.sink.take())
    }
}

fn failure(error: &PolarsError) -> DataError {
    DataError::internal(format!("the file cannot be written: {}", polars_message(error)))
}
