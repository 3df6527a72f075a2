/*
 * The yardstick of bench.py: libyaml's bare event loop over every file that is named on
 * standard input, a line each.  What does not parse is left where it stops.
 */
#include <stdio.h>
#include <string.h>
#include <yaml.h>

static void parse(FILE *file)
{
	yaml_parser_t parser;
	int over = 0;

	if (!yaml_parser_initialize(&parser))
		return;
	yaml_parser_set_input_file(&parser, file);
	while (!over) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event))
			break;
		over = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

int main(void)
{
	char name[4096];

	while (fgets(name, sizeof(name), stdin)) {
		FILE *file;

		name[strcspn(name, "\n")] = '\0';
		file = fopen(name, "rb");
		if (!file)
			return 1;
		parse(file);
		fclose(file);
	}
	return 0;
}
