"""The product's own settings, with a bot, a message and a file that may be poisonous."""

from ocs_meta.settings import *  # noqa: F403
from ocs_meta.settings import BOT_ENGINES, GATEWAYS

BOT_ENGINES = BOT_ENGINES | {"poisonous": "tests.processes.poison.engine.PoisonousEngine"}
NOTIFICATION_READERS = {"meta": "tests.processes.poison.reader.PoisonousReader"}
GATEWAYS = GATEWAYS | {"meta_cloud_api": "tests.processes.poison.gateway.PoisonousGateway"}
