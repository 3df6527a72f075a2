#include "model/outcome.h"

void outcome_init(struct outcome *outcome)
{
	*outcome = (struct outcome){ .arena = ARENA_INIT };
}

void outcome_release(struct outcome *outcome)
{
	arena_release(&outcome->arena);
	outcome_init(outcome);
}
