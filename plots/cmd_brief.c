/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt brief: what goes into a meeting, on paper or screen. */
#include "base/options.h"
#include "brief.h"

#include <stdio.h>
#include <string.h>

int sn_cmd_brief(int argc, char **argv);

static const char *const examples[] = {
    "snitt brief --run out/demo/run -o out/demo/brief",
    "snitt brief --county 22 --run out/2019 --light --format html,pdf", NULL};

static const sn_command_doc doc = {
    "brief",
    "",
    "write a brief for a meeting: five numbers, charts, assumptions, sources",
    "Writes brief.md, a newsletter.txt and charts/ into the folder of -o (default: "
    "brief/ "
    "in the run's folder), and of brief.md, with pandoc, a self-contained brief.html, "
    "brief.docx and brief.pptx; brief.pdf through chromium or LibreOffice. A county, "
    "municipality or constituency needs municipalities.json in the run's folder or by "
    "--data.",
    examples,
};

static sn_status read_formats(const char *word, unsigned *out, sn_error *err)
{
    static const char *const names[] = {"html", "docx", "pptx", "pdf", "md"};
    *out = 0;
    while (*word != '\0') {
        size_t n = strcspn(word, ",");
        size_t k = 0;
        while (k < 5 && (strlen(names[k]) != n || strncmp(names[k], word, n) != 0)) {
            k++;
        }
        if (k == 5) {
            return sn_error_set(
                err, SN_E_USAGE,
                "--format lists html, docx, pptx, pdf and md, not \"%.20s\"", word);
        }
        *out |= k < 4 ? 1u << k : 0u;
        word += n + (word[n] == ',');
    }
    return SN_OK;
}

static sn_status check(const sn_brief_options *o, const char *lang, sn_error *err)
{
    int places =
        (o->county != NULL) + (o->municipality != NULL) + (o->constituency != NULL);
    if (o->run_folder == NULL) {
        return sn_error_set(err, SN_E_USAGE, "--run DIR is missing");
    }
    if (places > 1) {
        return sn_error_set(err, SN_E_USAGE,
                            "name one of --county, --municipality and --constituency");
    }
    if (strcmp(lang, "sv") != 0 && strcmp(lang, "en") != 0) {
        return sn_error_set(err, SN_E_USAGE, "--lang is sv or en, not \"%.20s\"", lang);
    }
    return SN_OK;
}

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

int sn_cmd_brief(int argc, char **argv)
{
    sn_brief_options o = {0};
    const char *lang = "sv";
    const char *format = "html,docx,pptx";
    sn_option_list data = {0};
    sn_option_list none = {0};
    const sn_option options[] = {
        {"run", "DIR", "folder of a finished run", NULL, &o.run_folder, NULL},
        {"o", "DIR", "folder of the brief (default: brief/ in the run's)", NULL,
         &o.folder, NULL},
        {"county", "CODE", "two-digit code or name of a county", NULL, &o.county, NULL},
        {"municipality", "CODE", "four-digit code or name of a municipality", NULL,
         &o.municipality, NULL},
        {"constituency", "NAME", "name of a constituency", NULL, &o.constituency, NULL},
        {"light", NULL, "one page, three charts", &o.light, NULL, NULL},
        {"lang", "sv|en", "language (default: sv)", NULL, &lang, NULL},
        {"format", "LIST", "of html, docx, pptx, pdf, md (default: html,docx,pptx)", NULL,
         &format, NULL},
        {"data", "FILE", "JSON of another command of snitt; may be repeated", NULL, NULL,
         &data},
    };
    bool help = false;
    sn_error err = {0};
    sn_status status = sn_options_parse(&doc, options, sizeof options / sizeof *options,
                                        argc, argv, &none, &help, &err);
    if (status == SN_OK && help) {
        return SN_EXIT_DONE;
    }
    if (status == SN_OK && none.n > 0) {
        status = sn_error_set(&err, SN_E_USAGE, "unexpected \"%.40s\"", none.item[0]);
    }
    if (status == SN_OK) {
        status = check(&o, lang, &err);
    }
    if (status == SN_OK) {
        status = read_formats(format, &o.formats, &err);
    }
    if (status == SN_OK) {
        o.english = strcmp(lang, "en") == 0;
        status = write_brief(&o, &data, &err);
    }
    if (status != SN_OK) {
        sn_error_print(&err, "brief");
        return sn_status_exit_code(status);
    }
    return SN_EXIT_DONE;
}
