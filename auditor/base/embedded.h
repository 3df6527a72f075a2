/*
 * embedded.h - files of the source tree that the program carries
 *
 * schema/embed.awk writes the definitions at build time, from schema/NNNN_name.sql
 * and from the report's style sheet and script.  Everything here is constant
 * and NUL-terminated; there is nothing to release.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *name; /* without its folder: "0001_initial.sql" */
	const char *text; /* UTF-8, NUL-terminated */
	size_t length;    /* bytes, without the NUL */
};

/* The migrations, in the order of their numbers. */
extern const struct embedded_file embedded_migrations[];
extern const size_t embedded_migration_count;

extern const char embedded_report_css[];
extern const char embedded_report_js[];

#endif
