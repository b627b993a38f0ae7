"""The expression language: what it means, and what it refuses."""

import ast
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import cell, problem_of, row

from allocopt.errors import UsageError
from allocopt.measures.expressions import Expression, parse_expression
from allocopt.problem.axes import Dimension, Selection

PROBLEM = problem_of(
    {
        "units": [row("city"), row("x", {"parent": "city"}), row("y", {"parent": "city"})],
        "products": [row("all"), row("p", {"parent": "all"}), row("q", {"parent": "all"})],
        "cells": [
            cell("a", {"unit": "x", "weight": {"w": 2}}),
            cell("b", {"unit": "y", "product": "q"}),
        ],
        "levers": [row("l", {"expense": "budget"})],
        "placements": [
            row(
                "m",
                {"lever": "l", "units": "x", "curve": {"family": "linear", "rate": 1}, "upper": 1},
            )
        ],
    }
)


def parsed(text: str, scope: Selection | None = None) -> Expression:
    return parse_expression(text, PROBLEM.axes, scope or Selection())


def written(expression: Expression) -> list[tuple[float, str]]:
    return [(term.coefficient, term.measure.name) for term in expression.numerator.terms]


@pytest.mark.parametrize(
    ("text", "terms", "constant"),
    [
        ("revenue", [(1, "revenue")], 0),
        ("2 * revenue - expense / 4 + 3", [(2, "revenue"), (-0.25, "expense")], 3),
        ("-(revenue - 2)", [(-1, "revenue")], 2),
        ("(1 + 2) * (revenue + 1) * 2", [(6, "revenue")], 6),
        ("revenue + revenue", [(1, "revenue"), (1, "revenue")], 0),
        ("contribution", [(1, "revenue"), (-1, "cost_of_sales"), (-1, "expense")], 0),
        ("1.5e3", [], 1_500),
    ],
)
def test_linear_forms(text: str, terms: list[tuple[float, str]], constant: float) -> None:
    expression = parsed(text)
    assert written(expression) == terms
    assert expression.numerator.constant == constant
    assert expression.denominator is None


def test_one_division_makes_a_ratio() -> None:
    expression = parsed("100 * (expense - 1) / (revenue + gross_adds)")
    assert written(expression) == [(100, "expense")]
    assert expression.numerator.constant == -100
    assert expression.denominator is not None
    assert [term.measure.name for term in expression.denominator.terms] == ["revenue", "gross_adds"]


def test_filters_are_selections() -> None:
    (term,) = parsed('gross_adds(products=["q", "p"], units="city", weight="w")').numerator.terms
    assert term.selection == Selection.of(
        {Dimension.PRODUCTS: ["p", "q"], Dimension.UNITS: ["city"]}, "w"
    )
    rows = PROBLEM.axes[term.measure.axis].rows(term.selection)
    assert rows.tolist() == [2, 0]


def test_scope_and_filter_must_both_hold() -> None:
    scope = Selection.of({Dimension.UNITS: ["x"]})
    (term,) = parsed('gross_adds(units="y")', scope).numerator.terms
    assert PROBLEM.axes[term.measure.axis].rows(term.selection).tolist() == [0, 0]
    (group,) = parsed('gross_adds(products="all")', scope).numerator.terms
    assert PROBLEM.axes[group.measure.axis].rows(group.selection).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("revenu", "revenue"),
        ("gross_adds(product='p')", "product"),
        ("gross_adds(products='z')", "products"),
        ("gross_adds(levers='l')", "levers"),
        ("spend(products='p')", "products"),
        ("gross_adds(weight='v')", "w"),
        ("gross_adds('p')", "filters"),
        ("gross_adds(products=p)", "quotes"),
        ("gross_adds(products=[])", "quotes"),
        ("gross_adds(**{})", "quotes"),
        ("revenue * expense", "multiplied"),
        ("revenue / expense / heads", "division"),
        ("revenue / expense + 1", "ratio"),
        ("1 / revenue / 2", "division"),
        ("revenue / 0", "zero"),
        ("revenue ** 2", "cannot stand"),
        ("revenue if expense else heads", "cannot stand"),
        ("__import__('os').system('true')", "cannot stand"),
        ("revenue.real", "cannot stand"),
        ("'revenue'", "cannot stand"),
        ("True * revenue", "cannot stand"),
        ("revenue +", "not an expression"),
        ("1e999 * revenue", "finite"),
        ("", "not an expression"),
        ("(" * 400 + "revenue" + ")" * 400, "nest"),
    ],
)
def test_what_is_refused_says_why(text: str, word: str) -> None:
    if word == "nest":
        with pytest.raises(UsageError):
            parsed(text)
        return
    with pytest.raises(UsageError) as caught:
        parsed(text)
    assert word in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="revnugosad_012.+-*/()[]{}=,'\"\n \\&#:@é万", max_size=40))
def test_any_text_is_an_expression_or_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(parsed(text), Expression)


NUMBERS = st.integers(1, 9).map(float)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        NUMBERS.map(str) | st.just("revenue"),
        lambda inner: (
            st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
            | st.tuples(NUMBERS, inner).map(lambda t: f"({t[0]} * {t[1]})")
        ),
        max_leaves=12,
    )
)
def test_a_linear_form_is_what_arithmetic_says(text: str) -> None:
    """Put 1.75 for revenue: the coefficients must give what Python's own arithmetic gives."""
    form = parsed(text).numerator
    found = form.constant + 1.75 * sum(term.coefficient for term in form.terms)
    tree = ast.parse(text.replace("revenue", "1.75"), mode="eval")
    assert found == pytest.approx(_arithmetic(tree.body))


def _arithmetic(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        left, right = _arithmetic(node.left), _arithmetic(node.right)
        if isinstance(node.op, ast.Mult):
            return left * right
        return left + right if isinstance(node.op, ast.Add) else left - right
    assert isinstance(node, ast.Constant)
    return float(str(node.value))
