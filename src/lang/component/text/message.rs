//! Options that all messages have.

use crate::component::{Prop, PropType};

pub(super) const TITLE: Prop = Prop {
    name: "title",
    ty: PropType::Text,
    required: false,
    default: "",
    summary: "A short heading above the message.",
};
pub(super) const ICON: Prop = Prop {
    name: "icon",
    ty: PropType::Icon,
    required: false,
    default: "that of the kind",
    summary: "A Lucide icon in front of the message.",
};
