/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file that works from a disk: style, script and charts stand inside, and a
 * content security policy forbids it to ask the network for anything.  Tables hold
 * every configuration, area and year as plain rows; the script only hides and sorts
 * rows, so that the page reads the same without it, on paper and by a screen reader.
 */
#include "report.h"

#include "base/os.h"
#include "chart_page.h"
#include "template.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

typedef struct report {
    const sn_report_job *job;
    const json_t *summary;
    bool sv;
    sn_writer w;
} report;

static const char *words(const report *r, const char *sv, const char *en)
{
    return r->sv ? sv : en;
}

static void both(report *r, const char *sv, const char *en)
{
    sn_write(&r->w, words(r, sv, en));
}

static void cell(report *r, double value, int decimals, bool change)
{
    char text[SN_NUMBER_SIZE];
    if (isfinite(value)) {
        sn_writef(&r->w, "<td class=n data-v=\"%.9g\">", value);
    } else {
        sn_write(&r->w, "<td class=n data-v=\"\">");
    }
    sn_write(&r->w, change ? sn_format_change(value, decimals, r->sv, text)
                           : sn_format_number(value, decimals, r->sv, text));
}

static void text_cell(report *r, const char *text)
{
    sn_write(&r->w, "<td>");
    sn_write_html(&r->w, text, SN_TEXT_ON_PAGE);
}

/* <tr> with what the switches go by; NULL: shown whatever is chosen. */
static void row(report *r, const char *configuration, const char *area)
{
    sn_write(&r->w, "<tr");
    if (configuration != NULL) {
        sn_write(&r->w, " data-configuration=\"");
        sn_write_html(&r->w, configuration, SN_TEXT_ON_PAGE);
        sn_write(&r->w, "\"");
    }
    if (area != NULL) {
        sn_write(&r->w, " data-area=\"");
        sn_write_html(&r->w, area, SN_TEXT_ON_PAGE);
        sn_write(&r->w, "\"");
    }
    sn_write(&r->w, ">");
}

/* heads: names separated by '|'; those that begin with '#' hold numbers. */
static void open_table(report *r, const char *caption, const char *heads)
{
    sn_write(&r->w, "<div class=wide tabindex=0 role=region aria-label=\"");
    sn_write_html(&r->w, caption, 0);
    sn_write(&r->w, "\"><table><caption>");
    sn_write_html(&r->w, caption, 0);
    sn_write(&r->w, "</caption><thead><tr>");
    for (const char *at = heads; *at != '\0';) {
        size_t n = strcspn(at, "|");
        bool number = *at == '#';
        sn_writef(&r->w, "<th scope=col%s>%.*s", number ? " class=n" : "",
                  (int)n - (number ? 1 : 0), at + (number ? 1 : 0));
        at += n + (at[n] == '|');
    }
    sn_write(&r->w, "</tr></thead><tbody>");
}

static void close_table(report *r)
{
    sn_write(&r->w, "</tbody></table></div>");
}

static const char *base_name(const report *r)
{
    return sn_text_at(r->summary, "base", NULL, NULL);
}

static double price_of(const report *r, const char *configuration, const char *area)
{
    const json_t *prices =
        sn_node_at(r->summary, "configurations", configuration, "price_mean_eur_per_mwh");
    return sn_number_at(prices, area, NULL, NULL);
}

static const char *first_compared(const report *r)
{
    return sn_text_of(json_array_get(json_object_get(r->summary, "compare"), 0));
}

/* Crowns where the run has a rate, from million EUR. */
static double money_of(const report *r)
{
    double rate = sn_number_at(r->summary, "fx_sek_per_eur", NULL, NULL);
    return isfinite(rate) ? rate : 1.0;
}

static const char *million(const report *r)
{
    bool sek = isfinite(sn_number_at(r->summary, "fx_sek_per_eur", NULL, NULL));
    return sek ? words(r, "miljoner kronor", "million SEK")
               : words(r, "miljoner euro", "million EUR");
}

/* ---- the parts ------------------------------------------------------------------- */

static void put_option(report *r, const char *value, const char *text, bool selected)
{
    sn_write(&r->w, "<option value=\"");
    sn_write_html(&r->w, value, SN_TEXT_ON_PAGE);
    sn_write(&r->w, selected ? "\" selected>" : "\">");
    sn_write_html(&r->w, text, SN_TEXT_ON_PAGE);
}

static void put_switches(report *r)
{
    size_t i;
    const json_t *node;
    both(r, "<form class=switch aria-label=\"Välj vad som visas\"><label>Indelning ",
         "<form class=switch aria-label=\"Choose what is shown\"><label>Split ");
    sn_write(&r->w, "<select id=switch-configuration>");
    put_option(r, "", words(r, "alla", "all"), true);
    json_array_foreach(json_object_get(r->summary, "compare"), i, node)
    {
        put_option(r, sn_text_of(node), sn_format_split(sn_text_of(node), r->sv), false);
    }
    both(r, "</select></label><label>Elområde <select id=switch-area>",
         "</select></label><label>Area <select id=switch-area>");
    put_option(r, "", words(r, "alla", "all"), true);
    json_array_foreach(json_object_get(r->summary, "areas"), i, node)
    {
        put_option(r, sn_text_of(node), sn_text_of(node), false);
    }
    both(r, "</select></label><label>År <select id=switch-year>",
         "</select></label><label>Year <select id=switch-year>");
    put_option(r, "", words(r, "alla", "all"), true);
    json_array_foreach(json_object_get(r->summary, "years"), i, node)
    {
        char year[16];
        (void)snprintf(year, sizeof year, "%.0f", sn_number_at(node, "year", NULL, NULL));
        put_option(r, year, year, false);
    }
    both(r,
         "</select></label><span id=chosen class=small role=status aria-live=polite "
         "data-rows=\"rader\"></span></form>",
         "</select></label><span id=chosen class=small role=status aria-live=polite "
         "data-rows=\"rows\"></span></form>");
}

/* Of the first comparison. */
static const json_t *headline(const report *r, const char *name)
{
    return sn_node_at(r->summary, "intervals", first_compared(r), name);
}

static void put_interval(report *r,
                         const json_t *interval,
                         double factor,
                         int decimals,
                         bool is_change)
{
    char text[3][SN_NUMBER_SIZE];
    double lo = sn_number_at(interval, "lo", NULL, NULL);
    double hi = sn_number_at(interval, "hi", NULL, NULL);
    double level = sn_number_at(interval, "level", NULL, NULL);
    if (!isfinite(lo) || !isfinite(hi)) {
        both(r, " Intervall ej beräknat.", " Interval not computed.");
        return;
    }
    sn_fill(&r->w, words(r, " {} % intervall {} … {}.", " {} % interval {} … {}."),
            sn_format_number(100.0 * level, 0, r->sv, text[0]),
            (is_change ? sn_format_change : sn_format_number)(lo * factor, decimals,
                                                              r->sv, text[1]),
            (is_change ? sn_format_change : sn_format_number)(hi * factor, decimals,
                                                              r->sv, text[2]),
            NULL);
}

static void put_facts(report *r)
{
    char text[2][SN_NUMBER_SIZE];
    double rate = sn_number_at(r->summary, "fx_sek_per_eur", NULL, NULL);
    sn_write(&r->w, "<ul class=facts>");
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        double change = price_of(r, first_compared(r), sn_chart_areas[z]) -
                        price_of(r, base_name(r), sn_chart_areas[z]);
        sn_writef(&r->w, "<li data-area=\"%s\">%s<b>%s %s</b>%s %s", sn_chart_areas[z],
                  sn_chart_areas[z],
                  sn_format_change(isfinite(rate) ? 0.1 * rate * change : change,
                                   isfinite(rate) ? 1 : 2, r->sv, text[0]),
                  isfinite(rate) ? "öre/kWh" : "EUR/MWh",
                  words(r, "mot i dag:", "against today:"),
                  sn_format_number(price_of(r, base_name(r), sn_chart_areas[z]), 1, r->sv,
                                   text[1]));
        sn_write(&r->w, " EUR/MWh.");
        put_interval(
            r,
            json_object_get(headline(r, "price_change_eur_per_mwh"), sn_chart_areas[z]),
            isfinite(rate) ? 0.1 * rate : 1.0, isfinite(rate) ? 1 : 2, true);
        sn_write(&r->w, "</li>");
    }
    double bill = sn_number_at(r->summary, "redispatch", "bill_meur", NULL);
    sn_writef(&r->w, "<li>%s<b>%s %s</b>%s",
              words(r, "Mothandelns nota", "Bill of countertrade"),
              sn_format_number(bill * money_of(r), 0, r->sv, text[0]), million(r),
              words(r, "på ett år, betalas med nätavgiften.",
                    "in a year, paid with the grid tariff."));
    put_interval(r, headline(r, "redispatch_bill_meur"), money_of(r), 0, false);
    sn_write(&r->w, "</li>");
    sn_write(&r->w, "</ul>");
    if (json_is_true(sn_node_at(r->summary, "outside_range", "is", NULL))) {
        both(r,
             "<p class=note>Det gemensamma priset ligger utanför det spann som områdena "
             "hade. ",
             "<p class=note>The common price lies outside the range the areas had. ");
        sn_write_html(&r->w,
                      sn_text_of(sn_node_at(r->summary, "outside_range", "channels",
                                            r->sv ? "sv" : "en")),
                      0);
        sn_write(&r->w, "</p>");
    }
}

static void put_prices(report *r)
{
    size_t i;
    size_t k;
    const json_t *name;
    const json_t *area;
    double rate = sn_number_at(r->summary, "fx_sek_per_eur", NULL, NULL);
    both(r, "<h2 id=prices>Priset i varje elområde</h2>",
         "<h2 id=prices>The price in each area</h2>");
    open_table(r, words(r, "Medelpris under perioden", "Mean price of the period"),
               words(r,
                     "Indelning|Område|#I dag, EUR/MWh|#Ändrad, EUR/MWh|#Ändring, "
                     "EUR/MWh|#Ändring, öre/kWh",
                     "Split|Area|#Today, EUR/MWh|#Changed, EUR/MWh|#Change, "
                     "EUR/MWh|#Change, öre/kWh"));
    json_array_foreach(json_object_get(r->summary, "compare"), i, name)
    {
        json_array_foreach(json_object_get(r->summary, "areas"), k, area)
        {
            double before = price_of(r, base_name(r), sn_text_of(area));
            double after = price_of(r, sn_text_of(name), sn_text_of(area));
            row(r, sn_text_of(name), sn_text_of(area));
            text_cell(r, sn_format_split(sn_text_of(name), r->sv));
            text_cell(r, sn_text_of(area));
            cell(r, before, 2, false);
            cell(r, after, 2, false);
            cell(r, after - before, 2, true);
            cell(r, (after - before) * rate * 0.1, 2, true);
        }
    }
    close_table(r);
}

static void put_years(report *r)
{
    size_t i;
    const json_t *year;
    both(r,
         "<h2 id=years>År för år</h2><p>Ett år ensamt säger lite: året betyder mer för "
         "svaret än något annat. Det enkla medelpriset är dagens priser vägda med "
         "förbrukningen.</p>",
         "<h2 id=years>Year by year</h2><p>One year alone says little: the year matters "
         "more than anything else. The plain mean is today's prices weighted by "
         "load.</p>");
    open_table(
        r, words(r, "Ändring av medelpriset, EUR/MWh", "Change of mean price, EUR/MWh"),
        words(r, "År|Område|#I dag|#Ett område|#Ändring|#Enkelt medel mot i dag",
              "Year|Area|#Today|#One area|#Change|#Plain mean against today"));
    json_array_foreach(json_object_get(r->summary, "years"), i, year)
    {
        char name[16];
        double naive = sn_number_at(year, "naive_load_weighted", NULL, NULL);
        (void)snprintf(name, sizeof name, "%.0f", sn_number_at(year, "year", NULL, NULL));
        for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
            const char *area = sn_chart_areas[z];
            double observed = sn_number_at(year, "observed", area, NULL);
            sn_writef(&r->w, "<tr data-year=\"%s\" data-area=\"%s\">", name, area);
            text_cell(r, name);
            text_cell(r, area);
            cell(r, observed, 2, false);
            cell(r, sn_number_at(year, "se1", area, NULL), 2, false);
            cell(r, sn_number_at(year, "change", area, NULL), 2, true);
            cell(r, naive - observed, 2, true);
        }
    }
    close_table(r);
}

static void put_variants(report *r)
{
    static const char *const names[] = {"physical", "market", "held"};
    static const char *const sv[] = {"Vattnet som rinner balanseras (huvudfall)",
                                     "Planerna balanseras", "Vattenvärden hålls"};
    static const char *const en[] = {"Running water balances (main case)",
                                     "Schedules balance", "Water values held"};
    both(
        r,
        "<h2 id=water>Tre sätt att räkna med vattnet</h2><p>Spridningen visar hur mycket "
        "svaret beror på hur vattenkraften antas svara.</p>",
        "<h2 id=water>Three ways to treat the water</h2><p>The spread shows how much "
        "rests on how hydro responds.</p>");
    char heads[160];
    (void)snprintf(heads, sizeof heads, "%s, %s|%s",
                   words(r, "Antagande|#Pris SE3, EUR/MWh|#Mothandel, GWh|#Nota",
                         "Assumption|#Price SE3, EUR/MWh|#Countertrade, GWh|#Bill"),
                   million(r), words(r, "#Energifel", "#Energy error"));
    open_table(r, words(r, "Antaganden om vattnet", "Assumptions on water"), heads);
    for (size_t k = 0; k < 3; k++) {
        const json_t *v = sn_node_at(r->summary, "hydro_variants", names[k], NULL);
        row(r, NULL, NULL);
        text_cell(r, words(r, sv[k], en[k]));
        cell(r, sn_number_at(v, "price_mean_eur_per_mwh", "SE3", NULL), 2, false);
        cell(r, sn_number_at(v, "redispatch", "volume_gwh", NULL), 0, false);
        cell(r, sn_number_at(v, "redispatch", "bill_meur", NULL) * money_of(r), 1, false);
        cell(r, sn_number_at(v, "energy_error_max_share", NULL, NULL), 6, false);
    }
    close_table(r);
}

static const char *group_name(const report *r, const char *key)
{
    static const struct {
        const char *key;
        const char *sv;
    } names[] = {{"consumers", "elkunder"},
                 {"consumers_industry", "stor industri"},
                 {"flexible_demand", "flexibel användning"},
                 {"hydro", "vattenkraft"},
                 {"wind", "vindkraft"},
                 {"solar", "solkraft"},
                 {"nuclear", "kärnkraft"},
                 {"thermal", "värmekraft"},
                 {"flexible_other", "flexibel kraft"},
                 {"water_unbalanced", "vatten som inte gått jämnt upp"},
                 {"exchange_fixed", "utbyte med okänt pris"},
                 {"congestion_income_internal", "flaskhalsintäkt inom landet"},
                 {"congestion_income_border", "flaskhalsintäkt vid gränsen"},
                 {"redispatch", "mothandel"},
                 {"shortfall", "brist"},
                 {"tariff_consumers", "nätavgift, elkunder betalar"},
                 {"tariff_operator", "nätavgift, nätet får in"},
                 {"neighbour", "grannland"}};
    for (size_t i = 0; r->sv && i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].key, key) == 0) {
            return names[i].sv;
        }
    }
    return key;
}

static void put_ledger(report *r)
{
    size_t i;
    size_t k;
    const json_t *line;
    const json_t *name;
    both(r, "<h2 id=ledger>Liggaren: vem vinner och förlorar</h2>",
         "<h2 id=ledger>The ledger: who gains and who loses</h2>");
    char heads[120];
    (void)snprintf(
        heads, sizeof heads, "%s, %s",
        words(r, "Indelning|Område|Grupp|#Ändring", "Split|Area|Group|#Change"),
        million(r));
    open_table(r, words(r, "Ändring på ett år", "Change in a year"), heads);
    json_array_foreach(json_object_get(r->summary, "compare"), k, name)
    {
        const json_t *rows =
            sn_node_at(sn_node_at(r->summary, "comparisons", sn_text_of(name), NULL),
                       "ledger", "rows", NULL);
        json_array_foreach(rows, i, line)
        {
            const char *area = sn_text_at(line, "area", NULL, NULL);
            row(r, sn_text_of(name), area);
            text_cell(r, sn_format_split(sn_text_of(name), r->sv));
            text_cell(r, area);
            text_cell(r, group_name(r, sn_text_at(line, "group", NULL, NULL)));
            cell(r, sn_number_at(line, "change_meur", NULL, NULL) * money_of(r), 1, true);
        }
    }
    close_table(r);
}

static void put_trust(report *r)
{
    char text[3][SN_NUMBER_SIZE];
    both(r, "<h2 id=trust>Hur säkert är det?</h2>", "<h2 id=trust>How sure is it?</h2>");
    sn_fill(
        &r->w,
        words(
            r,
            "<p>Med dagens elområden återger modellen {} % av de jämförda priserna på "
            "en cent när. Varje timme kontrolleras av kod som inte delar något med "
            "lösaren: {} fel av {} timmar.</p><p>",
            "<p>With today's areas the model returns {} % of the compared prices to one "
            "cent. Each hour is checked by code that shares nothing with the solver: {} "
            "failures of {} hours.</p><p>"),
        sn_format_number(100.0 * sn_number_at(r->summary, "replay", "share_exact", NULL),
                         3, r->sv, text[0]),
        sn_format_number(sn_number_at(r->summary, "check", "failed", NULL), 0, r->sv,
                         text[1]),
        sn_format_number(sn_number_at(r->summary, "check", "periods", NULL), 0, r->sv,
                         text[2]),
        NULL);
    sn_write_html(&r->w, sn_text_at(r->summary, "uncertainty", r->sv ? "sv" : "en", NULL),
                  0);
    sn_write(&r->w, "</p>");
}

static void put_sources(report *r)
{
    size_t i;
    const json_t *source;
    both(r, "<h2 id=sources>Källor</h2><ul>", "<h2 id=sources>Sources</h2><ul>");
    json_array_foreach(json_object_get(r->summary, "attribution"), i, source)
    {
        sn_write(&r->w, "<li>");
        sn_write_html(&r->w,
                      sn_format_source(sn_text_at(source, "text", NULL, NULL), r->sv),
                      SN_TEXT_ON_PAGE);
        sn_write(&r->w, " (");
        sn_write_html(&r->w,
                      sn_format_licence(sn_text_at(source, "licence", NULL, NULL), r->sv),
                      SN_TEXT_ON_PAGE);
        sn_write(&r->w, ")");
    }
    sn_writef(&r->w, "</ul><p class=small>Snitt " SN_VERSION ", %s ",
              words(r, "körning", "run"));
    sn_write_html(&r->w, sn_text_at(r->summary, "run_id", NULL, NULL), SN_TEXT_ON_PAGE);
    sn_write(&r->w, ", ");
    sn_write_html(&r->w, sn_text_at(r->summary, "period", "from", NULL), 40);
    sn_write(&r->w, " – ");
    sn_write_html(&r->w, sn_text_at(r->summary, "period", "to", NULL), 40);
    sn_write(&r->w, "</p>");
}

/* ---- charts ---------------------------------------------------------------------- */

/* The picture from its root element on, with ids of its own: sixteen of them share
 * one page. */
static void put_svg(report *r, const char *svg, const char *id)
{
    static const char *const marks[] = {" id='", " id=\"", "href='#", "href=\"#",
                                        "url(#"};
    const char *at = strstr(svg, "<svg");
    while (at != NULL && *at != '\0' && r->w.status == SN_OK) {
        const char *next = NULL;
        size_t length = 0;
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            const char *found = strstr(at, marks[i]);
            if (found != NULL && (next == NULL || found < next)) {
                next = found;
                length = strlen(marks[i]);
            }
        }
        if (next == NULL) {
            sn_write(&r->w, at);
            return;
        }
        size_t n = (size_t)(next - at) + length;
        if (sn_strbuf_append(&r->w.text, at, n, r->w.err) != SN_OK) {
            r->w.status = SN_E_MEMORY;
            return;
        }
        sn_write(&r->w, id);
        at += n;
    }
}

static void put_chart(report *r, size_t chart)
{
    char path[PATH_SIZE];
    sn_strbuf svg;
    const sn_chart_outcome *o = &r->job->outcome[chart];
    const char *id = sn_chart_id(chart);
    if (!o->drawn) {
        return;
    }
    sn_strbuf_init(&svg, 1 << 24);
    (void)snprintf(path, sizeof path, "%s/charts/%s.svg", r->job->run_folder, id);
    if (sn_os_read_file(path, &svg, NULL) == SN_OK) {
        sn_writef(&r->w, "<section id=%s><h2 class=hidden>", id);
        sn_write_html(&r->w, o->title, 0);
        sn_write(&r->w, "</h2><figure tabindex=0 role=img aria-label=\"");
        sn_write_html(&r->w, o->alt, 0);
        sn_write(&r->w, "\">");
        put_svg(r, svg.data, id);
        sn_write(&r->w, "</figure></section>");
    }
    sn_strbuf_release(&svg);
}

static void put_contents(report *r)
{
    both(r, "<nav aria-label=\"Innehåll\"><ul>", "<nav aria-label=\"Contents\"><ul>");
    for (size_t i = 0; r->job->has_charts && i < SN_CHART_COUNT; i++) {
        if (r->job->outcome[i].drawn) {
            sn_writef(&r->w, "<li><a href=\"#%s\">%s</a>", sn_chart_id(i),
                      sn_chart_question(i, r->sv));
        }
    }
    both(r, "<li><a href=\"#ledger\">Liggaren</a><li><a href=\"#sources\">Källor</a>",
         "<li><a href=\"#ledger\">The ledger</a><li><a href=\"#sources\">Sources</a>");
    sn_write(&r->w, "</ul></nav>");
}

static void put_file(report *r, const char *open, const char *name, const char *close)
{
    char path[SN_TEMPLATE_PATH_SIZE];
    sn_template_path(name, path);
    sn_write(&r->w, open);
    if (r->w.status == SN_OK) {
        r->w.status = sn_os_read_file(path, &r->w.text, r->w.err);
    }
    sn_write(&r->w, close);
}

static void put_head(report *r)
{
    const char *label = sn_text_at(r->summary, "label", r->sv ? "sv" : "en", NULL);
    const char *title = sn_text_at(r->summary, "title", r->sv ? "sv" : "en", NULL);
    sn_writef(&r->w, "<!DOCTYPE html><html lang=%s><head>", r->sv ? "sv" : "en");
    sn_write(&r->w, "<meta charset=utf-8><meta http-equiv=Content-Security-Policy "
                    "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
                    "'unsafe-inline'; img-src data:\"><meta name=viewport "
                    "content=\"width=device-width, initial-scale=1\"><link rel=icon "
                    "href=\"data:,\"><title>");
    sn_write_html(&r->w, title, SN_TEXT_ON_PAGE);
    sn_write(&r->w, "</title>");
    put_file(r, "<style>", "report.css", "</style>");
    both(r, "</head><body class=nojs><a class=skip href=\"#main\">Till innehållet</a>",
         "</head><body class=nojs><a class=skip href=\"#main\">To the content</a>");
    if (label[0] != '\0') {
        sn_write(&r->w, "<p class=mark>");
        sn_write_html(&r->w, label, SN_TEXT_ON_PAGE);
        sn_write(&r->w, "</p>");
    }
    sn_write(&r->w, "<h1>");
    sn_write_html(&r->w, title, SN_TEXT_ON_PAGE);
    sn_writef(&r->w, "</h1><p class=small>%s %.0f</p>", words(r, "Året", "Year"),
              sn_number_at(r->summary, "period", "year", NULL));
}

sn_status sn_report_write(const sn_report_job *job, sn_error *err)
{
    report r = {.job = job, .summary = job->summary, .sv = job->swedish};
    sn_writer_init(&r.w, err);
    put_head(&r);
    if (strcmp(sn_text_at(r.summary, "status", NULL, NULL), "failed") == 0) {
        both(&r,
             "<main id=main><p class=note>Kontrollen av körningen misslyckades. Inga "
             "resultat visas.</p>",
             "<main id=main><p class=note>The run failed its check. No results are "
             "shown.</p>");
        put_sources(&r);
        sn_write(&r.w, "</main>");
    } else {
        put_switches(&r);
        sn_write(&r.w, "<main id=main>");
        put_facts(&r);
        put_contents(&r);
        for (size_t i = 0; job->has_charts && i < SN_CHART_COUNT; i++) {
            put_chart(&r, i);
        }
        put_prices(&r);
        put_years(&r);
        put_variants(&r);
        put_ledger(&r);
        put_trust(&r);
        put_sources(&r);
        sn_write(&r.w, "</main>");
        put_file(&r, "<script>", "report.js", "</script>");
    }
    sn_write(&r.w, "</body></html>\n");
    sn_status status = sn_writer_save(&r.w, job->run_folder, "report.html");
    sn_writer_release(&r.w);
    return status;
}
