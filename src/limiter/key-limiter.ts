// One Durable Object per API key, and one for all its sessions of the dashboard. It says yes or no; who it is, others may remember.
import { DurableObject } from "cloudflare:workers";
import type { Bindings, Limiter } from "../env.ts";
import type { Verdict } from "../verdict.ts";
import { decide, LIMIT } from "./window.ts";

const SESSION = "ended/";

export class KeyLimiter extends DurableObject<Bindings> implements Limiter {
	/**
	 * Admits or refuses one request. Synchronous from the first read to the write: a single `await` in between would let
	 * every concurrent request through. The log is stored each time, because an object forgets its memory after 10 s idle.
	 * @param session the session that asks, where the object counts those of a key
	 */
	check(limit = LIMIT, session?: string): Verdict {
		const { kv } = this.ctx.storage;
		const now = Date.now();
		const endsAt = kv.get<number>("endsAt");
		const signedOut = session !== undefined && kv.get(SESSION + session) !== undefined;
		if (signedOut || (endsAt !== undefined && now >= endsAt))
			return { outcome: "ended", remaining: 0, resetMs: 0 };
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

	/** Refuses one session from now on, its key's others not. It is remembered until its cookie has run out (ms) by itself. */
	endSession(session: string, runsOutAt: number): void {
		const { kv } = this.ctx.storage;
		const now = Date.now();
		for (const [key, until] of [...kv.list<number>({ prefix: SESSION })]) if (until <= now) kv.delete(key);
		kv.put(SESSION + session, runsOutAt);
	}
}
