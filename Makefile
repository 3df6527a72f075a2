# pindrift - is what runs what was pinned, and what the registry has?
#
#   make            build/debug/pindrift      (VARIANT=debug|san|release)
#   make demo       install what is missing, build, show a drift report
#   make test       install what is missing, then every test
#   make unit       the unit tests alone; `make unit-digest` runs one of them
#   make setup      install what is missing; make install puts the program below PREFIX
#   make lint       clang-format, shellcheck, cppcheck, clang-tidy; make format formats
#   make golden     write the expected outputs and generated documents anew
#   make fuzz       each fuzz target for FUZZ_SECONDS; make bench measures speed
#   make layers headers twins    the checks of the tree's own rules
#
# CC is gcc or clang; WERROR=1 (or CI) makes warnings errors; V=1 shows the commands;
# BUILD=/some/where builds elsewhere; LAYERS='base model' leaves the other layers out.

VARIANT ?= debug
BUILD ?= build
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
LAYERS ?= base model source store drift commands reports
MAKEFLAGS += --no-builtin-rules --no-print-directory

PACKAGES := libcurl jansson sqlite3 yaml-0.1 libcrypto libpsl
OUT := $(BUILD)/$(VARIANT)
PROGRAM := $(OUT)/pindrift
ARCHIVE := $(OUT)/libpindrift.a

LISTED := \
	auditor/base/base64.c \
	auditor/base/buf.c \
	auditor/base/cursor.c \
	auditor/base/edit.c \
	auditor/base/error.c \
	auditor/base/file.c \
	auditor/base/folder.c \
	auditor/base/json.c \
	auditor/base/json_scan.c \
	auditor/base/log.c \
	auditor/base/memory.c \
	auditor/base/node.c \
	auditor/base/option.c \
	auditor/base/parallel.c \
	auditor/base/pipes.c \
	auditor/base/pool.c \
	auditor/base/process.c \
	auditor/base/program.c \
	auditor/base/table.c \
	auditor/base/toml.c \
	auditor/base/timestamp.c \
	auditor/base/utf8.c \
	auditor/base/worker.c \
	auditor/base/yaml.c \
	auditor/commands/baseline.c \
	auditor/commands/cmd_check.c \
	auditor/commands/cmd_explain.c \
	auditor/commands/cmd_pin.c \
	auditor/commands/cmd_report.c \
	auditor/commands/cmd_resolve.c \
	auditor/commands/cmd_scan.c \
	auditor/commands/cmd_version.c \
	auditor/commands/commands.c \
	auditor/commands/database.c \
	auditor/commands/file_list.c \
	auditor/commands/gate.c \
	auditor/commands/network.c \
	auditor/commands/options.c \
	auditor/commands/output.c \
	auditor/commands/pin_edits.c \
	auditor/commands/pin_kubectl.c \
	auditor/commands/pin_lines.c \
	auditor/commands/pin_plan.c \
	auditor/commands/pin_running.c \
	auditor/commands/clusters.c \
	auditor/commands/plugin.c \
	auditor/commands/resolution.c \
	auditor/commands/tree_policy.c \
	auditor/drift/comparison.c \
	auditor/drift/custom.c \
	auditor/drift/drift.c \
	auditor/drift/environment.c \
	auditor/drift/evaluate.c \
	auditor/drift/gaps.c \
	auditor/drift/image_tree.c \
	auditor/drift/inquiry.c \
	auditor/drift/join.c \
	auditor/drift/join_places.c \
	auditor/drift/judgement.c \
	auditor/drift/mixed.c \
	auditor/drift/nameless.c \
	auditor/drift/object_key.c \
	auditor/drift/reference.c \
	auditor/drift/rollout.c \
	auditor/drift/rules.c \
	auditor/drift/rules_declaration.c \
	auditor/drift/rules_registry.c \
	auditor/drift/rules_use.c \
	auditor/drift/scopes.c \
	auditor/drift/settle.c \
	auditor/drift/sight.c \
	auditor/drift/subjects.c \
	auditor/drift/tree_comparison.c \
	auditor/drift/verdict.c \
	auditor/drift/waivers.c \
	auditor/model/area.c \
	auditor/model/digest.c \
	auditor/model/field_rules.c \
	auditor/model/image.c \
	auditor/model/image_id.c \
	auditor/model/image_ref.c \
	auditor/model/level.c \
	auditor/model/outcome.c \
	auditor/model/platform.c \
	auditor/model/policy.c \
	auditor/model/report.c \
	auditor/model/scope.c \
	auditor/model/snapshot.c \
	auditor/model/waiver.c \
	auditor/model/workload.c \
	auditor/source/address.c \
	auditor/source/challenge.c \
	auditor/source/compose.c \
	auditor/source/credential_helper.c \
	auditor/source/docker_config.c \
	auditor/source/dockerfile.c \
	auditor/source/dockerfile_lines.c \
	auditor/source/helm_chart.c \
	auditor/source/helm_template.c \
	auditor/source/helm_values.c \
	auditor/source/hosts_dir.c \
	auditor/source/http.c \
	auditor/source/http_error.c \
	auditor/source/http_headers.c \
	auditor/source/http_host.c \
	auditor/source/http_options.c \
	auditor/source/http_redirect.c \
	auditor/source/http_retry.c \
	auditor/source/http_transfer.c \
	auditor/source/image_like.c \
	auditor/source/inline_waiver.c \
	auditor/source/kube_account.c \
	auditor/source/kube_api.c \
	auditor/source/kube_area.c \
	auditor/source/kube_client.c \
	auditor/source/kube_config.c \
	auditor/source/kube_custom.c \
	auditor/source/kube_document.c \
	auditor/source/kube_dump.c \
	auditor/source/kube_entries.c \
	auditor/source/kube_exec.c \
	auditor/source/kube_exec_cluster.c \
	auditor/source/kube_exec_trust.c \
	auditor/source/kube_grant.c \
	auditor/source/kube_impersonation.c \
	auditor/source/kube_file.c \
	auditor/source/kube_inventory.c \
	auditor/source/kube_kustomization.c \
	auditor/source/kube_label.c \
	auditor/source/kube_list.c \
	auditor/source/kube_manifest.c \
	auditor/source/kube_observation.c \
	auditor/source/kube_owner.c \
	auditor/source/kube_page.c \
	auditor/source/kube_pod.c \
	auditor/source/kube_reader.c \
	auditor/source/kube_secrets.c \
	auditor/source/kube_shape.c \
	auditor/source/kube_text.c \
	auditor/source/kube_workload.c \
	auditor/source/kustomization.c \
	auditor/source/kustomize.c \
	auditor/source/kustomize_build.c \
	auditor/source/kustomize_effects.c \
	auditor/source/kustomize_image.c \
	auditor/source/kustomize_patch.c \
	auditor/source/kustomize_tree.c \
	auditor/source/policy_file.c \
	auditor/source/policy_reader.c \
	auditor/source/policy_sections.c \
	auditor/source/policy_waivers.c \
	auditor/source/pull_secrets.c \
	auditor/source/registry.c \
	auditor/source/registry_answer.c \
	auditor/source/registry_auth.c \
	auditor/source/registry_contact.c \
	auditor/source/registry_mirror.c \
	auditor/source/registry_question.c \
	auditor/source/registry_settings.c \
	auditor/source/token_answer.c \
	auditor/source/token_realm.c \
	auditor/source/token_request.c \
	auditor/source/url.c \
	auditor/source/worktree.c \
	auditor/store/connection.c \
	auditor/store/migration.c \
	auditor/store/query.c \
	auditor/store/scan_history.c \
	auditor/store/span_key.c \
	auditor/store/store.c \
	auditor/store/store_cluster.c \
	auditor/store/store_coverage.c \
	auditor/store/store_declared.c \
	auditor/store/store_file.c \
	auditor/store/store_finding.c \
	auditor/store/store_image.c \
	auditor/store/store_json.c \
	auditor/store/store_last.c \
	auditor/store/store_name.c \
	auditor/store/store_report.c \
	auditor/store/store_running.c \
	auditor/store/store_scan.c \
	auditor/store/store_tag.c \
	auditor/store/store_waived.c \
	reports/escape.c \
	reports/html_findings.c \
	reports/html_page.c \
	reports/html_tables.c \
	reports/listing.c \
	reports/member.c \
	reports/place.c \
	reports/report.c \
	reports/report_csv.c \
	reports/report_gcc.c \
	reports/report_github.c \
	reports/report_gitlab.c \
	reports/report_html.c \
	reports/report_json.c \
	reports/report_junit.c \
	reports/report_markdown.c \
	reports/report_sarif.c \
	reports/report_text.c \
	reports/summary.c \
	reports/text_findings.c \
	reports/text_page.c \
	reports/words.c \
	reports/wrap.c

SOURCES := $(filter $(LAYERS:%=auditor/%/%) $(LAYERS:%=%/%),$(LISTED))
HEADERS := $(sort $(wildcard auditor/*/*.h) $(wildcard reports/*.h))
EMBEDDED := $(sort $(wildcard schema/*.sql)) $(wildcard reports/report.css reports/report.js)
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(OUT)/unit/%)
UNIT_SHARED := $(filter-out $(UNIT_SOURCES),$(wildcard tests/unit/*.c))
TOOL_SOURCES := $(sort $(wildcard tests/tools/*.c))
TOOL_PROGRAMS := $(TOOL_SOURCES:tests/tools/%.c=$(OUT)/tests/%)
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_PROGRAMS := $(FUZZ_SOURCES:tests/fuzz/%.c=$(OUT)/fuzz/%)
OBJECTS := $(SOURCES:%.c=$(OUT)/%.o) $(OUT)/embedded.o
FORMATTED := $(HEADERS) $(wildcard auditor/*.c auditor/*/*.c reports/*.c tests/*/*.[ch])
SHELL_SCRIPTS := .ci/run tests/headers tests/setup tests/twins

HARDENED := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fPIE
VARIANT_CFLAGS_debug := -Og -g3
VARIANT_CFLAGS_san := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
VARIANT_CFLAGS_release := -O2 -g $(HARDENED)
VARIANT_CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer
VARIANT_LDFLAGS_san := -fsanitize=address,undefined
VARIANT_LDFLAGS_release := -pie -Wl,-z,relro,-z,now
VARIANT_LDFLAGS_fuzz := -fsanitize=address

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes \
	$(if $(CI)$(WERROR),-Werror)
# pkg-config is asked when a rule first needs it: `make setup` comes before it.
once = $(eval $(1) := $(2))$($(1))
PACKAGE_CFLAGS = $(call once,PACKAGE_CFLAGS,$(shell pkg-config --cflags $(PACKAGES)))
PACKAGE_LIBS = $(call once,PACKAGE_LIBS,$(shell pkg-config --libs $(PACKAGES)))
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -pthread $(WARNINGS) -I. -Iauditor \
	$(VARIANT_CFLAGS_$(VARIANT)) \
	$(PACKAGE_CFLAGS) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread $(VARIANT_LDFLAGS_$(VARIANT)) $(LDFLAGS)

write_if_changed = @printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || \
	printf '%s\n' '$(subst ','\'',$(1))' > $@
Q = $(if $(V),,@)

all: $(if $(wildcard auditor/main.c),$(PROGRAM),$(ARCHIVE))

$(PROGRAM): $(OUT)/auditor/main.o $(ARCHIVE)
	@echo "LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PACKAGE_LIBS)

$(ARCHIVE): $(OBJECTS) $(OUT)/objects
	@rm -f $@
	$(Q)$(AR) rcs $@ $(OBJECTS)

$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	@echo "CC   $@"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/embedded.c: schema/embed.awk $(EMBEDDED)
	@mkdir -p $(@D)
	@LC_ALL=C awk -f schema/embed.awk $(EMBEDDED) > $@.part && mv $@.part $@

$(OUT)/embedded.o: $(OUT)/embedded.c $(OUT)/flags
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Other flags or another compiler build everything again.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@pkg-config --print-errors --exists $(PACKAGES) || \
		{ echo "make: something is missing: run 'make setup'" >&2; exit 1; }
	$(call write_if_changed,$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS))

$(OUT)/objects: FORCE
	@mkdir -p $(@D)
	$(call write_if_changed,$(OBJECTS))

$(OUT)/libunit.a: $(UNIT_SHARED:%.c=$(OUT)/%.o)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(OUT)/unit/%: tests/unit/%.c $(OUT)/libunit.a $(ARCHIVE) $(OUT)/flags
	@mkdir -p $(@D)
	@echo "TEST $@"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(ALL_LDFLAGS) -o $@ $< \
		$(OUT)/libunit.a $(ARCHIVE) $(PACKAGE_LIBS) $$(pkg-config --cflags --libs cmocka)

$(OUT)/tests/%: tests/tools/%.c $(ARCHIVE) $(OUT)/flags
	@mkdir -p $(@D)
	@echo "TOOL $@"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(PACKAGE_LIBS)

$(OUT)/fuzz/%: tests/fuzz/%.c $(ARCHIVE) $(OUT)/flags
	@mkdir -p $(@D)
	@echo "FUZZ $@"
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d -o $@ $< $(ARCHIVE) $(PACKAGE_LIBS)

# Fuzz targets are compiled with the tests, so that a change does not leave them behind.
unit-programs: $(UNIT_PROGRAMS) $(TOOL_PROGRAMS) $(FUZZ_SOURCES:%.c=$(OUT)/%.o)

unit: $(UNIT_PROGRAMS)
	@tests/run --unit $(OUT)/unit

unit-%: $(OUT)/unit/test_%
	@$<

setup:
	@tests/setup build demo test

demo:
	@tests/setup build demo
	@$(MAKE) all
	@python3 examples/demo/demo.py --pindrift $(PROGRAM) --output $(BUILD)/demo

test:
	@tests/setup build demo test
	@$(MAKE) VARIANT=debug all unit-programs
	@$(MAKE) VARIANT=san all unit-programs
	@tests/run --all $(BUILD)

bench:
	@tests/setup build demo bench
	@$(MAKE) VARIANT=release all
	@python3 tests/bench/bench.py $(BUILD)/release/pindrift

golden:
	@$(MAKE) all
	@UPDATE_GOLDEN=1 $(MAKE) unit
	@UPDATE_GOLDEN=1 PINDRIFT=$(PROGRAM) tests/run tests/e2e/test_cases.py
	@docs/make_docs.py $(PROGRAM)

layers:
	@awk -f tests/layers.awk $(wildcard auditor/*.[ch]) $(wildcard auditor/*/*.[ch]) \
		$(wildcard reports/*.[ch])

twins:
	@tests/twins

headers: $(OUT)/flags
	@CC='$(CC)' tests/headers $(ALL_CFLAGS) -- $(HEADERS)

fuzz:
	@tests/setup build fuzz
	@$(MAKE) CC=clang VARIANT=fuzz fuzz-run

fuzz-run: $(FUZZ_PROGRAMS)
	@for target in $(FUZZ_PROGRAMS); do \
		corpus=$(BUILD)/corpus/$$(basename $$target); mkdir -p $$corpus; \
		$$target -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$$corpus- $$corpus \
			$$(ls -d tests/fuzz/seeds/$$(basename $$target) 2>/dev/null) || exit 1; \
	done

install:
	@$(MAKE) VARIANT=release all
	install -D -m 755 $(BUILD)/release/pindrift $(DESTDIR)$(PREFIX)/bin/pindrift
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/pindrift/LICENSE
	for page in $(wildcard docs/*.1); do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man1/$${page##*/}; done

format:
	clang-format -i $(FORMATTED)

lint:
	@tests/setup build lint
	clang-format --dry-run -Werror $(FORMATTED)
	shellcheck $(SHELL_SCRIPTS)
	cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr \
		--suppress=ctuuninitvar --error-exitcode=1 -D_GNU_SOURCE -I. -Iauditor $(SOURCES) auditor/main.c
	clang-tidy --quiet $(SOURCES) auditor/main.c -- $(ALL_CFLAGS)

clean:
	rm -rf $(BUILD)

FORCE:
.DELETE_ON_ERROR:
.PHONY: all unit unit-programs setup demo test bench golden layers headers twins fuzz fuzz-run \
	install format lint clean FORCE

-include $(OBJECTS:.o=.d) $(OUT)/auditor/main.d $(UNIT_PROGRAMS:=.d) \
	$(UNIT_SHARED:%.c=$(OUT)/%.d) $(TOOL_PROGRAMS:=.d) $(FUZZ_PROGRAMS:=.d) \
	$(FUZZ_SOURCES:%.c=$(OUT)/%.d)
