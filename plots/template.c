/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "template.h"

#include "base/os.h"

#include <stdio.h>

void sn_template_path(const char *name, char path[SN_TEMPLATE_PATH_SIZE])
{
    char folder[4096];
    sn_os_shared_folder("templates", SN_TEMPLATES_DIR, folder, sizeof folder);
    (void)snprintf(path, SN_TEMPLATE_PATH_SIZE, "%s/%s", folder, name);
}
