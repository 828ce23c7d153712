//! Servers that answer badly: they quote what they were told, or say nothing, or nonsense.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server on a free port; it lasts as long as the process.
pub(super) struct Liar {
    pub(super) port: u16,
    /// What clients have sent.
    heard: Arc<Mutex<Vec<u8>>>,
}

type Serve = fn(&mut Client) -> std::io::Result<()>;

impl Liar {
    pub(super) fn start(serve: Serve) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::default();
        let shared = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = Arc::clone(&shared);
                thread::spawn(move || {
                    let _hung_up = serve(&mut Client { stream, heard });
                });
            }
        });
        Self { port, heard }
    }

    /// Whether a client has told this.
    pub(super) fn has_heard(&self, text: &str) -> bool {
        let heard = self.heard.lock().unwrap();
        heard.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// A client at the other end.
pub(super) struct Client {
    stream: TcpStream,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Client {
    fn read(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        self.heard.lock().unwrap().extend(&bytes);
        Ok(bytes)
    }

    /// What follows a length of four bytes that counts itself.
    fn read_counted(&mut self) -> std::io::Result<Vec<u8>> {
        let length = u32::from_be_bytes(self.read(4)?.try_into().unwrap());
        self.read(length as usize - 4)
    }

    /// A message of `PostgreSQL`.
    fn send(&mut self, kind: u8, body: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        self.stream.write_all(&[&[kind], &length[..], body].concat())
    }

    /// An error of `PostgreSQL`, with everything that it may hold.
    fn refuse(&mut self, severity: &str, code: &str, quoted: &str) -> std::io::Result<()> {
        let cut: String = quoted.chars().take(quoted.chars().count() / 2).collect();
        let digits = spelled(quoted, |byte| format!("\\x{byte:02x}"));
        let encoded = spelled(quoted, |byte| format!("%{byte:02x}"));
        let message = format!("no: {quoted:?} or '{}'", quoted.replace('\'', "''"));
        let detail = format!("postgres://app:{encoded}@db/shop and {digits} and {:?}", quoted.as_bytes());
        let hint = format!("near \"{cut}");
        let fields = [('S', severity), ('V', severity), ('C', code), ('M', &message), ('D', &detail), ('H', &hint)];
        let mut body: Vec<u8> = fields.iter().flat_map(|(kind, text)| format!("{kind}{text}\0").into_bytes()).collect();
        body.push(0);
        self.send(b'E', &body)
    }

    /// The head of a request over HTTP.
    fn request(&mut self) -> std::io::Result<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.read(1)?);
        }
        Ok(String::from_utf8_lossy(&head).into_owned())
    }

    /// An answer over HTTP, which is the last.
    fn answer(&mut self, status: &str, headers: &str, body: &str) -> std::io::Result<()> {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
        self.stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())
    }

    /// A packet of `MySQL`, the one of this number.
    fn send_packet(&mut self, number: u8, body: &[u8]) -> std::io::Result<()> {
        let [first, second, third, _] = u32::try_from(body.len()).unwrap().to_le_bytes();
        self.stream.write_all(&[&[first, second, third, number], body].concat())
    }

    /// Begins a session of `MySQL` without encryption; gives who wants to log in.
    fn log_in_to_mysql(&mut self) -> std::io::Result<String> {
        // The version, a number, a half of the salt; what the server can; the other half, and how passwords are told.
        let abilities = 0x0008_a208_u32.to_le_bytes();
        let greeting = [
            b"\x0a8.0.36\0\x01\0\0\0saltsalt\0".as_slice(),
            &abilities[..2],
            b"\x2d\x02\0",
            &abilities[2..],
            b"\x15\0\0\0\0\0\0\0\0\0\0saltsaltsalt\0mysql_native_password\0",
        ];
        self.send_packet(0, &greeting.concat())?;
        let head = self.read(4)?;
        let login = self.read(u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize)?;
        // Behind numbers of a fixed length.
        let name = login[32..].split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(name).into_owned())
    }

    /// Begins a session of `PostgreSQL` without encryption; gives the password in the clear.
    fn log_in(&mut self) -> std::io::Result<String> {
        const ENCRYPT: [u8; 4] = 80_877_103_u32.to_be_bytes();
        while self.read_counted()?.starts_with(&ENCRYPT) {
            self.stream.write_all(b"N")?;
        }
        self.send(b'R', &3_u32.to_be_bytes())?;
        self.read(1)?;
        let password = self.read_counted()?;
        Ok(String::from_utf8_lossy(&password).trim_end_matches('\0').to_owned())
    }
}

/// A text, byte by byte in another writing.
pub(super) fn spelled(text: &str, write: impl Fn(u8) -> String) -> String {
    let bytes: Vec<String> = text.bytes().map(write).collect();
    bytes.concat()
}

/// `PostgreSQL` that refuses everybody, and quotes the password.
pub(super) fn refusing(client: &mut Client) -> std::io::Result<()> {
    let password = client.log_in()?;
    client.refuse("FATAL", "XX000", &password)
}

/// `PostgreSQL` that refuses everybody as one refuses a wrong password.
pub(super) fn wrong_password(client: &mut Client) -> std::io::Result<()> {
    let password = client.log_in()?;
    client.refuse("FATAL", "28P01", &password)
}

/// `PostgreSQL` that lets everybody in, and quotes the password in whatever it answers.
pub(super) fn gossiping(client: &mut Client) -> std::io::Result<()> {
    let password = client.log_in()?;
    client.send(b'R', &0_u32.to_be_bytes())?;
    client.send(b'K', &[0; 8])?;
    client.send(b'Z', b"I")?;
    loop {
        let kind = client.read(1)?;
        client.read_counted()?;
        match kind.as_slice() {
            b"Q" => {
                client.refuse("ERROR", "42501", &password)?;
                client.send(b'Z', b"I")?;
            }
            b"P" => client.refuse("ERROR", "42501", &password)?,
            b"S" => client.send(b'Z', b"I")?,
            b"X" => return Ok(()),
            _ => {}
        }
    }
}

/// `MySQL` that refuses everybody, for a reason that nobody knows, and quotes who wants to log in.
pub(super) fn refusing_mysql(client: &mut Client) -> std::io::Result<()> {
    let name = client.log_in_to_mysql()?;
    let encoded = spelled(&name, |byte| format!("%{byte:02x}"));
    let message = format!("no: {name:?} or '{}' at mysql://{encoded}@db", name.replace('\'', "''"));
    client.send_packet(2, &[b"\xff\x29\x23#HY000", message.as_bytes()].concat())
}

/// A server over HTTP that fails, and quotes what it was asked.
pub(super) fn failing_over_http(client: &mut Client) -> std::io::Result<()> {
    let head = client.request()?;
    client.answer("500 Internal Server Error", "content-type: text/plain\r\n", &head)
}

/// A server over HTTP that sends everybody elsewhere, with all that they have told.
pub(super) fn redirecting_over_http(client: &mut Client) -> std::io::Result<()> {
    let head = client.request()?;
    let all = spelled(&head, |byte| format!("%{byte:02x}"));
    client.answer("302 Found", &format!("location: http://127.0.0.1:1/{all}\r\n"), "")
}

/// A server over HTTP whose answer is no JSON, but what it was asked.
pub(super) fn babbling_over_http(client: &mut Client) -> std::io::Result<()> {
    let head = client.request()?;
    client.answer("200 OK", "content-type: application/json\r\n", &head)
}

/// A server over HTTP that does what it should.
pub(super) fn answering_over_http(client: &mut Client) -> std::io::Result<()> {
    client.request()?;
    client.answer("200 OK", "content-type: application/json\r\n", r#"[{"one": 1}]"#)
}

/// Something that takes what it is told, and never says a word.
pub(super) fn silent(client: &mut Client) -> std::io::Result<()> {
    while !client.read(1)?.is_empty() {}
    Ok(())
}

/// Something that is no database at all.
pub(super) fn foreign(client: &mut Client) -> std::io::Result<()> {
    client.read(8)?;
    client.stream.write_all(b"220 mail.example.com ready for you\r\n")?;
    client.stream.shutdown(Shutdown::Both)
}
