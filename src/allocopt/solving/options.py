"""What a user may set about a solve."""

from dataclasses import dataclass

from allocopt.errors import UsageError
from allocopt.text import T


@dataclass(frozen=True)
class SolveOptions:
    """Limits and settings of a solve.

    Attributes
    ----------
    gap : float
        Wanted distance of the plan from the best possible, share of the objective.
    time_limit : float
        Seconds for the whole search.
    threads : int
    seed : int
        Of the solver's own randomness: same seed and threads, same plan.
    points : int
        Points per response curve before tangents are crossed.
    rounds : int
        Most rounds of solving, proving and refining.
    """

    gap: float = 1e-3
    time_limit: float = 600.0
    threads: int = 2
    seed: int = 0
    points: int = 8
    rounds: int = 6

    def __post_init__(self) -> None:
        """Refuse values outside their range.

        Raises
        ------
        UsageError
            Naming the option, what was found and what is allowed.
        """
        limits = (
            ("gap", self.gap, 0.0, 1.0),
            ("time limit", self.time_limit, 1e-3, 1e7),
            ("threads", self.threads, 1, 1024),
            ("seed", self.seed, 0, 2**31 - 1),
            ("points", self.points, 2, 200),
            ("rounds", self.rounds, 1, 100),
        )
        for name, found, least, most in limits:
            if not least <= found <= most:
                raise UsageError(
                    T(
                        "{option} is {found}, allowed is {least:g} to {most:g}",
                        option=name,
                        found=found,
                        least=least,
                        most=most,
                    )
                )
