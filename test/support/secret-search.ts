// Finds a secret in texts, also in an encoded form.
import { toBase64, toHex } from "../../src/base64.ts";

/** The length of the secret's end to search for: its beginning may be shown. */
const TAIL = 16;

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Base64 of a text inside a longer one: for each of the three offsets, without the variable ends. */
function inBase64(text: string): string[] {
	return [0, 1, 2].map((offset) => {
		const padded = new Uint8Array([...new Uint8Array(offset), ...bytesOf(text)]);
		const whole = padded.subarray(0, padded.length - (padded.length % 3));
		return toBase64(whole).slice(offset === 0 ? 0 : 4);
	});
}

/** All encodings of a secret to search for: plain, JSON, base64 in both alphabets, hex. */
export function writingsOf(secret: string): string[] {
	const tail = secret.slice(-TAIL);
	const base64 = inBase64(tail);
	return [
		tail,
		JSON.stringify(tail).slice(1, -1),
		...base64,
		...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
		toHex(bytesOf(tail)),
		toHex(bytesOf(tail)).toUpperCase(),
	];
}

/** The names of the secrets that were found, with the names of the texts. */
export function findSecrets(
	secrets: Readonly<Record<string, string>>,
	texts: Readonly<Record<string, string>>,
): string[] {
	return Object.entries(secrets).flatMap(([secret, value]) =>
		Object.entries(texts)
			.filter(([, text]) => writingsOf(value).some((needle) => text.includes(needle)))
			.map(([place]) => `${secret} in ${place}`),
	);
}
