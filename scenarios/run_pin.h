/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What a finished run was made of, read back from its manifest.json: enough to do it
 * again with the data it had. */
#ifndef SN_RUN_PIN_H
#define SN_RUN_PIN_H

#include "scenario.h"

#include <jansson.h>

typedef struct sn_run_pin {
    sn_scenario scenario;
    bool has_as_of; /* the newest data the run knew of */
    sn_instant as_of;
    json_t *manifest; /* owned */
    json_t *summary;  /* owned */
} sn_run_pin;

/** True when the folder holds a run of any scenario: a manifest.json of ours. */
bool sn_run_is_there(const char *folder);

/** SN_E_FORMAT when folder is no run, or of a version that did not keep its scenario. */
SN_CHECKED sn_status sn_run_pin_load(const char *folder, sn_run_pin *out, sn_error *err);
void sn_run_pin_release(sn_run_pin *pin);

/** SN_E_GAP names the first series that two manifests read differently. */
SN_CHECKED sn_status sn_run_pin_same_inputs(const json_t *before,
                                            const json_t *after,
                                            sn_error *err);

#endif
