//! The way to a server, encrypted or not, as the settings ask.

use std::process::Command;
use std::sync::Arc;

use appspec_data::{DataErrorKind, Target, Tls};
use tempfile::TempDir;

use super::POSTGRES;
use super::ground::{Ground, lines};
use crate::servers::{Engine, Failure, Server};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![Test::new("postgres::encryption_is_as_the_settings_ask", POSTGRES, encryption)]
}

fn openssl(folder: &TempDir, arguments: &str) -> Outcome {
    let done = Command::new("openssl").args(arguments.split(' ')).current_dir(folder.path()).output()?;
    let said = String::from_utf8_lossy(&done.stderr);
    if done.status.success() { Ok(()) } else { Err(Failure(format!("openssl {arguments}: {said}"))) }
}

/// An authority, and a certificate of it for `localhost`, not for its address.
fn certificates() -> Result<TempDir, Failure> {
    let folder = TempDir::new()?;
    for name in ["ca", "other"] {
        let subject = format!("/CN={name}");
        openssl(
            &folder,
            &format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {name}.key -out {name}.pem -subj {subject} -addext basicConstraints=critical,CA:TRUE"
            ),
        )?;
    }
    openssl(&folder, "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost")?;
    std::fs::write(folder.path().join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE")?;
    openssl(
        &folder,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
    )?;
    Ok(folder)
}

async fn encryption(_servers: Arc<Servers>) -> Outcome {
    let folder = certificates()?;
    let file = |name: &str| std::fs::read(folder.path().join(name));
    let (key, certificate) = (file("server.key")?, file("server.pem")?);
    let arguments = ["-c", "ssl=on", "-c", "ssl_cert_file=tls.pem", "-c", "ssl_key_file=tls.key"];
    let server = Server::start_with(Engine::Postgres, &arguments, &[("tls.key", &key), ("tls.pem", &certificate)])?;
    let mut ground = Ground::on(&server, "tls").await?;
    let place = format!("the server of `db` at localhost:{}", server.port());
    let ca = || Some(folder.path().join("ca.pem"));
    let other = || Some(folder.path().join("other.pem"));
    let issuer = "has a certificate of an authority that is not trusted: name its file as `ca` of `tls`";
    let name = "has a certificate for another name: check `host`, or set `tls: verify-ca`";
    for (tls, host, wanted) in [
        (Tls::Off, "localhost", Ok("false")),
        (Tls::Prefer, "localhost", Ok("true")),
        (Tls::Require, "127.0.0.1", Ok("true")),
        (Tls::VerifyCa { ca: ca() }, "127.0.0.1", Ok("true")),
        (Tls::VerifyFull { ca: ca() }, "localhost", Ok("true")),
        (Tls::VerifyFull { ca: ca() }, "127.0.0.1", Err(name)),
        (Tls::VerifyCa { ca: other() }, "localhost", Err(issuer)),
        (Tls::VerifyFull { ca: None }, "localhost", Err(issuer)),
    ] {
        ground.set(|settings| {
            if let Target::Server(server) = &mut settings.target {
                (server.tls, server.host) = (tls.clone(), host.to_owned());
            }
        });
        let asked = ground.select("select ssl from pg_stat_ssl where pid = pg_backend_pid()").await;
        match wanted {
            Ok(wanted) => assert_eq!(lines(&asked?), ["ssl bool", wanted], "{tls:?}"),
            Err(wanted) => {
                let Err(error) = asked else { return Err(Failure(format!("{tls:?} to {host} is let through"))) };
                let wanted = format!("{place} {wanted}").replace("localhost", host);
                assert_eq!((error.kind, &*error.message), (DataErrorKind::Refused, wanted.as_str()), "{tls:?}");
            }
        }
    }
    Ok(())
}
