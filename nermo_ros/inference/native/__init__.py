# SPDX-License-Identifier: Apache-2.0
"""The graph as a program of its own: translated to C++, compiled for the processor at hand.

graph.py makes the graph one of known sizes, translation.py turns its operators into statements,
nests.py into loops, over memory that memory.py lays out; compiler.py makes a library of it.
"""
