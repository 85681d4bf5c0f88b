// Hashes and signatures, in hexadecimal.

const encoder = new TextEncoder();
const hexOf = (bytes: ArrayBuffer) =>
	Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = async (text: string) =>
	hexOf(await crypto.subtle.digest("SHA-256", encoder.encode(text)));

export async function hmac(secret: string, text: string): Promise<string> {
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
	return hexOf(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
}
