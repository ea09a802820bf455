/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Companies from a table people export from a spreadsheet (M-36). */
#ifndef SN_COMPANIES_H
#define SN_COMPANIES_H

#include "base/error.h"
#include "base/strbuf.h"
#include "municipality.h"
#include "projects.h"

#include <stdbool.h>
#include <stddef.h>

/** Ten digits of an organisation or personal number. */
enum { SN_ORGANISATION_DIGITS = 10, SN_ORGANISATION_TEXT_SIZE = 16 };

typedef struct sn_organisation {
    char digits[SN_ORGANISATION_DIGITS + 1]; /* never shown for a person */
    bool is_person;                          /* sole trader: the third digit is 0 or 1 */
} sn_organisation;

/**
 * "556016-0680", "5560160680", "16556016-0680", "19800101-1231".
 * The message never holds the digits: they may be a person's.
 */
SN_CHECKED sn_status sn_organisation_parse(const char *text,
                                           sn_organisation *out,
                                           sn_error *err);
/** "556016-0680"; a person's is "******-****". */
const char *sn_organisation_show(const sn_organisation *organisation,
                                 char text[SN_ORGANISATION_TEXT_SIZE]);
/** Luhn's check over ten digits. */
bool sn_luhn_holds(const char digits[SN_ORGANISATION_DIGITS]);
/** Replace what looks like a personal number in text by asterisks, in place. */
void sn_mask_personal_numbers(char *text);

typedef enum sn_profile {
    SN_PROFILE_BASELOAD,
    SN_PROFILE_DAY,   /* weekdays 6-18 local time */
    SN_PROFILE_WEEK,  /* weekdays round the clock */
    SN_PROFILE_NIGHT, /* every day 22-6 */
    SN_PROFILE_AREA,  /* as the area's load */
    SN_PROFILE_COUNT
} sn_profile;

const char *sn_profile_name(sn_profile profile);

typedef struct sn_company {
    int line;
    char *name; /* masked, any length, any characters but NUL */
    sn_organisation organisation;
    const sn_municipality *municipality;
    char *sector;
    double mwh_per_year;
    sn_profile profile;
} sn_company;

typedef struct sn_companies {
    size_t n;
    sn_company *company;
    size_t n_failed;
    sn_failed *failed;
    size_t n_duplicate; /* of the failed: same number and municipality twice */
    size_t n_distinct;  /* organisation numbers */
} sn_companies;

/**
 * CSV with a head line; separator , ; or tab, UTF-8 (BOM or not), UTF-16 with BOM or
 * Windows-1252; "sep=;" first; decimal comma or point; columns by Swedish or English
 * name, in any order.
 * @return SN_E_FORMAT when no row can be read: no head, missing column, a workbook
 */
SN_CHECKED sn_status sn_companies_load(const char *path,
                                       sn_companies *out,
                                       sn_error *err);
SN_CHECKED sn_status sn_companies_load_bytes(const char *name,
                                             const void *bytes,
                                             size_t n,
                                             sn_companies *out,
                                             sn_error *err);
void sn_companies_release(sn_companies *companies);

/** Bytes of a spreadsheet's export as UTF-8 without BOM, and its separator. */
SN_CHECKED sn_status sn_sheet_text(const char *name,
                                   const void *bytes,
                                   size_t n,
                                   sn_strbuf *out,
                                   char *separator_out,
                                   int *lines_before_out,
                                   sn_error *err);
/** "1 234,5", "1234.5", "1.234,5": whole cell; false when it is no number, or when a
 * single comma could be either mark (separator ','). */
bool sn_sheet_number(const char *text, char separator, double *out);
/** Lower case, without spaces, punctuation and Swedish dots, for names of columns. */
void sn_sheet_key(const char *text, char *out, size_t size);

#endif
