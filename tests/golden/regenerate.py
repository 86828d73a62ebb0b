"""The golden log: digests of what a release writes, so that no change of results goes unnoticed.

    python tests/golden/regenerate.py --reason "why results changed"

writes new digests and adds the reason to README.md; without a reason it only says what differs.
"""

import argparse
import hashlib
import json
import sys
import tomllib
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from cases import STRATEGIES, company  # noqa: E402
from witness import simulate  # noqa: E402

DIGESTS = HERE / "digests.json"


def digest(table: pd.DataFrame) -> str:
    """Of the table as text with ten significant digits: the last bits of exp and log belong to the platform."""
    return hashlib.sha256(table.to_csv(index=False, float_format="%.10g", lineterminator="\n").encode()).hexdigest()[
        :16
    ]


def digests(engine: str = "reference") -> dict[str, str]:
    """One digest per strategy and table of the small company, seed 2024."""
    return {
        f"{strategy}/{name}": digest(table)
        for strategy in STRATEGIES
        for name, table in simulate(company(), strategy, 2024, 0, engine).items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reason", help="one sentence for README.md; nothing is written without it")
    reason = parser.parse_args().reason
    known = json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}
    now = digests()
    changed = sorted(name for name in now.keys() | known.keys() if now.get(name) != known.get(name))
    print(f"{len(changed)} of {len(now)} tables differ: {', '.join(changed) or '-'}")
    if reason is None or not changed:
        return
    version = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]["version"]
    DIGESTS.write_text(json.dumps(now, indent=1) + "\n")
    with (HERE / "README.md").open("a") as readme:
        readme.write(f"- {version}: {reason}\n")


if __name__ == "__main__":
    main()
