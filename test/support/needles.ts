// Looking for a secret in text that may hold it in another writing.
import { toBase64, toHex } from "../../src/base64.ts";

/** How much of a secret's end is looked for: its beginning may be shown. */
const TAIL = 16;

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Base64 of a text wherever it stands within a longer one: at each of the three offsets, without the ends that vary. */
function inBase64(text: string): string[] {
	return [0, 1, 2].map((offset) => {
		const padded = new Uint8Array([...new Uint8Array(offset), ...bytesOf(text)]);
		const whole = padded.subarray(0, padded.length - (padded.length % 3));
		return toBase64(whole).slice(offset === 0 ? 0 : 4);
	});
}

/** Each writing in which a secret would be found: as it is, in JSON, in base64 of either alphabet, in hex. */
export function needlesOf(secret: string): string[] {
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

/** Which of the secrets, by name, are found in which of the texts, by name. */
export function found(
	secrets: Readonly<Record<string, string>>,
	texts: Readonly<Record<string, string>>,
): string[] {
	return Object.entries(secrets).flatMap(([secret, value]) =>
		Object.entries(texts)
			.filter(([, text]) => needlesOf(value).some((needle) => text.includes(needle)))
			.map(([place]) => `${secret} in ${place}`),
	);
}
