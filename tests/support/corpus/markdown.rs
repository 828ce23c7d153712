//! The two parts of Markdown that tests are made of: headings and fenced blocks.

use std::ops::Range;

/// A heading, and the fenced blocks below it up to the next heading.
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) language: String,
    /// The file that a line `` `path`: `` before the block names.
    pub(crate) file: Option<String>,
    pub(crate) text: String,
    /// The lines of the document between the fences, counted from 0.
    pub(crate) lines: Range<usize>,
}

/// The sections of a document; blocks before the first heading belong to all of them.
pub(crate) fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut shared: Vec<Block> = Vec::new();
    let mut lines = text.lines().enumerate();
    let mut file = None;
    while let Some((at, line)) = lines.next() {
        let fence: String = line.chars().take_while(|c| *c == '`').collect();
        if fence.len() >= 3 {
            let mut block = Block {
                language: line.trim_start_matches('`').trim().to_owned(),
                file: file.take(),
                text: String::new(),
                lines: at + 1..at + 1,
            };
            for (at, line) in lines.by_ref().take_while(|(_, line)| !line.starts_with(&fence)) {
                block.text.push_str(line);
                block.text.push('\n');
                block.lines.end = at + 1;
            }
            sections.last_mut().map_or(&mut shared, |section| &mut section.blocks).push(block);
        } else if line.starts_with('#') {
            file = None;
            let title = line.trim_start_matches('#').trim().to_owned();
            sections.push(Section { title, blocks: shared.clone() });
        } else if !line.trim().is_empty() {
            file = line.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")).map(str::to_owned);
        }
    }
    sections
}
