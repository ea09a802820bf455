/* SPDX-License-Identifier: GPL-3.0-or-later */
/** From a finished page to a gnuplot script, and from scripts to pictures. */
#ifndef SN_CHART_DRAW_H
#define SN_CHART_DRAW_H

#include "chart_page.h"

/** Texts of the page as data files, the script NAME.gp and what it loads. */
void sn_chart_write_script(sn_chart_page *page, const char *question);

/** Run gnuplot on the scripts of n charts, two at a time.
 * @return the first failure in the order of the charts */
SN_CHECKED sn_status sn_chart_run_gnuplot(const char *scripts_folder,
                                          const char *const *id,
                                          size_t n,
                                          sn_error *err);

/** Give the SVG its title and description, and fonts to fall back on. */
SN_CHECKED sn_status sn_chart_finish_svg(const char *folder,
                                         const char *id,
                                         const sn_chart_outcome *outcome,
                                         sn_error *err);

#endif
