// Writes whose events nobody subscribes to: an isolate expects that, and sends the statement that makes deliveries only where it
// may make some.
import { beforeEach, describe, expect, it } from "vitest";
import { Api } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { Sender } from "../support/sender.ts";
import { total } from "../support/shards.ts";

const DELIVERING = /^INSERT INTO "deliveries"/;

let sender: Sender;
let create: () => Promise<{ writes: number; delivering: number }>;

beforeEach(async () => {
	sender = await Sender.start();
	const watch = watchBindings();
	const api = new Api(sender.key, sender.organizationId, "").via(watch.target);
	create = async () => {
		watch.reset();
		expect((await api.post("/leads", { name: "Jane" })).status).toBe(201);
		const batches = watch.roundTrips.filter((batch) =>
			batch.some(({ text }) => text.startsWith('INSERT INTO "leads"')),
		);
		const delivering = batches.flat().filter(({ text }) => DELIVERING.test(text));
		return { writes: batches.length, delivering: delivering.length };
	};
});

const deliveries = () =>
	total("SELECT count(*) AS total FROM deliveries WHERE organizationId = ?", sender.organizationId);

describe("an event that nobody subscribes to", () => {
	it("makes no statement for deliveries once that is known", async () => {
		expect(await create()).toEqual({ writes: 1, delivering: 1 });
		expect(await create()).toEqual({ writes: 1, delivering: 0 });
	});

	it("is delivered to whoever subscribes then, after a second plan", async () => {
		await create();
		await sender.webhook("/status/200/unwanted");
		expect(await create()).toEqual({ writes: 2, delivering: 1 });
		expect(await deliveries()).toBe(1);
		expect(await create()).toEqual({ writes: 1, delivering: 1 });
		expect(await deliveries()).toBe(2);
	});

	it("is planned twice only once for each of two expectations where a filter lets nothing through", async () => {
		await sender.webhook("/status/200/unwanted", { filter: { "data.name": ["Nobody"] } });
		// First that no webhook has a filter is expected, then that nobody subscribes: no delivery was made.
		const all = [await create(), await create(), await create(), await create()];
		expect(all.map(({ writes }) => writes)).toEqual([2, 2, 1, 1]);
		expect(await deliveries()).toBe(0);
	});
});
