"""A plan near the point that keeps every line with the most room to spare.

The relaxed plan of the most value stands on its limits, and whole people or the true curves may
then miss one. Where no plan was found near it, all hard lines are held tighter by the same
share of their bounds, the largest that is possible: a point in the middle, as the analytic
center of cutting-plane methods is (Sonnevend 1985; here in the linear norm, the Chebyshev center).
"""

import numpy as np

from allocopt.declare.outputs import exposed_decisions
from allocopt.measures.decisions import nonnegative
from allocopt.solving.loosened import LooseModel
from allocopt.solving.loosenings import room_of_lines
from allocopt.solving.run import Run
from allocopt.solving.settle import plan_near


def plan_with_room(run: Run) -> None:
    """Offer a plan near the point with the most room, if there is one.

    Raises
    ------
    KeyboardInterrupt
    """
    pieces = run.outer()
    model = run.build(run.problem, pieces)
    room = room_of_lines(run.problem, model)
    if not room.bites:
        return
    run.tell("room")
    loose = LooseModel(run.live(model), [room], whole=False, options=run.options)
    moves = loose.solve(np.array([-1.0]), np.array([room.most]), time_limit=run.left())
    if moves is None:
        return
    loose.load(moves)
    plan_near(run, nonnegative(exposed_decisions(model)), pieces)
