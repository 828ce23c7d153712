//! The log: a line for each event, on standard error, without secrets.

use std::io::{self, Write};

use appspec_data::Scrubber;
use tracing::level_filters::LevelFilter;
use tracing::{Level as Severity, dispatcher};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum Level {
    /// What must be mended
    Error,
    /// What somebody should know: a database that does not answer, a query that fails, secrets that cannot be read
    Warn,
    /// That the server has started, and what has changed since
    Info,
    /// Every request and every query, without their values, and what drivers say
    Debug,
    /// All that drivers say
    Trace,
}

impl Level {
    fn filter(self) -> LevelFilter {
        LevelFilter::from_level(match self {
            Self::Error => Severity::ERROR,
            Self::Warn => Severity::WARN,
            Self::Info => Severity::INFO,
            Self::Debug => Severity::DEBUG,
            Self::Trace => Severity::TRACE,
        })
    }
}

/// Begins the log of this process, and gives what keeps it clean. A process that has a log keeps it.
pub(super) fn start(level: Level) -> Scrubber {
    let scrubber = Scrubber::default();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(level >= Level::Debug)
        .with_writer(Lines(scrubber.clone()));
    // What drivers say is for those who look for a fault in them: all that matters is said in our own words.
    let others = if level >= Level::Debug { level.filter() } else { LevelFilter::OFF };
    let told = Targets::new().with_default(others).with_target("appspec", level.filter());
    let _has_one = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(told).with(lines));
    scrubber
}

/// Writes panics into the log, where there is one, instead of past it: their messages may hold anything.
pub fn log_panics() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !dispatcher::has_been_set() {
            return default(panic);
        }
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a mistake of appspec: {}", panic.payload_as_str().unwrap_or_default());
    }));
}

/// Standard error, where each event is one line.
struct Lines(Scrubber);

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Line<'w>;

    fn make_writer(&'w self) -> Line<'w> {
        Line(&self.0)
    }
}

struct Line<'w>(&'w Scrubber);

impl Write for Line<'_> {
    /// Takes a whole event, as the subscriber hands it over.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        io::stderr().lock().write_all(line(self.0, &text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// An event as one line that a terminal shows as it is.
fn line(scrubber: &Scrubber, event: &str) -> String {
    let mut line = String::with_capacity(event.len() + 1);
    for char in scrubber.clean(event.trim_end()).chars() {
        if char.is_control() { line.extend(char.escape_default()) } else { line.push(char) }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_it_holds() {
        let forged = "INFO failed\nERROR all is lost\u{1b}[31m\r\n";
        assert_eq!(line(&Scrubber::default(), forged), "INFO failed\\nERROR all is lost\\u{1b}[31m\n");
    }
}
