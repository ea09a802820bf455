/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table itself, batch.h5 and cases.csv. */
#include "batch_table.h"

#include "base/os.h"
#include "batch_why.h"
#include "result_grid.h"
#include "run_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, NAME_SIZE = 64, CSV_BYTES_MAX = 1 << 30 };

static bool is_there(const sn_batch_outcome *o, size_t i)
{
    return o->line[i].state == SN_CASE_DONE || o->line[i].state == SN_CASE_PARTIAL;
}

static sn_status
read_record(const sn_batch_table *t, size_t i, sn_case_result *out, sn_error *err)
{
    char path[PATH_SIZE];
    sn_status status =
        sn_batch_record_path(t->options, t->outcome->line[i].key, path, sizeof path, err);
    return status == SN_OK ? sn_case_read(path, NULL, out, err) : status;
}

static void take_names(sn_batch_table *t, const sn_case_result *result, bool is_first)
{
    for (size_t k = 0; k < t->n_compare; k++) {
        if (is_first) {
            memcpy(t->compare[k], result->name[k], sizeof t->compare[k]);
        } else if (strcmp(t->compare[k], result->name[k]) != 0) {
            (void)snprintf(t->compare[k], sizeof t->compare[k], "%zu", k + 1);
        }
    }
}

static sn_status allocate(sn_batch_table *t, sn_error *err)
{
    size_t cells = t->outcome->n_case * t->n_compare * SN_HEADLINE_SLOTS;
    t->cell = malloc((cells + 1) * sizeof *t->cell);
    if (t->cell == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu cases",
                            t->outcome->n_case);
    }
    for (size_t i = 0; i < cells; i++) {
        t->cell[i] = (sn_interval){(double)NAN, (double)NAN, (double)NAN};
    }
    return SN_OK;
}

sn_status sn_batch_table_load(const sn_batch *batch,
                              const sn_batch_options *options,
                              const sn_batch_outcome *outcome,
                              sn_batch_table *out,
                              sn_error *err)
{
    *out = (sn_batch_table){.batch = batch, .options = options, .outcome = outcome};
    out->n_compare = batch->base.n_configuration - 1;
    sn_case_result *result = calloc(1, sizeof *result);
    sn_status status = result != NULL
                           ? allocate(out, err)
                           : sn_error_set(err, SN_E_MEMORY, "out of memory for a case");
    bool is_first = true;
    for (size_t i = 0; i < outcome->n_case && status == SN_OK; i++) {
        if (!is_there(outcome, i)) {
            continue;
        }
        status = read_record(out, i, result, err);
        if (status == SN_OK && result->n_compare != out->n_compare) {
            status =
                sn_error_set(err, SN_E_FORMAT,
                             "case %zu compares %zu splits, the file %zu: sweep lists "
                             "of the same length",
                             i, result->n_compare, out->n_compare);
        }
        for (size_t k = 0; k < out->n_compare && status == SN_OK; k++) {
            memcpy(&out->cell[(i * out->n_compare + k) * SN_HEADLINE_SLOTS],
                   result->interval[k], sizeof result->interval[k]);
        }
        if (status == SN_OK) {
            take_names(out, result, is_first);
            is_first = false;
        }
        sn_case_result_release(result);
    }
    for (size_t k = 0; k < out->n_compare && is_first; k++) {
        memcpy(out->compare[k], batch->base.configuration[k + 1].name,
               sizeof out->compare[k]);
    }
    free(result);
    if (status != SN_OK) {
        sn_batch_table_release(out);
    }
    return status;
}

void sn_batch_table_release(sn_batch_table *table)
{
    free(table->cell);
    table->cell = NULL;
}

/* ---- batch.h5 ---- */

typedef struct sn_grid_plan {
    sn_grid_axis axis[SN_GRID_AXES_MAX];
    size_t n_axis;
    size_t n_case_axis; /* the first of them */
    size_t compare;     /* index of the axis */
    size_t area;
    const char *names[SN_SCENARIO_CONFIGURATIONS_MAX];
    double *row; /* [n_row] 0, 1, ... */
} sn_grid_plan;

static sn_status plan_axes(const sn_batch_table *t, sn_grid_plan *p, sn_error *err)
{
    const sn_batch *b = t->batch;
    for (size_t k = 0; k < b->n_axis; k++) {
        const sn_batch_axis *a = &b->axis[k];
        p->axis[p->n_axis++] = (sn_grid_axis){
            a->key, a->n, a->is_number ? a->number : NULL, (const char *const *)a->text};
    }
    p->row = malloc((b->n_row + 1) * sizeof *p->row);
    if (p->row == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the axes");
    }
    if (b->n_sampled > 0) {
        for (size_t r = 0; r < b->n_row; r++) {
            p->row[r] = (double)r;
        }
        p->axis[p->n_axis++] = (sn_grid_axis){"sample", b->n_row, p->row, NULL};
    }
    p->n_case_axis = p->n_axis;
    for (size_t k = 0; k < t->n_compare; k++) {
        p->names[k] = t->compare[k];
    }
    p->compare = p->n_axis;
    p->axis[p->n_axis++] = (sn_grid_axis){"comparison", t->n_compare, NULL, p->names};
    p->area = p->n_axis;
    p->axis[p->n_axis++] =
        (sn_grid_axis){"area", SN_HEADLINE_AREAS, NULL, sn_run_swedish_area};
    return SN_OK;
}

static double part_of(const sn_interval *i, int part)
{
    return part == 0 ? i->value : part == 1 ? i->lo : i->hi;
}

/* One headline: its value, and the two ends of its interval over weeks. */
static sn_status put_headline(const sn_batch_table *t,
                              const sn_grid_plan *p,
                              sn_headline h,
                              double *value,
                              sn_grid *grid,
                              sn_error *err)
{
    static const char *const ends[3] = {"", "_lo", "_hi"};
    size_t n_area = sn_headline_by_area(h) ? SN_HEADLINE_AREAS : 1;
    sn_status status = SN_OK;
    for (int part = 0; part < 3 && status == SN_OK; part++) {
        char name[NAME_SIZE];
        size_t n = 0;
        (void)snprintf(name, sizeof name, "%s%s", sn_headline_name(h), ends[part]);
        sn_grid_field f = {.name = name,
                           .units = sn_headline_unit(h),
                           .long_name = name,
                           .rank = p->n_case_axis + (n_area > 1 ? 2 : 1),
                           .value = value};
        for (size_t k = 0; k < f.rank; k++) {
            f.axis[k] = k;
        }
        for (size_t i = 0; i < t->outcome->n_case; i++) {
            for (size_t c = 0; c < t->n_compare; c++) {
                for (size_t a = 0; a < n_area; a++) {
                    value[n++] =
                        part_of(sn_batch_cell(t, i, c, sn_headline_slot(h, a)), part);
                }
            }
        }
        status = sn_grid_put(grid, &f, err);
    }
    return status;
}

static sn_status put_states(const sn_batch_table *t,
                            const sn_grid_plan *p,
                            double *value,
                            sn_grid *grid,
                            sn_error *err)
{
    sn_grid_field f = {.name = "case_state",
                       .units = "1",
                       .long_name = "1 done, 2 some periods infeasible, 3 failed",
                       .rank = p->n_case_axis,
                       .value = value};
    for (size_t i = 0; i < t->outcome->n_case; i++) {
        value[i] = (double)t->outcome->line[i].state;
    }
    for (size_t k = 0; k < f.rank; k++) {
        f.axis[k] = k;
    }
    sn_status status = f.rank > 0 ? sn_grid_put(grid, &f, err) : SN_OK;
    for (size_t k = 0; k < t->batch->n_sampled && status == SN_OK; k++) {
        sn_grid_field parameter = {.name = t->batch->sampled[k].key,
                                   .units = "1",
                                   .long_name = "sampled parameter",
                                   .rank = 1,
                                   .axis = {p->n_case_axis - 1},
                                   .value = value};
        for (size_t r = 0; r < t->batch->n_row; r++) {
            value[r] = sn_batch_sampled(t->batch, r, k);
        }
        status = sn_grid_put(grid, &parameter, err);
    }
    return status;
}

sn_status sn_batch_write_grid(const sn_batch_table *table, sn_error *err)
{
    char path[PATH_SIZE];
    sn_grid_plan plan = {.n_axis = 0};
    sn_grid *grid = NULL;
    size_t cells = table->outcome->n_case * table->n_compare * SN_HEADLINE_AREAS;
    double *value = malloc((cells + table->batch->n_row + 1) * sizeof *value);
    sn_status status =
        value != NULL ? plan_axes(table, &plan, err)
                      : sn_error_set(err, SN_E_MEMORY, "out of memory for the result");
    (void)snprintf(path, sizeof path, "%s/batch.h5", table->options->folder);
    if (status == SN_OK) {
        status = sn_grid_create(path, table->batch->base.title_sv, plan.axis, plan.n_axis,
                                &grid, err);
    }
    if (status == SN_OK) {
        status = put_states(table, &plan, value, grid, err);
    }
    for (int h = 0; h < SN_HEADLINE_COUNT && status == SN_OK; h++) {
        status = put_headline(table, &plan, (sn_headline)h, value, grid, err);
    }
    if (status == SN_OK) {
        status = sn_grid_publish(grid, err);
    }
    sn_grid_discard(grid);
    free(plan.row);
    free(value);
    return status;
}

/* ---- cases.csv ---- */

static sn_status put_quoted(sn_strbuf *out, const char *text, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, ",\"", err);
    for (const char *c = text; *c != '\0' && status == SN_OK; c++) {
        status = sn_strbuf_printf(out, err, "%s%c", *c == '"' ? "\"" : "", *c);
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\"", err) : status;
}

static sn_status put_head(const sn_batch_table *t, sn_strbuf *out, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, "case,state", err);
    for (size_t k = 0; k < t->batch->n_axis && status == SN_OK; k++) {
        status = put_quoted(out, t->batch->axis[k].key, err);
    }
    for (size_t k = 0; k < t->batch->n_sampled && status == SN_OK; k++) {
        status = put_quoted(out, t->batch->sampled[k].key, err);
    }
    status = status == SN_OK ? sn_strbuf_puts(out, ",comparison", err) : status;
    for (int h = 0; h < SN_HEADLINE_COUNT && status == SN_OK; h++) {
        bool by_area = sn_headline_by_area((sn_headline)h);
        for (size_t a = 0; a < (by_area ? SN_HEADLINE_AREAS : 1) && status == SN_OK;
             a++) {
            status = sn_strbuf_printf(
                out, err, ",%s%s%s", sn_headline_name((sn_headline)h), by_area ? "." : "",
                by_area ? sn_run_swedish_area[a] : "");
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\n", err) : status;
}

static sn_status
put_line(const sn_batch_table *t, size_t i, size_t compare, sn_strbuf *out, sn_error *err)
{
    static const char *const states[] = {"not_run", "done", "partial", "failed"};
    const sn_batch *b = t->batch;
    sn_status status =
        sn_strbuf_printf(out, err, "%zu,%s", i, states[t->outcome->line[i].state]);
    for (size_t k = 0; k < b->n_axis && status == SN_OK; k++) {
        status = put_quoted(out, b->axis[k].text[sn_batch_index(b, i, k)], err);
    }
    for (size_t k = 0; k < b->n_sampled && status == SN_OK; k++) {
        status =
            sn_strbuf_printf(out, err, ",%.12g", sn_batch_sampled(b, i % b->n_row, k));
    }
    status = status == SN_OK ? put_quoted(out, t->compare[compare], err) : status;
    for (int h = 0; h < SN_HEADLINE_COUNT && status == SN_OK; h++) {
        size_t n_area = sn_headline_by_area((sn_headline)h) ? SN_HEADLINE_AREAS : 1;
        for (size_t a = 0; a < n_area && status == SN_OK; a++) {
            double v =
                sn_batch_cell(t, i, compare, sn_headline_slot((sn_headline)h, a))->value;
            status = isfinite(v) ? sn_strbuf_printf(out, err, ",%.12g", v)
                                 : sn_strbuf_puts(out, ",", err);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\n", err) : status;
}

sn_status sn_batch_write_csv(const sn_batch_table *table, sn_error *err)
{
    char path[PATH_SIZE];
    sn_strbuf text;
    sn_strbuf_init(&text, CSV_BYTES_MAX);
    (void)snprintf(path, sizeof path, "%s/cases.csv", table->options->folder);
    sn_status status = put_head(table, &text, err);
    for (size_t i = 0; i < table->outcome->n_case && status == SN_OK; i++) {
        for (size_t c = 0; c < table->n_compare && status == SN_OK; c++) {
            status = put_line(table, i, c, &text, err);
        }
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, text.data, text.len, err);
    }
    sn_strbuf_release(&text);
    return status;
}

/* ---- all ---- */

sn_status sn_batch_write(const sn_batch *batch,
                         const sn_batch_options *options,
                         const sn_batch_outcome *outcome,
                         sn_error *err)
{
    sn_batch_table table;
    sn_status status = sn_batch_table_load(batch, options, outcome, &table, err);
    if (status != SN_OK) {
        return status;
    }
    status = sn_batch_write_grid(&table, err);
    if (status == SN_OK) {
        status = sn_batch_write_csv(&table, err);
    }
    if (status == SN_OK) {
        status = sn_why_write_index(batch, options, outcome, err);
    }
    if (status == SN_OK) {
        status = sn_batch_write_summary(&table, err);
    }
    sn_batch_table_release(&table);
    return status;
}
