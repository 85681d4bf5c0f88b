// One Durable Object per API key, and one for all dashboard sessions of a key. It decides whether a request is admitted; who
// the caller is may be remembered elsewhere.
import { DurableObject } from "cloudflare:workers";
import type { Bindings, Limiter } from "../env.ts";
import type { Seen, Verdict } from "../verdict.ts";
import { AdmissionLog, PAUSE_MS } from "./admission-log.ts";
import { KEY_LIMIT } from "./window.ts";

const ENDED_SESSION_PREFIX = "ended/";

/** A value in the object's storage, which nobody else writes: it is read once, because each request asks for it. */
class StoredValue<T> {
	readonly #kv: SyncKvStorage;
	readonly #name: string;
	readonly #absent: T;
	#value: T | undefined;

	/** @param absent the value where none is stored */
	constructor(kv: SyncKvStorage, name: string, absent: T) {
		this.#kv = kv;
		this.#name = name;
		this.#absent = absent;
	}

	get value(): T {
		if (this.#value === undefined) this.#value = this.#kv.get<T>(this.#name) ?? this.#absent;
		return this.#value;
	}

	set value(value: T) {
		this.#kv.put(this.#name, value);
		this.#value = value;
	}
}

export class KeyLimiter extends DurableObject<Bindings> implements Limiter {
	#log?: AdmissionLog;
	#pause: number | null = null;
	readonly #endsAt = new StoredValue<number>(this.ctx.storage.kv, "endsAt", Infinity);
	readonly #movingUntil = new StoredValue<number>(this.ctx.storage.kv, "movingUntil", 0);
	readonly #seen = new StoredValue<Seen | null>(this.ctx.storage.kv, "seen", null);

	/**
	 * Admits or refuses one request. Synchronous from the first read to the write: an `await` in between would admit every
	 * concurrent request. An object loses its memory after 10 s without requests and timers: a timer settles the log before.
	 * @param session the id of the calling session, in the object that counts a key's sessions
	 * @param isLocated whether the caller has looked where the organization is, and does not only remember it
	 */
	check(limit = KEY_LIMIT, session?: string, isLocated = false): Verdict {
		const { kv } = this.ctx.storage;
		const now = Date.now();
		const signedOut = session !== undefined && kv.get(ENDED_SESSION_PREFIX + session) !== undefined;
		if (signedOut || now >= this.#endsAt.value) return { outcome: "ended", remaining: 0, resetMs: 0 };
		if (!isLocated && now < this.#movingUntil.value) return { outcome: "moving", remaining: 0, resetMs: 0 };
		this.#log ??= new AdmissionLog(kv.get<number[]>("log") ?? [], (instants) => kv.put("log", instants));
		const log = this.#log;
		const verdict = log.admit(now, limit);
		if (verdict.outcome === "admitted") {
			clearTimeout(this.#pause);
			if (!log.settled) this.#pause = setTimeout(() => log.settle(), PAUSE_MS);
		}
		return { ...verdict, seen: this.#seen.value };
	}

	/**
	 * Notes how new the newest state is that the key has seen. A request that saw an older one, or one in another shard, only
	 * replaces what was known when it was checked: it then saw that the database is another one.
	 */
	saw(seen: Seen, before: Seen | null): void {
		const last = this.#seen.value;
		const isUnchanged = last?.shard === before?.shard && last?.bookmark === before?.bookmark;
		const isNewer = last?.shard === seen.shard && last.bookmark < seen.bookmark;
		if (!isUnchanged && !isNewer) return;
		this.#seen.value = seen;
	}

	/**
	 * Refuses every request from this instant on, whatever an isolate remembers of the key. A later call can only make it earlier.
	 */
	endAt(instant: number): void {
		this.#endsAt.value = Math.min(instant, this.#endsAt.value);
	}

	/**
	 * Until an instant (ms) the key's organization may move: callers have to look where it is. What the key has seen is forgotten,
	 * because copies of a database that the organization comes back to may be from before it left.
	 */
	announceMove(until: number): void {
		this.#movingUntil.value = until;
		this.#seen.value = null;
	}

	/** Refuses one session from now on, but not the key's other sessions. Stored until the session's cookie expires (ms). */
	endSession(session: string, runsOutAt: number): void {
		const { kv } = this.ctx.storage;
		const now = Date.now();
		for (const [key, until] of [...kv.list<number>({ prefix: ENDED_SESSION_PREFIX })])
			if (until <= now) kv.delete(key);
		kv.put(ENDED_SESSION_PREFIX + session, runsOutAt);
	}
}
