/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client against servers on loopback that speak TLS: nghttpd, which knows HTTP/2 and
 * nothing else, and openssl s_server, which knows HTTP/1.1 only.  Their certificate is
 * made here and trusted by ca_file alone. */
#include "fetch.h"

#include "base/os.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_SIZE = 160, WAIT_STEPS = 400 };

#define BODY "one line in HTTP/2 or not\n"

static char folder[64];
static char key[PATH_SIZE];
static char certificate[PATH_SIZE];

static bool is_installed(const char *program)
{
    char path[PATH_SIZE];
    static const char *const places[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin"};
    bool is = false;
    for (size_t i = 0; i < sizeof places / sizeof *places && !is; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", places[i], program);
        is = access(path, X_OK) == 0;
    }
    return is;
}

static pid_t run(const char *const *words)
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)freopen("/dev/null", "w", stdout);
        (void)freopen("/dev/null", "w", stderr);
        (void)freopen("/dev/zero", "r", stdin); /* s_server ends with its input */
        (void)setenv("PATH", "/usr/bin:/usr/sbin:/usr/local/bin", 1);
        (void)chdir(folder);
        (void)execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    return pid;
}

static struct sockaddr_in address_of(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A port that nobody has: the server takes it a moment later. */
static int free_port(void)
{
    struct sockaddr_in address = address_of(0);
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &n), 0);
    (void)close(fd);
    return ntohs(address.sin_port);
}

static bool is_listening(int port)
{
    struct sockaddr_in address = address_of(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool is = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return is;
}

static pid_t start_server(const char *const *words, int port)
{
    static const struct timespec step = {.tv_nsec = 50000000};
    pid_t pid = run(words);
    for (int i = 0; i < WAIT_STEPS && pid > 0 && !is_listening(port); i++) {
        assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
        (void)nanosleep(&step, NULL);
    }
    assert_true(is_listening(port));
    return pid;
}

static void stop_server(pid_t pid)
{
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, NULL, 0);
}

static int make_certificate(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/snitt-http2-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(key, sizeof key, "%s/key.pem", folder);
    (void)snprintf(certificate, sizeof certificate, "%s/certificate.pem", folder);
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/answer.txt", folder);
    if (sn_os_write_file(path, BODY, strlen(BODY), NULL) != SN_OK) {
        return -1;
    }
    const char *const words[] = {"openssl",
                                 "req",
                                 "-x509",
                                 "-newkey",
                                 "ec",
                                 "-pkeyopt",
                                 "ec_paramgen_curve:P-256",
                                 "-nodes",
                                 "-keyout",
                                 key,
                                 "-out",
                                 certificate,
                                 "-days",
                                 "2",
                                 "-subj",
                                 "/CN=127.0.0.1",
                                 "-addext",
                                 "subjectAltName=IP:127.0.0.1",
                                 NULL};
    int result = 0;
    pid_t pid = run(words);
    return pid > 0 && waitpid(pid, &result, 0) == pid ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return sn_os_remove_tree(folder, NULL) == SN_OK ? 0 : -1;
}

static sn_asked *get(int port, const char *ca_file)
{
    char url[64];
    sn_error err = {0};
    sn_fetcher *fetcher = NULL;
    sn_asked *asked = NULL;
    const sn_fetch_options options = {.tries = 1, .ca_file = ca_file};
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/answer.txt", port);
    const sn_ask ask = {.url = url};
    assert_int_equal(sn_fetcher_open(&options, &fetcher, &err), SN_OK);
    assert_int_equal(sn_fetcher_get(fetcher, &ask, &asked, &err), SN_OK);
    sn_fetcher_close(fetcher);
    return asked;
}

static void expect_answer(int port)
{
    sn_asked *asked = get(port, certificate);
    if (asked->status != SN_OK) {
        fail_msg("%s", asked->err.message);
    }
    assert_int_equal(asked->http_status, 200);
    assert_string_equal(asked->body.data, BODY);
    sn_asked_free(asked);
}

/* Nobody's certificate is taken on trust. */
static void expect_distrust(int port)
{
    sn_asked *asked = get(port, NULL);
    assert_int_equal(asked->status, SN_E_IO);
    if (strstr(asked->err.message, "certificate") == NULL) {
        fail_msg("\"%s\" does not name the certificate", asked->err.message);
    }
    assert_int_equal(asked->body.len, 0);
    sn_asked_free(asked);
}

static void http2_is_negotiated(void **state)
{
    (void)state;
    if (!is_installed("nghttpd") || !is_installed("openssl")) {
        print_message("no nghttpd (Debian nghttp2-server) or no openssl\n");
        skip();
    }
    int port = free_port();
    char text[16];
    (void)snprintf(text, sizeof text, "%d", port);
    const char *const words[] = {"nghttpd", "-a", "127.0.0.1", "-d", folder,
                                 text,      key,  certificate, NULL};
    pid_t pid = start_server(words, port);
    expect_answer(port);
    expect_distrust(port);
    stop_server(pid);
}

static void http1_is_spoken_where_there_is_no_other(void **state)
{
    (void)state;
    if (!is_installed("openssl")) {
        print_message("no openssl\n");
        skip();
    }
    int port = free_port();
    char text[32];
    (void)snprintf(text, sizeof text, "127.0.0.1:%d", port);
    const char *const words[] = {"openssl", "s_server",  "-accept", text,
                                 "-cert",   certificate, "-key",    key,
                                 "-WWW",    "-quiet",    NULL};
    pid_t pid = start_server(words, port);
    expect_answer(port);
    expect_distrust(port);
    stop_server(pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http2_is_negotiated),
        cmocka_unit_test(http1_is_spoken_where_there_is_no_other),
    };
    return cmocka_run_group_tests(tests, make_certificate, remove_folder);
}
