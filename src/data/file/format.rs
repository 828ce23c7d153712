//! The forms that tables come in, as files and over HTTP.

use std::path::PathBuf;

use appspec_lang::spec::AnswerFormat;

use crate::error::DataError;

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv { separator: char },
    Json,
    NdJson,
    Parquet,
}

const CSV: Format = Format::Csv { separator: ',' };
const TSV: Format = Format::Csv { separator: '\t' };

impl Format {
    /// The form of the files that a path stands for: as its ending says, else as theirs do.
    pub(crate) fn of_files(written: &str, files: &[PathBuf]) -> Result<Self, DataError> {
        let by_ending = Self::of_file(written);
        let names = files.iter().filter_map(|file| file.file_name()?.to_str());
        if by_ending.is_ok() || !written.contains(['*', '?']) {
            return by_ending;
        }
        let mut found: Option<(Self, &str)> = None;
        for name in names {
            let format = Self::of_file(name)
                .map_err(|error| DataError::file(format!("{error}; `{written}` stands for it too")))?;
            match found {
                Some((other, of)) if other != format => {
                    let message = format!("`{written}` stands for files of more than one form: `{of}` and `{name}`");
                    return Err(DataError::file(message));
                }
                _ => found = Some((format, name)),
            }
        }
        found.map_or(by_ending, |(format, _)| Ok(format))
    }

    /// The form of a file, by the ending of its name; the text ones may be gzipped.
    fn of_file(path: &str) -> Result<Self, DataError> {
        let plain = path.strip_suffix(".gz").unwrap_or(path);
        match Self::of_ending(plain) {
            Some(format) if plain == path || format != Self::Parquet => Ok(format),
            _ => {
                let known = "csv, tsv, json, ndjson (these also gzipped, with .gz) and parquet";
                Err(DataError::file(format!("`{path}` cannot be read: it is none of {known}")))
            }
        }
    }

    /// The form that the ending of a name tells.
    pub(crate) fn of_ending(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Some(CSV),
            "tsv" => Some(TSV),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::NdJson),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// The form of what a server has answered: as it says, else by the path, else by how it begins.
    pub(crate) fn of_answer(content_type: &str, path: &str, bytes: &[u8]) -> Option<Self> {
        let begins_as_json = || {
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            matches!(first, Some(b'[' | b'{')).then_some(Self::Json)
        };
        Self::of_content_type(content_type).or_else(|| Self::of_ending(path)).or_else(begins_as_json)
    }

    /// The form that a server says its answer has.
    fn of_content_type(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "text/csv" | "application/csv" => Some(CSV),
            "text/tab-separated-values" => Some(TSV),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
                Some(Self::NdJson)
            }
            "application/vnd.apache.parquet" | "application/parquet" | "application/x-parquet" => Some(Self::Parquet),
            "application/json" | "text/json" => Some(Self::Json),
            other if other.starts_with("application/") && other.ends_with("+json") => Some(Self::Json),
            _ => None,
        }
    }
}

impl From<AnswerFormat> for Format {
    fn from(format: AnswerFormat) -> Self {
        match format {
            AnswerFormat::Csv => CSV,
            AnswerFormat::Tsv => TSV,
            AnswerFormat::Json => Self::Json,
            AnswerFormat::NdJson => Self::NdJson,
            AnswerFormat::Parquet => Self::Parquet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_and_content_types_tell_the_form() {
        for (path, wanted) in [
            ("a.csv", Some(CSV)),
            ("a.CSV.gz", Some(CSV)),
            ("a.jsonl", Some(Format::NdJson)),
            ("a.parquet", Some(Format::Parquet)),
            ("a.parquet.gz", None),
            ("a.xlsx", None),
            ("csv", None),
        ] {
            assert_eq!(Format::of_file(path).ok(), wanted, "{path}");
        }
        for (content_type, wanted) in [
            ("application/json; charset=utf-8", Some(Format::Json)),
            ("application/hal+json", Some(Format::Json)),
            ("Text/CSV", Some(CSV)),
            ("application/x-ndjson", Some(Format::NdJson)),
            ("text/plain", None),
            ("text/html", None),
            ("", None),
        ] {
            assert_eq!(Format::of_content_type(content_type), wanted, "{content_type}");
        }
        for (content_type, path, bytes, wanted) in [
            ("text/plain", "/a.csv", "x\n1\n", Some(CSV)),
            ("text/plain", "/a", " [1]", Some(Format::Json)),
            ("text/csv", "/a.json", "x\n1\n", Some(CSV)),
            ("text/html", "/a", "<html>", None),
        ] {
            assert_eq!(Format::of_answer(content_type, path, bytes.as_bytes()), wanted, "{content_type} {path}");
        }
    }
}
