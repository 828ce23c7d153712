//! Completion: what may be written at a place.

use appspec_lang::ide::{Completion, CompletionKind};
use gen_lsp_types as lsp;

use super::Session;

pub(super) fn answer(session: &mut Session<'_>, params: &lsp::CompletionParams) -> Option<lsp::CompletionList> {
    let at = session.at(&params.text_document_position_params)?;
    let found = at.look.complete(at.offset).into_iter().enumerate();
    let items = found.map(|(rank, completion)| item(rank, completion, &at.lines)).collect();
    Some(lsp::CompletionList { is_incomplete: false, items, item_defaults: None, apply_kind: None })
}

/// What is offered first is likelier to be meant: the order is kept.
fn item(rank: usize, completion: Completion, lines: &crate::text::Lines<'_>) -> lsp::CompletionItem {
    let text = |text: String| (!text.is_empty()).then_some(text);
    let edit = lsp::TextEdit { range: lines.range(completion.range), new_text: completion.insert };
    lsp::CompletionItem {
        kind: Some(kind(completion.kind)),
        detail: text(completion.detail),
        documentation: text(completion.doc).map(|doc| {
            lsp::Documentation::MarkupContent(lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: doc })
        }),
        sort_text: Some(format!("{rank:05}")),
        filter_text: Some(completion.label.clone()),
        label: completion.label,
        text_edit: Some(lsp::CompletionItemTextEdit::TextEdit(edit)),
        ..lsp::CompletionItem::default()
    }
}

fn kind(kind: CompletionKind) -> lsp::CompletionItemKind {
    match kind {
        CompletionKind::Key => lsp::CompletionItemKind::Property,
        CompletionKind::Component => lsp::CompletionItemKind::Class,
        CompletionKind::Word => lsp::CompletionItemKind::EnumMember,
        CompletionKind::State | CompletionKind::Param => lsp::CompletionItemKind::Variable,
        CompletionKind::Query => lsp::CompletionItemKind::Struct,
        CompletionKind::Value => lsp::CompletionItemKind::Constant,
        CompletionKind::Write => lsp::CompletionItemKind::Event,
        CompletionKind::Column => lsp::CompletionItemKind::Field,
        CompletionKind::Function => lsp::CompletionItemKind::Function,
        CompletionKind::Icon => lsp::CompletionItemKind::Value,
        CompletionKind::Page | CompletionKind::File => lsp::CompletionItemKind::File,
        CompletionKind::Connection => lsp::CompletionItemKind::Interface,
        CompletionKind::Namespace => lsp::CompletionItemKind::Module,
    }
}
