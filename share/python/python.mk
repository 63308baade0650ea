# share/python/python.mk: the Python package as one text, which the agent
# carries for programs that import codesnap without having it installed.

package_src := $(sort $(wildcard share/python/codesnap/*.py))

$(BUILD)/package.txt: $(package_src) share/python/python.mk
	@mkdir -p $(@D)
	$(call say,JOIN,$@)awk 'FNR == 1 { name = FILENAME; \
	    sub("^share/python/", "", name); printf "\001%s\n", name } \
	    { print }' $(package_src) >$@

$(BUILD)/include/build/package.h: $(BUILD)/package.txt
	@mkdir -p $(@D)
	$(Q)echo '#define PACKAGE_PATH "$<"' >$@

$(BUILD)/agent/cpython/api/package.o: $(BUILD)/include/build/package.h

# The wheel holds a launcher that is linked statically and so runs on any Linux.
DIST  ?= dist
WHEEL := $(BUILD)/wheel
links_statically = $(shell echo '$1' | $(CC) -w -static -include $2 -xc - $3 \
                     -o /dev/null 2>/dev/null && echo $3)

## wheel: a wheel for pip, in $(DIST)
wheel:
	$(Q)$(MAKE) --no-print-directory BUILD=$(WHEEL) LDFLAGS='$(LDFLAGS) -static' \
	    zlib='$(call links_statically,$(zlib_test),zlib.h,-lz)' \
	    sqlite='$(call links_statically,$(sqlite_test),sqlite3.h,-lsqlite3 -lm)' \
	    $(WHEEL)/codesnap
	$(Q)$(MAKE) --no-print-directory $(AGENT)
	$(Q)cp $(AGENT) $(WHEEL)/libcodesnap_agent.so
	$(Q)cp $(BUILD)/viewer.html $(WHEEL)/viewer.html
	$(Q)strip $(WHEEL)/codesnap $(WHEEL)/libcodesnap_agent.so
	$(Q)$(PYTHON) share/python/wheel.py $(VERSION) $(WHEEL) $(DIST)
## wheel-any: a wheel without the programs, for other systems, in $(DIST)
wheel-any: $(BUILD)/viewer.html
	$(Q)$(PYTHON) share/python/wheel.py --any $(VERSION) $(BUILD) $(DIST)
## sdist: the source as pip takes it, in $(DIST)
sdist: $(BUILD)/viewer.html
	$(Q)$(PYTHON) share/python/wheel.py --sdist $(VERSION) $(BUILD) $(DIST)
.PHONY: wheel wheel-any sdist
