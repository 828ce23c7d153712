//! Where names come from and where they are used.

use gen_lsp_types as lsp;

use super::Session;

pub(super) fn definition(session: &mut Session<'_>, params: &lsp::DefinitionParams) -> Option<lsp::Location> {
    let at = session.at(&params.text_document_position_params)?;
    at.places.location(at.look.definition(at.offset)?)
}

pub(super) fn references(session: &mut Session<'_>, params: &lsp::ReferenceParams) -> Option<Vec<lsp::Location>> {
    let at = session.at(&params.text_document_position_params)?;
    let (symbol, _) = at.look.symbol(at.offset)?;
    let declared = at.look.declaration(&symbol).filter(|_| !params.context.include_declaration);
    let used = at.look.references(&symbol).into_iter().filter(|span| Some(*span) != declared);
    Some(used.filter_map(|span| at.places.location(span)).collect())
}

/// The same name in the same file.
pub(super) fn highlights(
    session: &mut Session<'_>,
    params: &lsp::DocumentHighlightParams,
) -> Option<Vec<lsp::DocumentHighlight>> {
    let at = session.at(&params.text_document_position_params)?;
    let (symbol, here) = at.look.symbol(at.offset)?;
    let used = at.look.references(&symbol).into_iter().filter(|span| span.file == here.file);
    let range = |span| at.places.range(span);
    Some(used.map(|span| lsp::DocumentHighlight { range: range(span), kind: None }).collect())
}
