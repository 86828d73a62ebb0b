/* A network of desks as an event loop in C: first come, first served, so each wait is known on arrival, and a contact
 * is one event. Two forms: one Poisson stream of needs without customers, and a population whose members each have
 * their own stream of needs, one journey at a time, as in the scenario that journeysim runs. Both log every contact;
 * the second logs journeys, too. Durations are exponential. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DESKS 8
#define MAX_AGENTS 256

typedef struct {
    int32_t desks, customers; /* 0 customers: one stream */
    double needs_per_min, patience_min, redials, redial_after_min, comes_back, pause_min, minutes;
    int32_t agents[MAX_DESKS]; /* 0: self-service */
    double service_min[MAX_DESKS], share_until[MAX_DESKS], resolves[MAX_DESKS];
} Network;

typedef struct {
    double arrived, started, ended; /* started is NaN for those who abandon */
    int32_t customer, journey, contact;
    int8_t desk, outcome;
} Contact;

typedef struct {
    double arose, ended;
    int32_t customer, journey, contacts, resolved_at;
} Journey;

typedef struct {
    double at;
    int32_t who, order; /* equal instants by customer, then by turn */
} Event;

typedef struct { /* a customer, or in the first form a journey under way */
    double next_need, arose;
    int32_t journey, contacts, desk, open;
} Person;

typedef struct {
    const Network *network;
    uint64_t luck[4];
    double ends[MAX_DESKS][MAX_AGENTS]; /* when each agent is next free, ascending */
    Person *people;
    Event *heap;
    int64_t events;
    Contact *contacts;
    Journey *journeys;
    int64_t contact_count, journey_count, contact_room, journey_room;
} World;

static inline uint64_t rotated(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

static inline double uniform(World *world) { /* xoshiro256++ (Blackman and Vigna 2019) */
    uint64_t *s = world->luck, result = rotated(s[0] + s[3], 23) + s[0], shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotated(s[3], 45);
    return ((double)(result >> 12) + 0.5) * 0x1p-52;
}

static inline double exponential(World *world, double mean) { return -mean * log(uniform(world)); }

static inline int sooner(Event a, Event b) { return a.at < b.at || (a.at == b.at && a.who < b.who); }

static void push(World *world, double at, int32_t who) {
    Event event = {at, who, 0}, *heap = world->heap;
    int64_t index = world->events++;
    while (index > 0) {
        int64_t parent = (index - 1) >> 1;
        if (!sooner(event, heap[parent])) break;
        heap[index] = heap[parent];
        index = parent;
    }
    heap[index] = event;
}

static Event pop(World *world) {
    Event *heap = world->heap, first = heap[0], event = heap[--world->events];
    int64_t index = 0, child = 1;
    while (child < world->events) {
        if (child + 1 < world->events && sooner(heap[child + 1], heap[child])) child++;
        if (!sooner(heap[child], event)) break;
        heap[index] = heap[child];
        index = child;
        child = 2 * index + 1;
    }
    heap[index] = event;
    return first;
}

static inline int choice(World *world) {
    const Network *network = world->network;
    if (network->desks == 1) return 0;
    double u = uniform(world);
    int desk = 0;
    while (desk < network->desks - 1 && u >= network->share_until[desk]) desk++;
    return desk;
}

static inline double line(World *world, int desk, double now, double *ended) {
    /* Returns the start of service, NaN if the customer abandons; `ended` is when the contact is over. */
    const Network *network = world->network;
    double service, start = now;
    if (network->agents[desk] == 0) {
        *ended = now + exponential(world, network->service_min[desk]);
        return now;
    }
    double *ends = world->ends[desk];
    if (ends[0] > now) {
        double gives_up = now + exponential(world, network->patience_min);
        if (ends[0] > gives_up) {
            *ended = gives_up;
            return NAN;
        }
        start = ends[0];
    }
    service = start + exponential(world, network->service_min[desk]);
    int index = 1, agents = network->agents[desk];
    while (index < agents && ends[index] < service) {
        ends[index - 1] = ends[index];
        index++;
    }
    ends[index - 1] = service;
    *ended = service;
    return start;
}

/* One contact, and where and when the next one is: returns its instant, or a negative number if the journey is over. */
static double visit(World *world, int32_t who, Person *person, double now) {
    const Network *network = world->network;
    int desk = person->desk, outcome;
    double ended, started = line(world, desk, now, &ended), next = -1.0;
    person->contacts++;
    if (started != started) {
        outcome = 2;
        double u = uniform(world);
        if (u < network->redials) {
            next = ended + exponential(world, network->redial_after_min);
        } else if (u < network->redials + network->comes_back) {
            next = ended + exponential(world, network->pause_min);
            person->desk = choice(world);
        }
    } else if (uniform(world) < network->resolves[desk]) {
        outcome = 0;
    } else {
        outcome = 1;
        next = ended + exponential(world, network->pause_min);
        person->desk = choice(world);
    }
    Contact *row = &world->contacts[world->contact_count++];
    *row = (Contact){now, started, ended, who, person->journey, person->contacts, (int8_t)desk, (int8_t)outcome};
    if (next < 0.0) {
        Journey *journey = &world->journeys[world->journey_count++];
        *journey = (Journey){person->arose, ended, who, person->journey, person->contacts, outcome == 0 ? desk : -1};
        person->open = 0;
    }
    return next < 0.0 ? -ended : next;
}

/* Contacts at desks without a line need no event: a customer runs ahead to the next line. */
static void run_ahead(World *world, int32_t who, double now) {
    const Network *network = world->network;
    Person *person = &world->people[who];
    double rate = network->customers ? network->needs_per_min / network->customers : 0.0;
    while (now < network->minutes) {
        if (world->contact_count >= world->contact_room || world->journey_count >= world->journey_room) return;
        if (!person->open) {
            if (network->customers == 0) return;
            double arose = person->next_need;
            person->next_need += exponential(world, 1.0 / rate);
            person->arose = arose;
            person->journey++;
            person->contacts = 0;
            person->open = 1;
            person->desk = choice(world);
            if (arose > now) now = arose;
            continue;
        }
        if (network->agents[person->desk] > 0) {
            push(world, now, who);
            return;
        }
        double next = visit(world, who, person, now);
        now = next < 0.0 ? -next : next;
    }
}

/* Runs to the end. Returns the number of contacts, or -1 if the tables are too small. */
int64_t simulate(const Network *network, uint64_t seed, Contact *contacts, int64_t contact_room, Journey *journeys,
                 int64_t journey_room) {
    World world;
    memset(&world, 0, sizeof world);
    world.network = network;
    for (int i = 0; i < 4; i++) { /* SplitMix64 */
        uint64_t x = seed += 0x9E3779B97F4A7C15ull;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
        world.luck[i] = x ^ (x >> 31);
    }
    world.contacts = contacts;
    world.contact_room = contact_room;
    world.journeys = journeys;
    world.journey_room = journey_room;
    int64_t people = network->customers ? network->customers : 1 << 16; /* or journeys under way */
    world.people = calloc(people, sizeof *world.people);
    world.heap = calloc(people + 1, sizeof *world.heap);
    if (!world.people || !world.heap) return -1;
    if (network->customers) {
        for (int32_t who = 0; who < people; who++) {
            world.people[who].next_need = exponential(&world, network->customers / network->needs_per_min);
            run_ahead(&world, who, 0.0);
        }
    }
    int32_t *unused = network->customers ? NULL : malloc(people * sizeof *unused), free_count = 0, numbers = 0;
    double arrival = network->customers ? INFINITY : exponential(&world, 1.0 / network->needs_per_min);
    while (1) {
        if (world.contact_count >= contact_room || world.journey_count >= journey_room) break;
        int32_t who;
        double now;
        if (world.events == 0 || arrival < world.heap[0].at) {
            now = arrival;
            if (!(now < network->minutes)) break;
            arrival += exponential(&world, 1.0 / network->needs_per_min);
            who = free_count > 0 ? unused[--free_count] : numbers++;
            if (who >= people) break;
            world.people[who] = (Person){0.0, now, 1, 0, choice(&world), 1};
            if (network->agents[world.people[who].desk] > 0) goto arrive;
            run_ahead(&world, who, now);
        } else {
            Event event = pop(&world);
            who = event.who;
            now = event.at;
        arrive:;
            double next = visit(&world, who, &world.people[who], now);
            run_ahead(&world, who, next < 0.0 ? -next : next);
        }
        if (!network->customers && !world.people[who].open) unused[free_count++] = who;
    }
    int64_t full = world.contact_count >= contact_room || world.journey_count >= journey_room || numbers > people;
    free(world.people);
    free(world.heap);
    free(unused);
    return full ? -1 : world.contact_count;
}
