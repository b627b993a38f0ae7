"""The expression language of lines and goals.

Measures, numbers, ``+ - * /`` and brackets; a measure may be filtered as in
``revenue(products="mobile", weight="bundle")``. Text is parsed with `ast` against a
whitelist and becomes a linear form, or the ratio of two. Nothing is ever evaluated.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from allocopt.errors import UsageError
from allocopt.measures.catalog import DERIVED, MEASURES, Measure, UnitKind
from allocopt.problem.axes import Axis, AxisName, Dimension, Selection
from allocopt.text import T


@dataclass(frozen=True)
class Term:
    """``coefficient`` times the sum of a measure over a selection."""

    coefficient: float
    measure: Measure
    selection: Selection


@dataclass(frozen=True)
class LinearForm:
    """Sum of terms and a constant.

    Attributes
    ----------
    terms : tuple of Term
    constant : float
    """

    terms: tuple[Term, ...]
    constant: float = 0.0

    def scaled(self, factor: float) -> "LinearForm":
        """Return the form times ``factor``."""
        terms = tuple(Term(factor * t.coefficient, t.measure, t.selection) for t in self.terms)
        return LinearForm(terms, factor * self.constant)

    def plus(self, other: "LinearForm") -> "LinearForm":
        """Return the sum of both forms."""
        return LinearForm(self.terms + other.terms, self.constant + other.constant)

    def units(self) -> frozenset[UnitKind]:
        """Return what the terms count."""
        return frozenset(term.measure.unit for term in self.terms)


@dataclass(frozen=True)
class Expression:
    """A linear form, or the ratio of two.

    Attributes
    ----------
    numerator : LinearForm
    denominator : LinearForm or None
    """

    numerator: LinearForm
    denominator: LinearForm | None = None


_KEYWORDS = {str(dimension): dimension for dimension in Dimension}


def parse_expression(text: str, axes: Mapping[AxisName, Axis], scope: Selection) -> Expression:
    """Return the meaning of ``text``.

    Parameters
    ----------
    text : str
    axes : mapping AxisName -> Axis
        Against which names and filters are checked.
    scope : Selection
        Added to the filter of every measure.

    Raises
    ------
    UsageError
        With the first thing that is wrong: syntax, unknown measure, filter or member,
        products of measures, more than one division.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise UsageError(T("{text} is not an expression", text=text)) from error
    try:
        return _Reader(text, axes, scope).read(tree.body)
    except RecursionError as error:
        raise UsageError(T("{text} is nested too deeply", text=text)) from error


@dataclass(frozen=True)
class _Reader:
    text: str
    axes: Mapping[AxisName, Axis]
    scope: Selection

    def read(self, node: ast.expr) -> Expression:
        if isinstance(node, ast.BinOp):
            return self._combine(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            inner = self.read(node.operand)
            sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
            return Expression(inner.numerator.scaled(sign), inner.denominator)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return Expression(LinearForm((), self._number(node.value)))
        if isinstance(node, ast.Name):
            return Expression(self._measure(node.id, {}, None))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return Expression(self._call(node.func.id, node))
        raise UsageError(T("{part} cannot stand in an expression", part=self._source(node)))

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text.strip(), node) or self.text

    def _number(self, found: object) -> float:
        value = float(str(found)) if len(str(found)) < 40 else float("inf")
        if value in (float("inf"), float("-inf")):
            raise UsageError(T("{found} is not a finite number", found=str(found)[:40]))
        return value

    def _combine(self, node: ast.BinOp) -> Expression:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return self._add(left, right, 1.0 if isinstance(node.op, ast.Add) else -1.0)
        if isinstance(node.op, ast.Mult):
            return self._multiply(left, right, node)
        if isinstance(node.op, ast.Div):
            return self._divide(left, right, node)
        raise UsageError(T("{part} cannot stand in an expression", part=self._source(node)))

    def _add(self, left: Expression, right: Expression, sign: float) -> Expression:
        if left.denominator is not None or right.denominator is not None:
            raise UsageError(
                T("{text}: a ratio stands alone, nothing is added to it", text=self.text)
            )
        return Expression(left.numerator.plus(right.numerator.scaled(sign)))

    def _multiply(self, left: Expression, right: Expression, node: ast.BinOp) -> Expression:
        for constant, other in ((left, right), (right, left)):
            if not constant.numerator.terms and constant.denominator is None:
                scaled = other.numerator.scaled(constant.numerator.constant)
                return Expression(scaled, other.denominator)
        raise UsageError(T("{part}: two measures cannot be multiplied", part=self._source(node)))

    def _divide(self, left: Expression, right: Expression, node: ast.BinOp) -> Expression:
        if left.denominator is not None or right.denominator is not None:
            raise UsageError(T("{part}: only one division of measures", part=self._source(node)))
        if right.numerator.terms:
            return Expression(left.numerator, right.numerator)
        if right.numerator.constant == 0:
            raise UsageError(T("{part} divides by zero", part=self._source(node)))
        return Expression(left.numerator.scaled(1.0 / right.numerator.constant))

    def _call(self, name: str, node: ast.Call) -> LinearForm:
        if node.args:
            raise UsageError(
                T(
                    '{part}: filters are written as units="...", products="..."',
                    part=self._source(node),
                )
            )
        filters: dict[Dimension, tuple[str, ...]] = {}
        weight = None
        for keyword in node.keywords:
            values = self._strings(keyword.value)
            if keyword.arg == "weight":
                weight = values[0]
            elif keyword.arg in _KEYWORDS:
                filters[_KEYWORDS[keyword.arg]] = values
            else:
                known = ", ".join([*_KEYWORDS, "weight"])
                raise UsageError(
                    T("{found} is not a filter; known are {known}", found=keyword.arg, known=known)
                )
        return self._measure(name, filters, weight)

    def _strings(self, node: ast.expr) -> tuple[str, ...]:
        items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
        names = tuple(
            item.value
            for item in items
            if isinstance(item, ast.Constant) and isinstance(item.value, str)
        )
        if len(names) != len(items) or not names:
            raise UsageError(T("{part} is not a name in quotes or a list", part=self._source(node)))
        return names

    def _measure(
        self, name: str, filters: Mapping[Dimension, tuple[str, ...]], weight: str | None
    ) -> LinearForm:
        parts = DERIVED[name].parts if name in DERIVED else ((1.0, name),)
        return LinearForm(
            tuple(self._term(factor, part, filters, weight) for factor, part in parts)
        )

    def _term(
        self,
        factor: float,
        name: str,
        filters: Mapping[Dimension, tuple[str, ...]],
        weight: str | None,
    ) -> Term:
        measure = MEASURES.get(name)
        if measure is None:
            raise _unknown(T("measure"), name, [*MEASURES, *DERIVED])
        axis = self.axes[measure.axis]
        own = Selection.of(filters, weight)
        merged = Selection(tuple(dict.fromkeys((*self.scope.names, *own.names))), weight)
        self._check(measure, axis, merged)
        return Term(factor, measure, merged)

    def _check(self, measure: Measure, axis: Axis, selection: Selection) -> None:
        for dimension, names in selection.names:
            if not axis.knows(dimension):
                raise UsageError(
                    T(
                        "{measure} is not counted by {dimension}",
                        measure=measure.name,
                        dimension=str(dimension),
                    )
                )
            for name in names:
                if name not in axis.members[dimension]:
                    raise _unknown(
                        T("member of {dimension}", dimension=str(dimension)),
                        name,
                        [*axis.members[dimension]],
                    )
        if selection.weight is not None and selection.weight not in axis.weights:
            raise _unknown(T("factor of the cells"), selection.weight, [*axis.weights])


def _unknown(kind: object, found: str, known: list[str]) -> UsageError:
    near = get_close_matches(found, known, n=1)
    if near:
        return UsageError(
            T(
                "{found} is not a known {kind}; did you mean {near}?",
                found=found,
                kind=kind,
                near=near[0],
            )
        )
    return UsageError(
        T(
            "{found} is not a known {kind}; known are {known}",
            found=found,
            kind=kind,
            known=", ".join(known[:12]) or "-",
        )
    )
