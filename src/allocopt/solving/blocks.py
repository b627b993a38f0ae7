"""A program taken apart by units: blocks, what they share, and the rows that couple them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.problem.axes import AxisName, Dimension
from allocopt.problem.problem import Problem
from allocopt.solving.program import Program

_REST = -1
_COUPLING = -2
_TIGHT = 1e-12
_WITH_UNITS = (AxisName.CELLS, AxisName.MARKET, AxisName.PLACEMENTS, AxisName.GROUPS)


@dataclass(frozen=True)
class Block:
    """The part of a program that belongs to one unit, or to none in particular.

    Attributes
    ----------
    rows, columns : IntArray
        Numbers in the whole program; columns of other blocks that its rows refer to are
        among them, as copies.
    own : BoolArray (columns,)
        Which columns are not copies.
    program : Program
        With coupling rows replaced by their prices.
    """

    rows: IntArray
    columns: IntArray
    own: BoolArray
    program: Program


@dataclass(frozen=True)
class Split:
    """A program in blocks.

    Attributes
    ----------
    whole : Program
    prices : FloatArray (rows,)
        Of the coupling rows, zero for others; in the sign that bounds the program.
    coupling : IntArray
        Rows that refer to columns of several units.
    people : IntArray
        Those of them that speak of people only.
    blocks : tuple of Block
        One per unit; the last one is the rest, what belongs to no unit.
    """

    whole: Program
    prices: FloatArray
    coupling: IntArray
    people: IntArray
    blocks: tuple[Block, ...]

    def asking(self, whole: BoolArray) -> "Split":
        """Return the split with whole numbers in the columns ``whole`` only."""
        return self._with(lambda block: replace(block.program, whole=whole[block.columns]))

    def holding(self, held: BoolArray, point: FloatArray) -> "Split":
        """Return the split with the columns ``held`` fixed as in ``point``."""

        def fixed(block: Block) -> Program:
            own = np.flatnonzero(held[block.columns])
            return block.program.held(own, point[block.columns[own]])

        return self._with(fixed)

    def _with(self, change: Callable[[Block], Program]) -> "Split":
        blocks = tuple(replace(block, program=change(block)) for block in self.blocks)
        return replace(self, blocks=blocks)

    @property
    def constant(self) -> float:
        """What the priced rows' bounds are worth, and the program's offset."""
        priced = np.flatnonzero(self.prices)
        sides = np.where(self.prices > 0, self.whole.row_upper, self.whole.row_lower)
        return float(self.prices[priced] @ sides[priced]) + self.whole.offset


def unit_of_labels(problem: Problem) -> Mapping[str, int]:
    """Return the number of the top-level unit that a row of an axis belongs to, by label.

    Units are those right below the root of their tree. A label that belongs to none, or to
    several, is left out.
    """
    tree = problem.trees.units
    tops = tree.roots
    while len(tops) == 1:
        tops = tuple(node for node, parent in tree.parents.items() if parent == tops[0])
    found: dict[str, int] = {}
    twice: set[str] = set()
    for name in (*_WITH_UNITS, AxisName.TARGETS):
        axis = problem.axes[name]
        for number, top in enumerate(tops):
            for row in axis.members.get(Dimension.UNITS, {}).get(top, ()):
                label = axis.labels[row]
                if found.setdefault(label, number) != number:
                    twice.add(label)
    return {label: number for label, number in found.items() if label not in twice}


def split_program(
    program: Program, problem: Problem, labels: Sequence[Any], prices: FloatArray
) -> Split:
    """Return ``program`` in blocks by unit.

    Parameters
    ----------
    program : Program
    problem : Problem
    labels : sequence, one per column
        The label of the row of an axis that the column belongs to; others say nothing.
    prices : FloatArray (rows,)
        Row duals of the relaxed program, or near to them: any prices give a bound.
    """
    units = unit_of_labels(problem)
    unit = np.array([units.get(label, _REST) for label in labels], dtype=np.int64)
    staff = set(problem.axes[AxisName.GROUPS].labels)
    on_people = np.array([label in staff for label in labels], dtype=np.bool_)
    block_of_row = _blocks_of_rows(program, unit)
    coupling = np.flatnonzero(block_of_row == _COUPLING)
    rows_people = _all_of(program, on_people)
    signed = _bounding(program, prices)
    priced = np.zeros_like(signed)
    priced[coupling] = signed[coupling]
    cost = program.cost - program.matrix.T @ priced
    blocks, copied = [], np.zeros(len(cost))
    for number in np.unique(unit[unit >= 0]):
        block = _unit_block(program, (unit, block_of_row), int(number), cost=cost, prices=signed)
        copied[block.columns[~block.own]] += block.program.cost[~block.own]
        blocks.append(block)
    rest = np.flatnonzero(unit == _REST)
    rows = np.flatnonzero(block_of_row == _REST)
    mine = program.part(rows, rest, (cost - copied)[rest])
    blocks.append(Block(rows, rest, np.ones(rest.size, dtype=np.bool_), mine))
    return Split(program, priced, coupling, coupling[rows_people[coupling]], tuple(blocks))


def _blocks_of_rows(program: Program, unit: IntArray) -> IntArray:
    """Return each row's block: that of its only unit, the rest, or none as it couples several."""
    matrix = program.matrix.tocoo()
    row, column = matrix.coords
    inside = unit[column] >= 0
    least = np.full(program.matrix.shape[0], np.iinfo(np.int64).max)
    most = np.full(program.matrix.shape[0], _REST)
    np.minimum.at(least, row[inside], unit[column[inside]])
    np.maximum.at(most, row[inside], unit[column[inside]])
    return np.where(most == _REST, _REST, np.where(least == most, most, _COUPLING))


def _all_of(program: Program, chosen: BoolArray) -> BoolArray:
    """Return which rows refer to ``chosen`` columns only."""
    ones = program.matrix.copy()
    ones.data = np.ones_like(ones.data)
    return np.asarray(ones @ (~chosen).astype(np.float64) == 0, dtype=np.bool_)


def _bounding(program: Program, prices: FloatArray) -> FloatArray:
    """Return prices without those that stand for a side the row does not have."""
    none = ((prices > 0) & ~np.isfinite(program.row_upper)) | (
        (prices < 0) & ~np.isfinite(program.row_lower)
    )
    return np.where(none | (np.abs(prices) < _TIGHT), 0.0, prices)


def _unit_block(
    program: Program,
    place: tuple[IntArray, IntArray],
    number: int,
    *,
    cost: FloatArray,
    prices: FloatArray,
) -> Block:
    """Return a unit's block; copies of others' columns cost what its own rows pay for them."""
    unit, block_of_row = place
    rows = np.flatnonzero(block_of_row == number)
    matrix = program.matrix[rows]
    columns = np.union1d(np.unique(matrix.indices), np.flatnonzero(unit == number))
    own = unit[columns] == number
    paid = matrix.T @ prices[rows]
    mine = np.where(own, cost[columns], paid[columns])
    return Block(rows, columns, own, program.part(rows, columns, mine))
