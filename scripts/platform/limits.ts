// What Cloudflare documents and a Worker can run into, on the paid plan, each with the page it is from, as read in
// November 2026. workerd enforces some of it on this machine too; the double in this folder enforces the rest, so that
// nothing passes here that fails there. docs/operating.md says the same in words.

const D1 = "https://developers.cloudflare.com/d1/platform/limits/";
const QUEUES = "https://developers.cloudflare.com/queues/platform/limits/";
const WORKERS = "https://developers.cloudflare.com/workers/platform/limits/";
const OBJECTS = "https://developers.cloudflare.com/durable-objects/platform/limits/";

export interface Limit {
	readonly most: number;
	readonly page: string;
	/**
	 * Who enforces it on this machine. `tests`: the suite looks, after each file, at what was written; `none`: nobody can,
	 * and the code keeps far away from it.
	 */
	readonly by: "double" | "runtime" | "tests" | "none";
}

const limit = (most: number, page: string, by: Limit["by"]): Limit => ({ most, page, by });

export const limits = {
	/** Bytes of a bound string or BLOB, in UTF-8. */
	valueBytes: limit(2_000_000, D1, "double"),
	/** Bytes of a row of a table. */
	rowBytes: limit(2_000_000, D1, "tests"),
	/** Bytes of a statement's text; each statement of a batch by itself. */
	statementBytes: limit(100_000, D1, "runtime"),
	parameters: limit(100, D1, "runtime"),
	/** Of one call of an SQL function. */
	functionArguments: limit(32, D1, "double"),
	columns: limit(100, D1, "runtime"),
	/** Bytes of a LIKE or GLOB pattern. */
	patternBytes: limit(50, D1, "runtime"),
	/** Not on the page; what D1's SQLite is built with, as its own error says. */
	compoundTerms: limit(5, D1, "runtime"),
	/** Bytes of what one query answers. */
	resultBytes: limit(50_000_000, D1, "double"),
	/** The page doesn't say how a batch counts; here each of its statements does. */
	queriesPerInvocation: limit(1_000, D1, "double"),
	querySeconds: limit(30, D1, "none"),

	/** Bytes of a message's body as JSON, about 100 of which the queue takes for itself; 1 KB is 1,000 bytes. */
	messageBytes: limit(128_000, QUEUES, "double"),
	messagesPerSend: limit(100, QUEUES, "double"),
	/** Bytes of all bodies of one `sendBatch`. */
	sendBytes: limit(256_000, QUEUES, "double"),
	delaySeconds: limit(86_400, QUEUES, "double"),

	/** Calls of one invocation to whatever is outside of it. */
	subrequests: limit(10_000, WORKERS, "double"),
	/** Of one invocation, waiting for an answer's headers: fetches, D1 and queues. The next one waits, as it does there. */
	connections: limit(6, WORKERS, "double"),
	memoryBytes: limit(128_000_000, WORKERS, "none"),
	/** How long `waitUntil` goes on after the answer. */
	waitUntilSeconds: limit(30, WORKERS, "none"),

	/** Bytes of a key and its value in an object's storage; ours holds at most 300 instants. */
	objectValueBytes: limit(2_000_000, OBJECTS, "none"),
} satisfies Record<string, Limit>;

type Name = keyof typeof limits;

const overridden = new Map<Name, number>();

/** What is enforced now. */
export const most = (name: Name): number => overridden.get(name) ?? limits[name].most;

/** Enforces other figures, so that a test can show that it meets this double and not the bare runtime; none restores them. */
export function override(figures: Partial<Record<Name, number>>): void {
	overridden.clear();
	for (const name of Object.keys(limits) as Name[]) {
		const figure = figures[name];
		if (figure !== undefined) overridden.set(name, figure);
	}
}

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8, as far as it matters whether they are more than `limit`. */
export function exceeds(text: string, limit: number): boolean {
	if (text.length > limit) return true;
	// A UTF-16 unit is at most three bytes.
	return text.length * 3 > limit && encoder.encode(text).length > limit;
}
