"""Meta's side of the wire, for demos and tests: Graph answers, signed webhooks, a phone to type on."""
