// Keeping to the rate limit, and waiting when the server asks for it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { sent, server } from "./without-browser.ts";

const { ApiError, callPath } = await import("../src/api.ts");
const { connection } = await import("../src/connection.ts");
const { paced } = await import("../src/pages/data/files/pace.ts");
const { isRetried, retryDelayMs } = await import("../src/retries.ts");

beforeEach(() => {
	mock.timers.enable({ apis: ["setTimeout", "Date"] });
	connection.allowance = null;
	connection.waitsUntil = 0;
	sent.length = 0;
});
afterEach(() => mock.timers.reset());

const turn = () => new Promise((wake) => setImmediate(wake));
const answerWith = (status: number, headers: Record<string, string> = {}) =>
	Response.json(status < 400 ? {} : { message: `Refused with ${status}.` }, { status, headers });
const limits = (remaining: number, reset: number) => ({
	"ratelimit-limit": "300",
	"ratelimit-remaining": String(remaining),
	"ratelimit-reset": String(reset),
});
const call = () => callPath("POST", "/leads/batch", { body: {} });

test("calls follow each other until 60 of the limit are left to the pages, and then wait for more", async () => {
	server.answer = () => answerWith(200, limits(60, 7));
	await paced(call);
	await paced(call);
	server.answer = () => answerWith(200, limits(59, 7));
	await paced(call);
	let isDone = false;
	const last = paced(call).then(() => {
		isDone = true;
	});
	mock.timers.tick(6_999);
	await turn();
	assert.deepEqual([sent.length, isDone], [3, false]);
	mock.timers.tick(1);
	await last;
	assert.equal(sent.length, 4);
});

for (const [status, notice] of [
	[429, "This page has asked too often; it goes on in 4 s."],
	[503, "The server can’t answer now; it asks to wait 4 s."],
] as const)
	test(`after ${status} a call is repeated when the server has said, and the page says so`, async () => {
		server.answer = () => answerWith(status, { "retry-after": "4", ...limits(0, 4) });
		const done = paced(call);
		await turn();
		assert.equal(connection.trouble?.message, notice);
		server.answer = () => answerWith(200);
		mock.timers.tick(3_999);
		await turn();
		assert.equal(sent.length, 1);
		mock.timers.tick(1);
		await done;
		assert.deepEqual([sent.length, connection.trouble], [2, null]);
	});

test("another refusal is not repeated", async () => {
	for (const answer of [answerWith(400), answerWith(503), answerWith(500, { "retry-after": "1" })]) {
		server.answer = () => answer;
		await assert.rejects(paced(call), ApiError);
	}
	assert.equal(sent.length, 3);
});

test("until the limit allows it no read is sent, but a write is", async () => {
	server.answer = () => answerWith(429, { "retry-after": "4" });
	await assert.rejects(callPath("GET", "/leads"), ApiError);
	server.answer = () => answerWith(200);
	await assert.rejects(callPath("GET", "/leads"), { status: 429, retryAfterMs: 4_000 });
	await call();
	assert.deepEqual(sent, ["GET /api/v1/leads", "POST /api/v1/leads/batch"]);
	mock.timers.tick(4_000);
	await callPath("GET", "/leads");
	assert.equal(sent.length, 3);
});

test("reads are repeated after temporary failures only, and as late as the server asks", () => {
	const failed = (status: number, seconds = "") =>
		new ApiError(status, {}, new Headers({ "retry-after": seconds }));
	const times = (error: unknown) =>
		[0, 1, 2, 3, 4, 5, 6, 7].filter((failures) => isRetried(failures, error)).length;
	assert.deepEqual(
		[failed(0), failed(500), failed(503, "2"), failed(429, "2"), failed(404), new Error("Ours.")].map(times),
		[2, 2, 6, 0, 0, 0],
	);
	assert.deepEqual(
		[retryDelayMs(0, failed(500)), retryDelayMs(1, failed(500)), retryDelayMs(1, failed(503, "3"))],
		[1_000, 2_000, 3_000],
	);
	assert.equal(retryDelayMs(0, failed(503, "60")), 10_000);
});
