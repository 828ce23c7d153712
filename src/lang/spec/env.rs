//! `${env:NAME}`: text that is completed from the environment when a connection is made.

/// A part of such a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvPart<'t> {
    Text(&'t str),
    /// The name of a variable.
    Variable(&'t str),
}

/// Takes a text apart; `$${env:` is the text `${env:`. Gives what is wrong with a reference that cannot be read.
///
/// What is wrong is said without the text itself, which may be a secret.
pub fn env_parts(text: &str) -> Result<Vec<EnvPart<'_>>, &'static str> {
    const OPENING: &str = "${env:";
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(OPENING) {
        let (before, found) = rest.split_at(at);
        let inner = found.get(OPENING.len()..).unwrap_or_default();
        if let Some(before) = before.strip_suffix('$') {
            parts.extend([EnvPart::Text(before), EnvPart::Text(OPENING)]);
            rest = inner;
            continue;
        }
        let Some((name, after)) = inner.split_once('}') else { return Err("`${env:` is never closed: expected `}`") };
        if !is_variable(name) {
            return Err("`${env:…}` takes the name of a variable: letters, digits and `_`");
        }
        parts.extend([EnvPart::Text(before), EnvPart::Variable(name)]);
        rest = after;
    }
    parts.push(EnvPart::Text(rest));
    parts.retain(|part| *part != EnvPart::Text(""));
    Ok(parts)
}

/// Whether a text reads variables, so that it is known only where the app runs.
pub(super) fn reads_env(text: &str) -> bool {
    env_parts(text).map_or(true, |parts| parts.iter().any(|part| matches!(part, EnvPart::Variable(_))))
}

fn is_variable(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::EnvPart::{Text, Variable};
    use super::*;

    #[test]
    fn text_is_taken_apart() {
        let cases: [(&str, Result<Vec<EnvPart<'_>>, ()>); 9] = [
            ("", Ok(vec![])),
            ("plain $HOME ${HOME}", Ok(vec![Text("plain $HOME ${HOME}")])),
            ("${env:PW}", Ok(vec![Variable("PW")])),
            ("Bearer ${env:A}${env:_b2}!", Ok(vec![Text("Bearer "), Variable("A"), Variable("_b2"), Text("!")])),
            ("$${env:PW}", Ok(vec![Text("${env:"), Text("PW}")])),
            ("a$${env:${env:PW}", Ok(vec![Text("a"), Text("${env:"), Variable("PW")])),
            ("${env:PW", Err(())),
            ("${env:}", Err(())),
            ("${env:a b}", Err(())),
        ];
        for (text, wanted) in cases {
            assert_eq!(env_parts(text).map_err(|_| ()), wanted, "{text}");
        }
    }
}
