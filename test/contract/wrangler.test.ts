// Settings of the deployment that only wrangler.toml can have.
import { describe, expect, it } from "vitest";
import { LANE_COUNT } from "../../src/delivery/lanes.ts";
import envSource from "../../src/env.ts?raw";
import { newId } from "../../src/ids.ts";
import toml from "../../wrangler.toml?raw";
import { QUEUES } from "../support/sender.ts";

/** The tables of a name, each as its text. Enough TOML for one file of plain keys. */
const tables = (name: string) =>
	toml.split(/^(?=\[)/m).filter((part) => part.startsWith(`[${name}]`) || part.startsWith(`[[${name}]]`));
const value = (text: string, key: string) => text.match(new RegExp(`^${key} = (.*?)(?: #.*)?$`, "m"))?.[1];
const unquoted = (text: string | undefined) => text?.replace(/^"(.*)"$/, "$1");

describe("wrangler.toml", () => {
	it("sends our own fetches over the public internet, and pins the runtime's behaviour", () => {
		expect(value(toml, "compatibility_flags")).toContain('"global_fetch_strictly_public"');
		const date = unquoted(value(toml, "compatibility_date")) ?? "";
		expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
		expect(date <= "2026-10-20").toBe(true);
		expect(unquoted(value(toml, "main"))).toBe("src/index.ts");
	});

	it("gives the limiter SQLite storage, without which its log would not be synchronous", () => {
		expect(tables("migrations").map((text) => value(text, "new_sqlite_classes"))).toEqual(['["KeyLimiter"]']);
		expect(toml).not.toMatch(/^new_classes/m);
		const [limiter = ""] = tables("durable_objects.bindings");
		expect([value(limiter, "name"), value(limiter, "class_name")]).toEqual(['"KEY_LIMITER"', '"KeyLimiter"']);
	});

	it("sends wake-ups at once, in small batches, and has a consumer for dead letters", () => {
		const consumers = tables("queues.consumers");
		const dead = consumers.at(-1) ?? "";
		expect(consumers.map((text) => unquoted(value(text, "queue")))).toEqual([
			"leadwire-deliveries",
			"leadwire-slow-deliveries",
			"leadwire-deliveries-dead",
		]);
		// The consumer tells them apart by these words.
		expect(value(dead, "queue")).toMatch(/-dead"$/);
		for (const { name, batch } of Object.values(QUEUES)) {
			const consumer = consumers.find((text) => unquoted(value(text, "queue")) === name) ?? "";
			expect(Number(value(consumer, "max_batch_size")), name).toBe(batch);
			expect(Number(value(consumer, "max_batch_timeout")), name).toBe(0);
			expect(Number(value(consumer, "max_retries")), name).toBeGreaterThan(0);
			expect(value(consumer, "dead_letter_queue"), name).toBe(value(dead, "queue"));
		}
		expect(QUEUES.slow.batch, "each has a lane at once").toBe(LANE_COUNT);
		expect(
			tables("queues.producers").map((text) => [value(text, "binding"), value(text, "queue")].map(unquoted)),
		).toEqual([
			["DELIVERIES", QUEUES.first.name],
			["SLOW_DELIVERIES", QUEUES.slow.name],
		]);
	});

	it("asks the Worker first where no file can be", () => {
		const [assets = ""] = tables("assets");
		const patterns: string[] = JSON.parse(value(assets, "run_worker_first") ?? "[]");
		const first = (path: string) =>
			patterns.some((pattern) =>
				pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
			);
		for (const path of ["/api/v1/leads", "/api/v1/openapi.json", `/f/${newId("form", 0)}`, "/mcp"])
			expect(first(path), path).toBe(true);
		const files = Object.keys(import.meta.glob("../../dist/assets/**", { query: "?url" }));
		expect(files.length).toBeGreaterThan(100);
		for (const file of files) expect(first(file.replace(/^.*dist\/assets/, "")), file).toBe(false);
	});

	it("sweeps every minute", () => {
		expect(value(tables("triggers")[0] ?? "", "crons")).toBe('["* * * * *"]');
	});

	it("has every binding and variable that Env names, but no secret", () => {
		const [, body = ""] = envSource.match(/export interface Bindings \{([^}]*)\}/) ?? [];
		const names = [...body.matchAll(/readonly (\w+)/g)].map(([, name = ""]) => name);
		const secrets = ["KEY_PEPPER", "ENCRYPTION_KEY"];
		const bound = [...toml.matchAll(/^(?:binding|name) = "([A-Z_]+)"/gm)].map(([, name]) => name);
		const vars = [...(tables("vars")[0] ?? "").matchAll(/^([A-Z_]+) = /gm)].map(([, name]) => name);
		expect(names.length).toBeGreaterThan(8);
		// Needs a domain that may send e-mails: docs/operating.md.
		const optional = ["EMAIL"];
		const expected = names.filter((name) => ![...secrets, ...optional].includes(name));
		expect([...bound, ...vars].sort()).toEqual(expected.sort());
		for (const secret of secrets) expect(names).toContain(secret);
	});

	it("has safe defaults", () => {
		const [vars = ""] = tables("vars");
		expect(unquoted(value(vars, "ALLOW_INSECURE_TARGETS"))).toBe("false");
		expect(unquoted(value(vars, "SHARD_PLACES"))).toBe("");
		expect(unquoted(value(vars, "WEBHOOK_RETRY_DELAYS"))).toBe("0,60,300,900,3600");
		expect(unquoted(value(vars, "WEBHOOK_TIMEOUT_SECONDS"))).toBe("30");
		expect(unquoted(value(vars, "DELIVERY_RETENTION_DAYS"))).toBe("30");
		expect(unquoted(value(vars, "TRASH_RETENTION_DAYS"))).toBe("90");
		expect(unquoted(value(vars, "EVENT_RETENTION_DAYS"))).toBe("90");
	});
});
