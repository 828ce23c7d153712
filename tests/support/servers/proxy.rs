//! A wire between a client and a server that can be cut.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::Failure;

/// Passes on what it gets between a port of its own and that of a server, until it is told otherwise.
pub(crate) struct Proxy {
    port: u16,
    wires: Arc<Mutex<Wires>>,
}

#[derive(Default)]
struct Wires {
    open: Vec<TcpStream>,
    /// Bytes of a client after which its wire is cut, the bytes held back.
    trap: Option<Vec<u8>>,
}

impl Proxy {
    pub(crate) fn to(port: u16) -> Result<Self, Failure> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let proxy = Self { port: listener.local_addr()?.port(), wires: Arc::default() };
        let wires = Arc::clone(&proxy.wires);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // A server that is down refuses: so does the proxy.
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let _lost = connect(client, server, &wires);
            }
        });
        Ok(proxy)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Cuts all wires; later ones are passed on again.
    pub(crate) fn cut(&self) {
        for wire in lock(&self.wires).open.drain(..) {
            let _already_closed = wire.shutdown(Shutdown::Both);
        }
    }

    /// Passes the next bytes of a client with these in them on to the server, and cuts its wire before the answer.
    pub(crate) fn cut_after(&self, bytes: &[u8]) {
        lock(&self.wires).trap = Some(bytes.to_vec());
    }
}

/// Joins two ends, in both directions.
fn connect(client: TcpStream, server: TcpStream, wires: &Arc<Mutex<Wires>>) -> std::io::Result<()> {
    lock(wires).open.extend([client.try_clone()?, server.try_clone()?]);
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    let trap = Arc::clone(wires);
    thread::spawn(move || pass(from_client, to_server, Some(&trap)));
    thread::spawn(move || pass(server, client, None));
    Ok(())
}

fn pass(mut from: TcpStream, mut to: TcpStream, wires: Option<&Mutex<Wires>>) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let bytes = buffer.get(..read).unwrap_or_default();
        if wires.is_some_and(|wires| springs(&mut lock(wires), bytes)) {
            // The client hears nothing more; the server reads what was sent to the end, then nothing.
            let _already_closed = from.shutdown(Shutdown::Both);
            let _lost = to.write_all(bytes);
            break;
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _already_closed = to.shutdown(Shutdown::Write);
}

/// Whether the trap is in these bytes; it springs once.
fn springs(wires: &mut Wires, bytes: &[u8]) -> bool {
    let is_here = wires.trap.as_ref().is_some_and(|trap| bytes.windows(trap.len()).any(|window| window == trap));
    if is_here {
        wires.trap = None;
    }
    is_here
}

fn lock(wires: &Mutex<Wires>) -> MutexGuard<'_, Wires> {
    wires.lock().unwrap_or_else(PoisonError::into_inner)
}
