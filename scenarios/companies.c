/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "companies.h"

#include "base/os.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 64 << 20, ROWS_MAX = 1000000, KEY_SIZE = 64 };

/* ---- numbers of organisations and people ---- */

bool sn_luhn_holds(const char digits[SN_ORGANISATION_DIGITS])
{
    int sum = 0;
    for (int i = 0; i < SN_ORGANISATION_DIGITS; i++) {
        int d = (digits[i] - '0') * (i % 2 == 0 ? 2 : 1);
        sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

sn_status sn_organisation_parse(const char *text, sn_organisation *out, sn_error *err)
{
    char digits[16];
    size_t n = 0;
    *out = (sn_organisation){0};
    for (const char *at = text; *at != '\0'; at++) {
        if (is_digit(*at) && n < sizeof digits) {
            digits[n++] = *at;
        } else if (is_digit(*at) || (*at != '-' && *at != '+' && *at != ' ')) {
            n = 0;
            break;
        }
    }
    bool has_century =
        n == 12 && (strncmp(digits, "16", 2) == 0 || strncmp(digits, "19", 2) == 0 ||
                    strncmp(digits, "20", 2) == 0);
    if (n != 10 && !has_century) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "organisation number: expected ten digits such as 556016-0680");
    }
    memcpy(out->digits, digits + (n - SN_ORGANISATION_DIGITS), SN_ORGANISATION_DIGITS);
    out->is_person = out->digits[2] < '2';
    if (!sn_luhn_holds(out->digits)) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "organisation number: the check digit does not fit (a digit is "
            "wrong or two are swapped)");
    }
    return SN_OK;
}

const char *sn_organisation_show(const sn_organisation *organisation,
                                 char text[SN_ORGANISATION_TEXT_SIZE])
{
    if (organisation->is_person) {
        (void)snprintf(text, SN_ORGANISATION_TEXT_SIZE, "******-****");
    } else {
        (void)snprintf(text, SN_ORGANISATION_TEXT_SIZE, "%.6s-%.4s", organisation->digits,
                       organisation->digits + 6);
    }
    return text;
}

/* Bytes of a personal number at text (6 or 8 digits, a mark or not, 4 digits), 0: none.
 * Month and day must fit; the check digit need not: a mistyped one is a person's too. */
static size_t personal_length(const char *text)
{
    size_t head = strspn(text, "0123456789");
    size_t at = head;
    if (head == 6 || head == 8) {
        at += text[at] == ' ' ? 1 : 0;
        at += text[at] == '-' || text[at] == '+' ? 1 : 0;
        at += text[at] == ' ' ? 1 : 0;
        if (at == head || strspn(text + at, "0123456789") != 4) {
            return 0;
        }
        at += 4;
    } else if (head == 10 || head == 12) {
        head -= 4;
    } else {
        return 0;
    }
    const char *date = text + head - 6;
    int month = (date[2] - '0') * 10 + date[3] - '0';
    int day = (date[4] - '0') * 10 + date[5] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 91 ? at : 0;
}

void sn_mask_personal_numbers(char *text)
{
    for (char *at = text; *at != '\0';) {
        if (!is_digit(*at)) {
            at++;
            continue;
        }
        size_t n = personal_length(at);
        size_t run = strspn(at, "0123456789");
        for (size_t i = 0; i < n; i++) {
            at[i] = is_digit(at[i]) ? '*' : at[i];
        }
        at += n > run ? n : run;
    }
}

/* ---- columns ---- */

static const char *const profile_names[SN_PROFILE_COUNT] = {"baseload", "day", "week",
                                                            "night", "area"};

const char *sn_profile_name(sn_profile profile)
{
    return profile_names[profile];
}

static bool profile_of(const char *text, sn_profile *out)
{
    static const struct word {
        const char *key;
        sn_profile profile;
    } words[] = {{"", SN_PROFILE_BASELOAD},        {"baseload", SN_PROFILE_BASELOAD},
                 {"baslast", SN_PROFILE_BASELOAD}, {"jamn", SN_PROFILE_BASELOAD},
                 {"day", SN_PROFILE_DAY},          {"dag", SN_PROFILE_DAY},
                 {"dagskift", SN_PROFILE_DAY},     {"dayshift", SN_PROFILE_DAY},
                 {"week", SN_PROFILE_WEEK},        {"vecka", SN_PROFILE_WEEK},
                 {"vardag", SN_PROFILE_WEEK},      {"weekly", SN_PROFILE_WEEK},
                 {"night", SN_PROFILE_NIGHT},      {"natt", SN_PROFILE_NIGHT},
                 {"area", SN_PROFILE_AREA},        {"omrade", SN_PROFILE_AREA}};
    char key[KEY_SIZE];
    sn_sheet_key(text, key, sizeof key);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].key, key) == 0) {
            *out = words[i].profile;
            return true;
        }
    }
    return false;
}

enum { NAME, NUMBER, MUNICIPALITY, MWH, KWH, PROFILE, SECTOR, COLUMNS };

static int column_of(const char *head)
{
    static const struct word {
        const char *key;
        int column;
    } words[] = {{"name", NAME},
                 {"namn", NAME},
                 {"foretag", NAME},
                 {"company", NAME},
                 {"foretagsnamn", NAME},
                 {"organisationnumber", NUMBER},
                 {"organisationsnummer", NUMBER},
                 {"orgnr", NUMBER},
                 {"orgnummer", NUMBER},
                 {"municipality", MUNICIPALITY},
                 {"kommun", MUNICIPALITY},
                 {"mwh", MWH},
                 {"mwhar", MWH},
                 {"mwhperar", MWH},
                 {"mwhyr", MWH},
                 {"mwhperyear", MWH},
                 {"forbrukningmwh", MWH},
                 {"elanvandningmwh", MWH},
                 {"kwh", KWH},
                 {"kwhar", KWH},
                 {"kwhperyear", KWH},
                 {"profile", PROFILE},
                 {"profil", PROFILE},
                 {"sector", SECTOR},
                 {"sektor", SECTOR},
                 {"bransch", SECTOR}};
    char key[KEY_SIZE];
    sn_sheet_key(head, key, sizeof key);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].key, key) == 0) {
            return words[i].column;
        }
    }
    return -1;
}

static sn_status read_head(sn_table *t, size_t at[COLUMNS], sn_error *err)
{
    static const char *const wanted[] = {"name (namn)", "organisation_number (orgnr)",
                                         "municipality (kommun)", "MWh or kWh a year"};
    bool more = false;
    sn_status status = sn_table_next(t, &more, err);
    for (size_t c = 0; c < COLUMNS; c++) {
        at[c] = SIZE_MAX;
    }
    for (size_t c = 0; status == SN_OK && more && c < t->n; c++) {
        int column = column_of(t->cell[c]);
        if (column >= 0 && at[column] != SIZE_MAX) {
            return sn_error_set(err, SN_E_FORMAT,
                                "%.200s:%d: two columns mean the same: %.40s", t->name,
                                t->line, t->cell[c]);
        }
        if (column >= 0) {
            at[column] = c;
        }
    }
    for (int c = 0; c < KWH && status == SN_OK; c++) {
        if (at[c] == SIZE_MAX && (c != MWH || at[KWH] == SIZE_MAX)) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "%.200s:%d: no column %s in the head line; columns are name, "
                "organisation_number, municipality, mwh, and may be profile, "
                "sector",
                t->name, t->line, wanted[c]);
        }
    }
    return status;
}

/* ---- rows ---- */

static char *own_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    if (copy != NULL) {
        memcpy(copy, text, n);
        sn_mask_personal_numbers(copy);
    }
    return copy;
}

static const char *cell(const sn_table *t, const size_t at[COLUMNS], int column)
{
    return at[column] == SIZE_MAX || at[column] >= t->n ? "" : t->cell[at[column]];
}

static sn_status
read_amount(const sn_table *t, const size_t at[COLUMNS], double *mwh, sn_error *err)
{
    bool is_kwh = at[MWH] == SIZE_MAX;
    const char *text = cell(t, at, is_kwh ? KWH : MWH);
    if (!sn_sheet_number(text, t->separator, mwh)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "use a year: expected a number such as 1234,5 or 1234.5");
    }
    *mwh /= is_kwh ? 1000.0 : 1.0;
    return *mwh >= 0.0 && *mwh <= 1e8
               ? SN_OK
               : sn_error_set(err, SN_E_FORMAT,
                              "use a year: expected 0 to 100 TWh in MWh");
}

static sn_status
read_row(const sn_table *t, const size_t at[COLUMNS], sn_company *c, sn_error *err)
{
    char place[KEY_SIZE];
    sn_status status = sn_organisation_parse(cell(t, at, NUMBER), &c->organisation, err);
    (void)snprintf(place, sizeof place, "%s", cell(t, at, MUNICIPALITY));
    sn_mask_personal_numbers(place);
    if (status == SN_OK) {
        status = sn_municipality_find(place, &c->municipality, err);
    }
    if (status == SN_OK) {
        status = read_amount(t, at, &c->mwh_per_year, err);
    }
    if (status == SN_OK && !profile_of(cell(t, at, PROFILE), &c->profile)) {
        status = sn_error_set(err, SN_E_FORMAT,
                              "profile: expected baseload, day, week, night or area");
    }
    if (status == SN_OK) {
        const char *sector = cell(t, at, SECTOR);
        c->name = own_text(cell(t, at, NAME));
        c->sector = own_text(*sector != '\0' ? sector : "-");
        status = c->name == NULL || c->sector == NULL
                     ? sn_error_set(err, SN_E_MEMORY, "out of memory for companies")
                     : SN_OK;
    }
    return status;
}

static sn_status make_room(sn_companies *out, size_t *cap, sn_error *err)
{
    if (out->n + out->n_failed < *cap) {
        return SN_OK;
    }
    *cap = *cap == 0 ? 256 : 2 * *cap;
    sn_company *company = realloc(out->company, *cap * sizeof *company);
    out->company = company != NULL ? company : out->company;
    sn_failed *failed = realloc(out->failed, *cap * sizeof *failed);
    out->failed = failed != NULL ? failed : out->failed;
    return company != NULL && failed != NULL
               ? SN_OK
               : sn_error_set(err, SN_E_MEMORY, "out of memory for companies");
}

static void drop(sn_companies *out, const char *file, int line, const char *message)
{
    sn_failed *f = &out->failed[out->n_failed++];
    f->line = line;
    (void)snprintf(f->file, sizeof f->file, "%s", file);
    (void)snprintf(f->message, sizeof f->message, "%s", message);
}

static bool is_empty(const sn_table *t)
{
    for (size_t c = 0; c < t->n; c++) {
        if (t->cell[c][strspn(t->cell[c], " ")] != '\0') {
            return false;
        }
    }
    return true;
}

static void company_release(sn_company *c)
{
    free(c->name);
    free(c->sector);
    *c = (sn_company){0};
}

static sn_status read_rows(sn_table *t,
                           int before,
                           const size_t at[COLUMNS],
                           sn_companies *out,
                           sn_error *err)
{
    size_t cap = 0;
    bool more = true;
    while (more) {
        sn_error reason = {0};
        sn_status status = sn_table_next(t, &more, err);
        if (status == SN_OK && more) {
            status = make_room(out, &cap, err);
        }
        if (status != SN_OK || out->n + out->n_failed >= ROWS_MAX) {
            return status != SN_OK
                       ? status
                       : sn_error_set(err, SN_E_FORMAT,
                                      "%.200s: more than a million rows", t->name);
        }
        if (!more || is_empty(t)) {
            continue;
        }
        sn_company *c = &out->company[out->n];
        *c = (sn_company){.line = t->line + before};
        if (read_row(t, at, c, &reason) == SN_OK) {
            out->n++;
        } else {
            company_release(c);
            drop(out, t->name, t->line + before, reason.message);
        }
    }
    return SN_OK;
}

/* ---- duplicates ---- */

static int compare_companies(const void *a, const void *b)
{
    const sn_company *x = *(const sn_company *const *)a;
    const sn_company *y = *(const sn_company *const *)b;
    int order = strcmp(x->organisation.digits, y->organisation.digits);
    order = order != 0 ? order : strcmp(x->municipality->code, y->municipality->code);
    return order != 0 ? order : x->line - y->line;
}

static sn_status find_duplicates(const char *file, sn_companies *out, sn_error *err)
{
    sn_company **sorted = calloc(out->n + 1, sizeof(sn_company *));
    bool *is_double = calloc(out->n + 1, sizeof *is_double);
    if (sorted == NULL || is_double == NULL) {
        free(sorted);
        free(is_double);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for companies");
    }
    for (size_t i = 0; i < out->n; i++) {
        sorted[i] = &out->company[i];
    }
    qsort(sorted, out->n, sizeof(sn_company *), compare_companies);
    const sn_company *first = NULL;
    for (size_t i = 0; i < out->n; i++) {
        const sn_company *last = i > 0 ? sorted[i - 1] : NULL;
        bool same = last != NULL && strcmp(last->organisation.digits,
                                           sorted[i]->organisation.digits) == 0;
        out->n_distinct += same ? 0 : 1;
        if (same && last->municipality == sorted[i]->municipality) {
            char message[160];
            is_double[sorted[i] - out->company] = true;
            (void)snprintf(message, sizeof message,
                           "duplicate: the same organisation number and municipality as "
                           "line %d",
                           first->line);
            drop(out, file, sorted[i]->line, message);
            out->n_duplicate++;
        } else {
            first = sorted[i];
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        if (is_double[i]) {
            company_release(&out->company[i]);
        } else {
            out->company[kept++] = out->company[i];
        }
    }
    out->n = kept;
    free(sorted);
    free(is_double);
    return SN_OK;
}

sn_status sn_companies_load_bytes(const char *name,
                                  const void *bytes,
                                  size_t n,
                                  sn_companies *out,
                                  sn_error *err)
{
    sn_strbuf text;
    sn_table table;
    size_t at[COLUMNS];
    char separator = ',';
    int before = 0;
    *out = (sn_companies){0};
    sn_strbuf_init(&text, 2 * FILE_BYTES_MAX);
    sn_status status = sn_sheet_text(name, bytes, n, &text, &separator, &before, err);
    if (status == SN_OK) {
        sn_table_init(&table, name, text.data, text.len, separator);
        status = read_head(&table, at, err);
    }
    if (status == SN_OK) {
        status = read_rows(&table, before, at, out, err);
    }
    if (status == SN_OK) {
        status = find_duplicates(name, out, err);
    }
    if (status != SN_OK) {
        sn_companies_release(out);
    }
    sn_strbuf_release(&text);
    return status;
}

sn_status sn_companies_load(const char *path, sn_companies *out, sn_error *err)
{
    sn_strbuf bytes;
    *out = (sn_companies){0};
    sn_strbuf_init(&bytes, FILE_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &bytes, err);
    if (status == SN_OK) {
        status = sn_companies_load_bytes(path, bytes.data, bytes.len, out, err);
    }
    sn_strbuf_release(&bytes);
    return status;
}

void sn_companies_release(sn_companies *companies)
{
    for (size_t i = 0; i < companies->n; i++) {
        company_release(&companies->company[i]);
    }
    free(companies->company);
    free(companies->failed);
    *companies = (sn_companies){0};
}
