/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Comparison of doubles, which cmocka 1.1.5 lacks.  NaN is never near. */
#ifndef SN_TEST_NEAR_H
#define SN_TEST_NEAR_H

#include <math.h>

#define assert_near(a, b, tolerance)                                                     \
    do {                                                                                 \
        double near_a = (a);                                                             \
        double near_b = (b);                                                             \
        if (!(fabs(near_a - near_b) <= (tolerance))) {                                   \
            fail_msg("%s = %.12g, expected %.12g within %g", #a, near_a, near_b,         \
                     (double)(tolerance));                                               \
        }                                                                                \
    } while (0)

#endif
