#include "drift/join_places.h"

static int compare_places(const void *left, const void *right)
{
	const struct use *const *a = left, *const *b = right;

	if ((*a)->declared != (*b)->declared)
		return (*a)->declared < (*b)->declared ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

void join_collect_places(struct join *join)
{
	join->places = arena_alloc(&join->arena, join->use_count * sizeof(*join->places));
	for (size_t i = 0; i < join->use_count; i++) {
		if (join->uses[i].declared && join->uses[i].cluster)
			join->places[join->place_count++] = &join->uses[i];
	}
	if (join->place_count > 1)
		qsort(join->places, join->place_count, sizeof(struct use *),
		      compare_places);
}

struct use_places join_find_places(const struct join *join,
				   const struct declared_use *declared)
{
	size_t first = 0, end = join->place_count;
	struct use_places places;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (join->places[middle]->declared < declared)
			first = middle + 1;
		else
			end = middle;
	}
	while (end < join->place_count && join->places[end]->declared == declared)
		end++;
	places = (struct use_places){ join->places + first, end - first };
	return places;
}
