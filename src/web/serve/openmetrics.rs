//! What the server counts, as text of the `OpenMetrics` format.
//!
//! Labels are names from the spec and a few fixed words: never a value of a query, a user or a secret. So there are as
//! many series as the spec has queries, however much the server is used.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

/// A metric and its samples.
#[derive(Debug)]
pub(super) struct Family {
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    help: &'static str,
    samples: Vec<Sample>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Info,
}

#[derive(Debug)]
struct Sample {
    /// What its name has behind that of the family: `_total`, `_bucket`.
    suffix: &'static str,
    labels: Vec<(&'static str, String)>,
    value: Number,
}

#[derive(Clone, Copy, Debug)]
enum Number {
    Whole(u64),
    Seconds(f64),
}

/// The labels of a sample, as they are given to [`Family`].
pub(super) type Labels<'a> = [(&'static str, &'a str)];

impl Family {
    pub(super) fn counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Counter, "", help)
    }

    pub(super) fn gauge(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Gauge, "", help)
    }

    /// The name ends with `_bytes`.
    pub(super) fn bytes(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Gauge, "bytes", help)
    }

    /// The name ends with `_seconds`.
    pub(super) fn times(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Histogram, "seconds", help)
    }

    fn new(name: &'static str, kind: Kind, unit: &'static str, help: &'static str) -> Self {
        Self { name, kind, unit, help, samples: Vec::new() }
    }

    pub(super) fn add(&mut self, labels: &Labels<'_>, number: u64) {
        let suffix = if self.kind == Kind::Counter { "_total" } else { "" };
        self.push(suffix, labels, Number::Whole(number));
    }

    /// With one sample.
    pub(super) fn of(mut self, number: u64) -> Self {
        self.add(&[], number);
        self
    }

    /// Adds how often something took how long: by the upper ends of the buckets in milliseconds, the last one open.
    pub(super) fn add_times(&mut self, labels: &Labels<'_>, ends: &[u64], counts: &[u64], sum: Duration) {
        let mut below = 0;
        let ends = ends.iter().map(|end| seconds(Duration::from_millis(*end))).chain(["+Inf".to_owned()]);
        for (end, count) in ends.zip(counts) {
            below += count;
            let with_end: Vec<(&'static str, &str)> = labels.iter().copied().chain([("le", end.as_str())]).collect();
            self.push("_bucket", &with_end, Number::Whole(below));
        }
        self.push("_sum", labels, Number::Seconds(sum.as_secs_f64()));
        self.push("_count", labels, Number::Whole(below));
    }

    fn push(&mut self, suffix: &'static str, labels: &Labels<'_>, value: Number) {
        let labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.samples.push(Sample { suffix, labels, value });
    }
}

/// The families of a process: its version, when it began, and how much memory it has.
pub(super) fn process(started: SystemTime) -> Vec<Family> {
    let mut version = Family::new("appspec_build", Kind::Info, "", "The version of appspec.");
    version.push("_info", &[("version", env!("CARGO_PKG_VERSION"))], Number::Whole(1));
    let since_epoch = started.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let help = "When the process began, since 1970.";
    let mut start = Family::new("process_start_time_seconds", Kind::Gauge, "seconds", help);
    start.push("", &[], Number::Seconds(since_epoch.as_secs_f64()));
    let memory = resident_bytes()
        .map(|bytes| Family::bytes("process_resident_memory_bytes", "Memory of the process that is in use.").of(bytes));
    [version, start].into_iter().chain(memory).collect()
}

/// What the kernel says; nothing where it is another than Linux.
#[expect(clippy::disallowed_methods, reason = "a file of the kernel, no spec")]
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// The text of all families.
pub(super) fn text(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        family.write(&mut text).expect("a string takes all text");
    }
    text.push_str("# EOF\n");
    text
}

impl Family {
    fn write(&self, text: &mut String) -> std::fmt::Result {
        let Self { name, kind, unit, help, samples } = self;
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Info => "info",
        };
        writeln!(text, "# TYPE {name} {kind}")?;
        if !unit.is_empty() {
            writeln!(text, "# UNIT {name} {unit}")?;
        }
        writeln!(text, "# HELP {name} {help}")?;
        for Sample { suffix, labels, value } in samples {
            write!(text, "{name}{suffix}")?;
            for (at, (label, value)) in labels.iter().enumerate() {
                write!(text, "{}{label}=\"{}\"", if at == 0 { '{' } else { ',' }, escaped(value))?;
            }
            if !labels.is_empty() {
                text.push('}');
            }
            match value {
                Number::Whole(number) => writeln!(text, " {number}")?,
                Number::Seconds(number) => writeln!(text, " {number}")?,
            }
        }
        Ok(())
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A bucket's end in its shortest form, with a point, as the format wants it: `0.005`, `30.0`.
fn seconds(time: Duration) -> String {
    format!("{:?}", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_written_as_the_format_wants_it() {
        let mut hits = Family::counter("hits", "Found.");
        hits.add(&[("page", "/a\"b\\c\nd"), ("query", "x")], 3);
        hits.add(&[("page", "/"), ("query", "x")], 0);
        let mut times = Family::times("run_seconds", "How long.");
        times.add_times(&[("query", "x")], &[5, 30_000], &[2, 0, 1], Duration::from_millis(1500));
        let expected = r#"# TYPE hits counter
# HELP hits Found.
hits_total{page="/a\"b\\c\nd",query="x"} 3
hits_total{page="/",query="x"} 0
# TYPE run_seconds histogram
# UNIT run_seconds seconds
# HELP run_seconds How long.
run_seconds_bucket{query="x",le="0.005"} 2
run_seconds_bucket{query="x",le="30.0"} 2
run_seconds_bucket{query="x",le="+Inf"} 3
run_seconds_sum{query="x"} 1.5
run_seconds_count{query="x"} 3
# TYPE cache_bytes gauge
# UNIT cache_bytes bytes
# HELP cache_bytes Taken.
cache_bytes 7
# EOF
"#;
        assert_eq!(text(&[hits, times, Family::bytes("cache_bytes", "Taken.").of(7)]), expected);
    }
}
