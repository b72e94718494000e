libschedwire_a_SOURCES += \
	%reldir%/settings.c \
	%reldir%/settings.h

if YAML
libschedwire_a_SOURCES += \
	%reldir%/settings-yaml.c \
	%reldir%/yamlfile.c \
	%reldir%/yamlfile.h
else
libschedwire_a_SOURCES += \
	%reldir%/settings-none.c
endif
