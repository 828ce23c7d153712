//! Writes: all of one or nothing, and what it returns.

use super::*;

async fn writable() -> App {
    let app = App::new(SHOP, &[]).await;
    let mut connections = connections();
    for connection in &mut connections {
        connection.writable = true;
    }
    app.data.reconnect(connections);
    app
}

async fn notes(app: &App) -> Vec<String> {
    lines(&app.select("select id, note from orders order by id").await.unwrap())
}

fn update(note: &str, id: i64) -> BoundQuery {
    let (note, id) = (Piece::Param(Scalar::text(note)), Piece::Param(Scalar::Int(id)));
    BoundQuery { pieces: vec![sql("update orders set note = "), note, sql(" where id = "), id] }
}

#[tokio::test]
async fn a_write_is_saved_with_its_values_and_gives_the_row_that_it_returns() {
    let app = writable().await;
    let returning = BoundQuery::plain("insert into orders (id, note) values (3, 'c'), (4, 'd') returning id, note;");
    let returned = app.data.write("shop", &[update("x' --", 2), returning, update("e", 4)]).await.unwrap().unwrap();
    assert_eq!(lines(&returned), ["id int, note text", "3, c"]);
    assert_eq!(notes(&app).await, ["id int, note text", "1, a", "2, x' --", "3, c", "4, e"]);
    let nothing = BoundQuery::plain("delete from orders where id = 9 returning id");
    let returned = app.data.write("shop", &[nothing]).await.unwrap().unwrap();
    assert_eq!(lines(&returned), ["id int"]);
    assert_eq!(app.data.write("shop", &[update("f", 1)]).await.map(|table| table.is_none()), Ok(true));
}

#[tokio::test]
async fn a_write_that_fails_saves_nothing() {
    let app = writable().await;
    let before = notes(&app).await;
    for (statement, wanted) in [
        ("update orders set nope = 1", "no such column: nope"),
        ("update orders set note = 'y'; delete from orders", "write them as a list"),
        ("update orders set note = ?", "stands inside quotes"),
    ] {
        let error = app.data.write("shop", &[update("x", 1), BoundQuery::plain(statement)]).await.unwrap_err();
        assert!(error.error.message.contains(wanted) && !error.is_unknown, "{statement}: {error:?}");
        assert_eq!(notes(&app).await, before, "{statement}");
    }
}

#[tokio::test]
async fn a_connection_that_is_not_marked_so_is_not_written_to() {
    let app = App::new(SHOP, &[]).await;
    let error = app.data.write("shop", &[update("x", 1)]).await.unwrap_err();
    assert_eq!(error.error.message.as_ref(), "the connection `shop` only reads: mark it `writable: true`");
}
