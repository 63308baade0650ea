# SPDX-License-Identifier: Apache-2.0
#
# The tests with what checks memory: see README.md here.

comma := ,

# == LAUNCHER AND READERS ====================================================

SANITIZED := tests/launcher/*.bats tests/formats/*.bats tests/python/*.bats

## check-sanitized: unit tests, and bats of launcher and readers, under ASan and UBSan (20 minutes)
check-sanitized: all
	$(Q)$(MAKE) --no-print-directory SAN=address,undefined build-sanitized
	$(Q)$(MAKE) --no-print-directory SAN=address,undefined run-sanitized
build-sanitized: $(LAUNCHER) $(RUN) units
	$(Q)cp -f build/libcodesnap_agent.so $(AGENT)
	$(Q)mkdir -p $(BUILD)/pythons && cp -f build/pythons/* $(BUILD)/pythons/ 2>/dev/null || true
# Not in $(BUILD): the path goes into ASAN_OPTIONS, where a comma ends a value.
run-sanitized:
	$(Q)$(test_env) tests/sanitizers/reported build/reports \
	  tests/run unit bats $(or $(T),$(wildcard $(SANITIZED)))

# == AGENT ===================================================================

# AddressSanitizer's start comes here before it can check anything.
agent_bare  := agent/exec/interpose.c agent/base/realsym.c agent/base/object.c \
               agent/cpython/start/start.c
AGENT_ASAN  := $(BUILD)/agent-asan
asan_obj    := $(patsubst $(BUILD)/%,$(AGENT_ASAN)/%,$(agent_obj))
ASAN_LIBRARY = $(shell $(CC) -print-file-name=$(if $(findstring clang,$(CC)),libclang_rt.asan-x86_64.so,libasan.so))
ASAN_SAMPLE := $(addprefix tests/agent/,$(addsuffix .bats,record threads monitoring steps c-calls))

## check-agent-asan: a sample of the agent's tests, the agent under ASan (PYTHONS_FOUND=PATH; 10 minutes)
check-agent-asan: all faults-library $(AGENT_ASAN)/codesnap-run
	$(Q)$(test_env) CODESNAP_BUILD='$(abspath $(AGENT_ASAN))' \
	  PYTHONS_FOUND='$(or $(PYTHONS_FOUND),$(shell $(PYTHON) -c 'import sys; print(sys.executable)'))' \
	  tests/sanitizers/reported $(AGENT_ASAN)/reports tests/run bats $(or $(T),$(ASAN_SAMPLE))

# In front of the launcher: the library has to be the first one of each program.
$(AGENT_ASAN)/codesnap-run: $(LAUNCHER) $(AGENT_ASAN)/behind/libcodesnap_agent.so tests/sanitizers/front
	$(Q)cp -f $(LAUNCHER) $(AGENT_ASAN)/behind && ln -sf codesnap $(AGENT_ASAN)/behind/codesnap-run
	$(Q)for name in codesnap codesnap-run; do \
	  sed 's|LIBRARY|$(ASAN_LIBRARY)|' tests/sanitizers/front >$(AGENT_ASAN)/$$name && \
	  chmod +x $(AGENT_ASAN)/$$name; done
$(AGENT_ASAN)/behind/libcodesnap_agent.so: $(asan_obj) $(AGENT_MAP)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -shared -o $@ $(asan_obj) -fsanitize=address $(CFLAGS) \
	    $(filter-out -Wl$(comma)-z$(comma)defs,$(ALL_LDFLAGS)) -Wl,--version-script=$(AGENT_MAP)
$(AGENT_ASAN)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(ALL_CFLAGS) \
	    $(if $(filter $(agent_bare),$<),,-fsanitize=address) -MMD -MP -c -o $@ $<
-include $(asan_obj:.o=.d)

# == VALGRIND ================================================================

## check-valgrind: small programs under valgrind, recorded (PYTHON=EXE; 10 minutes)
check-valgrind: all $(BUILD)/tests/libremap.so
	$(Q)$(PYTHON) tests/sanitizers/valgrind.py $(BUILD) $(PYTHON)
$(BUILD)/tests/libremap.so: tests/sanitizers/remap.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=gnu11 -D_GNU_SOURCE= $(WARN) -O2 -g -fPIC -shared \
	    -fvisibility=hidden -o $@ $<

.PHONY: build-sanitized check-agent-asan check-sanitized check-valgrind run-sanitized
