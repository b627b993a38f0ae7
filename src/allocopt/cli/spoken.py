"""click commands that speak the session's language.

A command is built for one call, when its language is known; nothing is translated at import.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

import click

from allocopt.cli.session import Session
from allocopt.errors import UsageError
from allocopt.text import Language, T, Text

Loader = Callable[[Session], click.Command]
"""Imports a command's module and builds the command."""


def option(
    session: Session,
    names: Sequence[str],
    about: Text,
    *,
    kind: type[float] | type[int] | None = None,
    default: object = None,
    multiple: bool = False,
    required: bool = False,
    metavar: str | None = None,
) -> click.Option:
    """Return an option that takes a value.

    Parameters
    ----------
    session : Session
    names : sequence of str
    about : Text
        What it does, with its default.
    kind : float or int, optional
        Text without it.
    default : object, optional
    multiple : bool
        Whether it may be given several times.
    required : bool
    metavar : str, optional
    """
    help_text = about.render(session.language)
    if required:
        # click takes any default, None too, as the value of a required option
        return click.Option(list(names), type=kind, required=True, metavar=metavar, help=help_text)
    return click.Option(
        list(names),
        type=kind,
        default=default,
        multiple=multiple,
        metavar=metavar,
        help=help_text,
    )


def _shared_options(session: Session) -> list[click.Parameter]:
    """Return the options that every command takes; `Session` holds their values."""
    as_json = T("Print one JSON value on standard output and nothing else there.")
    lang = T("Language of messages; by default that of the locale.")
    return [
        click.Option(
            ["--json"], is_flag=True, expose_value=False, help=as_json.render(session.language)
        ),
        click.Option(
            ["--lang"],
            type=click.Choice([language.value for language in Language]),
            expose_value=False,
            help=lang.render(session.language),
        ),
    ]


class SpokenCommand(click.Command):
    """A command whose help is in one language.

    Parameters
    ----------
    session : Session
    name : str
    about : Text
        What it does, as a paragraph.
    callback : callable, optional
        Gets the parameters by name, returns the exit code.
    params : sequence of click.Parameter
        `--json` and `--lang` are added.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        about: Text,
        *,
        callback: Callable[..., int] | None = None,
        params: Sequence[click.Parameter] = (),
    ) -> None:
        super().__init__(
            name,
            callback=callback,
            params=[*params, *_shared_options(session)],
            help=about.render(session.language),
        )
        self.session = session

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self._say(T("Usage: ")))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each option does."""
        options = (one for one in self.get_params(ctx) if isinstance(one, click.Option))
        records = [one.get_help_record(ctx) for one in options]
        with formatter.section(self._say(T("Options"))):
            formatter.write_dl([record for record in records if record is not None])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help`` with its text in the session's language."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = self._say(T("Show this message and exit."))
        return found

    def _say(self, text: Text) -> str:
        return text.render(self.session.language)


class SpokenGroup(SpokenCommand, click.Group):
    """A group that imports a command's module only when the command is called.

    Parameters
    ----------
    session : Session
    name : str
    about : Text
    members : mapping command name -> (what it does in a line, its loader)
    params : sequence of click.Parameter
    """

    def __init__(
        self,
        session: Session,
        name: str,
        about: Text,
        *,
        members: Mapping[str, tuple[Text, Loader]],
        params: Sequence[click.Parameter] = (),
    ) -> None:
        super().__init__(session, name, about, params=params)
        self.no_args_is_help = True
        self.members = members

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names, in the order of a planner's work."""
        return list(self.members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        """Return the command of this name.

        Raises
        ------
        UsageError
            If there is none.
        """
        if cmd_name in self.members:
            return self.members[cmd_name][1](self.session)
        near = get_close_matches(cmd_name, self.members, n=1)
        known = ", ".join(near or self.members)
        raise UsageError(
            T("there is no command {found}; known: {known}", found=cmd_name, known=known)
        )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write options and commands."""
        super().format_options(ctx, formatter)
        records = [(name, self._say(about)) for name, (about, _) in self.members.items()]
        with formatter.section(self._say(T("Commands"))):
            formatter.write_dl(records)
