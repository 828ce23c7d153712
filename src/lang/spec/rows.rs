//! Tables that are written out, and tables that are drawn by chance.

use super::field::{Field, FieldType};
use super::lower::Lowering;
use super::shape::{Fields, Shape};
use super::{Generate, Generator, Name, Rows, Source, literal};
use crate::diagnostic::code::{MISSING_KEY, TYPE, UNKNOWN_COLUMN, UNKNOWN_KIND, VALUE};
use crate::diagnostic::suggest;
use crate::source::{Span, Spanned};
use crate::syntax::{Node, NodeKind};
use crate::value::{Column, Scalar, Type};

/// `generate:`
pub(super) static GENERATE: Shape = Shape {
    name: "`generate`",
    fields: &[
        Field::required("rows", FieldType::Int, "How many rows are drawn."),
        Field::required("columns", FieldType::MapOf(&FieldType::Generator), "How each column is drawn."),
        Field::optional("seed", FieldType::Int, "Draws the same table for everybody and always."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// A table that is drawn is held in memory.
const MOST_ROWS: u64 = 10_000_000;

/// A way to draw a column.
#[derive(Debug)]
pub struct GeneratorShape {
    pub name: &'static str,
    pub takes: Takes,
    /// What it takes, in words.
    pub summary: &'static str,
}

/// What a generator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Two numbers, or nothing.
    Numbers,
    /// Two whole numbers, or nothing.
    Ints,
    /// A list of constants that is not empty.
    Values,
}

/// The ways to draw a column.
pub static GENERATORS: &[GeneratorShape] = &[
    GeneratorShape { name: "normal", takes: Takes::Numbers, summary: "mean and standard deviation, two numbers" },
    GeneratorShape { name: "uniform", takes: Takes::Numbers, summary: "the low end and the high one, two numbers" },
    GeneratorShape { name: "int", takes: Takes::Ints, summary: "the low end and the high one, two whole numbers" },
    GeneratorShape { name: "sequence", takes: Takes::Ints, summary: "the start and the step, two whole numbers" },
    GeneratorShape { name: "choice", takes: Takes::Values, summary: "a list of values to draw from" },
];

impl Source {
    /// The columns of a table that the spec itself makes.
    pub fn columns(&self) -> Option<Vec<Column>> {
        match self {
            Self::Rows(rows) => Some(columns_of_rows(rows)),
            Self::Generate(generate) => {
                let column = |(name, generator): &(Name, Generator)| Column { name: name.clone(), ty: generator.ty() };
                Some(generate.columns.iter().map(column).collect())
            }
            _ => None,
        }
    }
}

impl Generator {
    /// The type of what is drawn.
    pub fn ty(&self) -> Type {
        match self {
            Self::Normal(..) | Self::Uniform(..) => Type::Float,
            Self::Int(..) | Self::Sequence(..) => Type::Int,
            Self::Choice(values) => values.iter().map(Scalar::ty).reduce(|a, b| a.join(&b)).unwrap_or(Type::Any),
        }
    }
}

fn columns_of_rows(rows: &[Vec<(Name, Scalar)>]) -> Vec<Column> {
    let mut columns: Vec<(Name, Option<Type>, usize)> = Vec::new();
    for row in rows {
        for (name, value) in row {
            let ty = value.ty();
            match columns.iter_mut().find(|(known, _, _)| known == name) {
                Some((_, joined, count)) => {
                    *joined = Some(joined.as_ref().map_or(ty.clone(), |joined| joined.join(&ty)));
                    *count += 1;
                }
                None => columns.push((name.clone(), Some(ty), 1)),
            }
        }
    }
    let column = |(name, ty, count): (Name, Option<Type>, usize)| {
        let ty = ty.unwrap_or(Type::Any);
        Column { name, ty: if count < rows.len() { ty.nullable() } else { ty } }
    };
    columns.into_iter().map(column).collect()
}

/// Lowers `rows:`: a list of maps.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Rows> {
    let reported = ctx.diagnostics.len();
    let mut is_whole = !matches!(node.kind, NodeKind::Broken);
    let mut rows = Vec::new();
    let mut places = Vec::new();
    for item in ctx.list(node, "`rows`") {
        let (mut row, mut spans) = (Vec::new(), Vec::new());
        let entries = ctx.map(item, "a row");
        is_whole &= entries.is_some();
        for entry in entries.unwrap_or_default() {
            let Some(value) = literal::single(&entry.value, ctx) else {
                is_whole = false;
                continue;
            };
            row.push((Name::from(entry.key.value.as_str()), value));
            spans.push((entry.key.span, entry.value.span));
        }
        rows.push(row);
        places.push(spans);
    }
    if is_whole && ctx.diagnostics.len() == reported {
        check_columns(&rows, &places, ctx);
    }
    (is_whole && ctx.diagnostics.len() == reported).then(|| rows.into())
}

/// A column of rows, gathered.
struct Gathered<'a> {
    name: &'a Name,
    /// The type of its cells so far, and the first of them that is not null.
    ty: Type,
    first: Option<Span>,
    /// How many rows have it.
    count: usize,
    /// The row and the key where it is first named.
    named: (usize, Span),
}

/// The cells of a column are of one type; a column of one row alone that is nearly another is misspelt.
fn check_columns(rows: &[Vec<(Name, Scalar)>], places: &[Vec<(Span, Span)>], ctx: &mut Lowering<'_>) {
    let mut columns: Vec<Gathered<'_>> = Vec::new();
    for (index, (row, spans)) in rows.iter().zip(places).enumerate() {
        for ((name, value), (key, cell)) in row.iter().zip(spans) {
            let Some(column) = columns.iter_mut().find(|column| column.name == name) else {
                let first = (!value.is_null()).then_some(*cell);
                columns.push(Gathered { name, ty: value.ty(), first, count: 1, named: (index, *key) });
                continue;
            };
            column.count += 1;
            let joined = column.ty.join(&value.ty());
            match column.first {
                Some(first) if joined.is_unknown() && !value.is_null() => {
                    let (cell_is, column_is) = (value.ty().words(), column.ty.inner().words());
                    let message = format!("this cell of `{name}` is {cell_is}, but the column is {column_is}");
                    let diagnostic = ctx.diagnostics.report(&TYPE, *cell, message);
                    diagnostic.here(cell_is).label(first, format!("the column is {column_is}"));
                }
                _ => column.ty = joined,
            }
            column.first = column.first.or((!value.is_null()).then_some(*cell));
        }
    }
    for column in columns.iter().filter(|column| column.count == 1) {
        let (index, span) = column.named;
        let has = |name: &Name| rows.get(index).is_some_and(|row| row.iter().any(|(known, _)| known == name));
        let others = columns.iter().filter(|other| other.count > 1 && !has(other.name));
        if let Some(near) = suggest::nearest(column.name, others.map(|other| &**other.name)) {
            let message = format!("no other row has a column `{}`", column.name);
            ctx.diagnostics.report(&UNKNOWN_COLUMN, span, message).help(format!("did you mean `{near}`?"));
        }
    }
}

/// Lowers `generate:`.
pub(super) fn generate(node: &Node, ctx: &mut Lowering<'_>) -> Option<Generate> {
    let fields = Fields::of(node, &GENERATE, node.span.at_start(), ctx)?;
    let written = fields.int("rows")?;
    let rows = literal::positive(&written, ctx)?;
    if rows > MOST_ROWS {
        let message = format!("{rows} rows are too many to draw: at most {MOST_ROWS}");
        ctx.diagnostics.report(&VALUE, written.span, message);
        return None;
    }
    let reported = ctx.diagnostics.len();
    let entries = ctx.map(fields.get("columns")?, "`columns` of `generate`")?;
    let columns: Vec<(Name, Generator)> = entries
        .iter()
        .filter_map(|entry| Some((Name::from(entry.key.value.as_str()), generator(&entry.value, ctx)?)))
        .collect();
    if ctx.diagnostics.len() > reported {
        return None;
    }
    Some(Generate { rows, columns, seed: fields.int("seed").map(|seed| seed.value) })
}

/// Lowers how a column is drawn: `normal`, or `normal: [0, 1]`.
fn generator(node: &Node, ctx: &mut Lowering<'_>) -> Option<Generator> {
    let (name, args) = match &node.kind {
        NodeKind::Broken => return None,
        NodeKind::Text(text) => (Spanned::new(text.text.to_string(), node.span), None),
        NodeKind::Map(entries) if entries.len() == 1 => {
            let entry = entries.first()?;
            (entry.key.clone(), Some(&entry.value))
        }
        _ => {
            let message = format!("a column is drawn by one generator, but this is {}", node.describe());
            ctx.diagnostics.report(&UNKNOWN_KIND, node.span, message).help("write `normal`, or `normal: [0, 1]`");
            return None;
        }
    };
    match name.value.as_str() {
        "normal" => numbers(&name, args, (0.0, 1.0), ctx).map(|(mean, deviation)| Generator::Normal(mean, deviation)),
        "uniform" => numbers(&name, args, (0.0, 1.0), ctx).map(|(low, high)| Generator::Uniform(low, high)),
        "int" => ints(&name, args, (0, 100), ctx).map(|(low, high)| Generator::Int(low, high)),
        "sequence" => ints(&name, args, (1, 1), ctx).map(|(start, step)| Generator::Sequence(start, step)),
        "choice" => choice(&name, args, ctx),
        unknown => {
            let message = format!("there is no generator `{unknown}`");
            let diagnostic = ctx.diagnostics.report(&UNKNOWN_KIND, name.span, message);
            diagnostic
                .nearest(unknown, GENERATORS.iter().map(|generator| generator.name))
                .help("generators are `normal`, `uniform`, `int`, `sequence` and `choice`");
            None
        }
    }
}

fn numbers(
    name: &Spanned<String>,
    args: Option<&Node>,
    default: (f64, f64),
    ctx: &mut Lowering<'_>,
) -> Option<(f64, f64)> {
    let Some(args) = args else { return Some(default) };
    let pair = pair(args, ctx).and_then(|(a, b)| Some((a.as_float()?, b.as_float()?)));
    let is_drawable = |(first, second): &(f64, f64)| match name.value.as_str() {
        "normal" => *second >= 0.0,
        _ => first <= second,
    };
    report_unless_some(pair.filter(is_drawable), name, args, ctx)
}

fn ints(
    name: &Spanned<String>,
    args: Option<&Node>,
    default: (i64, i64),
    ctx: &mut Lowering<'_>,
) -> Option<(i64, i64)> {
    let Some(args) = args else { return Some(default) };
    let pair = match pair(args, ctx) {
        Some((Scalar::Int(a), Scalar::Int(b))) => Some((a, b)),
        _ => None,
    };
    let is_drawable = |(first, second): &(i64, i64)| name.value == "sequence" || first <= second;
    report_unless_some(pair.filter(is_drawable), name, args, ctx)
}

fn pair(args: &Node, ctx: &mut Lowering<'_>) -> Option<(Scalar, Scalar)> {
    match &args.kind {
        NodeKind::List(items) => match items.as_slice() {
            [first, second] => Some((literal::single(first, ctx)?, literal::single(second, ctx)?)),
            _ => None,
        },
        _ => None,
    }
}

fn report_unless_some<T>(found: Option<T>, name: &Spanned<String>, args: &Node, ctx: &mut Lowering<'_>) -> Option<T> {
    if found.is_none() {
        let generator = GENERATORS.iter().find(|generator| generator.name == name.value);
        let wanted = generator.map_or("another argument", |generator| generator.summary);
        let message = format!("`{}` takes {wanted}", name.value);
        ctx.diagnostics.report(&VALUE, args.span, message);
    }
    found
}

fn choice(name: &Spanned<String>, args: Option<&Node>, ctx: &mut Lowering<'_>) -> Option<Generator> {
    let items = args.map(|args| ctx.list(args, "`choice`")).unwrap_or_default();
    if items.is_empty() {
        let message = "`choice` needs a list of values to draw from";
        ctx.diagnostics.report(&MISSING_KEY, name.span, message).help("write `choice: [red, blue]`");
        return None;
    }
    items.iter().map(|item| literal::single(item, ctx)).collect::<Option<_>>().map(Generator::Choice)
}
