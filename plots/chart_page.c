/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const sn_chart_areas[SN_SWEDISH_AREAS] = {"SE1", "SE2", "SE3", "SE4"};

const char *sn_page_words(const sn_chart_page *page, const char *sv, const char *en)
{
    return page->job->swedish ? sv : en;
}

void sn_page_lacks(sn_chart_page *page, const char *sv, const char *en)
{
    sn_write(&page->missing, sn_page_words(page, sv, en));
    sn_write(&page->missing_en, en);
}

void sn_span_widen(sn_span *span, double value)
{
    span->lo = fmin(span->lo, value);
    span->hi = fmax(span->hi, value);
}

void sn_page_fail(sn_chart_page *page, sn_status status)
{
    if (page->status == SN_OK) {
        page->status = status;
    }
}

void sn_page_set(sn_chart_page *page, const char *name, double value)
{
    sn_writef(&page->settings, "%s = %.6g\n", name, isfinite(value) ? value : 0.0);
}

void sn_page_range(sn_chart_page *page,
                   const char *name,
                   double lo,
                   double hi,
                   bool with_zero)
{
    char key[64];
    if (!isfinite(lo) || !isfinite(hi)) {
        lo = 0.0;
        hi = 1.0;
    }
    if (with_zero) {
        lo = fmin(lo, 0.0);
        hi = lo < 0.0 || hi > 0.0 ? fmax(hi, 0.0) : 1.0; /* never an empty range */
    }
    double span = hi - lo;
    span = span <= 0.0 ? fmax(fabs(hi), 1.0) : span;
    (void)snprintf(key, sizeof key, "%.40s_min", name);
    sn_page_set(page, key, with_zero && lo == 0.0 ? 0.0 : lo - 0.12 * span);
    (void)snprintf(key, sizeof key, "%.40s_max", name);
    sn_page_set(page, key, with_zero && hi == 0.0 ? 0.0 : hi + 0.12 * span);
}

const json_t *sn_page_data_like(const sn_chart_page *page,
                                const char *schema,
                                bool (*is)(const json_t *data))
{
    for (size_t i = 0; i < page->job->n_data; i++) {
        const json_t *data = page->job->data[i];
        if (strcmp(sn_text_at(data, "schema", NULL, NULL), schema) == 0 &&
            (is == NULL || is(data))) {
            return data;
        }
    }
    return NULL;
}

const json_t *sn_page_data(const sn_chart_page *page, const char *schema)
{
    return sn_page_data_like(page, schema, NULL);
}

const char *sn_page_year(const sn_chart_page *page, char text[16])
{
    (void)snprintf(text, 16, "%.0f",
                   sn_number_at(page->job->summary, "period", "year", NULL));
    return text;
}

const char *sn_page_compared(const sn_chart_page *page)
{
    return sn_text_of(json_array_get(json_object_get(page->job->summary, "compare"), 0));
}

const char *sn_page_base(const sn_chart_page *page)
{
    return sn_text_at(page->job->summary, "base", NULL, NULL);
}

bool sn_page_one_area(const sn_chart_page *page)
{
    return strcmp(sn_page_compared(page), "se1") == 0;
}

double sn_page_rate(const sn_chart_page *page)
{
    return sn_number_at(page->job->summary, "fx_sek_per_eur", NULL, NULL);
}

bool sn_interval_of(const json_t *node, sn_chart_interval *out)
{
    out->value = sn_number_at(node, "value", NULL, NULL);
    out->lo = sn_number_at(node, "lo", NULL, NULL);
    out->hi = sn_number_at(node, "hi", NULL, NULL);
    out->level = sn_number_at(node, "level", NULL, NULL);
    return isfinite(out->lo) && isfinite(out->hi);
}

bool sn_page_interval(const sn_chart_page *page,
                      const char *headline,
                      const char *area,
                      sn_chart_interval *out)
{
    const json_t *node =
        sn_node_at(page->job->summary, "intervals", sn_page_compared(page), headline);
    return sn_interval_of(area != NULL ? json_object_get(node, area) : node, out);
}

void sn_page_note_no_interval(sn_chart_page *page, const char *sv, const char *en)
{
    sn_fill(&page->note,
            sn_page_words(page, "Intervall: ej beräknat, {}. ",
                          "Interval: not computed, {}. "),
            sn_page_words(page, sv, en), NULL);
}

void sn_page_note_interval(sn_chart_page *page,
                           bool drawn,
                           const sn_chart_interval *interval)
{
    sn_page_set(page, "intervals", drawn ? 1.0 : 0.0);
    if (!drawn) {
        sn_page_note_no_interval(page, "körningen är kortare än åtta veckor eller gammal",
                                 "the run is shorter than eight weeks or an old one");
        return;
    }
    char level[SN_NUMBER_SIZE];
    sn_fill(&page->note,
            sn_page_words(page,
                          "Tunna streck: {} % intervall, av hur årets veckor skiljer "
                          "sig; antagandena ingår inte. ",
                          "Thin lines: {} % interval, of how the year's weeks differ; "
                          "assumptions are not in it. "),
            sn_format_number(100.0 * interval->level, 0, page->job->swedish, level),
            NULL);
}

double *sn_page_read(sn_chart_page *page, const char *name, size_t *n_out, size_t *width)
{
    double *value = NULL;
    *n_out = 0;
    *width = 0;
    if (page->status != SN_OK || !sn_result_has(page->job->result, name)) {
        return NULL;
    }
    page->status =
        sn_result_read(page->job->result, name, &value, n_out, width, page->err);
    return value;
}

double *sn_page_read_configuration(sn_chart_page *page,
                                   const char *configuration,
                                   const char *field,
                                   size_t *n_out,
                                   size_t *width)
{
    char name[160];
    (void)snprintf(name, sizeof name, "/configurations/%.60s/%.60s", configuration,
                   field);
    return sn_page_read(page, name, n_out, width);
}

sn_money sn_page_money(const sn_chart_page *page, double largest_meur)
{
    double rate = sn_page_rate(page);
    bool sek = isfinite(rate);
    double factor = sek ? rate : 1.0;
    if (fabs(largest_meur) * factor >= 10000.0) {
        return (sn_money){factor * 1e-3, 1, true,
                          sek ? sn_page_words(page, "miljarder kronor", "billion SEK")
                              : sn_page_words(page, "miljarder euro", "billion EUR")};
    }
    return (sn_money){factor, fabs(largest_meur) * factor < 100.0 ? 1 : 0, false,
                      sek ? sn_page_words(page, "miljoner kronor", "million SEK")
                          : sn_page_words(page, "miljoner euro", "million EUR")};
}

void sn_page_set_money(sn_chart_page *page, const sn_money *money)
{
    sn_page_set(page, "sek", isfinite(sn_page_rate(page)) ? 1.0 : 0.0);
    sn_page_set(page, "billion", money->billions ? 1.0 : 0.0);
}

/* ---- tables ---------------------------------------------------------------------- */

static void csv_next(sn_table *table)
{
    if (table->csv_open) {
        sn_write(&table->csv, table->page->job->csv_swedish ? ";" : ",");
    }
    table->csv_open = true;
}

static void dat_next(sn_table *table)
{
    if (table->dat_open) {
        sn_write(&table->dat, "\t");
    }
    table->dat_open = true;
}

void sn_table_open(sn_table *table, sn_chart_page *page, const char *columns)
{
    *table = (sn_table){.page = page};
    sn_writer_init(&table->dat, page->err);
    sn_writer_init(&table->csv, page->err);
    if (page->job->csv_swedish) {
        sn_write(&table->csv, "\xef\xbb\xbf");
    }
    char name[128];
    for (const char *at = columns; *at != '\0';) {
        size_t n = strcspn(at, "|");
        (void)snprintf(name, sizeof name, "%.*s", (int)(n < 120 ? n : 120), at);
        csv_next(table);
        sn_write_csv(&table->csv, name);
        at += n + (at[n] == '|');
    }
    sn_write(&table->csv, "\r\n");
    table->csv_open = false;
}

void sn_table_text(sn_table *table, const char *text)
{
    dat_next(table);
    sn_write_field(&table->dat, text[0] == '\0' ? " " : text, SN_TEXT_ON_CHART);
    csv_next(table);
    sn_write_csv(&table->csv, text);
}

void sn_table_number(sn_table *table, double value)
{
    sn_table_position(table, value);
    sn_table_csv_number(table, value);
}

void sn_table_csv_number(sn_table *table, double value)
{
    char digits[48];
    csv_next(table);
    if (!isfinite(value)) {
        return;
    }
    table->page->n_finite++;
    (void)snprintf(digits, sizeof digits, "%.10g", value);
    char *point = strchr(digits, '.');
    if (table->page->job->csv_swedish && point != NULL) {
        *point = ',';
    }
    sn_write(&table->csv, digits);
}

void sn_table_position(sn_table *table, double value)
{
    dat_next(table);
    if (isfinite(value)) {
        sn_writef(&table->dat, "%.10g", value);
    } else {
        sn_write(&table->dat, "NaN");
    }
}

void sn_table_label(sn_table *table, const char *text)
{
    dat_next(table);
    sn_write_field(&table->dat, text[0] == '\0' ? " " : text, 0);
}

void sn_table_label_number(sn_table *table, double value, int decimals)
{
    char text[SN_NUMBER_SIZE];
    sn_table_label(table,
                   sn_format_number(value, decimals, table->page->job->swedish, text));
}

void sn_table_label_change(sn_table *table, double value, int decimals)
{
    char text[SN_NUMBER_SIZE];
    sn_table_label(table,
                   sn_format_change(value, decimals, table->page->job->swedish, text));
}

void sn_table_end_row(sn_table *table)
{
    sn_write(&table->dat, "\n");
    sn_write(&table->csv, "\r\n");
    table->dat_open = false;
    table->csv_open = false;
    table->n_row++;
}

void sn_table_break(sn_table *table)
{
    sn_write(&table->dat, "\n");
}

void sn_table_save(sn_table *table, const char *name)
{
    char file[80];
    sn_chart_page *page = table->page;
    sn_status status = page->status;
    (void)snprintf(file, sizeof file, "n_%.60s", name);
    sn_page_set(page, file, (double)table->n_row);
    if (status == SN_OK) {
        (void)snprintf(file, sizeof file, "%.60s.dat", name);
        status = sn_writer_save(&table->dat, page->scripts, file);
    }
    if (status == SN_OK) {
        (void)snprintf(file, sizeof file, "%.60s.csv", name);
        status = sn_writer_save(&table->csv, page->job->folder, file);
    }
    sn_writer_release(&table->dat);
    sn_writer_release(&table->csv);
    sn_page_fail(page, status);
}
