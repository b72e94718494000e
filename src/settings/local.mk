libschedwire_a_SOURCES += \
	%reldir%/settings.c \
	%reldir%/settings.h

if YAML
libschedwire_a_SOURCES += \
	%reldir%/settings-yaml.c \
	%reldir%/yaml-reader.c \
	%reldir%/yaml-reader.h
else
libschedwire_a_SOURCES += \
	%reldir%/settings-none.c
endif
