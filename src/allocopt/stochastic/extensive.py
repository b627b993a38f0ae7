"""The extensive form: one program over all futures, with the first stage in common.

    maximize   (1 - weight) * sum_s p[s] v[s] + weight * (eta - sum_s p[s] below[s] / alpha)
    with       v[s] the objective of future s,  below[s] >= eta - v[s],  below[s] >= 0

(Birge and Louveaux, Introduction to Stochastic Programming, 2nd edition 2011, section 2.4; the
conditional value at risk of the worst share alpha after Rockafellar and Uryasev 2000.)
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import block_array, coo_array, csr_array, hstack, vstack

from allocopt.allocation.risk import MeanCVaR
from allocopt.arrays import FloatArray
from allocopt.solving.program import Program
from allocopt.stochastic.chance import Chance, largest_misses
from allocopt.stochastic.two_stage import TwoStage


def extensive_form(
    stages: TwoStage, *, risk: MeanCVaR | None = None, chances: Sequence[Chance] = ()
) -> Program:
    """Return the program over all futures.

    Parameters
    ----------
    stages : TwoStage
    risk : MeanCVaR or None
        What counts beside the mean of the objective.
    chances : sequence of Chance
        Rows that need not hold in every future.

    Returns
    -------
    Program
        The columns of the first stage, then those of each future in turn, then those of the
        risk, then one per chance and future that says whether it is missed.

    Raises
    ------
    ValueError
        If a row that may be missed has columns without bounds.
    """
    program = _joined(stages)
    if risk is not None and risk.weight > 0.0:
        program = _with_risk(program, stages, risk)
    for chance in chances:
        program = _with_chance(program, stages, chance)
    return program


def own_columns(stages: TwoStage, future: int) -> slice:
    """Return where the extensive form has the columns that a future has for itself."""
    sizes = [program.cost.size - stages.first for program in stages.futures]
    begin = stages.first + sum(sizes[:future])
    return slice(begin, begin + sizes[future])


def _joined(stages: TwoStage) -> Program:
    first, futures, weights = stages.first, stages.futures, stages.weights
    pairs = list(zip(weights.tolist(), futures, strict=True))
    common = vstack([program.matrix[:, :first] for program in futures])
    own = block_array(
        [
            [program.matrix[:, first:] if i == k else None for i, program in enumerate(futures)]
            for k in range(len(futures))
        ]
    )
    return Program(
        cost=np.concatenate(
            [
                np.sum([weight * program.cost[:first] for weight, program in pairs], axis=0),
                *[weight * program.cost[first:] for weight, program in pairs],
            ]
        ),
        lower=_side_by_side(stages, [program.lower for program in futures]),
        upper=_side_by_side(stages, [program.upper for program in futures]),
        whole=_side_by_side(stages, [program.whole.astype(np.float64) for program in futures]) > 0,
        matrix=csr_array(hstack([common, own])),
        row_lower=np.concatenate([program.row_lower for program in futures]),
        row_upper=np.concatenate([program.row_upper for program in futures]),
        offset=float(sum(weight * program.offset for weight, program in pairs)),
    )


def _side_by_side(stages: TwoStage, parts: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate([parts[0][: stages.first], *[part[stages.first :] for part in parts]])


def _with_risk(program: Program, stages: TwoStage, risk: MeanCVaR) -> Program:
    """Return ``program`` with eta and how far each future is below it."""
    count, width = len(stages.futures), program.cost.size
    values = np.zeros((count, width))
    offsets = np.zeros(count)
    for number, one in enumerate(stages.futures):
        values[number, : stages.first] = one.cost[: stages.first]
        values[number, own_columns(stages, number)] = one.cost[stages.first :]
        offsets[number] = one.offset
    rows = csr_array(hstack([csr_array(values), -np.ones((count, 1)), np.eye(count)]))
    return Program(
        cost=np.concatenate(
            [
                (1.0 - risk.weight) * program.cost,
                [risk.weight],
                -risk.weight / risk.alpha * stages.weights,
            ]
        ),
        lower=np.concatenate([program.lower, [-np.inf], np.zeros(count)]),
        upper=np.concatenate([program.upper, np.full(count + 1, np.inf)]),
        whole=np.concatenate([program.whole, np.zeros(count + 1, dtype=np.bool_)]),
        matrix=csr_array(vstack([_wider(program.matrix, count + 1), rows])),
        row_lower=np.concatenate([program.row_lower, -offsets]),
        row_upper=np.concatenate([program.row_upper, np.full(count, np.inf)]),
        offset=(1.0 - risk.weight) * program.offset,
    )


def _with_chance(program: Program, stages: TwoStage, chance: Chance) -> Program:
    """Return ``program`` with a column per future that says whether the rows are missed."""
    count, height = len(stages.futures), 0
    short, above = np.zeros((2, program.row_lower.size, count))
    for number, one in enumerate(stages.futures):
        rows = height + chance.rows
        short[rows, number], above[rows, number] = largest_misses(one, chance.rows)
        height += one.row_lower.size
    # A row with bounds on both sides is two rows, so that each has room of its own.
    both = np.flatnonzero((short > 0.0).any(axis=1) & np.isfinite(program.row_upper))
    upper = program.row_upper.copy()
    upper[both] = np.inf
    taller = csr_array(vstack([program.matrix, program.matrix[both]]))
    room = np.vstack([short - np.where(short > 0.0, 0.0, above), -above[both]])
    share = csr_array(np.concatenate([np.zeros(program.cost.size), stages.weights])[None, :])
    return Program(
        cost=np.concatenate([program.cost, np.zeros(count)]),
        lower=np.concatenate([program.lower, np.zeros(count)]),
        upper=np.concatenate([program.upper, np.ones(count)]),
        whole=np.concatenate([program.whole, np.ones(count, dtype=np.bool_)]),
        matrix=csr_array(vstack([hstack([taller, csr_array(room)]), share])),
        row_lower=np.concatenate([program.row_lower, np.full(both.size + 1, -np.inf)]),
        row_upper=np.concatenate([upper, program.row_upper[both], [1.0 - chance.probability]]),
        offset=program.offset,
    )


def _wider(matrix: csr_array, columns: int) -> csr_array:
    return csr_array(hstack([matrix, coo_array((matrix.shape[0], columns))]))
