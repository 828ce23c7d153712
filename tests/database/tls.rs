//! The way to a server, encrypted or not, as the settings ask.

use std::process::Command;

use appspec_data::{BoundQuery, DataErrorKind, Target, Tls};
use appspec_lang::value::Scalar;
use tempfile::TempDir;

use crate::ground::{Ground, limited};
use crate::servers::{Engine, Failure, Server};
use crate::stage::{Outcome, Test};

pub(crate) fn tests() -> Vec<Test> {
    [Engine::Postgres, Engine::MariaDb].map(test).into()
}

fn test(engine: Engine) -> Test {
    let name = format!("tls::{}_is_encrypted_as_the_settings_ask", engine.name());
    Test::new(name, &[engine], move |_| encryption(engine))
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

/// A server with that certificate.
fn server(engine: Engine, folder: &TempDir) -> Result<Server, Failure> {
    let file = |name: &str| std::fs::read(folder.path().join(name));
    let (key, certificate) = (file("server.key")?, file("server.pem")?);
    let path = |name: &str| folder.path().join(name).display().to_string();
    if engine == Engine::Postgres {
        let arguments = ["-c", "ssl=on", "-c", "ssl_cert_file=tls.pem", "-c", "ssl_key_file=tls.key"];
        return Server::start_with(engine, &arguments, &[("tls.key", &key), ("tls.pem", &certificate)]);
    }
    let (key, certificate) = (path("server.key"), path("server.pem"));
    let arguments = [format!("--ssl-key={key}"), format!("--ssl-cert={certificate}")];
    Server::start_with(engine, &arguments.each_ref().map(String::as_str), &[])
}

/// A query that tells whether its own session is encrypted.
fn question(engine: Engine) -> BoundQuery {
    BoundQuery::plain(match engine {
        Engine::Postgres => "select ssl::text as s from pg_stat_ssl where pid = pg_backend_pid()",
        _ => {
            "select if(variable_value = '', 'false', 'true') as s from information_schema.session_status \
             where variable_name = 'SSL_CIPHER'"
        }
    })
}

async fn encryption(engine: Engine) -> Outcome {
    let folder = certificates()?;
    let server = server(engine, &folder)?;
    let ground = Ground::on(&server, "tls").await?;
    // A relative path begins at the folder of the app.
    std::fs::copy(folder.path().join("ca.pem"), ground.folder.path().join("ca.pem"))?;
    let place = format!("the server of `db` at localhost:{}", server.port());
    let ca = || Some(folder.path().join("ca.pem"));
    let relative = || Some("ca.pem".into());
    let other = || Some(folder.path().join("other.pem"));
    let lost = || Some("lost.pem".into());
    let issuer = "has a certificate of an authority that is not trusted: name its file as `ca` of `tls`";
    let name = "has a certificate for another name: check `host`, or set `tls: verify-ca`";
    for (tls, host, wanted) in [
        (Tls::Off, "localhost", Ok("false")),
        (Tls::Prefer, "localhost", Ok("true")),
        (Tls::Require, "127.0.0.1", Ok("true")),
        (Tls::VerifyCa { ca: ca() }, "127.0.0.1", Ok("true")),
        (Tls::VerifyCa { ca: relative() }, "localhost", Ok("true")),
        (Tls::VerifyFull { ca: ca() }, "localhost", Ok("true")),
        (Tls::VerifyFull { ca: relative() }, "localhost", Ok("true")),
        (Tls::VerifyFull { ca: ca() }, "127.0.0.1", Err(name)),
        (Tls::VerifyCa { ca: other() }, "localhost", Err(issuer)),
        (Tls::VerifyFull { ca: None }, "localhost", Err(issuer)),
        (
            Tls::VerifyFull { ca: lost() },
            "localhost",
            Err("cannot be verified: the certificate file `lost.pem` cannot be read"),
        ),
    ] {
        let mut settings = ground.settings();
        if let Target::Server(server) = &mut settings.target {
            (server.tls, server.host) = (tls.clone(), host.to_owned());
        }
        let data = ground.data_with(settings, "UTC");
        let asked = limited(&data, question(engine), None, None).await;
        match wanted {
            Ok(wanted) => {
                let table = asked.map_err(|error| Failure(format!("{tls:?}: {error}")))?;
                assert_eq!(table.records(2), [vec![Scalar::text(wanted)]], "{tls:?}");
            }
            Err(wanted) => {
                let Err(error) = asked else { return Err(Failure(format!("{tls:?} to {host} is let through"))) };
                let wanted = format!("{place} {wanted}").replace("localhost", host);
                assert_eq!((error.kind, &*error.message), (DataErrorKind::Refused, wanted.as_str()), "{tls:?}");
            }
        }
    }
    Ok(())
}
