// Clients for tests: of the Worker, of a Worker whose answers get lost, and of prepared answers.
import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import { createClient, LeadwireError } from "../../sdk/src/index.ts";
import { ORIGIN } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";

export type Send = (request: Request) => Promise<Response>;
export const sendToWorker: Send = (request) => exports.default.fetch(request);

interface Options {
	readonly send?: Send;
	readonly retries?: number;
	readonly timeoutMs?: number;
}

export function clientOf(apiKey: string, { send = sendToWorker, ...options }: Options = {}) {
	const sent: Request[] = [];
	const fetch = (request: Request) => {
		sent.push(request);
		return send(request);
	};
	return { client: createClient({ apiKey, baseUrl: ORIGIN, fetch, ...options }), sent };
}

export async function createTestClient({
	envelope = false,
	...options
}: Options & { readonly envelope?: boolean } = {}) {
	const { key } = await createCaller({ envelope });
	return { key, ...clientOf(key, options) };
}

/** Executes the first request and loses its answer. */
export function losingFirstAnswer(lose: (response: Response) => Response | Promise<Response>): Send {
	let first = true;
	return async (request) => {
		const response = await sendToWorker(request);
		if (!first) return response;
		first = false;
		return lose(response);
	};
}

export const noAnswer = () => Promise.reject(new TypeError("The connection was lost."));

/** An answer whose body breaks off. */
export const brokenBody = () =>
	new Response(
		new ReadableStream({
			start(controller) {
				controller.enqueue(new TextEncoder().encode('{"id":'));
				controller.error(new TypeError("The connection was lost."));
			},
		}),
		{ status: 201 },
	);

export const failureOf = (call: Promise<unknown>) =>
	call.then(
		() => expect.unreachable("It should have failed."),
		(error: unknown) => {
			expect(error).toBeInstanceOf(LeadwireError);
			return error as LeadwireError;
		},
	);

/** A client whose requests get these answers in turn. */
export function clientWithAnswers(...answers: (() => Response | Promise<Response>)[]) {
	return clientOf("lw_test_key", {
		send: async () => (await answers.shift()?.()) ?? expect.unreachable("One too many."),
	});
}

export const busyResponse =
	(headers: Record<string, string> = {}) =>
	() =>
		Response.json(
			{ code: "TOO_MANY_REQUESTS", message: "Slow down.", requestId: "req_1" },
			{ status: 429, headers },
		);
export const pageResponse = () => Response.json({ items: [], nextCursor: null, hasMore: false });
