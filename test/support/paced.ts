// Requests that stand still where others could come between, before their body has arrived and before each round trip to
// D1, until a test lets them go on: so any order in which two of them may run can be written down and repeated.
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Api, Reply } from "./api.ts";
import { limiters, over, queuesThat, under } from "./bindings.ts";
import { everyDatabase } from "./shards.ts";

const admitting = limiters(() => ({ outcome: "admitted", remaining: 60, resetMs: 0 }));

/** The same caller, never limited and telling no queue. */
export const unlimited = (api: Api): Api =>
	api.via(under({ ...env, KEY_LIMITER: admitting, ...queuesThat(async () => {}) }));

/** One request under way. */
export class Paced {
	/** Where it stands still: at several places, while it does several things at once. */
	readonly #standing: (() => void)[] = [];
	#stands: () => void = () => {};
	done = false;
	reply: Reply | undefined;

	/**
	 * Sends a request, whose head arrives at once.
	 * @param clock what the clock of its isolate says then (ms); the test's own is as it was afterwards
	 * @param slow whether its body comes later
	 */
	static async send(
		api: Api,
		clock: number,
		slow: boolean,
		...[method, path, body, headers]: Parameters<Api["send"]>
	): Promise<Paced> {
		const one = new Paced();
		const next = one.#next();
		void one.#run(api, clock, slow, method, path, body, headers);
		await next;
		return one;
	}

	/** Lets it go on to where it stands still next, or to its end. */
	async step(): Promise<void> {
		if (this.done) return;
		const next = this.#next();
		for (const goOn of this.#standing.splice(0)) goOn();
		await next;
	}

	/** Lets it go on to its end. */
	async end(): Promise<void> {
		while (!this.done) await this.step();
	}

	#next(): Promise<void> {
		return new Promise((resolve) => {
			this.#stands = resolve;
		});
	}

	#stand(): Promise<void> {
		return new Promise((resolve) => {
			this.#standing.push(resolve);
			this.#stands();
		});
	}

	async #run(api: Api, clock: number, slow: boolean, ...sent: Parameters<Api["send"]>): Promise<void> {
		const databases = everyDatabase((db) =>
			over(db, {
				batch: async (statements: D1PreparedStatement[]) => {
					await this.#stand();
					return db.batch(statements);
				},
			}),
		);
		const worker = under({ ...env, ...databases, KEY_LIMITER: admitting, ...queuesThat(async () => {}) });
		const target = async (request: Request) => {
			const whole = slow ? new Request(request, { body: this.#late(await request.text()) }) : request;
			const before = Date.now();
			vi.setSystemTime(clock);
			// The head is read, and with it the clock, before anything is waited for.
			const response = worker(whole);
			vi.setSystemTime(before);
			return response;
		};
		try {
			this.reply = await api.via(target).send(...sent);
		} finally {
			this.done = true;
			this.#stands();
		}
	}

	/** A body of which nothing comes before it is let go on. */
	#late(text: string): ReadableStream {
		return new ReadableStream({
			pull: async (controller) => {
				await this.#stand();
				controller.enqueue(new TextEncoder().encode(text));
				controller.close();
			},
		});
	}
}
