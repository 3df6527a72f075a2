/*
 * level.h - how much a finding matters: SARIF's levels (SARIF 2.1.0, section 3.27.10)
 */
#ifndef MODEL_LEVEL_H
#define MODEL_LEVEL_H

#include "base/base.h"

enum level { LEVEL_NONE, LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

const char *level_name(enum level level);
/* False where `text` is no level. */
bool level_parse(enum level *level, const char *text);

#endif
