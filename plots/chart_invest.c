/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts of what the split means for industry: municipalities (Q3), new load (Q4),
 * projects (Q5). */
#include "chart_page.h"
#include "map_layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_SIZE = 1024, ROWS_MAX = 512, PLACES_SHOWN = 24, PROJECTS_SHOWN = 32 };

/* ---- Q3 -------------------------------------------------------------------------- */

typedef struct place {
    const char *name;
    double household_sek;
    double lowest_sek; /* of the years, or of the weeks of one; a household */
    double highest_sek;
    double msek; /* of the whole municipality, million SEK; NaN without its use */
    double lowest_msek;
    double highest_msek;
} place;

static int by_household(const void *a, const void *b)
{
    const place *x = a;
    const place *y = b;
    if (x->household_sek != y->household_sek) {
        return (x->household_sek < y->household_sek) -
               (x->household_sek > y->household_sek);
    }
    /* All of an area pay alike: those for whom it is most stand at the ends. */
    if (isfinite(x->msek) && isfinite(y->msek) && x->msek != y->msek) {
        return (x->msek < y->msek) - (x->msek > y->msek);
    }
    return strcmp(x->name, y->name);
}

/* One year alone, the one of this run, has an interval from its weeks instead. */
static bool weeks_of(const sn_chart_page *page, const json_t *data)
{
    const json_t *years = json_object_get(data, "years");
    const char *run = sn_text_at(json_array_get(years, 0), "run_id", NULL, NULL);
    sn_chart_interval interval;
    return json_array_size(years) == 1 &&
           strcmp(run, sn_text_at(page->job->summary, "run_id", NULL, NULL)) == 0 &&
           sn_page_interval(page, "consumer_price_change_eur_per_mwh", "SE1", &interval);
}

/* Of the municipality's area; one in two areas has none. */
static void
week_range(const sn_chart_page *page, const json_t *row, double mwh, place *out)
{
    sn_chart_interval interval = {NAN, NAN, NAN, NAN};
    double sek_per_eur = sn_page_rate(page);
    if (json_object_size(json_object_get(row, "share")) == 1) {
        (void)sn_page_interval(page, "consumer_price_change_eur_per_mwh",
                               sn_text_at(row, "area", NULL, NULL), &interval);
    }
    out->lowest_sek = interval.lo * mwh * sek_per_eur;
    out->highest_sek = interval.hi * mwh * sek_per_eur;
    /* As wide as the price's for each MWh, around a sum of sectors each with its hours.
     */
    double use_twh = 1e-6 * sn_number_at(row, "mwh_per_year", NULL, NULL);
    double change = 10.0 * sn_number_at(row, "change_ore_per_kwh", NULL, NULL);
    out->lowest_msek = out->msek + use_twh * (interval.lo * sek_per_eur - change);
    out->highest_msek = out->msek + use_twh * (interval.hi * sek_per_eur - change);
}

static size_t collect_places(const sn_chart_page *page, const json_t *data, place *out)
{
    size_t i;
    const json_t *row;
    size_t n = 0;
    const char *county = page->job->county;
    double mwh = sn_number_at(data, "household_mwh", NULL, NULL);
    bool weeks = weeks_of(page, data);
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
                1e-6 * sn_number_at(row, "change_sek", NULL, NULL),
                1e-6 * sn_number_at(row, "change_sek_low", NULL, NULL),
                1e-6 * sn_number_at(row, "change_sek_high", NULL, NULL)};
            if (weeks) {
                week_range(page, row, mwh, &out[n - 1]);
            }
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

/* One bar's interval in the table, and how far out its number stands. */
static void
put_interval(sn_table *t, sn_span *axis, double value, double lowest, double highest)
{
    sn_table_number(t, lowest);
    sn_table_number(t, highest);
    sn_table_position(t, value >= 0.0 ? fmax(value, highest) : fmin(value, lowest));
    const double ends[] = {value, lowest, highest};
    for (size_t i = 0; i < 3; i++) {
        sn_span_widen(axis, ends[i]);
    }
}

static void places_table(sn_chart_page *page, const place *places, size_t n)
{
    sn_table t;
    sn_span home = {0.0, 0.0};
    sn_span whole = {0.0, 0.0};
    bool spread = false;
    bool any = false;
    sn_table_open(
        &t, page,
        sn_page_words(
            page,
            "kommun|kr per hushåll och år|intervall från|intervall till|miljoner "
            "kronor om året|intervall från|intervall till",
            "municipality|SEK per household and year|interval from|interval "
            "to|million SEK a year|interval from|interval to"));
    for (size_t k = 0; k < n && k < PLACES_SHOWN; k++) {
        const place *p = &places[shown_place(k, n)];
        sn_table_text(&t, p->name);
        sn_table_number(&t, p->household_sek);
        put_interval(&t, &home, p->household_sek, p->lowest_sek, p->highest_sek);
        sn_table_label_change(&t, p->household_sek, 0);
        sn_table_number(&t, p->msek);
        put_interval(&t, &whole, p->msek, p->lowest_msek, p->highest_msek);
        sn_table_label_change(&t, p->msek, fabs(p->msek) < 10.0 ? 1 : 0);
        sn_table_end_row(&t);
        spread = spread || p->highest_sek - p->lowest_sek > 0.5;
        any = any || isfinite(p->msek);
    }
    sn_table_save(&t, "q03");
    sn_page_range(page, "x", home.lo, home.hi, true);
    sn_page_set(page, "air", 0.12 * (home.hi - home.lo));
    sn_page_range(page, "m", whole.lo, whole.hi, true);
    sn_page_set(page, "m_air", 0.12 * (whole.hi - whole.lo));
    sn_page_set(page, "totals", any ? 1.0 : 0.0);
    sn_page_set(page, "spread", spread ? 1.0 : 0.0);
}

static void places_note(sn_chart_page *page, const json_t *data)
{
    sn_chart_interval interval;
    if (weeks_of(page, data)) {
        (void)sn_page_interval(page, "consumer_price_change_eur_per_mwh", "SE1",
                               &interval);
        sn_page_note_interval(page, true, &interval);
    } else if (json_array_size(json_object_get(data, "years")) > 1) {
        sn_write(&page->note, sn_page_words(page, "Tunna streck: lägsta till högsta år. ",
                                            "Thin lines: lowest to highest year. "));
    } else {
        sn_page_note_no_interval(page, "ett år ensamt", "one year alone");
    }
}

/* Sums of municipalities that nobody counted: what they are. */
static void estimate_note(sn_chart_page *page, const json_t *data)
{
    const char *source = sn_text_at(data, "use_source", NULL, NULL);
    if (strcmp(source, "embedded estimate") != 0) {
        return;
    }
    sn_page_set(page, "estimate", 1.0);
    sn_write(&page->note,
             sn_page_words(page,
                           "Miljoner kronor är en skattning: hem och tjänster, utan "
                           "industri; elområdets användning ",
                           "Million SEK is an estimate: homes and services, without "
                           "industry; the area's use of "));
    sn_write(&page->note, sn_text_at(data, "use_year", NULL, NULL));
    sn_write(&page->note, sn_page_words(page,
                                        " (bearbetad statistik från SCB) delad efter "
                                        "folkmängd. ",
                                        " (statistics of Statistics Sweden, processed) "
                                        "shared by inhabitants. "));
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
    sn_span x = {INFINITY, -INFINITY};
    sn_span y = {INFINITY, -INFINITY};
    for (size_t i = 0; i < map.n_point; i++) {
        sn_span_widen(&x, map.x[i]);
        sn_span_widen(&y, map.y[i]);
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
        sn_page_lacks(page,
                      "kör snitt municipalities --run DIR -o DIR och ange --data "
                      "municipalities.json",
                      "run snitt municipalities --run DIR -o DIR and give --data "
                      "municipalities.json");
        return;
    }
    page->years = json_object_get(data, "years");
    size_t n = collect_places(page, data, places);
    places_table(page, places, n);
    places_note(page, data);
    estimate_note(page, data);
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
                 sn_page_words(page,
                               "De tolv högsta och de tolv lägsta; av lika de största. ",
                               "The twelve highest and the twelve lowest; of equals the "
                               "largest. "));
    }
}

/* ---- Q4 -------------------------------------------------------------------------- */

/* Where the names of the two lines stand at their right ends, kept apart where both end
 * at the same load. */
static void set_ends(sn_chart_page *page,
                     const double end[2],
                     const double at[2],
                     const sn_span *price)
{
    double before = end[0];
    double after = end[1];
    double lacks_apart = 0.09 * (price->hi - fmin(price->lo, 0.0)) - fabs(after - before);
    sn_page_set(page, "at_today", at[0]);
    sn_page_set(page, "at_other", at[1]);
    if (lacks_apart > 0.0 && !(at[0] < at[1] || at[0] > at[1])) {
        double way = after > before ? 0.5 : -0.5;
        before -= way * lacks_apart;
        after += way * lacks_apart;
    }
    sn_page_set(page, "end_today", before);
    sn_page_set(page, "end_other", after);
}

static double price_at(const json_t *row, const char *split)
{
    return sn_number_at(json_object_get(row, "price"), split, "SE1", "mean");
}

/* The load at which today's price has risen to that of the other split; NaN when it
 * never does, or is there from the start. */
static double meeting_twh(const sn_chart_page *page, const json_t *rows)
{
    for (size_t k = 1; k < json_array_size(rows); k++) {
        const json_t *row[2] = {json_array_get(rows, k - 1), json_array_get(rows, k)};
        double gap[2];
        double twh[2];
        for (size_t i = 0; i < 2; i++) {
            gap[i] = price_at(row[i], sn_page_compared(page)) -
                     price_at(row[i], sn_page_base(page));
            twh[i] = sn_number_at(row[i], "twh_per_year", NULL, NULL);
        }
        if (gap[0] > 0.0 && gap[1] <= 0.0) {
            return twh[0] + (twh[1] - twh[0]) * gap[0] / (gap[0] - gap[1]);
        }
    }
    return NAN;
}

/* The largest load for which both splits have a price. */
static const json_t *last_of_both(const sn_chart_page *page, const json_t *rows)
{
    size_t i;
    const json_t *row;
    const json_t *last = json_array_get(rows, 0);
    json_array_foreach(rows, i, row)
    {
        bool both = isfinite(price_at(row, sn_page_base(page))) &&
                    isfinite(price_at(row, sn_page_compared(page)));
        last = both ? row : last;
    }
    return last;
}

static void new_load_finding(sn_chart_page *page, const json_t *rows)
{
    char text[4][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    const json_t *first = json_array_get(rows, 0);
    const json_t *last = last_of_both(page, rows);
    double wide = sn_number_at(last, "twh_per_year", NULL, NULL) -
                  sn_number_at(first, "twh_per_year", NULL, NULL);
    double rise[2];
    for (size_t c = 0; c < 2; c++) {
        const char *split = c == 0 ? sn_page_base(page) : sn_page_compared(page);
        rise[c] = (price_at(last, split) - price_at(first, split)) / wide;
    }
    if (!isfinite(rise[0]) || !isfinite(rise[1])) {
        return;
    }
    sn_fill(
        &page->finding,
        sn_page_words(page,
                      "Varje ny TWh, till {} TWh, höjer priset i SE1 med {} EUR/MWh i "
                      "dag och med {} med ändrad indelning.",
                      "Each new TWh, up to {} TWh, raises the price in SE1 by {} "
                      "EUR/MWh today and by {} with the other split."),
        sn_format_number(sn_number_at(last, "twh_per_year", NULL, NULL), 0, sv, text[3]),
        sn_format_number(rise[0], 2, sv, text[0]),
        sn_format_number(rise[1], 2, sv, text[1]), NULL);
    double meets = meeting_twh(page, rows);
    if (isfinite(meets)) {
        sn_fill(
            &page->finding,
            sn_page_words(page, " Vid {} TWh är de lika.", " At {} TWh they are equal."),
            sn_format_number(meets, 0, sv, text[2]), NULL);
    }
}

void sn_chart_new_load(sn_chart_page *page)
{
    size_t i;
    const json_t *row;
    double end[2] = {NAN, NAN}; /* last price: beyond it hydro lacks the water */
    double end_at[2] = {NAN, NAN};
    bool is_cut = false;
    sn_span price = {INFINITY, -INFINITY};
    sn_span load = {INFINITY, -INFINITY};
    const json_t *rows =
        json_object_get(sn_page_data(page, "snitt-portfolio-1"), "new_load");
    const char *name[2] = {sn_page_base(page), sn_page_compared(page)};
    sn_table t;
    if (json_array_size(rows) == 0) {
        sn_page_lacks(page,
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
        sn_span_widen(&load, twh);
        for (size_t c = 0; c < 2; c++) {
            static const char *const keys[] = {"mean", "low", "high"};
            const json_t *area = sn_node_at(row, "price", name[c], "SE1");
            for (size_t k = 0; k < 3; k++) {
                double value = sn_number_at(area, keys[k], NULL, NULL);
                sn_table_number(&t, value);
                sn_span_widen(&price, value);
            }
        }
        sn_table_end_row(&t);
        for (size_t c = 0; c < 2; c++) {
            double mean = sn_number_at(sn_node_at(row, "price", name[c], "SE1"), "mean",
                                       NULL, NULL);
            is_cut = is_cut || !isfinite(mean);
            end[c] = isfinite(mean) ? mean : end[c];
            end_at[c] = isfinite(mean) ? twh : end_at[c];
        }
    }
    sn_table_save(&t, "q04");
    page->years = json_object_get(sn_page_data(page, "snitt-portfolio-1"), "years");
    set_ends(page, end, end_at, &price);
    if (is_cut) {
        sn_write(&page->note,
                 sn_page_words(page,
                               "Där en linje slutar räcker vattnet inte till lasten. ",
                               "Where a line ends there is too little water for the "
                               "load. "));
    }
    sn_page_range(page, "y", price.lo, price.hi, true);
    sn_page_set(page, "x_lo", load.lo);
    sn_page_set(page, "x_hi", load.hi > load.lo ? load.hi : load.lo + 1.0);
    new_load_finding(page, rows);
    if (json_array_size(
            json_object_get(sn_page_data(page, "snitt-portfolio-1"), "years")) > 1) {
        sn_write(&page->note, sn_page_words(page, "Band: lägsta till högsta år. ",
                                            "Bands: lowest to highest year. "));
    } else {
        sn_page_note_no_interval(page, "ett år ensamt", "one year alone");
    }
}

/* ---- Q5 -------------------------------------------------------------------------- */

/* A project by name, and what has become of it where that is not "goes ahead". */
static const char *
named(const sn_chart_page *page, const json_t *row, char out[NAMED_SIZE])
{
    static const char *const words[][3] = {{"cancelled", "nedlagt", "cancelled"},
                                           {"paused", "pausat", "paused"},
                                           {"unclear", "oklart", "unclear"},
                                           {"site", "mark utan projekt", "site only"}};
    const char *status = sn_text_of(json_object_get(row, "status"));
    const char *word = NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i][0], status) == 0) {
            word = words[i][page->job->swedish ? 1 : 2];
        }
    }
    const char *name =
        sn_text_of(json_object_get(row, page->job->swedish ? "name_sv" : "name"));
    name = name[0] != '\0' ? name : sn_text_of(json_object_get(row, "name"));
    int n = word == NULL ? -1 : snprintf(out, NAMED_SIZE, "%s (%s)", name, word);
    return n < 0 || n >= NAMED_SIZE ? name : out; /* never cut */
}

static void project_rows(sn_chart_page *page, const json_t *projects, sn_span *price)
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
        char label[160];
        char name[NAMED_SIZE];
        char number[4][SN_NUMBER_SIZE];
        double chance[2];
        const json_t *candidate = json_object_get(row, "is_candidate");
        bool counts = candidate == NULL || json_is_true(candidate);
        sn_table_text(&t, named(page, row, name));
        sn_table_number(&t, even);
        sn_table_number(&t, mw);
        sn_table_number(&t, risk ? 1.0 : 0.0);
        for (size_t c = 0; c < 2; c++) {
            chance[c] = sn_number_at(json_object_get(row, "results"),
                                     c == 0 ? sn_page_base(page) : sn_page_compared(page),
                                     "probability_npv_positive", NULL);
            sn_table_number(&t, chance[c]);
        }
        (void)snprintf(
            label, sizeof label, "%s · %s MW · %s → %s %%",
            sn_format_number(even, 0, page->job->swedish, number[0]),
            sn_format_number(mw, 0, page->job->swedish, number[1]),
            sn_format_number(100.0 * chance[0], 0, page->job->swedish, number[2]),
            sn_format_number(100.0 * chance[1], 0, page->job->swedish, number[3]));
        sn_table_label(&t, label);
        sn_table_position(&t, !counts ? 3.0 : (risk ? 2.0 : (base_stands ? 1.0 : 0.0)));
        sn_table_end_row(&t);
        sn_span_widen(price, even);
    }
    sn_table_save(&t, "q05");
}

/* Prices in the north under both splits: the mean, and what eight hours of ten lie
 * within. */
static void price_bands(sn_chart_page *page, const json_t *data, sn_span *price)
{
    sn_table t;
    const char *name[2] = {sn_page_base(page), sn_page_compared(page)};
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "indelning|medel EUR/MWh|tionde delen av timmarna "
                                "under|tionde delen över|lägsta år|högsta år",
                                "split|mean EUR/MWh|a tenth of hours below|a tenth "
                                "above|lowest year|highest year"));
    for (size_t c = 0; c < 2; c++) {
        static const char *const keys[] = {"mean", "p10", "p90", "low", "high"};
        const json_t *d = sn_node_at(data, "price_distribution", name[c], "SE2");
        double value[5];
        char text[2 * SN_NUMBER_SIZE + 64];
        char number[SN_NUMBER_SIZE];
        for (size_t k = 0; k < 5; k++) {
            value[k] = sn_number_at(d, keys[k], NULL, NULL);
        }
        sn_table_text(&t, name[c]);
        for (size_t k = 0; k < 5; k++) {
            sn_table_number(&t, value[k]);
        }
        (void)snprintf(text, sizeof text, "%s: %s",
                       c == 0
                           ? sn_page_words(page, "pris i SE2 i dag", "price in SE2 today")
                           : sn_page_words(page, "ändrad indelning", "the other split"),
                       sn_format_number(value[0], 1, page->job->swedish, number));
        sn_table_label(&t, text);
        sn_table_position(&t, fmax(value[0], value[2]));
        sn_table_end_row(&t);
        sn_page_set(page, c == 0 ? "before" : "after", value[0]);
        sn_span_widen(price, fmax(value[0], value[2]));
    }
    sn_table_save(&t, "q05_prices");
}

static void projects_finding(sn_chart_page *page, const json_t *risk, size_t n_project)
{
    char text[4][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    double mw = sn_number_at(risk, "mw", NULL, NULL);
    if (mw == 0.0) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Inget av {} projekt hamnar i riskzonen med ändrad "
                              "indelning.",
                              "None of {} projects is at risk with the other split."),
                sn_format_number((double)n_project, 0, sv, text[0]), NULL);
    } else if (isfinite(mw)) {
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

static size_t candidates(const json_t *projects)
{
    size_t i;
    size_t n = 0;
    const json_t *row;
    json_array_foreach(projects, i, row)
    {
        n += json_is_false(json_object_get(row, "is_candidate")) ? 0 : 1;
    }
    return n;
}

/* What stands when projects and wind have answered to the price; an interval where
 * several states are at rest. */
static void rest_note(sn_chart_page *page, const json_t *points)
{
    const char *name[2] = {sn_page_base(page), sn_page_compared(page)};
    char words[2][4 * SN_NUMBER_SIZE];
    bool known = true;
    bool several = false;
    for (size_t c = 0; c < 2; c++) {
        char text[2][SN_NUMBER_SIZE];
        const json_t *mw = sn_node_at(points, name[c], "mw", NULL);
        double low = sn_number_at(mw, "low", NULL, NULL);
        double high = sn_number_at(mw, "high", NULL, NULL);
        known = known && isfinite(low) && isfinite(high);
        sn_format_number(low, 0, page->job->swedish, text[0]);
        sn_format_number(high, 0, page->job->swedish, text[1]);
        bool is_range = high - low > 0.5;
        (void)snprintf(words[c], sizeof words[c], "%s%s%s", text[0], is_range ? "–" : "",
                       is_range ? text[1] : "");
        several = several || is_range;
    }
    if (known) {
        sn_fill(&page->note,
                sn_page_words(page,
                              "När projekt och vindkraft i norr har svarat på priset "
                              "står {} MW i dag, {} MW med ändrad indelning. ",
                              "When projects and wind in the north have answered to the "
                              "price, {} MW stand today, {} MW with the other split. "),
                words[0], words[1], NULL);
        sn_write(&page->note,
                 !several
                     ? ""
                     : sn_page_words(page, "Spann: det finns flera lägen i jämvikt. ",
                                     "A range: several states are at rest. "));
    } else if (points != NULL) {
        sn_write(&page->note,
                 sn_page_words(page,
                               "Räkningen där projekten svarar på priset kom "
                               "inte till ro. ",
                               "The projects' answer to the price did not settle. "));
    }
}

void sn_chart_projects(sn_chart_page *page)
{
    const json_t *data = sn_page_data(page, "snitt-portfolio-1");
    sn_span price = {0.0, 0.0};
    if (data == NULL) {
        sn_page_lacks(
            page, "kör snitt portfolio --run DIR -o DIR och ange --data portfolio.json",
            "run snitt portfolio --run DIR -o DIR and give --data portfolio.json");
        return;
    }
    page->years = json_object_get(data, "years");
    project_rows(page, json_object_get(data, "projects"), &price);
    price_bands(page, data, &price);
    sn_page_range(page, "x", price.lo, price.hi, true);
    sn_page_set(page, "air", 0.25 * (price.hi - price.lo));
    size_t n = json_array_size(json_object_get(data, "projects"));
    projects_finding(page, json_object_get(data, "at_risk"),
                     candidates(json_object_get(data, "projects")));
    if (n > PROJECTS_SHOWN) {
        char text[2][SN_NUMBER_SIZE];
        sn_fill(&page->note,
                sn_page_words(page, "De {} med högst pris av {} projekt. ",
                              "The {} with the highest price of {} projects. "),
                sn_format_number(PROJECTS_SHOWN, 0, page->job->swedish, text[0]),
                sn_format_number((double)n, 0, page->job->swedish, text[1]), NULL);
    }
    sn_write(
        &page->note,
        sn_page_words(page,
                      "Till höger: elpris där det går jämnt upp, effekt, och chansen "
                      "att gå plus i dag → med ändrad indelning. Strecken överst: "
                      "där åtta timmar av tio ligger. Projektens priser och kostnader "
                      "är mest våra antaganden. ",
                      "To the right: the power price at which it breaks even, power, "
                      "and the chance of a gain today → with the other split. Lines "
                      "at the top: where eight hours of ten lie. The projects' prices "
                      "and costs are mostly our assumptions. "));
    rest_note(page, json_object_get(data, "fixed_point"));
}
