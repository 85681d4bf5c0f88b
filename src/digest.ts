// Digests of texts.
import { toHex } from "./base64.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** SHA-256 of a text, in hex. */
export async function sha256(text: string): Promise<string> {
	return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text))));
}

/** HMAC-SHA-256 of a text under a key: bytes, or a text in UTF-8. */
export async function hmac(key: Uint8Array<ArrayBuffer> | string, text: string): Promise<Uint8Array> {
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const bytes = typeof key === "string" ? bytesOf(key) : key;
	const imported = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
	return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytesOf(text)));
}
