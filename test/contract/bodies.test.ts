// Validation of bodies and content types.
import { describe, expect, it } from "vitest";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { JSON_TYPE, utf8 } from "../support/requests.ts";
import { hasOperations, operations, pathOf } from "./operations.ts";
import type { Resource } from "./resource.ts";
import { resources } from "./resources.ts";
import { bodyOf, changeOf, createRow, resourceAt, rowPath } from "./rows.ts";

/** A text field of the resource, for what is wrong with a text. */
const textField = ({ fields }: Resource) =>
	Object.entries(fields).find(([, [value]]) => typeof value === "string")?.[0] ?? "formId";

/** Stored in a row, but never shown. */
const HIDDEN = ["hash", "pepperId"];

const withoutBody = operations.filter(({ method, requiresBody }) => method === "POST" && !requiresBody);

it("an action's body, and an object in one, is refused for fields that the server sets, with their cause", async () => {
	const api = await createCaller();
	const id = "01kaj2m5m8f7jt2n3v4w5x6y7z";
	const stages = [{ id: `dps_${id}`, name: "Open", type: "ACTIVE" }];
	for (const [path, body, ...causes] of [
		[
			`/leads/ld_${id}/convert`,
			{ deal: { id, status: "WON" } },
			["deal.id", ""],
			["deal.status", "The stage decides it: set `stageId`."],
		],
		[
			`/leads/ld_${id}/convert`,
			{ deal: { leadId: id, nope: 1 } },
			["deal.leadId", "It is the lead that is converted."],
			["deal.nope", null],
		],
		[
			`/quotations/qtn_${id}/invoice`,
			{ total: 1, clientId: id, nope: 1 },
			["total", "It is the sum of `lineItems`."],
			["clientId", "It is taken from the quotation."],
			["nope", null],
		],
		[`/conversations/conv_${id}/messages`, { role: "agent", text: "x", at: null }, ["at", ""]],
		["/pipelines", { name: "Sales", stages }, ["stages.0.id", ""]],
	] as const) {
		const errors = causes.map(([at, cause]) => ({
			path: at,
			message: cause === null ? "Unknown field." : `The server sets this. ${cause}`.trim(),
		}));
		expect(await api.post(path, body), path).toMatchObject({ status: 400, body: { errors } });
	}
});

describe.each(withoutBody)("$operationId, which needs no body,", (operation) => {
	it("takes an empty one of any type", async () => {
		const api = await createCaller({ keys: 2 });
		const path = pathOf(operation);
		const { status } = await api.raw("POST", path, {});
		expect([200, 404]).toContain(status);
		const empty = [
			{ headers: JSON_TYPE },
			{ headers: JSON_TYPE, body: "" },
			{ headers: { "content-type": "application/x-www-form-urlencoded" }, body: "" },
			{ headers: JSON_TYPE, body: new ReadableStream({ start: (stream) => stream.close() }) },
		];
		for (const sent of empty) expect((await api.raw("POST", path, sent)).status).toBe(status);
		for (const [body, refusal] of [
			[" ", 400],
			["null", 400],
			["[]", 400],
		] as const)
			expect((await api.raw("POST", path, { headers: JSON_TYPE, body })).status).toBe(refusal);
		expect((await api.raw("POST", path, { headers: {}, body: "{}" })).status).toBe(415);
	});
});

describe.each(resources)("a body for $path", (resource) => {
	const path = `/${resource.path}`;

	/** The operations with a body: create, and update of a row. */
	const doors = async (api: Api) => {
		const row = await createRow(api, resource);
		const create = { method: "POST", path, body: await bodyOf(api, resource) };
		const update = { method: "PATCH", path: rowPath(resource, row.id), body: changeOf(resource) };
		return [
			...(hasOperations("create")(resource) ? [create] : []),
			...(hasOperations("update")(resource) ? [update] : []),
		];
	};

	it("is refused when it is not a valid JSON object", async () => {
		const api = await createCaller({ keys: 2 });
		for (const door of await doors(api)) {
			const good = JSON.stringify(door.body);
			const wrong: Record<string, string | Uint8Array> = {
				empty: "",
				blank: " \n",
				truncated: good.slice(0, -1),
				"a trailing comma": good.replace(/\}$/, ",}"),
				"two documents": `${good}${good}`,
				"single quotes": "{'name':'x'}",
				NaN: '{"name":NaN}',
				"bad UTF-8": new Uint8Array([...utf8('{"name":"'), 0xc3, 0x28, ...utf8('"}')]),
				"an encoded surrogate": new Uint8Array([...utf8('{"name":"'), 0xed, 0xa0, 0x80, ...utf8('"}')]),
				"UTF-16": new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]),
				null: "null",
				"an array": `[${good}]`,
				"a string": JSON.stringify(good),
				"a number": "1",
				true: "true",
			};
			for (const [what, body] of Object.entries(wrong)) {
				const reply = await api.raw(door.method, door.path, { headers: JSON_TYPE, body });
				expect(reply, `${door.method} ${what}`).toMatchObject({
					status: 400,
					body: { code: "BAD_REQUEST", errors: [{ path: "" }] },
				});
			}
		}
	});

	it("is refused for U+0000 and malformed Unicode, in values and names", async () => {
		const api = await createCaller();
		const field = textField(resource);
		for (const door of await doors(api)) {
			for (const character of ["\\u0000", "\\ud800", "\\udc00\\ud800"]) {
				for (const [member, at] of [
					[`"${field}":"a${character}b"`, field],
					[`"a${character}":1`, ""],
				] as const) {
					const body = JSON.stringify(door.body).replace(/\}$/, `,${member}}`);
					const reply = await api.send(door.method, door.path, body);
					expect(reply, body).toMatchObject({ status: 400, body: { errors: [{ path: at }] } });
				}
			}
		}
	});

	it("is refused for unknown fields and for fields that the server sets", async () => {
		const api = await createCaller({ keys: 3 });
		const ours = ["id", "organizationId", "version", "createdAt", "updatedAt", "deletedAt"];
		const unknown = ["nope", "constructor", "toString", "hasOwnProperty", "prototype", "Name", "seq"];
		for (const door of await doors(api)) {
			const fixed = door.method === "PATCH" ? Object.keys(resource.createOnly ?? {}) : [];
			const shown = ours.filter((field) => field !== "deletedAt" || hasOperations("restore")(resource));
			const readOnly = (resource.readOnly ?? []).filter((field) => !HIDDEN.includes(field));
			for (const [words, fields] of [
				[/^Unknown field\.$/, unknown],
				[/^The server sets this\./, [...shown, ...readOnly]],
				[/^Can't be changed once it is created\.$/, fixed],
			] as const) {
				for (const field of fields) {
					const reply = await api.send(door.method, door.path, { ...door.body, [field]: null });
					expect(reply, `${door.method} ${field}`).toMatchObject({
						status: 400,
						body: {
							code: "BAD_REQUEST",
							errors: [{ path: field, message: expect.stringMatching(words) }],
						},
					});
				}
			}
		}
	});

	it("is refused for an own __proto__, however deep", async () => {
		const api = await createCaller();
		for (const door of await doors(api)) {
			for (const [member, at] of [
				['"__proto__":{"admin":true}', "__proto__"],
				['"x":{"__proto__":1}', "x.__proto__"],
				['"x":[[{"y":{"__proto__":null}}]]', "x.0.0.y.__proto__"],
			] as const) {
				const body = JSON.stringify(door.body).replace(/\}$/, `,${member}}`);
				const reply = await api.send(door.method, door.path, body);
				expect(reply, body).toMatchObject({ status: 400, body: { errors: [{ path: at }] } });
			}
		}
		expect("admin" in {}).toBe(false);
	});

	it("names the field of a wrong type, with another message than for a missing one", async () => {
		const api = await createCaller();
		for (const door of await doors(api)) {
			for (const [field, [value]] of Object.entries(resource.fields).slice(0, 8)) {
				const wrong = typeof value === "boolean" ? "true" : typeof value === "object" ? 1 : { a: 1 };
				const reply = await api.send(door.method, door.path, { ...door.body, [field]: wrong });
				expect(reply.status, field).toBe(400);
				expect(reply.body.message).toMatch(new RegExp(`^${field}: Expected`));
				expect(reply.body.errors[0].path).toBe(field);
			}
		}
	});

	it("is refused when a field that can't be null is null", async () => {
		const api = await createCaller();
		for (const door of await doors(api)) {
			for (const field of resource.required) {
				const reply = await api.send(door.method, door.path, { ...door.body, [field]: null });
				expect(reply.status, field).toBe(400);
			}
		}
	});
});

describe("a POST whose body may be left out", () => {
	it("needs none, with or without a Content-Length of 0", async () => {
		const api = await createCaller();
		for (const body of [undefined, new Uint8Array(0)]) {
			const { id } = await createRow(api, resourceAt("api-keys"));
			const reply = await api.raw("POST", `/api-keys/${id}/rotate`, body ? { body } : {});
			expect(reply.status, reply.text).toBe(201);
		}
		const { id } = await createRow(api, resourceAt("leads"));
		await api.delete(`/leads/${id}`);
		expect((await api.raw("POST", `/leads/${id}/restore`, { body: new Uint8Array(0) })).status).toBe(200);
	});
});
