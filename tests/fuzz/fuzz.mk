# SPDX-License-Identifier: Apache-2.0
#
# The fuzzers: of the reader and the writers, on spools (session); of report and
# info, on outputs (output); of files of settings (settings); of options and the
# environment (options).  The first three need clang with its runtime.  FUZZ_SECONDS is how long each runs; what it finds
# lies in $(FUZZ)/crash-* and is an input for `$(FUZZ)/session FILE`.

FUZZ         := $(BUILD)/fuzz
FUZZ_CC      ?= clang
FUZZ_SECONDS ?= 60
FUZZ_JOBS    ?= 1
FUZZ_FLAGS   := -std=gnu11 -D_GNU_SOURCE= -I. -I$(BUILD)/include -O1 -g $(WARN) \
                -fsanitize=address,undefined -fno-sanitize-recover=all \
                $(filter -DHAVE_ZLIB=1,$(ALL_CFLAGS))
fuzz_obj     := $(formats_src:%.c=$(FUZZ)/%.o)

fuzz_launcher := $(filter-out %/codesnap.o %/info.o,$(launcher_src:%.c=$(FUZZ)/%.o))
fuzz_run = mkdir -p $(FUZZ)/corpus-$1 && cd $(FUZZ) && \
  ./$1 -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 \
  -max_len=$2 -fork=$(FUZZ_JOBS) -ignore_crashes=0 corpus-$1 $3

## fuzz: feed reports and readers with broken files (FUZZ_SECONDS=3600)
fuzz: fuzz-session fuzz-output fuzz-settings
fuzz-session: $(FUZZ)/session $(FUZZ)/seeds/made
	$(Q)$(call fuzz_run,session,70000,seeds)
fuzz-output: $(FUZZ)/output $(FUZZ)/seeds/made
	$(Q)$(call fuzz_run,output,40000,outputs)
fuzz-settings: $(FUZZ)/settings
	$(Q)mkdir -p $(FUZZ)/settings-seeds && \
	  printf '[tool.codesnap]\nexclude = ["a:*"]\nown = true\n' >$(FUZZ)/settings-seeds/table
	$(Q)$(call fuzz_run,settings,4000,settings-seeds -close_fd_mask=2)
## fuzz-options: random options and environments, compared with plain runs (FUZZ_SECONDS=900)
fuzz-options: all
	$(Q)$(PYTHON) tests/fuzz/options.py $(BUILD) $(FUZZ_SECONDS)

$(FUZZ)/session: tests/fuzz/session.c tests/fuzz/input.h $(fuzz_obj)
	$(call say,LINK,$@)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $(filter-out %.h,$^)
$(FUZZ)/output: tests/fuzz/output.c tests/fuzz/input.h $(fuzz_obj) $(fuzz_launcher)
	$(call say,LINK,$@)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $(filter-out %.h,$^) $(zlib)

$(FUZZ)/settings: tests/fuzz/settings.c tests/fuzz/input.h $(fuzz_obj) $(fuzz_launcher)
	$(call say,LINK,$@)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $(filter-out %.h,$^) $(zlib)

$(fuzz_obj) $(fuzz_launcher): $(FUZZ)/%.o: %.c | $(BUILD)/include/build/version.h \
    $(BUILD)/include/build/viewer.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link \
	  -MMD -MP -c -o $@ $<
-include $(fuzz_obj:.o=.d) $(fuzz_launcher:.o=.d)

# One spool for each kind of target; the last byte chooses a format.
$(FUZZ)/seeds/made: tests/fuzz/seeds tests/fuzz/plain.py $(AGENT) $(LAUNCHER)
	@mkdir -p $(@D) $(FUZZ)/outputs
	$(Q)tests/fuzz/seeds $(AGENT) $(@D) $(PYTHON) $(abspath $(LAUNCHER)) \
	  $(abspath $(FUZZ)/outputs) && touch $@

.PHONY: fuzz fuzz-options fuzz-output fuzz-session fuzz-settings
