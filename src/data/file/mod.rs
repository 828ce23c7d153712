//! Tables in files and in answers over HTTP: CSV, TSV, JSON, NDJSON, Parquet, and the gzipped ones of text.

mod convert;
mod format;
mod json;
mod shape;
mod source;
mod text;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use appspec_lang::spec::FileOptions;
use appspec_lang::value::{Column, Fingerprint, Hasher};
use jiff::tz::TimeZone;
use polars::prelude::{LazyFrame, PolarsError};

use crate::error::{DataError, polars_message};
use crate::job::FileJob;
use crate::path::{digest_of, find_files, nearest_file};
pub(crate) use format::Format;
use shape::Shape;
use source::{Input, Reader, Unreadable};
use text::Looks;

/// The files of an app.
#[derive(Debug)]
pub(crate) struct Files {
    root: PathBuf,
    zone: TimeZone,
    /// By path and options, with the digest of the files that it was found in and those of them that hold something.
    shapes: Mutex<HashMap<Fingerprint, Known>>,
}

/// What was found in files of a digest.
type Known = (Fingerprint, Arc<[Input]>, Arc<Shape>);

/// Bytes that came from elsewhere, and how to read them.
pub(crate) struct Body<'a> {
    /// For messages: what the author calls it.
    pub(crate) called: &'a str,
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) format: Format,
    pub(crate) options: &'a FileOptions,
    /// The part of a JSON text that is the table.
    pub(crate) path: Option<&'a str>,
}

impl Files {
    pub(crate) fn new(root: &Path, zone: TimeZone) -> Self {
        Self { root: root.to_owned(), zone, shapes: Mutex::default() }
    }

    /// Changes when the files or the options do.
    pub(crate) fn digest(&self, job: &FileJob) -> Result<Fingerprint, DataError> {
        let files = find_files(&self.root, &job.path)?;
        Ok(Hasher::default().fingerprint(digest_of(&files)).fingerprint(digest_of_job(job)).finish())
    }

    /// The table, to be read when it is collected. Blocks: text files are read for what they hold, once.
    pub(crate) fn scan(&self, job: &FileJob) -> Result<LazyFrame, DataError> {
        let files = find_files(&self.root, &job.path)?;
        let reader = Self::reader(job, &files)?;
        let (inputs, shape) = self.shape(job, &reader, files)?;
        shape.scan(&reader, &inputs, &self.zone).map_err(|unreadable| self.unreadable(&job.path, unreadable))
    }

    /// The paths of all files in a folder and below it, relative to that folder. Blocks.
    pub(crate) fn below(&self, folder: &str) -> BTreeSet<String> {
        let found = find_files(&self.root, &format!("{folder}/**/*")).unwrap_or_default();
        let root = self.root.join(folder);
        let relative = found.iter().filter_map(|file| file.strip_prefix(&root).ok()?.to_str());
        relative.map(|path| path.replace('\\', "/")).collect()
    }

    /// The file whose name is nearest to that of one that is not there, in the same folder. Blocks.
    pub(crate) fn nearest(&self, written: &str) -> Option<String> {
        nearest_file(&self.root, written)
    }

    /// Names and types. Blocks.
    pub(crate) fn columns(&self, job: &FileJob) -> Result<Arc<[Column]>, DataError> {
        let files = find_files(&self.root, &job.path)?;
        let (_, shape) = self.shape(job, &Self::reader(job, &files)?, files)?;
        Ok(Arc::clone(&shape.columns))
    }

    /// The table in bytes that came from elsewhere. Blocks.
    pub(crate) fn read(&self, body: Body<'_>) -> Result<LazyFrame, DataError> {
        let Body { called, bytes, format, options, path } = body;
        let reader = Reader { format, options, path };
        let inputs = self.readable(called, &reader, vec![Input::Memory(bytes)])?;
        let shape = Shape::find(&reader, &inputs, &self.zone);
        shape
            .and_then(|shape| shape.scan(&reader, &inputs, &self.zone))
            .map_err(|unreadable| self.unreadable(called, unreadable))
    }

    /// What Polars says of a file, without saying where it lies on this machine.
    pub(crate) fn failure(&self, called: &str, error: &PolarsError) -> DataError {
        DataError::file(format!("`{called}` cannot be read: {}", self.said(error)))
    }

    /// A message without the folder of the app.
    pub(crate) fn without_root(&self, message: String) -> String {
        match self.root.to_str() {
            Some(root) if !root.is_empty() => {
                message.replace(&format!("{root}/"), "").replace(root, "the app's folder")
            }
            _ => message,
        }
    }

    fn said(&self, error: &PolarsError) -> String {
        let message = self.without_root(polars_message(error));
        if message.contains("found more fields than defined") {
            return "a line has more fields than the first one: is another `delimiter` meant?".to_owned();
        }
        message
    }

    fn unreadable(&self, called: &str, unreadable: Unreadable) -> DataError {
        unreadable.into_error(called, |error| self.said(error))
    }

    fn reader<'j>(job: &'j FileJob, files: &[PathBuf]) -> Result<Reader<'j>, DataError> {
        Ok(Reader { format: Format::of_files(&job.path, files)?, options: &job.options, path: None })
    }

    fn shape(
        &self,
        job: &FileJob,
        reader: &Reader<'_>,
        files: Vec<PathBuf>,
    ) -> Result<(Arc<[Input]>, Arc<Shape>), DataError> {
        let (key, digest) = (digest_of_job(job), digest_of(&files));
        let known = self.shapes.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((_, inputs, shape)) = known.filter(|(of, ..)| *of == digest) {
            return Ok((inputs, shape));
        }
        let inputs = self.readable(&job.path, reader, files.into_iter().map(Input::File).collect())?;
        let inputs: Arc<[Input]> = inputs.into();
        let shape =
            Shape::find(reader, &inputs, &self.zone).map_err(|unreadable| self.unreadable(&job.path, unreadable))?;
        let shape = Arc::new(shape);
        self.shapes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, (digest, Arc::clone(&inputs), Arc::clone(&shape)));
        Ok((inputs, shape))
    }

    /// The inputs that hold something; text that is no text is refused.
    fn readable(&self, called: &str, reader: &Reader<'_>, inputs: Vec<Input>) -> Result<Vec<Input>, DataError> {
        if reader.format == Format::Parquet {
            return Ok(inputs);
        }
        let mut filled = Vec::with_capacity(inputs.len());
        for input in inputs {
            let place = input.name().map_or_else(|| called.to_owned(), |name| within(called, &name));
            let refuse = |reason: &str| Err(DataError::file(format!("`{place}` cannot be read: {reason}")));
            match input.looks() {
                Ok(Looks::Text) => filled.push(input),
                Ok(Looks::Empty) => {}
                Ok(Looks::Foreign(line)) => {
                    return refuse(&format!("line {line} is not UTF-8: save it in that encoding"));
                }
                Ok(Looks::Utf16) => return refuse("it is UTF-16: save it as UTF-8"),
                Err(error) => return refuse(&self.without_root(error.to_string())),
            }
        }
        if filled.is_empty() {
            let message = match reader.format {
                Format::Csv { .. } => "it is empty, without even a line of column names",
                _ => "it is empty",
            };
            return Err(DataError::file(format!("`{called}` cannot be read: {message}")));
        }
        Ok(filled)
    }
}

/// The name of a file as the author would write it: in the folder of the pattern.
fn within(written: &str, name: &str) -> String {
    if !written.contains(['*', '?']) {
        return written.to_owned();
    }
    match written.rsplit_once('/') {
        Some((folder, _)) if !folder.contains(['*', '?']) => format!("{folder}/{name}"),
        _ => name.to_owned(),
    }
}

fn digest_of_job(job: &FileJob) -> Fingerprint {
    Hasher::default().text(&job.path).text(&format!("{:?}", job.options)).finish()
}
