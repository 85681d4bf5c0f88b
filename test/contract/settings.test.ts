// A wrong setting stops everything that would trip over it, and /health says which it is.
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { sendingRules } from "../../src/env.ts";
import { readSettings, settingsOf } from "../../src/settings.ts";
import { ORIGIN, read } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";

afterEach(() => vi.restoreAllMocks());

const WRONG: [keyof Bindings, string | undefined][] = [
	["WEBHOOK_RETRY_DELAYS", "soon"],
	["WEBHOOK_RETRY_DELAYS", ""],
	["WEBHOOK_TIMEOUT_SECONDS", "60"],
	["WEBHOOK_TIMEOUT_SECONDS", "0"],
	["WEBHOOK_TIMEOUT_SECONDS", "1e1"],
	["WEBHOOK_TIMEOUT_SECONDS", undefined],
	["DELIVERY_RETENTION_DAYS", "-1"],
	["DELIVERY_RETENTION_DAYS", "a month"],
	["PUBLIC_HOSTS", "https://api.example.com"],
	["PUBLIC_HOSTS", "api.example.com/v1"],
	["ALLOW_INSECURE_TARGETS", "yes"],
	["KEY_PEPPER", "c2VjcmV0"],
	["KEY_PEPPER", undefined],
	["ENCRYPTION_KEY", "k1:c2hvcnQ="],
];

it.each(WRONG)("%s = %s: every request is 503, and /health names the setting", async (name, text) => {
	const api = await createCaller();
	await api.get("/tags");
	const faults = vi.spyOn(console, "error").mockReturnValue();
	const target = workerWith({ ...env, [name]: text } as Bindings);
	const health = await read(await target(new Request(`${ORIGIN}/health`)));
	const expected = {
		status: 503,
		body: { code: "SERVICE_UNAVAILABLE", message: `Settings of this server are wrong: ${name}.` },
	};
	expect(health).toMatchObject(expected);
	expect(health.headers.get("retry-after")).toBe("60");
	for (const request of [
		() => api.via(target).get("/tags"),
		() => api.via(target).post("/leads", { name: "Jane" }),
		() => api.via(target).get("/tags", { "x-api-key": "nonsense" }),
	])
		expect(await request()).toMatchObject(expected);
	expect((await target(new Request(`${ORIGIN}/`))).status, "public pages").toBe(200);
	expect((await api.get("/leads")).body.items).toEqual([]);
	expect(faults).toHaveBeenCalledTimes(1);
	expect(faults.mock.calls[0]?.[0]).toContain(`"what":"settings"`);
	if (name === "KEY_PEPPER" || name === "ENCRYPTION_KEY")
		expect(faults.mock.calls[0]?.[0]).not.toContain(text?.slice(3) ?? "nothing");
});

it("accepts valid settings", () => {
	const { settings, wrong } = readSettings(
		{
			...env,
			PUBLIC_HOSTS: " api.example.com, localhost:8787 ,",
			WEBHOOK_RETRY_DELAYS: "0, 60",
			WEBHOOK_TIMEOUT_SECONDS: "1",
			SHARD_PLACES: " 1=apac, 62=eu-west ,",
		},
		new Set([
			...["DB", "DB_1", "DB_62", "DELIVERIES_APAC", "SLOW_DELIVERIES_APAC"],
			...["DELIVERIES_EU_WEST", "SLOW_DELIVERIES_EU_WEST"],
		]),
	);
	expect(wrong).toEqual([]);
	expect(settings).toMatchObject({
		PUBLIC_HOSTS: ["api.example.com", "localhost:8787"],
		WEBHOOK_RETRY_DELAYS: [0, 60],
		WEBHOOK_TIMEOUT_SECONDS: 1,
		ALLOW_INSECURE_TARGETS: true,
		SHARD_PLACES: new Map([
			[1, "apac"],
			[62, "eu-west"],
		]),
	});
});

it("reads them once for the bindings of an isolate", () => {
	const bindings = { ...env };
	expect(settingsOf(bindings)).toBe(settingsOf(bindings));
	// Under `npm start` the bindings are wrapped anew for each invocation, and say the same.
	expect(settingsOf({ ...bindings })).toBe(settingsOf(bindings));
	expect(sendingRules({ ...bindings })).toBe(sendingRules(bindings));
	const others = settingsOf({ ...bindings, DELIVERY_RETENTION_DAYS: "7" });
	expect([others.DELIVERY_RETENTION_DAYS, settingsOf(bindings).DELIVERY_RETENTION_DAYS]).toEqual([7, 30]);
});

it("a claim outlasts the longest attempt, whatever the time-out", () => {
	for (const WEBHOOK_TIMEOUT_SECONDS of ["1", "30"]) {
		const { timeoutMs, leaseMs } = sendingRules({ ...env, WEBHOOK_TIMEOUT_SECONDS });
		expect(leaseMs - timeoutMs).toBe(15_000);
	}
});
