/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what arrives to what is doubted: moment by moment, and in it year by year, all
 * that what arrives has to do with is judged anew. */
#include "check_known.h"

#include <stdlib.h>
#include <string.h>

typedef struct judging {
    sn_store *store;
    sn_check_piece *piece; /* [n_piece] */
    size_t n_piece;
    sn_instant oldest; /* of the pieces */
    size_t n_moment;
    sn_store_doubt *doubt; /* [n_doubt] own is_doubted */
    size_t n_doubt;
    size_t cap_doubt;
    sn_findings *findings;
} judging;

static sn_status no_memory(sn_error *err)
{
    return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
}

static sn_status
list_pieces(judging *j, const sn_store_batch *batches, size_t n, sn_error *err)
{
    size_t n_piece = 0;
    for (size_t b = 0; b < n; b++) {
        n_piece += batches[b].n_series;
    }
    j->piece = calloc(n_piece + 1, sizeof *j->piece);
    if (j->piece == NULL) {
        return no_memory(err);
    }
    for (size_t b = 0; b < n; b++) {
        for (size_t s = 0; s < batches[b].n_series; s++) {
            const sn_series *series = &batches[b].series[s];
            if (series->axis.n > 0 && series->axis.step_s > 0) {
                j->piece[j->n_piece++] =
                    (sn_check_piece){series, batches[b].origin.learnt};
            }
        }
    }
    return SN_OK;
}

/* ---- what a scene doubts ---- */

static sn_status add_doubt(judging *j,
                           const sn_scene *scene,
                           const sn_known *k,
                           sn_axis axis,
                           sn_error *err)
{
    if (j->n_doubt == j->cap_doubt) {
        size_t cap = j->cap_doubt == 0 ? 64 : 2 * j->cap_doubt;
        sn_store_doubt *grown = realloc(j->doubt, cap * sizeof *grown);
        if (grown == NULL) {
            return no_memory(err);
        }
        j->doubt = grown;
        j->cap_doubt = cap;
    }
    uint8_t *copy = malloc(axis.n);
    if (copy == NULL) {
        return no_memory(err);
    }
    memcpy(copy, k->doubt + sn_axis_index(&k->axis, axis.start), axis.n);
    j->doubt[j->n_doubt++] = (sn_store_doubt){
        .key = k->key, .axis = axis, .moment = scene->moment, .is_doubted = copy};
    return SN_OK;
}

static bool was_doubted(const judging *j, const sn_series_key *key)
{
    bool was = false;
    for (size_t d = 0; d < j->n_doubt && !was; d++) {
        was = sn_series_key_compare(&j->doubt[d].key, key) == 0;
    }
    return was;
}

/* Where no doubt was written and none is to be, there is nothing to write. */
static sn_status
keep_doubts(judging *j, const sn_scene *scene, const sn_known *k, sn_error *err)
{
    sn_axis axis = {.step_s = k->axis.step_s};
    bool is_wanted = scene->is_late || (j->n_moment > 1 && was_doubted(j, &k->key));
    for (size_t i = 0; i < k->axis.n; i++) {
        sn_instant t = sn_axis_at(&k->axis, i);
        if (t.utc_s < scene->from.utc_s || t.utc_s >= scene->to.utc_s) {
            continue;
        }
        axis.start = axis.n == 0 ? t : axis.start;
        axis.n++;
        is_wanted = is_wanted || k->doubt[i] || k->is_doubt[i];
        bool is_said =
            t.utc_s >= scene->said_from.utc_s && t.utc_s < scene->said_to.utc_s;
        j->findings->n_value +=
            is_said && k->doubt[i] && (k->arrives[i] || k->flag[i] != SN_FLAG_SUSPECT);
    }
    return is_wanted && axis.n > 0 ? add_doubt(j, scene, k, axis, err) : SN_OK;
}

static sn_status judge_scene(judging *j, sn_scene *scene, sn_error *err)
{
    sn_status status = sn_scene_open(scene, err);
    if (status == SN_OK) {
        status = sn_check_each(scene, err);
    }
    if (status == SN_OK) {
        status = sn_check_zeros(scene, err);
    }
    if (status == SN_OK) {
        status = sn_check_sources(scene, err);
    }
    if (status == SN_OK) {
        status = sn_check_balances(scene, err);
    }
    for (size_t k = 0; k < scene->n_known && status == SN_OK; k++) {
        if (scene->known[k].is_judged) {
            status = keep_doubts(j, scene, &scene->known[k], err);
        }
    }
    sn_scene_release(scene);
    return status;
}

/* ---- moments and years ---- */

static int64_t day_floor(int64_t t_s)
{
    int64_t rest = t_s % SN_DAY_S;
    return t_s - (rest < 0 ? rest + SN_DAY_S : rest);
}

/* From the day before what arrives in a year to the day after it; false when nothing
 * does. */
static bool find_period(const judging *j, int32_t year, sn_scene *scene)
{
    int64_t first_s = INT64_MAX;
    int64_t end_s = INT64_MIN;
    scene->said_from = scene->from = sn_instant_of_year(year);
    scene->said_to = scene->to = sn_instant_of_year(year + 1);
    for (size_t p = 0; p < j->n_piece; p++) {
        const sn_axis *axis = &j->piece[p].series->axis;
        if (sn_scene_has(scene, &j->piece[p])) {
            int64_t start_s = axis->start.utc_s;
            first_s = start_s < first_s ? start_s : first_s;
            end_s = sn_axis_end(axis).utc_s > end_s ? sn_axis_end(axis).utc_s : end_s;
        }
    }
    first_s = first_s < scene->from.utc_s ? scene->from.utc_s : first_s;
    end_s = end_s > scene->to.utc_s ? scene->to.utc_s : end_s;
    if (first_s >= end_s) {
        return false;
    }
    scene->from.utc_s = day_floor(first_s) - SN_DAY_S;
    scene->to.utc_s = day_floor(end_s + SN_DAY_S - 1) + SN_DAY_S;
    return true;
}

static void find_years(const judging *j, int32_t *first, int32_t *last)
{
    *first = INT32_MAX;
    *last = INT32_MIN;
    for (size_t p = 0; p < j->n_piece; p++) {
        const sn_axis *axis = &j->piece[p].series->axis;
        int32_t from = sn_instant_year(axis->start);
        int32_t to = sn_instant_year(sn_axis_at(axis, axis->n - 1));
        *first = from < *first ? from : *first;
        *last = to > *last ? to : *last;
    }
}

static sn_status judge_moment(judging *j, sn_instant moment, bool is_late, sn_error *err)
{
    int32_t first = 0;
    int32_t last = 0;
    sn_status status = SN_OK;
    find_years(j, &first, &last);
    for (int32_t year = first; year <= last && status == SN_OK; year++) {
        sn_scene scene = {.store = j->store,
                          .piece = j->piece,
                          .n_piece = j->n_piece,
                          .moment = moment,
                          .is_late = is_late,
                          .findings = j->findings};
        if (find_period(j, year, &scene)) {
            status = judge_scene(j, &scene, err);
        }
    }
    return status;
}

static int compare_moments(const void *a, const void *b)
{
    const sn_instant *left = a;
    const sn_instant *right = b;
    return (left->utc_s > right->utc_s) - (left->utc_s < right->utc_s);
}

/* What arrives counts from its moment on, and wherever the store has learnt more since:
 * then it changes what was known at those moments too. */
static sn_status judge_all(judging *j, sn_error *err)
{
    int32_t first = 0;
    int32_t last = 0;
    size_t n_later = 0;
    sn_instant *moment = NULL;
    find_years(j, &first, &last);
    j->oldest.utc_s = INT64_MAX;
    for (size_t p = 0; p < j->n_piece; p++) {
        int64_t learnt_s = j->piece[p].learnt.utc_s;
        j->oldest.utc_s = learnt_s < j->oldest.utc_s ? learnt_s : j->oldest.utc_s;
    }
    sn_status status = sn_store_later_moments(
        j->store, (sn_instant){sn_instant_of_year(first).utc_s - SN_DAY_S},
        (sn_instant){sn_instant_of_year(last + 1).utc_s + SN_DAY_S}, j->oldest, &moment,
        &n_later, err);
    size_t n = n_later;
    sn_instant *all = status == SN_OK ? calloc(n + j->n_piece + 1, sizeof *all) : NULL;
    if (status == SN_OK && all == NULL) {
        status = no_memory(err);
    }
    for (size_t m = 0; m < n && status == SN_OK; m++) {
        all[m] = moment[m];
    }
    for (size_t p = 0; p < j->n_piece && status == SN_OK; p++) {
        all[n++] = j->piece[p].learnt;
    }
    if (status == SN_OK) {
        qsort(all, n, sizeof *all, compare_moments);
    }
    for (size_t m = 0; m < n && status == SN_OK; m++) {
        if (m > 0 && all[m].utc_s == all[m - 1].utc_s) {
            continue;
        }
        bool is_late = n_later > 0 && bsearch(&all[m], moment, n_later, sizeof *moment,
                                              compare_moments) != NULL;
        j->n_moment++;
        status = judge_moment(j, all[m], is_late, err);
    }
    free(all);
    free(moment);
    return status;
}

sn_status sn_check_write(sn_store *store,
                         const sn_store_batch *batches,
                         size_t n,
                         sn_findings *findings,
                         sn_store_change *change_out,
                         sn_error *err)
{
    judging j = {.store = store, .findings = findings};
    sn_status status = list_pieces(&j, batches, n, err);
    if (status == SN_OK && j.n_piece > 0) {
        status = judge_all(&j, err);
    }
    if (status == SN_OK) {
        status =
            sn_store_write_doubts(store, batches, n, j.doubt, j.n_doubt, change_out, err);
    }
    for (size_t d = 0; d < j.n_doubt; d++) {
        free((void *)(uintptr_t)j.doubt[d].is_doubted);
    }
    free(j.doubt);
    free(j.piece);
    return status;
}
