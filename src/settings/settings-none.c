#include "settings/settings.h"

#include <stdio.h>

bool
settings_read(struct settings *s, const char *path, char *err, size_t errlen)
{
	(void)s;
	snprintf(err, errlen, "%s: this schedwire was built without libyaml and reads no"
	    " configuration file", path);
	return false;
}
