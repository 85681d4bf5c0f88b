// How the sample data is written: calls of the Worker's own API, so it can't contradict what that allows.

export interface Made {
	readonly id: string;
}

/** A call of the API; gives the body of the answer, and throws when it is refused. */
export type Call = <T = Made>(method: "GET" | "POST" | "PATCH", path: string, body?: object) => Promise<T>;

/** What all of the sample data is made with. */
export interface World {
	readonly call: Call;
	/** The day so many days from the organization's first, `YYYY-MM-DD`. */
	readonly day: (offset: number) => string;
	/** An hour of that day, as an instant. */
	readonly hour: (offset: number, hour: number, seconds?: number) => string;
}

const MOST_ITEMS = 100;

/** Creates one after the other, in this order. */
export async function each(call: Call, path: string, bodies: readonly object[]): Promise<string[]> {
	const ids: string[] = [];
	for (const body of bodies) ids.push((await call("POST", path, body)).id);
	return ids;
}

/** Creates all in as few calls as there can be, in this order. */
export async function batch(call: Call, path: string, bodies: readonly object[]): Promise<string[]> {
	const ids: string[] = [];
	for (let start = 0; start < bodies.length; start += MOST_ITEMS) {
		const items = bodies.slice(start, start + MOST_ITEMS);
		const { results } = await call<{ results: { id?: string }[] }>("POST", `${path}/batch`, { items });
		for (const result of results) {
			if (result.id === undefined) throw new Error(`POST ${path}/batch: ${JSON.stringify(result)}`);
			ids.push(result.id);
		}
	}
	return ids;
}
