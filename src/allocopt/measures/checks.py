"""Checks of a scenario that need the expression language: lines, goals, targets."""

from collections.abc import Iterator

from allocopt.errors import AllocoptError, BoundError
from allocopt.findings import Severity
from allocopt.measures.attainment import attaining_term
from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import compile_line
from allocopt.problem import Problem, build_problem
from allocopt.problem.axes import Selection
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.text import T

_HINT = T("see the list of measures and filters in docs/scenario.md")


def check_expressions(schema: ScenarioSchema) -> Iterator[PathFinding]:
    """Yield what is wrong with the expressions of lines, goals and targets.

    Nothing is said while the parts they speak of (trees, cells, curves) are themselves
    wrong: those findings come first.
    """
    try:
        problem = build_problem(schema)
    except (AllocoptError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return
    yield from _check_lines(schema, problem)
    yield from _check_targets(schema, problem)
    for number, goal in enumerate(schema.objective.goals):
        path = f"objective.goals.{number}.expression"
        try:
            expression = parse_expression(goal.expression, problem.axes, Selection())
        except AllocoptError as error:
            yield PathFinding(Severity.ERROR, path, error.text, _HINT)
            continue
        if expression.denominator is not None:
            yield PathFinding(
                Severity.ERROR, path, T("a goal cannot be a ratio"), T("aim at a sum instead")
            )


def _check_lines(schema: ScenarioSchema, problem: Problem) -> Iterator[PathFinding]:
    for spec in schema.lines:
        try:
            compile_line(problem, spec)
        except BoundError as error:
            path = f"lines.{spec.id}.{error.field}"
            hint = T("correct the bound, or the expression")
            yield PathFinding(Severity.ERROR, path, error.text, hint)
        except AllocoptError as error:
            yield PathFinding(Severity.ERROR, f"lines.{spec.id}.expression", error.text, _HINT)


def _check_targets(schema: ScenarioSchema, problem: Problem) -> Iterator[PathFinding]:
    for spec in schema.targets:
        try:
            attaining_term(problem, spec)
        except AllocoptError as error:
            yield PathFinding(Severity.ERROR, f"targets.{spec.id}.measure", error.text, _HINT)
