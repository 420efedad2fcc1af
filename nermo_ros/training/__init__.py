# SPDX-License-Identifier: Apache-2.0
"""The outer loop and the export, in torch."""
