#include "base/stats.h"

const char *
stat_path(enum counter id)
{
	static const char *const paths[] = {
#define COUNT(id, path) [STAT_##id] = (path),
#include "base/stats.def"
#undef COUNT
	};

	return paths[id];
}
