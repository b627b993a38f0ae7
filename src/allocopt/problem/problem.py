"""The frozen records that optimizer, evaluator and audit work on."""

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.curves import CurveBank
from allocopt.problem.axes import Axis, AxisName
from allocopt.problem.tree import Tree
from allocopt.scenario.schema.levers import ChangeLimit
from allocopt.scenario.schema.limits import LineSpec, ObjectiveSection
from allocopt.scenario.schema.targets import TargetSpec
from allocopt.scenario.schema.uncertainty import UncertaintySection
from allocopt.text import Bilingual


@dataclass(frozen=True)
class Calendar:
    """The horizon.

    Attributes
    ----------
    labels : tuple of str, shape (periods,), such as ``2016-01``
    working_days : FloatArray (periods,), days
    uplift : FloatArray (periods,), factor on volume that festivals bring
    profiles : mapping profile name -> FloatArray (periods,), summing to 1
    """

    labels: tuple[str, ...]
    working_days: FloatArray
    uplift: FloatArray
    profiles: Mapping[str, FloatArray]

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.labels)


@dataclass(frozen=True)
class Trees:
    """The trees that scopes speak of.

    Attributes
    ----------
    units : Tree
        The organization, over leaf units.
    more : tuple of Tree
        Further trees over the same leaves.
    products, channels, expenses : Tree
    """

    units: Tree
    more: tuple[Tree, ...]
    products: Tree
    channels: Tree
    expenses: Tree


@dataclass(frozen=True)
class Cells:
    """What trades: arrays over cells, flows per period, money in 元.

    Attributes
    ----------
    units, products, channels : tuples of str, shape (cells,)
        Leaf labels of each cell.
    opening_customers : FloatArray (cells,), accounts
    season : FloatArray (cells, periods), factor with mean near 1
    base_volume : FloatArray (cells, periods), gross adds/period without effort
    price, unit_cost : FloatArray (cells, periods), 元/account
    arpu : FloatArray (cells, periods), 元/account/period
    cost_share, churn, effective_rate, migration : FloatArray (cells, periods), shares
    migrates : csr_array (cells, cells), 1 at (to, from)
    potential, last_year_volume, last_year_revenue : FloatArray (cells,); NaN where not given
    """

    units: tuple[str, ...]
    products: tuple[str, ...]
    channels: tuple[str, ...]
    opening_customers: FloatArray
    season: FloatArray
    base_volume: FloatArray
    price: FloatArray
    unit_cost: FloatArray
    arpu: FloatArray
    cost_share: FloatArray
    churn: FloatArray
    effective_rate: FloatArray
    migration: FloatArray
    migrates: csr_array
    potential: FloatArray
    last_year_volume: FloatArray
    last_year_revenue: FloatArray


@dataclass(frozen=True)
class Placements:
    """Places where money is put: arrays over placements, money in 元.

    Attributes
    ----------
    levers, units : tuples of str, shape (placements,)
        Lever, and the lowest unit that holds every cell fed.
    curves : CurveBank
        Response per period to effort in 元, in placement order.
    carry_over : FloatArray (placements,), share
    lower, upper, minimum, current : FloatArray (placements, periods), 元/period
    largest_move : FloatArray (placements,), share of current; NaN where free
    on_horizon : BoolArray (placements,)
        The curve takes the effort of the whole horizon.
    adds, keeps, moves : csr_array (cells, placements)
        Share of the response that each cell gets, by effect of the lever; for ``moves``
        the cell is the one that customers leave.
    """

    levers: tuple[str, ...]
    units: tuple[str, ...]
    curves: CurveBank
    carry_over: FloatArray
    lower: FloatArray
    upper: FloatArray
    minimum: FloatArray
    current: FloatArray
    largest_move: FloatArray
    on_horizon: BoolArray
    adds: csr_array
    keeps: csr_array
    moves: csr_array


@dataclass(frozen=True)
class SpanRule:
    """Ratio between leading groups and those they lead.

    Attributes
    ----------
    role, of : str
        Leading and led role.
    leaders : IntArray (rows,), group numbers
    led : csr_array (rows, groups), 1 for each group led
    at_most, at_least : float or None, heads/head
    """

    role: str
    of: str
    leaders: IntArray
    led: csr_array
    at_most: float | None
    at_least: float | None


@dataclass(frozen=True)
class Staff:
    """Groups of people: arrays over groups (role x unit), money in 元.

    Attributes
    ----------
    roles, units : tuples of str, shape (groups,)
    opening : FloatArray (groups,), heads
    least, most : FloatArray (groups,), heads; most is inf where free
    whole, can_release, can_move : BoolArray (groups,)
    wage : FloatArray (groups, periods), 元/head/period
    hiring_cost, release_cost, move_cost : FloatArray (groups,), 元/event
    attrition, new_attrition : FloatArray (groups, periods), share per period
    new_periods, lead_time : IntArray (groups,), periods
    ramp_loss : FloatArray (groups, ramp periods)
        Output that a newcomer still lacks, share; 0 after the ramp.
    max_hires : mapping role -> heads per period over all units
    serves : csr_array (groups, cells), 1 where a group's capacity is needed
    productivity : FloatArray (groups,), gross adds/head/period; inf where no limit
    spans : tuple of SpanRule
    """

    roles: tuple[str, ...]
    units: tuple[str, ...]
    opening: FloatArray
    least: FloatArray
    most: FloatArray
    whole: BoolArray
    can_release: BoolArray
    can_move: BoolArray
    wage: FloatArray
    hiring_cost: FloatArray
    release_cost: FloatArray
    move_cost: FloatArray
    attrition: FloatArray
    new_attrition: FloatArray
    new_periods: IntArray
    lead_time: IntArray
    ramp_loss: FloatArray
    max_hires: Mapping[str, float]
    serves: csr_array
    productivity: FloatArray
    spans: tuple[SpanRule, ...]


@dataclass(frozen=True)
class Accounts:
    """Expense line x unit: where money lands, in 元.

    Attributes
    ----------
    expenses, units : tuples of str, shape (accounts,)
    fixed : FloatArray (accounts, periods), 元/period
    of_spend : csr_array (accounts, placements), 1 where spend lands
    of_wages, of_one_off : csr_array (accounts, groups), 1 where people's cost lands
    per_volume : csr_array (accounts, cells), 元/account
    revenue_share : csr_array (accounts, cells), share
    """

    expenses: tuple[str, ...]
    units: tuple[str, ...]
    fixed: FloatArray
    of_spend: csr_array
    of_wages: csr_array
    of_one_off: csr_array
    per_volume: csr_array
    revenue_share: csr_array


@dataclass(frozen=True)
class Market:
    """The market around the cells, per market row and period.

    Attributes
    ----------
    customers : FloatArray (rows, periods), accounts at the end of a period
    gross_adds, leavers : FloatArray (rows, periods), accounts/period
    """

    customers: FloatArray
    gross_adds: FloatArray
    leavers: FloatArray


@dataclass(frozen=True)
class TargetCells:
    """What quotas are cascaded to: leaf units, by product and channel where a quota says so.

    Attributes
    ----------
    quotas : tuple of str, shape (targets,)
        Which quota each target cell belongs to.
    units, products, channels : tuples of str, shape (targets,)
        Labels; products or channels are empty strings where not split.
    cells : csr_array (targets, cells)
        1 where a cell's measure attains the target.
    potential, last_year, weight : FloatArray (targets,)
        Yardsticks in the quota's unit; NaN where not given.
    """

    quotas: tuple[str, ...]
    units: tuple[str, ...]
    products: tuple[str, ...]
    channels: tuple[str, ...]
    cells: csr_array
    potential: FloatArray
    last_year: FloatArray
    weight: FloatArray


@dataclass(frozen=True)
class Problem:
    """A scenario as arrays aligned to labels; nothing behind it needs the files.

    Attributes
    ----------
    name : str
    title, volume_unit : Bilingual
    money_unit : int
        元 per unit in which money is shown and scaled.
    calendar, trees, cells, placements, staff, accounts, market, target_cells : records
    axes : mapping AxisName -> Axis
    lines, targets, change_limits, objective, uncertainty
        What the scenario asks for, as written (money in 元).
    """

    name: str
    title: Bilingual
    volume_unit: Bilingual
    money_unit: int
    calendar: Calendar
    trees: Trees
    cells: Cells
    placements: Placements
    staff: Staff
    accounts: Accounts
    market: Market
    target_cells: TargetCells
    axes: Mapping[AxisName, Axis]
    lines: tuple[LineSpec, ...]
    targets: tuple[TargetSpec, ...]
    change_limits: tuple[ChangeLimit, ...]
    objective: ObjectiveSection
    uncertainty: UncertaintySection
