/*
 * parse_pages.c - what one parse of the same bytes costs
 *
 * Usage: parse_pages FILE...
 * Reads each file and parses it with jansson, as the benchmark's yardstick.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static char *file_read(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;
	long size = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	if (size >= 0) {
		rewind(file);
		data = malloc((size_t)size + 1);
		*length = data ? fread(data, 1, (size_t)size, file) : 0;
	}
	if (file)
		fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t length = 0;
		char *data = file_read(argv[i], &length);
		json_t *value = data ? json_loadb(data, length, 0, NULL) : NULL;

		if (!value) {
			fprintf(stderr, "parse_pages: %s: not JSON\n", argv[i]);
			return 1;
		}
		json_decref(value);
		free(data);
	}
	return 0;
}
