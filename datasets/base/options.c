/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/options.h"

#include "base/number.h"

#include <stdint.h>
#include <stdio.h>
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

static sn_status unknown_option(const sn_command *command,
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
            nearest[1] == '\0' ? "-" : "--", nearest, command->name);
    }
    return sn_error_set(err, SN_E_USAGE, "unknown option \"%.60s\", see snitt %s --help",
                        word, command->name);
}

/* Which of the names in a list "sv|en" the n characters at name are; SIZE_MAX: none. */
static size_t place_in(const char *list, char separator, const char *name, size_t n)
{
    const char ends[] = {separator, '\0'};
    for (size_t k = 0;; k++) {
        size_t length = strcspn(list, ends);
        if (length == n && strncmp(list, name, n) == 0) {
            return k;
        }
        if (list[length] == '\0') {
            return SIZE_MAX;
        }
        list += length + 1;
    }
}

static const char *dashes(const sn_option *option)
{
    return option->name[1] == '\0' ? "-" : "--";
}

static sn_status store_value(const sn_option *option, const char *value, sn_error *err)
{
    if (strchr(option->value_name, '|') != NULL &&
        place_in(option->value_name, '|', value, strlen(value)) == SIZE_MAX) {
        return sn_error_set(err, SN_E_USAGE, "%s%s \"%.40s\": expected %s",
                            dashes(option), option->name, value, option->value_name);
    }
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
static sn_status parse_word(const sn_command *command,
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
        return unknown_option(command, options, n_option, word, err);
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

static void print_help(const sn_command *command,
                       const sn_option *options,
                       size_t n_option,
                       FILE *out)
{
    (void)fprintf(out, "usage: snitt %s [options]%s%s\n\n", command->name,
                  command->arguments[0] != '\0' ? " " : "", command->arguments);
    print_wrapped(out, command->summary, 0, 0);
    (void)fputc('\n', out);
    if (command->details != NULL && command->details[0] != '\0') {
        print_wrapped(out, command->details, 0, 0);
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
    if (command->examples != NULL && command->examples[0] != NULL) {
        (void)fputs("\nexamples:\n", out);
        for (size_t i = 0; command->examples[i] != NULL; i++) {
            (void)fprintf(out, "  %s\n", command->examples[i]);
        }
    }
}

/* The least and the largest number of words that "FILE..." or "BEFORE AFTER" means. */
static void count_arguments(const char *arguments, size_t *least, size_t *most)
{
    *least = 0;
    *most = 0;
    for (const char *at = arguments; *at != '\0';) {
        size_t n = strcspn(at, " ");
        *least += at[0] != '[';
        *most += 1;
        at += n + strspn(at + n, " ");
    }
    if (strstr(arguments, "...") != NULL) {
        *most = SN_OPTION_LIST_MAX;
    }
}

static sn_status add_word(const sn_command *command,
                          const char *word,
                          sn_option_list *words,
                          sn_error *err)
{
    size_t least;
    size_t most;
    count_arguments(command->arguments, &least, &most);
    if (words == NULL || words->n == most) {
        return sn_error_set(err, SN_E_USAGE,
                            "unexpected word \"%.60s\"%s%s, see snitt %s "
                            "--help",
                            word, most > 0 ? " after " : "", command->arguments,
                            command->name);
    }
    words->item[words->n++] = word;
    return SN_OK;
}

/* Whether all is there that must be. */
static sn_status check_complete(const sn_command *command,
                                const sn_option *options,
                                size_t n_option,
                                size_t n_word,
                                sn_error *err)
{
    size_t least;
    size_t most;
    count_arguments(command->arguments, &least, &most);
    if (n_word < least) {
        return sn_error_set(err, SN_E_USAGE, "%s is missing, see snitt %s --help",
                            command->arguments, command->name);
    }
    for (size_t i = 0; i < n_option; i++) {
        const sn_option *o = &options[i];
        if (o->is_required && *o->value == NULL) {
            return sn_error_set(err, SN_E_USAGE,
                                "%s%s %s is missing (%s), see snitt %s --help", dashes(o),
                                o->name, o->value_name, o->help, command->name);
        }
    }
    return SN_OK;
}

sn_status sn_options_parse(const sn_command *command,
                           const sn_option *options,
                           size_t n_option,
                           int argc,
                           char **argv,
                           sn_option_list *words,
                           sn_error *err)
{
    bool options_ended = false;
    sn_status status = SN_OK;
    for (int at = 1; at < argc && status == SN_OK; at++) {
        const char *word = argv[at];
        if (options_ended || word[0] != '-' || word[1] == '\0') {
            status = add_word(command, word, words, err);
        } else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
            print_help(command, options, n_option, stdout);
            status = SN_HELP;
        } else if (strcmp(word, "--") == 0) {
            options_ended = true;
        } else {
            status = parse_word(command, options, n_option, argv, &at, err);
        }
    }
    return status == SN_OK ? check_complete(command, options, n_option,
                                            words == NULL ? 0 : words->n, err)
                           : status;
}

sn_status
sn_options_moment(const char *option, const char *text, sn_instant *out, sn_error *err)
{
    sn_error why = {0};
    if (text == NULL || sn_instant_parse(text, out, &why) == SN_OK) {
        return SN_OK;
    }
    return sn_error_set(err, SN_E_USAGE, "--%s: %s", option, why.message);
}

sn_status sn_options_names(const char *option,
                           const char *text,
                           const char *allowed,
                           unsigned *bits_out,
                           sn_error *err)
{
    *bits_out = 0;
    for (const char *at = text;; at++) {
        size_t n = strcspn(at, ",");
        size_t k = place_in(allowed, ',', at, n);
        if (k == SIZE_MAX) {
            return sn_error_set(err, SN_E_USAGE, "--%s \"%.40s\": expected some of %s",
                                option, text, allowed);
        }
        *bits_out |= 1u << k;
        at += n;
        if (*at == '\0') {
            return SN_OK;
        }
    }
}

sn_status sn_options_whole(const char *option,
                           const char *text,
                           long min,
                           long max,
                           long *out,
                           sn_error *err)
{
    long value = 0;
    if (text == NULL) {
        return SN_OK;
    }
    if (!sn_parse_int(text, &value) || value < min || value > max) {
        return sn_error_set(err, SN_E_USAGE,
                            "--%s \"%.40s\": expected a whole number from %ld to %ld",
                            option, text, min, max);
    }
    *out = value;
    return SN_OK;
}

sn_status sn_options_number(const char *option,
                            const char *text,
                            double min,
                            double max,
                            double *out,
                            sn_error *err)
{
    double value = 0.0;
    if (text == NULL) {
        return SN_OK;
    }
    if (!sn_parse_double(text, &value) || value < min || value > max) {
        return sn_error_set(err, SN_E_USAGE,
                            "--%s \"%.40s\": expected a number from %g to %g", option,
                            text, min, max);
    }
    *out = value;
    return SN_OK;
}

sn_status sn_options_lock_wait(const char *text, double *out, sn_error *err)
{
    return sn_options_number("lock-wait", text, 0.0, SN_DAY_S, out, err);
}
