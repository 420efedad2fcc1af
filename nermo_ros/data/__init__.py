# SPDX-License-Identifier: Apache-2.0
"""Recordings to learn from, windows, augmentation, missing data."""
