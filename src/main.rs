//! The program `appspec`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use appspec::cli::{self, Terminal};
use appspec_lang::source::{DiskWorld, World};

fn main() -> ExitCode {
    cli::log_panics();
    let (mut input, mut out, mut err) = (io::stdin(), io::stdout(), io::stderr());
    let wanted = DiskWorld.env("NO_COLOR").is_none_or(|value| value.is_empty());
    let color = wanted && out.is_terminal() && err.is_terminal();
    let mut terminal = Terminal { world: &DiskWorld, input: &mut input, out: &mut out, err: &mut err, color };
    cli::run(std::env::args_os(), &mut terminal).into()
}
