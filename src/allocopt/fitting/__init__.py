"""Response curves from judged points or from history, with what the data leaves open.

`fit_judged` and `fit_history` are the doors, `fit.Fit` is what both return. `forms` says which
families can be fitted and where their parameters are looked for, `projection` finds the best
curve, `precision` says how well the data knows it.
"""

from allocopt.fitting.fit import Fit
from allocopt.fitting.forms import FORMS
from allocopt.fitting.history import fit_history
from allocopt.fitting.judged import fit_judged

__all__ = ["FORMS", "Fit", "fit_history", "fit_judged"]
