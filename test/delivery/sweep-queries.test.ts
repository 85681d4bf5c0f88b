// A sweep that has everything to do at once: the queue refuses, hundreds of deliveries are due, and what was deleted long ago
// is to be removed. The platform ends an invocation at its thousandth statement, as the double does here.
import { expect, it } from "vitest";
import { limits } from "../../scripts/platform/limits.ts";
import { countedDatabases } from "../support/bindings.ts";
import { fakeDate } from "../support/clock.ts";
import { copyRow } from "../support/many-rows.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

/** Webhooks with something due; a sweep begins with the first of each. */
const HOOKS = 600;
/** More than an invocation could remove. */
const DELETED = 30_000;

// A slow machine would end a sweep by its time, before it has asked for too much.
fakeDate();

it("stays within what one invocation may ask of D1, and leaves the rest to the next", {
	timeout: 120_000,
}, async () => {
	const count = { statements: 0 };
	const sender = await Sender.start(countedDatabases(count));
	await copyRow("webhooks", await sender.webhook("/status/200/inline"), HOOKS - 1);
	const tag = (await sender.api("POST", "/tags", { name: "Gone" })).body;
	await sender.api("DELETE", `/tags/${tag.id}`);
	await run("UPDATE tags SET deletedAt = 1 WHERE id = ?", tag.id);
	await copyRow("tags", tag, DELETED);
	sender.queueFails = true;
	expect((await sender.api("POST", "/leads", { name: "Jane" })).status).toBe(201);

	const left = () => total("SELECT count(*) FROM tags");
	let sent = 0;
	let tags = await left();
	for (let sweeps = 0; sent < HOOKS; sweeps += 1) {
		expect(sweeps, "each sweep delivers and removes a part").toBeLessThan(20);
		count.statements = 0;
		await sender.sweep();
		// One statement more is refused and not counted, and the sweep goes on with other work.
		expect(count.statements).toBeLessThan(limits.queriesPerInvocation.max);
		const [before, removed] = [sent, tags];
		[sent, tags] = [(await receivedRequests("inline")).length, await left()];
		expect(sent).toBeGreaterThan(before);
		expect(tags).toBeLessThan(removed || 1);
	}
	expect(sent).toBe(HOOKS);
});
