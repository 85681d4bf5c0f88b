// What `npm start` prints: steps with progress, then the log, readable or as JSON.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { socketPathOf } from "../../scripts/local/control.ts";
import { openLifeline } from "../../scripts/local/lifeline.ts";
import { formatLogLine, isSuccessfulRequest } from "../../scripts/local/log-lines.ts";
import { runStep } from "../../scripts/local/progress.ts";
import { toolCommand } from "../../scripts/tools/tools.ts";
import { STAGE } from "../../src/db/moves.ts";

const at = new Date(2026, 0, 31, 12, 0, 1);
const line = (entry: object) => stripVTControlCharacters(formatLogLine(JSON.stringify(entry), at));

test("each kind of log line is one line that a person reads", () => {
	const request = {
		type: "request",
		requestId: "req_1",
		keyId: "key_1",
		method: "POST",
		path: "/api/v1/leads",
	};
	assert.equal(line({ ...request, status: 201, ms: 18 }), "12:00:01 201 POST /api/v1/leads 18 ms");
	assert.equal(line({ ...request, status: 404, ms: 3 }), "12:00:01 404 POST /api/v1/leads 3 ms req_1");
	const attempt = {
		type: "attempt",
		deliveryId: "whd_1",
		webhookId: "webhook_1",
		number: 2,
		trigger: "scheduled",
	};
	assert.equal(
		line({ ...attempt, statusCode: 200, durationMs: 5, error: null }),
		"12:00:01 webhook delivered 200 attempt 2 5 ms whd_1",
	);
	assert.equal(
		line({ ...attempt, statusCode: null, durationMs: 9, error: "timeout" }),
		"12:00:01 webhook not delivered (timeout) no answer attempt 2 9 ms whd_1",
	);
	assert.equal(
		line({ type: "fault", what: "sweep", error: "Error", message: "no\nluck", requestId: "req_2" }),
		"12:00:01 fault sweep: Error no luck requestId=req_2",
	);
	assert.equal(line({ type: "sweep", shard: 1, due: 3 }), "12:00:01 sweep of shard 1: 3 overdue deliveries");
	assert.equal(
		line({ type: "sweep", shards: 12, unseen: 7, next: 5 }),
		"12:00:01 sweep: 7 of 12 shards are left for the next one, which begins with shard 5",
	);
	assert.equal(
		line({ type: "purge", unfinished: "leads, tags" }),
		"12:00:01 purge: time is up, the next sweep continues with leads, tags",
	);
	const move = { type: "move", organizationId: "org_1", to: 2 };
	const removal = { type: "removal", organizationId: "org_1", shard: 2 };
	for (const stage of Object.values(STAGE).filter((one) => one > STAGE.withdrawn)) {
		assert.match(line({ ...move, stage }), /^12:00:01 move of org_1 to shard 2: [a-z ]{7,}$/);
		assert.match(line({ ...removal, stage }), /^12:00:01 removal of org_1 from shard 2: [a-z ]{7,}$/);
	}
	assert.equal(line({ ...move, stage: "done" }), "12:00:01 move of org_1 to shard 2: done");
	assert.equal(line({ type: "later", due: 3 }), "12:00:01 later due=3");
	assert.equal(formatLogLine("plain words"), "plain words");
	assert(isSuccessfulRequest(JSON.stringify({ ...request, status: 201 })));
	assert(!isSuccessfulRequest(JSON.stringify({ ...request, status: 500 })));
	assert(!isSuccessfulRequest("plain words"));
});

test("a step is named at once, and never silent for long", async () => {
	const printed: string[] = [];
	const result = await runStep(
		(text) => printed.push(text),
		"Doing much",
		async (report) => {
			assert.deepEqual(printed, ["Doing much …"]);
			report("60 of 140");
			await sleep(90);
			return "done";
		},
		40,
	);
	assert.equal(result, "done");
	assert.equal(printed[1], "  still at it after 0 s: 60 of 140");
	const said = printed.length;
	await sleep(60);
	assert.equal(printed.length, said, "it ends with the step");
});

test("tools start without a shell, and where there are no named pipes workerd starts by itself", async () => {
	const [node, ...args] = toolCommand("tsc", ["--version"]);
	assert.equal(node, process.execPath);
	const child = spawn(node, args, { env: {} });
	const code = await new Promise((ended) => child.once("close", ended));
	assert.equal(code, 0);

	const before = process.env.MINIFLARE_WORKERD_PATH;
	delete process.env.MINIFLARE_WORKERD_PATH;
	const lifeline = openLifeline("win32");
	assert.match(socketPathOf(lifeline.folder, "win32"), /^\\\\\.\\pipe\\leadwire-\w+$/);
	assert.deepEqual([lifeline.environment, process.env.MINIFLARE_WORKERD_PATH], [{}, undefined]);
	lifeline.release();
	if (before) process.env.MINIFLARE_WORKERD_PATH = before;
});
