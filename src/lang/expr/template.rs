//! Text templates: text with `{{ expressions }}`.

use super::Template;
use crate::diagnostic::Diagnostics;
use crate::source::SourceText;

/// Reads a text template; what is wrong with it is reported at its own byte.
pub fn parse_text(_source: &SourceText, _diagnostics: &mut Diagnostics) -> Option<Template> {
    None
}
