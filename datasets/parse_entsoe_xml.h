/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The shape that all documents of the ENTSO-E platform share, read as a stream: a
 * document of TimeSeries of Periods of Points.  What they mean is parse_entsoe.c's. */
#ifndef SN_PARSE_ENTSOE_XML_H
#define SN_PARSE_ENTSOE_XML_H

#include "base/error.h"
#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SN_ENTSOE_TEXT_SIZE = 64 };
typedef char sn_entsoe_text[SN_ENTSOE_TEXT_SIZE];

/** Head of a TimeSeries; "" where an element is absent. */
typedef struct sn_entsoe_head {
    sn_entsoe_text business; /* businessType */
    sn_entsoe_text in;       /* in_Domain.mRID or inBiddingZone_Domain.mRID */
    sn_entsoe_text out;
    sn_entsoe_text psr;      /* psrType of MktPSRType */
    sn_entsoe_text contract; /* contract_MarketAgreement.type */
    sn_entsoe_text sequence; /* classificationSequence...position */
    sn_entsoe_text currency;
    sn_entsoe_text unit; /* of the quantity */
    sn_entsoe_text price_unit;
    sn_entsoe_text curve;
    sn_entsoe_text direction; /* flowDirection.direction */
} sn_entsoe_head;

/** A stated point; position counts from 1. */
typedef struct sn_entsoe_point {
    int32_t position;
    double value;
} sn_entsoe_point;

typedef struct sn_entsoe_period {
    sn_instant start;
    sn_instant end;
    int32_t step_s;               /* fixed length: 3600; 0 for a calendar one */
    int32_t n_day;                /* P7D: 7 */
    int32_t n_month;              /* P1Y: 12 */
    size_t n_slot;                /* what the interval holds */
    const sn_entsoe_point *point; /* [n_point], positions rise, within n_slot */
    size_t n_point;
} sn_entsoe_period;

typedef struct sn_entsoe_document {
    sn_entsoe_text root; /* local name */
    sn_entsoe_text type;
    sn_entsoe_text process;
    sn_entsoe_text reason_code; /* of an Acknowledgement */
    char reason[256];
    size_t n_series;
} sn_entsoe_document;

typedef struct sn_entsoe_reader {
    sn_status (*take)(void *context,
                      const sn_entsoe_document *document,
                      const sn_entsoe_head *head,
                      const sn_entsoe_period *period,
                      sn_error *err);
    void *context;
} sn_entsoe_reader;

/**
 * Read a document, calling take for each Period.
 * @return SN_E_FORMAT: not XML, a web page, a DOCTYPE (so no entities of its own), more
 *         than 32 deep, a Period that contradicts itself; or what take returned
 */
SN_CHECKED sn_status sn_entsoe_read(const void *bytes,
                                    size_t n,
                                    const sn_entsoe_reader *reader,
                                    sn_entsoe_document *document,
                                    sn_error *err);

/** UTC midnight of the local date on which slot i of a calendar period begins. */
sn_instant sn_entsoe_slot_date(const sn_entsoe_period *period, size_t i);

#endif
