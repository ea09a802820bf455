/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A brief for a meeting: Markdown first, then what pandoc makes of it. */
#ifndef SN_BRIEF_H
#define SN_BRIEF_H

#include "plots.h"

enum {
    SN_BRIEF_HTML = 1,
    SN_BRIEF_DOCX = 2,
    SN_BRIEF_PPTX = 4,
    SN_BRIEF_PDF = 8,
    SN_BRIEF_MARKDOWN = 16, /* always written; for those who want nothing else */
};

typedef struct sn_brief_options {
    const char *run_folder;
    const char *folder;       /* where it goes; made when absent */
    const char *county;       /* two-digit code or name; of the three at most one */
    const char *municipality; /* four-digit code or name */
    const char *constituency; /* name */
    const char *const *data;  /* further JSON files, NULL-terminated */
    bool english;
    bool light;       /* one page, three charts */
    unsigned formats; /* SN_BRIEF_... */
} sn_brief_options;

/**
 * Write brief.md, newsletter.txt and charts/ into the folder, then brief.html, .docx,
 * .pptx and .pdf as asked.
 * @return SN_E_TOOL when pandoc (or, for PDF, a browser and LibreOffice) is missing or
 *         fails: the Markdown stays; SN_E_NOT_FOUND when no municipality is of the place
 */
SN_CHECKED sn_status sn_brief_write(const sn_brief_options *options, sn_error *err);

#endif
