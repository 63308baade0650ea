# SPDX-License-Identifier: Apache-2.0
#
# Every call that the agent makes of libc, made to fail in turn.

FAULTS := $(BUILD)/tests/libfault.so

$(FAULTS): tests/faults/fault.c tests/faults/faults.def $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=gnu11 -D_GNU_SOURCE= -I. $(WARN) -O2 -g \
	    -fPIC -shared -fvisibility=hidden -o $@ $< -ldl

$(BUILD)/tests/forbid: tests/faults/forbid.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=gnu11 $(WARN) -O2 -o $@ $<

faults-library: $(FAULTS) $(BUILD)/tests/forbid
## faults: let each system call and allocation of the agent's fail, on every interpreter (15 minutes)
faults: all pythons-here $(FAULTS)
	$(Q)CODESNAP_BUILD='$(abspath $(BUILD))' PYTHONS_FOUND='$(PYTHONS_FOUND)' \
	  bash -c '. tests/pythons.bash && pythons_find' >$(BUILD)/faults.pythons
	$(Q)status=0; while IFS='|' read -r version path how; do \
	  for options in '' --on '--c-calls=no' '--alone --every 11'; do \
	    echo "$$version $$path $$options"; \
	    $(PYTHON) tests/faults/faults.py $(BUILD) $$path $$options || status=1; \
	  done; \
	done <$(BUILD)/faults.pythons; exit $$status

.PHONY: faults faults-library
