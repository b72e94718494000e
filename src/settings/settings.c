#include "settings/settings.h"

#include <stdlib.h>

void
settings_init(struct settings *s)
{
	memset(s, 0, sizeof(*s));
	rule_set_init(&s->rules);
	for (size_t i = 0; i < R_MAX; i++)
		s->enabled[i] = true;
	s->alert = VERDICT_SUSPICIOUS;
	s->repeat_minutes = 60;
	s->short_lived = 60;
	s->spread_hosts = 3;
	s->spread_minutes = 60;
	baseline_terms_init(&s->baseline_terms);
}

void
settings_free(struct settings *s)
{
	free(s->sensor);
	free(s->output);
	free(s->secrets);
	free(s->baseline);
	allow_free(s->allow);
	settings_init(s);
}
