// Random histories of one organization: steps of callers, receivers, the queue, the platform and the clock. A step is plain
// data, so that fast-check can shrink and print a failing history.
import fc from "fast-check";
import { faultModes } from "./faults.ts";
import type { Receiver, World } from "./world.ts";

/** What the webhooks subscribe to, and their filter, order, names and rate limit. */
const HOOKS = [
	{ events: ["lead.*"], filter: { event: [{ not: ["lead.deleted"] }] } },
	{ events: ["*"], ordered: true, expand: ["users", "lead-stages"] },
	{ events: ["save_lead", "webhook.*"], rateLimit: { count: 2, seconds: 100 } },
];

/** Behaviours of a receiver that a stub of `fetch` can simulate. */
const behaviours = {
	ok: () => new Response("fine"),
	redirect: () => new Response(null, { status: 302, headers: { location: "https://example.com/" } }),
	gone: () => new Response(null, { status: 410 }),
	busy: () => new Response(null, { status: 429 }),
	"busy for 2 minutes": () => new Response(null, { status: 429, headers: { "retry-after": "120" } }),
	broken: () => new Response("sorry", { status: 503 }),
	hangs: (_, patience) => {
		patience.abort();
		return Promise.reject(patience.signal.reason);
	},
	drips: (_, patience) => new Response(dripping(patience)),
	endless: () => new Response(endless()),
	"bomb that is no gzip": () => new Response(failing(), { headers: { "content-encoding": "gzip" } }),
	resets: () => Promise.reject(new TypeError("Network connection lost.")),
} satisfies Record<string, Receiver>;

const kinds = Object.keys(behaviours) as (keyof typeof behaviours)[];
const mood = fc.oneof(fc.constantFrom("ok" as const, "broken" as const), fc.constantFrom(...kinds));

const hook = fc.nat(HOOKS.length - 1);
const some = fc.nat(9);

/** Requests of a caller. */
const call = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ call: fc.constant("create lead" as const) }) },
	{ weight: 3, arbitrary: fc.record({ call: fc.constantFrom("patch lead", "delete lead"), which: some }) },
	{
		weight: 4,
		arbitrary: fc.record({
			call: fc.constantFrom(
				"enable",
				"disable",
				"resume",
				"rotate",
				"activate",
				"recover",
				"test",
				"delete webhook",
			),
			hook,
		}),
	},
	{ weight: 2, arbitrary: fc.record({ call: fc.constant("redeliver" as const), which: some }) },
);

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

const fault = fc.option(
	fc.record({ at: fc.integer({ min: 1, max: 12 }), mode: fc.constantFrom(...faultModes) }),
	{
		freq: 3,
		nil: null,
	},
);

const jump = fc.constantFrom(-90, -20, 5, 70, 90, 90).map((seconds) => ({ jump: seconds }));

/** The leases of running attempts expire, and another consumer takes over. */
const takeover = fc.constant({ takeover: true as const });

const step = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ call, fault }) },
	{
		weight: 9,
		arbitrary: fc.record({
			/** The messages that the queue delivers, in this order; one may come twice, or both at the same time. */
			consume: fc.array(some, { minLength: 1, maxLength: 6 }),
			twice: fc.boolean(),
			/** A step that happens while the receiver handles the first request. */
			meanwhile: fc.option(fc.oneof(call, jump, takeover), { freq: 4, nil: null }),
			fault,
		}),
	},
	{ weight: 2, arbitrary: fc.record({ sweep: fc.constant(true), refuses: fc.boolean(), fault }) },
	{ weight: 1, arbitrary: fc.record({ lose: some }) },
	{ weight: 3, arbitrary: fc.record({ hook, behaves: fc.constantFrom(...kinds) }) },
	{ weight: 3, arbitrary: jump },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const history = fc.record({
	/** The initial behaviour of the receivers. */
	moods: fc.tuple(mood, mood, mood),
	steps: fc.array(step, { minLength: 8, maxLength: 24, size: "max" }),
	/** Whether the receivers recover in the end, or fail until all deliveries are given up. */
	heals: fc.boolean(),
});

export type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** Runs a history to its end; returns the problems. */
export async function runHistory(world: World, { moods, steps, heals }: History): Promise<string[]> {
	const hooks: string[] = [];
	for (const [index, { events, ...more }] of HOOKS.entries())
		hooks.push(await world.webhook(String(index), events, more));
	for (const [index, kind] of moods.entries()) world.receivers.set(String(index), behaviours[kind]);
	for (const one of steps) await take(world, hooks, one);
	if (heals) world.receivers.clear();
	await world.settle();
	const faults = steps.filter((one) => "fault" in one && one.fault).length;
	return world.finalProblems({ unrecorded: faults });
}

async function take(world: World, hooks: readonly string[], one: Step): Promise<void> {
	const { sender, faults } = world;
	if ("jump" in one) return world.advance(one.jump * 1_000);
	if ("behaves" in one) return void world.receivers.set(String(one.hook), behaviours[one.behaves]);
	if ("lose" in one) return void sender.queued.splice(one.lose, 1);
	faults.arm(one.fault);
	if ("call" in one) await ask(world, hooks, one.call);
	if ("sweep" in one) {
		sender.queueFails = one.refuses;
		await sender.sweep().catch(() => {});
		sender.queueFails = false;
	}
	if ("consume" in one) {
		const { meanwhile } = one;
		if (meanwhile) {
			world.duringRequest = async () => {
				if ("jump" in meanwhile) world.advance(meanwhile.jump * 1_000);
				else if ("takeover" in meanwhile) await world.takeOver();
				else await ask(world, hooks, meanwhile);
			};
		}
		// Messages that are due come first; the others are delivered too early.
		const waiting = sender.queued.toSorted((one, other) => one.at - other.at);
		const picked = [...new Set(one.consume.map((place) => waiting[place % waiting.length]))].filter(
			(message) => message !== undefined,
		);
		for (const message of picked) sender.queued.splice(sender.queued.indexOf(message), 1);
		await Promise.all([
			sender.deliverMessages(picked),
			...(one.twice ? [sender.deliverMessages(picked)] : []),
		]);
		world.duringRequest = null;
	}
	faults.disarm();
}

async function ask(
	{ sender, auditor, newSecret }: World,
	hooks: readonly string[],
	asked: Call,
): Promise<void> {
	const lead = (which: number) => `/leads/${nth(auditor.state.leads, which)}`;
	const path = "hook" in asked ? `/webhooks/${hooks[asked.hook]}` : "";
	switch (asked.call) {
		case "create lead":
			return void (await sender.api("POST", "/leads", { name: "Jane" }));
		case "patch lead":
			return void (await sender.api("PATCH", lead(asked.which), { name: crypto.randomUUID() }));
		case "delete lead":
			return void (await sender.api("DELETE", lead(asked.which)));
		case "redeliver": {
			const delivery = auditor.state.deliveries.get(nth(auditor.state.deliveries, asked.which) ?? "");
			if (!delivery) return;
			const { webhookId, id } = delivery;
			return void (await sender.api("POST", `/webhooks/${webhookId}/deliveries/${id}/redeliver`));
		}
		case "enable":
			return void (await sender.api("PATCH", path, { status: "active" }));
		case "disable":
			return void (await sender.api("PATCH", path, { status: "disabled" }));
		case "resume":
			return void (await sender.api("POST", `${path}/resume`));
		case "delete webhook":
			return void (await sender.api("DELETE", path));
		case "rotate":
			return void (await sender.api("POST", `${path}/rotate-secret`, {
				secret: newSecret(),
				graceSeconds: 100,
			}));
		case "activate":
			return void (await sender.api("POST", `${path}/activate-secret`));
		case "recover": {
			const since = new Date(Date.now() - 86_400_000).toISOString();
			return void (await sender.api("POST", `${path}/recover`, { since }));
		}
		case "test":
			return void (await sender.api("POST", `${path}/test`, { event: "lead.created" }));
	}
}

const nth = (rows: ReadonlyMap<string, unknown>, place: number) =>
	[...rows.keys()][place % Math.max(1, rows.size)];

/** Sends one byte at a time until the sender gives up. */
function dripping(patience: AbortController): ReadableStream {
	let bytes = 0;
	return new ReadableStream({
		pull(controller) {
			bytes += 1;
			if (bytes < 10) return controller.enqueue(new Uint8Array(1));
			patience.abort();
			controller.error(patience.signal.reason);
		},
	});
}

function endless(): ReadableStream {
	return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) });
}

function failing(): ReadableStream {
	return new ReadableStream({ start: (controller) => controller.error(new TypeError("Not gzip")) });
}
