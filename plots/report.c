/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.html: one file, nothing from the network; every text from data is escaped. */
#include "base/os.h"
#include "base/strbuf.h"
#include "charts.h"
#include "format_sv.h"
#include "plots.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HTML_MAX = 1 << 26, PATH_SIZE = 4096 };

typedef struct sn_report {
    const json_t *summary;
    const char *folder;
    bool sv;
    bool has_charts;
    sn_strbuf html;
    sn_status status; /* first failure; later calls do nothing */
    sn_error *err;
} sn_report;

static void raw(sn_report *r, const char *text)
{
    if (r->status == SN_OK) {
        r->status = sn_strbuf_puts(&r->html, text, r->err);
    }
}

static void both(sn_report *r, const char *sv, const char *en)
{
    raw(r, r->sv ? sv : en);
}

static void escaped(sn_report *r, const char *text)
{
    for (const char *c = text; *c != '\0' && r->status == SN_OK; c++) {
        switch (*c) {
        case '<':
            raw(r, "&lt;");
            break;
        case '>':
            raw(r, "&gt;");
            break;
        case '&':
            raw(r, "&amp;");
            break;
        case '"':
            raw(r, "&quot;");
            break;
        case '\'':
            raw(r, "&#39;");
            break;
        default:
            r->status = sn_strbuf_append(&r->html, c, 1, r->err);
        }
    }
}

static const json_t *at(const json_t *object, const char *a, const char *b, const char *c)
{
    const json_t *node = json_object_get(object, a);
    node = b != NULL ? json_object_get(node, b) : node;
    return c != NULL ? json_object_get(node, c) : node;
}

static double number(const json_t *node)
{
    return json_is_number(node) ? json_number_value(node) : NAN;
}

static const char *text_of(const json_t *node)
{
    const char *text = json_string_value(node);
    return text != NULL ? text : "";
}

static void cell(sn_report *r, double value, int decimals, bool change)
{
    char text[SN_NUMBER_SIZE];
    raw(r, "<td class=n>");
    raw(r, change ? sn_format_change(value, decimals, r->sv, text)
                  : sn_format_number(value, decimals, r->sv, text));
    raw(r, "</td>");
}

static const char *const areas[] = {"SE1", "SE2", "SE3", "SE4"};

static const char *first_compared(const sn_report *r)
{
    return text_of(json_array_get(json_object_get(r->summary, "compare"), 0));
}

static void put_prices(sn_report *r)
{
    const json_t *all = json_object_get(r->summary, "configurations");
    const json_t *base =
        json_object_get(all, text_of(json_object_get(r->summary, "base")));
    const json_t *one = json_object_get(all, first_compared(r));
    double rate = number(json_object_get(r->summary, "fx_sek_per_eur"));
    both(r,
         "<h2>Priset i varje elområde</h2><table><tr><th>Område<th>I dag, EUR/MWh<th>Ett "
         "elområde, EUR/MWh<th>Ändring, EUR/MWh<th>Ändring, öre/kWh</tr>",
         "<h2>The price in each area</h2><table><tr><th>Area<th>Today, EUR/MWh<th>One "
         "area, "
         "EUR/MWh<th>Change, EUR/MWh<th>Change, öre/kWh</tr>");
    for (size_t z = 0; z < 4; z++) {
        double p0 = number(at(base, "price_mean_eur_per_mwh", areas[z], NULL));
        double p1 = number(at(one, "price_mean_eur_per_mwh", areas[z], NULL));
        raw(r, "<tr><td>");
        raw(r, areas[z]);
        cell(r, p0, 2, false);
        cell(r, p1, 2, false);
        cell(r, p1 - p0, 2, true);
        cell(r, (p1 - p0) * rate * 0.1, 2, true);
        raw(r, "</tr>");
    }
    raw(r, "</table>");
    if (json_is_true(at(r->summary, "outside_range", "is", NULL))) {
        raw(r, "<p class=note>");
        both(r, "Det gemensamma priset ligger utanför det spann som områdena hade. ",
             "The common price lies outside the range the areas had. ");
        escaped(
            r, text_of(at(r->summary, "outside_range", "channels", r->sv ? "sv" : "en")));
        raw(r, "</p>");
    }
}

static void put_years(sn_report *r)
{
    size_t i;
    const json_t *year;
    both(r,
         "<h2>År för år</h2><p>Ett år ensamt säger lite: året betyder mer för svaret än "
         "något "
         "annat. Ändring i EUR/MWh; sist skillnaden mellan det enkla lastvägda "
         "medelpriset och SE1 "
         "och SE4 som "
         "referens.</p><table><tr><th>År<th>SE1<th>SE2<th>SE3<th>SE4<th>Enkelt, "
         "SE1<th>Enkelt, SE4</tr>",
         "<h2>Year by year</h2><p>One year alone says little. Change in EUR/MWh; last "
         "the plain "
         "load-weighted mean less SE1 and SE4 as a "
         "reference.</p><table><tr><th>Year<th>SE1<th>SE2"
         "<th>SE3<th>SE4<th>Plain, SE1<th>Plain, SE4</tr>");
    json_array_foreach(json_object_get(r->summary, "years"), i, year)
    {
        char text[16];
        double naive = number(json_object_get(year, "naive_load_weighted"));
        (void)snprintf(text, sizeof text, "%.0f", number(json_object_get(year, "year")));
        raw(r, "<tr><td>");
        raw(r, text);
        for (size_t z = 0; z < 4; z++) {
            cell(r, number(at(year, "change", areas[z], NULL)), 2, true);
        }
        cell(r, naive - number(at(year, "observed", "SE1", NULL)), 2, true);
        cell(r, naive - number(at(year, "observed", "SE4", NULL)), 2, true);
        raw(r, "</tr>");
    }
    raw(r, "</table>");
}

static void put_variants(sn_report *r)
{
    static const char *const names[] = {"physical", "market", "held"};
    static const char *const sv[] = {"Vattnet som rinner balanseras (huvudfall)",
                                     "Planerna balanseras", "Vattenvärden hålls"};
    static const char *const en[] = {"Running water balances (main case)",
                                     "Schedules balance", "Water values held"};
    both(r,
         "<h2>Tre sätt att räkna med vattnet</h2><p>Spridningen mellan raderna visar hur "
         "mycket "
         "svaret beror på hur vattenkraften antas "
         "svara.</p><table><tr><th>Antagande<th>Pris, "
         "EUR/MWh<th>Mothandel, GWh<th>Nota, M€<th>Energifel</tr>",
         "<h2>Three ways to treat the water</h2><p>The spread shows how much rests on "
         "how hydro "
         "responds.</p><table><tr><th>Assumption<th>Price, EUR/MWh<th>Countertrade, "
         "GWh<th>Bill, "
         "M€<th>Energy error</tr>");
    for (size_t k = 0; k < 3; k++) {
        const json_t *v = at(r->summary, "hydro_variants", names[k], NULL);
        raw(r, "<tr><td>");
        raw(r, r->sv ? sv[k] : en[k]);
        cell(r, number(at(v, "price_mean_eur_per_mwh", "SE3", NULL)), 2, false);
        cell(r, number(at(v, "redispatch", "volume_gwh", NULL)), 0, false);
        cell(r, number(at(v, "redispatch", "bill_meur", NULL)), 1, false);
        cell(r, number(at(v, "energy_error_max_share", NULL, NULL)), 6, false);
        raw(r, "</tr>");
    }
    raw(r, "</table>");
}

static void put_ledger(sn_report *r)
{
    size_t i;
    const json_t *row;
    both(r,
         "<h2>Liggaren: vem vinner och förlorar</h2><div "
         "class=wide><table><tr><th>Område<th>Grupp"
         "<th>Ändring, miljoner EUR</tr>",
         "<h2>The ledger: who gains and who loses</h2><div "
         "class=wide><table><tr><th>Area<th>Group"
         "<th>Change, million EUR</tr>");
    json_array_foreach(at(r->summary, "ledger", "rows", NULL), i, row)
    {
        raw(r, "<tr><td>");
        escaped(r, text_of(json_object_get(row, "area")));
        raw(r, "<td>");
        escaped(r, text_of(json_object_get(row, "group")));
        raw(r, "</td>");
        cell(r, number(json_object_get(row, "change_meur")), 1, true);
        raw(r, "</tr>");
    }
    raw(r, "</table></div>");
}

static void put_trust(sn_report *r)
{
    char text[SN_NUMBER_SIZE];
    both(r, "<h2>Hur säkert är det?</h2><p>Med dagens elområden återger modellen ",
         "<h2>How sure is it?</h2><p>With today's areas the model returns ");
    raw(r, sn_format_number(100.0 * number(at(r->summary, "replay", "share_exact", NULL)),
                            3, r->sv, text));
    both(r,
         " % av de jämförda priserna på en cent när. Varje timme kontrolleras av kod som "
         "inte "
         "delar något med lösaren: ",
         " % of the compared prices to one cent. Each hour is checked by code that "
         "shares nothing "
         "with the solver: ");
    raw(r, sn_format_number(number(at(r->summary, "check", "failed", NULL)), 0, r->sv,
                            text));
    both(r, " fel av ", " failures of ");
    raw(r, sn_format_number(number(at(r->summary, "check", "periods", NULL)), 0, r->sv,
                            text));
    both(r, " timmar.</p><p>", " hours.</p><p>");
    escaped(r, text_of(at(r->summary, "uncertainty", r->sv ? "sv" : "en", NULL)));
    raw(r, "</p>");
}

static void put_sources(sn_report *r)
{
    size_t i;
    const json_t *source;
    both(r, "<h2>Källor</h2><ul>", "<h2>Sources</h2><ul>");
    json_array_foreach(json_object_get(r->summary, "attribution"), i, source)
    {
        raw(r, "<li>");
        escaped(r, text_of(json_object_get(source, "text")));
        raw(r, " (");
        escaped(r, text_of(json_object_get(source, "licence")));
        raw(r, ")");
    }
    raw(r, "</ul><p class=small>Snitt " SN_VERSION ", ");
    both(r, "körning ", "run ");
    escaped(r, text_of(json_object_get(r->summary, "run_id")));
    raw(r, ", ");
    escaped(r, text_of(at(r->summary, "period", "from", NULL)));
    raw(r, " – ");
    escaped(r, text_of(at(r->summary, "period", "to", NULL)));
    raw(r, "</p>");
}

/* The SVG from its root element on; gnuplot's ids are local to each chart's use. */
static void put_chart(sn_report *r, const char *name)
{
    char path[PATH_SIZE];
    sn_strbuf svg;
    sn_strbuf_init(&svg, HTML_MAX);
    (void)snprintf(path, sizeof path, "%s/charts/%s.svg", r->folder, name);
    if (r->status == SN_OK && sn_os_read_file(path, &svg, NULL) == SN_OK) {
        const char *root = strstr(svg.data, "<svg");
        raw(r, "<figure>");
        raw(r, root != NULL ? root : "");
        raw(r, "</figure>");
    }
    sn_strbuf_release(&svg);
}

static const char style[] =
    "<style>body{font:16px/1.5 system-ui,sans-serif;color:#222;max-width:1100px;margin:0 "
    "auto;"
    "padding:1rem}h1{font-size:1.7rem}h2{margin-top:2rem}table{border-collapse:collapse;"
    "width:100%}"
    "th,td{padding:.3rem .5rem;border-bottom:1px solid "
    "#ddd;text-align:left;vertical-align:top}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}.mark{background:#B00020;"
    "color:#fff;"
    "padding:.5rem 1rem;font-weight:600}.note{border-left:4px solid "
    "#E69F00;padding-left:1rem}"
    "figure{margin:1.5rem "
    "0}svg{width:100%;height:auto}.small{color:#555;font-size:.85rem}"
    ".wide{overflow-x:auto}@media(max-width:600px){th,td{padding:.2rem;font-size:.8rem}}"
    "@media print{figure{break-inside:avoid}}</style>";

static void put_head(sn_report *r)
{
    const char *label = text_of(at(r->summary, "label", r->sv ? "sv" : "en", NULL));
    raw(r, r->sv ? "<!DOCTYPE html><html lang=sv>" : "<!DOCTYPE html><html lang=en>");
    raw(r,
        "<meta charset=utf-8><meta name=viewport content='width=device-width'><title>");
    escaped(r, text_of(at(r->summary, "title", r->sv ? "sv" : "en", NULL)));
    raw(r, "</title>");
    raw(r, style);
    if (label[0] != '\0') {
        raw(r, "<p class=mark>");
        escaped(r, label);
        raw(r, "</p>");
    }
    raw(r, "<h1>");
    escaped(r, text_of(at(r->summary, "title", r->sv ? "sv" : "en", NULL)));
    raw(r, "</h1>");
}

static sn_status write_report(sn_report *r)
{
    put_head(r);
    if (strcmp(text_of(json_object_get(r->summary, "status")), "failed") == 0) {
        both(r,
             "<p class=note>Kontrollen av körningen misslyckades. Inga resultat "
             "visas.</p>",
             "<p class=note>The run failed its check. No results are shown.</p>");
    } else {
        put_prices(r);
        for (size_t i = 0; r->has_charts && sn_chart_names[i] != NULL; i++) {
            put_chart(r, sn_chart_names[i]);
        }
        put_years(r);
        put_variants(r);
        put_trust(r);
        put_ledger(r);
    }
    put_sources(r);
    raw(r, "</html>\n");
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/report.html", r->folder);
    return r->status == SN_OK ? sn_os_write_file(path, r->html.data, r->html.len, r->err)
                              : r->status;
}

static sn_status
draw_charts(const char *run_folder, const json_t *summary, bool swedish, sn_error *err)
{
    char path[PATH_SIZE];
    sn_result *result = NULL;
    (void)snprintf(path, sizeof path, "%s/result.h5", run_folder);
    sn_status status = sn_result_open(path, &result, err);
    (void)snprintf(path, sizeof path, "%s/charts", run_folder);
    if (status == SN_OK) {
        status = sn_os_make_folders(path, err);
    }
    if (status == SN_OK) {
        sn_chart_job job = {summary, result, path, swedish};
        status = sn_charts_draw(&job, err);
    }
    sn_result_close(result);
    return status;
}

sn_status sn_plots_run(const char *run_folder, const char *lang, sn_error *err)
{
    char path[PATH_SIZE];
    sn_strbuf text;
    json_error_t cause;
    sn_strbuf_init(&text, HTML_MAX);
    int n = snprintf(path, sizeof path, "%s/summary.json", run_folder);
    if (n < 0 || (size_t)n + 16 >= sizeof path) {
        return sn_error_set(err, SN_E_IO, "folder name is too long");
    }
    sn_status status = sn_os_read_file(path, &text, err);
    json_t *summary = NULL;
    if (status == SN_OK) {
        summary = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &cause);
        if (summary == NULL ||
            strcmp(text_of(json_object_get(summary, "schema")), "snitt-summary-1") != 0) {
            status =
                sn_error_set(err, SN_E_FORMAT, "\"%s\" is no summary of a run", path);
        }
    }
    sn_strbuf_release(&text);
    if (status != SN_OK) {
        json_decref(summary);
        return status;
    }
    bool swedish = strcmp(lang, "en") != 0;
    bool failed = strcmp(text_of(json_object_get(summary, "status")), "failed") == 0;
    sn_status drawn = failed ? SN_OK : draw_charts(run_folder, summary, swedish, err);
    sn_report report = {.summary = summary,
                        .folder = run_folder,
                        .sv = swedish,
                        .has_charts = drawn == SN_OK && !failed,
                        .err = drawn == SN_OK ? err : NULL};
    sn_strbuf_init(&report.html, HTML_MAX);
    status = write_report(&report);
    sn_strbuf_release(&report.html);
    json_decref(summary);
    return drawn != SN_OK ? drawn : status;
}
