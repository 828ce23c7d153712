//! `every:`: how often queries run by themselves.

use std::time::Duration;

use super::literal::parse_duration;
use super::lower::Lowering;
use super::written::text;
use crate::diagnostic::code::VALUE;
use crate::expr::Template;
use crate::syntax::{Node, NodeKind};

/// Nothing runs more often by itself.
pub const SHORTEST_PERIOD: Duration = Duration::from_secs(1);

/// Why a text is no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongPeriod {
    NoDuration,
    TooShort,
}

/// Reads a period: a duration, or none where nothing or `off` is written.
pub fn parse_period(text: &str) -> Result<Option<Duration>, WrongPeriod> {
    match text.trim() {
        "" | "off" => Ok(None),
        written => match parse_duration(written) {
            None => Err(WrongPeriod::NoDuration),
            Some(period) if period < SHORTEST_PERIOD => Err(WrongPeriod::TooShort),
            Some(period) => Ok(Some(period)),
        },
    }
}

/// Lowers `10s`, `off` or a template; what is constant is checked here.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Template> {
    if matches!(node.kind, NodeKind::Bool(false)) {
        return Some(Template::verbatim("off", node.span));
    }
    let template = text(node, "`every`", ctx)?;
    let Some(found) = template.constant() else { return Some(template) };
    let Err(wrong) = parse_period(&found) else { return Some(template) };
    let (message, help) = match wrong {
        WrongPeriod::NoDuration => {
            (format!("`{found}` is no duration"), "write how long to wait, `10s`, `5m` or `1h`, or `off`")
        }
        WrongPeriod::TooShort => {
            (format!("`{found}` is too short for `every`"), "nothing runs by itself more than once in `1s`")
        }
    };
    ctx.diagnostics.report(&VALUE, node.span, message).help(help);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_duration_or_off() {
        for (text, expected) in [
            ("10s", Ok(Some(Duration::from_secs(10)))),
            (" 1m ", Ok(Some(Duration::from_mins(1)))),
            ("1000ms", Ok(Some(SHORTEST_PERIOD))),
            ("off", Ok(None)),
            ("", Ok(None)),
            (" ", Ok(None)),
            ("999ms", Err(WrongPeriod::TooShort)),
            ("0s", Err(WrongPeriod::TooShort)),
            ("often", Err(WrongPeriod::NoDuration)),
            ("10", Err(WrongPeriod::NoDuration)),
        ] {
            assert_eq!(parse_period(text), expected, "{text:?}");
        }
    }
}
