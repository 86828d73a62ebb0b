"""The command that says whether it is worth the money: business-case."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.cli.common import (
    Cores,
    EngineName,
    File,
    NoStore,
    Out,
    Replications,
    Scale,
    Seed,
    Strategies,
    app,
    examples,
    listed,
    loaded,
    plainly,
    watched,
    write,
)

__all__ = ["business_case"]


@app.command(
    "business-case",
    epilog=examples(
        "journeysim business-case scenarios/shoe_retailer.yaml --strategies siloed,training",
        'journeysim business-case scenarios/shoe_retailer.yaml --horizon "5 years" --out results/',
    ),
)
@plainly
def business_case(
    file: File,
    strategies: Strategies = None,
    horizon: Annotated[
        str | None, typer.Option(help="Time over which money is counted, such as '3 years'. By default the scenario's.")
    ] = None,
    discount_rate: Annotated[
        str | None, typer.Option(help="Such as '8 % per year'. By default the scenario's.")
    ] = None,
    lifetime_value: Annotated[
        bool, typer.Option("--lifetime-value", help="Show beside it what customers are worth beyond the horizon.")
    ] = False,
    replications: Replications = 20,
    seed: Seed = 1,
    scale: Scale = 1.0,
    out: Out = None,
    workers: Cores = None,
    engine: EngineName = None,
    no_store: NoStore = False,
) -> None:
    """Say what strategies are worth in money over years, when it is back, and where it comes from.

    Replications that were simulated before come from the store, see journeysim store.
    """
    from sim import experiment, records
    from sim.economics import business_case as counted
    from sim.economics import profit_and_loss

    told = {"horizon": horizon, "discount_rate": discount_rate, "lifetime_value": lifetime_value or None}
    changes: dict[str, Any] = {f"economics.{name}": value for name, value in told.items() if value is not None}
    scenario = loaded(file, scale, listed(strategies))
    scenario = scenario.change(changes) if changes else scenario
    if out is not None:
        records.check_folder(out)
    result = counted(
        experiment.compare(
            scenario,
            listed(strategies),
            replications=replications,
            seed=seed,
            scale=scale,
            engine=engine,
            executor=workers,
            store=False if no_store else None,
            progress=watched(),
        )
    )
    typer.echo(repr(result))
    typer.echo(f"\n{profit_and_loss(result.comparison)!r}")
    write(result, out)
