// A Worker that handles a request many times over by itself, without the platform: databases answer from memory what they
// answered before, and limiters and queues are functions. So the processor time of the process is that of the isolate's own code.
import { type Answers, replayed } from "./replayed.ts";

/** How often to handle the request. */
const TIMES = "x-repeat";
/** How many of them may ask what was not asked before: every 21st create also writes the counter of its numbers. */
const MAY_ASK = 30;
/** Requests to this path are answered by nothing, to find out what the repetition itself takes. */
const NOTHING = "/nothing";

interface Bindings {
	readonly DB: D1Database;
}

type Handle<Env> = (request: Request, env: Env, ctx: ExecutionContext) => Response | Promise<Response>;

const admitted = { outcome: "admitted", remaining: 59, resetMs: 60_000, seen: null };
const limiter = { check: async () => admitted };
const limiters = { getByName: () => limiter };
const queue = { send: async () => undefined, sendBatch: async () => undefined };

/**
 * A handler that passes requests on, or handles one as often as its header says and answers with the last response.
 * @throws Error when a database is asked what it has not answered before, except the first times
 */
export function repeated<Env extends Bindings>(handle: Handle<Env>): Handle<Env> {
	const answers: Answers = new Map();
	return async (request, env, ctx) => {
		const times = Number(request.headers.get(TIMES) ?? 0);
		if (times === 0) return handle(request, env, ctx);
		const { DB: real } = env;
		const doubles = { KEY_LIMITER: limiters, LIMITER: limiters, DELIVERIES: queue, SLOW_DELIVERIES: queue };
		const replay = (isKnown: boolean) => ({ ...env, ...doubles, DB: replayed(real, answers, isKnown) });
		const isNothing = new URL(request.url).pathname === NOTHING;
		const handled: Handle<Env> = isNothing ? () => new Response("{}") : handle;
		const { url, method, headers } = request;
		const body = await request.text();
		const once = () => new Request(url, { method, headers, ...(body === "" ? {} : { body }) });
		const { log } = console;

		console.log = () => undefined;
		try {
			let response = new Response();
			const [asking, known] = [replay(false), replay(true)];
			const idle = { ...ctx, props: {}, waitUntil: () => undefined, passThroughOnException: () => undefined };
			for (let done = 0; done < times; done += 1)
				response = await handled(once(), done < MAY_ASK ? asking : known, idle as never);
			return response;
		} finally {
			console.log = log;
		}
	};
}
