"""The domain of every placement in parts, and lines above its curve on each of them.

On a part a curve is a point, or bends one way: down (tangents lie above it) or up (its chord
does). A plan stands on one part of each placement; choosing among them is what makes an
allocation over S-shaped curves, minima, menus and moves a program in whole numbers. As lines lie
nowhere below the curves, the program's bound holds for the true ones.
"""

from dataclasses import dataclass

import numpy as np

from allocopt.allocation.domain import Levels
from allocopt.allocation.responses import Market
from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.curves.bank import CurveBank
from allocopt.curves.base import CurveShape

_CLOSEST = 1e-9
"""A split this close to an end of a domain, share of its width, is left out."""


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of all placements' domains, those of one placement side by side.

    Attributes
    ----------
    owner : IntArray (p,)
        The placement.
    low, high : FloatArray (p,)
        Spend; equal for a point.
    bends_down : BoolArray (p,)
        Whether the curve is concave there.
    moves : BoolArray (p,)
        Whether standing there counts as a move.
    """

    owner: IntArray
    low: FloatArray
    high: FloatArray
    bends_down: BoolArray
    moves: BoolArray

    @property
    def points(self) -> BoolArray:
        """Which parts are a single spend, (p,)."""
        return np.asarray(self.low == self.high)

    def take(self, which: BoolArray) -> "Parts":
        """Return some of the parts."""
        return Parts(
            self.owner[which],
            self.low[which],
            self.high[which],
            self.bends_down[which],
            self.moves[which],
        )


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines above curves: response <= slope * spend + height on a part.

    Attributes
    ----------
    part : IntArray (k,)
    slope, height : FloatArray (k,)
    """

    part: IntArray
    slope: FloatArray
    height: FloatArray

    def take(self, which: BoolArray) -> "Lines":
        """Return some of the lines."""
        return Lines(self.part[which], self.slope[which], self.height[which])


@dataclass(frozen=True, eq=False)
class Marks:
    """Spends that matter: domains are split there, or tangents touch.

    Attributes
    ----------
    owner : IntArray (k,)
    spend : FloatArray (k,)
    """

    owner: IntArray
    spend: FloatArray

    @classmethod
    def none(cls) -> "Marks":
        """Return no marks."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0))

    def and_at(self, spend: FloatArray, which: BoolArray | None = None) -> "Marks":
        """Return the marks with one more per placement, or per placement of ``which``."""
        rows = np.arange(spend.size) if which is None else np.flatnonzero(which)
        return Marks(np.concatenate([self.owner, rows]), np.concatenate([self.spend, spend[rows]]))


def parts_of(market: Market, levels: Levels, splits: Marks) -> Parts:
    """Return the parts of every placement's domain, cut at ``splits`` as well."""
    domain, n = market.domain, len(market.bank)
    stepped = np.zeros(n, dtype=np.bool_)
    stepped[levels.rows] = True
    spans = ~stepped & (domain.low <= domain.high)
    owner, low, high = _intervals(market.bank, domain.low, domain.high, _cuts(market, splits))
    kept = spans[owner]
    steps = (levels.efforts >= domain.low[levels.rows, None]) & (
        levels.efforts <= domain.high[levels.rows, None]
    )
    step_row, step_number = np.nonzero(steps)
    idle = np.flatnonzero(domain.off)
    points = np.concatenate([levels.efforts[step_row, step_number], np.zeros(idle.size)])
    pointed = np.concatenate([levels.rows[step_row], idle])
    moving = np.zeros(n, dtype=np.bool_)
    if market.moves is not None:
        moving = ~market.moves.settled
        pointed = np.concatenate([pointed, np.flatnonzero(moving)])
        points = np.concatenate([points, market.moves.current[moving]])
    owners = np.concatenate([owner[kept], pointed]).astype(np.int64)
    lows = np.concatenate([low[kept], points])
    highs = np.concatenate([high[kept], points])
    moves = moving[owners]
    if moving.any():
        moves[moves.size - int(moving.sum()) :] = False
    order = np.argsort(owners, kind="stable")
    return Parts(
        owners[order],
        lows[order],
        highs[order],
        _bends_down(market.bank, owners[order], lows[order]),
        moves[order],
    )


def _cuts(market: Market, splits: Marks) -> Marks:
    """Return where domains are cut: splits, kinks, inflections."""
    bank = market.bank
    kinks, bend = bank.kinks(), bank.inflection()
    row, number = np.nonzero(np.isfinite(kinks))
    bent = np.isfinite(bend) & (bank.shape() == CurveShape.S_SHAPED)
    low, high = market.domain.low[splits.owner], market.domain.high[splits.owner]
    room = _CLOSEST * (high - low)
    apart = (splits.spend > low + room) & (splits.spend < high - room)
    return Marks(
        np.concatenate([splits.owner[apart], row, np.flatnonzero(bent)]),
        np.concatenate([splits.spend[apart], kinks[row, number], bend[bent]]),
    )


def _intervals(
    bank: CurveBank, low: FloatArray, high: FloatArray, cuts: Marks
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return owner and ends of the intervals between cuts."""
    inside = (cuts.spend > low[cuts.owner]) & (cuts.spend < high[cuts.owner])
    owner = np.concatenate([np.arange(len(bank)), cuts.owner[inside]])
    start = np.concatenate([low, cuts.spend[inside]])
    order = np.lexsort((start, owner))
    owner, start = owner[order], start[order]
    fresh = np.ones(owner.size, dtype=np.bool_)
    fresh[1:] = (owner[1:] != owner[:-1]) | (start[1:] > start[:-1])
    owner, start = owner[fresh], start[fresh]
    end = high[owner].copy()
    same = owner[1:] == owner[:-1]
    end[:-1][same] = start[1:][same]
    return owner, start, end


def _bends_down(bank: CurveBank, owner: IntArray, low: FloatArray) -> BoolArray:
    shape, bend = bank.shape()[owner], bank.inflection()[owner]
    past = low >= bend * (1.0 - 1e-12)
    return np.asarray((shape == CurveShape.CONCAVE) | ((shape == CurveShape.S_SHAPED) & past))


def lines_above(market: Market, parts: Parts, touching: Marks) -> Lines:
    """Return lines above the curves: chords where they bend up, else tangents at marks."""
    bank = market.bank
    chorded = np.flatnonzero(~parts.points & ~parts.bends_down)
    lines = [_chords(bank, parts, chorded)]
    bent = ~parts.points & parts.bends_down
    whole = market.domain.whole[parts.owner]
    ends = Marks(
        np.concatenate([parts.owner[bent], parts.owner[bent]]),
        np.concatenate([parts.low[bent], parts.high[bent]]),
    )
    marks = Marks(
        np.concatenate([ends.owner, touching.owner]), np.concatenate([ends.spend, touching.spend])
    )
    part, spend = _on_parts(parts, marks, bent)
    smooth = ~whole[part]
    lines.append(_tangents(bank, parts, part[smooth], spend[smooth]))
    lines += _whole_chords(bank, parts, part[~smooth], spend[~smooth])
    return Lines(
        np.concatenate([one.part for one in lines]),
        np.concatenate([one.slope for one in lines]),
        np.concatenate([one.height for one in lines]),
    )


def _on_parts(parts: Parts, marks: Marks, which: BoolArray) -> tuple[IntArray, FloatArray]:
    """Return (part, spend) of every mark that lies on one of the parts ``which``."""
    found = np.flatnonzero(which)
    order = np.argsort(marks.owner, kind="stable")
    owner, spend = marks.owner[order], marks.spend[order]
    first = np.searchsorted(owner, parts.owner[found], side="left")
    last = np.searchsorted(owner, parts.owner[found], side="right")
    counts = last - first
    part = np.repeat(found, counts)
    index = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    at = spend[index + np.arange(part.size)]
    inside = (at >= parts.low[part]) & (at <= parts.high[part])
    pairs = np.unique(np.stack([part[inside].astype(np.float64), at[inside]]), axis=1)
    return pairs[0].astype(np.int64), pairs[1]


def _chords(bank: CurveBank, parts: Parts, which: IntArray) -> Lines:
    """Return the lines through the ends of parts, raised by what a curve may lie above them."""
    rows = bank.take(parts.owner[which])
    low, high = parts.low[which], parts.high[which]
    start, end = rows.value(low), rows.value(high)
    slope = (end - start) / (high - low)
    known = high <= rows.inflection()
    above = np.where(known, 0.0, rows.segment_error(low, high))
    return Lines(which, slope, start - slope * low + above)


def _tangents(bank: CurveBank, parts: Parts, part: IntArray, spend: FloatArray) -> Lines:
    rows = bank.take(parts.owner[part])
    slope, value = rows.marginal(spend), rows.value(spend)
    usable = np.isfinite(slope)
    slope = np.where(usable, slope, 0.0)
    return Lines(part[usable], slope[usable], (value - slope * spend)[usable])


def _whole_chords(bank: CurveBank, parts: Parts, part: IntArray, spend: FloatArray) -> list[Lines]:
    """Return lines through neighboring whole spends: above all whole ones, closer than tangents."""
    rows, low, high = bank.take(parts.owner[part]), parts.low[part], parts.high[part]
    least, most = np.ceil(low - 1e-9), np.floor(high + 1e-9)
    found = []
    for start in (np.floor(spend) - 1.0, np.floor(spend), np.ceil(spend)):
        left = np.clip(start, least, np.maximum(most - 1.0, least))
        usable = most > left
        left = np.where(usable, left, np.maximum(low, 0.0))
        right = np.where(usable, left + 1.0, left)
        value = rows.value(left)
        slope = rows.value(right) - value
        height = value - slope * left
        found.append(Lines(part[usable], slope[usable], height[usable]))
        flat = ~usable
        top = rows.value(np.minimum(most, high).clip(0.0))
        found.append(Lines(part[flat], np.zeros(int(flat.sum())), top[flat]))
    return found
