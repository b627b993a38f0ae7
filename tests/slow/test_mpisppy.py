"""The farmer of Birge and Louveaux beside the extensive form of mpi-sppy."""

import json
import subprocess
import sys

import pytest
from tests.unit.test_two_stage import FUTURES

from allocopt.stochastic import solve_two_stage

pytest.importorskip("mpisppy", reason="mpi-sppy is not installed")

# In a process of its own: it sets up logging and solvers for itself as it is imported.
FARMER = """
import json
import pyomo.environ as pyo
from mpisppy.opt.ef import ExtensiveForm
from mpisppy.utils.sputils import attach_root_node

FACTORS = {"good": 1.2, "fair": 1.0, "bad": 0.8}

def creator(name):
    factor, m = FACTORS[name], pyo.ConcreteModel()
    crops = ["wheat", "corn", "beets"]
    tons = dict(zip(crops, (2.5, 3.0, 20.0)))
    m.acres = pyo.Var(crops, bounds=(0, 500))
    m.sold = pyo.Var(crops, bounds=(0, None))
    m.above = pyo.Var(bounds=(0, None))
    m.bought = pyo.Var(["wheat", "corn"], bounds=(0, None))
    m.sold["beets"].setub(6000)
    m.land = pyo.Constraint(expr=sum(m.acres.values()) <= 500)
    grown = {c: tons[c] * factor * m.acres[c] for c in crops}
    m.feed = pyo.ConstraintList()
    m.feed.add(grown["wheat"] + m.bought["wheat"] - m.sold["wheat"] >= 200)
    m.feed.add(grown["corn"] + m.bought["corn"] - m.sold["corn"] >= 240)
    m.feed.add(grown["beets"] - m.sold["beets"] - m.above >= 0)
    m.planting = 150 * m.acres["wheat"] + 230 * m.acres["corn"] + 260 * m.acres["beets"]
    m.trade = (238 * m.bought["wheat"] + 210 * m.bought["corn"] - 170 * m.sold["wheat"]
               - 150 * m.sold["corn"] - 36 * m.sold["beets"] - 10 * m.above)
    m.cost = pyo.Objective(expr=m.planting + m.trade)
    attach_root_node(m, m.planting, [m.acres])
    m._mpisppy_probability = 1 / 3
    return m

form = ExtensiveForm({"solver": "appsi_highs"}, list(FACTORS), creator)
form.solve_extensive_form()
root = {name.split("[")[1][:-1]: value for name, value in form.get_root_solution().items()}
print("FOUND" + json.dumps({"profit": -form.get_objective_value(), "acres": root}))
"""


@pytest.mark.slow
def test_two_extensive_forms_agree_on_the_farmer() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FARMER], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout.split("FOUND")[1])
    ours = solve_two_stage(FUTURES)
    assert ours.objective == pytest.approx(theirs["profit"], rel=1e-6)
    acres = [theirs["acres"][crop] for crop in ("wheat", "corn", "beets")]
    assert ours.first == pytest.approx(acres, abs=1e-3)
