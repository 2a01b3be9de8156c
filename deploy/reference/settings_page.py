"""docs/reference/settings.md: every setting of the commands and of the functions, and where it comes from."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

import sendtrail.cli.settings
from deploy.reference.commands_page import CommandOption, every_option
from deploy.reference.pages import code, table
from sendtrail.cli.settings.option_names import option_name
from sendtrail.cli.settings.sources import PREFIX
from sendtrail.entrypoints.settings import FunctionSettings

_HEAD = """\
# Settings

Every setting has one name. For a command, what is typed as an option counts before the environment, that before a file
`.env` in the folder where the command is run, and that before `sendtrail.toml` beside it, where the same name is
written without SENDTRAIL_ and in small letters ([One machine](../one-machine.md)). The functions on Google Cloud read
their environment, which Terraform sets. A variable that looks like one of these and is none is named when a command
starts.
"""


def settings_page() -> Iterator[str]:
    """Yield the lines of the page."""
    yield _HEAD
    yield from ("## Settings of the commands", "")
    yield from table(("variable", "option", "default", "what it is", "commands"), _rows_of_commands())
    yield from ("## Settings of the functions", "")
    yield from table(("variable", "default", "type"), _rows_of_functions())
    yield "[terraform/README.md](../../terraform/README.md) says which of its variables set them."


def command_settings() -> list[type[BaseSettings]]:
    """Return every class of settings of a command, by its name."""
    for module in pkgutil.iter_modules(sendtrail.cli.settings.__path__, "sendtrail.cli.settings."):
        importlib.import_module(module.name)
    return sorted(_own(BaseSettings), key=lambda each: each.__name__)


def _own(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("sendtrail.cli."):
            yield each
        yield from _own(each)


def _rows_of_commands() -> Iterator[tuple[str, ...]]:
    fields = {
        _variable(name, field, kind.model_config.get("env_prefix", PREFIX)): (name, field)
        for kind in command_settings()
        for name, field in kind.model_fields.items()
    }
    options = _options()
    for variable, (name, field) in sorted(fields.items()):
        option = option_name(name)
        found = [each for each in options.get(option, []) if name in each.settings]
        found.sort(key=lambda each: (each.words != "sendtrail sync", each.words))
        described = field.description or _WITHOUT_OPTION.get(name, "")
        helps = next((each.option.help for each in found if each.option.help), described)
        words = ", ".join(sorted({each.words.removeprefix("sendtrail ") for each in found}))
        yield code(variable), code(option) if found else "", _default(field), helps, words


_WITHOUT_OPTION: Mapping[str, str] = {
    "api_key": "The API key, which is no option: a command line is visible to everybody on the machine.",
    "bigquery_emulator_host": "The address of BigQuery's emulator, in the place of BigQuery.",
    "firestore_emulator_host": "The address of Firestore's emulator, in the place of Firestore.",
    "overlap_hours": "How far before the last sync a read goes on, for rows that came late.",
    "recent_overlap_hours": "The same for campaigns that were sent lately.",
}


def _options() -> Mapping[str, list[CommandOption]]:
    found: dict[str, list[CommandOption]] = defaultdict(list)
    for each in every_option():
        for name in each.option.opts:
            found[name].append(each)
    return found


def _rows_of_functions() -> Iterator[tuple[str, ...]]:
    for name, field in FunctionSettings.model_fields.items():
        yield code(_variable(name, field, PREFIX)), _default(field), code(_type(field))


def _variable(name: str, field: FieldInfo, prefix: str) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else f"{prefix}{name}".upper()


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=False)
    if value is PydanticUndefined:
        return "must be set" if field.is_required() else ""
    if isinstance(value, frozenset):
        return code(",".join(sorted(value)))
    return "" if value in (None, "", [], ()) else code(str(getattr(value, "value", value)))


def _type(field: FieldInfo) -> str:
    kind = field.annotation
    return getattr(kind, "__name__", str(kind))
