"""Plans in common futures: what k plans cost beside k stress tests, and what pairing is worth.

    python benchmarks/comparing.py

Plans are today's with the spend times a factor. CPU time of one thread, best of three runs.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from curve_instances import say

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.measures.decisions import current_decisions
from allocopt.plan.plan import Plan
from allocopt.sampling.sobol import SobolStream
from allocopt.simulation.comparison import Contender, compared
from allocopt.simulation.draws import compile_unknowns
from allocopt.simulation.outcomes import Outcomes, Play, play_of, played, played_together
from allocopt.simulation.sample import extended_together, nothing
from allocopt.simulation.stress import StressOptions, stressed
from allocopt.simulation.summary import worth
from allocopt.solving.candidate import judge_decisions
from allocopt.solving.options import SolveOptions
from allocopt.statistics.estimate import estimate
from allocopt.strategies import Brief
from allocopt.strategies.complete import given_plan
from allocopt.text import T
from allocopt.workflow.plans import prepare

ROWS = range(1024)
PLANS = (2, 4, 8)
REPLICATES = 16


def plays_of(name: str, count: int) -> list[Play]:
    """Return today's plan of a scenario with the spend times 0.8 to 1.2."""
    problem = prepare(ao.load_scenario(name)).problem
    unknowns, today = compile_unknowns(problem), current_decisions(problem)
    factors = np.linspace(0.8, 1.2, count)
    return [
        play_of(problem, replace(today, spend=today.spend * factor), unknowns) for factor in factors
    ]


def seconds(call: Callable[[], object]) -> float:
    """Return the CPU time of a call."""
    best = np.inf
    for _ in range(3):
        since = time.process_time()
        call()
        best = min(best, time.process_time() - since)
    return float(best)


def cost(name: str) -> None:
    """Print milliseconds a draw of plans together and one by one."""
    for count in PLANS:
        plays, stream = plays_of(name, count), SobolStream(1)
        together = seconds(lambda p=plays, s=stream: played_together(p, s, 0, ROWS))
        alone = seconds(lambda p=plays, s=stream: [played(one, s, 0, ROWS) for one in p])
        each = 1e3 / len(ROWS)
        say(name, count, f"{alone * each:.3f}", f"{together * each:.3f}", f"{together / alone:.2f}")


def whole(name: str) -> None:
    """Print seconds of whole stress tests, one by one, and of one comparison."""
    task = prepare(ao.load_scenario(name))
    brief = Brief(task.scenario, task.problem, task.formulation, SolveOptions())
    options = StressOptions(most_draws=2 * REPLICATES * 256)
    for count in PLANS:
        plays = plays_of(name, count)
        contenders = [
            Contender(f"plan {k}", T("a plan"), _plan(brief, play)) for k, play in enumerate(plays)
        ]
        alone = seconds(lambda p=plays: [stressed(play, options) for play in p])
        together = seconds(lambda p=plays, c=contenders: compared(c, p, options))
        say(name, count, f"{alone:.2f}", f"{together:.2f}", f"{together / alone:.2f}")


def _plan(brief: Brief, play: Play) -> Plan:
    decisions = replace(
        current_decisions(brief.problem), spend=np.ascontiguousarray(play.decisions.spend)
    )
    judged = judge_decisions(brief.problem, decisions, decides=brief.formulation.decides)
    return given_plan(brief, brief.formulation, judged, remarks=(), seconds=0.0)


def pairing(name: str) -> None:
    """Print half-widths of a mean and of a difference, in the same and in other futures."""
    plays = plays_of(name, 2)
    first, second = (worth(play, one) for play, one in zip(plays, _outcomes(plays, 1), strict=True))
    other = worth(plays[1], _outcomes(plays, 2)[1])
    mean = estimate(first.mean(axis=1)).half_width
    paired = estimate((first - second).mean(axis=1)).half_width
    apart = estimate((first - other).mean(axis=1)).half_width
    draws = [_plain(values) for values in (first - second, first - other)]
    say(name, f"{mean:.3g}", f"{apart:.3g}", f"{paired:.3g}", f"{(draws[1] / draws[0]):.0f}")


def _plain(values: FloatArray) -> float:
    """Return the variance of a draw: as many more are needed of independent ones."""
    return float(values.var())


def _outcomes(plays: list[Play], seed: int) -> tuple[Outcomes, ...]:
    empty = [nothing(play, REPLICATES) for play in plays]
    return extended_together(plays, SobolStream(seed), empty, 128)


if __name__ == "__main__":
    say("scenario", "plans", "ms a draw, alone", "together", "ratio")
    for scenario in ("media_mix", "noodle_fmcg", "telecom_city"):
        cost(scenario)
    say("scenario", "plans", "stress tests, s", "comparison", "ratio")
    for scenario in ("media_mix", "noodle_fmcg", "telecom_city"):
        whole(scenario)
    say("scenario", "half-width, mean", "unpaired", "paired", "variance ratio")
    for scenario in ("media_mix", "noodle_fmcg", "telecom_city"):
        pairing(scenario)
