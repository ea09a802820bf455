/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each chart is a table (NAME.dat for gnuplot, NAME.csv for people) and a template
 * in templates/.  Scripts hold only our own words; every text that comes from data
 * goes through a file that gnuplot reads as data, noenhanced.
 */
#include "charts.h"

#include "base/os.h"
#include "base/strbuf.h"
#include "format_sv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 22, PATH_SIZE = 4096, N_CUT = 3, N_AREA = 4 };

const char *const sn_chart_names[] = {"q01", "q02", "q06", "q07", "q16", NULL};

static const char *const areas[N_AREA] = {"SE1", "SE2", "SE3", "SE4"};
static const char *const cut_from[N_CUT] = {"SE1", "SE2", "SE3"};
static const char *const cut_to[N_CUT] = {"SE2", "SE3", "SE4"};

/* Number at a path of keys; NaN when absent or null. */
static double number_at(const json_t *object, const char *a, const char *b, const char *c)
{
    const json_t *at = json_object_get(object, a);
    at = b != NULL ? json_object_get(at, b) : at;
    at = c != NULL ? json_object_get(at, c) : at;
    return json_is_number(at) ? json_number_value(at) : NAN;
}

static const char *text_at(const json_t *object, const char *a, const char *b)
{
    const json_t *at = json_object_get(object, a);
    at = b != NULL ? json_object_get(at, b) : at;
    const char *text = json_string_value(at);
    return text != NULL ? text : "";
}

/* Tabs and line ends would shift a data file's columns. */
static sn_status put_text(sn_strbuf *out, const char *text, sn_error *err)
{
    sn_status status = SN_OK;
    for (const char *c = text; *c != '\0' && status == SN_OK && c - text < 300; c++) {
        char plain = (unsigned char)*c < 0x20 || *c == '"' ? ' ' : *c;
        status = sn_strbuf_append(out, &plain, 1, err);
    }
    return status;
}

static sn_status
save(const sn_chart_job *job, const char *name, sn_strbuf *text, sn_error *err)
{
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s/%s", job->folder, name);
    if (n < 0 || (size_t)n >= sizeof path) {
        return sn_error_set(err, SN_E_IO, "folder name is too long");
    }
    sn_status status = sn_os_write_file(path, text->data, text->len, err);
    sn_strbuf_clear(text);
    return status;
}

/* The data file with commas, for people: NAME.csv with its header. */
static sn_status save_table(const sn_chart_job *job,
                            const char *name,
                            const char *header,
                            sn_strbuf *text,
                            sn_error *err)
{
    char file[64];
    sn_strbuf csv;
    sn_strbuf_init(&csv, TEXT_MAX);
    sn_status status = sn_strbuf_printf(&csv, err, "%s\n", header);
    bool first = true;
    for (size_t i = 0; i < text->len && status == SN_OK; i++) {
        char c = text->data[i];
        if (first && (c == '=' || c == '+' || c == '@')) {
            status = sn_strbuf_puts(&csv, "'", err); /* no formula for a spreadsheet */
        }
        first = c == '\t' || c == '\n';
        c = c == ',' ? ';' : (char)(c == '\t' ? ',' : c);
        if (status == SN_OK) {
            status = sn_strbuf_append(&csv, &c, 1, err);
        }
    }
    if (status == SN_OK) {
        (void)snprintf(file, sizeof file, "%s.csv", name);
        status = save(job, file, &csv, err);
    }
    if (status == SN_OK) {
        (void)snprintf(file, sizeof file, "%s.dat", name);
        status = save(job, file, text, err);
    }
    sn_strbuf_release(&csv);
    return status;
}

static const char *compared(const sn_chart_job *job)
{
    const char *name =
        json_string_value(json_array_get(json_object_get(job->summary, "compare"), 0));
    return name != NULL ? name : "";
}

/* ---- Q1 ---- */

static sn_status q01_years(const sn_chart_job *job, sn_strbuf *text, sn_error *err)
{
    size_t i;
    const json_t *year;
    sn_status status = SN_OK;
    json_array_foreach(json_object_get(job->summary, "years"), i, year)
    {
        if (status != SN_OK || isnan(number_at(year, "change", "SE1", NULL))) {
            continue;
        }
        status = sn_strbuf_printf(text, err, "%.0f", number_at(year, "year", NULL, NULL));
        for (size_t z = 0; z < N_AREA && status == SN_OK; z++) {
            status = sn_strbuf_printf(text, err, "\t%.4f",
                                      number_at(year, "change", areas[z], NULL));
        }
        double naive = number_at(year, "naive_load_weighted", NULL, NULL);
        for (size_t z = 0; z < N_AREA && status == SN_OK; z++) {
            status = sn_strbuf_printf(
                text, err, "\t%.4f", naive - number_at(year, "observed", areas[z], NULL));
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(text, "\n", err);
        }
    }
    return status == SN_OK
               ? save_table(
                     job, "q01_years",
                     "year,change SE1,change SE2,change SE3,change SE4,naive SE1,naive "
                     "SE2,naive SE3,naive SE4",
                     text, err)
               : status;
}

static sn_status q01(const sn_chart_job *job, sn_strbuf *text, sn_error *err)
{
    const json_t *all = json_object_get(job->summary, "configurations");
    const json_t *one = json_object_get(all, compared(job));
    const json_t *today = json_object_get(all, text_at(job->summary, "base", NULL));
    sn_status status = SN_OK;
    for (size_t z = 0; z < N_AREA && status == SN_OK; z++) {
        char a[SN_NUMBER_SIZE];
        char b[SN_NUMBER_SIZE];
        double p0 = number_at(today, "price_mean_eur_per_mwh", areas[z], NULL);
        double p1 = number_at(one, "price_mean_eur_per_mwh", areas[z], NULL);
        status = sn_strbuf_printf(text, err, "%s\t%.4f\t%.4f\t%s\t%s\n", areas[z], p0, p1,
                                  sn_format_number(p0, 1, job->swedish, a),
                                  sn_format_number(p1, 1, job->swedish, b));
    }
    if (status == SN_OK) {
        status = save_table(job, "q01", "area,today EUR/MWh,one area EUR/MWh,label,label",
                            text, err);
    }
    return status == SN_OK ? q01_years(job, text, err) : status;
}

/* ---- Q2 ---- */

typedef struct ledger_line {
    const char *sv;
    const char *en;
    const char *groups; /* names between bars */
    int where;          /* 0 Sweden north, 1 Sweden south, 2 all Sweden, 3 abroad */
} ledger_line;

static const ledger_line ledger_lines[] = {
    {"Elkunder i SE1 och SE2", "Consumers in SE1 and SE2",
     "|consumers|consumers_industry|", 0},
    {"Elkunder i SE3 och SE4", "Consumers in SE3 and SE4",
     "|consumers|consumers_industry|", 1},
    {"Vattenkraft", "Hydro power", "|hydro|water_unbalanced|", 2},
    {"Vindkraft", "Wind power", "|wind|", 2},
    {"Kärnkraft", "Nuclear power", "|nuclear|", 2},
    {"Värmekraft och sol", "Thermal and solar", "|thermal|solar|", 2},
    {"Flexibla kunder och kraft", "Flexible users and plants",
     "|flexible_other|flexible_demand|", 2},
    {"Bundet utbyte, ej uppdelat", "Fixed exchange, not split", "|exchange_fixed|", 2},
    {"Flaskhalsintäkter", "Congestion income",
     "|congestion_income_internal|congestion_income_border|", 2},
    {"Mothandel", "Countertrade", "|redispatch|shortfall|", 2},
    {"Nättariff: elkunderna betalar", "Tariff: consumers pay", "|tariff_consumers|", 2},
    {"Nättariff: nätet får", "Tariff: the grid gets", "|tariff_operator|", 2},
    {"Grannländerna", "Neighbouring countries", NULL, 3},
};

static int place_of(const char *area)
{
    if (strncmp(area, "SE", 2) != 0) {
        return 3;
    }
    return strcmp(area, "SE1") == 0 || strcmp(area, "SE2") == 0 ? 0 : 1;
}

static bool belongs(const ledger_line *line, const char *area, const char *group)
{
    char key[64];
    int place = place_of(area);
    if (line->where == 3 || place == 3) {
        return line->where == place;
    }
    (void)snprintf(key, sizeof key, "|%.40s|", group);
    return (line->where == 2 || line->where == place) &&
           strstr(line->groups, key) != NULL;
}

static sn_status q02(const sn_chart_job *job, sn_strbuf *text, sn_error *err)
{
    const json_t *rows = json_object_get(json_object_get(job->summary, "ledger"), "rows");
    double rate = number_at(job->summary, "fx_sek_per_eur", NULL, NULL);
    double factor = isnan(rate) ? 1.0 : rate;
    sn_status status = SN_OK;
    for (size_t k = 0; k < sizeof ledger_lines / sizeof *ledger_lines && status == SN_OK;
         k++) {
        const ledger_line *line = &ledger_lines[k];
        double sum = 0.0;
        size_t i;
        const json_t *row;
        json_array_foreach(rows, i, row)
        {
            if (belongs(line, text_at(row, "area", NULL), text_at(row, "group", NULL))) {
                sum += number_at(row, "change_meur", NULL, NULL);
            }
        }
        char label[SN_NUMBER_SIZE];
        status = sn_strbuf_printf(text, err, "%s\t%.6f\t%s\n",
                                  job->swedish ? line->sv : line->en, sum * factor,
                                  sn_format_change(sum * factor, 0, job->swedish, label));
    }
    return status == SN_OK ? save_table(job, "q02",
                                        isnan(rate) ? "group,million EUR,label"
                                                    : "group,million SEK,label",
                                        text, err)
                           : status;
}

/* ---- Q6 ---- */

static sn_status q06(const sn_chart_job *job, sn_strbuf *text, sn_error *err)
{
    static const char *const names[] = {"physical", "market", "held"};
    static const char *const sv[] = {"rinnande vatten\\nbalanserat",
                                     "planerna\\nbalanserade", "vattenvärden\\nhållna"};
    static const char *const en[] = {"running water\\nbalanced", "schedules\\nbalanced",
                                     "water values\\nheld"};
    const json_t *variants = json_object_get(job->summary, "hydro_variants");
    double rate = number_at(job->summary, "fx_sek_per_eur", NULL, NULL);
    sn_status status = SN_OK;
    for (size_t k = 0; k < 3 && status == SN_OK; k++) {
        const json_t *r =
            json_object_get(json_object_get(variants, names[k]), "redispatch");
        double value[3] = {number_at(r, "volume_gwh", NULL, NULL) / 1e3,
                           number_at(r, "bill_meur", NULL, NULL),
                           number_at(r, "tariff_eur_per_mwh", NULL, NULL) * rate * 0.1};
        char label[3][SN_NUMBER_SIZE];
        status =
            sn_strbuf_printf(text, err, "%s\t%.6f\t%.6f\t%.6f\t%s\t%s\t%s\n",
                             job->swedish ? sv[k] : en[k], value[0], value[1], value[2],
                             sn_format_number(value[0], 2, job->swedish, label[0]),
                             sn_format_number(value[1], 1, job->swedish, label[1]),
                             sn_format_number(value[2], 2, job->swedish, label[2]));
    }
    return status == SN_OK
               ? save_table(job, "q06", "water,TWh,million EUR,öre/kWh,label,label,label",
                            text, err)
               : status;
}

/* ---- Q7 ---- */

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x < y) - (x > y);
}

static sn_status q07_heat(const sn_chart_job *job,
                          double *const difference[N_CUT],
                          size_t n,
                          sn_strbuf *text,
                          sn_error *err)
{
    const sn_axis *time = sn_result_time(job->result);
    static double over[12][24][N_CUT];
    static double all[12][24][N_CUT];
    memset(over, 0, sizeof over);
    memset(all, 0, sizeof all);
    for (size_t t = 0; t < n; t++) {
        sn_civil local = sn_instant_to_cet(sn_axis_at(time, t));
        for (size_t k = 0; k < N_CUT; k++) {
            if (!isnan(difference[k][t])) {
                all[local.month - 1][local.hour][k] += 1.0;
                over[local.month - 1][local.hour][k] +=
                    fabs(difference[k][t]) > 1.0 ? 1.0 : 0.0;
            }
        }
    }
    sn_status status = SN_OK;
    for (int month = 0; month < 12; month++) {
        for (int hour = 0; hour < 24 && status == SN_OK; hour++) {
            status = sn_strbuf_printf(text, err, "%d\t%d", month + 1, hour);
            for (size_t k = 0; k < N_CUT && status == SN_OK; k++) {
                double share = all[month][hour][k] > 0.0
                                   ? 100.0 * over[month][hour][k] / all[month][hour][k]
                                   : NAN;
                status = sn_strbuf_printf(text, err, "\t%.3f", share);
            }
            if (status == SN_OK) {
                status = sn_strbuf_puts(text, "\n", err);
            }
        }
    }
    return status == SN_OK
               ? save_table(job, "q07_heat", "month,hour,SE1-SE2 %,SE2-SE3 %,SE3-SE4 %",
                            text, err)
               : status;
}

static sn_status q07_duration(const sn_chart_job *job,
                              double *const difference[N_CUT],
                              size_t n,
                              sn_strbuf *text,
                              sn_error *err)
{
    size_t count[N_CUT];
    for (size_t k = 0; k < N_CUT; k++) {
        count[k] = 0;
        for (size_t t = 0; t < n; t++) {
            if (!isnan(difference[k][t])) {
                difference[k][count[k]++] = difference[k][t];
            }
        }
        qsort(difference[k], count[k], sizeof(double), descending);
    }
    sn_status status = SN_OK;
    for (int i = 0; i <= 400 && status == SN_OK; i++) {
        status = sn_strbuf_printf(text, err, "%.2f", i * 0.25);
        for (size_t k = 0; k < N_CUT && status == SN_OK; k++) {
            size_t at = count[k] == 0 ? 0 : (size_t)((double)(count[k] - 1) * i / 400.0);
            status = sn_strbuf_printf(text, err, "\t%.4f",
                                      count[k] == 0 ? NAN : difference[k][at]);
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(text, "\n", err);
        }
    }
    if (status == SN_OK) {
        status = save_table(job, "q07_duration",
                            "% of hours,SE1-SE2,SE2-SE3,SE3-SE4 EUR/MWh", text, err);
    }
    for (size_t k = 0; k < N_CUT && status == SN_OK; k++) {
        status = sn_strbuf_printf(text, err, "%s%.4f", k == 0 ? "100\t" : "\t",
                                  count[k] == 0 ? 0.0 : difference[k][count[k] - 1]);
    }
    return status == SN_OK ? save(job, "q07_ends.dat", text, err) : status;
}

static sn_status q07(const sn_chart_job *job, sn_strbuf *text, sn_error *err)
{
    double *price = NULL;
    double *difference[N_CUT] = {NULL, NULL, NULL};
    size_t n = 0;
    size_t width = 0;
    sn_status status = sn_result_read(job->result, "/observed/price_eur_per_mwh", &price,
                                      &n, &width, err);
    for (size_t k = 0; k < N_CUT && status == SN_OK; k++) {
        size_t from = sn_result_find_area(job->result, cut_from[k]);
        size_t to = sn_result_find_area(job->result, cut_to[k]);
        difference[k] = malloc((n + 1) * sizeof(double));
        if (difference[k] == NULL) {
            status = sn_error_set(err, SN_E_MEMORY, "out of memory for a chart");
        }
        for (size_t t = 0; t < n && status == SN_OK; t++) {
            difference[k][t] = from < width && to < width
                                   ? price[t * width + to] - price[t * width + from]
                                   : NAN;
        }
    }
    if (status == SN_OK) {
        status = q07_heat(job, difference, n, text, err);
    }
    if (status == SN_OK) {
        status = q07_duration(job, difference, n, text, err);
    }
    for (size_t k = 0; k < N_CUT; k++) {
        free(difference[k]);
    }
    free(price);
    return status;
}

/* ---- Q16 ---- */

static sn_status q16(const sn_chart_job *job, sn_strbuf *text, sn_error *err)
{
    static const struct {
        const char *month;
        const char *sv;
        const char *en;
    } events[] = {
        {"2011-11", "fyra elområden", "four areas"},
        {"2024-10", "flödesbaserad handel", "flow-based"},
        {"2025-10", "kvartspriser", "quarter-hours"},
    };
    size_t i;
    const json_t *month;
    char first[16] = "9999-99";
    char last[16] = "0000-00";
    double highest = 1.0;
    sn_status status = SN_OK;
    json_array_foreach(json_object_get(job->summary, "monthly"), i, month)
    {
        const char *name = text_at(month, "month", NULL);
        if (status != SN_OK || strlen(name) != 7) {
            continue;
        }
        memcpy(first, strcmp(name, first) < 0 ? name : first, 8);
        memcpy(last, strcmp(name, last) > 0 ? name : last, 8);
        status = put_text(text, name, err);
        for (size_t z = 0; z < N_AREA && status == SN_OK; z++) {
            double price = number_at(month, "price", areas[z], NULL);
            highest = fmax(highest, isnan(price) ? 0.0 : price);
            status = sn_strbuf_printf(text, err, "\t%.4f", price);
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(text, "\n", err);
        }
    }
    if (status == SN_OK) {
        status = save_table(job, "q16", "month,SE1,SE2,SE3,SE4 EUR/MWh", text, err);
    }
    /* gnuplot fails on an empty file: a point without height or text stands for none. */
    if (status == SN_OK) {
        status = sn_strbuf_printf(text, err, "%s\t0\t \t \n", first);
    }
    for (i = 0; i < 3 && status == SN_OK; i++) {
        if (strcmp(events[i].month, first) >= 0 && strcmp(events[i].month, last) <= 0) {
            status = sn_strbuf_printf(text, err, "%s\t%.2f\t%s\t%s\n", events[i].month,
                                      highest, events[i].sv, events[i].en);
        }
    }
    return status == SN_OK ? save(job, "q16_events.dat", text, err) : status;
}

/* ---- drawing ---- */

static sn_status write_footer(const sn_chart_job *job, sn_strbuf *text, sn_error *err)
{
    size_t i;
    const json_t *source;
    sn_status status = sn_strbuf_puts(text, job->swedish ? "Källa: " : "Source: ", err);
    json_array_foreach(json_object_get(job->summary, "attribution"), i, source)
    {
        if (status == SN_OK && i > 0) {
            status = sn_strbuf_puts(text, "; ", err);
        }
        if (status == SN_OK) {
            status = put_text(text, text_at(source, "text", NULL), err);
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(text, " (", err);
        }
        if (status == SN_OK) {
            status = put_text(text, text_at(source, "licence", NULL), err);
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(text, ")", err);
        }
    }
    if (status == SN_OK) {
        status = sn_strbuf_printf(
            text, err, "\n%s %.0f · Snitt " SN_VERSION ", %s %s\n",
            job->swedish ? "År" : "Year", number_at(job->summary, "period", "year", NULL),
            job->swedish ? "körning" : "run", text_at(job->summary, "run_id", NULL));
    }
    if (status == SN_OK) {
        status = save(job, "footer.txt", text, err);
    }
    if (status == SN_OK) {
        status = put_text(
            text, text_at(job->summary, "label", job->swedish ? "sv" : "en"), err);
    }
    if (status == SN_OK) {
        status = sn_strbuf_puts(text, text->len == 0 ? " \n" : "\n", err);
    }
    return status == SN_OK ? save(job, "mark.txt", text, err) : status;
}

static sn_status
write_script(const sn_chart_job *job, const char *name, sn_strbuf *text, sn_error *err)
{
    static const struct {
        const char *terminal;
        const char *ending;
    } formats[] = {
        {"svg size 1280,720 font 'DejaVu Sans,13' background '#ffffff'", "svg"},
        {"pngcairo size 1280,720 font 'DejaVu Sans,13'", "png"},
        {"pdfcairo size 13.3in,7.5in font 'DejaVu Sans,15'", "pdf"},
    };
    char file[64];
    double rate = number_at(job->summary, "fx_sek_per_eur", NULL, NULL);
    sn_status status = SN_OK;
    for (size_t i = 0; i < 3 && status == SN_OK; i++) {
        status = sn_strbuf_printf(
            text, err,
            "reset session\nset terminal %s\nset output '%s.%s'\nsv = %d\nunit = '%s'\n"
            "load '%s/style.gp'\nload '%s/%s.gp'\nload '%s/footer.gp'\nunset output\n",
            formats[i].terminal, name, formats[i].ending, job->swedish ? 1 : 0,
            isnan(rate) ? "EUR" : (job->swedish ? "kronor" : "SEK"), SN_TEMPLATES_DIR,
            SN_TEMPLATES_DIR, name, SN_TEMPLATES_DIR);
    }
    (void)snprintf(file, sizeof file, "%s.gp", name);
    return status == SN_OK ? save(job, file, text, err) : status;
}

static sn_status
draw(const sn_chart_job *job, const char *name, sn_strbuf *text, sn_error *err)
{
    char script[64];
    (void)snprintf(script, sizeof script, "%s.gp", name);
    const char *const argv[] = {"gnuplot", script, NULL};
    sn_status status = write_script(job, name, text, err);
    return status == SN_OK ? sn_os_run(argv, job->folder, 60.0, NULL, err) : status;
}

sn_status sn_charts_draw(const sn_chart_job *job, sn_error *err)
{
    static sn_status (*const tables[])(const sn_chart_job *, sn_strbuf *,
                                       sn_error *) = {q01, q02, q06, q07, q16};
    sn_strbuf text;
    sn_strbuf_init(&text, TEXT_MAX);
    sn_status status = write_footer(job, &text, err);
    for (size_t i = 0; sn_chart_names[i] != NULL && status == SN_OK; i++) {
        status = tables[i](job, &text, err);
        sn_strbuf_clear(&text);
    }
    for (size_t i = 0; sn_chart_names[i] != NULL && status == SN_OK; i++) {
        status = draw(job, sn_chart_names[i], &text, err);
        sn_strbuf_clear(&text);
    }
    sn_strbuf_release(&text);
    return status;
}
