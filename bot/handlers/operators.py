"""/stats, /health, /errors, /limits, /clearcache: for operators. Their permission is checked before."""

from bot.dialog.request import Reply, Request
from messaging.telegram.texts import operators as texts
from runtime.clock import now
from services.services import Services
from storage.keys import CacheName


async def stats(request: Request, services: Services) -> Reply:
    """Show the key figures on one screen."""
    del request
    return Reply(text=texts.stats_text(await services.system_status.statistics()))


async def health(request: Request, services: Services) -> Reply:
    """Show the health of each part."""
    del request
    return Reply(text=texts.health_text(await services.system_status.components()))


async def limits(request: Request, services: Services) -> Reply:
    """Show every limit as it is set, and whether Telegram takes anything."""
    del request
    paused = await services.limits.is_paused()
    return Reply(text=texts.limits_text(services.limits.values, paused=paused))


async def errors(request: Request, services: Services) -> Reply:
    """Show what processes logged as errors, grouped, the latest first."""
    del request
    found = await services.system_status.errors()
    return Reply(text=texts.errors_text(found, now=now().timestamp()))


async def clear_cache(request: Request, services: Services) -> Reply:
    """Empty the cache that the message names, in every process; without a name, list the caches."""
    name = request.words.strip().lower()
    if name not in set(CacheName):
        rates = {one.name: one.hit_rate for one in services.caches.statistics}
        return Reply(text=texts.caches_text({cache.value: rates.get(cache) for cache in CacheName}))
    number = await services.caches.clear(CacheName(name))
    return Reply(text=texts.cleared_text(name, number))
