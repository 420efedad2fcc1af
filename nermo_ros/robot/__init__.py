# SPDX-License-Identifier: Apache-2.0
"""A simulated arm beside recorded people: what a speed rule makes of what it is told of them."""
