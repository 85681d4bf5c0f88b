// The id of a public form does not say which database it is in: what it costs to find out, and what a move changes.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import { watchBindings, withoutSending, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { contactField, createForm } from "../support/forms.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { shards } from "../support/shards.ts";
import { load, send } from "../support/visitors.ts";
import { completeMove, duringFreeze, wish } from "./moving.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterEach(() => void vi.useRealTimers());

const JANE = { your_name: "Jane", email: "jane@example.com" };

it.each(shards)("a form in shard %d is found once a minute", async (shard) => {
	const api = withoutSending(await createCaller({ shard }));
	const form = await createForm(api, contactField, { isPublic: true });
	const watch = watchBindings();
	expect((await load(form, { target: watch.target })).status).toBe(200);
	expect(watch.roundTrips.length).toBeGreaterThan(1);
	for (let count = 0; count < 3; count += 1) {
		watch.reset();
		expect((await load(form, { target: watch.target })).status).toBe(200);
		expect(watch.roundTrips).toHaveLength(1);
	}
	expect((await send(form, JANE)).status).toBe(201);
	expect((await api.get("/form-responses")).body.items).toHaveLength(1);
	vi.setSystemTime(Date.now() + 60_000);
	watch.reset();
	expect((await load(form, { target: watch.target })).status).toBe(200);
	expect(watch.roundTrips.length).toBeGreaterThan(1);
});

it("an id that no form has is looked for once in ten seconds", async () => {
	const watch = watchBindings();
	const form = { id: "frm_01kaj2m5m8f7jt2n3v4w5x6y70" };
	for (let count = 0; count < 5; count += 1)
		expect((await send(form, JANE, { target: watch.target })).status).toBe(404);
	expect(watch.roundTrips).toHaveLength(shards.length);
	vi.setSystemTime(Date.now() + 10_000);
	expect((await load(form, { target: watch.target })).status).toBe(404);
	expect(watch.roundTrips).toHaveLength(2 * shards.length);
});

it("a form that moves is answered before, meanwhile by 503, and after, and each visitor is checked once", async () => {
	const api = withoutSending(await createCaller({ shard: 0 }));
	const keys = { turnstileSiteKey: "0x4AAAAAAADnPIDROrmt1Wwj", turnstileSecret: "right" };
	const form = await createForm(api, contactField, { isPublic: true, ...keys });
	const bucket = `moving-${form.id}`;
	const target = workerWith({ ...env, TURNSTILE_URL: `${inject("receiver")}/turnstile/${bucket}` });
	const answer = (token: string) =>
		send(form, { ...JANE, "cf-turnstile-response": `${token}-${form.id}` }, { target });
	expect((await answer("before")).status).toBe(201);
	expect(await wish(api.organizationId, 0, 1)).toBe(true);
	const meanwhile: number[] = [];
	const sender = await Sender.start(
		{},
		duringFreeze(async () => {
			const reply = await answer("meanwhile");
			meanwhile.push(reply.status, Number(reply.headers.get("retry-after")));
			meanwhile.push((await load(form)).status);
		}),
	);
	await completeMove(sender, api.organizationId, 0, 1);
	expect(meanwhile).toEqual([503, 2, 200]);
	expect((await answer("after")).status).toBe(201);
	expect((await load(form)).status).toBe(200);
	expect((await api.get("/form-responses")).body.items).toHaveLength(2);
	const asked = (await receivedRequests(bucket)).map(({ body }) => new URLSearchParams(body).get("response"));
	expect(asked).toEqual(["before", "meanwhile", "after"].map((token) => `${token}-${form.id}`));
});
