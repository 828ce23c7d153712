//! Where links lead: to a page that exists, with parameters that it takes, in its path and behind it.

use super::program::Ref;
use super::{Destination, link_query, types};
use crate::component::decode;
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::expr::types::Scope;
use crate::expr::{Expr, Part, Template};
use crate::source::{Span, Spanned};
use crate::spec::Name;
use crate::value::Type;

/// A part of a path, between slashes.
type Segment<'a> = Vec<Piece<'a>>;

/// A piece of a segment: as it is written, or what an expression gives, which never holds a slash.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    Value(&'a Expr<Ref>),
}

/// Checks a URL of the app, as far as it is written out: it must be that of a page, and what stands for the page's
/// parameters must fit them. `scope` knows the types of what the URL reads.
pub(super) fn check(url: &Template<Ref>, scope: &dyn Scope<Ref>, pages: &[Destination], diagnostics: &mut Diagnostics) {
    if let Some(scheme) = strange_scheme(url) {
        let diagnostic = diagnostics.report(&code::VALUE, url.span, format!("a link leads to no `{scheme}:`"));
        diagnostic.help("it leads to the path of a page, or to a URL with `https:`, `http:`, `mailto:` or `tel:`");
        return;
    }
    let Some(segments) = segments(url) else { return };
    if let Some(page) = pages.iter().find(|page| leads_to(&segments, page, url.span, scope)) {
        return link_query::check(url, page, scope, diagnostics);
    }
    let path = shown(&segments);
    let near = pages.iter().find(|page| is_alike(&segments, page));
    if let Some((page, misfit)) = near.and_then(|page| Some((page, misfit(&segments, page, url.span, scope)?))) {
        let wanted = types::words(misfit.ty);
        let message =
            format!("`{}` of the page `{}` is {wanted}, but this is {}", misfit.param, page.path, misfit.found);
        diagnostics.report(&code::TYPE, misfit.at, message).here(misfit.found);
        return;
    }
    report_no_page(&path, url.span, pages, diagnostics);
}

/// The scheme that a URL begins with, if no link may.
fn strange_scheme(url: &Template<Ref>) -> Option<&str> {
    let Part::Text(text) = url.parts.first()? else { return None };
    let (scheme, _) = text.text.trim_start().split_once(':')?;
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let is_known = ["https", "http", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (is_scheme && !scheme.is_empty() && !is_known).then_some(scheme)
}

/// Checks a URL of the app that is written out.
pub(super) fn check_path(path: &Spanned<String>, pages: &[Destination], diagnostics: &mut Diagnostics) {
    check(&Template::verbatim(path.value.as_str(), path.span), &Nothing, pages, diagnostics);
}

/// What a URL reads that is written out.
struct Nothing;

impl Scope<Ref> for Nothing {
    fn type_of(&self, _: &Ref) -> Type {
        Type::Any
    }

    fn describe(&self, _: &Ref) -> String {
        "this".to_owned()
    }
}

/// The page that a path leads to, whatever the types of its parameters are; one that leads to none is reported.
pub(super) fn page_at<'p>(
    path: &Spanned<String>,
    pages: &'p [Destination],
    diagnostics: &mut Diagnostics,
) -> Option<&'p Destination> {
    let url = Template::verbatim(path.value.as_str(), path.span);
    let segments = segments(&url);
    let alike = segments.iter().flat_map(|segments| pages.iter().filter(|page| is_alike(segments, page)));
    // A page that is written out goes before one with a parameter there.
    let found = alike.min_by_key(|page| page.params.len());
    if found.is_none() {
        let path = segments.map_or_else(|| path.value.clone(), |segments| shown(&segments));
        report_no_page(&path, url.span, pages, diagnostics);
    }
    found
}

fn report_no_page(path: &str, span: Span, pages: &[Destination], diagnostics: &mut Diagnostics) {
    let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, format!("no page `{path}`"));
    let paths = || pages.iter().map(|page| page.path.as_str());
    let rooted = format!("/{path}");
    if !path.starts_with('/') && paths().any(|page| page == rooted) {
        diagnostic.help(format!("the path of a page begins with a slash: `{rooted}`"));
    } else if let Some(near) = paths().find(|page| *page == path).map(str::to_owned).or_else(|| nearest(path, pages)) {
        if near != path {
            diagnostic.help(format!("did you mean `{near}`?"));
        }
        if let Some(param) = near.split('/').find_map(parameter) {
            diagnostic.help(format!("a value stands in the place of `[{param}]`"));
        }
    } else {
        const SHOWN: usize = 12;
        let mut all: Vec<String> = paths().take(SHOWN).map(|page| format!("`{page}`")).collect();
        if pages.len() > SHOWN {
            all.push(format!("and {} more", pages.len() - SHOWN));
        }
        diagnostic.help(format!("the pages are {}", all.join(", ")));
    }
}

/// The path of the page that is nearest to this one, with the values that this one gives for its parameters.
fn nearest(path: &str, pages: &[Destination]) -> Option<String> {
    let masked: Vec<String> = pages
        .iter()
        .map(|page| {
            let segments = page.path.split('/').zip(path.split('/').chain(std::iter::repeat("")));
            let masked = segments.map(|(wanted, given)| if parameter(wanted).is_some() { given } else { wanted });
            masked.collect::<Vec<_>>().join("/")
        })
        .collect();
    let near = suggest::nearest(path, masked.iter().map(String::as_str))?;
    let page = masked.iter().zip(pages).find(|(masked, _)| *masked == near).map(|(_, page)| page)?;
    // What is not written out, or nothing, is no value to suggest.
    let is_given = near.split('/').skip(1).all(|segment| !segment.is_empty() && !segment.contains('…'));
    Some(if is_given || page.path == "/" { near.to_owned() } else { page.path.clone() })
}

/// The parts of the path of a URL of this app; none of one that leads elsewhere, or whose path is not written out.
fn segments(url: &Template<Ref>) -> Option<Vec<Segment<'_>>> {
    let mut segments: Vec<Segment<'_>> = vec![Vec::new()];
    let is_rooted = matches!(url.parts.first(), Some(Part::Text(text)) if text.text.starts_with('/'));
    if !is_rooted {
        // What is relative is the page itself, another server, or known only when it runs.
        let written = url.constant()?;
        if written.contains(':') || written.starts_with(['?', '#']) || written.is_empty() {
            return None;
        }
    }
    for part in &url.parts {
        match part {
            Part::Text(text) => {
                let end = text.text.find(['?', '#']);
                let path = text.text.get(..end.unwrap_or(text.text.len()))?;
                let mut pieces = path.split('/');
                let first = pieces.next().filter(|piece| !piece.is_empty());
                segments.last_mut()?.extend(first.map(Piece::Text));
                for piece in pieces {
                    segments.push(Some(piece).filter(|piece| !piece.is_empty()).map(Piece::Text).into_iter().collect());
                }
                if end.is_some() {
                    break;
                }
            }
            Part::Emit(expr, _) => segments.last_mut()?.push(Piece::Value(expr)),
            _ => return None,
        }
    }
    let is_elsewhere =
        is_rooted && matches!(segments.get(1)?.as_slice(), [] | [Piece::Text("-")]) && segments.len() > 2;
    if segments.len() > 2 && segments.last().is_some_and(Vec::is_empty) {
        segments.pop();
    }
    (!is_elsewhere).then_some(segments)
}

/// The path as it is written, with `…` for what an expression gives.
fn shown(segments: &[Segment<'_>]) -> String {
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => (*text).to_owned(),
        Piece::Value(_) => "…".to_owned(),
    };
    segments.iter().map(|segment| segment.iter().map(piece).collect::<String>()).collect::<Vec<_>>().join("/")
}

fn leads_to(segments: &[Segment<'_>], page: &Destination, whole: Span, scope: &dyn Scope<Ref>) -> bool {
    is_alike(segments, page) && misfit(segments, page, whole, scope).is_none()
}

/// Whether a path leads to a page but for the types of what stands for its parameters.
fn is_alike(segments: &[Segment<'_>], page: &Destination) -> bool {
    let wanted: Vec<&str> = page.path.split('/').collect();
    wanted.len() == segments.len()
        && wanted
            .iter()
            .zip(segments)
            .all(|(wanted, given)| if parameter(wanted).is_some() { is_value(given) } else { may_be(given, wanted) })
}

/// Whether pieces may stand for a parameter: not its name in the brackets of a file name.
fn is_value(given: &[Piece<'_>]) -> bool {
    !given.is_empty() && !matches!(given, [Piece::Text(text)] if parameter(text).is_some())
}

/// The name of the parameter that a part of a page's path stands for.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('[')?.strip_suffix(']')
}

/// Whether the pieces may make up the text: each in its place, and what is between them from the values.
fn may_be(given: &[Piece<'_>], text: &str) -> bool {
    match given {
        [] => text.is_empty(),
        [Piece::Text(piece), rest @ ..] => text.strip_prefix(piece).is_some_and(|behind| may_be(rest, behind)),
        [Piece::Value(_), rest @ ..] => {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| text.get(at..).is_some_and(|behind| may_be(rest, behind)))
        }
    }
}

/// A parameter of a page that a path gives something of another type.
struct Misfit<'p> {
    param: &'p Name,
    ty: &'p Type,
    at: Span,
    found: String,
}

fn misfit<'p>(
    segments: &[Segment<'_>],
    page: &'p Destination,
    whole: Span,
    scope: &dyn Scope<Ref>,
) -> Option<Misfit<'p>> {
    page.path.split('/').zip(segments).find_map(|(wanted, given)| {
        let name = parameter(wanted)?;
        let (param, ty) = page.params.iter().find(|(param, _)| **param == *name)?;
        let (at, found) = match given.as_slice() {
            [Piece::Text(text)] if decode::value(ty, &[text]).is_err() => (whole, format!("`{text}`")),
            [Piece::Value(expr)] => {
                let given = expr.ty(scope, &mut Diagnostics::default());
                let fits = *ty.inner() == Type::Text || ty.accepts(&given) || given.is_unknown();
                (!fits).then(|| (expr.span, types::words(&given)))?
            }
            _ => return None,
        };
        Some(Misfit { param, ty, at, found })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_for_any_segment() {
        for (page, path, expected) in [
            ("/", "/", true),
            ("/sales", "/sales", true),
            ("/sales", "/sale", false),
            ("/customers/[id]", "/customers/7", true),
            ("/customers/[id]", "/customers/", false),
            ("/customers/[id]", "/customers", false),
        ] {
            let segments: Vec<Segment<'_>> = path
                .split('/')
                .map(|piece| Some(piece).filter(|piece| !piece.is_empty()).map(Piece::Text).into_iter().collect())
                .collect();
            let page = Destination { path: page.to_owned(), ..Destination::default() };
            assert_eq!(is_alike(&segments, &page), expected, "{} {path}", page.path);
        }
    }
}
