select distinct on (customer_id) customer_id, day, amount from orders order by customer_id, day desc

select region, count(*) filter (where amount > 100) as large, sum(amount) filter (where not returned) from orders group by region

select c.name, o.amount from customers c cross join lateral (select amount from orders where customer_id = c.id order by day desc limit 3) o

select c.name, x.total from customers c left join lateral (select sum(amount) as total from orders o where o.customer_id = c.id) x on true

select data->>'name' as name, data->'tags'->0 as tag, data#>>'{a,b}' as deep, data #> '{a}' from events where data @> '{"kind": "click"}'

select * from events where data ? 'name' and data ?| array['a', 'b'] and data ?& array['c'] and data @? '$.a[*] ? (@ > 2)'

select jsonb_array_elements(data->'items')->>'sku' as sku, jsonb_path_query_first(data, '$.total') from events

select region, product, sum(amount) from orders group by grouping sets ((region), (product), (region, product), ())

select region, product, grouping(region, product), sum(amount) from orders group by rollup (region, product)

select region, product, sum(amount) from orders group by cube (region, product) having sum(amount) > 0

select '2024-01-01'::date, amount::numeric(10, 2), (data->>'n')::int, tags::text[], $1::timestamptz from orders

select now() - interval '7 days', interval '1' day, interval '1 year 2 months', day + interval '1 month' * 2 from orders

select $$it's a text$$ as a, $tag$with $$ inside$tag$ as b, E'line\n', U&'\0441' as c

with recursive tree(id, parent, depth) as (select id, parent, 0 from nodes where parent is null union all select n.id, n.parent, depth + 1 from nodes n join tree t on n.parent = t.id) select * from tree

with recursive search as (select id, parent from nodes union select n.id, n.parent from nodes n, search s where n.parent = s.id) select count(*) from search

with recent as materialized (select * from orders where day > current_date - 7), old as not materialized (select * from orders) select * from recent union all select * from old

select * from orders tablesample bernoulli (10) repeatable (42) where amount > 0

select * from orders tablesample system (1)

select date_trunc('month', day) as month, sum(sum(amount)) over (order by date_trunc('month', day) rows between unbounded preceding and current row) from orders group by 1

select id, rank() over w, lag(amount, 1, 0) over w as before from orders window w as (partition by region order by day)

select id, sum(amount) over (order by day range between interval '7 days' preceding and current row exclude current row) from orders

select percentile_cont(0.5) within group (order by amount) as median, mode() within group (order by region) from orders

select string_agg(name, ', ' order by name) as names, array_agg(distinct region order by region desc) from customers

select array[1, 2, 3], array[[1, 2], [3, 4]], (array[1, 2, 3])[1:2], tags[1], array(select id from orders) from orders

select * from orders where id = any($1) and region <> all(array['EMEA']) and amount > some(select 1)

select * from orders where region ~* '^e' and note !~ 'x' and name ilike '%a%' and name similar to '%(a|b)%'

select extract(epoch from day), extract(isodow from day)::int, date_part('year', day), position('a' in name), overlay(name placing 'x' from 1 for 2), substring(name from 1 for 3), trim(both ' ' from name) from orders

select day at time zone 'UTC' at time zone 'Europe/Berlin' as local from orders

select * from generate_series(date '2024-01-01', date '2024-12-31', interval '1 day') as g(day) left join orders o using (day)

select * from unnest(array[1, 2], array['a', 'b']) with ordinality as t(n, s, position)

select * from jsonb_to_recordset('[{"a": 1}]') as t(a int, b text)

select (c).street, (c.address).city, row(1, 2), (1, 2) = (1, 2) from customers c

select a is distinct from b, a is not distinct from null, a is true, b is not unknown, a isnull, b notnull from t

select * from orders order by amount desc nulls last, day using > limit 10 offset 20

select * from orders order by day offset 5 rows fetch first 10 rows only

select * from orders order by day fetch first 3 rows with ties

values (1, 'a'), (2, 'b')

select * from (values (1, 'a'), (2, 'b')) as t(n, s) where (n, s) in ((1, 'a'), (2, 'b'))

table orders

select count(*) from orders where exists (select from lines where lines.order_id = orders.id)

select * from a natural join b full outer join c on a.id = c.id where a.tsv @@ to_tsquery('english', 'cat & dog')

select coalesce(nullif(name, ''), 'none') as name, greatest(1, 2), case when amount > 10 then 'big' when amount is null then null else 'small' end from orders

select case region when 'EMEA' then 1 else 0 end as e, cast(amount as int), amount::float8 / 3, 7 % 3, 2 ^ 3, |/ 9, @ -5, 5 !=  4, 1 <> 2, a || b from orders

select "Odd Name", "quoted ""name""" from "Schema"."Table" as "T"

select make_interval(days => 10), format('%s', variadic array['a']), f(a := 1) from t

select * from orders where day between symmetric '2024-02-01' and '2024-01-01' and (day, day) overlaps (date '2024-01-01', date '2024-02-01')

select * from pg_catalog.pg_class c where c.oid = 'orders'::regclass and c.relname operator(pg_catalog.~) '^(a)$'

select p <-> point '(0,0)' as distance, box '((0,0),(1,1))' @> p from places order by p <-> point '(1,1)' limit 5

select name collate "C" from customers order by name collate "de_DE"

select xmlelement(name a, 1), xpath('/a', '<a/>'::xml) from t

select * from xmltable('/rows/row' passing doc columns id int path '@id', name text path 'name')

select * from json_table('[{"a":1}]'::jsonb, '$[*]' columns (a int path '$.a')) as t

select json_build_object('a', 1, 'b', array[1]), row_to_json(o) from orders o

select $1::int, * from orders where ($2::text is null or region = $2) limit $3

(select 1 as n) union all (select 2 limit 1) order by n

select 1 as "from", current_user, current_date, localtimestamp, session_user

select sum(amount) as total, count(distinct (region, product)) from only orders group by all

select /* a comment ' */ 1 -- another " one
, 2 from orders;

select 1 from a, b, lateral (select 1) c where a.x = b.x and not exists (select 1 from d where d.x = a.x) intersect select 2 except all select 3

select width_bucket(amount, 0, 100, 10), regexp_replace(name, '\d+', '', 'g'), to_char(day, 'YYYY-MM'), round(amount::numeric, 2) from orders

select id, first_value(amount) over (partition by region order by day groups between 1 preceding and 1 following) from orders

select * from f(1) as (a int, b text), rows from (g(1), h(2)) as r

select year, month, day, name, type, value, key, date, time, text, status, level, user_id, "user", position, rank, count from t order by year

select a as order, b as group, c as "select", d as from_day from t

select date_bin('15 minutes', at, timestamp '2001-01-01') as slot, count(*) from events group by slot order by slot desc limit 100

select t.day::date as day, coalesce(sum(o.amount), 0) as amount from generate_series($1::date, $2::date, '1 day') as t(day) left join orders o on o.day >= t.day and o.day < t.day + interval '1 day' group by t.day order by t.day

with w as (select *, row_number() over (partition by customer_id order by day desc) as rn from orders) select * from w where rn = 1

select region, amount / nullif(sum(amount) over (), 0) as share, ntile(4) over (order by amount) from orders

select count(*) filter (where status = 'open')::float / nullif(count(*), 0) as open_share from tickets

select relname, n_live_tup, pg_size_pretty(pg_total_relation_size(relid)) as size from pg_stat_user_tables order by n_live_tup desc

select pid, usename, state, now() - query_start as age, left(query, 80) from pg_stat_activity where state <> 'idle' and pid <> pg_backend_pid()

select to_tsvector('english', body) @@ plainto_tsquery($1) as hit, ts_rank_cd(tsv, q) from docs, to_tsquery('a & b') q where tsv @@ q

select regexp_matches(name, '^(\w+)', 'g'), (regexp_match(name, 'a(b)'))[1], split_part(name, ' ', 1), name || ' ' || coalesce(note, '') from t

select jsonb_object_agg(k, v) from (select key as k, value as v from jsonb_each('{"a": 1}'::jsonb)) s where v is not null and not (v ->> 0) is null

select data #- '{a}', data || '{"b": 2}'::jsonb, data - 'a', data <@ '{}'::jsonb, tags && array['a'], tags @> array['b']::text[], 'a' = any(tags) from t

select ip << inet '10.0.0.0/8', host(ip), range @> 5, daterange('2024-01-01', '2024-02-01') * other, lower(range) from nets

select lag(amount) over (partition by region order by day) as before, amount - lag(amount) over (partition by region order by day) as change, first_value(amount) over w, last_value(amount) over (order by day rows between 3 preceding and 1 following) from orders window w as (order by day)

select exists (select 1 from orders where amount > 100) as any_large, (select max(day) from orders) as last_day, array_length(tags, 1), cardinality(tags) from t

select distinct region from orders where region is not null and amount not between 1 and 2 and note not in ('a', 'b') and note not like 'x%' escape '!' order by region asc nulls first

select 1 from orders o inner join customers as c on (o.customer_id = c.id and c.active) left outer join regions r using (region_id) right join x on true

select sum(case when status = 'paid' then amount else 0 end) as paid, sum(amount) filter (where status in ('open', 'late')) as due, count(distinct case when amount > 10 then customer_id end) from invoices where (paid_at at time zone 'UTC')::date = current_date - 1

select * from crosstab('select a, b, c from t order by 1, 2') as ct(a text, b int, c int)

select id, (select string_agg(t.name, ', ') from tags t join order_tags ot on ot.tag_id = t.id where ot.order_id = o.id) as tags from orders o where o.deleted_at is null order by o.id desc limit 50 offset $1

select st_asgeojson(geom)::json, st_distance(geom::geography, st_makepoint($1, $2)::geography) / 1000 as km from places where st_dwithin(geom, st_setsrid(st_makepoint($1, $2), 4326), 0.1) order by geom <-> st_makepoint($1, $2) limit 10

with a as (select 1 as x), b (y) as (values (1), (2)) select * from a full join b on a.x = b.y where a.x is null or b.y is null

select case when $1 = 'day' then date_trunc('day', at) when $1 = 'week' then date_trunc('week', at) else date_trunc('month', at) end as bucket, avg(value)::numeric(10, 2), percentile_disc(array[0.25, 0.5]) within group (order by value), corr(x, y), stddev_samp(x) from m group by 1 having count(*) > 3 order by 1

select inet '10.0.0.1/8' as address, int4range(1, 5) as span, point(1, 2) as place, interval '1 month 2 days 03:04:05.5' as wait
