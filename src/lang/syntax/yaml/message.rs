//! The parser's errors in the words of this project.

use granit_parser::ErrorKind;

/// What is wrong, and what to do.
type Message = (&'static str, Option<&'static str>);

/// What to say about a tab.
pub(super) const TAB: (&str, &str) =
    ("a tab stands where YAML expects spaces", "indent with spaces: YAML takes no tabs");

/// What to say where nothing may nest any deeper.
pub(super) const TOO_DEEP: &str = "lists and maps nest too deep here";

/// Whether an error is about a tab.
pub(super) fn is_tab(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar
    )
}

/// The words for an error.
pub(super) fn message(kind: &ErrorKind) -> Message {
    of_scalar(kind).or_else(|| of_structure(kind)).unwrap_or(("expected a key, a value or a list item here", None))
}

fn of_structure(kind: &ErrorKind) -> Option<Message> {
    Some(match kind {
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => ("this bracket is never closed", None),
        ErrorKind::MisplacedFlowCollectionEnd => {
            ("this bracket closes nothing", Some("quote text that holds a bracket"))
        }
        ErrorKind::MismatchedFlowCollectionEnd { .. } => ("this bracket closes one of another kind", None),
        ErrorKind::ExpectedFlowSequenceSeparator => ("expected `,` or `]` here", None),
        ErrorKind::ExpectedFlowMappingSeparator => ("expected `,` or `}` here", None),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => (
            "expected a key that is indented like the ones above it",
            Some("the keys of one map stand below each other"),
        ),
        ErrorKind::ExpectedBlockSequenceEntry => (
            "this line is indented neither like a list item nor like the keys of one",
            Some("put `- ` below `- `, and the keys of an item below its first key"),
        ),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => {
            ("a list item cannot begin here", Some("put the first `- ` on a line of its own, below the key"))
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => ("expected `:` after this key", None),
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::MappingKeyNotAllowed
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::FlowMappingValueAdjacentCollection
        | ErrorKind::InvalidMappingValueWhitespace => {
            ("a key cannot stand here", Some("quote text that holds `: `, or put the key on a line of its own"))
        }
        ErrorKind::RecursionLimitExceeded => (TOO_DEEP, None),
        ErrorKind::BomInsideDocument => ("a byte order mark stands inside the file", Some("remove it")),
        _ => return None,
    })
}

fn of_scalar(kind: &ErrorKind) -> Option<Message> {
    Some(match kind {
        kind if is_tab(kind) => (TAB.0, Some(TAB.1)),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            ("this quote is never closed", Some("close the quote at the end of the text"))
        }
        ErrorKind::CommentInterceptedScalar => {
            ("this comment ends a text that goes on below", Some("quote the text, or move the comment away"))
        }
        ErrorKind::CommentNotSeparated => ("expected a space before the `#` of a comment", None),
        ErrorKind::UnknownQuotedScalarEscape => (
            "this escape is not known in double quotes",
            Some("write `\\\\` for a backslash, or use single quotes, which know no escapes"),
        ),
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => ("this escape names no character", None),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            ("expected the end of the value after the closing quote", None)
        }
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::InvalidFlowScalarIndent => {
            ("this line belongs to the value above and must be indented more than its key", None)
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
            ("expected the end of the line after `|` or `>`", Some("the text begins on the next line"))
        }
        ErrorKind::InvalidBlockScalarIndent => ("this line is indented less than the text that it belongs to", None),
        ErrorKind::UnexpectedCharacter { .. } => {
            ("a plain scalar must not begin with this character", Some("quote the text"))
        }
        _ => return None,
    })
}
