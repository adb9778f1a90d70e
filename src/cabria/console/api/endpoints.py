"""Every endpoint there is."""

from __future__ import annotations

from cabria.console.api import berths_api, live_api, past_api, people_api, plans_api, training_api, tries_api, yard_api
from cabria.console.api.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *people_api.ENDPOINTS,
    *plans_api.ENDPOINTS,
    *live_api.ENDPOINTS,
    *past_api.ENDPOINTS,
    *tries_api.ENDPOINTS,
    *training_api.ENDPOINTS,
    *yard_api.ENDPOINTS,
    *berths_api.ENDPOINTS,
)
