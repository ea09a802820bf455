/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Industrial projects from a YAML file in which every figure says where it comes from
 * (INVEST.md): a public source with its date, or an assumption of ours with a range. */
#ifndef SN_PROJECTS_H
#define SN_PROJECTS_H

#include "base/error.h"
#include "citation.h"
#include "municipality.h"
#include "yaml_tree.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum sn_figure_key {
    SN_FIGURE_LOAD_MW,
    SN_FIGURE_OUTPUT_PER_YEAR,
    SN_FIGURE_HOURS_PER_YEAR,
    SN_FIGURE_TWH_PER_YEAR,
    SN_FIGURE_MWH_PER_UNIT,
    SN_FIGURE_LOAD_MIN_SHARE,
    SN_FIGURE_RAMP_SHARE_PER_H,
    SN_FIGURE_STORAGE_H,
    SN_FIGURE_STOP_EUR_PER_MWH,
    SN_FIGURE_CAPEX_MEUR,
    SN_FIGURE_OTHER_COST_EUR_PER_UNIT,
    SN_FIGURE_FIXED_COST_SHARE,
    SN_FIGURE_FIXED_COST_MEUR, /* wins over the share: a plant that stands has little
                                  capex left, but its staff and maintenance whole */
    SN_FIGURE_PRODUCT_PRICE_EUR_PER_UNIT,
    SN_FIGURE_WACC,
    SN_FIGURE_INFLATION,
    SN_FIGURE_LIFE_YEARS,
    SN_FIGURE_START_YEAR,
    SN_FIGURE_HEDGE_SHARE,
    SN_FIGURE_HEDGE_BASIS_EUR_PER_MWH,
    SN_FIGURE_LATITUDE_DEG,
    SN_FIGURE_GRID_ENERGY_EUR_PER_MWH,
    SN_FIGURE_CERTIFICATES_EUR_PER_MWH,
    SN_FIGURE_COUNT
} sn_figure_key;

typedef struct sn_figure {
    bool is_given;
    double value;
    double low; /* == value when nothing is said about the range */
    double high;
    sn_citation source;     /* public; .where is NULL with an assumption */
    const char *assumption; /* our own, or NULL */
} sn_figure;

enum { SN_PROJECT_CAPEX_YEARS_MAX = 20, SN_PROJECTS_MAX = 500 };

typedef struct sn_project {
    const char *name;
    const char *name_sv; /* for charts in Swedish; the same where the file has none */
    const sn_municipality *municipality;
    const char *area;
    const char *type;
    const char *product;
    const char *unit;
    const char *status; /* operating construction planned paused cancelled unclear site */
    sn_citation status_source;
    const char *tax_class;
    const char *note; /* or NULL */
    bool wacc_is_nominal;
    size_t n_capex;
    double capex_share[SN_PROJECT_CAPEX_YEARS_MAX];
    sn_figure figure[SN_FIGURE_COUNT];
    int line;
    size_t index; /* in the file: its own stream of draws, with or without the others */
} sn_project;

typedef struct sn_failed {
    char file[200];
    int line;
    char message[512];
} sn_failed;

typedef struct sn_projects {
    sn_yaml *document; /* text above points into it */
    size_t n;
    sn_project *project;
    size_t n_failed;
    sn_failed *failed; /* projects left out, in order of the file */
    sn_figure grid_south_deg, grid_south_sek_per_kw;
    sn_figure grid_north_deg, grid_north_sek_per_kw;
    size_t n_tax;
    struct sn_tax_class {
        const char *name;
        sn_figure sek_per_mwh;
    } tax[16];
} sn_projects;

const char *sn_figure_name(sn_figure_key key);

/** Where a project's figures and its status come from. */
typedef struct sn_project_origin {
    size_t n_public;  /* figures with a source */
    size_t n_excerpt; /* of these and the status: only an excerpt or a copy was seen, or
                         the file does not say */
    size_t n_assumed; /* ours, with a range */
} sn_project_origin;
sn_project_origin sn_project_origin_of(const sn_project *project);

/**
 * Read a file.  A project that is wrong goes to failed with file, line and what was
 * expected; the others are kept.
 * @return SN_E_FORMAT when the file as a whole is wrong (no projects, bad sources)
 */
SN_CHECKED sn_status sn_projects_load(const char *path, sn_projects *out, sn_error *err);
SN_CHECKED sn_status sn_projects_load_bytes(const char *name,
                                            const void *bytes,
                                            size_t n,
                                            sn_projects *out,
                                            sn_error *err);
void sn_projects_release(sn_projects *projects);

#endif
