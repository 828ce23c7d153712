//! Connections: those that `app.yaml` declares, and those that are known from outside alone.

use std::collections::BTreeMap;

use crate::spec::{self, KnownConnection, Name, Schemas};

/// The connections of an app, by name; what is known from outside holds over what is declared.
pub(super) fn connections(spec: &spec::Spec, schemas: &Schemas) -> BTreeMap<Name, KnownConnection> {
    let declared = spec.connections.iter().map(|declared| (declared.name.value.clone(), declared.known()));
    let outside = schemas.connections.iter().map(|(name, known)| (name.clone(), *known));
    declared.chain(outside).collect()
}
