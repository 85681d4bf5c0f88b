// Random histories of writes while readers keep copies: of each list by the protocol of the paging guide, and of leads also
// by their events.
// A step is plain data, so that fast-check can shrink and print a failing history.
import fc from "fast-check";
import { vi } from "vitest";
import type { Api, Json } from "./api.ts";
import { Follower } from "./follower.ts";
import { PausedRequest, withoutLimits } from "./paused-request.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
const MAX_CONCURRENT = 4;

const some = fc.nat(9);
const call = fc.oneof(
	{ weight: 4, arbitrary: fc.constant({ call: "create" as const }) },
	{
		weight: 1,
		arbitrary: fc.record({ call: fc.constant("batch" as const), items: fc.integer({ min: 2, max: 5 }) }),
	},
	{ weight: 1, arbitrary: fc.record({ call: fc.constant("upsert" as const), which: some }) },
	{
		weight: 5,
		arbitrary: fc.record({
			call: fc.constantFrom("change" as const, "delete" as const, "restore" as const),
			which: some,
		}),
	},
);

const step = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			call,
			/** The offset of the clock of the isolate that handles it (ms). */
			ahead: fc.constantFrom(0, 0, 1, -1, 700, -700, 60_000, -60_000),
			/** Its body comes later than its head. */
			slow: fc.boolean(),
		}),
	},
	{ weight: 12, arbitrary: fc.record({ goOn: some }) },
	{ weight: 6, arbitrary: fc.record({ read: some }) },
	{ weight: 2, arbitrary: fc.record({ kill: some }) },
	{ weight: 3, arbitrary: fc.record({ pass: fc.constantFrom(1, 1, 50, 3_000, 75_000, -60_000) }) },
);

export const history = fc.record({
	path: fc.constantFrom("/leads", "/tags"),
	/** The page size of each reader. */
	readers: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(3, 100)),
	steps: fc.array(step, { minLength: 15, maxLength: 60, size: "max" }),
});

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/**
 * Runs a history until no request is running and every copy is up to date.
 * @returns each copy, and the rows that it should have, by id
 */
export async function runHistory(caller: Api, { path, readers, steps }: History) {
	vi.setSystemTime(START);
	const api = withoutLimits(caller);
	const writers = new Writers(api, path);
	const copies = readers.map((limit) => new Copy(api, path, limit));
	const followers = path === "/leads" ? readers.map((limit) => new Follower(api, limit)) : [];
	const all = [...copies, ...followers];
	for (const one of steps) await take(one, writers, all);
	await writers.settle();
	for (const copy of all) await copy.catchUp();
	const rows = await rowsOf(api, path);
	const there = new Map([...rows].filter(([, { deletedAt }]) => deletedAt === null));
	return [
		...copies.map((copy) => ({ copy: copy.rows, rows })),
		...followers.map((copy) => ({ copy: copy.rows, rows: there })),
	];
}

async function take(one: Step, writers: Writers, copies: readonly (Copy | Follower)[]): Promise<void> {
	if ("call" in one) await writers.begin(one.call, Date.now() + one.ahead, one.slow);
	else if ("goOn" in one) await writers.goOn(one.goOn);
	else if ("read" in one) await copies[one.read % copies.length]?.page();
	else if ("kill" in one) copies[one.kill % copies.length]?.kill();
	else vi.setSystemTime(Date.now() + one.pass);
}

/** The writers: concurrent requests, each of which continues when the history says so. */
class Writers {
	readonly #ids: string[] = [];
	#underWay: PausedRequest[] = [];
	#count = 0;

	constructor(
		readonly api: Api,
		readonly path: string,
	) {}

	async begin(asked: Call, clock: number, slow: boolean): Promise<void> {
		if (this.#underWay.length >= MAX_CONCURRENT) return;
		const [method, path, body] = this.#request(asked);
		this.#underWay.push(
			await PausedRequest.send(this.api, clock, slow && body !== undefined, method, path, body),
		);
	}

	async goOn(which: number): Promise<void> {
		await this.#underWay[which % this.#underWay.length]?.step();
		const ended = this.#underWay.filter(({ done }) => done);
		this.#underWay = this.#underWay.filter(({ done }) => !done);
		for (const { reply } of ended) {
			if (!reply || reply.status >= 500) throw new Error(reply?.text ?? "No answer.");
			const { id, results = [] }: { id?: string; results?: { id: string }[] } = reply?.body ?? {};
			for (const made of [...(id ? [{ id }] : []), ...results])
				if (!this.#ids.includes(made.id)) this.#ids.push(made.id);
		}
	}

	async settle(): Promise<void> {
		while (this.#underWay.length > 0) await this.goOn(0);
	}

	#request(asked: Call): [method: string, path: string, body?: object] {
		this.#count += 1;
		const named = { name: `Row ${this.#count}` };
		const many = this.path === "/leads";
		if (asked.call === "batch" && many) {
			const items = Array.from({ length: asked.items }, (_, index) => ({ name: `${named.name}.${index}` }));
			return ["POST", `${this.path}/batch`, { items }];
		}
		if (asked.call === "upsert" && many) {
			const email = `${asked.which % 3}@example.com`;
			return ["POST", `${this.path}/upsert`, { ...named, matchBy: "email", email }];
		}
		const id = "which" in asked ? this.#ids[asked.which % this.#ids.length] : undefined;
		if (id === undefined) return ["POST", this.path, named];
		if (asked.call === "delete") return ["DELETE", `${this.path}/${id}`];
		if (asked.call === "restore") return ["POST", `${this.path}/${id}/restore`];
		return ["PATCH", `${this.path}/${id}`, named];
	}
}

/** A copy of a list. Its rows and its starting point survive a restart; its position among the pages doesn't. */
class Copy {
	readonly rows = new Map<string, Json>();
	#since: string | undefined;
	#cursor: string | null = null;

	constructor(
		readonly api: Api,
		readonly path: string,
		readonly limit: number,
	) {}

	/** Reads one page; returns whether there is another. */
	async page(): Promise<boolean> {
		const parameters = new URLSearchParams({
			orderBy: "updatedAt",
			orderDir: "asc",
			includeDeleted: "true",
			limit: String(this.limit),
			...(this.#cursor === null ? {} : { cursor: this.#cursor }),
			...(this.#from === undefined ? {} : { updatedSince: this.#from }),
		});
		const { status, text, body } = await this.api.get(`${this.path}?${parameters}`);
		if (status !== 200) throw new Error(text);
		for (const row of body.items) this.rows.set(row.id, row);
		this.#since = body.items.at(-1)?.updatedAt ?? this.#since;
		this.#cursor = body.nextCursor;
		if (this.#cursor === null) this.#from = this.#since;
		return this.#cursor !== null;
	}

	/** The `updatedSince` of the pages being read: a cursor is only valid with its own filters. */
	#from: string | undefined;

	kill(): void {
		this.#cursor = null;
		this.#from = this.#since;
	}

	/** Reads the remaining pages, and then once more from the new starting point. */
	async catchUp(): Promise<void> {
		for (let round = 0; round < 2; round += 1) while (await this.page());
	}
}

async function rowsOf(api: Api, path: string): Promise<Map<string, Json>> {
	const { body } = await api.get(`${path}?includeDeleted=true&limit=100`);
	if (body.hasMore) throw new Error("More rows than one page has.");
	return new Map(body.items.map((row: Json) => [row.id, row]));
}
