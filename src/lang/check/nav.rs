//! The navigation: where it leads must be.

use super::link;
use super::{Common, Ref};
use crate::diagnostic::{Diagnostics, code};
use crate::expr::types::Scope;
use crate::expr::{Part, Template};
use crate::source::{SourceText, Spanned};
use crate::spec::{NavEntry, Spec, Target};
use crate::value::Type;

/// Checks that the entries of `nav` lead to pages of the app, and to none twice.
pub fn check(spec: &Spec, common: &Common, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    for link in spec.app.nav.iter().flatten().flat_map(NavEntry::links) {
        let Target::Page(path) = &link.target else { continue };
        let text = SourceText::verbatim(path.value.clone(), path.span);
        let url = Template { parts: vec![Part::Text(text)], span: path.span };
        if let Some(first) = seen.iter().find(|first| first.value == path.value) {
            let message = format!("the navigation leads to `{}` twice", path.value);
            diagnostics.report(&code::SUSPICIOUS, path.span, message).label(first.span, "first here");
            continue;
        }
        seen.push(path);
        link::check(&url, &Nothing, &common.destinations, diagnostics);
    }
}

/// What constants read.
struct Nothing;

impl Scope<Ref> for Nothing {
    fn type_of(&self, _: &Ref) -> Type {
        Type::Any
    }

    fn describe(&self, reference: &Ref) -> String {
        format!("{reference:?}")
    }
}
