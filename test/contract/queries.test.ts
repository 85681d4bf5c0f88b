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
