//! Settings of a session that the author's URL asks for: `?options=-c search_path=shop`.

use sqlx::postgres::PgConnectOptions;

/// Adds what the parameters of a URL say.
pub(super) fn with_parameters(options: PgConnectOptions, parameters: &[(String, String)]) -> PgConnectOptions {
    parameters.iter().fold(options, |options, (name, value)| match name.as_str() {
        "application_name" => options.application_name(value),
        "options" => options.options(settings(value)),
        _ => options,
    })
}

/// Reads `-c name=value`, `-cname=value` and `--name=value`, as the server's own programs take them.
fn settings(text: &str) -> Vec<(&str, &str)> {
    let words = text.split_whitespace().filter(|word| *word != "-c");
    words.filter_map(|word| ["--", "-c", ""].iter().find_map(|flag| word.strip_prefix(flag))?.split_once('=')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_the_servers_programs_take_them() {
        for (text, expected) in [
            ("", &[][..]),
            ("-c search_path=shop,public", &[("search_path", "shop,public")]),
            ("-csearch_path=shop --work_mem=64MB", &[("search_path", "shop"), ("work_mem", "64MB")]),
            ("-c", &[]),
            ("nonsense", &[]),
        ] {
            assert_eq!(settings(text), expected, "{text}");
        }
    }
}
