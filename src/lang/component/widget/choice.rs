//! Rules of the widgets that take their value from options.

use crate::component::Constants;
use crate::value::{Scalar, Type};

/// The type of the options, where they are written out, else unknown; a list where the default is one.
pub(super) fn infer(constants: &Constants<'_>) -> Type {
    let item = match constants.get("options").map(Scalar::ty) {
        Some(Type::List(item)) => *item,
        _ => Type::Any,
    };
    match constants.get("default") {
        Some(Scalar::List(_)) => Type::List(Box::new(item)),
        Some(Scalar::Null) => item.nullable(),
        _ => item,
    }
}

/// Anything that can stand in a list of options, or several of them.
pub(super) fn accepts(ty: &Type) -> bool {
    match ty.inner() {
        Type::List(item) => accepts_one(item.inner()),
        inner => accepts_one(inner),
    }
}

/// Anything that can stand in a list of options.
pub(super) fn accepts_one(ty: &Type) -> bool {
    !matches!(ty, Type::List(_) | Type::Range(_) | Type::Table(_))
}

/// Nothing of a list, else null: the first option is known to whoever knows the options.
pub(super) fn initial(_: &Constants<'_>, ty: &Type) -> Scalar {
    match ty {
        Type::List(_) => Scalar::list([]),
        _ => Scalar::Null,
    }
}
