/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts of what other commands make: municipalities (Q3), new load (Q4), projects
 * (Q5), lines (Q11), uncertainty (Q14), changes since another run (Q15). */
#include "chart_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void lacks(sn_chart_page *page, const char *sv, const char *en)
{
    sn_write(&page->missing, sn_page_words(page, sv, en));
}

void sn_chart_places(sn_chart_page *page)
{
    lacks(page, "kommunernas siffror saknas",
          "the municipalities' numbers are not given");
}

void sn_chart_new_load(sn_chart_page *page)
{
    lacks(page, "fall med ny last saknas", "cases with new load are not given");
}

void sn_chart_projects(sn_chart_page *page)
{
    lacks(page, "projekten saknas", "the projects are not given");
}

void sn_chart_lines(sn_chart_page *page)
{
    lacks(page, "fall med fler ledningar saknas", "cases with more lines are not given");
}

void sn_chart_uncertainty(sn_chart_page *page)
{
    lacks(page, "osäkerheten är inte beräknad", "the uncertainty is not computed");
}

void sn_chart_changes(sn_chart_page *page)
{
    lacks(page, "jämförelsen saknas", "the comparison is not given");
}
