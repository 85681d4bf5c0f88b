// Callers whose database has copies that stay behind.
import { env } from "cloudflare:workers";
import type { Bindings } from "../../src/env.ts";
import type { KeyLimiter } from "../../src/limiter/key-limiter.ts";
import { FIRST_SHARD } from "../../src/shards.ts";
import type { Api, Target } from "../support/api.ts";
import { queuesWith, withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Replicas } from "../support/replicas.ts";
import { dbOf } from "../support/shards.ts";

/** The calls of limiters, by method; real ones, each through `call`. */
export class Limiters {
	readonly calls: string[] = [];
	/** Replaces a call, to make it fail. */
	call: (method: "check" | "saw", really: () => Promise<unknown>) => Promise<unknown> = (_, really) =>
		really();

	readonly binding: Bindings["KEY_LIMITER"] = withMembers(env.KEY_LIMITER, {
		getByName: (name: string) => {
			const stub = () => env.KEY_LIMITER.getByName(name);
			const through = (method: "check" | "saw", really: () => Promise<unknown>) => {
				this.calls.push(method);
				return this.call(method, really);
			};
			return {
				check: (...sent: Parameters<KeyLimiter["check"]>) =>
					through("check", async () => stub().check(...sent)),
				saw: (...sent: Parameters<KeyLimiter["saw"]>) => through("saw", async () => stub().saw(...sent)),
				endAt: (instant: number) => stub().endAt(instant),
			};
		},
	});
}

export interface Nearby {
	readonly replicas: Replicas;
	readonly limiters: Limiters;
	/** The Worker with copies of the organization's database. */
	readonly target: Target;
	/** A key that reads from the nearest copy. */
	readonly near: Api;
	/** A key of the same organization that reads from the primary. */
	readonly far: Api;
}

/** An organization whose database has copies, all up to date unless they are given; no delivery is sent. `vars`: other settings. */
export async function nearby(given?: Replicas, vars: Partial<Bindings> = {}): Promise<Nearby> {
	const near = await createCaller({ reads: "nearest", shard: FIRST_SHARD });
	const far = await createCaller({ organizationId: near.organizationId });
	const replicas = given ?? (await Replicas.of(dbOf(near.organizationId)));
	const limiters = new Limiters();
	const target = workerWith({
		...env,
		...vars,
		DB: replicas.db,
		KEY_LIMITER: limiters.binding,
		...queuesWith(async () => {}),
	});
	return { replicas, limiters, target, near: near.via(target), far: far.via(target) };
}

/** Who answers the batches of a request, and the calls of limiters that it takes. */
export async function costOf({ replicas, limiters }: Nearby, request: () => ReturnType<Api["get"]>) {
	replicas.served.length = 0;
	limiters.calls.length = 0;
	const reply = await request();
	const served = replicas.served.filter(({ start }) => start !== null).map(({ by }) => by);
	return { status: reply.status, body: reply.body, served, limiters: [...limiters.calls] };
}

/** Creates a lead, and has the copies catch up, and the key see that: its first use is noted after the answer. */
export async function settledLead({ near, far, replicas }: Nearby): Promise<string> {
	const { body } = await near.post("/leads", { name: "Jane" });
	await far.get("/tags");
	await replicas.catchUpAll();
	await near.get("/tags");
	return `/leads/${body.id}`;
}

/** A call of a limiter that fails. */
export const rejects = () => Promise.reject(new Error("Network connection lost."));
