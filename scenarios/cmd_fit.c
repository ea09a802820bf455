/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt fit: how hydro answers the price, from history (M-2). */
#include "analysis/hydro_fit.h"
#include "base/options.h"
#include "base/units.h"
#include "replay_input.h"
#include "scenario.h"
#include "store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt fit scenarios/library/fit-hydro.yaml --set year=2023 --store DIR", NULL};

const sn_command sn_cmd_fit = {
    .name = "fit",
    .arguments = "SCENARIO.yaml",
    .summary = "estimate how hydro answers the price, with standard errors",
    .needs = "store",
    .details =
        "For every area of the scenario with hydro power by area: the spread of a "
        "logistic round each week's water value, and the straight slope within weeks "
        "with Sweden's residual load as instrument. Errors are clustered by week. "
        "The last lines are the slopes at the scenario's reference price, as a "
        "scenario writes them. Exit code 3: some areas could not be estimated.",
    .examples = examples,
    .run = run,
};

/* Load less wind, solar and nuclear of all areas together; a missing load makes a gap,
 * generation that is not known is none. */
static void residual_load(const sn_replay_data *d, double *out)
{
    const sn_replay_input *in = &d->input;
    for (size_t t = 0; t < in->axis.n; t++) {
        out[t] = 0.0;
        for (size_t z = 0; z < in->n_area; z++) {
            size_t at = t * in->n_area + z;
            const double green[3] = {d->generation[SN_TECH_WIND][at],
                                     d->generation[SN_TECH_SOLAR][at],
                                     d->generation[SN_TECH_NUCLEAR][at]};
            if (in->area[z].kind != SN_AREA_MODELLED) {
                continue;
            }
            out[t] += d->load[at];
            for (int k = 0; k < 3; k++) {
                out[t] -= isnan(green[k]) ? 0.0 : green[k];
            }
        }
    }
}

typedef struct fit_arrays {
    double *price;
    double *hydro;
    double *residual;
} fit_arrays;

static void
print_fit(const char *code, const sn_hydro_fit *f, double reference, double *slope_out)
{
    (void)printf("%-4s %6zu h %3zu weeks  spread %6.2f (%.2f) EUR/MWh, explains %4.1f %% "
                 "within weeks, steepest %6.2f (%.2f); instrumented %6.2f (%.2f) MW per "
                 "EUR/MWh, F %.0f; mean price %.2f\n",
                 code, f->n_period, f->n_week, f->spread_eur_per_mwh,
                 f->spread_error_eur_per_mwh, 100.0 * f->explained_share,
                 f->slope_mw_per_eur, f->slope_error_mw_per_eur,
                 f->instrumented_slope_mw_per_eur, f->instrumented_error_mw_per_eur,
                 f->first_stage_f, f->price_mean_eur_per_mwh);
    *slope_out = f->instrumented_slope_mw_per_eur * f->price_mean_eur_per_mwh / reference;
}

/* Slopes at the reference level, as a scenario file states them. */
static void print_slopes(const sn_scenario *s, const double *slope)
{
    const char *comma = "";
    (void)printf("slopes:\n  reference_eur_per_mwh: %g\n  hydro_mw_per_eur_per_mwh: {",
                 s->settings.price_level_reference_eur_per_mwh);
    for (size_t z = 0; z < s->n_area; z++) {
        if (isfinite(slope[z])) {
            (void)printf("%s%s: %.1f", comma, s->area[z]->code, slope[z]);
            comma = ", ";
        }
    }
    (void)printf("}\n");
}

static size_t
fit_areas(const sn_scenario *s, const sn_replay_data *d, const fit_arrays *a)
{
    double slope[SN_SCENARIO_AREAS_MAX];
    double reference = s->settings.price_level_reference_eur_per_mwh;
    size_t n = d->input.axis.n;
    size_t failed = 0;
    residual_load(d, a->residual);
    for (size_t z = 0; z < s->n_area; z++) {
        slope[z] = NAN;
        if (s->is_edge[z]) {
            continue;
        }
        for (size_t t = 0; t < n; t++) {
            a->price[t] = d->price[t * s->n_area + z];
            a->hydro[t] = d->generation[SN_TECH_HYDRO][t * s->n_area + z];
        }
        sn_hydro_fit_input in = {n, d->input.axis.step_s, a->price, a->hydro,
                                 a->residual};
        sn_hydro_fit fit;
        sn_error err = {0};
        if (sn_hydro_fit_estimate(&in, &fit, &err) != SN_OK) {
            (void)fprintf(stderr, "snitt fit: area %s, %d: %s\n", s->area[z]->code,
                          (int)s->year, err.message);
            failed++;
            continue;
        }
        print_fit(s->area[z]->code, &fit, reference, &slope[z]);
    }
    print_slopes(s, slope);
    return failed;
}

static sn_status
fit(const sn_scenario *scenario, const char *path, int *exit_code, sn_error *err)
{
    sn_store *store = NULL;
    sn_replay_data *data = calloc(1, sizeof *data);
    fit_arrays a = {0};
    sn_store_options options = {.has_as_of = scenario->has_as_of,
                                .as_of = scenario->as_of};
    sn_status status = data == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory")
                                    : sn_store_open(path, &options, &store, err);
    if (status == SN_OK) {
        status = sn_replay_data_load(scenario, store, scenario->year, data, err);
    }
    if (status == SN_OK) {
        size_t n = data->input.axis.n + 1;
        a.price = calloc(n, sizeof *a.price);
        a.hydro = calloc(n, sizeof *a.hydro);
        a.residual = calloc(n, sizeof *a.residual);
        status = a.price == NULL || a.hydro == NULL || a.residual == NULL
                     ? sn_error_set(err, SN_E_MEMORY, "out of memory for a fit")
                     : SN_OK;
    }
    if (status == SN_OK && fit_areas(scenario, data, &a) > 0) {
        *exit_code = SN_EXIT_PARTIAL;
    }
    free(a.price);
    free(a.hydro);
    free(a.residual);
    if (data != NULL) {
        sn_replay_data_release(data);
    }
    free(data);
    sn_store_close(store);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    const char *store = NULL;
    static sn_option_list set;
    static sn_scenario scenario;
    const sn_option options[] = {
        SN_REPEATED("set", "KEY=VALUE", "change a key of the scenario; may be repeated",
                    &set),
        SN_STORE_OPTION(&store),
    };
    sn_option_list words = {0};
    char default_store[4096];
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_fit, options, argc, argv, &words, err);
    if (status == SN_OK &&
        sn_scenario_load(words.item[0], set.item, set.n, &scenario, err) != SN_OK) {
        status = err->status = SN_E_USAGE; /* a wrong scenario is a wrong command */
    }
    if (status == SN_OK && store == NULL) {
        status = sn_store_default_path(default_store, sizeof default_store, err);
        store = default_store;
    }
    return status == SN_OK ? fit(&scenario, store, exit_code, err) : status;
}
