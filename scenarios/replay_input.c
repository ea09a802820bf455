/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay_input.h"

#include "resample.h"

#include <math.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Thermal production by Swedish area, TWh 2021 (SCB, TAB78): how the national
 * remainder is shared where a year lacks production by type. */
static const double thermal_twh_2021[4] = {1.3, 2.8, 8.3, 3.0};

typedef struct sn_loader {
    const sn_scenario *scenario;
    sn_store *store;
    sn_instant from;
    int32_t step_s;
    size_t n;
    sn_replay_data *out;
    double *work; /* [n] */
} sn_loader;

/* The bytes of doubles are the same on every machine we build for (little-endian). */
static void hash_values(const sn_series *series, char text[65])
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&hash);
    sha256_update(&hash, sizeof series->axis.start.utc_s,
                  (const uint8_t *)&series->axis.start.utc_s);
    double part[256];
    const size_t n_part = sizeof part / sizeof *part;
    for (size_t t = 0; t < series->axis.n; t += n_part) {
        size_t n = series->axis.n - t < n_part ? series->axis.n - t : n_part;
        for (size_t i = 0; i < n; i++) {
            double value = series->value[t + i];
            part[i] = isnan(value) ? (double)NAN : value;
        }
        sha256_update(&hash, n * sizeof *part, (const uint8_t *)part);
    }
    sha256_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", (unsigned)digest[i]);
    }
}

sn_status sn_replay_data_hash(const sn_replay_data *data, char text[65], sn_error *err)
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sn_strbuf lines;
    sn_status status = SN_OK;
    sn_strbuf_init(&lines, 1 << 20);
    for (size_t i = 0; i < data->n_used && status == SN_OK; i++) {
        const sn_series_key *key = &data->used[i].key;
        status = sn_strbuf_printf(&lines, err, "%s %s %s %d %s\n",
                                  sn_quantity_name(key->quantity), key->source,
                                  key->subject, (int)key->step_s, data->used[i].sha256);
    }
    sha256_init(&hash);
    sha256_update(&hash, lines.len, (const uint8_t *)lines.data);
    sha256_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", (unsigned)digest[i]);
    }
    sn_strbuf_release(&lines);
    return status;
}

static void remember(sn_loader *l, const sn_series *series)
{
    const sn_series_key *key = &series->key;
    if (l->out == NULL || l->out->n_used == SN_REPLAY_USED_MAX) {
        return;
    }
    for (size_t i = 0; i < l->out->n_used; i++) {
        if (sn_series_key_compare(&l->out->used[i].key, key) == 0) {
            return;
        }
    }
    hash_values(series, l->out->used[l->out->n_used].sha256);
    l->out->used[l->out->n_used++].key = *key;
    if (strcmp(key->source, "model_year") == 0) {
        l->out->is_model_year = true;
    }
}

/* Fills what is still NaN in to[t * stride] from one series, brought to the loader's
 * step; true when it has a value. */
static bool fill_from_step(sn_loader *l,
                           sn_series_key key,
                           const char *source,
                           const char *subject,
                           double *to,
                           size_t stride)
{
    sn_series series;
    sn_series stepped;
    size_t a = strlen(source);
    size_t b = strlen(subject);
    if (a >= sizeof key.source || b >= sizeof key.subject) {
        return false;
    }
    memcpy(key.source, source, a + 1);
    memcpy(key.subject, subject, b + 1);
    sn_instant to_time = {l->from.utc_s + (int64_t)l->n * l->step_s};
    bool is_there = false;
    if (sn_store_has(l->store, &key, l->from, to_time, &is_there, NULL) != SN_OK ||
        !is_there) {
        return false; /* most of the sources asked, most of the time */
    }
    if (sn_store_read(l->store, &key, l->from, to_time, &series, NULL) != SN_OK) {
        return false;
    }
    sn_resample_rule rule = key.step_s < l->step_s ? SN_RESAMPLE_MEAN : SN_RESAMPLE_HOLD;
    bool any = false;
    if (sn_series_resample(&series, l->step_s, rule, &stepped, NULL) == SN_OK) {
        for (size_t t = 0; t < l->n && t < stepped.axis.n; t++) {
            any = any || !isnan(stepped.value[t]);
            if (isnan(to[t * stride])) {
                to[t * stride] = stepped.value[t];
            }
        }
        sn_series_release(&stepped);
    }
    if (any) {
        remember(l, &series);
    }
    sn_series_release(&series);
    return any;
}

/* Hours and quarter-hours of one source are one history: the market's own step first,
 * the other brought to it. */
static bool fill_from(sn_loader *l,
                      sn_quantity quantity,
                      const char *source,
                      const char *subject,
                      double *to,
                      size_t stride)
{
    const int32_t other_s = l->step_s == SN_HOUR_S ? SN_QUARTER_S : SN_HOUR_S;
    sn_series_key own = {.quantity = quantity, .step_s = l->step_s};
    sn_series_key other = {.quantity = quantity, .step_s = other_s};
    bool any = fill_from_step(l, own, source, subject, to, stride);
    return fill_from_step(l, other, source, subject, to, stride) || any;
}

static bool fill(sn_loader *l,
                 sn_source_use use,
                 sn_quantity quantity,
                 const char *subject,
                 double *to,
                 size_t stride)
{
    const sn_source_list *list = &l->scenario->source[use];
    bool any = false;
    for (size_t i = 0; i < list->n; i++) {
        any = fill_from(l, quantity, list->name[i], subject, to, stride) || any;
    }
    return any;
}

static double *new_array(size_t n)
{
    double *array = malloc((n + 1) * sizeof *array);
    for (size_t i = 0; array != NULL && i < n; i++) {
        array[i] = NAN;
    }
    return array;
}

/* SEK per EUR of each day as the exchange used it: SE3 in both currencies. */
static bool implied_rate(sn_loader *l, double *rate)
{
    double *eur = new_array(l->n);
    double *sek = new_array(l->n);
    bool any = eur != NULL && sek != NULL &&
               fill(l, SN_USE_PRICE, SN_PRICE_EUR, "SE3", eur, 1) &&
               fill(l, SN_USE_PRICE, SN_PRICE_SEK, "SE3", sek, 1);
    double last = NAN;
    size_t periods = (size_t)(SN_DAY_S / l->step_s);
    for (size_t day = 0; any && day < l->n; day += periods) {
        double a = 0.0;
        double b = 0.0;
        for (size_t t = day; t < day + periods && t < l->n; t++) {
            if (!isnan(eur[t]) && !isnan(sek[t]) && fabs(eur[t]) > 1.0) {
                a += fabs(eur[t]);
                b += fabs(sek[t]);
            }
        }
        last = a > 0.0 ? b / a : last;
        for (size_t t = day; t < day + periods && t < l->n; t++) {
            rate[t] = last;
        }
    }
    free(eur);
    free(sek);
    return any;
}

static bool load_price(sn_loader *l, const char *area, double *to, size_t stride)
{
    bool any = fill(l, SN_USE_PRICE, SN_PRICE_EUR, area, to, stride);
    bool whole = any;
    for (size_t t = 0; t < l->n && whole; t++) {
        whole = !isnan(to[t * stride]);
    }
    if (whole) {
        return true;
    }
    double *sek = new_array(l->n);
    double *rate = new_array(l->n);
    if (sek != NULL && rate != NULL &&
        fill(l, SN_USE_PRICE, SN_PRICE_SEK, area, sek, 1) && implied_rate(l, rate)) {
        for (size_t t = 0; t < l->n; t++) {
            if (isnan(to[t * stride]) && !isnan(sek[t]) && !isnan(rate[t])) {
                to[t * stride] = round(100.0 * sek[t] / rate[t]) / 100.0;
                any = true;
            }
        }
    }
    free(sek);
    free(rate);
    return any;
}

static sn_loader loader_of(const sn_scenario *s,
                           sn_store *store,
                           int32_t year,
                           int32_t step_s,
                           sn_replay_data *out)
{
    /* The market's year: local days, so an hour before the UTC year. */
    sn_instant from = sn_cet_day_start(sn_instant_of_year(year));
    int64_t end = sn_cet_day_start(sn_instant_of_year(year + 1)).utc_s;
    if (year == s->year && s->has_from) {
        from = sn_cet_day_start(s->from);
    }
    if (year == s->year && s->has_to) {
        end = sn_cet_day_start(s->to).utc_s;
    }
    return (sn_loader){s,   store, from, step_s, (size_t)((end - from.utc_s) / step_s),
                       out, NULL};
}

bool sn_replay_price_year(const sn_scenario *scenario,
                          sn_store *store,
                          const char *area,
                          int32_t year,
                          double price[SN_YEAR_HOURS_MAX],
                          sn_axis *axis_out)
{
    sn_instant from = sn_cet_day_start(sn_instant_of_year(year));
    int64_t end_s = sn_cet_day_start(sn_instant_of_year(year + 1)).utc_s;
    sn_loader l = loader_of(scenario, store, year, SN_HOUR_S, NULL);
    l.from = from; /* the whole year, whatever part of it the scenario runs */
    l.n = (size_t)((end_s - from.utc_s) / SN_HOUR_S);
    *axis_out = (sn_axis){from, SN_HOUR_S, l.n};
    for (size_t t = 0; t < l.n; t++) {
        price[t] = NAN;
    }
    return load_price(&l, area, price, 1);
}

/* ---- generation ---- */

static const sn_quantity quantity_of[SN_TECH_COUNT] = {
    [SN_TECH_HYDRO] = SN_HYDRO,     [SN_TECH_WIND] = SN_WIND,
    [SN_TECH_SOLAR] = SN_SOLAR,     [SN_TECH_NUCLEAR] = SN_NUCLEAR,
    [SN_TECH_THERMAL] = SN_THERMAL,
};

static bool national(sn_loader *l, sn_quantity quantity, double *to)
{
    for (size_t t = 0; t < l->n; t++) {
        to[t] = NAN;
    }
    return fill(l, SN_USE_GENERATION, quantity, "SE", to, 1);
}

typedef struct sn_sweden {
    double *total[4];
    double *wind_forecast[4];
    double *hydro, *wind, *nuclear, *solar;
} sn_sweden;

static const char *const se[4] = {"SE1", "SE2", "SE3", "SE4"};

static double or_zero(double value)
{
    return isnan(value) ? 0.0 : value;
}

/* M-14: production less nuclear, wind and thermal; national totals shared. */
static void
estimate_hour(sn_loader *l, const sn_sweden *d, size_t t, const size_t index[4])
{
    size_t n_area = l->scenario->n_area;
    double forecast = 0.0;
    double all = 0.0;
    for (size_t k = 0; k < 4; k++) {
        forecast += or_zero(d->wind_forecast[k][t]);
        all += d->total[k][t];
    }
    double nuclear = d->nuclear[t];
    double rest = all - nuclear - d->wind[t] - d->hydro[t] - or_zero(d->solar[t]);
    double thermal = isnan(rest) ? NAN : fmax(0.0, rest);
    double weight = 0.0;
    for (size_t k = 0; k < 4; k++) {
        weight += thermal_twh_2021[k];
    }
    for (size_t k = 0; k < 4; k++) {
        size_t at = t * n_area + index[k];
        double share = forecast > 0.0 ? or_zero(d->wind_forecast[k][t]) / forecast : 0.25;
        double wind = d->wind[t] * share;
        double heat = thermal * thermal_twh_2021[k] / weight;
        double nuclear_here = k == 2 ? nuclear : 0.0;
        double hydro = fmax(0.0, d->total[k][t] - wind - heat - nuclear_here);
        if (isnan(d->total[k][t] + wind + heat + nuclear_here)) {
            continue;
        }
        l->out->generation[SN_TECH_HYDRO][at] = hydro;
        l->out->generation[SN_TECH_WIND][at] = wind;
        l->out->generation[SN_TECH_NUCLEAR][at] = nuclear_here;
        l->out->generation[SN_TECH_THERMAL][at] =
            d->total[k][t] - wind - nuclear_here - hydro;
    }
}

static void estimate_sweden(sn_loader *l)
{
    size_t index[4];
    sn_sweden d = {.hydro = new_array(l->n),
                   .wind = new_array(l->n),
                   .nuclear = new_array(l->n),
                   .solar = new_array(l->n)};
    bool ok = d.hydro != NULL && d.wind != NULL && d.nuclear != NULL && d.solar != NULL;
    for (size_t k = 0; k < 4; k++) {
        index[k] = sn_scenario_area_index(l->scenario, se[k]);
        d.total[k] = new_array(l->n);
        d.wind_forecast[k] = new_array(l->n);
        ok = ok && index[k] != SIZE_MAX && d.total[k] != NULL &&
             d.wind_forecast[k] != NULL &&
             fill(l, SN_USE_GENERATION, SN_GENERATION, se[k], d.total[k], 1);
        if (ok) {
            (void)fill(l, SN_USE_GENERATION, SN_WIND_FORECAST, se[k], d.wind_forecast[k],
                       1);
        }
    }
    ok = ok && national(l, SN_HYDRO, d.hydro) && national(l, SN_WIND, d.wind) &&
         national(l, SN_NUCLEAR, d.nuclear);
    if (ok) {
        (void)national(l, SN_SOLAR, d.solar);
        for (size_t t = 0; t < l->n; t++) {
            estimate_hour(l, &d, t, index);
        }
        for (size_t k = 0; k < 4; k++) {
            l->out->area[index[k]].hydro_is_estimated = true;
        }
    }
    for (size_t k = 0; k < 4; k++) {
        free(d.total[k]);
        free(d.wind_forecast[k]);
    }
    free(d.hydro);
    free(d.wind);
    free(d.nuclear);
    free(d.solar);
}

static void load_generation(sn_loader *l)
{
    size_t n_area = l->scenario->n_area;
    bool sweden_known = false;
    for (size_t z = 0; z < n_area; z++) {
        const char *code = l->scenario->area[z]->code;
        if (l->scenario->is_edge[z]) {
            continue;
        }
        for (size_t k = 0; k < SN_TECH_COUNT; k++) {
            bool any = fill(l, SN_USE_GENERATION, quantity_of[k], code,
                            &l->out->generation[k][z], n_area);
            sweden_known = sweden_known ||
                           (any && k == SN_TECH_HYDRO && strncmp(code, "SE", 2) == 0);
        }
        if (strncmp(code, "NO", 2) == 0 &&
            fill(l, SN_USE_GENERATION, SN_GENERATION_FORECAST, code,
                 &l->out->generation[SN_TECH_HYDRO][z], n_area)) {
            l->out->area[z].hydro_is_estimated = true; /* production there is hydro */
        }
    }
    if (!sweden_known) {
        estimate_sweden(l);
    }
}

/* ---- reservoirs ---- */

/* Weekly values to hours, linearly between the weeks' starts. */
static bool
weekly(sn_loader *l, sn_quantity quantity, const char *subject, double factor, size_t z)
{
    const sn_source_list *list = &l->scenario->source[SN_USE_RESERVOIR];
    size_t n_area = l->scenario->n_area;
    for (size_t i = 0; i < list->n; i++) {
        sn_series_key key = {.quantity = quantity, .step_s = SN_WEEK_S};
        sn_series s;
        if (strlen(list->name[i]) >= sizeof key.source ||
            strlen(subject) >= sizeof key.subject) {
            continue;
        }
        memcpy(key.source, list->name[i], strlen(list->name[i]) + 1);
        memcpy(key.subject, subject, strlen(subject) + 1);
        int64_t monday = 4 * SN_DAY_S;
        int64_t first = l->from.utc_s - SN_WEEK_S;
        first -= ((first - monday) % SN_WEEK_S + SN_WEEK_S) % SN_WEEK_S;
        sn_instant from = {first};
        sn_instant to = {first + 56 * (int64_t)SN_WEEK_S};
        if (sn_store_read(l->store, &key, from, to, &s, NULL) != SN_OK) {
            continue;
        }
        size_t known = 0;
        for (size_t t = 0; t < l->n; t++) {
            int64_t offset = l->from.utc_s + (int64_t)t * l->step_s - s.axis.start.utc_s;
            size_t w = (size_t)(offset / SN_WEEK_S);
            double share = (double)(offset % SN_WEEK_S) / SN_WEEK_S;
            if (offset < 0 || w + 1 >= s.axis.n) {
                continue;
            }
            double value = s.value[w] + share * (s.value[w + 1] - s.value[w]);
            l->out->reservoir[t * n_area + z] = factor * value;
            known += isnan(value) ? 0 : 1;
        }
        if (known > 0) {
            remember(l, &s);
        }
        sn_series_release(&s);
        if (known > 0) {
            return true;
        }
    }
    return false;
}

static void load_reservoirs(sn_loader *l)
{
    double sweden = 0.0;
    for (size_t z = 0; z < l->scenario->n_area; z++) {
        if (strncmp(l->scenario->area[z]->code, "SE", 2) == 0) {
            sweden += l->scenario->reservoir_mwh[z];
        }
    }
    for (size_t z = 0; z < l->scenario->n_area; z++) {
        const char *code = l->scenario->area[z]->code;
        double size = l->scenario->reservoir_mwh[z];
        if (size <= 0.0 || weekly(l, SN_RESERVOIR, code, 1.0, z) ||
            weekly(l, SN_RESERVOIR_SHARE, code, size, z)) {
            continue;
        }
        if (strncmp(code, "SE", 2) == 0) {
            (void)weekly(l, SN_RESERVOIR, "SE", size / sweden, z);
        } else if (strcmp(code, "FI") == 0) {
            (void)weekly(l, SN_RESERVOIR, "FI", 1.0, z);
        }
    }
}

/* ---- borders ---- */

static void load_borders(sn_loader *l)
{
    sn_replay_data *d = l->out;
    size_t n = 0;
    for (size_t i = 0; i < sn_border_count && n < SN_REPLAY_BORDERS_MAX; i++) {
        size_t from = sn_scenario_area_index(l->scenario, sn_borders[i].from);
        size_t to = sn_scenario_area_index(l->scenario, sn_borders[i].to);
        if (from == SIZE_MAX || to == SIZE_MAX) {
            continue;
        }
        d->info[n] = &sn_borders[i];
        double rated = fmax(sn_borders[i].rated_forward_mw, sn_borders[i].rated_back_mw);
        d->border[n++] = (sn_replay_border){.link = {from, to, rated}};
    }
    d->input.n_border = n;
}

/* First period of the year that a border has data for: not its gaps, but a line that the
 * sources do not know before then. */
static size_t first_period(sn_loader *l, const char *name)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    int64_t first_s = INT64_MAX;
    if (sn_store_catalogue(l->store, &entries, &n, NULL) != SN_OK) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        bool is_flow = entries[i].key.quantity == SN_FLOW_DAY_AHEAD ||
                       entries[i].key.quantity == SN_FLOW_MEASURED;
        if (is_flow && strcmp(entries[i].key.subject, name) == 0 &&
            entries[i].first.utc_s < first_s) {
            first_s = entries[i].first.utc_s;
        }
    }
    int64_t periods = (first_s - l->from.utc_s) / l->step_s;
    return periods > 0 && periods < (int64_t)l->n ? (size_t)periods : 0;
}

static void load_flows(sn_loader *l)
{
    sn_replay_data *d = l->out;
    size_t n = d->input.n_border;
    bool capacity = false;
    for (size_t i = 0; i < n; i++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(d->info[i], name);
        sn_replay_border *b = &d->border[i];
        b->is_day_ahead = fill(l, SN_USE_FLOW, SN_FLOW_DAY_AHEAD, name, &d->flow[i], n);
        b->has_flow = b->is_day_ahead ||
                      fill(l, SN_USE_FLOW, SN_FLOW_MEASURED, name, &d->flow[i], n);
        b->first = b->has_flow ? first_period(l, name) : 0;
        capacity = fill(l, SN_USE_FLOW, SN_CAPACITY_FORWARD, name, &d->forward[i], n) ||
                   capacity;
        capacity =
            fill(l, SN_USE_FLOW, SN_CAPACITY_BACK, name, &d->back[i], n) || capacity;
    }
    d->input.capacity_forward_mw = capacity ? d->forward : NULL;
    d->input.capacity_back_mw = capacity ? d->back : NULL;
}

static bool allocate(sn_loader *l)
{
    sn_replay_data *d = l->out;
    size_t cells = l->n * l->scenario->n_area;
    d->price = new_array(cells);
    d->load = new_array(cells);
    d->industry = new_array(cells);
    d->reservoir = new_array(cells);
    d->flow = new_array(l->n * d->input.n_border);
    d->forward = new_array(l->n * d->input.n_border);
    d->back = new_array(l->n * d->input.n_border);
    d->price_min = new_array(l->n);
    d->price_max = new_array(l->n);
    bool ok = d->price != NULL && d->load != NULL && d->industry != NULL &&
              d->reservoir != NULL && d->flow != NULL && d->forward != NULL &&
              d->back != NULL && d->price_min != NULL && d->price_max != NULL;
    for (size_t k = 0; k < SN_TECH_COUNT; k++) {
        d->generation[k] = new_array(cells);
        ok = ok && d->generation[k] != NULL;
    }
    return ok;
}

static sn_status load_areas(sn_loader *l, int32_t year, sn_error *err)
{
    const sn_scenario *s = l->scenario;
    sn_replay_data *d = l->out;
    for (size_t z = 0; z < s->n_area; z++) {
        sn_replay_area *a = &d->area[z];
        bool priced = load_price(l, s->area[z]->code, &d->price[z], s->n_area);
        (void)memcpy(a->code, s->area[z]->code, strlen(s->area[z]->code) + 1);
        a->kind = !s->is_edge[z] ? SN_AREA_MODELLED
                                 : (priced ? SN_AREA_PRICE_TAKER : SN_AREA_FIXED_FLOW);
        if (!priced && !s->is_edge[z]) {
            return sn_error_set(
                err, SN_E_GAP,
                "the store has no price of %s for %d (price_eur_per_mwh or "
                "price_sek_per_mwh from any of the scenario's sources): import or "
                "fetch it",
                s->area[z]->code, (int)year);
        }
        if (!s->is_edge[z]) {
            (void)fill(l, SN_USE_LOAD, SN_LOAD, s->area[z]->code, &d->load[z], s->n_area);
            bool known = fill(l, SN_USE_LOAD, SN_LOAD_LARGE_INDUSTRY, s->area[z]->code,
                              &d->industry[z], s->n_area);
            d->input.load_industry_mw = known ? d->industry : d->input.load_industry_mw;
        }
    }
    return SN_OK;
}

static void load_rate(sn_loader *l)
{
    double sum = 0.0;
    size_t n = 0;
    double *rate = new_array(l->n);
    l->out->fx_sek_per_eur = NAN;
    static const char *const sources[] = {"riksbank", "model_year"};
    sn_instant to = {l->from.utc_s + (int64_t)l->n * l->step_s};
    for (size_t i = 0; i < 2 && n == 0; i++) {
        sn_series_key key = {.quantity = SN_FX_SEK, .subject = "SEK", .step_s = SN_DAY_S};
        sn_series s;
        memcpy(key.source, sources[i], strlen(sources[i]) + 1);
        if (sn_store_read(l->store, &key, l->from, to, &s, NULL) != SN_OK) {
            continue;
        }
        for (size_t t = 0; t < s.axis.n; t++) {
            sum += or_zero(s.value[t]);
            n += isnan(s.value[t]) ? 0 : 1;
        }
        sn_series_release(&s);
    }
    if (n == 0 && rate != NULL && implied_rate(l, rate)) {
        for (size_t t = 0; t < l->n; t++) {
            sum += or_zero(rate[t]);
            n += isnan(rate[t]) ? 0 : 1;
        }
    }
    if (n > 0) {
        l->out->fx_sek_per_eur = sum / (double)n;
    }
    free(rate);
}

/* ---- what the scenario changes ---- */

/* Load answers the price at its mean, stated like every slope at the reference level:
 * elasticity x load / level (M-6). */
static double
elastic_slope(const sn_scenario *s, const sn_replay_data *d, size_t z, double elasticity)
{
    double sum = 0.0;
    double n = 0.0;
    for (size_t t = 0; t < d->input.axis.n && elasticity > 0.0; t++) {
        double mw = d->load[t * s->n_area + z];
        sum += or_zero(mw);
        n += isnan(mw) ? 0.0 : 1.0;
    }
    return n > 0.0 ? elasticity * sum / n / s->settings.price_level_reference_eur_per_mwh
                   : 0.0;
}

static void apply_areas(const sn_scenario *s, sn_replay_data *d)
{
    for (size_t z = 0; z < s->n_area; z++) {
        sn_replay_area *a = &d->area[z];
        a->hydro_slope_mw_per_eur =
            s->is_edge[z] ? 0.0 : s->hydro_slope_mw_per_eur[z] * s->hydro_slope_factor;
        a->other_slope_mw_per_eur = s->other_slope_mw_per_eur[z] * s->other_slope_factor;
        if (!s->is_edge[z]) {
            double beside = elastic_slope(s, d, z, s->demand_elasticity);
            double inside = elastic_slope(s, d, z, s->demand_elasticity_in_other);
            a->demand_slope_mw_per_eur = beside + fmin(inside, a->other_slope_mw_per_eur);
            a->other_slope_mw_per_eur += beside;
        }
        a->reservoir_mwh = s->reservoir_mwh[z];
        a->may_redispatch = s->may_redispatch[z];
        memcpy(a->is_held, s->is_held[z], sizeof a->is_held);
        a->large_load_mw = s->large_load_mw[z];
        a->large_load_eur_per_mwh = s->large_load_eur_per_mwh[z];
        a->price_change_share = s->edge_price_change_share[z];
    }
}

static sn_status
change_generation(sn_replay_data *d, sn_technology tech, size_t cells, sn_error *err)
{
    if (d->changed_generation[tech] != NULL) {
        return SN_OK;
    }
    double *copy = malloc((cells + 1) * sizeof *copy);
    if (copy == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for extra generation");
    }
    memcpy(copy, d->generation[tech], cells * sizeof *copy);
    d->changed_generation[tech] = copy;
    d->input.generation_mw[tech] = copy;
    return SN_OK;
}

/* Wind follows its observed shape; other generation is flat and booked as thermal. */
static sn_status apply_generation(const sn_scenario *s, sn_replay_data *d, sn_error *err)
{
    size_t n = d->input.axis.n;
    size_t cells = n * s->n_area;
    for (size_t z = 0; z < s->n_area; z++) {
        const double extra[2] = {s->extra_wind_share[z], s->extra_generation_mw[z]};
        for (int i = 0; i < 2; i++) {
            sn_technology tech = i == 0 ? SN_TECH_WIND : SN_TECH_THERMAL;
            if (extra[i] == 0.0) {
                continue;
            }
            if (d->extra_supply == NULL) {
                d->extra_supply = calloc(cells + 1, sizeof *d->extra_supply);
                d->input.extra_supply_mw = d->extra_supply;
            }
            if (d->extra_supply == NULL) {
                return sn_error_set(err, SN_E_MEMORY, "out of memory for generation");
            }
            sn_status status = change_generation(d, tech, cells, err);
            if (status != SN_OK) {
                return status;
            }
            for (size_t t = 0; t < n; t++) {
                size_t at = t * s->n_area + z;
                double observed = or_zero(d->generation[tech][at]);
                double mw = i == 0 ? extra[0] * observed : extra[1];
                d->extra_supply[at] += mw;
                d->changed_generation[tech][at] =
                    or_zero(d->changed_generation[tech][at]) + mw;
            }
        }
    }
    return SN_OK;
}

static sn_status apply_line(const sn_added_line *line, sn_replay_data *d, sn_error *err)
{
    size_t nb = d->input.n_border;
    size_t l = 0;
    while (l < nb && d->info[l] != line->border) {
        l++;
    }
    if (l == nb || !d->border[l].has_flow ||
        d->area[d->border[l].link.from].kind == SN_AREA_FIXED_FLOW ||
        d->area[d->border[l].link.to].kind == SN_AREA_FIXED_FLOW) {
        return sn_error_set(err, SN_E_GAP,
                            "capacity.add %s-%s: the border is not cleared, because its "
                            "flow or the price beyond it is not in the store",
                            line->border->from, line->border->to);
    }
    for (size_t t = 0; t < d->input.axis.n; t++) {
        if (!line->has_from || sn_axis_at(&d->input.axis, t).utc_s >= line->from.utc_s) {
            d->added_forward[t * nb + l] += line->forward_mw;
            d->added_back[t * nb + l] += line->back_mw;
        }
    }
    return SN_OK;
}

static sn_status apply_lines(const sn_scenario *s, sn_replay_data *d, sn_error *err)
{
    size_t cells = d->input.axis.n * d->input.n_border;
    if (s->n_added == 0) {
        return SN_OK;
    }
    d->added_forward = calloc(cells + 1, sizeof *d->added_forward);
    d->added_back = calloc(cells + 1, sizeof *d->added_back);
    if (d->added_forward == NULL || d->added_back == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for added lines");
    }
    d->input.added_forward_mw = d->added_forward;
    d->input.added_back_mw = d->added_back;
    sn_status status = SN_OK;
    for (size_t i = 0; i < s->n_added && status == SN_OK; i++) {
        status = apply_line(&s->added[i], d, err);
    }
    return status;
}

static void apply_links(const sn_scenario *s, sn_replay_data *d)
{
    for (size_t l = 0; l < d->input.n_border; l++) {
        size_t b = (size_t)(d->info[l] - sn_borders);
        d->border[l].loss_share = b < SN_SCENARIO_BORDERS_MAX ? s->loss_share[b] : 0.0;
        d->border[l].ramp_mw_per_h =
            b < SN_SCENARIO_BORDERS_MAX ? s->ramp_mw_per_h[b] : 0.0;
    }
}

static sn_status apply_scenario(const sn_scenario *s, sn_replay_data *d, sn_error *err)
{
    apply_areas(s, d);
    apply_links(s, d);
    sn_status status = apply_generation(s, d, err);
    return status == SN_OK ? apply_lines(s, d, err) : status;
}

/* Those at the end of the run, and those of each period. */
static void set_price_limits(sn_replay_input *in, sn_replay_data *d)
{
    for (size_t t = 0; t < in->axis.n; t++) {
        sn_price_limits limits = sn_price_limits_at(sn_axis_at(&in->axis, t));
        d->price_min[t] = in->price_min_eur_per_mwh = limits.min_eur_per_mwh;
        d->price_max[t] = in->price_max_eur_per_mwh = limits.max_eur_per_mwh;
    }
    in->price_min_of_period_eur_per_mwh = d->price_min;
    in->price_max_of_period_eur_per_mwh = d->price_max;
}

sn_status sn_replay_data_load(const sn_scenario *scenario,
                              sn_store *store,
                              int32_t year,
                              sn_replay_data *out,
                              sn_error *err)
{
    *out = (sn_replay_data){0};
    sn_loader l = loader_of(scenario, store, year, scenario->step_s, out);
    load_borders(&l);
    if (!allocate(&l)) {
        sn_replay_data_release(out);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the year %d", (int)year);
    }
    sn_status status = load_areas(&l, year, err);
    if (status != SN_OK) {
        sn_replay_data_release(out);
        return status;
    }
    load_generation(&l);
    load_reservoirs(&l);
    load_flows(
        &l); /* asks for the catalogue: what is in memory by now is not read twice */
    load_rate(&l);
    sn_store_forget_values(store);
    sn_replay_input *in = &out->input;
    in->axis = (sn_axis){l.from, l.step_s, l.n};
    in->n_area = scenario->n_area;
    in->area = out->area;
    in->border = out->border;
    in->price_eur_per_mwh = out->price;
    in->load_mw = out->load;
    in->flow_mw = out->flow;
    in->reservoir_mwh = out->reservoir;
    for (size_t k = 0; k < SN_TECH_COUNT; k++) {
        in->generation_mw[k] = out->generation[k];
    }
    set_price_limits(in, out);
    status = apply_scenario(scenario, out, err);
    if (status != SN_OK) {
        sn_replay_data_release(out);
    }
    return status;
}

sn_status sn_replay_data_view(const sn_replay_data *loaded,
                              const sn_scenario *scenario,
                              sn_replay_data *out,
                              sn_error *err)
{
    *out = *loaded;
    out->is_view = true;
    out->extra_supply = out->added_forward = out->added_back = NULL;
    out->input.area = out->area;
    out->input.border = out->border;
    for (size_t k = 0; k < SN_TECH_COUNT; k++) {
        out->changed_generation[k] = NULL;
        out->input.generation_mw[k] = out->generation[k];
    }
    sn_status status = apply_scenario(scenario, out, err);
    if (status != SN_OK) {
        sn_replay_data_release(out);
    }
    return status;
}

void sn_replay_data_release(sn_replay_data *data)
{
    free(data->extra_supply);
    free(data->added_forward);
    free(data->added_back);
    for (size_t k = 0; k < SN_TECH_COUNT; k++) {
        free(data->changed_generation[k]);
    }
    if (data->is_view) {
        *data = (sn_replay_data){0};
        return;
    }
    free(data->price);
    free(data->load);
    free(data->industry);
    free(data->flow);
    free(data->forward);
    free(data->back);
    free(data->reservoir);
    free(data->price_min);
    free(data->price_max);
    for (size_t k = 0; k < SN_TECH_COUNT; k++) {
        free(data->generation[k]);
    }
    *data = (sn_replay_data){0};
}
