"""The command that serves a simulated account until it is interrupted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from shlex import join
from typing import Annotated

from typer import BadParameter, Context, Option, Typer, echo

from sendtrail.simulator import cli_values
from sendtrail.simulator.account import Account, Network
from sendtrail.simulator.plan import MAX_LINKS, Plan
from sendtrail.simulator.server import listen, serve_forever, url_of

EPILOG = cli_values.EPILOG
main = Typer(add_completion=False, pretty_exceptions_enable=False)

_NEWEST_DAYS = 10.0
_HOLDS, _ANSWERS, _FAILS = "What the account holds", "How it answers", "What goes wrong"
_QUIRK_HELP = "NAME, NAME=VALUE, NAME=VALUE+VALUE or NAME=all; may be given again. They are listed below."
_NOW_HELP = (
    "The account's time, ISO 8601 with offset; empty: the real time of this start, so that each start is another "
    "account. The one in use is printed."
)
_FAILURE_HELP = (
    "KIND or KIND,NAME=VALUE,... with times (a number, or endless), every, after, match, seconds, shape, location, "
    "size_mb, such as unavailable,times=3,match=open_list; may be given again. They are listed below."
)

_Port = Annotated[int, Option(min=0, max=65_535, help="Port on 127.0.0.1; 0 picks a free one, which is printed.")]
_Seed = Annotated[int, Option(help="The same seed, sizes and --now give the same account.", rich_help_panel=_HOLDS)]
_Now = Annotated[str, Option(help=_NOW_HELP, rich_help_panel=_HOLDS)]
_Campaigns = Annotated[int, Option(min=1, help="Campaigns of all kinds.", rich_help_panel=_HOLDS)]
_Openers = Annotated[int, Option(min=1, help="Openers of the biggest campaign.", rich_help_panel=_HOLDS)]
_Contacts = Annotated[int, Option(min=0, help="Contacts; 0: as many as it takes.", rich_help_panel=_HOLDS)]
_Links = Annotated[int, Option(min=0, max=MAX_LINKS, help="The most links a message has.", rich_help_panel=_HOLDS)]
_Skew = Annotated[float, Option(min=0, help="How fast campaigns get smaller; 0: all alike.", rich_help_panel=_HOLDS)]
_Kinds = Annotated[str, Option(help="Of campaigns, by turns, the biggest first.", rich_help_panel=_HOLDS)]
_Days = Annotated[float, Option(min=0, help="Age of the oldest campaign.", rich_help_panel=_HOLDS)]
_Newest = Annotated[float, Option(min=0, help="Age of the newest campaign.", rich_help_panel=_HOLDS)]
_Share = Annotated[
    float, Option(min=0, max=1, help="New activity per day: a share of what is there.", rich_help_panel=_HOLDS)
]
_Shift = Annotated[int, Option(min=0, help="Report requests until rows arrive; 0: never.", rich_help_panel=_HOLDS)]
_Key = Annotated[str, Option(help="What the header Api-Token must hold.", rich_help_panel=_ANSWERS)]
_Zone = Annotated[str, Option(help="The account's time zone.", rich_help_panel=_ANSWERS)]
_Rate = Annotated[float, Option(min=0, help="Requests in any second; 0: without limit.", rich_help_panel=_ANSWERS)]
_Latency = Annotated[float, Option(min=0, help="Of each response, in all.", rich_help_panel=_ANSWERS)]
_Jitter = Annotated[float, Option(min=0, help="The most that comes on top, at random.", rich_help_panel=_ANSWERS)]
_Quirks = Annotated[list[str] | None, Option(help=_QUIRK_HELP, rich_help_panel=_FAILS)]
_Failures = Annotated[list[str] | None, Option(help=_FAILURE_HELP, rich_help_panel=_FAILS)]


@main.command(epilog=EPILOG)
def run(  # noqa: PLR0913 - one parameter an option
    context: Context,
    *,
    port: _Port = 0,
    seed: _Seed = 1,
    now: _Now = "",
    campaigns: _Campaigns = 12,
    openers: _Openers = 1_000,
    contacts: _Contacts = 0,
    links: _Links = 6,
    skew: _Skew = 0.8,
    kinds: _Kinds = cli_values.MIX_OF_KINDS,
    days: _Days = 180,
    newest_days: _Newest = _NEWEST_DAYS,
    daily_share: _Share = 0.02,
    shift_every: _Shift = 0,
    api_key: _Key = "simulated-key",
    time_zone: _Zone = "America/Chicago",
    rate: _Rate = 5,
    latency_ms: _Latency = 0,
    jitter_ms: _Jitter = 0,
    quirk: _Quirks = None,
    failure: _Failures = None,
) -> None:
    """Serve a simulated ActiveCampaign account on 127.0.0.1 until interrupted.

    The API is under /api/3 and /admin/api.php; send the header Api-Token.

    Without a key there are, under /_simulator: GET stats; GET requests, truth,
    history, unreadable, pages, contacts, campaigns as lines of JSON; POST
    pass_day, pass_told_day, pass_quiet_day, pass_quiet_hours, delete_contact,
    settle, failures; DELETE failures, requests.

    POST failures takes a JSON list of objects with what --failure takes, times
    null for endless: [{"kind": "unavailable", "times": 3, "match": "open_list"}]

    A stopped account is gone with all that was posted to it. The command that
    starts the same one again is printed.
    """
    with _complaints():
        account = Account(
            seed=seed,
            now=datetime.fromisoformat(now) if now else None,
            plan=Plan(
                campaigns=campaigns,
                openers=openers,
                contacts=contacts or None,
                links=links,
                skew=skew,
                kinds=cli_values.kinds(kinds),
                days=days,
                newest_days=min(days, newest_days),
                daily_share=daily_share,
                shift_every=shift_every,
            ),
            quirks=cli_values.quirks(quirk or []),
            network=Network(rate=rate, latency_ms=latency_ms, jitter_ms=jitter_ms),
            failures=[cli_values.failure(words) for words in failure or []],
            api_key=api_key,
            time_zone=time_zone,
        )
        listener = listen(port)
    echo(f"Simulated ActiveCampaign account at {url_of(listener)} with Api-Token {api_key}")
    echo(f"The same account again: {_same_again(context, account.now)}")
    serve_forever(account, listener)


def _same_again(context: Context, now: datetime) -> str:
    """Return the command that serves this account at another start: the options that were given, and its time."""
    words = [*context.command_path.split(), "--now", now.isoformat()]
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if source is None or source.name != "COMMANDLINE" or option.name == "now":
            continue
        value = context.params[option.name or ""]
        for each in value if isinstance(value, list | tuple) else [value]:
            words += [option.opts[0], str(each)]
    return join(words)


@contextmanager
def _complaints() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, OSError) as invalid:
        raise BadParameter(str(invalid)) from invalid
