# SPDX-License-Identifier: Apache-2.0
"""Trained models on a device, numpy in and out."""
