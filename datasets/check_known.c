/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_known.h"

#include "area.h"
#include "model_year.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Around what is judged, more is known: a run of zeros at its edge is seen whole. */
enum { SEEN_DAYS = 2 };

static sn_status no_memory(sn_error *err)
{
    return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
}

bool sn_scene_has(const sn_scene *scene, const sn_check_piece *piece)
{
    const sn_axis *axis = &piece->series->axis;
    bool is_of_it = scene->is_late ? piece->learnt.utc_s <= scene->moment.utc_s
                                   : piece->learnt.utc_s == scene->moment.utc_s;
    return is_of_it && axis->start.utc_s < scene->to.utc_s &&
           sn_axis_end(axis).utc_s > scene->from.utc_s;
}

bool sn_known_is_other_source(const sn_known *a, const sn_known *b)
{
    return a->key.quantity == b->key.quantity && a->key.step_s == b->key.step_s &&
           strcmp(a->key.subject, b->key.subject) == 0 &&
           strcmp(a->key.source, b->key.source) != 0;
}

/* ---- which series ---- */

static void add_part(sn_known *known, const char *area, double sign)
{
    const sn_area *found = sn_area_find(area);
    if (found != NULL) {
        known->part[known->n_part++] =
            (sn_known_part){.area = (size_t)(found - sn_areas), .sign = sign};
    }
}

/* generation - load - what leaves */
static void find_parts(sn_known *known)
{
    if (known->key.step_s != SN_HOUR_S) {
        return;
    }
    if (known->key.quantity == SN_GENERATION || known->key.quantity == SN_LOAD) {
        add_part(known, known->key.subject,
                 known->key.quantity == SN_GENERATION ? 1.0 : -1.0);
        return;
    }
    for (size_t b = 0; known->key.quantity == SN_FLOW_MEASURED && b < sn_border_count;
         b++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[b], name);
        if (strcmp(name, known->key.subject) == 0) {
            add_part(known, sn_borders[b].from, -1.0);
            add_part(known, sn_borders[b].to, 1.0);
            return;
        }
    }
}

static bool share_balance(const sn_known *a, const sn_known *b)
{
    bool do_share = false;
    for (size_t i = 0; i < a->n_part; i++) {
        for (size_t k = 0; k < b->n_part; k++) {
            do_share = do_share || a->part[i].area == b->part[k].area;
        }
    }
    return do_share && strcmp(a->key.source, b->key.source) == 0;
}

static int compare_keys(const void *a, const void *b)
{
    return sn_series_key_compare(a, b);
}

static sn_known *find(const sn_scene *scene, const sn_series_key *key)
{
    size_t low = 0;
    size_t high = scene->n_known;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sn_series_key_compare(&scene->known[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_there =
        low < scene->n_known && sn_series_key_compare(&scene->known[low].key, key) == 0;
    return is_there ? &scene->known[low] : NULL;
}

static int64_t floor_to(int64_t t_s, int64_t span_s)
{
    int64_t rest = t_s % span_s;
    return t_s - (rest < 0 ? rest + span_s : rest);
}

/* The period with what is seen around it, on a step's grid. */
static sn_axis axis_of(const sn_scene *scene, int32_t step_s)
{
    enum { MONDAY_S = 4 * SN_DAY_S };
    int64_t origin_s = step_s == SN_WEEK_S ? MONDAY_S : 0;
    int64_t around_s = SEEN_DAYS * (int64_t)SN_DAY_S;
    int64_t first_s = floor_to(scene->from.utc_s - around_s - origin_s, step_s);
    int64_t end_s = floor_to(scene->to.utc_s + around_s - origin_s + step_s - 1, step_s);
    return (sn_axis){.start = {first_s + origin_s},
                     .step_s = step_s,
                     .n = (size_t)((end_s - first_s) / step_s)};
}

/* All series that the period has or that arrive, but for the model year's. */
static sn_status list_keys(sn_scene *scene, sn_error *err)
{
    sn_series_key *key = NULL;
    size_t n = 0;
    const int64_t around_s = SEEN_DAYS * (int64_t)SN_DAY_S;
    sn_status status =
        sn_store_keys(scene->store, (sn_instant){scene->from.utc_s - around_s},
                      (sn_instant){scene->to.utc_s + around_s}, &key, &n, err);
    sn_series_key *grown =
        status == SN_OK ? realloc(key, (n + scene->n_piece + 1) * sizeof *key) : NULL;
    key = grown != NULL ? grown : key;
    scene->known = calloc(n + scene->n_piece + 1, sizeof *scene->known);
    if (status == SN_OK && (grown == NULL || scene->known == NULL)) {
        status = no_memory(err);
    }
    for (size_t p = 0; p < scene->n_piece && status == SN_OK; p++) {
        key[n++] = scene->piece[p].series->key;
    }
    if (status == SN_OK) {
        qsort(key, n, sizeof *key, compare_keys);
    }
    for (size_t k = 0; k < n && status == SN_OK; k++) {
        bool is_again = k > 0 && sn_series_key_compare(&key[k - 1], &key[k]) == 0;
        if (!is_again && strcmp(key[k].source, SN_MODEL_YEAR_SOURCE) != 0) {
            sn_known *known = &scene->known[scene->n_known++];
            *known = (sn_known){.key = key[k],
                                .axis = axis_of(scene, key[k].step_s),
                                .arrival = SIZE_MAX};
            find_parts(known);
        }
    }
    free(key);
    return status;
}

static bool is_related(const sn_known *a, const sn_known *b)
{
    return sn_known_is_other_source(a, b) || share_balance(a, b);
}

/* What arrives is judged, and what may be doubted for it; what those are judged by is
 * needed. */
static void choose(sn_scene *scene)
{
    for (size_t p = 0; p < scene->n_piece; p++) {
        sn_known *known = sn_scene_has(scene, &scene->piece[p])
                              ? find(scene, &scene->piece[p].series->key)
                              : NULL;
        if (known != NULL && known->arrival == SIZE_MAX) {
            known->arrival = p;
            known->is_judged = true;
        }
    }
    for (size_t a = 0; a < scene->n_known; a++) {
        for (size_t k = 0; k < scene->n_known && scene->known[a].arrival != SIZE_MAX;
             k++) {
            sn_known *other = &scene->known[k];
            other->is_judged = other->is_judged || is_related(&scene->known[a], other);
        }
    }
    for (size_t a = 0; a < scene->n_known; a++) {
        for (size_t k = 0; k < scene->n_known && scene->known[a].is_judged; k++) {
            sn_known *other = &scene->known[k];
            other->is_needed =
                other->is_needed || a == k || is_related(&scene->known[a], other);
        }
    }
}

/* ---- their values ---- */

static sn_status load(const sn_scene *scene, sn_known *known, sn_error *err)
{
    size_t n = known->axis.n;
    known->value = malloc(n * sizeof *known->value);
    known->flag = malloc(n);
    known->is_doubt = malloc(n);
    known->learnt_s = malloc(n * sizeof *known->learnt_s);
    known->arrives = calloc(n, 1);
    known->doubt = calloc(n, 1);
    if (known->value == NULL || known->flag == NULL || known->is_doubt == NULL ||
        known->learnt_s == NULL || known->arrives == NULL || known->doubt == NULL) {
        return no_memory(err);
    }
    const sn_store_known out = {known->value, known->flag, known->is_doubt,
                                known->learnt_s};
    return sn_store_read_known(scene->store, &known->key, known->axis, scene->moment,
                               &out, err);
}

/* What arrives takes the place of what was learnt before it, and with it. */
static void lay_over(const sn_scene *scene, const sn_check_piece *piece)
{
    const sn_series *series = piece->series;
    sn_known *known = find(scene, &series->key);
    if (known == NULL || known->value == NULL ||
        piece->learnt.utc_s > scene->moment.utc_s) {
        return;
    }
    bool is_of_it = sn_scene_has(scene, piece);
    int64_t shift = (series->axis.start.utc_s - known->axis.start.utc_s) /
                    series->axis.step_s; /* exact: one grid */
    size_t first = shift < 0 ? (size_t)-shift : 0;
    for (size_t i = first; i < series->axis.n; i++) {
        size_t at = (size_t)((int64_t)i + shift);
        if (at >= known->axis.n) {
            return;
        }
        if (!isnan(series->value[i]) && known->learnt_s[at] <= piece->learnt.utc_s) {
            known->value[at] = series->value[i];
            known->flag[at] = series->flag[i];
            known->learnt_s[at] = piece->learnt.utc_s;
            int64_t t_s = sn_axis_at(&known->axis, at).utc_s;
            bool is_said =
                is_of_it && t_s >= scene->said_from.utc_s && t_s < scene->said_to.utc_s;
            known->arrives[at] = is_said ? 1 : known->arrives[at];
        }
    }
}

sn_status sn_scene_open(sn_scene *scene, sn_error *err)
{
    scene->known = NULL;
    scene->n_known = 0;
    sn_status status = list_keys(scene, err);
    if (status == SN_OK) {
        choose(scene);
    }
    for (size_t k = 0; k < scene->n_known && status == SN_OK; k++) {
        if (scene->known[k].is_needed) {
            status = load(scene, &scene->known[k], err);
        }
    }
    for (size_t p = 0; p < scene->n_piece && status == SN_OK; p++) {
        lay_over(scene, &scene->piece[p]);
    }
    return status;
}

void sn_scene_release(sn_scene *scene)
{
    for (size_t k = 0; k < scene->n_known; k++) {
        free(scene->known[k].value);
        free(scene->known[k].flag);
        free(scene->known[k].is_doubt);
        free(scene->known[k].learnt_s);
        free(scene->known[k].arrives);
        free(scene->known[k].doubt);
    }
    free(scene->known);
    scene->known = NULL;
    scene->n_known = 0;
}
