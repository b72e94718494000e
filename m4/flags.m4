# SW_TRY(CFLAGS, LDFLAGS, ACTION-IF-TRUE [, ACTION-IF-FALSE])
# Do a compiler and a linker take these without a word?  Warnings count as a
# no, since a flag that is merely ignored is not in force.
AC_DEFUN([SW_TRY], [
	sw_cflags=$CFLAGS sw_ldflags=$LDFLAGS
	CFLAGS="$CFLAGS $1 -Werror" LDFLAGS="$LDFLAGS $2"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]],
		[[char to[16]; memset(to, 0, sizeof(to)); return to[0];]])],
		[sw_ok=yes], [sw_ok=no])
	CFLAGS=$sw_cflags LDFLAGS=$sw_ldflags
	AS_IF([test $sw_ok = yes], [$3], [$4])
])

# SW_CFLAG(FLAGS), SW_LDFLAG(FLAGS): add to SW_CFLAGS or SW_LDFLAGS what works.
AC_DEFUN([SW_CFLAG], [
	AC_REQUIRE([SW_FLAGS])
	AC_MSG_CHECKING([whether $CC takes $1])
	SW_TRY([$SW_CFLAGS $1], [], [SW_CFLAGS="$SW_CFLAGS $1"])
	AC_MSG_RESULT([$sw_ok])
])
AC_DEFUN([SW_LDFLAG], [
	AC_REQUIRE([SW_FLAGS])
	AC_MSG_CHECKING([whether the linker takes $1])
	SW_TRY([$SW_CFLAGS], [$SW_LDFLAGS $1], [SW_LDFLAGS="$SW_LDFLAGS $1"])
	AC_MSG_RESULT([$sw_ok])
])

# SW_SANITIZE(FLAG): was asked for, so its absence is an error.
AC_DEFUN([SW_SANITIZE], [
	AC_REQUIRE([SW_FLAGS])
	AC_MSG_CHECKING([whether $CC takes $1])
	SW_TRY([$SW_CFLAGS $1], [$SW_LDFLAGS $1],
		[SW_CFLAGS="$SW_CFLAGS $1"; SW_LDFLAGS="$SW_LDFLAGS $1"])
	AC_MSG_RESULT([$sw_ok])
	AS_IF([test $sw_ok = no], [AC_MSG_ERROR([$CC cannot build with $1])])
])

AC_DEFUN([SW_FLAGS], [
	SW_CFLAGS= SW_LDFLAGS=
	AC_SUBST([SW_CFLAGS])
	AC_SUBST([SW_LDFLAGS])
])
