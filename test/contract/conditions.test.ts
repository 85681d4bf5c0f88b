// Conditional requests: every action honours If-Match, and an ETag is recognised in the form that compression gives it.
import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { hasOperations, operations, pathOf } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyFor, createRow, resourceAt, rowPath } from "./rows.ts";

/** What happens to one resource besides being changed and deleted. */
const actions = operations.filter(
	({ method, path, examples }) =>
		method === "POST" && path.includes("/{id}/") && Object.keys(examples).length === 1,
);

const transformed = (version: number) => [
	`W/"${version}"`,
	`"${version}-gzip"`,
	`W/"${version}-gzip"`,
	`"${version}--gzip"`,
	`"${version}-br"`,
	`"${version}-zstd"`,
];

it("there are actions to test", () => {
	expect(actions.map(({ operationId }) => operationId)).toEqual(
		expect.arrayContaining([
			"convertLead",
			"invoiceQuotation",
			"payInvoice",
			"voidInvoice",
			"restoreLead",
			"rotateApiKey",
			"createMessage",
		]),
	);
});

describe.each(actions)("$operationId", (action) => {
	it("changes only the version that If-Match names", async () => {
		const api = await createCaller();
		const resource = resourceAt(action.resource);
		const { id } = await createRow(api, resource);
		if (action.path.endsWith("/restore")) await api.delete(rowPath(resource, id));
		const gone = hasOperations("get")(resource) ? "?includeDeleted=true" : "";
		const one = `${rowPath(resource, id)}${resource.revoked || !hasOperations("restore")(resource) ? "" : gone}`;
		const current = (await api.get(one)).body;
		const send = async (tag: string) =>
			api.post(pathOf(action, { id }), await bodyFor(api, action), { "if-match": tag });
		for (const tag of [`"${current.version + 1}"`, `W/"${current.version + 1}"`, '"0"']) {
			expect(await send(tag), tag).toMatchObject({ status: 412, body: { code: "PRECONDITION_FAILED" } });
			expect((await api.get(one)).body).toMatchObject({
				version: current.version,
				updatedAt: current.updatedAt,
			});
		}
		const done = await send(`W/"${current.version}"`);
		expect(done.status, done.text).toBeLessThan(300);
	});
});

describe.each(resources.filter(hasOperations("update")))("a tag of $path", (resource) => {
	it("accepts its ETag in weak form and with a suffix for compression", async () => {
		const api = await createCaller();
		const { id } = await createRow(api, resource);
		const one = rowPath(resource, id);
		const [field = "", values = []] = Object.entries<Json>(resource.fields)[0] ?? [];
		let { version } = (await api.get(one)).body;
		for (const [index, tag] of transformed(version).entries()) {
			const [, suffix = ""] = /^(.*)$/.exec(tag.replace(/\d+/, String(version))) ?? [];
			const reply = await api.patch(one, { [field]: values[(index + 1) % 2] }, { "if-match": suffix });
			expect(reply.status, `${suffix} ${reply.text}`).toBe(200);
			version = reply.body.version;
		}
	});

	it("is sent with no-transform, and answers 304 when nothing has changed", async () => {
		const api = await createCaller();
		const { id } = await createRow(api, resource);
		const one = rowPath(resource, id);
		const first = await api.get(one);
		expect(first.headers.get("cache-control")).toMatch(/^private, no-cache\b.*\bno-transform$/);
		// What counts without a new version must not be kept by a browser, which would then ask by version.
		expect(first.headers.get("cache-control")?.includes("no-store")).toBe(resource.hasCounters === true);
		const { version } = first.body;
		for (const tag of [`"${version}"`, ...transformed(version), "*"]) {
			const reply = await api.get(one, { "if-none-match": tag });
			expect(reply, tag).toMatchObject({ status: 304, text: "" });
			expect(reply.headers.get("etag")).toBe(`"${version}"`);
		}
		for (const tag of [`"${version + 1}"`, `"${version}-tar"`, `${version}`])
			expect((await api.get(one, { "if-none-match": tag })).text, tag).toBe(first.text);
	});
});

it("answers without an ETag may be compressed", async () => {
	const api = await createCaller();
	expect((await api.get("/leads")).headers.get("cache-control")).toBe("private, no-cache");
});
