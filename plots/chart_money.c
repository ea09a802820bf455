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

/* kind 0: a step from the running sum; 1: the sum itself, from zero, whose interval
 * the headline names. */
static void waterfall_row(waterfall *w,
                          const char *name,
                          double value,
                          int kind,
                          const char *headline)
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
    if (headline != NULL && sn_page_interval(w->table.page, headline, NULL, &interval)) {
        w->interval = interval;
    }
    sn_table_number(&w->table, interval.lo * w->money.factor);
    sn_table_number(&w->table, interval.hi * w->money.factor);
    sn_table_end_row(&w->table);
    w->running = to;
    w->lo = fmin(w->lo, fmin(from, to));
    w->hi = fmax(w->hi, fmax(from, to));
}

static void waterfall_rows(waterfall *w, const sn_chart_page *page, const double *meur)
{
    double least = 0.5 * pow(10.0, -w->money.decimals);
    for (size_t k = 0; k < N_LEDGER; k++) {
        const ledger_line *line = &ledger_lines[k];
        double value = meur[k] * w->money.factor;
        if (line->where == ABROAD) {
            waterfall_row(w, sn_page_words(page, "Sverige i allt", "Sweden in all"),
                          w->running, 1, "sweden_meur");
        }
        if (line->where == ABROAD || k < 2 || fabs(value) >= least) {
            waterfall_row(w, sn_page_words(page, line->sv, line->en), value, 0, NULL);
        } else {
            w->running += value; /* too small to see, but in the sum */
        }
    }
    waterfall_row(w, sn_page_words(page, "Alla i allt", "All in all"), w->running, 1,
                  "all_areas_meur");
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
                          "Elkunderna i norr {} och i söder {} {} på ett år, innan "
                          "nätavgiften som betalar mothandeln ({}).",
                          "Consumers in the north {} and in the south {} {} a year, "
                          "before the tariff that pays for countertrade ({})."),
            sn_format_change(north, w.money.decimals, sv, text[0]),
            sn_format_change(south, w.money.decimals, sv, text[1]), w.money.unit,
            sn_format_change((meur[10] + meur[11]) * w.money.factor, w.money.decimals, sv,
                             text[2]),
            NULL);
    bool any = isfinite(w.interval.lo);
    sn_page_set(page, "intervals", any ? 1.0 : 0.0);
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

/* interval: of volume in GWh and bill in MEUR, NaN where there is none. */
static void way_row(sn_table *t,
                    const char *name,
                    const json_t *r,
                    const sn_chart_interval interval[2],
                    double rate,
                    double *max)
{
    double factor[2] = {1e-3, isnan(rate) ? 1.0 : rate};
    double end[3];
    double value[3] = {sn_number_at(r, "volume_gwh", NULL, NULL) / 1e3,
                       sn_number_at(r, "bill_meur", NULL, NULL) *
                           (isnan(rate) ? 1.0 : rate),
                       sn_number_at(r, "tariff_eur_per_mwh", NULL, NULL) *
                           (isnan(rate) ? 1.0 : 0.1 * rate)};
    sn_table_text(t, name);
    for (size_t k = 0; k < 3; k++) {
        sn_table_number(t, value[k]);
        end[k] = value[k];
    }
    for (size_t k = 0; k < 2; k++) {
        sn_table_number(t, interval[k].lo * factor[k]);
        sn_table_number(t, interval[k].hi * factor[k]);
        end[k] = fmax(end[k], interval[k].hi * factor[k]);
    }
    for (size_t k = 0; k < 3; k++) {
        sn_table_position(t, end[k]);
        max[k] = fmax(max[k], end[k]);
    }
    for (size_t k = 0; k < 2; k++) {
        label_with_span(t, value[k], interval[k].lo * factor[k],
                        interval[k].hi * factor[k], k == 0 ? 2 : 0);
    }
    sn_table_label_number(t, value[2], isnan(rate) ? 2 : 1);
    sn_table_end_row(t);
}

void sn_chart_redispatch(sn_chart_page *page)
{
    const json_t *cuts = json_object_get(page->job->summary, "after_market");
    const json_t *water = json_object_get(page->job->summary, "hydro_variants");
    const json_t *main_case = json_object_get(page->job->summary, "redispatch");
    const way *ways = cuts != NULL ? handlings : waters;
    double rate = sn_page_rate(page);
    double max[3] = {0.0, 0.0, 0.0};
    char text[3][SN_NUMBER_SIZE];
    bool sv = page->job->swedish;
    sn_table t;
    sn_table_open(&t, page,
                  isnan(rate)
                      ? sn_page_words(page,
                                      "sätt|TWh|miljoner EUR|EUR/MWh|TWh lägst|TWh "
                                      "högst|nota lägst|nota högst",
                                      "way|TWh|million EUR|EUR/MWh|TWh lowest|TWh "
                                      "highest|bill lowest|bill highest")
                      : sn_page_words(page,
                                      "sätt|TWh|miljoner kronor|öre/kWh|TWh lägst|TWh "
                                      "högst|nota lägst|nota högst",
                                      "way|TWh|million SEK|öre/kWh|TWh lowest|TWh "
                                      "highest|bill lowest|bill highest"));
    /* The headlines are those of the first way. */
    static const sn_chart_interval none[2] = {{NAN, NAN, NAN, NAN}, {NAN, NAN, NAN, NAN}};
    sn_chart_interval of_first[2];
    bool any = sn_page_interval(page, "redispatch_volume_gwh", NULL, &of_first[0]);
    any = sn_page_interval(page, "redispatch_bill_meur", NULL, &of_first[1]) && any;
    for (size_t k = 0; k < 3; k++) {
        const json_t *r = cuts != NULL
                              ? sn_node_at(cuts, ways[k].key, "redispatch", NULL)
                              : sn_node_at(water, ways[k].key, "redispatch", NULL);
        way_row(&t, sn_page_words(page, ways[k].sv, ways[k].en), r,
                k == 0 ? of_first : none, rate, max);
    }
    sn_table_save(&t, "q06");
    for (size_t k = 0; k < 3; k++) {
        static const char *const names[] = {"a", "b", "c"};
        sn_page_range(page, names[k], 0.0, max[k], true);
    }
    sn_page_set(page, "sek", isnan(rate) ? 0.0 : 1.0);
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
    sn_page_note_interval(page, any, &of_first[1]);
    sn_write(&page->note,
             any ? sn_page_words(page,
                                 "De är beräknade för energin och notan, första sättet. ",
                                 "Computed for energy and bill, the first way. ")
                 : "");
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
    sn_table t;
    (void)snprintf(columns, sizeof columns, "%s %s|%s %s",
                   sn_page_words(page, "gräns|i dag", "border|today"), money->unit,
                   sn_page_words(page, "ändrad indelning", "the other split"),
                   money->unit);
    sn_table_open(&t, page, columns);
    for (size_t k = 0; k < n; k++) {
        double before = income[k].before * money->factor;
        double after = income[k].after * money->factor;
        sn_table_text(&t, income[k].name);
        sn_table_number(&t, before);
        sn_table_number(&t, after);
        sn_table_label_number(&t, before, money->decimals);
        sn_table_label_number(&t, after, money->decimals);
        sn_table_end_row(&t);
        hi = fmax(hi, fmax(before, after));
        lo = fmin(lo, fmin(before, after));
    }
    sn_table_save(&t, "q09");
    sn_page_range(page, "x", lo, hi, true);
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
    sn_page_note_interval(page, false, NULL);
}

/* ---- Q13 ------------------------------------------------------------------------- */

static const struct {
    const char *key;
    const char *sv;
    const char *en;
} split_names[] = {
    {"se4", "Fyra områden (i dag)", "Four areas (today)"},
    {"se3", "Tre områden", "Three areas"},
    {"se2", "Två områden", "Two areas"},
    {"se1", "Ett område", "One area"},
    {"pun", "Ett konsumentpris", "One consumer price"},
};

static const char *split_name(const sn_chart_page *page, const char *key)
{
    for (size_t i = 0; i < sizeof split_names / sizeof *split_names; i++) {
        if (strcmp(split_names[i].key, key) == 0) {
            return sn_page_words(page, split_names[i].sv, split_names[i].en);
        }
    }
    return key;
}

static void
split_row(sn_table *t, const char *key, const json_t *comparison, const sn_money *money)
{
    const sn_chart_page *page = t->page;
    double meur[N_LEDGER];
    ledger_sums(sn_node_at(comparison, "ledger", "rows", NULL), meur);
    double sweden = 0.0;
    for (size_t k = 0; k < N_LEDGER; k++) {
        sweden += ledger_lines[k].where == ABROAD ? 0.0 : meur[k];
    }
    sn_table_text(t, split_name(page, key));
    for (size_t z = 0; z < SN_SWEDISH_AREAS; z++) {
        const json_t *prices = sn_node_at(page->job->summary, "configurations", key,
                                          "price_mean_eur_per_mwh");
        double price = sn_number_at(prices, sn_chart_areas[z], NULL, NULL);
        sn_table_number(t, price);
        sn_table_label_number(t, price, 1);
    }
    double column[4] = {
        (meur[0] + meur[10]) * money->factor, (meur[1] + meur[11]) * money->factor,
        sn_number_at(comparison, "redispatch", "bill_meur", NULL) * money->factor,
        sweden * money->factor};
    for (size_t k = 0; k < 4; k++) {
        double value = comparison == NULL ? (k == 2 ? NAN : 0.0) : column[k];
        sn_table_number(t, value);
        if (k == 2) {
            sn_table_label_number(t, value, money->decimals);
        } else {
            sn_table_label_change(t, value, money->decimals);
        }
    }
    sn_table_end_row(t);
}

void sn_chart_splits(sn_chart_page *page)
{
    const json_t *comparisons = json_object_get(page->job->summary, "comparisons");
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
        sn_page_words(page, "elkunder söder|mothandel|Sverige i allt",
                      "consumers south|countertrade|Sweden in all"));
    sn_table t;
    sn_table_open(&t, page, columns);
    split_row(&t, sn_page_base(page), NULL, &money);
    json_array_foreach(json_object_get(page->job->summary, "compare"), i, name)
    {
        const char *key = sn_text_of(name);
        split_row(&t, key, json_object_get(comparisons, key), &money);
    }
    sn_table_save(&t, "q13");
    sn_page_set_money(page, &money);
    sn_page_note_interval(page, false, NULL);
    if (json_array_size(json_object_get(page->job->summary, "compare")) < 2) {
        sn_write(&page->finding,
                 sn_page_words(page,
                               "Körningen jämför en indelning; fler läggs till i "
                               "scenariots configurations.compare.",
                               "The run compares one split; add more in the scenario's "
                               "configurations.compare."));
    }
}
