/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A year of day-ahead prices in quarter-hours (A44, one TimeSeries a day) from bytes to
 * series, with expat alone, its handlers doing nothing, as referee in the same run: what
 * no reader built on it can beat.  In two layouts, indented as the platform writes it and
 * without white space, and with the half of the positions that curve type A03 leaves out.
 * Time is the processor's, so that other work on the machine does not count.
 *
 *     bench_parse_entsoe [REPEATS]     default 15
 */
#include "base/strbuf.h"
#include "bench/bench_support.h"
#include "parse_entsoe.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAYS = 365, QUARTERS = 96, REPEATS_MAX = 99, REPEATS = 15 };
#define AREA "10Y1001A1001A46L"
#define BYTES_PER_MB 1e6

typedef struct layout {
    const char *name;
    bool is_indented;
    int every; /* positions stated: each, or each second */
} layout;

static void put(sn_strbuf *out, const char *text)
{
    bench_require(sn_strbuf_puts(out, text, NULL) == SN_OK, "memory");
}

/* One line at a depth; in one row without white space otherwise. */
static void put_line(sn_strbuf *out, const layout *l, int depth, const char *text)
{
    for (int i = 0; l->is_indented && i < depth; i++) {
        put(out, "    ");
    }
    put(out, text);
    put(out, l->is_indented ? "\n" : "");
}

static void put_point(sn_strbuf *out, const layout *l, int position, unsigned *noise)
{
    char text[64];
    *noise = *noise * 1103515245U + 12345U;
    put_line(out, l, 4, "<Point>");
    (void)snprintf(text, sizeof text, "<position>%d</position>", position);
    put_line(out, l, 5, text);
    (void)snprintf(text, sizeof text, "<price.amount>%.2f</price.amount>",
                   (double)(*noise >> 16 & 0x3fff) / 100.0 - 10.0);
    put_line(out, l, 5, text);
    put_line(out, l, 4, "</Point>");
}

static void put_day(sn_strbuf *out, const layout *l, int day, unsigned *noise)
{
    char start[SN_INSTANT_TEXT_SIZE];
    char end[SN_INSTANT_TEXT_SIZE];
    char text[200];
    sn_instant from = {1735686000 + (int64_t)day * SN_DAY_S}; /* 2024-12-31T23:00Z */
    sn_instant to = {from.utc_s + SN_DAY_S};
    put_line(out, l, 1, "<TimeSeries>");
    put_line(out, l, 2, "<mRID>1</mRID><auction.type>A01</auction.type>");
    put_line(out, l, 2, "<in_Domain.mRID codingScheme=\"A01\">" AREA "</in_Domain.mRID>");
    put_line(out, l, 2,
             "<out_Domain.mRID codingScheme=\"A01\">" AREA "</out_Domain.mRID>");
    put_line(out, l, 2, "<currency_Unit.name>EUR</currency_Unit.name>");
    put_line(out, l, 2, "<price_Measure_Unit.name>MWH</price_Measure_Unit.name>");
    put_line(out, l, 2, "<curveType>A03</curveType>");
    (void)snprintf(text, sizeof text,
                   "<Period><timeInterval><start>%s</start><end>%s</end></timeInterval>"
                   "<resolution>PT15M</resolution>",
                   sn_instant_format(from, start), sn_instant_format(to, end));
    put_line(out, l, 3, text);
    for (int q = 0; q < QUARTERS; q += l->every) {
        put_point(out, l, q + 1, noise);
    }
    put_line(out, l, 3, "</Period>");
    put_line(out, l, 1, "</TimeSeries>");
}

static sn_strbuf make_year(const layout *l)
{
    unsigned noise = 1;
    sn_strbuf out;
    sn_strbuf_init(&out, (size_t)1 << 28);
    put_line(&out, l, 0, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    put_line(&out, l, 0, "<Publication_MarketDocument xmlns=\"urn:x\"><type>A44</type>");
    for (int day = 0; day < DAYS; day++) {
        put_day(&out, l, day, &noise);
    }
    put_line(&out, l, 0, "</Publication_MarketDocument>");
    return out;
}

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static double time_ours(const sn_strbuf *year)
{
    const sn_entsoe_query query = {.document = "A44",
                                   .from_eic = AREA,
                                   .to_eic = AREA,
                                   .subject = "SE3",
                                   .window = {{0}, {INT64_C(7258118400)}}};
    sn_point_set set = {0};
    sn_entsoe_answer answer;
    sn_series *series = NULL;
    size_t n = 0;
    double start = cpu_s();
    sn_status status =
        sn_parse_entsoe(year->data, year->len, &query, &set, &answer, NULL);
    if (status == SN_OK) {
        status = sn_points_build(&set, "entsoe", (sn_instant){0}, &series, &n, NULL);
    }
    double took_s = cpu_s() - start;
    bench_require(status == SN_OK && n == 1 && series[0].axis.n == DAYS * QUARTERS,
                  "a year of quarters comes out");
    sn_series_array_free(series, n);
    sn_points_release(&set);
    return took_s;
}

static void XMLCALL nothing_starts(void *context, const char *name, const char **more)
{
    (void)context;
    (void)name;
    (void)more;
}

static void XMLCALL nothing_ends(void *context, const char *name)
{
    (void)context;
    (void)name;
}

static double time_expat(const sn_strbuf *year)
{
    double start = cpu_s();
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetElementHandler(parser, nothing_starts, nothing_ends);
    bench_require(XML_Parse(parser, year->data, (int)year->len, 1) == XML_STATUS_OK,
                  "expat reads it");
    XML_ParserFree(parser);
    return cpu_s() - start;
}

static double best_of(const double *value, int n)
{
    double best = value[0];
    for (int i = 1; i < n; i++) {
        best = value[i] < best ? value[i] : best;
    }
    return best;
}

static void measure(const layout *l, int n_repeat)
{
    double ours[REPEATS_MAX];
    double expat[REPEATS_MAX];
    sn_strbuf year = make_year(l);
    for (int i = 0; i < n_repeat; i++) {
        ours[i] = time_ours(&year);
        expat[i] = time_expat(&year);
    }
    double mb = (double)year.len / BYTES_PER_MB;
    double best_s = best_of(ours, n_repeat);
    double own_s = bench_median(ours, (size_t)n_repeat);
    double expat_s = bench_median(expat, (size_t)n_repeat);
    (void)printf("%-24s %6.2f MB  %7.2f ms  %6.1f MB/s (best %6.1f)  expat alone %6.1f "
                 "MB/s  ratio %.2f\n",
                 l->name, mb, own_s * 1e3, mb / own_s, mb / best_s, mb / expat_s,
                 own_s / expat_s);
    sn_strbuf_release(&year);
}

int main(int argc, char **argv)
{
    static const layout layouts[] = {{"indented, all stated", true, 1},
                                     {"indented, half stated", true, 2},
                                     {"no white space", false, 1}};
    long n_repeat = argc > 1 ? strtol(argv[1], NULL, 10) : REPEATS;
    n_repeat = n_repeat < 1 ? 1 : n_repeat > REPEATS_MAX ? REPEATS_MAX : n_repeat;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        measure(&layouts[i], (int)n_repeat);
    }
    return 0;
}
