/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * One chart while it is made: its tables, the numbers its template needs, and the
 * sentences around it.  The first failure stays in the page.
 */
#ifndef SN_CHART_PAGE_H
#define SN_CHART_PAGE_H

#include "charts.h"
#include "format_sv.h"
#include "json_read.h"
#include "writer.h"

enum { SN_SWEDISH_AREAS = 4, SN_CUTS = 3 };
extern const char *const sn_chart_areas[SN_SWEDISH_AREAS];

typedef struct sn_chart_page {
    const sn_chart_job *job;
    const char *id;
    char scripts[4096];  /* folder of script and data files */
    const json_t *years; /* years[] of data from several runs; NULL: this run's alone */
    sn_writer settings;  /* gnuplot variables, numbers only */
    sn_writer finding;
    sn_writer note;
    sn_writer missing;
    sn_writer missing_en;
    size_t n_finite; /* numbers put in tables; 0: the chart says there are none */
    sn_status status;
    sn_error *err;
} sn_chart_page;

/** A chart: from results to tables.  Sets page->missing when it lacks its data. */
typedef struct sn_chart {
    const char *id;
    const char *question[2]; /* English, Swedish */
    const char *form[2];     /* what is seen, for the alt text */
    void (*make)(sn_chart_page *page);
} sn_chart;

/** Our words in the page's language. */
const char *sn_page_words(const sn_chart_page *page, const char *sv, const char *en);

/** The chart is not drawn, and this is what it lacks. */
void sn_page_lacks(sn_chart_page *page, const char *sv, const char *en);

/** What an axis must hold. */
typedef struct sn_span {
    double lo;
    double hi;
} sn_span;

void sn_span_widen(sn_span *span, double value);
void sn_page_fail(sn_chart_page *page, sn_status status);
/** A number the template reads as a variable; not finite becomes 0. */
void sn_page_set(sn_chart_page *page, const char *name, double value);
/** NAME_min and NAME_max around lo..hi with some air; zero is inside when asked. */
void sn_page_range(sn_chart_page *page,
                   const char *name,
                   double lo,
                   double hi,
                   bool with_zero);
/** The JSON data with this "schema" ("snitt-portfolio-1"), NULL when not given. */
const json_t *sn_page_data(const sn_chart_page *page, const char *schema);
/** The first of them that is what the caller looks for. */
const json_t *sn_page_data_like(const sn_chart_page *page,
                                const char *schema,
                                bool (*is)(const json_t *data));
/** The year of the period, "2019". */
const char *sn_page_year(const sn_chart_page *page, char text[16]);
/** First compared configuration, and the base. */
const char *sn_page_compared(const sn_chart_page *page);
const char *sn_page_base(const sn_chart_page *page);
/** Whether the split compared with is one single area for all of Sweden. */
bool sn_page_one_area(const sn_chart_page *page);
/** SEK per EUR, NaN when the run has none. */
double sn_page_rate(const sn_chart_page *page);
/** The interval of a headline (area NULL: of one for all); false when the summary has
 * none. */
typedef struct sn_chart_interval {
    double value;
    double lo;
    double hi;
    double level; /* 0.9 */
} sn_chart_interval;
bool sn_page_interval(const sn_chart_page *page,
                      const char *headline,
                      const char *area,
                      sn_chart_interval *out);
/** An interval object of any of our JSON files, {value, lo, hi, level}. */
bool sn_interval_of(const json_t *node, sn_chart_interval *out);
/** What the intervals of a chart hold, or that the run has none; sets the variable
 * "intervals" of the template. */
void sn_page_note_interval(sn_chart_page *page,
                           bool drawn,
                           const sn_chart_interval *interval);
/** "Intervall: ej beräknat", and why. */
void sn_page_note_no_interval(sn_chart_page *page, const char *sv, const char *en);

/** Hourly array of the result, NULL (and n = 0) when absent; free() it. */
double *sn_page_read(sn_chart_page *page, const char *name, size_t *n_out, size_t *width);
/** The same of a configuration: "/configurations/NAME/field". */
double *sn_page_read_configuration(sn_chart_page *page,
                                   const char *configuration,
                                   const char *field,
                                   size_t *n_out,
                                   size_t *width);

/** Swedish crowns or euros, in millions or billions, whichever reads well. */
typedef struct sn_money {
    double factor; /* from million EUR */
    int decimals;
    bool billions;
    const char *unit; /* "miljoner kronor" */
} sn_money;
sn_money sn_page_money(const sn_chart_page *page, double largest_meur);
/** The variables sek and billion of Money() in the templates. */
void sn_page_set_money(sn_chart_page *page, const sn_money *money);

/* ---- tables ---------------------------------------------------------------------- */

typedef struct sn_table {
    sn_chart_page *page;
    sn_writer dat; /* for gnuplot, tabs */
    sn_writer csv; /* for people */
    bool dat_open; /* the row has a cell already */
    bool csv_open;
    size_t n_row;
} sn_table;

/** columns: names with units, separated by '|'. */
void sn_table_open(sn_table *table, sn_chart_page *page, const char *columns);
/** Text from data or ours: whole in the CSV, shortened for the chart. */
void sn_table_text(sn_table *table, const char *text);
void sn_table_number(sn_table *table, double value);
/** Only for people. */
void sn_table_csv_number(sn_table *table, double value);
/** Only for the chart: a label already formatted, or a position. */
void sn_table_label(sn_table *table, const char *text);
void sn_table_label_number(sn_table *table, double value, int decimals);
void sn_table_label_change(sn_table *table, double value, int decimals);
void sn_table_position(sn_table *table, double value);
void sn_table_end_row(sn_table *table);
/** A break in the lines of the chart. */
void sn_table_break(sn_table *table);
/** NAME.csv and gnuplot/NAME.dat; sets the variable n_NAME; releases the table. */
void sn_table_save(sn_table *table, const char *name);

/* ---- the charts ------------------------------------------------------------------ */

void sn_chart_price(sn_chart_page *page);       /* Q1 */
void sn_chart_ledger(sn_chart_page *page);      /* Q2 */
void sn_chart_places(sn_chart_page *page);      /* Q3 */
void sn_chart_new_load(sn_chart_page *page);    /* Q4 */
void sn_chart_projects(sn_chart_page *page);    /* Q5 */
void sn_chart_redispatch(sn_chart_page *page);  /* Q6 */
void sn_chart_cuts(sn_chart_page *page);        /* Q7 */
void sn_chart_neighbours(sn_chart_page *page);  /* Q8 */
void sn_chart_income(sn_chart_page *page);      /* Q9 */
void sn_chart_wind(sn_chart_page *page);        /* Q10 */
void sn_chart_lines(sn_chart_page *page);       /* Q11 */
void sn_chart_worst_week(sn_chart_page *page);  /* Q12 */
void sn_chart_splits(sn_chart_page *page);      /* Q13 */
void sn_chart_uncertainty(sn_chart_page *page); /* Q14 */
void sn_chart_changes(sn_chart_page *page);     /* Q15 */
void sn_chart_history(sn_chart_page *page);     /* Q16 */

#endif
