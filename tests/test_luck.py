import itertools

import numpy as np
from scipy import stats

from sim.luck import Purpose, derive, name_key, run_key, uniform

# Fixed before any of these tests was run: 99 % for each family of tests together (Bonferroni within the family).
ALPHA = 0.01
N = 20_000
SEED, REPLICATION = 20_240_229, 3
CUSTOMERS = derive(np.uint64(derive(run_key(SEED, REPLICATION), name_key("private"))), np.arange(N, dtype=np.uint64))


def draws(keys: np.ndarray, purpose: Purpose) -> np.ndarray:
    return uniform(derive(keys, int(purpose)))


def uniformity_p(u: np.ndarray, bins: int = 64) -> float:
    return stats.chisquare(np.bincount((u * bins).astype(int), minlength=bins)).pvalue


def independence_p(u: np.ndarray, v: np.ndarray, bins: int = 8) -> float:
    cell = (u * bins).astype(int) * bins + (v * bins).astype(int)
    return stats.chisquare(np.bincount(cell, minlength=bins * bins)).pvalue


def test_parts_of_a_key_are_the_published_stream_of_splitmix64():
    # Reference output of SplitMix64 for the seeds 1234567 and 0.
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [derive(1234567, part) for part in range(1, 6)] == published
    assert derive(0, 1) == 0xE220A8397B1DCDAF


def test_arrays_and_whole_numbers_draw_the_same():
    keys = [0, 1, 2**63, 2**64 - 1, name_key("web"), run_key(0, 0)]
    for part in (0, 1, 29, 2**63 + 5, name_key("store")):
        as_array = derive(np.array(keys, dtype=np.uint64), part)
        assert as_array.tolist() == [derive(key, part) for key in keys]
        assert uniform(as_array).tolist() == [uniform(derive(key, part)) for key in keys]


def test_uniforms_stay_inside_the_open_interval():
    assert 0.0 < uniform(0) < 2.0**-52
    assert 1.0 - 2.0**-52 < uniform(2**64 - 1) < 1.0


def test_numbers_of_purposes_never_change():
    """Every name counts: two names of one number would be one purpose."""
    assert {name: purpose.value for name, purpose in Purpose.__members__.items()} == {
        "NEED_RATE": 1,
        "TOLERANCE": 2,
        "SENSITIVITY": 3,
        "WILLING_TO_IDENTIFY": 4,
        "LEAVING": 5,
        "TASTE": 6,
        "BOUGHT_BEFORE": 7,
        "LINK": 8,
        "BASE_NEED": 9,
        "NEED_GAP": 10,
        "NEED_ACCEPTED": 11,
        "DIFFICULTY": 12,
        "VALUE": 13,
        "PRODUCT": 14,
        "PROMOTION": 15,
        "RESEARCH": 16,
        "RESEARCH_TIME": 17,
        "FOLLOW_UP": 18,
        "FOLLOW_UP_DELAY": 19,
        "CHOICE": 20,
        "AFTER_OPENING": 21,
        "PATIENCE": 22,
        "SERVICE_TIME": 23,
        "RESOLVED": 24,
        "PASSED_ON": 25,
        "AFTER_ABANDONING": 27,
        "PAUSE": 28,
        "CONTACT": 29,
        "ANSWER": 31,
        "TRACKED": 32,
        "TARGETS": 33,
        "STEERED": 34,
        "OFFERED": 35,
        "ADVICE": 36,
        "CLOSED": 37,
        "ACCOMPANIED": 38,
        "GOODWILL": 39,
        "SHARES": 40,
        "GIVES": 41,
        "MESSAGE": 42,
        "MESSAGE_GAP": 43,
        "MESSAGE_SUITS": 44,
        "MESSAGE_ANSWERED": 45,
        "OPTS_OUT": 47,
        "OPT_OUT_IGNORED": 48,
        "MOVES": 49,
        "TELLS": 50,
        "TOLD": 51,
        "JOINS": 52,
        "PROMISED": 53,
        "SYSTEM": 54,
        "TRANSFERRED": 55,
        "FREQUENCY_CARE": 60,
        "ADDRESS_CARE": 61,
    }


def test_seed_zero_is_a_seed_and_keys_of_runs_differ():
    keys = {run_key(seed, replication) for seed, replication in itertools.product(range(100), range(100))}
    assert len(keys) == 10_000


def test_customers_in_a_million_have_different_keys():
    keys = derive(np.uint64(run_key(1, 0)), np.arange(1_000_000, dtype=np.uint64))
    assert len(np.unique(keys)) == 1_000_000


def test_every_purpose_draws_uniformly():
    p = {purpose: uniformity_p(draws(CUSTOMERS, purpose)) for purpose in Purpose}
    assert min(p.values()) > ALPHA / len(p), min(p, key=p.get)


def test_two_purposes_of_one_key_are_independent():
    u = {purpose: draws(CUSTOMERS, purpose) for purpose in Purpose}
    p = {pair: independence_p(u[pair[0]], u[pair[1]]) for pair in itertools.combinations(Purpose, 2)}
    assert min(p.values()) > ALPHA / len(p), min(p, key=p.get)


def test_neighbours_are_independent():
    """Customers, contacts, replications and seeds whose numbers differ by one."""
    numbers = range(N)
    replications = np.array([run_key(SEED, number) for number in numbers], dtype=np.uint64)
    seeds = np.array([run_key(number, REPLICATION) for number in numbers], dtype=np.uint64)
    contacts = derive(np.uint64(derive(run_key(SEED, 0), int(Purpose.CONTACT))), np.arange(N, dtype=np.uint64))
    families = {"customers": CUSTOMERS, "replications": replications, "seeds": seeds, "contacts": contacts}
    p = {
        (name, purpose): independence_p(u[:-1], u[1:])
        for name, keys in families.items()
        for purpose in (Purpose.PATIENCE, Purpose.RESOLVED, Purpose.NEED_GAP)
        for u in [draws(keys, purpose)]
    }
    assert min(p.values()) > ALPHA / len(p), min(p, key=p.get)


def test_a_whole_path_of_draws_is_uniform_in_every_dimension():
    """Replication, customer, journey, contact, purpose: no dimension is worse than another."""
    root = [run_key(SEED, replication) for replication in range(20)]
    paths = [
        derive(derive(derive(derive(key, customer), journey), contact), int(Purpose.SERVICE_TIME))
        for key in root
        for customer in range(10)
        for journey in range(10)
        for contact in range(10)
    ]
    u = uniform(np.array(paths, dtype=np.uint64))
    assert uniformity_p(u) > ALPHA / 2
    assert stats.kstest(u, "uniform").pvalue > ALPHA / 2


def test_key_of_a_name_depends_on_nothing_but_the_name():
    assert name_key("web") == 0x7496A59A64098050  # BLAKE2b, 8 bytes, little-endian
    assert name_key("hotline") == 0x2C7C419E2A195E39
