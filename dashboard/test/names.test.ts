// Names in place of ids: what a page shows is read by one request for each kind of record.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sent, server } from "./without-browser.ts";

const { readName } = await import("../src/pages/data/names.ts");

const idOf = (prefix: string, at: number) => `${prefix}_${String(at).padStart(26, "0")}`;
const paths = () => sent.map((one) => one.replace(/\?.*/, ""));

beforeEach(() => {
	sent.length = 0;
	server.answer = ({ url }) => {
		const { pathname, searchParams } = new URL(url);
		const items = pathname.endsWith("/pipelines")
			? [{ id: idOf("dpl", 1), name: "Sales", stages: [{ id: idOf("dps", 1), name: "Won" }] }]
			: searchParams.getAll("id").map((id) => ({ id, name: `Name of ${id}`, title: `Title of ${id}` }));
		return Response.json({ items: items.filter(({ id }) => id !== idOf("ld", 7)), nextCursor: null });
	};
});

test("the ids that a page shows are read together, fifty at once, and each once", async () => {
	const leads = Array.from({ length: 60 }, (_, at) => idOf("ld", at));
	const asked = [...leads, ...leads, idOf("dl", 1), idOf("dps", 1)];
	const names = await Promise.all(asked.map(readName));
	assert.deepEqual(paths(), [
		"GET /api/v1/leads",
		"GET /api/v1/leads",
		"GET /api/v1/deals",
		"GET /api/v1/pipelines",
	]);
	assert.equal(new URL(sent[0]?.slice(4) ?? "", "http://x").searchParams.getAll("id").length, 50);
	assert.match(sent[0] ?? "", /includeDeleted=true/);
	assert.deepEqual(
		[names[0], names[60], names[120], names[121]],
		[`Name of ${leads[0]}`, `Name of ${leads[0]}`, `Title of ${idOf("dl", 1)}`, "Won"],
	);
	await readName(idOf("ld", 1));
	assert.equal(sent.length, 5, "later it is asked again");
});

test("what has no name is shown as its id, and a refusal is one for all who wait", async () => {
	assert.equal(await readName(idOf("ld", 7)), idOf("ld", 7));
	assert.equal(await readName(idOf("xyz", 1)), idOf("xyz", 1));
	server.answer = () => Response.json({ message: "No." }, { status: 403 });
	const found = await Promise.allSettled([readName(idOf("ld", 1)), readName(idOf("ld", 2))]);
	assert.deepEqual(
		found.map(({ status }) => status),
		["rejected", "rejected"],
	);
	assert.equal(paths().length, 2);
});
