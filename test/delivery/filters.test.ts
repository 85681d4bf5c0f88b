// Filters of webhooks: which events make a delivery, compared with a second implementation of the language, and which filters
// are refused.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Condition, Filter } from "../../src/db/schema/webhooks.ts";
import { bound, sql } from "../../src/db/sql.ts";
import { passesFilter } from "../../src/outbox/filter.ts";
import type { Json } from "../support/api.ts";
import { readDocument } from "../support/document.ts";
import { problemsOf } from "../support/json-schema.ts";
import { Sender } from "../support/sender.ts";
import { firstShard, total } from "../support/shards.ts";

let sender: Sender;
beforeAll(async () => {
	sender = await Sender.start();
});

const isEmpty = (value: unknown) => value === null || value === undefined;

/** As bytes in UTF-8: SQLite compares texts so. */
const bytesOf = (text: unknown) =>
	[...new TextEncoder().encode(String(text))].map((byte) => byte + 1_000).join("");
const comesBefore = (one: unknown, other: unknown) =>
	typeof one === "string" ? bytesOf(one) < bytesOf(other) : Number(one) < Number(other);

function meets(value: unknown, condition: Condition): boolean {
	if (typeof condition !== "object" || condition === null) return !isEmpty(value) && value === condition;
	return Object.entries(condition).every(([name, limit]) => {
		if (typeof value !== typeof limit) return false;
		if (name === "startsWith") return String(value).startsWith(String(limit));
		if (value === limit) return name.endsWith("te");
		return comesBefore(value, limit) === name.startsWith("lt");
	});
}

/** The language as its documentation says it. */
function passes(payload: unknown, filter: Filter): boolean {
	return Object.entries(filter).every(([path, conditions]) => {
		const found = path
			.split(".")
			.reduce<unknown>(
				(inner, name) =>
					typeof inner === "object" && inner !== null && !Array.isArray(inner) && Object.hasOwn(inner, name)
						? Reflect.get(inner, name)
						: undefined,
				payload,
			);
		const values = Array.isArray(found) ? found : [found];
		const isSet = values.some((value) => !isEmpty(value));
		return conditions.some((condition) => {
			if (condition === null) return !isSet;
			if (typeof condition === "object" && condition.not) {
				const { not } = condition;
				return (
					!values.some((value) => !isEmpty(value) && not.includes(value)) && (isSet || !not.includes(null))
				);
			}
			return values.some((value) => meets(value, condition));
		});
	});
}

const label = fc.constantFrom("", "a", "ab", "b", "1", "true", "É", "😀", "\uffee", "O'Hara\"");
const scalar = fc.oneof(label, fc.constantFrom(-1, 0, 0.5, 1, 1000, 1e12), fc.boolean(), fc.constant(null));
const field = fc.constantFrom("a", "b-c", "cf_x");
const value = fc.oneof(
	{ weight: 3, arbitrary: scalar },
	fc.array(scalar, { maxLength: 3 }),
	fc.dictionary(field, scalar, { maxKeys: 2, noNullPrototype: true }),
);
const payload = fc.record({ data: fc.dictionary(field, value, { noNullPrototype: true }), a: value });
const limit = fc.oneof(label, fc.constantFrom(-1, 0, 0.5, 1, 1000));
const condition: fc.Arbitrary<Condition> = fc.oneof(
	{ weight: 3, arbitrary: scalar },
	fc.record({ gt: limit }),
	fc.record({ gte: limit, lt: limit }),
	fc.record({ lte: limit }),
	fc.record({ startsWith: label }),
	fc.record({ not: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
);
const path = fc.oneof(
	field,
	fc.tuple(fc.constantFrom("data", "a"), field).map((names) => names.join(".")),
	fc.constant("data.a.cf_x"),
);
const filter = fc.dictionary(path, fc.array(condition, { minLength: 1, maxLength: 3 }), {
	minKeys: 1,
	maxKeys: 2,
	noNullPrototype: true,
});

describe("a filter", () => {
	it("lets through in SQL what its documentation says, for 6,000 filters and payloads", async () => {
		const cases = fc.sample(fc.record({ filter, payload }), { numRuns: 6_000, seed: 7 });
		const query = bound(
			sql`SELECT ${passesFilter(sql`webhook."payload"`)} AS "passes" FROM (SELECT value->'filter' AS "filter", value->'payload' AS "payload", key AS "place"
				FROM json_each(${JSON.stringify(cases)})) AS webhook ORDER BY webhook."place"`,
		);
		const { results } = await firstShard.DB.prepare(query.text)
			.bind(...query.params)
			.all<{ passes: number }>();
		expect(results).toHaveLength(cases.length);
		const wrong = cases.filter(
			(one, index) => Number(passes(one.payload, one.filter)) !== results[index]?.passes,
		);
		expect(wrong.slice(0, 3)).toEqual([]);
		const passed = results.filter((row) => row.passes === 1).length;
		expect(passed, "neither all nor none").toBeGreaterThan(500);
		expect(passed).toBeLessThan(5_500);
	});

	it("decides before a delivery is made, over all that the payload has", async () => {
		const made = async (own: object) =>
			(await sender.webhook("/status/200/by-filter", { events: ["lead.*"], ...own })).id;
		const big = await made({ filter: { "data.score": [{ gte: 50 }], "data.tagIds": [null] } });
		const renamed = await made({ filter: { "changes.name.to": ["Joan"] } });
		const all = await made({});
		const { body } = await sender.api("POST", "/leads/batch", {
			items: [{ name: "Jane", score: 49 }, { name: "Jim", score: 50 }, { name: "Jo" }],
		});
		await sender.api("PATCH", `/leads/${body.results[0].id}`, { name: "Joan" });
		const eventsTo = async (id: string) =>
			(await sender.api("GET", `/webhooks/${id}/deliveries`)).body.items.map((one: Json) => one.event);
		expect(await eventsTo(big)).toEqual(["lead.created"]);
		expect(await eventsTo(renamed)).toEqual(["lead.updated"]);
		expect(await eventsTo(all)).toHaveLength(4);
		const rows = await total(
			`SELECT count(*) AS n FROM deliveries WHERE webhookId IN (?, ?, ?)`,
			big,
			renamed,
			all,
		);
		expect(rows).toBe(6);
		// A changed filter is judged from the next event on; null is none.
		expect((await sender.api("PATCH", `/webhooks/${big}`, { filter: null })).body.filter).toBeNull();
		await sender.api("PATCH", `/leads/${body.results[1].id}`, { score: 1 });
		expect(await eventsTo(big)).toHaveLength(2);
	});
});

describe("a filter is refused", () => {
	const elevenPaths = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, [1]]));
	const refused: readonly [filter: unknown, path: string, message: RegExp][] = [
		[[], "filter", /object/],
		[{}, "filter", /at least one path/],
		[{ "data..status": ["WON"] }, "filter.data..status", /names separated by dots/],
		[{ 'data."x': ["WON"] }, 'filter.data."x', /names separated by dots/],
		[{ "data.status": "WON" }, "filter.data.status", /list/],
		[{ "data.status": [] }, "filter.data.status", /at least 1 item/],
		[{ "data.status": [["WON"]] }, "filter.data.status.0", /an object with gt/],
		[{ "data.value": [{ more: 5 }] }, "filter.data.value.0.more", /Unknown field/],
		[{ "data.value": [{}] }, "filter.data.value.0", /limits \(gt, gte, lt, lte\)/],
		[{ "data.value": [{ gt: 5, startsWith: "a" }] }, "filter.data.value.0", /by itself/],
		[{ "data.value": [{ gt: true }] }, "filter.data.value.0", /an object with gt/],
		[{ "data.value": [{ not: [] }] }, "filter.data.value.0.not", /at least 1 item/],
		[elevenPaths, "filter", /At most 10 paths/],
		[
			{
				"data.score": Array.from({ length: 26 }, (_, index) => index),
				"data.value": [{ not: Array(25).fill(1) }],
			},
			"filter",
			/At most 50 conditions in all/,
		],
	];

	it.each(refused)("%j: the error names %s", async (own, path, message) => {
		const reply = await sender.api("POST", "/webhooks", {
			url: "https://hooks.example.com/a",
			events: ["*"],
			filter: own,
		});
		expect(reply.status, reply.text).toBe(400);
		expect(reply.body.errors[0]).toMatchObject({ path, message: expect.stringMatching(message) });
	});

	it("by the document, too, where it has a wrong form or size", async () => {
		const document = await readDocument();
		const { filter } = document.components.schemas.WebhookCreate.properties;
		for (const one of [[], {}, { "data.status": "WON" }, { "data.status": [] }, elevenPaths])
			expect(problemsOf(document, filter, one), JSON.stringify(one)).not.toEqual([]);
		expect(problemsOf(document, filter, { "data.value": [{ gte: 5 }] })).toEqual([]);
	});
});
