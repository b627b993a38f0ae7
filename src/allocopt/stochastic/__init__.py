"""Programs in two stages: what is decided now, and what once the future is known."""

from allocopt.stochastic.chance import Chance
from allocopt.stochastic.extensive import extensive_form
from allocopt.stochastic.recourse import Recourse, TwoStageAnswer, recourse_of, solve_two_stage
from allocopt.stochastic.replications import GapInterval, gap_by_replications
from allocopt.stochastic.two_stage import TwoStage
from allocopt.stochastic.value import StochasticValue, value_of

__all__ = [
    "Chance",
    "GapInterval",
    "Recourse",
    "StochasticValue",
    "TwoStage",
    "TwoStageAnswer",
    "extensive_form",
    "gap_by_replications",
    "recourse_of",
    "solve_two_stage",
    "value_of",
]
