/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Functions built twice, the second time for the wider registers of newer processors;
 * the program chooses as it starts.  The same operations on the same numbers (nothing is
 * contracted), so the same bytes. */
#ifndef SN_WIDE_H
#define SN_WIDE_H

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) &&       \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define SN_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define SN_WIDE
#endif

/** Four numbers, or the answers of four comparisons, at any address of a double. */
typedef double sn_quad __attribute__((vector_size(32), aligned(8)));
typedef long long sn_quad_mask __attribute__((vector_size(32)));

#endif
