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

.PHONY: check-live evaluate

EXTRA_DIST += \
	%reldir%/live.sh \
	%reldir%/evaluate.py \
	%reldir%/live.py \
	%reldir%/loss.py \
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
