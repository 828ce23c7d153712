//! Statements that databases understand, and such as none does.

use super::*;

/// Each dialect, and one that is not known.
const ANY: [Option<Dialect>; 4] = [Some(Dialect::Postgres), Some(Dialect::Mysql), Some(Dialect::Sqlite), None];

/// Where a fault begins and the text there, and what is said of it.
fn found(sql: &str, dialect: Option<Dialect>, purpose: Purpose) -> Option<(String, String)> {
    let fault = fault(sql, dialect, purpose)?;
    let help = fault.help.map(|help| format!(" ({help})")).unwrap_or_default();
    let place = format!("{}:{}", fault.at.start, &sql[fault.at.clone()]);
    Some((place, fault.message + &help))
}

#[test]
fn what_a_database_understands_is_not_wrong() {
    let all = [
        (Dialect::Postgres, include_str!("valid/postgres.sql")),
        (Dialect::Mysql, include_str!("valid/mysql.sql")),
        (Dialect::Sqlite, include_str!("valid/sqlite.sql")),
    ];
    let mut wrong = Vec::new();
    for (dialect, statements) in all {
        for sql in statements.split("\n\n").filter(|sql| !sql.trim().is_empty()) {
            for known in [Some(dialect), None] {
                wrong.extend(found(sql, known, Purpose::Query).map(|found| (known, sql, found)));
            }
        }
    }
    for sql in include_str!("valid/writes.sql").split("\n\n") {
        wrong.extend(found(sql, None, Purpose::Write).map(|found| (None, sql, found)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The statement without its marks, and what stands between them.
fn marked(text: &str) -> (String, String) {
    let (before, rest) = text.split_once('⟨').unwrap();
    let (inside, after) = rest.split_once('⟩').unwrap();
    (format!("{before}{inside}{after}"), format!("{}:{inside}", before.len()))
}

#[test]
fn what_no_database_understands_is_found_where_it_stands() {
    // The statement, with the place marked; what is said of it.
    let cases: &[(&str, &str)] = &[
        ("⟨selct⟩ a from t", "no query begins with `selct` (did you mean `select`?)"),
        ("⟨form⟩ t", "no query begins with `form` (begin it with `select` or `with`)"),
        ("⟨1⟩", "a query begins with a word, such as `select`"),
        ("select a ⟨form⟩ t", "`form` is not expected here (did you mean `from`?)"),
        ("select a ⟨fro⟩ t where b = 1", "`fro` is not expected here (did you mean `from`?)"),
        ("select a, b from t ⟨wher⟩ a = 1", "`wher` is not expected here (did you mean `where`?)"),
        ("select a from t ⟨gruop⟩ by a", "`gruop` is not expected here (did you mean `group`?)"),
        ("select a from t group ⟨bye⟩ a", "`by` is missing between `group` and `bye`"),
        ("select a from t group ⟨a⟩", "`by` is missing between `group` and `a`"),
        ("select a from t order ⟨a⟩", "`by` is missing between `order` and `a`"),
        ("select a from t ⟨oder⟩ by a", "`oder` is not expected here (did you mean `order`?)"),
        ("select a from t ⟨limt⟩ 5", "`limt` is not expected here (did you mean `limit`?)"),
        ("select a from t where a = 1 ⟨adn⟩ b = 2", "`adn` is not expected here (did you mean `and`?)"),
        ("select a from t where a = 1 ⟨b⟩ = 2", "`b` is not expected here"),
        ("select a from t where a = ⟨and⟩ b = 2", "something is missing between `=` and `and`"),
        ("select a from t where a = ⟨=⟩ 1", "an expression is expected here, not `=`"),
        ("select a from t where ⟨group⟩ by a", "something is missing between `where` and `group`"),
        ("select a from t where⟨⟩", "something is missing behind `where`"),
        ("select a from⟨⟩", "something is missing behind `from`"),
        ("select a from t order by⟨⟩", "something is missing behind `by`"),
        ("select a from t group by⟨⟩", "something is missing behind `by`"),
        ("select a from t limit⟨⟩", "an expression is expected, but the SQL ends here"),
        ("select a from t where a >⟨⟩", "something is missing behind `>`"),
        ("select a from ⟨where⟩ a = 1", "something is missing between `from` and `where`"),
        ("⟨select⟩ from t", "nothing stands between `select` and `from` (name columns, or `*`)"),
        ("select a⟨,⟩ from t", "nothing stands between this comma and `from` (leave the comma out)"),
        ("select a⟨,⟩ where b = 1", "nothing stands between this comma and `where` (leave the comma out)"),
        ("select ⟨,⟩ a from t", "nothing stands before this comma (leave the comma out)"),
        ("select a⟨,⟩, b from t", "nothing stands between this comma and `,` (leave the comma out)"),
        ("select f(a⟨,⟩) from t", "nothing stands between this comma and `)` (leave the comma out)"),
        ("select a from t group by a⟨,⟩", "nothing stands behind this comma (leave the comma out)"),
        ("select sum⟨(⟩a from t", "this `(` is not closed"),
        ("select sum(a)⟨)⟩ from t", "this `)` closes nothing"),
        ("select a from t where a in ⟨(⟩1, 2", "this `(` is not closed"),
        ("select ⟨'⟩a from t", "the text that begins with `'` does not end"),
        ("select a from t where b = ⟨'⟩x", "the text that begins with `'` does not end"),
        ("select a ⟨/*⟩ no end", "the comment that begins with `/*` does not end"),
        ("select a b ⟨c⟩ from t", "`c` is not expected here (is a comma missing before it?)"),
        ("select a ⟨sum⟩(b) from t", "`sum` is not expected here (is a comma missing before it?)"),
        (
            "select region ⟨sum⟩(amount) as x from t group by region",
            "`sum` is not expected here (is a comma missing before it?)",
        ),
        ("select a from t join u on ⟨where⟩ a = 1", "something is missing between `on` and `where`"),
        ("select a from t where a between 1 ⟨,⟩ 2", "`and` is expected here, not `,`"),
        ("select ⟨case⟩ when a then 1 from t", "this `case` has no `end`"),
        (
            "select a from t; ⟨select b from u⟩",
            "a query is one statement, and this is a second (make it a query of its own)",
        ),
        (
            "select a from t;; ⟨delete from t⟩;",
            "a query is one statement, and this is a second (make it a query of its own)",
        ),
        ("select a from t u ⟨v⟩", "`v` is not expected here"),
        ("select a as from ⟨t⟩", "`t` is not expected here"),
        ("select a from t where not⟨⟩", "something is missing behind `not`"),
        ("select a from (select b from u⟨,⟩) x", "nothing stands between this comma and `)` (leave the comma out)"),
        ("with x ⟨select⟩ 1", "`as` is expected here, not `select`"),
        ("with x as (select 1)⟨⟩", "`select` is expected, but the SQL ends here"),
        ("select a from t union⟨⟩", "`select` is expected, but the SQL ends here"),
        ("select a\nfrom t\nwhere é = 1 ⟨adn⟩ b = 2", "`adn` is not expected here (did you mean `and`?)"),
    ];
    for (text, said) in cases {
        let (sql, place) = marked(text);
        for dialect in ANY {
            let found = found(&sql, dialect, Purpose::Query);
            assert_eq!(found, Some((place.clone(), (*said).to_owned())), "{text} {dialect:?}");
        }
    }
}

#[test]
fn what_some_databases_understand_is_wrong_in_the_others() {
    let (postgres, mysql, sqlite) = (Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite);
    let cases: &[(&str, &[Dialect])] = &[
        ("select a from t where a in ⟨1⟩", &[postgres, mysql]),
        ("select a from t where a is ⟨1⟩", &[postgres, mysql]),
        ("select ⟨`⟩a` from t", &[postgres]),
        ("select a from t where exists (⟨select⟩ from u)", &[mysql, sqlite]),
        ("select a from t where b = ⟨'⟩\\'", &[mysql]),
        ("select array⟨[⟩1 from t", &[postgres]),
    ];
    for (text, refused_by) in cases {
        let (sql, place) = marked(text);
        for dialect in [postgres, mysql, sqlite] {
            let found = found(&sql, Some(dialect), Purpose::Query).map(|(place, _)| place);
            assert_eq!(found, refused_by.contains(&dialect).then(|| place.clone()), "{text} {dialect:?}");
        }
        assert_eq!(found(&sql, None, Purpose::Query), None, "{text}");
    }
}

#[test]
fn what_is_no_query_that_only_reads_is_found_at_its_word() {
    let cases: &[(&str, &str)] = &[
        ("⟨insert⟩ into t values (1)", "`insert` does not"),
        ("⟨INSERT⟩ into t values (1) returning id", "`insert` does not"),
        ("⟨update⟩ t set a = 1", "`update` does not"),
        ("⟨delete⟩ from t", "`delete` does not"),
        ("⟨merge⟩ into t using u on true when matched then delete", "`merge` does not"),
        ("⟨replace⟩ into t values (1)", "`replace` does not"),
        ("⟨create⟩ table t (a int)", "`create` does not"),
        ("-- a comment\n⟨drop⟩ table t", "`drop` does not"),
        ("⟨truncate⟩ t", "`truncate` does not"),
        ("⟨alter⟩ table t add b int", "`alter` does not"),
        ("⟨set⟩ search_path = x", "`set` does not"),
        ("⟨call⟩ f(1)", "`call` does not"),
        ("⟨copy⟩ t to stdout", "`copy` does not"),
        ("⟨attach⟩ 'a.db' as a", "`attach` does not"),
        ("⟨pragma⟩ journal_mode = wal", "pragma_table_info"),
        ("⟨vacuum⟩", "`vacuum` does not"),
        ("⟨begin⟩", "`begin` does not"),
        ("⟨grant⟩ select on t to u", "`grant` does not"),
        ("⟨do⟩ $$ begin null; end $$", "`do` does not"),
        ("⟨lock⟩ tables t read", "`lock` does not"),
        ("⟨show⟩ tables", "information_schema"),
        ("⟨explain⟩ select 1", "`explain` is none"),
        ("with x as (⟨delete⟩ from t returning a) select * from x", "`delete` does not"),
        ("with x as (select 1), y as (⟨insert⟩ into t values (1) returning a) select * from y", "`insert` does not"),
        ("with x as (⟨update⟩ t set a = 1 returning a) select * from x", "`update` does not"),
        ("with x as (select 1) ⟨delete⟩ from t where a in (select * from x)", "`delete` does not"),
        ("select a ⟨into⟩ u from t", "elsewhere"),
        ("select a from t ⟨into⟩ outfile 'x'", "elsewhere"),
        ("select a from t where a = 1 ⟨for update⟩", "`for update` locks"),
        ("select a from t ⟨for no key update⟩ of t nowait", "`for no key update` locks"),
        ("select a from t ⟨for share⟩ skip locked", "`for share` locks"),
        ("select a from t ⟨lock in share mode⟩", "`lock in share mode` locks"),
    ];
    for (text, said) in cases {
        let (sql, place) = marked(text);
        for dialect in ANY {
            let (at, message) = found(&sql, dialect, Purpose::Query).unwrap_or_default();
            assert_eq!(at, place, "{text} {dialect:?}");
            assert!(message.contains(said), "{text}: {message}");
        }
    }
}
