"""What it is worth to learn an input before choosing a plan, from a run that is there anyway."""

from allocopt.arrays import FloatArray
from allocopt.statistics.conditional import conditional_means, joined, parted
from allocopt.statistics.estimate import Estimate, jackknifed


def value_of_knowing(known: FloatArray, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
    """Return the expected gain of choosing the plan after an input is known (EVPPI).

    E max over plans of E(outcome | input) - max over plans of E(outcome), with the inner mean by
    regression on a cubic spline of the input: Strong, Oakley and Brennan (2014). In the unit of
    outcomes; of one plan alone it is 0. Fitting overstates it a little: of an input that no choice
    depends on, about 0.4 sd sqrt(10 / draws) of the difference between plans that are equally
    good, and nothing where one is clearly better.

    Parameters
    ----------
    known : FloatArray (replicates, n)
        The input.
    outcomes : FloatArray (plans, replicates, n)
        On the same futures; higher is better.
    confidence : float

    Raises
    ------
    StatisticsError
        If there are fewer than two replicates, or 200 draws.
    """
    return jackknifed(_gain, joined(known, outcomes), confidence)


def _gain(together: FloatArray) -> float:
    known, lead = parted(together)
    fitted = conditional_means(known, lead)(known)
    return float(fitted.max(axis=0).mean() - max(fitted.mean(axis=1)))
