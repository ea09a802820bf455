/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_points.h"

#include "base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sn_status sn_points_add(sn_point_set *set, const sn_point *point, sn_error *err)
{
    if (set->n == set->cap) {
        size_t cap = set->cap == 0 ? 256 : set->cap * 2;
        sn_point *grown = realloc(set->point, cap * sizeof *grown);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu values", cap);
        }
        set->point = grown;
        set->cap = cap;
    }
    set->point[set->n] = *point;
    set->n++;
    return SN_OK;
}

void sn_points_release(sn_point_set *set)
{
    free(set->point);
    *set = (sn_point_set){0};
}

static int64_t hour_of(const sn_point *point)
{
    return point->at_utc_s - ((point->at_utc_s % SN_HOUR_S) + SN_HOUR_S) % SN_HOUR_S;
}

void sn_points_note_hour(sn_point_set *set, int64_t at_utc_s)
{
    const sn_point point = {.at_utc_s = at_utc_s};
    int64_t hour_s = hour_of(&point);
    if (set->n_row_last_hour == 0 || hour_s > set->last_hour_utc_s) {
        set->last_hour_utc_s = hour_s;
        set->n_row_last_hour = 0;
    }
    set->n_row_last_hour += hour_s == set->last_hour_utc_s;
}

void sn_points_drop_last_hour(sn_point_set *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->n; i++) {
        if (hour_of(&set->point[i]) != set->last_hour_utc_s) {
            set->point[kept] = set->point[i];
            kept++;
        }
    }
    set->n = kept;
}

static int compare_key(const sn_point *a, const sn_point *b)
{
    if (a->quantity != b->quantity) {
        return a->quantity < b->quantity ? -1 : 1;
    }
    return strcmp(a->subject, b->subject);
}

static int compare_in_time(const void *left, const void *right)
{
    const sn_point *a = left;
    const sn_point *b = right;
    int order = compare_key(a, b);
    if (order != 0) {
        return order;
    }
    return (a->at_utc_s > b->at_utc_s) - (a->at_utc_s < b->at_utc_s);
}

static int compare_in_series(const void *left, const void *right)
{
    const sn_point *a = left;
    const sn_point *b = right;
    int order = compare_key(a, b);
    if (order == 0) {
        order = (a->step_s > b->step_s) - (a->step_s < b->step_s);
    }
    return order != 0 ? order : compare_in_time(left, right);
}

/* Answers mostly come in order, and looking is cheaper than sorting. */
static void sort_points(sn_point_set *set, int (*compare)(const void *, const void *))
{
    bool is_sorted = true;
    for (size_t i = 1; i < set->n && is_sorted; i++) {
        is_sorted = compare(&set->point[i - 1], &set->point[i]) <= 0;
    }
    if (!is_sorted) {
        qsort(set->point, set->n, sizeof *set->point, compare);
    }
}

sn_status sn_points_settle_directions(sn_point_set *set, sn_error *err)
{
    if (set->n == 0) {
        return SN_OK;
    }
    sort_points(set, compare_in_time);
    size_t kept = 1;
    for (size_t i = 1; i < set->n; i++) {
        sn_point *last = &set->point[kept - 1];
        const sn_point *next = &set->point[i];
        if (compare_in_time(last, next) != 0 || last->is_back == next->is_back) {
            set->point[kept] = *next;
            kept++;
            continue;
        }
        double ahead = last->is_back ? next->value : last->value;
        double back = last->is_back ? last->value : next->value;
        if (ahead == back) {
            continue;
        }
        if (ahead < 0.0 || back > 0.0) {
            char when[SN_INSTANT_TEXT_SIZE];
            return sn_error_set(err, SN_E_FORMAT,
                                "flow of %s at %s: its two directions contradict each "
                                "other, %g and %g MW",
                                next->subject,
                                sn_instant_format((sn_instant){next->at_utc_s}, when),
                                ahead, 0.0 - back);
        }
        last->value = ahead + back;
    }
    set->n = kept;
    return SN_OK;
}

/* ---- sums ---- */

/* A point and its place in the set, so that "the later one" survives sorting. */
typedef struct ranked {
    sn_point point;
    size_t rank;
} ranked;

static int compare_ranked(const void *left, const void *right)
{
    const ranked *a = left;
    const ranked *b = right;
    int order = compare_in_series(&a->point, &b->point);
    if (order == 0) {
        order = (a->point.part > b->point.part) - (a->point.part < b->point.part);
    }
    return order != 0 ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

static bool is_same_slot(const sn_point *a, const sn_point *b)
{
    return compare_in_series(a, b) == 0;
}

static bool is_same_series(const sn_point *a, const sn_point *b)
{
    return compare_key(a, b) == 0 && a->step_s == b->step_s;
}

/* Bit p: part p stands somewhere among the points of this quantity and subject. */
static uint32_t parts_of(const ranked *list, size_t n)
{
    uint32_t parts = 0;
    for (size_t i = 0; i < n && is_same_series(&list[0].point, &list[i].point); i++) {
        parts |= UINT32_C(1) << list[i].point.part;
    }
    return parts;
}

/* The points of one interval to one; false when a part is missing. */
static bool sum_slot(const ranked *list, size_t n, uint32_t parts, sn_point *out)
{
    uint32_t found = 0;
    *out = list[0].point;
    out->value = 0.0;
    out->flag = SN_FLAG_STATED;
    for (size_t i = 0; i < n; i++) {
        const sn_point *point = &list[i].point;
        bool is_repeated =
            i + 1 < n && !point->adds_up && list[i + 1].point.part == point->part;
        found |= UINT32_C(1) << point->part;
        if (is_repeated) {
            bool differs = list[i + 1].point.value != point->value;
            out->flag = differs ? SN_FLAG_SUSPECT : out->flag;
            continue;
        }
        out->value += point->value;
        if (point->flag != 0 && point->flag != SN_FLAG_STATED &&
            out->flag != SN_FLAG_SUSPECT) {
            out->flag = point->flag;
        }
    }
    out->part = 0;
    out->adds_up = false;
    return found == parts;
}

static size_t slot_end(const ranked *list, size_t n, size_t first)
{
    size_t end = first + 1;
    while (end < n && is_same_slot(&list[first].point, &list[end].point)) {
        end++;
    }
    return end;
}

/* Nothing to add, nothing stated twice, in order: most answers. */
static bool is_plain(const sn_point_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        if (set->point[i].part != 0 || set->point[i].adds_up ||
            (i > 0 && compare_in_series(&set->point[i - 1], &set->point[i]) >= 0)) {
            return false;
        }
    }
    return true;
}

sn_status sn_points_sum(sn_point_set *set, sn_error *err)
{
    if (is_plain(set)) {
        return SN_OK;
    }
    ranked *list = malloc(set->n * sizeof *list);
    if (list == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu values", set->n);
    }
    for (size_t i = 0; i < set->n; i++) {
        list[i] = (ranked){set->point[i], i};
    }
    qsort(list, set->n, sizeof *list, compare_ranked);
    size_t kept = 0;
    size_t end = 0;
    uint32_t parts = 0;
    for (size_t first = 0; first < set->n; first = end) {
        if (first == 0 || !is_same_series(&list[first - 1].point, &list[first].point)) {
            parts = parts_of(&list[first], set->n - first);
        }
        end = slot_end(list, set->n, first);
        kept += sum_slot(&list[first], end - first, parts, &set->point[kept]);
    }
    set->n = kept;
    free(list);
    return SN_OK;
}

/* ---- steps ---- */

static bool is_same_hour(const sn_point *a, const sn_point *b)
{
    return compare_key(a, b) == 0 && hour_of(a) == hour_of(b);
}

/* An hour is in quarters when some row of it starts at :15, :30 or :45. */
static bool is_quarter_hour(const sn_point_set *set, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (set->point[i].at_utc_s != hour_of(&set->point[i])) {
            return true;
        }
    }
    return false;
}

/* First point after the hour that point i lies in. */
static size_t hour_end(const sn_point_set *set, size_t i)
{
    size_t end = i + 1;
    while (end < set->n && is_same_hour(&set->point[i], &set->point[end])) {
        end++;
    }
    return end;
}

/* Sorted in time.  See the header for the rule. */
static void find_steps(sn_point_set *set, sn_instant seam)
{
    size_t end = 0;
    bool before_quarter = false;
    for (size_t first = 0; first < set->n; first = end) {
        const sn_point *point = &set->point[first];
        end = hour_end(set, first);
        bool has_before = first > 0 && compare_key(point - 1, point) == 0;
        bool has_after = end < set->n && compare_key(point, &set->point[end]) == 0;
        bool quarter = is_quarter_hour(set, first, end);
        bool own = quarter;
        if (!quarter) {
            bool before = has_before && before_quarter;
            bool after = has_after && is_quarter_hour(set, end, hour_end(set, end));
            quarter =
                (before && after) || ((before || after) && point->at_utc_s >= seam.utc_s);
        }
        for (size_t i = first; i < end; i++) {
            if (set->point[i].step_s == 0) {
                set->point[i].step_s = quarter ? SN_QUARTER_S : SN_HOUR_S;
            }
        }
        before_quarter = own;
    }
}

static sn_status refuse_conflict(const sn_point *a, const sn_point *b, sn_error *err)
{
    char when[SN_INSTANT_TEXT_SIZE];
    return sn_error_set(err, SN_E_FORMAT,
                        "%s of %s at %s is stated twice with different values, %g and "
                        "%g; nothing of the answer is used",
                        sn_quantity_name(a->quantity), a->subject,
                        sn_instant_format((sn_instant){a->at_utc_s}, when), a->value,
                        b->value);
}

static sn_status fill_series(const sn_point *point,
                             size_t n,
                             const char *source,
                             sn_series *out,
                             sn_error *err)
{
    sn_series_key key = {.quantity = point->quantity, .step_s = point->step_s};
    (void)snprintf(key.source, sizeof key.source, "%s", source);
    memcpy(key.subject, point->subject, sizeof key.subject);
    sn_axis axis = {.start = {point->at_utc_s}, .step_s = point->step_s};
    axis.n = (size_t)((point[n - 1].at_utc_s - point->at_utc_s) / point->step_s) + 1;
    sn_status status = sn_series_init(out, &key, axis, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = sn_axis_index(&axis, (sn_instant){point[i].at_utc_s});
        if (at == SIZE_MAX) {
            char when[SN_INSTANT_TEXT_SIZE];
            return sn_error_set(
                err, SN_E_FORMAT,
                "%s of %s: a row starts at %s, which is not on the grid of %d s",
                sn_quantity_name(key.quantity), key.subject,
                sn_instant_format((sn_instant){point[i].at_utc_s}, when),
                (int)key.step_s);
        }
        double scale = point[i].is_energy ? SN_SECONDS_PER_HOUR / key.step_s : 1.0;
        if (i > 0 && point[i].at_utc_s == point[i - 1].at_utc_s &&
            point[i].value != point[i - 1].value) {
            return refuse_conflict(&point[i - 1], &point[i], err);
        }
        out->value[at] = point[i].value * scale;
        out->flag[at] = point[i].flag != 0 ? point[i].flag : SN_FLAG_STATED;
    }
    return SN_OK;
}

static size_t series_end(const sn_point_set *set, size_t first)
{
    size_t end = first + 1;
    while (end < set->n && compare_key(&set->point[first], &set->point[end]) == 0 &&
           set->point[first].step_s == set->point[end].step_s) {
        end++;
    }
    return end;
}

sn_status sn_points_build(sn_point_set *set,
                          const char *source,
                          sn_instant seam,
                          sn_series **series_out,
                          size_t *n_out,
                          sn_error *err)
{
    *series_out = NULL;
    *n_out = 0;
    if (set->n == 0) {
        return SN_OK;
    }
    sort_points(set, compare_in_time);
    find_steps(set, seam);
    sort_points(set, compare_in_series);
    size_t n_series = 0;
    for (size_t i = 0; i < set->n; i = series_end(set, i)) {
        n_series++;
    }
    sn_series *series = calloc(n_series, sizeof *series);
    if (series == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu series", n_series);
    }
    size_t k = 0;
    for (size_t i = 0, end = 0; i < set->n; i = end, k++) {
        end = series_end(set, i);
        sn_status status = fill_series(&set->point[i], end - i, source, &series[k], err);
        if (status != SN_OK) {
            sn_series_array_free(series, n_series);
            return status;
        }
    }
    *series_out = series;
    *n_out = n_series;
    return SN_OK;
}

void sn_series_array_free(sn_series *series, size_t n)
{
    for (size_t i = 0; series != NULL && i < n; i++) {
        sn_series_release(&series[i]);
    }
    free(series);
}
