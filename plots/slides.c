/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pandoc's slides have text of 24 points, of which a page of ours is cut at the lower
 * edge; it takes no size, so the master is changed in the finished file. */
#include "slides.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { MASTER_MAX = 1 << 20 };

static const char master[] = "ppt/slideMasters/slideMaster1.xml";

/* Hundredths of a point, of the same length, so that they are changed in place. */
static const struct {
    const char *from;
    const char *to;
} sizes[] = {
    {" sz=\"3300\"", " sz=\"2200\""}, /* title */
    {" sz=\"2400\"", " sz=\"1400\""}, /* text */
    {" sz=\"2100\"", " sz=\"1300\""}, /* text below it */
};

static sn_status read_master(zip_t *archive, char **text_out, size_t *n_out)
{
    zip_stat_t about;
    if (zip_stat(archive, master, 0, &about) != 0 || (about.valid & ZIP_STAT_SIZE) == 0 ||
        about.size > MASTER_MAX) {
        return SN_E_FORMAT;
    }
    zip_file_t *file = zip_fopen(archive, master, 0);
    char *text = malloc((size_t)about.size + 1);
    zip_int64_t n = file != NULL && text != NULL ? zip_fread(file, text, about.size) : -1;
    if (file != NULL) {
        (void)zip_fclose(file);
    }
    if (n < 0 || (zip_uint64_t)n != about.size) {
        free(text);
        return SN_E_FORMAT;
    }
    text[n] = '\0';
    *text_out = text;
    *n_out = (size_t)n;
    return SN_OK;
}

static void set_sizes(char *text)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = strlen(sizes[i].from);
        for (char *at = text; (at = strstr(at, sizes[i].from)) != NULL; at += n) {
            memcpy(at, sizes[i].to, n);
        }
    }
}

static sn_status change(zip_t *archive)
{
    char *text = NULL;
    size_t n = 0;
    sn_status status = read_master(archive, &text, &n);
    if (status != SN_OK) {
        return status;
    }
    set_sizes(text);
    zip_source_t *source = zip_source_buffer(archive, text, n, 1);
    if (source == NULL) {
        free(text);
        return SN_E_MEMORY;
    }
    zip_int64_t at = zip_name_locate(archive, master, 0);
    if (at < 0 || zip_file_replace(archive, (zip_uint64_t)at, source, 0) != 0) {
        zip_source_free(source); /* and the text with it */
        return SN_E_FORMAT;
    }
    return SN_OK;
}

sn_status sn_slides_fit(const char *path, sn_error *err)
{
    int code = 0;
    zip_t *archive = zip_open(path, 0, &code);
    sn_status status = archive == NULL ? SN_E_FORMAT : change(archive);
    if (archive != NULL && (status != SN_OK || zip_close(archive) != 0)) {
        zip_discard(archive);
        status = status == SN_OK ? SN_E_IO : status;
    }
    return status == SN_OK
               ? SN_OK
               : sn_error_set(err, status, "\"%s\": the slides' text size cannot be set",
                              path);
}
