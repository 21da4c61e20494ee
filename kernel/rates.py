"""How often something may be asked: counted in the cache, which all processes of an installation share."""

import logging
import time

from django.core.cache import cache

logger = logging.getLogger(__name__)


def seconds_to_wait(name: str, *, limit: int, per: int = 60) -> int:
    """Count one more, and say how long to wait: 0 while there were at most ``limit`` in this window of seconds.

    A cache that is away lets everybody through: limits spare the machine, they are no lock.
    """
    now = time.time()
    window = int(now // per)
    key = f"rate:{name}:{per}:{window}"
    try:
        cache.add(key, 0, timeout=per * 2)
        count = cache.incr(key)
    except ValueError:  # evicted between the two
        return 0
    except Exception:
        logger.warning("Rates are not counted: the cache can't be reached", exc_info=True)
        return 0
    return 0 if count <= limit else max(1, int((window + 1) * per - now) + 1)
