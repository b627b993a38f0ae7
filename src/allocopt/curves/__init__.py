"""Response curves: the volume that effort brings, one family per file.

`FAMILIES` is the one list of families; whoever has more of them passes a mapping of their own
to `family_named`, `make_curve` and `check_parameters`.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from numpy.typing import ArrayLike

from allocopt.curves.adbudg import Adbudg
from allocopt.curves.bank import CurveBank
from allocopt.curves.base import Curve, CurveShape, raise_first
from allocopt.curves.gompertz import Gompertz
from allocopt.curves.hill import Hill
from allocopt.curves.linear import Linear
from allocopt.curves.logarithmic import Logarithmic
from allocopt.curves.logistic import Logistic
from allocopt.curves.menu import Menu
from allocopt.curves.michaelis_menten import MichaelisMenten
from allocopt.curves.modified_exponential import ModifiedExponential
from allocopt.curves.parameters import Parameter, Problem
from allocopt.curves.power import Power
from allocopt.curves.segments import Breakpoints, breakpoints
from allocopt.curves.square_root import SquareRoot
from allocopt.curves.table import Table
from allocopt.curves.threshold_saturation import ThresholdSaturation
from allocopt.errors import CurveError
from allocopt.text import T

__all__ = [
    "FAMILIES",
    "Adbudg",
    "Breakpoints",
    "Curve",
    "CurveBank",
    "CurveShape",
    "Gompertz",
    "Hill",
    "Linear",
    "Logarithmic",
    "Logistic",
    "Menu",
    "MichaelisMenten",
    "ModifiedExponential",
    "Parameter",
    "Power",
    "Problem",
    "SquareRoot",
    "Table",
    "ThresholdSaturation",
    "breakpoints",
    "check_parameters",
    "family_named",
    "make_curve",
]

FAMILIES: Mapping[str, type[Curve]] = MappingProxyType(
    {
        family.family: family
        for family in (
            Linear,
            Power,
            Logarithmic,
            ModifiedExponential,
            MichaelisMenten,
            SquareRoot,
            Hill,
            Adbudg,
            Logistic,
            Gompertz,
            ThresholdSaturation,
            Table,
            Menu,
        )
    }
)


def family_named(name: str, families: Mapping[str, type[Curve]] = FAMILIES) -> type[Curve]:
    """Return the family called ``name``.

    Parameters
    ----------
    name : str
    families : mapping from names to classes

    Raises
    ------
    CurveError
        If there is none; the message suggests the nearest name, or lists all.
    """
    if name in families:
        return families[name]
    near = get_close_matches(name, families, n=1)
    if near:
        raise CurveError(
            T("there is no curve family {name}; did you mean {near}?", name=name, near=near[0])
        )
    listed = ", ".join(families)
    raise CurveError(
        T("there is no curve family {name}; there are {known}", name=name, known=listed)
    )


def check_parameters(
    family: str, parameters: Mapping[str, object], families: Mapping[str, type[Curve]] = FAMILIES
) -> list[Problem]:
    """Return everything that is wrong with a curve's parameters, as (parameter name, text).

    Parameters
    ----------
    family : str
    parameters : mapping from parameter names to numbers or sequences
    families : mapping from names to classes

    Raises
    ------
    CurveError
        If there is no such family.
    """
    return family_named(family, families).check(parameters)


def make_curve(
    family: str,
    parameters: Mapping[str, ArrayLike],
    families: Mapping[str, type[Curve]] = FAMILIES,
) -> Curve:
    """Return a curve of the family with these parameters.

    Parameters
    ----------
    family : str
    parameters : mapping from parameter names to numbers or sequences
    families : mapping from names to classes

    Raises
    ------
    CurveError
        If there is no such family, or `check_parameters` finds anything; the message is the
        first finding and the number of the others.
    """
    kind = family_named(family, families)
    raise_first(kind.check(parameters))
    return kind(*(parameters[parameter.name] for parameter in kind.parameters))
