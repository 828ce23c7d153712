//! The templates, embedded, and what they may call.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use appspec_lang::component::icon;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, escape_formatter};

use crate::words::Words;

macro_rules! templates {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../templates/", $name)))),*]
    };
}

static TEMPLATES: &[(&str, &str)] = templates! {
    "_attributes.html" "_bounds.html" "_brand.html" "_cell.html" "_chart.html" "_check.html" "_children.html"
    "_complaint.html" "_dates.html" "_failed.html" "_field.html" "_fieldset.html" "_grid.html" "_held.html" "_json.html"
    "_head.html" "_late.html" "_message.html" "_multi.html" "_notices.html" "_selected.html" "_tip.html" "_toast.html"
    "_trouble.html" "component/area_chart.html" "component/badge.html" "component/bar_chart.html"
    "component/boxplot.html" "component/button.html" "component/candlestick.html" "component/caption.html"
    "component/card.html" "component/chart.html" "component/checkbox.html" "component/code.html"
    "component/color_picker.html" "component/date_input.html" "component/datetime_input.html" "component/details.html"
    "component/dialog.html" "component/divider.html" "component/download_button.html" "component/error.html"
    "component/expander.html" "component/file_upload.html" "component/form.html" "component/funnel.html"
    "component/gauge.html" "component/grid.html" "component/group.html" "component/header.html" "component/heatmap.html"
    "component/histogram.html" "component/html.html" "component/image.html" "component/info.html" "component/json.html"
    "component/line_chart.html" "component/link.html" "component/link_button.html" "component/map.html"
    "component/metric.html" "component/multiselect.html" "component/number_input.html" "component/pie_chart.html"
    "component/popover.html" "component/progress.html" "component/radar.html" "component/radio.html"
    "component/rating.html" "component/repeat.html" "component/row.html" "component/sankey.html" "component/scatter_chart.html"
    "component/segmented.html" "component/select.html" "component/slider.html" "component/subheader.html"
    "component/success.html" "component/tab.html" "component/table.html" "component/tabs.html" "component/text.html"
    "component/text_area.html" "component/text_input.html" "component/time_input.html" "component/title.html"
    "component/toggle.html" "component/treemap.html" "component/use.html" "component/warning.html" "error.html"
    "page.html" "question.html"
};

/// Why something could not be rendered: a mistake in a template, not in a spec.
#[derive(Debug)]
pub struct RenderError(minijinja::Error);

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for RenderError {}

impl From<minijinja::Error> for RenderError {
    fn from(error: minijinja::Error) -> Self {
        Self(error)
    }
}

/// The environment that holds all templates; a variable that is not defined is an error.
pub(super) fn environment(words: &'static Words) -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("only white space is set, no delimiter"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(write_value);
    environment.add_function("icon", draw_icon);
    know_pictures(&mut environment, BTreeMap::new());
    environment.add_function("t", move |english: &str, values: Kwargs| say(words, english, &values));
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).expect("the tests parse every template");
    }
    environment
}

/// Tells templates how large pictures are, by their URLs.
pub(super) fn know_pictures(environment: &mut Environment<'static>, sizes: BTreeMap<String, (u32, u32)>) {
    environment.add_function("size", move |url: &str, width: Option<u32>| {
        Value::from_safe_string(picture_size(sizes.get(url).copied(), width))
    });
}

/// The attributes that keep room for a picture before it is there: of one of unknown size the width that is asked for.
fn picture_size(known: Option<(u32, u32)>, wanted: Option<u32>) -> String {
    match (known, wanted) {
        (Some((width, height)), None) => format!(r#" width="{width}" height="{height}""#),
        (Some((width, height)), Some(wanted)) => {
            let scaled = u64::from(wanted) * u64::from(height) / u64::from(width.max(1));
            format!(r#" width="{wanted}" height="{}""#, scaled.max(1))
        }
        (None, Some(wanted)) => format!(r#" width="{wanted}""#),
        (None, None) => String::new(),
    }
}

/// Writes a value into HTML: text as [`escape`] says, all else as minijinja does.
///
/// minijinja escapes `/` as well, which no browser asks for, and which bloats every URL.
fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => out.write_str(&escape(text)).map_err(minijinja::Error::from),
        None => escape_formatter(out, state, value),
    }
}

/// Text as it stands in HTML, and in the quotes of an attribute.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(crate::eval::plain::escape(text))
}

/// The icon of this name as an inline image; nothing for a name that no icon has.
fn draw_icon(name: &str) -> Value {
    let drawn = icon::find(name)
        .map(|shapes| format!(r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{shapes}</svg>"#));
    Value::from_safe_string(drawn.unwrap_or_default())
}

/// A text of the interface in the language of the app, with what stands in it; `n` decides between its forms.
fn say(words: &Words, english: &str, values: &Kwargs) -> Result<String, minijinja::Error> {
    let mut given: Vec<(&str, String)> = Vec::new();
    for name in values.args() {
        given.push((name, values.get::<Value>(name)?.to_string()));
    }
    values.assert_all_used()?;
    let number = given.iter().find(|(name, _)| *name == "n").and_then(|(_, number)| number.parse().ok());
    let given: Vec<(&str, &dyn fmt::Display)> =
        given.iter().map(|(name, value)| (*name, value as &dyn fmt::Display)).collect();
    Ok(match number {
        Some(number) => words.count(english, number, &given),
        None => words.fill(english, &given),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use appspec_lang::component::ALL;

    #[test]
    fn every_kind_has_a_template() {
        let environment = environment(Words::of(None));
        for component in ALL.iter() {
            let name = format!("component/{}.html", component.name);
            assert!(environment.get_template(&name).is_ok(), "{name}");
        }
    }

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escape(r#"a/b <c d="e" f='g'>&"#), "a/b &lt;c d=&quot;e&quot; f=&#39;g&#39;&gt;&amp;");
        let mut environment = environment(Words::of(None));
        environment.add_template("test.html", r#"<a b="{{ text }}">{{ text }}</a>{{ number }}"#).unwrap();
        let html = environment.get_template("test.html").unwrap();
        let html = html.render(minijinja::context! { text => "\"<x>", number => 1 }).unwrap();
        assert_eq!(html, r#"<a b="&quot;&lt;x&gt;">&quot;&lt;x&gt;</a>1"#);
    }

    /// The policy of the pages forbids styles and scripts inside the HTML.
    #[test]
    fn no_template_holds_what_the_policy_forbids() {
        for (name, text) in TEMPLATES {
            for forbidden in [" style=", "<style", " onclick=", " hx-on", "javascript:"] {
                assert!(!text.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }
}
