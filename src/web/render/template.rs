//! The templates, embedded, and what they may call.

use std::fmt;

use appspec_lang::component::icon;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

macro_rules! templates {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../templates/", $name)))),*]
    };
}

static TEMPLATES: &[(&str, &str)] = templates! {
    "_attributes.html" "_bounds.html" "_brand.html" "_chart.html" "_check.html" "_children.html" "_complaint.html"
    "_dates.html" "_failed.html" "_field.html" "_fieldset.html" "_grid.html" "_late.html" "_message.html" "_tip.html"
    "_toast.html"
    "component/bar_chart.html" "component/button.html" "component/caption.html" "component/card.html"
    "component/checkbox.html" "component/code.html" "component/color_picker.html" "component/date_input.html"
    "component/divider.html" "component/error.html" "component/expander.html" "component/group.html"
    "component/header.html" "component/info.html" "component/line_chart.html" "component/metric.html"
    "component/number_input.html" "component/radio.html" "component/row.html" "component/scatter_chart.html"
    "component/select.html" "component/slider.html" "component/subheader.html" "component/success.html"
    "component/tab.html" "component/table.html" "component/tabs.html" "component/text.html"
    "component/text_input.html" "component/title.html" "component/toggle.html" "component/warning.html"
    "error.html" "page.html"
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
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("only white space is set, no delimiter"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_function("icon", draw_icon);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).expect("the tests parse every template");
    }
    environment
}

/// The icon of this name as an inline image; nothing for a name that no icon has.
fn draw_icon(name: &str) -> Value {
    let drawn = icon::find(name)
        .map(|shapes| format!(r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{shapes}</svg>"#));
    Value::from_safe_string(drawn.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use appspec_lang::component::ALL;

    #[test]
    fn every_kind_has_a_template() {
        let environment = environment();
        for component in ALL.iter() {
            let name = format!("component/{}.html", component.name);
            assert!(environment.get_template(&name).is_ok(), "{name}");
        }
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
