// A deleted record comes back whatever became of its custom fields meanwhile: their values are no references.
import { expect, it } from "vitest";
import { DAY_MS } from "../../src/time.ts";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { run } from "../support/shards.ts";
import { createField } from "./fields.ts";

const meanwhile: readonly (readonly [
	what: string,
	(api: Api, field: Json) => Promise<unknown>,
	shown: object,
])[] = [
	[
		"an option was removed",
		(api, { id }) => api.patch(`/custom-fields/${id}`, { options: ["Silver"] }),
		{ cf_tier: "Gold" },
	],
	["the field was deleted", (api, { id }) => api.delete(`/custom-fields/${id}`), {}],
	[
		"the field was removed for good",
		async (api, { id }) => {
			await api.delete(`/custom-fields/${id}`);
			await run("UPDATE custom_fields SET deletedAt = ? WHERE id = ?", Date.now() - 91 * DAY_MS, id);
			await purgeAll(Date.now());
		},
		{},
	],
	[
		"another field was made that is required",
		(api) => createField(api, "Region", "text", { required: true }),
		{ cf_tier: "Gold", cf_region: null },
	],
];

it.each(meanwhile)("a lead is restored after %s", async (_, happens, shown) => {
	const api = await createCaller();
	const field = await createField(api, "Tier", "singleSelect", { options: ["Gold", "Silver"] });
	const { id } = await create(api, "/leads", { name: "Jane", cf_tier: "Gold" });
	await api.delete(`/leads/${id}`);
	await happens(api, field);
	const restored = await api.post(`/leads/${id}/restore`);
	expect(restored.status, restored.text).toBe(200);
	const custom = Object.entries(restored.body).filter(([key]) => key.startsWith("cf_"));
	expect(Object.fromEntries(custom)).toEqual(shown);
});
