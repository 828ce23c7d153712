//! The SQL of a template as a database can describe it, without values.

use std::ops::Range;

use super::{CompareOp, Expr, ExprKind, Part, Template};
use crate::source::{SourceText, Span};
use crate::value::Scalar;

impl<R> Expr<R> {
    /// The first name that `| identifier([…])` lets through, if this is such an expression.
    pub fn first_identifier(&self) -> Option<String> {
        let ExprKind::Filter { function, args, .. } = &self.kind else { return None };
        let names = args.first().filter(|_| function.name == "identifier")?.constant()?;
        match names {
            Scalar::List(names) => names.first().and_then(Scalar::as_text).map(str::to_owned),
            _ => None,
        }
    }
}

/// SQL in which placeholders stand for values.
#[derive(Clone, Debug, Default)]
pub struct Skeleton {
    pub text: String,
    /// Ascending: from which byte of the text on it comes from where.
    runs: Vec<(usize, Origin)>,
    /// Where optional parts begin in the text.
    optionals: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Origin {
    Text(SourceText),
    /// A placeholder, for this expression, and the whole tag around it.
    Emit(Span, SourceText),
}

impl Skeleton {
    /// Where the bytes `range` of the text come from in the source.
    pub fn span_of(&self, range: Range<usize>) -> Option<Span> {
        let first = self.run_of(range.start)?;
        let last = if range.end > range.start { self.run_of(range.end - 1)? } else { first };
        let start = first.1.span_from(range.start - first.0);
        let end = last.1.span_from(range.end.saturating_sub(1).max(range.start) - last.0);
        Some(if range.end > range.start { start.to(end) } else { start.at_start() })
    }

    /// The placeholders: where each stands in the text, and the expression that it stands for.
    pub fn places(&self) -> impl Iterator<Item = (Range<usize>, Span)> {
        let ends = self.runs.iter().skip(1).map(|(start, _)| *start).chain([self.text.len()]);
        self.runs.iter().zip(ends).filter_map(|((start, origin), end)| match origin {
            Origin::Emit(span, _) => Some((*start..end, *span)),
            Origin::Text(_) => None,
        })
    }

    /// Where something is to be put into the source to stand before this byte of the text.
    pub fn place_before(&self, at: usize) -> Option<Span> {
        let end = |at: usize| {
            let (start, origin) = self.run_of(at)?;
            let before = match origin {
                Origin::Text(text) => text.span_of(at - start..at - start + 1),
                Origin::Emit(_, tag) => tag.span,
            };
            Some(Span { start: before.end, ..before })
        };
        match self.run_of(at)? {
            _ if at >= self.text.len() => end(at.checked_sub(1)?),
            (start, Origin::Emit(_, tag)) if *start == at => Some(tag.span.at_start()),
            (start, Origin::Text(text)) => match at.checked_sub(1).filter(|_| *start == at) {
                Some(before) if matches!(self.run_of(before), Some((_, Origin::Emit(..)))) => end(before),
                _ => Some(text.span_of(at - start..at - start)),
            },
            (_, Origin::Emit(..)) => None,
        }
    }

    /// Whether an optional part begins at this byte of the text, apart from blanks.
    pub fn begins_optional(&self, at: usize) -> bool {
        let is_blank = |start: usize| self.text.get(start..at).is_some_and(|between| between.trim().is_empty());
        self.optionals.iter().any(|start| is_blank(*start))
    }

    /// What is said of the text in the words of the source: a placeholder is the `{{ }}` that it stands for.
    pub fn as_written(&self, message: &str) -> String {
        let mut message = message.to_owned();
        let ends = self.runs.iter().skip(1).map(|(start, _)| *start).chain([self.text.len()]);
        let placed: Vec<_> = self.runs.iter().zip(ends).collect();
        // From the last on, for `?1` is the beginning of `?10`.
        for ((start, origin), end) in placed.into_iter().rev() {
            let Origin::Emit(_, tag) = origin else { continue };
            let placeholder = self.text.get(*start..end).filter(|text| text.starts_with(['?', '$']));
            if let Some(placeholder) = placeholder.filter(|text| message.contains(text)) {
                let tag: Vec<&str> = tag.text.split_whitespace().collect();
                message = message.replace(placeholder, &tag.join(" "));
            }
        }
        message
    }

    fn run_of(&self, at: usize) -> Option<&(usize, Origin)> {
        let after = self.runs.partition_point(|(start, _)| *start <= at);
        self.runs.get(after.checked_sub(1)?)
    }

    fn push(&mut self, text: &str, origin: Origin) {
        self.runs.push((self.text.len(), origin));
        self.text.push_str(text);
    }
}

impl Origin {
    /// The place of the byte `offset` behind the start of this.
    fn span_from(&self, offset: usize) -> Span {
        match self {
            Self::Text(text) => text.span_of(offset..offset + 1),
            Self::Emit(span, _) => *span,
        }
    }
}

/// Which way a skeleton goes where the template may go several.
#[derive(Clone, Copy)]
struct Way {
    /// Whether what the template reads holds something: then all optional parts are in, else none is.
    is_given: bool,
    /// Counts the branches of what that does not decide.
    branch: usize,
}

/// More ways than anybody writes.
const MOST_BRANCHES: usize = 64;

impl<R> Template<R> {
    /// The SQL to describe: with all optional parts and without, one turn of each `for`, and each branch of an `if`.
    ///
    /// `placeholder` writes what stands for an expression, given how many stand before it.
    pub fn skeletons(&self, mut placeholder: impl FnMut(&Expr<R>, usize) -> String) -> Vec<Skeleton> {
        let mut skeletons: Vec<Skeleton> = Vec::new();
        for is_given in [true, false] {
            for branch in 0..branches(&self.parts, is_given).min(MOST_BRANCHES) {
                let mut skeleton = Skeleton::default();
                let mut count = 0;
                write(&self.parts, Way { is_given, branch }, &mut skeleton, &mut |expr| {
                    count += 1;
                    placeholder(expr, count - 1)
                });
                if skeletons.iter().all(|known| known.text != skeleton.text) {
                    skeletons.push(skeleton);
                }
            }
        }
        skeletons
    }
}

/// How many ways there are through these parts.
fn branches<R>(parts: &[Part<R>], is_given: bool) -> usize {
    let of_part = |part: &Part<R>| match part {
        Part::If { test, then, otherwise } => match decided(test, is_given) {
            Some(true) => branches(then, is_given),
            Some(false) => branches(otherwise, is_given),
            None => branches(then, is_given) + branches(otherwise, is_given),
        },
        Part::For { body, otherwise, .. } => branches(turn(body, otherwise, is_given), is_given),
        Part::Optional(inner) if is_given => branches(inner, is_given),
        _ => 1,
    };
    parts.iter().map(of_part).max().unwrap_or(1)
}

/// What a `for` gives: of nothing, what is written for that.
fn turn<'p, R>(body: &'p [Part<R>], otherwise: &'p [Part<R>], is_given: bool) -> &'p [Part<R>] {
    if is_given || otherwise.is_empty() { body } else { otherwise }
}

fn write<R>(parts: &[Part<R>], way: Way, to: &mut Skeleton, placeholder: &mut impl FnMut(&Expr<R>) -> String) {
    for part in parts {
        match part {
            Part::Text(text) => to.push(&text.text, Origin::Text(text.clone())),
            Part::Emit(expr, tag) => to.push(&placeholder(expr), Origin::Emit(expr.span, tag.clone())),
            Part::If { test, then, otherwise } => {
                let first = branches(then, way.is_given);
                match decided(test, way.is_given) {
                    Some(true) => write(then, way, to, placeholder),
                    Some(false) => write(otherwise, way, to, placeholder),
                    None if way.branch < first => write(then, way, to, placeholder),
                    None => write(otherwise, Way { branch: way.branch - first, ..way }, to, placeholder),
                }
            }
            Part::For { body, otherwise, .. } => {
                write(turn(body, otherwise, way.is_given), way, to, placeholder);
            }
            Part::Set { .. } => {}
            Part::Optional(inner) if way.is_given => {
                to.optionals.push(to.text.len());
                write(inner, way, to, placeholder);
            }
            Part::Optional(_) => {}
        }
    }
}

/// Whether a test holds, as far as it rests on whether something is given, or on the only turn of a `for`.
fn decided<R>(test: &Expr<R>, is_given: bool) -> Option<bool> {
    match &test.kind {
        ExprKind::Ref(_) => Some(is_given),
        ExprKind::Attr { .. } => in_loop(test).map(|number| number > 0),
        ExprKind::Not(inner) => decided(inner, is_given).map(|holds| !holds),
        ExprKind::And(left, right) => match (decided(left, is_given), decided(right, is_given)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (left, right) => left.and(right),
        },
        ExprKind::Or(left, right) => match (decided(left, is_given), decided(right, is_given)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (left, right) => left.and(right),
        },
        ExprKind::Test { function, base, .. } if function.name == "none" && is_read(base) => Some(!is_given),
        ExprKind::Filter { base, .. } if is_read(test) => decided(base, is_given),
        ExprKind::Compare { first, rest } => match rest.as_slice() {
            [(op, other)] => compared(first, *op, &other.constant()?, is_given),
            _ => None,
        },
        _ => None,
    }
}

/// `loop.index < 2`, and comparisons with what stands for nothing: `state.region != ""`, `state.regions | length > 0`.
fn compared<R>(first: &Expr<R>, op: CompareOp, other: &Scalar, is_given: bool) -> Option<bool> {
    if let (Some(number), Scalar::Int(other)) = (in_loop(first), other) {
        return Some(match op {
            CompareOp::Equal => number == *other,
            CompareOp::NotEqual => number != *other,
            CompareOp::Less => number < *other,
            CompareOp::LessOrEqual => number <= *other,
            CompareOp::Greater => number > *other,
            CompareOp::GreaterOrEqual => number >= *other,
            CompareOp::In | CompareOp::NotIn => return None,
        });
    }
    let is_nothing = match other {
        Scalar::Null => true,
        Scalar::Int(0) => matches!(first.kind, ExprKind::Filter { .. }),
        Scalar::List(items) => items.is_empty(),
        other => other.as_text() == Some(""),
    };
    match op {
        _ if !is_nothing || !is_read(first) => None,
        CompareOp::Equal => Some(!is_given),
        CompareOp::NotEqual | CompareOp::Greater => Some(is_given),
        _ => None,
    }
}

/// Whether this is something that the template reads, or how much of it there is.
fn is_read<R>(expr: &Expr<R>) -> bool {
    match &expr.kind {
        ExprKind::Ref(_) => true,
        ExprKind::Filter { function, base, .. } => {
            matches!(function.name, "length" | "count" | "trim") && matches!(base.kind, ExprKind::Ref(_))
        }
        _ => false,
    }
}

/// A field of `loop` in the only turn, where `first` and `last` are 1.
fn in_loop<R>(expr: &Expr<R>) -> Option<i64> {
    let ExprKind::Attr { base, name } = &expr.kind else { return None };
    let is_loop = matches!(&base.kind, ExprKind::Local(local) if &**local == "loop");
    match &*name.value {
        _ if !is_loop => None,
        "first" | "last" | "index" | "revindex" | "length" => Some(1),
        "index0" | "revindex0" => Some(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::expr::parse_sql;
    use crate::source::FileId;

    fn skeletons(text: &str) -> Vec<Skeleton> {
        let span = Span::new(FileId(0), 100, 100 + u32::try_from(text.len()).unwrap());
        let template = parse_sql(&SourceText::verbatim(text, span), &mut Diagnostics::default()).unwrap();
        template.skeletons(|_, index| format!("?{index}"))
    }

    #[test]
    fn each_branch_is_tried_and_keeps_its_place() {
        let skeletons = skeletons("a [[ and {{ state.x }} ]]{% if state.y %} b{% else %} c{% endif %}");
        let texts: Vec<_> = skeletons.iter().map(|skeleton| skeleton.text.as_str()).collect();
        assert_eq!(texts, ["a  and ?0  b", "a  c"]);
        let place =
            |at: usize, range| skeletons[at].span_of(range).map(|span: Span| (span.start - 100, span.end - 100));
        assert_eq!(place(0, 0..1), Some((0, 1)));
        assert_eq!(place(0, 7..9), Some((12, 19)), "a placeholder is its expression");
        assert_eq!(place(1, 3..4), Some((54, 55)));
    }

    #[test]
    fn what_is_put_in_stands_beside_the_tag() {
        for (text, before, at) in [
            ("a in {{ state.x }}", "?0", 5),
            ("a in {{- state.x -}}  b", "b", 20),
            ("a in {{ state.x }} b", " b", 18),
            ("a [[ b in {{ state.x }}]] c", "b", 5),
            ("{{ state.x }}", "?0", 0),
        ] {
            let skeleton = skeletons(text).swap_remove(0);
            let found = skeleton.text.find(before).and_then(|at| skeleton.place_before(at));
            assert_eq!(found.map(|span| (span.start - 100, span.end - 100)), Some((at, at)), "{text}");
        }
        for (text, at) in [("a in {{ state.x }}", 18), ("a [[ in {{ state.x }}]] c", 21), ("", 0)] {
            let skeleton = skeletons(text).swap_remove(0);
            let end = skeleton.text.find("?0").map_or(0, |at| at + 2);
            assert_eq!(skeleton.place_before(end).map_or(0, |span| span.start - 100), at, "{text}");
        }
        let many = "{{ state.x }} {{state.x\n  | length}} ".repeat(6);
        let skeleton = skeletons(&many).swap_remove(0);
        assert_eq!(skeleton.as_written("not `?1`, `?10` or `?`"), "not `{{state.x | length}}`, `{{ state.x }}` or `?`");
    }

    #[test]
    fn ways_are_those_that_may_come_together() {
        let cases: &[(&str, &[&str])] = &[
            ("a", &["a"]),
            ("[[ {{ state.x }} ]]", &[" ?0 ", ""]),
            ("{% if state.n > 1 %}a{% elif state.n > 2 %}b{% else %}c{% endif %}", &["a", "b", "c"]),
            ("{% if state.n > 1 %}a{% if state.n > 3 %}b{% endif %}{% else %}c{% endif %}", &["ab", "a", "c"]),
            ("{% if state.n > 1 %}a{% endif %}{% if state.n > 2 %}b{% else %}c{% endif %}", &["ab", "c"]),
            ("[[ {{ state.x }} ]]{% if not state.x %}a{% endif %}", &[" ?0 ", "a"]),
            ("{% if state.x is none %}a{% else %}b{% endif %}", &["b", "a"]),
            ("{% if state.x is not none and state.y %}a{% endif %}", &["a", ""]),
            ("{% if state.l | length > 0 %}a{% endif %}{% if state.x == '' %}b{% endif %}", &["a", "b"]),
            ("{% for x in state.l %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}", &["?0"]),
            ("{% for x in state.l %}{% if loop.index > 1 %}, {% endif %}{{ x }}{% endfor %}", &["?0"]),
            ("{% for x in state.l %}{{ x }}{% else %}null{% endfor %}", &["?0", "null"]),
        ];
        for (text, wanted) in cases {
            let found = skeletons(text);
            let texts: Vec<_> = found.iter().map(|skeleton| skeleton.text.as_str()).collect();
            assert_eq!(texts, *wanted, "{text}");
        }
    }
}
