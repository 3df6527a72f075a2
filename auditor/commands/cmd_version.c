#include "commands/commands.h"

#include "base/version.h"

enum exit_status command_version(const struct settings *settings,
				 const struct option_list *operands)
{
	(void)settings;
	(void)operands;
	puts("pindrift " PINDRIFT_VERSION);
	return EXIT_PASSES;
}
