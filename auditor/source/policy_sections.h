/*
 * policy_sections.h - the sections of a policy file that fill struct policy
 *
 * One function a section; each is called once.  Errors: ERROR_USAGE.
 */
#ifndef SOURCE_POLICY_SECTIONS_H
#define SOURCE_POLICY_SECTIONS_H

#include "source/policy_reader.h"

MUST_CHECK bool policy_levels_read(const struct policy_reader *reader,
				   const struct node *mapping, struct error *err);
MUST_CHECK bool policy_excluded_read(const struct policy_reader *reader,
				     const struct node *list, struct error *err);
MUST_CHECK bool policy_environments_read(const struct policy_reader *reader,
					 const struct node *list, struct error *err);
MUST_CHECK bool policy_rewrites_read(const struct policy_reader *reader,
				     const struct node *list, struct error *err);
MUST_CHECK bool policy_fields_read(const struct policy_reader *reader,
				   const struct node *list, struct error *err);

#endif
