"""Published allocation problems: sizing, whole seats and calls, several resources."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from tests.published import published

import allocopt as ao
from allocopt.curves import Adbudg, Hill, Logistic, Menu, Power, Table

DATA = Path(__file__).parents[1] / "data"


class TestLogistic:
    """Two channels with logistic saturation; the generating curves of a published example."""

    @pytest.mark.parametrize(
        ("budget", "spend", "value"),
        [
            (0.25, (0.25, 0.0), 1.38635147),
            (0.5, (0.443242, 0.056758), 2.29882209),
            (1.0, (0.568931, 0.431069), 3.57983678),
            (1.5, (0.75767, 0.74233), 4.33423506),
            (2.0, (0.96259, 1.03741), 4.70460364),
        ],
    )
    def test_optimum(self, budget: float, spend: tuple[float, float], value: float) -> None:
        curves = Logistic([3.0, 2.0], [4.0, 3.0], [0.0, 0.0])
        found = ao.allocate(curves, budget, gap=1e-10)
        np.testing.assert_allclose(found.spend, spend, atol=2e-6)
        assert found.objective == pytest.approx(value, abs=1e-8)


def test_two_of_eight_products_get_nobody() -> None:
    """Sales force over eight products with S-shaped responses.

    A local search from random starts finds the optimum one time in eleven.
    """
    text = published("delphi_salesforce_8drugs", "products.csv")
    rows = list(csv.DictReader(text.splitlines()))
    table = {
        key: np.array([float(row[key]) for row in rows]) for key in rows[0] if key != "product"
    }
    worth = table["margin"] * table["revenue_now"]
    half = table["reps_now"] * table["fit_d"] ** (1.0 / table["fit_c"])
    curves = Adbudg(worth * table["fit_min"], worth * table["fit_max"], half, table["fit_c"])
    found = ao.allocate(curves, goal=ao.MostResponse(700.0, worth=0.057), gap=1e-9)
    assert found.status == "proven"
    assert found.objective == pytest.approx(524.25371, abs=1e-5)
    assert (found.spend[-2:] == 0.0).all()
    whole = ao.allocate(curves, goal=ao.MostResponse(700.0, worth=0.057), whole=True, gap=1e-9)
    assert whole.objective == pytest.approx(524.25004876, abs=1e-7)
    assert whole.spend.tolist() == [220, 246, 117, 52, 30, 35, 0, 0]


class TestSalesForceSizing:
    """Beswick and Cravens (1977): power curves; effort and size together."""

    G = np.array([75.36, 28.76, 36.21, 43.28, 56.65, 69.27, 63.04])

    @pytest.mark.parametrize(("reps", "profit"), [(1, 63.17174), (5, 83.53965), (10, 91.70536)])
    def test_deployment(self, reps: int, profit: float) -> None:
        found = ao.allocate(Power(0.1 * self.G, 0.2), 100.0 * reps, gap=1e-10)
        assert found.objective - reps == pytest.approx(profit, abs=1e-5)
        share = self.G**1.25 / (self.G**1.25).sum()
        np.testing.assert_allclose(found.spend / found.spend.sum(), share, rtol=1e-6)

    def test_size(self) -> None:
        goal = ao.MostResponse(1e5, worth=0.01)
        found = ao.allocate(Power(0.1 * self.G, 0.2), goal=goal, gap=1e-10)
        assert found.spend.sum() / 100.0 == pytest.approx(24.292224, rel=1e-6)
        assert found.objective == pytest.approx(97.168895, abs=1e-5)


def test_calls_are_whole() -> None:
    """Two territories by their judged responses (Lodish, 1971): five and three calls."""
    none, half = np.array([0.2, 0.3]), np.array([0.62, 0.7])
    more, most = np.array([1.3, 1.15]), np.array([1.5, 1.4])
    d = (most - 1.0) / (1.0 - none)
    slope = np.log(d * (half - none) / (most - half)) / np.log(0.5) / 3.0
    slope += 2.0 * np.log(d * (more - none) / (most - more)) / np.log(1.5) / 3.0
    margin = np.array([0.4, 0.3]) * np.array([60.0, 50.0])
    curves = Adbudg(margin * none, margin * most, 4.0 * d ** (1.0 / slope), slope)
    found = ao.allocate(curves, 8.0, upper=8.0, whole=True, gap=1e-9)
    assert found.spend.tolist() == [5.0, 3.0]
    assert found.objective == pytest.approx(41.0526932, abs=1e-6)


def test_seats_of_every_state() -> None:
    """435 seats over 50 states in 2020: equal proportions minimize sum population**2 / seats."""
    text = (DATA / "apportionment.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    people = np.array([float(row["apportionment_population"]) for row in rows])
    number = np.arange(1.0, 61.0)
    efforts = np.concatenate([[0.0], number])
    values = people[:, None] ** 2 * (2.0 - 1.0 / number)
    curves = Table([efforts] * people.size, np.insert(values, 0, 0.0, axis=1))
    found = ao.allocate(curves, 435.0, lower=1.0, upper=60.0, whole=True, gap=1e-15)
    assert found.spend.tolist() == [float(row["seats"]) for row in rows]


@pytest.mark.parametrize(("name", "value"), [("I01", 173.0), ("I02", 364.0)])
def test_menus_with_several_resources(name: str, value: float) -> None:
    """Multiple choice with several resources (OR-Library): exactly one level per menu."""
    given = json.loads(published("mmkp_menus", f"{name}.json"))
    table = np.array(given["classes"])
    order = np.argsort(table[:, :, 0], axis=1, kind="stable")
    table = np.take_along_axis(table, order[:, :, None], axis=1)
    n, k = table.shape[:2]
    levels = np.arange(float(k))
    menus = Menu([levels] * n, list(table[:, :, 0]))
    uses = [(table[:, :, 1 + r], cap) for r, cap in enumerate(given["cap"])]
    found = ao.allocate(menus, float(n * k), upper=float(k), uses=uses, gap=1e-9)
    assert (found.objective, found.status) == (value, "proven")


def test_water_filling() -> None:
    """Concave curves a log(1 + x / b): equal marginal returns wherever something is spent."""
    rng = np.random.default_rng(3)
    a, b = rng.uniform(1.0, 5.0, 40), rng.uniform(0.5, 4.0, 40)
    found = ao.allocate(ao.curves.Logarithmic(a, b), 30.0, gap=1e-12)
    price = found.prices[0]
    np.testing.assert_allclose(found.spend, np.maximum(a / price - b, 0.0), rtol=1e-7, atol=1e-9)
    assert found.spend.sum() == pytest.approx(30.0, rel=1e-12)


class TestBoxes:
    """Optimum sample sizes in strata with bounds (Wesolowski and others, 2021)."""

    STRENGTH = np.array([3000.0, 4000.0, 5000.0, 2000.0]) * np.array([48.0, 79.0, 76.0, 16.0])

    @pytest.mark.parametrize(
        ("size", "lower", "upper", "spend"),
        [
            (190, 1.0, 5000.0, (31.376147, 68.853211, 82.798165, 6.972477)),
            (190, 1.0, (100.0, 90.0, 70.0, 80.0), (35.121951, 77.073171, 70.0, 7.804878)),
            (190, (50.0, 120.0, 1.0, 2.0), 5000.0, (50.0, 120.0, 18.0, 2.0)),
            (
                1284,
                (100.0, 90.0, 500.0, 50.0),
                (300.0, 400.0, 800.0, 90.0),
                (228.9496, 400.0, 604.1727, 50.8777),
            ),
        ],
    )
    def test_sizes(
        self,
        size: int,
        lower: float | tuple[float, ...],
        upper: float | tuple[float, ...],
        spend: tuple[float, ...],
    ) -> None:
        # 1 - 1 / x from 1 up is a Hill curve of slope 1 moved by its half: (x - 1) / x.
        curves = Hill(self.STRENGTH**2, 1.0, 1.0)
        shift = np.broadcast_to(lower, 4) - 1.0
        found = ao.allocate(
            curves,
            size - 4.0,
            lower=np.maximum(shift, 0.0),
            upper=np.broadcast_to(upper, 4) - 1.0,
            gap=1e-13,
        )
        np.testing.assert_allclose(found.spend + 1.0, spend, rtol=1e-5)
