# The curl calls of the call webhooks' documentation, in its order. $API stands for its host.
set -eu
call() { curl -sS -w '\n' "$@"; }

call -X POST "$API/api/v1/webhooks" \
  -H "x-api-key: $HEPPU_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "url": "https://api.yourcompany.com/webhooks/heppu",
    "events": ["call.completed", "call.failed", "chat.message.received"],
    "description": "Production webhook endpoint",
    "secret": "whsec_your_secret_key_here"
  }' | tee "$FOLDER/created"
id=$(sed 's/.*"id":"\(webhook_[^"]*\)".*/\1/' "$FOLDER/created")

call "$API/api/v1/webhooks" \
  -H "x-api-key: $HEPPU_API_KEY"

call -X PATCH "$API/api/v1/webhooks/$id" \
  -H "x-api-key: $HEPPU_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "events": ["call.completed"],
    "status": "active"
  }'

call -X DELETE "$API/api/v1/webhooks/$id" -o /dev/null -w '%{http_code}\n' \
  -H "x-api-key: $HEPPU_API_KEY"

call -X POST "$API/api/v1/webhooks" \
  -H "x-api-key: $HEPPU_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "url": "https://abc123.ngrok.io/webhooks/heppu",
    "events": ["call.completed"]
  }'
