/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script holds our own words and numbers only.  Titles, sentences, sources and
 * every name from data stand in data files that are read noenhanced, so that no text
 * can become a command; the script's folder is gnuplot's working folder, so that no
 * path stands in it either.
 */
#include "chart_draw.h"

#include "template.h"

#include "base/os.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { N_THREAD = 2, HEAD_LINES = 4, PAD_PX = 36 };

typedef struct page_size {
    int width_px;
    int height_px;
    double font_px;
    bool stacked;
} page_size;

static const page_size sizes[SN_N_SIZE] = {
    {1280, 720, 17.0, false},
    {1123, 794, 15.5, false},
    {1080, 1080, 20.0, true},
    {1200, 628, 17.0, false},
};

/* Kinds of line around the plot; head.gp draws each with its font and colour. */
enum { LINE_MARK, LINE_TITLE, LINE_FINDING, LINE_NOTE };
static const double line_em[] = {0.95, 1.55, 1.08, 0.74};
/* Mean width of a character of DejaVu Sans, in em, rounded up; the title is bold. */
static const double char_em[] = {0.66, 0.66, 0.57, 0.57};

static void put_line(sn_writer *w, int kind, double y, const char *text, size_t n)
{
    sn_writef(w, "%d\t%.5f\t", kind, y);
    char line[1024];
    (void)snprintf(line, sizeof line, "%.*s", (int)(n < 1000 ? n : 1000), text);
    sn_write_field(w, line[0] == '\0' ? " " : line, 0);
    sn_write(w, "\n");
}

/* Lines downwards from y_px; returns where the next may begin. */
static double
put_block(sn_writer *w, const page_size *size, int kind, double y_px, const char *text)
{
    sn_line line[HEAD_LINES];
    double em = line_em[kind] * size->font_px;
    size_t width = (size_t)((size->width_px - 2 * PAD_PX) / (char_em[kind] * em));
    size_t n = sn_text_wrap(text, width, line, HEAD_LINES);
    for (size_t i = 0; i < n; i++) {
        y_px += 1.35 * em;
        put_line(w, kind, 1.0 - (y_px - 0.5 * em) / size->height_px, line[i].start,
                 line[i].n);
    }
    return y_px;
}

static size_t lines_of(const page_size *size, int kind, const char *text)
{
    sn_line line[HEAD_LINES];
    double em = line_em[kind] * size->font_px;
    size_t width = (size_t)((size->width_px - 2 * PAD_PX) / (char_em[kind] * em));
    return sn_text_wrap(text, width, line, HEAD_LINES);
}

static void write_source(const sn_chart_page *page, sn_writer *w)
{
    size_t i;
    const json_t *source;
    sn_write(w, sn_page_words(page, "Källa: ", "Source: "));
    json_array_foreach(json_object_get(page->job->summary, "attribution"), i, source)
    {
        sn_write(w, i > 0 ? "; " : "");
        sn_write_clean(
            w,
            sn_format_source(sn_text_at(source, "text", NULL, NULL), page->job->swedish),
            120);
        const char *licence = sn_format_licence(sn_text_at(source, "licence", NULL, NULL),
                                                page->job->swedish);
        if (licence[0] != '\0') {
            sn_write(w, " (");
            sn_write_clean(w, licence, 60);
            sn_write(w, ")");
        }
    }
}

/* Several runs' data: all their years, and the first run of how many. */
static void write_years(const sn_chart_page *page, sn_writer *w)
{
    size_t i;
    const json_t *one;
    char count[SN_NUMBER_SIZE];
    sn_write(w, sn_page_words(page, "Period: år ", "Period: years "));
    json_array_foreach(page->years, i, one)
    {
        sn_writef(w, "%s%" JSON_INTEGER_FORMAT, i > 0 ? ", " : "",
                  json_integer_value(json_object_get(one, "year")));
    }
    sn_format_number((double)json_array_size(page->years), 0, page->job->swedish, count);
    sn_fill(w, " · Snitt " SN_VERSION " · ", NULL);
    sn_fill(w, sn_page_words(page, "{} körningar, först ", "{} runs, the first "), count,
            NULL);
    sn_write_clean(w, sn_text_at(json_array_get(page->years, 0), "run_id", NULL, NULL),
                   40);
}

static void write_run(const sn_chart_page *page, sn_writer *w)
{
    static const double most_of_a_year_h = 8700.0;
    const json_t *summary = page->job->summary;
    char year[16];
    if (json_array_size(page->years) > 1) {
        write_years(page, w);
        return;
    }
    sn_fill(w, sn_page_words(page, "Period: år {}", "Period: year {}"),
            sn_page_year(page, year), NULL);
    if (sn_number_at(summary, "period", "hours", NULL) < most_of_a_year_h) {
        sn_write(w, ", ");
        sn_write_clean(w, sn_text_at(summary, "period", "from", NULL), 24);
        sn_write(w, " – ");
        sn_write_clean(w, sn_text_at(summary, "period", "to", NULL), 24);
    }
    sn_fill(w, " · Snitt " SN_VERSION " · {} ", sn_page_words(page, "körning", "run"),
            NULL);
    sn_write_clean(w, sn_text_at(summary, "run_id", NULL, NULL), 40);
}

/* The lines at the foot, upwards from the edge; returns their height. */
static double put_foot(sn_chart_page *page, sn_writer *w, const page_size *size)
{
    sn_writer line[3];
    double em = line_em[LINE_NOTE] * size->font_px;
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        sn_writer_init(&line[i], page->err);
    }
    sn_write_clean(&line[0], page->note.text.data, 0);
    write_source(page, &line[1]);
    write_run(page, &line[2]);
    for (size_t i = 0; i < 3; i++) {
        n += lines_of(size, LINE_NOTE, line[i].text.data);
    }
    double height_px = 1.35 * em * (double)n + 14.0;
    double y_px = size->height_px - height_px;
    for (size_t i = 0; i < 3; i++) {
        y_px = put_block(w, size, LINE_NOTE, y_px, line[i].text.data);
        sn_page_fail(page, line[i].status);
        sn_writer_release(&line[i]);
    }
    return height_px;
}

static void put_head(sn_chart_page *page, const page_size *size, const char *question)
{
    char file[32];
    sn_writer w;
    sn_writer_init(&w, page->err);
    const char *mark =
        sn_text_at(page->job->summary, "label", page->job->swedish ? "sv" : "en", NULL);
    double y_px = put_block(&w, size, LINE_MARK, 12.0, mark);
    y_px = put_block(&w, size, LINE_TITLE, y_px, question);
    y_px = put_block(&w, size, LINE_FINDING, y_px + 2.0, page->finding.text.data);
    double foot_px = put_foot(page, &w, size);
    sn_page_set(page, "top", 1.0 - (y_px + 6.0) / size->height_px);
    sn_page_set(page, "bottom", (foot_px + 4.0) / size->height_px);
    (void)snprintf(file, sizeof file, "%s_text.dat", page->id);
    if (page->status == SN_OK) {
        page->status = sn_writer_save(&w, page->scripts, file);
    }
    sn_writer_release(&w);
}

static void copy_template(sn_chart_page *page, const char *name)
{
    char path[SN_TEMPLATE_PATH_SIZE];
    sn_writer w;
    sn_writer_init(&w, page->err);
    sn_template_path(name, path);
    if (page->status == SN_OK) {
        page->status = sn_os_read_file(path, &w.text, page->err);
    }
    if (page->status == SN_OK) {
        page->status = sn_writer_save(&w, page->scripts, name);
    }
    sn_writer_release(&w);
}

static void put_terminal(sn_writer *w, const page_size *size, unsigned format)
{
    /* Cairo counts fonts in points of 1/72 inch and these pictures in 1/96. */
    double points = 0.75 * size->font_px;
    switch (format) {
    case SN_FORMAT_SVG:
        sn_writef(w,
                  "set terminal svg size %d,%d font 'DejaVu Sans,%.2f' standalone "
                  "background '#ffffff'\nfs = %.2f\n",
                  size->width_px, size->height_px, size->font_px, size->font_px);
        return;
    case SN_FORMAT_PDF:
        sn_writef(w,
                  "set terminal pdfcairo size %.4fin,%.4fin font 'DejaVu Sans,%.2f' "
                  "fontscale 1 linewidth 1.3\nfs = %.2f\n",
                  size->width_px / 96.0, size->height_px / 96.0, points, points);
        return;
    default:
        sn_writef(w,
                  "set terminal pngcairo size %d,%d font 'DejaVu Sans,%.2f' linewidth "
                  "1.3\nfs = %.2f\n",
                  size->width_px, size->height_px, points, points);
    }
}

void sn_chart_write_script(sn_chart_page *page, const char *question)
{
    static const struct {
        unsigned format;
        const char *ending;
    } formats[] = {
        {SN_FORMAT_SVG, "svg"}, {SN_FORMAT_PDF, "pdf"}, {SN_FORMAT_PNG, "png"}};
    char name[32];
    const page_size *size = &sizes[page->job->size];
    put_head(page, size, question);
    sn_writer w;
    sn_writer_init(&w, page->err);
    sn_writef(&w,
              "# SPDX-License-Identifier: GPL-3.0-or-later\n# Snitt " SN_VERSION
              ", chart %s\n",
              page->id);
    (void)snprintf(name, sizeof name, "%s.gp", page->n_finite == 0 ? "empty" : page->id);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if ((page->job->formats & formats[i].format) == 0) {
            continue;
        }
        sn_write(&w, "reset session\n");
        put_terminal(&w, size, formats[i].format);
        sn_writef(&w, "set output '../%s.%s'\nname = '%s'\n", page->id, formats[i].ending,
                  page->id);
        sn_writef(&w, "sv = %d\nW = %d\nH = %d\npx = %.2f\nstack = %d\n",
                  page->job->swedish ? 1 : 0, size->width_px, size->height_px,
                  size->font_px, size->stacked ? 1 : 0);
        sn_write(&w, page->settings.text.data);
        sn_writef(&w,
                  "load 'style.gp'\nload 'template_%s'\nunset multiplot\nunset output\n",
                  name);
    }
    sn_page_fail(page, w.status);
    sn_page_fail(page, page->settings.status);
    (void)snprintf(name, sizeof name, "%s.gp", page->id);
    if (page->status == SN_OK) {
        page->status = sn_writer_save(&w, page->scripts, name);
    }
    sn_writer_release(&w);
    copy_template(page, "style.gp");
    (void)snprintf(name, sizeof name, "template_%s.gp",
                   page->n_finite == 0 ? "empty" : page->id);
    copy_template(page, name);
}

/* ---- running --------------------------------------------------------------------- */

typedef struct gnuplot_share {
    const char *folder;
    const char *const *id;
    size_t n;
    size_t first; /* this thread takes first, first + N_THREAD, ... */
    size_t failed_at;
    sn_error err;
} gnuplot_share;

static void *run_share(void *argument)
{
    gnuplot_share *share = argument;
    for (size_t i = share->first; i < share->n; i += N_THREAD) {
        char script[32];
        (void)snprintf(script, sizeof script, "%s.gp", share->id[i]);
        const char *const argv[] = {"gnuplot", script, NULL};
        if (sn_os_run(argv, share->folder, 60.0, NULL, &share->err) != SN_OK) {
            share->failed_at = i;
            return NULL;
        }
    }
    return NULL;
}

sn_status sn_chart_run_gnuplot(const char *scripts_folder,
                               const char *const *id,
                               size_t n,
                               sn_error *err)
{
    gnuplot_share share[N_THREAD];
    pthread_t thread[N_THREAD];
    bool started[N_THREAD];
    for (size_t i = 0; i < N_THREAD; i++) {
        share[i] = (gnuplot_share){scripts_folder, id, n, i, SIZE_MAX, {0}};
        started[i] =
            i > 0 && i < n && pthread_create(&thread[i], NULL, run_share, &share[i]) == 0;
    }
    for (size_t i = 0; i < N_THREAD; i++) {
        if (!started[i]) {
            (void)run_share(&share[i]);
        } else {
            (void)pthread_join(thread[i], NULL);
        }
    }
    size_t first = 0;
    for (size_t i = 1; i < N_THREAD; i++) {
        first = share[i].failed_at < share[first].failed_at ? i : first;
    }
    if (share[first].failed_at == SIZE_MAX) {
        return SN_OK;
    }
    return sn_error_set(err, SN_E_TOOL, "chart %s: %s", id[share[first].failed_at],
                        share[first].err.message);
}

/* Copies until mark, writes put_in for it; returns what follows, NULL at the end. */
static const char *
replace_next(sn_writer *w, const char *from, const char *mark, const char *put_in)
{
    const char *found = from != NULL ? strstr(from, mark) : NULL;
    if (found == NULL) {
        sn_write(w, from != NULL ? from : "");
        return NULL;
    }
    if (w->status == SN_OK) {
        w->status = sn_strbuf_append(&w->text, from, (size_t)(found - from), w->err);
    }
    sn_write(w, put_in);
    return found + strlen(mark);
}

/* Verdana is as wide as DejaVu Sans, so the text keeps its place without it.  The
 * terminal writes "DejaVu Sans:Bold", which is no family for a browser. */
static void put_fonts(sn_writer *w, const char *from)
{
    static const char mark[] = "font-family=\"DejaVu Sans";
    static const char bold[] = ":Bold\"";
    while (from != NULL) {
        from =
            replace_next(w, from, mark, "font-family=\"DejaVu Sans,Verdana,sans-serif");
        if (from != NULL && strncmp(from, bold, strlen(bold)) == 0) {
            sn_write(w, "\" font-weight=\"bold\"");
            from += strlen(bold);
        }
    }
}

sn_status sn_chart_finish_svg(const char *folder,
                              const char *id,
                              const sn_chart_outcome *outcome,
                              sn_error *err)
{
    char path[4096];
    char name[32];
    sn_strbuf svg;
    sn_writer w;
    (void)snprintf(name, sizeof name, "%s.svg", id);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    sn_strbuf_init(&svg, 1 << 26);
    sn_writer_init(&w, err);
    sn_status status = sn_os_read_file(path, &svg, err);
    if (status == SN_OK) {
        const char *at = replace_next(&w, svg.data, "<title>Gnuplot</title>", "<title>");
        if (at != NULL) {
            sn_write_html(&w, outcome->title, 0);
            sn_write(&w, "</title>");
            at = replace_next(&w, at, "<desc>", "<desc>");
        }
        if (at != NULL) {
            sn_write_html(&w, outcome->alt, 0);
            at = strstr(at, "</desc>");
        }
        put_fonts(&w, at);
        status = sn_writer_save(&w, folder, name);
    }
    sn_strbuf_release(&svg);
    sn_writer_release(&w);
    return status;
}
