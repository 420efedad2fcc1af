# SPDX-License-Identifier: Apache-2.0
"""What Linux tells about a running process."""

import os
from pathlib import Path


def memory(pid: int | str = 'self') -> dict[str, float]:
    """Resident memory in MB: rss now, peak so far.

    Not getrusage's ru_maxrss, which counts what the parent held when it forked.
    """
    status = Path(f'/proc/{pid}/status').read_text()
    lines = dict(line.split(':', 1) for line in status.splitlines())
    kilobytes = {'rss': lines['VmRSS'], 'peak': lines['VmHWM']}
    return {name: round(int(text.split()[0]) / 1000, 1) for name, text in kilobytes.items()}


def processor_seconds(pid: int) -> float:
    """What all threads of a process have used so far, in user and in system mode."""
    # Behind the name, which may hold spaces and brackets; see proc(5).
    fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
