-- Rebuilds my_database.db: sqlite3 my_database.db < my_database.sql
-- The stock of a tea shop that does not exist; written for this demo.

drop table if exists my_table;

create table my_table (
    id           integer primary key,
    tea          text    not null,
    kind         text    not null,
    origin       text    not null,
    price        real    not null,   -- EUR for 100 g
    in_stock     integer not null,   -- packs of 100 g
    last_harvest date    not null
);

insert into my_table (id, tea, kind, origin, price, in_stock, last_harvest) values
    ( 1, 'Assam Golden Tips',     'black',  'India',        7.90, 120, '2025-06-14'),
    ( 2, 'Darjeeling First Flush','black',  'India',       14.50,  36, '2026-03-22'),
    ( 3, 'Keemun Mao Feng',       'black',  'China',       11.20,  18, '2025-05-02'),
    ( 4, 'Uva Highlands',         'black',  'Sri Lanka',    6.40,  95, '2025-08-30'),
    ( 5, 'Sencha Yabukita',       'green',  'Japan',        9.80,  64, '2026-05-08'),
    ( 6, 'Gyokuro Yame',          'green',  'Japan',       28.00,   7, '2026-05-19'),
    ( 7, 'Genmaicha',             'green',  'Japan',        5.60, 140, '2025-10-11'),
    ( 8, 'Long Jing',             'green',  'China',       19.90,  22, '2026-04-03'),
    ( 9, 'Tie Guan Yin',          'oolong', 'China',       16.30,  41, '2026-05-12'),
    (10, 'Dong Ding',             'oolong', 'Taiwan',      17.80,   0, '2025-11-27'),
    (11, 'Oriental Beauty',       'oolong', 'Taiwan',      24.60,  12, '2026-06-21'),
    (12, 'Bai Mu Dan',            'white',  'China',       13.40,  29, '2026-04-17'),
    (13, 'Silver Needle',         'white',  'China',       26.10,   0, '2026-03-30'),
    (14, 'Rooibos Superior',      'herbal', 'South Africa', 4.20, 210, '2026-02-25'),
    (15, 'Chamomile Flowers',     'herbal', 'Egypt',        3.80, 175, '2026-04-09'),
    (16, 'Moroccan Mint',         'herbal', 'Morocco',      4.70,  88, '2026-07-01');
