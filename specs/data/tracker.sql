-- Rebuilds tracker.db: sqlite3 tracker.db < tracker.sql
-- What is to be done on a web shop that does not exist; written for this demo.

drop table if exists event;
drop table if exists issue;
drop table if exists person;

create table person (
    name text primary key,
    role text not null
) without rowid;

insert into person (name, role) values
    ('Ines', 'Design'), ('Lena', 'Shop'), ('Sam', 'Platform'), ('Tom', 'Shop'), ('Yuki', 'Search');

create table issue (
    id       integer primary key,
    title    text    not null check (length(title) between 5 and 80),
    body     text    not null default '',
    kind     text    not null check (kind in ('Bug', 'Feature', 'Task')),
    priority integer not null check (priority between 1 and 4),   -- 1 is urgent
    state    text    not null check (state in ('Open', 'In progress', 'Done')),
    assignee text    references person (name),
    opened   date    not null,
    due      date,
    closed   date
);

create table event (
    id       integer primary key,
    issue_id integer not null references issue (id),
    at       date    not null,
    what     text    not null
);

insert into issue (id, title, body, kind, priority, state, assignee, opened, due, closed) values
    ( 1, 'Prices with two decimals wrap on small phones', 'On a width of 360 pixels the currency stands below the amount.', 'Bug', 3, 'Done', 'Ines', '2026-08-31', null, '2026-09-04'),
    ( 2, 'Let customers order a tasting set again with one click', '', 'Feature', 3, 'Done', 'Lena', '2026-08-31', '2026-09-25', '2026-09-22'),
    ( 3, 'Basket is empty after signing in', 'What was in it before signing in is lost if the account had a basket of its own. Merge them.', 'Bug', 1, 'Done', 'Tom', '2026-09-02', '2026-09-04', '2026-09-03'),
    ( 4, 'Move pictures of products to the new storage', '', 'Task', 3, 'Done', 'Sam', '2026-09-03', null, '2026-09-18'),
    ( 5, 'Search finds nothing for "earl gray"', 'People spell it either way. Add a list of synonyms.', 'Bug', 2, 'Done', 'Yuki', '2026-09-07', '2026-09-14', '2026-09-11'),
    ( 6, 'Show when a tea was harvested', 'Asked for by four customers in August.', 'Feature', 4, 'Open', null, '2026-09-08', null, null),
    ( 7, 'Write down how a release is done', '', 'Task', 4, 'Done', 'Sam', '2026-09-09', null, '2026-10-02'),
    ( 8, 'Invoice shows the address of delivery twice', '', 'Bug', 2, 'Done', 'Lena', '2026-09-11', '2026-09-18', '2026-09-15'),
    ( 9, 'Filter by caffeine', 'None, little, much. The data is there since July.', 'Feature', 3, 'Done', 'Yuki', '2026-09-14', '2026-10-09', '2026-10-06'),
    (10, 'Checkout hangs if the bank answers late', 'It waits for ever; say after ten seconds that the order is kept and the payment pending.', 'Bug', 1, 'Done', 'Tom', '2026-09-15', '2026-09-17', '2026-09-17'),
    (11, 'Renew the certificates of the test servers', '', 'Task', 2, 'Done', 'Sam', '2026-09-16', '2026-09-30', '2026-09-21'),
    (12, 'Gift message is cut off after 80 letters', 'The form takes 200.', 'Bug', 3, 'Done', 'Lena', '2026-09-18', null, '2026-10-01'),
    (13, 'Dark colours for the shop', '', 'Feature', 4, 'In progress', 'Ines', '2026-09-21', '2026-12-11', null),
    (14, 'Slow start of the first page in Australia', 'Four seconds from Sydney. Serve the static files from nearby.', 'Bug', 2, 'Done', 'Sam', '2026-09-22', '2026-10-16', '2026-10-14'),
    (15, 'Ask why a customer ends a subscription', '', 'Feature', 3, 'Done', 'Lena', '2026-09-24', null, '2026-10-20'),
    (16, 'Remove the old coupon tables', '', 'Task', 4, 'Open', 'Sam', '2026-09-25', null, null),
    (17, 'Totals differ by a cent between basket and invoice', 'Rounding by line in one, by sum in the other.', 'Bug', 1, 'Done', 'Tom', '2026-09-28', '2026-09-30', '2026-09-29'),
    (18, 'Compare three teas side by side', '', 'Feature', 3, 'In progress', 'Ines', '2026-09-29', '2026-11-30', null),
    (19, 'Search as you type shows teas that are sold out', 'Show them last, and say so.', 'Bug', 3, 'Done', 'Yuki', '2026-10-01', null, '2026-10-12'),
    (20, 'Send a reminder before a subscription is renewed', 'Required by law in two countries from January.', 'Feature', 1, 'In progress', 'Lena', '2026-10-05', '2026-12-15', null),
    (21, 'Test the backups by restoring one', '', 'Task', 2, 'Done', 'Sam', '2026-10-06', '2026-10-30', '2026-10-28'),
    (22, 'Pictures do not load with a screen reader on', 'The button to enlarge has no name.', 'Bug', 2, 'Done', 'Ines', '2026-10-08', '2026-10-23', '2026-10-19'),
    (23, 'Wish lists that can be shared', '', 'Feature', 4, 'Open', null, '2026-10-12', null, null),
    (24, 'Delivery date ignores public holidays', '31 October is one in half of Germany.', 'Bug', 2, 'Done', 'Tom', '2026-10-13', '2026-10-27', '2026-10-26'),
    (25, 'Upgrade the database before its support ends', '', 'Task', 2, 'In progress', 'Sam', '2026-10-15', '2026-12-04', null),
    (26, 'Sort by price puts samples first', 'Sort by the price of 100 g.', 'Bug', 3, 'Open', 'Yuki', '2026-10-19', null, null),
    (27, 'Reviews in the language of the reader', '', 'Feature', 4, 'Open', null, '2026-10-21', null, null),
    (28, 'Password reset lands in spam', 'The sender of the new mail service is not signed.', 'Bug', 1, 'Done', 'Sam', '2026-10-22', '2026-10-24', '2026-10-23'),
    (29, 'Winter gift box needs a page of its own', 'Copy and pictures are there.', 'Task', 2, 'Done', 'Ines', '2026-10-26', '2026-11-09', '2026-11-06'),
    (30, 'Stock is counted down twice for gift boxes', 'Seen on 28 October; 14 boxes were shown as sold out.', 'Bug', 1, 'Done', 'Tom', '2026-10-29', '2026-10-30', '2026-10-30'),
    (31, 'Suggest what goes with what is in the basket', '', 'Feature', 3, 'Open', 'Yuki', '2026-11-02', '2027-01-29', null),
    (32, 'Address check refuses house numbers with letters', '12a is refused, 12 A is taken.', 'Bug', 2, 'In progress', 'Lena', '2026-11-04', '2026-11-27', null),
    (33, 'Keep logs for thirty days only', '', 'Task', 3, 'Open', 'Sam', '2026-11-06', '2026-12-18', null),
    (34, 'Back button leaves the checkout', 'It should lead to the step before.', 'Bug', 2, 'Open', 'Tom', '2026-11-10', '2026-12-01', null),
    (35, 'Pay by invoice for business customers', '', 'Feature', 2, 'Open', 'Tom', '2026-11-12', '2027-02-26', null),
    (36, 'Menu covers the search field on tablets', '', 'Bug', 3, 'Open', 'Ines', '2026-11-16', null, null),
    (37, 'Load test before the holidays', 'Three times the orders of last December.', 'Task', 1, 'In progress', 'Sam', '2026-11-17', '2026-11-26', null),
    (38, 'Coupon field takes blanks at the end', 'Copied from a mail, a code often ends with one. Trim it.', 'Bug', 4, 'Open', null, '2026-11-19', null, null),
    (39, 'Countries are not sorted in French', '', 'Bug', 4, 'Open', null, '2026-11-20', null, null);

insert into event (issue_id, at, what)
select id, opened, 'Opened as ' || lower(kind) from issue
union all
select id, date(opened, '+1 day'), 'In progress, ' || assignee from issue where state != 'Open' and (closed is null or closed > date(opened, '+1 day'))
union all
select id, closed, 'Done' from issue where closed is not null
order by 2, 1;

vacuum;
