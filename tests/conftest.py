"""Settings of the whole test run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The ordinary run tries the same examples every time, so that a failure is the change's; `--hypothesis-profile=intense`
# looks for new ones.
settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("intense", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")
