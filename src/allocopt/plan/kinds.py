"""What numbers of a plan count, and the words for it that tables, files and screens share."""

from enum import StrEnum

from allocopt.text import Bilingual, Language

YUAN = Bilingual(zh="元", en="元")
HEADS = Bilingual(zh="人", en="heads")
SHARE = Bilingual(zh="比例", en="share")
TIMES = Bilingual(zh="倍", en="times")
MONTHLY_TARGETS = Bilingual(zh="个月均目标", en="average monthly targets")
MIXED = Bilingual(zh="混合单位", en="mixed units")
_PERSON = Bilingual(zh="人", en="person")


class Kind(StrEnum):
    """What a number counts.

    A share is shown in percent. Times are for what money brings per money spent, such as
    revenue over spend: there 2.61 times is read more easily than 261 %.
    """

    MONEY = "money"
    VOLUME = "volume"
    HEADS = "heads"
    SHARE = "share"
    TIMES = "times"
    MONEY_PER_VOLUME = "money_per_volume"
    MONEY_PER_HEAD = "money_per_head"
    VOLUME_PER_HEAD = "volume_per_head"
    MONTHLY_TARGETS = "monthly_targets"
    MIXED = "mixed"

    @property
    def digits(self) -> int:
        """Digits after the point that a number of this kind is shown with."""
        return 4 if self in (Kind.TIMES, Kind.MONTHLY_TARGETS) else 2


def unit_name(kind: Kind, volume_unit: Bilingual) -> Bilingual:
    """Return what numbers of ``kind`` are counted in, money in 元.

    Parameters
    ----------
    kind : Kind
    volume_unit : Bilingual
        What the scenario counts gross adds and customers in.
    """
    return {
        Kind.MONEY: YUAN,
        Kind.VOLUME: volume_unit,
        Kind.HEADS: HEADS,
        Kind.SHARE: SHARE,
        Kind.TIMES: TIMES,
        Kind.MONEY_PER_VOLUME: _per(YUAN, volume_unit),
        Kind.MONEY_PER_HEAD: _per(YUAN, _PERSON),
        Kind.VOLUME_PER_HEAD: _per(volume_unit, _PERSON),
        Kind.MONTHLY_TARGETS: MONTHLY_TARGETS,
        Kind.MIXED: MIXED,
    }[kind]


def _per(top: Bilingual, bottom: Bilingual) -> Bilingual:
    return Bilingual(
        zh=f"{top.render(Language.CHINESE)}/{bottom.render(Language.CHINESE)}",
        en=f"{top.render(Language.ENGLISH)}/{bottom.render(Language.ENGLISH)}",
    )
