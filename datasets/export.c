/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const flag_names[] = {"gap", "stated", "filled", "suspect"};

sn_status sn_export_cell(sn_strbuf *out, const char *text, char separator, sn_error *err)
{
    bool is_quoted =
        strpbrk(text, "\"\r\n\t;,") != NULL || strchr(text, separator) != NULL;
    sn_status status = sn_strbuf_printf(out, err, "%s%s", is_quoted ? "\"" : "",
                                        sn_is_formula(text) ? "'" : "");
    for (; status == SN_OK && *text != '\0'; text++) {
        status = sn_strbuf_append(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1,
                                  err);
    }
    return status == SN_OK && is_quoted ? sn_strbuf_puts(out, "\"", err) : status;
}

/* The shortest text that reads back as the same number. */
static const char *number_text(double value, char decimal, char text[40])
{
    for (int digits = 6; digits <= 17; digits += digits < 15 ? 9 : 1) {
        (void)snprintf(text, 40, "%.*g", digits, value + 0.0);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    char *point = decimal == '.' ? NULL : strchr(text, '.');
    if (point != NULL) {
        *point = decimal;
    }
    return text;
}

static sn_status put_header(const sn_export_column *columns,
                            size_t n,
                            char separator,
                            bool flags,
                            sn_strbuf *out,
                            sn_error *err)
{
    sn_status status = sn_strbuf_printf(out, err, "time_utc%ctime_local", separator);
    for (size_t c = 0; status == SN_OK && c < n; c++) {
        const sn_series_key *key = &columns[c].series.key;
        char name[128];
        (void)snprintf(name, sizeof name, "%s %s %s", sn_quantity_name(key->quantity),
                       key->subject, key->source);
        status = sn_strbuf_append(out, &separator, 1, err);
        if (status == SN_OK) {
            status = sn_export_cell(out, name, separator, err);
        }
        if (status == SN_OK && flags) {
            status = sn_strbuf_printf(out, err, "%cflag %s %s", separator, key->subject,
                                      key->source);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\r\n", err) : status;
}

static sn_status put_row(const sn_export_column *columns,
                         size_t n,
                         size_t i,
                         bool swedish,
                         bool flags,
                         sn_strbuf *out,
                         sn_error *err)
{
    char separator = swedish ? ';' : ',';
    sn_instant t = sn_axis_at(&columns[0].series.axis, i);
    sn_civil utc = sn_instant_to_utc(t);
    sn_civil cet = sn_instant_to_cet(t);
    sn_status status = sn_strbuf_printf(
        out, err, "%04d-%02d-%02d %02d:%02d%c%04d-%02d-%02d %02d:%02d", (int)utc.year,
        (int)utc.month, (int)utc.day, (int)utc.hour, (int)utc.minute, separator,
        (int)cet.year, (int)cet.month, (int)cet.day, (int)cet.hour, (int)cet.minute);
    for (size_t c = 0; status == SN_OK && c < n; c++) {
        char text[40] = "";
        const sn_series *series = &columns[c].series;
        if (!isnan(series->value[i])) {
            number_text(series->value[i], swedish ? ',' : '.', text);
        }
        status = sn_strbuf_printf(out, err, "%c%s", separator, text);
        if (status == SN_OK && flags) {
            status = sn_strbuf_printf(out, err, "%c%s", separator,
                                      flag_names[series->flag[i] & 3]);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\r\n", err) : status;
}

sn_status sn_export_csv(const sn_export_column *columns,
                        size_t n,
                        bool swedish,
                        bool flags,
                        sn_strbuf *out,
                        sn_error *err)
{
    sn_status status = put_header(columns, n, swedish ? ';' : ',', flags, out, err);
    for (size_t i = 0; status == SN_OK && i < columns[0].series.axis.n; i++) {
        status = put_row(columns, n, i, swedish, flags, out, err);
    }
    return status;
}

static sn_status put_string(sn_strbuf *out, const char *text, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, "\"", err);
    for (; status == SN_OK && *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            status = sn_strbuf_printf(out, err, "\\%c", c);
        } else if (c < 0x20) {
            status = sn_strbuf_printf(out, err, "\\u%04x", c);
        } else {
            status = sn_strbuf_append(out, text, 1, err);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\"", err) : status;
}

static sn_status put_arrays(const sn_series *series, sn_strbuf *out, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, "\n   \"value\": [", err);
    for (size_t i = 0; status == SN_OK && i < series->axis.n; i++) {
        char text[40] = "null";
        if (!isnan(series->value[i])) {
            number_text(series->value[i], '.', text);
        }
        status = sn_strbuf_printf(out, err, "%s%s", i > 0 ? "," : "", text);
    }
    if (status == SN_OK) {
        status = sn_strbuf_puts(out, "],\n   \"flag\": [", err);
    }
    for (size_t i = 0; status == SN_OK && i < series->axis.n; i++) {
        status = sn_strbuf_printf(out, err, "%s%d", i > 0 ? "," : "", series->flag[i]);
    }
    return status == SN_OK ? sn_strbuf_puts(out, "]}", err) : status;
}

static sn_status put_column(const sn_export_column *column, sn_strbuf *out, sn_error *err)
{
    const sn_series_key *key = &column->series.key;
    const char *const field[][2] = {
        {"quantity", sn_quantity_name(key->quantity)},
        {"unit", sn_quantity_unit(key->quantity)},
        {"subject", key->subject},
        {"source", key->source},
        {"licence", column->licence},
        {"attribution", column->attribution},
        {"origin", column->origin},
        {"raw_sha256", column->raw_sha256},
    };
    sn_status status = sn_strbuf_puts(out, "{", err);
    for (size_t f = 0; status == SN_OK && f < sizeof field / sizeof *field; f++) {
        status = sn_strbuf_printf(out, err, "\"%s\": ", field[f][0]);
        if (status == SN_OK) {
            status = put_string(out, field[f][1], err);
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(out, ", ", err);
        }
    }
    return status == SN_OK ? put_arrays(&column->series, out, err) : status;
}

sn_status
sn_export_json(const sn_export_column *columns, size_t n, sn_strbuf *out, sn_error *err)
{
    const sn_axis *axis = &columns[0].series.axis;
    char start[SN_INSTANT_TEXT_SIZE];
    sn_status status = sn_strbuf_printf(
        out, err,
        "{\"start\": \"%s\", \"step_s\": %d, \"n\": %zu,\n \"flag_meanings\": [\"gap\", "
        "\"stated\", \"filled\", \"suspect\"],\n \"series\": [\n  ",
        sn_instant_format(axis->start, start), (int)axis->step_s, axis->n);
    for (size_t c = 0; status == SN_OK && c < n; c++) {
        status = c > 0 ? sn_strbuf_puts(out, ",\n  ", err) : SN_OK;
        if (status == SN_OK) {
            status = put_column(&columns[c], out, err);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\n ]}\n", err) : status;
}
