/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapping_clock.h"

#include <string.h>

bool sn_clock_rule_find(const char *clock, const char *autumn, sn_clock_rule *rule)
{
    static const char *const names[] = {"cet_local", "cet", "utc"};
    size_t kind = 0;
    while (clock != NULL && kind < 3 && strcmp(clock, names[kind]) != 0) {
        kind++;
    }
    rule->kind = (sn_clock_kind)kind;
    rule->autumn_missing = autumn != NULL && strcmp(autumn, "missing") == 0;
    return kind < 3 &&
           (autumn == NULL || rule->autumn_missing || strcmp(autumn, "in_order") == 0);
}

/* Reads up to max digits; false when there is none. */
static bool read_digits(const char **text, int max, int32_t *out)
{
    int n = 0;
    *out = 0;
    while (n < max && **text >= '0' && **text <= '9') {
        *out = *out * 10 + (**text - '0');
        (*text)++;
        n++;
    }
    return n > 0;
}

bool sn_clock_parse_label(const char *format, const char *text, sn_civil *out)
{
    *out = (sn_civil){.month = 1, .day = 1};
    int32_t week = 0;
    for (; *format != '\0' && *format != '*'; format++) {
        int32_t *field = NULL;
        int max = 2;
        switch (*format) {
        case 'Y':
        case 'y':
            field = &out->year;
            max = *format == 'Y' ? 4 : 2;
            break;
        case 'M':
            field = &out->month;
            break;
        case 'D':
            field = &out->day;
            break;
        case 'h':
            field = &out->hour;
            break;
        case 'm':
            field = &out->minute;
            break;
        case 's':
            field = &out->second;
            break;
        case 'W':
            field = &week;
            break;
        default:
            if (*text != *format && !(*format == ' ' && *text == 'T')) {
                return false; /* "2025-01-01T00:00" is as good as a blank */
            }
            text++;
            continue;
        }
        if (!read_digits(&text, max, field)) {
            return false;
        }
        out->year += *format == 'y' ? 2000 : 0;
    }
    if ((*format == '\0' && *text != '\0') || !sn_civil_is_valid(out)) {
        return false;
    }
    if (week > 0) {
        *out = sn_civil_of_iso_week(out->year, week);
    }
    return week >= 0 && week <= 53;
}

static sn_clock_step
place(sn_clock *clock, const sn_clock_rule *rule, sn_instant start, long step_s)
{
    if (rule->has_then && start.utc_s >= rule->then_from.utc_s) {
        step_s = rule->then_step_s;
    }
    sn_clock_step step = {SN_CLOCK_USE, start, 0};
    if (clock->started && start.utc_s < clock->next.utc_s) {
        step.kind = SN_CLOCK_BACK;
        return step;
    }
    step.gap_s = clock->started ? start.utc_s - clock->next.utc_s : 0;
    clock->started = true;
    clock->next.utc_s = start.utc_s + step_s;
    return step;
}

sn_clock_step sn_clock_advance(sn_clock *clock,
                               const sn_clock_rule *rule,
                               const sn_civil *label,
                               long step_s)
{
    sn_instant first = sn_instant_from_utc(label);
    sn_instant second = first;
    if (step_s > SN_DAY_S) {
        /* Weekly files put the first week of the next year first or last. */
        return (sn_clock_step){SN_CLOCK_USE, first, 0};
    }
    if (rule->kind == SN_CLOCK_UTC) {
        return place(clock, rule, first, step_s);
    }
    if (rule->kind == SN_CLOCK_CET) {
        first.utc_s -= SN_HOUR_S;
        return place(clock, rule, first, step_s);
    }
    switch (sn_instant_from_cet(label, &first, &second)) {
    case SN_LOCAL_SKIPPED:
        return (sn_clock_step){SN_CLOCK_DROP, first, 0};
    case SN_LOCAL_AMBIGUOUS:
        if (rule->autumn_missing) {
            /* The labels of one hour cover it twice; the later instants end it. */
            if (clock->started && second.utc_s + step_s > clock->next.utc_s) {
                clock->next.utc_s = second.utc_s + step_s;
            }
            return (sn_clock_step){SN_CLOCK_DROP, first, 0};
        }
        if (clock->started && first.utc_s < clock->next.utc_s) {
            return place(clock, rule, second, step_s);
        }
        return place(clock, rule, first, step_s);
    case SN_LOCAL_UNIQUE:
    default:
        return place(clock, rule, first, step_s);
    }
}
