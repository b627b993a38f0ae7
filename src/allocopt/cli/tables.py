"""Tables on a screen, with columns that line up in Chinese too."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from allocopt.cli.session import Session
from allocopt.text import Text

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text as RichText


def plain_table(
    session: Session,
    heads: Sequence[Text],
    rows: Iterable[Sequence["str | RichText"]],
    *,
    title: Text | None = None,
    numbers: Sequence[int] = (),
) -> "Table":
    """Return a table without borders.

    Parameters
    ----------
    session : Session
    heads : sequence of Text
    rows : iterable of sequence of str or rich text
    title : Text, optional
    numbers : sequence of int
        Columns that are set to the right.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD,
        title=title.render(session.language) if title is not None else None,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
        show_edge=False,
    )
    for position, head in enumerate(heads):
        right = position in numbers
        table.add_column(
            head.render(session.language),
            justify="right" if right else "left",
            no_wrap=right,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*row)
    return table
