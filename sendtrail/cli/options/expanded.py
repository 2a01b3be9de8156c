"""Options as a dataclass: several commands can share it, and each takes it as one parameter.

Typer has no such thing (https://github.com/fastapi/typer/issues/154), but makes options of whatever a signature says.
"""

from collections.abc import Callable
from dataclasses import fields
from inspect import Parameter, signature
from typing import Any, get_type_hints

PARAMETER = "options"


def expanded(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with an option for each field of its dataclass parameter `options`, which have defaults."""
    own = signature(command, eval_str=True).parameters
    kind = own[PARAMETER].annotation
    names = [field.name for field in fields(kind)]

    def run(**arguments: Any) -> None:
        given = {name: arguments.pop(name) for name in names if name in arguments}
        command(**arguments, options=kind(**given))

    parameters = [*(parameter for name, parameter in own.items() if name != PARAMETER), *_parameters(kind)]
    run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
    run.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameters(kind: type) -> list[Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name])
        for field in fields(kind)
    ]
