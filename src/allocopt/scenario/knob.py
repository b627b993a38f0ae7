"""A single number of a scenario that is varied: where it stands and how it is written."""

from dataclasses import dataclass
from enum import IntEnum

from pydantic_core import PydanticCustomError

from allocopt.errors import UsageError
from allocopt.scenario.quantities import MoneyUnit, Quantity, QuantityKind, parse_quantity
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.tree import Leaf, Node, child
from allocopt.text import T

_LINES = "lines"


class Easing(IntEnum):
    """In which direction a number loosens what it limits."""

    UP = 1
    DOWN = -1
    UNKNOWN = 0


_EASING = {"at_most": Easing.UP, "at_least": Easing.DOWN}


@dataclass(frozen=True)
class Knob:
    """A number of a scenario and the unit it is written in.

    Attributes
    ----------
    path : str
        Dotted, rows by identifier, such as ``lines.budget.at_most``.
    kind : QuantityKind
    sign : str
        The unit as it is written: 万元, %, pp, or nothing.
    scale : float
        Base units (元, shares of 1) per unit as written.
    line : str or None
        The line whose bound it is.
    easing : Easing
    """

    path: str
    kind: QuantityKind
    sign: str
    scale: float
    line: str | None
    easing: Easing

    def override(self, value: float) -> str:
        """Return the text that sets the number to ``value``, in base units."""
        return f"{self.path}={value / self.scale:.12g} {self.sign}".rstrip()


def knob_of(scenario: Scenario, path: str, ends: tuple[float | str, ...]) -> Knob:
    """Return the number at ``path``; its unit is that of the scenario, or else of ``ends``.

    Parameters
    ----------
    scenario : Scenario
    path : str
    ends : tuple of float or str
        Values that it is to take, as written.

    Raises
    ------
    UsageError
        If no number stands there and none of the ends has a unit, or theirs is another one.
    """
    parts = path.split(".")
    found = _written(scenario, parts)
    samples = [found, *ends] if found is not None else list(ends)
    units = {_unit(sample, path) for sample in samples if isinstance(sample, str)}
    units = {unit for unit in units if unit[0] is not QuantityKind.NUMBER} or {
        (QuantityKind.NUMBER, "", 1.0)
    }
    kinds = {kind for kind, _, _ in units}
    if len(kinds) > 1:
        raise UsageError(
            T(
                "{path}: {kinds} were given; one kind of number is expected",
                path=path,
                kinds=", ".join(sorted(str(kind) for kind in kinds)),
            )
        )
    own = _unit(found, path) if isinstance(found, str) else None
    kind, sign, scale = own if own in units else max(units, key=lambda unit: unit[2])
    on_line = len(parts) == 3 and parts[0] == _LINES
    easing = _EASING.get(parts[2], Easing.UNKNOWN) if on_line else Easing.UNKNOWN
    return Knob(path, kind, sign, scale, parts[1] if on_line else None, easing)


def value_of(knob: Knob, written: float | str) -> float:
    """Return a number as written in base units; bare numbers count in the knob's own unit.

    Raises
    ------
    UsageError
    """
    if isinstance(written, str):
        quantity = _quantity(written, knob.path)
        if quantity.kind is not QuantityKind.NUMBER:
            return quantity.value
        return quantity.value * knob.scale
    return float(written) * knob.scale


def _written(scenario: Scenario, parts: list[str]) -> float | str | None:
    """Return what stands at a path, as it is written; None where nothing does."""
    node: Node = scenario.root
    for name in parts:
        inner = child(node, name)
        if inner is None:
            return None
        node = inner
    value = node.value if isinstance(node, Leaf) else None
    return value if isinstance(value, int | float | str) else None


def _quantity(text: str, path: str) -> Quantity:
    try:
        return parse_quantity(text)
    except PydanticCustomError as error:
        raise UsageError(
            T(
                "{path}: {found} is not a number; write it as in 2400, '2400 万元' or '18 %'",
                path=path,
                found=text,
            )
        ) from error


def _unit(text: str, path: str) -> tuple[QuantityKind, str, float]:
    """Return the kind of a number as written, its unit's sign and what that is in base units."""
    kind = _quantity(text, path).kind
    if kind is QuantityKind.MONEY:
        unit = next(one for one in sorted(MoneyUnit, key=len, reverse=True) if text.endswith(one))
        return kind, str(unit), float(unit.yuan)
    if kind is QuantityKind.NUMBER:
        return kind, "", 1.0
    return kind, "%" if kind is QuantityKind.SHARE else "pp", 0.01
