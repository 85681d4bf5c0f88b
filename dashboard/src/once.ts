// Creates, sends or pays something once, also when the answer to the first try was lost.
import { useRef } from "preact/hooks";

/** What makes a request one that has its effect once, in the form of `params`. */
export interface Once {
	readonly header: { readonly "Idempotency-Key": string };
}

/**
 * A function that sends what it is given, with an Idempotency-Key: the same for the same body until it has been answered, so that
 * a second try after a lost answer gets the answer of the first one.
 */
export function useOnce<Body, Result>(send: (body: Body, params: Once) => Promise<Result>) {
	const tried = useRef({ of: "", key: "" });
	return async (body: Body): Promise<Result> => {
		const of = JSON.stringify(body);
		if (tried.current.of !== of) tried.current = { of, key: crypto.randomUUID() };
		const result = await send(body, { header: { "Idempotency-Key": tried.current.key } });
		tried.current = { of: "", key: "" };
		return result;
	};
}
