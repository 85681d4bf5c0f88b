// Limits that the document states of answers, where a caller's own doing reaches for them.
import { expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { columnsOf, run } from "../support/shards.ts";

it("a cursor is accepted however long the value at its position is", async () => {
	const api = await createCaller();
	for (const end of ["a", "b"]) await api.post("/leads", { name: `${"字".repeat(254)}${end}` });
	const { body } = await api.get("/leads?orderBy=name&limit=1");
	expect(body.nextCursor.length).toBeGreaterThan(1_024);
	const next = await api.get(`/leads?orderBy=name&limit=1&cursor=${body.nextCursor}`);
	expect(next.status, next.text).toBe(200);
	expect(next.body.items).toHaveLength(1);
	expect(next.body.items[0].id).not.toBe(body.items[0].id);
});

it("an overlong field name is not repeated in full", async () => {
	const api = await createCaller();
	const reply = await api.post("/leads", { name: "Jane", ["x".repeat(50_000)]: 1 });
	expect(reply.status).toBe(400);
	expect(reply.body.errors).toEqual([{ path: "x".repeat(1_000), message: "Unknown field." }]);
});

it("the last hundred attempts of a delivery are shown, in order", async () => {
	const sender = await Sender.start();
	const { id } = await sender.webhook("/200/limits");
	await sender.api("POST", "/leads", { name: "Jane" });
	await sender.drain();
	const { id: deliveryId, attempts } = await sender.delivery(id);
	expect(attempts).toHaveLength(1);
	const columns = (await columnsOf("attempts")).map((name) => `"${name}"`);
	await run(
		`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 130)
		INSERT INTO attempts (${columns.join(", ")})
		SELECT ${columns.map((name) => (name === '"number"' ? "n.i" : name)).join(", ")} FROM attempts, n WHERE "deliveryId" = ?`,
		deliveryId,
	);
	const shown = await sender.delivery(id);
	const numbers = shown.attempts.map(({ number }: { number: number }) => number);
	expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => 31 + index));
});
