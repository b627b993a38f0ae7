"""The one list of distributions, and the ways in which a planner can give each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

import numpy as np

from allocopt.curves.parameters import Parameter
from allocopt.errors import SamplingError
from allocopt.sampling.marginals.base import Marginal
from allocopt.sampling.marginals.beta import Beta
from allocopt.sampling.marginals.counts import Bernoulli, Binomial, NegativeBinomial, Poisson
from allocopt.sampling.marginals.empirical import Empirical
from allocopt.sampling.marginals.lognormal import Lognormal
from allocopt.sampling.marginals.metalog import Metalog
from allocopt.sampling.marginals.normal import Normal
from allocopt.sampling.marginals.plain import Constant, Uniform
from allocopt.sampling.marginals.threepoint import Pert, Triangular
from allocopt.sampling.marginals.truncated import TruncatedNormal
from allocopt.text import Bilingual, T, Text

Given = Mapping[str, float | Sequence[float]]


@dataclass(frozen=True)
class Form:
    """One way to give a distribution.

    Attributes
    ----------
    parameters : tuple of Parameter
        All must be given.
    make : callable
        Takes their values in this order, and the optional ones by name.
    optional : tuple of Parameter
        What may be left out.
    """

    parameters: tuple[Parameter, ...]
    make: Callable[..., Marginal]
    optional: tuple[Parameter, ...] = ()

    def fits(self, given: Mapping[str, object]) -> bool:
        """Return whether the distribution is given in this way, going by names alone."""
        needed = {parameter.name for parameter in self.parameters}
        allowed = needed | {parameter.name for parameter in self.optional}
        return needed <= set(given) <= allowed

    def made(self, given: Mapping[str, object]) -> Marginal:
        """Return the distribution; values are in their ranges.

        Raises
        ------
        SamplingError
            If they contradict each other.
        """
        values = {name: _plain(value) for name, value in given.items()}
        needed = [values[parameter.name] for parameter in self.parameters]
        optional = {p.name: values[p.name] for p in self.optional if p.name in values}
        return self.make(*needed, **optional)


@dataclass(frozen=True)
class MarginalFamily:
    """A distribution and the ways to give it.

    Attributes
    ----------
    kind : type of Marginal
    forms : tuple of Form
        Of different parameters.
    """

    kind: type[Marginal]
    forms: tuple[Form, ...]


def _number(name: str, zh: str, en: str, low: float = -np.inf) -> Parameter:
    return Parameter(name, "value", Bilingual(zh, en), low)


_MEAN = _number("mean", "均值", "Mean")
_SD = Parameter("sd", "value", Bilingual("标准差", "Standard deviation"), lower_open=True)
_BOUNDS = (_number("lower", "下界", "Lower bound"), _number("upper", "上界", "Upper bound"))
_SHARE_RANGE = (
    Parameter("mean", "1", Bilingual("均值", "Mean"), 0.0, 1.0),
    Parameter(
        "low",
        "1",
        Bilingual("90 % 区间下端", "Low end of the 90 % range"),
        upper=1.0,
        lower_open=True,
    ),
    Parameter(
        "high",
        "1",
        Bilingual("90 % 区间上端", "High end of the 90 % range"),
        upper=1.0,
        upper_open=True,
    ),
)
_COUNTS = (
    Parameter("successes", "1", Bilingual("成功数", "Successes"), 0.0, 1e9),
    Parameter("contacts", "1", Bilingual("接触数", "Contacts"), 0.0, 1e9),
)
_PRIOR = (
    Parameter(
        "prior_a", "1", Bilingual("先验成功权重", "Prior weight of successes"), 0.0, 1e9, True
    ),
    Parameter(
        "prior_b", "1", Bilingual("先验失败权重", "Prior weight of failures"), 0.0, 1e9, True
    ),
)
_SPREAD = Parameter(
    "spread", "1", Bilingual("90 % 区间半宽", "Half of the 90 % range"), 0.0, 1.0, True, True
)
_QUANTILES = Metalog.parameters


def _native(kind: type[Marginal]) -> Form:
    return Form(kind.parameters, kind)


FAMILIES: Mapping[str, MarginalFamily] = MappingProxyType(
    {
        "beta": MarginalFamily(
            Beta,
            (
                _native(Beta),
                Form(_SHARE_RANGE, Beta.from_range),
                Form(_COUNTS, Beta.from_counts, _PRIOR),
            ),
        ),
        "lognormal": MarginalFamily(
            Lognormal,
            (
                _native(Lognormal),
                Form((_SPREAD,), Lognormal.from_spread),
                Form((_MEAN, _SD), Lognormal.from_moments),
            ),
        ),
        "normal": MarginalFamily(Normal, (_native(Normal),)),
        "truncated_normal": MarginalFamily(
            TruncatedNormal,
            (
                Form((_MEAN, _SD), TruncatedNormal.from_moments, _BOUNDS),
                Form(TruncatedNormal.parameters[:2], TruncatedNormal, _BOUNDS),
            ),
        ),
        "triangular": MarginalFamily(
            Triangular, (_native(Triangular), Form(_QUANTILES, Triangular.from_quantiles))
        ),
        "pert": MarginalFamily(Pert, (_native(Pert), Form(_QUANTILES, Pert.from_quantiles))),
        "uniform": MarginalFamily(Uniform, (_native(Uniform),)),
        "poisson": MarginalFamily(Poisson, (_native(Poisson),)),
        "negative_binomial": MarginalFamily(NegativeBinomial, (_native(NegativeBinomial),)),
        "binomial": MarginalFamily(Binomial, (_native(Binomial),)),
        "bernoulli": MarginalFamily(Bernoulli, (_native(Bernoulli),)),
        "empirical": MarginalFamily(Empirical, (_native(Empirical),)),
        "metalog": MarginalFamily(Metalog, (_native(Metalog),)),
        "constant": MarginalFamily(Constant, (_native(Constant),)),
    }
)


def make_marginal(family: str, given: Given) -> Marginal:
    """Return the distribution of a family with these parameters.

    Parameters
    ----------
    family : str
    given : mapping from parameter names to numbers, or to a sequence of them
        Exactly those of one of the family's forms.

    Raises
    ------
    SamplingError
        With the first thing that is wrong; `marginal_problems` has all of them.
    """
    problems = marginal_problems(family, given)
    if problems:
        raise problems[0]
    return next(form.made(given) for form in FAMILIES[family].forms if form.fits(given))


def marginal_problems(family: str, given: Mapping[str, object]) -> tuple[SamplingError, ...]:
    """Return everything that is wrong with the parameters of a distribution.

    Parameters
    ----------
    family : str
    given : mapping from parameter names to values

    Returns
    -------
    tuple of SamplingError
        Not raised; each has its text, its parameter and a hint.
    """
    if family not in FAMILIES:
        return (SamplingError(_unknown_family(family), "family"),)
    form = next((form for form in FAMILIES[family].forms if form.fits(given)), None)
    if form is None:
        return (_no_form(family, given),)
    parameters = {one.name: one for one in (*form.parameters, *form.optional)}
    found = [(name, parameters[name].problem(value)) for name, value in given.items()]
    found += [(name, _shape_problem(parameters[name], value)) for name, value in given.items()]
    wrong = tuple(SamplingError(text, name) for name, text in found if text is not None)
    if wrong:
        return wrong
    try:
        form.made(given)
    except SamplingError as error:
        return (error,)
    return ()


def _plain(value: object) -> float | tuple[float, ...]:
    array = np.asarray(value, dtype=np.float64)
    return float(array) if array.ndim == 0 else tuple(array.ravel().tolist())


def _shape_problem(parameter: Parameter, value: object) -> Text | None:
    if (np.ndim(value) > 0) == parameter.many:  # type: ignore[arg-type]
        return None
    if parameter.many:
        return T("{parameter}: a list of numbers was expected", parameter=parameter.name)
    return T("{parameter}: one number was expected, not a list", parameter=parameter.name)


def _unknown_family(family: str) -> Text:
    near = get_close_matches(family, FAMILIES, n=1)
    if near:
        return T("there is no distribution {name}; did you mean {near}?", name=family, near=near[0])
    listed = ", ".join(FAMILIES)
    return T("there is no distribution {name}; there are {known}", name=family, known=listed)


def _no_form(family: str, given: Mapping[str, object]) -> SamplingError:
    ways = "; ".join(
        ", ".join(parameter.name for parameter in form.parameters)
        + "".join(f" [, {parameter.name}]" for parameter in form.optional)
        for form in FAMILIES[family].forms
    )
    return SamplingError(
        T(
            "{family} cannot be made of {found}",
            family=family,
            found=", ".join(given) or T("nothing"),
        ),
        hint=T("give one of: {ways}", ways=ways),
    )
