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

$(BUILD)/agent/cpython/package.o: $(BUILD)/include/build/package.h
