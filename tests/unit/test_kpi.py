"""Key figures linked by identities: ranges, bounds that follow from others, bounds that clash."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray
from allocopt.measures.lines import Sense
from allocopt.solving.kpi import Fraction, Interval, KpiProgram, Standing
from allocopt.solving.program import Program
from allocopt.solving.safe import implied_box, safe_minimum


def program(rows: list[list[float]], sides: list[float], upper: list[float]) -> Program:
    """Return rows @ x == sides, 0 <= x <= upper."""
    size = len(upper)
    return Program(
        cost=np.zeros(size),
        lower=np.zeros(size),
        upper=np.array(upper),
        whole=np.zeros(size, dtype=np.bool_),
        matrix=csr_array(np.array(rows)),
        row_lower=np.array(sides),
        row_upper=np.array(sides),
    )


def fraction(name: str, top: list[float], bottom: list[float], *rest: object) -> Fraction:
    sense, bound = rest
    over = np.array(bottom) if bottom else np.zeros(len(top))
    constants = (0.0, 0.0 if bottom else 1.0)
    assert isinstance(sense, Sense)
    assert isinstance(bound, float)
    return Fraction(name, np.array(top), over, constants, sense, bound)


def test_ratio_by_hand() -> None:
    # revenue 100 + s, expense s with s <= 50: expense ratio from 0 to 50 / 150.
    lp = program([[1.0, -1.0]], [100.0], [math.inf, 50.0])
    ratio = fraction("ratio", [0.0, 1.0], [1.0, 0.0], Sense.AT_MOST, 0.4)
    revenue = fraction("revenue", [1.0, 0.0], [], Sense.AT_LEAST, 160.0)
    tight = replace(ratio, name="tight", bound=0.2)
    kpis = KpiProgram(lp, [ratio, revenue, tight])
    found = kpis.interval(ratio)
    assert (found.low, found.high) == pytest.approx((0.0, 1 / 3), abs=1e-9)
    assert found.standing(Sense.AT_MOST, 0.4) is Standing.IMPLIED
    assert found.standing(Sense.AT_MOST, 0.2) is Standing.OPEN
    # s = 0.2 (100 + s): s = 25, revenue 125, 35 short of the floor.
    kpis.enforce(["tight"])
    there = kpis.interval(revenue)
    assert (there.low, there.high) == pytest.approx((100.0, 125.0))
    assert there.standing(Sense.AT_LEAST, 160.0) is Standing.CONFLICT
    assert there.off(Sense.AT_LEAST, 160.0) == pytest.approx(35.0)
    # both floors at once: nothing keeps them
    kpis.enforce(["tight", "revenue"])
    assert kpis.interval(ratio).standing(Sense.AT_MOST, 0.4) is Standing.IMPOSSIBLE
    # and back: the program is not spoilt by having been infeasible
    kpis.enforce([])
    assert kpis.interval(ratio).high == pytest.approx(1 / 3, abs=1e-9)


def test_no_range_without_a_positive_denominator() -> None:
    lp = program([[1.0, 1.0]], [1.0], [1.0, 1.0])
    ratio = fraction("ratio", [1.0, 0.0], [0.0, 1.0], Sense.AT_MOST, 0.5)
    found = KpiProgram(lp, [ratio]).interval(ratio)
    assert found == Interval(-math.inf, math.inf)
    assert found.standing(Sense.AT_MOST, 0.5) is Standing.UNKNOWN


class SourceCase:
    """A county's mobile business in 2016, from 14.33 % in May: seven months at the same rates.

    Columns are our customers in December, our gross adds and our leavers of these months, in
    shares of the market base at the end of May. ``k`` is market churn over market gross adds.
    The gross adds of five months that explain 13.32 % -> 14.33 % are solved for here.
    """

    START, MAY = 0.1332, 0.1433
    GROSS, LEAVING = 0.2101, 0.1497

    def __init__(self, k: float) -> None:
        # (s M + g G - c C) / (M + G - C) = s', with C = k G
        five = (self.MAY - self.START) / (self.GROSS - self.LEAVING * k - self.MAY * (1.0 - k))
        self.five_months = five
        self.adds = five * 7 / 5  # the same rates on the base at the end of May
        self.leavers = k * self.adds
        self.base = 1.0 + self.adds - self.leavers

    def kpis(self, leaving: float | None = None) -> KpiProgram:
        adds, lost = self.adds, self.leavers
        lp = program([[1.0, -1.0, 1.0]], [self.MAY], [self.base, adds, lost])
        if leaving is not None:
            lp = lp.held(np.array([2]), np.array([leaving * lost]))
        return KpiProgram(lp, self.lines())

    def lines(self) -> list[Fraction]:
        def share(name: str, column: list[float], market: float, *rest: object) -> Fraction:
            own: FloatArray = np.array(column) / market
            return fraction(name, own.tolist(), [], *rest)

        net = self.adds - self.leavers
        return [
            share("user", [1.0, 0.0, 0.0], self.base, Sense.AT_LEAST, 0.15),
            share("gross", [0.0, 1.0, 0.0], self.adds, Sense.AT_LEAST, 0.30),
            share("churn", [0.0, 0.0, 1.0], self.leavers, Sense.AT_MOST, 0.15),
            share("net", [0.0, 1.0, -1.0], net, Sense.AT_LEAST, 1 / 3),
        ]


@pytest.mark.parametrize("k", [0.70, 0.75, 0.80, 0.85])
def test_source_case(k: float) -> None:
    case = SourceCase(k)
    assert 0.161 < case.five_months < 0.166
    user, gross, churn, _ = case.lines()
    # the trend: the rates of the first five months bring 15.7 % in December
    trend = case.kpis(case.LEAVING)
    at = replace(gross, name="trend", sense=Sense.EQUAL, bound=case.GROSS)
    rolled = KpiProgram(_held(case), [at])
    rolled.enforce(["trend"])
    assert rolled.interval(user).low == pytest.approx(0.157, abs=6e-4)
    # the 15 % line asks for a gross-add share of about 18 %
    trend.enforce(["user"])
    assert trend.interval(gross).low == pytest.approx(0.18, abs=4e-3)
    # the plan's 30 % would bring about 17.6 %: it implies the 15 % line, not the other way
    trend.enforce(["gross"])
    met = trend.interval(user)
    assert met.low == pytest.approx(0.176, abs=2e-3)
    assert met.standing(Sense.AT_LEAST, 0.15) is Standing.IMPLIED
    trend.enforce(["user"])
    assert trend.interval(gross).standing(Sense.AT_LEAST, 0.30) is Standing.OPEN
    # churn share may be anything up to its line: 30 % still implies 15 %
    free = case.kpis()
    free.enforce(["gross", "churn"])
    assert free.interval(user).standing(Sense.AT_LEAST, 0.15) is Standing.IMPLIED
    assert churn.bound == 0.15


def _held(case: SourceCase) -> Program:
    lp = program([[1.0, -1.0, 1.0]], [case.MAY], [case.base, case.adds, case.leavers])
    return lp.held(np.array([2]), np.array([case.LEAVING * case.leavers]))


def test_thirty_percent_also_implies_the_net_add_share() -> None:
    case = SourceCase(0.8)
    kpis = case.kpis()
    kpis.enforce(["gross", "churn"])
    net = kpis.interval(case.lines()[3])
    # (0.30 G - 0.15 C) / (G - C) with C = 0.8 G
    assert net.low == pytest.approx((0.30 - 0.15 * 0.8) / 0.2)
    assert net.standing(Sense.AT_LEAST, 1 / 3) is Standing.IMPLIED


def test_bound_is_safe_whatever_the_prices() -> None:
    # x + y = 1, x <= 0.75; y has no bound of its own, the row implies 0.25 to 1
    lp = program([[1.0, 1.0]], [1.0], [0.75, math.inf])
    box = implied_box(lp)
    assert (box.lower.tolist(), box.upper.tolist()) == ([0.0, 0.0], [0.75, 1.0])
    cost = np.array([1.0, 2.0])
    assert safe_minimum(lp, box, cost, np.array([2.0])) == pytest.approx(1.25)
    for price in np.linspace(-5.0, 5.0, 41):
        assert safe_minimum(lp, box, cost, np.array([price])) <= 1.25 + 1e-12


def test_interior_points_and_simplex_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    case = SourceCase(0.8)
    ranges = []
    for many in (20_000, 1):
        monkeypatch.setattr("allocopt.solving.kpi._MANY_COLUMNS", many)
        kpis = case.kpis()
        kpis.enforce(["gross", "churn"])
        ranges.append([(i.low, i.high) for i in map(kpis.interval, case.lines())])
    assert np.array(ranges[0]) == pytest.approx(np.array(ranges[1]), rel=1e-4)


def test_no_time_is_no_range() -> None:
    case = SourceCase(0.8)
    kpis = KpiProgram(_held(case), case.lines(), time_limit=0.0)
    found = kpis.interval(case.lines()[0])
    assert found == Interval(-math.inf, math.inf)
