"""The models of attribution, in the order in which the report names them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A model: its name in the views, and in words."""

    name: str
    title: str
    says: str


MODELS = (
    Model(name="first_touch", title="First touch", says="all credit goes to the e-mail that was clicked first"),
    Model(name="last_touch", title="Last touch", says="all credit goes to the e-mail that was clicked last"),
    Model(name="linear", title="Linear", says="every click gets the same share"),
    Model(
        name="position_based",
        title="ReportCursor based",
        says="the first and the last click get {first_percent}\u00a0% and {last_percent}\u00a0%,"
        " those between share the rest",
    ),
    Model(
        name="time_decay",
        title="Time decay",
        says="the later the click the more, half as much for every {half_life_days} days before the last",
    ),
)
NAMES = tuple(model.name for model in MODELS)
DEFAULT = "last_touch"
