//! `queries:`: named tables, each with exactly one source.

use std::sync::Arc;

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::name::{self, Use};
use super::shape::{Fields, Shape};
use super::{AnswerFormat, ColumnMeaning, FileOptions, Query, Source, cache, column, every, literal, rows, written};
use crate::diagnostic::code::{FILE, MISSING_KEY, UNKNOWN_KEY, VALUE};
use crate::expr::{Part, Template, parse_sql};
use crate::source::{SourceText, Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind};
use crate::value::{Column, Columns, Type};

/// `queries:`
pub(super) const ENTRIES: FieldType = FieldType::Named(&FieldType::Map(&QUERY));

/// What a server may answer.
const ANSWERS: [&str; 5] = ["json", "ndjson", "csv", "tsv", "parquet"];

/// The sources that may be CSV.
const TEXT_FILES: &[&str] = &["file", "get"];

/// An entry of `queries:`
pub(super) static QUERY: Shape = Shape {
    name: "a query",
    fields: &[
        Field::optional("sql", FieldType::Sql, "SQL in a database."),
        Field::optional("sql_file", FieldType::Word, "A file that holds the SQL, beside the spec."),
        Field::optional("file", FieldType::Word, "CSV, Parquet or JSON, by its ending; `*` stands for any name."),
        Field::optional("get", FieldType::Text, "What is asked of a server over HTTP: a path and query below its URL."),
        Field::optional("transform", FieldType::Sql, "SQL over other queries and table state, by name."),
        Field::optional("rows", FieldType::ListOf(&FieldType::MapOf(&FieldType::Single)), "The rows themselves."),
        Field::optional("generate", FieldType::Map(&rows::GENERATE), "A table drawn by chance."),
        Field::optional("connection", FieldType::Name, "The database of `sql`, or the server of `get`.")
            .beside(&["sql", "sql_file", "get"]),
        Field::optional(
            "format",
            FieldType::Choice(&ANSWERS),
            "What `get` answers: `json`, `ndjson`, `csv`, `tsv` or `parquet`.",
        )
        .beside(&["get"]),
        Field::optional("path", FieldType::Word, "The part of a JSON answer that is the table: `data.items`.")
            .beside(&["get"]),
        Field::optional("cache", cache::CACHING, "How results are kept: `10m`, `forever`, `off` or a map."),
        Field::optional("timeout", FieldType::Duration, "A duration after which the query is stopped."),
        Field::optional("max_rows", FieldType::Int, "Reading stops after so many rows."),
        Field::optional("every", FieldType::Period, "How often it runs by itself while it is looked at: `10s`, `off`.")
            .beside(&["sql", "sql_file", "file", "get", "generate"]),
        Field::optional("optional", FieldType::Bool, "Whether a failure shows as an empty table with a notice."),
        Field::optional("description", FieldType::Word, "What the query is about, for readers of the spec."),
        Field::optional("delimiter", FieldType::Word, "What stands between the fields of CSV.").beside(TEXT_FILES),
        Field::optional("decimal", FieldType::Choice(&[".", ","]), "The decimal sign of CSV: `.` or `,`.")
            .beside(TEXT_FILES),
        Field::optional("null_values", FieldType::ListOf(&FieldType::Single), "Texts of CSV that stand for null.")
            .beside(TEXT_FILES),
        Field::optional("columns", FieldType::MapOf(&FieldType::Map(&column::MEANING)), "What the columns mean."),
    ],
    one_of: &["sql", "sql_file", "file", "get", "transform", "rows", "generate"],
    unbuilt: &["access"],
};

impl Query {
    /// The columns of this query: those that are known from outside, with the types that its author gives them; where
    /// none are, those that its author tells of, among others.
    pub fn columns_among(&self, outside: Option<&Columns>) -> Option<Columns> {
        let declared = |name: &str| self.columns.iter().find(|meaning| *meaning.column.value == *name)?.ty.as_ref();
        if let Some(outside) = outside {
            let typed = outside.iter().map(|column| {
                let ty = declared(&column.name)
                    .map(|ty| if column.ty.is_nullable() { ty.clone().nullable() } else { ty.clone() });
                Column { name: column.name.clone(), ty: ty.unwrap_or_else(|| column.ty.clone()) }
            });
            let typed: Arc<[Column]> = typed.collect();
            return Some(if outside.is_open() { Columns::open(typed) } else { typed.into() });
        }
        let told = self
            .columns
            .iter()
            .map(|meaning| Column { name: meaning.column.value.clone(), ty: meaning.ty.clone().unwrap_or(Type::Any) });
        let told: Arc<[Column]> = told.collect();
        (!told.is_empty()).then(|| Columns::open(told))
    }
}

/// Lowers `queries:`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    for entry in ctx.map(node, "`queries`").unwrap_or_default() {
        let Some(name) = name::declared(&entry.key, Use::Query, ctx) else { continue };
        let broken = name.value.clone();
        match query(name, entry, ctx) {
            Some(query) => queries.push(query),
            None => ctx.broken.push(broken),
        }
    }
    queries
}

fn query(name: Spanned<super::Name>, entry: &Entry, ctx: &mut Lowering<'_>) -> Option<Query> {
    if let Some(sql) = entry.value.as_text() {
        let message = format!("the query `{}` is text, but a map with its source is expected", name.value);
        let help = if sql.to_lowercase().starts_with("select") {
            "write `sql:` or `transform:` in front"
        } else {
            "name its source: `sql`, `file`, `get`, `transform`, `rows` or `generate`"
        };
        ctx.diagnostics.report(&MISSING_KEY, name.span, message).help(help);
        return None;
    }
    let reported = ctx.diagnostics.len();
    let fields = Fields::of(&entry.value, &QUERY, entry.key.span, ctx)?;
    let columns = fields.get("columns").map(|node| column::meanings(node, ctx)).unwrap_or_default();
    let kind = source_kind(&fields, &name, reported, ctx)?;
    report_foreign(&fields, &columns, kind, ctx);
    report_idle(&fields, kind, ctx);
    let source = match kind {
        "file" => {
            let options = file_options(&fields, &columns, ctx);
            Source::File { path: literal::plain_text(fields.word("file")?, "`file`", ctx)?, options }
        }
        "get" => http(&fields, &columns, ctx)?,
        "rows" => Source::Rows(rows::lower(fields.get("rows")?, ctx)?),
        "generate" => Source::Generate(rows::generate(fields.get("generate")?, ctx)?),
        "transform" => Source::Transform { sql: sql(fields.get("transform")?, ctx)? },
        _ => Source::Sql {
            connection: fields.word("connection").and_then(|text| name::bare(&text, "a connection", ctx)),
            sql: match fields.get("sql") {
                Some(node) => sql(node, ctx)?,
                None => sql_file(&fields.word("sql_file")?, ctx)?,
            },
        },
    };
    Some(Query {
        name,
        source,
        cache: fields.get("cache").and_then(|node| cache::lower(node, ctx)),
        timeout: fields.get("timeout").and_then(|node| literal::duration(node, ctx)),
        max_rows: fields.int("max_rows").and_then(|count| literal::positive(&count, ctx)),
        optional: fields.bool("optional").unwrap_or(false),
        every: fields.get("every").and_then(|node| every::lower(node, ctx)),
        columns,
    })
}

/// The one source of a query; none or several are reported, but not if the query has other mistakes already.
fn source_kind(
    fields: &Fields<'_>,
    name: &Spanned<super::Name>,
    reported: usize,
    ctx: &mut Lowering<'_>,
) -> Option<&'static str> {
    let mut given: Vec<(&'static str, Span)> =
        QUERY.one_of.iter().filter_map(|source| Some((*source, fields.entry(source)?.key.span))).collect();
    given.sort_by_key(|(_, place)| place.start);
    match given.as_slice() {
        [(kind, _)] => Some(kind),
        [] if fields.has_broken || ctx.diagnostics.len() > reported => None,
        [] => {
            let message = format!("the query `{}` has no source", name.value);
            let diagnostic = ctx.diagnostics.report(&MISSING_KEY, name.span, message);
            diagnostic.help("give it one of `sql`, `sql_file`, `file`, `get`, `transform`, `rows` and `generate`");
            None
        }
        [(first, place), (second, span), ..] => {
            let message = format!("the query `{}` has two sources, `{first}` and `{second}`", name.value);
            let diagnostic = ctx.diagnostics.report(&VALUE, *span, message);
            diagnostic.label(*place, "the first source").help("a query has exactly one source: make two queries of it");
            None
        }
    }
}

/// Reports options that mean nothing for this source.
fn report_foreign(fields: &Fields<'_>, columns: &[ColumnMeaning], kind: &str, ctx: &mut Lowering<'_>) {
    for Field { name, beside, .. } in QUERY.fields.iter().filter(|field| !field.beside.is_empty()) {
        let Some(entry) = fields.entry(name).filter(|_| !beside.contains(&kind)) else { continue };
        let message = format!("`{name}` means nothing for a query from `{kind}`");
        let owners: Vec<String> = beside.iter().map(|owner| format!("`{owner}`")).collect();
        let help = match (*name, kind) {
            ("every", "transform") => {
                "it follows the queries that it reads: write `every` there, or at the page".into()
            }
            ("every", "rows") => "its rows are always the same".into(),
            _ => format!("it belongs to {}", owners.join(" and ")),
        };
        ctx.diagnostics.report(&UNKNOWN_KEY, entry.key.span, message).help(help);
    }
    for meaning in columns.iter().filter(|_| !matches!(kind, "file" | "get")) {
        let Some(form) = &meaning.parse else { continue };
        let message = format!("`parse` means nothing for a query from `{kind}`, whose dates are dates");
        ctx.diagnostics.report(&UNKNOWN_KEY, form.span, message).help("it belongs to `file` and `get`");
    }
}

/// Reports `every` where what is drawn again is what is there already.
fn report_idle(fields: &Fields<'_>, kind: &str, ctx: &mut Lowering<'_>) {
    let Some(entry) = fields.entry("every") else { return };
    if fields.get("generate").is_some_and(|node| node.get("seed").is_some()) {
        let message = format!("`every` means nothing for a query from `{kind}`");
        let help = "with a `seed` its rows are always the same";
        ctx.diagnostics.report(&UNKNOWN_KEY, entry.key.span, message).help(help);
    }
}

pub(super) fn sql(node: &Node, ctx: &mut Lowering<'_>) -> Option<Template> {
    match &node.kind {
        NodeKind::Text(text) => parse_sql(text, ctx.diagnostics),
        _ => None,
    }
}

/// The SQL of a file, whose mistakes are reported in that file.
pub(super) fn sql_file(path: &Spanned<String>, ctx: &mut Lowering<'_>) -> Option<Template> {
    let spec = &ctx.sources.file(path.span.file).path;
    let folder = spec.rsplit_once('/').map_or("", |(folder, _)| folder);
    let wanted = resolve(folder, &path.value);
    let Some(file) = wanted.as_deref().and_then(|wanted| ctx.sources.find(wanted)) else {
        let message = format!("there is no file `{}`", wanted.unwrap_or_else(|| path.value.clone()));
        let files = ctx.sources.files().iter().map(|file| file.path.as_str());
        let diagnostic = ctx.diagnostics.report(&FILE, path.span, message);
        diagnostic
            .nearest(&path.value, files)
            .help("`sql_file` names a `.sql` file, relative to the spec, outside `data/`");
        return None;
    };
    ctx.reads.push(file.id);
    parse_sql(&SourceText::verbatim(file.text.clone(), file.span()), ctx.diagnostics)
}

/// The path of a file that is named from a folder; none if it leads out of the app.
fn resolve(folder: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

fn http(fields: &Fields<'_>, columns: &[ColumnMeaning], ctx: &mut Lowering<'_>) -> Option<Source> {
    let get = written::text(fields.get("get")?, "`get`", ctx)?;
    check_target(&get, ctx);
    let format = fields.word("format").and_then(|word| answer_format(&word, ctx));
    let path = fields.word("path").and_then(|path| literal::plain_text(path, "`path`", ctx));
    if let Some(path) = &path
        && path.value.split('.').any(str::is_empty)
    {
        let message = format!("`{}` is no path into JSON", path.value);
        ctx.diagnostics.report(&VALUE, path.span, message).help("it is keys with points between them: `data.items`");
    }
    if let (Some(path), Some(format)) = (&path, format)
        && format != AnswerFormat::Json
    {
        let diagnostic = ctx.diagnostics.report(&VALUE, path.span, "`path` leads into JSON, and this is none");
        diagnostic.help("leave it out, or write `format: json`");
    }
    Some(Source::Http {
        connection: fields.word("connection").and_then(|text| name::bare(&text, "a connection", ctx)),
        get,
        format,
        path: path.map(|path| path.value),
        options: file_options(fields, columns, ctx),
    })
}

fn answer_format(word: &Spanned<String>, ctx: &mut Lowering<'_>) -> Option<AnswerFormat> {
    let found = match word.value.as_str() {
        "json" => Some(AnswerFormat::Json),
        "ndjson" => Some(AnswerFormat::NdJson),
        "csv" => Some(AnswerFormat::Csv),
        "tsv" => Some(AnswerFormat::Tsv),
        "parquet" => Some(AnswerFormat::Parquet),
        _ => None,
    };
    if found.is_none() {
        let message = format!("an answer cannot be read as `{}`", word.value);
        let diagnostic = ctx.diagnostics.report(&VALUE, word.span, message).nearest(&word.value, ANSWERS);
        diagnostic.help(format!("it is one of {}", ANSWERS.join(", ")));
    }
    found
}

/// Reports what can be no path and query below a base URL, as far as it is constant.
fn check_target(get: &Template, ctx: &mut Lowering<'_>) {
    let begins_well = match get.parts.first() {
        Some(Part::Text(text)) => text.text.starts_with(['/', '?']),
        Some(_) => false,
        None => true,
    };
    let has_url = matches!(get.parts.first(), Some(Part::Text(text)) if text.text.contains("://"));
    if has_url {
        let diagnostic = ctx.diagnostics.report(&VALUE, get.span, "`get` is what follows the URL of its connection");
        diagnostic.help("write the server as `base_url` of a connection of type `http`, and here its path: `/rates`");
    } else if !begins_well {
        let diagnostic = ctx.diagnostics.report(&VALUE, get.span, "`get` begins with `/` or with `?`");
        diagnostic.help("it follows the `base_url` of its connection, and values in it are no paths: `/rates/{{ … }}`");
    }
    for part in &get.parts {
        let Part::Text(text) = part else { continue };
        let path = text.text.split('?').next().unwrap_or_default();
        if path.split('/').any(|part| matches!(part, "." | "..")) {
            let message = "`get` stays below the URL of its connection: `.` and `..` lead nowhere";
            ctx.diagnostics.report(&VALUE, get.span, message).help("make a shorter URL the `base_url`");
        } else if text.text.contains(['\\', '#']) {
            let message = "`get` holds a sign that belongs to no address";
            ctx.diagnostics
                .report(&VALUE, get.span, message)
                .help("leave out `#` and `\\`, or write them `%23` and `%5C`");
        }
    }
}

fn file_options(fields: &Fields<'_>, columns: &[ColumnMeaning], ctx: &mut Lowering<'_>) -> FileOptions {
    let delimiter = fields.word("delimiter").and_then(|text| {
        let mut chars = text.value.chars();
        let only = chars.next().filter(|char| char.is_ascii() && chars.next().is_none());
        if only.is_none() {
            let message = format!("`{}` is no delimiter", text.value);
            ctx.diagnostics.report(&VALUE, text.span, message).help("a delimiter is one ASCII character: `;`");
        }
        only
    });
    let decimal_comma = fields.word("decimal").is_some_and(|text| {
        if !matches!(text.value.as_str(), "," | ".") {
            let message = format!("`{}` is no decimal sign", text.value);
            ctx.diagnostics.report(&VALUE, text.span, message).help("it is `.` or `,`");
        }
        text.value == ","
    });
    let mut null_values = Vec::new();
    for node in fields.get("null_values").map(|node| ctx.list(node, "`null_values`")).unwrap_or_default() {
        match node.as_text() {
            Some(text) => null_values.push(text.to_owned()),
            None => null_values.push(ctx.sources.text(node.span).to_owned()),
        }
    }
    let typed = columns.iter().filter_map(|meaning| Some((meaning.column.value.clone(), meaning.ty.clone()?)));
    let parsed = columns.iter().filter_map(|meaning| {
        let form = meaning.parse.as_ref()?;
        Some((meaning.column.value.clone(), form.value.clone()))
    });
    FileOptions { delimiter, decimal_comma, null_values, types: typed.collect(), formats: parsed.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_spec_and_stay_in_the_app() {
        for (folder, path, expected) in [
            ("", "queries/a.sql", Some("queries/a.sql")),
            ("ops", "./a.sql", Some("ops/a.sql")),
            ("ops", "../a.sql", Some("a.sql")),
            ("", "../a.sql", None),
        ] {
            assert_eq!(resolve(folder, path).as_deref(), expected, "{folder} {path}");
        }
    }
}
