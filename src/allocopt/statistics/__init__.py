"""What outcomes of many draws say: figures with intervals, comparisons, drivers, shocks.

Outcomes are arrays by replicate and draw; replicates are independent, draws of one need not be.
"""

from allocopt.statistics.box import Box, JudgedBox
from allocopt.statistics.design import Outputs
from allocopt.statistics.estimate import Estimate, Method, estimate, estimate_share, jackknifed
from allocopt.statistics.knowing import value_of_knowing
from allocopt.statistics.morris import Effect, MorrisDesign
from allocopt.statistics.paired import (
    BestPlan,
    PairedDifference,
    best_plan,
    paired_differences,
    shares_best,
)
from allocopt.statistics.precision import PreciseRun, Target, run_until_precise
from allocopt.statistics.prim import Discovery, discover
from allocopt.statistics.ranks import RankSensitivity, rank_sensitivity
from allocopt.statistics.regret import regret
from allocopt.statistics.robustness import (
    METRICS,
    Metric,
    PlanOutcomes,
    RobustnessTable,
    robustness_table,
    satisficing,
)
from allocopt.statistics.shock import Shock, ShockSearch, smallest_shock
from allocopt.statistics.statistic import (
    Deviation,
    HighestMean,
    LowestMean,
    Mean,
    Quantile,
    Share,
    Statistic,
)
from allocopt.statistics.switching import Switch, switches
from allocopt.statistics.tails import least_draws, lower_tail_mean, upper_tail_mean
from allocopt.statistics.tornado import Tornado, tornado
from allocopt.statistics.variance import SobolDesign, SobolIndices

__all__ = [
    "METRICS",
    "BestPlan",
    "Box",
    "Deviation",
    "Discovery",
    "Effect",
    "Estimate",
    "HighestMean",
    "JudgedBox",
    "LowestMean",
    "Mean",
    "Method",
    "Metric",
    "MorrisDesign",
    "Outputs",
    "PairedDifference",
    "PlanOutcomes",
    "PreciseRun",
    "Quantile",
    "RankSensitivity",
    "RobustnessTable",
    "Share",
    "Shock",
    "ShockSearch",
    "SobolDesign",
    "SobolIndices",
    "Statistic",
    "Switch",
    "Target",
    "Tornado",
    "best_plan",
    "discover",
    "estimate",
    "estimate_share",
    "jackknifed",
    "least_draws",
    "lower_tail_mean",
    "paired_differences",
    "rank_sensitivity",
    "regret",
    "robustness_table",
    "run_until_precise",
    "satisficing",
    "shares_best",
    "smallest_shock",
    "switches",
    "tornado",
    "upper_tail_mean",
    "value_of_knowing",
]
