"""Columns of random numbers, given out so that nothing that is added moves what was there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from allocopt.sampling.registry import Factor, Registry
from allocopt.sampling.stream import Columns


@dataclass(frozen=True)
class DrawnColumns:
    """Who has which column of a stream.

    Drivers have the even columns and shocks (events, common factors) the odd ones, each in file
    order: one more at the end of either moves neither.

    Attributes
    ----------
    drivers, shocks : Registry
    """

    drivers: Registry = field(default_factory=Registry)
    shocks: Registry = field(default_factory=Registry)

    def extended(self, drivers: Iterable[Factor], shocks: Iterable[Factor]) -> Self:
        """Return the columns with those of further factors; what has columns keeps them."""
        return type(self)(_one_by_one(self.drivers, drivers), _one_by_one(self.shocks, shocks))

    def of_drivers(self, factors: Sequence[Factor]) -> Columns:
        """Return the columns of drivers, in their order."""
        found = Columns.joined([self.drivers.columns(factor) for factor in factors])
        return Columns(2 * found.numbers, found.keys)

    def of_shocks(self, factors: Sequence[Factor]) -> Columns:
        """Return the columns of shocks, in their order."""
        found = Columns.joined([self.shocks.columns(factor) for factor in factors])
        return Columns(2 * found.numbers + 1, found.keys)

    def to_record(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {"drivers": self.drivers.to_record(), "shocks": self.shocks.to_record()}

    @classmethod
    def from_record(cls, record: Mapping[str, Sequence[Mapping[str, object]]]) -> Self:
        """Return the columns that `to_record` wrote.

        Raises
        ------
        SamplingError
            If the record is not one of columns.
        """
        found = (Registry.from_record(record[name]) for name in ("drivers", "shocks"))
        return cls(*found)


def _one_by_one(registry: Registry, factors: Iterable[Factor]) -> Registry:
    """Return the registry with factors added in the given order, not by their size."""
    for factor in factors:
        registry = registry.extended([factor])
    return registry


def free_columns(factors: Sequence[Factor]) -> Columns:
    """Return columns of a stream that tells columns by their names alone."""
    registry = Registry().extended(factors)
    return Columns.joined([registry.columns(factor) for factor in factors])
