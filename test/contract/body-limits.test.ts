// Limits on the size and depth of bodies, and that accepted values are returned unchanged.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { JSON_TYPE, utf8 } from "../support/requests.ts";

const LIMIT = 256 * 1_024;

/** Valid JSON of exactly this many bytes. */
const padded = (body: object, bytes: number) => {
	const text = JSON.stringify(body);
	return text + " ".repeat(bytes - utf8(text).length);
};

/** The same bytes without a Content-Length, in pieces. */
const streamed = (text: string, pieceBytes = 16_384) => {
	const bytes = utf8(text);
	let offset = 0;
	return new ReadableStream({
		pull(controller) {
			if (offset >= bytes.length) return controller.close();
			controller.enqueue(bytes.subarray(offset, offset + pieceBytes));
			offset += pieceBytes;
		},
	});
};

describe("sizes", () => {
	const lead = { name: "Jane" };

	it("256 KB are accepted and one byte more is 413, whether sent whole or streamed", async () => {
		const api = await createCaller();
		for (const send of [(text: string) => text, (text: string) => streamed(text)]) {
			const post = (bytes: number) =>
				api.raw("POST", "/leads", { headers: JSON_TYPE, body: send(padded(lead, bytes)) });
			expect((await post(LIMIT)).status).toBe(201);
			expect(await post(LIMIT + 1)).toMatchObject({ status: 413, body: { code: "PAYLOAD_TOO_LARGE" } });
		}
	});

	it("a body longer than its Content-Length is 413 as well", async () => {
		const api = await createCaller();
		const text = padded(lead, LIMIT + 1);
		for (const body of [text, streamed(text)]) {
			const reply = await api.raw("POST", "/leads", {
				headers: { ...JSON_TYPE, "content-length": "15" },
				body,
			});
			expect(reply.status).toBe(413);
		}
	});

	it("counts bytes, not characters", async () => {
		const api = await createCaller();
		const reply = await api.post("/leads", { name: "Jane", notes: "€".repeat(LIMIT / 3) });
		expect(reply.status).toBe(413);
	});

	it("an endless stream is cut off, not read to the end", async () => {
		const api = await createCaller();
		let pulled = 0;
		const body = new ReadableStream({
			pull(controller) {
				pulled += 1;
				controller.enqueue(utf8(" ".repeat(65_536)));
			},
		});
		expect((await api.raw("POST", "/leads", { headers: JSON_TYPE, body })).status).toBe(413);
		expect(pulled).toBeLessThan(20);
	});

	it("a batch has 1 MB", async () => {
		const api = await createCaller();
		const post = (bytes: number) => api.post("/leads/batch", padded({ items: [lead] }, bytes));
		expect((await post(1_024 * 1_024)).body).toMatchObject({ created: 1 });
		expect((await post(1_024 * 1_024 + 1)).status).toBe(413);
	});
});

describe("depth", () => {
	const nested = (open: string, close: string, levels: number) =>
		`{"name":${open.repeat(levels - 1)}0${close.repeat(levels - 1)}}`;

	it("32 levels are read, 33 are refused", async () => {
		const api = await createCaller();
		for (const [open, close] of [
			["[", "]"],
			['{"a":', "}"],
		] as const) {
			const allowed = await api.post("/leads", nested(open, close, 32));
			expect(allowed.body.message).toBe("name: Expected a string.");
			const refused = await api.post("/leads", nested(open, close, 33));
			expect(refused).toMatchObject({
				status: 400,
				body: { message: "The body is nested deeper than 32 levels." },
			});
		}
	});

	it("brackets inside strings are not counted", async () => {
		const api = await createCaller();
		const notes = `${'[{"\\'.repeat(100)}"`;
		const reply = await api.post("/leads", { name: "Jane", notes });
		expect(reply).toMatchObject({ status: 201, body: { notes } });
	});

	it("100,000 levels are refused at once", async () => {
		const api = await createCaller();
		const open = "[".repeat(100_000);
		const objects = '{"a":'.repeat(50_000);
		await api.get("/leads");
		const started = performance.now();
		for (const body of [open, open + "]".repeat(100_000), objects, `{"name":"x","cf_x":${objects}`]) {
			expect(await api.post("/leads", body)).toMatchObject({ status: 400, body: { errors: [{ path: "" }] } });
		}
		expect(performance.now() - started).toBeLessThan(1_000);
	});
});

describe("what is accepted", () => {
	it("is returned as it was sent, also in lists", async () => {
		const api = await createCaller();
		const texts = {
			name: "Zoë 👩‍👩‍👧 \u202eabc\u202c",
			company: "e\u0301 is not \u00e9",
			notes: " \t<script>'\"; DROP TABLE leads;-- %00 \\u0000 \ufeff\u2028\u007f",
			title: "\uFEFFmark",
			linkedin: "__proto__",
		};
		const reply = await api.post("/leads", texts);
		expect(reply.body).toMatchObject(texts);
		expect((await api.get(`/leads/${reply.body.id}`)).body).toEqual(reply.body);
		expect((await api.get("/leads")).body.items).toEqual([reply.body]);
	});

	it("of a repeated name is the last value", async () => {
		const api = await createCaller();
		const reply = await api.post("/leads", '{"name":"first","score":1,"name":"last"}');
		expect(reply.body).toMatchObject({ name: "last", score: 1 });
		expect((await api.get(`/leads/${reply.body.id}`)).body.name).toBe("last");
	});

	it("may begin with a byte order mark, which RFC 8259 lets a parser ignore", async () => {
		const api = await createCaller();
		expect((await api.post("/leads", '\uFEFF{"name":"Jane"}')).status).toBe(201);
	});
});
