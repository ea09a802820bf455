/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Series as one HDF5 file that netCDF readers open: /quantity/source/step/{time,
 * subject, value, flag}, every axis with its scale, CF attributes. */
#ifndef SN_STORE_EXPORT_H
#define SN_STORE_EXPORT_H

#include "series.h"

/**
 * @param series n of them on one axis, sorted by key
 * @param attribution one per series
 * @param[out] out  malloc'd
 */
SN_CHECKED sn_status sn_store_export_hdf5(const sn_series *series,
                                          const char *const *attribution,
                                          size_t n,
                                          void **out,
                                          size_t *size_out,
                                          sn_error *err);

#endif
