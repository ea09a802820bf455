/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "domain_clear.h"

#include "analysis/flow_based.h"
#include "analysis/flow_based_check.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A constraint of the domain, to sort by time. */
typedef struct limit_place {
    int64_t start_s;
    size_t index;
} limit_place;

typedef struct domain_work {
    const sn_order_book *book;
    const sn_jao_domain *domain;
    const sn_book_options *options;
    double hours;
    sn_flow_based *solver;
    size_t n_node;
    const char **name;   /* [node] areas of the book, then those only in the domain */
    size_t *column;      /* [node] of the domain's PTDFs, SIZE_MAX: outside */
    size_t *grid;        /* [node] */
    sn_curve *curve;     /* [node] */
    double *price, *mwh; /* points of all curves */
    double *abroad_price, *abroad_mwh, *export_mwh; /* [node] */
    sn_border *link;
    size_t *link_row; /* row of the capacities; SIZE_MAX: a pair of hubs without one */
    double *flow_min, *flow_max;
    double *ptdf, *ram;
    const sn_jao_limit **limit; /* behind each constraint */
    limit_place *place;         /* [n_limit of the domain] by time */
    sn_flow_based_problem problem;
} domain_work;

static bool is_hub(const domain_work *w, size_t z)
{
    return z >= w->book->n_cleared && w->column[z] != SIZE_MAX;
}

/* "FS" of "SE3_FS"; NULL without an ending. */
static const char *ending(const char *name)
{
    const char *mark = strchr(name, '_');
    return mark == NULL ? NULL : mark + 1;
}

static size_t node_of(const domain_work *w, const char *name)
{
    for (size_t z = 0; z < w->n_node; z++) {
        if (strcmp(w->name[z], name) == 0) {
            return z;
        }
    }
    return SIZE_MAX;
}

static int compare_places(const void *pa, const void *pb)
{
    const limit_place *a = pa;
    const limit_place *b = pb;
    if (a->start_s != b->start_s) {
        return a->start_s < b->start_s ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}

/* First of the sorted places at or after a time. */
static size_t first_place(const domain_work *w, int64_t start_s)
{
    size_t low = 0;
    size_t high = w->domain->n_limit;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->place[middle].start_s < start_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Constraints of a period that count: those marked non-redundant, if any is. */
static size_t count_limits(const domain_work *w, sn_instant start, bool *marked)
{
    size_t begin = first_place(w, start.utc_s);
    size_t end = first_place(w, start.utc_s + 1);
    size_t n_marked = 0;
    for (size_t k = begin; k < end; k++) {
        n_marked += w->domain->limit[w->place[k].index].is_non_redundant;
    }
    *marked = n_marked > 0;
    return n_marked > 0 ? n_marked : end - begin;
}

static void work_free(domain_work *w)
{
    sn_flow_based_free(w->solver);
    free(w->name);
    free(w->column);
    free(w->grid);
    free(w->curve);
    free(w->price);
    free(w->mwh);
    free(w->abroad_price);
    free(w->abroad_mwh);
    free(w->export_mwh);
    free(w->link);
    free(w->link_row);
    free(w->flow_min);
    free(w->flow_max);
    free(w->ptdf);
    free(w->ram);
    free(w->limit);
    free(w->place);
}

/* Nodes by name, their columns and grids. */
static void make_nodes(domain_work *w)
{
    const sn_order_book *book = w->book;
    for (size_t z = 0; z < book->n_area; z++) {
        w->name[w->n_node] = book->area[z];
        w->column[w->n_node++] = SIZE_MAX;
    }
    for (size_t a = 0; a < w->domain->n_area; a++) {
        size_t z = node_of(w, w->domain->area[a]);
        if (z == SIZE_MAX) {
            z = w->n_node++;
            w->name[z] = w->domain->area[a];
        }
        w->column[z] = a;
    }
    size_t first[2] = {SIZE_MAX, SIZE_MAX};
    for (size_t z = 0; z < w->n_node; z++) {
        size_t side = strncmp(w->name[z], "DK1", 3) == 0 ? 1 : 0;
        if (w->column[z] != SIZE_MAX && first[side] == SIZE_MAX) {
            first[side] = z;
        }
        w->grid[z] = w->column[z] == SIZE_MAX ? z : first[side];
    }
}

static size_t most_rows(const size_t *first, size_t n_period)
{
    size_t most = 0;
    for (size_t t = 0; t < n_period && first != NULL; t++) {
        most = first[t + 1] - first[t] > most ? first[t + 1] - first[t] : most;
    }
    return most;
}

static sn_status work_make(domain_work *w, sn_error *err)
{
    const sn_order_book *book = w->book;
    size_t n = book->n_area + w->domain->n_area;
    size_t n_limit = 1;
    bool marked;
    bool met = false;
    for (size_t a = 0; a < w->domain->n_area; a++) {
        met |= sn_order_book_area(book, w->domain->area[a]) < book->n_cleared;
    }
    if (!met) {
        return sn_error_set(err, SN_E_FORMAT,
                            "no area with bids is in the domain: \"%s\" and others are",
                            w->domain->n_area > 0 ? w->domain->area[0] : "");
    }
    w->place = calloc(w->domain->n_limit + 1, sizeof *w->place);
    if (w->place == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory clearing within a domain");
    }
    for (size_t k = 0; k < w->domain->n_limit; k++) {
        w->place[k] = (limit_place){w->domain->limit[k].start.utc_s, k};
    }
    qsort(w->place, w->domain->n_limit, sizeof *w->place, compare_places);
    for (size_t t = 0; t < book->n_period; t++) {
        size_t here = count_limits(w, book->period[t].start, &marked);
        if (here == 0) {
            return sn_error_set(err, SN_E_GAP, "the domain has no constraints for %s",
                                book->period[t].timestamp);
        }
        n_limit = here > n_limit ? here : n_limit;
    }
    size_t n_link = most_rows(book->first_capacity, book->n_period) + w->domain->n_area;
    size_t n_point = 2 * most_rows(book->first_bid, book->n_period) + 2 * n;
    w->solver = sn_flow_based_alloc(n, n_link, n_limit, n_point);
    w->name = calloc(n, sizeof *w->name);
    w->column = calloc(n, sizeof *w->column);
    w->grid = calloc(n, sizeof *w->grid);
    w->curve = calloc(n, sizeof *w->curve);
    w->price = calloc(n_point, sizeof *w->price);
    w->mwh = calloc(n_point, sizeof *w->mwh);
    w->abroad_price = calloc(n, sizeof *w->abroad_price);
    w->abroad_mwh = calloc(n, sizeof *w->abroad_mwh);
    w->export_mwh = calloc(n, sizeof *w->export_mwh);
    w->link = calloc(n_link + 1, sizeof *w->link);
    w->link_row = calloc(n_link + 1, sizeof *w->link_row);
    w->flow_min = calloc(n_link + 1, sizeof *w->flow_min);
    w->flow_max = calloc(n_link + 1, sizeof *w->flow_max);
    w->ptdf = calloc(n * n_limit, sizeof *w->ptdf);
    w->ram = calloc(n_limit, sizeof *w->ram);
    w->limit = calloc(n_limit, sizeof *w->limit);
    if (w->solver == NULL || w->name == NULL || w->column == NULL || w->grid == NULL ||
        w->curve == NULL || w->price == NULL || w->mwh == NULL ||
        w->abroad_price == NULL || w->abroad_mwh == NULL || w->export_mwh == NULL ||
        w->link == NULL || w->link_row == NULL || w->flow_min == NULL ||
        w->flow_max == NULL || w->ptdf == NULL || w->ram == NULL || w->limit == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory clearing within a domain");
    }
    make_nodes(w);
    return SN_OK;
}

static void read_abroad(domain_work *w, size_t t)
{
    const sn_order_book *book = w->book;
    for (size_t z = 0; z < w->n_node; z++) {
        w->export_mwh[z] = w->abroad_mwh[z] = 0.0;
        w->abroad_price[z] = NAN;
    }
    if (book->first_exchange != NULL) {
        for (size_t k = book->first_exchange[t]; k < book->first_exchange[t + 1]; k++) {
            w->export_mwh[book->exchange[k].area] += book->exchange[k].exchange_mwh;
        }
    }
    if (book->first_price != NULL) {
        for (size_t k = book->first_price[t]; k < book->first_price[t + 1]; k++) {
            w->abroad_price[book->price[k].area] = book->price[k].price_eur_per_mwh;
        }
    }
}

static void
add_link(domain_work *w, size_t from, size_t to, double low, double high, size_t row)
{
    size_t l = w->problem.n_link++;
    double rated = fmax(-low, high);
    w->link[l] = (sn_border){from, to, rated > 0.0 && isfinite(rated) ? rated : 1000.0};
    w->link_row[l] = row;
    w->flow_min[l] = low;
    w->flow_max[l] = high;
}

/* What can take part in a link: an area with bids, a hub, an area with a price. */
static bool takes_part(const domain_work *w, size_t z)
{
    return z < w->book->n_cleared || is_hub(w, z) || !isnan(w->abroad_price[z]);
}

static void build_links(domain_work *w, size_t t, sn_book_result *out)
{
    const sn_order_book *book = w->book;
    w->problem.n_link = 0;
    for (size_t k = book->first_capacity[t]; k < book->first_capacity[t + 1]; k++) {
        const sn_book_capacity *c = &book->capacity[k];
        bool inside = c->from < book->n_cleared && c->to < book->n_cleared &&
                      w->column[c->from] != SIZE_MAX && w->column[c->to] != SIZE_MAX;
        if (inside || !takes_part(w, c->from) || !takes_part(w, c->to)) {
            out->n_left_out++;
            continue;
        }
        size_t ends[2] = {c->from, c->to};
        for (int i = 0; i < 2; i++) {
            w->abroad_mwh[ends[i]] += fmax(-c->flow_min_mwh, c->flow_max_mwh);
        }
        add_link(w, c->from, c->to, c->flow_min_mwh, c->flow_max_mwh, k);
    }
    size_t n_given = w->problem.n_link;
    for (size_t y = 0; y < w->n_node; y++) {
        for (size_t z = y + 1; z < w->n_node && is_hub(w, y); z++) {
            const char *a = ending(w->name[y]);
            const char *b = ending(w->name[z]);
            bool pair = is_hub(w, z) && a != NULL && b != NULL && strcmp(a, b) == 0;
            for (size_t l = 0; l < n_given && pair; l++) {
                pair = !((w->link[l].from == y && w->link[l].to == z) ||
                         (w->link[l].from == z && w->link[l].to == y));
            }
            if (pair) { /* the domain's own constraints limit it */
                add_link(w, y, z, -INFINITY, INFINITY, SIZE_MAX);
            }
        }
    }
}

static sn_status build_curves(domain_work *w, size_t t, sn_error *err)
{
    size_t n_point = 0;
    for (size_t z = 0; z < w->n_node; z++) {
        double *price = &w->price[n_point];
        double *mwh = &w->mwh[n_point];
        w->curve[z] = (sn_curve){0, price, mwh};
        if (z < w->book->n_cleared) {
            sn_status status =
                sn_book_area_curve(w->book, w->options, t, z, -w->export_mwh[z], price,
                                   mwh, &w->curve[z].n, err);
            if (status != SN_OK) {
                return status;
            }
        } else if (!is_hub(w, z) && !isnan(w->abroad_price[z])) {
            w->curve[z].n = 2;
            price[0] = price[1] = w->abroad_price[z];
            mwh[0] = -w->abroad_mwh[z];
            mwh[1] = w->abroad_mwh[z];
        }
        n_point += w->curve[z].n;
    }
    return SN_OK;
}

static sn_status build_limits(domain_work *w, size_t t, sn_error *err)
{
    sn_instant start = w->book->period[t].start;
    bool marked;
    (void)count_limits(w, start, &marked);
    size_t n = 0;
    size_t end = first_place(w, start.utc_s + 1);
    for (size_t k = first_place(w, start.utc_s); k < end; k++) {
        const sn_jao_limit *limit = &w->domain->limit[w->place[k].index];
        if (marked && !limit->is_non_redundant) {
            continue;
        }
        if (isnan(limit->ram_mw)) {
            return sn_error_set(err, SN_E_FORMAT, "%s: constraint \"%.80s\" has no RAM",
                                w->book->period[t].timestamp, limit->name);
        }
        for (size_t z = 0; z < w->n_node; z++) {
            double ptdf = w->column[z] == SIZE_MAX ? 0.0 : limit->ptdf[w->column[z]];
            w->ptdf[n * w->n_node + z] = isnan(ptdf) ? 0.0 : ptdf; /* null is none */
        }
        w->ram[n] = limit->ram_mw * w->hours;
        w->limit[n++] = limit;
    }
    w->problem.n_constraint = n;
    return SN_OK;
}

static sn_status keep_full(domain_work *w,
                           size_t t,
                           const sn_flow_based_result *result,
                           sn_domain_result *out,
                           sn_error *err)
{
    for (size_t c = 0; c < w->problem.n_constraint; c++) {
        double mu = result->shadow_price_eur_per_mw[c];
        if (mu < 1e-6) {
            continue;
        }
        if ((out->n_full & (out->n_full - 1)) == 0) {
            size_t room = out->n_full == 0 ? 1 : 2 * out->n_full;
            sn_domain_full *more = realloc(out->full, room * sizeof *more);
            if (more == NULL) {
                return sn_error_set(err, SN_E_MEMORY, "out of memory, full constraints");
            }
            out->full = more;
        }
        out->full[out->n_full++] = (sn_domain_full){t, w->limit[c], w->ram[c], mu};
    }
    return SN_OK;
}

static sn_status say_infeasible(const domain_work *w,
                                size_t t,
                                const sn_flow_based_result *result,
                                sn_book_result *out,
                                sn_error *err)
{
    out->infeasible[t] = true;
    out->n_infeasible++;
    const char *when = w->book->period[t].timestamp;
    if (result->infeasible_constraint < w->problem.n_constraint) {
        return sn_strbuf_printf(
            &out->words, err, "%s: infeasible: nothing satisfies constraint \"%.80s\"\n",
            when, w->limit[result->infeasible_constraint]->name);
    }
    return sn_strbuf_printf(
        &out->words, err, "%s: infeasible: %s cannot balance within the domain\n", when,
        result->infeasible_node < w->n_node ? w->name[result->infeasible_node]
                                            : "the areas");
}

static sn_status
clear_period(domain_work *w, size_t t, sn_domain_result *out, sn_error *err)
{
    const sn_order_book *book = w->book;
    read_abroad(w, t);
    build_links(w, t, &out->book);
    sn_status status = build_curves(w, t, err);
    if (status == SN_OK) {
        status = build_limits(w, t, err);
    }
    sn_flow_based_result result;
    sn_flow_based_residuals residuals;
    sn_error why = {0};
    if (status != SN_OK) {
        return status;
    }
    status = sn_flow_based_solve(w->solver, &w->problem, &result, &why);
    if (status == SN_OK && result.outcome == SN_INFEASIBLE) {
        return say_infeasible(w, t, &result, &out->book, err);
    }
    if (status == SN_OK) {
        status = sn_flow_based_check(&w->problem, &result, &residuals, &why);
    }
    if (status != SN_OK) {
        return sn_error_set(err, status, "%s: %s", book->period[t].timestamp,
                            why.message);
    }
    for (size_t z = 0; z < book->n_cleared; z++) {
        size_t at = t * book->n_cleared + z;
        out->book.price_eur_per_mwh[at] = result.price_eur_per_mwh[z];
        out->position_mwh[at] = result.net_position_mw[z] + w->export_mwh[z];
    }
    for (size_t l = 0; l < w->problem.n_link; l++) {
        if (w->link_row[l] != SIZE_MAX) {
            out->book.flow_mwh[w->link_row[l]] = result.flow_mw[l];
        }
    }
    return keep_full(w, t, &result, out, err);
}

sn_status sn_domain_clear(const sn_order_book *book,
                          const sn_jao_domain *domain,
                          const sn_book_options *options,
                          double hours,
                          sn_domain_result *out,
                          sn_error *err)
{
    *out = (sn_domain_result){0};
    domain_work w = {.book = book, .domain = domain, .options = options, .hours = hours};
    sn_status status = sn_book_result_init(&out->book, book, err);
    size_t n = book->n_period * book->n_cleared;
    out->position_mwh = calloc(n + 1, sizeof *out->position_mwh);
    if (status == SN_OK && out->position_mwh == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory clearing within a domain");
    }
    for (size_t k = 0; status == SN_OK && k < n; k++) {
        out->position_mwh[k] = NAN;
    }
    if (status == SN_OK) {
        status = work_make(&w, err);
    }
    w.problem = (sn_flow_based_problem){
        .n_node = w.n_node,
        .net_supply = w.curve,
        .grid = w.grid,
        .link = w.link,
        .flow_min_mw = w.flow_min,
        .flow_max_mw = w.flow_max,
        .ptdf = w.ptdf,
        .ram_mw = w.ram,
        .price_min_eur_per_mwh = options->price_min_eur_per_mwh,
        .price_max_eur_per_mwh = options->price_max_eur_per_mwh,
    };
    for (size_t t = 0; status == SN_OK && t < book->n_period; t++) {
        status = clear_period(&w, t, out, err);
    }
    work_free(&w);
    return status;
}

void sn_domain_result_release(sn_domain_result *result)
{
    sn_book_result_release(&result->book);
    free(result->position_mwh);
    free(result->full);
    *result = (sn_domain_result){0};
}
