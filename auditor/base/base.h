/*
 * base.h - what every file of the program relies on
 *
 * Compiler helpers, and the C library functions that are banned because they
 * overflow, keep hidden state, or depend on the machine's time zone.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Run `release(&variable)` when the variable leaves its scope (GCC and Clang). */
#define CLEANUP(release) __attribute__((cleanup(release)))

/* The caller has to look at the result. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Argument `format` is a printf format for the arguments from `first` on. */
#define PRINTF_LIKE(format_index, first)                                                 \
	__attribute__((format(printf, format_index, first)))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* buf_printf(), arena_printf(), timestamp_format() and strtol() do these jobs. */
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
#pragma GCC poison gmtime localtime ctime asctime atoi atol

#endif
