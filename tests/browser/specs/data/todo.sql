-- What data/todo.db is made of.
create table todo (
    id integer primary key,
    title text not null check (title <> '')
);
