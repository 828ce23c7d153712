select * from files where name glob '*.csv' and name not glob 'x*' and note match 'a' and name regexp '^a' and name like 'a%' escape '\'

select * from orders indexed by by_day where day > '2024-01-01'

select * from orders as o not indexed where o.id = 1

select name, type from pragma_table_info('orders')

select m.name, p.name from sqlite_schema m join pragma_table_info(m.name) p

select data->>'$.name', data->'tags', json_extract(data, '$.a') from events, json_each(events.tags) as tag where tag.value = 'a'

select value from json_each('[1, 2, 3]'), json_tree('{}')

select date(day, '-1 month', 'start of month'), strftime('%Y-%m', day), unixepoch('now'), julianday(day) from orders

with recursive n(i) as (select 1 union all select i + 1 from n limit 10) select i from n

with recursive t as (select 1 as x union all select x + 1 from t where x < 5) select group_concat(x, '-') filter (where x > 1) from t

with a as materialized (select 1 as x), b as not materialized (select 2 as x) select * from a, b

select [odd name], "quoted", `ticked`, 'text', x'4D' from [my table]

select rowid, oid, _rowid_, * from orders order by rowid desc limit 10 offset 5

select * from orders limit 5, 10

select id, sum(amount) over (partition by region order by day rows between 1 preceding and 1 following exclude ties) from orders

select id, row_number() over win, lag(amount) over (win rows unbounded preceding) from orders window win as (partition by region order by day)

select a is b, a is not b, a is distinct from b, a isnull, a notnull, a not null, a == b, a <> b, a != b, a || b, ~a, a << 1, a & b, -a from t

select cast(amount as real), cast(a as integer), typeof(a), iif(a > 1, 'x', 'y'), ifnull(a, b), coalesce(a, b), total(amount), max(a, b), printf('%d', a) from t

select name collate nocase from customers order by name collate nocase desc nulls first

select * from a natural join b left outer join c using (id, day) cross join d on 1

select * from a full outer join b on a.id = b.id right join c on true

select * from orders where (region, day) in (select region, max(day) from orders group by region) and id in (?, ?2, :name, @other, $third)

select * from (values (1, 'a'), (2, 'b')), (select 1 as n union select 2 except select 3 intersect select 4)

values (1, 'a'), (2, 'b')

select snippet(docs, 0, '<b>', '</b>', '…', 10), highlight(docs, 1, '[', ']'), bm25(docs) from docs where docs match 'cat OR dog' order by rank

select * from docs('search words')

select count(*), count(distinct region), group_concat(distinct name), string_agg(name, ',' order by name) from orders group by region having count(*) > 1

select case when a then 1 end, case a when 1 then 'x' else 'y' end, exists (select 1), not exists (select 2), a between 1 and 2, a in (1, 2) from t

select * from generate_series(1, 10, 2)

select 'it''s' as a, 1e3, .5, 0xff, null, true, false, current_timestamp, current_date -- a comment
/* and another */ ;

select * from main.orders o, temp.other t where o.id = t.id

select "order", [group] from "select" where "from" = 1

select sum(x) as total from (select amount as x from orders where day >= ? order by day limit 100) as sub

select max(day), region from orders group by region order by 1, 2 desc limit -1

select a.*, (select count(*) from lines where order_id = a.id) as n from orders a where a.id > (select avg(id) from orders)

select year, month, day, name, type, value, key, date, time, text, status, level, user, position, rank, count from t order by year

select json_group_array(json_object('id', id, 'name', name)), json_group_object(id, name) from customers

select 1 where 1 union all select 2 where 2 order by 1 collate binary

select name as 'Full Name' from customers where a in t and b not in (select 1)

select min(id), name from t where name like '%' || ? || '%' and day >= date('now', ? || ' days')

select replace(name, 'a', 'b'), replace(name, 'update', 'delete') from t

select * from a, b where a.id = b.id and a.x is not null and not a.y limit 3

select strftime('%Y-%m', day) as month, region, sum(amount) as total from orders where day between ? and ? group by month, region order by month, total desc

select c.name, count(o.id) as orders, ifnull(sum(o.amount), 0) as total from customers c left join orders o on o.customer_id = c.id group by c.id having total > 0 order by total desc limit ?

select case when amount > 100 then 'large' when amount > 10 then 'medium' else 'small' end as size, count(*) from orders group by size

select id, title, done, due, due < date('now') and not done as late from todo where (?1 is null or owner = ?1) order by done, due is null, due

select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%'

select sum(amount) filter (where region = 'EMEA') as emea, avg(amount) as mean, count(*) * 100.0 / (select count(*) from orders) as share from orders

with days(day) as (select date('now', '-6 days') union all select date(day, '+1 day') from days where day < date('now')) select days.day, count(o.id) as n from days left join orders o on date(o.at) = days.day group by days.day

select *, row_number() over (order by amount desc) as place, sum(amount) over (partition by region) as of_region, percent_rank() over (order by amount) from orders

select upper(substr(name, 1, 1)) || substr(name, 2) as name, length(name), instr(name, ' '), trim(name), round(amount, 2), abs(-1), random(), hex(blob), coalesce(a, b, 'c') from t where rowid in (select rowid from fts where fts match ?)

select p.id, json_extract(p.data, '$.tags[0]') as tag, json_array_length(p.data, '$.tags'), p.data ->> 'name' from posts p, json_each(p.data, '$.tags') t where t.value = ? and json_valid(p.data)

select distinct region from orders where region <> '' collate nocase and amount >= 0.5 or (day is null and note is not null) order by 1
