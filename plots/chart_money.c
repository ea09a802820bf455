/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Money: the ledger (Q2), countertrade (Q6), congestion income (Q9), splits (Q13). */
#include "chart_page.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Q2 -------------------------------------------------------------------------- */

typedef struct ledger_line {
    const char *sv;
    const char *en;
    const char *groups; /* names between bars; NULL: all of them */
    int where;          /* NORTH, SOUTH, SWEDEN, ABROAD */
} ledger_line;

enum { NORTH, SOUTH, SWEDEN, ABROAD };

static const ledger_line ledger_lines[] = {
    {"Elkunder i SE1 och SE2", "Consumers in SE1 and SE2",
     "|consumers|consumers_industry|", NORTH},
    {"Elkunder i SE3 och SE4", "Consumers in SE3 and SE4",
     "|consumers|consumers_industry|", SOUTH},
    {"Vattenkraft", "Hydro power", "|hydro|water_unbalanced|", SWEDEN},
    {"Vindkraft", "Wind power", "|wind|", SWEDEN},
    {"Kärnkraft", "Nuclear power", "|nuclear|", SWEDEN},
    {"Värmekraft och sol", "Thermal and solar", "|thermal|solar|", SWEDEN},
    {"Flexibel användning och kraft", "Flexible use and plants",
     "|flexible_other|flexible_demand|", SWEDEN},
    {"Utbyte med okänt pris", "Exchange at unknown price", "|exchange_fixed|", SWEDEN},
    {"Nätet: flaskhalsintäkter", "Grid: congestion income",
     "|congestion_income_internal|congestion_income_border|", SWEDEN},
    {"Nätet: mothandel", "Grid: countertrade", "|redispatch|shortfall|", SWEDEN},
    {"Nätavgift: elkunder i norr", "Grid tariff: consumers north", "|tariff_consumers|",
     NORTH},
    {"Nätavgift: elkunder i söder", "Grid tariff: consumers south", "|tariff_consumers|",
     SOUTH},
    {"Nätavgift: nätet får in", "Grid tariff: received by the grid", "|tariff_operator|",
     SWEDEN},
    {"Övrigt i Sverige", "Other in Sweden", "", SWEDEN},
    {"Grannländerna", "Neighbouring countries", NULL, ABROAD},
};

enum { N_LEDGER = sizeof ledger_lines / sizeof *ledger_lines, OTHER_LINE = N_LEDGER - 2 };

static int place_of(const char *area)
{
    if (strncmp(area, "SE", 2) != 0) {
        return ABROAD;
    }
    return strcmp(area, "SE1") == 0 || strcmp(area, "SE2") == 0 ? NORTH : SOUTH;
}

/* Every row lands in exactly one line, so the lines add up to the ledger's total. */
static size_t line_of(const char *area, const char *group)
{
    char key[64];
    int place = place_of(area);
    (void)snprintf(key, sizeof key, "|%.40s|", group);
    for (size_t k = 0; k < N_LEDGER; k++) {
        const ledger_line *line = &ledger_lines[k];
        bool here = line->where == place || (line->where == SWEDEN && place != ABROAD);
        if (here && (line->groups == NULL || strstr(line->groups, key) != NULL)) {
            return k;
        }
    }
    return OTHER_LINE;
}

static void ledger_sums(const json_t *rows, double sum_meur[N_LEDGER])
{
    size_t i;
    const json_t *row;
    memset(sum_meur, 0, N_LEDGER * sizeof *sum_meur);
    json_array_foreach(rows, i, row)
    {
        double change = sn_number_at(row, "change_meur", NULL, NULL);
        if (isfinite(change)) {
            sum_meur[line_of(sn_text_at(row, "area", NULL, NULL),
                             sn_text_at(row, "group", NULL, NULL))] += change;
        }
    }
}

typedef struct waterfall {
    sn_table table;
    sn_money money;
    double running;
    double lo;
    double hi;
    sn_chart_interval interval; /* of the last sum that has one */
} waterfall;

/* kind 0: a step from the running sum; 1: the sum itself, from zero.  The headline (and
 * its area) names the interval, which a step carries along with it. */
static void waterfall_row(waterfall *w,
                          const char *name,
                          double value,
                          int kind,
                          const char *headline,
                          const char *area)
{
    sn_chart_interval interval = {NAN, NAN, NAN, NAN};
    double from = kind == 0 ? w->running : 0.0;
    double to = from + value;
    sn_table_text(&w->table, name);
    sn_table_number(&w->table, value);
    sn_table_position(&w->table, from);
    sn_table_position(&w->table, to);
    sn_table_position(&w->table, kind);
    sn_table_label_change(&w->table, value, w->money.decimals);
    if (headline != NULL && sn_page_interval(w->table.page, headline, area, &interval)) {
        w->interval = interval;
    }
    double ends[2] = {from + interval.lo * w->money.factor,
                      from + interval.hi * w->money.factor};
    sn_table_position(&w->table, ends[0]);
    sn_table_position(&w->table, ends[1]);
    sn_table_csv_number(&w->table, interval.lo * w->money.factor);
    sn_table_csv_number(&w->table, interval.hi * w->money.factor);
    sn_table_end_row(&w->table);
    w->running = to;
    w->lo = fmin(w->lo, fmin(fmin(from, to), ends[0]));
    w->hi = fmax(w->hi, fmax(fmax(from, to), ends[1]));
}

static void waterfall_rows(waterfall *w, const sn_chart_page *page, const double *meur)
{
    double least = 0.5 * pow(10.0, -w->money.decimals);
    for (size_t k = 0; k < N_LEDGER; k++) {
        const ledger_line *line = &ledger_lines[k];
        double value = meur[k] * w->money.factor;
        if (line->where == ABROAD) {
            waterfall_row(w, sn_page_words(page, "Sverige i allt", "Sweden in all"),
                          w->running, 1, "sweden_meur", NULL);
        }
        if (line->where == ABROAD || k < 2 || fabs(value) >= least) {
            waterfall_row(w, sn_page_words(page, line->sv, line->en), value, 0,
                          k < 2 ? "consumers_region_meur" : NULL,
                          k == 0 ? "north" : "south");
        } else {
            w->running += value; /* too small to see, but in the sum */
        }
    }
    waterfall_row(w, sn_page_words(page, "Alla i allt", "All in all"), w->running, 1,
                  "all_areas_meur", NULL);
}

void sn_chart_ledger(sn_chart_page *page)
{
    char columns[120];
    double meur[N_LEDGER];
    double largest = 0.0;
    char text[3][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    const json_t *ledger = json_object_get(page->job->summary, "ledger");
    if (json_array_size(json_object_get(ledger, "rows")) == 0) {
        return;
    }
    ledger_sums(json_object_get(ledger, "rows"), meur);
    for (size_t k = 0; k < N_LEDGER; k++) {
        largest = fmax(largest, fabs(meur[k]));
    }
    waterfall w = {.money = sn_page_money(page, largest),
                   .interval = {NAN, NAN, NAN, NAN}};
    (void)snprintf(columns, sizeof columns, "%s|%s|%s",
                   sn_page_words(page, "grupp", "group"), w.money.unit,
                   sn_page_words(page, "intervall från|till", "interval from|to"));
    sn_table_open(&w.table, page, columns);
    waterfall_rows(&w, page, meur);
    sn_table_save(&w.table, "q02");
    sn_page_range(page, "x", w.lo, w.hi, true);
    sn_page_set(page, "air", 0.16 * (w.hi - w.lo));
    sn_page_set_money(page, &w.money);
    double north = meur[0] * w.money.factor;
    double south = meur[1] * w.money.factor;
    sn_fill(&page->finding,
            sn_page_words(page,
                          "Elkunderna i norr {} och i söder {} {} på ett år, före "
                          "nätavgift för mothandel och tappade flaskhalsintäkter ({}).",
                          "Consumers in the north {} and in the south {} {} a year, "
                          "before the tariff for countertrade and congestion income "
                          "lost ({})."),
            sn_format_change(north, w.money.decimals, sv, text[0]),
            sn_format_change(south, w.money.decimals, sv, text[1]), w.money.unit,
            sn_format_change((meur[10] + meur[11]) * w.money.factor, w.money.decimals, sv,
                             text[2]),
            NULL);
    bool any = isfinite(w.interval.lo);
    sn_page_note_interval(page, any, &w.interval);
}

/* ---- Q6 -------------------------------------------------------------------------- */

typedef struct way {
    const char *key;
    const char *sv;
    const char *en;
} way;

static const way waters[] = {
    {"physical", "Huvudfall", "Main case"},
    {"market", "Planerna styr vattnet", "Schedules steer water"},
    {"held", "Vattenvärden hålls", "Water values held"},
};

/* How the cuts are handled, when the run has tried more than one way. */
static const way handlings[] = {
    {"cost_based", "Mothandel till kostnad", "Countertrade at cost"},
    {"strategic", "Mothandel med strategiska bud", "Countertrade, strategic bids"},
    {"capacity_cut_least", "Minskad handel vid gränsen", "Less trade at the border"},
};

/* "1,09", or "1,09 (0,73–1,51)". */
static void label_with_span(sn_table *t, double value, double lo, double hi, int decimals)
{
    char number[3][SN_NUMBER_SIZE];
    char text[3 * SN_NUMBER_SIZE + 8];
    bool sv = t->page->job->swedish;
    if (!isfinite(lo) || !isfinite(hi)) {
        sn_table_label_number(t, value, decimals);
        return;
    }
    (void)snprintf(text, sizeof text, "%s (%s–%s)",
                   sn_format_number(value, decimals, sv, number[0]),
                   sn_format_number(lo, decimals, sv, number[1]),
                   sn_format_number(hi, decimals, sv, number[2]));
    sn_table_label(t, text);
}

/* Volume in GWh, bill in MEUR, tariff in EUR/MWh, with their intervals; true when there
 * are any. */
typedef struct way_numbers {
    double value[3];
    sn_chart_interval interval[3];
} way_numbers;

static bool way_of(const json_t *redispatch, const json_t *intervals, way_numbers *out)
{
    static const char *const keys[] = {"volume_gwh", "bill_meur", "tariff_eur_per_mwh"};
    static const char *const headlines[] = {
        "redispatch_volume_gwh", "redispatch_bill_meur", "redispatch_tariff_eur_per_mwh"};
    bool any = false;
    for (size_t k = 0; k < 3; k++) {
        out->value[k] = sn_number_at(redispatch, keys[k], NULL, NULL);
        any =
            sn_interval_of(json_object_get(intervals, headlines[k]), &out->interval[k]) ||
            any;
    }
    return any;
}

static void
way_row(sn_table *t, const char *name, const way_numbers *w, double rate, double *max)
{
    bool sek = isfinite(rate);
    double factor[3] = {1e-3, sek ? rate : 1.0, sek ? 0.1 * rate : 1.0};
    int decimals[3] = {2, 0, sek ? 1 : 2};
    double end[3];
    sn_table_text(t, name);
    for (size_t k = 0; k < 3; k++) {
        sn_table_number(t, w->value[k] * factor[k]);
    }
    for (size_t k = 0; k < 3; k++) {
        end[k] = fmax(w->value[k] * factor[k], w->interval[k].hi * factor[k]);
        max[k] = fmax(max[k], end[k]);
        sn_table_number(t, w->interval[k].lo * factor[k]);
        sn_table_number(t, w->interval[k].hi * factor[k]);
    }
    for (size_t k = 0; k < 3; k++) {
        sn_table_position(t, end[k]);
    }
    for (size_t k = 0; k < 3; k++) {
        label_with_span(t, w->value[k] * factor[k], w->interval[k].lo * factor[k],
                        w->interval[k].hi * factor[k], decimals[k]);
    }
    sn_table_end_row(t);
}

static const char *way_columns(const sn_chart_page *page)
{
    return isnan(sn_page_rate(page))
               ? sn_page_words(page,
                               "sätt|TWh|miljoner EUR|EUR/MWh|TWh lägst|TWh högst|nota "
                               "lägst|nota högst|EUR/MWh lägst|EUR/MWh högst",
                               "way|TWh|million EUR|EUR/MWh|TWh lowest|TWh highest|bill "
                               "lowest|bill highest|EUR/MWh lowest|EUR/MWh highest")
               : sn_page_words(page,
                               "sätt|TWh|miljoner kronor|öre/kWh|TWh lägst|TWh "
                               "högst|nota lägst|nota högst|öre/kWh lägst|öre/kWh högst",
                               "way|TWh|million SEK|öre/kWh|TWh lowest|TWh highest|bill "
                               "lowest|bill highest|öre/kWh lowest|öre/kWh highest");
}

static void redispatch_finding(sn_chart_page *page)
{
    const json_t *main_case = json_object_get(page->job->summary, "redispatch");
    char text[3][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    double volume = sn_number_at(main_case, "volume_gwh", NULL, NULL) / 1e3;
    double bill = sn_number_at(main_case, "bill_meur", NULL, NULL);
    double share = sn_number_at(main_case, "hours_share", NULL, NULL);
    sn_money money = sn_page_money(page, bill);
    if (isfinite(volume) && isfinite(bill)) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Nätoperatören flyttar {} TWh för {} {} under året, {} % "
                              "av timmarna. Elkunderna betalar.",
                              "The grid operator moves {} TWh for {} {} in the year, in "
                              "{} % of hours. Consumers pay on the grid tariff."),
                sn_format_number(volume, 1, sv, text[0]),
                sn_format_number(bill * money.factor, money.decimals, sv, text[1]),
                money.unit, sn_format_number(100.0 * share, 0, sv, text[2]), NULL);
    }
}

void sn_chart_redispatch(sn_chart_page *page)
{
    const json_t *cuts = json_object_get(page->job->summary, "after_market");
    const json_t *water = json_object_get(page->job->summary, "hydro_variants");
    const json_t *headlines =
        sn_node_at(page->job->summary, "intervals", sn_page_compared(page), NULL);
    const way *ways = cuts != NULL ? handlings : waters;
    double max[3] = {0.0, 0.0, 0.0};
    bool any = false;
    bool all = true;
    sn_chart_interval interval = {NAN, NAN, NAN, NAN};
    sn_table t;
    sn_table_open(&t, page, way_columns(page));
    for (size_t k = 0; k < 3; k++) {
        way_numbers numbers;
        const json_t *node = json_object_get(cuts != NULL ? cuts : water, ways[k].key);
        const json_t *own = json_object_get(node, "intervals");
        /* The headlines are those of the first way. */
        bool known = way_of(json_object_get(node, "redispatch"),
                            own == NULL && k == 0 ? headlines : own, &numbers);
        interval = known ? numbers.interval[1] : interval;
        any = any || known;
        all = all && known;
        way_row(&t, sn_page_words(page, ways[k].sv, ways[k].en), &numbers,
                sn_page_rate(page), max);
    }
    sn_table_save(&t, "q06");
    for (size_t k = 0; k < 3; k++) {
        static const char *const names[] = {"a", "b", "c"};
        sn_page_range(page, names[k], 0.0, max[k], true);
    }
    sn_page_set(page, "sek", isfinite(sn_page_rate(page)) ? 1.0 : 0.0);
    redispatch_finding(page);
    sn_page_note_interval(page, any, &interval);
    sn_write(&page->note,
             any && !all ? sn_page_words(page, "För övriga sätt är det inte beräknat. ",
                                         "It is not computed for the other ways. ")
                         : "");
    sn_write(&page->note,
             sn_page_words(page,
                           "Nätavgiften bär notan och de flaskhalsintäkter som faller "
                           "bort. ",
                           "The tariff bears the bill and the congestion income that is "
                           "lost. "));
}

/* ---- Q9 -------------------------------------------------------------------------- */

typedef struct border_income {
    const char *name;
    double before;
    double after;
} border_income;

enum { BORDERS_MAX = 128, BORDERS_SHOWN = 14 };

static int by_income(const void *a, const void *b)
{
    const border_income *x = a;
    const border_income *y = b;
    double dx = fmax(fabs(x->before), fabs(x->after));
    double dy = fmax(fabs(y->before), fabs(y->after));
    return dx != dy ? (dx < dy) - (dx > dy) : strcmp(x->name, y->name);
}

static size_t collect_income(const sn_chart_page *page, border_income *out)
{
    const json_t *income = json_object_get(page->job->summary, "congestion_income_meur");
    const json_t *changed = json_object_get(income, "changed");
    const char *name;
    const json_t *value;
    size_t n = 0;
    json_object_foreach((json_t *)(uintptr_t)income, name, value)
    {
        if (json_is_number(value) && strstr(name, "SE") != NULL && n < BORDERS_MAX) {
            out[n++] = (border_income){name, json_number_value(value),
                                       sn_number_at(changed, name, NULL, NULL)};
        }
    }
    qsort(out, n, sizeof *out, by_income);
    return n;
}

static void income_table(sn_chart_page *page,
                         const border_income *income,
                         size_t n,
                         const sn_money *money)
{
    char columns[200];
    double hi = 0.0;
    double lo = 0.0;
    sn_chart_interval interval = {NAN, NAN, NAN, NAN};
    sn_chart_interval known = interval;
    sn_table t;
    (void)snprintf(columns, sizeof columns, "%s %s|%s %s|%s",
                   sn_page_words(page, "gräns|i dag", "border|today"), money->unit,
                   sn_page_words(page, "ändrad indelning", "the other split"),
                   money->unit, sn_page_words(page, "från|till", "from|to"));
    sn_table_open(&t, page, columns);
    for (size_t k = 0; k < n; k++) {
        double before = income[k].before * money->factor;
        double after = income[k].after * money->factor;
        sn_table_text(&t, income[k].name);
        sn_table_number(&t, before);
        sn_table_number(&t, after);
        sn_table_label_number(&t, before, money->decimals);
        sn_table_label_number(&t, after, money->decimals);
        if (sn_page_interval(page, "congestion_income_meur", income[k].name, &interval)) {
            known = interval;
        }
        double ends[2] = {interval.lo * money->factor, interval.hi * money->factor};
        sn_table_number(&t, ends[0]);
        sn_table_number(&t, ends[1]);
        sn_table_position(&t, fmax(0.0, fmax(after, ends[1])));
        sn_table_end_row(&t);
        hi = fmax(hi, fmax(fmax(before, after), ends[1]));
        lo = fmin(lo, fmin(fmin(before, after), ends[0]));
    }
    sn_table_save(&t, "q09");
    sn_page_range(page, "x", lo, hi, true);
    sn_page_note_interval(page, isfinite(known.lo), &known);
}

/* All borders of Sweden year by year, where the run can tell. */
static void income_years(sn_chart_page *page)
{
    static const char *const key[] = {"internal", "abroad"};
    const json_t *years = json_object_get(page->job->summary, "years");
    double largest = 0.0;
    double lowest = 0.0;
    double highest = 0.0;
    char columns[256];
    const json_t *year;
    size_t i;
    sn_table t;
    json_array_foreach(years, i, year)
    {
        const json_t *income = json_object_get(year, "congestion_income_meur");
        largest = fmax(largest, sn_number_at(income, key[0], NULL, NULL) +
                                    sn_number_at(income, key[1], NULL, NULL));
    }
    sn_money money = sn_page_money(page, largest);
    (void)snprintf(columns, sizeof columns, "%s %s|%s",
                   sn_page_words(page, "år|mellan svenska områden i dag",
                                 "year|between Swedish areas today"),
                   money.unit,
                   sn_page_words(page,
                                 "mot utlandet i dag|mellan svenska områden med ändrad "
                                 "indelning|mot utlandet",
                                 "abroad today|between Swedish areas with the other "
                                 "split|abroad"));
    sn_table_open(&t, page, columns);
    json_array_foreach(years, i, year)
    {
        const json_t *income = json_object_get(year, "congestion_income_meur");
        char name[16];
        double sum[2] = {0.0, 0.0};
        if (income == NULL) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%.0f", sn_number_at(year, "year", NULL, NULL));
        sn_table_text(&t, name);
        for (size_t c = 0; c < 2; c++) {
            const json_t *side = c == 0 ? income : json_object_get(income, "changed");
            for (size_t k = 0; k < 2; k++) {
                double part = sn_number_at(side, key[k], NULL, NULL) * money.factor;
                sn_table_number(&t, part);
                sum[c] += part;
            }
            lowest = fmin(lowest, sum[c]);
            highest = fmax(highest, sum[c]);
        }
        sn_table_label_number(&t, sum[0], money.decimals);
        sn_table_label_number(&t, sum[1], money.decimals);
        sn_table_end_row(&t);
    }
    sn_table_save(&t, "q09_years");
    sn_page_set(page, "billion_years", money.billions ? 1.0 : 0.0);
    sn_page_range(page, "c", lowest, highest, true);
}

void sn_chart_income(sn_chart_page *page)
{
    border_income income[BORDERS_MAX];
    char text[2][SN_NUMBER_SIZE];
    size_t n = collect_income(page, income);
    double before = 0.0;
    double after = 0.0;
    for (size_t k = 0; k < n; k++) {
        before += isfinite(income[k].before) ? income[k].before : 0.0;
        after += isfinite(income[k].after) ? income[k].after : 0.0;
    }
    sn_money money = sn_page_money(page, n > 0 ? income[0].before : 0.0);
    income_table(page, income, n < BORDERS_SHOWN ? n : BORDERS_SHOWN, &money);
    income_years(page);
    sn_page_set_money(page, &money);
    sn_money sum_money = sn_page_money(page, fmax(before, after));
    if (n > 0) {
        sn_fill(&page->finding,
                sn_page_words(
                    page, "Gränserna som rör Sverige gav {} {}; med ändrad indelning {}.",
                    "Borders that touch Sweden gave {} {}; with the other split {}."),
                sn_format_number(before * sum_money.factor, sum_money.decimals,
                                 page->job->swedish, text[0]),
                sum_money.unit,
                sn_format_number(after * sum_money.factor, sum_money.decimals,
                                 page->job->swedish, text[1]),
                NULL);
    }
    sn_write(&page->note,
             sn_page_words(page,
                           "Hela gränsens intäkt; vid utlandsgränser delas den med "
                           "grannlandet. ",
                           "The whole border's income; abroad it is shared with the "
                           "neighbour. "));
}

/* ---- Q13 ------------------------------------------------------------------------- */

static const char *split_name(const sn_chart_page *page, const char *key)
{
    return sn_format_split(key, page->job->swedish);
}

/* What is ranked: the columns after the prices. */
enum { SPLIT_COLUMNS = 4, SPLITS_MAX = 32 };

typedef struct split_numbers {
    const char *key;
    double price[SN_SWEDISH_AREAS];
    double meur[SPLIT_COLUMNS]; /* consumers north and south, countertrade, Sweden */
    sn_chart_interval interval[SPLIT_COLUMNS];
} split_numbers;

static split_numbers split_of(const sn_chart_page *page, const char *key)
{
    const json_t *summary = page->job->summary;
    const json_t *comparison = sn_node_at(summary, "comparisons", key, NULL);
    const json_t *intervals = sn_node_at(summary, "intervals", key, NULL);
    const json_t *region = json_object_get(intervals, "consumers_with_tariff_meur");
    const json_t *node[SPLIT_COLUMNS] = {
        json_object_get(region, "north"), json_object_get(region, "south"),
        json_object_get(intervals, "redispatch_bill_meur"),
        json_object_get(intervals, "sweden_meur")};
    split_numbers out = {.key = key};
    double meur[N_LEDGER];
    ledger_sums(sn_node_at(comparison, "ledger", "rows", NULL), meur);
    out.meur[0] = meur[0] + meur[10];
    out.meur[1] = meur[1] + meur[11];
    out.meur[2] = comparison == NULL
                      ? NAN
                      : sn_number_at(comparison, "redispatch", "bill_meur", NULL);
    for (size_t k = 0; k < N_LEDGER; k++) {
        out.meur[3] += ledger_lines[k].where == ABROAD ? 0.0 : meur[k];
    }
    for (size_t k = 0; k < SPLIT_COLUMNS; k++) {
        (void)sn_interval_of(node[k], &out.interval[k]);
    }
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        out.price[z] = sn_number_at(sn_node_at(summary, "configurations", key, NULL),
                                    "price_mean_eur_per_mwh", sn_chart_areas[z], NULL);
    }
    return out;
}

static void split_row(sn_table *t, const split_numbers *split, const sn_money *money)
{
    bool sv = t->page->job->swedish;
    sn_table_text(t, split_name(t->page, split->key));
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        sn_table_number(t, split->price[z]);
        sn_table_label_number(t, split->price[z], 1);
    }
    for (size_t k = 0; k < SPLIT_COLUMNS; k++) {
        double value = split->meur[k] * money->factor;
        sn_table_number(t, value);
        if (k == 2) {
            sn_table_label_number(t, value, money->decimals);
        } else {
            sn_table_label_change(t, value, money->decimals);
        }
    }
    for (size_t k = 0; k < SPLIT_COLUMNS; k++) {
        char number[2][SN_NUMBER_SIZE];
        char text[2 * SN_NUMBER_SIZE + 8] = "";
        const sn_chart_interval *interval = &split->interval[k];
        sn_table_csv_number(t, interval->lo * money->factor);
        sn_table_csv_number(t, interval->hi * money->factor);
        if (isfinite(interval->lo)) {
            (void)snprintf(
                text, sizeof text, "%s … %s",
                (k == 2 ? sn_format_number : sn_format_change)(
                    interval->lo * money->factor, money->decimals, sv, number[0]),
                (k == 2 ? sn_format_number : sn_format_change)(
                    interval->hi * money->factor, money->decimals, sv, number[1]));
        }
        sn_table_label(t, text);
    }
    sn_table_position(t, 0.0); /* gnuplot drops a blank at the end of a line */
    sn_table_end_row(t);
}

/* The split that ranks first in a column; equal ones: the first of them. */
static size_t best_split(const split_numbers *splits, size_t n, size_t column)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        if (splits[i].meur[column] > splits[best].meur[column]) {
            best = i;
        }
    }
    return best;
}

static void splits_finding(sn_chart_page *page,
                           const split_numbers *splits,
                           size_t n,
                           const sn_money *money)
{
    char text[SN_NUMBER_SIZE];
    if (n == 2) {
        sn_fill(&page->finding, "{}: {} {} {}.", split_name(page, splits[1].key),
                sn_page_words(page, "Sverige i allt", "Sweden in all"),
                sn_format_change(splits[1].meur[3] * money->factor, money->decimals,
                                 page->job->swedish, text),
                money->unit, NULL);
        return;
    }
    size_t best[3] = {best_split(splits, n, 0), best_split(splits, n, 1),
                      best_split(splits, n, 3)};
    if (best[0] == best[1] && best[0] == best[2]) {
        sn_fill(&page->finding,
                sn_page_words(page,
                              "Bäst för elkunderna i norr, i söder och för Sverige i "
                              "allt: {}.",
                              "Best for consumers in the north, in the south and for "
                              "Sweden in all: {}."),
                split_name(page, splits[best[0]].key), NULL);
        return;
    }
    sn_fill(&page->finding,
            sn_page_words(page,
                          "Bäst för elkunderna i norr: {}. I söder: {}. För Sverige i "
                          "allt: {}.",
                          "Best for consumers in the north: {}. In the south: {}. For "
                          "Sweden in all: {}."),
            split_name(page, splits[best[0]].key), split_name(page, splits[best[1]].key),
            split_name(page, splits[best[2]].key), NULL);
}

void sn_chart_splits(sn_chart_page *page)
{
    split_numbers splits[SPLITS_MAX];
    size_t n = 0;
    size_t i;
    const json_t *name;
    char columns[512];
    double largest = sn_number_at(page->job->summary, "redispatch", "bill_meur", NULL);
    sn_money money = sn_page_money(page, isfinite(largest) ? largest : 0.0);
    (void)snprintf(
        columns, sizeof columns, "%s %s|%s",
        sn_page_words(page,
                      "indelning|SE1 EUR/MWh|SE2|SE3|SE4|elkunder norr med nätavgift",
                      "split|SE1 EUR/MWh|SE2|SE3|SE4|consumers north with tariff"),
        money.unit,
        sn_page_words(page,
                      "elkunder söder|mothandel|Sverige i allt|norr från|till|söder "
                      "från|till|mothandel från|till|Sverige från|till",
                      "consumers south|countertrade|Sweden in all|north from|to|south "
                      "from|to|countertrade from|to|Sweden from|to"));
    sn_table t;
    sn_table_open(&t, page, columns);
    splits[n++] = split_of(page, sn_page_base(page));
    json_array_foreach(json_object_get(page->job->summary, "compare"), i, name)
    {
        if (n < SPLITS_MAX) {
            splits[n++] = split_of(page, sn_text_of(name));
        }
    }
    for (size_t k = 0; k < n; k++) {
        split_row(&t, &splits[k], &money);
    }
    sn_table_save(&t, "q13");
    sn_page_set_money(page, &money);
    if (n > 1) {
        splits_finding(page, splits, n, &money);
    }
    if (n > 1 && isfinite(splits[1].interval[3].lo)) {
        char level[SN_NUMBER_SIZE];
        sn_fill(&page->note,
                sn_page_words(page,
                              "Liten text: {} % intervall, av hur årets veckor skiljer "
                              "sig; antagandena ingår inte. ",
                              "Small print: {} % interval, of how the year's weeks "
                              "differ; assumptions are not in it. "),
                sn_format_number(100.0 * splits[1].interval[3].level, 0,
                                 page->job->swedish, level),
                NULL);
    } else {
        sn_page_note_interval(page, false, NULL);
    }
}
