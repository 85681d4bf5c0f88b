// What modules of the page find in a browser, for tests that run without one.
import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { h, render } from "preact";

/** The answers of the server: what a test sets. */
export const server = { answer: (_: Request): Response | Promise<Response> => Response.json({}) };

/** The requests that were sent, as `GET /api/v1/leads?limit=1`. */
export const sent: string[] = [];

const ORIGIN = "http://dashboard.test";

Object.assign(globalThis, {
	addEventListener: () => {},
	Request: class extends Request {
		constructor(input: string | URL | Request, init?: RequestInit) {
			super(typeof input === "string" ? new URL(input, ORIGIN) : input, init);
		}
	},
	fetch: async (request: Request) => {
		sent.push(`${request.method} ${request.url.slice(ORIGIN.length)}`);
		return server.answer(request);
	},
	document: {},
});

/**
 * Runs a hook in a component that draws nothing, now and at each change of its state.
 * @param use called with the newest argument; its last result is `result()`
 */
export function runHook<Given, Result>(use: (given: Given) => Result, given: NoInfer<Given>) {
	const results: Result[] = [];
	const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
	const Component = ({ given }: { given: Given }) => {
		results.push(use(given));
		return null;
	};
	// Nothing is drawn in it.
	const parent = { childNodes: [], firstChild: null } as unknown as Element;
	const draw = (given: Given) =>
		render(h(QueryClientProvider, { client, children: h(Component, { given }) }), parent);
	draw(given);
	return {
		result: (): Result => {
			const last = results.at(-1);
			if (last === undefined) throw new Error("The hook did not run.");
			return last;
		},
		/** Draws it with another argument, before its effects of the last time have run. */
		draw,
		end: () => {
			render(null, parent);
			client.clear();
		},
	};
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
	for (let tries = 0; !condition(); tries += 1) {
		if (tries > 400) throw new Error("It did not come to be.");
		await new Promise((wake) => setTimeout(wake, 5));
	}
}
