/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts of what other commands make: municipalities (Q3), new load (Q4), projects
 * (Q5), lines (Q11), uncertainty (Q14), changes since another run (Q15). */
#include "chart_page.h"
#include "map_layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 512, PLACES_SHOWN = 24, PROJECTS_SHOWN = 22, BARS_SHOWN = 12 };

static void lacks(sn_chart_page *page, const char *sv, const char *en)
{
    sn_write(&page->missing, sn_page_words(page, sv, en));
}

typedef struct span {
    double lo;
    double hi;
} span;

static void widen(span *s, double value)
{
    s->lo = fmin(s->lo, value);
    s->hi = fmax(s->hi, value);
}

/* ---- Q3 -------------------------------------------------------------------------- */

typedef struct place {
    const char *name;
    double household_sek;
    double lowest_sek; /* of the years, a household */
    double highest_sek;
    double meur; /* of the whole municipality, million SEK; NaN without its use */
} place;

static int by_household(const void *a, const void *b)
{
    const place *x = a;
    const place *y = b;
    if (x->household_sek != y->household_sek) {
        return (x->household_sek < y->household_sek) -
               (x->household_sek > y->household_sek);
    }
    return strcmp(x->name, y->name);
}

static size_t collect_places(const sn_chart_page *page, const json_t *data, place *out)
{
    size_t i;
    const json_t *row;
    size_t n = 0;
    const char *county = page->job->county;
    double mwh = sn_number_at(data, "household_mwh", NULL, NULL);
    json_array_foreach(json_object_get(data, "municipalities"), i, row)
    {
        const char *code = sn_text_of(json_object_get(row, "code"));
        bool wanted = county == NULL || strncmp(code, county, strlen(county)) == 0 ||
                      strcmp(sn_text_of(json_object_get(row, "county")), county) == 0;
        if (wanted && n < ROWS_MAX) {
            /* One öre/kWh is 10 SEK a year for each MWh. */
            out[n++] = (place){
                sn_text_of(json_object_get(row, "name")),
                sn_number_at(row, "household_sek", NULL, NULL),
                10.0 * mwh * sn_number_at(row, "change_ore_per_kwh_low", NULL, NULL),
                10.0 * mwh * sn_number_at(row, "change_ore_per_kwh_high", NULL, NULL),
                sn_number_at(row, "change_sek", NULL, NULL) * 1e-6};
        }
    }
    qsort(out, n, sizeof *out, by_household);
    return n;
}

/* The first and the last ones, when there are too many for a page. */
static size_t shown_place(size_t k, size_t n)
{
    return n <= PLACES_SHOWN || k < PLACES_SHOWN / 2 ? k : n - PLACES_SHOWN + k;
}

static void places_table(sn_chart_page *page, const place *places, size_t n)
{
    sn_table t;
    double lo = 0.0;
    double hi = 0.0;
    double total_lo = 0.0;
    double total_hi = 0.0;
    bool years = false;
    bool any = false;
    sn_table_open(
        &t, page,
        sn_page_words(page,
                      "kommun|kr per hushåll och år|miljoner kronor om året|lägsta år kr "
                      "per hushåll|högsta år",
                      "municipality|SEK per household and year|million SEK a year|lowest "
                      "year SEK per household|highest year"));
    for (size_t k = 0; k < n && k < PLACES_SHOWN; k++) {
        const place *p = &places[shown_place(k, n)];
        sn_table_text(&t, p->name);
        sn_table_number(&t, p->household_sek);
        sn_table_number(&t, p->meur);
        sn_table_number(&t, p->lowest_sek);
        sn_table_number(&t, p->highest_sek);
        sn_table_label_change(&t, p->household_sek, 0);
        sn_table_label_change(&t, p->meur, fabs(p->meur) < 10.0 ? 1 : 0);
        double outer = p->household_sek >= 0.0 ? fmax(p->household_sek, p->highest_sek)
                                               : fmin(p->household_sek, p->lowest_sek);
        sn_table_position(&t, outer);
        sn_table_end_row(&t);
        years = years || p->highest_sek - p->lowest_sek > 0.5;
        lo = fmin(lo, fmin(p->household_sek, p->lowest_sek));
        hi = fmax(hi, fmax(p->household_sek, p->highest_sek));
        total_lo = fmin(total_lo, p->meur);
        total_hi = fmax(total_hi, p->meur);
        any = any || isfinite(p->meur);
    }
    sn_table_save(&t, "q03");
    sn_page_range(page, "x", lo, hi, true);
    sn_page_set(page, "air", 0.12 * (hi - lo));
    sn_page_range(page, "m", total_lo, total_hi, true);
    sn_page_set(page, "m_air", 0.12 * (total_hi - total_lo));
    sn_page_set(page, "totals", any ? 1.0 : 0.0);
    sn_page_set(page, "years", years ? 1.0 : 0.0);
    sn_write(&page->note,
             years ? sn_page_words(page, "Tunna streck: lägsta till högsta år. ",
                                   "Thin lines: lowest to highest year. ")
                   : sn_page_words(page, "Ett år ensamt: intervall ej beräknat. ",
                                   "One year alone: interval not computed. "));
}

/* Points nearer than a pixel of a slide to the last one drawn are left out. */
static void
put_ring(sn_writer *w, const sn_map *map, const sn_map_ring *ring, unsigned colour)
{
    static const double least_m = 1200.0;
    size_t first = ring->first_point;
    size_t last = first;
    sn_writef(w, "set object polygon from %.0f,%.0f", map->x[first], map->y[first]);
    for (size_t p = first + 1; p < first + ring->n_point; p++) {
        if (p + 1 == first + ring->n_point ||
            hypot(map->x[p] - map->x[last], map->y[p] - map->y[last]) >= least_m) {
            sn_writef(w, " to %.0f,%.0f", map->x[p], map->y[p]);
            last = p;
        }
    }
    sn_writef(w, " fc rgb 0x%06X fs solid 1 border lc rgb 0xFFFFFF lw 0.3\n", colour);
}

/* The map as polygons, numbers only, drawn by gnuplot as objects; scaled to 0..1. */
static void write_map(sn_chart_page *page, const json_t *data)
{
    sn_map map = {0};
    sn_writer w;
    double largest = sn_map_largest(data);
    sn_writer_init(&w, page->err);
    sn_page_fail(page, sn_map_read(page->job->geojson, 3006, &map, page->err));
    span x = {INFINITY, -INFINITY};
    span y = {INFINITY, -INFINITY};
    for (size_t i = 0; i < map.n_point; i++) {
        widen(&x, map.x[i]);
        widen(&y, map.y[i]);
    }
    sn_write(&w, "# SPDX-License-Identifier: GPL-3.0-or-later\n");
    for (size_t s = 0; s < map.n_shape; s++) {
        const json_t *row = sn_map_municipality(data, map.shape[s].code);
        unsigned colour = sn_map_colour(
            sn_map_class(sn_number_at(row, "household_sek", NULL, NULL), largest));
        for (size_t r = 0; r < map.shape[s].n_ring; r++) {
            put_ring(&w, &map, &map.ring[map.shape[s].first_ring + r], colour);
        }
    }
    sn_page_set(page, "map_x0", x.lo);
    sn_page_set(page, "map_x1", x.hi);
    sn_page_set(page, "map_y0", y.lo);
    sn_page_set(page, "map_y1", y.hi);
    if (page->status == SN_OK) {
        page->status = sn_writer_save(&w, page->scripts, "q03_map.gp");
    }
    sn_writer_release(&w);
    sn_map_release(&map);
}

void sn_chart_places(sn_chart_page *page)
{
    place places[ROWS_MAX];
    char text[3][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    const json_t *data = sn_page_data(page, "snitt-municipalities-1");
    if (data == NULL) {
        lacks(page,
              "kör snitt municipalities --run DIR -o DIR och ange --data "
              "municipalities.json",
              "run snitt municipalities --run DIR -o DIR and give --data "
              "municipalities.json");
        return;
    }
    size_t n = collect_places(page, data, places);
    places_table(page, places, n);
    bool map = page->job->geojson != NULL;
    sn_page_set(page, "map", map ? 1.0 : 0.0);
    if (json_is_true(json_object_get(data, "is_companies"))) {
        sn_page_set(page, "companies", 1.0);
    }
    sn_page_set(page, "largest", sn_map_largest(data));
    if (map) {
        write_map(page, data);
    }
    double use = sn_number_at(data, "household_mwh", NULL, NULL);
    if (n > 0 && isfinite(places[0].household_sek)) {
        double low = places[n - 1].household_sek;
        double high = places[0].household_sek;
        bool same = fabs(high - low) < 0.5;
        sn_format_change(low, 0, sv, text[1]);
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Ett hushåll med {} kWh: {}{}{} kr om året, med "
                              "nätavgiften för mothandel, före skatt.",
                              "A household with {} kWh: {}{}{} SEK a year, with the "
                              "tariff for countertrade, before taxes."),
                sn_format_number(1e3 * use, 0, sv, text[0]), same ? "" : text[1],
                same ? "" : " … ", sn_format_change(high, 0, sv, text[2]), NULL);
    }
    if (n > PLACES_SHOWN) {
        sn_write(&page->note,
                 sn_page_words(page, "De tolv högsta och de tolv lägsta. ",
                               "The twelve highest and the twelve lowest. "));
    }
}

/* ---- Q4 -------------------------------------------------------------------------- */

/* Where the names of the two lines stand at their right ends, kept apart. */
static void set_ends(sn_chart_page *page, const json_t *last, const span *price)
{
    const json_t *prices = json_object_get(last, "price");
    double before = sn_number_at(prices, sn_page_base(page), "SE1", "mean");
    double after = sn_number_at(prices, sn_page_compared(page), "SE1", "mean");
    double lacks_apart = 0.09 * (price->hi - fmin(price->lo, 0.0)) - fabs(after - before);
    if (lacks_apart > 0.0) {
        double way = after > before ? 0.5 : -0.5;
        before -= way * lacks_apart;
        after += way * lacks_apart;
    }
    sn_page_set(page, "end_today", before);
    sn_page_set(page, "end_other", after);
}

void sn_chart_new_load(sn_chart_page *page)
{
    size_t i;
    const json_t *row;
    span price = {INFINITY, -INFINITY};
    span load = {INFINITY, -INFINITY};
    const json_t *rows =
        json_object_get(sn_page_data(page, "snitt-portfolio-1"), "new_load");
    const char *name[2] = {sn_page_base(page), sn_page_compared(page)};
    sn_table t;
    if (json_array_size(rows) == 0) {
        lacks(page,
              "kör snitt portfolio med --scenario och -o DIR och ange --data "
              "portfolio.json",
              "run snitt portfolio with --scenario and -o DIR and give --data "
              "portfolio.json");
        return;
    }
    sn_table_open(
        &t, page,
        sn_page_words(page,
                      "ny last TWh/år|SE1 i dag EUR/MWh|lägst|högst|SE1 ändrad "
                      "indelning EUR/MWh|lägst|högst",
                      "new load TWh/yr|SE1 today EUR/MWh|lowest|highest|SE1 the "
                      "other split EUR/MWh|lowest|highest"));
    json_array_foreach(rows, i, row)
    {
        double twh = sn_number_at(row, "twh_per_year", NULL, NULL);
        sn_table_number(&t, twh);
        widen(&load, twh);
        for (size_t c = 0; c < 2; c++) {
            static const char *const keys[] = {"mean", "low", "high"};
            const json_t *area = sn_node_at(row, "price", name[c], "SE1");
            for (size_t k = 0; k < 3; k++) {
                double value = sn_number_at(area, keys[k], NULL, NULL);
                sn_table_number(&t, value);
                widen(&price, value);
            }
        }
        sn_table_end_row(&t);
    }
    sn_table_save(&t, "q04");
    set_ends(page, json_array_get(rows, json_array_size(rows) - 1), &price);
    sn_page_range(page, "y", price.lo, price.hi, true);
    sn_page_set(page, "x_lo", load.lo);
    sn_page_set(page, "x_hi", load.hi > load.lo ? load.hi : load.lo + 1.0);
    sn_write(&page->note, sn_page_words(page, "Band: lägsta till högsta år. ",
                                        "Bands: lowest to highest year. "));
}

/* ---- Q5 -------------------------------------------------------------------------- */

static void project_rows(sn_chart_page *page, const json_t *projects, span *price)
{
    size_t i;
    const json_t *row;
    sn_table t;
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "projekt|jämnt upp vid elpris EUR/MWh|MW|i riskzonen|"
                                "sannolikhet att gå plus i dag|med ändrad indelning",
                                "project|breaks even at EUR/MWh|MW|at risk|probability "
                                "to gain today|with the other split"));
    json_array_foreach(projects, i, row)
    {
        if (i >= PROJECTS_SHOWN) {
            break;
        }
        double even = sn_number_at(row, "break_even_spot_eur_per_mwh", NULL, NULL);
        double mw = sn_number_at(row, "mw", NULL, NULL);
        bool base_stands =
            json_is_true(sn_node_at(row, "results", sn_page_base(page), "stands"));
        bool risk = json_is_true(json_object_get(row, "at_risk"));
        char label[96];
        char number[2][SN_NUMBER_SIZE];
        sn_table_text(&t, sn_text_of(json_object_get(row, "name")));
        sn_table_number(&t, even);
        sn_table_number(&t, mw);
        sn_table_number(&t, risk ? 1.0 : 0.0);
        for (size_t c = 0; c < 2; c++) {
            sn_table_number(
                &t, sn_number_at(json_object_get(row, "results"),
                                 c == 0 ? sn_page_base(page) : sn_page_compared(page),
                                 "probability_npv_positive", NULL));
        }
        (void)snprintf(label, sizeof label, "%s EUR/MWh, %s MW",
                       sn_format_number(even, 0, page->job->swedish, number[0]),
                       sn_format_number(mw, 0, page->job->swedish, number[1]));
        sn_table_label(&t, label);
        sn_table_position(&t, risk ? 2.0 : (base_stands ? 1.0 : 0.0));
        sn_table_end_row(&t);
        widen(price, even);
    }
    sn_table_save(&t, "q05");
}

/* Price in the north under both splits: mean, lowest and highest year. */
static void price_bands(sn_chart_page *page, const json_t *data, span *price)
{
    sn_table t;
    const char *name[2] = {sn_page_base(page), sn_page_compared(page)};
    sn_table_open(&t, page,
                  sn_page_words(page, "indelning|medel EUR/MWh|lägsta år|högsta år",
                                "split|mean EUR/MWh|lowest year|highest year"));
    for (size_t c = 0; c < 2; c++) {
        const json_t *d = sn_node_at(data, "price_distribution", name[c], "SE2");
        double mean = sn_number_at(d, "mean", NULL, NULL);
        double low = sn_number_at(d, "low", NULL, NULL);
        double high = sn_number_at(d, "high", NULL, NULL);
        sn_table_text(&t, name[c]);
        sn_table_number(&t, mean);
        sn_table_number(&t, low);
        sn_table_number(&t, high);
        sn_table_label_number(&t, mean, 0);
        sn_table_end_row(&t);
        sn_page_set(page, c == 0 ? "before" : "after", mean);
        widen(price, fmax(mean, high));
    }
    sn_table_save(&t, "q05_prices");
}

void sn_chart_projects(sn_chart_page *page)
{
    const json_t *data = sn_page_data(page, "snitt-portfolio-1");
    char text[3][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    span price = {0.0, 0.0};
    if (data == NULL) {
        lacks(page, "kör snitt portfolio --run DIR -o DIR och ange --data portfolio.json",
              "run snitt portfolio --run DIR -o DIR and give --data portfolio.json");
        return;
    }
    project_rows(page, json_object_get(data, "projects"), &price);
    price_bands(page, data, &price);
    sn_page_range(page, "x", price.lo, price.hi, true);
    sn_page_set(page, "air", 0.25 * (price.hi - price.lo));
    const json_t *risk = json_object_get(data, "at_risk");
    double mw = sn_number_at(risk, "mw", NULL, NULL);
    if (isfinite(mw)) {
        sn_fill(
            &page->finding,
            sn_page_words(page,
                          "I riskzonen med ändrad indelning: {} MW, {} TWh om året och "
                          "{} miljoner euro i investeringar.",
                          "At risk with the other split: {} MW, {} TWh a year and {} "
                          "million EUR of investment."),
            sn_format_number(mw, 0, sv, text[0]),
            sn_format_number(sn_number_at(risk, "twh_per_year", NULL, NULL), 1, sv,
                             text[1]),
            sn_format_number(sn_number_at(risk, "capex_meur", NULL, NULL), 0, sv,
                             text[2]),
            NULL);
    }
}

/* ---- Q11 ------------------------------------------------------------------------- */

/* A batch with one numeric axis; its key names what was varied. */
static const json_t *sweep_of(const sn_chart_page *page, const char **key_out)
{
    const json_t *batch = sn_page_data(page, "snitt-batch-1");
    const json_t *axes = json_object_get(batch, "axes");
    const json_t *axis = json_array_get(axes, 0);
    *key_out = sn_text_of(json_object_get(axis, "key"));
    bool numeric = json_is_number(json_array_get(json_object_get(axis, "values"), 0));
    return json_array_size(axes) == 1 && numeric ? json_object_get(batch, "cells") : NULL;
}

void sn_chart_lines(sn_chart_page *page)
{
    size_t i;
    const json_t *cell;
    const char *key = "";
    const json_t *cells = sweep_of(page, &key);
    sn_table t;
    span gap = {0.0, 0.0};
    span welfare = {0.0, 0.0};
    span x = {INFINITY, -INFINITY};
    if (cells == NULL || strstr(key, "SE2") == NULL) {
        lacks(
            page,
            "kör snitt batch på en fil med sweep över överföringen SE2-SE3 och ange "
            "--data DIR/summary.json",
            "run snitt batch on a file that sweeps the SE2-SE3 capacity and give --data "
            "DIR/summary.json");
        return;
    }
    double rate = sn_page_rate(page);
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "värde|prisgap SE3 minus SE2 med dagens områden "
                                "EUR/MWh|Sverige med ändrad indelning miljoner",
                                "value|price gap SE3 less SE2 with today's areas "
                                "EUR/MWh|Sweden with the other split, million"));
    json_array_foreach(cells, i, cell)
    {
        const json_t *headlines =
            sn_node_at(cell, "comparisons", sn_page_compared(page), "intervals");
        double at = sn_number_at(cell, "at", key, NULL);
        double difference =
            sn_number_at(headlines, "price_base_eur_per_mwh", "SE3", "value") -
            sn_number_at(headlines, "price_base_eur_per_mwh", "SE2", "value");
        double sweden = sn_number_at(headlines, "sweden_meur", "value", NULL) *
                        (isnan(rate) ? 1.0 : rate);
        sn_table_number(&t, at);
        sn_table_number(&t, difference);
        sn_table_number(&t, sweden);
        sn_table_end_row(&t);
        widen(&x, at);
        widen(&gap, difference);
        widen(&welfare, sweden);
    }
    sn_table_save(&t, "q11");
    sn_page_set(page, "sek", isnan(rate) ? 0.0 : 1.0);
    sn_page_set(page, "x_lo", x.lo);
    sn_page_set(page, "x_hi", x.hi > x.lo ? x.hi : x.lo + 1.0);
    sn_page_range(page, "y", gap.lo, gap.hi, true);
    sn_page_range(page, "w", welfare.lo, welfare.hi, true);
}

/* ---- Q14 ------------------------------------------------------------------------- */

/* A small change needs two, or its range would read "+0,5 … +0,5". */
static int price_decimals(double change_eur_per_mwh)
{
    static const double small_eur_per_mwh = 10.0;
    return fabs(change_eur_per_mwh) < small_eur_per_mwh ? 2 : 1;
}

/* Rows of a range chart: name, value, low, high. */
static void range_row(sn_table *t, const char *name, double value, span s, span *all)
{
    sn_table_text(t, name);
    sn_table_number(t, value);
    sn_table_number(t, s.lo);
    sn_table_number(t, s.hi);
    char text[128];
    char number[3][SN_NUMBER_SIZE];
    bool sv = t->page->job->swedish;
    int decimals = price_decimals(value);
    (void)snprintf(text, sizeof text, "%s … %s",
                   sn_format_change(s.lo, decimals, sv, number[0]),
                   sn_format_change(s.hi, decimals, sv, number[1]));
    sn_table_label(
        t, isfinite(s.lo) ? text : sn_page_words(t->page, "ej beräknat", "not computed"));
    sn_table_end_row(t);
    if (isfinite(s.lo) && isfinite(s.hi)) {
        widen(all, s.lo);
        widen(all, s.hi);
    }
    widen(all, value);
}

static double change_in(const sn_chart_page *page, const char *area, const char *variant)
{
    const json_t *s = page->job->summary;
    double before =
        sn_number_at(sn_node_at(s, "configurations", sn_page_base(page), NULL),
                     "price_mean_eur_per_mwh", area, NULL);
    const json_t *node =
        variant == NULL ? sn_node_at(s, "configurations", sn_page_compared(page), NULL)
                        : sn_node_at(s, "hydro_variants", variant, NULL);
    return sn_number_at(node, "price_mean_eur_per_mwh", area, NULL) - before;
}

static span water_span(const sn_chart_page *page, const char *area)
{
    static const char *const names[] = {"physical", "market", "held"};
    span s = {INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; k++) {
        double change = change_in(page, area, names[k]);
        if (isfinite(change)) {
            widen(&s, change);
        }
    }
    return s;
}

static span year_span(const sn_chart_page *page, const char *area, size_t *n_out)
{
    size_t i;
    const json_t *year;
    span s = {INFINITY, -INFINITY};
    *n_out = 0;
    json_array_foreach(json_object_get(page->job->summary, "years"), i, year)
    {
        double change = sn_number_at(year, "change", area, NULL);
        if (isfinite(change)) {
            widen(&s, change);
            (*n_out)++;
        }
    }
    return s;
}

static void ranges_of(sn_table *t, const char *area, span *all)
{
    char name[120];
    size_t n_year = 0;
    sn_chart_page *page = t->page;
    double value = change_in(page, area, NULL);
    sn_chart_interval interval;
    bool any = sn_page_interval(page, "price_change_eur_per_mwh", area, &interval);
    (void)snprintf(name, sizeof name, "%s: %s", area,
                   sn_page_words(page, "veckorna under året", "weeks of the year"));
    range_row(t, name, value, any ? (span){interval.lo, interval.hi} : (span){NAN, NAN},
              all);
    (void)snprintf(name, sizeof name, "%s: %s", area,
                   sn_page_words(page, "antagande om vattnet", "assumption on water"));
    range_row(t, name, value, water_span(page, area), all);
    span years = year_span(page, area, &n_year);
    (void)snprintf(name, sizeof name, "%s: %s (%zu)", area,
                   sn_page_words(page, "åren i lagret", "years stored"), n_year);
    range_row(t, name, value, n_year > 0 ? years : (span){NAN, NAN}, all);
}

/* A key of a scenario in words, where it has some. */
static const char *assumption_words(const sn_chart_page *page, const char *key)
{
    static const struct {
        const char *key, *sv, *en;
    } known[] = {
        {"capacity.window_days", "fönster för kapaciteter", "window for capacities"},
        {"demand.elasticity", "förbrukningens prissvar", "demand's price response"},
        {"redispatch.theta", "strategiska bud", "strategic bids"},
        {"redispatch.voll_eur_per_mwh", "värdet av effektbrist", "value of lost load"},
        {"slopes.factor", "kurvornas prissvar", "all price responses"},
        {"slopes.hydro_factor", "vattenkraftens prissvar", "hydro's price response"},
        {"slopes.other_factor", "övrig krafts prissvar", "other power's response"},
        {"slopes.reference_eur_per_mwh", "prissvarens riktpris", "reference price"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].key, key) == 0) {
            return sn_page_words(page, known[i].sv, known[i].en);
        }
    }
    return key;
}

static void tornado_rows(sn_table *t, const json_t *tornado, span *all)
{
    size_t i;
    const json_t *bar;
    json_array_foreach(json_object_get(tornado, "bars"), i, bar)
    {
        double low = sn_number_at(bar, "low", NULL, NULL);
        double high = sn_number_at(bar, "high", NULL, NULL);
        if (i < BARS_SHOWN) {
            const char *key = sn_text_of(json_object_get(bar, "parameter"));
            range_row(t, assumption_words(t->page, key),
                      sn_number_at(tornado, "value", NULL, NULL),
                      (span){fmin(low, high), fmax(low, high)}, all);
        }
    }
}

void sn_chart_uncertainty(sn_chart_page *page)
{
    sn_table t;
    span all = {0.0, 0.0};
    char text[2][SN_NUMBER_SIZE];
    const json_t *cell =
        json_array_get(json_object_get(sn_page_data(page, "snitt-batch-1"), "cells"), 0);
    const json_t *tornado =
        sn_node_at(sn_node_at(cell, "comparisons", sn_page_compared(page), "tornado"),
                   "price_change_eur_per_mwh", "SE1", NULL);
    sn_table_open(&t, page,
                  sn_page_words(page, "vad som varierar|ändring EUR/MWh|lägst|högst",
                                "what varies|change EUR/MWh|lowest|highest"));
    if (tornado != NULL) {
        tornado_rows(&t, tornado, &all);
    } else {
        ranges_of(&t, "SE1", &all);
        ranges_of(&t, "SE4", &all);
    }
    sn_page_set(page, "tornado", tornado != NULL ? 1.0 : 0.0);
    sn_table_save(&t, "q14");
    sn_page_range(page, "x", all.lo, all.hi, true);
    sn_page_set(page, "air", 0.3 * (all.hi - all.lo));
    double exact = sn_number_at(page->job->summary, "replay", "share_exact", NULL);
    if (isfinite(exact)) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Med dagens områden återger modellen {} % av priserna. Det "
                              "säger inget om hur marknaden svarar på en ändring: den "
                              "osäkerheten visas här.",
                              "With today's areas the model returns {} % of prices. That "
                              "says nothing on how the market answers a change: that "
                              "uncertainty is shown here."),
                sn_format_number(100.0 * exact, 2, page->job->swedish, text[0]), NULL);
    }
}

/* ---- Q15 ------------------------------------------------------------------------- */

/* One small waterfall: before, three steps, after. */
static void
change_rows(sn_table *t, const json_t *parts, double factor, int decimals, span *all)
{
    static const char *const keys[] = {"before", "data", "assumptions", "program",
                                       "after"};
    static const char *const sv[] = {"Förra gången", "Nya data", "Ändrade antaganden",
                                     "Ändrat program", "Nu"};
    static const char *const en[] = {"Last time", "New data", "Changed assumptions",
                                     "Changed program", "Now"};
    double running = 0.0;
    for (size_t k = 0; k < 5; k++) {
        bool total = k == 0 || k == 4;
        double value = sn_number_at(parts, keys[k], NULL, NULL) * factor;
        double from = total ? 0.0 : running;
        sn_table_text(t, sn_page_words(t->page, sv[k], en[k]));
        sn_table_number(t, value);
        sn_table_position(t, from);
        sn_table_position(t, from + value);
        sn_table_position(t, total ? 1.0 : 0.0);
        sn_table_label_change(t, value, decimals);
        sn_table_end_row(t);
        running = from + value;
        widen(all, running);
    }
}

void sn_chart_changes(sn_chart_page *page)
{
    const json_t *data = sn_page_data(page, "snitt-compare-1");
    const json_t *parts = sn_node_at(data, "comparisons", sn_page_compared(page), NULL);
    char text[2][SN_NUMBER_SIZE];
    span all[3] = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}};
    sn_table t;
    if (parts == NULL) {
        lacks(page, "kör snitt compare A B -o FIL och ange --data FIL",
              "run snitt compare A B -o FILE and give --data FILE");
        return;
    }
    const json_t *north = sn_node_at(parts, "price_change_eur_per_mwh", "SE1", NULL);
    const json_t *south = sn_node_at(parts, "price_change_eur_per_mwh", "SE4", NULL);
    const json_t *sweden = json_object_get(parts, "sweden_meur");
    double after = sn_number_at(sweden, "after", NULL, NULL);
    sn_money money = sn_page_money(page, isfinite(after) ? after : 0.0);
    sn_table_open(&t, page,
                  sn_page_words(page, "steg|värde (SE1 EUR/MWh, SE4 EUR/MWh, Sverige)",
                                "step|value (SE1 EUR/MWh, SE4 EUR/MWh, Sweden)"));
    change_rows(&t, north, 1.0, price_decimals(sn_number_at(north, "after", NULL, NULL)),
                &all[0]);
    change_rows(&t, south, 1.0, price_decimals(sn_number_at(south, "after", NULL, NULL)),
                &all[1]);
    change_rows(&t, sweden, money.factor, money.decimals, &all[2]);
    sn_table_save(&t, "q15");
    for (size_t k = 0; k < 3; k++) {
        static const char *const names[] = {"a", "b", "c"};
        sn_page_range(page, names[k], all[k].lo, all[k].hi, true);
    }
    sn_page_set_money(page, &money);
    sn_fill(&page->finding,
            sn_page_words(
                page, "Prisets ändring i SE1 var {} EUR/MWh förra gången och är {} nu.",
                "The change of price in SE1 was {} EUR/MWh last time and is {} now."),
            sn_format_change(sn_number_at(north, "before", NULL, NULL), 2,
                             page->job->swedish, text[0]),
            sn_format_change(sn_number_at(north, "after", NULL, NULL), 2,
                             page->job->swedish, text[1]),
            NULL);
}
