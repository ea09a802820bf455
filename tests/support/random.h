/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A seeded stream of numbers for generated test cases (splitmix64). */
#ifndef SN_TEST_RANDOM_H
#define SN_TEST_RANDOM_H

#include <stdint.h>

typedef struct sn_random {
    uint64_t state;
} sn_random;

static inline uint64_t sn_random_next(sn_random *r)
{
    r->state += 0x9e3779b97f4a7c15U;
    uint64_t z = r->state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

/** Uniform in [0, 1). */
static inline double sn_random_share(sn_random *r)
{
    return (double)(sn_random_next(r) >> 11) * 0x1p-53;
}

static inline unsigned sn_random_below(sn_random *r, unsigned n)
{
    return (unsigned)(sn_random_next(r) % n);
}

#endif
