/*
 * check.h - cmocka, and an assertion for tables of cases
 */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Name the row of the table that does not hold. */
#define CHECK(label, condition)                                                          \
	do {                                                                             \
		if (!(condition))                                                        \
			fail_msg("%s: %s", (label), #condition);                         \
	} while (0)

#define CHECK_TEXT(label, is, expected)                                                  \
	do {                                                                             \
		if (strcmp((is), (expected)) != 0)                                       \
			fail_msg("%s: '%s' is not '%s'", (label), (is), (expected));     \
	} while (0)

#endif
