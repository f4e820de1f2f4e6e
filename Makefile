# What a fresh Debian machine with Rust, make and a C compiler needs; see README.md.
SHELL := bash
FEATURES = $(if $(wildcard /usr/include/openssl/ssl.h),,--no-default-features)

.PHONY: demo test lint install deny

demo: install
	cargo build --release $(FEATURES)
	target/release/pass-numerique demo --folder var/demo

test: install lint deny
	tools/with-postgres.sh cargo test $(FEATURES)

lint: install
	cargo fmt --all --check
	cargo clippy --all-targets $(FEATURES) -- -D warnings

# The advisories database lives on a host that test machines may not reach: it is not asked.
deny: install
	command -v cargo-deny >/dev/null || cargo install cargo-deny --locked --quiet
	cargo deny --offline check licenses bans sources

install:
	@tools/install.sh
