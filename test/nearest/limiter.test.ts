// What a key's limiter remembers of what the key has seen.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { bookmarkOf } from "../support/replicas.ts";

const at = (version: number, shard = 0) => ({ shard, bookmark: bookmarkOf(version) });

function limiter() {
	const stub = env.KEY_LIMITER.getByName(newId("key", Date.now()));
	return { stub, seen: async () => (await stub.check()).seen };
}

describe("a key's limiter", () => {
	it("knows nothing at first", async () => {
		expect(await limiter().seen()).toBeNull();
	});

	it("keeps the newest that it is told, in whatever order requests end", async () => {
		const { stub, seen } = limiter();
		await stub.saw(at(5), null);
		await stub.saw(at(3), null);
		expect(await seen()).toEqual(at(5));
		await stub.saw(at(7), null);
		expect(await seen()).toEqual(at(7));
	});

	it("believes that the database is another one only if nobody has told anything since", async () => {
		const { stub, seen } = limiter();
		await stub.saw(at(5), null);
		await stub.saw(at(2, 1), at(4));
		expect(await seen(), "a request of before").toEqual(at(5));
		await stub.saw(at(2, 1), at(5));
		expect(await seen()).toEqual(at(2, 1));
		await stub.saw(at(9), at(5));
		expect(await seen(), "one that is late").toEqual(at(2, 1));
		await stub.saw(at(1, 1), at(2, 1));
		expect(await seen(), "restored from before").toEqual(at(1, 1));
	});
});
