// Ids: a prefix, an underscore and a UUIDv7 in Crockford base32 (the TypeID specification, version 0.3).
// The first 48 bits are the instant of creation, so ids sort by time and replace `createdAt` in every index.

export const ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** The number of leading digits of an id that encode its time. */
export const TIME_DIGITS = 10;
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Two digits by their ten bits. */
const PAIRS = Array.from(
	{ length: 1_024 },
	(_, bits) => ID_ALPHABET.charAt(bits >> 5) + ID_ALPHABET.charAt(bits & 31),
);

/** The bytes of randomness that an id takes; they are drawn for many ids at once, because each draw leaves the isolate's JavaScript. */
const RANDOM_BYTES = 14;
const random = new Uint8Array(RANDOM_BYTES * 64);
let used = random.length;

let lastInstant = Number.NaN;
let lastTime = "";
let sequence = 0;

/**
 * A new id, e.g. `ld_01h455vb4pex5vsknk084sn02q`.
 * Ids that an isolate makes one after another for the same instant ascend, 2,048 at least (`rand_a`, 12 bits that begin in their
 * lower half, counts up), so a batch keeps its order.
 * @param prefix the resource's prefix, without underscore
 * @param now milliseconds since 1970; it becomes the id's time, and must be the row's `createdAt`
 */
export function newId(prefix: string, now: number): string {
	if (used === random.length) {
		crypto.getRandomValues(random);
		used = 0;
	}
	const at = used;
	used += RANDOM_BYTES;
	const bits = (index: number) => random[at + index] ?? 0;
	if (now === lastInstant) sequence = (sequence + 1) & 0xfff;
	else {
		sequence = (bits(0) << 3) | (bits(1) & 7);
		lastInstant = now;
		lastTime = timeDigits(now);
	}
	// 50 bits of time, then version 7 and rand_a, then variant 10 and 62 random bits: 26 digits of five bits.
	let text = lastTime + pair(0b01110 | (sequence >> 11), sequence >> 6);
	text += pair(sequence >> 1, ((sequence & 1) << 4) | 0b1000 | (bits(1) >> 6));
	for (let index = 2; index < RANDOM_BYTES; index += 2) text += pair(bits(index), bits(index + 1));
	return `${prefix}_${text}`;
}

/** The smallest id of an instant: every id made before `now` sorts below it, every later one above. */
export function firstIdAt(prefix: string, now: number): string {
	// Callers ask for years before 1970 too, when there were no ids yet.
	return `${prefix}_${timeDigits(Math.max(0, now))}${"0".repeat(26 - TIME_DIGITS)}`;
}

/** The ten leading digits of an id's suffix. */
function timeDigits(now: number): string {
	let text = "";
	for (let rest = now, index = 0; index < TIME_DIGITS; index += 2, rest = Math.floor(rest / 1_024))
		text = pair(rest / 32, rest % 32) + text;
	return text;
}

/** Whether a text has the form of an id with this prefix. */
export function isId(prefix: string, text: string): boolean {
	return text.startsWith(`${prefix}_`) && SUFFIX.test(text.slice(prefix.length + 1));
}

/** Two digits, of the lowest five bits of each number. */
function pair(first: number, second: number): string {
	return PAIRS[((first & 31) << 5) | (second & 31)] ?? "";
}
