//! Connections: those that `app.yaml` declares, and those that are known from outside alone.

use std::collections::BTreeMap;

use super::names::Names;
use crate::diagnostic::{Diagnostics, code};
use crate::source::{Span, Spanned};
use crate::spec::{self, KnownConnection, Name, Schemas};

/// The connections of an app, by name; what is known from outside holds over what is declared.
pub(super) fn known(spec: &spec::Spec, schemas: &Schemas) -> BTreeMap<Name, KnownConnection> {
    let declared = spec.connections.iter().map(|declared| (declared.name.value.clone(), declared.known()));
    let outside = schemas.connections.iter().map(|(name, known)| (name.clone(), *known));
    declared.chain(outside).collect()
}

/// The connections of an app, as they are known, and the one that is meant where none is named.
pub(super) struct Connections<'a> {
    spec: &'a spec::Spec,
    names: &'a Names<'a>,
    pub(super) known: BTreeMap<Name, KnownConnection>,
}

impl<'a> Connections<'a> {
    pub(super) fn new(spec: &'a spec::Spec, names: &'a Names<'a>, schemas: &Schemas) -> Self {
        Self { spec, names, known: known(spec, schemas) }
    }

    /// The connection that is named, else the app's default, and what is known of it. Reports one that is not there;
    /// `asker` is who names it, and `help` what to do where there is nothing to find.
    pub(super) fn resolve(
        &'a self,
        (asker, name): (&str, &Spanned<Name>),
        named: Option<&'a Spanned<Name>>,
        help: impl FnOnce() -> String,
        diagnostics: &mut Diagnostics,
    ) -> Option<(&'a Spanned<Name>, Option<KnownConnection>)> {
        let Some(named) = self.spec.app.connection_of(named) else {
            let message = format!("the {asker} `{}` names no connection", name.value);
            diagnostics.report(&code::MISSING_KEY, name.span, message).help(help());
            return None;
        };
        let known = self.known.get(&named.value).copied();
        if known.is_none() && !self.names.is_broken(&named.value) {
            let message = format!("no connection `{}`", named.value);
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, named.span, message);
            diagnostic.here("not declared").nearest(&named.value, self.known.keys().map(|name| &**name));
            diagnostic.help("connections are declared under `connections` in `app.yaml`, or in secrets");
        }
        Some((named, known))
    }
}

/// Reports SQL for a connection that answers over HTTP.
pub(super) fn report_http(name: &str, at: Span, diagnostics: &mut Diagnostics) {
    let message = format!("the connection `{name}` is of type `http`, which takes no SQL");
    diagnostics.report(&code::VALUE, at, message).help("SQL goes to a connection of type `sql` or `sqlite`");
}
