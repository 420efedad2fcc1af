# SPDX-License-Identifier: Apache-2.0
# make demo: a recorded pair of people through the node, in an environment of its own, without torch
# make results: docs/results.md anew from the figures in docs/results
# make bench: docs/performance.md from figures taken on this machine, which must have nothing else to do
# make robot: a simulated arm beside recorded people, docs/robot.md and the README's figures of it
# make test, make lint: the checks, in an environment that has everything
# make test-rtx: TensorRT-RTX (300 MB) builds engines of the shipped models; no GPU is needed
PYTHON ?= python3
# Options of pip may follow, such as an index with builds for the CPU alone.
TORCH ?= torch==2.13.0
PIP = -m pip install --quiet --disable-pip-version-check

BUILD := setup.py CMakeLists.txt pyproject.toml package.xml $(wildcard msg/*.msg srv/*.srv)
PACKAGE := $(shell find nermo_ros launch config scripts -type f -not -path '*/__pycache__/*')

# The environments bring their own ROS 2: nothing of a sourced one may leak in.
unexport AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH LD_LIBRARY_PATH PYTHONPATH
unexport RMW_IMPLEMENTATION ROS_DISTRO VIRTUAL_ENV _ROS_WHEELS_BOOTSTRAP_COMPLETE

FITS = import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))
HEADERS = import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")
MISSING = $(strip $(shell \
  command -v $(CXX) >/dev/null || echo g++; \
  $(PYTHON) -c '$(FITS)' 2>/dev/null || echo python3; \
  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv; \
  $(PYTHON) -c '$(HEADERS)' 2>/dev/null || echo python3-dev))
REQUIRE = $(if $(MISSING),$(error needs Python 3.10 to 3.13 and a compiler: \
  apt-get install $(MISSING) (or name another Python: make PYTHON=python3.12)))

.NOTPARALLEL:
.PHONY: demo results bench robot test test-rtx lint clean

demo: .venv/installed
	.venv/bin/nermo demo

results: .venv/installed
	.venv/bin/nermo results docs/results --out docs/results.md

bench: .venv-test/installed
	PYTHONPATH=$(CURDIR) .venv-test/bin/python -m nermo_ros.cli.main bench \
	  --json docs/performance/bench.json --plot docs/performance/bench.png
	PYTHONPATH=$(CURDIR) .venv-test/bin/python -m nermo_ros.cli.main bench --read docs/performance

robot: .venv/installed
	.venv/bin/nermo robot --json docs/results/robot.json --picture docs/robot.png \
	  --fill README.md docs/robot.md

# The tests see the sources of this folder, and the messages as they were installed.
test: .venv-test/installed
	PYTHONPATH=$(CURDIR) .venv-test/bin/python -m pytest $(PYTEST)

test-rtx: .venv-rtx/installed
	PYTHONPATH=$(CURDIR) NERMO_NEEDS_TENSORRT=1 \
	  .venv-rtx/bin/python -m pytest test/inference/test_tensorrt_rtx.py

lint: .venv-test/installed
	.venv-test/bin/ruff check --quiet .
	.venv-test/bin/ruff format --check --quiet .
	.venv-test/bin/mypy

.venv/installed: $(BUILD) $(PACKAGE)
	$(REQUIRE)@echo 'Installing nermo_ros into .venv (a minute or two)'
	@$(PYTHON) -m venv .venv
	@.venv/bin/python $(PIP) '.[demo]'
	@touch $@

.venv-test/installed: $(BUILD)
	$(REQUIRE)@echo 'Installing nermo_ros into .venv-test (a few minutes)'
	@$(PYTHON) -m venv .venv-test
	@.venv-test/bin/python $(PIP) $(TORCH)
	@.venv-test/bin/python $(PIP) '.[test,lint]'
	@touch $@

.venv-rtx/installed: $(BUILD)
	$(REQUIRE)@echo 'Installing TensorRT-RTX into .venv-rtx (a few minutes)'
	@$(PYTHON) -m venv .venv-rtx
	@.venv-rtx/bin/python $(PIP) '.[tensorrt-rtx]' pytest hypothesis onnx
	@touch $@

clean:
	rm -rf .venv .venv-rtx .venv-test build install log demo_out *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
