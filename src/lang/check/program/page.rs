//! What can be asked of a page: who has to do with a key, which parts are taken of a table, how often it runs by itself.

use std::time::Duration;

use super::{
    Action, ActionKind, Component, ComponentId, Every, Page, Prop, Query, QueryId, Ref, Source, State, StateId,
    Subject, Whole, Window,
};
use crate::expr::{Expr, Template};
use crate::spec::{WrongPeriod, parse_period};

impl Page {
    /// What it is called where it is not open: its title if that is constant, else words of its path.
    pub fn short_title(&self) -> String {
        self.title.constant().unwrap_or_else(|| title_of(&self.path))
    }

    /// The lists of actions of all components.
    pub fn action_lists(&self) -> impl Iterator<Item = &[Action]> {
        self.components.iter().flat_map(|component| &component.props).filter_map(|(_, prop)| match prop {
            Prop::Actions(actions) => Some(actions.as_slice()),
            _ => None,
        })
    }

    /// All that an action reads, in its condition and in the SQL of its write too.
    pub fn refs_of(&self, action: &Action) -> Vec<Ref> {
        let refs = match &action.kind {
            ActionKind::Set(entries) => entries.iter().flat_map(|(_, expr)| expr.refs()).collect(),
            ActionKind::Goto(text) | ActionKind::Toast(text) => text.refs(),
            ActionKind::Run { write, with } => {
                let statements = self.writes.get(write.index()).map(|write| write.statements.as_slice());
                let statements = statements.unwrap_or_default().iter().flat_map(Template::refs);
                with.iter().flat_map(Expr::refs).chain(statements).collect()
            }
            ActionKind::Reset { .. } | ActionKind::Refresh(_) => Vec::new(),
        };
        let when = action.when.iter().flat_map(Expr::refs);
        refs.into_iter().chain(when).map(|(reference, _)| reference).collect()
    }

    /// The parts of a query's table that components show.
    pub fn parts_of(&self, whole: QueryId) -> impl Iterator<Item = QueryId> + '_ {
        let is_part =
            move |query: &Query| matches!(query.source, Source::Part { of: Whole::Query(of), .. } if of == whole);
        (0..).zip(&self.queries).filter(move |(_, query)| is_part(query)).map(|(index, _)| QueryId(index))
    }

    /// The table whose page a key is.
    pub fn window_of_page(&self, key: StateId) -> Option<(ComponentId, &Window)> {
        let table = self.state.get(key.index())?.window?;
        let window = self.components.get(table.index())?.window.as_ref()?;
        (window.page == key).then_some((table, window))
    }

    /// The components that take what is entered for a key: its widgets, its tabs, or the table whose key it is.
    pub fn takers(&self, key: StateId) -> Vec<ComponentId> {
        let window = self.state.get(key.index()).and_then(|state| state.window);
        let is_bound = |component: &Component| {
            matches!(component.subject, Subject::State(bound) if bound == key) || component.selected() == Some(key)
        };
        let bound = (0..).zip(&self.components).filter(|(_, component)| is_bound(component));
        bound.map(|(index, _)| ComponentId(index)).chain(window).collect()
    }

    /// How often a query runs by itself, as it is written; none for one that never does.
    pub fn every(&self, id: QueryId) -> Option<&Template<Ref>> {
        match &self.queries.get(id.index())?.every {
            Every::Never => None,
            Every::AsPage => self.every.as_ref(),
            Every::Own(template) => Some(template),
        }
    }

    /// Whether it has queries that may run by themselves.
    pub fn is_live(&self) -> bool {
        self.periods().any(|period| !matches!(period, Some(Ok(None))))
    }

    /// The shortest of the periods that are constants.
    pub fn shortest_period(&self) -> Option<Duration> {
        self.periods().flatten().filter_map(|period| period.ok().flatten()).min()
    }

    /// The periods of its queries; none for those that rest on what is known only when the page is open.
    fn periods(&self) -> impl Iterator<Item = Option<Result<Option<Duration>, WrongPeriod>>> {
        let written = (0..self.queries.len()).filter_map(|index| self.every(QueryId::at(index)));
        written.map(|every| every.constant().map(|text| parse_period(&text)))
    }

    /// The components that stand in the page once.
    pub fn single(&self) -> impl Iterator<Item = ComponentId> {
        (0..).map(ComponentId).zip(&self.components).filter(|(_, it)| it.row_of.is_none()).map(|(id, _)| id)
    }

    /// The components that stand in another once for each row, parents before their children.
    pub fn of_rows(&self, host: ComponentId) -> impl Iterator<Item = (ComponentId, &Component)> {
        let is_of = move |(_, component): &(ComponentId, &Component)| component.row_of == Some(host);
        (0..).map(ComponentId).zip(&self.components).filter(is_of)
    }

    /// The keys of which each row of a component has a value of its own.
    pub fn keys_of_rows(&self, host: ComponentId) -> impl Iterator<Item = (StateId, &State)> {
        (0..).map(StateId).zip(&self.state).filter(move |(_, state)| state.row_of == Some(host))
    }

    /// The form that a component stands in.
    pub fn form_of(&self, id: ComponentId) -> Option<ComponentId> {
        form_of(&self.components, id)
    }

    /// The form that the widget of this id is sent with; what is no widget acts at once, wherever it stands.
    pub fn sent_with(&self, id: ComponentId) -> Option<ComponentId> {
        self.components.get(id.index())?.kind.widget.as_ref()?;
        self.form_of(id)
    }

    /// The expression that a key follows, because one of its widgets has a `value`; a key of rows follows none as a whole.
    pub fn followed(&self, id: StateId) -> Option<&Expr<Ref>> {
        self.shown_value(id).filter(|_| self.state.get(id.index()).is_some_and(|state| state.row_of.is_none()))
    }

    /// The `value` of a widget of a key.
    pub fn shown_value(&self, id: StateId) -> Option<&Expr<Ref>> {
        let widgets = self.state.get(id.index()).map(|state| state.widgets.as_slice()).unwrap_or_default();
        widgets.iter().filter_map(|widget| self.components.get(widget.index())).find_map(|component| {
            match component.prop("value") {
                Some(Prop::Expr(value)) => Some(value),
                _ => None,
            }
        })
    }
}

/// Of all components of a page, the form that one of them stands in.
pub fn form_of(components: &[Component], id: ComponentId) -> Option<ComponentId> {
    let parent = |id: &ComponentId| components.get(id.index())?.parent;
    let submits = |id: &ComponentId| components.get(id.index()).is_some_and(|component| component.kind.submits());
    std::iter::successors(parent(&id), parent).find(submits)
}

/// The last part of a URL as a title: `/ops/daily-sales` is "Daily sales".
pub fn title_of(path: &str) -> String {
    let last = path.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or("start");
    let words = last.replace(['-', '_'], " ").replace(['[', ']'], "");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
