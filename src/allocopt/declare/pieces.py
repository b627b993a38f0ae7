"""Piecewise-linear stand-ins for response curves, from above and from below.

`outer_pieces` never lie below a curve, so that a model built on them bounds every plan;
`inner_pieces` never lie above it near a given plan, so that what a model built on them
promises is really there. Both touch the curve at their breakpoints.
"""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.curves import CurveBank, CurveShape, breakpoints
from allocopt.problem.problem import Placements

_NEARBY = 0.03
"""Tangents are drawn at an effort and this share of it below and above."""
_CLOSE_BY = 1e-3
"""Nodes stand at least this share of the range from a vertical tangent."""
_CUTS, _PARTS = 10, 64
"""A point is found by cutting its interval into so many parts so many times: to 60 bits."""


@dataclass(frozen=True)
class Pieces:
    """A polyline per placement and period.

    Attributes
    ----------
    x, y : FloatArray (placements, periods, points), 元 of effort and accounts
        Ascending; the last point is repeated where a polyline has fewer.
    ordered : BoolArray (placements, periods)
        The polyline is not concave and needs binaries to fill in order.
    stepped : BoolArray (placements,)
        Points are the only levels allowed.
    error : FloatArray (placements,), accounts/period
        Proven bound on the distance from the curve where the polyline is concave or ordered.
    above : BoolArray (placements, periods)
        The polyline lies above the curve somewhere: response is at most what it says. Where
        response is not wanted, more than the curve gives would be no bound.
    """

    x: FloatArray
    y: FloatArray
    ordered: BoolArray
    stepped: BoolArray
    error: FloatArray
    above: BoolArray


def effort_range(placements: Placements) -> tuple[FloatArray, FloatArray]:
    """Return the least and largest effort of each placement in any period, (placements,), 元."""
    return (
        _efforts(placements, placements.lower).min(axis=1, initial=np.inf),
        _efforts(placements, placements.upper).max(axis=1, initial=0.0),
    )


def _efforts(placements: Placements, spend: FloatArray) -> FloatArray:
    effort = np.zeros_like(spend)
    carried = np.zeros(len(spend))
    for t in range(spend.shape[1]):
        carried = spend[:, t] + placements.carry_over * carried
        effort[:, t] = carried
    whole = spend.sum(axis=1, keepdims=True)
    return np.where(placements.on_horizon[:, None], whole, effort)


def outer_pieces(
    placements: Placements,
    *,
    points: int,
    ordered: BoolArray | None = None,
    at: FloatArray | None = None,
) -> Pieces:
    """Return polylines that never lie below the curves.

    Parameters
    ----------
    placements : Placements
    points : int
        Points per curve before tangents are crossed.
    ordered : BoolArray (placements, periods) or None
        Where a non-concave curve is followed by binaries; elsewhere, and for all when
        None, its upper concave envelope stands for it.
    at : FloatArray (placements, periods, k) or None
        Efforts near which the stand-ins are to be close to the curves.

    Notes
    -----
    On a concave stretch two neighboring tangents meet above the curve, on a convex one
    the chord lies above it (sandwich rule, Rote 1992).
    """
    n, periods = placements.upper.shape
    low, high = effort_range(placements)
    low = np.minimum(low, high)
    bank = placements.curves
    stepped = bank.shape() == CurveShape.STEPPED
    base = breakpoints(bank, low, high, count=points).x[:, None, :]
    coarse = _tangent_polylines(bank, base)
    over = coarse if at is None else _tangent_polylines(bank, _with_nearby(bank, base, at))
    hulls = [_hull(*line) for line in over]
    concave = np.array([len(h[0]) == len(o[0]) for h, o in zip(hulls, over, strict=True)])
    # Without efforts to be near to, the periods of a placement share one polyline.
    owner = np.arange(n * periods) // (periods if at is None else 1)
    wanted = np.zeros((n, periods), dtype=np.bool_) if ordered is None else ordered.copy()
    if n:
        wanted &= ~(concave[owner].reshape(n, periods) | stepped[:, None])
    gated = wanted.ravel()
    smooth = [(over if gated[k] else hulls)[owner[k]] for k in range(n * periods)]
    x, y = _padded(_with_levels(placements, smooth), (n, periods))
    above = ~(stepped[:, None] | _on_curves(bank, x, y))
    return Pieces(
        x=x, y=y, ordered=wanted, stepped=stepped, error=_errors(bank, coarse), above=above
    )


def _on_curves(bank: CurveBank, x: FloatArray, y: FloatArray) -> BoolArray:
    """Return which polylines are their curves, (placements, periods): points and middles agree."""
    middle = [(v[..., :-1] + v[..., 1:]) / 2 for v in (x, y)]
    all_x, all_y = (np.concatenate(pair, axis=2) for pair in zip((x, y), middle, strict=True))
    flat = all_x.reshape(len(bank), all_x.shape[1] * all_x.shape[2])
    truth = bank.value(flat).reshape(all_y.shape)
    scale = np.abs(all_y).max(axis=2, initial=0.0)
    apart = np.abs(truth - all_y).max(axis=2, initial=0.0)
    return np.asarray(apart <= 1e-9 * scale, dtype=np.bool_)


def _with_nearby(bank: CurveBank, base: FloatArray, at: FloatArray) -> FloatArray:
    """Return nodes (placements, periods, k): those of ``base`` and a few close to ``at``.

    Where a curve starts with a vertical tangent a node at its start says nothing: the polyline
    is lifted to the next tangent, which stands close by instead.
    """
    low, high = base[:, :, :1], base[:, :, -1:]
    near = np.clip(at, low, high)
    start = bank.marginal(low.reshape(len(bank), -1)).reshape(low.shape)
    near = np.where(np.isinf(start), np.maximum(near, low + _CLOSE_BY * (high - low)), near)
    spread = np.broadcast_to(base, (*at.shape[:2], base.shape[2]))
    return np.asarray(np.sort(np.concatenate([spread, near], axis=2), axis=2))


def _with_levels(
    placements: Placements, lines: list[tuple[FloatArray, FloatArray]]
) -> list[tuple[FloatArray, FloatArray]]:
    """Return ``lines`` (placements x periods) with the levels of menus in place of theirs."""
    bank, (low, high) = placements.curves, effort_range(placements)
    periods, kinks = placements.upper.shape[1], placements.curves.kinks()
    for a in np.flatnonzero(bank.shape() == CurveShape.STEPPED):
        slack = 1e-9 * high[a]
        inside = (kinks[a] >= low[a] - slack) & (kinks[a] <= high[a] + slack)
        for t in range(periods):
            # Nothing is a level only where the menu says so, or where nothing can be spent.
            closed = [0.0] if placements.upper[a, t] <= 0 or not inside.any() else []
            x = np.unique(np.concatenate([closed, kinks[a][inside]]))
            lines[a * periods + t] = (x, bank.take([a]).value(x[None, :])[0])
    return lines


def _tangent_polylines(bank: CurveBank, nodes: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Return chords where the curves are convex, crossed tangents where they are concave.

    Parameters
    ----------
    bank : CurveBank of n placements
    nodes : FloatArray (n, lines, k)
        Ascending; repeated nodes count once.

    Returns
    -------
    list of (x, y), n * lines of them, in C order
    """
    n, lines, k = nodes.shape
    flat = nodes.reshape(n, lines * k)
    x, y, slope = nodes, *(f(flat).reshape(nodes.shape) for f in (bank.value, bank.marginal))
    width = np.diff(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        chord = np.diff(y) / width
        bends = slope[..., :-1] - slope[..., 1:]
        concave = (slope[..., :-1] > chord) & (chord > slope[..., 1:])
        concave &= (bends > 1e-9 * np.abs(chord)) & (width > 0)
        offset = (np.diff(y) - slope[..., 1:] * width) / bends
    offset = np.where(concave & np.isfinite(slope[..., :-1]), offset, 0.0)
    steep = np.where(concave, slope[..., 1:], 0.0)
    cross_x = x[..., :-1] + np.clip(offset, 0.0, width)
    cross_y = np.where(concave, y[..., 1:] + steep * (cross_x - x[..., 1:]), y[..., :-1])
    y = y.copy()
    # A vertical tangent at the first point lifts the polyline there.
    vertical = concave & ~np.isfinite(slope[..., :-1])
    y[..., :-1][vertical] = cross_y[vertical]
    xs, ys = (_interleaved(*pair) for pair in ((x, cross_x), (y, cross_y)))
    return _distinct(xs.reshape(n * lines, 2 * k - 1), ys.reshape(n * lines, 2 * k - 1))


def _interleaved(nodes: FloatArray, between: FloatArray) -> FloatArray:
    """Return nodes and the points between them in turn, (..., 2 k - 1)."""
    both = np.empty((*nodes.shape[:-1], 2 * nodes.shape[-1] - 1))
    both[..., ::2], both[..., 1::2] = nodes, between
    return both


def _distinct(x: FloatArray, y: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Return each row with one point, the highest, for all that stand in one place.

    Next to a vertical tangent points stand where the curve starts, and above it: with the lower
    one the polyline would leave the curve's side.
    """
    found = []
    apart = np.diff(x) > 1e-12 * np.maximum(1.0, x[:, -1:])
    for row, far in enumerate(apart):
        kept = np.concatenate([[0], np.flatnonzero(far) + 1])
        found.append((x[row, kept], np.maximum.reduceat(y[row], kept)))
    return found


def _errors(bank: CurveBank, lines: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return how far polylines lie above their curves at most, (placements,), accounts/period.

    Tangents are farthest from the curve where they meet; a chord by the segment's own bound.
    """
    errors = np.zeros(len(lines))
    for a, (x, y) in enumerate(lines):
        one = bank.take([a])
        above = y - one.value(x[None, :])[0]
        touches = np.abs(above) <= 1e-9 * np.abs(y).max()
        chords = np.flatnonzero(touches[:-1] & touches[1:])
        bows = one.segment_error(x[None, chords], x[None, chords + 1])
        errors[a] = max(above.max(), bows.max(initial=0.0))
    return errors


def _hull(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the upper concave hull of points with ascending x (Andrew 1979)."""
    kept: list[int] = []
    for number in range(len(x)):
        while len(kept) >= 2 and _not_above(x, y, left=kept[-2], middle=kept[-1], right=number):
            kept.pop()
        kept.append(number)
    return x[kept], y[kept]


def _not_above(x: FloatArray, y: FloatArray, *, left: int, middle: int, right: int) -> bool:
    rise = (y[middle] - y[left]) * (x[right] - x[left])
    line = (y[right] - y[left]) * (x[middle] - x[left])
    return bool(rise < line * (1.0 - 1e-9))


def _padded(
    lines: list[tuple[FloatArray, FloatArray]], shape: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    width = max((len(x) for x, _ in lines), default=1)
    x = np.array([np.pad(xs, (0, width - len(xs)), mode="edge") for xs, _ in lines])
    y = np.array([np.pad(ys, (0, width - len(ys)), mode="edge") for _, ys in lines])
    return x.reshape(*shape, width), y.reshape(*shape, width)


def inner_pieces(
    placements: Placements, effort: FloatArray, *, points: int, radius: float
) -> Pieces:
    """Return concave polylines that never lie above the curves, exact at ``effort``.

    Parameters
    ----------
    placements : Placements
    effort : FloatArray (placements, periods), 元
        The plan around which the polylines are set.
    points : int
        Points per curve.
    radius : float
        Distance of the extra points on both sides, share of the effort range.

    Notes
    -----
    Around a point where the curve is concave the chords of its concave stretch are
    taken; where it is convex, the tangent within the segment that holds the point.
    """
    n, periods = placements.upper.shape
    low, high = effort_range(placements)
    low = np.minimum(low, high)
    bank = placements.curves
    stepped = bank.shape() == CurveShape.STEPPED
    nodes = breakpoints(bank, low, high, count=points)
    steep = bank.marginal(nodes.x)
    lines = [_nodes(*(v[a, : nodes.sizes[a]] for v in (nodes.x, nodes.y, steep))) for a in range(n)]
    stretches = [
        _stretch(lines[a], float(effort[a, t]), radius) for a in range(n) for t in range(periods)
    ]
    values = _values(bank, [effort[:0, 0] if x is None else x for x in stretches])
    chosen = []
    for k, x in enumerate(stretches):
        line = lines[k // periods]
        if x is None:
            at = float(effort.flat[k])
            chosen.append(_along_tangent(bank.take([k // periods]), (line.x, line.y), at))
        else:
            chosen.append(_extended_left(values[k], x, line))
    xs, ys = _padded(_with_levels(placements, chosen), (n, periods))
    return Pieces(
        x=xs,
        y=ys,
        ordered=np.zeros((n, periods), dtype=np.bool_),
        stepped=stepped,
        error=np.zeros(n),
        above=np.zeros((n, periods), dtype=np.bool_),
    )


@dataclass(frozen=True)
class _Nodes:
    """Points of one curve, ascending, slopes of the segments between them and of the curve there.

    ``concave`` says of each segment whether its chord lies nowhere above the curve: the chord of
    a convex one, flatter at its start than on average, does.
    """

    x: FloatArray
    y: FloatArray
    steep: FloatArray
    slopes: FloatArray
    concave: BoolArray


def _nodes(x: FloatArray, y: FloatArray, steep: FloatArray) -> _Nodes:
    slopes = np.diff(y) / np.diff(x)
    concave = np.asarray(steep[:-1] >= slopes - 1e-9 * np.abs(slopes), dtype=np.bool_)
    return _Nodes(x, y, steep, slopes, concave)


def _segment(nodes: _Nodes, point: float) -> int:
    return min(int(np.searchsorted(nodes.x, point, side="right")) - 1, len(nodes.slopes) - 1)


def _stretch(nodes: _Nodes, effort: float, radius: float) -> FloatArray | None:
    """Return points of the concave stretch that holds ``effort``; None where it is convex."""
    x, slopes, concave = nodes.x, nodes.slopes, nodes.concave
    if len(x) == 1:
        return x
    point = min(max(effort, x[0]), x[-1])
    first = last = _segment(nodes, point)
    if not concave[first]:
        return None
    while last + 1 < len(slopes) and slopes[last + 1] <= slopes[last] and concave[last + 1]:
        last += 1
    while first > 0 and slopes[first - 1] >= slopes[first] and concave[first - 1]:
        first -= 1
    span = radius * (x[-1] - x[0])
    extra = np.array([point - span, point, point + span]).clip(x[first], x[last + 1])
    xs = np.unique(np.concatenate([x[first : last + 2], extra]))
    kept: FloatArray = xs[np.concatenate([[True], np.diff(xs) > 1e-12 * max(1.0, x[-1])])]
    return kept


def _values(bank: CurveBank, lines: list[FloatArray]) -> list[FloatArray]:
    """Return the curves' values at points (placements x periods), at all of them at once."""
    if not lines:
        return []
    wide = np.zeros((len(lines), max(len(x) for x in lines)))
    for row, x in zip(wide, lines, strict=True):
        row[: len(x)] = x
    found = bank.value(wide.reshape(len(bank), -1)).reshape(wide.shape)
    return [row[: len(x)] for row, x in zip(found, lines, strict=True)]


def _extended_left(ys: FloatArray, xs: FloatArray, nodes: _Nodes) -> tuple[FloatArray, FloatArray]:
    """Return the polyline with its first slope drawn down to the least effort.

    Left of a concave stretch a curve lies above the tangent at the stretch's start; where
    it does not (tables of any shape) the effort stays within the stretch.
    """
    x, y = nodes.x, nodes.y
    before = x < xs[0]
    if not before.any():
        return xs, ys
    slope = float(nodes.steep[np.searchsorted(x, xs[0])])
    if not np.isfinite(slope):
        return xs, ys
    line = ys[0] - slope * (xs[0] - x[before])
    if (line > y[before] + 1e-12 * abs(y[-1])).any():
        return xs, ys
    return np.concatenate([x[:1], xs]), np.concatenate([line[:1], ys])


def _along_tangent(
    curve: CurveBank, nodes: tuple[FloatArray, FloatArray], effort: float
) -> tuple[FloatArray, FloatArray]:
    """Return the tangent in a convex stretch up to where it leaves the curve, then chords."""
    x, y = nodes
    point = min(max(effort, x[0]), x[-1])
    place = np.array([[point]])
    slope, height = float(curve.marginal(place)[0, 0]), float(curve.value(place)[0, 0])
    line = height + slope * (x - point)
    above = np.flatnonzero((x > point) & (line > y))
    if not above.size:
        return x[[0, -1]], line[[0, -1]]
    low, high = (x[above[0] - 1] if x[above[0] - 1] > point else point), x[above[0]]
    for _ in range(_CUTS):
        between = np.linspace(low, high, _PARTS + 1)
        over = curve.value(between[None, :])[0] < height + slope * (between - point)
        # The ends are known: the curve is not below the tangent at the first, and is at the last.
        first = int(np.argmax(np.append(over[1:-1], True))) + 1
        low, high = between[first - 1], between[first]
    xs = np.concatenate([x[:1], [low], x[above]])
    ys = np.concatenate([line[:1], [height + slope * (low - point)], y[above]])
    keep = np.concatenate([[True], np.diff(xs) > 1e-12 * max(1.0, x[-1])])
    xs, ys = xs[keep], ys[keep]
    rising = np.flatnonzero(np.diff(np.diff(ys) / np.diff(xs)) > 0)
    end = int(rising[0]) + 2 if rising.size else len(xs)
    return xs[:end], ys[:end]


def exact_pieces(placements: Placements, spend: FloatArray) -> Pieces:
    """Return the curves' values at a fixed spend: one point per placement and period.

    Parameters
    ----------
    placements : Placements
    spend : FloatArray (placements, periods), 元
    """
    effort = _efforts(placements, spend)
    value = placements.curves.value(effort)
    return Pieces(
        x=effort[..., None],
        y=value[..., None],
        ordered=np.zeros(effort.shape, dtype=np.bool_),
        stepped=np.zeros(len(effort), dtype=np.bool_),
        error=np.zeros(len(effort)),
        above=np.zeros(effort.shape, dtype=np.bool_),
    )
