"""What it takes to speak for one provider."""

from dataclasses import dataclass, field, replace

from channels_app.graph.client import GraphClient
from channels_app.graph.transport import GRAPH, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A WhatsApp Business Account, the token that opens it, and the Meta app that the token was made for.

    `app_id` may be empty. `proof` says whether calls carry `appsecret_proof`.
    """

    provider_id: str
    waba_id: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    app_id: str = ""
    base_url: str
    version: str
    proof: bool = True
    template_language: str = "en"

    def client(self, transport: Transport = GRAPH) -> GraphClient:
        return GraphClient(
            base_url=self.base_url,
            version=self.version,
            token=self.token,
            app_secret=self.app_secret or None,
            proof=self.proof,
            transport=transport,
        )

    def app_client(self, transport: Transport = GRAPH) -> GraphClient:
        """Speaks as the app itself, which may ask about tokens. Of use only where `app_id` is known."""
        return replace(self.client(transport), token=f"{self.app_id}|{self.app_secret}", app_secret=None)
