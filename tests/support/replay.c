/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/replay.h"

#include "base/os.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_STEPS = 400 };
static const struct timespec wait_step = {.tv_nsec = 50000000};

static void run_server(const char *port_file)
{
    const char *source = getenv("SNITT_SOURCE_DIR");
    char script[1024];
    (void)snprintf(script, sizeof script, "%s/tests/support/replay_server.py",
                   source != NULL ? source : ".");
    (void)execlp("python3", "python3", script, port_file, (char *)NULL);
    _exit(127);
}

static bool read_port(const char *port_file, int *port)
{
    FILE *in = fopen(port_file, "r");
    if (in == NULL) {
        return false;
    }
    char text[16] = "";
    bool is_read = fgets(text, sizeof text, in) != NULL;
    (void)fclose(in);
    *port = (int)strtol(text, NULL, 10);
    return is_read && *port > 0;
}

bool sn_replay_start(sn_replay *replay)
{
    *replay = (sn_replay){0};
    (void)snprintf(replay->folder, sizeof replay->folder, "/tmp/snitt-replay-XXXXXX");
    if (mkdtemp(replay->folder) == NULL) {
        return false;
    }
    char port_file[160];
    (void)snprintf(port_file, sizeof port_file, "%s/port", replay->folder);
    replay->pid = fork();
    if (replay->pid == 0) {
        run_server(port_file);
    }
    for (int i = 0; i < WAIT_STEPS && replay->pid > 0; i++) {
        if (read_port(port_file, &replay->port)) {
            return true;
        }
        if (waitpid(replay->pid, NULL, WNOHANG) == replay->pid) {
            replay->pid = 0;
            break;
        }
        (void)nanosleep(&wait_step, NULL);
    }
    sn_replay_stop(replay);
    return false;
}

void sn_replay_stop(sn_replay *replay)
{
    if (replay->pid > 0) {
        (void)kill(replay->pid, SIGTERM);
        (void)waitpid(replay->pid, NULL, 0);
        replay->pid = 0;
    }
    if (replay->folder[0] != '\0') {
        sn_status removed = sn_os_remove_tree(replay->folder, NULL);
        (void)removed;
    }
}
