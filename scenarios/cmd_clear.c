/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/options.h"
#include "base/os.h"
#include "book_clear.h"
#include "domain_clear.h"
#include "order_book.h"
#include "table.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt clear --bids bid-curves.csv.gz --capacity transfer-capacities.csv.gz "
    "--border-prices published-prices.csv.gz --prices prices.csv --flows flows.csv",
    "snitt clear --bids bids.csv --capacity capacity.csv --exchange exchanges.csv "
    "--prices prices.csv --flows flows.csv --ties rated",
    "snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv "
    "--ramp ramp.csv --prices prices-out.csv --flows flows.csv",
    "snitt clear --bids bids.csv --capacity links.csv --domain finalComputation.json "
    "--prices prices.csv --flows flows.csv --positions positions.csv --constraints "
    "full.csv",
    NULL,
};

const sn_command sn_cmd_clear = {
    .name = "clear",
    .arguments = "",
    .summary = "clear an order book: prices and flows from bids",
    .needs = "files",
    .details =
        "Finds for each period the prices and flows that maximise welfare within the "
        "borders' capacities, and checks each by code of its own. Areas with bids "
        "are cleared. A border to an area without bids trades at that area's price "
        "within its capacity (--border-prices), or carries a given schedule "
        "(--exchange); without either it is left out and counted.\n\n"
        "Files are CSV, .gz and .xz read directly; columns are found by name. A "
        "period that cannot balance is named, its rows are left empty, and the exit "
        "code is 3.\n\n"
        "With --domain the areas trade within a flow-based domain: constraints on "
        "their net positions, as JAO publishes them (finalComputation, JSON). "
        "--capacity then gives the links of hubs and to areas outside.",
    .examples = examples,
    .run = run,
};

typedef struct arguments {
    const char *bids, *capacity, *border_prices, *exchange, *domain, *ramp, *losses;
    const char *prices, *flows, *border_flows, *positions, *constraints;
    const char *ties, *price_min, *price_max;
} arguments;

/* What lives as long as the clearing. */
typedef struct known_links {
    sn_book_links ramps, losses;
} known_links;

typedef sn_status
reader(sn_order_book *book, const char *name, char *text, size_t n, sn_error *err);

/* The text of a file, unpacked; to be released also after an error. */
static sn_status read_text(const char *path, sn_strbuf *out, sn_error *err)
{
    sn_strbuf packed;
    sn_strbuf_init(&packed, SN_TABLE_BYTES_MAX);
    sn_strbuf_init(out, SN_TABLE_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &packed, err);
    if (status == SN_OK) {
        status = sn_table_unpack(path, packed.data, packed.len, out, err);
    }
    sn_strbuf_release(&packed);
    return status;
}

/* A file into the book; an absent option is none. */
static sn_status
read_file(sn_order_book *book, const char *path, reader *read, sn_error *err)
{
    if (path == NULL) {
        return SN_OK;
    }
    sn_strbuf text;
    sn_status status = read_text(path, &text, err);
    if (status == SN_OK) {
        status = read(book, path, text.data, text.len, err);
    }
    sn_strbuf_release(&text);
    return status;
}

static sn_status read_book(const arguments *given, sn_order_book *book, sn_error *err)
{
    sn_status status = read_file(book, given->bids, sn_order_book_read_bids, err);
    if (status == SN_OK) {
        status = read_file(book, given->capacity, sn_order_book_read_capacity, err);
    }
    if (status == SN_OK) {
        status = read_file(book, given->border_prices, sn_order_book_read_prices, err);
    }
    if (status == SN_OK) {
        status = read_file(book, given->exchange, sn_order_book_read_exchange, err);
    }
    return status;
}

typedef sn_status links_reader(const sn_order_book *book,
                               const char *name,
                               char *text,
                               size_t n,
                               sn_book_links *out,
                               sn_error *err);

/* A file of borders; *out is where the clearing looks for them, none without a file. */
static sn_status read_links(const sn_order_book *book,
                            const char *path,
                            links_reader *read,
                            sn_book_links *links,
                            const sn_book_links **out,
                            sn_error *err)
{
    if (path == NULL) {
        return SN_OK;
    }
    sn_strbuf text;
    sn_status status = read_text(path, &text, err);
    if (status == SN_OK) {
        status = read(book, path, text.data, text.len, links, err);
    }
    *out = links;
    sn_strbuf_release(&text);
    return status;
}

static sn_status
read_options(const arguments *given, sn_book_options *options, sn_error *err)
{
    bool is_rated = given->ties != NULL && strcmp(given->ties, "rated") == 0;
    bool both = given->border_prices != NULL && given->exchange != NULL;
    bool neither = given->border_prices == NULL && given->exchange == NULL;
    if (given->domain == NULL &&
        (given->positions != NULL || given->constraints != NULL)) {
        return sn_error_set(err, SN_E_USAGE,
                            "--positions and --constraints need --domain");
    }
    if (both || (neither && given->domain == NULL)) {
        return sn_error_set(err, SN_E_USAGE,
                            "give either --border-prices or --exchange: what the borders "
                            "to areas without bids do");
    }
    if (given->domain != NULL && (given->ramp != NULL || given->losses != NULL)) {
        return sn_error_set(
            err, SN_E_USAGE,
            "--ramp and --losses cannot be given with --domain: a "
            "flow-based domain is cleared period by period, and its links "
            "lose nothing");
    }
    if (given->losses != NULL && given->ties != NULL && !is_rated) {
        return sn_error_set(err, SN_E_USAGE, "--losses needs --ties rated");
    }
    *options = (sn_book_options){
        .scheduled = given->exchange != NULL,
        .ties = is_rated || given->losses != NULL ? SN_TIES_RATED : SN_TIES_PRO_RATA,
        .price_min_eur_per_mwh = -500.0,
        .price_max_eur_per_mwh = 4000.0};
    sn_status status = sn_options_number("price-min", given->price_min, -1e6, 1e6,
                                         &options->price_min_eur_per_mwh, err);
    if (status == SN_OK) {
        status = sn_options_number("price-max", given->price_max, -1e6, 1e6,
                                   &options->price_max_eur_per_mwh, err);
    }
    if (status == SN_OK &&
        options->price_min_eur_per_mwh >= options->price_max_eur_per_mwh) {
        status = sn_error_set(err, SN_E_USAGE, "--price-min must be below --price-max");
    }
    return status;
}

/* Six decimals without their closing zeros; NaN is an empty cell. */
static sn_status put_number(sn_strbuf *out, double value, sn_error *err)
{
    if (isnan(value)) {
        return SN_OK;
    }
    char text[64];
    (void)snprintf(text, sizeof text, "%.6f", fabs(value) < 5e-7 ? 0.0 : value);
    size_t n = strlen(text);
    while (text[n - 1] == '0' && text[n - 2] != '.') {
        n--;
    }
    return sn_strbuf_append(out, text, n, err);
}

static sn_status put_row(sn_strbuf *out,
                         const sn_book_period *period,
                         const char *first,
                         const char *second,
                         double value,
                         sn_error *err)
{
    sn_status status = sn_strbuf_printf(
        out, err, "%s,%s,%s,%s%s%s,", period->timestamp, period->delivery_day,
        period->number, first, second == NULL ? "" : ",", second == NULL ? "" : second);
    if (status == SN_OK) {
        status = put_number(out, value, err);
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\n", err) : status;
}

static sn_status write_prices(const char *path,
                              const sn_order_book *book,
                              const sn_book_result *result,
                              sn_error *err)
{
    sn_strbuf out;
    sn_strbuf_init(&out, SIZE_MAX / 2);
    sn_status status = sn_strbuf_puts(
        &out, "timestamp,delivery_day,period,zone,price_eur_per_mwh\n", err);
    size_t n = book->n_cleared;
    for (size_t k = 0; k < book->n_period * n && status == SN_OK; k++) {
        status = put_row(&out, &book->period[k / n], book->area[k % n], NULL,
                         result->price_eur_per_mwh[k], err);
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, out.data, out.len, err);
    }
    sn_strbuf_release(&out);
    return status;
}

/* Borders between areas with bids, as flows; or (abroad) the others that took part, as
 * exchanges of the area with bids. */
static sn_status write_flows(const char *path,
                             const sn_order_book *book,
                             const sn_book_result *result,
                             bool abroad,
                             sn_error *err)
{
    if (path == NULL) {
        return SN_OK;
    }
    sn_strbuf out;
    sn_strbuf_init(&out, SIZE_MAX / 2);
    sn_status status = sn_strbuf_puts(
        &out,
        abroad ? "timestamp,delivery_day,period,zone,external_zone,exchange_mwh\n"
               : "timestamp,delivery_day,period,from_zone,to_zone,flow_mwh\n",
        err);
    for (size_t k = 0; k < book->n_capacity && status == SN_OK; k++) {
        const sn_book_capacity *c = &book->capacity[k];
        const sn_book_period *period = &book->period[c->period];
        bool from = c->from < book->n_cleared;
        bool to = c->to < book->n_cleared;
        double flow = result->flow_mwh[k];
        if (!abroad && from && to) {
            status =
                put_row(&out, period, book->area[c->from], book->area[c->to], flow, err);
        } else if (abroad && from != to && !isnan(flow)) {
            status =
                put_row(&out, period, book->area[from ? c->from : c->to],
                        book->area[from ? c->to : c->from], from ? flow : -flow, err);
        }
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, out.data, out.len, err);
    }
    sn_strbuf_release(&out);
    return status;
}

static sn_status write_positions(const char *path,
                                 const sn_order_book *book,
                                 const sn_domain_result *result,
                                 sn_error *err)
{
    if (path == NULL) {
        return SN_OK;
    }
    sn_strbuf out;
    sn_strbuf_init(&out, SIZE_MAX / 2);
    size_t n = book->n_cleared;
    sn_status status = sn_strbuf_puts(
        &out, "timestamp,delivery_day,period,zone,net_position_mwh\n", err);
    for (size_t k = 0; k < book->n_period * n && status == SN_OK; k++) {
        status = put_row(&out, &book->period[k / n], book->area[k % n], NULL,
                         result->position_mwh[k], err);
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, out.data, out.len, err);
    }
    sn_strbuf_release(&out);
    return status;
}

/* A name in quotes, as CSV has them. */
static sn_status put_quoted(sn_strbuf *out, const char *text, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, "\"", err);
    for (const char *c = text; *c != '\0' && status == SN_OK; c++) {
        char safe = *c == '\n' || *c == '\r' ? ' ' : *c;
        status = sn_strbuf_append(out, &safe, 1, err);
        if (status == SN_OK && *c == '"') {
            status = sn_strbuf_puts(out, "\"", err);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\",", err) : status;
}

/* A row an area of a full constraint: what it takes from the area's price. */
static sn_status put_full(sn_strbuf *out,
                          const sn_order_book *book,
                          const sn_jao_domain *domain,
                          const sn_domain_full *full,
                          sn_error *err)
{
    const sn_book_period *period = &book->period[full->period];
    sn_status status = SN_OK;
    for (size_t a = 0; a < domain->n_area && status == SN_OK; a++) {
        double ptdf = full->limit->ptdf[a];
        if (isnan(ptdf) || ptdf == 0.0) {
            continue;
        }
        status = sn_strbuf_printf(out, err, "%s,%s,%s,", period->timestamp,
                                  period->delivery_day, period->number);
        if (status == SN_OK) {
            status = put_quoted(out, full->limit->name, err);
        }
        const double values[] = {full->ram_mwh, full->shadow_eur_per_mwh};
        for (size_t k = 0; k < 2 && status == SN_OK; k++) {
            status = put_number(out, values[k], err);
            status = status == SN_OK ? sn_strbuf_puts(out, ",", err) : status;
        }
        if (status == SN_OK) {
            status = sn_strbuf_printf(out, err, "%s,%.5f,", domain->area[a], ptdf);
        }
        if (status == SN_OK) {
            status = put_number(out, -full->shadow_eur_per_mwh * ptdf, err);
        }
        status = status == SN_OK ? sn_strbuf_puts(out, "\n", err) : status;
    }
    return status;
}

static sn_status write_constraints(const char *path,
                                   const sn_order_book *book,
                                   const sn_jao_domain *domain,
                                   const sn_domain_result *result,
                                   sn_error *err)
{
    if (path == NULL) {
        return SN_OK;
    }
    sn_strbuf out;
    sn_strbuf_init(&out, SIZE_MAX / 2);
    sn_status status = sn_strbuf_puts(&out,
                                      "timestamp,delivery_day,period,constraint,ram_mwh,"
                                      "shadow_price_eur_per_mwh,zone,ptdf,"
                                      "price_part_eur_per_mwh\n",
                                      err);
    for (size_t k = 0; k < result->n_full && status == SN_OK; k++) {
        status = put_full(&out, book, domain, &result->full[k], err);
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, out.data, out.len, err);
    }
    sn_strbuf_release(&out);
    return status;
}

static void say_counts(const sn_order_book *book, const sn_book_result *result)
{
    (void)fputs(result->words.data, stderr);
    (void)fprintf(stderr, "%zu periods of %zu areas cleared, %zu infeasible\n",
                  book->n_period - result->n_infeasible, book->n_cleared,
                  result->n_infeasible);
    if (result->n_coupled > 0) {
        (void)fprintf(stderr, "%zu periods tied to others by --ramp\n",
                      result->n_coupled);
    }
    if (result->n_closed > 0) {
        (void)fprintf(
            stderr,
            "%zu border-periods with losses kept from running both ways at once: prices "
            "below zero would pay for losing power\n",
            result->n_closed);
    }
    if (book->n_cleared_price > 0) {
        (void)fprintf(stderr,
                      "%zu rows of --border-prices ignored: their areas have bids\n",
                      book->n_cleared_price);
    }
    if (book->n_unused > 0) {
        (void)fprintf(stderr, "%zu rows of other periods or areas not used\n",
                      book->n_unused);
    }
    if (result->n_left_out > 0) {
        (void)fprintf(stderr,
                      "%zu border-periods left out: bids at neither end, or no price or "
                      "schedule abroad\n",
                      result->n_left_out);
    }
    if (result->n_beyond_capacity > 0) {
        (void)fprintf(stderr, "%zu schedules lie beyond the capacity of their border\n",
                      result->n_beyond_capacity);
    }
}

static sn_status write_results(const arguments *given,
                               const sn_order_book *book,
                               const sn_book_result *result,
                               sn_error *err)
{
    say_counts(book, result);
    sn_status status = write_prices(given->prices, book, result, err);
    if (status == SN_OK) {
        status = write_flows(given->flows, book, result, false, err);
    }
    if (status == SN_OK) {
        status = write_flows(given->border_flows, book, result, true, err);
    }
    return status;
}

/* Length of a period: the shortest distance of two, an hour when there is one only. */
static double period_hours(const sn_order_book *book)
{
    int64_t step_s = SN_HOUR_S;
    for (size_t t = 1; t < book->n_period; t++) {
        int64_t apart = book->period[t].start.utc_s - book->period[t - 1].start.utc_s;
        step_s = apart < step_s ? apart : step_s;
    }
    return (double)step_s / SN_HOUR_S;
}

static sn_status read_domain(const char *path, sn_jao_domain *domain, sn_error *err)
{
    sn_strbuf text;
    sn_status status = read_text(path, &text, err);
    if (status == SN_OK) {
        status = sn_parse_jao_domain(text.data, text.len, domain, err);
    }
    sn_strbuf_release(&text);
    return status;
}

static sn_status clear_in_domain(const arguments *given,
                                 const sn_order_book *book,
                                 const sn_book_options *options,
                                 size_t *n_infeasible,
                                 sn_error *err)
{
    sn_jao_domain domain = {0};
    sn_domain_result result = {0};
    sn_strbuf_init(&result.book.words, 1);
    double hours = period_hours(book);
    sn_status status = read_domain(given->domain, &domain, err);
    if (status == SN_OK) {
        status = sn_domain_clear(book, &domain, options, hours, &result, err);
    }
    if (status == SN_OK) {
        (void)fprintf(stderr, "periods of %g minutes, RAM in MW taken for as long\n",
                      60.0 * hours);
        *n_infeasible = result.book.n_infeasible;
        status = write_results(given, book, &result.book, err);
    }
    if (status == SN_OK) {
        status = write_positions(given->positions, book, &result, err);
    }
    if (status == SN_OK) {
        status = write_constraints(given->constraints, book, &domain, &result, err);
    }
    sn_domain_result_release(&result);
    sn_jao_domain_release(&domain);
    return status;
}

static sn_status clear(const arguments *given, size_t *n_infeasible, sn_error *err)
{
    sn_order_book book = {0};
    sn_book_options options;
    sn_book_result result = {0};
    known_links links = {0};
    sn_strbuf_init(&result.words, 1);
    sn_status status = read_options(given, &options, err);
    if (status == SN_OK) {
        status = read_book(given, &book, err);
    }
    if (status == SN_OK) {
        status = read_links(&book, given->ramp, sn_book_links_read_ramps, &links.ramps,
                            &options.ramps, err);
    }
    if (status == SN_OK) {
        status = read_links(&book, given->losses, sn_book_links_read_losses,
                            &links.losses, &options.losses, err);
    }
    if (status == SN_OK && given->domain != NULL) {
        status = clear_in_domain(given, &book, &options, n_infeasible, err);
    } else if (status == SN_OK) {
        status = sn_book_clear(&book, &options, &result, err);
        *n_infeasible = result.n_infeasible;
        if (status == SN_OK) {
            status = write_results(given, &book, &result, err);
        }
    }
    sn_book_result_release(&result);
    sn_order_book_release(&book);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    arguments given = {0};
    const sn_option options[] = {
        SN_REQUIRED("bids", "FILE", "bid curves", &given.bids),
        SN_REQUIRED("capacity", "FILE", "capacities of the borders, both directions",
                    &given.capacity),
        SN_VALUE("border-prices", "FILE",
                 "prices of areas without bids; rows for areas with bids are ignored",
                 &given.border_prices),
        SN_VALUE("exchange", "FILE", "schedules of borders to areas without bids",
                 &given.exchange),
        SN_REQUIRED("prices", "OUT", "where the prices go (CSV)", &given.prices),
        SN_REQUIRED("flows", "OUT", "where the flows between areas with bids go (CSV)",
                    &given.flows),
        SN_VALUE("border-flows", "OUT",
                 "where the exchanges with areas without bids go (CSV, optional)",
                 &given.border_flows),
        SN_VALUE("ramp", "FILE", "how fast flows may change, MW per hour by border",
                 &given.ramp),
        SN_VALUE("losses", "FILE",
                 "share lost on the way by border; needs --ties rated, then the default",
                 &given.losses),
        SN_VALUE("domain", "FILE", "flow-based domain, JSON of JAO's finalComputation",
                 &given.domain),
        SN_VALUE("positions", "OUT", "where the net positions go (CSV; with --domain)",
                 &given.positions),
        SN_VALUE("constraints", "OUT",
                 "where the full constraints go, with shadow prices (CSV; with --domain)",
                 &given.constraints),
        SN_VALUE("ties", "pro-rata|rated",
                 "orders at exactly the price: pro-rata, as exchanges do (default), or "
                 "rated, least sum of flow squared over capacity",
                 &given.ties),
        SN_VALUE("price-min", "EUR", "lowest price allowed (default -500)",
                 &given.price_min),
        SN_VALUE("price-max", "EUR", "highest price allowed (default 4000)",
                 &given.price_max),
    };
    size_t n_infeasible = 0;
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_clear, options, argc, argv, NULL, err);
    if (status == SN_OK) {
        status = clear(&given, &n_infeasible, err);
        *exit_code = n_infeasible > 0 ? SN_EXIT_PARTIAL : SN_EXIT_DONE;
    }
    return status;
}
