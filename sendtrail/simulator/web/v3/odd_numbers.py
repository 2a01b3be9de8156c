"""How campaigns write their counters."""

from collections.abc import Callable, Iterable

from sendtrail.simulator.quirks import Quirks

_ODD: dict[str, Callable[[int], object]] = {
    "thousands": lambda value: f"{value:,}",
    "float": float,
    "float_string": lambda value: str(float(value)),
    "null": lambda _: None,
    "empty": lambda _: "",
    "word": lambda _: "many",
}


def written(counters: dict[str, int], quirks: Quirks) -> dict[str, object]:
    """Return counters as the account writes them, without those that it does not write."""
    number = int if quirks.ints else str
    usual: dict[str, object] = {name: number(value) for name, value in counters.items()}
    if quirks.odd_counters == "never":
        return usual
    odd: Iterable[str] = quirks.odd_counter_names or counters
    if quirks.odd_counters == "missing":
        return {name: value for name, value in usual.items() if name not in odd}
    write = _ODD[quirks.odd_counters]
    return usual | {name: write(counters[name]) for name in odd}
