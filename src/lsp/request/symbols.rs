//! Document symbols: what a file holds, as a tree.

use appspec_lang::ide::{Look, Part, PartKind};
use gen_lsp_types as lsp;

use super::Session;
use crate::text::Lines;

pub(super) fn answer(
    session: &mut Session<'_>,
    params: &lsp::DocumentSymbolParams,
) -> Option<Vec<lsp::DocumentSymbol>> {
    let (places, file) = session.file(&params.text_document)?;
    let lines = places.lines(file);
    let parts = Look::at(&places.app.compiler, file, None).parts();
    Some(parts.into_iter().map(|part| symbol(part, &lines)).collect())
}

fn symbol(part: Part, lines: &Lines<'_>) -> lsp::DocumentSymbol {
    let children: Vec<_> = part.parts.into_iter().map(|part| symbol(part, lines)).collect();
    lsp::DocumentSymbol::new(
        part.name,
        (!part.detail.is_empty()).then_some(part.detail),
        kind(part.kind),
        None,
        None,
        lines.range(part.range),
        lines.range(part.selection),
        (!children.is_empty()).then_some(children),
    )
}

fn kind(kind: PartKind) -> lsp::SymbolKind {
    match kind {
        PartKind::Section => lsp::SymbolKind::Namespace,
        PartKind::State => lsp::SymbolKind::Variable,
        PartKind::Query => lsp::SymbolKind::Struct,
        PartKind::Value => lsp::SymbolKind::Constant,
        PartKind::Write => lsp::SymbolKind::Event,
        PartKind::Connection => lsp::SymbolKind::Interface,
        PartKind::Component => lsp::SymbolKind::Object,
        PartKind::Field => lsp::SymbolKind::Property,
    }
}
