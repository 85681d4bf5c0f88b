// Searches show the newest rows first by their rowids, which a row gets where an organization arrives.
import { expect, it } from "vitest";
import { STAGE } from "../../src/db/moves.ts";
import { Sender } from "../support/sender.ts";
import { callerToMove, completeMove, FROM, stageOf, TO, wish, withFakeDate } from "./moving.ts";

withFakeDate();

it("keeps the order of searches when rows change before they are copied", async () => {
	const api = await callerToMove();
	const sender = await Sender.start();
	const made: { id: string; name: string }[] = [];
	const make = async (name: string) => made.unshift((await api.post("/leads", { name })).body);
	for (const name of ["Walker 1", "Walker 2", "Walker 3"]) await make(name);
	await wish(api.organizationId, FROM, TO);
	await completeMove(sender, api.organizationId, FROM, TO, async () => {
		if ((await stageOf(api.organizationId, FROM)) !== STAGE.clearing) return;
		await make(`Walker ${made.length + 1}`);
		for (const { id } of made)
			expect((await api.patch(`/leads/${id}`, { score: made.length })).status).toBe(200);
	});
	expect(made.length).toBeGreaterThan(3);
	const found = (await api.get("/leads?search=walker")).body.items;
	expect(found.map(({ name }: { name: string }) => name)).toEqual(made.map(({ name }) => name));
});

it("keeps the order of searches where rows are large", async () => {
	const api = await callerToMove();
	const sender = await Sender.start();
	for (const n of Array(8).keys())
		await api.post("/custom-fields", { entity: "leads", label: `Text ${n}`, type: "longText" });
	const text = "€".repeat(10_000);
	const large = Object.fromEntries(Array.from(Array(8).keys(), (n) => [`cf_text_${n}`, text]));
	for (const [name, more] of [
		["Walker 1", {}],
		["Walker 2", large],
		["Walker 3", {}],
	] as const)
		expect((await api.post("/leads", { name, ...more })).status).toBe(201);
	await wish(api.organizationId, FROM, TO);
	await completeMove(sender, api.organizationId, FROM, TO);
	const found = (await api.get("/leads?search=walker")).body.items;
	expect(found.map(({ name }: { name: string }) => name)).toEqual(["Walker 3", "Walker 2", "Walker 1"]);
});
