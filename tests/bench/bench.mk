# SPDX-License-Identifier: Apache-2.0
#
# The benchmark: what it builds, and how it is run.

bench_tools := $(addprefix $(BUILD)/bench/,floor steps timed recording spans made libbench_null.so)
BENCH_ARGUMENTS ?=

## bench: measure every interpreter beside the other tracers (25 minutes)
bench: all $(bench_tools)
	$(Q)$(PYTHON) tests/bench/bench.py --build '$(BUILD)' $(BENCH_ARGUMENTS)
## bench-quick: the same on two interpreters, a few programs (5 minutes)
bench-quick: all $(bench_tools)
	$(Q)$(PYTHON) tests/bench/bench.py --build '$(BUILD)' --quick $(BENCH_ARGUMENTS)
## bench-long: what takes gigabytes: 100M calls, pauses over 2 GB (5 minutes)
bench-long: all $(bench_tools)
	$(Q)$(PYTHON) tests/bench/bench.py --build '$(BUILD)' --long $(BENCH_ARGUMENTS)
## bench-formats: calls a second and memory of each format, files beside cat (5 minutes)
bench-formats: $(LAUNCHER) $(BUILD)/bench/made $(BUILD)/bench/timed
	$(Q)$(PYTHON) tests/bench/formats.py --build '$(BUILD)' $(BENCH_ARGUMENTS)
## bench-large: 100M calls through every format, and their page (an hour, 15 GB)
bench-large: all $(bench_tools) viewer-tests
	$(Q)$(PYTHON) tests/bench/large.py --build '$(BUILD)' $(BENCH_ARGUMENTS)
## bench-stack: how deep recursions fit into a C stack, traced and untraced (5 minutes)
bench-stack: all pythons-here $(bench_tools)
	$(Q)CODESNAP_BUILD='$(abspath $(BUILD))' PYTHONS_FOUND='$(PYTHONS_FOUND)' \
	  bash -c '. tests/pythons.bash && pythons_find' | cut -d'|' -f2 | xargs \
	  $(PYTHON) tests/bench/stack.py --build '$(BUILD)' --pythons | \
	  tee $(BUILD)/bench/bench-stack.txt
## bench-memory: what functions and threads leave in memory, on every interpreter (25 minutes)
bench-memory: all pythons-here
	$(Q)mkdir -p $(BUILD)/bench
	$(Q)CODESNAP_BUILD='$(abspath $(BUILD))' PYTHONS_FOUND='$(PYTHONS_FOUND)' \
	  bash -c '. tests/pythons.bash && pythons_find' | cut -d'|' -f2 | xargs \
	  $(PYTHON) tests/bench/memory.py --build '$(BUILD)' $(BENCH_ARGUMENTS) --pythons | \
	  tee $(BUILD)/bench/bench-memory.txt
## bench-modes: what filters and other modes cost, beside VizTracer's (10 minutes)
bench-modes: all $(bench_tools)
	$(Q)$(PYTHON) tests/bench/modes.py --build '$(BUILD)' $(BENCH_ARGUMENTS)
## bench-overhead: programs under --max-overhead 5%, from Python 3.12 on (20 minutes)
bench-overhead: all
	$(Q)$(PYTHON) tests/bench/overhead.py --build '$(BUILD)' $(BENCH_ARGUMENTS)
## bench-service: an hour of a service under --last and --max-overhead (SERVICE_PYTHON=PATH)
bench-service: all
	$(Q)$(PYTHON) tests/bench/service.py --build '$(BUILD)' --python '$(SERVICE_PYTHON)' $(BENCH_ARGUMENTS)
## bench-publish: put the last results into share/doc, for the README
bench-publish:
	$(Q)$(PYTHON) tests/bench/bench.py --build '$(BUILD)' --publish share/doc

$(BUILD)/bench/libbench_null.so: tests/bench/programs/null.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=gnu11 $(WARN) -O2 -fPIC -shared \
	    -fvisibility=hidden -o $@ $<
$(BUILD)/bench/steps $(BUILD)/bench/timed: $(BUILD)/bench/%: tests/bench/programs/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=gnu11 $(WARN) -O2 -o $@ $<
$(BUILD)/bench/%: tests/bench/programs/%.c $(formats_obj) $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) -o $@ $< $(formats_obj) $(ALL_LDFLAGS) $(zlib) $(sqlite)

.PHONY: bench bench-formats bench-large bench-long bench-memory bench-modes bench-overhead bench-publish bench-quick bench-service bench-stack
