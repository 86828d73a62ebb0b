"""The calendar of the compiled engine against a plain binary heap."""

import heapq
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.calendar import Calendar, calendar, due_min, is_empty, owner, pop, push, soonest
from sim.jit import HAS_NUMBA
from sim.rules.clock import TICKS_PER_MIN

POP = -1
WEEK_TICKS = int(10_080 * TICKS_PER_MIN)
MOVES = ("now", "next tick", "soon", "next bucket", "some buckets on", "anywhere", "earlier", "bucket before", "start")


def _turns(events, pushed_tick, pushed_who, found_tick, found_who):
    """Push and pop as told; what is popped, and when it is due, is written down."""
    for turn in range(len(pushed_tick)):
        if pushed_tick[turn] == POP:
            event = soonest(events)
            found_tick[turn] = np.int64(due_min(events, event) * TICKS_PER_MIN)
            found_who[turn] = owner(events, event)
            if pop(events) != found_who[turn]:
                return False
        else:
            push(events, pushed_tick[turn] / TICKS_PER_MIN, pushed_who[turn])
    return is_empty(events)


def _compiled():
    import numba

    return numba.njit(_turns)


FORMS = {"plain": lambda: _turns}
if HAS_NUMBA:
    FORMS["compiled"] = _compiled


@pytest.fixture(scope="module", params=list(FORMS))
def turns(request):
    """Goes through pushes and pops, and says what came out."""
    follow = FORMS[request.param]()

    def through(events: Calendar, told: list[tuple[int, int]]) -> list[tuple[int, int]]:
        if request.param == "plain":  # arrays of records give their fields by name in compiled code only
            events = events._replace(waiting=events.waiting.view(np.recarray))
        ticks, people = (np.array(column, np.int64) for column in zip(*told, strict=True))
        found = np.full((2, len(told)), -2)
        assert follow(events, ticks, people, *found)
        return [pair for pair in zip(*found.tolist(), strict=True) if pair[1] >= 0]

    return through


def played(random, customers, end, bucket, length, most):
    """Pushes and pops in which a customer has one event at the most, what a heap makes of them, and what was met."""
    told, expected, heap, met = [], [], [], set()
    free = list(range(customers))
    now = latest = 0
    while len(told) < length or heap:
        wants_push = len(told) < length and free and len(heap) < most
        if heap and (not wants_push or random.random() < 0.5):
            if len(heap) > 1 and heap[0][0] == sorted(heap)[1][0]:
                met.add("tie")
            now, who = heapq.heappop(heap)
            latest = max(latest, now)
            free.append(who)
            told.append((POP, POP))
            expected.append((now, who))
            continue
        move = random.choice(MOVES)
        tick = {
            "now": now,
            "next tick": now + 1,
            "soon": now + random.randrange(1 + bucket),
            "next bucket": now + bucket,
            "some buckets on": now + random.randrange(5) * bucket,
            "anywhere": random.randrange(end + 1),
            "earlier": now - random.randrange(1 + bucket),
            "bucket before": now - random.randrange(5) * bucket,
            "start": 0,
        }[move]
        tick = min(max(tick, 0), end)
        who = free.pop(random.randrange(len(free)))
        heapq.heappush(heap, (tick, who))
        told.append((tick, who))
        if expected:
            behind = latest // bucket - tick // bucket
            met.add("a later bucket" if behind < 0 else "an earlier bucket" if behind else "the present bucket")
    return told, expected, met


def bucket_of(events: Calendar) -> int:
    """Ticks of a bucket."""
    return 1 << (events.bucket_bits - events.customer_bits)


def test_the_next_event_is_the_one_that_a_heap_gives(turns):
    met = set()

    @given(
        st.randoms(use_true_random=True),
        st.sampled_from([1, 2, 3, 7, 8, 30]),
        st.sampled_from([0, 5, 1000, 1024, 2047, 2048, 100_000, WEEK_TICKS, 52 * WEEK_TICKS]),
        st.sampled_from([0, 100, 10_000]),
        st.integers(1, 120),
    )
    @settings(derandomize=True, deadline=None, max_examples=150)
    def same(random, customers, end, expected_events, length):
        events = calendar(customers, end / TICKS_PER_MIN, expected_events)
        assert is_empty(events)
        most = random.choice([1, 2, customers])
        told, expected, happened = played(random, customers, end, bucket_of(events), length, most)
        assert turns(events, told) == expected
        met.update(happened)

    same()
    assert met == {"tie", "a later bucket", "an earlier bucket", "the present bucket"}


def test_everybody_at_the_same_instant_comes_in_the_order_of_numbers(turns):
    for tick in (0, 77, WEEK_TICKS):
        people = np.random.default_rng(1).permutation(500).tolist()
        told = [(tick, who) for who in people] + [(POP, POP)] * 500
        events = calendar(500, WEEK_TICKS / TICKS_PER_MIN, 500)
        assert turns(events, told) == [(tick, who) for who in range(500)]


def test_many_events_far_apart_come_in_order_of_time(turns):
    random = np.random.default_rng(2)
    end = 104 * WEEK_TICKS
    ticks = random.integers(0, end + 1, 2000)
    ticks[0], ticks[-1] = end, 0
    told = [(int(tick), who) for who, tick in enumerate(ticks)] + [(POP, POP)] * 2000
    events = calendar(2000, end / TICKS_PER_MIN, 2000)
    assert turns(events, told) == sorted(told[:2000])


@pytest.mark.parametrize("expected_events", [0, 4096, 10**6, 10**9])
def test_what_is_expected_decides_about_speed_only(turns, expected_events):
    events = calendar(20, 100.0, expected_events)
    told, expected, _ = played(Random(5), 20, int(100 * TICKS_PER_MIN), bucket_of(events), 300, 20)
    assert turns(events, told) == expected


def test_instants_are_exact_after_a_long_time(turns):
    """Time and customer share 64 bits."""
    end = (1 << 40) - 1  # 32 years
    told = [(end - who % 3, who) for who in range(1000)] + [(POP, POP)] * 1000
    events = calendar(1 << 20, end / TICKS_PER_MIN, 10**6)
    assert turns(events, told) == sorted(told[:1000])
