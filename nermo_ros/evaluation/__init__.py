# SPDX-License-Identifier: Apache-2.0
"""Protocols and scores, in numpy."""
