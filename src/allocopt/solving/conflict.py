"""Which named lines clash when no plan keeps them all."""

from collections.abc import Callable
from dataclasses import replace

from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces
from allocopt.declare.rows import PyomoObject
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind
from allocopt.solving.outcome import Outcome

_PRICE = 1e4
"""元 per unit of shortfall: far above what a line's unit is worth, so that few lines give way."""


def conflicting_lines(
    problem: Problem,
    pieces: Pieces,
    build: Callable[[Problem, Pieces], PyomoObject],
    solve: Callable[[PyomoObject, str], Outcome],
) -> tuple[str, ...]:
    """Return the names of hard lines that must give way for a plan to exist.

    Every hard line may fall short at a price (elastic program, Chinneck and Dravnieks
    1991); those that do are in conflict with the rest. Empty where the conflict lies in
    other limits: bounds of spend, staff or targets.

    Parameters
    ----------
    problem : Problem
    pieces : Pieces
    build, solve : callables of the running search
    """
    elastic = replace(
        problem,
        lines=tuple(
            line.model_copy(update={"kind": LineKind.SOFT, "price": _PRICE})
            if line.kind is LineKind.HARD
            else line
            for line in problem.lines
        ),
    )
    model = build(elastic, pieces)
    if not solve(model, "conflict").has_plan:
        return ()
    decisions = exposed_decisions(model)
    numbers = Decisions(**{name: part.clip(min=0.0) for name, part in vars(decisions).items()})
    results = judge_lines(problem, compile_lines(problem), evaluate(problem, numbers))
    return tuple(
        result.line.name
        for result in results
        if result.line.kind is LineKind.HARD
        and result.shortfall > 1e-6 * max(abs(result.rhs), abs(result.lhs), 1.0)
    )
