// The form of a key: what tells a key from any other text without asking a database.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	checksum,
	hashesOf,
	hashKey,
	isWellFormedKey,
	keyPrefix,
	MAX_SHARDS,
	newKey,
	shardOfKey,
} from "../../src/gate/api-key.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { madeUpKey } from "../support/made-up.ts";

const pepper = new Uint8Array(32).fill(7);
/** A key as they were made before there were shards. */
const OLD_KEY = "lw_live_icJcXTfAwB6KubsFK7bNTzNIVs5pfCiT0wbV1T";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

describe("checksum", () => {
	it.each([
		["zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17", "GitHub's own example"],
		["123456789", "3jZRME", "the check value of CRC-32, cbf43926"],
		["", "000000", "nothing"],
	])("of %s is %s: %s", (text, digits) => {
		expect(checksum(text)).toBe(digits);
	});

	it("is a CRC-32 in six base62 digits", () => {
		const table = Array.from({ length: 256 }, (_, index) => {
			let value = index;
			for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
			return value >>> 0;
		});
		const crc32 = (text: string) =>
			([...new TextEncoder().encode(text)].reduce(
				(crc, byte) => (table[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8),
				0xffffffff,
			) ^
				0xffffffff) >>>
			0;
		const decoded = (digits: string) =>
			[...digits].reduce((value, digit) => value * 62 + BASE62.indexOf(digit), 0);
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (text) => decoded(checksum(text)) === crc32(text)),
		);
	});
});

describe("a new key", () => {
	it.each(["live", "test"] as const)("of mode %s has the form the contract gives", async (mode) => {
		for (let count = 0; count < 200; count += 1) {
			const key = await newKey(mode, pepper, count);
			expect(key).toMatch(new RegExp(`^lw_${mode}_[0-9A-Za-z]{38}$`));
			expect(key.slice(-6)).toBe(checksum(key.slice(0, -6)));
			expect(isWellFormedKey(key)).toBe(true);
			expect(keyPrefix(key)).toBe(key.slice(0, 12));
		}
	});

	it("uses every digit as often as any other", async () => {
		const counts = new Map<string, number>();
		for (let count = 0; count < 2_000; count += 1)
			for (const digit of (await newKey("live", pepper, 1 + (count % 3))).slice(8, 40))
				counts.set(digit, (counts.get(digit) ?? 0) + 1);
		const expected = (2_000 * 32) / 62;
		// Chi-square with 61 degrees of freedom: above 120 less than once in 100,000 runs.
		const chi = [...BASE62].reduce(
			(sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected,
			0,
		);
		expect(chi).toBeLessThan(120);
	});
});

describe("the mark of a key", () => {
	const ring = (...fills: string[]) =>
		parseKeyring(fills.map((fill) => `${fill}:${btoa(fill.repeat(32))}`).join());

	it("is known under every pepper of the ring, and under no other", async () => {
		const key = await newKey("live", ring("a").active.bytes, 7);
		expect(await shardOfKey(ring("a"), key)).toBe(7);
		expect(await shardOfKey(ring("b", "a"), key)).toBe(7);
		expect(await shardOfKey(ring("b"), key)).toBe(null);
	});

	it("is on no key that was made up, and on none that was altered", async () => {
		for (let count = 0; count < 200; count += 1) expect(await shardOfKey(ring("a"), madeUpKey())).toBe(null);
		const key = await newKey("live", ring("a").active.bytes, 0);
		for (let index = 3; index < 38; index += 1) {
			const digit = key[index] === "x" ? "y" : "x";
			expect(await shardOfKey(ring("a"), key.slice(0, index) + digit + key.slice(index + 1))).toBe(null);
		}
	});

	it("says every shard there can be, and the first in keys from before there were shards", async () => {
		const { bytes } = ring("a").active;
		for (const shard of [0, 1, 61, 62, 63, 1_000, MAX_SHARDS - 1])
			expect(await shardOfKey(ring("a"), await newKey("test", bytes, shard))).toBe(shard);
		// Issued by 1.1.0 under the pepper that is 32 times "a".
		expect(await shardOfKey(ring("a"), OLD_KEY)).toBe(0);
	});
});

describe("what is not a key", () => {
	it("is any key with one character changed, dropped or added", () => {
		fc.assert(
			fc.property(fc.nat(45), fc.constantFrom(...BASE62, "_", "-", " ", "é"), (index, character) => {
				const key = madeUpKey();
				const changed = key.slice(0, index) + character + key.slice(index + 1);
				expect(isWellFormedKey(changed)).toBe(changed === key);
				expect(isWellFormedKey(key.slice(0, index) + key.slice(index + 1))).toBe(false);
				expect(isWellFormedKey(key.slice(0, index) + character + key.slice(index))).toBe(false);
			}),
			{ numRuns: 2_000 },
		);
	});

	it.each(["", "lw_live_", `${madeUpKey()}\n`, ` ${madeUpKey()}`, madeUpKey().toUpperCase()])(
		"is %j",
		(text) => {
			expect(isWellFormedKey(text)).toBe(false);
		},
	);
});

describe("a key's hash", () => {
	it("is HMAC-SHA-256 in hex (RFC 4231, test case 2)", async () => {
		expect(
			await hashKey(Uint8Array.from(new TextEncoder().encode("Jefe")), "what do ya want for nothing?"),
		).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	});

	it("is made under every pepper of the ring, the active one first", async () => {
		const pepper = (fill: string) => btoa(fill.repeat(32));
		const ring = parseKeyring(`b:${pepper("b")},a:${pepper("a")}`);
		const bytes = (fill: string) => Uint8Array.from(new TextEncoder().encode(fill.repeat(32)));
		expect(await hashesOf(ring, "key")).toEqual([
			await hashKey(bytes("b"), "key"),
			await hashKey(bytes("a"), "key"),
		]);
	});
});
