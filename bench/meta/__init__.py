"""Meta's side of a measurement: one process that posts signed webhooks and answers as Graph, cheaply.

It knows nothing of Django and nothing of the product, builds every request before its clock starts, and listens and
speaks on 127.0.0.1 alone. It ends with whoever started it.
"""
