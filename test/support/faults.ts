// Fault injection. Every external call of the Worker (to D1, the queue, a limiter, a receiver) passes here, so that calls can
// be counted and any one of them can be made to fail.
import type { Bindings } from "../../src/env.ts";
import type { KeyLimiter } from "../../src/limiter/key-limiter.ts";
import { withMembers } from "./bindings.ts";
import { wrapDatabases } from "./shards.ts";

/**
 * `before`: the call fails without effect. `after`: it has its effect, but the answer is lost. `died`: it has its effect, and
 * neither this call nor a later one answers, as when the isolate has died; to die before a call is to die at the one before.
 */
export const faultModes = ["before", "after", "died"] as const;

export interface Fault {
	/** The number of the call, from 1. */
	readonly at: number;
	/** The number of a later one that fails too. */
	readonly again?: number;
	readonly mode: (typeof faultModes)[number];
}

/** The platform's error in such a case. */
const messages: Readonly<Record<string, { before: string; after: string }>> = {
	D1: { before: "D1_ERROR: internal error; reference = 0", after: "D1_ERROR: Network connection lost." },
	queue: { before: "Queue sendBatch failed: Too Many Requests", after: "Network connection lost." },
	limiter: {
		before: "Internal error in Durable Object storage caused object to be reset.",
		after: "Network connection lost.",
	},
	fetch: { before: "Network connection lost.", after: "Network connection lost." },
};

export class Faults {
	#calls: string[] = [];
	#fault: Fault | null = null;
	#isDead = false;

	/** Starts counting, and fails the given calls. */
	arm(fault: Fault | null): void {
		this.#calls = [];
		this.#fault = fault;
		this.#isDead = false;
	}

	/** Another process goes on: calls are answered again. Returns whether there was need of one. */
	revive(): boolean {
		const wasDead = this.#isDead;
		this.#isDead = false;
		return wasDead;
	}

	/** Stops failing; returns the calls since `arm`. */
	disarm(): readonly string[] {
		const calls = this.#calls;
		this.arm(null);
		return calls;
	}

	/** Makes one call to the service `what`; `effect` does it. */
	async call<T>(what: keyof typeof messages, effect: () => Promise<T>): Promise<T> {
		const { before, after } = messages[what] ?? { before: what, after: what };
		if (this.#isDead) throw new Error(after);
		this.#calls.push(what);
		const place = this.#calls.length;
		const mode = [this.#fault?.at, this.#fault?.again].includes(place) ? this.#fault?.mode : undefined;
		if (mode === "before") throw new Error(before);
		if (mode === "died") this.#isDead = true;
		const result = await effect();
		if (mode) throw new Error(after);
		return result;
	}

	/** Bindings whose calls pass here; the queue of `bindings` stays as it is. */
	wrap(bindings: Bindings): Bindings {
		const { DELIVERIES, SLOW_DELIVERIES, KEY_LIMITER } = bindings;
		const failing = (queue: Bindings["DELIVERIES"]) =>
			withMembers(queue, {
				sendBatch: (sent: Parameters<Bindings["DELIVERIES"]["sendBatch"]>[0]) =>
					this.call("queue", () => queue.sendBatch(sent)),
			});
		return {
			...bindings,
			...wrapDatabases(
				(db) =>
					withMembers(db, {
						batch: (statements: D1PreparedStatement[]) => this.call("D1", () => db.batch(statements)),
					}),
				bindings,
			),
			DELIVERIES: failing(DELIVERIES),
			SLOW_DELIVERIES: failing(SLOW_DELIVERIES),
			KEY_LIMITER: withMembers(KEY_LIMITER, {
				getByName: (name: string) => {
					const stub = () => KEY_LIMITER.getByName(name);
					return {
						check: (...asked: Parameters<KeyLimiter["check"]>) =>
							this.call("limiter", async () => stub().check(...asked)),
						saw: (...told: Parameters<KeyLimiter["saw"]>) =>
							this.call("limiter", async () => stub().saw(...told)),
						endAt: (instant: number) => this.call("limiter", async () => stub().endAt(instant)),
						announceMove: (until: number) => this.call("limiter", async () => stub().announceMove(until)),
					};
				},
			}),
		};
	}
}
