# SPDX-License-Identifier: Apache-2.0
"""The implicit representation in torch."""
