/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plant_case.h"

#include "analysis/flexible.h"
#include "base/units.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const double hours_per_year = 8760.0;
enum { THREADS_MAX = 64 };

static double value_of(const sn_project *p, sn_figure_key key, double otherwise)
{
    return p->figure[key].is_given ? p->figure[key].value : otherwise;
}

static double energy_mwh(const sn_project *p)
{
    const sn_figure *f = p->figure;
    if (f[SN_FIGURE_TWH_PER_YEAR].is_given) {
        return f[SN_FIGURE_TWH_PER_YEAR].value * SN_MWH_PER_TWH;
    }
    if (f[SN_FIGURE_HOURS_PER_YEAR].is_given) {
        return f[SN_FIGURE_HOURS_PER_YEAR].value * f[SN_FIGURE_LOAD_MW].value;
    }
    return f[SN_FIGURE_OUTPUT_PER_YEAR].value * f[SN_FIGURE_MWH_PER_UNIT].value;
}

static double real_wacc(const sn_project *p, double wacc)
{
    return p->wacc_is_nominal ? sn_real_rate(wacc, p->figure[SN_FIGURE_INFLATION].value)
                              : wacc;
}

static void set_range(sn_plant_range *r, sn_driver d, const sn_figure *f, double factor)
{
    r->low[d] = f->low * factor;
    r->high[d] = f->high * factor;
}

sn_status sn_plant_of_project(const sn_project *project,
                              sn_plant *plant_out,
                              sn_plant_range *range_out,
                              sn_error *err)
{
    const sn_figure *f = project->figure;
    double capex = f[SN_FIGURE_CAPEX_MEUR].value * SN_EUR_PER_MEUR;
    bool has_fixed = f[SN_FIGURE_FIXED_COST_MEUR].is_given;
    const sn_figure *fixed =
        &f[has_fixed ? SN_FIGURE_FIXED_COST_MEUR : SN_FIGURE_FIXED_COST_SHARE];
    double fixed_unit = has_fixed ? SN_EUR_PER_MEUR : capex;
    double mwh = energy_mwh(project);
    sn_plant p = {.n_capex = project->n_capex,
                  .start = project->n_capex,
                  .life = (size_t)f[SN_FIGURE_LIFE_YEARS].value,
                  .output_units = mwh / f[SN_FIGURE_MWH_PER_UNIT].value,
                  .product_price_eur_per_unit =
                      f[SN_FIGURE_PRODUCT_PRICE_EUR_PER_UNIT].value,
                  .other_cost_eur_per_unit = f[SN_FIGURE_OTHER_COST_EUR_PER_UNIT].value,
                  .fixed_cost_eur = fixed->value * fixed_unit,
                  .electricity_mwh = mwh,
                  .rate = real_wacc(project, f[SN_FIGURE_WACC].value)};
    for (size_t k = 0; k < p.n_capex; k++) {
        p.capex_eur[k] = capex * project->capex_share[k];
    }
    sn_plant_range_none(&p, range_out);
    set_range(range_out, SN_DRIVER_PRODUCT_PRICE,
              &f[SN_FIGURE_PRODUCT_PRICE_EUR_PER_UNIT], 1.0);
    set_range(range_out, SN_DRIVER_OTHER_COST, &f[SN_FIGURE_OTHER_COST_EUR_PER_UNIT],
              1.0);
    set_range(range_out, SN_DRIVER_FIXED_COST, fixed, fixed_unit);
    if (capex > 0.0) {
        set_range(range_out, SN_DRIVER_CAPEX, &f[SN_FIGURE_CAPEX_MEUR],
                  SN_EUR_PER_MEUR / capex);
    }
    set_range(range_out, SN_DRIVER_ELECTRICITY, &f[SN_FIGURE_MWH_PER_UNIT],
              1.0 / f[SN_FIGURE_MWH_PER_UNIT].value);
    range_out->low[SN_DRIVER_RATE] = real_wacc(project, f[SN_FIGURE_WACC].low);
    range_out->high[SN_DRIVER_RATE] = real_wacc(project, f[SN_FIGURE_WACC].high);
    *plant_out = p;
    return sn_plant_check(&p, err);
}

/* Mean of the years' means: what a hedge in this configuration would cost. */
static double expected_spot(const sn_price_years *years, int side, size_t area)
{
    double sum = 0.0;
    double n = 0.0;
    for (size_t y = 0; y < years->n; y++) {
        double mean = sn_price_year_mean(years, y, side, area, NULL);
        if (!isnan(mean)) {
            sum += mean;
            n += 1.0;
        }
    }
    return sum / n;
}

static double tax_sek(const sn_projects *projects, const sn_project *p)
{
    for (size_t i = 0; i < projects->n_tax; i++) {
        if (strcmp(projects->tax[i].name, p->tax_class) == 0) {
            return projects->tax[i].sek_per_mwh.value;
        }
    }
    return 0.0;
}

static size_t area_of(const sn_price_years *years, const sn_project *p)
{
    size_t area = 0;
    sn_status known = sn_price_years_area(years, p->area, &area, NULL);
    (void)known; /* sn_plant_evaluate has asked before */
    return area;
}

/* spot: expected_spot() of the configuration, which reads every hour of every year. */
static void terms_at(const sn_projects *projects,
                     const sn_project *project,
                     const sn_price_years *years,
                     size_t year,
                     int side,
                     double fx_sek_per_eur,
                     double spot,
                     sn_delivered_terms *out)
{
    const sn_figure *f = project->figure;
    double charge = sn_power_charge_at(
        f[SN_FIGURE_LATITUDE_DEG].value, projects->grid_south_deg.value,
        projects->grid_south_sek_per_kw.value, projects->grid_north_deg.value,
        projects->grid_north_sek_per_kw.value);
    *out = (sn_delivered_terms){
        .hedge_mw = f[SN_FIGURE_HEDGE_SHARE].value * energy_mwh(project) / hours_per_year,
        .hedge_eur_per_mwh = spot + f[SN_FIGURE_HEDGE_BASIS_EUR_PER_MWH].value,
        .grid_power_eur_per_mw = charge * SN_KWH_PER_MWH / fx_sek_per_eur,
        .grid_energy_eur_per_mwh = f[SN_FIGURE_GRID_ENERGY_EUR_PER_MWH].value,
        .tax_eur_per_mwh = tax_sek(projects, project) / fx_sek_per_eur,
        .certificates_eur_per_mwh = f[SN_FIGURE_CERTIFICATES_EUR_PER_MWH].value,
        .countertrade_eur_per_mwh = years->year[year].countertrade_eur_per_mwh[side]};
}

void sn_plant_terms(const sn_projects *projects,
                    const sn_project *project,
                    const sn_price_years *years,
                    size_t year,
                    int side,
                    double fx_sek_per_eur,
                    sn_delivered_terms *out)
{
    double spot = expected_spot(years, side, area_of(years, project));
    terms_at(projects, project, years, year, side, fx_sek_per_eur, spot, out);
}

static bool is_flexible(const sn_project *p)
{
    return p->figure[SN_FIGURE_STORAGE_H].is_given ||
           p->figure[SN_FIGURE_LOAD_MIN_SHARE].is_given ||
           p->figure[SN_FIGURE_STOP_EUR_PER_MWH].is_given;
}

/* The schedule's plant for n steps with prices. */
static sn_flexible
flexible_of(const sn_project *p, double step_h, size_t n, double adders)
{
    double load = p->figure[SN_FIGURE_LOAD_MW].value;
    double mean = fmin(load, energy_mwh(p) / hours_per_year);
    double ramp = value_of(p, SN_FIGURE_RAMP_SHARE_PER_H, INFINITY);
    double stop = value_of(p, SN_FIGURE_STOP_EUR_PER_MWH, INFINITY);
    sn_flexible f = {.step_h = step_h,
                     .load_min_mw =
                         fmin(mean, load * value_of(p, SN_FIGURE_LOAD_MIN_SHARE, 0.0)),
                     .load_max_mw = load,
                     .ramp_mw_per_h = ramp * load,
                     .storage_mwh = value_of(p, SN_FIGURE_STORAGE_H, 0.0) * mean,
                     .energy_mwh = mean * step_h * (double)n,
                     .stop_value_eur_per_mwh = stop - adders};
    return f;
}

/* Hours of one area that have a price, packed; at[i] is the hour of packed i. */
static size_t pack(const sn_price_years *years,
                   size_t year,
                   int side,
                   size_t area,
                   double *price,
                   size_t *at)
{
    const sn_price_year *y = &years->year[year];
    size_t n = 0;
    for (size_t t = 0; t < y->axis.n; t++) {
        double p = y->price_eur_per_mwh[side][t * years->n_area + area];
        if (!isnan(p)) {
            at[n] = t;
            price[n++] = p;
        }
    }
    return n;
}

typedef struct work {
    double *price;
    double *load;
    size_t *at;
} work;

static sn_status work_alloc(work *w, size_t n, sn_error *err)
{
    w->price = calloc(n, sizeof *w->price);
    w->load = calloc(n, sizeof *w->load);
    w->at = calloc(n, sizeof *w->at);
    return w->price != NULL && w->load != NULL && w->at != NULL
               ? SN_OK
               : sn_error_set(err, SN_E_MEMORY, "out of memory for a plant's year");
}

static void work_release(work *w)
{
    free(w->price);
    free(w->load);
    free(w->at);
}

/* Schedule on packed prices into w->load; lost share of the product. */
static sn_status schedule(const sn_project *p,
                          double step_h,
                          size_t n,
                          double adders,
                          const work *w,
                          double *lost_share,
                          sn_error *err)
{
    double mean =
        fmin(p->figure[SN_FIGURE_LOAD_MW].value, energy_mwh(p) / hours_per_year);
    *lost_share = 0.0;
    if (!is_flexible(p) || !(mean > 0.0)) {
        for (size_t i = 0; i < n; i++) {
            w->load[i] = mean;
        }
        return SN_OK;
    }
    sn_flexible f = flexible_of(p, step_h, n, adders);
    sn_flexible_result result;
    sn_status status = sn_flexible_schedule(&f, w->price, n, w->load, &result, err);
    if (status == SN_OK && !result.is_feasible) {
        status =
            sn_error_set(err, SN_E_FORMAT,
                         "project \"%.60s\": no schedule meets load, minimum load and "
                         "storage",
                         p->name);
    }
    *lost_share = status == SN_OK ? result.lost_mwh / f.energy_mwh : 0.0;
    return status;
}

sn_status sn_plant_load(const sn_projects *projects,
                        const sn_project *project,
                        const sn_price_years *years,
                        size_t year,
                        int side,
                        double fx_sek_per_eur,
                        double *load_mw_out,
                        double *lost_share_out,
                        sn_error *err)
{
    const sn_axis *axis = &years->year[year].axis;
    double step_h = (double)axis->step_s / SN_SECONDS_PER_HOUR;
    double lost = 0.0;
    work w = {0};
    sn_delivered_terms terms;
    sn_plant_terms(projects, project, years, year, side, fx_sek_per_eur, &terms);
    sn_status status = work_alloc(&w, axis->n, err);
    for (size_t t = 0; t < axis->n; t++) {
        load_mw_out[t] = energy_mwh(project) / hours_per_year;
    }
    if (status == SN_OK) {
        size_t n = pack(years, year, side, area_of(years, project), w.price, w.at);
        status = n == 0
                     ? sn_error_set(err, SN_E_GAP, "year %d has no prices in %s",
                                    years->year[year].year, project->area)
                     : schedule(project, step_h, n,
                                sn_delivered_adders_eur_per_mwh(&terms), &w, &lost, err);
        for (size_t i = 0; i < n && status == SN_OK; i++) {
            load_mw_out[w.at[i]] = w.load[i];
        }
    }
    if (lost_share_out != NULL) {
        *lost_share_out = lost;
    }
    work_release(&w);
    return status;
}

/* One year in one configuration; saved: what the schedule saves against level load. */
static sn_status buy_year(const sn_projects *projects,
                          const sn_plant_options *options,
                          const sn_price_years *years,
                          size_t year,
                          int side,
                          sn_plant_case *c,
                          double *level_eur_per_mwh,
                          sn_error *err)
{
    const sn_project *p = c->project;
    const sn_axis *axis = &years->year[year].axis;
    double step_h = (double)axis->step_s / SN_SECONDS_PER_HOUR;
    double mwh = c->plant.electricity_mwh;
    double max = p->figure[SN_FIGURE_LOAD_MW].value;
    double lost = 0.0;
    double eur[SN_COST_COMPONENT_COUNT];
    double level[SN_COST_COMPONENT_COUNT];
    work w = {0};
    sn_plant_side *s = &c->side[side];
    sn_delivered_terms terms;
    terms_at(projects, p, years, year, side, options->fx_sek_per_eur,
             s->spot_mean_eur_per_mwh, &terms);
    sn_status status = work_alloc(&w, axis->n, err);
    size_t n =
        status == SN_OK ? pack(years, year, side, area_of(years, p), w.price, w.at) : 0;
    if (status == SN_OK && n == 0) {
        status = sn_error_set(err, SN_E_GAP, "year %d has no prices in %s",
                              years->year[year].year, p->area);
    }
    if (status == SN_OK) {
        double adders = sn_delivered_adders_eur_per_mwh(&terms);
        status = schedule(p, step_h, n, adders, &w, &lost, err);
    }
    if (status == SN_OK) {
        double whole = hours_per_year / ((double)n * step_h); /* hours without price */
        double factor = mwh > 0.0 ? whole / mwh : 0.0;
        sn_delivered_cost(&terms, w.price, w.load, max, step_h, n, eur);
        for (size_t i = 0; i < n; i++) {
            w.load[i] = mwh / hours_per_year;
        }
        sn_delivered_cost(&terms, w.price, w.load, max, step_h, n, level);
        *level_eur_per_mwh = 0.0;
        for (int k = 0; k < SN_COST_COMPONENT_COUNT; k++) {
            double scale = k == SN_COST_GRID ? 1.0 : 0.0; /* the charge is a year's */
            double charge =
                scale * terms.grid_power_eur_per_mw * max * (1.0 / whole - 1.0);
            s->component[year][k] = (eur[k] + charge) * factor;
            s->total_eur_per_mwh[year] += s->component[year][k];
            *level_eur_per_mwh += (level[k] + charge) * factor;
        }
        s->power[year] = (sn_power_year){s->total_eur_per_mwh[year] * mwh, 1.0 - lost};
    }
    work_release(&w);
    return status;
}

static sn_status buy_side(const sn_projects *projects,
                          const sn_plant_options *options,
                          const sn_price_years *years,
                          int side,
                          sn_plant_case *c,
                          sn_error *err)
{
    sn_plant_side *s = &c->side[side];
    double share = 1.0 / (double)years->n;
    sn_status status = SN_OK;
    s->spot_mean_eur_per_mwh = expected_spot(years, side, area_of(years, c->project));
    for (size_t y = 0; y < years->n && status == SN_OK; y++) {
        double level = 0.0;
        status = buy_year(projects, options, years, y, side, c, &level, err);
        for (int k = 0; k < SN_COST_COMPONENT_COUNT; k++) {
            s->mean_component[k] += s->component[y][k] * share;
        }
        s->mean_total_eur_per_mwh += s->total_eur_per_mwh[y] * share;
        s->baseload_eur_per_mwh += level * share;
    }
    s->flexibility_eur_per_mwh = s->baseload_eur_per_mwh - s->mean_total_eur_per_mwh;
    return status;
}

static sn_status value_side(sn_plant_case *c,
                            int side,
                            const sn_price_years *years,
                            const sn_draws *draws,
                            double *npv,
                            sn_error *err)
{
    double cash[SN_INVEST_CASH_MAX];
    sn_plant_side *s = &c->side[side];
    sn_power_year mean = sn_power_year_mean(s->power, years->n);
    size_t n = sn_plant_cash(&c->plant, &mean, cash);
    s->npv_central_eur = sn_npv(cash, n, c->plant.rate);
    s->payback_years = sn_payback_years(cash, n, c->plant.rate);
    sn_plant_draw_npv(&c->plant, &c->range, s->power, years->n, draws, npv);
    sn_plant_tornado(&c->plant, &c->range, s->power, years->n, s->tornado);
    return sn_irr_find(cash, n, &s->irr, err);
}

static sn_status value(sn_plant_case *c,
                       const sn_price_years *years,
                       const sn_plant_options *options,
                       sn_error *err)
{
    sn_draws draws = {options->n_draw, options->seed, c->project->index};
    double *npv[SN_SIDES] = {calloc(draws.n, sizeof **npv),
                             calloc(draws.n, sizeof **npv)};
    double *change = calloc(draws.n, sizeof *change);
    sn_status status = SN_OK;
    if (npv[0] == NULL || npv[1] == NULL || change == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for draws");
    }
    for (int s = 0; s < SN_SIDES && status == SN_OK; s++) {
        status = value_side(c, s, years, &draws, npv[s], err);
    }
    if (status == SN_OK) {
        for (size_t i = 0; i < draws.n; i++) {
            change[i] = npv[SN_SIDE_CHANGED][i] - npv[SN_SIDE_BASE][i];
        }
        sn_distribution_of(change, draws.n, &c->change_npv_eur);
        sn_distribution_of(npv[0], draws.n, &c->side[0].npv_eur);
        sn_distribution_of(npv[1], draws.n, &c->side[1].npv_eur);
        sn_plant_draw_break_even(&c->plant, &c->range, &draws, change);
        sn_distribution_of(change, draws.n, &c->break_even_drawn);
        status = sn_plant_break_even(&c->plant, &c->break_even_eur_per_mwh, err);
        const sn_plant_side *base = &c->side[SN_SIDE_BASE];
        c->break_even_spot_eur_per_mwh =
            c->break_even_eur_per_mwh -
            (base->mean_total_eur_per_mwh - base->spot_mean_eur_per_mwh);
    }
    free(npv[0]);
    free(npv[1]);
    free(change);
    return status;
}

sn_status sn_plant_evaluate(const sn_projects *projects,
                            const sn_project *project,
                            const sn_price_years *years,
                            const sn_plant_options *options,
                            sn_plant_case *out,
                            sn_error *err)
{
    size_t area = 0;
    *out = (sn_plant_case){.project = project};
    sn_status status = sn_price_years_area(years, project->area, &area, err);
    if (status == SN_OK) {
        status = sn_plant_of_project(project, &out->plant, &out->range, err);
    }
    for (int s = 0; s < SN_SIDES && status == SN_OK; s++) {
        status = buy_side(projects, options, years, s, out, err);
    }
    return status == SN_OK ? value(out, years, options, err) : status;
}

double sn_plant_power_share(const sn_plant_case *c)
{
    double revenue = c->plant.output_units * c->plant.product_price_eur_per_unit;
    double power =
        c->side[SN_SIDE_BASE].mean_total_eur_per_mwh * c->plant.electricity_mwh;
    return revenue > 0.0 ? power / revenue : NAN;
}

/* ---- threads over projects: each writes its own slots ---- */

typedef struct share {
    const sn_projects *projects;
    const sn_price_years *years;
    const sn_plant_options *options;
    sn_plant_case *out;
    sn_error *failed;
    size_t first, step;
} share;

static void *evaluate_share(void *argument)
{
    const share *s = argument;
    for (size_t i = s->first; i < s->projects->n; i += s->step) {
        sn_status status =
            sn_plant_evaluate(s->projects, &s->projects->project[i], s->years, s->options,
                              &s->out[i], &s->failed[i]);
        (void)status; /* failed[i] has it */
    }
    return NULL;
}

sn_status sn_plants_evaluate(const sn_projects *projects,
                             const sn_price_years *years,
                             const sn_plant_options *options,
                             unsigned n_thread,
                             sn_plant_case *out,
                             sn_error *failed_out,
                             sn_error *err)
{
    pthread_t thread[THREADS_MAX];
    share part[THREADS_MAX];
    size_t n = n_thread < 1 ? 1 : n_thread > THREADS_MAX ? THREADS_MAX : n_thread;
    size_t started = 1;
    memset(failed_out, 0, projects->n * sizeof *failed_out);
    for (size_t k = 0; k < n; k++) {
        part[k] = (share){projects, years, options, out, failed_out, k, n};
    }
    for (; started < n; started++) {
        if (pthread_create(&thread[started], NULL, evaluate_share, &part[started]) != 0) {
            break;
        }
    }
    (void)evaluate_share(&part[0]);
    for (size_t k = 1; k < started; k++) {
        (void)pthread_join(thread[k], NULL);
    }
    return started == n ? SN_OK
                        : sn_error_set(err, SN_E_MEMORY, "a thread cannot be started");
}
