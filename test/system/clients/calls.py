"""The Python calls of the call webhooks' documentation, in its order. API stands for its host."""
import os

import requests

API = os.environ["API"]

response = requests.post(
    f"{API}/api/v1/webhooks",
    headers={"x-api-key": os.environ.get("HEPPU_API_KEY")},
    json={
        "url": "https://api.yourcompany.com/webhooks/heppu",
        "events": ["call.completed", "call.failed", "chat.message.received"],
        "description": "Production webhook endpoint",
        "secret": "whsec_your_secret_key_here",
    },
)
webhook = response.json()
print("Webhook created:", webhook["data"]["id"])

response = requests.get(
    f"{API}/api/v1/webhooks",
    headers={"x-api-key": os.environ.get("HEPPU_API_KEY")},
)
print("Webhooks:", ",".join(one["id"] for one in response.json()["data"]))

response = requests.patch(
    f"{API}/api/v1/webhooks/{webhook['data']['id']}",
    headers={"x-api-key": os.environ.get("HEPPU_API_KEY")},
    json={
        "events": ["call.completed"],
        "status": "active",
    },
)
print("Webhook updated:", ",".join(response.json()["data"]["events"]))

response = requests.delete(
    f"{API}/api/v1/webhooks/{webhook['data']['id']}",
    headers={"x-api-key": os.environ.get("HEPPU_API_KEY")},
)
print("Webhook deleted:", str(response.status_code == 204).lower())
