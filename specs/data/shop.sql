-- Rebuilds shop.db: sqlite3 shop.db < shop.sql
-- The orders of a tea and coffee merchant who does not exist, 2024 to October 2026; written for this demo.
-- What looks like chance comes from one sequence of numbers, so that every run gives the same database.

pragma foreign_keys = off;
drop view if exists sale;
drop table if exists line;
drop table if exists orders;
drop table if exists product;
drop table if exists customer;
drop table if exists country;

create table country (
    name   text primary key,
    region text not null
) without rowid;

insert into country (name, region) values
    ('Germany', 'Europe'), ('France', 'Europe'), ('United Kingdom', 'Europe'), ('Italy', 'Europe'), ('Sweden', 'Europe'),
    ('United States', 'Americas'), ('Canada', 'Americas'), ('Brazil', 'Americas'),
    ('Japan', 'Asia Pacific'), ('South Korea', 'Asia Pacific'), ('Australia', 'Asia Pacific');

create table customer (
    id      integer primary key,
    name    text not null,
    segment text not null,
    city    text not null,
    country text not null references country (name),
    contact text not null,
    email   text not null,
    since   date not null
);

-- `weight` is how often a customer orders, `until` the day on which it stopped.
create temp table client (id integer primary key, name text, segment text, city text, country text, contact text, since date, weight real, until date);
insert into client (id, name, segment, city, country, contact, since, weight, until) values
    ( 1, 'Kaffeehaus Morgenrot',   'Cafés',   'Berlin',         'Germany',        'Jule Brandt',       '2022-03-14', 3.2, null),
    ( 2, 'Spreeblick Hotel',       'Hotels',  'Berlin',         'Germany',        'Tobias Keller',     '2023-06-01', 2.4, null),
    ( 3, 'Teekiste',               'Online',  'Berlin',         'Germany',        'Mira Yildiz',       '2024-08-19', 4.6, null),
    ( 4, 'Hansekontor',            'Grocers', 'Hamburg',        'Germany',        'Ole Petersen',      '2021-11-08', 5.1, null),
    ( 5, 'Elbterrassen',           'Hotels',  'Hamburg',        'Germany',        'Karla Witt',        '2024-02-26', 1.8, null),
    ( 6, 'Isarkind',               'Cafés',   'Munich',         'Germany',        'Leo Huber',         '2023-09-12', 2.1, null),
    ( 7, 'Alpenkost',              'Grocers', 'Munich',         'Germany',        'Vroni Steiner',     '2025-05-05', 3.4, null),
    ( 8, 'Café des Lilas',         'Cafés',   'Paris',          'France',         'Camille Roux',      '2022-05-23', 2.9, null),
    ( 9, 'Hôtel Belmont',          'Hotels',  'Paris',          'France',         'Antoine Mercier',   '2021-09-30', 3.3, null),
    (10, 'Épicerie Verte',         'Grocers', 'Paris',          'France',         'Inès Faure',        '2025-01-13', 3.8, null),
    (11, 'Boutique du Thé',        'Online',  'Lyon',           'France',         'Hugo Lambert',      '2023-02-07', 3.5, null),
    (12, 'Bistro Croix-Rousse',    'Cafés',   'Lyon',           'France',         'Manon Girard',      '2024-06-18', 1.6, '2026-02-15'),
    (13, 'The Copper Kettle',      'Cafés',   'London',         'United Kingdom', 'Harriet Cole',      '2021-04-12', 3.6, null),
    (14, 'Marlow & Finch',         'Grocers', 'London',         'United Kingdom', 'Samuel Finch',      '2022-10-03', 6.2, null),
    (15, 'Thamesgate Hotel',       'Hotels',  'London',         'United Kingdom', 'Priya Nair',        '2024-10-21', 2.7, null),
    (16, 'Steep & Co',             'Online',  'London',         'United Kingdom', 'George Wainwright', '2023-07-17', 5.4, null),
    (17, 'Old Town Tearoom',       'Cafés',   'Edinburgh',      'United Kingdom', 'Isla Fraser',       '2022-08-29', 2.2, null),
    (18, 'Castle View Inn',        'Hotels',  'Edinburgh',      'United Kingdom', 'Callum Reid',       '2025-09-08', 1.9, null),
    (19, 'Bar Aurora',             'Cafés',   'Milan',          'Italy',          'Giulia Conti',      '2023-03-27', 2.6, null),
    (20, 'Albergo San Marco',      'Hotels',  'Milan',          'Italy',          'Paolo Ferri',       '2022-12-05', 1.9, '2025-08-31'),
    (21, 'Drogheria Bianchi',      'Grocers', 'Rome',           'Italy',          'Lucia Bianchi',     '2024-04-15', 2.8, null),
    (22, 'Caffè Trastevere',       'Cafés',   'Rome',           'Italy',          'Marco Greco',       '2025-03-10', 2.3, null),
    (23, 'Fika & Vänner',          'Cafés',   'Stockholm',      'Sweden',         'Elin Lund',         '2022-01-24', 2.5, null),
    (24, 'Norrmalm Hotell',        'Hotels',  'Stockholm',      'Sweden',         'Axel Nyström',      '2024-09-02', 1.7, null),
    (25, 'Skafferiet',             'Online',  'Gothenburg',     'Sweden',         'Maja Ek',           '2025-11-03', 4.4, null),
    (26, 'Hudson Roasters',        'Cafés',   'New York',       'United States',  'Dana Whitfield',    '2021-06-21', 3.9, null),
    (27, 'The Larch Hotel',        'Hotels',  'New York',       'United States',  'Marcus Bell',       '2022-04-04', 3.1, null),
    (28, 'Greenpoint Market',      'Grocers', 'New York',       'United States',  'Sofia Reyes',       '2023-10-16', 5.8, null),
    (29, 'Leafbox',                'Online',  'New York',       'United States',  'Aaron Katz',        '2025-02-17', 7.2, null),
    (30, 'Lakeshore Coffee',       'Cafés',   'Chicago',        'United States',  'Nora Lindqvist',    '2023-05-08', 2.4, null),
    (31, 'Prairie Provisions',     'Grocers', 'Chicago',        'United States',  'Tyrell Moore',      '2024-07-29', 4.1, null),
    (32, 'Rainier Tea House',      'Cafés',   'Seattle',        'United States',  'June Park',         '2022-02-14', 2.8, null),
    (33, 'Sound & Cedar',          'Online',  'Seattle',        'United States',  'Wyatt Olsen',       '2024-11-11', 4.9, null),
    (34, 'Maple & Steam',          'Cafés',   'Toronto',        'Canada',         'Chloe Tremblay',    '2023-01-30', 2.6, null),
    (35, 'Queen West Pantry',      'Grocers', 'Toronto',        'Canada',         'Ravi Sandhu',       '2024-03-18', 3.7, null),
    (36, 'Harbour House',          'Hotels',  'Vancouver',      'Canada',         'Megan Leung',       '2022-07-11', 2.1, null),
    (37, 'North Shore Supply',     'Online',  'Vancouver',      'Canada',         'Liam Gauthier',     '2026-01-12', 4.2, null),
    (38, 'Padaria Estrela',        'Cafés',   'São Paulo',      'Brazil',         'Beatriz Alves',     '2023-08-21', 2.2, null),
    (39, 'Empório Jardins',        'Grocers', 'São Paulo',      'Brazil',         'Thiago Moraes',     '2024-12-09', 3.1, null),
    (40, 'Hotel Guanabara',        'Hotels',  'Rio de Janeiro', 'Brazil',         'Larissa Pinto',     '2022-11-28', 1.8, '2026-05-31'),
    (41, 'Kissa Hinata',           'Cafés',   'Tokyo',          'Japan',          'Haruka Sato',       '2022-06-06', 2.7, null),
    (42, 'Sumida Grand',           'Hotels',  'Tokyo',          'Japan',          'Kenji Mori',        '2021-10-18', 3.4, null),
    (43, 'Aoyama Foods',           'Grocers', 'Tokyo',          'Japan',          'Yui Tanaka',        '2024-05-27', 4.3, null),
    (44, 'Chaya Online',           'Online',  'Osaka',          'Japan',          'Ren Nakamura',      '2025-06-30', 4.8, null),
    (45, 'Dotonbori Coffee',       'Cafés',   'Osaka',          'Japan',          'Aya Fujii',         '2023-11-20', 1.9, null),
    (46, 'Bukchon Tea',            'Cafés',   'Seoul',          'South Korea',    'Minji Han',         '2023-04-03', 2.5, null),
    (47, 'Hangang Hotel',          'Hotels',  'Seoul',          'South Korea',    'Joon Seo',          '2024-01-22', 2.2, null),
    (48, 'Dal Market',             'Online',  'Seoul',          'South Korea',    'Sora Kim',          '2025-08-11', 5.2, null),
    (49, 'Haeundae Pantry',        'Grocers', 'Busan',          'South Korea',    'Tae Yoon',          '2025-10-06', 2.4, null),
    (50, 'Bondi Brew',             'Cafés',   'Sydney',         'Australia',      'Matilda Hayes',     '2022-09-19', 3.0, null),
    (51, 'Circular Quay Hotel',    'Hotels',  'Sydney',         'Australia',      'Noah Sinclair',     '2023-12-04', 2.0, null),
    (52, 'Southern Pantry',        'Grocers', 'Sydney',         'Australia',      'Zoe Campbell',      '2024-08-05', 3.9, null),
    (53, 'Laneway Coffee',         'Cafés',   'Melbourne',      'Australia',      'Oscar Ngo',         '2021-08-02', 3.1, null),
    (54, 'Yarra Leaf',             'Online',  'Melbourne',      'Australia',      'Ruby Walsh',        '2026-03-09', 3.8, null);

insert into customer (id, name, segment, city, country, contact, email, since)
select id, name, segment, city, country, contact, lower(replace(replace(contact, ' ', '.'), 'ö', 'o')) || '@example.com', since
from client;
update customer set email = replace(replace(email, 'è', 'e'), 'ï', 'i');

create table product (
    id       integer primary key,
    name     text not null,
    category text not null,
    price    real not null,   -- EUR for a case
    cost     real not null
);

insert into product (id, name, category, price, cost) values
    ( 1, 'Assam Breakfast',       'Black tea',  62,  34),
    ( 2, 'Darjeeling First Flush','Black tea', 118,  61),
    ( 3, 'Earl Grey',             'Black tea',  68,  35),
    ( 4, 'Lapsang Smoked',        'Black tea',  84,  47),
    ( 5, 'Sencha',                'Green tea',  88,  46),
    ( 6, 'Matcha Everyday',       'Green tea', 146,  83),
    ( 7, 'Jasmine Pearls',        'Green tea', 124,  68),
    ( 8, 'Genmaicha',             'Green tea',  72,  38),
    ( 9, 'Chamomile',             'Herbal',     54,  24),
    (10, 'Peppermint',            'Herbal',     48,  21),
    (11, 'Rooibos Vanilla',       'Herbal',     58,  29),
    (12, 'Hibiscus Iced',         'Herbal',     52,  24),
    (13, 'House Espresso',        'Coffee',    112,  74),
    (14, 'Ethiopia Single Origin','Coffee',    138,  92),
    (15, 'Decaf Blend',           'Coffee',    104,  70),
    (16, 'Cold Brew Ground',      'Coffee',     96,  62),
    (17, 'Glass Teapot',          'Equipment',  92,  51),
    (18, 'Pour-over Set',         'Equipment', 124,  72),
    (19, 'Ceramic Cups',          'Equipment',  76,  39),
    (20, 'Winter Gift Box',       'Gifts',     158,  87),
    (21, 'Tasting Set',           'Gifts',     134,  71);

create table orders (
    id          integer primary key,
    customer_id integer not null references customer (id),
    day         date not null,
    status      text not null
);

create table line (
    order_id   integer not null references orders (id),
    product_id integer not null references product (id),
    quantity   integer not null,   -- cases
    amount     real not null,      -- EUR
    profit     real not null,
    primary key (order_id, product_id)
) without rowid;

-- A hundred thousand numbers from 0 to 1.
create temp table dice (n integer primary key, u real);
insert into dice (n, u)
with recursive drawn (n, x) as (
    select 0, 20260127
    union all
    select n + 1, (x * 1664525 + 1013904223) % 4294967296 from drawn where n < 159999
)
select n, x / 4294967296.0 from drawn;

-- Ten chances a day for an order: few on weekends and in summer, most before the winter holidays.
create temp table chance (slot integer primary key, day date, month integer, year integer, share real);
insert into chance (slot, day, month, year, share)
with recursive calendar (day, number) as (
    select date('2024-01-01'), 0
    union all
    select date(day, '+1 day'), number + 1 from calendar where day < '2026-10-31'
),
tries (k) as (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))
select
    number * 10 + k,
    day,
    cast(strftime('%m', day) as integer),
    cast(strftime('%Y', day) as integer),
    (case strftime('%w', day) when '0' then 0.16 when '6' then 0.3 when '1' then 0.92 else 0.72 end)
        * (case strftime('%m', day)
            when '01' then 0.80 when '02' then 0.84 when '03' then 0.88 when '04' then 0.86 when '05' then 0.82 when '06' then 0.74
            when '07' then 0.68 when '08' then 0.70 when '09' then 0.92 when '10' then 1.04 when '11' then 1.24 else 1.16 end)
from calendar cross join tries;

create temp table reach as
select id, since, until, sum(weight) over (order by id) - weight as low, sum(weight) over (order by id) as high from client;

-- Who orders is drawn by weight; somebody who is no customer yet, or none any more, does not order.
insert into orders (id, customer_id, day, status)
select
    10000 + row_number() over (order by chance.slot),
    reach.id,
    chance.day,
    case
        when chance.day > '2026-10-27' then 'Processing'
        when chance.day > '2026-10-20' then 'In transit'
        else 'Delivered'
    end
from chance
join dice as whether on whether.n = chance.slot * 4 and whether.u < chance.share
join dice as who on who.n = chance.slot * 4 + 1
join reach on who.u * (select max(high) from reach) >= reach.low and who.u * (select max(high) from reach) < reach.high
where chance.day >= reach.since and chance.day <= coalesce(reach.until, chance.day)
order by chance.slot;

-- One to four products an order, by season and by what a segment buys. Prices rise by 4 % each year.
create temp table taste (product_id integer, segment text, month integer, low real, high real);
create index temp.tastes on taste (segment, month);
insert into taste (product_id, segment, month, low, high)
with recursive months (month) as (select 1 union all select month + 1 from months where month < 12),
segments (segment) as (values ('Cafés'), ('Hotels'), ('Grocers'), ('Online')),
wants as (
    select
        product.id as product_id, segment, month,
        (case category when 'Black tea' then 5.0 when 'Green tea' then 4.2 when 'Herbal' then 3.4 when 'Coffee' then 4.6 when 'Equipment' then 1.5 else 0.9 end)
            * (case segment || '/' || category
                when 'Cafés/Coffee' then 2.2 when 'Cafés/Gifts' then 0.3 when 'Hotels/Black tea' then 1.6 when 'Hotels/Gifts' then 0.4
                when 'Grocers/Herbal' then 1.7 when 'Grocers/Equipment' then 0.5 when 'Online/Gifts' then 2.4 when 'Online/Equipment' then 2.2
                when 'Online/Green tea' then 1.4 else 1.0 end)
            * (case
                when product.id in (12, 16) and month between 5 and 8 then 3.2
                when product.id in (12, 16) and (month < 4 or month > 9) then 0.3
                when product.id = 20 and month in (10, 11, 12) then 6.0
                when product.id = 20 then 0.05
                when category = 'Black tea' and month in (11, 12, 1, 2) then 1.35
                when category = 'Green tea' and month between 4 and 7 then 1.3
                else 1.0 end)
            * (case product.id when 1 then 1.3 when 3 then 1.5 when 5 then 1.3 when 6 then 1.4 when 13 then 1.8 when 4 then 0.5 when 15 then 0.7 else 1.0 end) as weight
    from product cross join segments cross join months
)
select
    product_id, segment, month,
    (sum(weight) over (partition by segment, month order by product_id) - weight) / sum(weight) over (partition by segment, month),
    sum(weight) over (partition by segment, month order by product_id) / sum(weight) over (partition by segment, month)
from wants;

insert or ignore into line (order_id, product_id, quantity, amount, profit)
with picks (k) as (values (0), (1), (2), (3)),
drawn as (
    select
        orders.id as order_id, customer.segment, cast(strftime('%Y', orders.day) as integer) as year,
        cast(strftime('%m', orders.day) as integer) as month, k,
        what.u as what, much.u as much
    from orders
    join customer on customer.id = orders.customer_id
    cross join picks
    join dice as many on many.n = 60000 + (orders.id * 9) % 90000
    join dice as what on what.n = 60001 + (orders.id * 9) % 90000 + k * 2
    join dice as much on much.n = 60002 + (orders.id * 9) % 90000 + k * 2
    where k = 0 or k < many.u * 4.2
),
bought as (
    select
        order_id, product.id as product_id,
        1 + cast(much * much * (case drawn.segment when 'Grocers' then 13 when 'Hotels' then 9 when 'Online' then 11 else 6 end) as integer) as quantity,
        round(product.price * (1 + 0.04 * (year - 2024))) as price,
        round(product.cost * (1 + 0.03 * (year - 2024))) as cost
    from drawn
    join taste on taste.segment = drawn.segment and taste.month = drawn.month and drawn.what >= taste.low and drawn.what < taste.high
    join product on product.id = taste.product_id
)
select order_id, product_id, quantity, quantity * price, quantity * (price - cost) from bought order by order_id, product_id;

create index orders_by_customer on orders (customer_id, day);

-- All that was sold, line by line, with what there is to say of it.
create view sale as
select
    orders.id as order_id, orders.day, orders.status,
    customer.id as customer_id, customer.name as customer, customer.segment, customer.city, customer.country, country.region,
    product.category, product.name as product, line.quantity, line.amount, line.profit
from line
join orders on orders.id = line.order_id
join customer on customer.id = orders.customer_id
join country on country.name = customer.country
join product on product.id = line.product_id;

vacuum;
