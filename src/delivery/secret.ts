// A webhook's signing secret: generating it, showing its beginning, and deriving the key.
import { fromBase64, toBase64 } from "../base64.ts";

const PREFIX = "whsec_";
const KEY_BYTES = 24;

/** A new secret: `whsec_` and 24 random bytes in base64, as Standard Webhooks defines it. */
export function newSecret(): string {
	return PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
}

/** The part that answers may show: nine characters of a `whsec_` secret, four of any other, which has no public prefix. */
export function secretPrefix(secret: string): string {
	return secret.slice(0, secret.startsWith(PREFIX) ? 9 : 4);
}

/**
 * The HMAC key of the `webhook-signature` header. Standard Webhooks: the part after `whsec_`, decoded, if that is strict base64
 * of at least 24 bytes. Any other secret is used as its UTF-8 bytes, which the libraries call the raw format.
 */
export function signingKey(secret: string): Uint8Array<ArrayBuffer> {
	const decoded = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : null;
	return decoded && decoded.length >= KEY_BYTES ? decoded : Uint8Array.from(new TextEncoder().encode(secret));
}
