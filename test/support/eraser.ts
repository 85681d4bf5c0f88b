// Helper for tests of erasing: an organization whose deliveries are sent when the test says so, with several keys.
import { expect } from "vitest";
import type { Json, Reply } from "./api.ts";
import { createKey } from "./callers.ts";
import { Sender } from "./sender.ts";

type Headers = Record<string, string>;

export class Eraser {
	private calls = 0;

	private constructor(
		readonly sender: Sender,
		readonly keys: readonly string[],
	) {}

	static async start(): Promise<Eraser> {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,0" });
		const keys: string[] = [];
		while (keys.length < 5) keys.push((await createKey(sender.organizationId)).key);
		return new Eraser(sender, keys);
	}

	/** Sends one request with the next key. */
	send(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Reply> {
		this.calls += 1;
		const key = this.keys[this.calls % this.keys.length] ?? "";
		return this.sender.api(method, path, body, { "x-api-key": key, ...headers });
	}

	/** The body of a successful answer; fails for any other. */
	async callOk(method: string, path: string, body?: unknown, headers?: Headers): Promise<Json> {
		const reply = await this.send(method, path, body, headers);
		expect(reply.status, reply.text).toBeLessThan(300);
		return reply.body;
	}

	post(path: string, body: unknown, headers?: Headers): Promise<Json> {
		return this.callOk("POST", path, body, headers);
	}

	erase(path: string, headers?: Headers): Promise<Reply> {
		return this.send("POST", `${path}/erase`, undefined, headers);
	}

	/** Sends the queued deliveries, and those that they cause, for some rounds. */
	async drain(): Promise<void> {
		for (let round = 0; round < 8 && this.sender.queued.length > 0; round += 1) await this.sender.drain();
	}
}
