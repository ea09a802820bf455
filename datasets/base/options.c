/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/options.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_DISTANCE = 64, HELP_COLUMN = 26, HELP_WIDTH = 80 };

/* Levenshtein distance, for names shorter than NAME_MAX_DISTANCE. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_DISTANCE];
    size_t n = strlen(b);
    if (n >= NAME_MAX_DISTANCE || strlen(a) >= NAME_MAX_DISTANCE) {
        return NAME_MAX_DISTANCE;
    }
    for (size_t j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
        }
    }
    return row[n];
}

const char *sn_nearest_name(const char *name, const char *const *names, size_t n)
{
    const char *nearest = NULL;
    size_t best = strlen(name) / 3 + 2;
    for (size_t i = 0; i < n; i++) {
        size_t distance = edit_distance(name, names[i]);
        if (distance < best) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

static sn_status unknown_option(const sn_command_doc *doc,
                                const sn_option *options,
                                size_t n_option,
                                const char *word,
                                sn_error *err)
{
    const char *names[SN_OPTION_LIST_MAX];
    size_t n = 0;
    for (; n < n_option && n < SN_OPTION_LIST_MAX; n++) {
        names[n] = options[n].name;
    }
    const char *nearest = sn_nearest_name(word + strspn(word, "-"), names, n);
    if (nearest != NULL) {
        return sn_error_set(
            err, SN_E_USAGE,
            "unknown option \"%.60s\", did you mean \"%s%s\"? See snitt %s --help", word,
            nearest[1] == '\0' ? "-" : "--", nearest, doc->name);
    }
    return sn_error_set(err, SN_E_USAGE, "unknown option \"%.60s\", see snitt %s --help",
                        word, doc->name);
}

static sn_status store_value(const sn_option *option, const char *value, sn_error *err)
{
    if (option->value != NULL) {
        *option->value = value;
        return SN_OK;
    }
    if (option->list->n == SN_OPTION_LIST_MAX) {
        return sn_error_set(err, SN_E_USAGE,
                            "option \"--%s\" is given more than %d times", option->name,
                            SN_OPTION_LIST_MAX);
    }
    option->list->item[option->list->n++] = value;
    return SN_OK;
}

static const sn_option *find_option(const sn_option *options,
                                    size_t n_option,
                                    const char *word,
                                    const char **inline_value)
{
    const char *name = word + (word[1] == '-' ? 2 : 1);
    const char *equals = strchr(name, '=');
    size_t n = equals == NULL ? strlen(name) : (size_t)(equals - name);
    *inline_value = equals == NULL ? NULL : equals + 1;
    for (size_t i = 0; i < n_option; i++) {
        bool is_short = options[i].name[1] == '\0';
        if (is_short == (word[1] != '-') && strlen(options[i].name) == n &&
            strncmp(options[i].name, name, n) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

/* One option word, and the word after it when it takes a value. */
static sn_status parse_word(const sn_command_doc *doc,
                            const sn_option *options,
                            size_t n_option,
                            char **argv,
                            int *at,
                            sn_error *err)
{
    const char *word = argv[*at];
    const char *value = NULL;
    const sn_option *option = find_option(options, n_option, word, &value);
    if (option == NULL) {
        return unknown_option(doc, options, n_option, word, err);
    }
    if (option->flag != NULL) {
        if (value != NULL) {
            return sn_error_set(err, SN_E_USAGE, "option \"--%s\" takes no value",
                                option->name);
        }
        *option->flag = true;
        return SN_OK;
    }
    if (value == NULL) {
        value = argv[++*at];
    }
    if (value == NULL) {
        return sn_error_set(err, SN_E_USAGE, "option \"%s\" needs a value: %s", word,
                            option->value_name);
    }
    return store_value(option, value, err);
}

sn_status sn_options_parse(const sn_command_doc *doc,
                           const sn_option *options,
                           size_t n_option,
                           int argc,
                           char **argv,
                           sn_option_list *arguments,
                           bool *help_out,
                           sn_error *err)
{
    bool options_ended = false;
    *help_out = false;
    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        if (!options_ended && (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)) {
            sn_options_print_help(doc, options, n_option, stdout);
            *help_out = true;
            return SN_OK;
        }
        if (!options_ended && strcmp(word, "--") == 0) {
            options_ended = true;
        } else if (!options_ended && word[0] == '-' && word[1] != '\0') {
            sn_status status = parse_word(doc, options, n_option, argv, &at, err);
            if (status != SN_OK) {
                return status;
            }
        } else if (doc->arguments[0] == '\0') {
            return sn_error_set(err, SN_E_USAGE,
                                "unexpected word \"%.60s\", see snitt %s --help", word,
                                doc->name);
        } else if (arguments->n == SN_OPTION_LIST_MAX) {
            return sn_error_set(err, SN_E_USAGE, "more than %d words are given",
                                SN_OPTION_LIST_MAX);
        } else {
            arguments->item[arguments->n++] = word;
        }
    }
    return SN_OK;
}

/* Prints text wrapped at HELP_WIDTH, each line indented; the first from column at. */
static void print_wrapped(FILE *out, const char *text, int indent, int at)
{
    int column = at;
    while (*text != '\0') {
        size_t word = strcspn(text, " \n");
        if (column > indent && column + 1 + (int)word > HELP_WIDTH) {
            (void)fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fwrite(text, 1, word, out);
        column += (int)word;
        text += word;
        if (text[0] == '\n' && text[1] == '\n') {
            (void)fprintf(out, "\n\n%*s", indent, "");
            column = indent;
        }
        text += strspn(text, " \n");
    }
    (void)fputc('\n', out);
}

void sn_options_print_help(const sn_command_doc *doc,
                           const sn_option *options,
                           size_t n_option,
                           FILE *out)
{
    (void)fprintf(out, "usage: snitt %s [options]%s%s\n\n", doc->name,
                  doc->arguments[0] != '\0' ? " " : "", doc->arguments);
    print_wrapped(out, doc->summary, 0, 0);
    (void)fputc('\n', out);
    if (doc->details != NULL && doc->details[0] != '\0') {
        print_wrapped(out, doc->details, 0, 0);
        (void)fputc('\n', out);
    }
    (void)fputs("options:\n", out);
    for (size_t i = 0; i < n_option; i++) {
        bool is_short = options[i].name[1] == '\0';
        int at = fprintf(out, "  %s%s%s%s", is_short ? "-" : "--", options[i].name,
                         options[i].value_name != NULL ? " " : "",
                         options[i].value_name != NULL ? options[i].value_name : "");
        if (at >= HELP_COLUMN - 1) {
            (void)fputc('\n', out);
            at = 0;
        }
        (void)fprintf(out, "%*s", HELP_COLUMN - at, "");
        print_wrapped(out, options[i].help, HELP_COLUMN, HELP_COLUMN);
    }
    (void)fprintf(out, "  %-*s%s\n", HELP_COLUMN - 2, "-h, --help",
                  "print this and stop");
    if (doc->examples != NULL && doc->examples[0] != NULL) {
        (void)fputs("\nexamples:\n", out);
        for (size_t i = 0; doc->examples[i] != NULL; i++) {
            (void)fprintf(out, "  %s\n", doc->examples[i]);
        }
    }
}

sn_status sn_options_lock_wait(const char *text, double *out, sn_error *err)
{
    enum { DAY_S = 86400 };
    if (text == NULL) {
        return SN_OK;
    }
    char *end = NULL;
    bool is_decimal = *text != '\0' && text[strspn(text, "0123456789.")] == '\0';
    double wait_s = is_decimal ? strtod(text, &end) : -1.0;
    if (!is_decimal || *end != '\0' || wait_s > DAY_S) {
        return sn_error_set(
            err, SN_E_USAGE,
            "--lock-wait \"%.40s\" is not a number of seconds up to a day", text);
    }
    *out = wait_s;
    return SN_OK;
}
