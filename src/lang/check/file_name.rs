//! Names of files that are handed over.

use super::program::Ref;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::Template;
use crate::spec::{Component, Prop};

/// What a name may end with, and so which format it promises.
const ENDINGS: &[&str] = &["csv", "json", "parquet", "xlsx"];

/// Checks the name of a file, as far as it is written out, against its format.
pub(super) fn check(name: &Template<Ref>, component: &Component, diagnostics: &mut Diagnostics) {
    let Some(written) = name.constant() else { return };
    if written.contains(['/', '\\']) {
        let message = format!("`{written}` is a path, but a file is handed over under a name alone");
        diagnostics.report(&code::VALUE, name.span, message);
        return;
    }
    let format = component.props.iter().find(|(key, _)| *key == "format").map(|(_, prop)| &prop.value);
    let format = match format {
        Some(Prop::Literal(format)) => format.as_text().unwrap_or_default().to_owned(),
        _ => "csv".to_owned(),
    };
    let ending = written.rsplit_once('.').map_or("", |(_, ending)| ending);
    if ENDINGS.contains(&ending) && ending != format {
        let message = format!("the file is `{format}`, but its name ends with `.{ending}`");
        let diagnostic = diagnostics.report(&code::VALUE, name.span, message);
        diagnostic.help(format!("write `format: {ending}`, or leave the ending out"));
    }
}
