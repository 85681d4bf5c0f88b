// The form of an API key and what is kept of it. GitHub's token format is the model: a prefix that scanners know, 142
// random bits, and a checksum that refuses mistyped keys before anything is asked of a database. Between them stands a mark
// that only we can make: 35 bits tell keys that we issued from made-up ones, which may have a right checksum too, and two
// more digits, with the number of the key's shard added to them, say which database to ask.
import { toHex } from "../base64.ts";
import type { Keyring } from "../keyring.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORM = /^lw_(?:live|test)_[0-9A-Za-z]{38}$/;
const RANDOM_LENGTH = 24;
const MARK_LENGTH = 6;
const SHARD_LENGTH = 2;
/** How many shards a key can tell apart. */
export const MOST_SHARDS = BASE62.length ** SHARD_LENGTH;
const CHECKSUM_LENGTH = 6;

/** How much of a key may be shown again: enough to recognise it, too little to use. */
const SHOWN_LENGTH = 12;

/**
 * A fresh key: `lw_live_` or `lw_test_`, 24 random base62 characters, 6 of the mark under a pepper, 2 that say the shard
 * (shard 0 leaves them as the mark goes on, as it did in keys from before there were shards), 6 of checksum.
 */
export async function newKey(mode: "live" | "test", pepper: Uint8Array, shard: number): Promise<string> {
	let random = "";
	while (random.length < RANDOM_LENGTH)
		random += base62(crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH)));
	const begun = `lw_${mode}_${random.slice(0, RANDOM_LENGTH)}`;
	const { mark, rest } = await markOf(pepper, begun);
	const key = begun + mark + digits((numberOf(rest) + shard) % MOST_SHARDS, SHARD_LENGTH);
	return key + checksum(key);
}

/**
 * The shard that a well-formed key names, where it carries our mark under any pepper in use: no I/O. Null for one that
 * doesn't: keys made before there were marks are in the first shard, and anything else is nobody's.
 */
export async function shardIn(peppers: Keyring, key: string): Promise<number | null> {
	const begun = key.slice(0, 8 + RANDOM_LENGTH);
	const marks = await Promise.all(peppers.all.map(({ bytes }) => markOf(bytes, begun)));
	const ours = marks.find(({ mark }) => key.startsWith(begun + mark));
	if (!ours) return null;
	const named = key.slice(begun.length + MARK_LENGTH, -CHECKSUM_LENGTH);
	return (numberOf(named) - numberOf(ours.rest) + MOST_SHARDS) % MOST_SHARDS;
}

/** What only we know of a key's beginning: the mark, and the digits that its shard is added to. */
async function markOf(pepper: Uint8Array, begun: string): Promise<{ mark: string; rest: string }> {
	const text = base62(await hmacOf(pepper, `mark of ${begun}`)).padEnd(MARK_LENGTH + SHARD_LENGTH, "0");
	return { mark: text.slice(0, MARK_LENGTH), rest: text.slice(MARK_LENGTH, MARK_LENGTH + SHARD_LENGTH) };
}

/** Bytes as base62 digits; those that would favour the first letters are left out: 248 is the largest multiple of 62. */
const base62 = (bytes: Uint8Array) =>
	[...bytes].map((byte) => (byte < 248 ? BASE62.charAt(byte % 62) : "")).join("");

/** Whether a text can be a key at all: form and checksum, no I/O. */
export function isWellFormedKey(text: string): boolean {
	if (!FORM.test(text)) return false;
	const split = text.length - CHECKSUM_LENGTH;
	return checksum(text.slice(0, split)) === text.slice(split);
}

/** The beginning of a key that may be stored and shown. */
export function keyPrefix(key: string): string {
	return key.slice(0, SHOWN_LENGTH);
}

/** HMAC-SHA-256 of a key under a pepper, in hex. Keys are random, so no slow hash is needed. */
export async function hashKey(pepper: Uint8Array, key: string): Promise<string> {
	return toHex(await hmacOf(pepper, key));
}

async function hmacOf(pepper: Uint8Array, text: string): Promise<Uint8Array> {
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const hmac = await crypto.subtle.importKey("raw", pepper, algorithm, false, ["sign"]);
	return new Uint8Array(await crypto.subtle.sign("HMAC", hmac, new TextEncoder().encode(text)));
}

/** A key's hash under every pepper in use, the active one first. */
export function hashesOf(peppers: Keyring, key: string): Promise<string[]> {
	return Promise.all(peppers.all.map(({ bytes }) => hashKey(bytes, key)));
}

/** CRC-32 (ISO-HDLC) of the text in six base62 digits. */
export function checksum(text: string): string {
	let crc = 0xffffffff;
	for (const byte of new TextEncoder().encode(text)) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return digits((crc ^ 0xffffffff) >>> 0, CHECKSUM_LENGTH);
}

/** A number in so many base62 digits. */
function digits(value: number, length: number): string {
	let text = "";
	for (let rest = value; text.length < length; rest = Math.floor(rest / 62))
		text = BASE62.charAt(rest % 62) + text;
	return text;
}

/** The number that base62 digits make. */
const numberOf = (text: string) => [...text].reduce((value, digit) => value * 62 + BASE62.indexOf(digit), 0);
