//! The SQL of a template as a database can describe it, without values.

use std::ops::Range;

use super::{Expr, Part, Template};
use crate::source::{SourceText, Span};

/// SQL in which placeholders stand for values.
#[derive(Clone, Debug, Default)]
pub struct Skeleton {
    pub text: String,
    /// Ascending: from which byte of the text on it comes from where.
    runs: Vec<(usize, Origin)>,
}

#[derive(Clone, Debug)]
enum Origin {
    Text(SourceText),
    /// A placeholder, for this expression.
    Emit(Span),
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
            Self::Emit(span) => *span,
        }
    }
}

/// Which way a skeleton goes where the template may go two.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Then,
    Otherwise,
}

impl<R> Template<R> {
    /// The SQL to describe: all optional parts in, one turn of each `for`, and each branch of an `if` tried.
    ///
    /// `placeholder` writes what stands for an expression, given how many stand before it.
    pub fn skeletons(&self, mut placeholder: impl FnMut(&Expr<R>, usize) -> String) -> Vec<Skeleton> {
        let mut skeletons = vec![self.skeleton(Way::Then, &mut placeholder)];
        let other = self.skeleton(Way::Otherwise, &mut placeholder);
        if skeletons.iter().all(|skeleton| skeleton.text != other.text) {
            skeletons.push(other);
        }
        skeletons
    }

    fn skeleton(&self, way: Way, placeholder: &mut impl FnMut(&Expr<R>, usize) -> String) -> Skeleton {
        let mut skeleton = Skeleton::default();
        let mut count = 0;
        write(&self.parts, way, &mut skeleton, &mut |expr| {
            count += 1;
            placeholder(expr, count - 1)
        });
        skeleton
    }
}

fn write<R>(parts: &[Part<R>], way: Way, to: &mut Skeleton, placeholder: &mut impl FnMut(&Expr<R>) -> String) {
    for part in parts {
        match part {
            Part::Text(text) => to.push(&text.text, Origin::Text(text.clone())),
            Part::Emit(expr) => to.push(&placeholder(expr), Origin::Emit(expr.span)),
            Part::If { then, .. } if way == Way::Then => write(then, way, to, placeholder),
            Part::If { otherwise, .. } => write(otherwise, way, to, placeholder),
            Part::For { otherwise, .. } if way == Way::Otherwise && !otherwise.is_empty() => {
                write(otherwise, way, to, placeholder);
            }
            Part::For { body, .. } => write(body, way, to, placeholder),
            Part::Set { .. } => {}
            Part::Optional(inner) => write(inner, way, to, placeholder),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostics;
    use crate::expr::parse_sql;
    use crate::source::{FileId, SourceText, Span};

    #[test]
    fn each_branch_is_tried_and_keeps_its_place() {
        let text = "a [[ and {{ state.x }} ]]{% if state.y %} b{% else %} c{% endif %}";
        let span = Span { file: FileId(0), start: 100, end: 100 + u32::try_from(text.len()).unwrap() };
        let template = parse_sql(&SourceText::verbatim(text, span), &mut Diagnostics::default()).unwrap();
        let skeletons = template.skeletons(|_, index| format!("?{index}"));
        let texts: Vec<_> = skeletons.iter().map(|skeleton| skeleton.text.as_str()).collect();
        assert_eq!(texts, ["a  and ?0  b", "a  and ?0  c"]);
        let place =
            |at: usize, range| skeletons[at].span_of(range).map(|span: Span| (span.start - 100, span.end - 100));
        assert_eq!(place(0, 0..1), Some((0, 1)));
        assert_eq!(place(0, 7..9), Some((12, 19)), "a placeholder is its expression");
        assert_eq!(place(1, 11..12), Some((54, 55)));
    }
}
