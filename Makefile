# What a fresh Debian machine with Rust, make and a C compiler needs; see README.md.
SHELL := bash
.DEFAULT_GOAL := help

# Empty, or `--no-default-features` where the PostgreSQL client cannot be built: SQLite only then.
FEATURES = $(shell tools/features.sh)

.PHONY: help demo run web test bench fuzz lint deny install

help:
	@echo "make demo     builds, makes a cast and weeks of history in var/demo, serves it"
	@echo "make run      serves an empty database, var/pass-numerique.sqlite"
	@echo "make web      builds the scanner, which the program embeds"
	@echo "make test     installs what it lacks, then every check: format, lints, licences, tests"
	@echo "make bench    measures on both databases, next to the raw database"
	@echo "make fuzz     sends generated requests to every operation of openapi.yaml, as every role"
	@echo "make lint     format and lints only"
	@echo "make install  installs the prerequisites only"

demo: web
	@tools/install.sh build
	cargo run --release $(FEATURES) -- demo

# An empty service on SQLite; its database and keys stay in var.
run: export PASS_NUMERIQUE_DATABASE = sqlite:var/pass-numerique.sqlite
run: export PASS_NUMERIQUE_KEYS = var/keys
run: web
	@tools/install.sh build
	@mkdir -p var
	cargo build --release $(FEATURES)
	target/release/pass-numerique migrate
	[ -d var/keys ] || target/release/pass-numerique keygen
	target/release/pass-numerique serve --host 127.0.0.1:8080 --second-factor offered

web:
	@tools/web.sh build

# The tests come last: what they end with is what this ends with. The program that the browser
# meets is built with them: alone, its packages would have fewer features, and be built twice.
test: install web lint deny
	tools/web.sh test
	cargo test --no-run $(FEATURES)
	tools/web.sh browser
	tools/with-postgres.sh cargo test $(FEATURES)

bench: install
	tools/with-postgres.sh --durable cargo bench $(FEATURES) --bench '*'

fuzz:
	@tools/install.sh build
	tools/fuzz-api.sh

lint: install
	cargo fmt --all --check
	cargo clippy --all-targets $(FEATURES) -- -D warnings

deny: install
	@echo "deny: licences, bans and sources; left out: advisories, whose database needs the network"
	@cargo fetch --locked --quiet
	cargo deny --offline check licenses bans sources

install:
	@tools/install.sh
