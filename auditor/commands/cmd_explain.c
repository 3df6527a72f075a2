#include "commands/commands.h"

#include "base/log.h"
#include "drift/rules.h"

#define RULES_MOST 64

static void list_rules(void)
{
	for (const struct rule *rule = rules; rule->id; rule++)
		printf("%-20s %-8s %s\n", rule->id, level_name(rule->level), rule->title);
}

static void print_rule(const struct rule *rule)
{
	printf("%s (%s, about a %s)\n\n  %s.\n\n  %s\n\n  %s\n", rule->id,
	       level_name(rule->level), subject_kind_name(rule->subject), rule->title,
	       rule->why, rule->mend);
}

static enum exit_status unknown_rule(const char *id)
{
	const char *names[RULES_MOST];
	const char *nearest;
	size_t count = 0;

	for (const struct rule *rule = rules; rule->id && count < RULES_MOST - 1; rule++)
		names[count++] = rule->id;
	names[count] = NULL;
	nearest = option_nearest(id, names);
	log_message(LOG_ERROR, "there is no rule '%.60s'; %s%s", id,
		    nearest ? "did you mean " : "see pindrift explain",
		    nearest ? nearest : "");
	return EXIT_USAGE;
}

enum exit_status command_explain(const struct settings *settings,
				 const struct option_list *operands)
{
	(void)settings;
	if (operands->count == 0)
		list_rules();
	for (size_t i = 0; i < operands->count; i++) {
		const struct rule *rule = rule_find(operands->items[i]);

		if (!rule)
			return unknown_rule(operands->items[i]);
		print_rule(rule);
	}
	return EXIT_PASSES;
}
