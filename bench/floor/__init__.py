"""The reference floor: what Django and a server cost where a webhook's signature is checked, and nothing else done."""
