// Random batches, and the same changes as single requests in another organization with the same rows.
// A batch is plain data, so that fast-check can shrink and print a failing one.
import fc from "fast-check";
import type { Api, Json, Reply } from "./api.ts";
import { create, createPipeline } from "./deals.ts";

type Path = "leads" | "clients" | "deals";

const which = fc.nat(5);
const email = fc.constantFrom(
	"a@example.com",
	"A@Example.com",
	"b@example.com",
	"c@example.com",
	null,
	"nonsense",
);
const code = fc.constantFrom("x", "y", "z", null);
/** An id by the number of its row; the row with the last number doesn't exist. */
const rowOf = fc.record({ row: which });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const fieldsOf: Record<Path, fc.Arbitrary<Json>> = {
	leads: fc.record({
		name: maybe(fc.constantFrom("Jane", "Kim", "")),
		email: maybe(email),
		score: maybe(fc.constantFrom(1, 2, 1.5)),
		cf_code: maybe(code),
		tagIds: maybe(fc.constantFrom([], [{ tag: 0 }], [{ tag: 1 }, { tag: 0 }])),
		stageId: maybe(fc.record({ stage: fc.nat(1) })),
	}),
	clients: fc.record({
		name: maybe(fc.constantFrom("Acme", "Kim", "Initech")),
		email: maybe(email),
		type: maybe(fc.constantFrom("company", "contact")),
		companyId: maybe(fc.option(rowOf, { nil: null })),
		cf_code: maybe(code),
	}),
	deals: fc.record({
		title: maybe(fc.constantFrom("One", "Two")),
		clientId: maybe(fc.record({ client: fc.nat(1) })),
		leadId: maybe(fc.option(fc.record({ lead: fc.nat(1) }), { nil: null })),
		stageId: maybe(fc.record({ dealStage: fc.nat(3) })),
		cf_code: maybe(code),
	}),
};

const batchOf = (path: Path) => {
	const fields = fieldsOf[path];
	const id = { id: rowOf, version: maybe(fc.integer({ min: 1, max: 3 })) };
	const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 7 });
	const matchBy = path === "deals" ? [] : [fc.constantFrom("email", "cf_code")];
	return fc.oneof(
		fc.record({ mode: fc.constant("create" as const), items: list(fields) }),
		...matchBy.map((field) =>
			fc.record({ mode: fc.constant("upsert" as const), matchBy: field, items: list(fields) }),
		),
		fc.record({
			mode: fc.constant("update" as const),
			items: list(fc.tuple(fc.record(id), fields).map(([row, changes]) => ({ ...row, ...changes }))),
		}),
		fc.record({ mode: fc.constant("delete" as const), items: list(fc.record(id)) }),
	);
};

export const batches = fc
	.constantFrom<Path>("leads", "clients", "deals")
	.chain((path) =>
		fc.record({ path: fc.constant(path), batches: fc.array(batchOf(path), { minLength: 1, maxLength: 3 }) }),
	);

export type Batches = typeof batches extends fc.Arbitrary<infer T> ? T : never;
type Batch = Batches["batches"][number];

/** An organization with rows to change, and their ids by kind and number. */
class World {
	private constructor(
		readonly api: Api,
		readonly path: Path,
		readonly ids: Readonly<Record<string, readonly string[]>>,
	) {}

	static async make(api: Api, path: Path): Promise<World> {
		const made = async (at: string, ...bodies: object[]): Promise<string[]> => {
			const ids: string[] = [];
			for (const body of bodies) ids.push((await create(api, at, body)).id);
			return ids;
		};
		for (const entity of ["leads", "clients", "deals"])
			await create(api, "/custom-fields", { entity, label: "Code", type: "text", unique: true });
		const tag = await made("/tags", { name: "One" }, { name: "Two" });
		const stage = await made(
			"/lead-stages",
			{ name: "New", type: "NEW" },
			{ name: "Done", type: "CONVERTED" },
		);
		const lead = await made(
			"/leads",
			{ name: "Jane", email: "a@example.com", cf_code: "x" },
			{ name: "Kim", email: "b@example.com", tagIds: tag },
			{ name: "Lee", email: "B@example.com" },
		);
		const [acme, initech] = await made(
			"/clients",
			{ name: "Acme", email: "a@example.com", cf_code: "x" },
			{ name: "Initech" },
		);
		const client = [
			acme ?? "",
			initech ?? "",
			...(await made(
				"/clients",
				{ name: "Kim", type: "contact", companyId: acme, email: "b@example.com" },
				{ name: "Lee", type: "contact", companyId: initech },
			)),
		];
		const { pipeline } = await createPipeline(api, { isDefault: true });
		const deal = await made(
			"/deals",
			{ title: "One", clientId: acme, leadId: lead[0], cf_code: "x" },
			{ title: "Two", clientId: acme, contactIds: [client[3]] },
			{ title: "Three", clientId: initech, leadId: lead[1] },
		);
		const row = { leads: lead, clients: client, deals: deal }[path];
		const dealStage = pipeline.stages.map(({ id }: Json) => id);
		return new World(api, path, { row, tag, stage, lead, client, deal, dealStage, pipeline: [pipeline.id] });
	}

	/** A body with the ids that its references stand for. */
	#withIds(value: Json): Json {
		if (Array.isArray(value)) return value.map((item) => this.#withIds(item));
		if (typeof value !== "object" || value === null) return value;
		const [[kind = "", number] = []] = Object.entries(value);
		const ids = this.ids[kind];
		if (ids && typeof number === "number") return ids[number] ?? (ids[0] ?? "").replace(/.{5}$/, "zzzzz");
		return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.#withIds(part)]));
	}

	/** Sends a batch; returns what became of each item. */
	async together({ items, ...batch }: Batch): Promise<Json[]> {
		const reply = await this.api.post(`/${this.path}/batch`, {
			...batch,
			items: items.map((item) => this.#withIds(item)),
		});
		if (reply.status !== 200) throw new Error(reply.text);
		const { results, ...counts } = reply.body;
		for (const [outcome, count] of Object.entries(counts)) {
			const there = results.filter((result: Json) => (result.error ? "failed" : result.outcome) === outcome);
			if (there.length !== count) throw new Error(reply.text);
		}
		return results.map(({ index: _, id: __, outcome, version, error }: Json) =>
			error ? this.#problem(error) : { outcome, version },
		);
	}

	/** Sends its items as single requests, one after another. */
	async oneByOne({ items, ...batch }: Batch): Promise<Json[]> {
		const results: Json[] = [];
		for (const item of items) {
			const { id, version, ...body } = this.#withIds(item);
			const condition = version === undefined ? {} : { "if-match": `"${version}"` };
			const reply: Reply =
				batch.mode === "create"
					? await this.api.post(`/${this.path}`, body)
					: "matchBy" in batch
						? await this.api.post(`/${this.path}/upsert`, { matchBy: batch.matchBy, ...body })
						: batch.mode === "update"
							? await this.api.patch(`/${this.path}/${id}`, body, condition)
							: await this.api.delete(`/${this.path}/${id}`, condition);
			const outcome = { 200: "updated", 201: "created", 204: "deleted" }[reply.status];
			results.push(outcome ? { outcome, version: reply.body?.version } : this.#problem(reply.body));
		}
		return results;
	}

	/** An error without the texts that name rows or headers. */
	#problem({ code: name, errors = [] }: Json): Json {
		return { error: name, paths: errors.map(({ path }: Json) => path) };
	}

	/** All rows and all events of each, with numbers in place of ids and without instants. */
	async state(): Promise<Json> {
		const rows: Json = {};
		const numbers = new Map<string, string>();
		for (const [kind, ids] of Object.entries(this.ids))
			for (const [number, id] of ids.entries()) numbers.set(id, `${kind} ${number}`);
		for (const path of ["leads", "clients", "deals"]) {
			const { items } = (await this.api.get(`/${path}?includeDeleted=true&limit=100`)).body;
			for (const item of items) numbers.set(item.id, `${path} ${item.number}`);
			rows[path] = items.toSorted((one: Json, other: Json) => one.number - other.number);
		}
		const { items: events } = (await this.api.get("/events?orderDir=asc&limit=100")).body;
		const plain = (value: Json): Json =>
			JSON.parse(JSON.stringify(value), (name, part) => {
				if (["actor", "organizationId", "sequence"].includes(name)) return undefined;
				if (name === "id" && !numbers.has(part)) return undefined;
				// Two changes at one instant show no change of it.
				if (/At$/.test(name) && typeof part === "object" && part !== null) return undefined;
				if (/^\d{4}-\d\d-\d\dT/.test(part)) return "then";
				return typeof part === "string" ? (numbers.get(part) ?? part) : part;
			});
		return plain({
			rows,
			events: Object.fromEntries(
				Map.groupBy(events, ({ entityId }: Json) => numbers.get(entityId) ?? "").entries(),
			),
		});
	}
}

/**
 * Whether both results are the same. Of a create with a taken value and an unknown id a single request names the value if its fact
 * is cached, and the id otherwise; a batch always names the id.
 */
export function isSame(together: Json, oneByOne: Json): boolean {
	const twoFaults =
		together.error === "BAD_REQUEST" &&
		oneByOne.error === "CONFLICT" &&
		together.paths.every((path: string) => /Ids?(?:\.\d+)?$/.test(path)) &&
		oneByOne.paths.join() === "cf_code";
	return twoFaults || JSON.stringify(together) === JSON.stringify(oneByOne);
}

/** Carries out batches, together in one organization and one by one in another; returns both results and states. */
export async function carryOut(together: Api, oneByOne: Api, { path, batches: all }: Batches) {
	const [first, second] = [await World.make(together, path), await World.make(oneByOne, path)];
	const results: [together: Json, oneByOne: Json][] = [];
	for (const batch of all) results.push([await first.together(batch), await second.oneByOne(batch)]);
	return { results, states: [await first.state(), await second.state()] as const };
}
