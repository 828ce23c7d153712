//! Formats against the types of what they turn into text.

use super::types::words;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::functions::{self, Kind, Subject};
use crate::spec::Format;
use crate::value::Type;

/// Reports a format whose filter cannot stand behind a value of this type; `what` names the value.
pub(super) fn check(format: &Format, ty: &Type, what: &str, diagnostics: &mut Diagnostics) {
    let Some(function) = functions::find(Kind::Filter, &format.filter.value) else { return };
    if ty.is_unknown() || function.subjects.iter().any(|subject| takes(*subject, ty)) {
        return;
    }
    let wanted: Vec<&str> = function.subjects.iter().map(|subject| subject.word()).collect();
    let message = format!("`{}` formats {}, but {what} is {}", format.filter.value, wanted.join(" or "), words(ty));
    diagnostics.report(&code::TYPE, format.filter.span, message);
}

fn takes(subject: Subject, ty: &Type) -> bool {
    match subject {
        Subject::Any => true,
        Subject::Number => ty.is_number(),
        Subject::Text => matches!(ty.inner(), Type::Text | Type::Color),
        Subject::Moment => matches!(ty.inner(), Type::Date | Type::DateTime | Type::Time),
        Subject::List => matches!(ty.inner(), Type::List(_)),
        Subject::Table => matches!(ty.inner(), Type::Table(_)),
    }
}
