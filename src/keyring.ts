// Worker secrets that can be rotated: one text holds several keys. The first is used for writing, all of them for reading.
import { fromBase64, toBase64 } from "./base64.ts";

/** One secret key, and the id that is stored beside everything made with it. */
export interface RingKey {
	readonly id: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Keyring {
	/** The key for new writes. */
	readonly active: RingKey;
	/** Every key still accepted, the active one first. */
	readonly all: readonly RingKey[];
}

const KEY_ID = /^[a-z0-9]{1,16}$/;
const MIN_KEY_BYTES = 32;

const parsed = new Map<string, Keyring>();

/**
 * Reads a secret of the form `id:base64,id:base64…`: ids of 1–16 characters a–z 0–9, each once; keys of 32 bytes or more.
 * `variable` is the secret's name in error messages. Throws an Error that says what is wrong and never shows a key.
 */
export function parseKeyring(secret: string, variable = "KEY_PEPPER or ENCRYPTION_KEY"): Keyring {
	const cached = parsed.get(secret);
	if (cached) return cached;
	const entries = secret.trim().split(",");
	const [active, ...older] = entries.map((entry, index) => parseEntry(entry, index, variable));
	if (!active) throw malformed(variable, "it is empty");
	const all = [active, ...older];
	if (new Set(all.map(({ id }) => id)).size < all.length) throw malformed(variable, "an id occurs twice");
	const ring = { active, all };
	parsed.set(secret, ring);
	return ring;
}

function parseEntry(entry: string, index: number, variable: string): RingKey {
	const place = `entry ${index + 1}`;
	const colon = entry.indexOf(":");
	if (colon < 0) throw malformed(variable, `${place} has no colon`);
	const id = entry.slice(0, colon);
	if (!KEY_ID.test(id)) throw malformed(variable, `the id of ${place} is not 1 to 16 characters a-z and 0-9`);
	const bytes = fromBase64(entry.slice(colon + 1));
	if (!bytes) throw malformed(variable, `the key of ${place} is not base64`);
	if (bytes.length < MIN_KEY_BYTES) throw malformed(variable, `the key of ${place} is shorter than 32 bytes`);
	return { id, bytes };
}

function malformed(variable: string, why: string): Error {
	return new Error(`${variable} must read id:base64,id:base64… with keys of at least 32 bytes, but ${why}.`);
}

/** A new secret text with one random 32-byte key whose id is `k1`. */
export const newKeyringSecret = (): string =>
	`k1:${toBase64(crypto.getRandomValues(new Uint8Array(MIN_KEY_BYTES)))}`;
