//! One page, from the names that it declares to its components.

use super::names::{self, Names, Reader};
use super::outline::Outline;
use super::program::{self, Every, Page, Query, Source};
use super::query;
use super::state::{self, Keys};
use super::test;
use super::types::{Context, Types};
use super::{Checked, Common, binding, cells, component, dialog, form, null, sql, unused, write};
use crate::diagnostic::Diagnostics;
use crate::expr::Template;
use crate::source::{FileId, Span};
use crate::spec::{self, NamedExpr, Schemas};

/// Checks a page with all that `app.yaml` declares for it.
pub(super) fn check(
    spec: &spec::Spec,
    page: &spec::Page,
    (common, schemas): (&Common, &Schemas),
    is_noting: bool,
    diagnostics: &mut Diagnostics,
) -> Checked {
    let schemas = &*sql::sifted(spec, page, schemas);
    let outline = Outline::of(spec, page, diagnostics);
    let mut names = Names::of(spec, page, &common.declarations).noting(is_noting);
    names::report_shared(&spec.shared, &page.definitions, diagnostics);
    let keys = Keys::of(spec, page, &outline, &mut names);
    let queries = query::check(spec, page, (&names, schemas), diagnostics);
    let all_writes: Vec<&spec::Write> = spec.shared.writes.iter().chain(&page.definitions.writes).collect();
    let mut context = Context {
        names: &names,
        outline: &outline,
        queries: &queries,
        pages: &common.destinations,
        writes: &all_writes,
        results: write::results(spec, page, schemas),
        assets: schemas.assets.as_deref(),
        row: None,
        types: Types::default(),
    };
    let values = context.settle(&keys, (&page.params, &values(spec, page)), diagnostics);
    check_templates(&queries, &context, diagnostics);
    let title = page.title.as_ref().map(|title| context.text(title, Reader::PAGE, diagnostics));
    let title = title.unwrap_or_else(|| constant(title_of(spec, page), page.file));
    let description = page.description.as_ref().map(|text| context.text(text, Reader::PAGE, diagnostics));
    let every = page.every.as_ref().map(|every| (every, Reader::PAGE));
    let every = every.or(spec.every.as_ref().map(|every| (every, Reader::APP)));
    let every = every.map(|(every, reader)| context.text(every, reader, diagnostics));
    let state = state::check(&keys, &context, diagnostics);
    let components = component::check(&keys, &context, diagnostics);
    form::check(&components, &state, &context, diagnostics);
    dialog::report_unopened(&components, &context, diagnostics);
    let writes = write::check((spec, page), schemas, &context, diagnostics);
    for tests in common.tests.get(&page.path).into_iter().flatten() {
        test::check(tests, (&keys, &components), &context, diagnostics);
    }
    let page = Page {
        file: page.file,
        path: page.path.clone(),
        title,
        icon: page.icon.as_ref().map(|icon| icon.value.clone()),
        description,
        wide: page.wide,
        params: page.params.clone(),
        state,
        values,
        writes,
        components,
        sidebar: outline.sidebar.clone(),
        body: outline.body.clone(),
        queries,
        every,
    };
    unused::report_misspelt(&page, diagnostics);
    null::check(&page, &names, diagnostics);
    let (sought, uses) = names.found();
    Checked { page, sought, uses }
}

/// Types what queries write out with values in it.
fn check_templates(queries: &[Query], context: &Context<'_>, diagnostics: &mut Diagnostics) {
    for (query, named) in queries.iter().zip(&context.names.queries) {
        if query.meanings.iter().any(|meaning| meaning.link.is_some() || meaning.color.is_some()) {
            let row = Context { row: query.columns.clone(), ..context.clone() };
            cells::check_meanings(&query.meanings, &row, Reader::of(named.shared), diagnostics);
        }
        match &query.source {
            Source::Http { get, .. } => get.check(context, diagnostics),
            other => {
                if let Some(sql) = other.template() {
                    sql.check_sql(context, diagnostics);
                    binding::check(sql, diagnostics);
                }
            }
        }
        if let Every::Own(every) = &query.every {
            every.check(context, diagnostics);
        }
    }
}

/// The entries of `values` and who reads in them, in the order of their ids.
fn values<'a>(spec: &'a spec::Spec, page: &'a spec::Page) -> Vec<(&'a NamedExpr, Reader)> {
    let shared = spec.shared.values.iter().map(|value| (value, Reader::APP));
    shared.chain(page.definitions.values.iter().map(|value| (value, Reader::PAGE))).collect()
}

/// What a page without a title is called.
fn title_of(spec: &spec::Spec, page: &spec::Page) -> String {
    match &spec.app.title {
        Some(title) if page.path == "/" => title.clone(),
        _ => program::title_of(&page.path),
    }
}

fn constant(text: String, file: FileId) -> Template<super::Ref> {
    let span = Span::new(file, 0, 0);
    Template::verbatim(text, span)
}
