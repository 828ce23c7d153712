//! What bounds the value of a widget, where it is written out: limits and steps against each other, against the type of
//! the key and against its first value.

use std::cmp::Ordering;

use super::names::Named;
use super::program::Initial;
use super::state::Key;
use super::types::words;
use super::widget::{constants, literal, prop};
use crate::component::decode::{address_error, matches_pattern};
use crate::component::{Constants, UPLOADS};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::source::Span;
use crate::spec::{Component, parse_size};
use crate::value::{Scalar, Type};

/// How far a value may lie from a multiple of the step, in steps: decimals are not exact in binary.
const TOLERANCE: f64 = 1e-6;

/// More nobody is to send.
const MOST_BYTES: u64 = 500_000_000;

/// Checks the limits of one of a key's widgets; `is_first` says that it is the one that may have declared the key.
pub(super) fn check(
    component: &Component,
    key: &Key<'_>,
    (named, ty, initial): (&Named, &Type, &Initial),
    is_first: bool,
    diagnostics: &mut Diagnostics,
) {
    let limits = Limits { component, constants: constants(component), named, ty };
    let reported = diagnostics.len();
    if is_first || key.declared.is_some() {
        limits.check_types(diagnostics);
    }
    limits.check_order(diagnostics);
    limits.check_step(diagnostics);
    if diagnostics.len() > reported {
        return;
    }
    let own_default = prop(component, "default").map(|prop| prop.span).filter(|_| key.declared.is_none());
    let declared = key.declared.and_then(|declared| declared.default.as_ref()).map(|default| default.span);
    let (Initial::Const(value), Some(span)) = (initial, own_default.or(declared)) else { return };
    if own_default.is_some() || is_first || declared.is_some() {
        limits.check_first(value, span, diagnostics);
    }
}

/// A widget that takes limits or options has one of the two; that it has any, is seen as it is read.
pub(super) fn check_given(component: &Component, diagnostics: &mut Diagnostics) {
    if component.kind.widget.as_ref().is_none_or(|widget| widget.over_options.is_none()) {
        return;
    }
    let Some(options) = prop(component, "options") else { return };
    for limit in ["min", "max", "step"] {
        if let Some(prop) = prop(component, limit) {
            let message = format!("`{limit}` bounds nothing where there are `options`");
            diagnostics.report(&code::VALUE, prop.span, message).label(options.span, "what there is to choose");
        }
    }
}

/// Which files a widget takes: kinds that can be read, of a size that is bearable.
pub(super) fn check_files(component: &Component, diagnostics: &mut Diagnostics) {
    if component.kind.name != "file_upload" {
        return;
    }
    if let (Some(types), Some(written)) = (prop(component, "types"), literal(component, "types")) {
        let words: Vec<&Scalar> = match written {
            Scalar::List(items) => items.iter().collect(),
            single => vec![single],
        };
        let known = UPLOADS.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        for word in words {
            let text = word.as_text().unwrap_or_default();
            if !UPLOADS.contains(&text) {
                let message = format!("`{text}` is no kind of file that can be read as a table");
                let diagnostic = diagnostics.report(&code::VALUE, types.span, message);
                diagnostic.nearest(text, UPLOADS.iter().copied()).help(format!("the kinds are {known}"));
            }
        }
    }
    let size = literal(component, "max_size").and_then(Scalar::as_text).and_then(parse_size);
    if let (Some(size), Some(written)) = (size.filter(|size| *size > MOST_BYTES), prop(component, "max_size")) {
        let message = format!("{size} bytes are more than an upload may have");
        diagnostics
            .report(&code::VALUE, written.span, message)
            .help("the most is `500MB`: larger files belong beside the app");
    }
}

/// The limits of one widget.
struct Limits<'a> {
    component: &'a Component,
    constants: Constants<'a>,
    named: &'a Named,
    ty: &'a Type,
}

impl Limits<'_> {
    fn get(&self, name: &str) -> Option<&Scalar> {
        self.constants.get(name).filter(|value| !value.is_null())
    }

    fn span_of(&self, name: &str) -> Span {
        prop(self.component, name).map_or(self.component.span, |prop| prop.span)
    }

    /// Where a limit lies among the values of the key; a date among datetimes is its midnight.
    fn place_of(&self, name: &str) -> Option<f64> {
        match (self.get(name)?, self.item()) {
            (Scalar::Date(date), Type::DateTime) => Scalar::DateTime(date.at(0, 0, 0, 0)).place(),
            (limit, _) => limit.place(),
        }
    }

    /// The type of a single value of the key.
    fn item(&self) -> &Type {
        match self.ty.inner() {
            Type::Range(end) => end.inner(),
            single => single,
        }
    }

    /// A key of whole numbers has whole limits and steps; days are whole as well.
    fn check_types(&self, diagnostics: &mut Diagnostics) {
        let is_whole = *self.item() == Type::Int;
        for name in ["min", "max", "step"] {
            let is_fraction =
                self.get(name).is_some_and(|value| matches!(value, Scalar::Float(float) if float.fract() != 0.0));
            let wants_whole = is_whole || (name == "step" && *self.item() == Type::Date);
            if is_fraction && wants_whole {
                let what = if is_whole { words(self.ty) } else { "stepped through by days".to_owned() };
                let message = format!("`{name}` is no whole number, but the key `{}` is {what}", self.named.name);
                let diagnostic = diagnostics.report(&code::TYPE, self.span_of(name), message);
                if is_whole {
                    diagnostic.label(self.named.span, format!("the key is {}", words(self.ty)));
                    diagnostic.help("declare the key as `float` if it takes fractions");
                }
            }
        }
    }

    fn check_order(&self, diagnostics: &mut Diagnostics) {
        let (Some(low), Some(high)) = (self.get("min"), self.get("max")) else { return };
        match low.compare(high) {
            Some(Ordering::Greater) => {
                let diagnostic = diagnostics.report(&code::VALUE, self.span_of("max"), "`max` is below `min`");
                diagnostic.label(self.span_of("min"), "the low end");
            }
            Some(Ordering::Equal) => {
                let message = "`max` is `min`: there is nothing to choose";
                let diagnostic = diagnostics.report(&code::SUSPICIOUS, self.span_of("max"), message);
                diagnostic.label(self.span_of("min"), "the low end");
            }
            _ => {}
        }
    }

    fn check_step(&self, diagnostics: &mut Diagnostics) {
        let Some(step) = self.get("step").and_then(Scalar::place) else { return };
        let span = self.span_of("step");
        if step <= 0.0 {
            diagnostics.report(&code::VALUE, span, "`step` is not above zero");
            return;
        }
        let ends = (self.place_of("min"), self.place_of("max"));
        if let (Some(low), Some(high)) = ends
            && low < high
            && step > high - low
        {
            diagnostics
                .report(&code::VALUE, span, "`step` is larger than what lies between `min` and `max`")
                .label(self.span_of("min"), "the low end")
                .label(self.span_of("max"), "the high end");
        }
    }

    /// Whether there are options to choose from.
    fn offers(&self) -> bool {
        let own = self.component.kind.widget.as_ref().and_then(|widget| widget.offers);
        own.is_some() || prop(self.component, "options").is_some()
    }

    /// The first value must be one that the user could have entered.
    fn check_first(&self, value: &Scalar, span: Span, diagnostics: &mut Diagnostics) {
        let values: Vec<&Scalar> = match value {
            // The order of options is theirs.
            _ if self.offers() => return,
            Scalar::Range(ends) => ends.iter().collect(),
            single => vec![single],
        };
        if let [low, high] = values.as_slice()
            && low.compare(high) == Some(Ordering::Greater)
        {
            let message = format!("the first value of `{}` has its ends the wrong way round", self.named.name);
            diagnostics.report(&code::VALUE, span, message).help("a range is written with its low end in front");
            return;
        }
        for value in values {
            if self.check_value(value, span, diagnostics).is_some() {
                return;
            }
        }
    }

    fn check_value<'d>(
        &self,
        value: &Scalar,
        span: Span,
        diagnostics: &'d mut Diagnostics,
    ) -> Option<&'d mut Diagnostic> {
        let name = &self.named.name;
        for (limit, wrong, side) in [("min", Ordering::Less, "below"), ("max", Ordering::Greater, "above")] {
            if self.get(limit).is_some_and(|bound| value.compare(bound) == Some(wrong)) {
                let message = format!("the first value of `{name}` is {side} the widget's `{limit}`");
                let diagnostic = diagnostics.report(&code::VALUE, span, message);
                return Some(diagnostic.label(self.span_of(limit), "the limit"));
            }
        }
        if let (Some(step), Some(value)) = (self.get("step").and_then(Scalar::place), value.place()) {
            let steps = (value - self.place_of("min").unwrap_or(0.0)) / step;
            if (steps - steps.round()).abs() > TOLERANCE {
                let message = format!("the first value of `{name}` lies between two steps of its widget");
                let diagnostic = diagnostics.report(&code::SUSPICIOUS, span, message);
                return Some(diagnostic.label(self.span_of("step"), "the step"));
            }
        }
        let text = value.as_text().filter(|text| !text.is_empty())?;
        if let Some(Scalar::Int(most)) = literal(self.component, "max_length")
            && usize::try_from(*most).is_ok_and(|most| text.chars().count() > most)
        {
            let message = format!("the first value of `{name}` is longer than its widget takes");
            let diagnostic = diagnostics.report(&code::VALUE, span, message);
            return Some(diagnostic.label(self.span_of("max_length"), "the limit"));
        }
        let kind = literal(self.component, "type").and_then(Scalar::as_text).unwrap_or_default();
        if address_error(kind, text).is_some() {
            let message = format!("the first value of `{name}` has not the form of its widget's `type`");
            let diagnostic = diagnostics.report(&code::VALUE, span, message);
            return Some(diagnostic.label(self.span_of("type"), "the type"));
        }
        let pattern = literal(self.component, "pattern").and_then(Scalar::as_text)?;
        if matches_pattern(pattern, text) {
            return None;
        }
        let message = format!("the first value of `{name}` does not match the `pattern` of its widget");
        let diagnostic = diagnostics.report(&code::VALUE, span, message);
        Some(diagnostic.label(self.span_of("pattern"), "the pattern"))
    }
}
