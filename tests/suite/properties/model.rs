//! Random pages, small enough to predict their state, rich enough to go wrong.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A stream of choices, so that fewer and smaller numbers make a smaller page.
pub(super) struct Choices<'a>(pub(super) std::slice::Iter<'a, u8>);

impl Choices<'_> {
    /// A number below `count`; 0 once all choices are used up.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0.next().map_or(0, |choice| usize::from(*choice) % count)
    }

    /// True once in `rarity` times; never once all choices are used up.
    fn once_in(&mut self, rarity: usize) -> bool {
        self.below(rarity) == rarity - 1
    }
}

/// `(state.KEY + plus) % 5`
#[derive(Clone, Debug)]
struct Sum {
    key: usize,
    plus: i64,
}

impl Sum {
    fn random(keys: usize, choices: &mut Choices<'_>) -> Self {
        Self { key: choices.below(keys), plus: i64::try_from(choices.below(5)).unwrap() }
    }

    fn text(&self) -> String {
        format!("(state.k{} + {}) % 5", self.key, self.plus)
    }

    fn of(&self, state: &[i64]) -> i64 {
        (state[self.key] + self.plus) % 5
    }
}

/// What a button does.
#[derive(Clone, Debug)]
enum Press {
    Set(Vec<(usize, Sum)>),
    Reset(usize),
    Refresh(String),
}

/// A button, or the field of a number.
#[derive(Clone, Debug)]
pub(super) enum Control {
    Button(usize),
    /// A number, by its key.
    Number(usize),
    /// A choice, by its key: what it offers is on the screen.
    Choice(String),
    /// Another field, with the values that may be posted.
    Field {
        name: String,
        values: Vec<String>,
    },
}

/// A component that a user may act on.
#[derive(Clone, Debug)]
pub(super) struct Active {
    pub(super) id: String,
    pub(super) control: Control,
    /// Whether it is never hidden.
    pub(super) is_always_there: bool,
}

/// A page, and what its keys `k0`, `k1`, … should hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    initial: Vec<i64>,
    each_run: Vec<Option<Sum>>,
    /// Other state: declared type and first value.
    declared: BTreeMap<String, String>,
    /// Followers: their fields show this expression until they are edited.
    followed: BTreeMap<String, String>,
    expanders: Vec<String>,
    values: String,
    queries: String,
    body: String,
    presses: Vec<Press>,
    pub(super) actives: Vec<Active>,
}

impl Model {
    pub(super) fn random(choices: &mut Choices<'_>) -> Self {
        Builder { model: Self::default(), choices, names: Vec::new(), tables: Vec::new(), components: 0 }.build()
    }

    /// The spec, in which keys start as they are now where `state` knows them.
    pub(super) fn spec(&self, state: &BTreeMap<String, String>) -> String {
        let mut text = String::from("state:\n");
        for (index, initial) in self.initial.iter().enumerate() {
            let name = format!("k{index}");
            let default = state.get(&name).cloned().unwrap_or_else(|| initial.to_string());
            let each_run = match &self.each_run[index] {
                Some(sum) => format!(", each_run: \"{}\"", sum.text()),
                None => String::new(),
            };
            writeln!(text, "  {name}: {{ default: {default}{each_run} }}").unwrap();
        }
        for (name, declared) in &self.declared {
            let declared = match state.get(name) {
                Some(null) if null == "null" => "{ type: int, nullable: true }",
                Some(value) => value,
                None => declared,
            };
            writeln!(text, "  {name}: {declared}").unwrap();
        }
        write!(text, "queries:\n{}values:\n{}body:\n{}", self.queries, self.values, self.body).unwrap();
        for (name, expr) in &self.followed {
            let (option, value) = match state.get(name) {
                Some(value) => ("default", value),
                None => ("value", expr),
            };
            text = text.replace(&format!("<{name}>"), &format!("{option}: {value}"));
        }
        for name in &self.expanders {
            let open = state.get(name).map_or("false", String::as_str);
            text = text.replace(&format!("<{name}>"), &format!("open: {open}"));
        }
        text
    }

    pub(super) fn initial(&self) -> Vec<i64> {
        self.initial.clone()
    }

    /// What an interaction makes of the state.
    pub(super) fn interact(&self, state: &mut [i64], control: Option<(&Control, i64)>) {
        if let Some((Control::Number(key), value)) = control {
            state[*key] = value;
        }
        self.each_run(state);
        let Some((Control::Button(press), _)) = control else { return };
        match &self.presses[*press] {
            Press::Set(entries) => set(state, entries),
            Press::Reset(key) => state[*key] = self.initial[*key],
            Press::Refresh(_) => {}
        }
    }

    /// What the load of the page makes of the state.
    pub(super) fn each_run(&self, state: &mut [i64]) {
        let entries = self.each_run.iter().enumerate().filter_map(|(key, sum)| Some((key, sum.clone()?)));
        set(state, &entries.collect::<Vec<_>>());
    }
}

/// Sets keys, all from the values before.
fn set(state: &mut [i64], entries: &[(usize, Sum)]) {
    let before = state.to_owned();
    for (key, sum) in entries {
        state[*key] = sum.of(&before);
    }
}

/// A page in the making.
struct Builder<'a, 'c> {
    model: Model,
    choices: &'a mut Choices<'c>,
    /// What expressions may read.
    names: Vec<String>,
    /// What transforms and components may read.
    tables: Vec<String>,
    components: usize,
}

impl Builder<'_, '_> {
    fn build(mut self) -> Model {
        for index in 0..=self.choices.below(3) {
            self.model.initial.push(i64::try_from(self.choices.below(5)).unwrap());
            self.names.push(format!("state.k{index}"));
        }
        let keys = self.model.initial.len();
        for _ in 0..keys {
            let sum = self.choices.once_in(5).then(|| Sum::random(keys, self.choices));
            self.model.each_run.push(sum);
        }
        for index in 0..2 + self.choices.below(6) {
            self.definition(index);
        }
        self.watch();
        for _ in 0..2 + self.choices.below(4) {
            self.component(1, true);
        }
        self.buttons();
        self.model
    }

    fn read(&mut self) -> String {
        let at = self.choices.below(self.names.len());
        self.names[at].clone()
    }

    fn table(&mut self) -> Option<String> {
        let at = self.choices.below(self.tables.len().max(1));
        self.tables.get(at).cloned()
    }

    /// A value or a query over what there is so far.
    fn definition(&mut self, index: usize) {
        let (a, b) = (self.read(), self.read());
        let name = format!("d{index}");
        match self.choices.below(6) {
            0 => {
                let expr = match self.choices.below(3) {
                    0 => format!("({a} + {b}) % 7"),
                    1 => format!("{a} % 2"),
                    _ => format!("{a} if {b} > 2 else 1"),
                };
                writeln!(self.model.values, "  {name}: \"{expr}\"").unwrap();
                self.names.push(format!("values.{name}"));
            }
            1 => self.options(&name, &a),
            2 | 3 => {
                let fails = if self.choices.once_in(2) { format!("{{{{ {b} }}}} = 3") } else { "1 = 0".to_owned() };
                let part = if self.choices.once_in(3) {
                    format!(" where 1 = 1 [[ and {{{{ {a} if {b} > 1 else none }}}} >= 0 ]]")
                } else {
                    String::new()
                };
                let sql = format!(
                    "select {{{{ {a} }}}} % 4 as v, abs(case when {fails} then -9223372036854775808 else 1 end) as m{part}"
                );
                self.query(&name, "sql", &sql);
            }
            _ => match (self.table(), self.table()) {
                (Some(one), Some(two)) => {
                    let sql = if self.choices.once_in(2) {
                        format!("select v from {one} union all select v from {two}")
                    } else {
                        format!("select v % 3 + {{{{ {a} }}}} as v from {one}")
                    };
                    self.query(&name, "transform", &sql);
                }
                _ => self.query(&name, "sql", "select 2 as v"),
            },
        }
    }

    fn query(&mut self, name: &str, source: &str, sql: &str) {
        let cache = match self.choices.below(4) {
            0 | 1 => "",
            2 => ", cache: 10m",
            _ => ", cache: { ttl: 10m, max_entries: 1 }",
        };
        writeln!(self.model.queries, "  {name}: {{ {source}: \"{sql}\"{cache} }}").unwrap();
        self.names.push(format!("({name}.v | sum)"));
        self.tables.push(name.to_owned());
    }

    /// A choice whose options follow from `a`, and sometimes fail.
    fn options(&mut self, name: &str, a: &str) {
        let key = format!("c{name}");
        let sql = format!(
            "with o(v) as (values (0), (1), (2), (3), (4)) \
             select v, abs(case when {{{{ {a} }}}} = 4 then -9223372036854775808 else 1 end) as m \
             from o where v >= {{{{ {a} }}}}"
        );
        self.query(name, "sql", &sql);
        match self.choices.below(3) {
            0 => drop(self.model.declared.insert(key.clone(), "2".to_owned())),
            1 => drop(self.model.declared.insert(key.clone(), "{ type: int, nullable: true }".to_owned())),
            _ => drop(self.model.declared.insert(key.clone(), "{ type: int }".to_owned())),
        }
        self.names.push(format!("state.{key}"));
        let is_hidden = self.choices.once_in(3);
        let select = format!("select: {key}, id: select-{key}, options: {{ query: {name}, value: v, label: v }}");
        let when = if is_hidden { format!(", when: \"{} > 1\"", self.read()) } else { String::new() };
        let is_always_there = when.is_empty();
        writeln!(self.model.body, "  - {{ {select}{when} }}").unwrap();
        self.model.actives.push(Active { id: format!("select-{key}"), control: Control::Choice(key), is_always_there });
    }

    /// Shows most of the keys whose values the model predicts, and has fields for most: some are read by actions alone.
    fn watch(&mut self) {
        for index in 0..self.model.initial.len() {
            if !self.choices.once_in(3) {
                writeln!(self.model.body, "  - {{ text: \"{{{{ state.k{index} }}}}\", id: watch-k{index} }}").unwrap();
            }
            if self.model.each_run[index].is_none() && !self.choices.once_in(3) {
                let when =
                    if self.choices.once_in(3) { format!(", when: \"{} > 1\"", self.read()) } else { String::new() };
                writeln!(self.model.body, "  - {{ number_input: k{index}, id: field-k{index}{when} }}").unwrap();
                let (id, is_always_there) = (format!("field-k{index}"), when.is_empty());
                self.model.actives.push(Active { id, control: Control::Number(index), is_always_there });
            }
        }
        if self.choices.once_in(3) {
            let keys = self.model.initial.len();
            let expr = format!("state.k{} * 2", self.choices.below(keys));
            self.model.followed.insert("f0".to_owned(), format!("\"{expr}\""));
            self.model.body.push_str("  - { number_input: f0, id: field-f0, <f0> }\n  - text: \"{{ state.f0 }}\"\n");
            let values = (0..9).map(|value: i32| value.to_string()).collect();
            let control = Control::Field { name: "f0".to_owned(), values };
            self.model.actives.push(Active { id: "field-f0".to_owned(), control, is_always_there: true });
        }
    }

    fn indent(&mut self, depth: usize, line: &str) {
        self.model.body.push_str(&"  ".repeat(depth));
        self.model.body.push_str(line);
        self.model.body.push('\n');
    }

    /// A component, `depth` steps in.
    fn component(&mut self, depth: usize, is_always_there: bool) {
        self.components += 1;
        let number = self.components;
        let read = self.read();
        let is_conditional = self.choices.once_in(3);
        let when = if is_conditional { format!(", when: \"{} > 1\"", self.read()) } else { String::new() };
        let is_there = is_always_there && !is_conditional;
        let kinds = if depth > 5 { 3 } else { 7 };
        match (self.choices.below(kinds), self.table()) {
            (1, Some(table)) => self.indent(depth, &format!("- {{ table: {table}, id: table-{number}{when} }}")),
            (2, _) => {
                self.indent(depth, &format!("- {{ metric: M, value: \"{read}\", id: metric-{number}{when} }}"));
            }
            (3, _) => {
                let title = if self.choices.once_in(3) { format!("{{{{ {read} }}}}") } else { "Card".to_owned() };
                self.begin(depth, &format!("card-{number}"), &when);
                self.indent(depth, &format!("  title: \"{title}\""));
                self.indent(depth, "  card:");
                self.children(depth + 2, is_there);
            }
            (4, _) => {
                let id = format!("expander-{number}");
                self.begin(depth, &id, &when);
                self.indent(depth, &format!("  <{id}>"));
                self.indent(depth, "  label: More");
                self.indent(depth, "  expander:");
                self.model.expanders.push(id.clone());
                self.children(depth + 2, false);
                let control = Control::Field { name: id.clone(), values: vec!["true".to_owned(), String::new()] };
                self.model.actives.push(Active { id, control, is_always_there: is_there });
            }
            (5, _) => {
                let key = format!("t{number}");
                self.model.declared.insert(key.clone(), "One".to_owned());
                self.begin(depth, &format!("tabs-{number}"), &when);
                self.indent(depth, &format!("  selected: {key}"));
                self.indent(depth, "  tabs:");
                for tab in ["One", "Two"] {
                    self.indent(depth + 2, &format!("- tab: {tab}"));
                    self.indent(depth + 2, "  body:");
                    self.children(depth + 4, false);
                }
                let control = Control::Field { name: key, values: vec!["One".to_owned(), "Two".to_owned()] };
                self.model.actives.push(Active { id: format!("tabs-{number}"), control, is_always_there: is_there });
            }
            (6, Some(table)) => {
                self.begin(depth, &format!("repeat-{number}"), &when);
                self.repeat(depth, number, &table, &read);
            }
            _ => self.indent(depth, &format!("- {{ text: \"{{{{ {read} }}}}\", id: text-{number}{when} }}")),
        }
    }

    /// What stands for each row of a table: some reads the row, some the page, and what is inside comes and goes.
    fn repeat(&mut self, depth: usize, number: usize, table: &str, read: &str) {
        self.indent(depth, &format!("  over: {table}"));
        if self.choices.once_in(2) {
            self.indent(depth, "  key: v");
        }
        self.indent(depth, "  repeat:");
        self.indent(depth, &format!("    - {{ text: \"{{{{ row.v }}}}\", id: row-{number} }}"));
        let condition = if self.choices.once_in(2) { format!("row.v > {read}") } else { format!("{read} > 1") };
        let title = if self.choices.once_in(2) { "row.v" } else { read };
        self.indent(depth, &format!("    - id: inner-{number}"));
        self.indent(depth, &format!("      when: \"{condition}\""));
        self.indent(depth, &format!("      title: \"{{{{ {title} }}}}\""));
        let other = self.read();
        self.indent(depth, "      card:");
        self.indent(
            depth,
            &format!("        - {{ metric: M, value: \"{other}\", id: other-{number}, when: \"row.v != {read}\" }}"),
        );
    }

    fn begin(&mut self, depth: usize, id: &str, when: &str) {
        self.indent(depth, &format!("- id: {id}"));
        if let Some(when) = when.strip_prefix(", ") {
            self.indent(depth, &format!("  {when}"));
        }
    }

    fn children(&mut self, depth: usize, is_always_there: bool) {
        for _ in 0..=self.choices.below(2) {
            self.component(depth, is_always_there);
        }
    }

    fn buttons(&mut self) {
        let keys = self.model.initial.len();
        for index in 0..=self.choices.below(3) {
            let press = match (self.choices.below(4), self.table()) {
                (2, _) => Press::Reset(self.choices.below(keys)),
                (3, Some(table)) => Press::Refresh(table),
                _ => {
                    let first = self.choices.below(keys);
                    let mut entries = vec![(first, Sum::random(keys, self.choices))];
                    if self.choices.once_in(2) && keys > 1 {
                        entries.push(((first + 1) % keys, Sum::random(keys, self.choices)));
                    }
                    Press::Set(entries)
                }
            };
            let action = match &press {
                Press::Set(entries) => {
                    let entries: Vec<String> =
                        entries.iter().map(|(key, sum)| format!("k{key}: \"{}\"", sum.text())).collect();
                    format!("set: {{ {} }}", entries.join(", "))
                }
                Press::Reset(key) => format!("reset: [k{key}]"),
                Press::Refresh(table) => format!("refresh: [{table}]"),
            };
            self.indent(1, &format!("- {{ button: Press, id: press-{index}, on_click: [{{ {action} }}] }}"));
            self.model.presses.push(press);
            let control = Control::Button(index);
            self.model.actives.push(Active { id: format!("press-{index}"), control, is_always_there: true });
        }
    }
}
