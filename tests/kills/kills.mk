# SPDX-License-Identifier: Apache-2.0
#
# Programs that are killed at random instants, on all interpreters in turn.
# SEED repeats a run's choices; what fails leaves its folder behind.

KILLS ?= 1000
SEED  ?=

## kills: kill traced programs at random instants (KILLS=1000), compare what is left
kills: all pythons-here
	$(Q)CODESNAP_BUILD='$(abspath $(BUILD))' PYTHONS_FOUND='$(PYTHONS_FOUND)' \
	  bash -c '. tests/pythons.bash && pythons_find' >$(BUILD)/kills.pythons
	$(Q)CODESNAP_BUILD='$(abspath $(BUILD))' $(PYTHON) tests/kills/kills.py \
	  $(KILLS) $(BUILD)/kills.pythons $(SEED)

.PHONY: kills
