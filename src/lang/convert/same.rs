//! Whether two trees say the same, though one is of YAML and the other of TOML.

use std::collections::BTreeMap;

use crate::component::{self, Subject};
use crate::syntax::{Node, NodeKind};

/// Whether both say the same, in whatever order keys stand.
pub(super) fn same(one: &Node, two: &Node) -> bool {
    match (&one.kind, &two.kind) {
        (NodeKind::List(one), NodeKind::List(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same(one, two))
        }
        (NodeKind::Map(one), NodeKind::Map(two)) => {
            let two: BTreeMap<&str, &Node> = two.iter().map(|entry| (&*entry.key.value, &entry.value)).collect();
            one.len() == two.len()
                && one.iter().all(|entry| {
                    let key = entry.key.value.as_str();
                    let is_nothing = |node: &Node| takes_nothing(key) && says_nothing(node);
                    two.get(key)
                        .is_some_and(|two| same(&entry.value, two) || is_nothing(&entry.value) && is_nothing(two))
                })
        }
        (NodeKind::Moment(one), NodeKind::Moment(two)) => {
            let plain = |text: &str| moment(text).replace(' ', "T").to_ascii_uppercase();
            plain(&one.text) == plain(&two.text)
        }
        _ => one.means(two),
    }
}

/// Whether a key names a component that has no subject, such as `divider`.
pub(super) fn takes_nothing(key: &str) -> bool {
    component::find(key).is_some_and(|kind| matches!(kind.subject, Subject::None))
}

/// Whether a value is what stands behind such a key: nothing in YAML, an empty text in TOML.
pub(super) fn says_nothing(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Null) || node.as_text() == Some("")
}

/// A date or datetime with all the parts that TOML asks for: seconds, and minutes of a zone.
pub(super) fn moment(text: &str) -> String {
    let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
    let (separator, time) = time.split_at_checked(1).unwrap_or_default();
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone_at).unwrap_or_default();
    let clock = clock.trim_end();
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    let zone = match (zone.len(), zone.split_at_checked(3)) {
        (3, _) => format!("{zone}:00"),
        (5, Some((hours, minutes))) => format!("{hours}:{minutes}"),
        _ => zone.to_owned(),
    };
    format!("{date}{separator}{clock}{seconds}{zone}")
}
