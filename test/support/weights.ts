// What rows weigh beyond light ones: as the triggers count it, and as the rows show it.
import { getTableColumns, getTableName } from "drizzle-orm";
import { weighedTables } from "../../src/retention/weights.ts";
import type { Api } from "./api.ts";
import { createConversation } from "./conversations.ts";
import { create } from "./deals.ts";
import { contactField, createForm } from "./forms.ts";
import { run } from "./shards.ts";

const encoder = new TextEncoder();

/** Random numbers below a bound, the same ones for the same seed. */
export function seededRandom(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** Text of so many bytes, some of them more than one to a character. */
export const text = (bytes: number) => "\u20ac".repeat(bytes / 3) + "x".repeat(bytes % 3);

const blocksBeyond = (bytes: number, block: number) => Math.floor((bytes - 1) / block) * block;

/** What the rows of an organization weigh beyond light ones, by table: counted row by row, outside of the database. */
export async function truth(organizationId: string): Promise<Record<string, number>> {
	const found: Record<string, number> = {};
	for (const { table, block, linked, searched } of weighedTables) {
		const name = getTableName(table);
		const texts = Object.values(getTableColumns(table))
			.filter((column) => /^text/i.test(column.getSQLType()) && !column.generated)
			.map((column) => column.name);
		const own =
			name === "event_log"
				? "key >> 40 = (SELECT ordinal FROM organizations WHERE id = ?)"
				: "organizationId = ?";
		let sum = 0;
		for (const row of await run(`SELECT * FROM ${name} WHERE ${own}`, organizationId)) {
			const bytes = texts.map((field) => {
				const times = !searched.includes(field) ? 1 : field === "lineItems" ? 3 : 5;
				return encoder.encode(row[field] ?? "").length * times;
			});
			for (const field of linked) bytes.push(128 * linksIn(JSON.parse(row[field] ?? "[]")));
			sum += blocksBeyond(
				bytes.reduce((all, one) => all + one, 0),
				block,
			);
		}
		if (sum > 0) found[name] = sum;
	}
	return found;
}

/** How many ids and values there are beside the first of each list. */
function linksIn(value: object): number {
	const items = Object.values(value);
	const lists = items.filter((item) => Array.isArray(item)).map(linksIn);
	return lists.reduce((all, one) => all + one, Math.max(0, items.length - 1));
}

export const counted = async (organizationId: string): Promise<Record<string, number>> =>
	Object.fromEntries(
		(
			await run(
				"SELECT resource, excess FROM counters WHERE organizationId = ? AND excess <> 0",
				organizationId,
			)
		).map(({ resource, excess }) => [resource, excess]),
	);

/** A heavy one of what has no verb above, each about the lead. */
export async function aboutLead(api: Api, leadId: string): Promise<void> {
	const talk = await createConversation(api, { conversationType: "chat", leadId, summary: text(20_000) });
	for (const bytes of [10, 1_500, 29_000])
		await create(api, `/conversations/${talk.id}/messages`, { role: "visitor", text: text(bytes) });
	await create(api, "/tasks", {
		title: "Call",
		description: text(20_000),
		entity: "leads",
		entityId: leadId,
	});
	const form = await createForm(api, [...contactField, { label: "More", key: "more", type: "longText" }]);
	await create(api, "/form-responses", { formId: form.id, answers: { your_name: "Jo", more: text(20_000) } });
	await create(api, "/tags", { name: "A tag" });
}
