"""Which font of this machine can draw Chinese in charts."""

from matplotlib.font_manager import fontManager

CANDIDATES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "SimHei",
    "Noto Sans CJK JP",
)
"""In order of preference; any of them has the simplified characters."""


def chinese_font() -> str | None:
    """Return the first of `CANDIDATES` that is installed, None if none is."""
    installed = {entry.name for entry in fontManager.ttflist}
    return next((name for name in CANDIDATES if name in installed), None)
