"""Designs for a sensitivity analysis, and outputs that say which design they belong to."""

import hashlib
from dataclasses import dataclass

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.text import T


@dataclass(frozen=True, eq=False)
class Outputs:
    """What a model gave for the points of a design.

    Indices computed from the rows of another design, or in another order, look like any others;
    so outputs carry the identity of their design.

    Attributes
    ----------
    identity : str
        Of the design.
    values : FloatArray
        In the shape of the design's points, without the axis of inputs.
    """

    identity: str
    values: FloatArray


def identity_of(kind: str, *parts: object) -> str:
    """Return a short text that differs for designs with other points.

    Parameters
    ----------
    kind : str
        The method and the version of its layout.
    *parts : object
        Everything that the points depend on.
    """
    text = repr((kind, *parts))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def checked_outputs(outputs: Outputs, identity: str, shape: tuple[int, ...]) -> FloatArray:
    """Return the values of outputs that belong to a design.

    Raises
    ------
    StatisticsError
        If they are of another design, of another shape, or not finite.
    """
    if outputs.identity != identity:
        raise StatisticsError(
            T(
                "the outputs belong to the design {found}, not to {expected}",
                found=outputs.identity,
                expected=identity,
            )
        )
    if outputs.values.shape != shape:
        found, expected = (" x ".join(map(str, one)) for one in (outputs.values.shape, shape))
        raise StatisticsError(
            T("outputs of shape {found}; {expected} was expected", found=found, expected=expected)
        )
    return checked_finite(outputs.values)


def checked_finite(values: FloatArray) -> FloatArray:
    """Return the values if all of them are numbers.

    Raises
    ------
    StatisticsError
    """
    bad = int((~(abs(values) < float("inf"))).sum())
    if bad:
        raise StatisticsError(
            T("{bad} of {total} outputs are not finite", bad=bad, total=values.size)
        )
    return values
