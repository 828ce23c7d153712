insert into orders (day, amount) values ($1, $2) returning id

insert into orders (id, amount) values (?, ?) on conflict (id) do update set amount = excluded.amount where orders.amount <> excluded.amount returning *

insert into orders (id, amount) values (?, ?), (?, ?) on duplicate key update amount = values(amount), seen = now()

insert ignore into orders set day = ?, amount = 3

insert or replace into orders values (?, ?)

replace into orders (id) values (?)

insert into archive select * from orders where day < ?

insert into t default values

update orders set amount = amount + 1, note = null where id in (?) and day between ? and ?

update orders o set amount = l.amount from lines l where l.order_id = o.id returning o.id

update orders o join lines l on l.order_id = o.id set o.amount = l.amount where l.qty > 1

update or ignore orders set a = ? where id = ?

update orders set (a, b) = (select 1, 2), tags[1] = 'x', data = jsonb_set(data, '{a}', '1')

delete from orders where id = ? order by day limit 1

delete from orders using lines where lines.order_id = orders.id

delete o from orders o join lines l on l.order_id = o.id

with gone as (delete from orders where id = $1 returning *) insert into archive select * from gone

with x as (select 1 as id) update orders set amount = 0 from x where x.id = orders.id

merge into orders o using lines l on o.id = l.id when matched and l.qty > 0 then update set qty = l.qty when not matched then insert (id, qty) values (l.id, l.qty)

call add_order($1, $2)

select add_order($1)

set session my.user = 'x'

create table if not exists notes (id int primary key, note text not null default '', check (note <> ''))

truncate table orders

begin

lock table orders in exclusive mode

select * from orders where id = $1 for update skip locked

pragma foreign_keys = on

insert into person (name, by, "order") values (?, ?, ?)

insert into t (between, end, level, like_count) values (1, 2, 3, 4)
