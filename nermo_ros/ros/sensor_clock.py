# SPDX-License-Identifier: Apache-2.0
"""What time it is for a sensor whose clock may not be ours."""

# s from stamp to receipt; outside of it the sensor's clock is taken not to be ours.
LEAST_DELAY, MOST_DELAY = -0.05, 0.5
NANOSECONDS = 1_000_000_000


class SensorClock:
    """All times are int ns: stamps by the sensor's clock, `receipt` and `now` by the node's.

    newest: stamp of the newest observation, 0 before the first; latency: s by which the sensor
    stamps too late, which has been taken off the stamps.
    """

    def __init__(self, latency: float):
        self.newest = 0
        self._latency = latency
        self._receipt = 0
        self._ours = False

    def hear(self, newest: int, receipt: int) -> str:
        """An observation has come in, the newest is of that stamp; returns why the clocks are
        taken to differ, empty where they are not or nothing newer came."""
        self._receipt = receipt
        if newest == self.newest:
            return ''
        self.newest = newest
        delay = (receipt - newest) / NANOSECONDS
        self._ours = LEAST_DELAY <= delay <= MOST_DELAY + self._latency
        if self._ours:
            return ''
        return (
            f'stamps are {delay:.2f} s behind the clock of this node, so that only the time since '
            'their receipt is compensated: synchronise the clocks, set use_sim_time for a bag, or '
            'set compensate_latency to false'
        )

    def silence(self, now: int) -> float:
        """Seconds since an observation came in."""
        return (now - self._receipt) / NANOSECONDS

    def age(self, now: int) -> float:
        """Seconds since what the newest observation shows; since its receipt where the clocks
        differ. Not less than 0."""
        silence = max(0.0, self.silence(now))
        return max(silence, (now - self.newest) / NANOSECONDS) if self._ours else silence

    def time(self, now: int) -> int:
        """Now by the sensor's clock, as if nothing took time before receipt."""
        return self.newest + max(0, now - self._receipt)
