// Requests that pause before their body arrives and before each round trip to D1, until the test continues them. So any
// interleaving of two requests can be written as a test.
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Api, Reply } from "./api.ts";
import { limitersWith, queuesWith, withMembers, workerWith } from "./bindings.ts";
import { wrapDatabases } from "./shards.ts";

const admitting = limitersWith(() => ({ outcome: "admitted", remaining: 60, resetMs: 0 }));

/** The same caller without rate limit and without queue messages. */
export const withoutLimits = (api: Api): Api =>
	api.via(workerWith({ ...env, KEY_LIMITER: admitting, ...queuesWith(async () => {}) }));

/** A running request. */
export class PausedRequest {
	/** Where it is paused; several places, when it makes calls in parallel. */
	readonly #standing: (() => void)[] = [];
	#stands: () => void = () => {};
	done = false;
	reply: Reply | undefined;

	/**
	 * Sends a request; its head arrives at once.
	 * @param clock the time of its isolate at that moment (ms); the test's clock is restored afterwards
	 * @param slow whether its body arrives later
	 */
	static async send(
		api: Api,
		clock: number,
		slow: boolean,
		...[method, path, body, headers]: Parameters<Api["send"]>
	): Promise<PausedRequest> {
		const one = new PausedRequest();
		const next = one.#next();
		void one.#run(api, clock, slow, method, path, body, headers);
		await next;
		return one;
	}

	/** Continues it to its next pause or its end. */
	async step(): Promise<void> {
		if (this.done) return;
		const next = this.#next();
		for (const goOn of this.#standing.splice(0)) goOn();
		await next;
	}

	/** Continues it to its end. */
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
		const databases = wrapDatabases((db) =>
			withMembers(db, {
				batch: async (statements: D1PreparedStatement[]) => {
					await this.#stand();
					return db.batch(statements);
				},
			}),
		);
		const worker = workerWith({
			...env,
			...databases,
			KEY_LIMITER: admitting,
			...queuesWith(async () => {}),
		});
		const target = async (request: Request) => {
			const whole = slow ? new Request(request, { body: this.#late(await request.text()) }) : request;
			const before = Date.now();
			vi.setSystemTime(clock);
			// The head and the clock are read before the first await.
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

	/** A body that arrives when the request is continued. */
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
