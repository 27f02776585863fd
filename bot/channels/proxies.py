"""The way out of the office, by a proxy where one is set."""

import urllib.request


def is_proxy_set() -> bool:
    """Whether the environment names a proxy. Where it names none, aiohttp is not to look for one:
    it would do so at each request, in a thread, which takes longer than the request."""
    return bool(urllib.request.getproxies().keys() - {"no"})
