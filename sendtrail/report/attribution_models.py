"""The attribution models, in the order in which the report lists them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributionModel:
    """A model: its name in the views, its title, and a sentence on how it gives credit."""

    name: str
    title: str
    says: str


MODELS = (
    AttributionModel(
        name="first_touch", title="First touch", says="all credit goes to the e-mail that was clicked first"
    ),
    AttributionModel(name="last_touch", title="Last touch", says="all credit goes to the e-mail that was clicked last"),
    AttributionModel(name="linear", title="Linear", says="every click gets the same share"),
    AttributionModel(
        name="position_based",
        title="Position based",
        says="the first click gets {first_percent}% and the last one {last_percent}%;"
        " the clicks between them share the rest",
    ),
    AttributionModel(
        name="time_decay",
        title="Time decay",
        says="the later the click, the more credit: half as much for every {half_life_days} days before the last",
    ),
)
NAMES = tuple(model.name for model in MODELS)
DEFAULT = "last_touch"
