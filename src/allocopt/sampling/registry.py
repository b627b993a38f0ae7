"""Which column of random numbers belongs to which uncertain quantity, once and for all.

Columns are only ever added: a factor, a unit or a month that comes later gets columns of its own
behind all others, so that the same plan meets the same futures before and after. The registry is
part of a run's record, and a later run starts from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Self

import numpy as np

from allocopt.arrays import IntArray
from allocopt.errors import SamplingError
from allocopt.sampling.stream import Columns
from allocopt.sampling.words import key_of
from allocopt.text import T

ALL = ("",)
"""The labels of a factor that is the same for all units, or in all months."""


@dataclass(frozen=True)
class Factor:
    """A quantity that is drawn, once or for each of some units and months.

    Attributes
    ----------
    name : str
    units, months : tuple of str
        Labels, each once; `ALL` if it is drawn once for all of them.
    """

    name: str
    units: tuple[str, ...] = ALL
    months: tuple[str, ...] = ALL

    @property
    def size(self) -> int:
        """The number of its columns."""
        return len(self.units) * len(self.months)


@dataclass(frozen=True)
class Block:
    """Consecutive columns of a factor: months of the first unit, then of the second.

    Attributes
    ----------
    factor : Factor
    first : int
        Number of its first column, from 0.
    """

    factor: Factor
    first: int

    @property
    def numbers(self) -> IntArray:
        """Column numbers, (units, months)."""
        shape = (len(self.factor.units), len(self.factor.months))
        return self.first + np.arange(prod(shape), dtype=np.int64).reshape(shape)


@dataclass(frozen=True)
class Registry:
    """Blocks of columns, one behind the other.

    Attributes
    ----------
    blocks : tuple of Block
    """

    blocks: tuple[Block, ...] = field(default=())

    @property
    def size(self) -> int:
        """The number of columns."""
        return sum(block.factor.size for block in self.blocks)

    def extended(self, factors: Iterable[Factor]) -> "Registry":
        """Return a registry that also has columns for these factors.

        What has a column already keeps it. Among the new ones those with fewer columns come first:
        what all units share moves a plan more than the noise of one month, and the first columns
        of a Sobol sequence are the most even.

        Parameters
        ----------
        factors : iterable of Factor

        Raises
        ------
        SamplingError
            If a factor names a unit or a month twice.
        """
        blocks = list(self.blocks)
        end = self.size
        for factor in sorted(factors, key=lambda factor: factor.size):
            _check_labels(factor)
            known = [block.factor for block in blocks if block.factor.name == factor.name]
            for part in _missing(factor, known):
                blocks.append(Block(part, end))
                end += part.size
        return Registry(tuple(blocks))

    def columns(self, factor: Factor) -> Columns:
        """Return the columns of a factor: months of its first unit, then of the second.

        Parameters
        ----------
        factor : Factor
            Its units and months may be some of those registered, in any order.

        Raises
        ------
        SamplingError
            If the registry lacks some of them.
        """
        return Columns(self.numbers(factor).ravel(), _keys(factor))

    def numbers(self, factor: Factor) -> IntArray:
        """Return the column numbers of a factor, shape (units, months); as `columns` otherwise."""
        places = self._places.get(factor.name, {})
        wanted = [(unit, month) for unit in factor.units for month in factor.months]
        lacking = [pair for pair in wanted if pair not in places]
        if lacking:
            unit, month = lacking[0]
            raise SamplingError(
                T(
                    "no column of random numbers for {name}, unit '{unit}', month '{month}'",
                    name=factor.name,
                    unit=unit,
                    month=month,
                )
            )
        found = np.array([places[pair] for pair in wanted], dtype=np.int64)
        return found.reshape(len(factor.units), len(factor.months))

    @cached_property
    def _places(self) -> dict[str, dict[tuple[str, str], int]]:
        places: dict[str, dict[tuple[str, str], int]] = {}
        for block in self.blocks:
            factor = block.factor
            pairs = ((unit, month) for unit in factor.units for month in factor.months)
            own = places.setdefault(factor.name, {})
            own.update(zip(pairs, block.numbers.ravel().tolist(), strict=True))
        return places

    def to_record(self) -> list[dict[str, object]]:
        """Return plain values for JSON, one mapping per block."""
        return [
            {
                "factor": block.factor.name,
                "first": block.first,
                "units": list(block.factor.units),
                "months": list(block.factor.months),
            }
            for block in self.blocks
        ]

    @classmethod
    def from_record(cls, record: Sequence[Mapping[str, object]]) -> Self:
        """Return the registry that `to_record` wrote.

        Parameters
        ----------
        record : sequence of mappings

        Raises
        ------
        SamplingError
            If the record is not one of a registry, or its blocks do not follow each other.
        """
        blocks = tuple(_block(row) for row in record)
        ends = np.cumsum([0, *(block.factor.size for block in blocks)])
        for block, end in zip(blocks, ends.tolist(), strict=False):
            if block.first != end:
                raise SamplingError(
                    T(
                        "the columns of {name} start at {found}; {expected} was expected",
                        name=block.factor.name,
                        found=block.first,
                        expected=end,
                    )
                )
        return cls(blocks)


def _keys(factor: Factor) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    pairs = ((unit, month) for unit in factor.units for month in factor.months)
    return np.array([key_of(factor.name, *pair) for pair in pairs], dtype=np.uint64)


def _block(row: Mapping[str, object]) -> Block:
    match row:
        case {
            "factor": str(name),
            "first": int(first),
            "units": list(units),
            "months": list(months),
        }:
            factor = Factor(name, tuple(map(str, units)), tuple(map(str, months)))
        case _:
            raise SamplingError(
                T(
                    "a block of random columns has factor, first, units and months, not {found}",
                    found=", ".join(map(str, row)),
                )
            )
    _check_labels(factor)
    return Block(factor, first)


def _check_labels(factor: Factor) -> None:
    for labels in (factor.units, factor.months):
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            raise SamplingError(
                T("{name} names '{label}' twice", name=factor.name, label=twice[0]), factor.name
            )


def _missing(factor: Factor, known: Sequence[Factor]) -> list[Factor]:
    """Return the parts of ``factor`` that none of the known ones has, as rectangles."""
    held = {(unit, month) for part in known for unit in part.units for month in part.months}
    rows: dict[tuple[str, ...], list[str]] = {}
    for unit in factor.units:
        months = tuple(month for month in factor.months if (unit, month) not in held)
        if months:
            rows.setdefault(months, []).append(unit)
    return [Factor(factor.name, tuple(units), months) for months, units in rows.items()]
