// The form of an API key and what is kept of it. GitHub's token format is the model: a prefix that scanners know, 190
// random bits, and a checksum that refuses mistyped or made-up keys before anything is asked of a database.
import { toHex } from "../base64.ts";
import type { Keyring } from "../keyring.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORM = /^lw_(?:live|test)_[0-9A-Za-z]{38}$/;
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** How much of a key may be shown again: enough to recognise it, too little to use. */
const SHOWN_LENGTH = 12;

/** A fresh key: `lw_live_` or `lw_test_`, 32 base62 characters, 6 of checksum. */
export function newKey(mode: "live" | "test"): string {
	let key = `lw_${mode}_`;
	while (key.length < 8 + RANDOM_LENGTH) {
		for (const byte of crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH))) {
			// 248 is the largest multiple of 62 in a byte; keeping the rest would favour the first letters.
			if (byte < 248 && key.length < 8 + RANDOM_LENGTH) key += BASE62.charAt(byte % 62);
		}
	}
	return key + checksum(key);
}

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
	const hmac = await crypto.subtle.importKey("raw", pepper, { name: "HMAC", hash: "SHA-256" }, false, [
		"sign",
	]);
	return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", hmac, new TextEncoder().encode(key))));
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
	let rest = (crc ^ 0xffffffff) >>> 0;
	let digits = "";
	for (let index = 0; index < CHECKSUM_LENGTH; index += 1, rest = Math.floor(rest / 62)) {
		digits = BASE62.charAt(rest % 62) + digits;
	}
	return digits;
}
