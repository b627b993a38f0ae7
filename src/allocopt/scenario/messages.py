"""What is said about an invalid value: found, expected, what to do."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Literal, TypeAlias, get_args

from allocopt.scenario.faults import Fault
from allocopt.scenario.quantities import meant, narrow
from allocopt.scenario.shape import bare, fields_of, origin_of
from allocopt.scenario.wording import did_you_mean, shown
from allocopt.text import T, Text

Said: TypeAlias = tuple[Text, Text]


def said_of(fault: Fault) -> Said:
    """Return message and hint for ``fault``."""
    if fault.found is None and fault.code not in _WITHOUT_VALUE:
        return (
            T("{key} is empty", key=shown(fault.name)),
            T("Give a value, or remove the key to use its default."),
        )
    return _SAY.get(fault.code, _other)(fault)


def _missing(fault: Fault) -> Said:
    return (
        T("the key {key} is missing", key=fault.name),
        T("Add '{key}'.", key=fault.name),
    )


def _unknown(fault: Fault) -> Said:
    return (
        T("the key {key} is not known here", key=shown(fault.name)),
        did_you_mean(fault.name, fields_of(fault.shape)),
    )


def _not_number(fault: Fault) -> Said:
    return T("{found} is not a number", found=_found(fault)), _spelled(fault)


def _spelled(fault: Fault) -> Text:
    """Return how to write the number that was probably meant."""
    found = fault.limits.get("found", fault.found) if isinstance(fault.found, list) else fault.found
    likely = meant(found) if isinstance(found, str) else None
    if likely is None:
        return T("Write a plain number such as 1200 or 0.15, without separators or words.")
    if not likely.money:
        return T("Write {value}, without separators.", value=likely.count)
    return T(
        "Write {money} for an amount of money, {count} for a count.",
        money=likely.money,
        count=likely.count,
    )


def _not_finite(fault: Fault) -> Said:
    return (
        T("{found} is not a finite number", found=_found(fault)),
        T("Write a number; leave the field out if there is none."),
    )


def _wide_digits(fault: Fault) -> Said:
    return (
        T("{found} is written with full-width characters", found=_found(fault)),
        T("Write {value} in plain characters.", value=shown(narrow(str(fault.found)))),
    )


def _percent_not_share(fault: Fault) -> Said:
    percent = f"{float(str(fault.found)):g}"
    share = f"{float(str(fault.found)) / 100:g}"
    return (
        T("{found} looks like a percent, a share from 0 to 1 is expected", found=_found(fault)),
        T('Write {share} or "{percent} %".', share=share, percent=percent),
    )


def _points_not_share(fault: Fault) -> Said:
    return (
        T("{found} is in percentage points, a share is expected", found=_found(fault)),
        T('Write a fraction such as 0.15, or "15 %".'),
    )


def _percent_not_money(fault: Fault) -> Said:
    return (
        T("{found} is a percent, an amount of money is expected", found=_found(fault)),
        T('Write a number, or one with its unit such as "3 万元".'),
    )


def _too_small(fault: Fault) -> Said:
    limit = fault.limits.get("ge", fault.limits.get("gt"))
    if "gt" in fault.limits:
        message = T(
            "{found} is too small, more than {limit} is expected", found=_found(fault), limit=limit
        )
    else:
        message = T(
            "{found} is too small, at least {limit} is expected", found=_found(fault), limit=limit
        )
    return message, T("Correct the value; check its sign and its unit.")


def _too_large(fault: Fault) -> Said:
    limit = fault.limits.get("le", fault.limits.get("lt"))
    return (
        T("{found} is too large, at most {limit} is expected", found=_found(fault), limit=limit),
        T("Correct the value; check its unit."),
    )


def _not_text(fault: Fault) -> Said:
    return (
        T("{found} is not a text", found=_found(fault)),
        T("Put it in quotes if it is meant as a name."),
    )


def _bad_name(fault: Fault) -> Said:
    return (
        T("{found} is not a name that can be referred to", found=_found(fault)),
        T("Use no spaces and none of . , ; : = quotes or brackets."),
    )


def _too_short(fault: Fault) -> Said:
    return (
        T("{key} is empty, at least one entry is expected", key=fault.name),
        T("Fill it in."),
    )


def _too_long(fault: Fault) -> Said:
    return (
        T("{key} is longer than {limit}", key=fault.name, limit=fault.limits.get("max_length")),
        T("Shorten it."),
    )


def _not_listed(fault: Fault) -> Said:
    names = _choices(fault)
    return (
        T("{found} is not one of the choices of {key}", found=_found(fault), key=fault.name),
        did_you_mean(str(fault.found), names),
    )


def _choices(fault: Fault) -> list[str]:
    shape = bare(fault.shape)
    if origin_of(shape) is Literal:
        return [str(choice) for choice in get_args(shape)]
    if isinstance(shape, type) and issubclass(shape, Enum):
        return [str(member.value) for member in shape]
    return [str(fault.limits.get("expected", ""))]


def _not_whole(fault: Fault) -> Said:
    if not str(fault.found).isascii() and narrow(str(fault.found)).strip().isascii():
        return _wide_digits(fault)
    return (
        T("{found} is not a whole number", found=_found(fault)),
        T("Write a whole number such as 12."),
    )


def _not_flag(fault: Fault) -> Said:
    return T("{found} is neither true nor false", found=_found(fault)), T("Write true or false.")


def _not_date(fault: Fault) -> Said:
    return (
        T("{found} is not a date", found=_found(fault)),
        T("Write year-month-day, such as 2016-01-31."),
    )


def _not_list(fault: Fault) -> Said:
    return (
        T("{found} stands where a list is expected", found=_found(fault)),
        T("Write a list: [a, b], or one '- ' line per entry."),
    )


def _not_mapping(fault: Fault) -> Said:
    names = ", ".join(fields_of(fault.shape)) or "..."
    return (
        T("{found} stands where a mapping is expected", found=_found(fault)),
        T("Write 'key: value' pairs; keys are {names}.", names=names),
    )


def _other(fault: Fault) -> Said:
    return (
        T("{found} is not valid for {key}", found=_found(fault), key=shown(fault.name)),
        T("See the format of scenario files (allocopt schema)."),
    )


def _found(fault: Fault) -> str:
    # a value inside a list is named by the validator itself
    if isinstance(fault.found, list):
        return shown(fault.limits.get("found", fault.found))
    return shown(fault.found)


_WITHOUT_VALUE = frozenset({"missing", "extra_forbidden"})

_SAY: Mapping[str, Callable[[Fault], Said]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "not_number": _not_number,
    "not_finite": _not_finite,
    "wide_digits": _wide_digits,
    "percent_not_share": _percent_not_share,
    "points_not_share": _points_not_share,
    "percent_not_money": _percent_not_money,
    "greater_than": _too_small,
    "greater_than_equal": _too_small,
    "less_than": _too_large,
    "less_than_equal": _too_large,
    "string_type": _not_text,
    "string_pattern_mismatch": _bad_name,
    "string_too_short": _too_short,
    "string_too_long": _too_long,
    "too_short": _too_short,
    "too_long": _too_long,
    "enum": _not_listed,
    "literal_error": _not_listed,
    "int_type": _not_whole,
    "int_parsing": _not_whole,
    "int_parsing_size": _not_whole,
    "int_from_float": _not_whole,
    "finite_number": _not_finite,
    "bool_type": _not_flag,
    "bool_parsing": _not_flag,
    "date_type": _not_date,
    "date_parsing": _not_date,
    "date_from_datetime_parsing": _not_date,
    "date_from_datetime_inexact": _not_date,
    "tuple_type": _not_list,
    "list_type": _not_list,
    "model_type": _not_mapping,
    "dict_type": _not_mapping,
}
