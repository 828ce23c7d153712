//! Readers: from bytes, in files or in memory, to the columns that are in them.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use appspec_lang::spec::FileOptions;
use polars::prelude::*;

use super::format::Format;
use super::json;
use super::text::{Looks, bytes_of_file, looks_of, looks_of_file};
use crate::dtype::dtype_of;
use crate::error::DataError;

/// Bytes that hold a table, or a part of one.
#[derive(Clone, Debug)]
pub(super) enum Input {
    File(PathBuf),
    Memory(Arc<[u8]>),
}

impl Input {
    fn sources(&self) -> PolarsResult<ScanSources> {
        Ok(match self {
            Self::File(path) => ScanSources::Paths([PlRefPath::try_from_path(path)?].into_iter().collect()),
            Self::Memory(bytes) => ScanSources::Buffers(Arc::from([bytes.to_vec().into()])),
        })
    }

    fn is_gzipped(path: &Path) -> bool {
        path.extension().is_some_and(|ending| ending == "gz")
    }

    fn bytes(&self) -> std::io::Result<Vec<u8>> {
        match self {
            Self::File(path) => bytes_of_file(path, Self::is_gzipped(path)),
            Self::Memory(bytes) => Ok(bytes.to_vec()),
        }
    }

    /// What a text is: text, nothing, or something else.
    pub(super) fn looks(&self) -> std::io::Result<Looks> {
        match self {
            Self::File(path) => looks_of_file(path, Self::is_gzipped(path)),
            Self::Memory(bytes) => looks_of(&**bytes),
        }
    }

    /// The name of the file alone.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
            Self::Memory(_) => None,
        }
    }
}

/// How bytes are to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) format: Format,
    pub(super) options: &'a FileOptions,
    /// The part of a JSON text that is the table.
    pub(super) path: Option<&'a str>,
}

/// Why bytes could not be read.
pub(super) enum Unreadable {
    Polars(PolarsError),
    Other(String),
}

impl From<PolarsError> for Unreadable {
    fn from(error: PolarsError) -> Self {
        Self::Polars(error)
    }
}

impl Reader<'_> {
    /// The columns of one input as its reader gives them; of text without a schema, all rows are looked at for one.
    pub(super) fn read(&self, input: &Input, schema: Option<&SchemaRef>) -> Result<LazyFrame, Unreadable> {
        let sources = input.sources()?;
        Ok(match self.format {
            Format::Csv { separator } => self.csv(sources, separator, schema)?.finish()?,
            Format::NdJson => LazyJsonLineReader::new_with_sources(sources)
                .with_infer_schema_length(None)
                .with_schema(schema.cloned())
                .finish()?,
            Format::Parquet => parquet(sources, None)?,
            Format::Json => {
                let bytes = input.bytes().map_err(|_| Unreadable::Other("it cannot be opened".to_owned()))?;
                let records = json::records(&bytes, self.path).map_err(Unreadable::Other)?;
                if records == b"[]" {
                    DataFrame::empty().lazy()
                } else {
                    JsonReader::new(Cursor::new(records)).infer_schema_len(None).finish()?.lazy()
                }
            }
        })
    }

    fn csv(
        &self,
        sources: ScanSources,
        separator: char,
        schema: Option<&SchemaRef>,
    ) -> Result<LazyCsvReader, Unreadable> {
        let by_default = if self.options.decimal_comma && separator == ',' { ';' } else { separator };
        let separator = self.options.delimiter.unwrap_or(by_default);
        let separator = u8::try_from(separator)
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| Unreadable::Other(format!("`{separator}` is no delimiter, it must be one ASCII sign")))?;
        let nulls: Vec<PlSmallStr> = self.options.null_values.iter().map(|text| PlSmallStr::from_str(text)).collect();
        let declared = self.options.types.iter().map(|(name, ty)| {
            let dtype =
                dtype_of(ty).filter(|dtype| matches!(dtype, DataType::Int64 | DataType::Float64 | DataType::Boolean));
            (PlSmallStr::from_str(name), dtype.unwrap_or(DataType::String))
        });
        Ok(LazyCsvReader::new_with_sources(sources)
            .with_glob(false)
            .with_separator(separator)
            .with_decimal_comma(self.options.decimal_comma)
            .with_null_values((!nulls.is_empty()).then_some(NullValues::AllColumns(nulls)))
            .with_infer_schema_length(None)
            .with_dtype_overwrite(schema.is_none().then(|| Arc::new(declared.collect())))
            .with_schema(schema.cloned()))
    }
}

/// Parquet files as one table of the columns of `schema`: what a file lacks is null in it, and small numbers are read as
/// wide ones. Filters reach the files.
pub(super) fn parquet_of(inputs: &[Input], schema: &SchemaRef) -> PolarsResult<LazyFrame> {
    let mut paths = Vec::with_capacity(inputs.len());
    for input in inputs {
        match input {
            Input::File(path) => paths.push(PlRefPath::try_from_path(path)?),
            Input::Memory(_) => return parquet(input.sources()?, Some(schema)),
        }
    }
    parquet(ScanSources::Paths(paths.into()), Some(schema))
}

fn parquet(sources: ScanSources, schema: Option<&SchemaRef>) -> PolarsResult<LazyFrame> {
    // The names of folders are no columns.
    let hive_options = HiveOptions::new_disabled();
    let arguments = ScanArgsParquet { glob: false, hive_options, schema: schema.cloned(), ..Default::default() };
    let mut frame = LazyFrame::scan_parquet_sources(sources, arguments)?;
    if schema.is_some()
        && let DslPlan::Scan { unified_scan_args, .. } = &mut frame.logical_plan
    {
        unified_scan_args.missing_columns_policy = MissingColumnsPolicy::Insert;
        unified_scan_args.extra_columns_policy = ExtraColumnsPolicy::Ignore;
        unified_scan_args.cast_columns_policy = CastColumnsPolicy {
            integer_upcast: true,
            integer_to_float_cast: true,
            float_upcast: true,
            datetime_nanoseconds_downcast: true,
            datetime_milliseconds_upcast: true,
            categorical_to_string: true,
            missing_struct_fields: MissingColumnsPolicy::Insert,
            ..CastColumnsPolicy::ERROR_ON_MISMATCH
        };
    }
    Ok(frame)
}

impl Unreadable {
    /// As an error about what the author calls `called`.
    pub(super) fn into_error(self, called: &str, polars: impl Fn(&PolarsError) -> String) -> DataError {
        let reason = match &self {
            Self::Polars(error) => polars(error),
            Self::Other(reason) => reason.clone(),
        };
        DataError::file(format!("`{called}` cannot be read: {reason}"))
    }
}
