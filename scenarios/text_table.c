/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text_table.h"

#include "base/os.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CSV_BYTES_MAX = 512 << 20, PRINT_WIDTH_MAX = 40, CELL_SIZE = 64 };

void sn_text_table_init(sn_text_table *table, const sn_text_column *column, size_t n)
{
    *table = (sn_text_table){.column = column, .n_column = n};
}

void sn_text_table_release(sn_text_table *table)
{
    for (size_t i = 0; i < table->n_row * table->n_column; i++) {
        free(table->text[i]);
    }
    free(table->text);
    free(table->number);
    table->n_row = 0;
    table->text = NULL;
    table->number = NULL;
}

static sn_status grow(sn_text_table *table, sn_error *err)
{
    size_t cap = table->cap == 0 ? 64 : 2 * table->cap;
    double *number = realloc(table->number, cap * table->n_column * sizeof *number);
    if (number != NULL) {
        table->number = number;
    }
    char **text = realloc(table->text, cap * table->n_column * sizeof *text);
    if (text != NULL) {
        table->text = text;
    }
    if (number == NULL || text == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a table");
    }
    table->cap = cap;
    return SN_OK;
}

sn_status sn_text_table_add(sn_text_table *table, sn_error *err)
{
    if (table->n_row == table->cap) {
        sn_status status = grow(table, err);
        if (status != SN_OK) {
            return status;
        }
    }
    for (size_t c = 0; c < table->n_column; c++) {
        table->number[table->n_row * table->n_column + c] = NAN;
        table->text[table->n_row * table->n_column + c] = NULL;
    }
    table->n_row++;
    return SN_OK;
}

void sn_text_table_number(sn_text_table *table, size_t column, double value)
{
    table->number[(table->n_row - 1) * table->n_column + column] = value;
}

sn_status
sn_text_table_text(sn_text_table *table, size_t column, const char *text, sn_error *err)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    if (copy == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a table");
    }
    memcpy(copy, text, n);
    char **cell = &table->text[(table->n_row - 1) * table->n_column + column];
    free(*cell);
    *cell = copy;
    return SN_OK;
}

/* Line ends, tabs and escape sequences as spaces. */
static char plain(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c;
}

/* Bytes of one UTF-8 character, at least 1. */
static size_t character(const char *text)
{
    size_t n = 1;
    while (((unsigned char)text[n] & 0xc0) == 0x80) {
        n++;
    }
    return n;
}

static size_t width_of(const char *text)
{
    size_t width = 0;
    while (*text != '\0') {
        text += character(text);
        width++;
    }
    return width;
}

static void cell_words(const sn_text_table *table, size_t row, size_t c, char *out)
{
    double value = table->number[row * table->n_column + c];
    if (isfinite(value)) {
        (void)snprintf(out, CELL_SIZE, "%.*f", table->column[c].decimals, value);
    } else {
        (void)snprintf(out, CELL_SIZE, "-");
    }
}

static size_t column_width(const sn_text_table *table, size_t c)
{
    size_t most = width_of(table->column[c].name);
    for (size_t r = 0; r < table->n_row; r++) {
        char words[CELL_SIZE];
        const char *text = table->text[r * table->n_column + c];
        if (text == NULL) {
            cell_words(table, r, c, words);
            text = words;
        }
        size_t width = width_of(text);
        most = width > most ? width : most;
    }
    return most > PRINT_WIDTH_MAX ? PRINT_WIDTH_MAX : most;
}

static void print_cell(const char *text, size_t width, int to_left, FILE *out)
{
    size_t own = width_of(text);
    own = own > width ? width : own;
    for (size_t i = own; !to_left && i < width; i++) {
        (void)fputc(' ', out);
    }
    for (size_t i = 0; i < own; i++) {
        size_t n = character(text);
        for (size_t k = 0; k < n; k++) {
            (void)fputc(plain(text[k]), out);
        }
        text += n;
    }
    for (size_t i = own; to_left && i < width; i++) {
        (void)fputc(' ', out);
    }
}

void sn_text_table_print(const sn_text_table *table, FILE *out)
{
    for (size_t r = 0; r <= table->n_row; r++) {
        for (size_t c = 0; c < table->n_column; c++) {
            char words[CELL_SIZE];
            const char *text = table->column[c].name;
            if (r > 0) {
                text = table->text[(r - 1) * table->n_column + c];
            }
            if (text == NULL) {
                cell_words(table, r - 1, c, words);
                text = words;
            }
            (void)fputs(c > 0 ? "  " : "", out);
            print_cell(text, column_width(table, c), table->column[c].decimals < 0, out);
        }
        (void)fputc('\n', out);
    }
}

sn_status sn_text_cell_csv(const char *text, sn_strbuf *out, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, sn_is_formula(text) ? "\"'" : "\"", err);
    for (const char *at = text; *at != '\0' && status == SN_OK; at++) {
        char c[2] = {plain(*at), '"'};
        status = sn_strbuf_append(out, c, c[0] == '"' ? 2 : 1, err);
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\"", err) : status;
}

static sn_status
csv_cell(const sn_text_table *table, size_t r, size_t c, sn_strbuf *out, sn_error *err)
{
    const char *text = table->text[r * table->n_column + c];
    double value = table->number[r * table->n_column + c];
    if (text != NULL) {
        return sn_text_cell_csv(text, out, err);
    }
    return isfinite(value) ? sn_strbuf_printf(out, err, "%.10g", value) : SN_OK;
}

sn_status sn_text_table_csv(const sn_text_table *table, const char *path, sn_error *err)
{
    sn_strbuf out;
    sn_strbuf_init(&out, CSV_BYTES_MAX);
    sn_status status = SN_OK;
    for (size_t c = 0; c < table->n_column && status == SN_OK; c++) {
        status =
            sn_strbuf_printf(&out, err, "%s%s%s", c > 0 ? "," : "", table->column[c].name,
                             c + 1 == table->n_column ? "\r\n" : "");
    }
    for (size_t r = 0; r < table->n_row; r++) {
        for (size_t c = 0; c < table->n_column && status == SN_OK; c++) {
            status = c > 0 ? sn_strbuf_puts(&out, ",", err) : SN_OK;
            if (status == SN_OK) {
                status = csv_cell(table, r, c, &out, err);
            }
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(&out, "\r\n", err);
        }
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, out.data, out.len, err);
    }
    sn_strbuf_release(&out);
    return status;
}
