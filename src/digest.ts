// Digests of texts.
import { toHex } from "./base64.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** SHA-256 of a text, in hex. */
export async function sha256(text: string): Promise<string> {
	return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text))));
}

const FNV_PRIME = 0x100000001b3n;

/** FNV-1a of a text's UTF-16 units in 64 bits, in hex: for where a promise can't be waited for. It keeps nobody from making two texts alike. */
export function quickDigest(text: string): string {
	let hash = 0xcbf29ce484222325n;
	for (let index = 0; index < text.length; index += 1)
		hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * FNV_PRIME);
	return hash.toString(16).padStart(16, "0");
}

/** HMAC-SHA-256 of a text under a key: bytes, or a text in UTF-8. */
export async function hmac(key: Uint8Array<ArrayBuffer> | string, text: string): Promise<Uint8Array> {
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const bytes = typeof key === "string" ? bytesOf(key) : key;
	const imported = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
	return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytesOf(text)));
}
