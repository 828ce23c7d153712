//! Values as a key or a parameter takes them, and what a reader is told of one that does not fit.

use appspec_data::Value;
use appspec_lang::value::{Scalar, Type};

use crate::words::Words;

/// Where in a value that is which does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Whole,
    Entry,
    End,
}

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// There is nothing where something is needed.
    Missing(Place),
    /// There is something else.
    Other { place: Place, wanted: Type, found: Type },
    /// A range takes two ends, and these are so many.
    Ends(usize),
}

impl Misfit {
    /// What a reader is told, who knows what the value is for by this name.
    pub(super) fn message(&self, name: &str, words: &Words) -> String {
        match self {
            Self::Missing(place) => {
                let text = match place {
                    Place::Whole => "“{name}” needs a value, and there is none",
                    Place::Entry => "every entry of “{name}” needs a value, and one has none",
                    Place::End => "both ends of “{name}” need a value, and one has none",
                };
                words.fill(text, &[("name", &name)])
            }
            Self::Other { place, wanted, found } => {
                let text = match place {
                    Place::Whole => "“{name}” takes {wanted}, and got {found}",
                    Place::Entry => "every entry of “{name}” must be {wanted}, and one is {found}",
                    Place::End => "both ends of “{name}” must be {wanted}, and one is {found}",
                };
                let (wanted, found) = (words.say(kind(wanted)), words.say(kind(found)));
                words.fill(text, &[("name", &name), ("wanted", &wanted), ("found", &found)])
            }
            Self::Ends(count) => words.fill("“{name}” takes two ends, and got {n}", &[("name", &name), ("n", count)]),
        }
    }

    /// The same of what stands in a list or range.
    fn within(self, place: Place) -> Self {
        match self {
            Self::Missing(_) => Self::Missing(place),
            Self::Other { wanted, found, .. } => Self::Other { place, wanted, found },
            Self::Ends(count) => Self::Ends(count),
        }
    }
}

/// A type as readers call what is of it.
fn kind(ty: &Type) -> &'static str {
    match ty.inner() {
        Type::Bool => "yes or no",
        Type::Int => "a whole number",
        Type::Float | Type::Decimal => "a number",
        Type::Text => "text",
        Type::Color => "a color",
        Type::Date => "a date",
        Type::Time => "a time",
        Type::DateTime => "a date and time",
        Type::List(_) => "a list",
        Type::Range(_) => "two ends",
        Type::Table(_) => "a table",
        Type::Nullable(_) | Type::Any => "something else",
    }
}

/// A value as the type has it: an int becomes a float, a date a datetime and a list of two a range where that is asked
/// for. Null fits what is nullable alone, also in lists and ranges.
pub(super) fn fit(ty: &Type, value: Value) -> Result<Value, Misfit> {
    match value {
        Value::Scalar(scalar) => fit_scalar(ty, &scalar).map(Value::Scalar),
        Value::Column(column) => match ty.inner() {
            Type::List(_) => fit_scalar(ty, &column.list()).map(Value::Scalar),
            _ => fit_whole(ty, Value::Column(column)),
        },
        other => fit_whole(ty, other),
    }
}

fn fit_whole(ty: &Type, value: Value) -> Result<Value, Misfit> {
    let found = value.ty();
    if ty.accepts(&found) { Ok(value) } else { Err(other(ty, found)) }
}

fn other(wanted: &Type, found: Type) -> Misfit {
    Misfit::Other { place: Place::Whole, wanted: wanted.clone(), found }
}

fn fit_scalar(ty: &Type, scalar: &Scalar) -> Result<Scalar, Misfit> {
    Ok(match (ty.inner(), scalar) {
        (Type::Any, _) => scalar.clone(),
        (_, Scalar::Null) if ty.is_nullable() => Scalar::Null,
        (_, Scalar::Null) => return Err(Misfit::Missing(Place::Whole)),
        #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
        (Type::Float, Scalar::Int(int)) => Scalar::Float(*int as f64),
        (Type::DateTime, Scalar::Date(date)) => Scalar::DateTime(date.at(0, 0, 0, 0)),
        (Type::List(item), Scalar::List(items)) => {
            let fitted =
                items.iter().map(|value| fit_scalar(item, value).map_err(|misfit| misfit.within(Place::Entry)));
            Scalar::list(fitted.collect::<Result<Vec<_>, _>>()?)
        }
        (Type::Range(end), Scalar::List(ends)) => match &**ends {
            [low, high] => fit_ends(end, low, high)?,
            _ => return Err(Misfit::Ends(ends.len())),
        },
        (Type::Range(end), Scalar::Range(ends)) => {
            let [low, high] = &**ends;
            fit_ends(end, low, high)?
        }
        _ if ty.accepts(&scalar.ty()) => scalar.clone(),
        _ => return Err(other(ty, scalar.ty())),
    })
}

fn fit_ends(ty: &Type, low: &Scalar, high: &Scalar) -> Result<Scalar, Misfit> {
    let end = |value| fit_scalar(ty, value).map_err(|misfit| misfit.within(Place::End));
    Ok(Scalar::range(end(low)?, end(high)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[Scalar]) -> Scalar {
        Scalar::list(items.iter().cloned())
    }

    #[test]
    fn values_take_the_type_that_is_asked_for() {
        let day = jiff::civil::date(2026, 1, 1);
        let (date, moment) = (Scalar::Date(day), Scalar::DateTime(day.at(0, 0, 0, 0)));
        let of = |make: fn(Box<Type>) -> Type, ty: Type| make(Box::new(ty));
        let cases = [
            (Type::Float, Scalar::Int(2), Scalar::Float(2.0)),
            (Type::DateTime, date.clone(), moment.clone()),
            (Type::Date.nullable(), Scalar::Null, Scalar::Null),
            (Type::Any, Scalar::Null, Scalar::Null),
            (of(Type::List, Type::Float), list(&[Scalar::Int(1)]), list(&[Scalar::Float(1.0)])),
            (of(Type::List, Type::Text), list(&[]), list(&[])),
            (
                of(Type::Range, Type::Date),
                list(&[date.clone(), date.clone()]),
                Scalar::range(date.clone(), date.clone()),
            ),
            (of(Type::Range, Type::DateTime).nullable(), list(&[date.clone(), moment.clone()]), {
                Scalar::range(moment.clone(), moment)
            }),
        ];
        for (ty, given, wanted) in cases {
            assert_eq!(fit_scalar(&ty, &given), Ok(wanted), "{given:?} as {ty}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_to_readers_in_their_language() {
        let date = Scalar::Date(jiff::civil::date(2026, 1, 1));
        let of = |make: fn(Box<Type>) -> Type, ty: Type| make(Box::new(ty));
        let cases = [
            (
                Type::Date,
                Scalar::Null,
                "“Since” needs a value, and there is none",
                "„Since“ braucht einen Wert, und es gibt keinen",
            ),
            (
                of(Type::List, Type::Text),
                list(&[Scalar::text("a"), Scalar::Null]),
                "every entry of “Since” needs a value, and one has none",
                "jeder Eintrag von „Since“ braucht einen Wert, und einer hat keinen",
            ),
            (
                of(Type::Range, Type::Date),
                list(&[Scalar::Null, date.clone()]),
                "both ends of “Since” need a value, and one has none",
                "beide Enden von „Since“ brauchen einen Wert, und eines hat keinen",
            ),
            (
                of(Type::Range, Type::Date).nullable(),
                Scalar::range(date.clone(), Scalar::Null),
                "both ends of “Since” need a value, and one has none",
                "beide Enden von „Since“ brauchen einen Wert, und eines hat keinen",
            ),
            (
                Type::Int.nullable(),
                Scalar::text("many"),
                "“Since” takes a whole number, and got text",
                "„Since“ braucht eine ganze Zahl und bekam Text",
            ),
            (
                of(Type::List, Type::Int),
                list(&[Scalar::Float(1.5)]),
                "every entry of “Since” must be a whole number, and one is a number",
                "jeder Eintrag von „Since“ muss eine ganze Zahl sein, und einer ist eine Zahl",
            ),
            (
                of(Type::Range, Type::Date),
                list(std::slice::from_ref(&date)),
                "“Since” takes two ends, and got 1",
                "„Since“ braucht zwei Enden und bekam 1",
            ),
        ];
        for (ty, given, english, german) in cases {
            let misfit = fit_scalar(&ty, &given).unwrap_err();
            assert_eq!(misfit.message("Since", Words::of(Some("en"))), english);
            assert_eq!(misfit.message("Since", Words::of(Some("de"))), german);
        }
    }
}
