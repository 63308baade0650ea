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

CPYTHON_WITH    = --agent $(AGENT) --results $(CPYTHON) \
  --pythons $(CPYTHON)/pythons $(CPYTHON_ARGUMENTS)

## check-cpython: CPython's own tests, plain and recorded (CPYTHON_FILES=all: hours)
check-cpython: $(CPYTHON)/pythons
	$(Q)nice $(PYTHON) tests/cpython/check.py $(CPYTHON_WITH) \
	  --files '$(CPYTHON_FILES)' --bound $(CPYTHON_BOUND) \
	  --jobs $(CPYTHON_JOBS)
## cpython-publish: put what was run so far into share/doc
cpython-publish: $(CPYTHON)/pythons
	$(Q)$(PYTHON) tests/cpython/publish.py $(CPYTHON_WITH) >share/doc/cpython.txt

$(CPYTHON)/pythons: all pythons-here FORCE
	$(Q)mkdir -p $(@D)
	$(Q)$(CPYTHON_PYTHONS) >$@

.PHONY: check-cpython cpython-publish
