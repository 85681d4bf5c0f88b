// The format of an API key and what is stored of it. It follows GitHub's token format: a prefix that secret scanners know, 142
// random bits, and a checksum that detects mistyped keys without a database lookup. In addition, a mark of 35 bits, made with a
// secret, distinguishes keys that we issued from invented ones with a correct checksum, and two digits with the number of the
// key's shard added to them say which database to ask.
import { toHex } from "../base64.ts";
import { hmac } from "../digest.ts";
import type { Keyring } from "../keyring.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORM = /^lw_(?:live|test)_[0-9A-Za-z]{38}$/;
const RANDOM_LENGTH = 24;
const MARK_LENGTH = 6;
const SHARD_LENGTH = 2;
/** The number of shards that a key can express. */
export const MAX_SHARDS = BASE62.length ** SHARD_LENGTH;
const CHECKSUM_LENGTH = 6;

/** How much of a key may be shown: enough to recognise it, too little to use it. */
const PREFIX_LENGTH = 12;

/**
 * A new key: `lw_live_` or `lw_test_`, 24 random base62 characters, 6 of the mark made with a pepper, 2 for the shard (for
 * shard 0 simply the mark's next two, as in keys from before shards existed), 6 of checksum.
 */
export async function newKey(
	mode: "live" | "test",
	pepper: Uint8Array<ArrayBuffer>,
	shard: number,
): Promise<string> {
	let random = "";
	while (random.length < RANDOM_LENGTH)
		random += base62(crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH)));
	const beginning = `lw_${mode}_${random.slice(0, RANDOM_LENGTH)}`;
	const { mark, rest } = await markOf(pepper, beginning);
	const key = beginning + mark + toBase62((fromBase62(rest) + shard) % MAX_SHARDS, SHARD_LENGTH);
	return key + checksum(key);
}

/**
 * The shard that a well-formed key names if it carries our mark under any pepper in use; needs no I/O. Null otherwise: the key
 * is from before marks existed, and then in the first shard, or it was never issued.
 */
export async function shardOfKey(peppers: Keyring, key: string): Promise<number | null> {
	const beginning = key.slice(0, 8 + RANDOM_LENGTH);
	const marks = await Promise.all(peppers.all.map(({ bytes }) => markOf(bytes, beginning)));
	const ownMark = marks.find(({ mark }) => key.startsWith(beginning + mark));
	if (!ownMark) return null;
	const shardDigits = key.slice(beginning.length + MARK_LENGTH, -CHECKSUM_LENGTH);
	return (fromBase62(shardDigits) - fromBase62(ownMark.rest) + MAX_SHARDS) % MAX_SHARDS;
}

/**
 * The mark for the beginning of a key, and the digits to which its shard is added. Only the holder of the pepper can compute
 * them.
 */
async function markOf(
	pepper: Uint8Array<ArrayBuffer>,
	beginning: string,
): Promise<{ mark: string; rest: string }> {
	const text = base62(await hmac(pepper, `mark of ${beginning}`)).padEnd(MARK_LENGTH + SHARD_LENGTH, "0");
	return { mark: text.slice(0, MARK_LENGTH), rest: text.slice(MARK_LENGTH, MARK_LENGTH + SHARD_LENGTH) };
}

/**
 * Bytes as base62 digits. Bytes from 248, the largest multiple of 62, are left out, because they would make the first letters
 * more likely.
 */
const base62 = (bytes: Uint8Array) =>
	[...bytes].map((byte) => (byte < 248 ? BASE62.charAt(byte % 62) : "")).join("");

/** Whether a text has the form and the checksum of a key; needs no I/O. */
export function isWellFormedKey(text: string): boolean {
	if (!FORM.test(text)) return false;
	const split = text.length - CHECKSUM_LENGTH;
	return checksum(text.slice(0, split)) === text.slice(split);
}

/** The beginning of a key that may be stored and shown. */
export function keyPrefix(key: string): string {
	return key.slice(0, PREFIX_LENGTH);
}

/** HMAC-SHA-256 of a key under a pepper, in hex. Keys are random, so no slow hash is needed. */
export async function hashKey(pepper: Uint8Array<ArrayBuffer>, key: string): Promise<string> {
	return toHex(await hmac(pepper, key));
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
	return toBase62((crc ^ 0xffffffff) >>> 0, CHECKSUM_LENGTH);
}

function toBase62(value: number, length: number): string {
	let text = "";
	for (let rest = value; text.length < length; rest = Math.floor(rest / 62))
		text = BASE62.charAt(rest % 62) + text;
	return text;
}

const fromBase62 = (text: string) =>
	[...text].reduce((value, digit) => value * 62 + BASE62.indexOf(digit), 0);
