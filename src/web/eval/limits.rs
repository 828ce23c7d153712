//! What bounds the value of a widget, where it was entered.

use appspec_lang::check::program::{Component, ComponentId, Prop, Ref};
use appspec_lang::component::decode;
use appspec_lang::expr::Expr;
use appspec_lang::value::Scalar;

use super::expr::offered_text;
use super::interact::key_of;
use super::resolve::Resolver;
use super::view::Origin;
use crate::words::Words;

/// Checks `required`, `max_length`, `type`, `pattern`, `min`, `max` and `step`.
pub(super) async fn check(
    origin: &Origin,
    resolver: &Resolver,
    widget: ComponentId,
    scalar: &Scalar,
) -> Result<(), String> {
    let Some(component) = origin.page().components.get(widget.index()) else { return Ok(()) };
    let words = resolver.words();
    if is_empty(scalar) && matches!(component.prop("required"), Some(Prop::Literal(Scalar::Bool(true)))) {
        return Err(words.say("this is required"));
    }
    if let Scalar::Text(text) = scalar {
        check_text(component, text, words)?;
    }
    // The order of options is theirs, and so is the distance between them.
    if key_of(component)
        .and_then(|key| origin.page().state.get(key.index()))
        .is_some_and(|state| state.choices.is_some())
    {
        return Ok(());
    }
    let singles: &[Scalar] = match scalar {
        Scalar::Range(ends) => ends.as_slice(),
        single => std::slice::from_ref(single),
    };
    if let [low, high] = singles
        && low.compare(high) == Some(std::cmp::Ordering::Greater)
    {
        return Err(words.say("the first value must not be above the second"));
    }
    for (name, wrong, complaint) in [
        ("min", std::cmp::Ordering::Less, "must be at least {limit}"),
        ("max", std::cmp::Ordering::Greater, "must be at most {limit}"),
    ] {
        let Some(Prop::Expr(limit)) = component.prop(name) else { continue };
        let Some(limit) = scalar_of(resolver, limit).await else { continue };
        if singles.iter().any(|single| single.compare(&limit) == Some(wrong)) {
            return Err(words.fill(complaint, &[("limit", &offered_text(&limit, resolver.settings()))]));
        }
    }
    check_step(component, resolver, singles).await
}

/// Whether nothing was entered: a box that must be ticked is empty until it is.
fn is_empty(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Null | Scalar::Bool(false) => true,
        Scalar::Text(text) => text.trim().is_empty(),
        Scalar::List(items) => items.is_empty(),
        _ => false,
    }
}

/// Checks how long a text is, and its form.
fn check_text(component: &Component, text: &str, words: &Words) -> Result<(), String> {
    if let Some(Prop::Literal(Scalar::Int(longest))) = component.prop("max_length")
        && let Ok(longest) = u64::try_from(*longest)
        && text.chars().count() as u64 > longest
    {
        return Err(words.count("at most {n} characters fit here", longest, &[]));
    }
    if text.is_empty() {
        return Ok(());
    }
    if let Some(Prop::Literal(Scalar::Text(kind))) = component.prop("type")
        && let Some(wrong) = decode::address_error(kind, text)
    {
        return Err(words.say(wrong));
    }
    match component.prop("pattern") {
        Some(Prop::Literal(Scalar::Text(pattern))) if !decode::matches_pattern(pattern, text) => {
            Err(words.say("this does not have the form that is asked for"))
        }
        _ => Ok(()),
    }
}

/// Checks that values lie on the steps that begin at `min`, or at 0.
async fn check_step(component: &Component, resolver: &Resolver, singles: &[Scalar]) -> Result<(), String> {
    let scalar = async |name: &str| match component.prop(name) {
        Some(Prop::Expr(expr)) => scalar_of(resolver, expr).await,
        _ => None,
    };
    let Some(step) = scalar("step").await.and_then(|step| step.as_float()).filter(|step| *step > 0.0) else {
        return Ok(());
    };
    let min = scalar("min").await.filter(|min| !min.is_null());
    for value in singles {
        let start = min.as_ref().and_then(|min| place_beside(min, value)).unwrap_or(0.0);
        let Some(place) = value.place() else { continue };
        let steps = (place - start) / step;
        // Decimal steps such as 0.1 have no exact float; moments lie on whole ones.
        let size = if value.as_float().is_some() { steps.abs().max(1.0) } else { 1.0 };
        if (steps - steps.round()).abs() > 1e-6 * size {
            let words = resolver.words();
            let in_words = |value: &Scalar| offered_text(value, resolver.settings());
            let (step, begin) = (in_words(&Scalar::Float(step)), in_words(&Scalar::Float(start)));
            return Err(match (value, &min) {
                (Scalar::Date(_), Some(min)) => words.fill(
                    "must be a multiple of {step} days after {start}",
                    &[("step", &step), ("start", &in_words(min))],
                ),
                (Scalar::Date(_), None) => words.fill("must be a multiple of {step} days", &[("step", &step)]),
                (Scalar::Time(_) | Scalar::DateTime(_), _) => words.say("lies between the times that can be chosen"),
                _ if start == 0.0 => words.fill("must be a multiple of {step}", &[("step", &step)]),
                _ => words.fill("must be {start} plus a multiple of {step}", &[("start", &begin), ("step", &step)]),
            });
        }
    }
    Ok(())
}

/// Where a limit lies among values such as this one; a date among datetimes is its midnight.
fn place_beside(limit: &Scalar, value: &Scalar) -> Option<f64> {
    match (limit, value) {
        (Scalar::Date(date), Scalar::DateTime(_)) => Scalar::DateTime(date.at(0, 0, 0, 0)).place(),
        (limit, _) => limit.place(),
    }
}

async fn scalar_of(resolver: &Resolver, expr: &Expr<Ref>) -> Option<Scalar> {
    resolver.eval(expr).await.ok()?.as_scalar().cloned()
}
