/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the observations say of one configuration, kept for all runs of it: other ways
 * of balancing the water and of handling the cuts change none of it. */
#include "replay_internal.h"

#include <stdlib.h>
#include <string.h>

struct sn_replay_prepared {
    sn_replay_case c;        /* only what sn_replay_prepare() makes */
    sn_replay_result limits; /* price limits, exclusions and counts of borders */
    size_t *price_area;      /* [n_area] of the configuration it was made for */
};

static sn_status allocate(sn_replay_prepared *p, size_t n, sn_error *err)
{
    sn_replay_result *r = &p->limits;
    r->n = n;
    r->exclusion = calloc(n + 1, sizeof *r->exclusion);
    r->price_min_eur_per_mwh = calloc(n + 1, sizeof(double));
    r->price_max_eur_per_mwh = calloc(n + 1, sizeof(double));
    p->price_area = calloc(p->c.n_area + 1, sizeof *p->price_area);
    return r->exclusion != NULL && r->price_min_eur_per_mwh != NULL &&
                   r->price_max_eur_per_mwh != NULL && p->price_area != NULL
               ? SN_OK
               : sn_error_set(err, SN_E_MEMORY, "out of memory for %zu periods", n);
}

sn_status sn_replay_prepared_new(const sn_replay_input *input,
                                 const sn_replay_settings *settings,
                                 const sn_configuration *configuration,
                                 sn_replay_prepared **out,
                                 sn_error *err)
{
    *out = NULL;
    sn_status status = sn_replay_check_input(input, err);
    if (status != SN_OK) {
        return status;
    }
    sn_replay_prepared *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a replay");
    }
    p->c = (sn_replay_case){.input = input,
                            .settings = settings,
                            .out = &p->limits,
                            .n_area = input->n_area,
                            .n_border = input->n_border};
    status = allocate(p, input->axis.n, err);
    if (status == SN_OK) {
        memcpy(p->price_area, configuration->price_area,
               input->n_area * sizeof *p->price_area);
        status = sn_replay_prepare(&p->c, configuration, err);
    }
    if (status != SN_OK) {
        sn_replay_prepared_free(p);
        return status;
    }
    p->c.settings = NULL; /* the caller's need not live */
    *out = p;
    return SN_OK;
}

void sn_replay_prepared_free(sn_replay_prepared *prepared)
{
    if (prepared != NULL) {
        sn_replay_unprepare(&prepared->c);
        sn_replay_result_release(&prepared->limits);
        free(prepared->price_area);
        free(prepared);
    }
}

sn_status sn_replay_borrow(sn_replay_case *c,
                           const sn_replay_prepared *prepared,
                           const sn_configuration *configuration,
                           sn_error *err)
{
    const sn_replay_case own = *c;
    sn_replay_result *r = c->out;
    size_t n = own.input->axis.n;
    if (prepared->limits.n != n || prepared->c.n_area != own.n_area ||
        prepared->c.n_border != own.n_border ||
        memcmp(prepared->price_area, configuration->price_area,
               own.n_area * sizeof *prepared->price_area) != 0) {
        return sn_error_set(err, SN_E_FORMAT,
                            "configuration %.40s was prepared for another input",
                            configuration->name);
    }
    *c = prepared->c;
    c->input = own.input;
    c->settings = own.settings;
    c->out = r;
    c->step_h = own.step_h;
    c->one_consumer = own.one_consumer;
    c->is_borrowed = true;
    memcpy(r->exclusion, prepared->limits.exclusion, n * sizeof *r->exclusion);
    memcpy(r->price_min_eur_per_mwh, prepared->limits.price_min_eur_per_mwh,
           n * sizeof(double));
    memcpy(r->price_max_eur_per_mwh, prepared->limits.price_max_eur_per_mwh,
           n * sizeof(double));
    r->border_hours_adverse = prepared->limits.border_hours_adverse;
    r->border_hours_total = prepared->limits.border_hours_total;
    c->price_min_eur_per_mwh = r->price_min_eur_per_mwh;
    c->price_max_eur_per_mwh = r->price_max_eur_per_mwh;
    return SN_OK;
}
