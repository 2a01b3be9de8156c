"""Print what two public packages make of the paths of `data/public_credits.json`: `data/README.md` says how."""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "public_credits.json"
Rows = list[tuple[str, int, int]]


def exact_credits(rows: Rows) -> dict[str, Any]:
    """Return the removal effects and Shapley values of marketing_attribution_models."""
    polars, models = import_module("polars"), import_module("mam.models")
    journeys = polars.DataFrame(
        [
            {
                "journey_id": f"{number} {converted}",
                "channels": path.split(">"),
                "has_conversion": converted,
                "weight": float(count),
                "conversion_value": float(converted),
            }
            for number, (path, *counts) in enumerate(rows)
            for converted, count in zip((True, False), counts, strict=True)
            if count
        ]
    )
    markov, shapley = models.MarkovModel(), models.ShapleyModel(max_size=None)
    markov.calculate(journeys)
    shapley.calculate(journeys)
    return {
        "removal_effects": markov.removal_effect_df["removal_effect"].to_dict(),
        "shapley_credits": dict(shapley.get_aggregated_results(journeys).iter_rows()),
    }


def simulated_credits(rows: Rows, order: int) -> dict[str, float]:
    """Return the credits of ChannelAttribution's Markov chain."""
    data = import_module("pandas").DataFrame(rows, columns=["path", "converted", "unconverted"])
    found = import_module("ChannelAttribution").markov_model(
        data, "path", "converted", var_null="unconverted", order=order, nsim_start=2e6, seed=1, conv_par=0.01,
        verbose=False, flg_pro=False,
    )  # fmt: skip
    return dict(zip(found["channel_name"], found["total_conversions"], strict=True))


def main() -> None:
    """Print the credits as JSON."""
    rows: Rows = [tuple(row) for row in json.loads(FILE.read_text(encoding="utf-8"))["paths"]]
    simulated = {order: simulated_credits(rows, order) for order in (1, 2)}
    json.dump({**exact_credits(rows), "simulated_credits": simulated}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
