"""What must hold in the tables of any run of any company: conservation, order, money."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from witness import Tables

from sim.luck import Purpose, derive, name_key, uniform
from sim.population import populate
from sim.scenario import Document, Scenario
from sim.strategy import schedule

__all__ = ["assert_sound"]

WEEK_MIN = 10080.0


def assert_sound(case: Scenario, strategy: str, tables: Tables, seed: int) -> None:
    world = World(case, strategy, seed)
    assert_counted_once(tables)
    assert_every_need_ends_once(world, tables)
    assert_in_order(case, tables)
    assert_offered_and_open(world, tables)
    assert_nobody_at_closed_locations(world, tables)
    assert_staffed(world, tables)
    assert_first_come_first_served(case, tables)
    assert_requests_wait_for_an_answer(case, tables)
    assert_messages_reach_customers(case, tables)
    assert_money_adds_up(case, tables)


class World:
    """What a run was given: the company week by week, and the people."""

    def __init__(self, case: Scenario, strategy: str, seed: int) -> None:
        plan = schedule(case, strategy)
        self.document = case.document
        self.companies = [plan.documents[state] for state in plan.state_of_week]
        self.population = populate(case.document, seed, 0)
        self.weeks = round((float(case.document.run.warm_up) + float(case.document.run.measured)) / WEEK_MIN)

    def over_time(self, value: Callable[[Document], Any], at_min: pd.Series) -> np.ndarray:
        """A value of the company at each of some instants; arrays of 672 by the quarter hour of the week."""
        by_week = np.array([value(company) for company in self.companies])
        week = (at_min.to_numpy() // WEEK_MIN).astype(int)
        if by_week.ndim == 1:
            return by_week[week]
        return by_week[week, (at_min.to_numpy() // 15.0).astype(int) % 672]


def assert_counted_once(tables: Tables) -> None:
    """Every journey, contact and event belongs somewhere, has its number, and ends once."""
    contacts, journeys, frustrations = tables["contacts"], tables["journeys"], tables["frustrations"]
    key = ["customer", "journey"]
    of_messages = frustrations["journey"] == 0
    assert (of_messages == (frustrations["contact"] == 0)).all()
    assert (of_messages == frustrations["need"].isna()).all()
    frustrations = frustrations[~of_messages]
    assert not journeys.duplicated(key).any()
    assert not contacts.duplicated([*key, "contact"]).any()
    assert not frustrations.duplicated([*key, "contact", "type"]).any()
    for part, number in ((journeys, "journey"), (contacts, "contact")):
        owner = ["customer"] if number == "journey" else key
        groups = part.groupby(owner)[number]
        assert (groups.cumcount() + 1 == part[number]).all(), f"{number} numbers run 1, 2, 3 …"
    both = contacts.merge(journeys, on=key, suffixes=("", "_of_journey"))
    assert len(both) == len(contacts)
    assert len(frustrations.merge(contacts, on=[*key, "contact"])) == len(frustrations)
    service = contacts[contacts["purpose"] == "service"]
    counted = journeys.set_index(key)["contacts"]
    assert (counted == service.groupby(key).size().reindex(counted.index, fill_value=0)).all()
    # only the last contact of a journey may end it, and it does so exactly when the journey was resolved
    last = contacts.groupby(key).tail(1).set_index(key)["outcome"]
    resolved = journeys.set_index(key)["outcome"] == "resolved"
    assert ((contacts["outcome"] == "resolved").groupby([contacts["customer"], contacts["journey"]]).sum() <= 1).all()
    assert ((last == "resolved") == resolved.reindex(last.index)).all()
    assert not resolved.drop(last.index).any()
    open_journeys = journeys.set_index(key)["outcome"] == "unfinished"
    assert journeys["ended_min"].isna().tolist() == (journeys["outcome"] == "unfinished").tolist()
    assert contacts["ended_min"].isna().tolist() == (contacts["outcome"] == "unfinished").tolist()
    assert not (last[~open_journeys.reindex(last.index)] == "unfinished").any()
    parents = journeys.dropna(subset="parent")
    assert (parents["parent"] < parents["journey"]).all()
    assert (journeys["departments"] == (
        contacts[contacts["outcome"] == "passed_on"].groupby(key).size().reindex(counted.index, fill_value=0).to_numpy()
    )).all()  # fmt: skip


def assert_in_order(case: Scenario, tables: Tables) -> None:
    """Arrived, started, ended; one contact after the other; everything within the run."""
    end = float(case.document.run.warm_up) + float(case.document.run.measured)
    contacts, journeys = tables["contacts"], tables["journeys"]
    started, ended = contacts["started_min"], contacts["ended_min"]
    assert (contacts["arrived_min"] <= started.fillna(end)).all()
    assert (started.fillna(contacts["arrived_min"]) <= ended.fillna(end)).all()
    assert (ended.fillna(0.0) < end).all()
    before = contacts.groupby("customer")["ended_min"].shift(1)
    assert (contacts["arrived_min"][before.notna()] >= before.dropna()).all(), "nobody is in two places at once"
    spans = journeys.set_index(["customer", "journey"])[["arose_min", "ended_min"]]
    within = contacts.join(spans.rename(columns=lambda name: f"journey_{name}"), on=["customer", "journey"])
    assert (within["arrived_min"] >= within["journey_arose_min"]).all()
    assert (within["ended_min"].dropna() <= within["journey_ended_min"].fillna(end)[within["ended_min"].notna()]).all()
    left = tables["customers"].set_index("customer")["left_min"]
    begun = journeys.groupby("customer")["arose_min"].max()
    assert (begun <= left.reindex(begun.index).fillna(end)).all(), "whoever has left has no new needs"
    never_served = contacts["outcome"].isin(["abandoned", "turned_away"])
    assert started[never_served].isna().all()
    assert started[contacts["outcome"].isin(["resolved", "unresolved", "passed_on"])].notna().all()
    events = tables["frustrations"].merge(contacts, on=["customer", "journey", "contact"], suffixes=("", "_of_contact"))
    assert (events["touchpoint"].astype(str) == events["touchpoint_of_contact"].astype(str)).all()
    assert events["at_min"].between(events["arrived_min"], events["ended_min"].fillna(end)).all()
    for name in ("contacts", "journeys"):
        for column in ("experience", "expectation"):
            assert tables[name][column].dropna().between(0.0, 100.0).all()


def assert_every_need_ends_once(world: World, tables: Tables) -> None:
    """A journey without a parent comes from a need of the population or of a message, and each leads to one at most."""
    journeys, messages = tables["journeys"], tables["messages"]
    assert set(journeys["outcome"]) <= {"resolved", "given_up", "unfinished"}
    people = world.population
    owner = np.repeat(np.arange(len(people)), np.diff(people.need_of))
    names = list(world.document.needs)
    columns = (people.candidates[name].tolist() for name in ("need", "arises_min"))
    base = Counter(zip(owner.tolist(), *columns, strict=True))
    brought = messages[messages["brings"]]
    brings = names.index(world.document.marketing.brings) if len(brought) else -1
    at = np.floor(brought["at_min"] * 65536.0 + 0.5) / 65536.0
    base.update((who, brings, when) for who, when in zip(brought["customer"], at, strict=True))
    begun = journeys[journeys["parent"].isna()]
    needs = begun["need"].cat.codes
    assert Counter(zip(begun["customer"], needs, begun["arose_min"], strict=True)) <= base
    most = {(name, other): sum(rule.need == other for rule in need.follow_ups)
            for name, need in world.document.needs.items() for other in names}  # fmt: skip
    caused = journeys.dropna(subset="parent").astype({"need": str})
    need_of = journeys.set_index(["customer", "journey"])["need"].astype(str)
    for (who, parent, need), count in caused.groupby(["customer", "parent", "need"]).size().items():
        assert count <= most[need_of[who, parent], need]
    known = journeys.set_index(["customer", "journey"])["ended_min"]
    parents = known.reindex(pd.MultiIndex.from_arrays([journeys["customer"], journeys["parent"].fillna(0)]))
    follows = journeys["parent"].notna().to_numpy()
    assert (journeys["arose_min"].to_numpy()[follows] >= parents.to_numpy()[follows]).all(), "causes end first"


def assert_offered_and_open(world: World, tables: Tables) -> None:
    """Contacts happen where the need is served, and begin during opening hours; answers come at any time."""
    document = world.document
    looks = {document.behaviour.research_at, document.behaviour.showroom_at}
    for (need, place, purpose), group in tables["contacts"].groupby(["need", "touchpoint", "purpose"], observed=True):
        if purpose == "service":
            assert place in document.needs[need].served_at
        else:
            assert place in looks
            assert (group["started_min"] == group["arrived_min"]).all()
            assert set(group["outcome"]) <= {"unresolved", "unfinished"}
        answered_later = document.touchpoints[place].kind == "deferred"
        for column in ("arrived_min",) if answered_later else ("arrived_min", "started_min"):
            at = group[column].dropna()
            is_open = world.over_time(lambda company, place=place: company.touchpoints[place].hours.slots, at)
            assert is_open.all(), (place, column)


def assert_nobody_at_closed_locations(world: World, tables: Tables) -> None:
    """Nobody arrives at a location that is closed for good; who came before it closed may still be served."""
    keys = world.population.key.tolist()
    for place in world.document.touchpoints:
        here = tables["contacts"][tables["contacts"]["touchpoint"] == place]
        closed = world.over_time(
            lambda company, place=place: float(company.touchpoints[place].closed), here["arrived_min"]
        )
        own = {
            who: uniform(derive(derive(keys[who], Purpose.CLOSED), name_key(place)))
            for who in here["customer"].unique()
        }
        assert (here["customer"].map(own).to_numpy(float) >= closed).all(), place


def assert_staffed(world: World, tables: Tables) -> None:
    """Whenever a service starts, no more agents are busy than are on the roster, overtime included."""
    service = tables["contacts"][tables["contacts"]["purpose"] == "service"].dropna(subset="started_min")
    for name, touchpoint in world.document.touchpoints.items():
        here = service[service["touchpoint"] == name]
        if touchpoint.agents is None or here.empty:
            continue
        on_roster = world.over_time(lambda company, name=name: company.touchpoints[name].roster, here["started_min"])
        starts, ends = here["started_min"].to_numpy(), np.sort(here["ended_min"].fillna(np.inf).to_numpy())
        # services that end at an instant have ended before others start; those that start together all count
        busy = np.searchsorted(np.sort(starts), starts, side="right") - np.searchsorted(ends, starts, side="right")
        instant = (here["ended_min"] == here["started_min"]).to_numpy()
        assert (busy[~instant] <= on_roster[~instant]).all(), name
        assert (on_roster >= 1).all(), name


def assert_first_come_first_served(case: Scenario, tables: Tables) -> None:
    """Who came earlier and was served was served no later, at every staffed touchpoint."""
    for name in (name for name, part in case.document.touchpoints.items() if part.kind == "staffed"):
        contacts = tables["contacts"][tables["contacts"]["purpose"] == "service"]
        here = contacts[contacts["touchpoint"] == name]
        served = here.dropna(subset="started_min").sort_values(["arrived_min", "started_min"])
        assert served["started_min"].is_monotonic_increasing, name
        # nobody overtakes those who gave up later, either: while they waited, only earlier arrivals were served
        end = float(case.document.run.warm_up) + float(case.document.run.measured)
        for arrived, left in here[here["started_min"].isna()][["arrived_min", "ended_min"]].fillna(end).to_numpy():
            overtaking = served[(served["arrived_min"] > arrived) & (served["started_min"] < left)]
            assert overtaking.empty, name


def assert_requests_wait_for_an_answer(case: Scenario, tables: Tables) -> None:
    """Only who waits can give up waiting: in line, or for an answer, and then it is a frustration of that length."""
    contacts = tables["contacts"]
    kind = contacts["touchpoint"].map({name: part.kind for name, part in case.document.touchpoints.items()}).astype(str)
    assert not contacts["outcome"][kind == "self_service"].isin(["abandoned", "turned_away"]).any()
    assert (contacts["started_min"] == contacts["arrived_min"])[kind == "self_service"].all()
    assert not contacts["outcome"][kind == "deferred"].isin(["turned_away"]).any()
    key = ["customer", "journey", "contact"]
    gave_up = contacts[(contacts["outcome"] == "abandoned") & (kind == "deferred")].set_index(key)
    events = tables["frustrations"]
    lost = events[events["cause"] == "no_answer"].set_index(key)
    assert set(gave_up.index) == set(lost.index)
    assert (lost["cost_min"] == (gave_up["ended_min"] - gave_up["arrived_min"]).reindex(lost.index)).all()
    assert (lost["at_min"] == gave_up["ended_min"].reindex(lost.index)).all()
    shortest = min(float(part.answer_tolerated) for part in case.document.segments.values())
    assert len(lost) == 0 or shortest < 1e8, "nobody gives up who waits for a thousand years"


def assert_messages_reach_customers(case: Scenario, tables: Tables) -> None:
    """Messages go to customers who have joined and not left; what is wrong with one is written down once."""
    messages, events = tables["messages"], tables["frustrations"]
    customers = tables["customers"].set_index("customer")
    life = customers.loc[messages["customer"], ["joined_min", "left_min"]]
    assert (messages["at_min"].to_numpy() >= life["joined_min"].to_numpy()).all()
    assert (messages["at_min"].to_numpy() <= life["left_min"].fillna(np.inf).to_numpy()).all()
    wrong = events[events["journey"] == 0]
    unwelcome = messages[messages["outcome"] == "unwelcome"]
    assert wrong[["customer", "at_min"]].to_numpy().tolist() == unwelcome[["customer", "at_min"]].to_numpy().tolist()
    assert not messages["brings"][messages["outcome"] == "unwelcome"].any()
    assert (wrong["touchpoint"].astype(str) == case.document.marketing.at).all()
    assert wrong["type"].isin(["offered_what_was_bought", "wrong_offer", "too_many_messages"]).all()
    for name in ("contacts", "journeys"):
        begun = tables[name].groupby("customer")["arrived_min" if name == "contacts" else "arose_min"].min()
        assert (begun >= customers["joined_min"].reindex(begun.index)).all(), "prospects have no needs"
    assert customers["left_min"][customers["joined_min"].isna()].isna().all()
    assert not (customers["left_min"] < customers["joined_min"]).any()


def assert_money_adds_up(case: Scenario, tables: Tables) -> None:
    """Revenue is in whole cents, comes from resolved buying journeys alone, and is the same sum in every table."""
    journeys, customers = tables["journeys"], tables["customers"]
    buys = journeys["need"].map({name: need.buys for name, need in case.document.needs.items()}).astype(bool)
    purchase = buys & (journeys["outcome"] == "resolved")
    assert (journeys.loc[~purchase, ["revenue_eur", "margin_eur"]] == 0.0).all(axis=None)
    lost = buys & (journeys["outcome"] == "given_up")
    prices = journeys["need"].map({name: float(need.value) for name, need in case.document.needs.items()}).astype(float)
    assert ((journeys["lost_eur"] > 0.0) == (lost & (prices > 0.0))).all()
    assert journeys["lost_to"][~lost].isna().all()
    suffered = tables["frustrations"].groupby(["customer", "journey"])["type"].agg(set)
    causes = suffered.reindex(pd.MultiIndex.from_frame(journeys[["customer", "journey"]])).to_numpy()
    for kind, kinds in zip(journeys["lost_to"][lost], causes[lost], strict=True):
        none = kind != kind or kind == "touchpoint_taken_away"  # where nothing else was left, there is no event
        assert kind in kinds if isinstance(kinds, set) else none, "the event that cost most, if any"
    recovered = journeys["goodwill_eur"] > 0.0
    complaint = journeys["need"].map({name: need.complaint for name, need in case.document.needs.items()}).astype(bool)
    assert (complaint & (journeys["outcome"] == "resolved") & (journeys["contacts"] == 1))[recovered].all()
    cents = journeys[["revenue_eur", "margin_eur", "lost_eur", "goodwill_eur"]] * 100.0
    assert ((cents - cents.round()).abs() < 1e-6).all(axis=None)
    measured = journeys[journeys["measured"]]
    assert round(measured["revenue_eur"].sum() * 100.0) == round(customers["revenue_eur"].sum() * 100.0)
    by_customer = measured.groupby("customer")["revenue_eur"].sum().reindex(customers["customer"], fill_value=0.0)
    assert ((customers.set_index("customer")["revenue_eur"] - by_customer).abs() < 0.005).all()
    bought = (measured["revenue_eur"] > 0.0).groupby(measured["customer"]).sum()
    assert (customers.set_index("customer")["purchases"] == bought.reindex(customers["customer"], fill_value=0)).all()
    suffered = tables["frustrations"][tables["frustrations"]["measured"]].groupby("customer").size()
    assert (
        customers.set_index("customer")["frustrations"] == suffered.reindex(customers["customer"], fill_value=0)
    ).all()
