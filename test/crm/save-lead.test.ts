// The event `save_lead`: its body, key for key.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { OF_ORGANIZATION } from "../support/events.ts";
import { run } from "../support/shards.ts";

describe("save_lead", () => {
	const empty = {
		email: "",
		company: null,
		first_name: null,
		last_name: null,
		phone: null,
		website: "",
		position: null,
		twitter: null,
		linkedin: null,
		notes: null,
		score: 0,
	};
	const all = {
		email: "jane@example.com",
		company: "Acme",
		website: "https://example.com",
		position: "CEO",
		twitter: "@jane",
		linkedin: "in/jane",
		notes: "n",
		score: -5,
	};

	it.each<[object, object]>([
		[{ name: "Jane" }, { first_name: "Jane" }],
		[{ name: "Jane Smith" }, { first_name: "Jane", last_name: "Smith" }],
		[{ name: "Jane van der Berg" }, { first_name: "Jane", last_name: "van der Berg" }],
		[
			{ name: "Jane Smith", firstName: "Janet" },
			{ first_name: "Janet", last_name: "Smith" },
		],
		[
			{ name: "Jane Smith", lastName: "Jones" },
			{ first_name: "Jane", last_name: "Jones" },
		],
		[
			{ firstName: "Mary Ann", lastName: "Lee" },
			{ first_name: "Mary Ann", last_name: "Lee" },
		],
		[
			{ name: "Jane", mobile: "+14155550123", secondaryMobile: "0800 1", title: "t" },
			{ first_name: "Jane", phone: "+14155550123" },
		],
		[
			{ name: "Jane", ...all },
			{ first_name: "Jane", ...all },
		],
		[{ name: "Jane", value: 5, score: 0, archived: true }, { first_name: "Jane" }],
	])("of %j has exactly its keys, in their order", async (body, expected) => {
		const api = await createCaller();
		expect((await api.post("/leads", body)).status).toBe(201);
		const results = await run<{ payload: string }>(
			`SELECT payload FROM event_log WHERE ${OF_ORGANIZATION} AND type = 'save_lead'`,
			api.organizationId,
		);
		expect(results).toEqual([{ payload: JSON.stringify({ data: { ...empty, ...expected } }) }]);
	});
});
