/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Text built piece by piece for people and programs.  The first failure stays in the
 * writer and later calls do nothing, so that a page reads as a page and is checked
 * once, at its end.
 *
 * Everything that comes from data or users is hostile: each format has its own way in
 * (html, markdown, data file, CSV), and all of them first pass sn_text_clean().
 */
#ifndef SN_WRITER_H
#define SN_WRITER_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct sn_writer {
    sn_strbuf text;
    sn_status status; /* first failure */
    sn_error *err;
} sn_writer;

void sn_writer_init(sn_writer *w, sn_error *err);
void sn_writer_release(sn_writer *w);

/** Our own words: as they are. */
void sn_write(sn_writer *w, const char *text);
void sn_writef(sn_writer *w, const char *format, ...) SN_PRINTF(2, 3);
/** text with each {} replaced by the next of the strings, which end with NULL: for
 * sentences in two languages, where a format of printf could not be checked. */
void sn_fill(sn_writer *w, const char *text, ...);

/** Longest text from data on a chart and on a page, in characters; then "...". */
enum { SN_TEXT_ON_CHART = 60, SN_TEXT_ON_PAGE = 300 };

/**
 * One line of valid UTF-8: bytes that are none become U+FFFD, control characters a
 * space, marks that turn the writing direction go, and after max characters an
 * ellipsis ends it (0 = no limit).
 */
void sn_write_clean(sn_writer *w, const char *text, size_t max);
/** Text or attribute value of HTML, SVG. */
void sn_write_html(sn_writer *w, const char *text, size_t max);
/** Inline text of Markdown (pandoc): every sign with a meaning is escaped. */
void sn_write_markdown(sn_writer *w, const char *text, size_t max);
/** A field of a tab-separated data file that gnuplot reads: no tab, quote, backslash
 * or comment sign is left in it. */
void sn_write_field(sn_writer *w, const char *text, size_t max);
/** A quoted CSV cell; one that a spreadsheet would take for a formula gets a '. */
void sn_write_csv(sn_writer *w, const char *text);
/** A JSON string with its quotes, safe inside a <script> element too. */
void sn_write_json(sn_writer *w, const char *text, size_t max);

/** Replace the file with the writer's text, which is emptied. */
SN_CHECKED sn_status sn_writer_save(sn_writer *w, const char *folder, const char *name);

/**
 * Break one line of text into lines of about width characters, at spaces.
 * @param[out] line  starts and lengths in text
 * @return number of lines, at most n; the last takes what is left
 */
typedef struct sn_line {
    const char *start;
    size_t n; /* bytes */
} sn_line;
size_t sn_text_wrap(const char *text, size_t width, sn_line *line, size_t n);

#endif
