"""What takes long to load: all of both services but their `main`, which reads the settings as it is imported."""

import analytics_api.analyses.endpoints
import analytics_api.replica.endpoints  # noqa: F401
import data_api.events.endpoints
import data_api.lists.endpoints
import data_api.messages.endpoints
import data_api.overview.endpoints
import data_api.people.endpoints
import data_api.sessions.endpoints
import data_api.suggestions.endpoints
import data_api.tickets.endpoints  # noqa: F401
from data_api.categorising.encoder import get_encoder
from data_api.similar.vectors import centred

centred(get_encoder().encode(["What takes long is done once."]))
