// Writes of the API with a fault at each external call.
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { type Action, failEachCall } from "../support/fail-each-call.ts";
import { answersWith, type World } from "../support/world.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

const ALL = ["D1", "limiter", "queue"];

/** Two webhooks that want what happens to leads, and a disabled one. */
async function threeWebhooks(world: World): Promise<[string, string, string]> {
	return [
		await world.webhook("one", ["lead.*"]),
		await world.webhook("two", ["*"]),
		await world.webhook("off", ["*"], { status: "disabled" }),
	];
}

const lead = async ({ sender }: World): Promise<string> =>
	(await sender.api("POST", "/leads", { name: "Jane" })).body.id;

/** Leads there are for good, each of which has said so to three webhooks. */
const leadsOf = ({ auditor }: World) => [...auditor.state.leads.values()];

const actions: readonly Action[] = [
	{
		name: "a create",
		mustCall: ALL,
		async prepare(world) {
			await threeWebhooks(world);
			return { act: () => world.sender.api("POST", "/leads", { name: "Jane" }) };
		},
	},
	{
		name: "a create under an Idempotency-Key, repeated until it is answered",
		mustCall: ALL,
		async prepare(world) {
			await threeWebhooks(world);
			const create = () =>
				world.sender.api("POST", "/leads", { name: "Jane" }, { "idempotency-key": "crash-and-repeat" });
			return {
				act: create,
				async check(first) {
					world.advance(61_000);
					const again = await create();
					await world.settle();
					return [
						...(again.status === 201 ? [] : [`repeated it is ${again.status}`]),
						...(leadsOf(world).length === 1 ? [] : [`there are ${leadsOf(world).length} leads`]),
						...(first?.status !== 201 || again.headers.has("idempotency-replayed") ? [] : ["done twice"]),
						...(await world.finalProblems({ unrecorded: 1 })),
					];
				},
			};
		},
	},
	{
		name: "a PATCH",
		mustCall: ALL,
		async prepare(world) {
			const id = await lead(world);
			await threeWebhooks(world);
			return { act: () => world.sender.api("PATCH", `/leads/${id}`, { name: "Joan" }) };
		},
	},
	{
		name: "a DELETE",
		mustCall: ALL,
		async prepare(world) {
			const id = await lead(world);
			await threeWebhooks(world);
			return { act: () => world.sender.api("DELETE", `/leads/${id}`) };
		},
	},
	{
		name: "a batch create",
		mustCall: ALL,
		async prepare(world) {
			await threeWebhooks(world);
			const items = [{ name: "One" }, { name: "Two" }, { nam: "refused" }, { name: "Three" }];
			return {
				act: () => world.sender.api("POST", "/leads/batch", { items }),
				async check(reply) {
					const { length } = leadsOf(world);
					const whole = length === 3 || (length === 0 && reply?.status !== 200);
					return whole ? [] : [`${length} of 3 leads after ${reply?.status}`];
				},
			};
		},
	},
	{
		name: "a webhook's disabling",
		mustCall: ["D1", "limiter"],
		async prepare(world) {
			const [one] = await threeWebhooks(world);
			await lead(world);
			return {
				act: () => world.sender.api("PATCH", `/webhooks/${one}`, { status: "disabled" }),
				async check() {
					const off = world.auditor.state.webhooks.get(one)?.status === "disabled";
					const sent = world.requests.filter(({ url }) => url.endsWith("/one")).length;
					return sent === (off ? 0 : 1)
						? []
						: [`${sent} were sent to a webhook that is ${off ? "off" : "on"}`];
				},
			};
		},
	},
	{
		name: "a webhook's deletion",
		mustCall: ["D1", "limiter"],
		async prepare(world) {
			const [one] = await threeWebhooks(world);
			await lead(world);
			return { act: () => world.sender.api("DELETE", `/webhooks/${one}`) };
		},
	},
	{
		name: "a secret's rotation",
		mustCall: ["D1", "limiter"],
		async prepare(world) {
			const [one] = await threeWebhooks(world);
			await lead(world);
			const secret = world.newSecret();
			return { act: () => world.sender.api("POST", `/webhooks/${one}/rotate-secret`, { secret }) };
		},
	},
	{
		name: "a recovery",
		vars: { WEBHOOK_RETRY_DELAYS: "0" },
		mustCall: ALL,
		async prepare(world) {
			const [one] = await threeWebhooks(world);
			world.receivers.set("one", answersWith(503));
			const since = new Date().toISOString();
			await lead(world);
			await lead(world);
			await world.settle();
			world.receivers.clear();
			const recover = () => world.sender.api("POST", `/webhooks/${one}/recover`, { since });
			return {
				act: recover,
				async check(reply) {
					// Whoever got no answer asks again; what is on its way already is left alone.
					if (reply?.status !== 202) await recover();
					await world.settle();
					const failed = [...world.auditor.state.deliveries.values()].filter(
						({ status }) => status === "failed",
					);
					return [
						...(failed.length === 0 ? [] : ["not recovered"]),
						...(await world.finalProblems({ unrecorded: 1 })),
					];
				},
			};
		},
	},
	{
		name: "a redelivery",
		vars: { WEBHOOK_RETRY_DELAYS: "0" },
		mustCall: ALL,
		async prepare(world) {
			const one = await world.webhook("one", ["lead.created"]);
			world.receivers.set("one", answersWith(503));
			await lead(world);
			await world.settle();
			world.receivers.clear();
			const [id = ""] = world.auditor.state.deliveries.keys();
			return {
				act: () => world.sender.api("POST", `/webhooks/${one}/deliveries/${id}/redeliver`),
				async check(reply) {
					const status = world.auditor.state.deliveries.get(id)?.status;
					return reply?.status !== 202 || status === "success" ? [] : [`it is ${status} after all`];
				},
			};
		},
	},
	{
		name: "a test send",
		mustCall: ALL,
		async prepare(world) {
			const [, , off] = await threeWebhooks(world);
			return { act: () => world.sender.api("POST", `/webhooks/${off}/test`, { event: "lead.created" }) };
		},
	},
];

describe("interrupted anywhere, all or nothing of a write is there, and what it caused arrives:", () => {
	it.each(actions)("$name", async (action) => {
		const { calls, problems } = await failEachCall(action);
		expect(problems).toEqual([]);
		expect(calls).toEqual(expect.arrayContaining([...action.mustCall]));
	});
});
