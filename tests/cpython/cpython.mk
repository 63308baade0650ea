# SPDX-License-Identifier: Apache-2.0
#
# CPython's own tests, plain and recorded (README.md here).  What was run lies
# in $(CPYTHON) and is not run again.

CPYTHON        ?= $(BUILD)/cpython
CPYTHON_FILES  ?= core
CPYTHON_BOUND  ?= 60
CPYTHON_JOBS   ?= 1
CPYTHON_PYTHONS = CODESNAP_BUILD='$(abspath $(BUILD))' \
  PYTHONS_FOUND='$(PYTHONS_FOUND)' \
  bash -c '. tests/pythons.bash && pythons_find && pythons_find_debug'

## check-cpython: CPython's own tests, plain and recorded (CPYTHON_FILES=all: hours)
check-cpython: all pythons-here
	$(Q)mkdir -p $(CPYTHON)
	$(Q)$(CPYTHON_PYTHONS) >$(CPYTHON)/pythons
	$(Q)nice $(PYTHON) tests/cpython/check.py --agent $(AGENT) \
	  --results $(CPYTHON) --pythons $(CPYTHON)/pythons \
	  --files '$(CPYTHON_FILES)' --bound $(CPYTHON_BOUND) \
	  --jobs $(CPYTHON_JOBS) $(CPYTHON_ARGUMENTS)

.PHONY: check-cpython
