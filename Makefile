# Wulian 五链. `make` lists the targets.
PYTHON ?= python3
export WULIAN_HOME ?= $(CURDIR)/var

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types contracts migrations test-postgres test-browser check bench bench-large lock messages clean

help:  ## 列出所有命令 / list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: .venv/.installed  ## 建环境、建库、编译译文 / environment, database, translations
	@.venv/bin/wulian setup

run: .venv/.installed  ## 建好一切并启动 / set everything up and start
	@.venv/bin/wulian setup --demo
	@.venv/bin/wulian serve

test: .venv/.installed-dev  ## 在内嵌库上跑测试 / the test suite on SQLite
	@env -u DATABASE_URL .venv/bin/python -m pytest -q -n 2 --ignore=tests/browser

test-postgres: .venv/.installed-dev  ## 在 PostgreSQL 上跑同一套测试 / the same suite on PostgreSQL
	@scripts/with-postgres .venv/bin/python -m pytest -q -n 2 --ignore=tests/browser

test-browser: .venv/.installed-dev  ## 用浏览器走一遍 / journeys in Chromium
	@env -u DATABASE_URL .venv/bin/python -m pytest -q -n 0 tests/browser

lint: .venv/.installed-dev  ## 代码风格 / style
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

types: .venv/.installed-dev  ## 类型 / types
	@.venv/bin/mypy src

contracts: .venv/.installed-dev  ## 分层约定 / import contracts
	@.venv/bin/lint-imports

migrations: .venv/.installed-dev  ## 迁移齐全 / no missing migration
	@.venv/bin/python manage.py makemigrations --check --dry-run

check: test lint types contracts migrations  ## 提交前 / before a commit

bench: .venv/.installed-dev  ## 打印各项度量 / print the measured figures
	@.venv/bin/python -m benchmarks

bench-large: .venv/.installed-dev  ## 更大规模的度量，要几十分钟 / the same at the sizes of a city and beyond
	@.venv/bin/python -m benchmarks --large

lock: .venv/.installed-dev  ## 重写锁定的依赖 / write the locked dependencies again
	@scripts/lock

messages: .venv/.installed-dev  ## 检查译文齐全 / every message has its translation
	@.venv/bin/python -m pytest -q -n 0 tests/architecture/test_translations.py

clean:  ## 删除环境与演示数据 / remove the environment and the demonstration data
	rm -rf .venv var

.venv/bin/python:
	@PYTHON="$(PYTHON)" scripts/make-venv

.venv/.installed: .venv/bin/python requirements.lock pyproject.toml
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check "setuptools>=77" -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
