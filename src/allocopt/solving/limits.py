"""Limits of a scenario that are no lines: what they are called and where models declare them."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocopt.text import T, Text


@dataclass(frozen=True)
class Limit:
    """A family of limits that stands in one place of the scenario.

    Attributes
    ----------
    name : str
        Where the scenario states it, such as ``staff.spans``; no line has a dot in its name.
    text : Text
        What it is.
    rows : tuple of str
        What the names of its constraints begin with (`allocopt.declare`).
    bounds : tuple of str
        Variables whose bounds belong to it.
    pieces : tuple of str
        Variables that are free below zero as well without it.
    restated : bool
        Its constraints say the same as the bounds of its variables.
    has_places : bool
        The labels of its constraints say where it bites.
    """

    name: str
    text: Text
    rows: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()
    restated: bool = False
    has_places: bool = True


LIMITS = (
    Limit(
        "placements.bounds",
        T("bounds of spend and levels of menus"),
        rows=("single_level",),
        bounds=("spend",),
        pieces=("fill", "response"),
    ),
    Limit(
        "placements.minimum",
        T("minimum spend of placements"),
        rows=("minimum_spend", "no_spend_when_off"),
    ),
    Limit(
        "placements.largest_move",
        T("largest moves of spend from the current plan"),
        rows=("largest_rise", "largest_fall"),
    ),
    Limit(
        "change_limits",
        T("limits on how many placements change"),
        rows=("at_most_changed_", "change_up_", "change_down_"),
    ),
    Limit(
        "staff.heads",
        T("least and largest heads"),
        rows=("least_heads", "most_heads"),
        bounds=("posts",),
        restated=True,
    ),
    Limit(
        "roles.hiring",
        T("hiring limits and lead times of roles"),
        rows=("hiring_limit_",),
        bounds=("arrivals",),
    ),
    Limit("roles.can_release", T("roles that let nobody go"), bounds=("releases",)),
    Limit("roles.span", T("spans of control"), rows=("span_", "norm_")),
    Limit(
        "roles.attrition",
        T("departures that follow attrition"),
        rows=("attrition",),
        bounds=("departures",),
    ),
    Limit("targets.quota", T("quotas from above"), rows=("quota_",), has_places=False),
    Limit("targets.pins", T("pins and bounds of targets"), rows=("pin_",)),
    Limit("targets.max_growth", T("largest growth of targets on last year"), rows=("growth_",)),
    Limit(
        "targets.profile",
        T("schedule profile of targets and its slack"),
        rows=("target_profile_", "stretch_profile_"),
    ),
    Limit("targets.cumulative", T("cumulative floors of targets"), rows=("cumulative_",)),
)


def limit_named(name: str) -> Limit | None:
    """Return the limit that ``name`` speaks of, with or without a place in brackets."""
    family = name.partition("[")[0]
    return next((limit for limit in LIMITS if limit.name == family), None)


def limit_of_row(row: str) -> Limit | None:
    """Return the limit whose constraints are named like ``row``."""
    return next((limit for limit in LIMITS if row.startswith(limit.rows or ("\0",))), None)


def in_words(names: Iterable[str]) -> Text:
    """Return lines by name and limits by what they are, as a list within a sentence."""
    listed: Text | None = None
    for name in names:
        limit = limit_named(name)
        place = name.partition("[")[2].rstrip("]")
        if limit is None:
            said = Text("{name}", (("name", name),))
        elif place:
            said = T("{limit} ({place})", limit=limit.text, place=place)
        else:
            said = limit.text
        listed = said if listed is None else T("{first}, {next}", first=listed, next=said)
    return listed or Text("")
