"""What may turn out otherwise than the scenario expects, for stress tests of plans."""

from enum import StrEnum

from pydantic import ConfigDict, Field

from allocopt.scenario.quantities import NonNegative, Number, Positive, Share, Statistic
from allocopt.scenario.schema.base import Name, Names, Scope, Section, Titled


class Target(StrEnum):
    """What a driver, an event or a stress moves."""

    RESPONSE = "response"
    EFFORT = "effort"
    BASE_VOLUME = "base_volume"
    OPENING_CUSTOMERS = "opening_customers"
    CHURN = "churn"
    ARPU = "arpu"
    PRICE = "price"
    EFFECTIVE_RATE = "effective_rate"
    MIGRATION = "migration"
    UNIT_COST = "unit_cost"
    COST_SHARE = "cost_share"
    FIXED_COST = "fixed_cost"
    WAGE = "wage"
    HIRING_SUCCESS = "hiring_success"
    HIRING_DELAY = "hiring_delay"
    ATTRITION = "attrition"
    MARKET_CUSTOMERS = "market_customers"
    MARKET_GROSS_ADDS = "market_gross_adds"
    MARKET_LEAVERS = "market_leavers"


class DrawnAs(StrEnum):
    """What a drawn number does to the number that the scenario expects."""

    FACTOR = "factor"
    RELATIVE = "relative"
    VALUE = "value"


class By(StrEnum):
    """What else drivers draw for separately, beside units."""

    ALL = "all"
    PRODUCT = "product"
    CHANNEL = "channel"
    LEVER = "lever"
    ROLE = "role"
    ROW = "row"


class Each(StrEnum):
    """How long a drawn number holds."""

    YEAR = "year"
    PERIOD = "period"


class Kind(StrEnum):
    """Why a number is not known: what could be learned, and what could not."""

    PARAMETER = "parameter"
    VARIABILITY = "variability"


class Copula(StrEnum):
    """How drivers hang together in their extremes."""

    GAUSSIAN = "gaussian"
    T = "t"


class DistributionSpec(Section):
    """A distribution: a family and the parameters that a planner gives for it."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Statistic]

    family: Name = Field(description="Family name; docs/stress.md lists them.")


class Driver(Titled):
    """An uncertain number of the scenario, and how it is distributed."""

    target: Target = Field(description="What it moves.")
    scope: Scope = Field(default=Scope(), description="Which rows it moves; all when empty.")
    acts: DrawnAs = Field(
        default=DrawnAs.FACTOR,
        description="factor: times the expected number; relative: the same after division by the "
        "distribution's mean; value: instead of it.",
    )
    distribution: DistributionSpec = Field(description="Family and parameters.")
    per: Name | None = Field(
        default=None, description="Level of the unit tree: units of it draw separately."
    )
    by: By = Field(default=By.ALL, description="What else draws separately.")
    each: Each = Field(default=Each.YEAR, description="One number for all periods, or one each.")
    kind: Kind = Field(
        default=Kind.VARIABILITY,
        description="parameter: not known, but could be learned; variability: chance.",
    )


class Correlation(Titled):
    """Drivers that move together: rank correlation of every pair of them."""

    drivers: Names = Field(min_length=2, description="Two drivers or more.")
    rank: Number = Field(description="Spearman's rank correlation, above -1 and below 1.")


class Loading(Section):
    """How strongly a driver hangs on a common factor."""

    driver: Name = Field(description="Driver.")
    weight: Number = Field(description="Correlation with the factor, between -1 and 1.")


class CommonFactor(Titled):
    """Something behind several drivers: the market, the rival, the economy."""

    loadings: tuple[Loading, ...] = Field(min_length=1, description="Drivers that hang on it.")
    each: Each = Field(default=Each.YEAR, description="One number for all periods, or one each.")


class Impact(Section):
    """What an event or a stress does to one kind of number."""

    target: Target = Field(description="What it moves.")
    scope: Scope = Field(default=Scope(), description="Which rows it moves; all when empty.")
    factor: NonNegative | None = Field(
        default=None, description="Times the number there would be otherwise."
    )
    severity: DistributionSpec | None = Field(
        default=None, description="Events: the factor as a distribution."
    )


class Event(Titled):
    """A discrete shock: it happens or it does not."""

    probability: Share = Field(description="That it happens, per unit where 'per' is given.")
    first: int = Field(default=1, ge=1, description="Earliest period it starts in, from 1.")
    last: int | None = Field(
        default=None, ge=1, description="Latest period it starts in; the last if empty."
    )
    lasts: int | None = Field(
        default=None, ge=1, description="Periods it lasts; to the end if empty."
    )
    per: Name | None = Field(
        default=None, description="Level of the unit tree: units of it are struck separately."
    )
    impacts: tuple[Impact, ...] = Field(min_length=1, description="What it does.")


class Stress(Titled):
    """A named bad future: what the expected numbers are multiplied with."""

    first: int = Field(default=1, ge=1, description="First period, counted from 1.")
    last: int | None = Field(default=None, ge=1, description="Last period; the last if empty.")
    impacts: tuple[Impact, ...] = Field(min_length=1, description="What it does.")


class Precision(Section):
    """When a simulation has drawn enough: half-widths of intervals at 95 %."""

    p_met: Share | None = Field(
        default=0.01, description="Of the probability that a line is met, absolute."
    )
    mean: Positive | None = Field(default=None, description="Of a measure's mean, share of it.")
    cvar: Positive | None = Field(
        default=None, description="Of the mean of the worst outcomes, share of the bound."
    )


class UncertaintySection(Section):
    """The uncertain world around a plan; plans do not depend on it."""

    drivers: tuple[Driver, ...] = Field(default=(), description="Uncertain numbers.")
    correlations: tuple[Correlation, ...] = Field(
        default=(), description="Drivers that move together."
    )
    common_factors: tuple[CommonFactor, ...] = Field(
        default=(), description="What stands behind several drivers."
    )
    copula: Copula = Field(
        default=Copula.GAUSSIAN,
        description="gaussian, or t: extremes come together more often (a stress).",
    )
    degrees: Positive = Field(default=4.0, description="Degrees of freedom of the t copula.")
    events: tuple[Event, ...] = Field(default=(), description="Discrete shocks.")
    stresses: tuple[Stress, ...] = Field(default=(), description="Named bad futures.")
    precision: Precision = Field(default=Precision(), description="How precise results must be.")
    most_draws: int = Field(default=2**17, ge=1, description="Largest number of draws.")
