/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_key.h"

#include "base/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_FILE_MAX = 65536, KEY_MIN = 8, PATH_SIZE = 4096 };

static void keys_path(char path[PATH_SIZE])
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    bool has_config = config != NULL && config[0] == '/';
    (void)snprintf(path, PATH_SIZE, "%s%s/snitt/keys",
                   has_config     ? config
                   : home != NULL ? home
                                  : "",
                   has_config ? "" : "/.config");
}

/* A key goes into a header line: nothing but visible ASCII. */
static sn_status take_key(const sn_fetch_source *source,
                          const char *text,
                          size_t n,
                          char key[SN_KEY_SIZE],
                          sn_error *err)
{
    bool is_good = n >= KEY_MIN && n < SN_KEY_SIZE;
    for (size_t i = 0; is_good && i < n; i++) {
        is_good = text[i] > ' ' && text[i] < 127;
    }
    if (!is_good) {
        return sn_error_set(err, SN_E_USAGE,
                            "the key of %s: expected %d to %d letters, digits and signs "
                            "without spaces",
                            source->name, KEY_MIN, SN_KEY_SIZE - 1);
    }
    memcpy(key, text, n);
    key[n] = '\0';
    return SN_OK;
}

/* The text after "NAME =" on its line; NULL when the line is not this source's. */
static const char *value_of(const char *line, const char *name, size_t *n_out)
{
    size_t n_name = strlen(name);
    line += strspn(line, " \t");
    if (strncmp(line, name, n_name) != 0) {
        return NULL;
    }
    line += n_name;
    line += strspn(line, " \t");
    if (*line != '=') {
        return NULL;
    }
    line++;
    line += strspn(line, " \t");
    *n_out = strcspn(line, " \t\r\n#");
    return line;
}

static sn_status find_in_file(const sn_fetch_source *source,
                              const char *path,
                              char key[SN_KEY_SIZE],
                              sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, KEYS_FILE_MAX);
    sn_status status = sn_os_read_private_file(path, &text, err);
    for (const char *line = text.data; status == SN_OK && line != NULL && key[0] == '\0';
         line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
        size_t n = 0;
        const char *value = value_of(line, source->name, &n);
        status = value != NULL ? take_key(source, value, n, key, err) : SN_OK;
    }
    if (text.len > 0) {
        memset(text.data, 0, text.len);
    }
    sn_strbuf_release(&text);
    return status;
}

sn_status
sn_fetch_key_find(const sn_fetch_source *source, char key[SN_KEY_SIZE], sn_error *err)
{
    key[0] = '\0';
    if (!sn_fetch_needs_key(source)) {
        return SN_OK;
    }
    for (size_t i = 0; i < SN_KEY_NAMES_MAX && source->key_env[i] != NULL; i++) {
        const char *value = getenv(source->key_env[i]);
        if (value != NULL && value[0] != '\0') {
            return take_key(source, value, strlen(value), key, err);
        }
    }
    char path[PATH_SIZE];
    keys_path(path);
    sn_status status = sn_os_exists(path) ? find_in_file(source, path, key, err) : SN_OK;
    if (status != SN_OK || key[0] != '\0') {
        return status;
    }
    return sn_error_set(err, SN_E_NOT_FOUND,
                        "%s needs a key: set %s, or write \"%s = KEY\" into \"%.200s\" "
                        "(chmod 600)",
                        source->name, source->key_env[0], source->name, path);
}
