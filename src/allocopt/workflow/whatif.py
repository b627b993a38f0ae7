"""What if: a plan's scenario with other values, planned again from where the last plan stands."""

import time
from collections.abc import Mapping
from dataclasses import replace

from allocopt.errors import SolveError
from allocopt.plan.plan import Plan
from allocopt.problem import build_problem
from allocopt.scenario.scenario import Scenario
from allocopt.solving.answer import answer_again
from allocopt.solving.outcome import Watch, no_watch
from allocopt.solving.resume import opened
from allocopt.workflow.explaining import formulation_of, kept_options
from allocopt.workflow.inputs import changed

Setting = str | int | float
"""A value as written after ``--set path=``: text with its unit, or a number."""


class PlanWhatIf:
    """A plan whose scenario may be changed and planned again, quickly.

    Opening it builds the plan's models, which takes about as long as a first bound. A new plan
    is proven on its own: of the one before nothing but where it stood is used.

    Parameters
    ----------
    plan : Plan
    model : str or None
        Path of the model file, where the plan is not of a bundled model.

    Raises
    ------
    UsageError
        If the plan's model is not at hand, or is not the file that the plan was made with.
    """

    def __init__(self, plan: Plan, model: str | None = None) -> None:
        self._formulation = formulation_of(plan, model)
        self._first, self._plan = plan.scenario, plan
        self._scenario = plan.scenario
        self._changes: dict[str, str] = {}
        self._options = kept_options(plan)
        self._standing = opened(plan.problem, self._formulation, plan.decisions, self._options)

    @property
    def plan(self) -> Plan:
        """The last plan."""
        return self._plan

    @property
    def scenario(self) -> Scenario:
        """The scenario with what was set."""
        return self._scenario

    @property
    def changes(self) -> Mapping[str, str]:
        """What is set on top of the first plan's scenario: path -> value."""
        return dict(self._changes)

    def set(self, path: str | Mapping[str, Setting], value: Setting | None = None) -> None:
        """Set one value, or several at once; all of them or, with an error, none.

        Parameters
        ----------
        path : str or mapping path -> value
            As in ``--set``, such as ``lines.annual_budget.at_most``.
        value : str or number, optional
            As in ``--set``, such as ``2400 万元``; left out with a mapping. None is nothing.

        Raises
        ------
        ScenarioError
            With every finding, if the scenario cannot be used with it.
        """
        wanted = {path: value} if isinstance(path, str) else path
        fresh = {one.strip(): "" if v is None else str(v) for one, v in wanted.items()}
        # A path that is set again counts as set last.
        kept = {one: v for one, v in self._changes.items() if one not in fresh}
        self._change(kept | fresh)

    def reset(self, path: str | None = None) -> None:
        """Take back what was set at ``path``, or everything.

        Parameters
        ----------
        path : str, optional

        Raises
        ------
        ScenarioError
            If the scenario cannot be used without it.
        """
        self._change({one: v for one, v in self._changes.items() if path and one != path.strip()})

    def _change(self, changes: dict[str, str]) -> None:
        texts = [f"{path}={value}" for path, value in changes.items()]
        self._scenario = changed(self._first, texts) if texts else self._first
        self._changes = changes

    def solve(
        self,
        *,
        gap: float | None = None,
        time_limit: float | None = None,
        watch: Watch | None = None,
    ) -> Plan:
        """Return the plan of the scenario as it is set, with its own bound and gap.

        Parameters
        ----------
        gap, time_limit : float, optional
            As for `allocopt.solve`; as for the first plan where left out.
        watch : callable, optional
            Gets a `Progress` now and then.

        Raises
        ------
        InfeasibleError
            If no plan satisfies every hard line; the session goes on from the last plan.
        NoPlanInTimeError, SolveError, UsageError
            See `allocopt.solve`.
        """
        options = replace(
            self._options,
            gap=self._options.gap if gap is None else gap,
            time_limit=self._options.time_limit if time_limit is None else time_limit,
        )
        started = time.monotonic()
        problem = build_problem(self._scenario.data)
        prepared = time.monotonic() - started
        standing = self._standing
        # Models that an interrupt left half changed are not used again.
        self._standing = replace(standing, models=None)
        try:
            plan, after = answer_again(
                self._scenario,
                problem,
                self._formulation,
                options=options,
                watch=watch or no_watch,
                standing=standing,
            )
        except SolveError:
            self._standing = standing
            raise
        self._standing = after or standing
        self._plan = replace(plan, seconds={"prepare": prepared, **plan.seconds})
        return self._plan
