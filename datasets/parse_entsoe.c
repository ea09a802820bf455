/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_entsoe.h"

#include "base/units.h"
#include "parse_entsoe_xml.h"
#include "parse_json.h"
#include "parse_zip.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char provider[] = "entsoe";

#define PRICE_EUR_PER_MWH_MAX 10000.0
#define POWER_MW_MAX 1e6
#define ENERGY_MWH_MAX 1e9
#define AMOUNT_EUR_MAX 1e12
#define HOURS_PER_DAY 24.0
enum { POINTS_MAX = 1000000 };

/* What a Period's values are and how they become points. */
typedef struct meaning {
    sn_quantity quantity;
    double factor;    /* 1, or -1 for what is taken away */
    double most;      /* a larger stated value is an error */
    uint8_t part;     /* see sn_point */
    bool adds_up;     /* see sn_point */
    bool in_quarters; /* events of any length: as quarter-hours */
    bool is_energy;   /* MWh of the slot, to be stated as mean MW */
    bool is_amount;   /* EUR of the slot, to be stated as EUR/h */
    bool is_skipped;  /* not what was asked for: left out without a word */
    bool is_total;    /* a part of generation_mw as well */
} meaning;

typedef struct reading {
    const sn_entsoe_query *query;
    sn_point_set *set;
    sn_entsoe_answer *out;
} reading;

static bool is(const char *text, const char *expected)
{
    return strcmp(text, expected) == 0;
}

static sn_status
refuse(const sn_entsoe_query *query, const char *what, const char *got, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT, "%s: %s of %s: %s is \"%.60s\"", provider,
                        query->document, query->subject, what, got);
}

/* ---- what the codes mean ---- */

static const struct {
    const char *psr;
    sn_quantity generation;
    sn_quantity installed;
} psr_table[] = {
    {"B01", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B02", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B03", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B04", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B05", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B06", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B07", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B08", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B09", SN_OTHER_GENERATION, SN_OTHER_INSTALLED},
    {"B10", SN_HYDRO, SN_HYDRO_INSTALLED},
    {"B11", SN_HYDRO, SN_HYDRO_INSTALLED},
    {"B12", SN_HYDRO, SN_HYDRO_INSTALLED},
    {"B13", SN_OTHER_GENERATION, SN_OTHER_INSTALLED},
    {"B14", SN_NUCLEAR, SN_NUCLEAR_INSTALLED},
    {"B15", SN_OTHER_GENERATION, SN_OTHER_INSTALLED},
    {"B16", SN_SOLAR, SN_SOLAR_INSTALLED},
    {"B17", SN_THERMAL, SN_THERMAL_INSTALLED},
    {"B18", SN_WIND, SN_WIND_INSTALLED},
    {"B19", SN_WIND, SN_WIND_INSTALLED},
    {"B20", SN_OTHER_GENERATION, SN_OTHER_INSTALLED},
    {"B25", SN_OTHER_GENERATION, SN_OTHER_INSTALLED},
};
enum { PSR_COUNT = sizeof psr_table / sizeof *psr_table, NOT_PSR = 0 };
/* 1-based row of the table, 0 when unknown. */
static size_t psr_row(const char *psr)
{
    for (size_t i = 0; i < PSR_COUNT; i++) {
        if (is(psr_table[i].psr, psr)) {
            return i + 1;
        }
    }
    return NOT_PSR;
}

static bool is_about(const sn_entsoe_query *query, const sn_entsoe_head *head)
{
    return is(head->in, query->to_eic) && is(head->out, query->from_eic);
}

static sn_status mean_price(const sn_entsoe_query *query,
                            const sn_entsoe_head *head,
                            meaning *out,
                            sn_error *err)
{
    *out = (meaning){.quantity = SN_PRICE_EUR, .most = PRICE_EUR_PER_MWH_MAX};
    /* Sequence 1 is the coupled auction; 2 on are exchanges' own. */
    out->is_skipped = (head->sequence[0] != '\0' && !is(head->sequence, "1")) ||
                      (head->contract[0] != '\0' && !is(head->contract, "A01"));
    if (!is_about(query, head)) {
        return refuse(query, "the area", head->in, err);
    }
    if (!out->is_skipped &&
        (!is(head->currency, "EUR") || !is(head->price_unit, "MWH"))) {
        return refuse(query, "the currency, expected EUR per MWH,", head->currency, err);
    }
    return SN_OK;
}

static sn_status mean_power(const sn_entsoe_query *query,
                            const sn_entsoe_head *head,
                            sn_quantity quantity,
                            meaning *out,
                            sn_error *err)
{
    *out = (meaning){.quantity = quantity, .most = POWER_MW_MAX};
    return is(head->unit, "MAW")
               ? SN_OK
               : refuse(query, "the unit, expected MAW,", head->unit, err);
}

static sn_status mean_load(const sn_entsoe_query *query,
                           const sn_entsoe_head *head,
                           meaning *out,
                           sn_error *err)
{
    bool is_actual = query->process != NULL && is(query->process, "A16");
    if (!is(head->out, query->from_eic)) {
        return refuse(query, "the area", head->out, err);
    }
    if (!is_actual && (query->process == NULL || !is(query->process, "A01"))) {
        return refuse(query, "the process, expected A16 or A01,",
                      query->process != NULL ? query->process : "", err);
    }
    return mean_power(query, head, is_actual ? SN_LOAD : SN_LOAD_FORECAST, out, err);
}

/* A75, A68, A69: by type; a type's consumption is taken away. */
static sn_status mean_by_type(const sn_entsoe_query *query,
                              const sn_entsoe_head *head,
                              meaning *out,
                              sn_error *err)
{
    bool is_taken = head->in[0] == '\0' && head->out[0] != '\0';
    size_t row = psr_row(head->psr);
    if (row == NOT_PSR) {
        return refuse(query, "the production type, expected B01 to B25,", head->psr, err);
    }
    if (!is(is_taken ? head->out : head->in, query->from_eic)) {
        return refuse(query, "the area", is_taken ? head->out : head->in, err);
    }
    sn_quantity quantity = psr_table[row - 1].generation;
    if (is(query->document, "A68")) {
        quantity = psr_table[row - 1].installed;
    } else if (is(query->document, "A69")) {
        bool is_known = quantity == SN_SOLAR || quantity == SN_WIND;
        quantity = quantity == SN_SOLAR ? SN_SOLAR_FORECAST : SN_WIND_FORECAST;
        if (!is_known) {
            return refuse(query, "the production type, expected wind or solar,",
                          head->psr, err);
        }
    }
    sn_status status = mean_power(query, head, quantity, out, err);
    out->part = (uint8_t)row;
    /* Pumps and batteries: one series while they give and one while they take, either of
     * which may be absent. */
    out->adds_up = is(head->psr, "B10") || is(head->psr, "B25");
    out->factor = is_taken ? -1.0 : 1.0;
    out->is_skipped = is_taken && !out->adds_up;
    out->is_total = is(query->document, "A75");
    return status;
}

static sn_status mean_generation_forecast(const sn_entsoe_query *query,
                                          const sn_entsoe_head *head,
                                          meaning *out,
                                          sn_error *err)
{
    sn_status status = mean_power(query, head, SN_GENERATION_FORECAST, out, err);
    out->is_skipped = head->in[0] == '\0'; /* scheduled consumption */
    if (status == SN_OK && !out->is_skipped && !is(head->in, query->from_eic)) {
        return refuse(query, "the area", head->in, err);
    }
    return status;
}

static sn_status mean_border(const sn_entsoe_query *query,
                             const sn_entsoe_head *head,
                             meaning *out,
                             sn_error *err)
{
    sn_quantity quantity = SN_CAPACITY_FORWARD;
    if (is(query->document, "A11")) {
        quantity = SN_FLOW_MEASURED;
    } else if (is(query->document, "A09")) {
        quantity = SN_FLOW_DAY_AHEAD;
    } else if (query->is_back) {
        quantity = SN_CAPACITY_BACK;
    }
    if (!is_about(query, head)) {
        return refuse(query, "the border's first area", head->out, err);
    }
    sn_status status = mean_power(query, head, quantity, out, err);
    /* Schedules of the day ahead (A01) and of all markets (A05) come side by side. */
    out->is_skipped = is(query->document, "A09") && head->contract[0] != '\0' &&
                      !is(head->contract, "A01");
    return status;
}

static sn_status mean_reservoir(const sn_entsoe_query *query,
                                const sn_entsoe_head *head,
                                meaning *out,
                                sn_error *err)
{
    *out = (meaning){.quantity = SN_RESERVOIR, .most = ENERGY_MWH_MAX};
    if (!is(head->in, query->from_eic)) {
        return refuse(query, "the area", head->in, err);
    }
    return is(head->unit, "MWH")
               ? SN_OK
               : refuse(query, "the unit, expected MWH,", head->unit, err);
}

/* The counterpart is "REGION_CODE-----", which is no code: out is export. */
static sn_status mean_net_position(const sn_entsoe_query *query,
                                   const sn_entsoe_head *head,
                                   meaning *out,
                                   sn_error *err)
{
    sn_status status = mean_power(query, head, SN_NET_POSITION, out, err);
    bool is_export = is(head->out, query->from_eic);
    if (status == SN_OK && is_export == is(head->in, query->from_eic)) {
        return refuse(query, "the area", head->out, err);
    }
    out->factor = is_export ? 1.0 : -1.0;
    return status;
}

static sn_status mean_position_or_income(const sn_entsoe_query *query,
                                         const sn_entsoe_head *head,
                                         meaning *out,
                                         sn_error *err)
{
    if (is(head->business, "B09")) {
        return mean_net_position(query, head, out, err);
    }
    *out = (meaning){
        .quantity = SN_CONGESTION_INCOME, .most = AMOUNT_EUR_MAX, .is_amount = true};
    if (!is(head->business, "B10")) {
        return refuse(query, "the business type, expected B09 or B10,", head->business,
                      err);
    }
    return is(head->currency, "EUR")
               ? SN_OK
               : refuse(query, "the currency, expected EUR,", head->currency, err);
}

static sn_status mean_measure(const sn_entsoe_query *query,
                              const sn_entsoe_head *head,
                              meaning *out,
                              sn_error *err)
{
    bool is_redispatch = is(query->document, "A63");
    bool is_up = is(head->direction, "A01");
    *out = (meaning){.most = POWER_MW_MAX, .adds_up = true, .in_quarters = true};
    out->quantity = is_redispatch ? is_up ? SN_REDISPATCH_UP : SN_REDISPATCH_DOWN
                    : is_up       ? SN_COUNTERTRADE_UP
                                  : SN_COUNTERTRADE_DOWN;
    out->is_energy = is(head->unit, "MWH");
    if (!is_up && !is(head->direction, "A02")) {
        return refuse(query, "the direction, expected A01 or A02,", head->direction, err);
    }
    return out->is_energy || is(head->unit, "MAW")
               ? SN_OK
               : refuse(query, "the unit, expected MAW or MWH,", head->unit, err);
}

static sn_status mean_cost(const sn_entsoe_query *query,
                           const sn_entsoe_head *head,
                           meaning *out,
                           sn_error *err)
{
    *out = (meaning){.most = AMOUNT_EUR_MAX, .is_amount = true};
    out->quantity = is(head->business, "A46")   ? SN_REDISPATCH_COST
                    : is(head->business, "B03") ? SN_COUNTERTRADE_COST
                                                : SN_CONGESTION_COST_OTHER;
    if (out->quantity == SN_CONGESTION_COST_OTHER && !is(head->business, "B04")) {
        return refuse(query, "the business type, expected A46, B03 or B04,",
                      head->business, err);
    }
    return is(head->currency, "EUR")
               ? SN_OK
               : refuse(query, "the currency, expected EUR,", head->currency, err);
}

static const struct {
    const char *document;
    sn_status (*mean)(const sn_entsoe_query *query,
                      const sn_entsoe_head *head,
                      meaning *out,
                      sn_error *err);
} documents[] = {
    {"A44", mean_price},   {"A65", mean_load},      {"A75", mean_by_type},
    {"A68", mean_by_type}, {"A69", mean_by_type},   {"A71", mean_generation_forecast},
    {"A11", mean_border},  {"A09", mean_border},    {"A61", mean_border},
    {"A31", mean_border},  {"A72", mean_reservoir}, {"A25", mean_position_or_income},
    {"A63", mean_measure}, {"A91", mean_measure},   {"A92", mean_cost},
};

static bool is_read_here(const char *document)
{
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (is(documents[i].document, document)) {
            return true;
        }
    }
    return false;
}

static sn_status find_meaning(const sn_entsoe_query *query,
                              const sn_entsoe_document *document,
                              const sn_entsoe_head *head,
                              meaning *out,
                              sn_error *err)
{
    if (!is(document->type, query->document)) {
        return refuse(query, "the document's type", document->type, err);
    }
    if (query->process != NULL && !is(document->process, query->process)) {
        return refuse(query, "the document's process", document->process, err);
    }
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (is(documents[i].document, query->document)) {
            sn_status status = documents[i].mean(query, head, out, err);
            out->factor = out->factor == 0.0 ? 1.0 : out->factor;
            return status;
        }
    }
    return refuse(query, "the document, which is not read here,", query->document, err);
}

/* ---- points ---- */

static sn_status add_one(reading *r, const meaning *m, sn_point *point, sn_error *err)
{
    if (!sn_window_holds(&r->query->window, (sn_instant){point->at_utc_s})) {
        return SN_OK;
    }
    if (r->set->n >= POINTS_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "%s: %s of %s: more than %d values",
                            provider, r->query->document, r->query->subject,
                            (int)POINTS_MAX);
    }
    sn_status status = sn_points_add(r->set, point, err);
    if (status == SN_OK && m->is_total) {
        sn_point total = *point;
        total.quantity = SN_GENERATION;
        status = sn_points_add(r->set, &total, err);
    }
    return status;
}

/* A slot of fixed length: one point; for what adds up, its quarter-hours. */
static sn_status add_fixed(reading *r,
                           const meaning *m,
                           const sn_entsoe_period *period,
                           size_t slot,
                           sn_point *point,
                           sn_error *err)
{
    double slot_h = period->step_s / SN_SECONDS_PER_HOUR;
    point->at_utc_s = period->start.utc_s + (int64_t)slot * period->step_s;
    point->step_s = period->step_s;
    if (m->is_amount || m->is_energy) {
        point->value /= slot_h;
    }
    if (!m->in_quarters || period->step_s % SN_QUARTER_S != 0) {
        return add_one(r, m, point, err);
    }
    sn_status status = SN_OK;
    point->step_s = SN_QUARTER_S;
    for (int32_t s = 0; s < period->step_s && status == SN_OK; s += SN_QUARTER_S) {
        status = add_one(r, m, point, err);
        point->at_utc_s += SN_QUARTER_S;
    }
    return status;
}

/* A slot of the calendar: a day or a week as it is, months and years day by day. */
static sn_status add_calendar(reading *r,
                              const meaning *m,
                              const sn_entsoe_period *period,
                              size_t slot,
                              sn_point *point,
                              sn_error *err)
{
    sn_instant from = sn_entsoe_slot_date(period, slot);
    sn_instant to = sn_entsoe_slot_date(period, slot + 1);
    double days = (double)(to.utc_s - from.utc_s) / SN_DAY_S;
    if (m->is_amount || m->is_energy) {
        point->value /= days * HOURS_PER_DAY;
    }
    point->at_utc_s = from.utc_s;
    point->step_s = SN_DAY_S;
    if (period->n_month == 0) {
        point->step_s = period->n_day * SN_DAY_S;
        return add_one(r, m, point, err);
    }
    sn_status status = SN_OK;
    for (; point->at_utc_s < to.utc_s && status == SN_OK; point->at_utc_s += SN_DAY_S) {
        status = add_one(r, m, point, err);
        point->flag = SN_FLAG_FILLED;
    }
    return status;
}

static sn_status add_slot(reading *r,
                          const meaning *m,
                          const sn_entsoe_period *period,
                          size_t slot,
                          double value,
                          bool is_stated,
                          sn_error *err)
{
    sn_point point = {.quantity = m->quantity,
                      .value = value * m->factor,
                      .part = m->part,
                      .adds_up = m->adds_up,
                      .is_back = r->query->is_back,
                      .flag = is_stated ? SN_FLAG_STATED : SN_FLAG_FILLED};
    bool is_flow = m->quantity == SN_FLOW_DAY_AHEAD || m->quantity == SN_FLOW_MEASURED;
    point.value = is_flow && r->query->is_back ? 0.0 - point.value : point.value;
    memcpy(point.subject, r->query->subject, strlen(r->query->subject) + 1);
    return period->step_s > 0 ? add_fixed(r, m, period, slot, &point, err)
                              : add_calendar(r, m, period, slot, &point, err);
}

static sn_status check_curve(const sn_entsoe_query *query,
                             const sn_entsoe_head *head,
                             const sn_entsoe_period *period,
                             bool *is_filled_out,
                             sn_error *err)
{
    *is_filled_out = is(head->curve, "A03");
    if (!*is_filled_out && !is(head->curve, "A01") && head->curve[0] != '\0') {
        return refuse(query, "the curve type, expected A01 or A03,", head->curve, err);
    }
    if (*is_filled_out && (period->n_point == 0 || period->point[0].position != 1)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: %s of %s: a Period of curve type A03 lacks position 1",
                            provider, query->document, query->subject);
    }
    return SN_OK;
}

/* The slots of a period that touch what was asked for: few of many, perhaps. */
static void slots_asked_for(const sn_entsoe_query *query,
                            const sn_entsoe_period *period,
                            size_t *first,
                            size_t *past)
{
    *first = 0;
    *past = period->n_slot;
    if (period->step_s > 0) {
        int64_t before =
            (query->window.from.utc_s - period->start.utc_s) / period->step_s;
        int64_t after =
            (query->window.to.utc_s - period->start.utc_s) / period->step_s + 1;
        *first = before > 0 ? (size_t)before : 0;
        *past = after < 0                          ? 0
                : (uint64_t)after < period->n_slot ? (size_t)after
                                                   : period->n_slot;
    }
}

static sn_status add_period(reading *r,
                            const meaning *m,
                            const sn_entsoe_period *period,
                            bool is_filled,
                            sn_error *err)
{
    size_t first = 0;
    size_t past = 0;
    sn_status status = SN_OK;
    slots_asked_for(r->query, period, &first, &past);
    for (size_t i = 0; i < period->n_point && status == SN_OK; i++) {
        const sn_entsoe_point *point = &period->point[i];
        size_t next = i + 1 < period->n_point ? (size_t)period->point[i + 1].position - 1
                                              : period->n_slot;
        size_t slot = (size_t)point->position - 1;
        size_t end = is_filled ? next : slot + 1;
        if (fabs(point->value) > m->most) {
            char text[40];
            (void)snprintf(text, sizeof text, "%g", point->value);
            return refuse(r->query, "a value", text, err);
        }
        size_t k = slot < first ? first : slot;
        for (end = end < past ? end : past; k < end && status == SN_OK; k++) {
            status = add_slot(r, m, period, k, point->value, k == slot, err);
        }
    }
    return status;
}

static sn_status take_period(void *context,
                             const sn_entsoe_document *document,
                             const sn_entsoe_head *head,
                             const sn_entsoe_period *period,
                             sn_error *err)
{
    reading *r = context;
    meaning m;
    bool is_filled = false;
    sn_status status = find_meaning(r->query, document, head, &m, err);
    if (status == SN_OK && !m.is_skipped) {
        status = check_curve(r->query, head, period, &is_filled, err);
    }
    if (status == SN_OK && !m.is_skipped) {
        status = add_period(r, &m, period, is_filled, err);
    }
    return status;
}

/* ---- the whole answer ---- */

/* An Acknowledgement says why there are no data. */
static sn_status
read_reason(const sn_entsoe_document *document, sn_entsoe_answer *out, sn_error *err)
{
    static const char *const too_much[] = {"exceeds the allowed maximum", "exceeds",
                                           "must not span more than"};
    if (strstr(document->reason, "No matching data found") != NULL) {
        out->kind = SN_ENTSOE_NONE;
        return SN_OK;
    }
    for (size_t i = 0; i < sizeof too_much / sizeof *too_much; i++) {
        if (strstr(document->reason, too_much[i]) != NULL) {
            out->kind = SN_ENTSOE_TOO_MUCH;
            return SN_OK;
        }
    }
    return sn_error_set(err, SN_E_FORMAT, "%s: the service refuses: %.60s %.250s",
                        provider, document->reason_code,
                        document->reason[0] != '\0' ? document->reason
                                                    : "(no reason given)");
}

static sn_status read_document(void *context, const void *bytes, size_t n, sn_error *err)
{
    reading *r = context;
    sn_entsoe_document document;
    const sn_entsoe_reader reader = {take_period, r};
    size_t n_before = r->set->n;
    sn_status status = sn_entsoe_read(bytes, n, &reader, &document, err);
    if (status == SN_OK && strstr(document.root, "Acknowledgement") != NULL) {
        status = read_reason(&document, r->out, err);
    } else if (status == SN_OK && !is(document.type, r->query->document)) {
        status = refuse(r->query, "the document's type", document.type, err);
    } else if (status == SN_OK && !is_read_here(document.type)) {
        status =
            refuse(r->query, "the type, which is not read here,", document.type, err);
    }
    if (status != SN_OK) {
        r->set->n = n_before;
    }
    r->out->n_series += document.n_series;
    return status;
}

sn_status sn_parse_entsoe(const void *bytes,
                          size_t n,
                          const sn_entsoe_query *query,
                          sn_point_set *set,
                          sn_entsoe_answer *out,
                          sn_error *err)
{
    reading r = {.query = query, .set = set, .out = out};
    *out = (sn_entsoe_answer){.kind = SN_ENTSOE_DATA};
    if (strlen(query->subject) >= SN_SUBJECT_SIZE) {
        return refuse(query, "the subject, which is too long,", query->subject, err);
    }
    sn_status status = sn_zip_is(bytes, n) ? sn_zip_each(bytes, n, read_document, &r, err)
                                           : read_document(&r, bytes, n, err);
    bool is_flow = is(query->document, "A11") || is(query->document, "A09");
    return status == SN_OK && !is_flow ? sn_points_sum(set, err) : status;
}
