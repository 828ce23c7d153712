//! The tables of the demo app, as its data files and its SQL give them: a page, a query, its columns.

/// How a column can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    Number,
    Text,
    Date,
}

/// The columns of a query.
pub(crate) struct TableColumns {
    /// Empty for `app.yaml`.
    pub(crate) page: &'static str,
    pub(crate) query: &'static str,
    /// `name` is text, `name#` a number, `name@` a date.
    pub(crate) columns: &'static str,
}

const PENGUINS: &str = "species island bill_length_mm# bill_depth_mm# flipper_length_mm# body_mass_g# sex year#";
const WEATHER: &str = "date@ precipitation# temp_max# temp_min# wind# weather";
const SALES: &str = "month@ region sold# returned#";

const fn table(page: &'static str, query: &'static str, columns: &'static str) -> TableColumns {
    TableColumns { page, query, columns }
}

pub(crate) const TABLES: &[TableColumns] = &[
    table("", "penguins", PENGUINS),
    table("/", "species", "species"),
    table("/", "colonies", "island penguins#"),
    table("/charts", "sales", "month@ region sold# returned# margin#"),
    table("/charts", "by_month", "month@ sold# returned# margin#"),
    table("/charts", "weather", WEATHER),
    table("/charts", "by_year_and_month", "year# month# high#"),
    table("/charts", "daily", "date@ temp_max# temp_min#"),
    table("/charts", "ranges", "month# lowest# highest#"),
    table("/charts", "spending", "area team amount#"),
    table("/charts", "by_area", "area amount#"),
    table("/charts", "steps", "step people#"),
    table("/charts", "energy", "source target gwh#"),
    table("/charts", "prices", "day@ open# high# low# close#"),
    table("/charts", "skills", "skill ours# theirs#"),
    table("/database", "my_table", "id# tea kind origin price# in_stock# last_harvest@"),
    table("/gallery", "sales", SALES),
    table("/gallery", "shown", SALES),
    table("/gallery", "by_region", "region sold# returned#"),
    table("/penguins", "species", "species"),
    table("/penguins", "islands", "island"),
    table("/penguins", "found", PENGUINS),
    table("/penguins", "measured", "measure# body_mass_g# species"),
    table("/penguins", "colonies", "island species penguins#"),
    table("/penguins", "by_species", "species penguins# body_mass# flipper_length# bill_length# bill_depth#"),
    table("/penguins", "by_year", "season species body_mass#"),
    table("/scatter", "noise", "x# y#"),
    table("/weather", "weather", WEATHER),
    table("/weather", "years", "year#"),
    table("/weather", "days", WEATHER),
    table("/weather", "before", WEATHER),
    table("/weather", "temperature", "start@ high# low#"),
    table("/weather", "rain", "month_number month year precipitation#"),
    table("/weather", "wet", WEATHER),
    table("/weather", "wet_before", WEATHER),
    table("/weather", "wettest", "date@ precipitation# wind#"),
    table("/weather", "hottest", "date@ temp_max# temp_min#"),
    table("/weather", "same_day", "year temp_max# temp_min# precipitation# wind#"),
];

/// Tables in state, and the query that fills them.
const STATES: &[(&str, &str, &str)] = &[("/scatter", "points", "noise")];

/// The query that fills a table in state; of what is none, itself.
pub(crate) fn filled_by<'a>(page: &str, name: &'a str) -> &'a str {
    STATES.iter().find(|(of, key, _)| *of == page && *key == name).map_or(name, |(_, _, query)| *query)
}

/// The columns of what a page calls by this name; none if it is no table.
pub(crate) fn columns_of(page: &str, name: &str) -> Option<Vec<(&'static str, ColumnType)>> {
    let name = filled_by(page, name);
    let own = TABLES.iter().find(|table| table.page == page && table.query == name);
    let found = own.or_else(|| TABLES.iter().find(|table| table.page.is_empty() && table.query == name))?;
    let column = |written: &'static str| match (written.strip_suffix('#'), written.strip_suffix('@')) {
        (Some(name), _) => (name, ColumnType::Number),
        (_, Some(name)) => (name, ColumnType::Date),
        _ => (written, ColumnType::Text),
    };
    Some(found.columns.split(' ').map(column).collect())
}
