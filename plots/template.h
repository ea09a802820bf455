/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Scripts and style sheets that come with the program. */
#ifndef SN_TEMPLATE_H
#define SN_TEMPLATE_H

enum { SN_TEMPLATE_PATH_SIZE = 4224 };

/** Path of a template, e.g. "style.gp": of the installed program, or of the source tree.
 */
void sn_template_path(const char *name, char path[SN_TEMPLATE_PATH_SIZE]);

#endif
