/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts of cases: lines (Q11), uncertainty (Q14), changes since another run (Q15). */
#include "chart_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 512, BARS_SHOWN = 12 };

/* A small change needs two, or its range would read "+0,5 … +0,5". */
static int price_decimals(double change_eur_per_mwh)
{
    static const double small_eur_per_mwh = 10.0;
    return fabs(change_eur_per_mwh) < small_eur_per_mwh ? 2 : 1;
}

/* ---- Q11 ------------------------------------------------------------------------- */

static const char lines_key[] = "capacity.add.SE2-SE3";

/* The one numeric axis of a sweep; NULL for another batch. */
static const char *sweep_key(const json_t *batch)
{
    const json_t *axes = json_object_get(batch, "axes");
    const json_t *axis = json_array_get(axes, 0);
    bool numeric = json_is_number(json_array_get(json_object_get(axis, "values"), 0));
    return json_array_size(axes) == 1 && numeric
               ? sn_text_of(json_object_get(axis, "key"))
               : NULL;
}

static bool is_lines(const json_t *batch)
{
    const char *key = sweep_key(batch);
    return key != NULL && strstr(key, "SE2") != NULL && strstr(key, "capacity") != NULL;
}

typedef struct lines_point {
    double at;
    sn_chart_interval gap;     /* EUR/MWh */
    sn_chart_interval welfare; /* MEUR */
} lines_point;

static lines_point
lines_point_of(sn_chart_page *page, const json_t *cell, const char *key)
{
    lines_point out;
    const json_t *h =
        sn_node_at(cell, "comparisons", sn_page_compared(page), "intervals");
    out.at = sn_number_at(cell, "at", key, NULL);
    (void)sn_interval_of(json_object_get(h, "sweden_meur"), &out.welfare);
    if (!sn_interval_of(json_object_get(h, "price_gap_base_eur_per_mwh"), &out.gap)) {
        out.gap.value = sn_number_at(h, "price_base_eur_per_mwh", "SE3", "value") -
                        sn_number_at(h, "price_base_eur_per_mwh", "SE2", "value");
    }
    return out;
}

static void lines_row(sn_table *t, const lines_point *p, double factor)
{
    sn_table_number(t, p->at);
    sn_table_number(t, p->gap.value);
    sn_table_number(t, p->welfare.value * factor);
    sn_table_number(t, p->gap.lo);
    sn_table_number(t, p->gap.hi);
    sn_table_number(t, p->welfare.lo * factor);
    sn_table_number(t, p->welfare.hi * factor);
    sn_table_end_row(t);
}

/* The least capacity at which the gap is half of the first, between two points. */
static double half_gap_at(const lines_point *p, size_t n)
{
    double half = n > 0 ? 0.5 * p[0].gap.value : NAN;
    for (size_t k = 1; k < n && half > 0.0; k++) {
        if (p[k].gap.value <= half) {
            double share =
                (p[k - 1].gap.value - half) / (p[k - 1].gap.value - p[k].gap.value);
            return p[k - 1].at + share * (p[k].at - p[k - 1].at);
        }
    }
    return NAN;
}

/* Three digits: more would be more than is known. */
static double rounded(double value)
{
    double unit = value > 0.0 ? pow(10.0, floor(log10(value)) - 2.0) : 1.0;
    return round(value / unit) * unit;
}

/* What one MW more is worth for trade: the mean gap, every hour of the year. */
static void lines_finding(sn_chart_page *page, const lines_point *p, size_t n)
{
    static const double hours_per_year = 8760.0;
    char text[4][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    double rate = sn_page_rate(page);
    double half = half_gap_at(p, n);
    if (n < 2) {
        return;
    }
    sn_fill(
        &page->finding,
        sn_page_words(page,
                      "Med dagens områden går prisgapet från {} till {} EUR/MWh med "
                      "{} MW till. ",
                      "With today's areas the price gap goes from {} to {} EUR/MWh "
                      "with {} MW more. "),
        sn_format_number(p[0].gap.value, price_decimals(p[0].gap.value), sv, text[0]),
        sn_format_number(p[n - 1].gap.value, price_decimals(p[0].gap.value), sv, text[1]),
        sn_format_number(p[n - 1].at - p[0].at, 0, sv, text[2]), NULL);
    if (isfinite(half)) {
        sn_fill(&page->finding,
                sn_page_words(page, "Det har halverats vid {} MW. ",
                              "It is halved at {} MW. "),
                sn_format_number(rounded(half), 0, sv, text[0]), NULL);
    }
    double value = rounded(p[0].gap.value * hours_per_year * (isnan(rate) ? 1.0 : rate));
    sn_fill(&page->finding,
            isnan(rate) ? sn_page_words(page, "Den första MW:en är värd {} euro om året.",
                                        "The first MW is worth {} EUR a year.")
                        : sn_page_words(page, "Den första MW:en är värd {} kr om året.",
                                        "The first MW is worth {} SEK a year."),
            sn_format_number(value, 0, sv, text[0]), NULL);
}

static void lines_note(sn_chart_page *page, const char *key, bool any, double level)
{
    char text[SN_NUMBER_SIZE];
    sn_page_set(page, "added", strcmp(key, lines_key) == 0 ? 1.0 : 0.0);
    sn_page_set(page, "intervals", any ? 1.0 : 0.0);
    if (strcmp(key, lines_key) != 0) {
        sn_fill(&page->note, sn_page_words(page, "Det varieras: {}. ", "Varied: {}. "),
                key, NULL);
    }
    if (!any) {
        sn_page_note_no_interval(page, "satsen är från en äldre version",
                                 "the batch is from an older version");
        return;
    }
    sn_fill(&page->note,
            sn_page_words(page, "Band: {} % intervall, av hur årets veckor skiljer sig. ",
                          "Bands: {} % interval, of how the year's weeks differ. "),
            sn_format_number(100.0 * level, 0, page->job->swedish, text), NULL);
}

static void widen_interval(sn_span *s, const sn_chart_interval *interval, double factor)
{
    sn_span_widen(s, interval->value * factor);
    sn_span_widen(s, interval->lo * factor);
    sn_span_widen(s, interval->hi * factor);
}

/* From the nearest to the farthest, as a line is drawn. */
static int by_capacity(const void *a, const void *b)
{
    const lines_point *x = a;
    const lines_point *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

void sn_chart_lines(sn_chart_page *page)
{
    size_t i;
    const json_t *cell;
    const json_t *batch = sn_page_data_like(page, "snitt-batch-1", is_lines);
    lines_point p[ROWS_MAX];
    char columns[240];
    size_t n = 0;
    double largest = 0.0;
    sn_table t;
    sn_span gap = {0.0, 0.0};
    sn_span welfare = {0.0, 0.0};
    sn_span x = {INFINITY, -INFINITY};
    if (batch == NULL) {
        sn_page_lacks(
            page,
            "kör snitt batch på en fil med sweep över överföringen SE2-SE3 och ange "
            "--data DIR/summary.json",
            "run snitt batch on a file that sweeps the SE2-SE3 capacity and give --data "
            "DIR/summary.json");
        return;
    }
    const char *key = sweep_key(batch);
    json_array_foreach(json_object_get(batch, "cells"), i, cell)
    {
        if (n < ROWS_MAX) {
            p[n++] = lines_point_of(page, cell, key);
            largest = fmax(largest, fabs(p[n - 1].welfare.value));
        }
    }
    qsort(p, n, sizeof *p, by_capacity);
    sn_money money = sn_page_money(page, largest);
    (void)snprintf(columns, sizeof columns, "%s, %s|%s",
                   sn_page_words(page,
                                 "MW eller det som varieras|prisgap SE3 minus SE2 med "
                                 "dagens områden EUR/MWh|Sverige med ändrad indelning",
                                 "MW or what is varied|price gap SE3 less SE2 with "
                                 "today's areas EUR/MWh|Sweden with the other split"),
                   money.unit,
                   sn_page_words(page, "gap från|till|Sverige från|till",
                                 "gap from|to|Sweden from|to"));
    sn_table_open(&t, page, columns);
    for (size_t k = 0; k < n; k++) {
        lines_row(&t, &p[k], money.factor);
        sn_span_widen(&x, p[k].at);
        widen_interval(&gap, &p[k].gap, 1.0);
        widen_interval(&welfare, &p[k].welfare, money.factor);
    }
    sn_table_save(&t, "q11");
    sn_page_set_money(page, &money);
    sn_page_set(page, "x_lo", x.lo);
    sn_page_set(page, "x_hi", x.hi > x.lo ? x.hi : x.lo + 1.0);
    sn_page_range(page, "y", gap.lo, gap.hi, true);
    sn_page_range(page, "w", welfare.lo, welfare.hi, true);
    lines_finding(page, p, n);
    lines_note(page, key, n > 0 && isfinite(p[0].gap.lo) && isfinite(p[0].welfare.lo),
               n > 0 ? p[0].gap.level : NAN);
}

/* ---- Q14 ------------------------------------------------------------------------- */

/* Rows of a range chart: name, value, low, high. */
static void
range_row(sn_table *t, const char *name, double value, sn_span s, sn_span *all)
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
        sn_span_widen(all, s.lo);
        sn_span_widen(all, s.hi);
    }
    sn_span_widen(all, value);
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

static sn_span water_span(const sn_chart_page *page, const char *area)
{
    static const char *const names[] = {"physical", "market", "held"};
    sn_span s = {INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; k++) {
        double change = change_in(page, area, names[k]);
        if (isfinite(change)) {
            sn_span_widen(&s, change);
        }
    }
    return s;
}

static sn_span year_span(const sn_chart_page *page, const char *area, size_t *n_out)
{
    size_t i;
    const json_t *year;
    sn_span s = {INFINITY, -INFINITY};
    *n_out = 0;
    json_array_foreach(json_object_get(page->job->summary, "years"), i, year)
    {
        double change = sn_number_at(year, "change", area, NULL);
        if (isfinite(change)) {
            sn_span_widen(&s, change);
            (*n_out)++;
        }
    }
    return s;
}

static void ranges_of(sn_table *t, const char *area, sn_span *all)
{
    char name[120];
    size_t n_year = 0;
    sn_chart_page *page = t->page;
    double value = change_in(page, area, NULL);
    sn_chart_interval interval;
    bool any = sn_page_interval(page, "price_change_eur_per_mwh", area, &interval);
    (void)snprintf(name, sizeof name, "%s: %s", area,
                   sn_page_words(page, "veckorna under året", "weeks of the year"));
    range_row(t, name, value,
              any ? (sn_span){interval.lo, interval.hi} : (sn_span){NAN, NAN}, all);
    (void)snprintf(name, sizeof name, "%s: %s", area,
                   sn_page_words(page, "antagande om vattnet", "assumption on water"));
    range_row(t, name, value, water_span(page, area), all);
    sn_span years = year_span(page, area, &n_year);
    (void)snprintf(name, sizeof name, "%s: %s (%zu)", area,
                   sn_page_words(page, "åren i lagret", "years stored"), n_year);
    if (n_year > 1) { /* one year has no range */
        range_row(t, name, value, years, all);
    }
}

/* A key of a scenario in words, where it has some. */
static const char *assumption_words(const sn_chart_page *page, const char *key)
{
    static const struct {
        const char *key, *sv, *en;
    } known[] = {
        {"capacity.window_days", "tidsfönster för nätets gränser",
         "window for grid limits"},
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

static void tornado_rows(sn_table *t, const json_t *tornado, sn_span *all)
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
                      (sn_span){fmin(low, high), fmax(low, high)}, all);
        }
    }
}

static const json_t *tornado_of(const sn_chart_page *page, const json_t *batch)
{
    const json_t *cell = json_array_get(json_object_get(batch, "cells"), 0);
    return sn_node_at(sn_node_at(cell, "comparisons", sn_page_compared(page), "tornado"),
                      "price_change_eur_per_mwh", "SE1", NULL);
}

/* A batch any of whose comparisons has bars. */
static bool is_tornado(const json_t *batch)
{
    const json_t *cell = json_array_get(json_object_get(batch, "cells"), 0);
    const char *name;
    const json_t *one;
    json_object_foreach(json_object_get(cell, "comparisons"), name, one)
    {
        if (json_object_size(json_object_get(one, "tornado")) > 0) {
            return true;
        }
    }
    return false;
}

void sn_chart_uncertainty(sn_chart_page *page)
{
    sn_table t;
    sn_span all = {0.0, 0.0};
    char text[2][SN_NUMBER_SIZE];
    const json_t *tornado =
        tornado_of(page, sn_page_data_like(page, "snitt-batch-1", is_tornado));
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
change_rows(sn_table *t, const json_t *parts, double factor, int decimals, sn_span *all)
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
        const json_t *interval =
            json_object_get(parts, k == 0 ? "before_interval" : "after_interval");
        double lo = total ? sn_number_at(interval, "lo", NULL, NULL) * factor : NAN;
        double hi = total ? sn_number_at(interval, "hi", NULL, NULL) * factor : NAN;
        sn_table_number(t, lo);
        sn_table_number(t, hi);
        sn_table_end_row(t);
        running = from + value;
        sn_span_widen(all, running);
        sn_span_widen(all, lo);
        sn_span_widen(all, hi);
    }
}

void sn_chart_changes(sn_chart_page *page)
{
    const json_t *data = sn_page_data(page, "snitt-compare-1");
    const json_t *parts = sn_node_at(data, "comparisons", sn_page_compared(page), NULL);
    char text[2][SN_NUMBER_SIZE];
    sn_span all[3] = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}};
    sn_table t;
    if (parts == NULL) {
        sn_page_lacks(page, "kör snitt compare A B -o FIL och ange --data FIL",
                      "run snitt compare A B -o FILE and give --data FILE");
        return;
    }
    const json_t *north = sn_node_at(parts, "price_change_eur_per_mwh", "SE1", NULL);
    const json_t *south = sn_node_at(parts, "price_change_eur_per_mwh", "SE4", NULL);
    const json_t *sweden = json_object_get(parts, "sweden_meur");
    double after = sn_number_at(sweden, "after", NULL, NULL);
    sn_money money = sn_page_money(page, isfinite(after) ? after : 0.0);
    sn_table_open(
        &t, page,
        sn_page_words(page, "steg|värde (SE1 EUR/MWh, SE4 EUR/MWh, Sverige)|från|till",
                      "step|value (SE1 EUR/MWh, SE4 EUR/MWh, Sweden)|from|to"));
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
    sn_chart_interval interval;
    bool any = sn_interval_of(json_object_get(north, "after_interval"), &interval);
    sn_page_note_interval(page, any, &interval);
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

/* ---- what draws a file of data --------------------------------------------------- */

const char *sn_chart_of_data(const json_t *data)
{
    static const struct {
        const char *schema;
        bool (*is)(const json_t *data);
        const char *chart;
    } known[] = {
        {"snitt-municipalities-1", NULL, "Q3"}, {"snitt-portfolio-1", NULL, "Q4, Q5"},
        {"snitt-batch-1", is_lines, "Q11"},     {"snitt-batch-1", is_tornado, "Q14"},
        {"snitt-compare-1", NULL, "Q15"},
    };
    const char *schema = sn_text_at(data, "schema", NULL, NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].schema, schema) == 0 &&
            (known[i].is == NULL || known[i].is(data))) {
            return known[i].chart;
        }
    }
    return "";
}
