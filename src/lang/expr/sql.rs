//! SQL templates: every `{{ }}` is a bound parameter, `[[ ]]` an optional part.

use super::Template;
use crate::diagnostic::Diagnostics;
use crate::source::SourceText;

/// Reads an SQL template; what is wrong with it is reported at its own byte.
pub fn parse_sql(_source: &SourceText, _diagnostics: &mut Diagnostics) -> Option<Template> {
    None
}
