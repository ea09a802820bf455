/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prices: what we would have paid (Q1), wind power's price (Q10), history (Q16). */
#include "chart_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The use that a household's sum is given for: a house with electric heating. */
static const double house_kwh_per_year = 20000.0;

static double mean_price(const sn_chart_page *page, const char *configuration, size_t z)
{
    const json_t *node = sn_node_at(page->job->summary, "configurations", configuration,
                                    "price_mean_eur_per_mwh");
    return sn_number_at(node, sn_chart_areas[z], NULL, NULL);
}

/* ---- Q1 -------------------------------------------------------------------------- */

static void price_areas(sn_chart_page *page)
{
    sn_table t;
    double highest = 0.0;
    double lowest = 0.0;
    sn_chart_interval interval = {NAN, NAN, NAN, NAN};
    sn_chart_interval known = interval;
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "elområde|i dag EUR/MWh|med ändrad indelning "
                                "EUR/MWh|intervall från|intervall till",
                                "area|today EUR/MWh|with the other split "
                                "EUR/MWh|interval from|interval to"));
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        double before = mean_price(page, sn_page_base(page), z);
        double after = mean_price(page, sn_page_compared(page), z);
        if (sn_page_interval(page, "price_change_eur_per_mwh", sn_chart_areas[z],
                             &interval)) {
            known = interval;
        }
        sn_table_text(&t, sn_chart_areas[z]);
        sn_table_number(&t, before);
        sn_table_number(&t, after);
        sn_table_number(&t, before + interval.lo);
        sn_table_number(&t, before + interval.hi);
        sn_table_label_number(&t, before, 1);
        sn_table_label_change(&t, after - before, 1);
        sn_table_label_number(&t, after, 1);
        sn_table_position(&t, fmax(fmax(before, after), before + interval.hi));
        sn_table_end_row(&t);
        highest = fmax(highest, fmax(before, after));
        highest = fmax(highest, before + interval.hi);
        lowest = fmin(lowest, fmin(before, after));
    }
    sn_page_range(page, "y", lowest, highest, true);
    sn_page_note_interval(page, isfinite(known.lo), &known);
    sn_table_save(&t, "q01");
}

static void price_years(sn_chart_page *page)
{
    size_t i;
    const json_t *year;
    sn_table t;
    double lo = 0.0;
    double hi = 0.0;
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "år|ändring SE1 EUR/MWh|SE2|SE3|SE4|enkelt medel minus "
                                "dagens pris SE1|SE2|SE3|SE4",
                                "year|change SE1 EUR/MWh|SE2|SE3|SE4|plain mean less "
                                "today's price SE1|SE2|SE3|SE4"));
    json_array_foreach(json_object_get(page->job->summary, "years"), i, year)
    {
        char name[16];
        double naive = sn_number_at(year, "naive_load_weighted", NULL, NULL);
        if (isnan(sn_number_at(year, "change", "SE1", NULL))) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%.0f", sn_number_at(year, "year", NULL, NULL));
        sn_table_text(&t, name);
        for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
            double change = sn_number_at(year, "change", sn_chart_areas[z], NULL);
            sn_table_number(&t, change);
            lo = fmin(lo, change);
            hi = fmax(hi, change);
        }
        for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
            double plain =
                naive - sn_number_at(year, "observed", sn_chart_areas[z], NULL);
            sn_table_number(&t, plain);
            lo = fmin(lo, plain);
            hi = fmax(hi, plain);
        }
        sn_table_end_row(&t);
    }
    sn_page_range(page, "c", lo, hi, true);
    sn_table_save(&t, "q01_years");
}

static void price_finding(sn_chart_page *page)
{
    char text[4][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    double rate = sn_page_rate(page);
    const char *base = sn_page_base(page);
    const char *other = sn_page_compared(page);
    double north = mean_price(page, other, 0) - mean_price(page, base, 0);
    double south = mean_price(page, other, 3) - mean_price(page, base, 3);
    if (!isfinite(north) || !isfinite(south)) {
        return;
    }
    if (isnan(rate)) {
        sn_fill(&page->finding,
                sn_page_words(page, "SE1 {} och SE4 {} EUR/MWh.",
                              "SE1 {} and SE4 {} EUR/MWh."),
                sn_format_change(north, 1, sv, text[0]),
                sn_format_change(south, 1, sv, text[1]), NULL);
        return;
    }
    sn_fill(&page->finding,
            sn_page_words(page,
                          "SE1 {} öre/kWh, SE4 {} öre/kWh. För ett hus med "
                          "20 000 kWh: {} och {} kr om året, före nätavgift för "
                          "mothandel, skatt och moms.",
                          "SE1 {} öre/kWh, SE4 {} öre/kWh. For a house with "
                          "20,000 kWh: {} and {} SEK a year, before the tariff for "
                          "countertrade and taxes."),
            sn_format_change(0.1 * north * rate, 1, sv, text[0]),
            sn_format_change(0.1 * south * rate, 1, sv, text[1]),
            sn_format_change(1e-3 * north * rate * house_kwh_per_year, 0, sv, text[2]),
            sn_format_change(1e-3 * south * rate * house_kwh_per_year, 0, sv, text[3]),
            NULL);
}

void sn_chart_price(sn_chart_page *page)
{
    price_areas(page);
    price_years(page);
    price_finding(page);
    double rate = sn_page_rate(page);
    sn_page_set(page, "ore", isfinite(rate) ? 0.1 * rate : 0.0);
    sn_page_set(page, "one", sn_page_one_area(page) ? 1.0 : 0.0);
}

/* ---- Q10 ------------------------------------------------------------------------- */

typedef struct wind_sums {
    double wind_mwh;
    double paid_eur;
    double price_sum;
    double n;
} wind_sums;

static void wind_of(sn_chart_page *page,
                    const char *configuration,
                    const double *wind_mw,
                    size_t n_wind,
                    wind_sums sums[SN_SWEDISH_AREAS])
{
    size_t n = 0;
    size_t width = 0;
    double *price =
        sn_page_read_configuration(page, configuration, "price_eur_per_mwh", &n, &width);
    memset(sums, 0, SN_SWEDISH_AREAS * sizeof *sums);
    for (size_t z = 0; z < SN_SWEDISH_AREAS && price != NULL && n == n_wind; z++) {
        size_t area = sn_result_find_area(page->job->result, sn_chart_areas[z]);
        for (size_t t = 0; t < n && area < width; t++) {
            double p = price[t * width + area];
            double w = wind_mw[t * width + area];
            if (isfinite(p) && isfinite(w)) {
                sums[z].wind_mwh += w;
                sums[z].paid_eur += w * p;
                sums[z].price_sum += p;
                sums[z].n += 1.0;
            }
        }
    }
    free(price);
}

static double captured(const wind_sums *s)
{
    return s->wind_mwh > 0.0 ? s->paid_eur / s->wind_mwh : NAN;
}

static double value_factor(const wind_sums *s)
{
    double mean = s->n > 0.0 ? s->price_sum / s->n : NAN;
    return mean > 0.0 ? captured(s) / mean : NAN;
}

static void wind_table(sn_chart_page *page,
                       const wind_sums before[SN_SWEDISH_AREAS],
                       const wind_sums after[SN_SWEDISH_AREAS])
{
    sn_table t;
    double hi = 0.0;
    double lo = 0.0;
    double top = 100.0;
    sn_chart_interval change = {NAN, NAN, NAN, NAN};
    sn_chart_interval known = change;
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "elområde|intjäningspris i dag EUR/MWh|med ändrad "
                                "indelning EUR/MWh|andel av medelpriset i dag %|med "
                                "ändrad indelning %|intjäningspris från|till",
                                "area|capture price today EUR/MWh|with the other split "
                                "EUR/MWh|share of mean price today %|with the other "
                                "split %|capture price from|to"));
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        double p0 = captured(&before[z]);
        double p1 = captured(&after[z]);
        double f0 = 100.0 * value_factor(&before[z]);
        double f1 = 100.0 * value_factor(&after[z]);
        sn_table_text(&t, sn_chart_areas[z]);
        sn_table_number(&t, p0);
        sn_table_number(&t, p1);
        sn_table_number(&t, f0);
        sn_table_number(&t, f1);
        sn_table_label_number(&t, p0, 1);
        sn_table_label_number(&t, p1, 1);
        sn_table_label_number(&t, f0, 0);
        sn_table_label_number(&t, f1, 0);
        if (sn_page_interval(page, "wind_price_change_eur_per_mwh", sn_chart_areas[z],
                             &change)) {
            known = change;
        }
        sn_table_number(&t, p0 + change.lo);
        sn_table_number(&t, p0 + change.hi);
        sn_table_position(&t, fmax(p1, p0 + change.hi));
        sn_table_end_row(&t);
        hi = fmax(hi, fmax(fmax(p0, p1), p0 + change.hi));
        lo = fmin(lo, fmin(fmin(p0, p1), p0 + change.lo));
        top = fmax(top, fmax(f0, f1));
    }
    sn_page_range(page, "y", lo, hi, true);
    sn_page_range(page, "f", 0.0, top, true);
    sn_table_save(&t, "q10");
    sn_page_note_interval(page, isfinite(known.lo), &known);
}

void sn_chart_wind(sn_chart_page *page)
{
    size_t n = 0;
    size_t width = 0;
    wind_sums before[SN_SWEDISH_AREAS];
    wind_sums after[SN_SWEDISH_AREAS];
    char text[2][SN_NUMBER_SIZE];
    double *wind_mw = sn_page_read(page, "/observed/wind_mw", &n, &width);
    if (wind_mw == NULL) {
        sn_page_lacks(page, "körningen har ingen vindkraft", "the run has no wind power");
        return;
    }
    wind_of(page, sn_page_base(page), wind_mw, n, before);
    wind_of(page, sn_page_compared(page), wind_mw, n, after);
    free(wind_mw);
    wind_table(page, before, after);
    double north = captured(&after[1]) - captured(&before[1]);
    double meur = after[1].wind_mwh * north * 1e-6;
    sn_money money = sn_page_money(page, meur);
    if (isfinite(north)) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Vindkraften i SE2 får {} EUR/MWh, i allt {} {} på ett "
                              "år med samma produktion.",
                              "Wind power in SE2 gets {} EUR/MWh, in all {} {} in a "
                              "year with the same production."),
                sn_format_change(north, 1, page->job->swedish, text[0]),
                sn_format_change(meur * money.factor, money.decimals, page->job->swedish,
                                 text[1]),
                money.unit, NULL);
    }
}

/* ---- Q16 ------------------------------------------------------------------------- */

typedef struct history_event {
    const char *month;
    const char *sv;
    const char *en;
} history_event;

static const history_event events[] = {
    {"2011-11", "fyra elområden", "four areas"},
    {"2022-03", "energikris i Europa", "energy crisis"},
    {"2024-10", "flödesbaserad handel", "flow-based trade"},
    {"2025-10", "kvartspriser", "quarter-hours"},
};

/* "2019-01" as a year with a fraction; NaN for another text. */
static double month_position(const char *name)
{
    if (strlen(name) != 7 || name[4] != '-' ||
        strspn(name, "0123456789-") != strlen(name)) {
        return NAN;
    }
    return strtod(name, NULL) + (strtod(name + 5, NULL) - 1.0) / 12.0;
}

typedef struct history_span {
    double first;
    double last;
    double lo;
    double hi;
    double gap_lo;
    double gap_hi;
    double end[SN_SWEDISH_AREAS]; /* last price of each area */
} history_span;

static void history_row(sn_table *t, const json_t *month, double at, history_span *span)
{
    double price[SN_SWEDISH_AREAS];
    const char *name = sn_text_at(month, "month", NULL, NULL);
    sn_table_text(t, name);
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        price[z] = sn_number_at(month, "price", sn_chart_areas[z], NULL);
        sn_table_number(t, price[z]);
        span->lo = fmin(span->lo, price[z]);
        span->hi = fmax(span->hi, price[z]);
        span->end[z] = isfinite(price[z]) ? price[z] : span->end[z];
    }
    for (size_t z = 1; z < SN_SWEDISH_AREAS; z++) {
        double gap = price[z] - price[z - 1];
        sn_table_number(t, gap);
        span->gap_lo = fmin(span->gap_lo, gap);
        span->gap_hi = fmax(span->gap_hi, gap);
    }
    sn_table_position(t, at);
    sn_table_end_row(t);
}

static void history_months(sn_chart_page *page, history_span *span)
{
    size_t i;
    const json_t *month;
    sn_table t;
    double last = NAN;
    sn_table_open(&t, page,
                  sn_page_words(page,
                                "månad|SE1 EUR/MWh|SE2|SE3|SE4|SE2 minus SE1|SE3 minus "
                                "SE2|SE4 minus SE3",
                                "month|SE1 EUR/MWh|SE2|SE3|SE4|SE2 less SE1|SE3 less "
                                "SE2|SE4 less SE3"));
    json_array_foreach(json_object_get(page->job->summary, "monthly"), i, month)
    {
        double at = month_position(sn_text_at(month, "month", NULL, NULL));
        if (isnan(at)) {
            continue;
        }
        if (at - last > 1.5 / 12.0) {
            sn_table_break(&t);
        }
        span->first = fmin(span->first, at);
        span->last = fmax(span->last, at);
        last = at;
        history_row(&t, month, at, span);
    }
    sn_table_save(&t, "q16");
}

/* Labels at the right end of lines, moved apart so that none covers another; they keep
 * the order of the lines. */
static void spread_ends(double end[SN_SWEDISH_AREAS], double least)
{
    size_t order[SN_SWEDISH_AREAS]; /* lowest first */
    for (size_t a = 0; a < SN_SWEDISH_AREAS; a++) {
        size_t k = a;
        for (; k > 0 && end[order[k - 1]] > end[a]; k--) {
            order[k] = order[k - 1];
        }
        order[k] = a;
    }
    for (int pass = 0; pass < 200; pass++) {
        for (size_t k = 1; k < SN_SWEDISH_AREAS; k++) {
            double lacks = least - (end[order[k]] - end[order[k - 1]]);
            if (lacks > 0.0) {
                end[order[k]] += 0.5 * lacks;
                end[order[k - 1]] -= 0.5 * lacks;
            }
        }
    }
}

static void history_ends(sn_chart_page *page, history_span *span)
{
    sn_table t;
    spread_ends(span->end, 0.085 * (span->hi - span->lo));
    sn_table_open(&t, page, sn_page_words(page, "elområde", "area"));
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        sn_table_position(&t, span->last);
        sn_table_position(&t, span->end[z]);
        sn_table_label(&t, sn_chart_areas[z]);
        sn_table_end_row(&t);
    }
    sn_table_save(&t, "q16_ends");
    sn_table_open(&t, page, sn_page_words(page, "månad|händelse", "month|event"));
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        double at = month_position(events[i].month);
        if (at >= span->first && at <= span->last) {
            sn_table_text(&t, events[i].month);
            sn_table_text(&t, sn_page_words(page, events[i].sv, events[i].en));
            double width = span->last - span->first;
            sn_table_position(&t, at);
            /* The label is centred on the line unless that would take it outside. */
            sn_table_position(&t, fmin(fmax(at, span->first + 0.08 * width),
                                       span->last - 0.06 * width));
            sn_table_end_row(&t);
        }
    }
    sn_table_save(&t, "q16_events");
}

void sn_chart_history(sn_chart_page *page)
{
    char text[2][SN_NUMBER_SIZE];
    char year[16];
    history_span span = {INFINITY, -INFINITY, 0.0, 1.0, 0.0, 1.0, {NAN, NAN, NAN, NAN}};
    history_months(page, &span);
    history_ends(page, &span);
    bool some = span.last >= span.first;
    sn_page_set(page, "first", some ? span.first : 0.0);
    sn_page_set(page, "last", some ? span.last : 1.0);
    sn_page_range(page, "y", span.lo, span.hi, true);
    sn_page_range(page, "g", span.gap_lo, span.gap_hi, true);
    const json_t *mean =
        sn_node_at(page->job->summary, "observed", "price_mean_eur_per_mwh", NULL);
    double north = sn_number_at(mean, "SE1", NULL, NULL);
    double south = sn_number_at(mean, "SE4", NULL, NULL);
    if (isfinite(north) && isfinite(south)) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Medelpriset under {} var {} EUR/MWh i SE1 och {} "
                              "EUR/MWh i SE4.",
                              "In {} the mean price was {} EUR/MWh in SE1 and {} "
                              "EUR/MWh in SE4."),
                sn_page_year(page, year),
                sn_format_number(north, 1, page->job->swedish, text[0]),
                sn_format_number(south, 1, page->job->swedish, text[1]), NULL);
    }
}
