// Revoking and rotating API keys with a fault at each external call, while an isolate still remembers the key.
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { Api, type Reply } from "../support/api.ts";
import { createKey } from "../support/callers.ts";
import { type Action, failEachCall } from "../support/fail-each-call.ts";
import { run } from "../support/shards.ts";
import type { World } from "../support/world.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

const TAGS = "/tags";

/** A key to be ended; its calls see no faults. */
async function victimOf({ organizationId }: World): Promise<Api> {
	const { key, id } = await createKey(organizationId);
	return new Api(key, organizationId, id);
}

/** Ends the victim's key, which this isolate has just come to remember. */
async function ending(victim: Api, end: () => Promise<Reply>): Promise<Reply> {
	expect((await victim.get(TAGS)).status).toBe(200);
	return end();
}

const stillWorks = async (victim: Api) =>
	(await victim.get(TAGS)).status === 200 ? ["the key still works"] : [];

const keysOf = async ({ organizationId }: World) =>
	await run<{ id: string; expiresAt: number | null }>(
		"SELECT id, expiresAt FROM api_keys WHERE organizationId = ?",
		organizationId,
	);

const actions: readonly Action[] = [
	{
		name: "a revocation",
		mustCall: ["D1", "limiter"],
		async prepare(world) {
			const victim = await victimOf(world);
			const revoke = () => world.sender.api("DELETE", `/api-keys/${victim.keyId}`);
			return {
				act: () => ending(victim, revoke),
				async check(reply) {
					const last = reply?.status === 204 ? reply : await revoke();
					return [
						// 404: it was done, and only the answer was lost.
						...([204, 404].includes(last.status) ? [] : [`repeated it is ${last.status}`]),
						...(await stillWorks(victim)),
					];
				},
			};
		},
	},
	...[0, 3_600].map(
		(graceSeconds): Action => ({
			name: `a rotation with ${graceSeconds} s of grace`,
			mustCall: ["D1", "limiter"],
			async prepare(world) {
				const victim = await victimOf(world);
				const rotate = () => world.sender.api("POST", `/api-keys/${victim.keyId}/rotate`, { graceSeconds });
				return {
					act: () => ending(victim, rotate),
					async check(reply) {
						const keys = await keysOf(world);
						const ended = keys.some(({ id, expiresAt }) => id === victim.keyId && expiresAt !== null);
						const made = keys.length === 3;
						world.advance(graceSeconds * 1_000);
						return [
							...(ended === made ? [] : ["half of it is done"]),
							...(ended || reply?.status !== 201 ? [] : ["it was answered and not done"]),
							...(reply?.status === 201 ? await stillWorks(victim) : []),
						];
					},
				};
			},
		}),
	),
	{
		name: "a rotation under an Idempotency-Key, repeated until it is answered",
		mustCall: ["D1", "limiter"],
		async prepare(world) {
			const victim = await victimOf(world);
			const rotate = () =>
				world.sender.api(
					"POST",
					`/api-keys/${victim.keyId}/rotate`,
					{},
					{ "idempotency-key": "crash-and-repeat" },
				);
			return {
				act: () => ending(victim, rotate),
				async check(reply) {
					let last = reply?.status === 201 ? reply : await rotate();
					if (last.status === 409) {
						world.advance(61_000);
						last = await rotate();
					}
					const successor = new Api(last.body.key ?? "", world.organizationId, last.body.id ?? "");
					return [
						...(last.status === 201 ? [] : [`repeated it is ${last.status}`]),
						...((await successor.get(TAGS)).status === 200 ? [] : ["the new key doesn't work"]),
						...((await keysOf(world)).length === 3 ? [] : ["it was done twice"]),
						...(await stillWorks(victim)),
					];
				},
			};
		},
	},
];

describe("after an interruption at any point, a key that was reported as ended has ended:", () => {
	it.each(actions)("$name", async (action) => {
		const { calls, problems } = await failEachCall(action);
		expect(problems).toEqual([]);
		expect(calls).toEqual(expect.arrayContaining([...action.mustCall]));
	});
});
