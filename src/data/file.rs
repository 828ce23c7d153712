//! Tables in files: CSV, TSV, JSON, NDJSON, Parquet, and the gzipped ones of text.
//!
//! What a text file holds is found once, by reading all of it, and remembered until it changes: a column has the same
//! type whether its file is read whole or under a transform, and does not change it in row ten thousand.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use appspec_lang::spec::FileOptions;
use appspec_lang::value::{Column, Fingerprint, Hasher, Type};
use flate2::read::MultiGzDecoder;
use jiff::tz::TimeZone;
use polars::prelude::*;

use crate::convert::{Conversion, conversion_of};
use crate::dtype::{dtype_of, type_of};
use crate::error::{DataError, polars_message};
use crate::job::FileJob;
use crate::path::{digest_of, find_files};

/// The files of an app.
#[derive(Debug)]
pub(crate) struct Files {
    root: PathBuf,
    zone: TimeZone,
    /// By path and options, with the digest of the files that it was found in.
    shapes: Mutex<HashMap<Fingerprint, (Fingerprint, Arc<Shape>)>>,
}

/// What a file holds.
#[derive(Debug)]
struct Shape {
    /// As its reader gives it, before the conversions.
    schema: SchemaRef,
    conversions: Vec<(PlSmallStr, Conversion)>,
    columns: Arc<[Column]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv { separator: char },
    Json,
    NdJson,
    Parquet,
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

    /// The table, to be read when it is collected. Blocks: text files are read for what they hold.
    pub(crate) fn scan(&self, job: &FileJob) -> Result<LazyFrame, DataError> {
        let files = find_files(&self.root, &job.path)?;
        let shape = self.shape(job, &files)?;
        let frame = self.read(job, &files, Some(&shape.schema))?;
        Ok(converted(frame, &shape.conversions, &self.zone))
    }

    /// Names and types. Blocks.
    pub(crate) fn columns(&self, job: &FileJob) -> Result<Arc<[Column]>, DataError> {
        let files = find_files(&self.root, &job.path)?;
        Ok(Arc::clone(&self.shape(job, &files)?.columns))
    }

    /// What Polars says of a file, without saying where it lies on this machine.
    pub(crate) fn failure(&self, job: &FileJob, error: &PolarsError) -> DataError {
        DataError::file(format!("`{}` cannot be read: {}", job.path, self.without_root(polars_message(error))))
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

    fn shape(&self, job: &FileJob, files: &[PathBuf]) -> Result<Arc<Shape>, DataError> {
        let (key, digest) = (digest_of_job(job), digest_of(files));
        let known = self.shapes.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((_, shape)) = known.filter(|(of, _)| *of == digest) {
            return Ok(shape);
        }
        let shape = Arc::new(self.find_shape(job, files)?);
        self.shapes.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (digest, Arc::clone(&shape)));
        Ok(shape)
    }

    fn find_shape(&self, job: &FileJob, files: &[PathBuf]) -> Result<Shape, DataError> {
        let failed = |error: PolarsError| self.failure(job, &error);
        let mut frame = self.read(job, files, None)?;
        let schema = frame.collect_schema().map_err(failed)?;
        if let Some((name, _)) = job.options.types.iter().find(|(name, _)| !schema.contains(name)) {
            return Err(DataError::file(format!("`{}` has no column `{name}`", job.path)));
        }
        let declared = |name: &str| job.options.types.iter().find(|(of, _)| **of == *name).map(|(_, ty)| ty);
        let is_text = format_of(&job.path)? != Format::Parquet;
        let looked_at: Vec<Expr> = schema
            .iter()
            .filter(|(name, dtype)| match declared(name) {
                Some(ty) => *ty == Type::Decimal,
                None => is_text && **dtype == DataType::String,
            })
            .map(|(name, _)| col(name.clone()))
            .collect();
        let texts = if looked_at.is_empty() {
            DataFrame::empty()
        } else {
            frame.select(looked_at).collect().map_err(failed)?
        };
        let mut conversions = Vec::new();
        for (name, dtype) in schema.iter() {
            let cells = texts.column(name).ok().map(polars::prelude::Column::as_materialized_series);
            if let Some(conversion) = conversion_of(dtype, declared(name), cells, &job.options, &self.zone) {
                conversions.push((name.clone(), conversion));
            }
        }
        let columns = schema.iter().map(|(name, dtype)| {
            let converted = conversions.iter().find(|(of, _)| of == name).map(|(_, conversion)| conversion.dtype());
            Column { name: name.as_str().into(), ty: type_of(&converted.unwrap_or_else(|| dtype.clone())) }
        });
        Ok(Shape { columns: columns.collect(), conversions, schema })
    }

    /// The table as its reader gives it; of text files, without a schema, all rows are looked at for one.
    fn read(&self, job: &FileJob, files: &[PathBuf], schema: Option<&SchemaRef>) -> Result<LazyFrame, DataError> {
        let failed = |error: PolarsError| self.failure(job, &error);
        let paths: PolarsResult<Vec<PlRefPath>> = files.iter().map(|file| PlRefPath::try_from_path(file)).collect();
        let sources = ScanSources::Paths(paths.map_err(failed)?.into());
        match format_of(&job.path)? {
            Format::Csv { separator } => read_csv(sources, separator, &job.options, schema, &job.path)?.finish(),
            Format::NdJson => LazyJsonLineReader::new_with_sources(sources)
                .with_infer_schema_length(None)
                .with_schema(schema.cloned())
                .finish(),
            Format::Parquet => {
                LazyFrame::scan_parquet_sources(sources, ScanArgsParquet { glob: false, ..ScanArgsParquet::default() })
            }
            Format::Json => {
                let frames: Result<Vec<LazyFrame>, DataError> =
                    files.iter().map(|file| self.read_json(job, file)).collect();
                concat(frames?, UnionArgs::default())
            }
        }
        .map_err(failed)
    }

    /// An array of objects cannot be read piece by piece.
    fn read_json(&self, job: &FileJob, file: &Path) -> Result<LazyFrame, DataError> {
        let unreadable = |_| DataError::file(format!("`{}` cannot be opened", job.path));
        let mut bytes = Vec::new();
        let mut opened = std::fs::File::open(file).map_err(unreadable)?;
        if job.path.strip_suffix(".gz").is_some() {
            MultiGzDecoder::new(opened).read_to_end(&mut bytes).map_err(unreadable)?;
        } else {
            opened.read_to_end(&mut bytes).map_err(unreadable)?;
        }
        let read = JsonReader::new(Cursor::new(bytes)).infer_schema_len(None).finish();
        read.map(IntoLazy::lazy).map_err(|error| self.failure(job, &error))
    }
}

fn digest_of_job(job: &FileJob) -> Fingerprint {
    Hasher::default().text(&job.path).text(&format!("{:?}", job.options)).finish()
}

fn format_of(path: &str) -> Result<Format, DataError> {
    let plain = path.strip_suffix(".gz").unwrap_or(path);
    let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let format = match ending.as_str() {
        "csv" => Format::Csv { separator: ',' },
        "tsv" => Format::Csv { separator: '\t' },
        "json" => Format::Json,
        "ndjson" | "jsonl" => Format::NdJson,
        "parquet" if plain == path => Format::Parquet,
        _ => {
            let known = "csv, tsv, json, ndjson (these also gzipped, with .gz) and parquet";
            return Err(DataError::file(format!("`{path}` cannot be read: it is none of {known}")));
        }
    };
    Ok(format)
}

fn read_csv(
    sources: ScanSources,
    separator: char,
    options: &FileOptions,
    schema: Option<&SchemaRef>,
    path: &str,
) -> Result<LazyCsvReader, DataError> {
    let by_default = if options.decimal_comma && separator == ',' { ';' } else { separator };
    let separator = options.delimiter.unwrap_or(by_default);
    let separator = u8::try_from(separator).ok().filter(u8::is_ascii).ok_or_else(|| {
        DataError::file(format!("`{path}` cannot be read: `{separator}` is no delimiter, it must be one ASCII sign"))
    })?;
    let nulls: Vec<PlSmallStr> = options.null_values.iter().map(|text| PlSmallStr::from_str(text)).collect();
    let declared = options.types.iter().map(|(name, ty)| {
        let dtype =
            dtype_of(ty).filter(|dtype| matches!(dtype, DataType::Int64 | DataType::Float64 | DataType::Boolean));
        (PlSmallStr::from_str(name), dtype.unwrap_or(DataType::String))
    });
    Ok(LazyCsvReader::new_with_sources(sources)
        .with_glob(false)
        .with_separator(separator)
        .with_decimal_comma(options.decimal_comma)
        .with_null_values((!nulls.is_empty()).then_some(NullValues::AllColumns(nulls)))
        .with_infer_schema_length(None)
        .with_dtype_overwrite(schema.is_none().then(|| Arc::new(declared.collect())))
        .with_schema(schema.cloned()))
}

fn converted(frame: LazyFrame, conversions: &[(PlSmallStr, Conversion)], zone: &TimeZone) -> LazyFrame {
    if conversions.is_empty() {
        return frame;
    }
    let columns = conversions.iter().map(|(name, conversion)| conversion.expression(name, zone));
    frame.with_columns(columns.collect::<Vec<_>>())
}
