//! Another name, everywhere.

use gen_lsp_types as lsp;
use lsp_server::ErrorCode;

use super::{Answer, Session, refuse, workspace_edit};

/// The name at a place, if it is one that can be another.
pub(super) fn prepare(
    session: &mut Session<'_>,
    params: &lsp::PrepareRenameParams,
) -> Option<lsp::PrepareRenamePlaceholder> {
    let at = session.at(&params.text_document_position_params)?;
    let (symbol, span) = at.look.symbol(at.offset)?;
    Some(lsp::PrepareRenamePlaceholder { range: at.places.range(span), placeholder: symbol.name })
}

pub(super) fn answer(session: &mut Session<'_>, params: &lsp::RenameParams) -> Answer<Option<lsp::WorkspaceEdit>> {
    let Some(at) = session.at(&params.text_document_position_params) else { return Ok(None) };
    let Some((symbol, _)) = at.look.symbol(at.offset) else {
        let message = "only state keys, queries, values and writes can be renamed, by their names";
        return Err(refuse(ErrorCode::InvalidParams, message));
    };
    let edits = at.look.rename(&symbol, &params.new_name);
    let edits = edits.map_err(|message| refuse(ErrorCode::InvalidParams, message))?;
    Ok(Some(workspace_edit(&edits, &at.places)))
}
