"""What is lost in a copy of the company, hand-calculated, and said with its results."""

import pytest
from small import scenario

import sim
from sim.copies import caveats, lost

TEXT = """
name: Copies
run: {warm_up: 1 weeks, measured: 4 weeks}
segments: {people: {customers: 400, needs_per_year: {order: 4 per year}}}
touchpoints:
  web: {kind: self_service}
  hotline: {kind: staffed, agents: 10}
  store: {kind: staffed, agents: {Mon-Fri 10:00-20:00: 40}, open: Mon-Fri 10:00-20:00}
needs:
  order:
    served_at:
      web: {service_time: {distribution: constant, mean: 1 min}, resolves: 0.5}
      hotline: {service_time: {distribution: constant, mean: 2 min}, resolves: 1}
levers:
  two_more: {changes: [{path: touchpoints.hotline.staffing, factor: 1.2}]}
  training: {changes: [{path: needs.order.served_at.web.resolves, to: 0.6}]}
strategies: {today: {}, two_more: {levers: {two_more: {}}}, training: {levers: {training: {}}}}
"""
CASE = scenario(TEXT)
FEW = {"replications": 2, "progress": False}


def test_nothing_is_lost_at_full_size_nor_where_agents_are_in_proportion():
    assert lost(CASE, 1.0) == []
    assert caveats(CASE, 1.0, CASE.strategies) == ()
    assert lost(CASE, 0.5) == []
    assert lost(CASE, 2.0) == []
    (general,) = caveats(CASE, 2.0, CASE.strategies)
    assert "a copy of 2 times the size" in general


def test_at_least_one_agent_is_more_than_in_proportion():
    """10 agents at scale 0.05 are half an agent: one whole is twice as many; 40 are two."""
    staff, lever = lost(CASE, 0.05)
    assert (staff.path, staff.times) == ("touchpoints.hotline.agents", pytest.approx(2.0))
    assert str(staff) == "hotline has 2 times the staff that is in proportion, for there is at least one agent"
    assert (lever.path, lever.strategy) == ("strategies.two_more.levers.two_more", "two_more")
    assert "what two more changes about the staff of hotline moves no hour" in str(lever)


def test_what_a_strategy_loses_is_said_only_where_it_was_simulated():
    assert len(caveats(CASE, 0.05, ["today", "training"])) == 2
    assert len(caveats(CASE, 0.05, ["today", "two_more"])) == 3


def test_staff_changed_in_the_scenario_is_missed_in_a_copy_alone():
    more = CASE.change({"touchpoints.hotline.staffing": 1.2})
    assert [each.path for each in lost(more, 0.05)] == ["touchpoints.hotline.agents", "touchpoints.hotline.staffing",
                                                         "strategies.two_more.levers.two_more"]  # fmt: skip
    assert not lost(more, 0.5)
    unseen = CASE.change({"touchpoints.hotline.staffing": 1.00001})
    assert "touchpoints.hotline.staffing" not in [each.path for each in lost(unseen, 0.05)], "nor is it at full size"


def test_every_result_of_a_copy_says_what_is_lost():
    names = ["today", "two_more"]
    compared = sim.compare(CASE, names, scale=0.05, store=False, **FEW)
    swept = sim.sweep(CASE, {"needs.order.served_at.web.resolves": [0.5]}, names, scale=0.05, store=False, **FEW)
    results = [
        compared,
        swept,
        sim.business_case(compared),
        sim.profit_and_loss(compared),
        sim.run(CASE, "two_more", scale=0.05, **FEW),
    ]
    for result in results:
        for text in (" ".join(repr(result).split()), result._repr_html_()):
            assert "(hotline 2 times as much)" in text
            assert "moves no hour in this copy" in text


def test_profit_and_loss_of_a_copy_is_at_full_size():
    half, full = (sim.profit_and_loss(sim.run(CASE, scale=scale, **FEW)) for scale in (0.5, 1.0))
    rosters = [
        found.table.query("touchpoint == 'hotline' and item == 'rostered_hours'")["mean"].item()
        for found in (half, full)
    ]
    assert rosters[0] == pytest.approx(rosters[1])
