// One Durable Object per API key, and per session of the dashboard. It says yes or no; who it is, others may remember.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { decide, LIMIT, type Verdict } from "./window.ts";

export class KeyLimiter extends DurableObject<Env> {
	/**
	 * Admits or refuses one request. Synchronous from the first read to the write: a single `await` in between would let
	 * every concurrent request through. The log is stored each time, because an object forgets its memory after 10 s idle.
	 */
	check(limit = LIMIT): Verdict {
		const { kv } = this.ctx.storage;
		const now = Date.now();
		const endsAt = kv.get<number>("endsAt");
		if (endsAt !== undefined && now >= endsAt) return { outcome: "ended", remaining: 0, resetMs: 0 };
		const stored = kv.get<number[]>("log") ?? [];
		const { verdict, log } = decide(stored, now, limit);
		// After the clock was set back a refusal is kept too; otherwise the key would wait until it caught up.
		if (verdict.outcome === "admitted" || (stored.at(-1) ?? now) > now) kv.put("log", log);
		return verdict;
	}

	/** From this instant on every request is refused, whatever an isolate remembers of the key. Never later than said before. */
	endAt(instant: number): void {
		const { kv } = this.ctx.storage;
		kv.put("endsAt", Math.min(instant, kv.get<number>("endsAt") ?? instant));
	}
}
