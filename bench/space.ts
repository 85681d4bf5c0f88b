// `npm run bench:space`: how many bytes of the database a lead, a change, a delivery and so on use, by table and index.
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fillWithLeads } from "./leads.ts";
import { startSink } from "./sink.ts";
import { type Organization, startTarget } from "./target.ts";

/** Bytes by name of table or index. */
export type Space = ReadonlyMap<string, number>;

export interface Measured {
	/** What one unit is, e.g. "lead created". */
	readonly unit: string;
	/** Bytes that one unit uses. */
	readonly space: Space;
}

const GB = 1e9;
/** Concurrent requests. */
const AT_ONCE = 10;

/** Fields of a lead that comes from a web form. */
const ordinary = (index: number) => ({
	mobile: `+1415555${String(index).padStart(4, "0")}`,
	title: "Product demo request",
	position: "Head of Sales",
	value: 12_500,
	expectedCloseDate: "2026-12-31",
	twitter: "https://twitter.com/janesmith",
	linkedin: "https://www.linkedin.com/in/jane-smith",
	website: "https://example.com",
});

/** Bytes of the pages of each table and index. */
function spaceOf(file: string): Space {
	const db = new DatabaseSync(file, { readOnly: true });
	const rows = db.prepare("SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name").all();
	db.close();
	return new Map(rows.map(({ name, bytes }) => [String(name), Number(bytes)]));
}

/** The sum of all bytes. */
export const totalOf = (space: Space) => [...space.values()].reduce((sum, bytes) => sum + bytes, 0);

/**
 * Creates rows of each kind through the API of a new server, and measures what each kind adds to the database.
 * @param count number of leads; most other counts are a share of it
 * @param only whether to stop after leads and their changes
 */
export async function measureSpace(count: number, only = false): Promise<Measured[]> {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-space-"));
	const [target, sink] = [await startTarget("ours", folder), await startSink()];
	try {
		const organization = await target.organization(1 + count / 10);
		const [file = ""] = globSync("v3/d1/miniflare-D1DatabaseObject/*.sqlite", { cwd: folder }).filter(
			(name) => !name.includes("metadata"),
		);
		const all: Measured[] = [];
		const measured = async (of: string, made: number, make: () => Promise<unknown>, tables = /./) => {
			const before = spaceOf(join(folder, file));
			await make();
			const after = [...spaceOf(join(folder, file))].filter(([name]) => tables.test(name));
			const space = new Map(after.map(([name, bytes]) => [name, (bytes - (before.get(name) ?? 0)) / made]));
			all.push({ unit: of, space });
		};
		await measured("lead created", count, () => fillWithLeads(organization, count, ordinary));
		const leads = await idsOf(organization, count / 4);
		await measured("change of one field", leads.length, () =>
			each(leads, (id, index) => organization.call("PATCH", `/leads/${id}`, { score: index % 50 })),
		);
		if (only) return all;
		await organization.call("POST", "/webhooks", { url: sink.url, events: ["task.created"] });
		const deliver = async () => {
			await each(leads, (_, index) => organization.call("POST", "/tasks", { title: `Task ${index}` }));
			for (let done = 0; done < leads.length; await sleep(500))
				done = Number(
					(await target.execute("SELECT count(*) FROM deliveries WHERE status = 'success'", []))[0]?.[0],
				);
		};
		await measured("delivery of one attempt", leads.length, deliver, /deliver|attempts/);
		const some = leads.slice(0, 300);
		const messages = Array.from({ length: 10 }, (_, index) => index);
		await measured("conversation of ten messages", some.length, () =>
			each(some, async () => {
				const conversation = { conversationType: "chat", agentName: "Sam Jones" };
				const { body } = await organization.call<{ id: string }>("POST", "/conversations", conversation);
				for (const index of messages)
					await organization.call("POST", `/conversations/${body.id}/messages`, {
						role: index % 2 ? "agent" : "visitor",
						text: `What is said for the ${index}. time in this conversation is about so long.`,
					});
			}),
		);
		const form = { title: "Contact", fields: [{ key: "name", label: "Name", type: "text" }] };
		const { id } = (await organization.call<{ id: string }>("POST", "/forms", form)).body;
		await measured("form response", some.length, () =>
			each(some, (_, index) =>
				organization.call("POST", "/form-responses", { formId: id, answers: { name: `Jane ${index}` } }),
			),
		);
		return all;
	} finally {
		await target.stop();
		sink.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function idsOf(organization: Organization, count: number): Promise<string[]> {
	const ids: string[] = [];
	for (let cursor = ""; ids.length < count; ) {
		const { body } = await organization.call<{ items: { id: string }[]; nextCursor: string }>(
			"GET",
			`/leads?limit=100${cursor}`,
		);
		ids.push(...body.items.map(({ id }) => id));
		cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
	}
	return ids.slice(0, count);
}

/** Runs a function for each index, several at a time. */
async function each(
	ids: readonly string[],
	one: (id: string, index: number) => Promise<unknown>,
): Promise<void> {
	const left = ids.entries();
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			for (const [index, id] of left) await one(id, index);
		}),
	);
}

if (import.meta.main) {
	for (const { unit: of, space } of await measureSpace(3_000)) {
		console.log(
			`\n${of}: ${totalOf(space).toFixed(0)} bytes, ${((10 * GB) / totalOf(space) / 1e6).toFixed(1)} million in 10 GB`,
		);
		for (const [name, bytes] of [...space].sort(([, one], [, other]) => other - one))
			if (bytes >= 1) console.log(`  ${name.padEnd(40)}${bytes.toFixed(0).padStart(8)}`);
	}
}
