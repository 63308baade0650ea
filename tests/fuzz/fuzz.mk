# SPDX-License-Identifier: Apache-2.0
#
# The fuzzer of the reader and the writers, and what it starts from.  Needs
# clang with its runtime.  FUZZ_SECONDS is how long it runs; what it finds lies
# in $(FUZZ)/crash-* and is an input for `$(FUZZ)/session FILE`.

FUZZ         := $(BUILD)/fuzz
FUZZ_CC      ?= clang
FUZZ_SECONDS ?= 60
FUZZ_JOBS    ?= 1
FUZZ_FLAGS   := -std=gnu11 -D_GNU_SOURCE= -I. -I$(BUILD)/include -O1 -g $(WARN) \
                -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz_obj     := $(formats_src:%.c=$(FUZZ)/%.o)

## fuzz: feed the reader with broken sessions (FUZZ_SECONDS=3600)
fuzz: $(FUZZ)/session $(FUZZ)/seeds/made
	$(Q)mkdir -p $(FUZZ)/corpus
	$(Q)cd $(FUZZ) && ./session -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
	  -rss_limit_mb=1024 -max_len=70000 -fork=$(FUZZ_JOBS) \
	  -ignore_crashes=0 corpus seeds

$(FUZZ)/session: tests/fuzz/session.c $(fuzz_obj)
	$(call say,LINK,$@)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^

$(fuzz_obj): $(FUZZ)/%.o: %.c | $(BUILD)/include/build/version.h \
    $(BUILD)/include/build/viewer.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link \
	  -MMD -MP -c -o $@ $<
-include $(fuzz_obj:.o=.d)

# One spool for each kind of target; the last byte chooses a format.
$(FUZZ)/seeds/made: tests/fuzz/seeds $(AGENT)
	@mkdir -p $(@D)
	$(Q)tests/fuzz/seeds $(AGENT) $(@D) $(PYTHON) && touch $@

.PHONY: fuzz
