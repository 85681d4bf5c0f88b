// Many concurrent writes to one row.
import { describe, expect, it } from "vitest";
import type { Ctx } from "../../src/context.ts";
import { expect as expectInBatch, LostRace } from "../../src/db/commit.ts";
import { sql } from "../../src/db/sql.ts";
import { unavailable } from "../../src/errors.ts";
import { performWrite } from "../../src/http/write.ts";
import { createCaller } from "../support/callers.ts";
import { envFor } from "../support/shards.ts";

describe("a row that everybody writes to", () => {
	it("is answered with 503 after too many attempts, which an Idempotency-Key doesn't store", async () => {
		const { organizationId, keyId } = await createCaller();
		const caller = {
			organizationId,
			keyId,
			keyName: "test",
			scopes: ["*"],
			envelope: false,
			recordBytes: 524_288,
			sessionId: null,
			expiresAt: null,
		};
		const admitted = async () => {};
		const ctx: Ctx = {
			env: envFor(organizationId),
			caller,
			actor: { type: "key", id: keyId, name: "test" },
			now: Date.now(),
			requestId: "x",
			host: "",
			claim: null,
			requireAdmission: admitted,
			movedError: unavailable,
			wake() {},
			waitUntil() {},
		};
		let tries = 0;
		const losing = async () => {
			tries += 1;
			return { value: tries, statements: [expectInBatch(sql`1 = 0`, () => new LostRace())] };
		};
		const write = performWrite(ctx, losing, () => ({ status: 204 }));
		await expect(write).rejects.toMatchObject({
			status: 503,
			headers: { "Retry-After": expect.any(String) },
			cause: new LostRace(),
		});
		expect(tries).toBe(20);
	});
});
