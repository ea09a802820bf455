/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Slides that pandoc made, with text that fits on them. */
#ifndef SN_SLIDES_H
#define SN_SLIDES_H

#include "base/error.h"

/** Set the sizes of titles and text in the slide master of a PPTX, in place. */
SN_CHECKED sn_status sn_slides_fit(const char *path, sn_error *err);

#endif
