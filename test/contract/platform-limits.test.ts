// The double enforces each of the platform's limits, however a test runs the Worker.
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runInvocation } from "../../scripts/platform/bindings.ts";
import { limits, overrideLimits } from "../../scripts/platform/limits.ts";
import type { Api } from "../support/api.ts";
import { watchBindings, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { World } from "../support/world.ts";

afterEach(() => {
	overrideLimits({});
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
	vi.useRealTimers();
});

/** What an invocation does that has bindings like the Worker's. */
const invoked = <T>(run: (bindings: typeof env) => Promise<T>): Promise<T> => runInvocation({ ...env }, run);

describe("D1", () => {
	const TOO_BIG = /string or blob too big/;
	const ask = async (text: string, ...values: unknown[]) =>
		invoked(({ DB }) =>
			DB.prepare(text)
				.bind(...values)
				.all(),
		);
	const list = (count: number, one: string, separator = ",") => Array(count).fill(one).join(separator);

	it("a text of 2,000,000 bytes is bound and one more is not, in characters of any width", async () => {
		for (const [character, bytes] of [
			["x", 1],
			["€", 3],
		] as const) {
			const fits = character.repeat(Math.floor(limits.valueBytes.max / bytes));
			await expect(ask("SELECT length(?)", fits)).resolves.toBeDefined();
			await expect(ask("SELECT length(?)", fits + character)).rejects.toThrow(TOO_BIG);
		}
		await expect(ask("SELECT length(?)", new ArrayBuffer(limits.valueBytes.max + 1))).rejects.toThrow(
			TOO_BIG,
		);
	});

	it("a query makes no longer one either", async () => {
		const made = (bytes: number) => ask("SELECT substr(hex(zeroblob(?1)), 1, ?1) AS made", bytes);
		await expect(made(limits.valueBytes.max)).resolves.toBeDefined();
		await expect(made(limits.valueBytes.max + 1)).rejects.toThrow(TOO_BIG);
	});

	it("the same holds in a batch and in a session", async () => {
		const heavy = "x".repeat(limits.valueBytes.max + 1);
		await expect(
			invoked(async ({ DB }) => DB.batch([DB.prepare("SELECT length(?)").bind(heavy)])),
		).rejects.toThrow(TOO_BIG);
		await expect(
			invoked(async ({ DB }) => DB.withSession().prepare("SELECT length(?)").bind(heavy).first()),
		).rejects.toThrow(TOO_BIG);
	});

	it("a statement has 100,000 bytes", async () => {
		const text = (bytes: number) => `SELECT 1 --${"x".repeat(bytes - 11)}`;
		await expect(ask(text(limits.statementBytes.max))).resolves.toBeDefined();
		await expect(ask(text(limits.statementBytes.max + 1))).rejects.toThrow(/too long/);
	});

	it("a query has 100 parameters, a function 32 arguments, a compound SELECT 5 terms, a table 100 columns", async () => {
		const bound = (count: number) =>
			ask(`SELECT 1 WHERE 1 IN (${list(count, "?")})`, ...Array(count).fill(1));
		await expect(bound(limits.parameters.max)).resolves.toBeDefined();
		await expect(bound(limits.parameters.max + 1)).rejects.toThrow(/variables/);
		const max = (count: number) => ask(`SELECT max(${list(count, "abs(1)")}), 'max(1, 2'`);
		await expect(max(limits.functionArguments.max)).resolves.toBeDefined();
		await expect(max(limits.functionArguments.max + 1)).rejects.toThrow(/too many arguments/);
		const union = (count: number) => ask(list(count, "SELECT 1", " UNION ALL "));
		await expect(union(limits.compoundTerms.max)).resolves.toBeDefined();
		await expect(union(limits.compoundTerms.max + 1)).rejects.toThrow(/compound/);
		const columns = Array.from({ length: limits.columns.max + 1 }, (_, index) => `c${index}`).join();
		await expect(ask(`CREATE TABLE wide (${columns})`)).rejects.toThrow(/columns/);
	});

	it("lists that are not arguments of functions may be longer", async () => {
		await expect(ask(`SELECT 1 WHERE 1 IN (${list(60, "1")})`)).resolves.toBeDefined();
		await expect(ask(`SELECT (SELECT 1), ${list(50, "1")}`)).resolves.toBeDefined();
	});

	it("a pattern has 50 bytes", async () => {
		for (const operator of ["LIKE", "GLOB"]) {
			const match = (bytes: number) => ask(`SELECT 'a' ${operator} ?`, "a".repeat(bytes));
			await expect(match(limits.patternBytes.max)).resolves.toBeDefined();
			await expect(match(limits.patternBytes.max + 1)).rejects.toThrow(/pattern/);
		}
	});

	it("a query answers 50 MB", async () => {
		const rows = (count: number) =>
			ask(
				"SELECT ?1 AS text FROM json_each(?2)",
				"x".repeat(1_000_000),
				JSON.stringify(Array(count).fill(0)),
			);
		overrideLimits({ resultBytes: 3_000_000 });
		await expect(rows(3)).resolves.toBeDefined();
		await expect(rows(4)).rejects.toThrow(/exceeds size limit/);
		expect(limits.resultBytes.max).toBe(50_000_000);
	});

	it("an invocation has 1,000 queries, single or in batches, and the next one has as many", async () => {
		const asking = (batches: readonly number[]) =>
			invoked(async ({ DB }) => {
				for (const size of batches)
					await DB.batch(Array.from({ length: size }, () => DB.prepare("SELECT 1")));
				await DB.prepare("SELECT 1").first();
				await DB.withSession().prepare("SELECT 1").run();
			});
		await expect(asking([500, 498])).resolves.toBeUndefined();
		await expect(asking([500, 499])).rejects.toThrow(/Too many API requests/);
	});
});

describe("the queue", () => {
	const id = "x";
	// What is sent goes nowhere.
	const bindings = { QUEUE: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue };
	const sends = (messages: MessageSendRequest[], options?: QueueSendBatchOptions) =>
		runInvocation(bindings, async ({ QUEUE }) => QUEUE.sendBatch(messages, options));
	const text = (bytes: number) => id.repeat(bytes - 2);

	it.each([
		["128 KB a message, of which 100 bytes are the queue's own", [127_900], [127_901]],
		["256 KB a call", [127_900, 127_900, 200], [127_900, 127_900, 201]],
		["100 messages a call", Array(100).fill(3), Array(101).fill(3)],
	])("%s", async (_, fits: number[], tooMuch: number[]) => {
		const messages = (sizes: number[]) => sizes.map((bytes) => ({ body: text(bytes) }));
		await expect(sends(messages(fits))).resolves.toBeUndefined();
		await expect(sends(messages(tooMuch))).rejects.toThrow(/Queue sendBatch failed/);
	});

	it("24 hours of delay, in whole seconds, for one or for all", async () => {
		const { max: most } = limits.delaySeconds;
		await expect(sends([{ body: id, delaySeconds: most }])).resolves.toBeUndefined();
		for (const delaySeconds of [most + 1, -1, 0.5]) {
			await expect(sends([{ body: id, delaySeconds }])).rejects.toThrow(/delay/);
			await expect(sends([{ body: id }], { delaySeconds })).rejects.toThrow(/delay/);
			await expect(
				runInvocation(bindings, async ({ QUEUE }) => QUEUE.send(id, { delaySeconds })),
			).rejects.toThrow(/delay/);
		}
	});

	it("takes no empty batch", async () => {
		await expect(sends([])).rejects.toThrow(/at least one/);
	});
});

describe("an invocation", () => {
	it("makes 10,000 calls to the outside, of whatever kind", async () => {
		vi.stubGlobal("fetch", async () => new Response());
		const { max: most } = limits.subrequests;
		const calling = (times: number) =>
			invoked(async ({ KEY_LIMITER, ASSETS }) => {
				for (let call = 0; call < times - 2; call += 1) await fetch("https://example.com");
				await ASSETS.fetch("https://assets.example/none");
				await KEY_LIMITER.getByName("subrequests").check();
			});
		await expect(calling(most)).resolves.toBeUndefined();
		await expect(calling(most + 1)).rejects.toThrow(/Too many API requests/);
	});

	it("waits with the seventh call, of whatever kind, until one of six is answered", async () => {
		const answers: (() => void)[] = [];
		const hanging = () => new Promise<Response>((resolve) => answers.push(() => resolve(new Response())));
		vi.stubGlobal("fetch", hanging);
		let queried = false;
		const done = invoked(async ({ DB }) => {
			const calls = Array.from({ length: limits.connections.max }, () => fetch("https://example.com"));
			const query = DB.prepare("SELECT 1")
				.first()
				.then(() => {
					queried = true;
				});
			await Promise.all([...calls, query]);
		});
		await invoked(async ({ DB }) => DB.prepare("SELECT 1").first());
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(queried).toBe(false);
		answers.shift()?.();
		await vi.waitFor(() => expect(queried).toBe(true));
		for (const answer of answers) answer();
		await done;
	});
});

describe("the limits are enforced for", () => {
	const REFUSED = { status: 500 };
	const refused = async (post: () => Promise<{ status: number }>) => {
		expect((await post()).status).toBe(201);
		overrideLimits({ valueBytes: 100 });
		expect(await post()).toMatchObject(REFUSED);
	};
	const lead = { name: "Jane", notes: "x".repeat(200) };
	const via = async (wrap: (api: Api) => Api) => {
		const api = wrap(await createCaller());
		await refused(() => api.post("/leads", lead));
	};

	it("the Worker's own export", () => via((api) => api.via((request) => exports.default.fetch(request))));
	it("the Worker under other bindings", () => via((api) => api.via(workerWith({ ...env }))));
	it("the Worker under watch", () => via((api) => api.via(watchBindings().target)));

	it("a sender, its consumer and its sweeper", async () => {
		const sender = await Sender.start();
		await refused(() => sender.api("POST", "/leads", lead));
		overrideLimits({ queriesPerInvocation: 0 });
		const wakeUp = {
			webhookId: "webhook_01h455vb4pex5vsknk084sn02q",
			deliveryId: "whd_01h455vb4pex5vsknk084sn02q",
		};
		expect((await sender.consume([wakeUp])).again).toEqual([0]);
		await expect(sender.sweep()).rejects.toThrow(/Too many API requests/);
	});

	it("a world with its own fetch", async () => {
		const world = await World.open();
		await world.webhook("one", ["lead.created"]);
		await world.sender.api("POST", "/leads", lead);
		overrideLimits({ subrequests: 1 });
		await world.consumeDue();
		expect(world.requests).toEqual([]);
		overrideLimits({});
		await world.takeOver();
		expect(world.requests).toHaveLength(1);
	});
});
