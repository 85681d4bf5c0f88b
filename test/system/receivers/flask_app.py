"""The receiver that the call webhooks' documentation shows for Python. A line on standard input is the secret to hold from
then on, and is answered by `held`; what the samples print goes to standard error, so that it is seen when a test fails."""
import hashlib
import hmac
import os
import sys
import threading
import time

from flask import Flask, request, jsonify, abort

app = Flask(__name__)


def log(line):
    print(line, file=sys.stderr)


def verify_webhook_signature(payload, signature, timestamp, secret):
    current_time = int(time.time())
    time_diff = current_time - int(timestamp)
    if time_diff > 300:
        raise ValueError("Webhook timestamp too old")
    if not signature.startswith("sha256="):
        raise ValueError("Invalid signature format")
    received_hash = signature.replace("sha256=", "")
    expected_hash = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(received_hash, expected_hash):
        raise ValueError("Signature verification failed")
    return True


@app.route("/webhooks/calls", methods=["POST"])
def handle_webhook():
    signature = request.headers.get("X-Webhook-Signature-256")
    timestamp = request.headers.get("X-Webhook-Timestamp")
    secret = os.environ.get("WEBHOOK_SECRET")
    if secret:
        try:
            payload = request.get_data(as_text=True)
            verify_webhook_signature(payload, signature, timestamp, secret)
        except ValueError as error:
            log(f"Webhook verification failed: {error}")
            abort(401)

    event = request.json
    event_type = event["event"]
    if event_type == "call.completed":
        handle_call_completed(event)
    elif event_type in ["call.failed", "call.busy", "call.no-answer"]:
        handle_call_failed(event)
    elif event_type in ["chat.completed", "chat.resolved"]:
        handle_chat_completed(event)
    elif event_type == "chat.abandoned":
        log(f"Chat {event['conversationId']} abandoned")
    else:
        log(f"Unknown event type: {event_type}")
    return jsonify({"received": True}), 200


def handle_call_completed(event):
    log(f"Call {event['conversationId']} completed")
    log(f"Duration: {event.get('duration')}s")
    log(f"Summary: {event.get('summary')}")


def handle_call_failed(event):
    log(f"Call {event['conversationId']} {event['event']}")
    call_meta = event.get("callMetadata", {})
    context = call_meta.get("context", {})
    log(f"Previous attempts: {context.get('previousAttempts', 0)}")


def handle_chat_completed(event):
    log(f"Chat {event['conversationId']} completed")
    log(f"Messages: {event.get('messageCount')}")
    chat_meta = event.get("chatMetadata", {})
    log(f"Resolved: {chat_meta.get('resolved')}")


def hold_secrets():
    for line in sys.stdin:
        os.environ["WEBHOOK_SECRET"] = line.strip()
        print("held", flush=True)
    # Whoever started us is gone.
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=hold_secrets, daemon=True).start()
    app.run(port=int(os.environ["PORT"]))
