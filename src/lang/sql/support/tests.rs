//! What is found, and where.

use crate::sql::{faults, read};

/// The parts of the SQL that are to blame, each with its message.
fn blamed(sql: &str) -> Vec<(String, String)> {
    let reading = read(sql).unwrap();
    faults(&reading).into_iter().map(|fault| (sql[fault.at.clone()].to_owned(), fault.message)).collect()
}

#[test]
fn what_gives_the_rows_of_sql_passes() {
    for sql in [
        "select g, count(*) as n, sum(x) filter (where x > 1) as s from t group by g having count(*) > 1 order by n desc nulls last limit 3 offset 1",
        "select * from a join b on a.id = b.id and a.x < b.y left join c on (c.id = a.id and c.k = b.k + 1) where a.z > 3",
        "select * from a join b using (id) left join c using (id) cross join d, e natural join f",
        "select coalesce(a.id, b.id) as id from a full join b on a.id = b.id",
        "with w as (select * from t), v(a, b) as (with x as (select 1) select * from w) select * from v union all select * from w order by a",
        "select id, sum(x) over (partition by g order by id rows between unbounded preceding and current row) as s from t",
        "select id, avg(x) over (partition by g) as m, rank() over w as r from t window w as (order by x desc)",
        "select id, row_number() over (partition by g order by id) as n from t qualify n = 1",
        "select id, lag(x, 1) over (order by id) as l, coalesce(lead(x) over (order by id), 0) as k from t",
        "select id from t where id in (select id from u) and g not in ('a', 'b')",
        "select id from t where exists (select 1 from u where u.id = t.id) and not exists (select 1 from v where v.id = t.id)",
        "select id from t where id in (select u.id from u where u.g = t.g)",
        "select sum(x) as s, max(x) - min(x) as r, 1 as one from t",
        "select case g when 'a' then 1 else 2 end as c, cast(x as int) as i, x::text as s, try_cast(g as double) as d from t",
        "select day + interval '1 month' as m, extract(year from day) as y, date_part('dow', day) as w, date '2024-01-01' as d from t",
        "select id from t where g like 'a%' or g ilike ? or g like null limit ?",
        "select distinct on (g) g, id from t order by g, id desc",
        "select * from t where b is true and x is distinct from 3 and y is not null",
        "select id from t intersect select id from u",
        "select count(distinct g) as n, string_agg(distinct name, ', ' order by name) as s from t",
        "select t.x as y from (select x from t) as q, t",
        "(select 1 as a) union all (select 2)",
        "select unnest(list) as item from t",
        "select t.x, item from t cross join unnest(t.list) as item",
        "select place.city, t.place.street from t order by place.city",
        "select s.x as x from t as s union select u.x from u order by u.x",
        "select id from t where exists (select 1 from u as v where v.id = t.id and v.id in (select w.id from w where w.g = v.g))",
        "with w as (select t.id from t), v as (select w.id from w) select v.id, w.* from v join w on v.id = w.id",
        "select 'count(*)' as count, \"over\" from t",
    ] {
        assert_eq!(blamed(sql), [], "{sql}");
    }
}

/// SQL, where it is to blame, and a part of what is said.
const BLAMED: &[(&str, &str, &str)] = &[
    ("select date_trunc('month', d) as m from t", "date_trunc", "no function `date_trunc`"),
    ("select percentile_cont(0.5) within group (order by x) as p from t", "percentile_cont", "no function"),
    ("select max(x) within group (order by x) as p from t", "max", "`within group`"),
    ("select now() as n", "now", "no function `now`"),
    ("select current_date as d", "current_date", "no function `current_date`"),
    ("select lenght(g) as n from t", "lenght", "no function `lenght`"),
    ("select s.f(x) as n from t", "s.f", "no function `s.f`"),
    ("select log(2, x) as n from t", "log", "no function `log`"),
    ("select sum(distinct x) as n from t", "sum", "does not take `distinct`"),
    ("select count(distinct x, y) as n from t", "count", "takes one column"),
    ("select row_number() as n from t", "row_number", "needs an `over`"),
    ("select rank() over () as n from t", "rank", "needs an order"),
    ("select sum(x) filter (where b) over (order by d) as n from t", "sum", "do not go together"),
    ("select first_value(x) ignore nulls over (order by d) as n from t", "first_value", "`ignore nulls`"),
    ("select avg(x) over (order by d) as n from t", "avg", "does not follow the order"),
    ("select avg(x) over w as n from t window w as (order by d)", "avg", "does not follow the order"),
    ("select count(*) over w as n from t window v as (order by d), w as v", "count", "named window"),
    ("select sum(x) over (w order by d) as n from t window w as (partition by g)", "sum", "builds on another"),
    ("select sum(x) over (order by d rows between 6 preceding and current row) as n from t", "sum", "only frame"),
    ("select sum(x) over (order by d range unbounded preceding) as n from t", "sum", "only frame"),
    ("select sum(x) over (order by d, e desc) as n from t", "e", "goes one way"),
    ("select rank() over (order by d desc nulls last) as n from t", "d", "nulls come first"),
    ("select lag(x, 1, 0) over (order by d) as n from t", "lag", "takes no value"),
    ("select g, sum(sum(x)) over () as n from t group by g", "sum", "within each group"),
    ("select sum(x) as s from t having sum(x) > 3", "sum", "needs a `group by`"),
    ("select g, sum(x) as s from t group by g order by sum(x)", "sum", "ordered by an aggregate"),
    ("select g, sum(x) as s from t", "g", "needs a `group by`"),
    ("select *, sum(x) as s from t", "sum", "needs a `group by`"),
    ("select g from t group by rollup(g)", "g", "`rollup`"),
    ("select id from t where x > avg(x)", "avg", "`where` comes before"),
    ("select id from t where row_number() over (order by id) = 1", "row_number", "`where` comes before"),
    ("select id from t qualify row_number() over (order by id) = 1", "row_number", "name of a column"),
    ("with recursive c as (select 1 as i) select * from c", "with", "reads itself"),
    ("select * from (with w as (select 1 as a) select * from w) as q", "with", "in front of the whole query"),
    ("select id from t where id in (with w as (select 1 as a) select a from w)", "with", "in front of the whole"),
    ("with t as (select * from t where x > 1) select * from t", "t", "the name of a query"),
    ("select t.id from (select id from t) as t join t as u on t.id = u.id", "t", "the name of a query"),
    ("select a.x from orders as targets join targets as a on true", "targets", "the name of a query"),
    ("select * from t, lateral (select 1 as a) as l", "select", "`lateral`"),
    ("select * from t left join u on t.id = u.id and u.x > 1", "u.x > 1", "would be lost"),
    ("select * from t left join u on t.id < u.id", "t.id < u.id", "would be lost"),
    ("select * from t join u on t.id = u.id and u.g = 'a'", "u.g = 'a'", "about one"),
    ("select * from t join u on t.id = u.id and u.a = u.b", "u.a = u.b", "about one"),
    ("select * from t join u on t.id = u.id or t.x = u.x", "t.id = u.id or t.x = u.x", "does not understand `or`"),
    ("select * from t join u on true", "true", "compares columns of both"),
    ("select id from t full join u using (id)", "u", "`using` gives the column of the left"),
    ("select * from t join (select 1 as a) on a = b", "select", "needs a name"),
    ("select id from t as x(a, b)", "t", "names of columns"),
    ("select id from t where x > (select avg(x) from t)", "select", "in place of a value"),
    ("select id, (select 1) as a from t", "select", "in place of a value"),
    ("select id from t where exists (select 1 from u)", "select", "`exists` is understood"),
    ("select id from t where a or exists (select 1 from u where u.id = t.id)", "select", "`exists` is understood"),
    ("select id from t where exists (select 1 from u where u.id = t.id and u.x > t.x)", "select", "by `=` only"),
    ("select id from t where id in (select id from u where u.x < t.x)", "select", "the one around it"),
    ("select id from t where (id, x) in ((1, 2))", "id", "`(a, b) in …`"),
    ("select id from t where b is not true", "b", "leave out null"),
    ("select id from t where g like u.g", "u.g", "written out or bound"),
    ("select id from t where g like 'a!%' escape '!'", "'a!%'", "`escape`"),
    ("select id from t where x <> any(array[1])", "x", "means `not in`"),
    ("select 1e3 as a", "1e3", "the number `1e3`"),
    ("select x'ff' as a", "x'ff'", "this kind of literal"),
    ("select d + interval 1 day as a from t", "1", "one text"),
    ("select d + interval '-1 day' as a from t", "'-1 day'", "no sign"),
    ("select cast(x as timestamp with time zone) as a from t", "x", "no moments with a time zone"),
    ("select cast('2024-01-02 03:04' as timestamp) as a", "'2024", "by `cast`"),
    ("select x ^ 2 as a from t", "x ^ 2", "the operator `^`"),
    ("select id from t limit 1 + 1", "1 + 1", "a plain number"),
    ("select id from t fetch first 2 rows with ties", "select", "`fetch` takes a number"),
    ("select id as a from t union all select n from u order by a", "a", "not every side"),
    ("select id from t intersect all select id from u", "select", "`intersect all`"),
    ("select top 2 id from t", "select", "`top`"),
    ("select id into x from t", "select", "`into`"),
    ("select id from t for update", "select", "ends with `order by`"),
    ("select u.x from t where t.id in (select id from u)", "u", "not one of the tables"),
    ("select t.x from t as s", "t", "not one of the tables"),
    ("select s.x from t as s join u on t.id = u.id", "t", "not one of the tables"),
    ("select x from t as s order by t.x", "t", "not one of the tables"),
    ("select t.* from t as s", "t", "not one of the tables"),
    ("select x from u union select t.x from u join (select x from t) as s using (x)", "t", "not one of the tables"),
    ("select b.x from (a join b using (id))", "a", "in brackets"),
    ("select b.x from (a join b using (id)) join c using (id)", "a", "in brackets"),
    ("select id from t tablesample (10 percent)", "t", "whole tables"),
];

#[test]
fn what_is_not_understood_is_blamed_at_its_place() {
    let mut wrong = Vec::new();
    for (sql, at, message) in BLAMED {
        let found = blamed(sql);
        let is_there = |(place, said): &(String, String)| {
            place.to_lowercase().starts_with(&at.to_lowercase()) && said.contains(message)
        };
        if !found.iter().any(is_there) {
            wrong.push(format!("{sql}\n  {at} · {message}\n  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_place_is_blamed_once_and_in_order() {
    let found = blamed("select now() as a, date_trunc('day', now()) as b from t where x > (select max(x) from t)");
    let places: Vec<&str> = found.iter().map(|(_, message)| message.as_str()).collect();
    assert_eq!(
        places,
        [
            "transforms have no function `now`",
            "transforms have no function `date_trunc`",
            "transforms have no function `now`",
            "a query in place of a value is not understood in a transform",
        ]
    );
}
