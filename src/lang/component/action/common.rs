//! Options that all buttons have.

use crate::component::{Pattern, Prop, PropType};

pub(super) const STYLE: Prop = Prop {
    name: "style",
    ty: PropType::Choice(&["primary", "secondary", "danger"]),
    required: false,
    default: "secondary",
    summary: "How much it stands out.",
};
pub(super) const ICON: Prop = Prop {
    name: "icon",
    ty: PropType::Icon,
    required: false,
    default: "",
    summary: "A Lucide icon in front of the label.",
};
pub(super) const DISABLED: Prop = Prop {
    name: "disabled",
    ty: PropType::Expression(Pattern::Any),
    required: false,
    default: "false",
    summary: "Whether it cannot be pressed.",
};
