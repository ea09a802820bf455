/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Use by area and sector times the change in price there. */
#include "run_internal.h"
#include "use_facts.h"

#include <math.h>

static const sn_text_column columns[] = {
    {"area", "", -1},         {"sector", "", -1},           {"mwh_per_year", "MWh", 0},
    {"change_sek", "SEK", 0}, {"change_sek_low", "SEK", 0}, {"change_sek_high", "SEK", 0},
};
enum { NUMBERS = 4 };

void sn_use_by_area_init(sn_text_table *table)
{
    sn_text_table_init(table, columns, sizeof columns / sizeof *columns);
}

static sn_status add_row(const char *area,
                         const char *sector,
                         const double *numbers,
                         sn_text_table *table,
                         json_t *list,
                         sn_error *err)
{
    json_t *one = json_object();
    sn_run_set(one, "area", json_string(area));
    sn_run_set(one, "sector", json_string(sector));
    sn_status status = sn_text_table_add(table, err);
    if (status == SN_OK) {
        status = sn_text_table_text(table, 0, area, err);
    }
    if (status == SN_OK) {
        status = sn_text_table_text(table, 1, sector, err);
    }
    for (size_t i = 0; i < NUMBERS && status == SN_OK; i++) {
        sn_text_table_number(table, i + 2, numbers[i]);
        sn_run_set(one, columns[i + 2].name, sn_run_number(numbers[i]));
    }
    (void)json_array_append_new(list, one);
    return status;
}

/* All sectors of one area; their sum's interval is the years' as they were together. */
static sn_status add_area(const sn_use_facts *facts,
                          const sn_price_changes *changes,
                          int area,
                          double fx,
                          sn_text_table *table,
                          json_t *list,
                          sn_error *err)
{
    double sum[NUMBERS] = {0.0};
    sn_spread whole = {0.0, INFINITY, -INFINITY};
    sn_status status = SN_OK;
    for (size_t s = 0; s < facts->n_sector && status == SN_OK; s++) {
        double mwh = facts->sector[s].mwh[area];
        sn_spread d =
            sn_price_change_area(changes, area, sn_sector_profile(facts->sector[s].name));
        bool years = changes->n_year > 1; /* one alone has no range */
        const double numbers[NUMBERS] = {mwh, mwh * d.mean * fx,
                                         years ? mwh * d.low * fx : NAN,
                                         years ? mwh * d.high * fx : NAN};
        status = add_row(sn_swedish_area(area), facts->sector[s].name, numbers, table,
                         list, err);
        sum[0] += mwh;
    }
    for (size_t y = 0; y < changes->n_year; y++) {
        double sek = 0.0;
        for (size_t s = 0; s < facts->n_sector; s++) {
            sn_profile profile = sn_sector_profile(facts->sector[s].name);
            sek += facts->sector[s].mwh[area] * fx *
                   (changes->price[SN_SIDE_CHANGED][y][area][profile] -
                    changes->price[SN_SIDE_BASE][y][area][profile]);
        }
        whole.mean += sek / (double)changes->n_year;
        whole.low = isnan(sek) ? sek : fmin(whole.low, sek);
        whole.high = isnan(sek) ? sek : fmax(whole.high, sek);
    }
    sum[1] = whole.mean;
    sum[2] = changes->n_year > 1 ? whole.low : NAN;
    sum[3] = changes->n_year > 1 ? whole.high : NAN;
    return status == SN_OK ? add_row(sn_swedish_area(area), "all", sum, table, list, err)
                           : status;
}

sn_status sn_use_by_area(const sn_use_facts *facts,
                         const sn_price_changes *changes,
                         double fx_sek_per_eur,
                         sn_text_table *table,
                         json_t *list,
                         sn_error *err)
{
    sn_status status = SN_OK;
    for (int a = 0; a < SN_SWEDISH_AREAS && status == SN_OK; a++) {
        status = add_area(facts, changes, a, fx_sek_per_eur, table, list, err);
    }
    return status;
}

static json_t *source_json(const sn_citation *source, const char *of, int year)
{
    json_t *one = json_object();
    sn_run_set(one, "of", json_string(of));
    sn_run_set(one, "year", json_integer(year));
    sn_run_set(one, "source", json_string(source->where));
    sn_run_set(one, "date", json_string(source->date));
    sn_run_set(one, "licence", json_string(source->licence));
    sn_run_set(one, "checked", json_string(source->checked));
    sn_run_set(one, "note", json_string(source->note));
    return one;
}

json_t *sn_use_facts_json(const sn_use_facts *facts)
{
    json_t *out = json_object();
    json_t *shared = json_array();
    json_t *not_shared = json_array();
    json_t *sources = json_array();
    for (size_t s = 0; s < facts->n_sector; s++) {
        const sn_use_sector *sector = &facts->sector[s];
        (void)json_array_append_new(sector->by_people ? shared : not_shared,
                                    json_string(sector->name));
        (void)json_array_append_new(
            sources, source_json(&sector->source, sector->name, facts->year));
    }
    (void)json_array_append_new(
        sources, source_json(&facts->people_source, "inhabitants", facts->people_year));
    sn_run_set(out, "shared_by_inhabitants", shared);
    sn_run_set(out, "by_area_only", not_shared);
    sn_run_set(out, "sources", sources);
    return out;
}
