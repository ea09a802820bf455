/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One list of entries under one lock.  An entry that is being worked out is there
 * already, so that a second thread waits instead of doing the same; one that failed is
 * taken away, and whoever waited tries by itself.  HDF5 has one user at a time: loads
 * hold a lock of their own.
 */
#include "batch_share.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 4 }; /* entries of one kind that nobody uses */

typedef struct sn_entry {
    struct sn_entry *next;
    bool is_data;
    bool is_ready;
    size_t n_user;
    unsigned long used; /* clock of uses: the least is the oldest */
    char key[SN_HASH_TEXT];
    sn_shared_data data;
    sn_replay_result base;
} sn_entry;

struct sn_share {
    char store[4096];
    pthread_mutex_t lock;
    pthread_mutex_t hdf5;
    pthread_cond_t changed;
    sn_entry *first;
    unsigned long clock;
};

sn_status sn_share_open(const char *store, sn_share **out, sn_error *err)
{
    *out = NULL;
    if (strlen(store) >= sizeof(((sn_share *)NULL)->store)) {
        return sn_error_set(err, SN_E_USAGE, "store \"%.80s...\": the name is too long",
                            store);
    }
    sn_share *share = calloc(1, sizeof *share);
    if (share == NULL || pthread_mutex_init(&share->lock, NULL) != 0 ||
        pthread_mutex_init(&share->hdf5, NULL) != 0 ||
        pthread_cond_init(&share->changed, NULL) != 0) {
        free(share);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a batch");
    }
    (void)snprintf(share->store, sizeof share->store, "%s", store);
    *out = share;
    return SN_OK;
}

static void free_entry(sn_entry *entry)
{
    sn_replay_data_release(&entry->data.data);
    sn_replay_result_release(&entry->base);
    free(entry);
}

void sn_share_close(sn_share *share)
{
    if (share == NULL) {
        return;
    }
    while (share->first != NULL) {
        sn_entry *next = share->first->next;
        free_entry(share->first);
        share->first = next;
    }
    pthread_cond_destroy(&share->changed);
    pthread_mutex_destroy(&share->hdf5);
    pthread_mutex_destroy(&share->lock);
    free(share);
}

/* ---- the list; all with the lock held ---- */

static sn_entry *find(sn_share *share, bool is_data, const char *key)
{
    sn_entry *e = share->first;
    while (e != NULL && (e->is_data != is_data || strcmp(e->key, key) != 0)) {
        e = e->next;
    }
    return e;
}

static void take_away(sn_share *share, sn_entry *entry)
{
    sn_entry **link = &share->first;
    while (*link != entry) {
        link = &(*link)->next;
    }
    *link = entry->next;
    free_entry(entry);
}

static void drop_oldest(sn_share *share, bool is_data)
{
    for (;;) {
        size_t n = 0;
        sn_entry *oldest = NULL;
        for (sn_entry *e = share->first; e != NULL; e = e->next) {
            if (e->is_data == is_data && e->n_user == 0) {
                n++;
                oldest = oldest == NULL || e->used < oldest->used ? e : oldest;
            }
        }
        if (n <= KEPT_MAX) {
            return;
        }
        take_away(share, oldest);
    }
}

/* The entry of a key, ready or new; NULL when there is no memory. */
static sn_entry *claim(sn_share *share, bool is_data, const char *key, bool *is_new)
{
    pthread_mutex_lock(&share->lock);
    sn_entry *e = find(share, is_data, key);
    while (e != NULL && !e->is_ready) {
        pthread_cond_wait(&share->changed, &share->lock);
        e = find(share, is_data, key);
    }
    *is_new = e == NULL;
    if (e == NULL) {
        e = calloc(1, sizeof *e);
        if (e != NULL) {
            e->is_data = is_data;
            memcpy(e->key, key, SN_HASH_TEXT);
            e->next = share->first;
            share->first = e;
        }
    }
    if (e != NULL) {
        e->n_user++;
        e->used = ++share->clock;
    }
    pthread_mutex_unlock(&share->lock);
    return e;
}

static void settle(sn_share *share, sn_entry *entry, sn_status status)
{
    pthread_mutex_lock(&share->lock);
    if (status == SN_OK) {
        entry->is_ready = true;
    } else {
        take_away(share, entry);
    }
    drop_oldest(share, true);
    drop_oldest(share, false);
    pthread_cond_broadcast(&share->changed);
    pthread_mutex_unlock(&share->lock);
}

void sn_share_return(sn_share *share, const void *given)
{
    pthread_mutex_lock(&share->lock);
    for (sn_entry *e = share->first; e != NULL && given != NULL; e = e->next) {
        if (given == &e->data || given == &e->base) {
            e->n_user--;
        }
    }
    pthread_mutex_unlock(&share->lock);
}

/* ---- keys ---- */

static sn_status hash_scenario(const sn_scenario *scenario,
                               const char *more,
                               char key[SN_HASH_TEXT],
                               sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, 1 << 20);
    sn_status status = sn_scenario_write(scenario, &text, err);
    if (status == SN_OK) {
        status = sn_strbuf_puts(&text, more, err);
    }
    if (status == SN_OK) {
        sn_store_hash(text.data, text.len, key);
    }
    sn_strbuf_release(&text);
    return status;
}

/* Only what decides which observations are read, and how they are shared out. */
static void data_part(const sn_scenario *s, sn_scenario *out)
{
    memset(out, 0, sizeof *out);
    out->year = s->year;
    out->step_s = s->step_s;
    out->has_from = s->has_from;
    out->has_to = s->has_to;
    out->has_as_of = s->has_as_of;
    out->from = s->from;
    out->to = s->to;
    out->as_of = s->as_of;
    out->n_area = s->n_area;
    memcpy(out->area, s->area, sizeof out->area);
    memcpy(out->is_edge, s->is_edge, sizeof out->is_edge);
    memcpy(out->source, s->source, sizeof out->source);
    memcpy(out->reservoir_mwh, s->reservoir_mwh, sizeof out->reservoir_mwh);
}

/* ---- data ---- */

static sn_status
load(sn_share *share, const sn_scenario *scenario, sn_entry *e, sn_error *err)
{
    sn_store *store = NULL;
    sn_store_options options = {.has_as_of = scenario->has_as_of,
                                .as_of = scenario->as_of};
    pthread_mutex_lock(&share->hdf5);
    sn_status status = sn_store_open(share->store, &options, &store, err);
    if (status == SN_OK) {
        status = sn_replay_data_load(scenario, store, scenario->year, &e->data.data, err);
    }
    sn_store_close(store);
    pthread_mutex_unlock(&share->hdf5);
    return status == SN_OK ? sn_replay_data_hash(&e->data.data, e->data.inputs, err)
                           : status;
}

sn_status sn_share_data(sn_share *share,
                        const sn_scenario *scenario,
                        const sn_shared_data **out,
                        sn_error *err)
{
    sn_scenario part;
    char key[SN_HASH_TEXT];
    bool is_new = false;
    *out = NULL;
    data_part(scenario, &part);
    sn_status status = hash_scenario(&part, "", key, err);
    if (status != SN_OK) {
        return status;
    }
    sn_entry *e = claim(share, true, key, &is_new);
    if (e == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for observations");
    }
    if (is_new) {
        status = load(share, scenario, e, err);
        settle(share, e, status);
    }
    *out = status == SN_OK ? &e->data : NULL;
    return status;
}

/* ---- base ---- */

/* What the base depends on: everything but names and what it is compared with. */
static void base_part(const sn_scenario *s, sn_scenario *out)
{
    *out = *s;
    out->name[0] = '\0';
    out->title_sv[0] = '\0';
    out->title_en[0] = '\0';
    out->n_configuration = 1;
    if (sn_scenario_is_history(s)) {
        out->settings.balance = SN_BALANCE_HELD;
        out->settings.energy_tolerance_share = 0.0; /* plays no part then */
        out->settings.iterations_max = 0;
    }
}

sn_status sn_share_base(sn_share *share,
                        const sn_scenario *scenario,
                        const sn_shared_data *data,
                        const sn_replay_data *view,
                        const sn_replay_settings *settings,
                        const sn_replay_result **out,
                        sn_error *err)
{
    sn_scenario part;
    char key[SN_HASH_TEXT];
    bool is_new = false;
    *out = NULL;
    base_part(scenario, &part);
    sn_status status = hash_scenario(&part, data->inputs, key, err);
    if (status != SN_OK) {
        return status;
    }
    sn_entry *e = claim(share, false, key, &is_new);
    if (e == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a base");
    }
    if (is_new) {
        sn_replay_settings own = *settings;
        const sn_partition *p = &scenario->configuration[0];
        sn_configuration split = {p->name, p->label,
                                  p->has_one_consumer ? p->one_consumer : NULL};
        own.balance = part.settings.balance;
        status = sn_replay_run(&view->input, &own, &split, &e->base, err);
        settle(share, e, status);
    }
    *out = status == SN_OK ? &e->base : NULL;
    return status;
}
