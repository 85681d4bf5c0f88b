// Cloudflare's documented limits for a Worker on the paid plan, each with its page, as of November 2026. workerd enforces
// some of them on this machine too; the double in this folder enforces the others, so that code which fails on the platform
// fails here. docs/operating.md lists the same limits.

const D1 = "https://developers.cloudflare.com/d1/platform/limits/";
const QUEUES = "https://developers.cloudflare.com/queues/platform/limits/";
const WORKERS = "https://developers.cloudflare.com/workers/platform/limits/";
const OBJECTS = "https://developers.cloudflare.com/durable-objects/platform/limits/";

export interface Limit {
	readonly max: number;
	readonly page: string;
	/**
	 * Who enforces it on this machine. `tests`: the suite checks the written rows after each file; `none`: nobody can, and
	 * the code stays far below it.
	 */
	readonly enforcedBy: "double" | "runtime" | "tests" | "none";
}

const limit = (most: number, page: string, by: Limit["enforcedBy"]): Limit => ({
	max: most,
	page,
	enforcedBy: by,
});

export const limits = {
	/** Bytes of a string or BLOB, in UTF-8, that is bound or is part of a result. */
	valueBytes: limit(2_000_000, D1, "double"),
	/** Bytes of a row. */
	rowBytes: limit(2_000_000, D1, "tests"),
	/** Bytes of a statement's text; in a batch, of each statement. */
	statementBytes: limit(100_000, D1, "runtime"),
	parameters: limit(100, D1, "runtime"),
	/** Arguments of one call of an SQL function. */
	functionArguments: limit(32, D1, "double"),
	columns: limit(100, D1, "runtime"),
	/** Bytes of a LIKE or GLOB pattern. */
	patternBytes: limit(50, D1, "runtime"),
	/** Not on the page: a build setting of D1's SQLite, known from its error message. */
	compoundTerms: limit(5, D1, "runtime"),
	/** Bytes of the result of one query. */
	resultBytes: limit(50_000_000, D1, "double"),
	/** The page doesn't say how a batch counts; here each of its statements counts. */
	queriesPerInvocation: limit(1_000, D1, "double"),
	querySeconds: limit(30, D1, "none"),

	/** Bytes of a message's body as JSON, about 100 of which the queue uses itself; 1 KB is 1,000 bytes. */
	messageBytes: limit(128_000, QUEUES, "double"),
	messagesPerSend: limit(100, QUEUES, "double"),
	/** Bytes of all bodies of one `sendBatch`. */
	sendBytes: limit(256_000, QUEUES, "double"),
	delaySeconds: limit(86_400, QUEUES, "double"),

	/** Calls of one invocation to services outside it. */
	subrequests: limit(10_000, WORKERS, "double"),
	/** Calls of one invocation that wait for an answer's headers: fetch, D1 and queues. A further call waits, as on the platform. */
	connections: limit(6, WORKERS, "double"),
	memoryBytes: limit(128_000_000, WORKERS, "none"),
	/** How long `waitUntil` may run after the answer. */
	waitUntilSeconds: limit(30, WORKERS, "none"),

	/** Bytes of a key and its value in a Durable Object's storage; ours stores at most 300 instants. */
	objectValueBytes: limit(2_000_000, OBJECTS, "none"),
} satisfies Record<string, Limit>;

type Name = keyof typeof limits;

const overridden = new Map<Name, number>();

/** The limit that is enforced now. */
export const maxOf = (name: Name): number => overridden.get(name) ?? limits[name].max;

/** Enforces other figures, so that a test can show that the double is active; an empty object restores the defaults. */
export function overrideLimits(figures: Partial<Record<Name, number>>): void {
	overridden.clear();
	for (const name of Object.keys(limits) as Name[]) {
		const figure = figures[name];
		if (figure !== undefined) overridden.set(name, figure);
	}
}

const encoder = new TextEncoder();

/** Whether a text has more than `limit` bytes in UTF-8. */
export function exceedsBytes(text: string, limit: number): boolean {
	if (text.length > limit) return true;
	// A UTF-16 code unit is at most three bytes in UTF-8.
	return text.length * 3 > limit && encoder.encode(text).length > limit;
}
