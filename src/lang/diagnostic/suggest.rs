//! The nearest known name to one that is not known.

/// Returns the name of `known` that is nearest to `name`, if it is near enough to be meant.
///
/// Near is a Damerau–Levenshtein distance of at most a third of the length (at least 1, but for a single letter), or
/// the same letters in another case.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let length = name.chars().count();
    // Every other letter is one step from a letter.
    let limit = if length == 1 { 0 } else { (length / 3).max(1) };
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *candidate != name)
        .min()
        .map(|(_, candidate)| candidate)
}
