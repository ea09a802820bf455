/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include "base/os.h"

#include "base/units.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const char *sn_hydro_balance_name(sn_hydro_balance balance)
{
    static const char *const names[] = {[SN_BALANCE_PHYSICAL] = "physical",
                                        [SN_BALANCE_MARKET] = "market",
                                        [SN_BALANCE_HELD] = "held"};
    return names[balance];
}

const char *sn_source_use_name(sn_source_use use)
{
    static const char *const names[SN_USE_COUNT] = {
        [SN_USE_PRICE] = "price",           [SN_USE_LOAD] = "load",
        [SN_USE_GENERATION] = "generation", [SN_USE_FLOW] = "flow",
        [SN_USE_RESERVOIR] = "reservoir",
    };
    return names[use];
}

size_t sn_scenario_area_index(const sn_scenario *scenario, const char *code)
{
    for (size_t i = 0; i < scenario->n_area; i++) {
        if (strcmp(scenario->area[i]->code, code) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

void sn_scenario_settings(const sn_scenario *scenario, sn_replay_settings *out)
{
    double hours = (double)(sn_instant_of_year(scenario->year + 1).utc_s -
                            sn_instant_of_year(scenario->year).utc_s) /
                   SN_SECONDS_PER_HOUR;
    *out = scenario->settings;
    out->n_thread = out->n_thread > 0 ? out->n_thread : sn_os_processor_count();
    for (size_t i = 0; i < scenario->n_area; i++) {
        out->extra_load_mw[i] += scenario->extra_load_twh[i] * SN_MWH_PER_TWH / hours;
    }
}

bool sn_scenario_is_history(const sn_scenario *scenario)
{
    for (size_t i = 0; i < scenario->n_area; i++) {
        if (scenario->settings.extra_load_mw[i] != 0.0 ||
            scenario->extra_load_twh[i] != 0.0 || scenario->extra_wind_share[i] != 0.0 ||
            scenario->extra_generation_mw[i] != 0.0 ||
            scenario->edge_price_change_share[i] != 0.0) {
            return false;
        }
    }
    for (size_t i = 0; i < scenario->n_added; i++) {
        if (scenario->added[i].forward_mw != 0.0 || scenario->added[i].back_mw != 0.0) {
            return false;
        }
    }
    return true;
}

/* SE1..SE4: the digit names the lowest area that it shares its price with. */
static const struct {
    const char *name;
    const char *group;
    bool has_one_consumer;
} named[] = {
    {"se4", "1234", false},
    {"se1", "1111", false},
    {"se-2+2", "1133", false},
    {"se-north+34", "1134", false},
    {"se4-one-consumer-price", "1234", true},
};

sn_status sn_partition_named(const sn_scenario *scenario,
                             const char *name,
                             sn_partition *out,
                             sn_error *err)
{
    static const char *const swedish[] = {"SE1", "SE2", "SE3", "SE4"};
    for (size_t k = 0; k < sizeof named / sizeof *named; k++) {
        if (strcmp(named[k].name, name) != 0) {
            continue;
        }
        (void)snprintf(out->name, sizeof out->name, "%s", name);
        for (size_t i = 0; i < scenario->n_area; i++) {
            out->label[i] = i;
        }
        for (size_t s = 0; s < 4; s++) {
            size_t i = sn_scenario_area_index(scenario, swedish[s]);
            size_t with =
                sn_scenario_area_index(scenario, swedish[named[k].group[s] - '1']);
            if (i != SIZE_MAX && with != SIZE_MAX) {
                out->label[i] = with;
            }
            if (i != SIZE_MAX && named[k].has_one_consumer) {
                out->has_one_consumer = true;
                out->one_consumer[i] = true;
            }
        }
        return SN_OK;
    }
    return sn_error_set(err, SN_E_NOT_FOUND,
                        "no split is named \"%.40s\"; known: se4, se1, se-2+2, "
                        "se-north+34, se4-one-consumer-price, or {name: ..., areas: "
                        "[[SE1, SE2], [SE3, SE4]]}",
                        name);
}
