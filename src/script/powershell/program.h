/* program.h -- native programs, with the command line that PowerShell starts them with. */
#ifndef PS_PROGRAM_H
#define PS_PROGRAM_H

#include "script/powershell/bind.h"

/* Starts a program by its name with n arguments, which are quoted as PowerShell does. */
void		 ps_start_program(struct ps *, struct view name, const struct ps_arg *, size_t n);

/* Starts a program by its whole command line, as CreateProcess() takes it. */
void		 ps_start_command_line(struct ps *, struct ps_value line);

/*
 * Starts a program as Start-Process does: file is its name or a ProcessStartInfo
 * object, arguments a string, an array or PS_NULL.
 */
void		 ps_start_process(struct ps *, struct ps_value file, struct ps_value arguments);

#endif
