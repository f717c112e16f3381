"""Fits the model of the forecast, and writes it beside the package's code (src/homestretch/forecast).

Reads splits_pool.parquet in the folder named by HOMESTRETCH_DATA (default ../shared/data; finishers of real
races, personal data). What is written are shares, means, covariances and scores over many thousands of
people: nobody's time can be read from them. The rules stand in ``homestretch.forecast.training``.
"""

from __future__ import annotations

import os
from pathlib import Path

from homestretch.forecast.figures import encode
from homestretch.forecast.training import calibrate, fit
from homestretch.office.editions import read_editions

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "homestretch" / "forecast" / "model.json"


def data_folder() -> Path:
    """The folder of the real files."""
    return Path(os.environ.get("HOMESTRETCH_DATA") or ROOT.parent / "shared" / "data")


def main() -> None:
    """Writes model.json."""
    editions = read_editions(data_folder() / "splits_pool.parquet")
    model = fit(editions)
    print(f"fitted on {model.card['people']:,} people of {len(editions)} editions", flush=True)
    model = calibrate(model, editions, lambda race: print(f"left out: {race}", flush=True))
    TARGET.write_text(encode(model), encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
