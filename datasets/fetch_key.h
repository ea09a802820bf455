/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The user's key to a source: from the environment, or $XDG_CONFIG_HOME/snitt/keys. */
#ifndef SN_FETCH_KEY_H
#define SN_FETCH_KEY_H

#include "fetch_source.h"

enum { SN_KEY_SIZE = 256 };

/**
 * The file has lines "SOURCE = KEY" and comments from '#'; it must belong to the user and
 * be readable by nobody else.
 * @param[out] key  "" when the source needs none
 * @return SN_E_NOT_FOUND when there is no key, saying where to put one; SN_E_USAGE when
 *         the file is open to others or a key has letters no key has.  No message holds
 *         a key.
 */
SN_CHECKED sn_status sn_fetch_key_find(const sn_fetch_source *source,
                                       char key[SN_KEY_SIZE],
                                       sn_error *err);

#endif
