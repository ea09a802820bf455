/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "municipalities.h"

#include "base/os.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 64 << 20, KEY_SIZE = 96, FAILED_MAX = 100000 };

enum { PLACE, SECTOR, AMOUNT, FUEL, INHABITANTS, HOUSEHOLDS, COLUMNS };

void sn_municipal_use_init(sn_municipal_use *use)
{
    memset(use, 0, sizeof *use);
    use->source = "none";
    for (size_t m = 0; m < SN_MUNICIPALITIES_MAX; m++) {
        use->inhabitants[m] = NAN;
        use->households[m] = NAN;
        for (size_t s = 0; s < SN_SECTORS_MAX; s++) {
            use->mwh[m][s] = NAN;
        }
    }
}

void sn_municipal_use_release(sn_municipal_use *use)
{
    free(use->failed);
    use->failed = NULL;
    use->n_failed = 0;
}

sn_profile sn_sector_profile(const char *sector)
{
    char key[KEY_SIZE];
    sn_sheet_key(sector, key, sizeof key);
    bool is_industry = strncmp(key, "industr", 7) == 0 ||
                       strncmp(key, "mining", 6) == 0 || strncmp(key, "gruv", 4) == 0 ||
                       strncmp(key, "tillverkning", 12) == 0;
    return is_industry ? SN_PROFILE_BASELOAD : SN_PROFILE_AREA;
}

/* A year at the end of a column's name makes it an amount: "2023", "Slutanvandning
 * (MWh) 2023". */
static bool ends_in_year(const char *key)
{
    size_t n = strlen(key);
    return n >= 4 && strspn(key + n - 4, "0123456789") == 4 &&
           (strncmp(key + n - 4, "19", 2) == 0 || strncmp(key + n - 4, "20", 2) == 0);
}

static int column_of(const char *key)
{
    static const struct word {
        const char *key;
        int column;
    } words[] = {{"municipality", PLACE},
                 {"kommun", PLACE},
                 {"region", PLACE},
                 {"sector", SECTOR},
                 {"sektor", SECTOR},
                 {"forbrukarkategori", SECTOR},
                 {"consumercategory", SECTOR},
                 {"category", SECTOR},
                 {"mwh", AMOUNT},
                 {"mwhar", AMOUNT},
                 {"mwhperar", AMOUNT},
                 {"mwhperyear", AMOUNT},
                 {"bransletyp", FUEL},
                 {"branslestyp", FUEL},
                 {"fueltype", FUEL},
                 {"inhabitants", INHABITANTS},
                 {"invanare", INHABITANTS},
                 {"folkmangd", INHABITANTS},
                 {"population", INHABITANTS},
                 {"households", HOUSEHOLDS},
                 {"hushall", HOUSEHOLDS}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].key, key) == 0) {
            return words[i].column;
        }
    }
    return ends_in_year(key) ? AMOUNT : -1;
}

static sn_status read_head(sn_table *t,
                           bool is_people,
                           size_t at[COLUMNS],
                           sn_municipal_use *use,
                           sn_error *err)
{
    bool more = false;
    sn_status status = sn_table_next(t, &more, err);
    for (size_t c = 0; c < COLUMNS; c++) {
        at[c] = SIZE_MAX;
    }
    for (size_t c = 0; status == SN_OK && more && c < t->n; c++) {
        char key[KEY_SIZE];
        sn_sheet_key(t->cell[c], key, sizeof key);
        int column = column_of(key);
        if (column == AMOUNT && ends_in_year(key) &&
            strcmp(key + strlen(key) - 4, use->year) >= 0) {
            (void)snprintf(use->year, sizeof use->year, "%.4s", key + strlen(key) - 4);
            at[AMOUNT] = c; /* the last year */
        } else if (column >= 0 && at[column] == SIZE_MAX) {
            at[column] = c;
        }
    }
    bool fits = is_people ? at[INHABITANTS] != SIZE_MAX || at[HOUSEHOLDS] != SIZE_MAX
                          : at[SECTOR] != SIZE_MAX && at[AMOUNT] != SIZE_MAX;
    if (status == SN_OK && (at[PLACE] == SIZE_MAX || !fits)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%.200s:%d: expected the columns %s in the head line",
                            t->name, t->line,
                            is_people ? "municipality, inhabitants and households"
                                      : "municipality, sector and mwh (or a year)");
    }
    return status;
}

static sn_status drop(sn_municipal_use *use,
                      const char *file,
                      int line,
                      const char *message,
                      sn_error *err)
{
    if (use->n_failed == use->cap_failed) {
        size_t cap = use->cap_failed == 0 ? 64 : 2 * use->cap_failed;
        sn_failed *failed =
            cap > FAILED_MAX ? NULL : realloc(use->failed, cap * sizeof *failed);
        if (failed == NULL) {
            return sn_error_set(err, SN_E_FORMAT, "%.200s:%d: too many wrong rows", file,
                                line);
        }
        use->failed = failed;
        use->cap_failed = cap;
    }
    sn_failed *f = &use->failed[use->n_failed++];
    f->line = line;
    (void)snprintf(f->file, sizeof f->file, "%s", file);
    (void)snprintf(f->message, sizeof f->message, "%s", message);
    return SN_OK;
}

static const char *cell(const sn_table *t, const size_t at[COLUMNS], int column)
{
    return at[column] == SIZE_MAX || at[column] >= t->n ? "" : t->cell[at[column]];
}

/* What statistics offices print for missing: "..", "." and "". */
static bool is_missing(const char *text)
{
    return strcmp(text, "..") == 0 || strcmp(text, ".") == 0 || strcmp(text, "") == 0;
}

static sn_status
sector_index(sn_municipal_use *use, const char *name, size_t *out, sn_error *err)
{
    for (size_t s = 0; s < use->n_sector; s++) {
        if (strcmp(use->sector[s], name) == 0) {
            *out = s;
            return SN_OK;
        }
    }
    if (use->n_sector == SN_SECTORS_MAX || *name == '\0' ||
        strlen(name) >= SN_SECTOR_NAME_SIZE) {
        return sn_error_set(err, SN_E_FORMAT,
                            "sector: expected at most %d names of 1 to %d bytes",
                            SN_SECTORS_MAX, SN_SECTOR_NAME_SIZE - 1);
    }
    *out = use->n_sector++;
    (void)snprintf(use->sector[*out], SN_SECTOR_NAME_SIZE, "%s", name);
    return SN_OK;
}

static sn_status
read_amount(const sn_table *t, const char *text, double *out, sn_error *err)
{
    if (!sn_sheet_number(text, t->separator, out) || *out < 0.0 || *out > 1e9) {
        return sn_error_set(err, SN_E_FORMAT,
                            "expected a number from 0 to 1e9, not \"%.20s\"", text);
    }
    return SN_OK;
}

static bool is_electricity(const char *fuel)
{
    char key[KEY_SIZE];
    sn_sheet_key(fuel, key, sizeof key);
    return *key == '\0' || strcmp(key, "el") == 0 || strcmp(key, "elenergi") == 0 ||
           strcmp(key, "electricity") == 0;
}

static sn_status read_row(const sn_table *t,
                          const size_t at[COLUMNS],
                          sn_municipal_use *use,
                          sn_error *err)
{
    const sn_municipality *place = NULL;
    size_t sector = 0;
    if (!is_electricity(cell(t, at, FUEL))) {
        return SN_OK;
    }
    sn_status status = sn_municipality_find(cell(t, at, PLACE), &place, err);
    if (status != SN_OK) {
        return status;
    }
    size_t m = (size_t)(place - sn_municipalities);
    const char *amount = cell(t, at, AMOUNT);
    if (at[SECTOR] != SIZE_MAX) {
        status = sector_index(use, cell(t, at, SECTOR), &sector, err);
        if (status == SN_OK && is_missing(amount)) {
            use->n_suppressed++;
        } else if (status == SN_OK && !isnan(use->mwh[m][sector])) {
            status = sn_error_set(err, SN_E_FORMAT, "%s, %s stands twice in the table",
                                  place->name, use->sector[sector]);
        } else if (status == SN_OK) {
            status = read_amount(t, amount, &use->mwh[m][sector], err);
        }
    }
    const char *people = cell(t, at, INHABITANTS);
    const char *homes = cell(t, at, HOUSEHOLDS);
    if (status == SN_OK && !is_missing(people)) {
        status = read_amount(t, people, &use->inhabitants[m], err);
    }
    if (status == SN_OK && !is_missing(homes)) {
        status = read_amount(t, homes, &use->households[m], err);
    }
    return status;
}

sn_status sn_municipal_table_bytes(const char *name,
                                   const void *bytes,
                                   size_t n,
                                   bool is_people,
                                   sn_municipal_use *use,
                                   sn_error *err)
{
    sn_strbuf text;
    sn_table table;
    size_t at[COLUMNS];
    char separator = ',';
    int before = 0;
    bool more = true;
    sn_strbuf_init(&text, 2 * FILE_BYTES_MAX);
    sn_status status = sn_sheet_text(name, bytes, n, &text, &separator, &before, err);
    if (status == SN_OK) {
        sn_table_init(&table, name, text.data, text.len, separator);
        status = read_head(&table, is_people, at, use, err);
    }
    while (status == SN_OK && more) {
        sn_error reason = {0};
        status = sn_table_next(&table, &more, err);
        if (status == SN_OK && more && *cell(&table, at, PLACE) != '\0' &&
            read_row(&table, at, use, &reason) != SN_OK) {
            status = drop(use, name, table.line + before, reason.message, err);
        }
    }
    sn_strbuf_release(&text);
    return status;
}

static sn_status
load(const char *path, bool is_people, sn_municipal_use *use, sn_error *err)
{
    sn_strbuf bytes;
    sn_strbuf_init(&bytes, FILE_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &bytes, err);
    if (status == SN_OK) {
        status =
            sn_municipal_table_bytes(path, bytes.data, bytes.len, is_people, use, err);
    }
    sn_strbuf_release(&bytes);
    return status;
}

sn_status sn_municipal_use_load(const char *path, sn_municipal_use *use, sn_error *err)
{
    use->source = "table";
    return load(path, false, use, err);
}

sn_status sn_municipal_people_load(const char *path, sn_municipal_use *use, sn_error *err)
{
    use->own_people = true;
    return load(path, true, use, err);
}
