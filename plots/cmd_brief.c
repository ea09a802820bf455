/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt brief: what goes into a meeting, on paper or screen. */
#include "base/options.h"
#include "brief.h"

#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt brief --run out/demo/run -o out/demo/brief",
    "snitt brief --county 22 --run out/2019 --light --format html,pdf", NULL};

const sn_command sn_cmd_brief = {
    .name = "brief",
    .arguments = "",
    .summary = "write a brief for a meeting: five numbers, charts, assumptions, sources",
    .needs = "result",
    .details = "Writes brief.md, a newsletter.txt and charts/ into the folder of -o "
               "(default: brief/ in the run's folder), and of brief.md, with pandoc, a "
               "self-contained brief.html, brief.docx and brief.pptx; brief.pdf through "
               "chromium or LibreOffice. A county, municipality or constituency needs "
               "municipalities.json in the run's folder or by --data.",
    .examples = examples,
    .run = run,
};

static sn_status
write_brief(sn_brief_options *o, const sn_option_list *files, sn_error *err)
{
    char folder[4096];
    const char *data[SN_CHART_DATA_MAX + 1] = {NULL};
    for (size_t i = 0; i < files->n; i++) {
        if (i >= SN_CHART_DATA_MAX) {
            return sn_error_set(err, SN_E_USAGE, "at most %d files of --data",
                                (int)SN_CHART_DATA_MAX);
        }
        data[i] = files->item[i];
    }
    o->data = data;
    if (o->folder == NULL) {
        (void)snprintf(folder, sizeof folder, "%s/brief", o->run_folder);
        o->folder = folder;
    }
    sn_status status = sn_brief_write(o, err);
    if (status == SN_OK) {
        (void)printf("%s/brief.md\n", o->folder);
    }
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    sn_brief_options o = {0};
    const char *lang = "sv";
    const char *format = "html,docx,pptx";
    sn_option_list data = {0};
    const sn_option options[] = {
        SN_REQUIRED("run", "DIR", "folder of a finished run", &o.run_folder),
        SN_VALUE("o", "DIR", "folder of the brief (default: brief/ in the run's)",
                 &o.folder),
        SN_VALUE("county", "CODE", "two-digit code or name of a county", &o.county),
        SN_VALUE("municipality", "CODE", "four-digit code or name of a municipality",
                 &o.municipality),
        SN_VALUE("constituency", "NAME", "name of a constituency", &o.constituency),
        SN_FLAG("light", "one page, three charts", &o.light),
        SN_VALUE("lang", "sv|en", "language (default: sv)", &lang),
        SN_VALUE("format", "LIST",
                 "of html, docx, pptx, pdf, md (default: html,docx,pptx)", &format),
        SN_REPEATED("data", "FILE", "JSON of another command of snitt; may be repeated",
                    &data),
    };
    (void)exit_code;
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_brief, options, argc, argv, NULL, err);
    if (status == SN_OK &&
        (o.county != NULL) + (o.municipality != NULL) + (o.constituency != NULL) > 1) {
        status = sn_error_set(err, SN_E_USAGE,
                              "name one of --county, --municipality and --constituency");
    }
    if (status == SN_OK) {
        status =
            sn_options_names("format", format, "html,docx,pptx,pdf,md", &o.formats, err);
    }
    if (status == SN_OK) {
        o.english = strcmp(lang, "en") == 0;
        status = write_brief(&o, &data, err);
    }
    return status;
}
