select `id`, `odd name`, `a``b` from `shop`.`orders` as `o` where `o`.`amount` > 10

select day + interval 1 day, day - interval 2 hour, date_add(day, interval 1 month), date_sub(now(), interval '1:30' minute_second) from orders

select group_concat(distinct name order by name desc separator ', ') as names from customers group by region

select group_concat(name separator '\n') from customers

select straight_join a.id from a straight_join b on a.id = b.id

select * from orders use index (by_day) ignore index for join (by_region), lines force index for order by (by_order) where day > '2024-01-01'

select * from json_table('[{"a": 1}]', '$[*]' columns (n for ordinality, a int path '$.a' default '0' on empty null on error, nested path '$.b[*]' columns (b int path '$'))) as t

select convert(name using utf8mb4), convert(amount, signed), cast(amount as unsigned), cast(name as char(10) character set utf8) from orders

select data->'$.name', data->>'$.a.b', json_extract(data, '$.x'), json_unquote(json_extract(data, '$.y')) from events

select * from orders limit 10, 20

select * from orders limit 20 offset 10

select sql_calc_found_rows * from orders limit 5

select sql_no_cache high_priority distinctrow region from orders

select region, sum(amount) from orders group by region with rollup

select * from orders where name rlike '^a' and note regexp binary 'x' and name not regexp 'y' and name like 'a\_%' escape '|'

select * from articles where match(title, body) against ('database' in boolean mode)

select match(title) against ('x' with query expansion) as score from articles order by score desc

select a <=> b, a div 2, a mod 2, a % 2, a xor b, !a, a && b, a || b, ~a, a << 2, a ^ b from t

select "a text", 'it''s', 'it\'s', "say \"x\"", _utf8mb4'x', N'x', x'4D', 0x4D, b'101' from dual

select if(amount > 10, 'big', 'small'), ifnull(note, ''), nullif(a, b), isnull(a), elt(1, 'a', 'b'), field('a', 'b') from orders

select @@session.time_zone, @x, @@version

select # a comment ' of MySQL
 1 -- and another
, 2 /* and more */, /*! 3 */

select date_format(day, '%Y-%m') as month, sum(amount) from orders group by month order by month

select extract(year_month from day), year(day), month(day), dayofweek(day), timestampdiff(day, a, b), str_to_date('1.2.2024', '%d.%m.%Y') from orders

with recursive n as (select 1 as i union all select i + 1 from n where i < 10) select * from n

with recursive cte (n, s) as (select 1, cast('a' as char(20)) union distinct select n + 1, concat(s, 'a') from cte where n < 3) select * from cte

select id, row_number() over (partition by region order by day) as n, sum(amount) over w from orders window w as (order by day rows 2 preceding)

select * from orders partition (p0, p1) where id = 1

select o.*, l.qty from orders o left outer join (lines l inner join parts p on p.id = l.part) on l.order_id = o.id

select * from a natural left join b right join c using (id) cross join d

select t.n from (values row(1), row(2)) as t(n)

select * from t where (a, b) in ((1, 2), (3, 4)) and c in (?) and d between ? and ?

select case when a then 1 else 0 end, case a when 1 then 'x' end, binary 'a' = 'A', cast(a as decimal(10, 2)), a collate utf8mb4_bin, char(77 using utf8mb4) from t

select substring(name from 2 for 3), trim(leading 'x' from name), position('a' in name), substring_index(a, ',', 1), count(distinct a, b) from t

select * from orders o, lateral (select sum(qty) as q from lines l where l.order_id = o.id) s

select json_arrayagg(name), json_objectagg(id, name), json_contains(tags, '"a"'), 'x' member of(tags) from customers

(select 1) union (select 2) order by 1 limit 1

select timestamp '2024-01-01 10:00:00', date '2024-01-01', time '10:00', current_timestamp(6), utc_timestamp(), localtime

select region as 'Region', amount "Total" from orders having amount > 3

select count(*) as `count`, max(day) `last` from orders where day >= curdate() - interval 30 day and soundex(a) = soundex(b) and a sounds like b

select * from orders for system_time as of timestamp '2024-01-01 00:00:00'

select * from orders limit 5 rows examined 1000

select * from (select 1 as a union all select 2) t where a not in (select b from u) and exists (select * from v) and a >= all (select 1) order by rand()

select median(amount) over (partition by region), percentile_cont(0.5) within group (order by amount) over (partition by region) from orders

select st_x(p), st_distance_sphere(p, point(1, 2)) from places where mbrcontains(g, p)

select year, month, day, name, type, value, date, time, text, status, level, user, position, count from t order by year

select round(sum(amount) / count(*), 2) as mean, format(amount, 2), lpad(id, 5, '0'), concat_ws(' ', a, b) from orders group by 1 order by null

select `order`, `group` from `select` where `from` = 1;

select ifnull((select amount from orders limit 1), 0) as amount

table orders order by day limit 3

values row(1, 2), row(3, 4)

select date(created_at) as day, count(*) as n from orders where created_at >= date_sub(curdate(), interval ? day) group by date(created_at) order by day

select c.name, coalesce(sum(o.total), 0) as total from customers c left join orders o on o.customer_id = c.id and o.status <> 'void' group by c.id, c.name order by total desc limit 10

select case weekday(created_at) when 0 then 'Mon' when 1 then 'Tue' else 'later' end as weekday, hour(created_at) as hour, count(*) from orders group by 1, 2

select table_name, round((data_length + index_length) / 1024 / 1024, 1) as mb from information_schema.tables where table_schema = database() order by mb desc

select @row := @row + 1 as n, t.* from t, (select @row := 0) r

select name, amount, rank() over (order by amount desc) as `rank`, amount / sum(amount) over () as share from sales

select u.id, u.`e-mail`, if(u.active = 1, 'yes', 'no') as active, date_format(u.seen, '%d.%m.%Y %H:%i') as seen from users u where u.name like concat('%', ?, '%') or u.id = ?

select sum(price * quantity) total, count(distinct customer_id) customers, max(created_at) last_order from order_items where created_at between ? and ? + interval 1 day

select json_extract(payload, '$.user.name') as name, payload->>'$.items[0].sku' as sku, json_length(payload, '$.items') from events where json_contains(payload, '{"kind": "x"}')

select year(day) * 100 + month(day) as ym, sum(amount) as amount, sum(sum(amount)) over (order by year(day), month(day)) as running from orders group by ym having amount > 0

select distinct region from orders where region is not null and region != '' and not exists (select 1 from hidden h where h.region = orders.region) order by region

select a.id from a where a.id not in (select a_id from b) union all select id from c where day < now() - interval 1 week order by id limit 100

select time_to_sec(timediff(ended, began)) / 60 as minutes, sec_to_time(sum(seconds)), from_unixtime(at), unix_timestamp(), last_day(day), quarter(day), week(day, 3), datediff(a, b), convert_tz(at, 'UTC', 'Europe/Berlin') from jobs

select left(name, 3), right(name, 2), replace(name, 'a', 'b'), mid(name, 2), insert(name, 1, 2, 'x'), truncate(amount, 1), values(amount), char_length(name), regexp_replace(name, '[0-9]', '') from t

select p.name, (select count(*) from votes v where v.post_id = p.id) as votes from posts p where p.published_at is not null and p.kind in ('a', 'b') order by field(p.kind, 'b', 'a'), votes desc
