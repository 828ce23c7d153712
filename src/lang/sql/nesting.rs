//! How deep calls may nest that the parser reads in two ways.
//!
//! Where `cast(…)` and its like cannot be read, the parser tries once more and takes the word for the name of a function:
//! a mistake inside of twenty of them would be looked for a million times.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

/// How many of such calls may be open. Inside of all of them, a mistake takes some milliseconds.
const DEPTH: usize = 10;

/// Words after which what stands in brackets is read in a way of their own.
const TWO_WAYS: &[Keyword] = &[
    Keyword::ARRAY,
    Keyword::CAST,
    Keyword::CEIL,
    Keyword::CONVERT,
    Keyword::EXTRACT,
    Keyword::FLOOR,
    Keyword::OVERLAY,
    Keyword::POSITION,
    Keyword::SAFE_CAST,
    Keyword::STRUCT,
    Keyword::SUBSTR,
    Keyword::SUBSTRING,
    Keyword::TRIM,
    Keyword::TRY_CAST,
    Keyword::TRY_CONVERT,
];

/// Where there is one too many of such calls.
pub(super) fn too_deep(tokens: &[TokenWithSpan]) -> Option<Location> {
    let mut open: Vec<bool> = Vec::new();
    let mut deep = 0;
    let mut is_after_word = false;
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket => {
                open.push(is_after_word);
                deep += usize::from(is_after_word);
                if deep > DEPTH {
                    return Some(token.span.start);
                }
            }
            Token::RParen | Token::RBracket => deep -= usize::from(open.pop() == Some(true)),
            _ => {}
        }
        is_after_word = match &token.token {
            Token::Word(word) => TWO_WAYS.contains(&word.keyword),
            Token::Whitespace(_) => is_after_word,
            _ => false,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::sql;

    /// Without a limit this would not end.
    #[test]
    fn a_mistake_inside_of_nested_calls_is_found() {
        let calls = ["cast(", "array[", "substring(", "cast (floor(", "try_cast(ceil( convert(", "overlay(cast(array["];
        for call in calls {
            assert!(sql::read(&format!("select {}", call.repeat(40))).is_err());
        }
    }

    #[test]
    fn calls_may_nest_as_people_write_them() {
        let nested = format!("select {}a{} from t", "cast(trim(".repeat(5), ") as varchar)".repeat(5));
        assert!(sql::read(&nested).is_ok());
        let side_by_side = format!("select {}1 from t", "cast(a as int) + ".repeat(40));
        assert!(sql::read(&side_by_side).is_ok());
        let fault = sql::read(&format!("select {}a{} from t", "floor(".repeat(11), ")".repeat(11))).unwrap_err();
        assert_eq!((fault.at, fault.message.as_str()), (72..73, "functions nest too deep here"));
    }
}
