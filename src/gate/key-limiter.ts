// One Durable Object per API key. It says yes or no; who the key is, others may remember.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { decide, type Verdict } from "./window.ts";

export class KeyLimiter extends DurableObject<Env> {
	/**
	 * Admits or refuses one request. Synchronous from the first read to the write: a single `await` in between would let
	 * every concurrent request through. The log is stored each time, because an object forgets its memory after 10 s idle.
	 */
	check(): Verdict {
		const { kv } = this.ctx.storage;
		const now = Date.now();
		const endsAt = kv.get<number>("endsAt");
		if (endsAt !== undefined && now >= endsAt) return { outcome: "ended", remaining: 0, resetMs: 0 };
		const { verdict, log } = decide(kv.get<number[]>("log") ?? [], now);
		if (verdict.outcome === "admitted") kv.put("log", log);
		return verdict;
	}

	/** From this instant on every request is refused, whatever an isolate remembers of the key. */
	endAt(instant: number): void {
		this.ctx.storage.kv.put("endsAt", instant);
	}
}
