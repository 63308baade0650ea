# share/viewer/viewer.mk: the viewer as one page.  viewer.html lists the parts
# in order and is itself a working page; join.awk puts each part in its place.
# formats/html/shell.c links the result into agent and launcher.

viewer_src := $(sort $(wildcard share/viewer/*/*.js share/viewer/*/*.css))

$(BUILD)/viewer.html: share/viewer/viewer.html share/viewer/join.awk $(viewer_src)
	@mkdir -p $(@D)
	$(call say,JOIN,$@)awk -f share/viewer/join.awk $< >$@

$(BUILD)/include/build/viewer.h: $(BUILD)/viewer.html
	@mkdir -p $(@D)
	$(Q)echo '#define HTML_SHELL_PATH "$<"' >$@

$(BUILD)/formats/html/shell.o: $(BUILD)/include/build/viewer.h
$(BUILD)/formats/html/tables.o: | $(BUILD)/include/build/version.h

# PEER_CALLS=200000 ROUNDS=5 are for the pages of others.
## bench-viewer: the viewer, beside VizTracer's and speedscope (CALLS=5000000 THREADS=16)
CALLS   ?= 5000000
THREADS ?= 16
PEER_CALLS ?= 200000
ROUNDS  ?= 5
bench-viewer: all viewer-tests
	$(Q)node tests/viewer/bench.mjs $(CALLS) $(THREADS)
	$(Q)PYTHON='$(PYTHON)' node tests/viewer/peers.mjs '$(BUILD)' $(PEER_CALLS) $(ROUNDS)
.PHONY: bench-viewer
