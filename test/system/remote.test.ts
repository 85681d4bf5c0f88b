// `npm run admin -- … --remote`, with the real wrangler and something else that answers for Cloudflare.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { json } from "node:stream/consumers";
import { after, test } from "node:test";
import { faultIn } from "../../scripts/admin/channel.ts";
import { portOf, runAdmin } from "./support/started.ts";

let answer: object = {};
const asked: string[] = [];
const cloudflare = createServer(async (incoming, outgoing) => {
	const { sql } = (await json(incoming)) as { sql: string };
	asked.push(`${incoming.method} ${incoming.url} ${sql.split(" ")[0]?.toLowerCase()}`);
	outgoing.writeHead("errors" in answer ? 400 : 200, { "content-type": "application/json" });
	outgoing.end(JSON.stringify({ success: !("errors" in answer), messages: [], ...answer }));
}).listen(0, "127.0.0.1");
await once(cloudflare, "listening");
after(() => cloudflare.close());

const remote = (...args: string[]) =>
	runAdmin(
		tmpdir(),
		{
			CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${portOf(cloudflare)}/client/v4`,
			CLOUDFLARE_API_TOKEN: "token",
			CLOUDFLARE_ACCOUNT_ID: "account",
		},
		...args,
		"--remote",
	);

test("its rows are read from what wrangler prints", async () => {
	answer = { result: [{ results: [], success: true, meta: {} }] };
	assert.deepEqual(await remote("org", "list"), { code: 0, output: "[]\n", errors: "" });
	assert.match(
		asked[0] ?? "",
		/^POST \/client\/v4\/accounts\/account\/d1\/database\/[0-9-]{36}\/query select$/,
	);
});

test("what Cloudflare refuses is said in its words", async () => {
	answer = { errors: [{ code: 7500, message: "D1 is resting" }] };
	const { code, errors } = await remote("org", "list");
	assert.equal(code, 1);
	assert.match(errors, /^wrangler says: .*D1 is resting/s);
});

test("what wrangler says is wrong is said without the JSON around it", () => {
	const fault = { text: "A request failed.", notes: [{ text: 'no "DB"\n} here' }] };
	const output = `wrangler d1 failed:\n${JSON.stringify({ error: fault }, null, 2)}`;
	assert.equal(faultIn(output), 'wrangler says: A request failed. no "DB"\n} here');
	assert.equal(faultIn("wrangler d1 failed:\nno"), "wrangler d1 failed:\nno");
});
