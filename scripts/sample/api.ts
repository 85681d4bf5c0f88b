// The sample data is written through the Worker's API, so it follows all of its rules.

export interface Created {
	readonly id: string;
}

/** Calls the API; returns the body of the answer, and throws if the call is refused. */
export type Call = <T = Created>(method: "GET" | "POST" | "PATCH", path: string, body?: object) => Promise<T>;

/** Functions that all parts of the sample data use. */
export interface SampleContext {
	readonly call: Call;
	/** The date `offset` days after the organization's first day, `YYYY-MM-DD`. */
	readonly day: (offset: number) => string;
	/** An hour of such a day, as an instant. */
	readonly hour: (offset: number, hour: number, seconds?: number) => string;
}

const MAX_BATCH_ITEMS = 100;

/** Creates rows one after the other, in this order. */
export async function createEach(call: Call, path: string, bodies: readonly object[]): Promise<string[]> {
	const ids: string[] = [];
	for (const body of bodies) ids.push((await call("POST", path, body)).id);
	return ids;
}

/** Creates rows in as few batch calls as possible, in this order. */
export async function createBatch(call: Call, path: string, bodies: readonly object[]): Promise<string[]> {
	const ids: string[] = [];
	for (let start = 0; start < bodies.length; start += MAX_BATCH_ITEMS) {
		const items = bodies.slice(start, start + MAX_BATCH_ITEMS);
		const { results } = await call<{ results: { id?: string }[] }>("POST", `${path}/batch`, { items });
		for (const result of results) {
			if (result.id === undefined) throw new Error(`POST ${path}/batch: ${JSON.stringify(result)}`);
			ids.push(result.id);
		}
	}
	return ids;
}
