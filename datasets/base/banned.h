/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Functions that invite overruns, hidden state or locale; given to every source
 * file by the build (-include). */
#ifndef SN_BASE_BANNED_H
#define SN_BASE_BANNED_H

#if defined(__GNUC__) && !defined(__cplusplus)
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets
#pragma GCC poison localtime gmtime setlocale rand srand
#endif

#endif
