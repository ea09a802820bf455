/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stack of element names; the text of leaves that matter goes into a bounded buffer.
 * Points are most of the bytes: their names are told apart by length and a letter. */
#include "parse_entsoe_xml.h"

#include "base/number.h"

/* Debian builds expat with its guard against amplification; the header asks. */
#define XML_DTD 1
#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char provider[] = "entsoe";

enum { DEPTH_MAX = 32, TEXT_MAX = 255, SLOTS_MAX = 120000 };
enum { HALF_DAY_S = SN_DAY_S / 2, MONTHS_PER_YEAR = 12 };
#define AMPLIFICATION_MAX 8.0f

typedef enum token {
    OTHER,
    ROOT,
    TYPE,
    PROCESS,
    REASON,
    CODE,
    TEXT,
    SERIES,
    BUSINESS,
    IN,
    OUT,
    PSR_GROUP,
    PSR,
    CONTRACT,
    SEQUENCE,
    CURRENCY,
    UNIT,
    PRICE_UNIT,
    CURVE,
    DIRECTION,
    PERIOD,
    INTERVAL,
    START,
    END,
    RESOLUTION,
    POINT,
    POSITION,
    VALUE,
} token;

/* Names that are not met once a point. */
static const struct {
    const char *name;
    token token;
    token parent;
} names[] = {
    {"TimeSeries", SERIES, ROOT},
    {"type", TYPE, ROOT},
    {"process.processType", PROCESS, ROOT},
    {"Reason", REASON, ROOT},
    {"code", CODE, REASON},
    {"text", TEXT, REASON},
    {"businessType", BUSINESS, SERIES},
    {"in_Domain.mRID", IN, SERIES},
    {"inBiddingZone_Domain.mRID", IN, SERIES},
    {"out_Domain.mRID", OUT, SERIES},
    {"outBiddingZone_Domain.mRID", OUT, SERIES},
    {"MktPSRType", PSR_GROUP, SERIES},
    {"psrType", PSR, PSR_GROUP},
    {"mktPSRType.psrType", PSR, SERIES},
    {"contract_MarketAgreement.type", CONTRACT, SERIES},
    {"classificationSequence_AttributeInstanceComponent.position", SEQUENCE, SERIES},
    {"currency_Unit.name", CURRENCY, SERIES},
    {"quantity_Measure_Unit.name", UNIT, SERIES},
    {"quantity_Measurement_Unit.name", UNIT, SERIES},
    {"price_Measure_Unit.name", PRICE_UNIT, SERIES},
    {"curveType", CURVE, SERIES},
    {"flowDirection.direction", DIRECTION, SERIES},
    {"Period", PERIOD, SERIES},
    {"timeInterval", INTERVAL, PERIOD},
    {"start", START, INTERVAL},
    {"end", END, INTERVAL},
    {"resolution", RESOLUTION, PERIOD},
    {"Point", POINT, PERIOD},
    {"quantity", VALUE, POINT},
    {"price.amount", VALUE, POINT},
    {"congestionCost_Price.amount", VALUE, POINT},
};

typedef struct state {
    XML_Parser parser;
    const sn_entsoe_reader *reader;
    sn_entsoe_document *document;
    sn_error *err;
    sn_status status;
    token stack[DEPTH_MAX];
    size_t depth;
    bool is_leaf; /* text is collected */
    size_t n_text;
    char text[TEXT_MAX + 1];
    sn_entsoe_head head;
    sn_entsoe_text start;
    sn_entsoe_text end;
    sn_entsoe_text resolution;
    bool has_position;
    bool has_value;
    sn_entsoe_point now;
    sn_entsoe_point *point; /* of the period; owned */
    size_t n_point;
    size_t cap_point;
} state;

static sn_status stop(state *s, sn_status status)
{
    s->status = status;
    (void)XML_StopParser(s->parser, XML_FALSE);
    return status;
}

static unsigned long line_of(const state *s)
{
    return (unsigned long)XML_GetCurrentLineNumber(s->parser);
}

static void fail(state *s, const char *what)
{
    (void)stop(s, sn_error_set(s->err, SN_E_FORMAT, "%s: line %lu: %s", provider,
                               line_of(s), what));
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static token token_of(const char *name, token parent)
{
    if (parent == POINT) {
        if (name[0] == 'p' && strcmp(name, "position") == 0) {
            return POSITION;
        }
        if (name[0] == 'q' && strcmp(name, "quantity") == 0) {
            return VALUE;
        }
    } else if (parent == PERIOD && name[0] == 'P' && strcmp(name, "Point") == 0) {
        return POINT;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].parent == parent && strcmp(names[i].name, name) == 0) {
            return names[i].token;
        }
    }
    return OTHER;
}

static bool is_leaf(token t)
{
    switch (t) {
    case OTHER:
    case ROOT:
    case SERIES:
    case PERIOD:
    case INTERVAL:
    case POINT:
    case REASON:
    case PSR_GROUP:
        return false;
    default:
        return true;
    }
}

static void open_root(state *s, const char *name)
{
    (void)snprintf(s->document->root, SN_ENTSOE_TEXT_SIZE, "%.63s", name);
    if (strcmp(name, "html") == 0 || strcmp(name, "HTML") == 0) {
        (void)stop(s, sn_error_set(s->err, SN_E_FORMAT,
                                   "%s: the answer is a web page, expected a market "
                                   "document; the service may be down, try again later",
                                   provider));
    } else if (strstr(name, "MarketDocument") == NULL) {
        (void)stop(s, sn_error_set(s->err, SN_E_FORMAT,
                                   "%s: the document is a \"%.60s\", expected a market "
                                   "document",
                                   provider, name));
    }
}

static void XMLCALL on_text(void *context, const char *text, int n)
{
    state *s = context;
    if (!s->is_leaf) {
        return;
    }
    size_t size = (size_t)n;
    if (s->n_text + size > TEXT_MAX) {
        /* The words of a refusal may be long; nothing else is. */
        if (s->stack[s->depth - 1] != TEXT) {
            fail(s, "a value is longer than 255 bytes");
            return;
        }
        size = TEXT_MAX - s->n_text;
    }
    memcpy(s->text + s->n_text, text, size);
    s->n_text += size;
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
    state *s = context;
    (void)attributes;
    name = local_name(name);
    if (s->depth == DEPTH_MAX) {
        fail(s, "elements are more than 32 deep");
        return;
    }
    token t = s->depth == 0 ? ROOT : token_of(name, s->stack[s->depth - 1]);
    s->stack[s->depth] = t;
    s->depth++;
    s->is_leaf = is_leaf(t);
    s->n_text = 0;
    if (s->is_leaf) {
        XML_SetCharacterDataHandler(s->parser, on_text);
    }
    if (t == ROOT) {
        open_root(s, name);
    } else if (t == SERIES) {
        s->document->n_series++;
        s->head = (sn_entsoe_head){0};
    } else if (t == PERIOD) {
        s->n_point = 0;
        s->start[0] = s->end[0] = s->resolution[0] = '\0';
    } else if (t == POINT) {
        s->has_position = s->has_value = false;
    }
}

/* ---- leaves ---- */

static void add_point(state *s)
{
    if (!s->has_position || !s->has_value) {
        /* Empty points stand where a document has further kinds of value only. */
        fail(s, "a Point needs a position and a value");
        return;
    }
    if (s->n_point > 0 && s->now.position <= s->point[s->n_point - 1].position) {
        fail(s, "the positions of a Period do not rise");
        return;
    }
    if (s->n_point == s->cap_point) {
        size_t cap = s->cap_point == 0 ? 256 : s->cap_point * 2;
        sn_entsoe_point *grown = realloc(s->point, cap * sizeof *grown);
        if (grown == NULL) {
            (void)stop(s, sn_error_set(s->err, SN_E_MEMORY, "out of memory"));
            return;
        }
        s->point = grown;
        s->cap_point = cap;
    }
    s->point[s->n_point] = s->now;
    s->n_point++;
}

static void keep(state *s, sn_entsoe_text out)
{
    if (s->n_text >= SN_ENTSOE_TEXT_SIZE) {
        fail(s, "a code is longer than 63 bytes");
        return;
    }
    memcpy(out, s->text, s->n_text + 1);
}

static void keep_position(state *s)
{
    double value = 0.0;
    if (!sn_number_read(s->text, &value) || value < 1.0 || value > SLOTS_MAX ||
        value != floor(value)) {
        fail(s, "a position is not a whole number from 1 on");
        return;
    }
    s->now.position = (int32_t)value;
    s->has_position = true;
}

static void keep_value(state *s)
{
    if (!sn_number_read(s->text, &s->now.value)) {
        fail(s, "a value is not a number");
        return;
    }
    s->has_value = true;
}

static char *text_place(state *s, token t)
{
    switch (t) {
    case TYPE:
        return s->document->type;
    case PROCESS:
        return s->document->process;
    case CODE:
        return s->document->reason_code;
    case BUSINESS:
        return s->head.business;
    case IN:
        return s->head.in;
    case OUT:
        return s->head.out;
    case PSR:
        return s->head.psr;
    case CONTRACT:
        return s->head.contract;
    case SEQUENCE:
        return s->head.sequence;
    case CURRENCY:
        return s->head.currency;
    case UNIT:
        return s->head.unit;
    case PRICE_UNIT:
        return s->head.price_unit;
    case CURVE:
        return s->head.curve;
    case DIRECTION:
        return s->head.direction;
    case START:
        return s->start;
    case END:
        return s->end;
    case RESOLUTION:
        return s->resolution;
    default:
        return NULL;
    }
}

static void close_leaf(state *s, token t)
{
    s->text[s->n_text] = '\0';
    if (t == POSITION) {
        keep_position(s);
    } else if (t == VALUE) {
        keep_value(s);
    } else if (t == TEXT) {
        memcpy(s->document->reason, s->text, s->n_text + 1);
    } else {
        keep(s, text_place(s, t));
    }
}

/* ---- periods ---- */

/* "PT15M", "PT1H", "P1D", "P7D", "P1M", "P1Y". */
static bool read_resolution(const char *text, sn_entsoe_period *out)
{
    bool is_time = strncmp(text, "PT", 2) == 0;
    const char *digits = text + (is_time ? 2 : 1);
    int32_t count = 0;
    if (text[0] != 'P') {
        return false;
    }
    for (; *digits >= '0' && *digits <= '9' && count < 10000; digits++) {
        count = count * 10 + (*digits - '0');
    }
    if (count < 1 || count > 10000 || digits[0] == '\0' || digits[1] != '\0') {
        return false;
    }
    switch (digits[0]) {
    case 'S':
        out->step_s = is_time ? count : 0;
        break;
    case 'H':
        out->step_s = is_time ? count * SN_HOUR_S : 0;
        break;
    case 'M':
        out->step_s = is_time ? count * 60 : 0;
        out->n_month = is_time ? 0 : count;
        break;
    case 'D':
        out->n_day = is_time ? 0 : count;
        break;
    case 'Y':
        out->n_month = is_time ? 0 : count * MONTHS_PER_YEAR;
        break;
    default:
        break;
    }
    return out->step_s > 0 || out->n_day > 0 || out->n_month > 0;
}

/* A market day begins at 22 or 23 hours UTC (21 in the east): half a day on, the UTC date
 * is the local one. */
static sn_civil label_of(sn_instant t)
{
    sn_civil civil = sn_instant_to_utc((sn_instant){t.utc_s + HALF_DAY_S});
    return (sn_civil){.year = civil.year, .month = civil.month, .day = civil.day};
}

sn_instant sn_entsoe_slot_date(const sn_entsoe_period *period, size_t i)
{
    sn_civil civil = label_of(period->start);
    if (period->n_month > 0) {
        int32_t month =
            civil.year * MONTHS_PER_YEAR + civil.month - 1 + (int32_t)i * period->n_month;
        civil.year = month / MONTHS_PER_YEAR;
        civil.month = month % MONTHS_PER_YEAR + 1;
        return sn_instant_from_utc(&civil);
    }
    sn_instant first = sn_instant_from_utc(&civil);
    return (sn_instant){first.utc_s + (int64_t)i * period->n_day * SN_DAY_S};
}

/* Slots of the interval; 0 when it does not hold a whole number of them. */
static size_t count_slots(const sn_entsoe_period *p)
{
    int64_t length_s = p->end.utc_s - p->start.utc_s;
    if (length_s <= 0 || length_s > 40 * 366 * (int64_t)SN_DAY_S) {
        return 0;
    }
    if (p->step_s > 0) {
        return length_s % p->step_s == 0 && length_s / p->step_s <= SLOTS_MAX
                   ? (size_t)(length_s / p->step_s)
                   : 0;
    }
    sn_civil first = label_of(p->start);
    sn_civil last = label_of(p->end);
    if (p->n_month > 0) {
        int32_t months =
            (last.year - first.year) * MONTHS_PER_YEAR + last.month - first.month;
        return first.day == 1 && last.day == 1 && months > 0 && months % p->n_month == 0
                   ? (size_t)(months / p->n_month)
                   : 0;
    }
    int64_t days =
        (sn_instant_from_utc(&last).utc_s - sn_instant_from_utc(&first).utc_s) / SN_DAY_S;
    return days > 0 && days % p->n_day == 0 ? (size_t)(days / p->n_day) : 0;
}

static void close_period(state *s)
{
    sn_entsoe_period period = {.point = s->point, .n_point = s->n_point};
    sn_error why;
    if (sn_instant_parse(s->start, &period.start, &why) != SN_OK ||
        sn_instant_parse(s->end, &period.end, &why) != SN_OK) {
        fail(s, "a Period needs a timeInterval with start and end in UTC");
        return;
    }
    if (!read_resolution(s->resolution, &period)) {
        fail(s, "a Period has no resolution such as PT15M, PT60M, P1D or P1M");
        return;
    }
    period.n_slot = count_slots(&period);
    if (period.n_slot == 0) {
        fail(s, "a Period's interval is not a whole number of its resolution");
        return;
    }
    if (s->n_point > 0 && (size_t)s->point[s->n_point - 1].position > period.n_slot) {
        fail(s, "a position lies beyond the Period's interval");
        return;
    }
    sn_status status =
        s->reader->take(s->reader->context, s->document, &s->head, &period, s->err);
    if (status != SN_OK) {
        (void)stop(s, status);
    }
}

static void XMLCALL on_end(void *context, const char *name)
{
    state *s = context;
    (void)name;
    s->depth--;
    token t = s->stack[s->depth];
    if (s->is_leaf) {
        /* The white space between elements, most of a document, is called out to nobody.
         */
        XML_SetCharacterDataHandler(s->parser, NULL);
        close_leaf(s, t);
    } else if (t == POINT) {
        add_point(s);
    } else if (t == PERIOD) {
        close_period(s);
    }
    s->is_leaf = false;
}

static void XMLCALL on_doctype(void *context,
                               const char *name,
                               const char *system_id,
                               const char *public_id,
                               int has_subset)
{
    state *s = context;
    (void)name;
    (void)system_id;
    (void)has_subset;
    bool is_page = strcmp(name, "html") == 0 || strcmp(name, "HTML") == 0 ||
                   (public_id != NULL && strstr(public_id, "HTML") != NULL);
    fail(s, is_page ? "the answer is a web page, expected a market document; the service "
                      "may be down, try again later"
                    : "a document type declaration, which no market document has; "
                      "refused");
}

static sn_status run(state *s, const char *bytes, size_t n)
{
    enum { PIECE = 1 << 28 }; /* lengths are int there */
    XML_SetUserData(s->parser, s);
    XML_SetElementHandler(s->parser, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(s->parser, on_doctype);
    (void)XML_SetBillionLaughsAttackProtectionMaximumAmplification(s->parser,
                                                                   AMPLIFICATION_MAX);
    for (size_t at = 0; s->status == SN_OK && at <= n;) {
        size_t piece = n - at < PIECE ? n - at : PIECE;
        bool is_last = at + piece == n;
        enum XML_Status done = XML_Parse(s->parser, bytes + at, (int)piece, is_last);
        if (done != XML_STATUS_OK && s->status == SN_OK) {
            return sn_error_set(s->err, SN_E_FORMAT,
                                "%s: line %lu: not XML or cut off: %s", provider,
                                line_of(s), XML_ErrorString(XML_GetErrorCode(s->parser)));
        }
        at += piece;
        if (is_last) {
            break;
        }
    }
    return s->status;
}

sn_status sn_entsoe_read(const void *bytes,
                         size_t n,
                         const sn_entsoe_reader *reader,
                         sn_entsoe_document *document,
                         sn_error *err)
{
    *document = (sn_entsoe_document){0};
    if (n == 0) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: the answer is empty, expected a market document",
                            provider);
    }
    state *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    s->reader = reader;
    s->document = document;
    s->err = err;
    s->parser = XML_ParserCreate(NULL);
    sn_status status = s->parser != NULL
                           ? run(s, bytes, n)
                           : sn_error_set(err, SN_E_MEMORY, "out of memory");
    if (s->parser != NULL) {
        XML_ParserFree(s->parser);
    }
    free(s->point);
    free(s);
    return status;
}
