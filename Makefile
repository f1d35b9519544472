# make            build the executables; the libraries that they need have to be there
# make deps       install the Debian packages to build with, by apt-get (as root, else with sudo)
# make demo       a whole night on the examples; calls apt-get for what is missing
# make check      lint, all tests, a short make chaos, and the ceilings of instructions a person; calls apt-get for what is missing
# make chaos      whole nights at random, for hours: SEED= ROUNDS= (2000), or CASE= with KEEP=1
# make fuzz       look for inputs that violate an invariant, for SECONDS=60 each; TARGET=people for one kind
# make bench      measure speed and memory, compared with other programs
# make install    PREFIX=/usr/local DESTDIR=
# make uninstall  remove what install has put there; settings and state stay
# make deb        a Debian package, in .build
# make check-package  install, run, upgrade, remove and purge it in a separate Debian system that it boots, as root
# make help       this

SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
BUILD := .build/release
STAGES := ps-fetch patron-validate patron-to-xml feed-zip feed-push load-report notify-mail
# What alma-people-feed calls besides.
TOOLS := feed-report
VERSION := $(shell sed -n 's/.*current = "\(.*\)"/\1/p' Sources/Stage/Version.swift)

# Debian packages: to build with, to make a package with, to run with, to show the demo with, to check with.
BUILD_PACKAGES := pkg-config libxml2-dev libarchive-dev nettle-dev libcurl4-openssl-dev zlib1g-dev
DEB_PACKAGES := debhelper dpkg-dev binutils patchelf
RUN_PACKAGES := openssh-client
DEMO_PACKAGES := libxml2-utils unzip
CHECK_PACKAGES := $(RUN_PACKAGES) $(DEMO_PACKAGES) $(DEB_PACKAGES) mandoc shellcheck jq valgrind zip openssl openssh-server \
  openssh-sftp-server nginx-light msmtp procps util-linux python3 python3-aiosmtpd python3-asyncssh python3-jsonschema unicode-data binutils \
  gcc libc6-dev libexpat1-dev strace mount miller bash-completion fish zsh lintian debootstrap systemd-container \
  chromium prometheus

# Those of the packages that are not installed; none where there is no dpkg.
missing-packages = missing=$$(command -v dpkg-query >/dev/null || exit 0; for package in $(1); do \
    dpkg-query -W -f '$${Status}\n' $$package 2>/dev/null | grep -q ' installed$$' || echo $$package; done)

need-build-packages = @$(call missing-packages,$(BUILD_PACKAGES)); [ -z "$$missing" ] || \
  { echo "make: these Debian packages are missing, and 'make deps' installs them:" $$missing >&2; exit 1; }

install-packages = @$(call missing-packages,$(1)); \
  if [ -n "$$missing" ]; then echo "make calls apt-get to install" $$missing; \
    root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
    $$root apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$root apt-get -qq install -y \
      -o DPkg::Lock::Timeout=300 --no-install-recommends $$missing >/dev/null; fi

.PHONY: all help build deps demo check check-package lint test chaos chaos-short fuzz bench bench-instructions install \
  uninstall deb clean build-shared demo-packages check-packages

all: build

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

deps:
	$(call install-packages,$(BUILD_PACKAGES) $(DEB_PACKAGES) $(RUN_PACKAGES))

demo-packages:
	$(call install-packages,$(BUILD_PACKAGES) $(DEMO_PACKAGES))

check-packages:
	$(call install-packages,$(BUILD_PACKAGES) $(CHECK_PACKAGES))

build:
	$(need-build-packages)
	@# The static Foundation names mktemp, which nothing here calls.
	$(SWIFT) build -c release --static-swift-stdlib --quiet > >(grep -v 'mktemp. is dangerous') 2>&1

demo: demo-packages build
	PATH=$(CURDIR)/$(BUILD):$$PATH examples/a-night

check: check-packages lint test chaos-short bench-instructions

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	shellcheck bin/alma-people-feed bin/libexec/* examples/a-night examples/profiles/*/users .ci/run Tests/Fuzz/run Tests/Package/check{,-install} debian/alma-people.p*
	shellcheck -s bash completions/alma-people-feed.bash
	mandoc -T lint -W warning man/*.[1-8]

test:
	$(SWIFT) build --build-tests --quiet
	$(SWIFT) test --skip-build

# KEEP=1 keeps the directories of cases with faults. See Tests/Chaos/README.md.
CHAOS = Tests/Chaos/chaos $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) $(if $(KEEP),--keep)

chaos: build
	$(call install-packages,$(CHECK_PACKAGES))
	$(CHAOS) $(if $(CASE),--case $(CASE) --verbose,$(if $(ROUNDS),--rounds $(ROUNDS)))

chaos-short: SEED ?= 1
chaos-short: build
	$(CHAOS) --seconds $(or $(CHAOS_SECONDS),30)

fuzz: check-packages
	Tests/Fuzz/run $(or $(SECONDS),60) $(TARGET)

bench: build
	$(call install-packages,$(shell cat Benchmarks/packages.txt))
	Benchmarks/bench

bench-instructions: build
	Benchmarks/instructions

# What is installed has one Swift runtime for all executables, in a directory of its own: a third of the disk space, and half the
# memory in a pipe. In .build/release each has its own, which starts 2.4 ms faster.
SHARED := .build/shared/release
RUNTIME = ldd $(addprefix $(SHARED)/,$(STAGES) $(TOOLS)) | sed -n 's|.* => \(/.*/swift/linux/[^ ]*\) .*|\1|p' | sort -u

build-shared:
	$(need-build-packages)
	$(SWIFT) build -c release --scratch-path .build/shared --quiet

# Where the files go.
UNITS = $(PREFIX)/lib/systemd/system
LIBRARIES = $(PREFIX)/lib/alma-people
COMMANDS = $(PREFIX)/libexec/alma-people
MANUALS = $(PREFIX)/share/man
BASH_COMPLETIONS = $(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS = $(PREFIX)/share/zsh/site-functions
FISH_COMPLETIONS = $(PREFIX)/share/fish/vendor_completions.d
DOCUMENTS = $(PREFIX)/share/doc/alma-people

install: build-shared
	install -d $(addprefix $(DESTDIR),$(PREFIX)/bin $(UNITS) $(LIBRARIES) $(COMMANDS) $(BASH_COMPLETIONS) $(ZSH_COMPLETIONS) \
	  $(FISH_COMPLETIONS) $(DOCUMENTS) $(addprefix $(MANUALS)/man,1 5 7 8))
	install -s -m 755 $(addprefix $(SHARED)/,$(STAGES) $(TOOLS)) $(DESTDIR)$(PREFIX)/bin/
	install -s -m 644 $$($(RUNTIME)) $(DESTDIR)$(LIBRARIES)/
	patchelf --set-rpath $(LIBRARIES) $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(STAGES) $(TOOLS)) $(DESTDIR)$(LIBRARIES)/*.so
	install -m 755 bin/alma-people-feed $(DESTDIR)$(PREFIX)/bin/
	install -m 644 bin/libexec/* $(DESTDIR)$(COMMANDS)/
	for section in 1 5 7 8; do install -m 644 man/*.$$section $(DESTDIR)$(MANUALS)/man$$section/ || exit 1; done
	for stage in $(STAGES); do \
	  $(SHARED)/$$stage --generate-completion-script bash | sed '1{/^#!/d}' > $(DESTDIR)$(BASH_COMPLETIONS)/$$stage && \
	  $(SHARED)/$$stage --generate-completion-script zsh > $(DESTDIR)$(ZSH_COMPLETIONS)/_$$stage && \
	  $(SHARED)/$$stage --generate-completion-script fish > $(DESTDIR)$(FISH_COMPLETIONS)/$$stage.fish || exit 1; \
	done
	install -m 644 completions/alma-people-feed.bash $(DESTDIR)$(BASH_COMPLETIONS)/alma-people-feed
	install -m 644 completions/alma-people-feed.zsh $(DESTDIR)$(ZSH_COMPLETIONS)/_alma-people-feed
	install -m 644 completions/alma-people-feed.fish $(DESTDIR)$(FISH_COMPLETIONS)/alma-people-feed.fish
	install -d $(DESTDIR)$(UNITS)/alma-people-.service.d
	install -m 644 examples/systemd/alma-people-*.{service,timer} $(DESTDIR)$(UNITS)/
	sed -i 's|/usr/bin/|$(PREFIX)/bin/|' $(addprefix $(DESTDIR)$(UNITS)/,$(notdir $(wildcard examples/systemd/*.service)))
	install -m 644 examples/systemd/alma-people-.service.d/* $(DESTDIR)$(UNITS)/alma-people-.service.d/
	install -d $(DESTDIR)$(PREFIX)/share/alma-people
	$(SHARED)/patron-to-xml --print-profile-schema > $(DESTDIR)$(PREFIX)/share/alma-people/profile.schema.json
	cp -R README.md CHANGELOG.md examples $(DESTDIR)$(DOCUMENTS)/
	sed -i 's|/usr/bin/alma|$(PREFIX)/bin/alma|g; s|^PATH=/usr/local/bin:|PATH=$(filter-out /usr/bin:,$(PREFIX)/bin:)|' \
	  $(DESTDIR)$(DOCUMENTS)/examples/cron.d/alma-people
	install -d $(DESTDIR)$(DOCUMENTS)/man
	install -m 644 man/*.png $(DESTDIR)$(DOCUMENTS)/man/

uninstall:
	rm -f $(addprefix $(DESTDIR),$(addprefix $(PREFIX)/bin/,$(STAGES) $(TOOLS) alma-people-feed) \
	  $(addprefix $(UNITS)/,$(notdir $(wildcard examples/systemd/*.service examples/systemd/*.timer))) $(addprefix $(BASH_COMPLETIONS)/,$(STAGES) alma-people-feed) \
	  $(addprefix $(ZSH_COMPLETIONS)/_,$(STAGES) alma-people-feed) \
	  $(patsubst %,$(FISH_COMPLETIONS)/%.fish,$(STAGES) alma-people-feed) \
	  $(foreach page,$(notdir $(wildcard man/*.[1-8])),$(MANUALS)/man$(subst .,,$(suffix $(page)))/$(page)))
	rm -rf $(DESTDIR)$(UNITS)/alma-people-.service.d $(DESTDIR)$(LIBRARIES) $(DESTDIR)$(COMMANDS) $(DESTDIR)$(DOCUMENTS) $(DESTDIR)$(PREFIX)/share/alma-people

# dpkg-buildpackage checks the build dependencies, and names those that are missing: make deps.
deb:
	DESTINATION=.build dpkg-buildpackage -b -us -uc -nc --changes-option=-u.build --buildinfo-option=-u.build \
	  --buildinfo-file=.build/alma-people.buildinfo --changes-file=.build/alma-people.changes
	dh_clean

check-package: deb
	Tests/Package/check-install
	Tests/Package/check .build/alma-people_$(VERSION)_$$(dpkg --print-architecture).deb

clean:
	rm -rf .build
