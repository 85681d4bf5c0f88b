// Parameters of a query: an operation refuses those that it doesn't know, whichever it is and whatever it takes.
import { expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { operations, pathOf } from "./operations.ts";
import { bodyFor } from "./rows.ts";

it.each(operations)("$operationId refuses a parameter it doesn't know", async (operation) => {
	const api = await createCaller();
	const body = await bodyFor(api, operation);
	const reply = await api.send(operation.method, `${pathOf(operation)}?nope=1&limt=5`, body);
	expect(reply, reply.text).toMatchObject({
		status: 400,
		body: {
			errors: [
				{ path: "nope", message: "Unknown field." },
				{ path: "limt", message: "Unknown field." },
			],
		},
	});
});

it("operations without a body refuse fields in one", async () => {
	for (const operation of operations.filter(({ method, takesBody }) => method === "POST" && !takesBody)) {
		// There are more of them than a key has requests a minute.
		const api = await createCaller();
		const reply = await api.post(pathOf(operation), { cascade: true });
		expect(reply, operation.operationId).toMatchObject({
			status: 400,
			body: { errors: [{ path: "cascade", message: "Unknown field." }] },
		});
		for (const empty of [{}, undefined])
			expect((await api.post(pathOf(operation), empty)).status, operation.operationId).toBe(404);
	}
});

it("an error names a parameter as it was sent", async () => {
	const api = await createCaller();
	const id = "Expected an id that begins with lstg_.";
	const known = "lstg_01kaj2m5m8f7jt2n3v4w5x6y7z";
	for (const [query, ...errors] of [
		["stageId=x", ["stageId", id]],
		[`stageId=${known}&stageId=x`, ["stageId.1", id]],
		[
			"archived=yes&limit=0",
			["limit", "Expected a whole number from 1 to 100."],
			["archived", "Expected one of true, false."],
		],
		["limit=1&limit=2", ["limit", "Send it only once."]],
		[
			"orderDir=asc&orderDir=asc&limit=0",
			["orderDir", "Send it only once."],
			["limit", "Expected a whole number from 1 to 100."],
		],
		["createdAfter=2026-01-01T00:00:00Z&createdAfter=x", ["createdAfter", "Send it only once."]],
		["nope=1&nope=2", ["nope", "Unknown field."]],
		["a.0=1", ["a.0", "Unknown field."]],
		["constructor=1&constructor=2", ["constructor", "Unknown field."]],
		[
			Array.from({ length: 51 }, () => `stageId=${known}`).join("&"),
			["stageId", "Expected at most 50 items."],
		],
	] as const) {
		const reply = await api.get(`/leads?${query}`);
		const expected = errors.map(([path, message]) => ({ path, message }));
		expect(reply, query).toMatchObject({ status: 400, body: { errors: expected } });
		expect(reply.body.errors, query).toHaveLength(errors.length);
	}
});
