script_tests += \
	%reldir%/check-headers.sh \
	%reldir%/check-layers.sh \
	%reldir%/golden.sh \
	%reldir%/loss.sh \
	%reldir%/model.sh \
	%reldir%/offline.sh \
	%reldir%/reshape.sh \
	%reldir%/schema.sh \
	%reldir%/secrets.sh \
	%reldir%/truncate.sh \
	%reldir%/truth-lab.sh \
	%reldir%/truth-public.sh \
	%reldir%/truth.sh \
	%reldir%/wrap.sh

check-live: schedwire$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) srcdir='$(srcdir)' $(SHELL) $(srcdir)/%reldir%/live.sh; \
	    status=$$?; test $$status = 77 || exit $$status

# Recall and false positives on command lines that are known: CORPUS=folder.
evaluate: schedwire$(EXEEXT)
	@$(PYTHON) $(srcdir)/%reldir%/evaluate.py ./schedwire$(EXEEXT) "$(CORPUS)"

# What the tests do not notice: FILES, MUTANTS of each (not in CI: a minute each).
mutate:
	@CC='$(CC)' $(PYTHON) $(srcdir)/%reldir%/mutate.py -n $${MUTANTS:-5} . $${FILES:-$(mutate_files)}
mutate_files = \
	src/engine/flow.c src/engine/frame.c src/engine/tcp.c src/engine/worker.c \
	src/detect/chain.c src/detect/correlate.c src/fact/fact.c \
	dissectors/smb/nbss.c dissectors/rpc/call.c dissectors/rpc/ports.c

# What clang-tidy and cppcheck find.
lint:
	@LINT_FLAGS='$(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS)' \
	    $(SHELL) $(srcdir)/%reldir%/lint.sh $(srcdir)

.PHONY: check-live evaluate lint mutate

EXTRA_DIST += \
	%reldir%/lint.sh \
	%reldir%/live.sh \
	%reldir%/evaluate.py \
	%reldir%/live.py \
	%reldir%/loss.py \
	%reldir%/mutate.py \
	%reldir%/mkcredssp.py \
	%reldir%/pcapfile.py \
	%reldir%/reshape.py \
	%reldir%/schema-check.py \
	%reldir%/secretfile.py \
	%reldir%/secrets-check.py \
	%reldir%/train-names.py \
	%reldir%/truncate.py \
	%reldir%/truth.py \
	%reldir%/wrap.py
