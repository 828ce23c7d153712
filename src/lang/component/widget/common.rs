//! Options and rules that several widgets share.

use crate::component::{Constants, Pattern, Prop, PropType, decode};
use crate::value::{Scalar, Type};

const fn option(name: &'static str, ty: PropType, default: &'static str, summary: &'static str) -> Prop {
    Prop { name, ty, required: false, default, summary }
}

pub(super) const LABEL: Prop =
    option("label", PropType::Text, "the key, in words", "What stands above or beside the widget.");
pub(super) const LABEL_HIDDEN: Prop = option(
    "label_hidden",
    PropType::Literal(Pattern::Bool),
    "false",
    "Whether the label is there for screen readers only.",
);
pub(super) const PLACEHOLDER: Prop = option("placeholder", PropType::Text, "", "What stands in it while it is empty.");
pub(super) const DEFAULT: Prop =
    option("default", PropType::Literal(Pattern::Any), "", "The initial value, where no `state` declares the key.");
pub(super) const VALUE: Prop = option(
    "value",
    PropType::Expression(Pattern::Any),
    "",
    "A value to show, and to show again whenever it changes; an edit sets the key until then.",
);
pub(super) const DISABLED: Prop =
    option("disabled", PropType::Expression(Pattern::Any), "false", "Whether it takes no input.");
pub(super) const REQUIRED: Prop =
    option("required", PropType::Literal(Pattern::Bool), "false", "Whether it must not be left empty.");
pub(super) const ON_CHANGE: Prop =
    option("on_change", PropType::Actions, "", "What happens after the user has changed it, in order.");
pub(super) const OPTIONS: Prop = Prop {
    name: "options",
    ty: PropType::Options,
    required: true,
    default: "",
    summary: "What there is to choose: a list of values, of `{ value, label }`, or `{ query, value, label, first }`.",
};

pub(super) const ALLOW_NEW: Prop = option(
    "allow_new",
    PropType::Literal(Pattern::Bool),
    "false",
    "Whether a value may be entered that is none of the options.",
);
pub(super) const LIVE: Prop = option(
    "live",
    PropType::Literal(Pattern::Bool),
    "false",
    "Whether the key follows while the user types, not only when the field is left.",
);
pub(super) const MAX_LENGTH: Prop =
    option("max_length", PropType::Literal(Pattern::Int), "", "How many characters it takes.");

/// The distance between what may be entered.
pub(super) const fn step(default: &'static str, summary: &'static str) -> Prop {
    option("step", PropType::Expression(Pattern::Number), default, summary)
}

/// An option that bounds what may be entered.
pub(super) const fn bound(name: &'static str, required: bool, summary: &'static str) -> Prop {
    Prop { name, ty: PropType::Expression(Pattern::Ordered), required, default: "", summary }
}

/// The type of number, date or time that `default`, `min`, `max` and `step` have in common; an int without any.
pub(super) fn infer_ordered(constants: &Constants<'_>) -> Type {
    let default = constants.get("default");
    // A time has no form of its own in YAML: in quotes it is text until its type is known.
    let timed = default.map(times);
    let default = timed.as_ref();
    let ends: Vec<Scalar> = match default {
        Some(Scalar::List(items)) => items.to_vec(),
        Some(Scalar::Null) | None => Vec::new(),
        Some(single) => vec![single.clone()],
    };
    let bounds = ["min", "max"].into_iter().filter_map(|name| constants.get(name).cloned());
    let mut types: Vec<Type> = ends.into_iter().chain(bounds).map(|value| value.ty()).collect();
    let step = constants.get("step").filter(|_| types.iter().all(Type::is_number));
    types.extend(step.map(Scalar::ty));
    let single = types.into_iter().reduce(|a, b| a.join(&b)).unwrap_or(Type::Int);
    match default {
        Some(Scalar::List(_)) => Type::Range(Box::new(single)),
        Some(Scalar::Null) => single.nullable(),
        _ => single,
    }
}

/// A text of the form of a time as a time; of a list, its items.
fn times(value: &Scalar) -> Scalar {
    match value {
        Scalar::Text(text) => decode::time(text).map_or_else(|| value.clone(), Scalar::Time),
        Scalar::List(items) => Scalar::list(items.iter().map(times)),
        other => other.clone(),
    }
}

/// The type of a key that is null until something is entered, of single values of type `single`.
pub(super) fn infer_moment(constants: &Constants<'_>, single: Type) -> Type {
    match constants.get("default") {
        None | Some(Scalar::Null) => single.nullable(),
        Some(Scalar::List(_)) => Type::Range(Box::new(single)),
        Some(_) => single,
    }
}

/// Whether the type is `single`, or a range of it.
pub(super) fn is_moment(ty: &Type, single: &Type) -> bool {
    match ty.inner() {
        Type::Range(end) => end.inner() == single,
        inner => inner == single,
    }
}

/// The number `value` as one of type `ty`: an int where a float is meant.
pub(super) fn fit(value: &Scalar, ty: &Type) -> Scalar {
    match (ty.inner(), value) {
        (Type::Float, Scalar::Int(_)) => value.as_float().map_or(Scalar::Null, Scalar::Float),
        (Type::Decimal, Scalar::Int(int)) => Scalar::Decimal { units: i128::from(*int), scale: 0 },
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::component::{Widget, find};

    /// A kind, its constants, and the type and first value that they make.
    type Case<'a> = (&'a str, &'a [(&'a str, Scalar)], &'a str, Scalar);

    fn widget(kind: &str) -> &'static Widget {
        find(kind).and_then(|component| component.widget.as_ref()).unwrap()
    }

    #[test]
    fn widgets_give_their_keys_a_type_and_a_first_value() {
        let day = Scalar::Date(date(2026, 1, 2));
        let nine = Scalar::Time(jiff::civil::time(9, 0, 0, 0));
        let list = |items: &[i64]| Scalar::list(items.iter().copied().map(Scalar::Int));
        let cases: &[Case<'_>] = &[
            ("checkbox", &[], "bool", Scalar::Bool(false)),
            ("text_input", &[], "text", Scalar::text("")),
            ("text_input", &[("default", Scalar::Null)], "text?", Scalar::Null),
            ("color_picker", &[], "color", Scalar::text("#000000")),
            ("date_input", &[], "date?", Scalar::Null),
            ("date_input", &[("default", day.clone())], "date", Scalar::Null),
            ("number_input", &[], "int", Scalar::Int(0)),
            ("number_input", &[("min", Scalar::Int(2))], "int", Scalar::Int(2)),
            ("number_input", &[("min", Scalar::Int(2)), ("step", Scalar::Float(0.5))], "float", Scalar::Float(2.0)),
            ("slider", &[("min", Scalar::Int(1)), ("max", Scalar::Float(2.5))], "float", Scalar::Float(1.0)),
            ("slider", &[("min", day.clone()), ("max", day.clone()), ("step", Scalar::Int(7))], "date", day.clone()),
            (
                "slider",
                &[("min", Scalar::Int(0)), ("max", Scalar::Int(9)), ("default", list(&[2, 3]))],
                "range<int>",
                Scalar::range(Scalar::Int(0), Scalar::Int(9)),
            ),
            ("select", &[("options", list(&[1, 2]))], "int", Scalar::Null),
            ("select", &[("options", list(&[1, 2])), ("default", list(&[1]))], "list<int>", Scalar::list([])),
            ("radio", &[], "unknown", Scalar::Null),
            ("segmented", &[("options", list(&[1, 2]))], "int", Scalar::Null),
            ("multiselect", &[("options", list(&[1, 2]))], "list<int>", Scalar::list([])),
            ("multiselect", &[], "list", Scalar::list([])),
            ("rating", &[], "int?", Scalar::Null),
            ("rating", &[("default", Scalar::Int(2))], "int", Scalar::Null),
            ("text_area", &[], "text", Scalar::text("")),
            ("time_input", &[], "time?", Scalar::Null),
            ("time_input", &[("default", Scalar::text("09:30"))], "time", Scalar::Null),
            ("datetime_input", &[("default", list(&[1, 2]))], "range<datetime>", Scalar::Null),
            (
                "slider",
                &[("min", nine.clone()), ("max", nine.clone()), ("step", Scalar::Int(900))],
                "time",
                nine.clone(),
            ),
        ];
        for (kind, given, ty, first) in cases {
            let constants = Constants(given.to_vec());
            let inferred = (widget(kind).infer)(&constants);
            assert_eq!(inferred.to_string(), *ty, "{kind} {given:?}");
            assert_eq!((widget(kind).initial)(&constants, &inferred), *first, "{kind} {given:?}");
            assert!((widget(kind).accepts)(&inferred), "{kind} {given:?}");
        }
    }

    #[test]
    fn widgets_refuse_keys_that_they_cannot_show() {
        for (kind, ty) in [
            ("checkbox", Type::Text),
            ("slider", Type::Text),
            ("number_input", Type::Range(Box::new(Type::Int))),
            ("date_input", Type::DateTime),
            ("select", Type::Table(None)),
            ("text_input", Type::Int),
            ("multiselect", Type::Text),
            ("rating", Type::Float),
            ("time_input", Type::DateTime),
            ("datetime_input", Type::Date),
        ] {
            assert!(!(widget(kind).accepts)(&ty), "{kind} {ty}");
        }
    }
}
