"""Meta's Graph API, as far as we speak it; knows neither Django nor the product."""
