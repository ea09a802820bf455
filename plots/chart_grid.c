/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid: full lines (Q7), trade with the neighbours (Q8), the worst week (Q12). */
#include "chart_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A cut counts as full when the prices differ by more than this. */
static const double difference_eur_per_mwh = 1.0;

static const char *const cut_from[SN_CUTS] = {"SE1", "SE2", "SE3"};
static const char *const cut_to[SN_CUTS] = {"SE2", "SE3", "SE4"};

/* ---- Q7 -------------------------------------------------------------------------- */

enum { DAYS = 366, HOURS = 24, RANKS = 400 };

typedef struct cut_hours {
    double *difference[SN_CUTS]; /* [n], the to-area less the from-area */
    size_t n;
} cut_hours;

typedef struct cut_sums {
    double share;
    double mean;
    double highest; /* 98th percentile of the size, for the colours */
} cut_sums;

static void read_cuts(sn_chart_page *page, cut_hours *cuts)
{
    size_t width = 0;
    double *price = sn_page_read(page, "/observed/price_eur_per_mwh", &cuts->n, &width);
    for (size_t k = 0; k < SN_CUTS && price != NULL; k++) {
        size_t from = sn_result_find_area(page->job->result, cut_from[k]);
        size_t to = sn_result_find_area(page->job->result, cut_to[k]);
        double *d = malloc((cuts->n + 1) * sizeof *d);
        cuts->difference[k] = d;
        if (d == NULL) {
            sn_page_fail(page, sn_error_set(page->err, SN_E_MEMORY, "out of memory"));
            break;
        }
        for (size_t t = 0; t < cuts->n; t++) {
            d[t] = from < width && to < width
                       ? price[t * width + to] - price[t * width + from]
                       : NAN;
        }
    }
    free(price);
}

static int day_of_year(sn_civil local)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    bool leap = (local.year % 4 == 0 && local.year % 100 != 0) || local.year % 400 == 0;
    return before[local.month - 1] + local.day - 1 + (leap && local.month > 2 ? 1 : 0);
}

/* Mean difference of each local hour: quarters and the doubled autumn hour are
 * averaged, the hour that spring skips stays empty. */
static void heat_table(sn_chart_page *page, const cut_hours *cuts)
{
    const sn_axis *time = sn_result_time(page->job->result);
    double(*sum)[SN_CUTS] = calloc(DAYS * HOURS, sizeof *sum);
    double(*count)[SN_CUTS] = calloc(DAYS * HOURS, sizeof *count);
    sn_table t;
    if (sum == NULL || count == NULL) {
        sn_page_fail(page, sn_error_set(page->err, SN_E_MEMORY, "out of memory"));
    }
    for (size_t i = 0; i < cuts->n && page->status == SN_OK; i++) {
        sn_civil local = sn_instant_to_cet(sn_axis_at(time, i));
        size_t cell = (size_t)day_of_year(local) * HOURS + (size_t)local.hour;
        for (size_t k = 0; k < SN_CUTS; k++) {
            if (isfinite(cuts->difference[k][i])) {
                sum[cell][k] += fabs(cuts->difference[k][i]);
                count[cell][k] += 1.0;
            }
        }
    }
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "dag på året|timme|prisskillnad SE1–SE2 "
                                "EUR/MWh|SE2–SE3|SE3–SE4",
                                "day of year|hour|price difference SE1–SE2 "
                                "EUR/MWh|SE2–SE3|SE3–SE4"));
    for (size_t cell = 0; cell < DAYS * HOURS && page->status == SN_OK; cell++) {
        sn_table_number(&t, (double)(cell / HOURS + 1));
        sn_table_number(&t, (double)(cell % HOURS));
        page->n_finite -= 2; /* a day and an hour are no values */
        for (size_t k = 0; k < SN_CUTS; k++) {
            sn_table_number(&t,
                            count[cell][k] > 0.0 ? sum[cell][k] / count[cell][k] : NAN);
        }
        sn_table_end_row(&t);
    }
    sn_table_save(&t, "q07");
    free(sum);
    free(count);
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x < y) - (x > y);
}

static cut_sums sums_of(double *difference, size_t n, size_t *n_finite)
{
    cut_sums s = {0.0, 0.0, 0.0};
    size_t m = 0;
    for (size_t t = 0; t < n; t++) {
        if (isfinite(difference[t])) {
            difference[m++] = difference[t];
        }
    }
    *n_finite = m;
    for (size_t t = 0; t < m; t++) {
        s.share += fabs(difference[t]) > difference_eur_per_mwh ? 1.0 : 0.0;
        s.mean += difference[t];
    }
    if (m == 0) {
        return (cut_sums){NAN, NAN, 0.0};
    }
    s.share /= (double)m;
    s.mean /= (double)m;
    qsort(difference, m, sizeof *difference, descending);
    s.highest = fmax(difference[m / 50], fabs(difference[m - 1 - m / 50]));
    return s;
}

static void duration_table(sn_chart_page *page, const cut_hours *cuts, const size_t *n)
{
    sn_table t;
    double lo = 0.0;
    double hi = 0.0;
    sn_table_open(&t, page,
                  sn_page_words(page, "% av timmarna|SE1–SE2 EUR/MWh|SE2–SE3|SE3–SE4",
                                "% of hours|SE1–SE2 EUR/MWh|SE2–SE3|SE3–SE4"));
    for (size_t i = 0; i <= RANKS; i++) {
        sn_table_position(&t, 100.0 * (double)i / RANKS);
        for (size_t k = 0; k < SN_CUTS; k++) {
            size_t at = n[k] == 0 ? 0 : (n[k] - 1) * i / RANKS;
            double d = n[k] == 0 ? NAN : cuts->difference[k][at];
            sn_table_number(&t, d);
            lo = fmin(lo, d);
            hi = fmax(hi, d);
        }
        sn_table_end_row(&t);
    }
    sn_table_save(&t, "q07_duration");
    sn_page_range(page, "y", lo, hi, true);
}

static void cut_labels(sn_chart_page *page, const cut_sums *sums)
{
    sn_table t;
    char number[2][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    sn_table_open(&t, page,
                  sn_page_words(page, "snitt|% av timmarna|medelskillnad EUR/MWh",
                                "cut|% of hours|mean difference EUR/MWh"));
    for (size_t k = 0; k < SN_CUTS; k++) {
        char name[16];
        sn_writer text;
        sn_writer_init(&text, page->err);
        (void)snprintf(name, sizeof name, "%s–%s", cut_from[k], cut_to[k]);
        sn_fill(&text,
                sn_page_words(page, "{}: fullt {} % av timmarna, i medel {} EUR/MWh",
                              "{}: full in {} % of hours, mean {} EUR/MWh"),
                name, sn_format_number(100.0 * sums[k].share, 1, sv, number[0]),
                sn_format_number(sums[k].mean, 2, sv, number[1]), NULL);
        sn_table_text(&t, name);
        sn_table_number(&t, 100.0 * sums[k].share);
        sn_table_number(&t, sums[k].mean);
        sn_table_label(&t, text.text.data);
        sn_table_end_row(&t);
        sn_writer_release(&text);
    }
    sn_table_save(&t, "q07_cuts");
}

void sn_chart_cuts(sn_chart_page *page)
{
    cut_hours cuts = {{NULL, NULL, NULL}, 0};
    cut_sums sums[SN_CUTS];
    size_t n[SN_CUTS] = {0, 0, 0};
    double highest = 5.0;
    char text[SN_NUMBER_SIZE];
    read_cuts(page, &cuts);
    if (page->status == SN_OK && cuts.n > 0) {
        heat_table(page, &cuts);
        for (size_t k = 0; k < SN_CUTS; k++) {
            sums[k] = sums_of(cuts.difference[k], cuts.n, &n[k]);
            highest = fmax(highest, sums[k].highest);
        }
        duration_table(page, &cuts, n);
        cut_labels(page, sums);
        size_t worst = sums[2].share > sums[1].share ? 2 : 1;
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Priset skiljer sig oftast mellan {} och {}: {} % av "
                              "timmarna.",
                              "Prices differ most often between {} and {}: in {} % of "
                              "hours."),
                cut_from[worst], cut_to[worst],
                sn_format_number(100.0 * sums[worst].share, 0, page->job->swedish, text),
                NULL);
    }
    sn_page_set(page, "highest", 5.0 * ceil(highest / 5.0));
    sn_write(
        &page->note,
        sn_page_words(page,
                      "Färg: prisskillnad, EUR/MWh; lodrätt dygnets timmar. Fullt: "
                      "priserna skiljer sig mer än 1 EUR/MWh. Dagens fyra områden, "
                      "observerade priser. ",
                      "Colour: price difference, EUR/MWh; upwards the hours of the "
                      "day. Full: prices differ by more than 1 EUR/MWh. Today's four "
                      "areas, observed prices. "));
    for (size_t k = 0; k < SN_CUTS; k++) {
        free(cuts.difference[k]);
    }
}

/* ---- Q8 -------------------------------------------------------------------------- */

enum { COUNTRIES_MAX = 16 };

typedef struct country {
    const char *code; /* first two letters of the areas */
    const char *sv;
    const char *en;
    double before_twh;
    double after_twh;
} country;

static const country countries[] = {
    {"NO", "Norge", "Norway", 0.0, 0.0},    {"DK", "Danmark", "Denmark", 0.0, 0.0},
    {"FI", "Finland", "Finland", 0.0, 0.0}, {"DE", "Tyskland", "Germany", 0.0, 0.0},
    {"PL", "Polen", "Poland", 0.0, 0.0},    {"LT", "Litauen", "Lithuania", 0.0, 0.0},
};
enum { N_COUNTRY = sizeof countries / sizeof *countries };

/* Country at the other end of a border that begins or ends in Sweden; sign of an
 * export from Sweden along it. */
static size_t country_of(const char *border, double *sign_out)
{
    const char *dash = strchr(border, '-');
    if (dash == NULL) {
        return N_COUNTRY;
    }
    bool from = strncmp(border, "SE", 2) == 0;
    bool to = strncmp(dash + 1, "SE", 2) == 0;
    if (from == to) {
        return N_COUNTRY;
    }
    const char *abroad = from ? dash + 1 : border;
    *sign_out = from ? 1.0 : -1.0;
    size_t i = 0;
    while (i < N_COUNTRY && strncmp(countries[i].code, abroad, 2) != 0) {
        i++;
    }
    return i;
}

static void
exports_of(sn_chart_page *page, const char *configuration, double twh[N_COUNTRY])
{
    size_t n = 0;
    size_t width = 0;
    const sn_result *result = page->job->result;
    double step_h = sn_result_time(result)->step_s / 3600.0;
    double *flow = sn_page_read_configuration(page, configuration, "flow_mw", &n, &width);
    for (size_t i = 0; i < N_COUNTRY; i++) {
        twh[i] = NAN;
    }
    for (size_t b = 0; b < width && flow != NULL; b++) {
        double sign = 0.0;
        size_t i = country_of(sn_result_border(result, b), &sign);
        for (size_t t = 0; t < n && i < N_COUNTRY; t++) {
            double mw = flow[t * width + b];
            if (isfinite(mw)) {
                twh[i] = (isnan(twh[i]) ? 0.0 : twh[i]) + sign * mw * step_h * 1e-6;
            }
        }
    }
    free(flow);
}

static void export_table(sn_chart_page *page,
                         const double *before,
                         const double *after,
                         sn_chart_interval *interval)
{
    sn_table t;
    double lo = 0.0;
    double hi = 0.0;
    double sum[2] = {0.0, 0.0};
    char text[2][SN_NUMBER_SIZE];
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "land|nettoexport i dag TWh|ändrad indelning TWh|från|"
                                "till",
                                "country|net export today TWh|the other split TWh|from|"
                                "to"));
    for (size_t i = 0; i < N_COUNTRY; i++) {
        if (isnan(before[i]) && isnan(after[i])) {
            continue;
        }
        sn_table_text(&t, sn_page_words(page, countries[i].sv, countries[i].en));
        sn_table_number(&t, before[i]);
        sn_table_number(&t, after[i]);
        sn_table_label_change(&t, before[i], 1);
        sn_table_label_change(&t, after[i], 1);
        sn_chart_interval change;
        if (sn_page_interval(page, "net_export_change_twh", countries[i].code, &change)) {
            *interval = change;
        }
        double ends[2] = {before[i] + change.lo, before[i] + change.hi};
        sn_table_number(&t, ends[0]);
        sn_table_number(&t, ends[1]);
        sn_table_position(&t, after[i] >= 0.0 ? fmax(after[i], ends[1])
                                              : fmin(after[i], ends[0]));
        sn_table_end_row(&t);
        lo = fmin(lo, fmin(fmin(before[i], after[i]), ends[0]));
        hi = fmax(hi, fmax(fmax(before[i], after[i]), ends[1]));
        sum[0] += isfinite(before[i]) ? before[i] : 0.0;
        sum[1] += isfinite(after[i]) ? after[i] : 0.0;
    }
    if (t.n_row > 0) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Sveriges nettoexport: {} TWh i dag, {} TWh med ändrad "
                              "indelning.",
                              "Sweden's net export: {} TWh today, {} TWh with the "
                              "other split."),
                sn_format_number(sum[0], 1, page->job->swedish, text[0]),
                sn_format_number(sum[1], 1, page->job->swedish, text[1]), NULL);
    }
    sn_table_save(&t, "q08");
    sn_page_range(page, "x", lo, hi, true);
    sn_page_set(page, "air", 0.1 * (hi - lo));
}

static void abroad_table(sn_chart_page *page)
{
    size_t i;
    const json_t *area;
    sn_table t;
    double lo = 0.0;
    double hi = 0.0;
    const json_t *all = json_object_get(page->job->summary, "configurations");
    sn_table_open(&t, page,
                  sn_page_words(page, "elområde|i dag EUR/MWh|ändring EUR/MWh|från|till",
                                "area|today EUR/MWh|change EUR/MWh|from|to"));
    json_array_foreach(json_object_get(page->job->summary, "areas"), i, area)
    {
        const char *name = sn_text_of(area);
        double before = sn_number_at(
            sn_node_at(all, sn_page_base(page), "price_mean_eur_per_mwh", NULL), name,
            NULL, NULL);
        double after = sn_number_at(
            sn_node_at(all, sn_page_compared(page), "price_mean_eur_per_mwh", NULL), name,
            NULL, NULL);
        if (strncmp(name, "SE", 2) == 0 || isnan(before) || isnan(after)) {
            continue;
        }
        sn_table_text(&t, name);
        sn_table_number(&t, before);
        sn_table_number(&t, after - before);
        sn_table_label_change(&t, after - before, 1);
        sn_chart_interval change;
        (void)sn_page_interval(page, "price_change_abroad_eur_per_mwh", name, &change);
        sn_table_number(&t, change.lo);
        sn_table_number(&t, change.hi);
        sn_table_position(&t, after >= before ? fmax(after - before, change.hi)
                                              : fmin(after - before, change.lo));
        sn_table_end_row(&t);
        lo = fmin(lo, fmin(after - before, change.lo));
        hi = fmax(hi, fmax(after - before, change.hi));
    }
    sn_table_save(&t, "q08_prices");
    sn_page_range(page, "p", lo, hi, true);
    sn_page_set(page, "p_air", 0.1 * (hi - lo));
}

void sn_chart_neighbours(sn_chart_page *page)
{
    double before[N_COUNTRY];
    double after[N_COUNTRY];
    exports_of(page, sn_page_base(page), before);
    exports_of(page, sn_page_compared(page), after);
    sn_chart_interval interval = {NAN, NAN, NAN, NAN};
    export_table(page, before, after, &interval);
    abroad_table(page);
    sn_write(&page->note,
             sn_page_words(page,
                           "Priser i Tyskland, Polen, Baltikum och Nederländerna hålls "
                           "som de var. ",
                           "Prices in Germany, Poland, the Baltics and the Netherlands "
                           "are held. "));
    sn_page_note_interval(page, isfinite(interval.lo), &interval);
}

/* ---- Q12 ------------------------------------------------------------------------- */

enum { WEEK_H = 168, WEEKS_SHOWN = 8, WEEKS_MAX = 64 };

typedef struct week {
    size_t first; /* time index */
    double wanted_over_mw;
    double shortfall_mw;
    double shortfall_h;
    double load_mw;
} week;

typedef struct worst_data {
    double *wanted;    /* (time, border) flow the market would have */
    double *limit;     /* (time, border) */
    double *shortfall; /* (time, area) */
    double *load;
    size_t n;
    size_t n_border;
    size_t n_area;
    size_t border; /* the tightest cut */
    const char *border_name;
} worst_data;

static double over_mw(const worst_data *d, size_t t, size_t border)
{
    double over =
        d->wanted[t * d->n_border + border] - d->limit[t * d->n_border + border];
    return isfinite(over) ? over : 0.0;
}

static bool read_worst(sn_chart_page *page, worst_data *d)
{
    static const char *const names[SN_CUTS] = {"SE1-SE2", "SE2-SE3", "SE3-SE4"};
    size_t n_area = 0;
    size_t n[4] = {0, 0, 0, 0};
    const char *other = sn_page_compared(page);
    d->wanted =
        sn_page_read_configuration(page, other, "cut_flow_mw", &n[0], &d->n_border);
    d->limit = sn_page_read_configuration(page, other, "cut_max_mw", &n[1], &d->n_border);
    d->shortfall =
        sn_page_read_configuration(page, other, "shortfall_mw", &n[2], &d->n_area);
    d->load = sn_page_read(page, "/observed/load_mw", &n[3], &n_area);
    d->n = n[0];
    if (page->status != SN_OK || d->wanted == NULL || d->limit == NULL ||
        d->shortfall == NULL || d->load == NULL || n[1] != d->n || n[2] != d->n ||
        n[3] != d->n || n_area != d->n_area) {
        return false;
    }
    double most = -1.0;
    for (size_t k = 0; k < SN_CUTS; k++) {
        size_t border = sn_result_find_border(page->job->result, names[k]);
        double sum = 0.0;
        for (size_t t = 0; t < d->n && border < d->n_border; t++) {
            sum += fmax(over_mw(d, t, border), 0.0);
        }
        if (border < d->n_border && sum > most) {
            most = sum;
            d->border = border;
            d->border_name = names[k];
        }
    }
    return most >= 0.0;
}

static void hour_of(const sn_result *result, const worst_data *d, size_t t, week *w)
{
    double load = 0.0;
    double lacks = 0.0;
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        size_t area = sn_result_find_area(result, sn_chart_areas[z]);
        if (area < d->n_area) {
            double mw = d->load[t * d->n_area + area];
            double short_mw = d->shortfall[t * d->n_area + area];
            load += isfinite(mw) ? mw : 0.0;
            lacks += isfinite(short_mw) ? short_mw : 0.0;
        }
    }
    double over = over_mw(d, t, d->border);
    w->load_mw = fmax(w->load_mw, load);
    w->shortfall_mw = fmax(w->shortfall_mw, lacks);
    w->shortfall_h += lacks > 0.5 ? 1.0 : 0.0;
    w->wanted_over_mw = fmax(w->wanted_over_mw, over);
}

/* Shortage first, then what had to be moved. */
static int by_severity(const void *a, const void *b)
{
    const week *x = a;
    const week *y = b;
    if (x->shortfall_mw != y->shortfall_mw) {
        return (x->shortfall_mw < y->shortfall_mw) - (x->shortfall_mw > y->shortfall_mw);
    }
    if (x->wanted_over_mw != y->wanted_over_mw) {
        return (x->wanted_over_mw < y->wanted_over_mw) -
               (x->wanted_over_mw > y->wanted_over_mw);
    }
    return (x->first > y->first) - (x->first < y->first);
}

static void week_name(const sn_chart_page *page, size_t t, char text[24])
{
    sn_civil c = sn_instant_to_cet(sn_axis_at(sn_result_time(page->job->result), t));
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (page->job->swedish) {
        (void)snprintf(text, 24, "%d/%d", (int)c.day, (int)c.month);
    } else {
        (void)snprintf(text, 24, "%d %s", (int)c.day, months[c.month - 1]);
    }
}

static void weeks_table(sn_chart_page *page, const week *weeks, size_t n)
{
    sn_table t;
    double hi = 1.0;
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "vecka från|mothandel som mest MW|brist efter mothandel "
                                "MW|timmar med brist|högsta last MW",
                                "week from|most countertrade MW|shortage after "
                                "countertrade MW|hours short|highest load MW"));
    for (size_t k = 0; k < n && k < WEEKS_SHOWN; k++) {
        char name[24];
        week_name(page, weeks[k].first, name);
        sn_table_text(&t, name);
        sn_table_number(&t, fmax(weeks[k].wanted_over_mw, 0.0));
        sn_table_number(&t, weeks[k].shortfall_mw);
        sn_table_number(&t, weeks[k].shortfall_h);
        sn_table_number(&t, weeks[k].load_mw);
        sn_table_label_number(&t, fmax(weeks[k].wanted_over_mw, 0.0), 0);
        sn_table_label_number(&t, weeks[k].shortfall_mw, 0);
        sn_table_end_row(&t);
        hi = fmax(hi, fmax(weeks[k].wanted_over_mw, weeks[k].shortfall_mw));
    }
    sn_table_save(&t, "q12");
    sn_page_range(page, "w", 0.0, hi, true);
}

static void hours_table(sn_chart_page *page, const worst_data *d, size_t first, size_t n)
{
    static const char *const sv[] = {"mån", "tis", "ons", "tor", "fre", "lör", "sön"};
    static const char *const en[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    sn_table t;
    double lo = INFINITY;
    double hi = -INFINITY;
    sn_table_open(&t, page,
                  sn_page_words(page, "tid UTC|önskat flöde MW|gräns MW",
                                "time UTC|flow wanted MW|limit MW"));
    for (size_t i = first; i < first + n; i++) {
        char when[SN_INSTANT_TEXT_SIZE];
        sn_instant at = sn_axis_at(sn_result_time(page->job->result), i);
        sn_civil c = sn_instant_to_cet(at);
        int day = sn_civil_weekday(&c);
        double wanted = d->wanted[i * d->n_border + d->border];
        double limit = d->limit[i * d->n_border + d->border];
        sn_table_text(&t, sn_instant_format(at, when));
        sn_table_number(&t, wanted);
        sn_table_number(&t, limit);
        sn_table_label(&t, c.hour == 12 && c.minute == 0
                               ? sn_page_words(page, sv[day], en[day])
                               : "");
        sn_table_end_row(&t);
        lo = fmin(lo, fmin(wanted, limit));
        hi = fmax(hi, fmax(wanted, limit));
    }
    sn_table_save(&t, "q12_week");
    sn_page_range(page, "y", lo, hi, false);
}

static size_t find_weeks(sn_chart_page *page, const worst_data *d, week *weeks)
{
    size_t step =
        (size_t)(WEEK_H * (SN_HOUR_S / sn_result_time(page->job->result)->step_s));
    size_t n = 0;
    for (size_t first = 0; first < d->n && n < WEEKS_MAX; first += step) {
        weeks[n] = (week){.first = first};
        for (size_t t = first; t < first + step && t < d->n; t++) {
            hour_of(page->job->result, d, t, &weeks[n]);
        }
        n++;
    }
    qsort(weeks, n, sizeof *weeks, by_severity);
    return n;
}

static void worst_finding(sn_chart_page *page, const worst_data *d, const week *worst)
{
    char text[3][SN_NUMBER_SIZE];
    char name[24];
    bool sv = page->job->swedish;
    week_name(page, worst->first, name);
    if (worst->shortfall_mw > 0.5) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Värsta veckan (från {}) saknas som mest {} MW efter "
                              "mothandel, under {} timmar.",
                              "In the worst week (from {}) at most {} MW lack after "
                              "countertrade, in {} hours."),
                name, sn_format_number(worst->shortfall_mw, 0, sv, text[0]),
                sn_format_number(worst->shortfall_h, 0, sv, text[1]), NULL);
        return;
    }
    sn_fill(&page->finding,
            sn_page_words(page,
                          "Ingen brist: mothandeln räcker alla timmar. Som mest flyttas "
                          "{} MW bort från {} (veckan från {}).",
                          "No shortage: countertrade is enough in every hour. At most "
                          "{} MW are moved off {} (week from {})."),
            sn_format_number(worst->wanted_over_mw, 0, sv, text[0]), d->border_name, name,
            NULL);
}

void sn_chart_worst_week(sn_chart_page *page)
{
    worst_data d = {0};
    week weeks[WEEKS_MAX];
    if (read_worst(page, &d) && d.n > 0) {
        size_t n = find_weeks(page, &d, weeks);
        size_t hours = d.n - weeks[0].first;
        size_t step =
            (size_t)(WEEK_H * (SN_HOUR_S / sn_result_time(page->job->result)->step_s));
        weeks_table(page, weeks, n);
        hours_table(page, &d, weeks[0].first, hours < step ? hours : step);
        worst_finding(page, &d, &weeks[0]);
    }
    sn_page_note_no_interval(page, "värsta veckan är en enda under ett enda år",
                             "the worst week is a single one of a single year");
    sn_write(&page->note,
             sn_page_words(page, "Brist sedan all reglerbar kraft i modellen är använd. ",
                           "Shortage once all adjustable power of the model is used. "));
    free(d.wanted);
    free(d.limit);
    free(d.shortfall);
    free(d.load);
}
