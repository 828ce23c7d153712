//! What evaluation says of a component: all that rendering reads.

use std::sync::Arc;
use std::time::Instant;

use appspec_data::Value;
use appspec_lang::check::program::StateId;
use appspec_lang::value::Scalar;

use super::expr::EvalError;
use super::view::Complaint;

/// How a component stands.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A false `when`, a closed tab or expander, or a parent that is hidden: an empty element.
    Hidden,
    Shown(Shown),
    /// Something it needs is still being computed.
    Pending {
        since: Instant,
    },
    /// Something it needs has failed.
    Failed(EvalError),
}

/// The values of a component's subject and options.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// A text (`header`, `metric`, `button`), a table, or the value of a widget's key.
    pub subject: Option<Value>,
    /// Text and expression options, by name; those that are not given are absent.
    pub props: Vec<(&'static str, Value)>,
    /// What a choice offers, the empty entry of a nullable key not among them.
    pub options: Vec<(Scalar, String)>,
    /// Labels of a table's columns, in the order of its `columns`, where they are templates.
    pub column_labels: Vec<Option<String>>,
    /// What the cells of the columns look like, in the order of its `columns`.
    pub cells: Vec<ShownCells>,
    /// What readers should know of the tables behind it: that one is cut, empty for a failure, or not up to date.
    pub notices: Vec<Arc<str>>,
    /// Of a table: what its reader has chosen.
    pub window: Option<Box<ShownWindow>>,
    /// What names the rows for each of which its children stand in it, in their order.
    pub rows: Vec<Arc<str>>,
    /// The file that the table of a widget is from.
    pub file: Option<Arc<str>>,
    /// What the user has just entered and the key does not hold, and what is wrong with it: that is shown.
    pub complaint: Option<Box<Complaint>>,
}

/// What the cells of a column look like beside their text; nothing where nothing is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownCells {
    /// Where each leads.
    pub links: Vec<String>,
    /// A CSS colour, or a word for a meaning.
    pub colors: Vec<String>,
    /// The number of a full bar.
    pub full: Option<f64>,
}

/// What a reader has chosen of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownWindow {
    /// The value of each of its keys.
    pub values: Vec<(StateId, Scalar)>,
    /// What is wrong with what was entered for a key, and what that was.
    pub complaints: Vec<(StateId, Arc<str>, String)>,
    /// How many rows there are on all pages; none as long as it is not known.
    pub total: Option<u64>,
}

impl Shown {
    pub fn prop(&self, name: &str) -> Option<&Value> {
        self.props.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}
