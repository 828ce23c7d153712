//! The functions and the tests.

use super::Argument::Number;
use super::{Argument, Function, Kind, Param, Returns, Subject, may, need};

const ANY: &[Subject] = &[Subject::Any];
const NUMBER: &[Subject] = &[Subject::Number];

const fn function(
    name: &'static str,
    params: &'static [Param],
    returns: Returns,
    doc: &'static str,
    example: (&'static str, &'static str),
) -> Function {
    Function { name, kind: Kind::Function, subjects: &[], params, returns, doc, example }
}

const fn test(
    name: &'static str,
    subjects: &'static [Subject],
    params: &'static [Param],
    doc: &'static str,
    example: (&'static str, &'static str),
) -> Function {
    Function { name, kind: Kind::Test, subjects, params, returns: Returns::Bool, doc, example }
}

/// `now()` and `today()` are references, as they change with each run: they are no rows of this table.
pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "days",
        &[need("count", Argument::Int)],
        Returns::Period,
        "So many days, to be added to a date or taken from one.",
        ("today() - days(7)", "2024-05-08"),
    ),
    function(
        "hours",
        &[need("count", Argument::Int)],
        Returns::Period,
        "So many hours, to be added to a datetime or taken from one.",
        ("now() + hours(2)", "2024-05-15 16:30:00"),
    ),
    function(
        "months",
        &[need("count", Argument::Int)],
        Returns::Period,
        "So many months; a day that the month does not have becomes its last one.",
        ("today() - months(1)", "2024-04-15"),
    ),
    function(
        "years",
        &[need("count", Argument::Int)],
        Returns::Period,
        "So many years.",
        ("today() + years(1)", "2025-05-15"),
    ),
    function(
        "range",
        &[need("start", Argument::Int), may("stop", Argument::Int), may("step", Argument::Int)],
        Returns::ListOfInt,
        "The whole numbers from `start`, or 0 if it stands alone, up to, not including, `stop`.",
        ("range(1, 4) | join", "1, 2, 3"),
    ),
    test("none", ANY, &[], "Whether it is null.", ("none is none", "true")),
    test("defined", ANY, &[], "Whether it is not null.", ("1 is defined", "true")),
    test("undefined", ANY, &[], "Whether it is null.", ("1 is undefined", "false")),
    test("number", ANY, &[], "Whether it is a number.", ("1.5 is number", "true")),
    test("integer", ANY, &[], "Whether it is an int.", ("1.5 is integer", "false")),
    test("float", ANY, &[], "Whether it is a float.", ("1.5 is float", "true")),
    test("string", ANY, &[], "Whether it is text.", ("'a' is string", "true")),
    test("boolean", ANY, &[], "Whether it is a bool.", ("true is boolean", "true")),
    test("odd", NUMBER, &[], "Whether it is an odd number.", ("3 is odd", "true")),
    test("even", NUMBER, &[], "Whether it is an even number.", ("3 is even", "false")),
    test(
        "divisibleby",
        NUMBER,
        &[need("divisor", Number)],
        "Whether nothing remains of a division.",
        ("9 is divisibleby(3)", "true"),
    ),
];
