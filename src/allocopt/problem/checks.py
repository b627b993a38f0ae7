"""Checks of a scenario that need curves or trees: curve parameters and menus."""

from collections.abc import Iterator, Mapping

from allocopt.curves import FAMILIES, Curve, check_parameters
from allocopt.errors import CurveError
from allocopt.findings import Severity
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.schema.levers import CurveSpec
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.text import T


def check_curves(
    schema: ScenarioSchema, families: Mapping[str, type[Curve]] = FAMILIES
) -> Iterator[PathFinding]:
    """Yield what is wrong with the curves of placements and with shared curves."""
    for row in schema.placements:
        if row.curve is not None:
            yield from _check_curve(row.curve, f"placements.{row.id}.curve", families)
    for named in schema.curves:
        yield from _check_curve(named.curve, f"curves.{named.id}.curve", families)


def _check_curve(
    spec: CurveSpec, path: str, families: Mapping[str, type[Curve]]
) -> Iterator[PathFinding]:
    hint = T("see `allocopt curves` for families, parameters and ranges")
    try:
        problems = check_parameters(spec.family, spec.model_extra or {}, families)
    except CurveError as error:
        yield PathFinding(Severity.ERROR, f"{path}.family", error.text, hint)
        return
    for parameter, text in problems:
        place = f"{path}.{parameter}" if parameter in (spec.model_extra or {}) else path
        yield PathFinding(Severity.ERROR, place, text, hint)
