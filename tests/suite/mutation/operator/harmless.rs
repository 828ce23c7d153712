//! Edits that change nothing that matters: comments, blank lines, quotes, other words for people.

use super::super::demo::{Demo, Role};
use super::{Class, Edit};

pub(super) fn vary(demo: &Demo, edits: &mut Vec<Edit>) {
    for (file, found) in demo.files.iter().enumerate() {
        let mut start = 0;
        for (index, line) in found.text.lines().enumerate() {
            let end = start + line.len();
            let is_within = |at: usize| {
                let is_in = |entry: &&super::Entry| entry.key.end < at && at < entry.value.end;
                demo.entries.iter().filter(is_in).any(|entry| entry.file == file && entry.role != Role::Structure)
            };
            if !is_within(start) && index % 3 == 0 {
                edits.push(Edit::new("add a comment", Class::Harmless, file, start..start, "# As it was.\n"));
                edits.push(Edit::new("add a blank line", Class::Harmless, file, start..start, "\n"));
            }
            let is_code = !line.trim().is_empty() && !line.contains('#') && !line.ends_with(['|', '-']);
            if is_code && !is_within(start) && !is_within(end) && index % 3 == 1 {
                edits.push(Edit::new("add a comment", Class::Harmless, file, end..end, "  # as it was"));
            }
            start = end + 1;
        }
    }
    for entry in &demo.entries {
        requote(demo, entry, edits);
    }
}

/// Quotes around plain words, and other quotes around quoted ones.
fn requote(demo: &Demo, entry: &super::Entry, edits: &mut Vec<Edit>) {
    let file = &demo.files[entry.file].text;
    let text = &file[entry.value.clone()];
    let is_block = file[entry.key.start..entry.value.start.max(entry.key.start)].contains('\n');
    let is_text =
        matches!(entry.role, Role::Text | Role::Label | Role::StateKey | Role::Column(_) | Role::Choice | Role::Format);
    if !is_text || is_block || text.contains(['\n', '\\']) || text == "true" {
        return;
    }
    let inner = text.trim_matches(['"', '\'']);
    if inner.contains(['"', '\'']) {
        return;
    }
    let quote = if text.starts_with('"') { '\'' } else { '"' };
    let with = format!("{quote}{inner}{quote}");
    edits.push(Edit::new("quote otherwise", Class::Harmless, entry.file, entry.value.clone(), with));
}
