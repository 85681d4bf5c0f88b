// A webhook's signing secret: how one is made, shown and turned into a key.
import { fromBase64, toBase64 } from "../base64.ts";

const PREFIX = "whsec_";
const KEY_BYTES = 24;

/** A fresh secret: `whsec_` and the base64 of 24 random bytes, as Standard Webhooks spells it. */
export function newSecret(): string {
	return PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
}

/** What may be shown again: nine characters of a `whsec_` secret, four of any other, whose prefix is secret already. */
export function secretPrefix(secret: string): string {
	return secret.slice(0, secret.startsWith(PREFIX) ? 9 : 4);
}

/**
 * The HMAC key of the `webhook-signature` header. Standard Webhooks: what follows `whsec_`, decoded, where that is strict
 * base64 of at least 24 bytes. Any other secret is its own UTF-8 bytes, which the libraries call the raw format.
 */
export function signingKey(secret: string): Uint8Array {
	const decoded = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : null;
	return decoded && decoded.length >= KEY_BYTES ? decoded : new TextEncoder().encode(secret);
}
