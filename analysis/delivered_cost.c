/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivered_cost.h"

#include <string.h>

const char *sn_cost_component_name(sn_cost_component component)
{
    static const char *const names[SN_COST_COMPONENT_COUNT] = {
        "spot", "basis", "grid", "tax", "certificates", "countertrade"};
    return names[component];
}

double sn_delivered_adders_eur_per_mwh(const sn_delivered_terms *terms)
{
    return terms->grid_energy_eur_per_mwh + terms->tax_eur_per_mwh +
           terms->certificates_eur_per_mwh + terms->countertrade_eur_per_mwh;
}

void sn_delivered_hour(const sn_delivered_terms *terms,
                       double spot_eur_per_mwh,
                       double load_mw,
                       double load_max_mw,
                       double step_h,
                       double period_h,
                       double component_eur[SN_COST_COMPONENT_COUNT])
{
    double mwh = load_mw * step_h;
    component_eur[SN_COST_SPOT] = spot_eur_per_mwh * mwh;
    component_eur[SN_COST_BASIS] =
        terms->hedge_mw * step_h * (terms->hedge_eur_per_mwh - spot_eur_per_mwh);
    component_eur[SN_COST_GRID] =
        terms->grid_energy_eur_per_mwh * mwh +
        terms->grid_power_eur_per_mw * load_max_mw * step_h / period_h;
    component_eur[SN_COST_TAX] = terms->tax_eur_per_mwh * mwh;
    component_eur[SN_COST_CERTIFICATES] = terms->certificates_eur_per_mwh * mwh;
    component_eur[SN_COST_COUNTERTRADE] = terms->countertrade_eur_per_mwh * mwh;
}

void sn_delivered_cost(const sn_delivered_terms *terms,
                       const double *price_eur_per_mwh,
                       const double *load_mw,
                       double load_max_mw,
                       double step_h,
                       size_t n,
                       double component_eur[SN_COST_COMPONENT_COUNT])
{
    double one[SN_COST_COMPONENT_COUNT];
    memset(component_eur, 0, SN_COST_COMPONENT_COUNT * sizeof *component_eur);
    for (size_t t = 0; t < n; t++) {
        sn_delivered_hour(terms, price_eur_per_mwh[t],
                          load_mw == NULL ? load_max_mw : load_mw[t], load_max_mw, step_h,
                          step_h * (double)n, one);
        for (int c = 0; c < SN_COST_COMPONENT_COUNT; c++) {
            component_eur[c] += one[c];
        }
    }
}

double sn_power_charge_at(double latitude_deg,
                          double south_deg,
                          double south_sek_per_kw,
                          double north_deg,
                          double north_sek_per_kw)
{
    double share = (latitude_deg - south_deg) / (north_deg - south_deg);
    return south_sek_per_kw + share * (north_sek_per_kw - south_sek_per_kw);
}
