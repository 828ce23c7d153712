//! What the inputs of a table hold together: found once, and remembered until they change.
//!
//! Of text all rows are read for it: a column has the same type whether its file is read whole or under a transform, and
//! does not change it in row ten thousand. Inputs may have their columns in any order, and lack some.

use appspec_lang::value::Column;
use jiff::tz::TimeZone;
use polars::prelude::*;

use super::convert::{Conversion, conversion_of, takes_looking};
use super::format::Format;
use super::source::{Input, Reader, Unreadable, parquet_of};
use crate::dtype::type_of;

/// What inputs hold.
#[derive(Debug)]
pub(super) struct Shape {
    /// How each input is read; for Parquet one for all.
    schemas: Vec<SchemaRef>,
    outputs: Vec<Output>,
    pub(super) columns: Arc<[Column]>,
}

/// A column of the table.
#[derive(Debug)]
struct Output {
    name: PlSmallStr,
    /// The column it comes from, and the fields in it.
    path: Vec<PlSmallStr>,
    conversion: Option<Conversion>,
}

impl Shape {
    pub(super) fn find(reader: &Reader<'_>, inputs: &[Input], zone: &TimeZone) -> Result<Self, Unreadable> {
        let schemas = match reader.format {
            Format::Parquet => vec![Arc::new(joined_parquet(reader, inputs)?)],
            Format::Csv { .. } => csv_schemas(reader, inputs)?,
            Format::NdJson => own_schemas(reader, inputs)?,
            Format::Json => Vec::new(),
        };
        let mut shape = Self { schemas, outputs: Vec::new(), columns: Arc::default() };
        let mut frame = shape.frame(reader, inputs)?;
        let schema = frame.collect_schema()?;
        if let Some((name, _)) = reader.options.types.iter().find(|(name, _)| !is_there(&schema, name)) {
            return Err(Unreadable::Other(format!("it has no column `{name}`")));
        }
        let leaves: Vec<(Vec<PlSmallStr>, DataType)> =
            schema.iter().flat_map(|(name, dtype)| leaves(vec![name.clone()], dtype)).collect();
        let looked_at = looked_at(reader, frame, &leaves)?;
        let mut columns = Vec::with_capacity(leaves.len());
        for (path, dtype) in leaves {
            let name = PlSmallStr::from_string(path.join("."));
            let cells = looked_at.column(&name).ok().map(polars::prelude::Column::as_materialized_series);
            let conversion = conversion_of((&name, &dtype), cells, reader.options, zone);
            let dtype = conversion.as_ref().map_or(dtype, Conversion::dtype);
            columns.push(Column { name: name.as_str().into(), ty: type_of(&dtype) });
            shape.outputs.push(Output { name, path, conversion });
        }
        shape.columns = columns.into();
        Ok(shape)
    }

    /// The table, to be read when it is collected.
    pub(super) fn scan(&self, reader: &Reader<'_>, inputs: &[Input], zone: &TimeZone) -> Result<LazyFrame, Unreadable> {
        let frame = self.frame(reader, inputs)?;
        let is_plain = self.outputs.iter().all(|output| output.conversion.is_none() && output.path.len() == 1);
        if is_plain {
            return Ok(frame);
        }
        let columns = self.outputs.iter().map(|output| {
            let column = at(&output.path).alias(output.name.clone());
            output.conversion.as_ref().map_or(column.clone(), |conversion| conversion.expression(column, zone))
        });
        Ok(frame.select(columns.collect::<Vec<_>>()))
    }

    /// All inputs as one table, as their readers give it.
    fn frame(&self, reader: &Reader<'_>, inputs: &[Input]) -> Result<LazyFrame, Unreadable> {
        if let (Format::Parquet, Some(schema)) = (reader.format, self.schemas.first()) {
            return Ok(parquet_of(inputs, schema)?);
        }
        let mut frames = Vec::with_capacity(inputs.len());
        for (at, input) in inputs.iter().enumerate() {
            frames.push(reader.read(input, self.schemas.get(at))?);
        }
        match frames.pop() {
            Some(only) if frames.is_empty() => Ok(only),
            last => {
                frames.extend(last);
                let union = UnionArgs { to_supertypes: true, ..UnionArgs::default() };
                Ok(concat_lf_diagonal(frames, union)?)
            }
        }
    }
}

fn is_there(schema: &Schema, name: &str) -> bool {
    let mut parts = name.split('.');
    parts.next().is_some_and(|first| schema.contains(first)) || schema.contains(name)
}

/// The columns that a column becomes: a struct one for each of its fields.
fn leaves(path: Vec<PlSmallStr>, dtype: &DataType) -> Vec<(Vec<PlSmallStr>, DataType)> {
    match dtype {
        DataType::Struct(fields) if !fields.is_empty() => fields
            .iter()
            .flat_map(|field| {
                let mut path = path.clone();
                path.push(field.name().clone());
                leaves(path, field.dtype())
            })
            .collect(),
        _ => vec![(path, dtype.clone())],
    }
}

fn at(path: &[PlSmallStr]) -> Expr {
    let (first, fields) = path.split_first().expect("a path has a column");
    fields.iter().fold(col(first.clone()), |column, field| column.struct_().field_by_name(field))
}

/// The cells of the columns whose type their reader does not tell.
fn looked_at(
    reader: &Reader<'_>,
    frame: LazyFrame,
    leaves: &[(Vec<PlSmallStr>, DataType)],
) -> Result<DataFrame, Unreadable> {
    let is_text = reader.format != Format::Parquet;
    let declared = |name: &str| reader.options.types.iter().find(|(of, _)| **of == *name).map(|(_, ty)| ty);
    let needed = leaves.iter().filter_map(|(path, dtype)| {
        let name = path.join(".");
        let is_needed = match declared(&name) {
            Some(ty) => *ty.inner() == appspec_lang::value::Type::Decimal,
            None => (is_text && *dtype == DataType::String) || takes_looking(dtype),
        };
        is_needed.then(|| at(path).alias(name))
    });
    let needed: Vec<Expr> = needed.collect();
    if needed.is_empty() { Ok(DataFrame::empty()) } else { Ok(frame.select(needed).collect()?) }
}

fn own_schemas(reader: &Reader<'_>, inputs: &[Input]) -> Result<Vec<SchemaRef>, Unreadable> {
    inputs.iter().map(|input| Ok(reader.read(input, None)?.collect_schema()?)).collect()
}

/// The columns of text files, each in its own order; what is text in one is text in all.
fn csv_schemas(reader: &Reader<'_>, inputs: &[Input]) -> Result<Vec<SchemaRef>, Unreadable> {
    let own = own_schemas(reader, inputs)?;
    if let [_] = own.as_slice() {
        return Ok(own);
    }
    let mut joined = Schema::default();
    for (input, schema) in inputs.iter().zip(&own) {
        let empty = empty_columns(reader, input, schema)?;
        for (name, dtype) in schema.iter() {
            // A column without a cell says nothing of its type.
            let dtype = if empty.contains(name) { &DataType::Null } else { dtype };
            let wide = match (joined.get(name), dtype) {
                (None | Some(DataType::Null), dtype) => dtype.clone(),
                (Some(known), DataType::Null) => known.clone(),
                (Some(known), dtype) if known == dtype => continue,
                (Some(known), dtype) if known.is_numeric() && dtype.is_numeric() => DataType::Float64,
                _ => DataType::String,
            };
            joined.with_column(name.clone(), wide);
        }
    }
    let with_types = |schema: &SchemaRef| {
        let typed = schema.iter_names().map(|name| {
            let dtype = joined.get(name).filter(|dtype| !dtype.is_null()).cloned().unwrap_or(DataType::String);
            (name.clone(), dtype)
        });
        Arc::new(typed.collect::<Schema>())
    };
    Ok(own.iter().map(with_types).collect())
}

/// The text columns of an input that hold nothing.
fn empty_columns(reader: &Reader<'_>, input: &Input, schema: &SchemaRef) -> Result<Vec<PlSmallStr>, Unreadable> {
    let texts = schema.iter().filter(|(_, dtype)| **dtype == DataType::String).map(|(name, _)| name.clone());
    let texts: Vec<PlSmallStr> = texts.collect();
    if texts.is_empty() {
        return Ok(texts);
    }
    let counts = texts.iter().map(|name| col(name.clone()).count());
    let counts = reader.read(input, Some(schema))?.select(counts.collect::<Vec<_>>()).collect()?;
    let is_empty = |name: &PlSmallStr| {
        counts.column(name).is_ok_and(|count| count.get(0).is_ok_and(|count| count.extract::<u64>() == Some(0)))
    };
    Ok(texts.into_iter().filter(is_empty).collect())
}

/// The columns of all Parquet files, of the widest types.
fn joined_parquet(reader: &Reader<'_>, inputs: &[Input]) -> Result<Schema, Unreadable> {
    let mut joined = Schema::default();
    let mut from: Vec<(PlSmallStr, Option<String>)> = Vec::new();
    for input in inputs {
        let schema = reader.read(input, None)?.collect_schema()?;
        for (name, dtype) in schema.iter() {
            let dtype = widest(dtype);
            let Some(known) = joined.get(name).cloned() else {
                joined.with_column(name.clone(), dtype);
                from.push((name.clone(), input.name()));
                continue;
            };
            let wide = match (&known, &dtype) {
                (DataType::Null, _) => dtype,
                (_, DataType::Null) => known,
                (one, other) if one == other => known,
                (one, other) if one.is_primitive_numeric() && other.is_primitive_numeric() => DataType::Float64,
                (one, other) => {
                    let first = from.iter().find(|(of, _)| of == name).and_then(|(_, file)| file.clone());
                    return Err(Unreadable::Other(format!(
                        "the column `{name}` is {} in `{}` and {} in `{}`",
                        type_of(one),
                        first.unwrap_or_default(),
                        type_of(other),
                        input.name().unwrap_or_default()
                    )));
                }
            };
            joined.with_column(name.clone(), wide);
        }
    }
    Ok(joined)
}

/// The type that a column of a Parquet file is read as.
fn widest(dtype: &DataType) -> DataType {
    match dtype {
        DataType::UInt64 | DataType::Int128 | DataType::UInt128 => dtype.clone(),
        integer if integer.is_integer() => DataType::Int64,
        float if float.is_float() => DataType::Float64,
        DataType::Datetime(_, zone) => DataType::Datetime(TimeUnit::Microseconds, zone.clone()),
        DataType::Categorical(..) => DataType::String,
        other => other.clone(),
    }
}
