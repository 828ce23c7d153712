//! Hover: what stands at a place.

use gen_lsp_types as lsp;

use super::Session;

pub(super) fn answer(session: &mut Session<'_>, params: &lsp::HoverParams) -> Option<lsp::Hover> {
    let at = session.at(&params.text_document_position_params)?;
    let hover = at.look.hover(at.offset)?;
    let text = lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: hover.text };
    Some(lsp::Hover { contents: lsp::Contents::MarkupContent(text), range: Some(at.lines.range(hover.range)) })
}
