//! What follows the path of a link: parameters that stand for keys of the page it leads to.

use super::program::Ref;
use super::{Destination, types};
use crate::component::decode;
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::expr::types::Scope;
use crate::expr::{Expr, Part, Template};
use crate::source::Span;
use crate::value::Type;

/// A piece of a value: as it is written, or what an expression gives.
enum Piece<'a> {
    Text(&'a str),
    Value(&'a Expr<Ref>),
}

/// A parameter of a link, and what it is given.
#[derive(Default)]
struct Parameter<'a> {
    name: &'a str,
    value: Vec<Piece<'a>>,
}

impl<'a> Parameter<'a> {
    /// Takes the next piece of text, up to the parameter behind it: the first one begins with the name.
    fn read(&mut self, piece: &'a str) {
        let mut value = piece;
        if self.name.is_empty() && self.value.is_empty() {
            (self.name, value) = piece.split_once('=').unwrap_or((piece, ""));
        }
        if !value.is_empty() {
            self.value.push(Piece::Text(value));
        }
    }
}

/// Checks the parameters of a link to a page, as far as they are written out.
pub(super) fn check(url: &Template<Ref>, page: &Destination, scope: &dyn Scope<Ref>, diagnostics: &mut Diagnostics) {
    for parameter in parameters(url) {
        match page.query.iter().find(|(name, _)| **name == *parameter.name) {
            Some((_, ty)) => check_value(&parameter, ty, (url.span, page), scope, diagnostics),
            None => report_unknown(parameter.name, url.span, page, diagnostics),
        }
    }
}

/// The parameters behind the question mark, as far as their names are written out.
fn parameters(url: &Template<Ref>) -> Vec<Parameter<'_>> {
    let mut all: Vec<Parameter<'_>> = Vec::new();
    for part in &url.parts {
        match part {
            Part::Text(text) => {
                let (text, is_last) =
                    text.text.split_once('#').map_or((text.text.as_ref(), false), |(text, _)| (text, true));
                let query = if all.is_empty() { text.split_once('?').map(|(_, query)| query) } else { Some(text) };
                for (position, piece) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
                    if all.is_empty() || position > 0 {
                        all.push(Parameter::default());
                    }
                    all.last_mut().into_iter().for_each(|last| last.read(piece));
                }
                if is_last {
                    break;
                }
            }
            Part::Emit(expr, _) => all.last_mut().into_iter().for_each(|last| last.value.push(Piece::Value(expr))),
            _ => break,
        }
    }
    all.retain(|parameter| !parameter.name.is_empty());
    all
}

fn check_value(
    parameter: &Parameter<'_>,
    ty: &Type,
    (whole, page): (Span, &Destination),
    scope: &dyn Scope<Ref>,
    diagnostics: &mut Diagnostics,
) {
    let item = match ty.inner() {
        Type::List(item) => item.inner(),
        single => single,
    };
    let (at, found) = match parameter.value.as_slice() {
        [Piece::Text(text)] if !is_plain(text) || fits(ty, item, text) => return,
        [Piece::Text(text)] => (whole, format!("`{text}`")),
        [Piece::Value(expr)] => {
            let given = expr.ty(scope, &mut Diagnostics::default());
            let is_spelt = *item == Type::Text || matches!(item, Type::Range(_)) || given.is_unknown();
            if is_spelt || item.accepts(&given) || matches!(given.inner(), Type::Text | Type::Any) {
                return;
            }
            (expr.span, types::words(&given))
        }
        _ => return,
    };
    let message =
        format!("`{}` of the page `{}` is {}, but this is {found}", parameter.name, page.path, types::words(ty));
    diagnostics.report(&code::TYPE, at, message).here(found);
}

/// Whether a value stands there as it is meant, without percent-encoding.
fn is_plain(text: &str) -> bool {
    !text.contains(['%', '+'])
}

/// Whether a value that is written out can be one of the type.
fn fits(ty: &Type, item: &Type, text: &str) -> bool {
    match (item, text.split_once("..")) {
        (Type::Bool, _) => matches!(text, "true" | "false"),
        (Type::Range(_), Some((low, high))) => decode::value(item, &[low, high]).is_ok(),
        (Type::Range(_), None) => false,
        _ => text.is_empty() && ty.is_nullable() || decode::value(item, &[text]).is_ok(),
    }
}

/// Warns of a parameter that is meant for a key, as far as that can be told: others may read what the page does not.
fn report_unknown(name: &str, span: Span, page: &Destination, diagnostics: &mut Diagnostics) {
    let help = if page.others.iter().any(|key| **key == *name) {
        format!("its key `{name}` stands in the URL once it has `in_url: true`")
    } else if let Some(near) = suggest::nearest(name, page.query.iter().map(|(name, _)| &**name)) {
        format!("did you mean `{near}`?")
    } else {
        return;
    };
    let message = format!("the page `{}` takes nothing from the URL as `{name}`", page.path);
    diagnostics.report(&code::SUSPICIOUS, span, message).help(help);
}
