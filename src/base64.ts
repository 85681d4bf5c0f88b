// Bytes as text. Workers have this built in, the Node that runs our scripts does not yet; btoa and atob are in both.

/** Standard base64 (RFC 4648 §4) of the bytes, with padding. */
export function toBase64(bytes: Uint8Array): string {
	let characters = "";
	for (const byte of bytes) characters += String.fromCharCode(byte);
	return btoa(characters);
}

/** The bytes of a standard base64 text, or null unless it is exactly what `toBase64` would have written. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
	let characters: string;
	try {
		characters = atob(text);
	} catch {
		return null;
	}
	const bytes = Uint8Array.from(characters, (character) => character.charCodeAt(0));
	// atob accepts blanks, missing padding and stray bits in the last character; each value must have exactly one spelling.
	return toBase64(bytes) === text ? bytes : null;
}

/** Base64url (RFC 4648 §5) of the bytes, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
	return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of an unpadded base64url text, or null unless it is exactly what `toBase64Url` would have written. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
	if (/[+/=]/.test(text)) return null;
	const padding = "=".repeat((4 - (text.length % 4)) % 4);
	return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
}

/** Lower-case hex of the bytes. */
export function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
