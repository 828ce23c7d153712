//! What depends on what on a page, and in which order it is evaluated.
//!
//! One graph a page. A node's inputs are what its definition reads, found in the syntax trees of expressions and SQL;
//! a guard is the condition under which a node is wanted at all.

mod acted;
mod build;
mod part;
mod cycle;
pub mod export;
mod user;

use fixedbitset::FixedBitSet;

pub use build::build;
pub use user::mark_user;

use crate::check::program::{ComponentId, Page, QueryId, Ref, StateId, ValueId};

/// A node of one [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
    }

    fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("a page has less than 2^32 nodes"))
    }
}

/// What a node computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A key as it was entered, set or given at first.
    State(StateId),
    /// A key whose value must be among its choices: what everybody else reads.
    Admitted(StateId),
    Query(QueryId),
    Value(ValueId),
    /// Whether a component's own conditions hold.
    Shown(ComponentId),
    Component(ComponentId),
    /// The page's title.
    Title,
    /// The moment of the run.
    Now,
    /// The day of the run.
    Today,
}

impl NodeKind {
    /// The name that reads the node, if there is one.
    pub fn reference(self) -> Option<Ref> {
        match self {
            Self::State(id) | Self::Admitted(id) => Some(Ref::State(id)),
            Self::Query(id) => Some(Ref::Query(id)),
            Self::Value(id) => Some(Ref::Value(id)),
            Self::Now => Some(Ref::Now),
            Self::Today => Some(Ref::Today),
            Self::Shown(_) | Self::Component(_) | Self::Title => None,
        }
    }
}

/// A node and its neighbours.
#[derive(Clone, Debug)]
pub struct Node {
    pub kind: NodeKind,
    /// In the order in which the definition reads them, each once.
    pub inputs: Vec<NodeId>,
    pub dependents: Vec<NodeId>,
    /// What it shows too as soon as it is there, but does not wait for.
    pub extras: Vec<NodeId>,
    /// The condition that must hold for this node to be wanted for its own sake; none: always.
    pub guard: Option<NodeId>,
    /// The nodes that this condition guards.
    pub guarded: Vec<NodeId>,
    /// What its first value is made from (`default_from`): read once, so no input.
    pub seeds: Vec<NodeId>,
}

/// The dependencies of one page; acyclic.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    order: Vec<NodeId>,
    state: Vec<NodeId>,
    admitted: Vec<Option<NodeId>>,
    queries: Vec<NodeId>,
    values: Vec<NodeId>,
    shown: Vec<Option<NodeId>>,
    components: Vec<NodeId>,
    title: NodeId,
    has_constant_title: bool,
    now: NodeId,
    today: NodeId,
    per_view: FixedBitSet,
    sources: Vec<Vec<QueryId>>,
    of_user: FixedBitSet,
    acted: FixedBitSet,
    /// The queries that are never made as a whole, because components show parts of them and nobody reads more.
    parted: FixedBitSet,
}

impl Graph {
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// # Panics
    /// If the id is of another graph.
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.index()).expect("a node is looked up in its own graph")
    }

    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId::at)
    }

    /// All nodes, inputs before dependents; ties in source order.
    pub fn order(&self) -> &[NodeId] {
        &self.order
    }

    /// The node of a key as it was entered.
    pub fn state(&self, id: StateId) -> NodeId {
        at(&self.state, id.index())
    }

    /// The node of a key as everybody reads it.
    pub fn key(&self, id: StateId) -> NodeId {
        at(&self.admitted, id.index()).unwrap_or_else(|| self.state(id))
    }

    pub fn query(&self, id: QueryId) -> NodeId {
        at(&self.queries, id.index())
    }

    pub fn value(&self, id: ValueId) -> NodeId {
        at(&self.values, id.index())
    }

    /// The node of a component's own conditions, if it has any.
    pub fn shown(&self, id: ComponentId) -> Option<NodeId> {
        at(&self.shown, id.index())
    }

    /// The node of a component; of one that stands for rows, that of the component that has them.
    pub fn component(&self, id: ComponentId) -> NodeId {
        at(&self.components, id.index())
    }

    pub fn title(&self) -> NodeId {
        self.title
    }

    /// Whether the title is plain text, which nothing has to be computed for.
    pub fn has_constant_title(&self) -> bool {
        self.has_constant_title
    }

    pub fn now(&self) -> NodeId {
        self.now
    }

    pub fn today(&self) -> NodeId {
        self.today
    }

    /// The node that a name in an expression reads; none for what is fixed for a view.
    pub fn read(&self, reference: Ref) -> Option<NodeId> {
        match reference {
            Ref::State(id) => Some(self.key(id)),
            Ref::Query(id) => Some(self.query(id)),
            Ref::Value(id) => Some(self.value(id)),
            Ref::Now => Some(self.now),
            Ref::Today => Some(self.today),
            _ => None,
        }
    }

    /// All that depends on the given nodes, they among it, directly or not.
    pub fn affected_by(&self, changed: impl IntoIterator<Item = NodeId>) -> FixedBitSet {
        self.affected_past(changed, |_| true)
    }

    /// All that depends on the given nodes, directly or through nodes that let it pass; these among it.
    pub fn affected_past(
        &self,
        changed: impl IntoIterator<Item = NodeId>,
        passes: impl Fn(NodeId) -> bool,
    ) -> FixedBitSet {
        let mut affected = FixedBitSet::with_capacity(self.nodes.len());
        let mut open: Vec<NodeId> = changed.into_iter().filter(|id| passes(*id)).collect();
        while let Some(id) = open.pop() {
            if !affected.put(id.index()) {
                open.extend(self.node(id).dependents.iter().filter(|id| passes(**id)));
            }
        }
        affected
    }

    /// The queries whose rows a component shows, read by itself, by values or by other queries; none for what only
    /// takes a word from them.
    pub fn sources(&self, id: ComponentId) -> &[QueryId] {
        self.sources.get(id.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// All that a component needs, directly or not: what it reads, its conditions, and what first values are made of.
    pub fn behind(&self, id: ComponentId) -> Vec<NodeId> {
        let mut found = FixedBitSet::with_capacity(self.nodes.len());
        let mut open = vec![self.component(id)];
        while let Some(id) = open.pop() {
            if !found.put(id.index()) {
                let node = self.node(id);
                open.extend(node.inputs.iter().chain(&node.extras).chain(&node.seeds).chain(&node.guard));
            }
        }
        found.ones().map(NodeId::at).collect()
    }

    /// Whether a node's value differs from view to view even at the same state: it rests on unseeded chance.
    pub fn is_per_view(&self, id: NodeId) -> bool {
        self.per_view.contains(id.index())
    }

    /// Whether a node's value may rest on who the user is.
    pub fn is_of_user(&self, id: NodeId) -> bool {
        self.of_user.contains(id.index())
    }

    /// Whether actions read the rows of a query.
    pub fn is_acted_on(&self, id: NodeId) -> bool {
        self.acted.contains(id.index())
    }

    /// Whether parts are taken of a query where its table is, and nobody reads the whole.
    pub fn is_parted(&self, id: QueryId) -> bool {
        self.parted.contains(id.index())
    }

    /// The name of a node for people: `region`, `region (entered)`, `orders`, `metric-revenue`, `metric-revenue shown`.
    pub fn name(&self, page: &Page, id: NodeId) -> String {
        let state = |id: StateId| page.state.get(id.index()).map_or("", |state| &state.name).to_owned();
        let component =
            |id: ComponentId| page.components.get(id.index()).map_or("", |component| &component.id).to_owned();
        match self.node(id).kind {
            NodeKind::State(key) if self.key(key) != id => format!("{} (entered)", state(key)),
            NodeKind::State(key) | NodeKind::Admitted(key) => state(key),
            NodeKind::Query(query) => page.queries.get(query.index()).map_or("", |query| &query.name).to_owned(),
            NodeKind::Value(value) => page.values.get(value.index()).map_or("", |value| &value.name).to_owned(),
            NodeKind::Shown(id) => format!("{} shown", component(id)),
            NodeKind::Component(id) => component(id),
            NodeKind::Title => "page title".to_owned(),
            NodeKind::Now => "now()".to_owned(),
            NodeKind::Today => "today()".to_owned(),
        }
    }
}

fn at<T: Copy>(list: &[T], index: usize) -> T {
    *list.get(index).expect("the graph was built from this page")
}
