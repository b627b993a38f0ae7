"""PyMC-Marketing's budget allocator on given Hill curves, one posterior draw, no carry-over."""

import warnings
from collections.abc import Callable

import arviz as az
import numpy as np
import pymc as pm
import pymc.dims as pmd
from pymc_marketing.mmm.budget_optimizer import BudgetOptimizer, CustomModelWrapper
from xarray import DataArray

from allocopt.arrays import FloatArray
from allocopt.curves import Hill


def prepare(curve: Hill, upper: FloatArray, budget: float) -> Callable[[], FloatArray]:
    """Return the allocator's call; models are compiled before it."""
    names = [f"p{number:05d}" for number in range(upper.size)]
    beta, ec50, slope = curve.beta, curve.ec50, curve.slope
    with pm.Model(coords={"date": [0], "channel": names}) as model:
        spend = pmd.Data("channel_data", np.zeros((1, upper.size)), dims=("date", "channel"))
        power = (spend / pmd.as_xtensor(ec50, dims=("channel",))) ** pmd.as_xtensor(
            slope, dims=("channel",)
        )
        scale = pmd.Normal("scale", 1.0, 1.0)
        response = pmd.as_xtensor(beta, dims=("channel",)) * power / (1.0 + power) * scale
        pmd.Deterministic("total_contribution", response.sum())
    draws = az.from_dict(posterior={"scale": np.ones((1, 1))})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrapper = CustomModelWrapper(base_model=model, idata=draws, channels=names)
        optimizer = BudgetOptimizer(model=wrapper, num_periods=1)
    bounds = DataArray(
        np.stack([np.zeros(upper.size), upper], axis=1),
        dims=("channel", "bound"),
        coords={"channel": names, "bound": ["lower", "upper"]},
    )

    def allocate() -> FloatArray:
        plan, _ = optimizer.allocate_budget(budget, bounds, return_if_fail=True)
        return np.clip(plan.to_numpy(), 0.0, upper)

    return allocate
