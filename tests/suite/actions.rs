//! What actions work with: the rows that are on the screen, whatever has become of them since.

use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::lab::{Lab, Store, Tab};

const APP: &str = "connection: shop\nconnections: { shop: { type: sqlite, file: data/shop.db, writable: true } }\n";

const SCHEMA: &str = "create table orders (id integer primary key, done boolean not null default false);
    insert into orders (id) values (7);";

/// A page that shows the newest order, and does something with it.
const PAGE: &str = r#"
state: { looks: 0 }
queries:
  orders: { sql: select id from orders where not done order by id desc limit 1OPTIONS }
values: { newest: "orders[0].id" }
writes:
  finish:
    params: { id: int }
    sql: update orders set done = true where id = {{ params.id }}
body:
  - table: orders
  - text: "{{ state.looks }}"
  - button: Look
    on_click: [{ set: { looks: state.looks + 1 } }]
  - button: Done
    on_click:
      - { run: finish, with: { id: values.newest } }
      - toast: "Order {{ orders[0].id }} is done"
"#;

struct Shop {
    lab: Arc<Lab>,
    store: Arc<Store>,
}

impl Shop {
    async fn new(options: &str) -> Self {
        let page = PAGE.replace("OPTIONS", options);
        let files = [("app.yaml", APP), ("data/shop.sql", SCHEMA), ("page.yaml", page.as_str())];
        let store = Store::of(&files).await;
        let lab = Lab::compile_on(&store, &files).await.unwrap();
        Self { lab, store }
    }

    /// Opens the page, and touches it if it is to be.
    async fn open(&self, is_touched: bool) -> Tab {
        let mut tab = self.lab.open("/page").await;
        if is_touched {
            tab.interact(&[], Some("button-look")).await;
        }
        assert_eq!(tab.look("table-orders"), "[7]");
        tab
    }

    async fn arrive(&self, order: i64) {
        let mut database = database(&self.store.path("data/shop.db")).await;
        database.execute(AssertSqlSafe(format!("insert into orders (id) values ({order})"))).await.unwrap();
    }

    async fn done(&self) -> Vec<i64> {
        let mut database = database(&self.store.path("data/shop.db")).await;
        let rows = database.fetch_all("select id from orders where done order by id").await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

async fn database(file: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_means_the_row_that_is_shown_however_old_it_is() {
    for options in ["", ", cache: 1ms", ", cache: forever", ", every: 1h", ", cache: 1ms, every: 1h"] {
        for is_touched in [false, true] {
            let shop = Shop::new(options).await;
            let mut tab = shop.open(is_touched).await;
            shop.arrive(8).await;
            // Somebody else looks too, and has the newer one.
            shop.lab.open("/page").await.interact(&[], Some("button-look")).await;
            let turn = tab.interact(&[], Some("button-done")).await;
            assert_eq!(turn.toasts, ["Order 7 is done"], "{options} {is_touched}");
            assert_eq!(shop.done().await, [7], "{options} {is_touched}");
            assert_eq!(tab.look("table-orders"), "[8]", "{options} {is_touched}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_a_row_that_nobody_has_any_more_does_nothing_if_it_is_another_now() {
    for options in ["", ", cache: forever"] {
        for has_changed in [true, false] {
            let shop = Shop::new(options).await;
            let mut tab = shop.open(false).await;
            if has_changed {
                shop.arrive(8).await;
            }
            // There is room for nothing.
            shop.lab.engine.data.limit_cache(1);
            let turn = tab.interact(&[], Some("button-done")).await;
            if has_changed {
                let [toast] = turn.toasts.as_slice() else { panic!("{turn:?}") };
                assert!(toast.starts_with("This was not saved: the data of this page has changed"), "{toast}");
                assert!(shop.done().await.is_empty());
                assert_eq!(tab.look("table-orders"), "[8]", "the page shows it at once");
                let turn = tab.interact(&[], Some("button-done")).await;
                assert_eq!((turn.toasts, shop.done().await), (vec!["Order 8 is done".to_owned()], vec![8]));
            } else {
                assert_eq!((turn.toasts, shop.done().await), (vec!["Order 7 is done".to_owned()], vec![7]));
            }
        }
    }
}
