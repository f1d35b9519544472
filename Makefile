# make          build the six executables
# make demo     a whole night on the examples
# make check    lint, all tests, and the ceilings of instructions a person
# make chaos    whole nights at random, for hours: SEED= ROUNDS= (2000), or CASE= with KEEP=1
# make fuzz     look for inputs that break a promise, for SECONDS=60 each; TARGET=people for one kind
# make bench    measure, beside peers
# make install  PREFIX=/usr/local DESTDIR=
# make deb      a Debian package

SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
BUILD := .build/release
STAGES := ps-fetch patron-validate patron-to-xml feed-zip feed-push notify-mail
VERSION := $(shell sed -n 's/.*current = "\(.*\)"/\1/p' Sources/Stage/Version.swift)

# Debian packages: to build with, to run with, to show the demo with, to check with.
BUILD_PACKAGES := pkg-config libxml2-dev libarchive-dev nettle-dev libcurl4-openssl-dev zlib1g-dev
RUN_PACKAGES := openssh-client
DEMO_PACKAGES := libxml2-utils unzip
CHECK_PACKAGES := $(RUN_PACKAGES) $(DEMO_PACKAGES) mandoc shellcheck jq valgrind zip openssl openssh-server \
  openssh-sftp-server nginx-light msmtp procps util-linux python3 python3-aiosmtpd python3-asyncssh unicode-data binutils \
  gcc libc6-dev libexpat1-dev strace mount

# Installs those of the packages that are not there.
install-packages = @missing=$$(for package in $(1); do \
    dpkg-query -W -f '$${Status}\n' $$package 2>/dev/null | grep -q ' installed$$' || echo $$package; done); \
  if [ -n "$$missing" ]; then echo "installing $$missing" | tr '\n' ' '; echo; \
    root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
    $$root apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$root apt-get -qq install -y \
      -o DPkg::Lock::Timeout=300 --no-install-recommends $$missing >/dev/null; fi

.PHONY: all build demo check lint test chaos chaos-short fuzz bench bench-instructions install deb clean build-packages demo-packages check-packages

all: build

build-packages:
	$(call install-packages,$(BUILD_PACKAGES))

demo-packages:
	$(call install-packages,$(DEMO_PACKAGES))

check-packages:
	$(call install-packages,$(BUILD_PACKAGES) $(CHECK_PACKAGES))

build: build-packages
	@# The static Foundation names mktemp, which nothing here calls.
	$(SWIFT) build -c release --static-swift-stdlib --quiet > >(grep -v 'mktemp. is dangerous') 2>&1

demo: build demo-packages
	PATH=$(CURDIR)/$(BUILD):$$PATH examples/a-night

check: check-packages lint test chaos-short bench-instructions

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	shellcheck bin/alma-people-feed examples/a-night .ci/run Tests/Fuzz/run
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

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/alma-people
	for stage in $(STAGES); do \
	  install -s -m 755 $(BUILD)/$$stage $(DESTDIR)$(PREFIX)/bin/$$stage || exit 1; \
	done
	install -m 755 bin/alma-people-feed $(DESTDIR)$(PREFIX)/bin/
	for section in 1 5 7 8; do \
	  install -d $(DESTDIR)$(PREFIX)/share/man/man$$section && \
	  install -m 644 man/*.$$section $(DESTDIR)$(PREFIX)/share/man/man$$section/ || exit 1; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	for stage in $(STAGES); do \
	  $(BUILD)/$$stage --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$stage && \
	  $(BUILD)/$$stage --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$stage && \
	  $(BUILD)/$$stage --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$stage.fish \
	  || exit 1; \
	done
	cp -R README.md CHANGELOG.md examples $(DESTDIR)$(PREFIX)/share/doc/alma-people/

deb: build
	$(call install-packages,patchelf dpkg-dev binutils)
	rm -rf .build/deb && $(MAKE) install PREFIX=/usr DESTDIR=$(CURDIR)/.build/deb
	for stage in $(STAGES); do patchelf --remove-rpath .build/deb/usr/bin/$$stage || exit 1; done
	install -d .build/deb/DEBIAN .build/deb-source/debian
	@# The libraries, in the versions that the executables need; and what they need besides.
	printf '%s\n' 'Source: alma-people' '' 'Package: alma-people' 'Architecture: any' > .build/deb-source/debian/control
	libraries=$$(cd .build/deb-source && dpkg-shlibdeps -O $(STAGES:%=../deb/usr/bin/%) | sed -n 's/^shlibs:Depends=//p') && \
	[ -n "$$libraries" ] && \
	printf '%s\n' 'Package: alma-people' 'Version: $(VERSION)' "Architecture: $$(dpkg --print-architecture)" \
	  'Section: net' 'Priority: optional' 'Maintainer: alma-people maintainers <maintainers@alma-people.example>' \
	  "Depends: $$libraries, bash, ca-certificates, openssh-client, tzdata" \
	  'Description: load library patrons from the PeopleSoft API store into Alma' \
	  ' Six filters that fetch, validate, convert, zip, deliver and report, and a script for cron.' > .build/deb/DEBIAN/control
	dpkg-deb --root-owner-group --build .build/deb .build/alma-people_$(VERSION)_$$(dpkg --print-architecture).deb

clean:
	rm -rf .build
