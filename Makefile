# Everything a person does with the source. Needs Python 3.11, make and git; the rest installs itself into .venv.
.DEFAULT_GOAL := help
.PHONY: help run install test check bench model fmt messages base dev node lint types floors templates migrations words
SHELL := /bin/sh
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
# Checks read the settings, but neither a database nor a data folder.
SETTINGS := DJANGO_SETTINGS_MODULE=muhatap.config.settings DATABASE_URL=postgresql://localhost/none MUHATAP_SECRET_KEY=only-for-checks-0123456789abcdef
SIZE ?= full
TESTS ?=

help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: base $(CATALOGUES)  ## start Muhatap here, with the demo shop if the database is new; Ctrl-C stops it
	@exec $(BIN)/python -m muhatap serve --demo

install: base $(CATALOGUES)  ## only install, for a server that systemd starts (deploy/)

test: dev node $(CATALOGUES)  ## run all tests, in parallel; TESTS=tests/contacts runs those
	@MUHATAP_CHROMIUM="$$(tools/chromium)" $(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS)

check: lint types floors templates migrations words  ## look for faults without running: style, types, floors, translations
	@echo "All checks passed."

bench: dev $(CATALOGUES)  ## measure: make bench NAME=crash [SIZE=small]; prints one JSON line
	@test -n "$(NAME)" || { echo "Say which: make bench NAME=$$(ls benchmarks/*.py | sed 's|.*/||; s|\.py||' | grep -v -e __ -e report | paste -sd'|' -)" >&2; exit 2; }
	@$(BIN)/python -m benchmarks.$(NAME) --size=$(SIZE)

model:  ## make the reading model anew from training/, from the same texts the same bytes on the same kind of processor
	@tools/install model
	@OMP_NUM_THREADS=1 $(BIN)/python -m training.build

fmt: dev  ## put the source into its form
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

messages: dev  ## collect what must be translated into locale/*.po
	@$(BIN)/python -m tools.messages collect

lint: dev
	@$(BIN)/ruff check --quiet --output-format=concise .
	@$(BIN)/ruff format --quiet --check .

types: dev
	@$(SETTINGS) $(BIN)/mypy --no-error-summary

floors: dev
	@$(BIN)/lint-imports --no-cache > .cache/floors 2>&1 || { cat .cache/floors; exit 1; }

templates: dev
	@$(BIN)/djlint muhatap --lint --quiet

migrations: dev
	@$(SETTINGS) $(BIN)/python -W ignore -m django check
	@$(SETTINGS) $(BIN)/python -W ignore -m django makemigrations --check --dry-run

words: dev
	@$(BIN)/python -m tools.messages check

%.mo: %.po
	@$(BIN)/python -m tools.messages compile >/dev/null

base:
	@tools/install base

node: dev
	@$(BIN)/python -m tools.node

dev:
	@tools/install dev
	@mkdir -p .cache
