//! Code actions: the fixes of what is wrong.

use std::collections::BTreeSet;

use appspec_lang::diagnostic::{Diagnostic, Mends};
use gen_lsp_types as lsp;

use super::{Session, workspace_edit};
use crate::convert::Places;

pub(super) fn answer(
    session: &mut Session<'_>,
    params: &lsp::CodeActionParams,
) -> Option<Vec<lsp::CodeActionResponse>> {
    let (places, file) = session.file(&params.text_document)?;
    let found = places.app.compiler.diagnostics_of(&BTreeSet::from([file])).remove(&file).unwrap_or_default();
    let is_asked = |kind: &lsp::CodeActionKind| {
        let kind = kind.to_string();
        let is_part = |asked: &lsp::CodeActionKind| {
            let asked = asked.to_string();
            asked.is_empty() || kind == asked || kind.strip_prefix(&asked).is_some_and(|rest| rest.starts_with('.'))
        };
        params.context.only.as_ref().is_none_or(|only| only.iter().any(is_part))
    };
    let mut actions = Vec::new();
    if is_asked(&lsp::CodeActionKind::QuickFix) {
        let lines = places.lines(file);
        for found in &found {
            let told = places.diagnostic(found, &lines);
            if told.range.start <= params.range.end && params.range.start <= told.range.end {
                actions.extend(quick_fix(found, told, &places));
            }
        }
    }
    if is_asked(&lsp::CodeActionKind::SourceFixAll) {
        actions.extend(fix_all(&found, &places));
    }
    Some(actions.into_iter().map(lsp::CodeActionResponse::CodeAction).collect())
}

/// The fix of one finding; one that may be applied unasked is preferred.
fn quick_fix(found: &Diagnostic, told: lsp::Diagnostic, places: &Places<'_>) -> Option<lsp::CodeAction> {
    let fix = found.fix.as_ref()?;
    Some(lsp::CodeAction {
        title: fix.title.clone(),
        kind: Some(lsp::CodeActionKind::QuickFix),
        diagnostics: Some(vec![told]),
        is_preferred: Some(fix.is_safe),
        edit: Some(workspace_edit(&fix.edits, places)),
        ..lsp::CodeAction::default()
    })
}

/// All fixes of a file at once that may be applied unasked.
fn fix_all(found: &[Diagnostic], places: &Places<'_>) -> Option<lsp::CodeAction> {
    let mends = Mends::of(found);
    let edits: Vec<_> = mends.edits().cloned().collect();
    (!edits.is_empty()).then(|| lsp::CodeAction {
        title: "apply all safe fixes".to_owned(),
        kind: Some(lsp::CodeActionKind::SourceFixAll),
        edit: Some(workspace_edit(&edits, places)),
        ..lsp::CodeAction::default()
    })
}
