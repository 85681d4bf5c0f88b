// The receiver that the call webhooks' documentation shows for Node.js, its Express chain written out on plain HTTP: take the
// raw body, verify, tell doubles by their id, handle by event.
import crypto from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

type Event = Readonly<Record<string, unknown>> & {
	readonly event: string;
	readonly callMetadata?: { readonly context?: { readonly previousAttempts?: number } };
	readonly chatMetadata?: { readonly resolved?: boolean };
};

/** What it printed, line by line. */
export const printed: string[] = [];

const processedDeliveries = new Set<unknown>();

function verifyWebhookSignature(payload: string, signature: string, timestamp: string, secret: string) {
	const currentTime = Math.floor(Date.now() / 1000);
	const timeDiff = currentTime - Number.parseInt(timestamp, 10);
	if (timeDiff > 300) throw new Error("Webhook timestamp too old");
	if (!signature.startsWith("sha256=")) throw new Error("Invalid signature format");
	const receivedHash = signature.replace("sha256=", "");
	const expectedHash = crypto.createHmac("sha256", secret).update(payload).digest("hex");
	if (!crypto.timingSafeEqual(Buffer.from(receivedHash), Buffer.from(expectedHash))) {
		throw new Error("Signature verification failed");
	}
	return true;
}

function handle(event: Event): void {
	switch (event.event) {
		case "call.completed":
			printed.push(`Call ${event.conversationId} completed`);
			printed.push(`Duration: ${event.duration}s`, `Summary: ${event.summary}`);
			break;
		case "call.failed":
		case "call.busy":
		case "call.no-answer":
			printed.push(`Call ${event.conversationId} ${event.event}`);
			printed.push(`Previous attempts: ${event.callMetadata?.context?.previousAttempts || 0}`);
			break;
		case "chat.completed":
		case "chat.resolved":
			printed.push(`Chat ${event.conversationId} completed`);
			printed.push(`Messages: ${event.messageCount}`, `Resolved: ${event.chatMetadata?.resolved}`);
			break;
		case "chat.abandoned":
			printed.push(`Chat ${event.conversationId} abandoned`);
			break;
		default:
			printed.push(`Unknown event type: ${event.event}`);
	}
}

/** A receiver that holds a secret; without one it verifies nothing. */
export function expressReceiver(secret: () => string | undefined) {
	return async (req: IncomingMessage, res: ServerResponse) => {
		const json = (status: number, body: object) =>
			res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
		const rawBody = await text(req);
		const signature = String(req.headers["x-webhook-signature-256"]);
		const timestamp = String(req.headers["x-webhook-timestamp"]);
		const held = secret();
		try {
			if (held) verifyWebhookSignature(rawBody, signature, timestamp, held);
		} catch {
			return json(401, { error: "Invalid signature" });
		}
		const webhookId = req.headers["x-webhook-id"];
		if (processedDeliveries.has(webhookId)) printed.push("Duplicate webhook, skipping");
		else handle(JSON.parse(rawBody));
		processedDeliveries.add(webhookId);
		return json(200, { received: true });
	};
}
