// The signatures of one attempt, in two schemes: the older X-Webhook-Signature-256 over the body alone, and Standard Webhooks
// over id, timestamp and body. Both use the same secret, with different key derivations.
import { toBase64, toHex } from "../base64.ts";
import { hmac } from "../digest.ts";
import { signingKey } from "./secret.ts";

/** A webhook's secrets: `previous` only during the grace period of a rotation. */
export interface SigningSecrets {
	readonly current: string;
	readonly previous?: string;
}

export interface SignatureInput {
	/** Null for an unsigned webhook. */
	readonly secrets: SigningSecrets | null;
	readonly deliveryId: string;
	/** Unix seconds of this attempt. */
	readonly timestamp: number;
	/** The exact text that is sent. */
	readonly body: string;
}

/**
 * The identity and signature headers of one attempt; without secrets only `webhook-id` and `webhook-timestamp`.
 * `webhook-signature` (Standard Webhooks 1.0, symmetric) holds one signature per secret, the current one's first. The older
 * header holds one, because its receivers compare the whole value: the previous secret's while there is one.
 */
export async function signatureHeaders(input: SignatureInput): Promise<Record<string, string>> {
	const { secrets, deliveryId, timestamp, body } = input;
	const identity = { "webhook-id": deliveryId, "webhook-timestamp": String(timestamp) };
	if (!secrets) return identity;
	const live = secrets.previous === undefined ? [secrets.current] : [secrets.current, secrets.previous];
	const content = `${deliveryId}.${timestamp}.${body}`;
	const [older, ...standard] = await Promise.all([
		hmac(secrets.previous ?? secrets.current, body),
		...live.map((secret) => hmac(signingKey(secret), content)),
	]);
	return {
		...identity,
		"webhook-signature": standard.map((signature) => `v1,${toBase64(signature)}`).join(" "),
		"X-Webhook-Signature-256": `sha256=${toHex(older)}`,
	};
}
